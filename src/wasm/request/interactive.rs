//! The requests that open a window of the browser's, or a frame, and the address for signing out.

use super::authorize::authorization;
use super::common::Common;
use super::{Host, Prepared};
use crate::error::{Error, ErrorClass, code};
use crate::flow::acquired::{Filing, Keep};
use crate::flow::authorization_code::RedeemFlow;
use crate::flow::authorize::AuthorizeFlow;
use crate::flow::exchange::NonceCheck;
use crate::flow::step::{Flow, Window};
use crate::protocol::authority::Kind;
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::entropy::{ENTROPY_BYTES, Entropy};
use crate::protocol::logout::LogoutRequest;
use crate::protocol::refresh_token::RefreshToken;
use crate::protocol::token_request::Grant;
use crate::protocol::{base64, library_state};
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Now;
use crate::wasm::field::Fields;
use crate::wasm::shared::Shared;
use wasm_bindgen::JsValue;

/// Bytes of a verifier: RFC 7636, section 4.1 asks for 32.
const VERIFIER_BYTES: usize = 32;

/// Random bytes beside the usual ones: for the state's id, the nonce and the verifier.
const FURTHER_BYTES: usize = 16 + 16 + VERIFIER_BYTES;

/// How long a person may take, in milliseconds: ten minutes, since a second factor may have to be fetched.
const POPUP_LIMIT_MS: u32 = 10 * 60 * 1_000;

/// How long a frame may take, which has nobody to wait for: MSAL's.
const FRAME_LIMIT_MS: u32 = 10_000;

/// `acquireTokenPopup`, `acquireTokenRedirect`, `ssoSilent` and MSAL Node's `acquireTokenInteractive`.
pub(super) fn window(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    kind: &str,
    host: &Host<'_>,
    now: Now,
) -> Result<Prepared, Error> {
    #[cfg(feature = "device-code")]
    if kind == "browser" {
        check_listener(fields)?;
    }
    let window = match kind {
        "popup" => Window::Popup,
        "redirect" => Window::Redirect,
        #[cfg(feature = "device-code")]
        "browser" => Window::Browser,
        _ => Window::Frame,
    };
    let flight = text::concat(&[kind, "\n", &common.flight()]);
    let flow = flow(shared, fields, common, window, host)?;
    // A person is asked anew each time; a session answers all who ask it the same.
    let told_apart = match window {
        Window::Frame => flow.request.question(),
        Window::Popup | Window::Redirect | Window::Browser => flow.channel.clone(),
    };
    let flow = Flow::new(now, |io| flow.run(io));
    Ok(Prepared::signing_in(
        shared,
        &text::concat(&[&flight, &told_apart]),
        flow,
    ))
}

/// What is asked in the system's browser is answered to a listener of the call's own.
#[cfg(feature = "device-code")]
fn check_listener(fields: &Fields<'_>) -> Result<(), Error> {
    fields.refuse(&[(
        "redirectUri",
        "The call listens at a port of its own: register http://localhost, for Mobile and desktop applications.",
    )]);
    fields.number("preferredPort", u32::from(u16::MAX));
    let mode = fields.text("responseMode");
    if mode.is_some_and(|mode| mode != "form_post") {
        let note = "The answer comes by form_post where the provider can do it.";
        fields.refuse(&[("responseMode", note)]);
    }
    if fields.get("openBrowser").is_function() {
        return Ok(());
    }
    let message = "request.openBrowser is missing";
    Err(Error::new(
        ErrorClass::ClientAuth,
        code::REQUEST_CANNOT_BE_MADE,
        message,
    )
    .with_hint("Give a function that opens an address in the system's browser."))
}

