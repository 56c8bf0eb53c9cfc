//! The requests, with MSAL's fields in Rust's spelling.

use super::result::AccountInfo;
use crate::error::{Error, code};
use crate::protocol::claims::invalid_claims;
use crate::protocol::json::Value;
use crate::protocol::token_request::has_own_field;
use crate::secret::Secret;
use crate::text::Text;
use core::time::Duration;

/// What every request may say.
#[derive(Clone, Default)]
pub struct RequestOptions {
    /// The scopes; Graph's `/.default` without any.
    pub scopes: Vec<Text>,
    /// Another authority than the client's.
    pub authority: Option<Text>,
    /// Another tenant than the authority's.
    pub tenant_id: Option<Text>,
    /// A claims challenge (JSON), as it came. A cached token will not do then.
    pub claims: Option<Text>,
    /// Claims of the program's own (JSON); tokens are cached for each of them.
    pub claims_from_client: Option<Text>,
    /// Whether tokens may be revoked at once (continuous access evaluation), beside the client's capabilities.
    pub enable_cae: bool,
    /// Whether a cached token will not do.
    pub force_refresh: bool,
    /// The GUID to find the request by in Entra's sign-in logs; by default a new one.
    pub correlation_id: Option<Text>,
    /// How long the call may take; by default the client's.
    pub timeout: Option<Duration>,
    /// Further query parameters.
    pub extra_query_parameters: Vec<(Text, Text)>,
    /// Further body parameters.
    pub extra_parameters: Vec<(Text, Text)>,
}

impl core::fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Without the parameters of the program's own: they may hold anything.
        f.debug_struct("RequestOptions")
            .field("scopes", &self.scopes)
            .field("authority", &self.authority)
            .field("tenant_id", &self.tenant_id)
            .field("correlation_id", &self.correlation_id)
            .finish_non_exhaustive()
    }
}

impl RequestOptions {
    /// Nothing but scopes.
    #[must_use]
    pub fn scopes<S: Into<Text>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self {
            scopes: scopes.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// A parameter that would stand beside one of ours is refused.
    pub(super) fn check_parameters(&self) -> Result<(), Error> {
        let given = [&self.extra_query_parameters, &self.extra_parameters];
        if given
            .into_iter()
            .any(|parameters| has_own_field(parameters))
        {
            let message = "extra_parameters (or extra_query_parameters) names a parameter that has a field of its own";
            return Err(
                Error::configuration(code::INVALID_OPTION, message).with_hint("Use that field.")
            );
        }
        Ok(())
    }
}

/// Claims as an object; absent, empty and `{}` are the same.
pub(super) fn claims_of(given: Option<&str>) -> Result<Option<Value>, Error> {
    let Some(text) = given.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match super::json::parse(text) {
        Some(Value::Object(members)) if members.is_empty() => Ok(None),
        Some(claims @ Value::Object(_)) => Ok(Some(claims)),
        Some(_) | None => Err(invalid_claims()),
    }
}

/// An application's own token.
#[derive(Clone, Debug, Default)]
pub struct ClientCredentialRequest {
    /// What every request may say.
    pub options: RequestOptions,
    /// Azure's region, such as `westus2`, for a token endpoint nearer by.
    pub azure_region: Option<Text>,
    /// The path of a federated managed identity, for its own token.
    pub fmi_path: Option<Text>,
}

impl ClientCredentialRequest {
    /// For scopes, such as `https://graph.microsoft.com/.default`.
    #[must_use]
    pub fn new<S: Into<Text>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self {
            options: RequestOptions::scopes(scopes),
            ..Self::default()
        }
    }
}

/// A token on behalf of the user who called with a token.
#[derive(Clone, Debug)]
pub struct OnBehalfOfRequest {
    /// What every request may say.
    pub options: RequestOptions,
    /// The access token that the API was called with, without the word `Bearer`.
    pub obo_assertion: Secret,
}

impl OnBehalfOfRequest {
    /// For the token that came, and the scopes that are wanted.
    #[must_use]
    pub fn new<S: Into<Text>>(
        obo_assertion: impl Into<Text>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            options: RequestOptions::scopes(scopes),
            obo_assertion: Secret::new(obo_assertion.into()),
        }
    }
}

