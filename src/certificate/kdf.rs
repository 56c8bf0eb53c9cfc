//! Keys from passphrases: PBKDF2 and scrypt by RustCrypto, PKCS#12's own derivation (RFC 7292, appendix B), and OpenSSL's
//! old one.

use super::refusal::Refusal;
use der::asn1::ObjectIdentifier;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use zeroize::{Zeroize, Zeroizing};

/// The rounds that one file may cost, all in all: some ten seconds in WebAssembly. OpenSSL writes 2 048, careful people
/// a million.
const MAX_ROUNDS: u32 = 10_000_000;

/// scrypt's N·r, and its p·r: 128 bytes of memory each, so 64 MiB.
const MAX_SCRYPT_BLOCKS: u64 = 64 * 1024 * 1024 / 128;

/// What may still be spent on a file, which may be hostile.
#[derive(Debug)]
pub(super) struct Effort(u32);

impl Effort {
    pub(super) fn new() -> Self {
        Self(MAX_ROUNDS)
    }

    pub(super) fn spend(&mut self, rounds: u32) -> Result<(), Refusal> {
        if rounds == 0 {
            return Err(Refusal::Damaged);
        }
        self.0 = self.0.checked_sub(rounds).ok_or(Refusal::TooCostly)?;
        Ok(())
    }
}

/// A passphrase, in the two spellings that formats have for it.
#[derive(Clone, Copy)]
pub(super) struct Passphrase<'a>(pub(super) Option<&'a str>);

impl<'a> Passphrase<'a> {
    pub(super) fn utf8(self) -> &'a [u8] {
        self.0.unwrap_or_default().as_bytes()
    }

    /// UTF-16 with a closing zero. An empty passphrase is that zero alone, none is nothing at all.
    fn bmp(self) -> Zeroizing<Vec<u8>> {
        let Some(text) = self.0 else {
            return Zeroizing::default();
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 2 + 2));
        for unit in text.encode_utf16().chain([0]) {
            bytes.extend_from_slice(&unit.to_be_bytes());
        }
        bytes
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// By the identifier of the hash itself, and of HMAC with it.
const HASHES: [(ObjectIdentifier, ObjectIdentifier, Hash); 4] = [
    (
        ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.7"),
        Hash::Sha1,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.9"),
        Hash::Sha256,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.10"),
        Hash::Sha384,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.11"),
        Hash::Sha512,
    ),
];

/// The most bytes of a hash.
const MAX_HASH: usize = 64;

impl Hash {
    pub(super) fn named(identifier: &[u8]) -> Result<Self, Refusal> {
        HASHES
            .iter()
            .find(|(hash, hmac, _)| [hash.as_bytes(), hmac.as_bytes()].contains(&identifier))
            .map(|(_, _, hash)| *hash)
            .ok_or(Refusal::Cipher)
    }

    pub(super) fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn block(self) -> usize {
        match self {
            Self::Sha1 | Self::Sha256 => 64,
            Self::Sha384 | Self::Sha512 => 128,
        }
    }

    /// Hashes the parts into the first `size` bytes of `to`.
    fn digest(self, parts: &[&[u8]], to: &mut [u8; MAX_HASH]) {
        fn by<D: sha2::Digest>(parts: &[&[u8]], to: &mut [u8]) {
            let mut digest = D::new();
            for part in parts {
                digest.update(part);
            }
            to.copy_from_slice(&digest.finalize());
        }
        let to = &mut to[..self.size()];
        match self {
            Self::Sha1 => by::<Sha1>(parts, to),
            Self::Sha256 => by::<Sha256>(parts, to),
            Self::Sha384 => by::<Sha384>(parts, to),
            Self::Sha512 => by::<Sha512>(parts, to),
        }
    }

    /// Whether `wanted` is the data's HMAC.
    pub(super) fn verifies(self, key: &[u8], data: &[u8], wanted: &[u8]) -> bool {
        fn by<M: Mac + KeyInit>(key: &[u8], data: &[u8], wanted: &[u8]) -> bool {
            <M as KeyInit>::new_from_slice(key)
                .is_ok_and(|mac| mac.chain_update(data).verify_slice(wanted).is_ok())
        }
        match self {
            Self::Sha1 => by::<Hmac<Sha1>>(key, data, wanted),
            Self::Sha256 => by::<Hmac<Sha256>>(key, data, wanted),
            Self::Sha384 => by::<Hmac<Sha384>>(key, data, wanted),
            Self::Sha512 => by::<Hmac<Sha512>>(key, data, wanted),
        }
    }
}

