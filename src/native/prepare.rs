//! From a request to the flow that answers it.

use super::configuration::{Settings, milliseconds};
use super::held::Memory;
use super::json;
use super::platform::TokenStoreKind;
use super::request::{
    AuthorizationCodeRequest, AuthorizationUrlRequest, ClientCredentialRequest, OnBehalfOfRequest,
    RefreshTokenRequest, RequestOptions, SilentRequest, claims_of,
};
use super::result::AccountInfo;
use crate::cache::key::Owner;
use crate::cache::lifetime::{Freshness, Lifetime};
use crate::cache::partition::{self, Wanted};
use crate::error::{Error, ErrorClass, code};
use crate::flow::acquired::{Acquired, Filing, Keep};
use crate::flow::authorization_code::RedeemFlow;
use crate::flow::client_credentials::ClientCredentialsFlow;
use crate::flow::exchange::{Exchange, NonceCheck};
use crate::flow::learned::Providers;
use crate::flow::on_behalf_of::OnBehalfOfFlow;
use crate::flow::silent::{SilentFlow, Sources};
use crate::flow::step::Flow;
use crate::flow::token_store::TokenStore;
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::authorization_code::AuthorizationCode;
use crate::protocol::authorize::{
    AccountHint, AuthorizationRequest, KnownAccount, anchor_of, check_response,
};
use crate::protocol::claims::{Claims, IdTokenClaims, request_claims};
use crate::protocol::client_credentials::ClientCredentials;
use crate::protocol::cloud;
use crate::protocol::entropy::Entropy;
use crate::protocol::id_token;
use crate::protocol::json::Value;
use crate::protocol::metadata::Metadata;
use crate::protocol::on_behalf_of::OnBehalfOf;
use crate::protocol::refresh_token::RefreshToken;
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::{Grant, TokenRequest};
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Now;

/// The capability of continuous access evaluation.
const CAE_CAPABILITY: &str = "cp1";

/// A request of any kind.
#[derive(Clone)]
pub(super) enum Request {
    ClientCredential(ClientCredentialRequest),
    OnBehalfOf(OnBehalfOfRequest),
    Code(AuthorizationCodeRequest),
    RefreshToken(RefreshTokenRequest),
    Silent(SilentRequest),
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

