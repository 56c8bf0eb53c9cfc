//! PFX files (PKCS#12, RFC 7292), as OpenSSL, Windows, Key Vault and browsers write them; MACs of RFC 9579 too.

use super::asn1::{Items, context};
use super::ber;
use super::cipher::{self, Opened};
use super::kdf::{self, Effort, Hash, Passphrase, Purpose};
use super::key::RsaKey;
use super::material::Material;
use super::refusal::Refusal;
use super::x509::Certificate;
use der::Tag;
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const SAFE_CONTENTS_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.6");
const X509: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const PBMAC1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");

/// Safes in safes; nobody writes more than one.
const MAX_DEPTH: u32 = 4;

/// Longer keys than a hash's block serve no HMAC.
const MAX_MAC_KEY: usize = 128;

/// Reads a file. Without a passphrase, both none and an empty one are tried: programs differ in what they write for it.
pub(super) fn read(
    bytes: &[u8],
    passphrase: Option<&str>,
    effort: &mut Effort,
) -> Result<Material, Refusal> {
    let file = ber::to_der(bytes).ok_or(Refusal::Damaged)?;
    let mut items = Items::of_sequence(&file).ok_or(Refusal::Damaged)?;
    items.number().ok_or(Refusal::Damaged)?;
    let (kind, mut safe) = items.algorithm().ok_or(Refusal::Damaged)?;
    if kind != DATA.as_bytes() {
        return Err(Refusal::Cipher);
    }
    let content = safe
        .explicit(0)
        .and_then(|mut content| content.take(Tag::OctetString))
        .ok_or(Refusal::Damaged)?;
    let mac = items.sequence();
    let given = [passphrase, None];
    let candidates: &[Option<&str>] = match passphrase {
        Some(text) if !text.is_empty() => &given[..1],
        _ => &[None, Some("")],
    };
    for candidate in candidates.iter().copied().map(Passphrase) {
        match &mac {
            Some(mac) if verify(mac.clone(), content, candidate, effort)? => {
                return open(content, candidate, effort).map_err(|refusal| match refusal {
                    Refusal::WrongPassphrase => Refusal::Damaged,
                    other => other,
                });
            }
            Some(_) => {}
            None => match open(content, candidate, effort) {
                Err(Refusal::WrongPassphrase) => {}
                done => return done,
            },
        }
    }
    // A passphrase that opens what the MAC refuses is right, and the file is not what was written.
    let opens = |candidate: &Option<&str>| {
        open(content, Passphrase(*candidate), effort).is_ok_and(|found| !found.keys.is_empty())
    };
    Err(if mac.is_some() && candidates.iter().any(opens) {
        Refusal::Damaged
    } else {
        Refusal::WrongPassphrase
    })
}

/// Whether the MAC over the content is the passphrase's.
fn verify(
    mut mac: Items<'_>,
    content: &[u8],
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
) -> Result<bool, Refusal> {
    let mut digest_info = mac.sequence().ok_or(Refusal::Damaged)?;
    let (identifier, mut parameters) = digest_info.algorithm().ok_or(Refusal::Damaged)?;
    let wanted = digest_info.take(Tag::OctetString).ok_or(Refusal::Damaged)?;
    let mut key = Zeroizing::new([0; MAX_MAC_KEY]);
    if identifier == PBMAC1.as_bytes() {
        let mut parameters = parameters.sequence().ok_or(Refusal::Damaged)?;
        let derivation = parameters.algorithm().ok_or(Refusal::Damaged)?;
        let (hash, _) = parameters.algorithm().ok_or(Refusal::Damaged)?;
        let hash = Hash::named(hash)?;
        let key = key
            .get_mut(..key_length(derivation.1.clone()).ok_or(Refusal::Damaged)?)
            .ok_or(Refusal::Damaged)?;
        cipher::derive(derivation, passphrase, effort, key)?;
        return Ok(hash.verifies(key, content, wanted));
    }
    let hash = Hash::named(identifier)?;
    let salt = mac.take(Tag::OctetString).ok_or(Refusal::Damaged)?;
    let rounds = mac.number().unwrap_or(1);
    let key = &mut key[..hash.size()];
    kdf::pkcs12(hash, passphrase, salt, rounds, Purpose::Mac, effort, key)?;
    Ok(hash.verifies(key, content, wanted))
}

/// `keyLength` of PBKDF2's parameters, in bytes.
fn key_length(mut parameters: Items<'_>) -> Option<usize> {
    let mut parameters = parameters.sequence()?;
    parameters.take(Tag::OctetString)?;
    parameters.number()?;
    usize::try_from(parameters.number()?).ok()
}

