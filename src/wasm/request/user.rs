//! The requests for a user's tokens: by a code, by a refresh token, and silently.

use super::common::Common;
use super::{Host, Prepared, interactive};
use crate::cache::access_token::RefreshToken as CachedRefreshToken;
use crate::cache::partition::Wanted;
use crate::error::{Error, ErrorClass, code};
use crate::flow::acquired::{Acquired, Keep};
use crate::flow::authorization_code::RedeemFlow;
use crate::flow::exchange::NonceCheck;
use crate::flow::silent::{SilentFlow, Sources, partition_of, realm_of};
use crate::flow::step::{Flow, Window};
use crate::protocol::authority::Kind;
use crate::protocol::authorization_code::AuthorizationCode;
use crate::protocol::authorize::{anchor_of, check_response};
use crate::protocol::client_info::ClientInfo;
use crate::protocol::refresh_token::RefreshToken;
use crate::protocol::token_request::Grant;
use crate::protocol::{entra_error, id_token};
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Now;
use crate::wasm::configuration::Place;
use crate::wasm::field::Fields;
use crate::wasm::json;
use crate::wasm::shared::Shared;
use wasm_bindgen::JsValue;

/// A refresh token is not tried so many seconds before its end.
const REFRESH_TOKEN_OFFSET_SECONDS: u32 = 300;

/// The last of MSAL's `CacheLookupPolicy`.
const SKIP_POLICY: u32 = 5;

/// `acquireTokenByCode`.
pub(super) fn code(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    payload: &JsValue,
    now: Now,
) -> Result<Prepared, Error> {
    fields.refuse(&[("nativeAccountId", "There is no broker where fetch runs.")]);
    let common = match fields.text("cloudInstanceHostName") {
        Some(host) => common.at(shared, &host)?,
        None => common,
    };
    let given = payload;
    let payload = fields.beside(given, "authCodePayLoad");
    let sent_state = fields.text("state");
    if payload.is_object() {
        let authority = &common.asked.authority;
        let metadata = common.asked.metadata.as_ref();
        let issuer = metadata.and_then(|metadata| metadata.issuer.as_deref());
        // What was known when the page was left need not be any more.
        let names_issuer =
            fields.flag("namesIssuer") || metadata.is_some_and(|metadata| metadata.names_issuer);
        // To a page it came whole; a server's program may have picked what it needs.
        let is_whole = shared.configuration.place.is_of_page();
        check_response(
            sent_state.as_deref(),
            payload.text("state").as_deref(),
            payload.text("iss").as_deref(),
            is_whole && names_issuer,
            |named| id_token::is_issuer_of(named, authority, issuer),
        )?;
        // What comes back from a redirect may be a refusal.
        let body = js_sys::JSON::stringify(given).ok();
        let body = body.and_then(|text| json::parse_js(&text));
        if let Some(error) = body.as_ref().and_then(entra_error::of_body) {
            return Err(error.fit_to_show(&[]));
        }
    }
    let missing = |name: &str| {
        Error::new(
            ErrorClass::ClientAuth,
            code::REQUEST_CANNOT_BE_MADE,
            text::concat(&["request.", name, " is missing"]),
        )
        .with_hint("Give the code that came to the redirect URI.")
    };
    let code = match fields.text("code") {
        Some(code) => code,
        None => payload.text("code").ok_or_else(|| missing("code"))?,
    };
    // A code that a page's server got for it belongs to no redirect URI (`enableSpaAuthorizationCode`).
    let is_from_server = shared.configuration.place.is_of_page() && sent_state.is_none();
    let redirect_uri = match fields.text("redirectUri") {
        Some(_) | None if is_from_server => Text::new(),
        Some(uri) => uri,
        None => {
            return Err(missing("redirectUri")
                .with_hint("Give the redirect URI of getAuthCodeUrl, letter by letter."));
        }
    };
    let verifier = fields.text("codeVerifier");
    // MSAL Node's public client is told it beside the code; elsewhere whoever made the answer must not bring one.
    let is_program = shared.configuration.place == Place::Program;
    let nonce = fields
        .text("nonce")
        .or_else(|| payload.text("nonce").filter(|_| is_program));
    let anchor = match fields.text("clientInfo") {
        Some(raw) => {
            ClientInfo::parse(&raw, json::parse).and_then(|info| anchor_of(&info.home_account_id()))
        }
        None => ccs_credential(shared, fields),
    };
    let scopes = common.user_scopes(shared)?;
    let filing = common.asked.filing(&scopes);
    // Whoever has the code but not what goes with it must not share in what the owner gets.
    let flight = text::concat(&[
        "code\n",
        &common.flight(),
        &code,
        "\n",
        &redirect_uri,
        "\n",
        verifier.as_deref().unwrap_or_default(),
        "\n",
        nonce.as_deref().unwrap_or_default(),
        "\n",
        &common.key_of(shared, &filing),
    ]);
    let grant = Grant::AuthorizationCode(AuthorizationCode {
        code: Secret::new(code),
        redirect_uri,
        code_verifier: verifier.map(Secret::new),
        return_spa_code: fields.flag("enableSpaAuthorizationCode"),
    });
    let mut exchange = common.exchange(shared, &scopes, grant)?;
    if !is_from_server {
        exchange.nonce = NonceCheck::Exactly(nonce);
    }
    exchange.request.anchor_mailbox = anchor;
    let flow = RedeemFlow {
        exchange,
        filing: filing.of_person(),
        keep: Keep::Always,
        store: shared.configuration.store(),
    };
    let flow = Flow::new(now, |io| flow.run(io));
    Ok(Prepared::signing_in(shared, &flight, flow))
}

