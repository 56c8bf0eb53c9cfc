//! Errors on their way out: plain objects, from which JavaScript makes MSAL's classes.

use crate::error::Error;
use crate::protocol::challenge;
use serde::Serialize;
use wasm_bindgen::JsValue;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorObject<'a> {
    class_name: &'static str,
    error_code: &'a str,
    error_message: &'a str,
    sub_error: &'a str,
    correlation_id: &'a str,
    trace_id: &'a str,
    error_codes: &'a [u32],
    claims: &'a str,
    status: Option<u16>,
    retry_after_seconds: Option<u32>,
    hint: &'a str,
    www_authenticate: Option<String>,
}

impl<'a> From<&'a Error> for ErrorObject<'a> {
    fn from(error: &'a Error) -> Self {
        Self {
            class_name: error.class.name(),
            error_code: &error.code,
            error_message: &error.message,
            sub_error: &error.sub_error,
            correlation_id: &error.correlation_id,
            trace_id: &error.trace_id,
            error_codes: &error.error_codes,
            claims: &error.claims,
            status: error.status,
            retry_after_seconds: error.retry_after_seconds,
            hint: &error.hint,
            www_authenticate: (!error.claims.is_empty())
                .then(|| challenge::of_claims(&error.claims)),
        }
    }
}

/// The object that an export throws.
pub(super) fn to_js(error: &Error) -> JsValue {
    serde_wasm_bindgen::to_value(&ErrorObject::from(error)).unwrap_or(JsValue::UNDEFINED)
}
