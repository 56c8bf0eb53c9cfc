//! On behalf of the caller: a token for each incoming assertion, and never another caller's.

use crate::host::Host;
use crate::person::{ASSERTION, TENANT, on_behalf_of, tokens};
use crate::scenario::{answer, cached_for, parameter, token_of};
use crate::token_store::store;
use graph_token::flow::step::{Effect, Event};
use graph_token::protocol::base64::encode_url;
use graph_token::protocol::http::{Body, Content, HttpResponse};
use sha2::{Digest, Sha256};

#[test]
fn one_request_as_entra_wants_it() {
    let scenario = on_behalf_of(Host::default(), ASSERTION, |_| {});
    for (name, expected) in [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("requested_token_use", "on_behalf_of"),
        ("assertion", ASSERTION),
        (
            "scope",
            "https://graph.microsoft.com/.default openid profile offline_access",
        ),
        ("client_info", "1"),
    ] {
        assert_eq!(scenario.sent(name).as_deref(), Some(expected), "{name}");
    }
    let Body::Form(form) = &scenario.token_request().body else {
        panic!("it is a POST")
    };
    assert_eq!(
        parameter(form.expose(), "client_secret").as_deref(),
        Some(crate::scenario::SECRET)
    );
}

#[test]
fn filed_by_the_hash_of_the_whole_assertion() {
    let (outcome, host) = on_behalf_of(Host::default(), ASSERTION, |_| {})
        .answer(tokens(|_| {}))
        .end();
    let hash = encode_url(&Sha256::digest(ASSERTION));
    assert!(
        matches!(&host.done[0], Effect::Digest(_, bytes) if bytes.expose() == ASSERTION.as_bytes())
    );
    let Some(Effect::LookUp {
        partition, realm, ..
    }) = host.done.get(1)
    else {
        panic!("{:?}", host.done)
    };
    assert_eq!(partition, &format!("assertion\nlogin.windows.net\n{hash}"));
    assert_eq!(realm.as_deref(), Some(TENANT));
    let token = token_of(&outcome.unwrap());
    assert_eq!(token.user.as_ref().unwrap().assertion_hash, hash);
    assert!(token.key.contains(hash.as_str()) && !token.key.contains(ASSERTION));
    assert_eq!(
        &token.user.unwrap().partition("login.windows.net"),
        partition
    );
}

#[test]
fn every_assertion_has_a_token_of_its_own() {
    let key = |assertion: &str| {
        let acquired = on_behalf_of(Host::default(), assertion, |_| {})
            .answer(tokens(|_| {}))
            .acquired();
        acquired.key
    };
    let keys = [
        key(ASSERTION),
        key("eyJincoming.user.assertioN"),
        key("eyJincoming.user.assertion2"),
    ];
    assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    assert_eq!(keys[0], key(ASSERTION));
}

#[test]
fn a_cached_one_serves_until_it_is_due_or_not_wanted() {
    let run = |age: i64, skip_cache: bool| {
        let host = Host {
            in_memory: Some(("k".into(), cached_for(age).unwrap())),
            ..Host::default()
        };
        on_behalf_of(host, ASSERTION, |flow| flow.skip_cache = skip_cache)
    };
    let acquired = run(100, false).acquired();
    assert_eq!((acquired.key.as_str(), acquired.from_cache), ("k", true));
    for (age, skip_cache) in [(3_301, false), (100, true)] {
        assert!(run(age, skip_cache).sent("assertion").is_some());
    }
    let down = || HttpResponse::new(503, Content::Empty);
    let with_fault = |age| {
        let host = Host {
            in_memory: Some(("k".into(), cached_for(age).unwrap())),
            ..Host::default()
        };
        on_behalf_of(host, ASSERTION, |flow| flow.exchange.max_retries = 0).answer(down())
    };
    assert!(!with_fault(3_400).acquired().extended);
    assert!(with_fault(3_700).acquired().extended);
    assert_eq!(with_fault(7_300).error().status, Some(503));
}

#[test]
fn a_challenge_of_the_next_api_reaches_the_caller() {
    let body = r#"{"error":"interaction_required","error_codes":[50079],"suberror":"basic_action","claims":"{\"access_token\":{\"polids\":{}}}"}"#;
    let error = on_behalf_of(Host::default(), ASSERTION, |_| {})
        .answer(answer(400, body))
        .error();
    assert_eq!(error.class.name(), "InteractionRequiredAuthError");
    assert_eq!(error.claims, r#"{"access_token":{"polids":{}}}"#);
}

#[test]
fn an_echoed_assertion_is_taken_out() {
    let body = serde_json::json!({"error": "invalid_grant", "error_description": format!("AADSTS50013: {ASSERTION}")});
    let error = on_behalf_of(Host::default(), ASSERTION, |_| {})
        .answer(answer(400, &body.to_string()))
        .error();
    assert!(!format!("{error} {error:?}").contains(ASSERTION));
    assert!(error.hint.contains("fresh"), "{}", error.hint);
}

#[test]
fn a_host_without_a_hash_asks_nobody() {
    let mut flow = None;
    on_behalf_of(Host::default(), ASSERTION, |parts| {
        flow = Some(parts.clone());
    });
    let mut flow = graph_token::flow::step::Flow::new(
        graph_token::time::Now::at(crate::scenario::START),
        |io| flow.unwrap().run(io),
    );
    let now = graph_token::time::Now::at(crate::scenario::START);
    let number = flow.start(now).effects[0].0;
    let step = flow.resume(number, Event::Failed, now);
    assert_eq!(
        step.outcome.unwrap().unwrap_err().code,
        "request_cannot_be_made"
    );
}

#[test]
fn the_store_has_an_entry_for_each_assertion_and_no_refresh_token() {
    let run = |host: Host, assertion: &str| {
        on_behalf_of(host, assertion, |flow| flow.store = Some(store(true)))
    };
    let (outcome, host) = run(Host::default(), ASSERTION).answer(tokens(|_| {})).end();
    let key = outcome.unwrap().key;
    assert_eq!(host.store.len(), 1);
    let saved = &host.store.values().next().unwrap().0;
    assert!(!saved.contains("Refresh~token") && !saved.contains(ASSERTION));

    let (outcome, host) = run(host, ASSERTION).end();
    let acquired = outcome.unwrap();
    assert!(acquired.from_cache);
    assert_eq!(acquired.key, key, "under the same key in memory");
    assert_eq!(token_of(&acquired).secret.expose(), "eyJ.users.token");

    let other = run(host, "eyJ.somebody.else");
    assert_eq!(
        other.sent("assertion").as_deref(),
        Some("eyJ.somebody.else")
    );
}