/// `acquireTokenByRefreshToken`.
#[cfg(feature = "confidential")]
pub(super) fn refresh_token(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    now: Now,
) -> Result<Prepared, Error> {
    let refresh_token = fields.text("refreshToken").ok_or_else(|| {
        Error::new(
            ErrorClass::ClientAuth,
            code::REQUEST_CANNOT_BE_MADE,
            "request.refreshToken is missing",
        )
    })?;
    let scopes = common.user_scopes(shared)?;
    let filing = common.asked.filing(&scopes);
    let redirect_uri = fields.text("redirectUri");
    let force_cache = fields.flag("forceCache");
    let flight = text::concat(&[
        if force_cache {
            "refresh, cached\n"
        } else {
            "refresh\n"
        },
        &common.flight(),
        &refresh_token,
        "\n",
        redirect_uri.as_deref().unwrap_or_default(),
        "\n",
        &common.key_of(shared, &filing),
    ]);
    let grant = Grant::RefreshToken(RefreshToken {
        refresh_token: Secret::new(refresh_token),
        redirect_uri,
    });
    let mut exchange = common.exchange(shared, &scopes, grant)?;
    exchange.request.anchor_mailbox = ccs_credential(shared, fields);
    let flow = RedeemFlow {
        exchange,
        filing: filing.of_person(),
        keep: if force_cache {
            Keep::Always
        } else {
            Keep::IfAccountIsKnown
        },
        store: shared.configuration.store(),
    };
    let flow = Flow::new(now, |io| flow.run(io));
    Ok(Prepared::asking(shared, &flight, flow))
}

