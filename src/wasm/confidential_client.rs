//! What only a confidential client's class has.

use super::client::Client;
use super::request::{self, Host};
use super::thrown;
use crate::time::Moment;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
impl Client {
    /// The address for a person to sign in; `undefined` where the provider has to be asked for its endpoints first.
    #[wasm_bindgen(js_name = authCodeUrl)]
    pub fn auth_code_url(
        &self,
        request: &JsValue,
        in_browser: bool,
        entropy: &[u8],
    ) -> Result<Option<String>, JsValue> {
        let host = Host {
            in_browser,
            region: None,
            asked: None,
            entropy,
        };
        let url = request::auth_code_url(&self.0, request, &host);
        url.map(|url| url.map(String::from))
            .map_err(|error| thrown::to_js(&error))
    }

    /// The key to sign with: a `CryptoKey`, or the bytes of a PKCS#8; `undefined` where it is still to be read.
    #[wasm_bindgen(getter, js_name = signingKey)]
    pub fn signing_key(&self) -> Result<JsValue, JsValue> {
        Ok(self.0.configuration.credential.signing_key())
    }

    /// What to say of a certificate that is out of its time, where `graph-token/certificate` did not read it.
    #[wasm_bindgen(js_name = certificateWarning)]
    pub fn certificate_warning(&self, wall_ms: f64) -> Option<String> {
        let now = Moment(wall_ms as i64);
        let warning = self.0.configuration.credential.warning(now);
        warning.map(String::from)
    }

    /// Takes what `graph-token/certificate` read.
    #[wasm_bindgen(js_name = keyRead)]
    pub fn key_read(&self, read: &JsValue) {
        self.0.configuration.credential.take_read(read);
    }
}
