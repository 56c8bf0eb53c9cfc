//! What an id_token must say (OpenID Connect Core 1.0, section 3.1.3.7).
//!
//! The signature is verified outside, with the key that [`super::jwks`] finds.

use super::authority::{Authority, Kind};
use super::json::Value;
use crate::error::{Error, ErrorClass, code};
use crate::text;
use crate::time::Moment;

/// By how much the clocks of provider and client may differ, in seconds.
pub const CLOCK_SKEW_SECONDS: i64 = 300;

/// Longer names of issuers and tenants are nobody's.
const MAX_NAME_BYTES: usize = 1_024;

/// The tenant of personal Microsoft accounts.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// What the token is held against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Who was asked.
    pub authority: &'a Authority,
    /// The issuer of the provider's discovery document, where there is one; may hold `{tenantid}`.
    pub issuer: Option<&'a str>,
    /// Whom the token must be for.
    pub client_id: &'a str,
}

/// Judges the claims of an id_token whose signature holds, but for its times: [`judge_times`].
///
/// # Errors
/// `invalid_id_token` with the reason.
pub fn judge(claims: &Value, expected: Expected<'_>) -> Result<(), Error> {
    if !issuer_is_right(claims, expected) {
        return Err(invalid("its issuer is not the one that was asked"));
    }
    if !audience_is_right(claims, expected.client_id) {
        return Err(invalid("it is meant for another application"));
    }
    if claims.text("sub").is_empty() {
        return Err(invalid("it names no subject"));
    }
    Ok(())
}

/// Judges when the claims of an id_token hold.
///
/// # Errors
/// `invalid_id_token` with the reason.
pub fn judge_times(claims: &Value, now: Moment) -> Result<(), Error> {
    let seconds = |name: &str| claims.get(name).and_then(Value::as_integer);
    let is_no_time = |name: &str| {
        let given = claims.get(name).filter(|value| **value != Value::Null);
        given.is_some() && seconds(name).is_none()
    };
    let now = now.0 / 1_000;
    let Some(expires) = seconds("exp") else {
        return Err(invalid("it does not say when it expires"));
    };
    if now >= expires.saturating_add(CLOCK_SKEW_SECONDS) {
        return Err(invalid("it has expired").with_hint(CLOCK));
    }
    if is_no_time("nbf") || is_no_time("iat") {
        return Err(invalid("it does not say from when on it is valid"));
    }
    let from = seconds("nbf").or(seconds("iat")).unwrap_or(now);
    if now < from.saturating_sub(CLOCK_SKEW_SECONDS) {
        return Err(invalid("it is not valid yet").with_hint(CLOCK));
    }
    Ok(())
}

const CLOCK: &str = "Check the clock of this machine: it may be off by more than five minutes.";

/// The error of a nonce that is not the one that was sent.
#[must_use]
pub fn nonce_mismatch() -> Error {
    Error::new(
        ErrorClass::ClientAuth,
        code::NONCE_MISMATCH,
        "the id_token's nonce is not the one that was sent",
    )
    .with_hint("Start the sign-in anew: this answer may belong to another one.")
}

/// The error of an id_token that does not hold.
#[must_use]
pub fn invalid(reason: &str) -> Error {
    let message = text::concat(&["the id_token is refused: ", reason]);
    Error::new(ErrorClass::ClientAuth, code::INVALID_ID_TOKEN, message)
        .with_hint("Nothing of this answer was cached. Check the authority, and that nobody answers in its place.")
}

/// Whether an authorization response's `iss` (RFC 9207) may be that of an authority. `issuer` is what its discovery
/// document says, where there is one; where there is none, an unknown provider's issuer must be of its own origin.
#[must_use]
pub fn is_issuer_of(named: &str, authority: &Authority, issuer: Option<&str>) -> bool {
    let matches = |template: &str| match text::split_once(template, "{tenantid}") {
        Some((before, after)) => named
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|tenant| tenant_is_right(authority, tenant)),
        None => named == template,
    };
    match issuer {
        Some(template) => matches(template),
        None if authority.has_known_issuer() => authority
            .issuer_templates()
            .iter()
            .any(|template| matches(template)),
        // What the address says is without the slash at its end.
        None if authority.kind() == Kind::Oidc => {
            text::without_end(named, '/') == authority.issuer()
        }
        None => text::split_once(named, "://").is_some_and(|(_, rest)| {
            let host = text::before(rest, b'/');
            host == authority.environment()
                || authority.kind() == Kind::ExternalId && host.ends_with(".ciamlogin.com")
        }),
    }
}

fn issuer_is_right(claims: &Value, expected: Expected<'_>) -> bool {
    let issuer = claims.text("iss");
    let authority = expected.authority;
    if issuer.is_empty() {
        return false;
    }
    let tenant = claims.text("tid");
    let by_tenant = |template: &str| !tenant.is_empty() && is_filled(template, tenant, issuer);
    let named = match expected.issuer {
        Some(template) if text::find(template, "{tenantid}").is_some() => by_tenant(template),
        Some(exact) => exact == issuer,
        None => authority
            .issuer_templates()
            .iter()
            .any(|template| by_tenant(template)),
    };
    named && (authority.kind() != Kind::Entra || tenant_is_right(authority, tenant))
}

/// Whether a template with a tenant in it is an issuer's name. Longer ones are not even put together: none is.
#[must_use]
pub fn is_filled(template: &str, tenant: &str, issuer: &str) -> bool {
    let longest = template.len().max(tenant.len());
    longest <= MAX_NAME_BYTES && text::replace(template, "{tenantid}", tenant) == issuer
}

/// Whether a user of this tenant may come from this authority. A domain's tenant is known to the provider alone.
fn tenant_is_right(authority: &Authority, tenant: &str) -> bool {
    match authority.tenant() {
        "common" => true,
        "organizations" => tenant != CONSUMERS,
        "consumers" => tenant == CONSUMERS,
        domain if domain.contains('.') => true,
        guid => tenant.eq_ignore_ascii_case(guid),
    }
}

fn audience_is_right(claims: &Value, client_id: &str) -> bool {
    match claims.get("aud") {
        Some(Value::Array(audiences)) => {
            let named = audiences
                .iter()
                .any(|audience| audience.as_str() == Some(client_id));
            named && (audiences.len() == 1 || claims.text("azp") == client_id)
        }
        Some(audience) => audience.as_str() == Some(client_id),
        None => false,
    }
}