/// Opens `AuthenticatedSafe`: a list of safes, each plain or encrypted.
fn open(
    content: &[u8],
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
) -> Result<Material, Refusal> {
    let mut found = Material::default();
    let content = ber::to_der(content).ok_or(Refusal::Damaged)?;
    let mut safes = Items::of_sequence(&content).ok_or(Refusal::Damaged)?;
    while let Some((kind, mut safe)) = safes.algorithm() {
        let mut safe = safe.explicit(0).ok_or(Refusal::Damaged)?;
        let contents = if kind == DATA.as_bytes() {
            Zeroizing::new(
                safe.take(Tag::OctetString)
                    .ok_or(Refusal::Damaged)?
                    .to_vec(),
            )
        } else if kind == ENCRYPTED_DATA.as_bytes() {
            decrypt(&mut safe, passphrase, effort)?
        } else {
            return Err(Refusal::Cipher);
        };
        let contents = ber::to_der(&contents).ok_or(Refusal::WrongPassphrase)?;
        let bags = Items::of_sequence(&contents).ok_or(Refusal::WrongPassphrase)?;
        unpack(bags, passphrase, effort, MAX_DEPTH, &mut found)?;
    }
    Ok(found)
}

/// `EncryptedData` of PKCS#7.
fn decrypt(
    safe: &mut Items<'_>,
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
) -> Result<Opened, Refusal> {
    let mut data = safe.sequence().ok_or(Refusal::Damaged)?;
    data.number().ok_or(Refusal::Damaged)?;
    let mut content = data.sequence().ok_or(Refusal::Damaged)?;
    content
        .take(Tag::ObjectIdentifier)
        .ok_or(Refusal::Damaged)?;
    let algorithm = content.algorithm().ok_or(Refusal::Damaged)?;
    let encrypted = content.any().ok_or(Refusal::Damaged)?;
    if der::Tagged::tag(&encrypted) == context(0, false) {
        return cipher::decrypt(algorithm, encrypted.value(), passphrase, effort);
    }
    // In pieces: the tag hides that it is an octet string.
    let (mut pieces, mut whole) = (Items::of(encrypted.value()), Vec::new());
    while let Some(piece) = pieces.take(Tag::OctetString) {
        whole.extend_from_slice(piece);
    }
    cipher::decrypt(algorithm, &whole, passphrase, effort)
}

fn unpack(
    mut bags: Items<'_>,
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
    depth: u32,
    found: &mut Material,
) -> Result<(), Refusal> {
    while let Some((kind, mut bag)) = bags.algorithm() {
        let mut value = bag.explicit(0).ok_or(Refusal::Damaged)?;
        if kind == KEY_BAG.as_bytes() {
            found.add(RsaKey::from_pkcs8(value.whole().ok_or(Refusal::Damaged)?)?);
        } else if kind == SHROUDED_KEY_BAG.as_bytes() {
            found.add(decrypt_key(
                &mut value.sequence().ok_or(Refusal::Damaged)?,
                passphrase,
                effort,
            )?);
        } else if kind == CERTIFICATE_BAG.as_bytes() {
            let (kind, mut value) = value.algorithm().ok_or(Refusal::Damaged)?;
            if kind == X509.as_bytes() {
                let certificate = value
                    .explicit(0)
                    .and_then(|mut value| Certificate::read(value.take(Tag::OctetString)?));
                found
                    .certificates
                    .push(certificate.ok_or(Refusal::BadCertificate)?);
            }
        } else if kind == SAFE_CONTENTS_BAG.as_bytes() && depth > 0 {
            let bags = value.sequence().ok_or(Refusal::Damaged)?;
            unpack(bags, passphrase, effort, depth - 1, found)?;
        }
    }
    Ok(())
}

/// `EncryptedPrivateKeyInfo` (RFC 5958, section 3), its two items.
pub(super) fn decrypt_key(
    items: &mut Items<'_>,
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
) -> Result<RsaKey, Refusal> {
    let algorithm = items.algorithm().ok_or(Refusal::Damaged)?;
    let data = items.take(Tag::OctetString).ok_or(Refusal::Damaged)?;
    let opened = cipher::decrypt(algorithm, data, passphrase, effort)?;
    RsaKey::from_pkcs8(&opened).map_err(|refusal| match refusal {
        // One wrong passphrase in 256 leaves a padding that could be right.
        Refusal::Damaged => Refusal::WrongPassphrase,
        other => other,
    })
}
