//! Decryption by an `AlgorithmIdentifier`: PBES2 (RFC 8018), PKCS#12's own schemes (RFC 7292, appendix C), and OpenSSL's
//! old PEM encryption.

use super::asn1::Items;
use super::kdf::{self, Effort, Hash, Passphrase, Purpose};
use super::refusal::Refusal;
use aes::{Aes128Dec, Aes192Dec, Aes256Dec};
use cbc::Decryptor;
use cbc::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, block_padding::Pkcs7,
};
use der::Tag;
use der::asn1::ObjectIdentifier;
use des::TdesEde3;
use rc2::Rc2;
use zeroize::Zeroizing;

const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const SCRYPT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.4.11");

/// What a passphrase opens: bytes that are zeroed when they are dropped.
pub(super) type Opened = Zeroizing<Vec<u8>>;

#[derive(Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    /// 3DES with the first key in the third's place.
    DoubleDes,
    Rc2 {
        key_bytes: usize,
    },
}

/// By identifiers: those of PBES2, then those of PKCS#12, which name SHA-1 too.
const CIPHERS: [(ObjectIdentifier, Cipher); 4] = [
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2"),
        Cipher::Aes128,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22"),
        Cipher::Aes192,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42"),
        Cipher::Aes256,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.3.7"),
        Cipher::TripleDes,
    ),
];
const PKCS12_CIPHERS: [(ObjectIdentifier, Cipher); 4] = [
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3"),
        Cipher::TripleDes,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.4"),
        Cipher::DoubleDes,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5"),
        Cipher::Rc2 { key_bytes: 16 },
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6"),
        Cipher::Rc2 { key_bytes: 5 },
    ),
];
/// By `DEK-Info`'s names.
const PEM_CIPHERS: [(&str, Cipher); 4] = [
    ("AES-128-CBC", Cipher::Aes128),
    ("AES-192-CBC", Cipher::Aes192),
    ("AES-256-CBC", Cipher::Aes256),
    ("DES-EDE3-CBC", Cipher::TripleDes),
];

/// The longest key and the longest block, in bytes.
const MAX_KEY: usize = 32;
const MAX_BLOCK: usize = 16;

impl Cipher {
    fn named(known: &[(ObjectIdentifier, Self)], identifier: &[u8]) -> Option<Self> {
        known
            .iter()
            .find(|(known, _)| known.as_bytes() == identifier)
            .map(|(_, cipher)| *cipher)
    }

    fn key_bytes(self) -> usize {
        match self {
            Self::Aes128 | Self::DoubleDes => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Rc2 { key_bytes } => key_bytes,
        }
    }

    fn block_bytes(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
            Self::TripleDes | Self::DoubleDes | Self::Rc2 { .. } => 8,
        }
    }

    /// A wrong key shows in the padding, most of the time.
    fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Opened, Refusal> {
        match self {
            Self::Aes128 => cbc::<Aes128Dec>(KeyInit::new_from_slice(key).ok(), iv, data),
            Self::Aes192 => cbc::<Aes192Dec>(KeyInit::new_from_slice(key).ok(), iv, data),
            Self::Aes256 => cbc::<Aes256Dec>(KeyInit::new_from_slice(key).ok(), iv, data),
            Self::TripleDes => cbc::<TdesEde3>(KeyInit::new_from_slice(key).ok(), iv, data),
            Self::DoubleDes => {
                let key = Zeroizing::new([key, key.get(..8).unwrap_or_default()].concat());
                cbc::<TdesEde3>(KeyInit::new_from_slice(&key).ok(), iv, data)
            }
            Self::Rc2 { key_bytes } => cbc(
                Some(Rc2::new_with_eff_key_len(key, key_bytes * 8)),
                iv,
                data,
            ),
        }
    }
}

