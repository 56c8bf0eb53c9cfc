//! The address of an authorization request.

use super::Context;
use super::common::Common;
use crate::error::{Error, code};
use crate::native::request::AuthorizationUrlRequest;
use crate::native::result::AccountInfo;
use crate::protocol::authority::Kind;
use crate::protocol::authorize::{AccountHint, AuthorizationRequest, KnownAccount};
use crate::text::{Text, ToText};

impl Context<'_> {
    /// The address of an authorization request; `None` where the provider has to be asked for its endpoints first.
    pub(in crate::native) fn auth_code_url(
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
        let endpoint = match &common.asked.metadata {
            Some(metadata) => metadata.authorization_endpoint.clone().ok_or_else(|| {
                let message = "the discovery document names no authorization_endpoint";
                Error::configuration(code::INVALID_AUTHORITY_METADATA, message)
            })?,
            None if common.asked.authority.kind() == Kind::Oidc => return Ok(None),
            None => common.asked.authority.authorization_endpoint(),
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
            claims: common.asked.request_claims(true)?,
            correlation_id: self.correlation_id.to_text(),
            extra_query_parameters: [common.asked.query, common.asked.body].concat(),
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
