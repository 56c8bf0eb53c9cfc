//! A person or a session asked in a window of the browser's: what it is shown, and what comes of each answer.

use crate::host::Host;
use crate::person::{
    AUTHORITY, CODE, HOME, REFRESH_TOKEN, TENANT, VERIFIER, claims, id_token, keys, known_keys,
    redeem_flow, silent, tokens, user_scopes,
};
use crate::scenario::{CLIENT, START, Scenario, answer};
use graph_token::flow::authorize::AuthorizeFlow;
use graph_token::flow::exchange::NonceCheck;
use graph_token::flow::silent::Sources;
use graph_token::flow::step::{Effect, Event, Window};
use graph_token::protocol::authorize::AuthorizationRequest;
use graph_token::protocol::http::HttpResponse;
use graph_token::protocol::json::Value;
use graph_token::{Error, Secret};
use serde_json::json;

const STATE: &str = "library|program";
const NONCE: &str = "the nonce";

fn asking(window: Window) -> AuthorizeFlow {
    let mut redeem = redeem_flow();
    redeem.exchange.nonce = NonceCheck::Exactly(Some(NONCE.into()));
    redeem.exchange.request.from_page = true;
    AuthorizeFlow {
        window,
        request: AuthorizationRequest {
            client_id: CLIENT.into(),
            scope: user_scopes(&["User.Read"]).to_wire(),
            redirect_uri: "https://app.example/back".into(),
            response_mode: "fragment".into(),
            state: Some(STATE.into()),
            nonce: Some(NONCE.into()),
            correlation_id: "correlation".into(),
            ..AuthorizationRequest::default()
        },
        verifier: Secret::new(VERIFIER),
        channel: "channel".into(),
        timeout_ms: 5_000,
        redeem,
    }
}

fn begin(change: impl FnOnce(&mut AuthorizeFlow)) -> Scenario {
    let mut flow = asking(Window::Popup);
    change(&mut flow);
    Scenario::on(Host::default(), START, |io| flow.run(io))
}

fn told(members: &[(&str, &str)]) -> Event {
    let members = members.iter();
    let members = members.map(|(name, value)| ((*name).into(), Value::String((*value).into())));
    Event::Answered(Value::Object(members.collect()))
}

/// What the provider gives for the code of this sign-in.
fn answered() -> HttpResponse {
    tokens(|body| {
        let mut claims = claims();
        claims["nonce"] = NONCE.into();
        body["id_token"] = id_token(&claims).as_str().into();
    })
}

/// A silent call whose refresh token is refused, with a frame to go on in.
fn framed(sources: Sources) -> Scenario {
    silent(|flow| {
        flow.filing.home_account_id = Some(HOME.into());
        flow.sources = sources;
        flow.frame = Some(Box::new(asking(Window::Frame)));
    })
}

fn refused(body: serde_json::Value) -> HttpResponse {
    answer(400, &body.to_string())
}

fn over() -> HttpResponse {
    refused(
        json!({"error": "invalid_grant", "error_description": "AADSTS700084: the refresh token of a page is over", "error_codes": [700_084]}),
    )
}

fn is_authorize(effect: &Effect) -> bool {
    matches!(effect, Effect::Authorize { .. })
}

#[test]
fn the_window_gets_address_channel_and_verifier() {
    let scenario = begin(|_| {});
    let Some(Effect::Authorize {
        window,
        url,
        redirect_uri,
        channel,
        state,
        nonce,
        verifier,
        names_issuer: _,
        timeout_ms,
    }) = scenario.wanted().next()
    else {
        panic!("a window should be wanted");
    };
    assert_eq!((*window, *timeout_ms), (Window::Popup, 5_000));
    assert_eq!(
        (
            redirect_uri.as_str(),
            channel.as_str(),
            state.as_str(),
            nonce.as_str(),
            verifier.expose()
        ),
        (
            "https://app.example/back",
            "channel",
            STATE,
            NONCE,
            VERIFIER
        )
    );
    assert!(
        url.starts_with(&format!(
            "{AUTHORITY}/oauth2/v2.0/authorize?client_id={CLIENT}&"
        )),
        "{url}"
    );
    // RFC 7636, appendix B.
    for parameter in [
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method=S256",
        "response_mode=fragment",
        "nonce=the+nonce",
        "state=library%7Cprogram",
    ] {
        assert!(url.contains(parameter), "{parameter} in {url}");
    }
    assert!(!url.contains(VERIFIER));
}

