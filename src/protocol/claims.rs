//! The `claims` parameter (OpenID Connect Core 1.0, section 5.5) and client capabilities.

use super::json::Value;
use crate::error::{Error, code};
use crate::text::{Text, ToText};

/// Whether an id_token's optional claims are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdTokenClaims {
    /// In every case: where a user signs in.
    Always,
    /// Where other claims are asked for.
    #[default]
    WithOthers,
    /// Never: of providers that are not Microsoft's.
    Never,
}

/// What a request's `claims` are made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Claims<'a> {
    /// What the caller asks for: the claims of a challenge.
    pub asked: Option<&'a Value>,
    /// What the client adds on its own account.
    pub from_client: Option<&'a Value>,
    /// Whether the id_token is to tell how to sign in again, as MSAL asks it to.
    pub id_token: IdTokenClaims,
    /// The client's capabilities, such as `cp1`.
    pub capabilities: &'a [Text],
}

/// The `claims` of a request: all of them merged. `None` where there are none.
///
/// ```
/// use graph_token::protocol::claims::{Claims, request_claims};
/// let capabilities = ["cp1".into()];
/// let claims = request_claims(Claims { capabilities: &capabilities, ..Claims::default() })?;
/// assert!(claims.unwrap().ends_with(r#""access_token":{"xms_cc":{"values":["cp1"]}}}"#));
/// # Ok::<(), graph_token::Error>(())
/// ```
///
/// # Errors
/// `invalid_claims` where `asked` or `from_client` is no JSON object.
pub fn request_claims(parts: Claims<'_>) -> Result<Option<Text>, Error> {
    let mut claims = Value::Object(Vec::new());
    for part in [parts.asked, parts.from_client].into_iter().flatten() {
        if part.as_object().is_none() {
            return Err(invalid_claims());
        }
        claims.merge(part.clone());
    }
    let others = !parts.capabilities.is_empty()
        || claims
            .as_object()
            .is_some_and(|members| !members.is_empty());
    let for_id_token = match parts.id_token {
        IdTokenClaims::Always => true,
        IdTokenClaims::WithOthers => others,
        IdTokenClaims::Never => false,
    };
    if for_id_token {
        for name in ["signin_state", "login_hint", "tenant_region_sub_scope"] {
            let known = claims.get("id_token").and_then(|of| of.get(name));
            if known.is_none() {
                let optional = object("essential", Value::Bool(false));
                claims.merge(object("id_token", object(name, optional)));
            }
        }
    }
    if !parts.capabilities.is_empty() {
        let values = parts.capabilities.iter().cloned().map(Value::String);
        let capability = object(
            "access_token",
            object("xms_cc", object("values", Value::Array(values.collect()))),
        );
        claims.merge(capability);
    }
    match &claims {
        Value::Object(members) if members.is_empty() => Ok(None),
        other => Ok(Some(other.to_json())),
    }
}

/// The error for claims that are no JSON object.
#[must_use]
pub fn invalid_claims() -> Error {
    Error::configuration(
        code::INVALID_CLAIMS,
        "claims is not the text of a JSON object",
    )
    .with_hint("Pass on the claims of the challenge as they came, base64-decoded.")
}

fn object(name: &str, value: Value) -> Value {
    Value::Object(vec![(name.to_text(), value)])
}
