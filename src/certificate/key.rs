//! RSA keys: PKCS#1 (RFC 8017, appendix A.1) and PKCS#8 (RFC 5958).

use super::asn1::{self, Items};
use super::refusal::Refusal;
use crate::secret::SecretBytes;
use der::Tag;
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Entra's lower limit.
const MIN_BITS: u32 = 2048;

/// Keys that are none of Entra's.
const OTHERS: [(ObjectIdentifier, &str); 6] = [
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"),
        "the private key is RSA for PSS alone (RSASSA-PSS)",
    ),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.2.1"), EC),
    (
        ObjectIdentifier::new_unwrap("1.3.101.112"),
        "the private key is an Ed25519 key",
    ),
    (
        ObjectIdentifier::new_unwrap("1.3.101.113"),
        "the private key is an Ed448 key",
    ),
    (
        ObjectIdentifier::new_unwrap("1.3.101.110"),
        "the private key is an X25519 key",
    ),
    (ObjectIdentifier::new_unwrap("1.2.840.10040.4.1"), DSA),
];
pub(super) const EC: &str = "the private key is an EC key";
pub(super) const DSA: &str = "the private key is a DSA key";
const OTHER: &str = "the private key is no RSA key";

/// Modulus and exponent, to the base 256, without leading zeros.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PublicKey {
    /// The next two integers.
    pub(super) fn read(items: &mut Items<'_>) -> Option<Self> {
        let mut digits = || Some(asn1::without_zeros(items.take(Tag::Integer)?).to_vec());
        Some(Self {
            modulus: digits()?,
            exponent: digits()?,
        })
    }

    fn bits(&self) -> u32 {
        let leading = self.modulus.first().map_or(0, |byte| byte.leading_zeros());
        self.modulus.len() as u32 * 8 - leading
    }
}

/// An RSA key of sufficient length.
#[derive(Clone)]
pub(super) struct RsaKey {
    pub(super) pkcs8: SecretBytes,
    pub(super) public: PublicKey,
}

impl RsaKey {
    pub(super) fn from_pkcs8(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut items = Items::of_sequence(bytes).ok_or(Refusal::Damaged)?;
        items.number().ok_or(Refusal::Damaged)?;
        let (algorithm, _) = items.algorithm().ok_or(Refusal::Damaged)?;
        let key = items.take(Tag::OctetString).ok_or(Refusal::Damaged)?;
        if algorithm == RSA.as_bytes() {
            return Self::from_pkcs1(key);
        }
        Err(Refusal::Kind(
            OTHERS
                .iter()
                .find(|(other, _)| other.as_bytes() == algorithm)
                .map_or(OTHER, |(_, message)| message),
        ))
    }

    pub(super) fn from_pkcs1(bytes: &[u8]) -> Result<Self, Refusal> {
        let key = Items::of(bytes).whole().ok_or(Refusal::Damaged)?;
        let mut items = Items::of_sequence(key).ok_or(Refusal::Damaged)?;
        items.number().ok_or(Refusal::Damaged)?;
        let public = PublicKey::read(&mut items).ok_or(Refusal::Damaged)?;
        // The private exponent, two primes, two exponents, the coefficient.
        for _ in 0..6 {
            items.take(Tag::Integer).ok_or(Refusal::Damaged)?;
        }
        if public.bits() < MIN_BITS {
            return Err(Refusal::Short);
        }
        Ok(Self {
            pkcs8: SecretBytes::new(to_pkcs8(key)),
            public,
        })
    }
}

/// Written anew, whatever it came from: some readers stumble over the attributes that PFX files add.
fn to_pkcs8(pkcs1: &[u8]) -> Vec<u8> {
    let version = asn1::item(0x02, &[&[0]]);
    let identifier = asn1::item(0x06, &[RSA.as_bytes()]);
    let null = asn1::item(0x05, &[]);
    let algorithm = asn1::item(0x30, &[&identifier, &null]);
    let key = Zeroizing::new(asn1::item(0x04, &[pkcs1]));
    asn1::item(0x30, &[&version, &algorithm, &key])
}
