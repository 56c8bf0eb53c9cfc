//! A person signs in on another device: when the token is asked for, and when no more.

use crate::host::Host;
use crate::person::{AUTHORITY, HOME, id_token, keys, known_keys, tokens, user_scopes};
use crate::scenario::{CLIENT, START, Scenario, answer, authority, exchange, filing, token_of};
use graph_token::Secret;
use graph_token::flow::credential::Credential;
use graph_token::flow::device_code::DeviceCodeFlow;
use graph_token::flow::step::{Effect, Event};
use graph_token::protocol::authority::{Authority, ProtocolMode};
use graph_token::protocol::device_code::DeviceCode;
use graph_token::protocol::http::{Content, HttpResponse, RetryAfter};
use graph_token::protocol::token_request::Grant;

const DEVICE_CODE: &str = "the-device's~own/code";

fn begin(change: impl FnOnce(&mut DeviceCodeFlow)) -> Scenario {
    let scopes = user_scopes(&["User.Read"]);
    let grant = Grant::DeviceCode(DeviceCode {
        device_code: Secret::new(""),
    });
    let mut exchange = exchange(authority(AUTHORITY), &scopes, grant);
    exchange.credential = Credential::None;
    exchange.keys = known_keys(&["k1"], 10);
    let mut flow = DeviceCodeFlow {
        exchange,
        filing: filing(scopes),
        limit_ms: None,
        store: None,
    };
    change(&mut flow);
    Scenario::on(Host::default(), START, |io| flow.run(io))
}

fn code(expires_in: u32, interval: u32) -> HttpResponse {
    let body = serde_json::json!({
        "device_code": DEVICE_CODE, "user_code": "ABCD-EFGH", "verification_uri": "https://microsoft.com/devicelogin",
        "expires_in": expires_in, "interval": interval, "message": "Go there, and type that in.",
    });
    answer(200, &body.to_string())
}

