//! The `claims` parameter (OpenID Connect Core 1.0, section 5.5) and client capabilities.

use super::json::Value;
use crate::error::{Error, code};

/// The `claims` of a request: what the caller asks for, with the client's capabilities merged into it. `None` where
/// there is neither.
///
/// ```
/// use graph_token::protocol::claims::request_claims;
/// let claims = request_claims(None, &["cp1".to_owned()])?;
/// assert_eq!(claims.as_deref(), Some(r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#));
/// # Ok::<(), graph_token::Error>(())
/// ```
///
/// # Errors
/// `invalid_claims` where `asked` is no JSON object.
pub fn request_claims(
    asked: Option<&Value>,
    capabilities: &[String],
) -> Result<Option<String>, Error> {
    let mut claims = match asked {
        None => Value::Object(Vec::new()),
        Some(object @ Value::Object(_)) => object.clone(),
        Some(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
        ) => {
            return Err(invalid_claims());
        }
    };
    if !capabilities.is_empty() {
        let values = capabilities.iter().cloned().map(Value::String).collect();
        let capability = object(
            "access_token",
            object("xms_cc", object("values", Value::Array(values))),
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
    Value::Object(vec![(name.to_owned(), value)])
}