    fn common(&self, options: &RequestOptions) -> Result<Common, Error> {
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

    fn user_scopes(&self, common: &Common) -> Result<Scopes, Error> {
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

    fn exchange(&self, common: Common, scopes: &Scopes, grant: Grant) -> Result<Exchange, Error> {
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

    fn client_credential(
        &self,
        request: &ClientCredentialRequest,
        common: Common,
    ) -> Result<Prepared, Error> {
        let authority = &common.authority;
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
        let mut filing = common.filing(&scopes);
        if let Some(path) = &fmi_path {
            filing.body.push(("fmi_path".to_text(), path.clone()));
        }
        let region = request.azure_region.as_deref();
        if region.is_some_and(|region| !region.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            let message = "azure_region is no region such as westus2";
            return Err(Error::configuration(code::INVALID_OPTION, message));
        }
        let skip_cache = common.skip_cache;
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
        let (filing, skip_cache) = (common.filing(&scopes), common.skip_cache);
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
            let metadata = common.metadata.as_ref();
            let issuer = metadata.and_then(|metadata| metadata.issuer.as_deref());
            check_response(
                request.state.as_deref(),
                response.state.as_deref(),
                response.issuer.as_deref(),
                false,
                |named| id_token::is_issuer_of(named, &common.authority, issuer),
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
        let filing = common.filing(&scopes).of_person();
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
        let filing = common.filing(&scopes).of_person();
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
        let authority = &common.authority;
        let tenant = Some(account.tenant_id.clone()).filter(|tenant| !tenant.is_empty());
        // An authority that names a tenant decides; else the account's own.
        let realm = if authority.is_multi_tenant() {
            tenant.clone()
        } else {
            Some(authority.tenant().to_text())
        };
        let scopes = self.user_scopes(&common)?;
        let mut filing = common.filing(&scopes).of_person();
        filing.tenant = tenant;
        filing.home_account_id = Some(account.home_account_id.clone());
        let client_id = &self.settings.given.client_id;
        let location = authority.location();
        let variant = filing.key(&location, client_id, &[]).variant();
        let wanted = Wanted {
            client_id,
            realm: realm.as_deref(),
            location: &location,
            scopes: &scopes.bare(authority.environment()),
            variant: &variant,
        };
        // Microsoft's clouds are asked for accounts of one another's, as with MSAL; no other provider is.
        let environment = match (
            cloud::of_host(&account.environment.to_ascii_lowercase()),
            cloud::of_host(authority.environment()),
        ) {
            (Some(cloud), Some(_)) => cloud.cache_host,
            _ => authority.environment(),
        };
        let partition = partition::key(environment, Owner::User(&account.home_account_id));
        let cached = self.memory.look_up(&partition, wanted);
        let refresh_token = self.memory.refresh_token(&partition, client_id).cloned();
        let skip_cache = common.skip_cache;
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

    /// The address of an authorization request; `None` where the provider has to be asked for its endpoints first.
    pub(super) fn auth_code_url(
        &self,
        request: &AuthorizationUrlRequest,
    ) -> Result<Option<Text>, Error> {
        let common = self.common(&request.options)?;
        self.url(request, common)
            .map_err(|error| error.with_correlation_id(self.correlation_id))
    }

    fn url(
        &self,
        request: &AuthorizationUrlRequest,
        common: Common,
    ) -> Result<Option<Text>, Error> {
        if request.redirect_uri.is_empty() {
            return Err(
                Error::configuration(code::REDIRECT_URI_EMPTY, "redirect_uri is missing")
                    .with_hint("Give a redirect URI that is registered for the application."),
            );
        }
        let response_mode = request.response_mode.as_deref().unwrap_or("query");
        if !matches!(response_mode, "query" | "fragment" | "form_post") {
            let message = "response_mode is neither query, fragment nor form_post";
            return Err(Error::configuration(code::INVALID_OPTION, message));
        }
        let mut scopes = self.user_scopes(&common)?;
        let further = &request.extra_scopes_to_consent;
        scopes.add(further.iter().map(Text::as_str));
        let endpoint = match &common.metadata {
            Some(metadata) => metadata.authorization_endpoint.clone().ok_or_else(|| {
                let message = "the discovery document names no authorization_endpoint";
                Error::configuration(code::INVALID_AUTHORITY_METADATA, message)
            })?,
            None if common.authority.kind() == Kind::Oidc => return Ok(None),
            None => common.authority.authorization_endpoint(),
        };
        let url = AuthorizationRequest {
            client_id: self.settings.given.client_id.clone(),
            scope: scopes.to_wire(),
            redirect_uri: request.redirect_uri.clone(),
            response_mode: response_mode.to_text(),
            state: request.state.clone(),
            nonce: request.nonce.clone(),
            code_challenge: request
                .code_challenge
                .clone()
                .map(|challenge| (challenge, "S256".to_text())),
            prompt: request.prompt.clone(),
            hint: hint(request),
            domain_hint: request.domain_hint.clone(),
            claims: common.request_claims(true)?,
            correlation_id: self.correlation_id.to_text(),
            extra_query_parameters: [common.query, common.body].concat(),
        };
        Ok(Some(url.url(&endpoint)))
    }
}

fn hint(request: &AuthorizationUrlRequest) -> AccountHint {
    let account = request.account.as_ref();
    let claim = |account: &AccountInfo, name| {
        let claims = account.id_token_claims.as_ref();
        claims.map_or_else(Text::new, |claims| claims.text(name).to_text())
    };
    let sid = account.map(|account| claim(account, "sid"));
    let login_hint = account.map(|account| match account.login_hint.as_str() {
        "" => claim(account, "login_hint"),
        known => known.to_text(),
    });
    AccountHint::choose(
        request.prompt.as_deref().unwrap_or_default(),
        request.domain_hint.is_some(),
        request.sid.as_deref().unwrap_or_default(),
        request.login_hint.as_deref().unwrap_or_default(),
        account.map(|account| KnownAccount {
            login_hint: login_hint.as_deref().unwrap_or_default(),
            sid: sid.as_deref().unwrap_or_default(),
            username: &account.username,
            home_account_id: &account.home_account_id,
        }),
    )
}

/// What every request says.
struct Common {
    authority: Authority,
    metadata: Option<Metadata>,
    scopes: Scopes,
    claims: Option<Value>,
    claims_from_client: Option<Value>,
    capabilities: Vec<Text>,
    query: Vec<(Text, Text)>,
    body: Vec<(Text, Text)>,
    skip_cache: bool,
    timeout_ms: i64,
}

impl Common {
    /// The `claims` parameter.
    fn request_claims(&self, for_user: bool) -> Result<Option<Text>, Error> {
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
    fn filing(&self, scopes: &Scopes) -> Filing {
        let claims = self.claims_from_client.as_ref();
        Filing::new(scopes, &self.capabilities, &self.body, claims)
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
