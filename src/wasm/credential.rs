//! The client's credential, read from MSAL's `auth`.

use super::field::Fields;
use crate::error::{Error, ErrorClass, code};
use crate::flow::credential::{Certificate, Credential, no_thumbprint};
use crate::flow::step::ReadCertificate;
use crate::protocol::base64;
use crate::protocol::client_assertion::Algorithm;
use crate::protocol::pem::{self, Block};
use crate::protocol::private_key::{belongs_to, is_whole, rsa_modulus};
use crate::protocol::validity;
use crate::secret::Secret;
use crate::text::Text;
use crate::time::Moment;
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroizing;

/// The key that signs, as far as it is known.
#[derive(Default)]
pub(super) enum SigningKey {
    /// There is none.
    #[default]
    None,
    /// It is in a form that `graph-token/certificate` reads.
    Unread,
    /// PKCS#8, to be imported.
    Pkcs8(Zeroizing<Vec<u8>>),
    /// The program's `CryptoKey`.
    Given(JsValue),
}

/// The credential, and its key if it has one.
#[derive(Default)]
pub(super) struct ReadCredential {
    pub(super) credential: Credential,
    pub(super) key: RefCell<SigningKey>,
    /// The certificate, where it was read here.
    certificate: Option<Vec<u8>>,
}

impl ReadCredential {
    pub(super) fn read(auth: &Fields<'_>) -> Result<Self, Error> {
        let secret = auth.text("clientSecret");
        let assertion = auth.get("clientAssertion");
        let certificate = auth.get("clientCertificate");
        let has_certificate = certificate.is_truthy();
        match (secret, assertion.is_truthy(), has_certificate) {
            (Some(secret), false, false) => {
                Ok(Self::without_key(Credential::Secret(Secret::new(secret))))
            }
            (None, true, false) => read_assertion(auth, &assertion).map(Self::without_key),
            (None, false, true) => {
                let fields = auth.inner("clientCertificate", "auth.clientCertificate");
                let (credential, key, certificate) = read_certificate(&fields)?;
                Ok(Self {
                    credential: Credential::Certificate(Rc::new(credential)),
                    key: RefCell::new(key),
                    certificate,
                })
            }
            (None, false, false) => Err(none_or_several("auth has no credential")),
            _ => Err(none_or_several("auth has more than one credential")),
        }
    }

    fn without_key(credential: Credential) -> Self {
        Self {
            credential,
            ..Self::default()
        }
    }

