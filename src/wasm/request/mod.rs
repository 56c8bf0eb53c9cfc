//! MSAL's requests, read for each call that the cache cannot answer.

#[cfg(feature = "confidential")]
mod auth_code_url;
mod authorize;
mod common;
#[cfg(feature = "confidential")]
mod confidential;
#[cfg(feature = "device-code")]
mod device_code;
mod hydrate;
mod interactive;
mod user;

use super::shared::Shared;
use crate::error::{Error, code};
use crate::flow::acquired::Acquired;
use crate::flow::step::Flow;
use crate::protocol::entropy::Entropy;
use crate::text::Text;
use crate::time::Now;
use common::Common;
use wasm_bindgen::JsValue;

#[cfg(feature = "confidential")]
pub(super) use auth_code_url::auth_code_url;
pub(super) use interactive::logout;

/// What the host tells of itself and gives to a call.
pub(super) struct Host<'a> {
    /// Whether everybody who uses this program can read it.
    pub(super) in_browser: bool,
    /// Azure's region by the environment: the one that the program runs in, where the request names one in its way; else
    /// the one that is forced.
    #[cfg_attr(not(feature = "confidential"), allow(dead_code))]
    pub(super) region: Option<Text>,
    /// What tells the request's own function for an assertion from others.
    pub(super) asked: Option<Text>,
    /// Random bytes.
    pub(super) entropy: &'a [u8],
}

/// A call that is ready to run.
pub(super) struct Prepared {
    /// The flow.
    pub(super) flow: Flow<Acquired>,
    /// The token in memory that the request may be served, with its key.
    pub(super) served: Option<Text>,
    /// The token in memory whose renewal this is, if there is one.
    pub(super) key: Option<Text>,
    /// What calls have in common that must not spend a refresh token at once, where the provider takes each only once.
    pub(super) turn: Option<Text>,
    /// Whether a person signs in by it.
    pub(super) is_sign_in: bool,
    /// What two requests have in common that one exchange can serve.
    pub(super) flight_key: Text,
}

impl Prepared {
    /// A call that no cached token answers, without a person's part in it.
    pub(super) fn asking(shared: &Shared, flight: &str, flow: Flow<Acquired>) -> Self {
        Self {
            flow,
            served: None,
            key: None,
            turn: None,
            is_sign_in: false,
            flight_key: shared.flight_key(flight),
        }
    }

    /// A call by which a person signs in.
    pub(super) fn signing_in(shared: &Shared, flight: &str, flow: Flow<Acquired>) -> Self {
        Self {
            is_sign_in: true,
            ..Self::asking(shared, flight, flow)
        }
    }
}

/// Reads a request of the method `kind` and prepares its flow.
pub(super) fn prepare(
    shared: &Shared,
    kind: &str,
    request: &JsValue,
    payload: &JsValue,
    host: &Host<'_>,
    now: Now,
) -> Result<Prepared, Error> {
    let fields = super::field::Fields::new(request, "request");
    let entropy = Entropy::new(host.entropy);
    let given = fields.text("correlationId");
    let correlation_id = given.unwrap_or_else(|| entropy.guid());
    let read = || {
        if !fields.is_object() {
            return Err(Error::configuration(
                code::INVALID_OPTION,
                "the request is not an object",
            ));
        }
        let common = Common::read(shared, &fields, host, entropy, &correlation_id)?;
        fields.check()?;
        match kind {
            #[cfg(feature = "confidential")]
            "clientCredentials" => {
                confidential::client_credentials(shared, &fields, common, host, now)
            }
            #[cfg(feature = "confidential")]
            "onBehalfOf" => confidential::on_behalf_of(shared, &fields, common, host, now),
            #[cfg(feature = "device-code")]
            "deviceCode" => device_code::device_code(shared, &fields, common, now),
            "popup" | "redirect" | "ssoSilent" | "browser" => {
                interactive::window(shared, &fields, common, kind, host, now)
            }
            "code" => user::code(shared, &fields, common, payload, now),
            "hydrate" => hydrate::hydrate(shared, &fields, common, payload, now),
            "discover" => user::discover(shared, common, now),
            #[cfg(feature = "confidential")]
            "refreshToken" => user::refresh_token(shared, &fields, common, now),
            _ => user::silent(shared, &fields, common, host, now),
        }
    };
    // What is wrong with a member says more than what came of its being left out.
    let prepared = read();
    let prepared = fields.check().and(prepared);
    prepared.map_err(|error: Error| error.with_correlation_id(&correlation_id))
}
