//! The client.

use super::acquisition::Call;
use super::configuration::{Configuration, Settings};
use super::held::Memory;
use super::json;
use super::platform::{Clocks, Platform, TokenStoreKind};
use super::prepare::{Context, Request};
use super::request::{
    AuthorizationCodeRequest, AuthorizationUrlRequest, ClientCredentialRequest, OnBehalfOfRequest,
    RefreshTokenRequest, SilentRequest,
};
use super::result::{AccountInfo, AuthenticationResult};
use crate::cache::key::Owner;
use crate::cache::msal_schema::Reader;
use crate::cache::partition;
use crate::error::{Error, ErrorClass, code};
use crate::flow::accounts;
use crate::flow::learned::Providers;
use crate::flow::step::{Flow, Hash};
use crate::flow::unstored::Unstored;
use crate::protocol::base64;
use crate::protocol::cloud;
use crate::protocol::entropy::{ENTROPY_BYTES, Entropy};
use crate::protocol::json::Value;
use crate::secret::Secret;
use crate::text::Text;
use crate::time::{Clock, Now};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A confidential client: a server, a daemon, an API. Its clones share one cache.
pub struct ConfidentialClient<P>(pub(super) Arc<Inner<P>>);

pub(super) struct Inner<P> {
    pub(super) platform: P,
    pub(super) settings: Settings,
    state: Mutex<State>,
}

pub(super) struct State {
    clock: Clock,
    pub(super) memory: Memory,
    pub(super) unstored: Unstored,
    pub(super) providers: Providers,
    /// Tokens that are being renewed ahead, by key.
    pub(super) renewing: HashSet<Text>,
    /// How often the cache was cleared: what was asked for before is not kept after.
    pub(super) epoch: u64,
}

/// A verifier and its challenge (RFC 7636).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PkceCodes {
    /// Keep it, and give it with the code.
    pub verifier: Secret,
    /// Send it with the authorization request.
    pub challenge: Text,
}

impl<P> Clone for ConfidentialClient<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P> core::fmt::Debug for ConfidentialClient<P> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ConfidentialClient(")?;
        f.write_str(&self.0.settings.given.client_id)?;
        f.write_str(")")
    }
}

impl<P: Platform> ConfidentialClient<P> {
    /// Reads the configuration.
    ///
    /// # Errors
    /// What is wrong with it: `missing_client_id`, `url_parse_error`, `untrusted_authority`, `invalid_option`, …
    pub fn new(configuration: Configuration, platform: P) -> Result<Self, Error> {
        let settings = Settings::read(configuration)?;
        let memory = Memory::new(settings.given.bounds);
        Ok(Self(Arc::new(Inner {
            platform,
            settings,
            state: Mutex::new(State {
                clock: Clock::new(),
                memory,
                unstored: Unstored::default(),
                providers: Providers::default(),
                renewing: HashSet::new(),
                epoch: 0,
            }),
        })))
    }

    /// The platform that was given.
    #[must_use]
    pub fn platform(&self) -> &P {
        &self.0.platform
    }

    /// An application's own token.
    ///
    /// # Errors
    /// What the server says; `network_error`; what is wrong with the request.
    pub async fn acquire_token_by_client_credential(
        &self,
        request: &ClientCredentialRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.acquire(Request::ClientCredential(request.clone()))
            .await
    }

    /// A token on behalf of the user who called, cached by the hash of the token that came.
    ///
    /// # Errors
    /// What the server says; where the user has to prove more, the error's `claims` go back to the caller.
    pub async fn acquire_token_on_behalf_of(
        &self,
        request: &OnBehalfOfRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.acquire(Request::OnBehalfOf(request.clone())).await
    }

