//! What the requests for a person's sign-in have in common.

use super::common::Common;
use crate::error::{Error, code};
use crate::protocol::authorize::{AccountHint, AuthorizationRequest, KnownAccount};
use crate::text::Text;
use crate::wasm::field::Fields;
use crate::wasm::shared::Shared;

/// What every authorization request says; how it is protected, and how its answer comes, is the caller's.
pub(super) fn authorization(
    shared: &Shared,
    fields: &Fields<'_>,
    common: &Common,
    prompt: Option<Text>,
) -> Result<AuthorizationRequest, Error> {
    let redirect_uri = fields
        .text("redirectUri")
        .or_else(|| common.asked.page.clone());
    let redirect_uri = redirect_uri.ok_or_else(|| {
        Error::configuration(code::REDIRECT_URI_EMPTY, "request.redirectUri is missing")
            .with_hint("Give a redirect URI that is registered for the application.")
    })?;
    let domain_hint = fields.text("domainHint");
    let account = fields.inner("account", "account");
    let claims = account.inner("idTokenClaims", "idTokenClaims");
    let text = |of: &Fields<'_>, name: &str| of.text(name).unwrap_or_default();
    let mut login_hint = text(&account, "loginHint");
    if login_hint.is_empty() {
        login_hint = text(&claims, "login_hint");
    }
    let (sid, username, home_account_id) = (
        text(&claims, "sid"),
        text(&account, "username"),
        text(&account, "homeAccountId"),
    );
    let known = KnownAccount {
        login_hint: &login_hint,
        sid: &sid,
        username: &username,
        home_account_id: &home_account_id,
    };
    let hint = AccountHint::choose(
        prompt.as_deref().unwrap_or_default(),
        domain_hint.is_some(),
        &text(fields, "sid"),
        &text(fields, "loginHint"),
        account.is_object().then_some(known),
    );
    let scopes = common.user_scopes_and(shared, &fields.texts("extraScopesToConsent"))?;
    Ok(AuthorizationRequest {
        client_id: shared.configuration.client_id.clone(),
        scope: scopes.to_wire(),
        redirect_uri,
        response_mode: Text::new(),
        state: None,
        nonce: None,
        code_challenge: None,
        prompt,
        hint,
        domain_hint,
        claims: common.asked.request_claims(true)?,
        correlation_id: common.asked.correlation_id.clone(),
        extra_query_parameters: [common.asked.query.clone(), common.asked.body.clone()].concat(),
    })
}
