//! Effects on their way out: plain objects that `drive.js` performs.

use crate::flow::step::{Effect, Hash};
use crate::protocol::http::Body;
use crate::secret::{Secret, SecretBytes};
use js_sys::Uint8Array;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// What JavaScript is to do; which members there are, `kind` decides.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EffectObject {
    number: u32,
    kind: &'static str,
    /// A pause's length, or a time limit, in milliseconds.
    ms: f64,
    url: Option<String>,
    method: Option<&'static str>,
    body: Option<String>,
    anchor_mailbox: Option<String>,
    algorithm: Option<&'static str>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    bytes: JsValue,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    signature: JsValue,
    /// A public key, the key of an entry, or what its key begins with.
    key: Option<String>,
    value: Option<String>,
    token_endpoint: Option<String>,
    fmi_path: Option<String>,
}

impl EffectObject {
    pub(super) fn new(number: u32, effect: Effect) -> Self {
        let mut object = Self {
            number,
            kind: "",
            ms: 0.0,
            url: None,
            method: None,
            body: None,
            anchor_mailbox: None,
            algorithm: None,
            bytes: JsValue::UNDEFINED,
            signature: JsValue::UNDEFINED,
            key: None,
            value: None,
            token_endpoint: None,
            fmi_path: None,
        };
        object.kind = match effect {
            Effect::Send {
                request,
                timeout_ms,
            } => {
                object.ms = timeout_ms as f64;
                object.method = Some(request.method());
                object.body = match &request.body {
                    Body::None => None,
                    Body::Form(form) => Some(form.expose().to_owned()),
                };
                object.url = Some(request.url);
                object.anchor_mailbox = request.anchor_mailbox;
                "send"
            }
            Effect::Sleep(ms) => {
                object.ms = ms as f64;
                "sleep"
            }
            Effect::Digest(hash, bytes) => {
                object.algorithm = Some(match hash {
                    Hash::Sha1 => "SHA-1",
                    Hash::Sha256 => "SHA-256",
                });
                object.bytes = to_js(&bytes);
                "digest"
            }
            Effect::Sign(algorithm, bytes) => {
                object.algorithm = Some(algorithm.name());
                object.bytes = to_js(&bytes);
                "sign"
            }
            Effect::Verify {
                jwk,
                algorithm,
                bytes,
                signature,
            } => {
                object.key = Some(jwk.to_json());
                object.algorithm = Some(algorithm.name());
                object.bytes = to_js(&bytes);
                object.signature = to_js(&signature);
                "verify"
            }
            Effect::ReadKey => "readKey",
            Effect::AskAssertion {
                token_endpoint,
                fmi_path,
                timeout_ms,
            } => {
                object.ms = timeout_ms as f64;
                object.token_endpoint = Some(token_endpoint);
                object.fmi_path = fmi_path;
                "askAssertion"
            }
            Effect::Load(key) => {
                object.key = Some(key);
                "load"
            }
            Effect::Save {
                key,
                value,
                expires_at,
            } => {
                object.key = Some(key);
                object.value = Some(Secret::into_exposed(value));
                object.ms = expires_at.0 as f64;
                "save"
            }
            Effect::Delete(key) => {
                object.key = Some(key);
                "delete"
            }
            Effect::List(prefix) => {
                object.key = Some(prefix);
                "list"
            }
            // The cache in memory performs these itself.
            Effect::LookUp { .. } | Effect::Learn { .. } | Effect::Forget { .. } => "none",
        };
        object
    }
}

fn to_js(bytes: &SecretBytes) -> JsValue {
    Uint8Array::from(bytes.expose()).into()
}
