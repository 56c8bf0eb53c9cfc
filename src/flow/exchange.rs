//! One exchange with the token endpoint, which every grant shares: prove who the client is, send, read the answer, and
//! verify the id_token in it.
//!
//! ```text
//! discover ──► authenticate ──► send ─────────┐
//!                  ▲            fetch the keys ┴──► read ──► verify the id_token ──► done
//!                  └───────── once more, when the assertion was outside of its validity
//! ```

use super::credential::{Asking, Credential};
use super::learned::{KnownKeys, Learned};
use super::send::{Limits, is_passing, pause, send};
use super::step::{Effect, Io, join};
use super::verify::{are_fresh, needs_no_keys, no_keys};
use crate::error::Error;
#[cfg(feature = "device-code")]
use crate::error::code;
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::client_authentication::ClientAuthentication;
use crate::protocol::entropy::Entropy;
use crate::protocol::http::HttpRequest;
use crate::protocol::id_token;
use crate::protocol::json::{ParseJson, Value};
use crate::protocol::metadata::{self, Metadata};
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::{Grant, TokenRequest};
use crate::protocol::token_response::{self, TokenResponse};
use crate::text::Text;

/// AADSTS700024: the assertion is outside of its validity.
const ASSERTION_OUT_OF_TIME: u32 = 700_024;

/// What is to be held against an id_token's nonce.
#[derive(Clone, Debug)]
pub enum NonceCheck {
    /// Nothing: the request had none to send.
    None,
    /// The nonce of the authorization request; without one there must be none.
    Exactly(Option<Text>),
}

/// All that an exchange needs.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Whom to ask.
    pub authority: Authority,
    /// The endpoints, where they are known already and not derived.
    pub metadata: Option<Metadata>,
    /// Azure's region, for a token endpoint nearer by.
    pub region: Option<Text>,
    /// How the client proves who it is.
    pub credential: Credential,
    /// What to ask.
    pub request: TokenRequest,
    /// The provider's keys, as far as they are known.
    pub keys: Option<KnownKeys>,
    /// What is held against the id_token's nonce.
    pub nonce: NonceCheck,
    /// How long to try, in milliseconds.
    pub timeout_ms: i64,
    /// How many times to send again.
    pub max_retries: u32,
    /// The host's randomness.
    pub entropy: Entropy,
    /// The edge's parser.
    pub parse_json: ParseJson,
    /// Where the page's own server is reached, which shows its time to the page.
    pub page: Option<Text>,
}

/// What came of an exchange.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The tokens.
    pub response: TokenResponse,
    /// What the id_token says, whose signature and claims hold.
    pub id_token_claims: Option<Value>,
    /// The server's own number of the request.
    pub request_id: Text,
}

impl Exchange {
    /// Runs the exchange.
    ///
    /// # Errors
    /// What the server says; `network_error`; `jwks_unavailable`; the codes of [`token_response::parse_response`],
    /// [`metadata::parse_response`], [`id_token::judge`] and [`Credential::authenticate`].
    pub async fn run(&mut self, io: &Io) -> Result<Answer, Error> {
        let answer = self.ask(io).await;
        answer.map_err(|error| error.with_correlation_id(&self.request.correlation_id))
    }

    /// Learns the provider's endpoints, and nothing else.
    ///
    /// # Errors
    /// `network_error`; the codes of [`metadata::parse_response`].
    pub async fn learn(&self, io: &Io) -> Result<(), Error> {
        let limits = Limits {
            deadline: io.now().judged.plus_ms(self.timeout_ms),
            max_retries: self.max_retries,
        };
        let discovered = self.discover(io, limits).await;
        discovered
            .map(|_| ())
            .map_err(|error| error.with_correlation_id(&self.request.correlation_id))
    }

