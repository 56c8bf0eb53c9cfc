//! Errors on their way out: plain objects, from which JavaScript makes MSAL's classes.

use super::object::Builder;
use crate::error::{Error, ErrorClass};
use crate::protocol::challenge;
use js_sys::Array;
use wasm_bindgen::JsValue;

/// The object that an export throws.
pub(super) fn to_js(error: &Error) -> JsValue {
    let codes = error
        .error_codes
        .iter()
        .map(|code| JsValue::from_f64(f64::from(*code)));
    let codes: Array = codes.collect();
    let header = (!error.claims.is_empty()).then(|| challenge::of_claims(&error.claims));
    // MSAL has it in this class only.
    let timestamp =
        (error.class == ErrorClass::InteractionRequired).then_some(error.timestamp.as_str());
    Builder::new()
        .text("className", error.class.name())
        .text("errorCode", &error.code)
        .text("errorMessage", &error.message)
        .text("subError", &error.sub_error)
        .text("correlationId", &error.correlation_id)
        .text("traceId", &error.trace_id)
        .some_text("timestamp", timestamp)
        .value("errorCodes", &codes)
        .text("claims", &error.claims)
        .some_number("status", error.status.map(f64::from))
        .some_number(
            "retryAfterSeconds",
            error.retry_after_seconds.map(f64::from),
        )
        .text("hint", &error.hint)
        .some_text("wwwAuthenticate", header.as_deref())
        .done()
}
