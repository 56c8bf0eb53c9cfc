//! What every request says, and the exchange that it leads to.

use super::Context;
use crate::error::Error;
use crate::flow::acquired::Filing;
use crate::flow::exchange::{Exchange, NonceCheck};
use crate::native::configuration::milliseconds;
use crate::native::json;
use crate::native::request::{RequestOptions, claims_of};
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::claims::{Claims, IdTokenClaims, request_claims};
use crate::protocol::json::Value;
use crate::protocol::metadata::Metadata;
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::{Grant, TokenRequest};
use crate::text::{Text, ToText};

/// The capability of continuous access evaluation.
const CAE_CAPABILITY: &str = "cp1";

/// What every request says.
pub(super) struct Common {
    pub(super) authority: Authority,
    pub(super) metadata: Option<Metadata>,
    pub(super) scopes: Scopes,
    pub(super) claims: Option<Value>,
    pub(super) claims_from_client: Option<Value>,
    pub(super) capabilities: Vec<Text>,
    pub(super) query: Vec<(Text, Text)>,
    pub(super) body: Vec<(Text, Text)>,
    pub(super) skip_cache: bool,
    pub(super) timeout_ms: i64,
}

impl Common {
    /// The `claims` parameter.
    pub(super) fn request_claims(&self, for_user: bool) -> Result<Option<Text>, Error> {
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
    pub(super) fn filing(&self, scopes: &Scopes) -> Filing {
        let claims = self.claims_from_client.as_ref();
        Filing::new(scopes, &self.capabilities, &self.query, &self.body, claims)
    }
}

impl Context<'_> {
    pub(super) fn common(&self, options: &RequestOptions) -> Result<Common, Error> {
        let read = || {
            let given = &self.settings.given;
            options.check_parameters()?;
            let mut authority = self.settings.authority(options.authority.as_deref())?;
            if let Some(tenant) = &options.tenant_id {
                authority = authority.with_tenant(tenant)?;
            }
            let own_authority = options.authority.is_some() || options.tenant_id.is_some();
            let known = self.settings.metadata.clone().filter(|_| !own_authority);
            let metadata = known.or_else(|| self.providers.discovered(&authority));
            let mut capabilities = given.client_capabilities.clone();
            if options.enable_cae && !capabilities.iter().any(|known| known == CAE_CAPABILITY) {
                capabilities.push(CAE_CAPABILITY.to_text());
            }
            let claims = claims_of(options.claims.as_deref())?;
            Ok(Common {
                authority,
                metadata,
                scopes: Scopes::parse(options.scopes.iter().map(Text::as_str))?,
                skip_cache: claims.is_some() || options.force_refresh,
                claims,
                claims_from_client: claims_of(options.claims_from_client.as_deref())?,
                capabilities,
                query: options.extra_query_parameters.clone(),
                body: options.extra_parameters.clone(),
                timeout_ms: match options.timeout {
                    Some(timeout) => milliseconds(timeout)?,
                    None => self.settings.timeout_ms,
                },
            })
        };
        read().map_err(|error: Error| error.with_correlation_id(self.correlation_id))
    }

    pub(super) fn user_scopes(&self, common: &Common) -> Result<Scopes, Error> {
        let graph = self.settings.graph_resource(&common.authority);
        let scopes = match common.authority.kind() {
            // Another provider's tokens are not for Graph, nor are B2C's.
            Kind::Oidc | Kind::B2c => common.scopes.clone(),
            _ => common.scopes.clone().or_default(graph),
        };
        if common.authority.kind() == Kind::Oidc {
            return Ok(scopes.with_oidc());
        }
        scopes.for_user(graph)
    }

    pub(super) fn exchange(
        &self,
        common: Common,
        scopes: &Scopes,
        grant: Grant,
    ) -> Result<Exchange, Error> {
        let claims = common.request_claims(matches!(
            grant,
            Grant::AuthorizationCode(_) | Grant::RefreshToken(_)
        ))?;
        Ok(Exchange {
            keys: self
                .providers
                .keys(&common.authority, common.metadata.as_ref()),
            metadata: common.metadata,
            region: None,
            credential: self.settings.credential.clone(),
            request: TokenRequest {
                client_id: self.settings.given.client_id.clone(),
                scope: scopes.to_wire(),
                grant,
                claims,
                correlation_id: self.correlation_id.to_text(),
                extra_query_parameters: common.query,
                extra_body_parameters: common.body,
                anchor_mailbox: None,
                from_page: false,
            },
            authority: common.authority,
            nonce: NonceCheck::None,
            timeout_ms: common.timeout_ms,
            max_retries: self.settings.given.max_retries,
            entropy: self.entropy.clone(),
            parse_json: json::parse,
            page: None,
        })
    }
}
