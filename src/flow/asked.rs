//! What every request says, and the exchange that it leads to.

use super::acquired::Filing;
use super::credential::Credential;
use super::exchange::{Exchange, NonceCheck};
use super::learned::Providers;
use crate::error::Error;
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::claims::{Claims, IdTokenClaims, request_claims};
use crate::protocol::entropy::Entropy;
use crate::protocol::json::{ParseJson, Value};
use crate::protocol::metadata::Metadata;
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::{Grant, TokenRequest};
use crate::text::{Text, ToText};

/// The capability of continuous access evaluation.
const CAE_CAPABILITY: &str = "cp1";

/// A request's own part, whatever its grant.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The GUID to find the request by in Entra's sign-in logs.
    pub correlation_id: Text,
    /// Whom to ask.
    pub authority: Authority,
    /// The endpoints, where they are known already and not derived.
    pub metadata: Option<Metadata>,
    /// How the client proves who it is.
    pub credential: Credential,
    /// The claims of a challenge.
    pub claims: Option<Value>,
    /// Claims of the client's own, which decide a cached token.
    pub claims_from_client: Option<Value>,
    /// What the client can do.
    pub capabilities: Vec<Text>,
    /// Further query parameters.
    pub query: Vec<(Text, Text)>,
    /// Further body parameters.
    pub body: Vec<(Text, Text)>,
    /// Whether a cached token will not do.
    pub skip_cache: bool,
    /// How long to try, in milliseconds.
    pub timeout_ms: i64,
    /// Whether the request leaves from a page or one of its workers.
    pub in_browser: bool,
    /// The redirect URI of the page, where it has one.
    pub page: Option<Text>,
    /// The host's randomness.
    pub entropy: Entropy,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The application.
    pub client_id: &'a str,
    /// How many times to send again.
    pub max_retries: u32,
    /// What is known of providers.
    pub providers: &'a Providers,
    /// The edge's parser.
    pub parse_json: ParseJson,
}

/// The client's capabilities, with that of continuous access evaluation where the request wants it.
#[must_use]
pub fn capabilities(own: &[Text], enable_cae: bool) -> Vec<Text> {
    let mut all = own.to_vec();
    if enable_cae && !all.iter().any(|known| known == CAE_CAPABILITY) {
        all.push(CAE_CAPABILITY.to_text());
    }
    all
}

impl Asked {
    /// The `claims` parameter.
    ///
    /// # Errors
    /// Those of [`request_claims`].
    pub fn request_claims(&self, for_user: bool) -> Result<Option<Text>, Error> {
        request_claims(Claims {
            asked: self.claims.as_ref(),
            from_client: self.claims_from_client.as_ref(),
            id_token: match (self.authority.kind(), for_user) {
                (Kind::Oidc, _) => IdTokenClaims::Never,
                (_, true) => IdTokenClaims::Always,
                (_, false) => IdTokenClaims::WithOthers,
            },
            capabilities: &self.capabilities,
        })
    }

    /// What the tokens are filed by.
    #[must_use]
    pub fn filing(&self, scopes: &Scopes) -> Filing {
        let claims = self.claims_from_client.as_ref();
        Filing::new(scopes, &self.capabilities, &self.query, &self.body, claims)
    }

    /// The exchange with a grant.
    ///
    /// # Errors
    /// Those of [`Asked::request_claims`].
    pub fn exchange(self, by: Asker<'_>, scopes: &Scopes, grant: Grant) -> Result<Exchange, Error> {
        let claims = self.request_claims(matches!(
            grant,
            Grant::AuthorizationCode(_) | Grant::RefreshToken(_)
        ))?;
        Ok(Exchange {
            keys: by.providers.keys(&self.authority, self.metadata.as_ref()),
            metadata: self.metadata,
            region: None,
            credential: self.credential,
            request: TokenRequest {
                client_id: by.client_id.to_text(),
                scope: scopes.to_wire(),
                grant,
                claims,
                correlation_id: self.correlation_id,
                extra_query_parameters: self.query,
                extra_body_parameters: self.body,
                anchor_mailbox: None,
                from_page: self.in_browser,
            },
            authority: self.authority,
            nonce: NonceCheck::None,
            timeout_ms: self.timeout_ms,
            max_retries: by.max_retries,
            entropy: self.entropy,
            parse_json: by.parse_json,
            page: self.page,
        })
    }
}
