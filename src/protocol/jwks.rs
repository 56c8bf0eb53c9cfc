//! A provider's public keys (RFC 7517), and which of them is to verify a token.

use super::http::{Content, HttpResponse};
use super::json::Value;

/// More keys than this are passed over: Entra publishes about ten.
const MAX_KEYS: usize = 100;

/// How a token may be signed (RFC 7518, section 3.1): never `none`, never with a shared secret.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, the only one that Entra uses.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// Ed25519 by its own name (RFC 9864).
    Ed25519,
}

const ALGORITHMS: &[(&str, SignatureAlgorithm, &str, &str)] = &[
    ("RS256", SignatureAlgorithm::Rs256, "RSA", ""),
    ("RS384", SignatureAlgorithm::Rs384, "RSA", ""),
    ("RS512", SignatureAlgorithm::Rs512, "RSA", ""),
    ("PS256", SignatureAlgorithm::Ps256, "RSA", ""),
    ("PS384", SignatureAlgorithm::Ps384, "RSA", ""),
    ("PS512", SignatureAlgorithm::Ps512, "RSA", ""),
    ("ES256", SignatureAlgorithm::Es256, "EC", "P-256"),
    ("ES384", SignatureAlgorithm::Es384, "EC", "P-384"),
    ("ES512", SignatureAlgorithm::Es512, "EC", "P-521"),
    ("EdDSA", SignatureAlgorithm::EdDsa, "OKP", "Ed25519"),
    ("Ed25519", SignatureAlgorithm::Ed25519, "OKP", "Ed25519"),
];

impl SignatureAlgorithm {
    /// Reads the `alg` of a header; `None` for every other.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        ALGORITHMS
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, algorithm, ..)| *algorithm)
    }

    /// Its name in a header.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// Whether a key is of the kind that this algorithm takes.
    fn takes(self, key: &Value) -> bool {
        let (_, _, kty, crv) = self.row();
        let alg = key.text("alg");
        key.text("kty") == kty
            && (crv.is_empty() || key.text("crv") == crv)
            && (alg.is_empty() || alg == self.name())
            && key.text("use") != "enc"
            && key
                .get("key_ops")
                .and_then(Value::as_array)
                .is_none_or(|uses| uses.iter().any(|one| one.as_str() == Some("verify")))
            // A modulus of 2048 bits is 342 characters.
            && (kty != "RSA" || key.text("n").len() >= 342)
    }

    fn row(self) -> (&'static str, Self, &'static str, &'static str) {
        ALGORITHMS
            .iter()
            .find(|(_, algorithm, ..)| *algorithm == self)
            .copied()
            .unwrap_or(ALGORITHMS[0])
    }
}

/// A key without its certificates, which are most of it and not looked at.
fn without_chain(key: &Value) -> Value {
    match key {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| name != "x5c");
            Value::Object(kept.cloned().collect())
        }
        other => other.clone(),
    }
}

/// The keys of a provider.
#[derive(Clone, Debug)]
pub struct Jwks(Vec<Value>);

impl Jwks {
    /// Reads the answer to a request for the keys; `None` where there are none in it.
    #[must_use]
    pub fn parse_response(response: &HttpResponse) -> Option<Self> {
        let Content::Json(document) = &response.content else {
            return None;
        };
        let keys = document.get("keys").and_then(Value::as_array)?;
        (response.status == 200 && !keys.is_empty())
            .then(|| Self(keys.iter().take(MAX_KEYS).map(without_chain).collect()))
    }

    /// The keys one of which is to verify a token: those of its `kid`, or without one the only key of its kind.
    #[must_use]
    pub fn all(&self, kid: &str, algorithm: SignatureAlgorithm) -> Vec<&Value> {
        let fitting = self.0.iter().filter(|key| algorithm.takes(key));
        let mut fitting: Vec<&Value> = if kid.is_empty() {
            fitting.collect()
        } else {
            fitting.filter(|key| key.text("kid") == kid).collect()
        };
        if kid.is_empty() && fitting.len() > 1 {
            fitting.clear();
        }
        fitting
    }
}
