//! Error answers (RFC 6749, section 5.2) with Entra's additions, and what each means for a person.

use super::http::{Content, HttpResponse};
use super::json::Value;
use crate::error::{Error, ErrorClass, code};
use crate::text::{self, Text, ToText};
use crate::time::Moment;

/// The `error` values that a person's interaction resolves.
const INTERACTION_ERRORS: &[&str] = &[
    "interaction_required",
    "consent_required",
    "login_required",
    "bad_token",
    "ui_not_allowed",
    "interrupted_user",
];

/// The `suberror` values that a person's interaction resolves.
const INTERACTION_SUB_ERRORS: &[&str] = &[
    "message_only",
    "additional_action",
    "basic_action",
    "user_password_expired",
    "consent_required",
    "bad_token",
    "ui_not_allowed",
    "interrupted_user",
];

/// More AADSTS numbers than this are passed over: Entra sends one or two.
const MAX_ERROR_CODES: usize = 16;

/// Makes the error of an answer that is an OAuth error, or an error status without one.
#[must_use]
pub fn decode(response: &HttpResponse, wall_now: Moment) -> Error {
    let mut error = match &response.content {
        Content::Json(body) if !body.text("error").is_empty() => decode_body(body),
        Content::Json(_) | Content::Empty | Content::NotJson | Content::TooLarge => {
            without_body(response)
        }
    };
    error.status = Some(response.status);
    error.retry_after_seconds = response
        .retry_after
        .map(|after| u32::try_from(after.wait_ms(wall_now) / 1_000).unwrap_or(u32::MAX));
    error
}

/// The AADSTS number's hint: one sentence on what to do.
#[must_use]
pub fn hint(aadsts: u32) -> Option<&'static str> {
    Some(match aadsts {
        50011 => {
            "Register exactly this redirect URI for the application, with its scheme, port and path."
        }
        50020 | 50034 => {
            "The user is not in this tenant: use the right tenant, or invite the user."
        }
        50053 => "The account is locked: wait, or ask the administrator.",
        50055 | 50126 => "The password is wrong or expired: sign in again.",
        50057 => "The account is disabled: ask the administrator.",
        50058 => "There is no session for a silent request: sign in.",
        50074 | 50076 | 50078 | 50079 => {
            "Multi-factor authentication is needed: ask interactively, with the claims of this error."
        }
        50105 => "Assign the user to the application.",
        50132 | 50133 | 50173 => "The session or grant was revoked: sign in.",
        50194 => {
            "The application is single-tenant: use its tenant in the authority in place of common."
        }
        50196 => "The client asks in a loop: use the cached token and wait some minutes.",
        53000 | 53001 | 53003 => "Conditional Access blocks this: ask the administrator.",
        54005 => "The code was redeemed twice: start a new sign-in.",
        65001 => "Consent is missing: ask the user, or have an administrator grant it.",
        65004 => "The user declined to consent: ask again, or ask for less.",
        90094 => "An administrator has to consent: send them to the admin consent address.",
        70000 | 70008 => "The code or the refresh token is invalid or expired: sign in.",
        700_082 | 70043 => "The refresh token is invalid or expired: sign in.",
        700_084 => "The 24 hours of a single-page app's refresh token are over: sign in.",
        70011 | 1_002_012 | 700_022 | 28002 | 28000 => {
            "The scope is wrong: client credentials need one resource's /.default, such as https://graph.microsoft.com/.default."
        }
        70016 => "The device code is pending: go on asking.",
        70018 => "The device code is wrong: start again.",
        70019 => "The device code has expired: start again.",
        700_016 | 700_011 => {
            "The application is not in this tenant: check client id and tenant, and that consent was given there."
        }
        7_000_218 => {
            "Nothing proved who the application is: configure its secret, certificate or assertion; or, where it has none, allow public client flows in its registration's Authentication."
        }
        700_025 => "The application is a public client and must not send a secret.",
        90002 | 90038 | 900_382 | 900_432 => {
            "The tenant was not found, or is in another cloud: check the authority."
        }
        9_002_326 => {
            "A secret or a non-SPA redirect URI was used from a page: call from a server, or register the URI as SPA."
        }
        9_002_327 => {
            "A SPA redirect URI was used outside a page: register it as Web, or redeem it in the page."
        }
        9_001_023 => {
            "This grant is not allowed on common or consumers: use the tenant in the authority."
        }
        90006 | 90012 | 90024 | 90033 | 90055 | 90090 | 50033 | 50087 => {
            "A passing fault of the service: try again shortly."
        }
        _ => return credential_hint(aadsts),
    })
}

