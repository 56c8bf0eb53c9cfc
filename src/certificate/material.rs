//! What a text or a file holds: keys and certificates, or something in their place.

use super::asn1::Items;
use super::cipher;
use super::kdf::{Effort, Passphrase};
use super::key::{self, RsaKey};
use super::pem::{self, Block};
use super::pfx;
use super::refusal::{Instead, Refusal};
use super::x509::Certificate;
use der::Tag;
use zeroize::Zeroizing;

/// Keys and certificates, in the order in which they were found.
#[derive(Default)]
pub(super) struct Material {
    pub(super) keys: Vec<RsaKey>,
    pub(super) certificates: Vec<Certificate>,
    /// What there was that is neither.
    pub(super) instead: Option<Instead>,
}

impl Material {
    /// Takes a key in, unless it is there: a file may hold one twice.
    pub(super) fn add(&mut self, key: RsaKey) {
        if !self.keys.iter().any(|known| known.public == key.public) {
            self.keys.push(key);
        }
    }
}

/// Reads a text in which a private key is expected.
pub(super) fn of_text(
    given: &str,
    passphrase: Option<&str>,
    effort: &mut Effort,
) -> Result<Material, Refusal> {
    let tidied = pem::tidy(given);
    let blocks = pem::blocks(&tidied);
    if blocks.is_empty() {
        return of_plain_text(&tidied, passphrase, effort);
    }
    let mut found = Material::default();
    for block in &blocks {
        read_block(block, passphrase, effort, &mut found)?;
    }
    Ok(found)
}

/// Reads a file in which a private key is expected.
pub(super) fn of_bytes(
    bytes: &[u8],
    passphrase: Option<&str>,
    effort: &mut Effort,
) -> Result<Material, Refusal> {
    match as_text(bytes) {
        Some(text) => of_text(&text, passphrase, effort),
        None => of_der(bytes, passphrase, effort),
    }
}

/// Reads the certificates of a text; keys beside them are passed over.
pub(super) fn certificates_of_text(given: &str) -> Result<Vec<Certificate>, Refusal> {
    let tidied = pem::tidy(given);
    let blocks = pem::blocks(&tidied);
    if blocks.is_empty() {
        let bytes = pem::decode(&tidied).ok_or(Refusal::BadCertificate)?;
        return match as_text(&bytes) {
            Some(inside) if !pem::blocks(&inside).is_empty() => certificates_of_text(&inside),
            _ => certificate(&bytes).map(|certificate| vec![certificate]),
        };
    }
    let certificates: Vec<Certificate> = blocks
        .iter()
        .filter(|block| is_certificate(block.label))
        .map(|block| certificate(block.content.as_ref().ok_or(Refusal::BadCertificate)?))
        .collect::<Result<_, _>>()?;
    if certificates.is_empty() {
        return Err(Refusal::BadCertificate);
    }
    Ok(certificates)
}

/// Reads the certificates of a file.
pub(super) fn certificates_of_bytes(bytes: &[u8]) -> Result<Vec<Certificate>, Refusal> {
    match as_text(bytes) {
        Some(text) => certificates_of_text(&text),
        None => certificate(bytes).map(|certificate| vec![certificate]),
    }
}

fn certificate(bytes: &[u8]) -> Result<Certificate, Refusal> {
    Certificate::read(bytes).ok_or(Refusal::BadCertificate)
}

fn is_certificate(label: &str) -> bool {
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains(&label)
}

/// The text that bytes are; PowerShell writes UTF-16.
fn as_text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let decode = |unit: fn([u8; 2]) -> u16| {
        let units = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .map(|unit| u8::try_from(unit).map_or('?', char::from));
        Some(Zeroizing::new(units.skip(1).collect()))
    };
    match bytes {
        [0xff, 0xfe, ..] => decode(u16::from_le_bytes),
        [0xfe, 0xff, ..] => decode(u16::from_be_bytes),
        // A sequence, in any length.
        [0x30, second, ..] if !second.is_ascii_graphic() => None,
        _ => core::str::from_utf8(bytes)
            .ok()
            .map(|text| Zeroizing::new(text.to_owned())),
    }
}