    /// The key for the host to sign with: a `CryptoKey`, the bytes of a PKCS#8, or `undefined` where it is still to be
    /// read.
    pub(super) fn signing_key(&self) -> JsValue {
        match &*self.key.borrow() {
            SigningKey::None | SigningKey::Unread => JsValue::UNDEFINED,
            SigningKey::Pkcs8(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            SigningKey::Given(key) => key.clone(),
        }
    }

    /// What to say of a certificate that was read here and is out of its time.
    pub(super) fn warning(&self, now: Moment) -> Option<Text> {
        validity::warning(self.certificate.as_deref()?, now)
    }

    /// Takes what `graph-token/certificate` read.
    pub(super) fn take_read(&self, read: &JsValue) -> ReadCertificate {
        let fields = Fields::new(read, "certificate");
        let all = |name: &str| -> Vec<Vec<u8>> {
            let text = Secret::new(fields.text(name).unwrap_or_default());
            let blocks = pem::blocks(text.expose()).into_iter();
            blocks.map(|block| block.der).collect()
        };
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        *self.key.borrow_mut() = SigningKey::Pkcs8(Zeroizing::new(first("privateKey")));
        ReadCertificate {
            der: first("certificate"),
            chain: all("chain"),
        }
    }
}

/// An assertion of the request's or the client's: a text, or a function that gives one.
pub(super) fn read_assertion(fields: &Fields<'_>, value: &JsValue) -> Result<Credential, Error> {
    if value.is_function() {
        return Ok(Credential::Asked);
    }
    match value.as_string() {
        Some(text) => Ok(Credential::Assertion(Secret::new(text))),
        None => Err(fields.invalid("clientAssertion", "is neither a JWT nor a function")),
    }
}

type OwnCertificate = (Certificate, SigningKey, Option<Vec<u8>>);

/// What is plain is read here; of anything else, and where it is not plain which certificate is the key's, the other module
/// knows, or says what is wrong.
fn read_certificate(fields: &Fields<'_>) -> Result<OwnCertificate, Error> {
    let sha256 = thumbprint(fields, "thumbprintSha256", 32);
    let sha1 = thumbprint(fields, "thumbprint", 20);
    let has_thumbprint = sha256.is_some() || sha1.is_some();
    let given = fields.get("certificate");
    let apart = match given.as_string() {
        Some(text) => certificates(&text).filter(|all| !all.is_empty() || text.is_empty()),
        None if given.is_undefined() => Some(Vec::new()),
        None => certificates_of_bytes(&given),
    };
    let issuers = fields.text("x5c").map(|text| certificates(&text));
    let (asks_x5c, issuers) = (issuers.is_some(), issuers.flatten().unwrap_or_default());
    let unread = || {
        // Which they are, is read as well.
        let x5c = if asks_x5c {
            vec![Text::new()]
        } else {
            Vec::new()
        };
        let certificate = Certificate::unread(sha256.clone(), sha1.clone(), x5c);
        Ok((certificate, SigningKey::Unread, None))
    };
    let private_key = fields.get("privateKey");
    if let Some(text) = private_key.as_string() {
        let text = Secret::new(text);
        let (Some((key, modulus)), Some(inside), Some(apart)) =
            (plain_key(text.expose()), certificates(text.expose()), apart)
        else {
            return unread();
        };
        if asks_x5c && issuers.is_empty() {
            return unread();
        }
        let is_own = |der: &&Vec<u8>| belongs_to(der, &modulus);
        let all = inside.iter().chain(&apart);
        let mut own: Vec<&Vec<u8>> = all.chain(&issuers).filter(is_own).collect();
        own.dedup();
        let is_named = apart.is_empty() || apart.iter().any(|der| is_own(&der));
        let own = match own.as_slice() {
            [own] if is_named => Some((*own).clone()),
            [] if inside.is_empty() && apart.is_empty() && has_thumbprint => None,
            [] if inside.is_empty() && apart.is_empty() && issuers.is_empty() => {
                return Err(no_thumbprint());
            }
            _ => return unread(),
        };
        let x5c = led_by(own.as_ref(), issuers);
        // With nothing but the SHA-1 thumbprint the deprecated form is asked for.
        let der = own.clone().filter(|_| sha1.is_none() || sha256.is_some());
        let certificate = Certificate::new(sha256, sha1, der, x5c);
        return Ok((certificate, SigningKey::Pkcs8(key), own));
    }
    if ArrayBuffer::is_view(&private_key) || private_key.is_instance_of::<ArrayBuffer>() {
        return unread();
    }
    if let Some(algorithm) = crypto_key(&private_key) {
        let algorithm = algorithm.ok_or_else(|| {
            fields.invalid(
                "privateKey",
                "is a CryptoKey that is not RSA-PSS or RSASSA-PKCS1-v1_5 with SHA-256 and 2048 bits or more, or may not sign",
            )
        })?;
        let apart = apart
            .ok_or_else(|| fields.invalid("certificate", "is no X.509 certificate, or damaged"))?;
        let der = apart.first().or(issuers.first()).cloned();
        if der.is_none() && !has_thumbprint {
            return Err(no_thumbprint());
        }
        let x5c = led_by(apart.first(), issuers);
        let certificate = Certificate::new(sha256, sha1, der.clone(), x5c).signing_by(algorithm);
        return Ok((certificate, SigningKey::Given(private_key), der));
    }
    if private_key.is_undefined() {
        return Err(none_or_several("auth.clientCertificate has no privateKey"));
    }
    Err(fields.invalid(
        "privateKey",
        "is neither a PEM text, nor a Uint8Array, nor a CryptoKey",
    ))
}

/// What is sent along where issuers are: RFC 7515, section 4.1.6, has the key's own certificate first.
fn led_by(own: Option<&Vec<u8>>, mut issuers: Vec<Vec<u8>>) -> Vec<Text> {
    if let Some(own) = own.filter(|_| !issuers.is_empty()) {
        issuers.retain(|der| der != own);
        issuers.insert(0, own.clone());
    }
    issuers.iter().map(|der| base64::encode(der)).collect()
}

const CERTIFICATE: &str = "CERTIFICATE";

/// The certificates of a text; `None` where there are none, or one cannot be read.
fn certificates(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut blocks = pem::blocks(text);
    blocks.retain(|block| block.label == CERTIFICATE);
    let whole = |block: Block| Some(block.der).filter(|der| is_whole(der));
    blocks.into_iter().map(whole).collect()
}

/// That of a file, be it DER or PEM, of whichever realm the bytes are.
fn certificates_of_bytes(given: &JsValue) -> Option<Vec<Vec<u8>>> {
    let bytes = Some(given).filter(|given| ArrayBuffer::is_view(given))?;
    let bytes = Uint8Array::new(bytes).to_vec();
    if is_whole(&bytes) {
        return Some(vec![bytes]);
    }
    certificates(core::str::from_utf8(&bytes).ok()?).filter(|all| !all.is_empty())
}

/// The key of a text with one plain RSA key in PKCS#8 and nothing else but certificates, with its modulus.
fn plain_key(text: &str) -> Option<(Zeroizing<Vec<u8>>, Vec<u8>)> {
    let mut keys = pem::blocks(text);
    keys.retain(|block| block.label != CERTIFICATE);
    let only = keys.pop().filter(|_| keys.is_empty())?;
    if only.label != "PRIVATE KEY" {
        return None;
    }
    let key = Zeroizing::new(only.der);
    let modulus = rsa_modulus(&key)?.to_vec();
    Some((key, modulus))
}

fn thumbprint(fields: &Fields<'_>, name: &str, bytes: usize) -> Option<Vec<u8>> {
    let text = fields.text(name)?;
    // Windows' dialog copies it with an invisible mark before it.
    let digits: Vec<u8> = text
        .trim_start_matches('\u{200e}')
        .bytes()
        .filter(|byte| !(*byte == b':' || byte.is_ascii_whitespace()))
        .collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                Some((digit(*high)? << 4 | digit(*low)?) as u8)
            }
            _ => None,
        })
        .collect::<Option<Vec<u8>>>();
    let pairs = pairs.filter(|pairs| pairs.len() == bytes);
    if pairs.is_none() {
        let hint = "Give it as the portal shows it, in hexadecimal digits; colons and spaces may stand between them.";
        let error = fields.invalid(name, "is not the hexadecimal text of such a hash");
        fields.note(error.with_hint(hint));
    }
    pairs
}