    /// Where a person signs in.
    ///
    /// # Errors
    /// Those of [`Exchange::learn`]; `invalid_authority_metadata` where the provider names no such endpoint.
    pub async fn authorization_endpoint(&mut self, io: &Io) -> Result<Text, Error> {
        if self.metadata.is_none() && self.authority.kind() == Kind::Oidc {
            let limits = Limits {
                deadline: io.now().judged.plus_ms(self.timeout_ms),
                max_retries: self.max_retries,
            };
            self.metadata = Some(self.discover(io, limits).await?);
        }
        match &self.metadata {
            Some(metadata) => metadata.require_authorization_endpoint(),
            None => Ok(self.authority.authorization_endpoint()),
        }
    }

    /// Where a device gets the code that a person signs in with.
    #[cfg(feature = "device-code")]
    pub(super) async fn device_authorization_endpoint(
        &mut self,
        io: &Io,
        limits: Limits,
    ) -> Result<Text, Error> {
        let is_oidc = self.authority.kind() == Kind::Oidc;
        if self.metadata.is_none() && is_oidc {
            self.metadata = Some(self.discover(io, limits).await?);
        }
        let named = self.metadata.as_ref();
        match named.and_then(|metadata| metadata.device_authorization_endpoint.clone()) {
            Some(endpoint) => Ok(endpoint),
            None if is_oidc => Err(Error::configuration(
                code::INVALID_AUTHORITY_METADATA,
                "the discovery document names no device_authorization_endpoint",
            )
            .with_hint("This provider signs nobody in by a device code.")),
            None => Ok(self.authority.device_authorization_endpoint()),
        }
    }

    /// Whether the provider's keys are known, and young enough.
    #[cfg(feature = "device-code")]
    pub(super) fn has_fresh_keys(&self, io: &Io) -> bool {
        are_fresh(&self.keys, io)
    }

    async fn ask(&mut self, io: &Io) -> Result<Answer, Error> {
        let deadline = io.now().judged.plus_ms(self.timeout_ms);
        let limits = Limits {
            deadline,
            max_retries: self.max_retries,
        };
        if self.metadata.is_none() && self.authority.kind() == Kind::Oidc {
            self.metadata = Some(self.discover(io, limits).await?);
        }
        let token_endpoint = self.token_endpoint();
        let kind = self.authority.kind();
        let may_be_sent_again = self.request.grant.may_be_sent_again();
        let mut keys = self.keys.take();
        let mut once_more = may_be_sent_again;
        // The program is asked for an assertion before every request, so each is sent once.
        let is_asked = self.credential.is_asked();
        let mut attempt = 0;
        loop {
            let asking = Asking {
                client_id: &self.request.client_id,
                token_endpoint: &token_endpoint,
                kind,
                fmi_path: self.request.grant.fmi_path(),
                left_ms: deadline.ms_since(io.now().judged),
            };
            let authentication = self
                .credential
                .authenticate(io, asking, &mut self.entropy)
                .await?;
            let request = self
                .request
                .build(&authentication, &token_endpoint, kind != Kind::Oidc);
            let sending = Limits {
                max_retries: if may_be_sent_again && !is_asked {
                    self.max_retries
                } else {
                    0
                },
                ..limits
            };
            let mut jitter = self.entropy.clone();
            if keys.is_none() && self.spends_refresh_token() {
                // Where they cannot be had, the token is not spent in vain.
                let fetched = self.fetch_keys(io, limits, &mut jitter, false).await;
                keys = Some(fetched.map_err(|_| no_keys())?.0);
            }
            let response = if self.request.grant.is_for_user() && !are_fresh(&keys, io) {
                let mut entropy = self.entropy.clone();
                let sent = send(io, &request, sending, &mut jitter);
                let fetched = self.fetch_keys(io, limits, &mut entropy, false);
                let (response, fetched) = join(sent, fetched, needs_no_keys).await;
                if let Some(Ok((fetched, metadata))) = fetched {
                    self.metadata = self.metadata.take().or(metadata);
                    // There may be later ones: the answer comes after them, and a page gets them out of the browser's cache.
                    keys = Some(fetched);
                }
                response
            } else {
                send(io, &request, sending, &mut jitter).await
            };
            if is_asked
                && may_be_sent_again
                && is_passing(&response)
                && pause(io, &response, attempt, limits, &mut jitter).await
            {
                attempt += 1;
                continue;
            }
            let response = response?;
            let parsed = token_response::parse_response(&response, io.now().wall, self.parse_json);
            match parsed {
                Ok(tokens)
                    if tokens.access_token.expose().is_empty() && !self.asks_who_it_is_alone() =>
                {
                    return Err(self.fit_to_show(
                        token_response::without_access_token(&response),
                        &authentication,
                    ));
                }
                Ok(tokens) => {
                    let is_for_user = self.request.grant.is_for_user();
                    let id_token = tokens.id_token.as_ref().filter(|_| is_for_user);
                    let id_token_claims = match id_token {
                        Some(id_token) => Some(
                            self.verify(io, limits, id_token, keys, response.date)
                                .await?,
                        ),
                        // What proves that the answer is this sign-in's is missing.
                        None if matches!(&self.nonce, NonceCheck::Exactly(Some(_))) => {
                            return Err(id_token::invalid("there is none in the answer"));
                        }
                        None => None,
                    };
                    return Ok(Answer {
                        response: tokens,
                        id_token_claims,
                        request_id: response.request_id,
                    });
                }
                Err(error) => {
                    // Also where this request is not sent again: the next one is to be signed by the server's clock.
                    let renewed = error.error_codes.contains(&ASSERTION_OUT_OF_TIME)
                        && self
                            .credential
                            .renew(&token_endpoint, io.now().wall, response.date);
                    if once_more && renewed {
                        once_more = false;
                        continue;
                    }
                    return Err(self.fit_to_show(error, &authentication));
                }
            }
        }
    }