fn read_block(
    block: &Block<'_>,
    passphrase: Option<&str>,
    effort: &mut Effort,
    found: &mut Material,
) -> Result<(), Refusal> {
    let content = || block.content.as_ref().ok_or(Refusal::Damaged);
    match block.label {
        "RSA PRIVATE KEY" if block.encryption.is_some() => {
            let dek_info = block.encryption.unwrap_or_default();
            let opened = cipher::decrypt_pem(dek_info, content()?, Passphrase(passphrase))?;
            found.add(
                RsaKey::from_pkcs1(&opened).map_err(|refusal| match refusal {
                    Refusal::Damaged => Refusal::WrongPassphrase,
                    other => other,
                })?,
            );
        }
        // Labels are mixed up; the structure tells which of the three it is.
        "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" | "RSA PRIVATE KEY" => {
            let inside =
                of_der(content()?, passphrase, effort).map_err(|refusal| match refusal {
                    Refusal::Garbage | Refusal::Empty => Refusal::Damaged,
                    other => other,
                })?;
            if inside.keys.is_empty() {
                return Err(Refusal::Damaged);
            }
            inside.keys.into_iter().for_each(|key| found.add(key));
        }
        "EC PRIVATE KEY" => return Err(Refusal::Kind(key::EC)),
        "DSA PRIVATE KEY" => return Err(Refusal::Kind(key::DSA)),
        "OPENSSH PRIVATE KEY" | "SSH2 ENCRYPTED PRIVATE KEY" => {
            return Err(Refusal::Instead(Instead::Ssh));
        }
        "PGP PRIVATE KEY BLOCK" | "PGP PUBLIC KEY BLOCK" => {
            return Err(Refusal::Instead(Instead::Pgp));
        }
        "PUBLIC KEY" | "RSA PUBLIC KEY" => found.instead = Some(Instead::PublicKey),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
            found.instead = Some(Instead::Request);
        }
        "PKCS7" | "CMS" => found.instead = Some(Instead::Pkcs7),
        "PKCS12" | "PFX" => {
            let inside = pfx::read(content()?, passphrase, effort)?;
            inside.keys.into_iter().for_each(|key| found.add(key));
            found.certificates.extend(inside.certificates);
        }
        label if is_certificate(label) => {
            let content = block.content.as_ref().ok_or(Refusal::BadCertificate)?;
            found.certificates.push(certificate(content)?);
        }
        // Parameters of keys, revocation lists: nothing that matters here.
        _ => {}
    }
    Ok(())
}

/// A text without PEM: the base64 of a file, as Key Vault gives PFX files; or something else.
fn of_plain_text(
    text: &str,
    passphrase: Option<&str>,
    effort: &mut Effort,
) -> Result<Material, Refusal> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    let is_ssh = [
        "ssh-",
        "ecdsa-sha2-",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
    ];
    let instead = if is_ssh.iter().any(|start| text.starts_with(start)) {
        Some(Instead::Ssh)
    } else if text.starts_with("---- BEGIN SSH2") {
        Some(Instead::PublicKey)
    } else if text.starts_with("PuTTY-User-Key-File-") {
        Some(Instead::Putty)
    } else if text.starts_with('{') {
        Some(Instead::Jwk)
    } else {
        None
    };
    if let Some(instead) = instead {
        return Err(Refusal::Instead(instead));
    }
    let bytes = pem::decode(text).ok_or(Refusal::Garbage)?;
    match as_text(&bytes).map(|text| pem::tidy(&text)) {
        // A whole PEM in base64, as variables of build servers hold it.
        Some(inside) if !pem::blocks(&inside).is_empty() => of_text(&inside, passphrase, effort),
        _ => of_der(&bytes, passphrase, effort),
    }
}

/// Tells by its structure what a DER file is.
fn of_der(
    bytes: &[u8],
    passphrase: Option<&str>,
    effort: &mut Effort,
) -> Result<Material, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    let mut found = Material::default();
    let Some(items) = Items::of_sequence(bytes) else {
        // Cut off, or a PFX in BER.
        return match bytes {
            [0x30, 0x80, ..] => pfx::read(bytes, passphrase, effort),
            [0x30, ..] => Err(Refusal::Damaged),
            _ => Err(Refusal::Garbage),
        };
    };
    let starts_with = |tags: &[Tag]| {
        let mut items = items.clone();
        tags.iter()
            .all(|tag| items.next_is(*tag) && items.whole().is_some())
    };
    let version = items.clone().number();
    if starts_with(&[Tag::Integer, Tag::Integer, Tag::Integer]) {
        found.add(RsaKey::from_pkcs1(bytes)?);
    } else if starts_with(&[Tag::Integer, Tag::Integer]) {
        found.instead = Some(Instead::PublicKey);
    } else if starts_with(&[Tag::Integer, Tag::Sequence, Tag::OctetString]) {
        found.add(RsaKey::from_pkcs8(bytes)?);
    } else if version == Some(3) {
        return pfx::read(bytes, passphrase, effort);
    } else if starts_with(&[Tag::Integer, Tag::OctetString]) {
        return Err(Refusal::Kind(key::EC));
    } else if starts_with(&[Tag::Sequence, Tag::OctetString]) {
        found.add(of_encrypted(bytes, passphrase, effort)?);
    } else if starts_with(&[Tag::Sequence, Tag::BitString]) {
        found.instead = Some(Instead::PublicKey);
    } else if starts_with(&[Tag::Sequence, Tag::Sequence, Tag::BitString]) {
        match Certificate::read(bytes) {
            Some(certificate) => found.certificates.push(certificate),
            None => found.instead = Some(Instead::Request),
        }
    } else if starts_with(&[Tag::ObjectIdentifier]) {
        found.instead = Some(Instead::Pkcs7);
    } else {
        return Err(Refusal::Garbage);
    }
    Ok(found)
}

fn of_encrypted(
    bytes: &[u8],
    passphrase: Option<&str>,
    effort: &mut Effort,
) -> Result<RsaKey, Refusal> {
    let mut items = Items::of_sequence(bytes).ok_or(Refusal::Damaged)?;
    pfx::decrypt_key(&mut items, Passphrase(passphrase), effort)
}
