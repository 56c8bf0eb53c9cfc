//! The one encoder of requests to the token endpoint; each grant adds its own fields.

use super::authorization_code::AuthorizationCode;
use super::client_authentication::ClientAuthentication;
#[cfg(feature = "confidential")]
use super::client_credentials::ClientCredentials;
#[cfg(feature = "device-code")]
use super::device_code::DeviceCode;
use super::form::Form;
use super::http::HttpRequest;
#[cfg(feature = "confidential")]
use super::on_behalf_of::OnBehalfOf;
use super::refresh_token::RefreshToken;
use crate::text::Text;

/// What is handed in for a token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Grant {
    /// Nothing but the client's own credential.
    #[cfg(feature = "confidential")]
    ClientCredentials(ClientCredentials),
    /// A code from an authorization response.
    AuthorizationCode(AuthorizationCode),
    /// A refresh token.
    RefreshToken(RefreshToken),
    /// A token that an API was called with.
    #[cfg(feature = "confidential")]
    OnBehalfOf(OnBehalfOf),
    /// A code with which a person signs in on another device.
    #[cfg(feature = "device-code")]
    DeviceCode(DeviceCode),
}

impl Grant {
    /// Whether a person stands behind it, so that accounts, id_tokens and refresh tokens come with it.
    #[must_use]
    pub fn is_for_user(&self) -> bool {
        match self {
            #[cfg(feature = "confidential")]
            Self::ClientCredentials(_) => false,
            _ => true,
        }
    }

    /// Whether the request's number goes into its body too, as with MSAL.
    fn is_numbered_twice(&self) -> bool {
        match self {
            #[cfg(feature = "confidential")]
            Self::ClientCredentials(_) | Self::OnBehalfOf(_) => true,
            #[cfg(feature = "device-code")]
            Self::DeviceCode(_) => true,
            _ => false,
        }
    }

    /// The path of a federated managed identity, where one is asked for.
    #[must_use]
    pub fn fmi_path(&self) -> Option<&str> {
        match self {
            #[cfg(feature = "confidential")]
            Self::ClientCredentials(grant) => grant.fmi_path.as_deref(),
            _ => None,
        }
    }

    /// Whether it may be sent again after a fault: a code may not.
    #[must_use]
    pub fn may_be_sent_again(&self) -> bool {
        !matches!(self, Self::AuthorizationCode(_))
    }

    /// What must not show in an error, whatever the server sends back.
    #[must_use]
    pub fn secret_texts(&self) -> [&str; 2] {
        match self {
            #[cfg(feature = "confidential")]
            Self::ClientCredentials(_) => ["", ""],
            Self::AuthorizationCode(code) => [
                code.code.expose(),
                code.code_verifier
                    .as_ref()
                    .map_or("", |verifier| verifier.expose()),
            ],
            Self::RefreshToken(refresh) => [refresh.refresh_token.expose(), ""],
            #[cfg(feature = "confidential")]
            Self::OnBehalfOf(on_behalf_of) => [on_behalf_of.assertion.expose(), ""],
            #[cfg(feature = "device-code")]
            Self::DeviceCode(device) => [device.device_code.expose(), ""],
        }
    }

    fn apply(&self, form: Form) -> Form {
        match self {
            #[cfg(feature = "confidential")]
            Self::ClientCredentials(grant) => grant.apply(form),
            Self::AuthorizationCode(grant) => grant.apply(form),
            Self::RefreshToken(grant) => grant.apply(form),
            #[cfg(feature = "confidential")]
            Self::OnBehalfOf(grant) => grant.apply(form),
            #[cfg(feature = "device-code")]
            Self::DeviceCode(grant) => grant.apply(form),
        }
    }
}

/// The parameters that requests have a field of their own for.
const OWN_FIELDS: &[&str] = &[
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "client-request-id",
    "grant_type",
    "scope",
    "claims",
    "code",
    "code_verifier",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "response_type",
    "state",
    "nonce",
    "refresh_token",
    "assertion",
    "requested_token_use",
    "device_code",
];

/// Whether one of the program's further parameters has a field of its own. Such a one is to be refused: which of the two
/// counts is the server's whim, and a credential has no place in an address.
#[must_use]
pub fn has_own_field(parameters: &[(Text, Text)]) -> bool {
    let mut names = parameters.iter().map(|(name, _)| name.trim_ascii());
    // Not every server minds case.
    names.any(|name| {
        let is_it = |own: &&str| own.eq_ignore_ascii_case(name);
        OWN_FIELDS.iter().any(is_it)
    })
}

/// What a request to the token endpoint is made of.
#[derive(Clone)]
pub struct TokenRequest {
    /// The application.
    pub client_id: Text,
    /// The scopes, divided by blanks.
    pub scope: Text,
    /// What is handed in.
    pub grant: Grant,
    /// The `claims` parameter, if any.
    pub claims: Option<Text>,
    /// The GUID to find the request by in Entra's sign-in logs.
    pub correlation_id: Text,
    /// Further query parameters, as given.
    pub extra_query_parameters: Vec<(Text, Text)>,
    /// Further body parameters, as given.
    pub extra_body_parameters: Vec<(Text, Text)>,
    /// Which account it is about, for the service's routing (`X-AnchorMailbox`), such as `Oid:{uid}@{utid}`.
    pub anchor_mailbox: Option<Text>,
    /// Whether the request leaves from a page, which sends no header of its own: it would cost a preflight.
    pub from_page: bool,
}

impl core::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Without the parameters of the program's own: they may hold anything.
        f.write_str("TokenRequest(")?;
        f.write_str(&self.client_id)?;
        f.write_str(")")
    }
}

impl TokenRequest {
    /// The request to the token endpoint. Its number goes into the address, too, where that is one of Microsoft's: servers of
    /// other makers may take no query there.
    #[must_use]
    pub fn build(
        &self,
        authentication: &ClientAuthentication,
        token_endpoint: &str,
        is_microsofts: bool,
    ) -> HttpRequest {
        let mut form = Form::new()
            .with("client_id", &self.client_id)
            .with_some("scope", Some(&self.scope));
        form = self.grant.apply(form);
        if self.grant.is_for_user() {
            form = form.with("client_info", "1");
        }
        form = form
            .with("x-client-SKU", super::CLIENT_SKU)
            .with("x-client-VER", env!("CARGO_PKG_VERSION"))
            .with("x-ms-lib-capability", "retry-after, h429");
        if self.grant.is_numbered_twice() || !is_microsofts {
            form = form.with_some("client-request-id", Some(&self.correlation_id));
        }
        if self.from_page {
            form = form.with_some("X-AnchorMailbox", self.anchor_mailbox.as_deref());
        }
        form = authentication
            .apply(form)
            .with_some("claims", self.claims.as_deref());
        for (name, value) in &self.extra_body_parameters {
            form = form.with(name, value);
        }
        let mut query = Form::new();
        for (name, value) in &self.extra_query_parameters {
            query = query.with(name, value);
        }
        if is_microsofts {
            query = query.with_some("client-request-id", Some(&self.correlation_id));
        }
        let mut request =
            HttpRequest::post(super::with_query(token_endpoint, query.expose()), form);
        if !self.from_page {
            // What would end the header is part of nobody's name.
            let is_plain = |name: &&Text| name.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
            request.anchor_mailbox = self.anchor_mailbox.as_ref().filter(is_plain).cloned();
        }
        request
    }
}
