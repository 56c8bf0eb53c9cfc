//! A compact JWS, taken apart (RFC 7515, section 7.1).

use super::base64;
use super::json::{ParseJson, Value};
use crate::secret::SecretBytes;

/// Longer tokens are refused: Entra's id_tokens have a few kilobytes.
const MAX_BYTES: usize = 256 * 1024;

/// Header and claims of a JWT whose signature is still to be verified.
#[derive(Clone, Debug)]
pub struct Jwt {
    /// The JOSE header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// What is signed.
    pub signing_input: SecretBytes,
    /// The signature.
    pub signature: SecretBytes,
}

impl Jwt {
    /// Takes a token apart; `None` where it is no compact JWS of two JSON objects.
    #[must_use]
    pub fn parse(token: &str, parse_json: ParseJson) -> Option<Self> {
        if token.len() > MAX_BYTES {
            return None;
        }
        let mut parts = token.split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let object = |part: &str| {
            parse_json(&base64::decode_text(part)?).filter(|value| value.as_object().is_some())
        };
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signing_input: SecretBytes::new(
                token
                    .as_bytes()
                    .get(..header.len() + 1 + claims.len())?
                    .to_vec(),
            ),
            signature: SecretBytes::new(base64::decode(signature)?),
        })
    }
}
