//! In place of `credential` where there are public clients only.

use super::field::Fields;
use crate::error::Error;
use crate::flow::credential::Credential;
use wasm_bindgen::JsValue;

/// No credential.
#[derive(Default)]
pub(super) struct ReadCredential {
    pub(super) credential: Credential,
}

impl ReadCredential {
    pub(super) fn read(_: &Fields<'_>) -> Result<Self, Error> {
        Ok(Self::default())
    }
}

/// No request brings an assertion.
pub(super) fn read_assertion(fields: &Fields<'_>, _: &JsValue) -> Result<Credential, Error> {
    Err(fields.invalid("clientAssertion", "is for ConfidentialClientApplication"))
}
