//! Effects on their way out: plain objects that `drive.js` performs. Which members there are, `kind` decides.

use super::object::Builder;
use crate::flow::step::{Effect, Hash};
use crate::protocol::http::Body;
use crate::secret::{Secret, SecretBytes};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

/// What JavaScript is to do.
pub(super) fn to_js(number: u32, effect: &Effect) -> JsValue {
    let object = Builder::new().number("number", f64::from(number));
    match effect {
        Effect::Send {
            request,
            timeout_ms,
        } => {
            let body = match &request.body {
                Body::None => None,
                Body::Form(form) => Some(form.expose()),
            };
            object
                .text("kind", "send")
                .number("ms", *timeout_ms as f64)
                .text("url", &request.url)
                .text("method", request.method())
                .some_text("body", body)
                .some_text("anchorMailbox", request.anchor_mailbox.as_deref())
                .flag("anew", request.anew)
        }
        Effect::Sleep(ms) => object.text("kind", "sleep").number("ms", *ms as f64),
        Effect::Digest(hash, bytes) => object
            .text("kind", "digest")
            .text(
                "algorithm",
                match hash {
                    Hash::Sha1 => "SHA-1",
                    Hash::Sha256 => "SHA-256",
                },
            )
            .value("bytes", &array(bytes)),
        #[cfg(feature = "confidential")]
        Effect::Sign(algorithm, bytes) => object
            .text("kind", "sign")
            .text("algorithm", algorithm.name())
            .value("bytes", &array(bytes)),
        Effect::Verify {
            jwk,
            algorithm,
            bytes,
            signature,
        } => object
            .text("kind", "verify")
            .text("key", &jwk.to_json())
            .text("algorithm", algorithm.name())
            .value("bytes", &array(bytes))
            .value("signature", &array(signature)),
        #[cfg(feature = "confidential")]
        Effect::ReadKey => object.text("kind", "readKey"),
        #[cfg(feature = "confidential")]
        Effect::AskAssertion {
            token_endpoint,
            fmi_path,
            timeout_ms,
        } => object
            .text("kind", "askAssertion")
            .number("ms", *timeout_ms as f64)
            .text("tokenEndpoint", token_endpoint)
            .some_text("fmiPath", fmi_path.as_deref()),
        #[cfg(feature = "device-code")]
        Effect::ShowCode(code) => object
            .text("kind", "showCode")
            .text("userCode", &code.user_code)
            .text("deviceCode", code.device_code.expose())
            .text("verificationUri", &code.verification_uri)
            .text("verificationUriComplete", &code.verification_uri_complete)
            .text("message", &code.message)
            .number("expiresIn", code.expires_in as f64)
            .number("interval", code.interval as f64),
        Effect::Authorize {
            window,
            url,
            redirect_uri,
            channel,
            state,
            nonce,
            verifier,
            names_issuer,
            timeout_ms,
        } => object
            .text("kind", "authorize")
            .text("window", window.interaction())
            .text("url", url)
            .text("redirectUri", redirect_uri)
            .text("channel", channel)
            .text("state", state)
            .text("nonce", nonce)
            .text("codeVerifier", verifier.expose())
            .flag("namesIssuer", *names_issuer)
            .number("ms", *timeout_ms as f64),
        Effect::Load(key) => object.text("kind", "load").text("key", key),
        Effect::Save {
            key,
            value,
            expires_at,
        } => object
            .text("kind", "save")
            .text("key", key)
            .text("value", Secret::expose(value))
            .number("ms", expires_at.0 as f64),
        Effect::Delete(key) => object.text("kind", "delete").text("key", key),
        Effect::List(prefix) => object.text("kind", "list").text("key", prefix),
        // The cache in memory performs these itself.
        Effect::LookUp { .. }
        | Effect::Learn { .. }
        | Effect::Forget { .. }
        | Effect::IsReplaced(_)
        | Effect::IsUnstored(_)
        | Effect::Stored { .. } => object,
    }
    .done()
}

fn array(bytes: &SecretBytes) -> JsValue {
    Uint8Array::from(bytes.expose()).into()
}
