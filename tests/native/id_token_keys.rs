//! The keys that id_tokens are verified with: fetched beside a request, seldom, and never done without.

use crate::id_token::{refused, with};
use crate::person::{AUTHORITY, claims, jwt, keys, known_keys, redeem, tokens};
use crate::scenario::{START, Scenario, answer};
use graph_token::flow::step::Event;
use graph_token::protocol::http::{Content, HttpResponse};
use serde_json::json;

#[test]
fn keys_are_fetched_beside_the_token_request() {
    for first in ["/token", "/keys"] {
        let scenario = redeem(|flow| flow.exchange.keys = None);
        assert_eq!(
            scenario.addresses(),
            [
                format!("{AUTHORITY}/oauth2/v2.0/token"),
                format!("{AUTHORITY}/discovery/v2.0/keys")
            ],
            "both at once"
        );
        let answer = |scenario: Scenario, at: &str| match at {
            "/token" => scenario.answer_at(at, tokens(|_| {})),
            _ => scenario.answer_at(at, keys(&["k1"])),
        };
        let scenario = answer(scenario, first);
        assert!(!scenario.has_ended());
        let scenario = answer(scenario, if first == "/token" { "/keys" } else { "/token" });
        let (outcome, host) = scenario.end();
        assert!(outcome.is_ok() && host.keys().is_some(), "to be kept");
    }
}

#[test]
fn nobody_waits_for_keys_that_are_not_needed() {
    let begin = || redeem(|flow| flow.exchange.keys = None);
    let error = begin()
        .answer_at("/token", answer(400, r#"{"error":"invalid_grant"}"#))
        .error();
    assert_eq!(error.code, "invalid_grant");
    let without = tokens(|body| {
        body.as_object_mut().unwrap().remove("id_token");
    });
    let acquired = begin().answer_at("/token", without).acquired();
    assert!(acquired.entities.accounts.is_empty());
}

#[test]
fn old_keys_are_fetched_anew_and_serve_while_they_cannot_be() {
    const DAY: i64 = 24 * 60 * 60;
    let begin = |age| {
        redeem(|flow| {
            flow.exchange.keys = known_keys(&["k1"], age);
            flow.exchange.max_retries = 0;
        })
    };
    assert_eq!(begin(DAY - 1).addresses().len(), 1);
    let scenario = begin(DAY);
    assert_eq!(scenario.addresses().len(), 2);
    let scenario = scenario
        .event_at("/keys", Event::NetworkFailed)
        .answer_at("/token", tokens(|_| {}));
    assert!(scenario.outcome().is_ok());
}

#[test]
fn an_unknown_key_is_fetched_once_and_at_most_once_a_minute() {
    let rolled = || with(&jwt(&json!({"alg": "RS256", "kid": "k9"}), &claims()));
    let begin = |age| redeem(|flow| flow.exchange.keys = known_keys(&["k1"], age));

    let scenario = begin(61).answer(rolled());
    assert_eq!(
        scenario.addresses(),
        [format!("{AUTHORITY}/discovery/v2.0/keys")]
    );
    let (outcome, host) = scenario.answer(keys(&["k1", "k9"])).end();
    assert!(outcome.is_ok() && host.keys().is_some_and(|keys| keys.fetched == START));

    let scenario = begin(61).answer(rolled()).answer(keys(&["k1"]));
    assert!(scenario.has_ended(), "once");
    let (outcome, host) = scenario.end();
    assert_eq!(outcome.unwrap_err().code, "invalid_id_token");
    assert!(
        host.keys().is_some_and(|keys| keys.asked == Some(START)),
        "the next call knows that they are new"
    );

    let scenario = begin(60).answer(rolled());
    assert!(scenario.has_ended(), "not within the minute");
    refused(scenario);

    let scenario = redeem(|flow| flow.exchange.keys = None)
        .answer_at("/keys", keys(&["k1"]))
        .answer_at("/token", rolled());
    let (outcome, host) = scenario.end();
    assert_eq!(outcome.unwrap_err().code, "invalid_id_token");
    assert!(
        host.keys().is_some_and(|keys| keys.asked.is_none()),
        "a key that comes later is fetched at once"
    );

    let scenario = redeem(|flow| flow.exchange.keys = host.keys().cloned());
    let scenario = scenario.answer(rolled()).answer(keys(&["k1", "k9"]));
    assert!(scenario.outcome().is_ok());
}

#[test]
fn without_keys_there_is_an_error_of_its_own_and_nothing_else() {
    let unusable = [
        Event::NetworkFailed,
        Event::TimedOut,
        Event::Response(HttpResponse::new(404, Content::NotJson)),
        Event::Response(answer(200, "{}")),
        Event::Response(answer(200, r#"{"keys":[]}"#)),
        Event::Response(answer(200, r#"{"keys":"x"}"#)),
        Event::Response(HttpResponse::new(200, Content::TooLarge)),
    ];
    for event in unusable {
        let said = format!("{event:?}");
        let begin = redeem(|flow| {
            flow.exchange.keys = None;
            flow.exchange.max_retries = 0;
        });
        let scenario = begin
            .answer_at("/token", tokens(|_| {}))
            .event_at("/keys", event.clone());
        assert!(scenario.has_ended(), "{said}");
        let (outcome, host) = scenario.end();
        let error = outcome.unwrap_err();
        assert_eq!(error.code, "jwks_unavailable", "{said}");
        assert!(!error.correlation_id.is_empty());
        assert!(host.done.is_empty(), "{:?}", host.done);

        let unknown = with(&jwt(&json!({"alg": "RS256", "kid": "k9"}), &claims()));
        let scenario = redeem(|flow| {
            flow.exchange.keys = known_keys(&["k1"], 3_600);
            flow.exchange.max_retries = 0;
        });
        let (outcome, host) = scenario.answer(unknown).event(event).end();
        assert_eq!(outcome.unwrap_err().code, "jwks_unavailable", "{said}");
        let keys = host.keys().unwrap();
        assert!(
            keys.asked == Some(START) && keys.fetched < START,
            "asked for in vain: not again in this minute"
        );
    }
}