/// What to do about a credential, which only a confidential client has.
#[cfg(feature = "confidential")]
fn credential_hint(aadsts: u32) -> Option<&'static str> {
    Some(match aadsts {
        50013 | 500_133 => {
            "The incoming token is invalid or expired: the caller must send a fresh one."
        }
        700_024 => "The assertion is outside its validity: check the clock, or send a fresh one.",
        700_027 => {
            "The certificate is not registered for the application: upload it, and check its thumbprint."
        }
        50012 => {
            "The assertion's signature is wrong: the private key does not belong to the registered certificate."
        }
        700_030 => "The certificate's subject name is not allowed for this application.",
        70021 | 700_211 | 700_213 | 7_002_138 => {
            "No federated credential matches: compare issuer, subject (case counts) and audience with the registration."
        }
        7_000_215 => "The client secret is wrong: use the secret's value, not its id.",
        7_000_222 => "The client secret has expired: make a new one in Certificates & secrets.",
        _ => return None,
    })
}

#[cfg(not(feature = "confidential"))]
fn credential_hint(_: u32) -> Option<&'static str> {
    None
}

/// The error of an authorization response, if it is one.
#[must_use]
pub fn of_body(body: &Value) -> Option<Error> {
    (!body.text("error").is_empty()).then(|| decode_body(body))
}

fn decode_body(body: &Value) -> Error {
    let (name, sub_error) = (body.text("error"), body.text("suberror"));
    let interaction =
        INTERACTION_ERRORS.contains(&name) || INTERACTION_SUB_ERRORS.contains(&sub_error);
    let class = if interaction {
        ErrorClass::InteractionRequired
    } else {
        ErrorClass::Server
    };
    let description = clean(body.text("error_description"), true);
    let mut error = Error::new(class, &clean(name, false), description);
    error.sub_error = clean(sub_error, false);
    error.trace_id = clean(body.text("trace_id"), false);
    error.timestamp = clean(body.text("timestamp"), false);
    error.claims = body.text("claims").into();
    error.error_codes = body
        .get("error_codes")
        .and_then(Value::as_array)
        .unwrap_or_default()
        .iter()
        .take(MAX_ERROR_CODES)
        .filter_map(|number| {
            number
                .as_integer()
                .and_then(|number| u32::try_from(number).ok())
        })
        .collect();
    if error.error_codes.is_empty() {
        error.error_codes = aadsts_of(&error.message).into_iter().collect();
    }
    error.hint = error
        .error_codes
        .iter()
        .find_map(|number| hint(*number))
        .unwrap_or_default()
        .to_text();
    error
}

fn without_body(response: &HttpResponse) -> Error {
    let message = text::concat(&[
        "the server refused without an OAuth error (",
        &response.describe(),
        ")",
    ]);
    Error::new(ErrorClass::Server, code::UNKNOWN_SERVER_ERROR, message)
        .with_hint(if response.status >= 500 || response.status == 429 {
            "The service is down or overloaded: try again later."
        } else {
            "Check that the authority is an identity provider and that no proxy answers in its place."
        })
}

/// The number in a description that begins `AADSTS7000215: …`, for answers without `error_codes`.
fn aadsts_of(description: &str) -> Option<u32> {
    let (_, digits) = text::split_once(description, "AADSTS")?;
    let end = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

/// Without what a terminal obeys, or what makes another line of a log.
fn clean(text: &str, with_lines: bool) -> Text {
    text.chars()
        .map(|character| {
            let is_control = matches!(character, '\0'..='\x1f' | '\x7f'..='\u{9f}');
            if is_control && !(with_lines && character == '\n') {
                ' '
            } else {
                character
            }
        })
        .collect()
}