fn refusal(error: &str) -> HttpResponse {
    answer(400, &format!(r#"{{"error":"{error}"}}"#))
}

/// Up to the first question for the token.
fn asked(change: impl FnOnce(&mut DeviceCodeFlow), expires_in: u32) -> Scenario {
    begin(change).answer(code(expires_in, 5)).event(Event::Done)
}

fn is_pending(scenario: Scenario) -> Scenario {
    scenario.answer(refusal("authorization_pending"))
}

#[test]
fn the_code_is_asked_for_as_entra_wants_it_and_shown() {
    let scenario = begin(|flow| {
        let request = &mut flow.exchange.request;
        request.claims = Some("{}".into());
        request.extra_query_parameters = vec![("mkt".into(), "de".into())];
    });
    assert_eq!(
        scenario.request().url,
        format!("{AUTHORITY}/oauth2/v2.0/devicecode?mkt=de")
    );
    for (name, expected) in [
        ("client_id", Some(CLIENT)),
        ("scope", Some("User.Read openid profile offline_access")),
        ("claims", Some("{}")),
        ("client_secret", None),
        ("grant_type", None),
    ] {
        assert_eq!(scenario.sent(name).as_deref(), expected, "{name}");
    }
    let scenario = scenario.answer(code(900, 5));
    let Some(Effect::ShowCode(shown)) = scenario.wanted().next() else {
        panic!("the code is to be shown")
    };
    assert_eq!(shown.user_code, "ABCD-EFGH");
    assert_eq!(shown.message, "Go there, and type that in.");
    assert_eq!((shown.expires_in, shown.interval), (900, 5));
    assert!(!format!("{shown:?}").contains(DEVICE_CODE));
}

#[test]
fn the_token_is_asked_for_at_once_and_then_after_each_pause() {
    let mut scenario = asked(|_| {}, 900);
    for (name, expected) in [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", DEVICE_CODE),
        ("client_info", "1"),
        ("client_id", CLIENT),
    ] {
        assert_eq!(scenario.sent(name).as_deref(), Some(expected), "{name}");
    }
    for _ in 0..3 {
        scenario = is_pending(scenario);
        assert_eq!(scenario.pause_ms(), 5_000);
        scenario = scenario.sleep();
    }
    let acquired = scenario.answer(tokens(|_| {})).acquired();
    assert_eq!(token_of(&acquired).user.unwrap().home_account_id, HOME);
    assert_eq!(acquired.entities.accounts.len(), 1);
    assert_eq!(acquired.entities.refresh_tokens.len(), 1);
}

#[test]
fn slow_down_adds_five_seconds_for_good_and_who_does_not_answer_is_asked_half_as_often() {
    let scenario = asked(|_| {}, 900);
    let scenario = scenario.answer(refusal("slow_down"));
    assert_eq!(scenario.pause_ms(), 10_000);
    let scenario = is_pending(scenario.sleep());
    assert_eq!(scenario.pause_ms(), 10_000);
    let scenario = scenario.sleep().event(Event::NetworkFailed);
    assert_eq!(scenario.pause_ms(), 20_000);
    let scenario = scenario
        .sleep()
        .answer(HttpResponse::new(503, Content::Empty));
    assert_eq!(scenario.pause_ms(), 40_000);
    assert!(
        !scenario
            .sleep()
            .answer(tokens(|_| {}))
            .acquired()
            .from_cache
    );
}

#[test]
fn what_the_body_says_counts_before_the_status_and_retry_after_is_obeyed() {
    let mut slow = refusal("slow_down");
    slow.status = 429;
    assert_eq!(asked(|_| {}, 900).answer(slow).pause_ms(), 10_000);
    assert_eq!(
        asked(|_| {}, 900)
            .answer(refusal("temporarily_unavailable"))
            .pause_ms(),
        10_000
    );
    let mut busy = HttpResponse::new(503, Content::Empty);
    busy.retry_after = Some(RetryAfter::Seconds(60));
    assert_eq!(asked(|_| {}, 900).answer(busy).pause_ms(), 60_000);
}

#[test]
fn what_no_later_answer_can_mend_ends_it() {
    for (response, code) in [
        (
            HttpResponse::new(200, Content::NotJson),
            "token_parsing_error",
        ),
        (
            HttpResponse::new(302, Content::Empty),
            "unexpected_redirect",
        ),
        (
            answer(200, r#"{"token_type":"Bearer"}"#),
            "invalid_token_response",
        ),
    ] {
        assert_eq!(asked(|_| {}, 900).answer(response).error().code, code);
    }
    // Who is out of reach to the end is told so.
    let scenario = asked(|_| {}, 3).event(Event::NetworkFailed).sleep();
    assert_eq!(
        scenario.event(Event::NetworkFailed).error().code,
        "network_error"
    );
    for refused in ["unauthorized_client", "slow_down"] {
        let mut with_200 = refusal(refused);
        with_200.status = 200;
        assert_eq!(begin(|_| {}).answer(with_200).error().code, refused);
    }
}

#[test]
fn it_ends_with_the_code_and_asks_once_more_then() {
    let scenario = is_pending(asked(|_| {}, 7)).sleep();
    let scenario = is_pending(scenario);
    assert_eq!(scenario.pause_ms(), 2_000);
    let at_the_end = scenario.sleep();
    assert!(!at_the_end.has_ended());
    let error = is_pending(at_the_end).error();
    assert_eq!(error.code, "device_code_expired");
    let late = asked(|_| {}, 900).answer(refusal("expired_token")).error();
    assert_eq!(late.code, "device_code_expired");
    let just_in_time = is_pending(asked(|_| {}, 3)).sleep();
    assert!(!just_in_time.answer(tokens(|_| {})).acquired().from_cache);
}

#[test]
fn the_program_may_wait_less_long() {
    let scenario = is_pending(asked(|flow| flow.limit_ms = Some(4_000), 900));
    assert_eq!(scenario.pause_ms(), 4_000);
    let error = is_pending(scenario.sleep()).error();
    assert_eq!(error.code, "user_timeout_reached");
    assert!(!error.correlation_id.is_empty());
    // Not longer than the code is good.
    let error =
        is_pending(is_pending(asked(|flow| flow.limit_ms = Some(60_000), 2)).sleep()).error();
    assert_eq!(error.code, "device_code_expired");
}

#[test]
fn a_refusal_ends_it() {
    for refused in [
        "authorization_declined",
        "access_denied",
        "bad_verification_code",
        "invalid_client",
    ] {
        assert_eq!(
            asked(|_| {}, 900).answer(refusal(refused)).error().code,
            refused
        );
        assert_eq!(begin(|_| {}).answer(refusal(refused)).error().code, refused);
    }
    let broken = begin(|_| {})
        .answer(code(900, 5))
        .event(Event::Failed)
        .error();
    assert_eq!(broken.code, "window_failed");
}

#[test]
fn the_keys_come_while_the_person_signs_in_and_once() {
    let without_keys = || asked(|flow| flow.exchange.keys = None, 900);
    // Who has signed in already is verified with keys that come beside the first question.
    let at_once = without_keys();
    assert_eq!(at_once.addresses().len(), 2);
    let at_once = at_once.answer_at("/token", tokens(|_| {}));
    assert!(!at_once.has_ended());
    assert!(
        !at_once
            .answer_at("/keys", keys(&["k1"]))
            .acquired()
            .from_cache
    );
    let pending = || without_keys().answer_at("/token", refusal("authorization_pending"));
    // That of the first question, which is of no use any more, and the pause's.
    let scenario = pending().answer_at("/keys", keys(&["k1"])).pass(1_000);
    let scenario = scenario.answer_at("/keys", keys(&["k1"]));
    assert_eq!(scenario.pause_ms(), 4_000);
    let scenario = scenario.sleep();
    assert_eq!(scenario.addresses().len(), 1, "and not again");
    assert!(!scenario.answer(tokens(|_| {})).acquired().from_cache);
    // Where they do not come, the next question does not wait for them.
    let scenario = pending().answer_at("/keys", keys(&["k1"])).pass(5_000);
    let scenario = scenario.event_at("/keys", Event::TimedOut);
    assert_eq!(scenario.pause_ms(), 0);
    assert_eq!(scenario.sleep().addresses().len(), 2);
}

#[test]
fn the_id_token_is_verified() {
    let forged = id_token(&serde_json::json!({"iss": "https://evil.example"}));
    let forged = tokens(|body| body["id_token"] = forged.as_str().into());
    assert_eq!(
        asked(|_| {}, 900).answer(forged).error().code,
        "invalid_id_token"
    );
}

#[test]
fn where_the_code_comes_from() {
    let endpoint = |text: &str| {
        Authority::parse(text, &["fs.example".into()], ProtocolMode::Aad)
            .unwrap()
            .device_authorization_endpoint()
    };
    assert_eq!(
        endpoint("https://login.microsoftonline.com/contoso.com"),
        "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/devicecode"
    );
    assert_eq!(
        endpoint("https://fs.example/adfs"),
        "https://fs.example/adfs/oauth2/devicecode"
    );
}