    /// The address for a person to sign in. Challenge, state and nonce are sent as given: [`pkce_codes`] and [`guid`]
    /// make them.
    ///
    /// [`pkce_codes`]: Self::pkce_codes
    /// [`guid`]: Self::guid
    ///
    /// # Errors
    /// What is wrong with the request; where the provider has to be asked for its endpoints, `network_error`.
    pub async fn auth_code_url(&self, request: &AuthorizationUrlRequest) -> Result<Text, Error> {
        if let Some(url) = self.url(request)? {
            return Ok(url);
        }
        self.fly(&Request::Discover(request.options.clone()), None)
            .await?;
        self.url(request)?.ok_or_else(|| {
            let message = "the provider's endpoints are not known";
            Error::configuration(code::INVALID_AUTHORITY_METADATA, message)
        })
    }

    /// Redeems the code of an authorization response. It is sent once; whatever comes, the code is spent.
    ///
    /// # Errors
    /// `state_mismatch`, `nonce_mismatch`, `invalid_id_token`, `jwks_unavailable`; what the server says.
    pub async fn acquire_token_by_code(
        &self,
        request: &AuthorizationCodeRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.acquire(Request::Code(request.clone())).await
    }

    /// Tokens by a refresh token that another library got.
    ///
    /// # Errors
    /// What the server says; `network_error`.
    pub async fn acquire_token_by_refresh_token(
        &self,
        request: &RefreshTokenRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.acquire(Request::RefreshToken(request.clone())).await
    }

    /// A user's token without the user: from the cache, else by the refresh token.
    ///
    /// # Errors
    /// Of the class `InteractionRequired` where the user has to sign in; what the server says; `network_error`.
    pub async fn acquire_token_silent(
        &self,
        request: &SilentRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.acquire(Request::Silent(request.clone())).await
    }

    /// The accounts, each once for each tenant that its user was seen in; with a token store those in there as well.
    pub async fn accounts(&self) -> Vec<AccountInfo> {
        if let Some(store) = self.store() {
            let now = self.lock().now(&self.0.platform);
            let flow = Flow::new(now, |io| accounts::load_all(store, io));
            self.run_aside(flow).await;
        }
        self.accounts_in_memory()
    }

    /// The account of a home account id; with a token store that one entry is read.
    pub async fn account(&self, home_account_id: &str) -> Option<AccountInfo> {
        let authority = self.0.settings.authority(None).ok();
        if let (Some(store), Some(authority)) = (self.store(), authority) {
            let owner = Owner::User(home_account_id);
            let partition = partition::key(authority.environment(), owner);
            let now = self.lock().now(&self.0.platform);
            let flow = Flow::new(now, |io| accounts::load_one(store, partition, io));
            self.run_aside(flow).await;
        }
        self.accounts_in_memory()
            .into_iter()
            .find(|account| account.home_account_id == home_account_id)
    }

    fn accounts_in_memory(&self) -> Vec<AccountInfo> {
        let state = self.lock();
        let client_id = &self.0.settings.given.client_id;
        let accounts = state
            .memory
            .partitions()
            .into_iter()
            .filter_map(|partition| {
                let account = partition.account.as_ref()?;
                Some(account.tenants().map(move |tenant| {
                    let id_token = partition.id_token(tenant, client_id);
                    let id_token = id_token.map(|token| (token.secret.expose(), &token.claims));
                    AccountInfo::new(&account.info(tenant, id_token))
                }))
            });
        accounts.flatten().collect()
    }

    /// Forgets an account with its tokens, also in the token store.
    pub async fn remove_account(&self, account: &AccountInfo) {
        let environment = account.environment.to_ascii_lowercase();
        let environment =
            cloud::of_host(&environment).map_or(environment.as_str(), |cloud| cloud.cache_host);
        let partition = partition::key(environment, Owner::User(&account.home_account_id));
        self.lock().memory.remove(&partition);
        if let Some(store) = self.store() {
            let now = self.lock().now(&self.0.platform);
            let flow = Flow::new(now, |io| accounts::remove(store, partition, io));
            self.run_aside(flow).await;
        }
    }