#[test]
fn a_code_becomes_tokens_with_the_verifier() {
    let client_info = graph_token::protocol::base64::encode_url(
        format!(r#"{{"uid":"u","utid":"{TENANT}"}}"#).as_bytes(),
    );
    let scenario = begin(|_| {}).event(told(&[
        ("code", CODE),
        ("state", STATE),
        ("client_info", &client_info),
    ]));
    for (name, expected) in [
        ("grant_type", "authorization_code"),
        ("code", CODE),
        ("code_verifier", VERIFIER),
        ("redirect_uri", "https://app.example/back"),
    ] {
        assert_eq!(scenario.sent(name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(
        scenario.sent("X-AnchorMailbox"),
        Some(format!("Oid:u@{TENANT}"))
    );
    let acquired = scenario.answer(answered()).acquired();
    assert_eq!(acquired.entities.accounts[0].home_account_id, HOME);
}

#[test]
fn an_answer_that_does_not_hold_redeems_nothing() {
    let errors = [
        (told(&[("code", CODE)]), "state_mismatch"),
        (
            told(&[("code", CODE), ("state", "another")]),
            "state_mismatch",
        ),
        (
            told(&[
                ("code", CODE),
                ("state", STATE),
                ("iss", "https://login.evil.example/"),
            ]),
            "invalid_issuer",
        ),
        (told(&[("state", STATE)]), "invalid_token_response"),
        (
            told(&[
                ("error", "access_denied"),
                ("error_description", "AADSTS65004: declined"),
                ("state", STATE),
            ]),
            "access_denied",
        ),
        (
            told(&[("error", "login_required"), ("state", STATE)]),
            "login_required",
        ),
        (Event::Failed, "window_failed"),
    ];
    for (event, code) in errors {
        let error: Error = begin(|_| {}).event(event).error();
        assert_eq!(
            (error.code.as_str(), error.correlation_id.as_str()),
            (code, "correlation")
        );
    }
}

#[test]
fn an_id_token_of_another_sign_in_is_refused() {
    let scenario = begin(|_| {}).event(told(&[("code", CODE), ("state", STATE)]));
    assert_eq!(
        scenario.answer(tokens(|_| {})).error().code,
        "nonce_mismatch"
    );
}

#[test]
fn a_clock_that_is_off_is_told_by_the_pages_own_server() {
    let day = 24 * 60 * 60;
    let answer_of_day = |shift: i64| {
        tokens(|body| {
            let mut claims = claims();
            for name in ["exp", "nbf", "iat"] {
                claims[name] = (claims[name].as_i64().unwrap() + shift).into();
            }
            claims["nonce"] = NONCE.into();
            body["id_token"] = id_token(&claims).as_str().into();
        })
    };
    let page = "https://app.example/back";
    for shift in [day, -day] {
        let asked = || {
            let scenario = begin(|flow| flow.redeem.exchange.page = Some(page.into()));
            scenario
                .event(told(&[("code", CODE), ("state", STATE)]))
                .answer(answer_of_day(shift))
        };
        assert_eq!(asked().addresses(), [page]);
        let mut shown = answer(200, "{}");
        shown.date = Some(START.plus_seconds(shift));
        assert!(asked().answer(shown).outcome().is_ok());
        // The page's server agrees with this clock, or does not say.
        for date in [Some(START), None] {
            let mut shown = answer(200, "{}");
            shown.date = date;
            assert_eq!(asked().answer(shown).error().code, "invalid_id_token");
        }
    }
}

#[test]
fn a_page_fetches_keys_anew_though_it_has_just_got_some() {
    let scenario = begin(|flow| flow.redeem.exchange.keys = None)
        .event(told(&[("code", CODE), ("state", STATE)]))
        .answer_at("/discovery/", keys(&["older"]))
        .answer_at("/token", answered());
    let Some(Effect::Send { request, .. }) = scenario.wanted().next() else {
        panic!("the keys should be wanted");
    };
    assert!(request.anew && request.url.contains("/discovery/"));
    assert!(scenario.answer(keys(&["older", "k1"])).outcome().is_ok());
    let known = begin(|flow| flow.redeem.exchange.keys = known_keys(&["k1"], 10));
    assert!(
        known
            .event(told(&[("code", CODE), ("state", STATE)]))
            .answer(answered())
            .outcome()
            .is_ok()
    );
}

#[test]
fn a_frame_comes_after_a_refresh_token_that_is_over() {
    let scenario = framed(Sources::of_policy(0));
    assert_eq!(
        scenario.sent("refresh_token").as_deref(),
        Some(REFRESH_TOKEN)
    );
    let scenario = scenario.answer(over());
    assert!(scenario.wanted().all(is_authorize));
    let scenario = scenario.event(told(&[("code", CODE), ("state", STATE)]));
    assert_eq!(scenario.sent("code").as_deref(), Some(CODE));
    assert!(!scenario.answer(answered()).acquired().from_cache);
}

#[test]
fn no_frame_follows_an_outage_or_a_wish_for_a_person() {
    for response in [
        answer(503, "{}"),
        refused(
            json!({"error": "interaction_required", "error_codes": [50_076], "suberror": "basic_action"}),
        ),
    ] {
        let mut scenario = framed(Sources::of_policy(0)).answer(response);
        while !scenario.has_ended() {
            scenario = if scenario
                .wanted()
                .any(|effect| matches!(effect, Effect::Sleep(_)))
            {
                scenario.sleep()
            } else {
                assert!(!scenario.wanted().any(is_authorize));
                scenario.answer(answer(503, "{}"))
            };
        }
    }
}

#[test]
fn when_the_frame_fails_too_one_error_says_why() {
    let required = told(&[
        ("error", "login_required"),
        ("error_description", "AADSTS50058: no session"),
        ("state", STATE),
    ]);
    let challenged = told(&[
        ("error", "interaction_required"),
        ("claims", "{}"),
        ("state", STATE),
    ]);
    let cases = [
        (required, "invalid_grant", Some(700_084)),
        (Event::Failed, "invalid_grant", Some(700_084)),
        (challenged, "interaction_required", None),
    ];
    for (event, code, number) in cases {
        let error = framed(Sources::of_policy(0))
            .answer(over())
            .event(event)
            .error();
        assert_eq!(
            (error.class.name(), error.code.as_str()),
            ("InteractionRequiredAuthError", code)
        );
        assert_eq!(error.error_codes.first().copied(), number);
    }
}

#[test]
fn the_policy_says_what_is_tried() {
    for (policy, first) in [
        (1, "nothing"),
        (2, "token"),
        (3, "token"),
        (4, "token"),
        (5, "frame"),
    ] {
        let scenario = framed(Sources::of_policy(policy));
        let wanted = match scenario.wanted().next() {
            None => "nothing",
            Some(Effect::Authorize { .. }) => "frame",
            Some(_) => "token",
        };
        assert_eq!(wanted, first, "{policy}");
        match policy {
            1 => assert_eq!(scenario.error().code, "token_refresh_required"),
            2 | 3 => assert_eq!(scenario.answer(over()).error().error_codes, [700_084]),
            4 => assert!(scenario.answer(over()).wanted().all(is_authorize)),
            _ => {}
        }
    }
}

#[test]
fn a_session_of_somebody_else_serves_nobody() {
    let scenario = framed(Sources::of_policy(5)).event(told(&[("code", CODE), ("state", STATE)]));
    let error = scenario
        .answer(tokens(|body| {
            let mut claims = claims();
            claims["nonce"] = NONCE.into();
            body["id_token"] = id_token(&claims).as_str().into();
            let other = format!(r#"{{"uid":"somebody-else","utid":"{TENANT}"}}"#);
            body["client_info"] = graph_token::protocol::base64::encode_url(other.as_bytes())
                .as_str()
                .into();
        }))
        .error();
    assert_eq!(error.class.name(), "InteractionRequiredAuthError");
}
