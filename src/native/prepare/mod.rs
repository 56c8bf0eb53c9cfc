//! From a request to the flow that answers it.

mod auth_code_url;
mod common;

use self::common::Common;
use super::configuration::{Settings, milliseconds};
use super::held::Memory;
use super::platform::TokenStoreKind;
use super::request::{
    AuthorizationCodeRequest, ClientCredentialRequest, DeviceCodeRequest, OnBehalfOfRequest,
    RefreshTokenRequest, RequestOptions, SilentRequest,
};
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::cache::partition::Wanted;
use crate::error::{Error, ErrorClass, code};
use crate::flow::acquired::{Acquired, Keep};
use crate::flow::authorization_code::RedeemFlow;
use crate::flow::client_credentials::ClientCredentialsFlow;
use crate::flow::device_code::DeviceCodeFlow;
use crate::flow::exchange::NonceCheck;
use crate::flow::learned::Providers;
use crate::flow::on_behalf_of::OnBehalfOfFlow;
use crate::flow::silent::{SilentFlow, Sources, partition_of, realm_of};
use crate::flow::step::Flow;
use crate::flow::token_store::TokenStore;
use crate::protocol::authorization_code::AuthorizationCode;
use crate::protocol::authorize::{anchor_of, check_response};
use crate::protocol::client_credentials::ClientCredentials;
use crate::protocol::entropy::Entropy;
use crate::protocol::id_token;
use crate::protocol::on_behalf_of::OnBehalfOf;
use crate::protocol::refresh_token::RefreshToken;
use crate::protocol::token_request::Grant;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Now;

/// A request of any kind.
#[derive(Clone)]
pub(super) enum Request {
    ClientCredential(ClientCredentialRequest),
    OnBehalfOf(OnBehalfOfRequest),
    Code(AuthorizationCodeRequest),
    RefreshToken(RefreshTokenRequest),
    Silent(SilentRequest),
    DeviceCode(DeviceCodeRequest),
    /// What has to be known of a provider whose endpoints do not follow from its address.
    Discover(RequestOptions),
}

impl Request {
    pub(super) fn options(&self) -> &RequestOptions {
        match self {
            Self::ClientCredential(request) => &request.options,
            Self::OnBehalfOf(request) => &request.options,
            Self::Code(request) => &request.options,
            Self::RefreshToken(request) => &request.options,
            Self::Silent(request) => &request.options,
            Self::DeviceCode(request) => &request.options,
            Self::Discover(options) => options,
        }
    }

    pub(super) fn options_mut(&mut self) -> &mut RequestOptions {
        match self {
            Self::ClientCredential(request) => &mut request.options,
            Self::OnBehalfOf(request) => &mut request.options,
            Self::Code(request) => &mut request.options,
            Self::RefreshToken(request) => &mut request.options,
            Self::Silent(request) => &mut request.options,
            Self::DeviceCode(request) => &mut request.options,
            Self::Discover(options) => options,
        }
    }
}

/// A call that is ready to run.
pub(super) struct Prepared {
    pub(super) flow: Flow<Acquired>,
    /// The token in memory that the request is served, with its key.
    pub(super) served: Option<Text>,
    /// The token in memory whose renewal this is, if there is one.
    pub(super) key: Option<Text>,
}

/// All that a request is read against.
pub(super) struct Context<'a> {
    pub(super) settings: &'a Settings,
    pub(super) memory: &'a Memory,
    pub(super) providers: &'a Providers,
    pub(super) store: TokenStoreKind,
    pub(super) entropy: Entropy,
    pub(super) correlation_id: &'a str,
    pub(super) now: Now,
}