    /// The cache in memory in MSAL's schema, as JSON. It holds tokens.
    #[must_use]
    pub fn serialize(&self) -> Secret {
        let mut state = self.lock();
        let now = state.now(&self.0.platform);
        let capabilities = &self.0.settings.given.client_capabilities;
        let text = state.memory.write(capabilities, now).to_json();
        state.memory.saved();
        Secret::new(text)
    }

    /// Takes in a cache in MSAL's schema; of two tokens for the same thing the later one stays.
    ///
    /// # Errors
    /// `invalid_cache_record` where it is none. An entry that cannot be read costs that entry alone.
    pub fn deserialize(&self, cache: &str) -> Result<(), Error> {
        let authority = self.0.settings.authority(None).ok();
        let capabilities = &self.0.settings.given.client_capabilities;
        let mut state = self.lock();
        let now = state.now(&self.0.platform);
        let cache = json::parse(cache).unwrap_or(Value::Null);
        let reader = Reader {
            authority: authority.as_ref(),
            capabilities,
            parse_json: json::parse,
        };
        state.memory.read(&cache, reader, false, now, |token, _| {
            Arc::new(token.clone())
        })
    }

    /// Forgets every token in memory; what is being asked for now is not kept either.
    pub fn clear_cache(&self) {
        let mut state = self.lock();
        state.memory.clear();
        state.epoch += 1;
    }

    /// A verifier and its challenge, for a sign-in.
    ///
    /// # Errors
    /// `request_cannot_be_made` where there is no randomness.
    pub fn pkce_codes(&self) -> Result<PkceCodes, Error> {
        let platform = &self.0.platform;
        let verifier = base64::encode_url(&self.random()?);
        let digest = platform.digest(Hash::Sha256, verifier.as_bytes());
        Ok(PkceCodes {
            verifier: Secret::new(verifier),
            challenge: base64::encode_url(&digest),
        })
    }

    /// A random GUID, for a state or a nonce.
    ///
    /// # Errors
    /// `request_cannot_be_made` where there is no randomness.
    pub fn guid(&self) -> Result<Text, Error> {
        Ok(Entropy::new(&self.random()?).guid())
    }

    pub(super) fn random(&self) -> Result<[u8; ENTROPY_BYTES], Error> {
        let mut bytes = [0; ENTROPY_BYTES];
        self.0.platform.entropy(&mut bytes).map_err(|_| {
            let message = "the platform has no randomness";
            Error::new(
                ErrorClass::ClientAuth,
                code::REQUEST_CANNOT_BE_MADE,
                message,
            )
        })?;
        Ok(bytes)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn store(&self) -> Option<crate::flow::token_store::TokenStore> {
        self.0.settings.store(self.0.platform.token_store())
    }

    fn url(&self, request: &AuthorizationUrlRequest) -> Result<Option<Text>, Error> {
        let given = request.options.correlation_id.as_deref();
        self.with_context(given, |context| context.auth_code_url(request))
    }

    pub(super) fn with_context<T>(
        &self,
        correlation_id: Option<&str>,
        read: impl FnOnce(&Context<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let entropy = Entropy::new(&self.random()?);
        let correlation_id = correlation_id.map_or_else(|| entropy.guid(), Text::from);
        let store: TokenStoreKind = self.0.platform.token_store();
        let mut state = self.lock();
        let now = state.now(&self.0.platform);
        read(&Context {
            settings: &self.0.settings,
            memory: &state.memory,
            providers: &state.providers,
            store,
            entropy,
            correlation_id: &correlation_id,
            now,
        })
    }
}

impl State {
    pub(super) fn now<P: Platform>(&mut self, platform: &P) -> Now {
        let Clocks {
            wall_ms,
            monotonic_ms,
        } = platform.clocks();
        self.clock.observe(wall_ms, monotonic_ms)
    }

    /// Puts off renewing ahead, after it has failed.
    pub(super) fn postpone<P: Platform>(&mut self, call: &Call, platform: &P) {
        if let Some(key) = &call.key {
            let now = self.now(platform);
            self.memory.postpone_refresh(key, now);
        }
    }
}
