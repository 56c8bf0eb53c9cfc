//! The one decoder of the token endpoint's answers (RFC 6749, section 5.1).

use super::client_info::ClientInfo;
use super::entra_error;
use super::http::{Content, HttpResponse};
use super::json::{ParseJson, Value};
use crate::error::{Error, ErrorClass, code};
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Moment;

/// Lifetimes beyond this are taken for a mistake: Entra's longest is 28 hours.
const MAX_LIFETIME_SECONDS: i64 = 366 * 24 * 60 * 60;

/// A success of the token endpoint. All lifetimes count from the moment it came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenResponse {
    /// What to send.
    pub access_token: Secret,
    /// How to send it, as the server spells it.
    pub token_type: Text,
    /// Seconds for which it is valid.
    pub expires_in: i64,
    /// Seconds for which it may be used while the service is down; at least `expires_in`.
    pub ext_expires_in: i64,
    /// Seconds after which to renew it ahead of time.
    pub refresh_in: Option<i64>,
    /// The scopes granted, where the server says so.
    pub scope: Option<Text>,
    /// Version 1: the resource.
    pub resource: Option<Text>,
    /// Version 1: seconds since 1970 before which it is not valid.
    pub not_before: Option<i64>,
    /// Who signed in, as a signed JWT; not verified yet (see [`super::id_token`]).
    pub id_token: Option<Secret>,
    /// What renews the access token.
    pub refresh_token: Option<Secret>,
    /// Seconds for which the refresh token is valid, where the server says so.
    pub refresh_token_expires_in: Option<i64>,
    /// Where the user lives.
    pub client_info: Option<ClientInfo>,
    /// The family of applications that share the refresh token.
    pub family_id: Option<Text>,
    /// A code for the page that belongs to this server (`return_spa_code`).
    pub spa_code: Option<Secret>,
}

const NO_ACCESS_TOKEN: &str = "the token endpoint's answer has no access_token";

/// Reads an answer of the token endpoint.
///
/// # Errors
/// The server's own error; `unexpected_redirect`; `token_parsing_error` for a success that is not JSON;
/// `invalid_token_response` for one without a usable token. An answer may have an id_token alone: see
/// [`without_access_token`]. The message quotes status and content type.
pub fn parse_response(
    response: &HttpResponse,
    wall_now: Moment,
    parse_json: ParseJson,
) -> Result<TokenResponse, Error> {
    if response.is_redirect() {
        return Err(malformed(response, code::UNEXPECTED_REDIRECT, "the token endpoint redirected; the request was not sent on").with_hint(
            "A request with a credential never follows a redirect: check the authority, and that no proxy or sign-in page is in between.",
        ));
    }
    if response.status != 200 {
        return Err(entra_error::decode(response, wall_now));
    }
    let body = match &response.content {
        Content::Json(body @ Value::Object(_)) => body,
        Content::Json(_) | Content::NotJson => {
            return Err(malformed(
                response,
                code::TOKEN_PARSING_ERROR,
                "the token endpoint's answer is no JSON object",
            ));
        }
        Content::Empty => {
            return Err(malformed(
                response,
                code::TOKEN_PARSING_ERROR,
                "the token endpoint's answer is empty",
            ));
        }
        Content::TooLarge => {
            let reason = "the token endpoint's answer is larger than 1 MiB";
            return Err(malformed(response, code::TOKEN_PARSING_ERROR, reason));
        }
    };
    if !body.text("error").is_empty() {
        return Err(entra_error::decode(response, wall_now));
    }
    parse_body(body, wall_now, parse_json)
        .map_err(|reason| malformed(response, code::INVALID_TOKEN_RESPONSE, reason))
}

/// The error for an answer without an access token, where one was asked for.
#[must_use]
pub fn without_access_token(response: &HttpResponse) -> Error {
    malformed(response, code::INVALID_TOKEN_RESPONSE, NO_ACCESS_TOKEN)
}

fn parse_body(
    body: &Value,
    wall_now: Moment,
    parse_json: ParseJson,
) -> Result<TokenResponse, &'static str> {
    let access_token = body.text("access_token");
    // Who the user is, B2C says without one; whether that was all that was asked for, the exchange knows.
    let is_identity_alone = access_token.is_empty() && !body.text("id_token").is_empty();
    if access_token.is_empty() && !is_identity_alone {
        return Err(NO_ACCESS_TOKEN);
    }
    if !access_token.bytes().all(|byte| matches!(byte, 0x21..=0x7e)) {
        return Err("the access_token has a character that no header can carry");
    }
    if !body.text("token_type").eq_ignore_ascii_case("Bearer") {
        return Err("the token_type is not Bearer");
    }
    let expires_in = if is_identity_alone {
        0
    } else {
        expires_in(body, wall_now)?
    };
    let ext_expires_in = match body.get("ext_expires_in").and_then(Value::as_integer) {
        Some(seconds) if (expires_in..=MAX_LIFETIME_SECONDS).contains(&seconds) => seconds,
        Some(_) | None => expires_in,
    };
    let refresh_in = body
        .get("refresh_in")
        .and_then(Value::as_integer)
        .filter(|seconds| (1..=expires_in).contains(seconds));
    let optional = |name: &str| {
        Some(body.text(name))
            .filter(|text| !text.is_empty())
            .map(Text::from)
    };
    let refresh_token_expires_in = body
        .get("refresh_token_expires_in")
        .and_then(Value::as_integer)
        .filter(|seconds| *seconds > 0);
    Ok(TokenResponse {
        access_token: Secret::new(access_token.to_text()),
        token_type: body.text("token_type").to_text(),
        expires_in,
        ext_expires_in,
        refresh_in,
        scope: optional("scope"),
        resource: optional("resource"),
        not_before: body.get("not_before").and_then(Value::as_integer),
        id_token: optional("id_token").map(Secret::new),
        refresh_token: optional("refresh_token").map(Secret::new),
        refresh_token_expires_in,
        client_info: ClientInfo::parse(body.text("client_info"), parse_json),
        family_id: optional("foci"),
        spa_code: optional("spa_code").map(Secret::new),
    })
}

/// `expires_in`, or what version 1's `expires_on` (seconds since 1970) leaves.
fn expires_in(body: &Value, wall_now: Moment) -> Result<i64, &'static str> {
    let given = match (body.get("expires_in"), body.get("expires_on")) {
        (Some(expires_in), _) => expires_in.as_integer(),
        (None, Some(expires_on)) => expires_on
            .as_integer()
            .map(|at| at.saturating_sub(wall_now.0 / 1_000)),
        // RFC 6749, section 5.1 only recommends it: the token is given, and serves once.
        (None, None) => return Ok(0),
    };
    match given {
        Some(seconds) if (1..=MAX_LIFETIME_SECONDS).contains(&seconds) => Ok(seconds),
        Some(_) => Err("the token's lifetime is not between a second and a year"),
        None => Err("the token's expires_in is no number"),
    }
}

fn malformed(response: &HttpResponse, code: &str, reason: &str) -> Error {
    let message = text::concat(&[reason, " (", &response.describe(), ")"]);
    let mut error = Error::new(ErrorClass::Server, code, message).with_hint(
        "Check that the authority is an identity provider and that no proxy answers in its place.",
    );
    error.status = Some(response.status);
    error
}