impl Context<'_> {
    pub(super) fn prepare(&self, request: &Request) -> Result<Prepared, Error> {
        let common = self.common(request.options())?;
        let prepared = match request {
            Request::ClientCredential(request) => self.client_credential(request, common),
            Request::OnBehalfOf(request) => self.on_behalf_of(request, common),
            Request::Code(request) => self.code(request, common),
            Request::RefreshToken(request) => self.refresh_token(request, common),
            Request::Silent(request) => self.silent(request, common),
            Request::DeviceCode(request) => self.device_code(request, common),
            Request::Discover(_) => self.discover(common),
        };
        prepared.map_err(|error| error.with_correlation_id(self.correlation_id))
    }

    fn store(&self) -> Option<TokenStore> {
        self.settings.store(self.store)
    }

    fn is_served(&self, life: Lifetime) -> bool {
        matches!(
            life.freshness(self.now.judged, self.settings.renewal_offset_seconds),
            Freshness::Fresh | Freshness::Due
        )
    }

    fn client_credential(
        &self,
        request: &ClientCredentialRequest,
        common: Common,
    ) -> Result<Prepared, Error> {
        let authority = &common.asked.authority;
        if authority.is_multi_tenant() {
            let message =
                text::concat(&["client credentials need a tenant, not ", authority.tenant()]);
            return Err(Error::new(ErrorClass::ClientAuth, code::MISSING_TENANT_ID, message)
                .with_hint("Put the tenant's GUID or domain into the authority: https://login.microsoftonline.com/{tenant}."));
        }
        let graph = self.settings.graph_resource(authority);
        let scopes = common
            .scopes
            .clone()
            .for_client_credentials(authority, graph)?;
        let fmi_path = request.fmi_path.clone();
        let mut filing = common.asked.filing(&scopes);
        if let Some(path) = &fmi_path {
            filing.body.push(("fmi_path".to_text(), path.clone()));
        }
        let region = request.azure_region.as_deref();
        if region.is_some_and(|region| !region.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            let message = "azure_region is no region such as westus2";
            return Err(Error::configuration(code::INVALID_OPTION, message));
        }
        let skip_cache = common.asked.skip_cache;
        let grant = Grant::ClientCredentials(ClientCredentials { fmi_path });
        let mut exchange = self.exchange(common, &scopes, grant)?;
        exchange.region = region.map(text::lower);
        let mut flow = ClientCredentialsFlow {
            exchange,
            filing,
            cached: None,
            skip_cache,
            renewal_offset_seconds: self.settings.renewal_offset_seconds,
            store: self.store(),
        };
        let key = flow.key();
        flow.cached = self.memory.lifetime(&key);
        Ok(Prepared {
            served: flow.is_served_by_cache(self.now).then(|| key.clone()),
            key: Some(key),
            flow: Flow::new(self.now, |io| flow.run(io)),
        })
    }

    fn on_behalf_of(&self, request: &OnBehalfOfRequest, common: Common) -> Result<Prepared, Error> {
        if request.obo_assertion.expose().is_empty() {
            return Err(missing("obo_assertion").with_hint(
                "Give the access token that the API was called with, without the word Bearer.",
            ));
        }
        let scopes = self.user_scopes(&common)?;
        let (filing, skip_cache) = (common.asked.filing(&scopes), common.asked.skip_cache);
        let grant = Grant::OnBehalfOf(OnBehalfOf {
            assertion: request.obo_assertion.clone(),
        });
        let flow = OnBehalfOfFlow {
            exchange: self.exchange(common, &scopes, grant)?,
            filing,
            skip_cache,
            renewal_offset_seconds: self.settings.renewal_offset_seconds,
            store: self.store(),
        };
        Ok(self.unserved(Flow::new(self.now, |io| flow.run(io))))
    }

    fn code(&self, request: &AuthorizationCodeRequest, common: Common) -> Result<Prepared, Error> {
        if let Some(response) = &request.response {
            let metadata = common.asked.metadata.as_ref();
            let issuer = metadata.and_then(|metadata| metadata.issuer.as_deref());
            check_response(
                request.state.as_deref(),
                response.state.as_deref(),
                response.issuer.as_deref(),
                false,
                |named| id_token::is_issuer_of(named, &common.asked.authority, issuer),
            )?;
        }
        if request.code.expose().is_empty() {
            return Err(missing("code"));
        }
        if request.redirect_uri.is_empty() {
            return Err(missing("redirect_uri")
                .with_hint("Give the redirect URI of auth_code_url, letter by letter."));
        }
        let scopes = self.user_scopes(&common)?;
        let filing = common.asked.filing(&scopes).of_person();
        let grant = Grant::AuthorizationCode(AuthorizationCode {
            code: request.code.clone(),
            redirect_uri: request.redirect_uri.clone(),
            code_verifier: request.code_verifier.clone(),
            return_spa_code: request.enable_spa_authorization_code,
        });
        let mut exchange = self.exchange(common, &scopes, grant)?;
        exchange.nonce = NonceCheck::Exactly(request.nonce.clone());
        let flow = RedeemFlow {
            exchange,
            filing,
            keep: Keep::Always,
            store: self.store(),
        };
        Ok(self.unserved(Flow::new(self.now, |io| flow.run(io))))
    }

    fn refresh_token(
        &self,
        request: &RefreshTokenRequest,
        common: Common,
    ) -> Result<Prepared, Error> {
        if request.refresh_token.expose().is_empty() {
            return Err(missing("refresh_token"));
        }
        let scopes = self.user_scopes(&common)?;
        let filing = common.asked.filing(&scopes).of_person();
        let grant = Grant::RefreshToken(RefreshToken {
            refresh_token: request.refresh_token.clone(),
            redirect_uri: request.redirect_uri.clone(),
        });
        let flow = RedeemFlow {
            exchange: self.exchange(common, &scopes, grant)?,
            filing,
            keep: if request.force_cache {
                Keep::Always
            } else {
                Keep::IfAccountIsKnown
            },
            store: self.store(),
        };
        Ok(self.unserved(Flow::new(self.now, |io| flow.run(io))))
    }

    fn silent(&self, request: &SilentRequest, common: Common) -> Result<Prepared, Error> {
        let account = &request.account;
        if account.home_account_id.is_empty() {
            let message = "the account has no home_account_id";
            return Err(
                Error::new(ErrorClass::ClientAuth, code::NO_ACCOUNT, message)
                    .with_hint("Give the account of a result, or one of accounts()."),
            );
        }
        let authority = &common.asked.authority;
        let tenant = Some(account.tenant_id.clone()).filter(|tenant| !tenant.is_empty());
        let realm = realm_of(authority, tenant.as_deref());
        let scopes = self.user_scopes(&common)?;
        let named = common.scopes.clone();
        let mut filing = common.asked.filing(&scopes).of_person();
        filing.tenant = tenant;
        filing.home_account_id = Some(account.home_account_id.clone());
        let client_id = &self.settings.given.client_id;
        let location = authority.location();
        let variant = filing.key(&location, client_id).variant();
        let wanted = Wanted {
            client_id,
            realm: realm.as_deref(),
            location: &location,
            scopes: &scopes.bare(authority.environment()),
            variant: &variant,
        };
        let partition = partition_of(authority, &account.environment, &account.home_account_id);
        let cached = self.memory.look_up(&partition, wanted);
        let refresh_token = self.memory.refresh_token(&partition, client_id, &location);
        let refresh_token = refresh_token.cloned();
        let skip_cache = common.asked.skip_cache;
        // The grant is filled in when it comes to that.
        let mut exchange = self.exchange(common, &scopes, no_grant())?;
        exchange.request.anchor_mailbox = anchor_of(&account.home_account_id);
        let key = cached.as_ref().map(|(key, _)| key.clone());
        let served = cached
            .clone()
            .filter(|(_, life)| !skip_cache && self.is_served(*life))
            .map(|(key, _)| key);
        let flow = SilentFlow {
            exchange,
            filing,
            named,
            partition,
            realm,
            cached,
            refresh_token,
            redirect_uri: request.redirect_uri.clone(),
            skip_cache,
            is_ahead: false,
            sources: Sources::of_policy(0),
            frame: None,
            renewal_offset_seconds: self.settings.renewal_offset_seconds,
            refresh_token_offset_seconds: milliseconds(request.refresh_token_expiration_offset)?
                / 1_000,
            store: self.store(),
        };
        Ok(Prepared {
            served,
            key,
            flow: Flow::new(self.now, |io| flow.run(io)),
        })
    }

    fn device_code(&self, request: &DeviceCodeRequest, common: Common) -> Result<Prepared, Error> {
        let scopes = self.user_scopes(&common)?;
        let filing = common.asked.filing(&scopes).of_person();
        let flow = DeviceCodeFlow {
            // The grant is filled in when the code has come.
            exchange: self.exchange(common, &scopes, no_grant())?,
            filing,
            limit_ms: request.time_limit.map(milliseconds).transpose()?,
            store: self.store(),
        };
        Ok(self.unserved(Flow::new(self.now, |io| flow.run(io))))
    }

    fn discover(&self, common: Common) -> Result<Prepared, Error> {
        let scopes = self.user_scopes(&common)?;
        let exchange = self.exchange(common, &scopes, no_grant())?;
        Ok(self.unserved(Flow::new(self.now, |io| async move {
            exchange.learn(&io).await?;
            Ok(Acquired::cached(Text::new(), false))
        })))
    }

    fn unserved(&self, flow: Flow<Acquired>) -> Prepared {
        Prepared {
            flow,
            served: None,
            key: None,
        }
    }
}

fn no_grant() -> Grant {
    Grant::RefreshToken(RefreshToken {
        refresh_token: Secret::new(Text::new()),
        redirect_uri: None,
    })
}

fn missing(name: &str) -> Error {
    let message = text::concat(&[name, " is missing"]);
    Error::new(
        ErrorClass::ClientAuth,
        code::REQUEST_CANNOT_BE_MADE,
        message,
    )
}
