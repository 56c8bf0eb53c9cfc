//! What every request says, and the exchange that it leads to.

use super::Context;
use crate::error::Error;
use crate::flow::asked::{Asked, Asker, capabilities};
use crate::flow::exchange::Exchange;
use crate::native::configuration::milliseconds;
use crate::native::json;
use crate::native::request::{RequestOptions, claims_of};
use crate::protocol::authority::Kind;
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::Grant;
use crate::text::{Text, ToText};

/// What every request says.
pub(super) struct Common {
    pub(super) asked: Asked,
    pub(super) scopes: Scopes,
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
            let claims = claims_of(options.claims.as_deref())?;
            Ok(Common {
                scopes: Scopes::parse(options.scopes.iter().map(Text::as_str))?,
                asked: Asked {
                    correlation_id: self.correlation_id.to_text(),
                    authority,
                    metadata,
                    credential: self.settings.credential.clone(),
                    skip_cache: claims.is_some() || options.force_refresh,
                    claims,
                    claims_from_client: claims_of(options.claims_from_client.as_deref())?,
                    capabilities: capabilities(&given.client_capabilities, options.enable_cae),
                    query: options.extra_query_parameters.clone(),
                    body: options.extra_parameters.clone(),
                    timeout_ms: match options.timeout {
                        Some(timeout) => milliseconds(timeout)?,
                        None => self.settings.timeout_ms,
                    },
                    in_browser: false,
                    page: None,
                    entropy: self.entropy.clone(),
                },
            })
        };
        read().map_err(|error: Error| error.with_correlation_id(self.correlation_id))
    }

    pub(super) fn user_scopes(&self, common: &Common) -> Result<Scopes, Error> {
        let graph = self.settings.graph_resource(&common.asked.authority);
        let scopes = match common.asked.authority.kind() {
            // Another provider's tokens are not for Graph, nor are B2C's.
            Kind::Oidc | Kind::B2c => common.scopes.clone(),
            _ => common.scopes.clone().or_default(graph),
        };
        if common.asked.authority.kind() == Kind::Oidc {
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
        let by = Asker {
            client_id: &self.settings.given.client_id,
            max_retries: self.settings.given.max_retries,
            providers: self.providers,
            parse_json: json::parse,
        };
        common.asked.exchange(by, scopes, grant)
    }
}