/// Whether this is a `CryptoKey`, and if so, what it can be used for.
fn crypto_key(value: &JsValue) -> Option<Option<Algorithm>> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let algorithm = get(Some(value).filter(|value| value.is_object())?, "algorithm")?;
    let name = get(&algorithm, "name")?.as_string()?;
    let hash = get(&algorithm, "hash").and_then(|hash| get(&hash, "name")?.as_string());
    let signs = get(value, "usages")
        .and_then(|usages| usages.dyn_into::<js_sys::Array>().ok())
        .is_some_and(|usages| usages.includes(&"sign".into(), 0));
    let length = get(&algorithm, "modulusLength").and_then(|length| length.as_f64());
    let usable = signs
        && hash.as_deref() == Some("SHA-256")
        && length.is_some_and(|length| length >= 2_048.0);
    Some(match name.as_str() {
        "RSA-PSS" if usable => Some(Algorithm::Ps256),
        "RSASSA-PKCS1-v1_5" if usable => Some(Algorithm::Rs256),
        _ => None,
    })
}

fn none_or_several(message: &str) -> Error {
    Error::new(
        ErrorClass::ClientAuth,
        code::INVALID_CLIENT_CREDENTIAL,
        message,
    )
    .with_hint("Give one of auth.clientSecret (the secret's value from Certificates & secrets), auth.clientCertificate and auth.clientAssertion.")
}
