//! The exports of the second module.

use super::field::Fields;
use super::thrown;
use crate::certificate::{Input, Material, read};
use crate::error::Error;
use crate::secret::{Secret, SecretBytes};
use crate::time::Moment;
use js_sys::Uint8Array;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// Reads `{ privateKey, passphrase, certificate, x5c }`; `now` is in milliseconds since 1970.
// wasm-bindgen wants it public.
#[allow(unreachable_pub)]
#[wasm_bindgen(js_name = readCertificate)]
pub fn read_certificate(options: &JsValue, now: f64) -> Result<JsValue, JsValue> {
    read_fields(options, now).map_err(|error| thrown::to_js(&error))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    private_key: &'a str,
    certificate: Option<String>,
    chain: Option<String>,
    thumbprint: Option<&'a str>,
    thumbprint_sha256: Option<&'a str>,
    not_before: Option<f64>,
    not_after: Option<f64>,
    warnings: Vec<&'a str>,
}

fn read_fields(options: &JsValue, now: f64) -> Result<JsValue, Error> {
    let fields = Fields::new(options, "clientCertificate");
    let private_key = Given::read(&fields, "privateKey")?;
    let certificate = Given::read(&fields, "certificate")?;
    let passphrase = fields.text("passphrase").map(Secret::new);
    let x5c = fields.text("x5c");
    fields.check()?;
    let nothing = Material::Text("");
    let mut input = Input::new(
        private_key.as_ref().map_or(nothing, Given::material),
        Moment(now as i64),
    );
    input.passphrase = passphrase.as_ref().map(Secret::expose);
    input.certificate = certificate.as_ref().map(Given::material);
    input.x5c = x5c.as_deref();
    let credential = read(&input)?;
    let private_key = credential.private_key_pem();
    let leaf = credential.leaf.as_ref();
    let members = Members {
        private_key: private_key.expose(),
        certificate: leaf.map(|leaf| leaf.certificate_pem()),
        chain: leaf.map(|leaf| leaf.chain_pem()),
        thumbprint: leaf.map(|leaf| leaf.thumbprint.as_str()),
        thumbprint_sha256: leaf.map(|leaf| leaf.thumbprint_sha256.as_str()),
        not_before: leaf.map(|leaf| leaf.not_before.0 as f64),
        not_after: leaf.map(|leaf| leaf.not_after.0 as f64),
        warnings: credential
            .warnings
            .iter()
            .map(|text| text.as_str())
            .collect(),
    };
    Ok(serde_wasm_bindgen::to_value(&members).unwrap_or(JsValue::UNDEFINED))
}

/// A copy of what the program gave; zeroed when it is dropped.
enum Given {
    Text(Secret),
    Bytes(SecretBytes),
}

impl Given {
    fn read(fields: &Fields<'_>, member: &str) -> Result<Option<Self>, Error> {
        let value = fields.get(member);
        if value.is_undefined() {
            return Ok(None);
        }
        if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
            return Ok(Some(Self::Bytes(SecretBytes::new(bytes.to_vec()))));
        }
        match value.as_string() {
            Some(text) => Ok(Some(Self::Text(Secret::new(text)))),
            None => Err(fields.invalid(member, "is neither a string nor a Uint8Array")),
        }
    }

    fn material(&self) -> Material<'_> {
        match self {
            Self::Text(text) => Material::Text(text.expose()),
            Self::Bytes(bytes) => Material::Bytes(bytes.expose()),
        }
    }
}
