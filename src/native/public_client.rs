//! The client of a program on a person's own machine, which could keep no secret.

use super::client::{ConfidentialClient, PkceCodes};
use super::configuration::{ClientCredential, Configuration};
use super::platform::Platform;
use super::prepare::Request;
use super::request::{
    AuthorizationCodeRequest, AuthorizationUrlRequest, DeviceCodeRequest, RefreshTokenRequest,
    SilentRequest,
};
use super::result::{AccountInfo, AuthenticationResult};
use crate::error::Error;
use crate::protocol::device_code::DeviceAuthorization;
use crate::secret::Secret;
use crate::text::Text;

/// A public client: a command line program, a desktop application. Its clones share one cache.
///
/// Where a browser is at hand, the program opens [`auth_code_url`](Self::auth_code_url) with a challenge of
/// [`pkce_codes`](Self::pkce_codes), listens on loopback for the answer (RFC 8252), and redeems the code.
pub struct PublicClient<P>(ConfidentialClient<P>);

impl<P> Clone for PublicClient<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P> core::fmt::Debug for PublicClient<P> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PublicClient(")?;
        f.write_str(&self.0.0.settings.given.client_id)?;
        f.write_str(")")
    }
}

impl<P: Platform> PublicClient<P> {
    /// Reads the configuration, without its credential.
    ///
    /// # Errors
    /// Those of [`ConfidentialClient::new`].
    pub fn new(configuration: Configuration, platform: P) -> Result<Self, Error> {
        let configuration = Configuration {
            credential: ClientCredential::None,
            ..configuration
        };
        ConfidentialClient::new(configuration, platform).map(Self)
    }

    /// The platform that was given.
    #[must_use]
    pub fn platform(&self) -> &P {
        self.0.platform()
    }

    /// A person signs in on another device, with the code that `show` is given to show them; meanwhile the token is asked
    /// for. Dropping the future gives up.
    ///
    /// # Errors
    /// `device_code_expired` and `user_timeout_reached`, where the person took too long; what the server says, such as
    /// `authorization_declined`; `invalid_id_token`, `jwks_unavailable`.
    pub async fn acquire_token_by_device_code(
        &self,
        request: &DeviceCodeRequest,
        show: impl Fn(&DeviceAuthorization) + Send + Sync,
    ) -> Result<AuthenticationResult, Error> {
        let request = Request::DeviceCode(request.clone());
        self.0.acquire_showing(request, Some(&show)).await
    }

    /// As [`ConfidentialClient::auth_code_url`].
    ///
    /// # Errors
    /// The same.
    pub async fn auth_code_url(&self, request: &AuthorizationUrlRequest) -> Result<Text, Error> {
        self.0.auth_code_url(request).await
    }

    /// As [`ConfidentialClient::acquire_token_by_code`].
    ///
    /// # Errors
    /// The same.
    pub async fn acquire_token_by_code(
        &self,
        request: &AuthorizationCodeRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.0.acquire_token_by_code(request).await
    }

    /// As [`ConfidentialClient::acquire_token_by_refresh_token`].
    ///
    /// # Errors
    /// The same.
    pub async fn acquire_token_by_refresh_token(
        &self,
        request: &RefreshTokenRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.0.acquire_token_by_refresh_token(request).await
    }

    /// As [`ConfidentialClient::acquire_token_silent`].
    ///
    /// # Errors
    /// The same.
    pub async fn acquire_token_silent(
        &self,
        request: &SilentRequest,
    ) -> Result<AuthenticationResult, Error> {
        self.0.acquire_token_silent(request).await
    }

    /// As [`ConfidentialClient::accounts`].
    pub async fn accounts(&self) -> Vec<AccountInfo> {
        self.0.accounts().await
    }

    /// As [`ConfidentialClient::account`].
    pub async fn account(&self, home_account_id: &str) -> Option<AccountInfo> {
        self.0.account(home_account_id).await
    }

    /// Signs an account out of this program: as [`ConfidentialClient::remove_account`].
    pub async fn remove_account(&self, account: &AccountInfo) {
        self.0.remove_account(account).await;
    }

    /// The cache in memory in MSAL's schema, as JSON. It holds tokens.
    #[must_use]
    pub fn serialize(&self) -> Secret {
        self.0.serialize()
    }

    /// As [`ConfidentialClient::deserialize`].
    ///
    /// # Errors
    /// The same.
    pub fn deserialize(&self, cache: &str) -> Result<(), Error> {
        self.0.deserialize(cache)
    }

    /// As [`ConfidentialClient::clear_cache`].
    pub fn clear_cache(&self) {
        self.0.clear_cache();
    }

    /// As [`ConfidentialClient::pkce_codes`].
    ///
    /// # Errors
    /// The same.
    pub fn pkce_codes(&self) -> Result<PkceCodes, Error> {
        self.0.pkce_codes()
    }

    /// As [`ConfidentialClient::guid`].
    ///
    /// # Errors
    /// The same.
    pub fn guid(&self) -> Result<Text, Error> {
        self.0.guid()
    }
}