    /// Without what was sent to prove anything.
    fn fit_to_show(&self, error: Error, authentication: &ClientAuthentication) -> Error {
        let [one, other] = self.request.grant.secret_texts();
        error.fit_to_show(&[authentication.secret_text(), one, other])
    }

    /// Whether a refresh token is sent that may serve once, at a provider that has keys to verify what comes for it with.
    fn spends_refresh_token(&self) -> bool {
        let is_renewal = matches!(self.request.grant, Grant::RefreshToken(_));
        let has_keys = self
            .metadata
            .as_ref()
            .is_some_and(|metadata| metadata.jwks_uri.is_some());
        is_renewal && has_keys && self.authority.kind() == Kind::Oidc
    }

    /// Whether B2C is asked for no access token, and so gives none.
    fn asks_who_it_is_alone(&self) -> bool {
        let scopes = Scopes::parse([self.request.scope.as_str()]);
        self.authority.kind() == Kind::B2c && scopes.is_ok_and(|scopes| scopes.is_identity_alone())
    }

    fn token_endpoint(&self) -> Text {
        match (&self.metadata, &self.region) {
            (Some(metadata), _) => metadata.token_endpoint.clone(),
            (None, Some(region)) => self.authority.regional_token_endpoint(region),
            (None, None) => self.authority.token_endpoint(),
        }
    }

    pub(super) async fn discover(&self, io: &Io, limits: Limits) -> Result<Metadata, Error> {
        let request = HttpRequest::get(self.authority.discovery_url());
        let response = send(io, &request, limits, &mut self.entropy.clone()).await?;
        let metadata = metadata::parse_response(&response, &self.authority)?;
        self.keep(io, Learned::Metadata(metadata.clone())).await;
        Ok(metadata)
    }

    pub(super) async fn keep(&self, io: &Io, learned: Learned) {
        let location = self.authority.location();
        io.perform(Effect::Learn { location, learned }).await;
    }
}
