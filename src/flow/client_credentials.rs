//! An application's own token (RFC 6749, section 4.4), renewed in time and served past it when the service is down.

use super::send::{Limits, send};
use super::step::Io;
use crate::cache::access_token::AccessToken;
use crate::cache::key::ApplicationKey;
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::error::Error;
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::client_credentials::{ClientCredentialsRequest, build};
use crate::protocol::entropy::Entropy;
use crate::protocol::http::HttpRequest;
use crate::protocol::metadata::{self, Metadata};
use crate::protocol::token_response;
use crate::time::Now;

/// All that the flow needs.
#[derive(Clone, Debug)]
pub struct ClientCredentialsFlow {
    /// Whom to ask.
    pub authority: Authority,
    /// The endpoints, where they are known already and not derived.
    pub metadata: Option<Metadata>,
    /// What to ask.
    pub request: ClientCredentialsRequest,
    /// The client's capabilities, for the cache key.
    pub capabilities: Vec<String>,
    /// The life of the token that is cached now, if there is one.
    pub cached: Option<Lifetime>,
    /// Seconds before its end from when on a token is not served without asking.
    pub renewal_offset_seconds: i64,
    /// How long to try, in milliseconds.
    pub timeout_ms: i64,
    /// How many times to send again.
    pub max_retries: u32,
    /// The host's randomness.
    pub entropy: Entropy,
}

/// How the flow ended well.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Acquired {
    /// A new token came; cache it.
    New {
        /// The token.
        token: Box<AccessToken>,
        /// The endpoints, where they had to be asked for; keep them.
        discovered: Option<Metadata>,
    },
    /// The service is down and the cached token still serves.
    Cached {
        /// Whether it is past its life, so that the result is to say `isExtendedLifeTimeToken`.
        extended: bool,
    },
}

impl ClientCredentialsFlow {
    /// The cache key of the token.
    #[must_use]
    pub fn key(&self) -> String {
        ApplicationKey {
            location: &self.authority.location(),
            client_id: &self.request.client_id,
            scopes: &self.request.scopes,
            capabilities: &self.capabilities,
            query: &self.request.extra_query_parameters,
            body: &self.request.extra_body_parameters,
        }
        .to_text()
    }

    /// Whether the cached token is served without asking anybody.
    #[must_use]
    pub fn is_served_by_cache(&self, now: Now) -> bool {
        let freshness = self
            .cached
            .map(|life| life.freshness(now.judged, self.renewal_offset_seconds));
        matches!(freshness, Some(Freshness::Fresh | Freshness::Due))
    }

    /// Runs the flow.
    ///
    /// # Errors
    /// What the server says; `network_error`; the codes of [`token_response::parse_response`] and
    /// [`metadata::parse_response`].
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        match self.ask(&io).await {
            Err(error) if error.is_outage() => self.cached_token(&io).ok_or(error),
            other => other,
        }
        .map_err(|error| {
            error
                .fit_to_show(&[self.request.authentication.secret_text()])
                .with_correlation_id(&self.request.correlation_id)
        })
    }

    async fn ask(&mut self, io: &Io) -> Result<Acquired, Error> {
        let limits = Limits {
            deadline: io.now().judged.plus_ms(self.timeout_ms),
            max_retries: self.max_retries,
        };
        let discovered = self.discover(io, limits).await?;
        let token_endpoint = match discovered.as_ref().or(self.metadata.as_ref()) {
            Some(metadata) => metadata.token_endpoint.clone(),
            None => self.authority.token_endpoint(),
        };
        let request = build(&self.request, &token_endpoint);
        let response = send(io, &request, limits, &mut self.entropy).await?;
        let token = token_response::parse_response(&response, io.now().wall)?;
        let lifetime = Lifetime::of_response(&token, io.now().judged);
        let token = AccessToken {
            key: self.key(),
            authority: self.authority.canonical(),
            environment: self.authority.environment().to_owned(),
            realm: self.authority.tenant().to_owned(),
            client_id: self.request.client_id.clone(),
            target: self.request.scopes.to_wire(),
            secret: token.access_token,
            token_type: token.token_type,
            lifetime,
            correlation_id: self.request.correlation_id.clone(),
        };
        Ok(Acquired::New {
            token: Box::new(token),
            discovered,
        })
    }

    /// Asks a plain OpenID Connect provider for its endpoints, unless they are known.
    async fn discover(&mut self, io: &Io, limits: Limits) -> Result<Option<Metadata>, Error> {
        if self.metadata.is_some() || self.authority.kind() != Kind::Oidc {
            return Ok(None);
        }
        let request = HttpRequest::get(self.authority.discovery_url());
        let response = send(io, &request, limits, &mut self.entropy).await?;
        metadata::parse_response(&response, &self.authority).map(Some)
    }

    fn cached_token(&self, io: &Io) -> Option<Acquired> {
        match self
            .cached?
            .freshness(io.now().judged, self.renewal_offset_seconds)
        {
            Freshness::Fresh | Freshness::Due | Freshness::Expiring => {
                Some(Acquired::Cached { extended: false })
            }
            Freshness::Extended => Some(Acquired::Cached { extended: true }),
            Freshness::Gone => None,
        }
    }
}
