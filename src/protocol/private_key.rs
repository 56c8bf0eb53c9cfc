//! As much of a private key (PKCS#8, RFC 5208; PKCS#1, RFC 8017) as is needed to know whether it can be used as it is.

/// rsaEncryption, 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

pub(super) const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// Entra takes no shorter modulus.
const FEWEST_BITS: usize = 2_048;

/// The modulus of a plain RSA key in PKCS#8; `None` for any other key, and for one that is too short.
#[must_use]
pub fn rsa_modulus(pkcs8: &[u8]) -> Option<&[u8]> {
    let (info, _) = take(pkcs8, SEQUENCE)?;
    let (_version, info) = take(info, INTEGER)?;
    let (algorithm, info) = take(info, SEQUENCE)?;
    let (identifier, _) = take(algorithm, OBJECT_IDENTIFIER)?;
    if identifier != RSA_ENCRYPTION {
        return None;
    }
    let (key, _) = take(info, OCTET_STRING)?;
    let (key, _) = take(key, SEQUENCE)?;
    let (_version, key) = take(key, INTEGER)?;
    let (modulus, _) = take(key, INTEGER)?;
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let unused = modulus.first()?.leading_zeros() as usize;
    (modulus.len() * 8 - unused >= FEWEST_BITS).then_some(modulus)
}

/// Whether these bytes are one element of DER, whole and nothing else.
#[must_use]
pub fn is_whole(der: &[u8]) -> bool {
    take(der, SEQUENCE).is_some_and(|(_, rest)| rest.is_empty())
}

/// Whether a certificate is that of the key: its public key holds the same modulus.
#[must_use]
pub fn belongs_to(certificate: &[u8], modulus: &[u8]) -> bool {
    certificate
        .windows(modulus.len())
        .any(|window| window == modulus)
}

/// The content of an element, and what follows it.
pub(super) fn take(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, mut rest) = rest.split_first()?;
    let mut count = usize::from(*length);
    if count > 0x80 {
        let bytes = rest.get(..count - 0x80).filter(|bytes| bytes.len() <= 4)?;
        rest = rest.get(count - 0x80..)?;
        count = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    }
    let content = rest.get(..count)?;
    (*first == tag).then_some((content, rest.get(count..)?))
}
