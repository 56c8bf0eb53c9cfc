//! How a client proves who it is: with a secret, an assertion of somebody else's, or one that it signs itself.

use super::share::{Shared, Slot};
use super::step::{Effect, Event, Hash, Io, ReadCertificate};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::authority::Kind;
use crate::protocol::base64;
use crate::protocol::client_assertion::{
    Algorithm, ClientAssertion, LIFETIME_SECONDS, RENEWAL_OFFSET_SECONDS,
};
use crate::protocol::client_authentication::ClientAuthentication;
use crate::protocol::entropy::Entropy;
use crate::secret::{Secret, SecretBytes};
use crate::text::{Text, ToText};
use crate::time::Moment;
use core::sync::atomic::{AtomicI64, Ordering};

/// Assertions that are kept: one for each token endpoint. The oldest goes first.
const MAX_KEPT: usize = 1_000;

/// The longest that a program's function for an assertion may take.
const MAX_ASK_MS: i64 = 30_000;

/// A client's credential.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Credential {
    /// None: a public client.
    #[default]
    None,
    /// A secret.
    Secret(Secret),
    /// A JWT of another issuer.
    Assertion(Secret),
    /// The program gives an assertion for each request.
    Asked,
    /// A certificate, whose key signs outside.
    Certificate(Shared<Certificate>),
}

/// A certificate, and the assertions that its key has signed.
#[derive(Debug, Default)]
pub struct Certificate {
    /// Its thumbprints, as far as they are known.
    thumbprints: Slot<Thumbprints>,
    /// The certificates to send along, in base64; usually none.
    x5c: Slot<Vec<Text>>,
    /// The one thing that the key can do, where it is bound to it.
    only: Option<Algorithm>,
    kept: Slot<Vec<Kept>>,
    /// By how much the server's clock is ahead, as learned from a refusal.
    server_ahead_ms: AtomicI64,
}

#[derive(Clone, Debug, Default)]
struct Thumbprints {
    sha256: Option<Vec<u8>>,
    sha1: Option<Vec<u8>>,
    /// The certificate itself, which has them.
    der: Option<Vec<u8>>,
    /// Whether it still has to be read.
    is_unread: bool,
}

#[derive(Clone, Debug)]
struct Kept {
    audience: Text,
    algorithm: Algorithm,
    assertion: Secret,
    expires: Moment,
}

impl Certificate {
    /// A certificate of which one of the three is known.
    #[must_use]
    pub fn new(
        sha256: Option<Vec<u8>>,
        sha1: Option<Vec<u8>>,
        der: Option<Vec<u8>>,
        x5c: Vec<Text>,
    ) -> Self {
        Self {
            thumbprints: Slot::new(Thumbprints {
                sha256,
                sha1,
                der,
                is_unread: false,
            }),
            x5c: Slot::new(x5c),
            ..Self::default()
        }
    }

    /// One that is read by [`Effect::ReadKey`]; `x5c` is of use only to know whether it is to be sent along.
    #[must_use]
    pub fn unread(sha256: Option<Vec<u8>>, sha1: Option<Vec<u8>>, x5c: Vec<Text>) -> Self {
        let certificate = Self::new(sha256, sha1, None, x5c);
        certificate.thumbprints.borrow_mut().is_unread = true;
        certificate
    }

    /// The same with a key that can sign in one way only.
    #[must_use]
    pub fn signing_by(mut self, algorithm: Algorithm) -> Self {
        self.only = Some(algorithm);
        self
    }

    /// How an authority is to be signed to: AD FS, and who gave nothing but the SHA-1 thumbprint, get the deprecated
    /// form.
    fn algorithm(&self, kind: Kind) -> Algorithm {
        let known = self.thumbprints.borrow();
        if let Some(only) = self.only {
            return only;
        }
        if kind == Kind::Adfs
            || known.sha1.is_some() && known.sha256.is_none() && known.der.is_none()
        {
            Algorithm::Rs256
        } else {
            Algorithm::Ps256
        }
    }

