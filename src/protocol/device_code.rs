//! The device authorization grant (RFC 8628): a person signs in on another device, with a code that this one shows.

use super::form::Form;
use super::http::{Content, HttpRequest, HttpResponse};
use super::json::Value;
use super::token_request::TokenRequest;
use crate::error::{Error, ErrorClass, code};
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Moment;

/// RFC 8628, section 3.2: the interval where the provider names none, in seconds.
const DEFAULT_INTERVAL_SECONDS: i64 = 5;

/// Entra's, for a provider that names no end, in seconds.
const DEFAULT_LIFETIME_SECONDS: i64 = 900;

/// Longer than a day, a code or a pause is taken for a mistake.
const MOST_SECONDS: i64 = 24 * 60 * 60;

/// What a device hands in for a token, again and again until the person has signed in.
#[derive(Clone, Debug)]
pub struct DeviceCode {
    /// The device's own code.
    pub device_code: Secret,
}

impl DeviceCode {
    /// Adds the grant's fields.
    #[must_use]
    pub fn apply(&self, form: Form) -> Form {
        form.with("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            .with("device_code", self.device_code.expose())
    }
}

/// What a person is to be shown, and how to ask meanwhile.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeviceAuthorization {
    /// The device's own code, which nobody else needs.
    pub device_code: Secret,
    /// The code for the person to type in.
    pub user_code: Text,
    /// The page where it is typed in.
    pub verification_uri: Text,
    /// The same with the code in it, where the provider has such a page.
    pub verification_uri_complete: Text,
    /// What to say to the person: the provider's text, or one like Entra's.
    pub message: Text,
    /// Seconds for which the code is good.
    pub expires_in: i64,
    /// Seconds between two questions for the token.
    pub interval: i64,
}

/// The request for a device code, by what the request for the token will say.
#[must_use]
pub fn build(request: &TokenRequest, endpoint: &str) -> HttpRequest {
    let mut form = Form::new()
        .with_some("scope", Some(&request.scope))
        .with("client_id", &request.client_id)
        .with_some("claims", request.claims.as_deref());
    let mut query = Form::new();
    for (name, value) in &request.extra_query_parameters {
        query = query.with(name, value);
        form = form.with(name, value);
    }
    for (name, value) in &request.extra_body_parameters {
        form = form.with(name, value);
    }
    HttpRequest::post(super::with_query(endpoint, query.expose()), form)
}

/// Reads the answer to [`build`].
///
/// # Errors
/// The server's own error; `unexpected_redirect`; `invalid_token_response` where it is no such answer. The message
/// quotes status and content type.
pub fn parse_response(
    response: &HttpResponse,
    wall_now: Moment,
) -> Result<DeviceAuthorization, Error> {
    let unusable = |code: &str, reason: &str| {
        let message = text::concat(&[reason, " (", &response.describe(), ")"]);
        let mut error = Error::new(ErrorClass::Server, code, message)
            .with_hint("Check the authority, and that it lets devices sign people in.");
        error.status = Some(response.status);
        error
    };
    if response.is_redirect() {
        let reason = "the device authorization endpoint redirected";
        return Err(unusable(code::UNEXPECTED_REDIRECT, reason));
    }
    if response.status != 200 {
        return Err(super::entra_error::decode(response, wall_now));
    }
    if let Content::Json(body) = &response.content
        && let Some(error) = super::entra_error::of_body(body)
    {
        return Err(error);
    }
    let missing = |name: &str| {
        let reason = text::concat(&["the device authorization endpoint's answer has no ", name]);
        unusable(code::INVALID_TOKEN_RESPONSE, &reason)
    };
    let Content::Json(body) = &response.content else {
        return Err(missing("JSON"));
    };
    let some = |name: &str| {
        let value = body.text(name).to_text();
        if value.is_empty() { None } else { Some(value) }
    };
    let user_code = some("user_code").ok_or_else(|| missing("user_code"))?;
    // Drafts of the standard had the other name, and so have some providers.
    let verification_uri = some("verification_uri")
        .or_else(|| some("verification_url"))
        .ok_or_else(|| missing("verification_uri"))?;
    let message = some("message").unwrap_or_else(|| {
        text::concat(&[
            "To sign in, use a web browser to open the page ",
            &verification_uri,
            " and enter the code ",
            &user_code,
            " to authenticate.",
        ])
    });
    Ok(DeviceAuthorization {
        device_code: Secret::new(some("device_code").ok_or_else(|| missing("device_code"))?),
        user_code,
        verification_uri,
        verification_uri_complete: some("verification_uri_complete").unwrap_or_default(),
        message,
        expires_in: seconds(body, "expires_in", DEFAULT_LIFETIME_SECONDS),
        interval: seconds(body, "interval", DEFAULT_INTERVAL_SECONDS),
    })
}

fn seconds(body: &Value, name: &str, default: i64) -> i64 {
    let given = body.get(name).and_then(Value::as_integer);
    given.unwrap_or(default).clamp(1, MOST_SECONDS)
}
