//! Private keys and certificates as people have them: PEM with whatever stands around, DER, PFX; encrypted or not.
//!
//! Out comes what a client certificate needs, with the key as plain PKCS#8: the only form that WebCrypto imports. What
//! Entra would refuse, or what is something else than a private key, is refused here with the remedy.
//!
//! Cryptography is RustCrypto's. The structures (PKCS#1, PKCS#8, X.509, PKCS#12) are read by hand over `der`: the crates
//! that do so weigh several times as much in WebAssembly (docs/decisions/certificate.md).
//!
//! ```
//! use graph_token::certificate::{Input, Material, read};
//! use graph_token::time::Moment;
//! let input = Input::new(Material::Text("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----"), Moment(0));
//! let error = read(&input).unwrap_err();
//! assert_eq!(error.code, "invalid_private_key");
//! assert_eq!(error.message, "this is a public key, not a private one");
//! ```

mod asn1;
mod ber;
mod cipher;
mod kdf;
mod key;
mod material;
mod pem;
mod pfx;
mod refusal;
mod x509;

use crate::error::Error;
use crate::protocol::validity;
use crate::secret::{Secret, SecretBytes};
use crate::text::Text;
use crate::time::Moment;
use core::fmt;
use kdf::Effort;
use refusal::{Instead, Refusal};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use x509::Certificate;

/// A text or the bytes of a file.
#[derive(Clone, Copy)]
pub enum Material<'a> {
    /// PEM, or base64 of a file.
    Text(&'a str),
    /// DER, PFX, or the bytes of a text.
    Bytes(&'a [u8]),
}

impl fmt::Debug for Material<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Material(..)")
    }
}

/// What is to be read.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Input<'a> {
    /// The private key, with or without its certificate beside it.
    pub private_key: Material<'a>,
    /// What the key is encrypted with.
    pub passphrase: Option<&'a str>,
    /// The certificate, where it is not beside the key; with or without its issuers.
    pub certificate: Option<Material<'a>>,
    /// The certificate's issuers, as PEM; it may be among them.
    pub x5c: Option<&'a str>,
    /// By which the certificate's validity is judged.
    pub now: Moment,
}

impl<'a> Input<'a> {
    /// A key and nothing else.
    #[must_use]
    pub fn new(private_key: Material<'a>, now: Moment) -> Self {
        Self {
            private_key,
            passphrase: None,
            certificate: None,
            x5c: None,
            now,
        }
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Input(..)")
    }
}

/// What was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Credential {
    /// The private key, as PKCS#8 (DER).
    pub private_key: SecretBytes,
    /// The key's certificate; `None` where none was given.
    pub leaf: Option<Leaf>,
    /// For people: what will not work, or not for long.
    pub warnings: Vec<Text>,
}

/// The certificate of a private key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Leaf {
    /// The certificate and its issuers as far as they were given, as DER, each followed by who issued it.
    pub chain: Vec<Vec<u8>>,
    /// SHA-1, in upper case hexadecimal as the portal shows it.
    pub thumbprint: String,
    /// SHA-256, likewise.
    pub thumbprint_sha256: String,
    /// From when it is valid.
    pub not_before: Moment,
    /// Until when it is valid.
    pub not_after: Moment,
}

impl Credential {
    /// The private key as PEM.
    #[must_use]
    pub fn private_key_pem(&self) -> Secret {
        let mut pem = String::new();
        pem::write(&mut pem, "PRIVATE KEY", self.private_key.expose());
        Secret::new(pem)
    }
}

impl Leaf {
    /// The certificate as PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        to_pem(self.chain.get(..1).unwrap_or_default())
    }

    /// The certificate and its issuers as PEM: the `x5c` of MSAL Node.
    #[must_use]
    pub fn chain_pem(&self) -> String {
        to_pem(&self.chain)
    }
}

fn to_pem(certificates: &[Vec<u8>]) -> String {
    let mut pem = String::new();
    for certificate in certificates {
        pem::write(&mut pem, "CERTIFICATE", certificate);
    }
    pem
}

/// Reads a private key and its certificate.
///
/// # Errors
/// `invalid_private_key`, `unsupported_private_key`, `multiple_private_keys`, `missing_passphrase`, `wrong_passphrase`,
/// `invalid_certificate`, `certificate_mismatch`: each with a hint on what to do, none with anything of what was given.
pub fn read(input: &Input<'_>) -> Result<Credential, Error> {
    read_all(input).map_err(|refusal| {
        let no_passphrase = input.passphrase.is_none_or(str::is_empty);
        match refusal {
            Refusal::WrongPassphrase if no_passphrase => Refusal::MissingPassphrase,
            other => other,
        }
        .into_error()
    })
}

fn read_all(input: &Input<'_>) -> Result<Credential, Refusal> {
    let mut effort = Effort::new();
    let found = match input.private_key {
        Material::Text(text) => material::of_text(text, input.passphrase, &mut effort),
        Material::Bytes(bytes) => material::of_bytes(bytes, input.passphrase, &mut effort),
    }?;
    let [key] = found.keys.as_slice() else {
        return Err(match (found.keys.is_empty(), found.instead) {
            (false, _) => Refusal::Several,
            (true, Some(instead)) => Refusal::Instead(instead),
            (true, None) if found.certificates.is_empty() => Refusal::Garbage,
            (true, None) => Refusal::Instead(Instead::Certificate),
        });
    };
    let given = match input.certificate {
        Some(Material::Text(text)) => material::certificates_of_text(text)?,
        Some(Material::Bytes(bytes)) => material::certificates_of_bytes(bytes)?,
        None => Vec::new(),
    };
    let issuers = match input.x5c {
        Some(text) => material::certificates_of_text(text)?,
        None => Vec::new(),
    };
    // A certificate that was named is the one that is meant; else it is searched beside the key, then among the issuers.
    let sources: &[&[Certificate]] = if given.is_empty() {
        &[&found.certificates, &issuers]
    } else {
        &[&given]
    };
    let is_its = |certificate: &&Certificate| certificate.public.as_ref() == Some(&key.public);
    let leaf = sources
        .iter()
        .find_map(|source| x509::best(source.iter().filter(is_its), input.now));
    if leaf.is_none() && sources.iter().any(|source| !source.is_empty()) {
        return Err(Refusal::Mismatch);
    }
    let others = [given.as_slice(), &found.certificates, &issuers].concat();
    Ok(Credential {
        private_key: key.pkcs8.clone(),
        leaf: leaf.map(|leaf| describe(leaf, &others, input.now)),
        warnings: leaf
            .and_then(|leaf| validity::warning(&leaf.der, input.now))
            .into_iter()
            .collect(),
    })
}

fn describe(leaf: &Certificate, others: &[Certificate], now: Moment) -> Leaf {
    Leaf {
        chain: x509::chain(leaf, others, now),
        thumbprint: hex(&Sha1::digest(&leaf.der)),
        thumbprint_sha256: hex(&Sha256::digest(&leaf.der)),
        not_before: leaf.not_before,
        not_after: leaf.not_after,
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    text
}