/// Where a person is sent to sign in.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationUrlRequest {
    /// What every request may say.
    pub options: RequestOptions,
    /// A redirect URI that is registered for the application.
    pub redirect_uri: Text,
    /// `query` (the default), `fragment` or `form_post`.
    pub response_mode: Option<Text>,
    /// Comes back with the answer; hold it against what comes.
    pub state: Option<Text>,
    /// Comes back in the id_token.
    pub nonce: Option<Text>,
    /// The challenge of [`PkceCodes`](super::PkceCodes), by `S256`.
    pub code_challenge: Option<Text>,
    /// Such as `select_account`.
    pub prompt: Option<Text>,
    /// A user name to begin with.
    pub login_hint: Option<Text>,
    /// A session, for a silent request.
    pub sid: Option<Text>,
    /// The domain of a federated account.
    pub domain_hint: Option<Text>,
    /// The account that is to sign in.
    pub account: Option<AccountInfo>,
    /// Scopes of other resources to consent to at once.
    pub extra_scopes_to_consent: Vec<Text>,
}

/// What an authorization response says beside the code.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationResponse {
    /// The `state` that came.
    pub state: Option<Text>,
    /// The `iss` that came (RFC 9207).
    pub issuer: Option<Text>,
}

/// Redeems a code.
#[derive(Clone, Debug)]
pub struct AuthorizationCodeRequest {
    /// What every request may say.
    pub options: RequestOptions,
    /// The code that came.
    pub code: Secret,
    /// The redirect URI of the authorization request, letter by letter.
    pub redirect_uri: Text,
    /// The verifier of the challenge that was sent.
    pub code_verifier: Option<Secret>,
    /// The nonce that was sent.
    pub nonce: Option<Text>,
    /// The state that was sent, to be held against [`AuthorizationResponse::state`].
    pub state: Option<Text>,
    /// What came beside the code; state and issuer are checked when it is given.
    pub response: Option<AuthorizationResponse>,
    /// Whether a code for the page is wanted as well.
    pub enable_spa_authorization_code: bool,
}

impl AuthorizationCodeRequest {
    /// For a code, and the redirect URI at which it came.
    #[must_use]
    pub fn new<S: Into<Text>>(
        code: impl Into<Text>,
        redirect_uri: impl Into<Text>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            options: RequestOptions::scopes(scopes),
            code: Secret::new(code.into()),
            redirect_uri: redirect_uri.into(),
            code_verifier: None,
            nonce: None,
            state: None,
            response: None,
            enable_spa_authorization_code: false,
        }
    }
}

/// A person signs in on another device (RFC 8628).
#[derive(Clone, Debug, Default)]
pub struct DeviceCodeRequest {
    /// What every request may say; its timeout is that of each exchange.
    pub options: RequestOptions,
    /// How long the person may take, if not as long as the code is good.
    pub time_limit: Option<Duration>,
}

impl DeviceCodeRequest {
    /// For scopes, such as `User.Read`.
    #[must_use]
    pub fn new<S: Into<Text>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self {
            options: RequestOptions::scopes(scopes),
            time_limit: None,
        }
    }
}

/// Tokens by a refresh token that another library got.
#[derive(Clone, Debug)]
pub struct RefreshTokenRequest {
    /// What every request may say.
    pub options: RequestOptions,
    /// The refresh token.
    pub refresh_token: Secret,
    /// The redirect URI that it belongs to, where it does.
    pub redirect_uri: Option<Text>,
    /// Whether what comes is cached even if its account is not in the cache.
    pub force_cache: bool,
}

impl RefreshTokenRequest {
    /// For a refresh token.
    #[must_use]
    pub fn new<S: Into<Text>>(
        refresh_token: impl Into<Text>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            options: RequestOptions::scopes(scopes),
            refresh_token: Secret::new(refresh_token.into()),
            redirect_uri: None,
            force_cache: false,
        }
    }
}

/// A user's token without the user.
#[derive(Clone, Debug)]
pub struct SilentRequest {
    /// What every request may say.
    pub options: RequestOptions,
    /// Whose token.
    pub account: AccountInfo,
    /// The redirect URI that the refresh token belongs to, where it does.
    pub redirect_uri: Option<Text>,
    /// So long before its end a refresh token is not tried.
    pub refresh_token_expiration_offset: Duration,
}

impl SilentRequest {
    /// For the account of a result, or one of [`accounts`](super::ConfidentialClient::accounts).
    #[must_use]
    pub fn new<S: Into<Text>>(account: AccountInfo, scopes: impl IntoIterator<Item = S>) -> Self {
        Self {
            options: RequestOptions::scopes(scopes),
            account,
            redirect_uri: None,
            refresh_token_expiration_offset: Duration::from_secs(300),
        }
    }
}
