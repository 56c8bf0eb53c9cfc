//! `hydrateCache`: what another library, or a server, got for this user.

use super::Prepared;
use super::common::Common;
use crate::error::{Error, code};
use crate::flow::acquired::Keep;
use crate::flow::authorization_code;
use crate::flow::exchange::Answer;
use crate::flow::step::Flow;
use crate::protocol::client_info::ClientInfo;
use crate::protocol::refresh_token::RefreshToken;
use crate::protocol::token_request::Grant;
use crate::protocol::token_response::TokenResponse;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Now;
use crate::wasm::field::Fields;
use crate::wasm::json;
use crate::wasm::shared::Shared;
use wasm_bindgen::JsValue;

/// Takes a result of MSAL's shape into the cache.
pub(super) fn hydrate(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    given: &JsValue,
    now: Now,
) -> Result<Prepared, Error> {
    let result = fields.beside(given, "result");
    let account = result.inner("account", "result.account");
    let home_account_id = account.text("homeAccountId").unwrap_or_default();
    let seconds = |name: &str| {
        let at_ms = result.get(name);
        // A Date gives its number of milliseconds.
        let at_ms = js_sys::Date::new(&at_ms).value_of();
        (at_ms > 0.0).then(|| (at_ms as i64 - now.wall.0) / 1_000)
    };
    let missing = |name: &str| {
        Error::configuration(
            code::INVALID_OPTION,
            text::concat(&["result.", name, " is missing"]),
        )
        .with_hint("Give a result of an acquireToken method, of this library's or of MSAL's.")
    };
    let access_token = result
        .text("accessToken")
        .ok_or_else(|| missing("accessToken"))?;
    let expires_in = seconds("expiresOn").ok_or_else(|| missing("expiresOn"))?;
    let claims = Some(result.get("idTokenClaims")).filter(JsValue::is_object);
    let claims = claims.and_then(|claims| js_sys::JSON::stringify(&claims).ok());
    let claims = claims.and_then(|claims| json::parse_js(&claims));
    let scopes = common.user_scopes(shared)?;
    let mut filing = common.asked.filing(&scopes).of_person();
    filing.tenant = account.text("tenantId");
    filing.home_account_id = Some(home_account_id.clone());
    let response = TokenResponse {
        access_token: Secret::new(access_token),
        token_type: "Bearer".to_text(),
        expires_in,
        ext_expires_in: seconds("extExpiresOn").unwrap_or_default().max(expires_in),
        refresh_in: seconds("refreshOn"),
        scope: Some(text::join(&result.texts("scopes"), " ")).filter(|scope| !scope.is_empty()),
        resource: None,
        not_before: None,
        id_token: result.text("idToken").map(Secret::new),
        refresh_token: None,
        refresh_token_expires_in: None,
        client_info: text::split_once(&home_account_id, ".").map(|(uid, utid)| ClientInfo {
            raw: Text::new(),
            uid: uid.to_text(),
            utid: utid.to_text(),
            data_region: Text::new(),
        }),
        family_id: None,
        spa_code: None,
    };
    let grant = Grant::RefreshToken(RefreshToken {
        refresh_token: Secret::new(Text::new()),
        redirect_uri: None,
    });
    let exchange = common.exchange(shared, &scopes, grant)?;
    let store = shared.configuration.store();
    let flight = text::concat(&["hydrate\n", &exchange.request.correlation_id]);
    let flow = Flow::new(now, |io| async move {
        let answer = Answer {
            response,
            id_token_claims: claims,
            request_id: Text::new(),
        };
        let acquired = filing.file(&exchange, answer, &io, Keep::Always);
        if let Some(store) = &store {
            authorization_code::save(store, &io, &acquired, Keep::Always).await;
        }
        Ok(acquired)
    });
    Ok(Prepared::signing_in(shared, &flight, flow))
}
