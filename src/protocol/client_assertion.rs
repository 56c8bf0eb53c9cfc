//! The client assertion: a JWT that a client signs with the key of its certificate (RFC 7523, section 2.2).
//!
//! The signature is made outside ([`Unsigned::signing_input`] goes out, [`Unsigned::sign`] puts it together).

use super::base64;
use super::json::Value;
use crate::secret::Secret;
use crate::text::{Text, ToText};
use crate::time::Moment;

/// What `client_assertion_type` says.
pub const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How long an assertion is valid, in seconds.
pub const LIFETIME_SECONDS: i64 = 600;

/// An assertion is used again until so many seconds before its end.
pub const RENEWAL_OFFSET_SECONDS: i64 = 60;

/// How the assertion is signed.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes, named by the certificate's SHA-256 thumbprint.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, named by the SHA-1 thumbprint: what AD FS needs.
    Rs256,
}

impl Algorithm {
    /// The name in a JWT's header (RFC 7518).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }
}

/// All that an assertion is made of.
#[derive(Clone, Copy, Debug)]
pub struct ClientAssertion<'a> {
    /// How it will be signed.
    pub algorithm: Algorithm,
    /// The certificate's thumbprint: SHA-256 for [`Algorithm::Ps256`], SHA-1 for [`Algorithm::Rs256`].
    pub thumbprint: &'a [u8],
    /// The certificates in base64, for subject-name and issuer matching; usually empty.
    pub x5c: &'a [Text],
    /// Issuer and subject.
    pub client_id: &'a str,
    /// The token endpoint.
    pub audience: &'a str,
    /// A GUID.
    pub jti: &'a str,
    /// From when on it is valid.
    pub not_before: Moment,
}

/// A header and claims that lack their signature.
#[derive(Clone)]
pub struct Unsigned(Text);

impl core::fmt::Debug for Unsigned {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Unsigned(..)")
    }
}

impl ClientAssertion<'_> {
    /// Header and claims, as they are to be signed.
    #[must_use]
    pub fn unsigned(&self) -> Unsigned {
        let mut header = vec![("typ", text("JWT")), ("alg", text(self.algorithm.name()))];
        header.push((
            match self.algorithm {
                Algorithm::Ps256 => "x5t#S256",
                Algorithm::Rs256 => "x5t",
            },
            Value::String(base64::encode_url(self.thumbprint)),
        ));
        if !self.x5c.is_empty() {
            let certificates = self.x5c.iter().cloned().map(Value::String).collect();
            header.push(("x5c", Value::Array(certificates)));
        }
        let not_before = self.not_before.0 / 1_000;
        let number = |seconds: i64| Value::Number(seconds.to_text());
        let claims = [
            ("aud", text(self.audience)),
            ("iss", text(self.client_id)),
            ("sub", text(self.client_id)),
            ("jti", text(self.jti)),
            ("nbf", number(not_before)),
            ("iat", number(not_before)),
            ("exp", number(not_before + LIFETIME_SECONDS)),
        ];
        let mut input = part(header);
        input.push('.');
        input.push_str(&part(claims));
        Unsigned(input)
    }
}

impl Unsigned {
    /// The bytes to sign.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The whole assertion.
    #[must_use]
    pub fn sign(mut self, signature: &[u8]) -> Secret {
        self.0.push('.');
        self.0.push_str(&base64::encode_url(signature));
        Secret::new(self.0)
    }
}

fn part<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Text {
    let members = members
        .into_iter()
        .map(|(name, value)| (name.to_text(), value))
        .collect();
    base64::encode_url(Value::Object(members).to_json().as_bytes())
}

fn text(text: &str) -> Value {
    Value::String(text.to_text())
}