/// The question to a person or a session, and what makes tokens of the answer.
pub(super) fn flow(
    shared: &Shared,
    fields: &Fields<'_>,
    #[cfg_attr(not(feature = "device-code"), allow(unused_mut))] mut common: Common,
    window: Window,
    host: &Host<'_>,
) -> Result<AuthorizeFlow, Error> {
    let further = host.entropy.get(ENTROPY_BYTES..).unwrap_or_default();
    if further.len() < FURTHER_BYTES {
        return Err(Error::new(
            ErrorClass::ClientAuth,
            code::REQUEST_CANNOT_BE_MADE,
            "there is no window to ask in",
        ));
    }
    let (id, rest) = further.split_at(16);
    let (nonce, verifier) = rest.split_at(16);
    let id = Entropy::new(id).guid();
    let nonce = fields
        .text("nonce")
        .unwrap_or_else(|| Entropy::new(nonce).guid());
    let verifier = Secret::new(base64::encode_url(&verifier[..VERIFIER_BYTES]));
    let given_state = fields.text("state").unwrap_or_default();
    let mut prompt = fields.text("prompt");
    if window == Window::Frame && prompt.as_deref() != Some("no_session") {
        prompt = Some("none".to_text());
    }
    let scopes = common.user_scopes(shared)?;
    #[cfg(feature = "device-code")]
    if window == Window::Browser {
        common.asked.page = fields.text("listenerUri");
    }
    let request = authorization(shared, fields, &common, prompt)?;
    let request = AuthorizationRequest {
        response_mode: match window {
            // So the code stands in no browser's history; not every provider can do it.
            Window::Browser if common.asked.authority.kind() != Kind::Oidc => "form_post".to_text(),
            Window::Browser => "query".to_text(),
            _ => shared.configuration.response_mode.clone(),
        },
        state: Some(library_state::encode(
            &id,
            window.interaction(),
            &given_state,
        )),
        nonce: Some(nonce.clone()),
        extra_query_parameters: with_origin_check(
            fields,
            &common,
            request.extra_query_parameters.clone(),
        ),
        ..request
    };
    let limit_ms = match window {
        Window::Frame => shared
            .configuration
            .frame_limit_ms
            .unwrap_or(FRAME_LIMIT_MS),
        Window::Popup | Window::Redirect | Window::Browser => shared
            .configuration
            .popup_limit_ms
            .unwrap_or(POPUP_LIMIT_MS),
    };
    let timeout_ms = if common.own_timeout {
        common.asked.timeout_ms
    } else {
        i64::from(limit_ms)
    };
    let filing: Filing = common.asked.filing(&scopes).of_person();
    // The grant is filled in when the code has come.
    let grant = Grant::RefreshToken(RefreshToken {
        refresh_token: Secret::new(Text::new()),
        redirect_uri: None,
    });
    let mut exchange = common.exchange(shared, &scopes, grant)?;
    #[cfg(feature = "device-code")]
    if window == Window::Browser {
        // No page that would tell the time.
        exchange.page = None;
    }
    exchange.nonce = NonceCheck::Exactly(Some(nonce));
    exchange
        .request
        .anchor_mailbox
        .clone_from(&request.hint.anchor_mailbox);
    Ok(AuthorizeFlow {
        window,
        request,
        verifier,
        channel: id,
        timeout_ms,
        redeem: RedeemFlow {
            exchange,
            filing,
            keep: Keep::Always,
            store: shared.configuration.store(),
        },
    })
}

/// A question that is only an address: nobody waits for tokens.
pub(in crate::wasm) struct Logout {
    pub(in crate::wasm) url: Text,
    pub(in crate::wasm) channel: Text,
    pub(in crate::wasm) state: Text,
}

/// The address for signing out; `None` where the provider has to be asked for its endpoints first.
pub(in crate::wasm) fn logout(
    shared: &Shared,
    request: &JsValue,
    interaction: &str,
    host: &Host<'_>,
) -> Result<Option<Logout>, Error> {
    let fields = Fields::new(request, "request");
    let entropy = Entropy::new(host.entropy);
    let correlation_id = fields.text("correlationId");
    let correlation_id = correlation_id.unwrap_or_else(|| entropy.guid());
    let channel = host.entropy.get(ENTROPY_BYTES..).unwrap_or_default();
    let channel = Entropy::new(channel).guid();
    let read = || {
        let common = Common::read(shared, &fields, host, entropy, &correlation_id)?;
        let endpoint = match &common.asked.metadata {
            Some(metadata) => metadata.end_session_endpoint.clone(),
            None if common.asked.authority.kind() == Kind::Oidc => return Ok(None),
            None => Some(common.asked.authority.end_session_endpoint()),
        };
        let account = fields.inner("account", "account");
        let claims = account.inner("idTokenClaims", "idTokenClaims");
        let given = fields.text("state").unwrap_or_default();
        let state = library_state::encode(&channel, interaction, &given);
        let request = LogoutRequest {
            post_logout_redirect_uri: fields.text("postLogoutRedirectUri"),
            logout_hint: fields
                .text("logoutHint")
                .or_else(|| account.text("loginHint"))
                .or_else(|| claims.text("login_hint")),
            id_token_hint: fields.text("idTokenHint"),
            state: Some(state.clone()),
            correlation_id: correlation_id.clone(),
            extra_query_parameters: with_origin_check(
                &fields,
                &common,
                [common.asked.query.clone(), common.asked.body.clone()].concat(),
            ),
        };
        Ok(Some(Logout {
            // Of a provider that has no such place a person signs out here alone.
            url: endpoint
                .map(|endpoint| request.url(&endpoint))
                .unwrap_or_default(),
            channel: channel.clone(),
            state,
        }))
    };
    let read = read();
    let read = fields.check().and(read);
    read.map_err(|error: Error| error.with_correlation_id(&correlation_id))
}

/// `pocd` tells Entra that no page of another origin can reach into the window, so that its pages need not cut the
/// window off from the one that opened it (Cross-Origin-Opener-Policy).
fn with_origin_check(
    fields: &Fields<'_>,
    common: &Common,
    mut parameters: Vec<(Text, Text)>,
) -> Vec<(Text, Text)> {
    if fields.flag("originIsChecked") && common.asked.authority.kind() != Kind::Oidc {
        parameters.push(("pocd".to_text(), "1".to_text()));
    }
    parameters
}