    async fn thumbprint(&self, io: &Io, algorithm: Algorithm) -> Result<Vec<u8>, Error> {
        let known = self.thumbprints.borrow().clone();
        let (thumbprint, hash) = match algorithm {
            Algorithm::Ps256 => (known.sha256, Hash::Sha256),
            Algorithm::Rs256 => (known.sha1, Hash::Sha1),
        };
        if let Some(thumbprint) = thumbprint {
            return Ok(thumbprint);
        }
        let Some(der) = known.der else {
            return Err(match algorithm {
                Algorithm::Ps256 => invalid("the SHA-256 thumbprint is needed").with_hint(
                    "Give auth.clientCertificate.thumbprintSha256, or the certificate itself.",
                ),
                Algorithm::Rs256 => invalid("the SHA-1 thumbprint is needed: for AD FS, and for keys that sign by RSASSA-PKCS1-v1_5")
                    .with_hint("Give auth.clientCertificate.thumbprint, or the certificate itself."),
            });
        };
        let Event::Bytes(digest) = io
            .perform(Effect::Digest(hash, SecretBytes::new(der)))
            .await
        else {
            return Err(invalid("the certificate could not be hashed"));
        };
        let digest = digest.expose().to_vec();
        let mut known = self.thumbprints.borrow_mut();
        match algorithm {
            Algorithm::Ps256 => known.sha256 = Some(digest.clone()),
            Algorithm::Rs256 => known.sha1 = Some(digest.clone()),
        }
        Ok(digest)
    }

    async fn read(&self, io: &Io) -> Result<(), Error> {
        if !self.thumbprints.borrow().is_unread {
            return Ok(());
        }
        let Event::KeyRead(ReadCertificate { der, chain }) = io.perform(Effect::ReadKey).await
        else {
            return Err(invalid("the key could not be read"));
        };
        let mut known = self.thumbprints.borrow_mut();
        if !known.is_unread {
            // Another call's reading has ended first.
            return Ok(());
        }
        let has_thumbprint = known.sha256.is_some() || known.sha1.is_some();
        if der.is_empty() && !has_thumbprint {
            return Err(no_thumbprint());
        }
        // With nothing but the SHA-1 thumbprint the deprecated form is asked for.
        let is_deprecated = known.sha1.is_some() && known.sha256.is_none();
        known.der = Some(der).filter(|der| !der.is_empty() && !is_deprecated);
        let mut x5c = self.x5c.borrow_mut();
        if !x5c.is_empty() && !chain.is_empty() {
            *x5c = chain.iter().map(|der| base64::encode(der)).collect();
        }
        known.is_unread = false;
        Ok(())
    }

    async fn assertion(
        &self,
        io: &Io,
        client_id: &str,
        audience: &str,
        kind: Kind,
        entropy: &mut Entropy,
    ) -> Result<Secret, Error> {
        self.read(io).await?;
        let algorithm = self.algorithm(kind);
        let judged = io.now().judged;
        let kept = self.kept.borrow().iter().find_map(|kept| {
            // RFC 7523, section 3: other makers' servers may take each once.
            let same =
                kept.audience == audience && kept.algorithm == algorithm && kind != Kind::Oidc;
            (same && judged < kept.expires).then(|| kept.assertion.clone())
        });
        if let Some(assertion) = kept {
            return Ok(assertion);
        }
        let thumbprint = self.thumbprint(io, algorithm).await?;
        let x5c = self.x5c.borrow().clone();
        let unsigned = ClientAssertion {
            algorithm,
            thumbprint: &thumbprint,
            x5c: &x5c,
            client_id,
            audience,
            jti: &entropy.next_guid(),
            not_before: io
                .now()
                .wall
                .plus_ms(self.server_ahead_ms.load(Ordering::Relaxed)),
        }
        .unsigned();
        let bytes = SecretBytes::new(unsigned.signing_input().to_vec());
        let Event::Bytes(signature) = io.perform(Effect::Sign(algorithm, bytes)).await else {
            return Err(invalid("the key could not sign"));
        };
        let assertion = unsigned.sign(signature.expose());
        self.forget(audience);
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= MAX_KEPT {
            kept.remove(0);
        }
        kept.push(Kept {
            audience: audience.to_text(),
            algorithm,
            assertion: assertion.clone(),
            expires: judged.plus_seconds(LIFETIME_SECONDS - RENEWAL_OFFSET_SECONDS),
        });
        Ok(assertion)
    }

    fn forget(&self, audience: &str) {
        self.kept
            .borrow_mut()
            .retain(|kept| kept.audience != audience);
    }
}