fn cbc<C: BlockCipherDecrypt>(
    cipher: Option<C>,
    iv: &[u8],
    data: &[u8],
) -> Result<Opened, Refusal> {
    let mut buffer = Zeroizing::new(data.to_vec());
    let decryptor = Decryptor::inner_iv_slice_init(cipher.ok_or(Refusal::Damaged)?, iv)
        .map_err(|_| Refusal::Damaged)?;
    let length = decryptor
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .map_err(|_| Refusal::WrongPassphrase)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

/// Decrypts what an `AlgorithmIdentifier` says how to; `algorithm` is its two parts.
pub(super) fn decrypt(
    (identifier, mut parameters): (&[u8], Items<'_>),
    data: &[u8],
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
) -> Result<Opened, Refusal> {
    if identifier == PBES2.as_bytes() {
        return pbes2(&mut parameters, data, passphrase, effort);
    }
    let cipher = Cipher::named(&PKCS12_CIPHERS, identifier).ok_or(Refusal::Cipher)?;
    let mut parameters = parameters.sequence().ok_or(Refusal::Damaged)?;
    let salt = parameters.take(Tag::OctetString).ok_or(Refusal::Damaged)?;
    let rounds = parameters.number().ok_or(Refusal::Damaged)?;
    let mut derive = |purpose, to: &mut [u8]| {
        kdf::pkcs12(Hash::Sha1, passphrase, salt, rounds, purpose, effort, to)
    };
    let (mut key, mut iv) = (Zeroizing::new([0; MAX_KEY]), [0; MAX_BLOCK]);
    let key = &mut key[..cipher.key_bytes()];
    let iv = &mut iv[..cipher.block_bytes()];
    derive(Purpose::Key, key)?;
    derive(Purpose::Iv, iv)?;
    cipher.decrypt(key, iv, data)
}

fn pbes2(
    parameters: &mut Items<'_>,
    data: &[u8],
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
) -> Result<Opened, Refusal> {
    let mut parameters = parameters.sequence().ok_or(Refusal::Damaged)?;
    let derivation = parameters.algorithm().ok_or(Refusal::Damaged)?;
    let (identifier, mut cipher_parameters) = parameters.algorithm().ok_or(Refusal::Damaged)?;
    let cipher = Cipher::named(&CIPHERS, identifier).ok_or(Refusal::Cipher)?;
    let iv = cipher_parameters
        .take(Tag::OctetString)
        .ok_or(Refusal::Damaged)?;
    let mut key = Zeroizing::new([0; MAX_KEY]);
    let key = &mut key[..cipher.key_bytes()];
    derive(derivation, passphrase, effort, key)?;
    cipher.decrypt(key, iv, data)
}

/// Derives a key as an `AlgorithmIdentifier` of PBKDF2 or scrypt says.
pub(super) fn derive(
    (identifier, mut parameters): (&[u8], Items<'_>),
    passphrase: Passphrase<'_>,
    effort: &mut Effort,
    key: &mut [u8],
) -> Result<(), Refusal> {
    if ![PBKDF2, SCRYPT]
        .iter()
        .any(|known| known.as_bytes() == identifier)
    {
        return Err(Refusal::Cipher);
    }
    let mut parameters = parameters.sequence().ok_or(Refusal::Damaged)?;
    let salt = parameters.take(Tag::OctetString).ok_or(Refusal::Cipher)?;
    let mut number = || parameters.number().ok_or(Refusal::Damaged);
    if identifier == SCRYPT.as_bytes() {
        let costs = [number()?, number()?, number()?];
        return kdf::scrypt(passphrase, salt, costs, effort, key);
    }
    let rounds = number()?;
    parameters.optional(Tag::Integer);
    let hash = match parameters.algorithm() {
        Some((hash, _)) => Hash::named(hash)?,
        None => Hash::Sha1,
    };
    kdf::pbkdf2(hash, passphrase, salt, rounds, effort, key)
}

/// Decrypts a block with a `DEK-Info` line.
pub(super) fn decrypt_pem(
    dek_info: &str,
    data: &[u8],
    passphrase: Passphrase<'_>,
) -> Result<Opened, Refusal> {
    let (name, iv) = dek_info.split_once(',').ok_or(Refusal::Damaged)?;
    let cipher = PEM_CIPHERS
        .iter()
        .find(|(known, _)| *known == name.trim())
        .map(|(_, cipher)| *cipher)
        .ok_or(Refusal::Cipher)?;
    let iv = hex(iv.trim()).ok_or(Refusal::Damaged)?;
    let mut key = Zeroizing::new([0; MAX_KEY]);
    let key = &mut key[..cipher.key_bytes()];
    kdf::openssl(passphrase, iv.get(..8).ok_or(Refusal::Damaged)?, key);
    cipher.decrypt(key, &iv, data)
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => {
                let digit = |letter: &u8| char::from(*letter).to_digit(16);
                Some((digit(high)? << 4 | digit(low)?) as u8)
            }
            _ => None,
        })
        .collect()
}
