//! Why a key or certificate is refused, and what to do: every message of the module stands here. None holds anything of
//! what was given.

use crate::error::{Error, code};

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Empty,
    Garbage,
    /// What is there in place of a private key.
    Instead(Instead),
    /// A key of another kind than RSA.
    Kind(&'static str),
    Short,
    Several,
    MissingPassphrase,
    WrongPassphrase,
    Cipher,
    TooCostly,
    Damaged,
    BadCertificate,
    Mismatch,
}

/// What people give in place of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instead {
    Certificate,
    PublicKey,
    Request,
    Ssh,
    Putty,
    Pgp,
    Jwk,
    Pkcs7,
}

impl Refusal {
    pub(super) fn into_error(self) -> Error {
        let (code, sub_error, message, hint) = self.texts();
        let mut error = Error::configuration(code, message).with_hint(hint);
        error.sub_error = sub_error.into();
        error
    }

    fn texts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Empty => (
                code::INVALID_PRIVATE_KEY,
                "empty",
                "there is no private key: what was given is empty",
                "Give the text or the bytes of a PEM, DER or PFX file; if it comes from a file or an environment variable, check that it was found.",
            ),
            Self::Garbage => (
                code::INVALID_PRIVATE_KEY,
                "unknown_format",
                "what was given as the private key is none, in no format that is known",
                "Give a PEM text (-----BEGIN PRIVATE KEY----- …), or the bytes of a DER or PFX file as a Uint8Array, unchanged.",
            ),
            Self::Instead(instead) => {
                let (sub_error, message, hint) = instead.texts();
                (code::INVALID_PRIVATE_KEY, sub_error, message, hint)
            }
            Self::Kind(message) => (
                code::UNSUPPORTED_PRIVATE_KEY,
                "not_rsa",
                message,
                "Entra takes RSA keys: make one, and upload its certificate to the app registration: openssl req -x509 -newkey rsa:2048 -noenc -days 365 -subj /CN=app -keyout key.pem -out cert.pem",
            ),
            Self::Short => (
                code::UNSUPPORTED_PRIVATE_KEY,
                "too_short",
                "the private key has under 2048 bits",
                "Make a new one, and upload its certificate to the app registration: openssl req -x509 -newkey rsa:2048 -noenc -days 365 -subj /CN=app -keyout key.pem -out cert.pem",
            ),
            Self::Several => (
                code::MULTIPLE_PRIVATE_KEYS,
                "",
                "there is more than one private key",
                "Leave only the key of the certificate that is uploaded to the app registration.",
            ),
            Self::MissingPassphrase => (
                code::MISSING_PASSPHRASE,
                "",
                "the private key is encrypted, and there is no passphrase",
                "Give its passphrase, or decrypt it: openssl pkey -in key.pem -out plain.pem, or openssl pkcs12 -in file.pfx -noenc -out plain.pem (for an old one with -legacy)",
            ),
            Self::WrongPassphrase => (
                code::WRONG_PASSPHRASE,
                "",
                "the passphrase does not open the private key",
                "Check it, and that no line break or space of a file or variable came with it: openssl pkey -in key.pem -noout, or openssl pkcs12 -in file.pfx -noout (for an old one with -legacy), asks for it.",
            ),
            Self::Cipher => (
                code::UNSUPPORTED_PRIVATE_KEY,
                "encryption",
                "the private key is encrypted in a way that is not read here",
                "Encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in key.pem -out new.pem; for a PFX: openssl pkcs12 -legacy -in file.pfx -out all.pem, then openssl pkcs12 -export -in all.pem -out new.pfx",
            ),
            Self::TooCostly => (
                code::UNSUPPORTED_PRIVATE_KEY,
                "cost",
                "the private key's encryption asks for more than 10 million rounds, or more than 64 MiB of memory",
                "Encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in key.pem -out new.pem",
            ),
            Self::Damaged => (
                code::INVALID_PRIVATE_KEY,
                "damaged",
                "the private key is damaged or cut off",
                "Give the whole file, unchanged: a binary file must not pass through a text, and no line of a PEM may be missing; check it with openssl pkey -in key.pem -check -noout, or openssl pkcs12 -info -in file.pfx -noout",
            ),
            Self::BadCertificate => (
                code::INVALID_CERTIFICATE,
                "",
                "what was given as a certificate is none, or damaged",
                "Give an X.509 certificate as PEM (-----BEGIN CERTIFICATE----- …) or DER; of a .p7b: openssl pkcs7 -print_certs -in file.p7b -out cert.pem; a PFX belongs in privateKey.",
            ),
            Self::Mismatch => (
                code::CERTIFICATE_MISMATCH,
                "",
                "the certificate does not belong to the private key",
                "Give the pair that was made together: openssl x509 -noout -modulus -in cert.pem and openssl rsa -noout -modulus -in key.pem must print the same.",
            ),
        }
    }
}

impl Instead {
    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Certificate => (
                "certificate",
                "there is a certificate, but no private key",
                "Give the file of the private key that the certificate was made with, or the PFX that holds both; a .cer or .crt file has none.",
            ),
            Self::PublicKey => (
                "public_key",
                "this is a public key, not a private one",
                "Give the file of the private key that it was made from (-----BEGIN PRIVATE KEY-----).",
            ),
            Self::Request => (
                "certificate_request",
                "this is a certificate signing request, not a private key",
                "Give the file of the private key that the request was made with (the -keyout of openssl req).",
            ),
            Self::Ssh => (
                "ssh_key",
                "this is an SSH key",
                "Make a key and a certificate for the app registration: openssl req -x509 -newkey rsa:2048 -noenc -days 365 -subj /CN=app -keyout key.pem -out cert.pem; or convert an RSA key of OpenSSH: ssh-keygen -p -m PKCS8 -f a-copy-of-it",
            ),
            Self::Putty => (
                "ssh_key",
                "this is a PuTTY key",
                "Export it in PuTTYgen (Conversions, Export OpenSSH key), then: ssh-keygen -p -m PKCS8 -f the-exported-key",
            ),
            Self::Pgp => (
                "pgp_key",
                "this is a PGP key",
                "Make a key and a certificate for the app registration: openssl req -x509 -newkey rsa:2048 -noenc -days 365 -subj /CN=app -keyout key.pem -out cert.pem",
            ),
            Self::Jwk => (
                "jwk",
                "this is JSON, such as a JWK, not a PEM text",
                "Import a JWK with crypto.subtle.importKey and give the CryptoKey, or convert it to PEM.",
            ),
            Self::Pkcs7 => (
                "pkcs7",
                "this is a PKCS#7 file: certificates without a private key",
                "Give the private key's file, or the PFX that holds both; this one's certificates go into certificate as PEM: openssl pkcs7 -print_certs -in file.p7b -out cert.pem",
            ),
        }
    }
}
