//! The keys that id_tokens are verified with: fetched beside a request, seldom, and never done without.

use crate::id_token::{refused, with};
use crate::person::{AUTHORITY, claims, jwt, keys, known_keys, redeem, silent, tokens};
use crate::scenario::{START, Scenario, answer, value};
use graph_token::flow::silent::SilentFlow;
use graph_token::flow::step::Event;
use graph_token::protocol::authority::{Authority, ProtocolMode};
use graph_token::protocol::http::{Content, HttpResponse};
use graph_token::protocol::metadata;
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
    assert_eq!(
        scenario.addresses(),
        [format!("{AUTHORITY}/discovery/v2.0/keys")],
        "the answer may be newer than the keys that were fetched beside"
    );
    assert!(scenario.answer(keys(&["k1", "k9"])).outcome().is_ok());

    let scenario = redeem(|flow| flow.exchange.keys = None)
        .answer_at("/keys", keys(&["k1"]))
        .answer_at("/token", rolled())
        .answer(keys(&["k1"]));
    let (outcome, host) = scenario.end();
    assert_eq!(outcome.unwrap_err().code, "invalid_id_token");
    assert!(
        host.keys().is_some_and(|keys| keys.asked == Some(START)),
        "once in a minute"
    );
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

/// At a provider that takes each refresh token once, it is not spent while what comes for it cannot be verified.
#[test]
fn where_a_refresh_token_serves_once_the_keys_come_first() {
    let begin = || {
        silent(|flow| {
            let known = ["idp.example".into()];
            flow.exchange.authority =
                Authority::parse("https://idp.example/realm", &known, ProtocolMode::Oidc).unwrap();
            flow.exchange.metadata = Some(
                metadata::parse(&value(
                    &json!({
                        "issuer": "https://idp.example/realm", "token_endpoint": "https://idp.example/t",
                        "jwks_uri": "https://idp.example/keys",
                    })
                    .to_string(),
                ))
                .unwrap(),
            );
            flow.exchange.keys = None;
            flow.exchange.max_retries = 0;
        })
    };
    assert_eq!(begin().addresses(), ["https://idp.example/keys"]);
    let failed = begin().event(Event::NetworkFailed);
    assert!(failed.has_ended(), "nothing else was sent");
    assert_eq!(failed.error().code, "jwks_unavailable");
    let next = begin().answer(keys(&["k1"]));
    assert_eq!(next.addresses(), ["https://idp.example/t"]);

    let with = |change: fn(&mut SilentFlow)| {
        silent(|flow| {
            let known = ["idp.example".into()];
            flow.exchange.authority =
                Authority::parse("https://idp.example/realm", &known, ProtocolMode::Oidc).unwrap();
            change(flow);
        })
    };
    let document = |rest: &str| {
        let text = format!(
            r#"{{"issuer":"https://idp.example/realm","token_endpoint":"https://idp.example/t"{rest}}}"#
        );
        metadata::parse(&value(&text)).unwrap()
    };
    let without = with(|flow| flow.exchange.keys = None);
    let answer_of_discovery = without.answer(answer(
        200,
        r#"{"issuer":"https://idp.example/realm","token_endpoint":"https://idp.example/t"}"#,
    ));
    assert!(
        answer_of_discovery
            .addresses()
            .contains(&"https://idp.example/t"),
        "a provider may have none"
    );
    let metadata = document(r#","jwks_uri":"https://idp.example/keys""#);
    let old = silent(|flow| {
        let known = ["idp.example".into()];
        flow.exchange.authority =
            Authority::parse("https://idp.example/realm", &known, ProtocolMode::Oidc).unwrap();
        flow.exchange.metadata = Some(metadata);
        flow.exchange.keys = known_keys(&["k1"], 25 * 60 * 60);
    });
    assert_eq!(
        old.addresses(),
        ["https://idp.example/t", "https://idp.example/keys"],
        "old ones serve where there are no newer"
    );
}

/// Providers may give two keys one name.
#[test]
fn of_several_keys_of_one_name_each_is_tried() {
    let key = |n: &str, issuer: &str| json!({"kty": "RSA", "kid": "k1", "n": n.repeat(342), "e": "AQAB", "issuer": issuer});
    let answer_of = |listed: serde_json::Value| answer(200, &json!({ "keys": listed }).to_string());
    let other = "https://login.microsoftonline.com/bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/v2.0";
    let run = |listed| {
        redeem(|flow| flow.exchange.keys = None)
            .answer_at("/keys", answer_of(listed))
            .answer_at("/token", tokens(|_| {}))
    };
    assert!(
        run(json!([key("A", other), key("A", "")]))
            .outcome()
            .is_ok()
    );
    assert_eq!(
        run(json!([key("A", other)])).error().code,
        "invalid_id_token"
    );
}

/// Either the server's clock or this machine's may be off.
#[test]
fn times_hold_by_either_clock() {
    for seconds in [-7_200, 0, 7_200] {
        let mut response = tokens(|_| {});
        response.date = Some(START.plus_seconds(seconds));
        assert!(
            redeem(|_| {}).answer(response).outcome().is_ok(),
            "{seconds}"
        );
    }
}
