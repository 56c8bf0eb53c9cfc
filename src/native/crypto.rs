//! Cryptography by RustCrypto: what WebCrypto is to the npm package.

use crate::error::{Error, ErrorClass, code};
use crate::flow::step::Hash;
use crate::protocol::base64;
use crate::protocol::client_assertion::Algorithm;
use crate::protocol::json::Value;
use crate::protocol::jwks::SignatureAlgorithm;
use crate::secret::SecretBytes;
use core::fmt;
use core::ops::RangeInclusive;
use getrandom::SysRng;
use p256::ecdsa::signature::Verifier;
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey, pkcs1v15, pss};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::sync::Arc;

/// How long a modulus may be that is verified with: Entra's are of 2048 bits.
const MODULUS_BITS: RangeInclusive<usize> = 2_048..=8_192;

/// A certificate's private key, ready to sign. Its `Debug` is redacted, its numbers are zeroed when it is dropped.
#[derive(Clone)]
pub struct SigningKey(Arc<RsaPrivateKey>);

impl SigningKey {
    /// Takes a key from PKCS#8 (DER), the form that [`crate::certificate`] gives.
    ///
    /// # Errors
    /// `invalid_private_key` where it is none, or its numbers do not belong together.
    pub fn from_pkcs8(der: &SecretBytes) -> Result<Self, Error> {
        let invalid = |_| {
            Error::new(
                ErrorClass::ClientConfiguration,
                code::INVALID_PRIVATE_KEY,
                "the private key's numbers do not make an RSA key",
            )
            .with_hint("Export the key again.")
        };
        RsaPrivateKey::from_pkcs8_der(der.expose())
            .map(|key| Self(Arc::new(key)))
            .map_err(invalid)
    }

    /// Signs, blinded with the system's randomness; `None` where there is none.
    #[must_use]
    pub fn sign(&self, algorithm: Algorithm, bytes: &[u8]) -> Option<Vec<u8>> {
        let key = RsaPrivateKey::clone(&self.0);
        let mut random = SysRng;
        match algorithm {
            Algorithm::Ps256 => {
                let key = pss::SigningKey::<Sha256>::new(key);
                key.try_sign_with_rng(&mut random, bytes)
                    .map(|signature| signature.to_vec())
                    .ok()
            }
            Algorithm::Rs256 => {
                let key = pkcs1v15::SigningKey::<Sha256>::new(key);
                key.try_sign_with_rng(&mut random, bytes)
                    .map(|signature| signature.to_vec())
                    .ok()
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Hashes bytes.
#[must_use]
pub fn digest(hash: Hash, bytes: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha1 => Sha1::digest(bytes).to_vec(),
        Hash::Sha256 => Sha256::digest(bytes).to_vec(),
    }
}

/// Whether a signature holds. ES512 and EdDSA are not verified here, so none of their signatures does.
#[must_use]
pub fn verify(jwk: &Value, algorithm: SignatureAlgorithm, bytes: &[u8], signature: &[u8]) -> bool {
    match algorithm {
        SignatureAlgorithm::Rs256 => verify_pkcs1::<Sha256>(jwk, bytes, signature),
        SignatureAlgorithm::Rs384 => verify_pkcs1::<Sha384>(jwk, bytes, signature),
        SignatureAlgorithm::Rs512 => verify_pkcs1::<Sha512>(jwk, bytes, signature),
        SignatureAlgorithm::Ps256 => verify_pss::<Sha256>(jwk, bytes, signature),
        SignatureAlgorithm::Ps384 => verify_pss::<Sha384>(jwk, bytes, signature),
        SignatureAlgorithm::Ps512 => verify_pss::<Sha512>(jwk, bytes, signature),
        SignatureAlgorithm::Es256 => verify_p256(jwk, bytes, signature),
        SignatureAlgorithm::Es384 => verify_p384(jwk, bytes, signature),
        SignatureAlgorithm::Es512 | SignatureAlgorithm::EdDsa | SignatureAlgorithm::Ed25519 => None,
    }
    .is_some()
}

fn verify_pkcs1<D>(jwk: &Value, bytes: &[u8], signature: &[u8]) -> Option<()>
where
    D: Digest + rsa::pkcs8::AssociatedOid,
    pkcs1v15::VerifyingKey<D>: Verifier<pkcs1v15::Signature>,
{
    let key = pkcs1v15::VerifyingKey::<D>::new(rsa_key(jwk)?);
    let signature = pkcs1v15::Signature::try_from(signature).ok()?;
    key.verify(bytes, &signature).ok()
}

fn verify_pss<D>(jwk: &Value, bytes: &[u8], signature: &[u8]) -> Option<()>
where
    D: Digest,
    pss::VerifyingKey<D>: Verifier<pss::Signature>,
{
    let key = pss::VerifyingKey::<D>::new(rsa_key(jwk)?);
    let signature = pss::Signature::try_from(signature).ok()?;
    key.verify(bytes, &signature).ok()
}

fn rsa_key(jwk: &Value) -> Option<RsaPublicKey> {
    let modulus = base64::decode(jwk.text("n"))?;
    let exponent = base64::decode(jwk.text("e"))?;
    RsaPublicKey::new_with_size_limits(
        BoxedUint::from_be_slice_vartime(&modulus),
        BoxedUint::from_be_slice_vartime(&exponent),
        MODULUS_BITS,
    )
    .ok()
}

fn verify_p256(jwk: &Value, bytes: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point(jwk, 32)?).ok()?;
    let signature = p256::ecdsa::Signature::from_slice(signature).ok()?;
    key.verify(bytes, &signature).ok()
}

fn verify_p384(jwk: &Value, bytes: &[u8], signature: &[u8]) -> Option<()> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&point(jwk, 48)?).ok()?;
    let signature = p384::ecdsa::Signature::from_slice(signature).ok()?;
    key.verify(bytes, &signature).ok()
}

/// A point in SEC 1's form, uncompressed.
fn point(jwk: &Value, bytes: usize) -> Option<Vec<u8>> {
    let mut point = vec![0x04];
    for name in ["x", "y"] {
        let coordinate = base64::decode(jwk.text(name))?;
        if coordinate.len() != bytes {
            return None;
        }
        point.extend(coordinate);
    }
    Some(point)
}