impl Credential {
    /// Whether the program is asked for it before every request.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        matches!(self, Self::Asked)
    }

    /// The credential as a request to `token_endpoint` carries it.
    ///
    /// # Errors
    /// `client_assertion_failed`, `invalid_certificate`; the cause is known to whoever performs.
    pub async fn authenticate(
        &self,
        io: &Io,
        asking: Asking<'_>,
        entropy: &mut Entropy,
    ) -> Result<ClientAuthentication, Error> {
        match self {
            Self::None => Ok(ClientAuthentication::None),
            Self::Secret(secret) => Ok(ClientAuthentication::Secret(secret.clone())),
            Self::Assertion(assertion) => trimmed(assertion)
                .map(ClientAuthentication::Assertion)
                .ok_or_else(|| not_given("auth.clientAssertion is no JWT")),
            Self::Asked => {
                let effect = Effect::AskAssertion {
                    token_endpoint: asking.token_endpoint.to_text(),
                    fmi_path: asking.fmi_path.map(Text::from),
                    timeout_ms: asking.left_ms.min(MAX_ASK_MS),
                };
                match io.perform(effect).await {
                    Event::Assertion(assertion) => trimmed(&assertion)
                        .map(ClientAuthentication::Assertion)
                        .ok_or_else(|| {
                            not_given("auth.clientAssertion gave something that is no JWT")
                        }),
                    Event::TimedOut => {
                        Err(not_given("auth.clientAssertion did not answer in time"))
                    }
                    _ => Err(not_given("auth.clientAssertion failed")),
                }
            }
            Self::Certificate(certificate) => {
                let Asking {
                    client_id,
                    token_endpoint,
                    kind,
                    ..
                } = asking;
                certificate
                    .assertion(io, client_id, token_endpoint, kind, entropy)
                    .await
                    .map(ClientAuthentication::Assertion)
            }
        }
    }

    /// Makes ready to prove it once more, after the server found the assertion outside of its validity. `false` where
    /// that cannot help.
    #[must_use]
    pub fn renew(&self, token_endpoint: &str, wall_now: Moment, server: Option<Moment>) -> bool {
        match self {
            Self::None | Self::Secret(_) | Self::Assertion(_) => false,
            Self::Asked => true,
            Self::Certificate(certificate) => {
                if let Some(server) = server {
                    // What was signed for others is as wrong.
                    let ahead_ms = server.ms_since(wall_now);
                    certificate
                        .server_ahead_ms
                        .store(ahead_ms, Ordering::Relaxed);
                    certificate.kept.borrow_mut().clear();
                }
                certificate.forget(token_endpoint);
                true
            }
        }
    }

    /// What must not show in an error, whatever the server sends back.
    #[must_use]
    pub fn secret_text(&self) -> &str {
        match self {
            Self::Secret(secret) | Self::Assertion(secret) => secret.expose(),
            Self::None | Self::Asked | Self::Certificate(_) => "",
        }
    }
}

/// For what a credential is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The application.
    pub client_id: &'a str,
    /// Where it will be sent.
    pub token_endpoint: &'a str,
    /// What kind of provider that is.
    pub kind: Kind,
    /// The path of a federated managed identity.
    pub fmi_path: Option<&'a str>,
    /// The time that is left, in milliseconds.
    pub left_ms: i64,
}

/// The assertion without what a file has at its end; `None` where it is none.
fn trimmed(assertion: &Secret) -> Option<Secret> {
    let text = assertion.expose().trim_ascii();
    let sendable = !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21..=0x7e));
    sendable.then(|| Secret::new(text.to_text()))
}

/// A key without a certificate, and without the thumbprint of one.
#[must_use]
pub fn no_thumbprint() -> Error {
    Error::new(
        ErrorClass::ClientAuth,
        code::INVALID_CLIENT_CREDENTIAL,
        "auth.clientCertificate names no certificate",
    )
    .with_hint(
        "Give the certificate (PEM) in auth.clientCertificate.certificate, or its thumbprint in thumbprintSha256.",
    )
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorClass::ClientAuth, code::INVALID_CERTIFICATE, message)
}

fn not_given(message: &str) -> Error {
    Error::new(ErrorClass::ClientAuth, code::ASSERTION_FAILED, message).with_hint(
        "The function must resolve to a JWT within 30 seconds; what it threw is the cause.",
    )
}