/// `acquireTokenSilent`.
pub(super) fn silent(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    host: &Host<'_>,
    now: Now,
) -> Result<Prepared, Error> {
    let account = fields.inner("account", "account");
    let home_account_id = account.text("homeAccountId").ok_or_else(|| {
        Error::new(
            ErrorClass::ClientAuth,
            code::NO_ACCOUNT,
            "request.account is missing",
        )
        .with_hint("Give the account of a result, or one of getTokenCache().getAllAccounts().")
    })?;
    let authority = &common.asked.authority;
    let tenant = account.text("tenantId");
    let realm = realm_of(authority, tenant.as_deref());
    let scopes = common.user_scopes(shared)?;
    let named = common.scopes.clone().unwrap_or_default();
    let mut filing = common.asked.filing(&scopes).of_person();
    filing.tenant = tenant;
    filing.home_account_id = Some(home_account_id.clone());
    let (location, client_id) = (authority.location(), &shared.configuration.client_id);
    let variant = filing.key(&location, client_id).variant();
    let wanted = Wanted {
        client_id,
        realm: realm.as_deref(),
        location: &location,
        scopes: &scopes.bare(authority.environment()),
        variant: &variant,
    };
    let environment = account.text("environment").unwrap_or_default();
    let partition = partition_of(authority, &environment, &home_account_id);
    let cached = shared.look_up(&partition, wanted);
    let refresh_token: Option<CachedRefreshToken> = shared.refresh_token(&partition, &location);
    let policy = fields.number("cacheLookupPolicy", SKIP_POLICY);
    let policy = policy.unwrap_or_default();
    let sources = Sources::of_policy(policy);
    let skip_cache = common.asked.skip_cache || !sources.cache;
    let is_page = shared.configuration.place == Place::Page;
    let frame = if is_page && sources.session {
        let frame = interactive::flow(shared, fields, common.clone(), Window::Frame, host)?;
        Some(Box::new(frame))
    } else {
        None
    };
    let flight = text::concat(&[
        "silent\n",
        &policy.to_text(),
        "\n",
        &common.flight(),
        &partition,
        "\n",
        realm.as_deref().unwrap_or_default(),
        "\n",
        &scopes.canonical(),
        "\n",
        &location,
        &variant,
    ]);
    // Microsoft's stay valid when they are used.
    let turn = (authority.kind() == Kind::Oidc).then(|| partition.clone());
    // The grant is filled in when it comes to that.
    let grant = Grant::RefreshToken(RefreshToken {
        refresh_token: Secret::new(Text::new()),
        redirect_uri: None,
    });
    let mut exchange = common.exchange(shared, &scopes, grant)?;
    exchange.request.anchor_mailbox = anchor_of(&home_account_id);
    let offset = fields.number("refreshTokenExpirationOffsetSeconds", u32::MAX);
    let flow = SilentFlow {
        exchange,
        filing,
        named,
        partition,
        realm,
        cached: cached.clone(),
        refresh_token,
        redirect_uri: fields.text("redirectUri"),
        skip_cache,
        is_ahead: fields.flag("renewAhead"),
        sources,
        frame,
        renewal_offset_seconds: shared.renewal_offset_seconds(),
        refresh_token_offset_seconds: i64::from(offset.unwrap_or(REFRESH_TOKEN_OFFSET_SECONDS)),
        store: shared.configuration.store(),
    };
    let key = cached.as_ref().map(|(key, _)| key.clone());
    let served = cached
        .filter(|(_, life)| !skip_cache && shared.is_served(*life, now))
        .map(|(key, _)| key);
    Ok(Prepared {
        served,
        key,
        turn,
        is_sign_in: false,
        flight_key: shared.flight_key(&flight),
        flow: Flow::new(now, |io| flow.run(io)),
    })
}

/// What `getAuthCodeUrl` has to know of a provider whose endpoints do not follow from its address.
pub(super) fn discover(shared: &Shared, common: Common, now: Now) -> Result<Prepared, Error> {
    let scopes = common.user_scopes(shared)?;
    let flight = text::concat(&["discover\n", &common.asked.authority.location()]);
    let grant = Grant::RefreshToken(RefreshToken {
        refresh_token: Secret::new(Text::new()),
        redirect_uri: None,
    });
    let exchange = common.exchange(shared, &scopes, grant)?;
    let flow = Flow::new(now, |io| async move {
        exchange.learn(&io).await?;
        Ok(Acquired::cached(Text::new(), false))
    });
    Ok(Prepared::asking(shared, &flight, flow))
}

/// Which account a request is about, as the program says.
fn ccs_credential(shared: &Shared, fields: &Fields<'_>) -> Option<Text> {
    let given = fields.inner("ccsCredential", "ccsCredential");
    let credential = given.text("credential")?;
    match given.text("type").as_deref() {
        // As MSAL Node has it, and as MSAL Browser.
        Some("UPN") if !shared.configuration.place.is_of_page() => {
            Some(text::concat(&["UPN: ", &credential]))
        }
        Some("UPN") => Some(text::concat(&["UPN:", &credential])),
        _ => anchor_of(&credential),
    }
}