pub(super) fn pbkdf2(
    hash: Hash,
    passphrase: Passphrase<'_>,
    salt: &[u8],
    rounds: u32,
    effort: &mut Effort,
    key: &mut [u8],
) -> Result<(), Refusal> {
    let blocks = key.len().div_ceil(hash.size()) as u32;
    effort.spend(rounds.saturating_mul(blocks))?;
    let passphrase = passphrase.utf8();
    match hash {
        Hash::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(passphrase, salt, rounds, key),
        Hash::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(passphrase, salt, rounds, key),
        Hash::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>(passphrase, salt, rounds, key),
        Hash::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(passphrase, salt, rounds, key),
    }
    Ok(())
}

/// scrypt (RFC 7914) with its parameters N, r and p.
pub(super) fn scrypt(
    passphrase: Passphrase<'_>,
    salt: &[u8],
    [n, r, p]: [u32; 3],
    effort: &mut Effort,
    key: &mut [u8],
) -> Result<(), Refusal> {
    let (n64, r64, p64) = (u64::from(n), u64::from(r), u64::from(p));
    let (blocks, lanes) = (n64 * r64, p64 * r64);
    if blocks > MAX_SCRYPT_BLOCKS || lanes > MAX_SCRYPT_BLOCKS {
        return Err(Refusal::TooCostly);
    }
    // The lanes are filled by PBKDF2 first, four hashes for each 128 bytes, and hashed once more in the end.
    let rounds = blocks.saturating_mul(p64).saturating_add(8 * lanes);
    effort.spend(u32::try_from(rounds).unwrap_or(u32::MAX))?;
    if !n.is_power_of_two() {
        return Err(Refusal::Damaged);
    }
    let parameters =
        scrypt::Params::new(n.trailing_zeros() as u8, r, p).map_err(|_| Refusal::Damaged)?;
    scrypt::scrypt(passphrase.utf8(), salt, &parameters, key).map_err(|_| Refusal::Damaged)
}

/// What a key of PKCS#12 is for: the derivation's ID.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// PKCS#12's derivation.
pub(super) fn pkcs12(
    hash: Hash,
    passphrase: Passphrase<'_>,
    salt: &[u8],
    rounds: u32,
    purpose: Purpose,
    effort: &mut Effort,
    key: &mut [u8],
) -> Result<(), Refusal> {
    let (size, block) = (hash.size(), hash.block());
    effort.spend(rounds.saturating_mul(key.len().div_ceil(size) as u32))?;
    let passphrase = passphrase.bmp();
    let filled = |part: &[u8]| part.len().div_ceil(block) * block;
    let mut input = Zeroizing::new(Vec::with_capacity(filled(salt) + filled(&passphrase)));
    for part in [salt, &passphrase] {
        input.extend(part.iter().cycle().take(filled(part)));
    }
    let diversifier = [purpose as u8; 128];
    let mut digest = Zeroizing::new([0; MAX_HASH]);
    for part in key.chunks_mut(size) {
        hash.digest(&[&diversifier[..block], &input], &mut digest);
        for _ in 1..rounds {
            let mut last = *digest;
            hash.digest(&[&last[..size]], &mut digest);
            last.zeroize();
        }
        part.copy_from_slice(&digest[..part.len()]);
        // Each block of the input grows by the digest, and by one, as numbers.
        for number in input.chunks_mut(block) {
            let mut carry = 1;
            for (index, byte) in number.iter_mut().enumerate().rev() {
                let sum = u16::from(*byte) + u16::from(digest[index % size]) + carry;
                *byte = sum as u8;
                carry = sum >> 8;
            }
        }
    }
    Ok(())
}

/// `EVP_BytesToKey` with MD5 and one round, as OpenSSL's old PEM encryption has it.
pub(super) fn openssl(passphrase: Passphrase<'_>, salt: &[u8], key: &mut [u8]) {
    let mut digest = Zeroizing::new([0_u8; 16]);
    let mut before = 0;
    for part in key.chunks_mut(16) {
        let mut md5 = Md5::new();
        md5.update(&digest[..before]);
        md5.update(passphrase.utf8());
        md5.update(salt);
        digest.copy_from_slice(&md5.finalize());
        before = 16;
        part.copy_from_slice(&digest[..part.len()]);
    }
}
