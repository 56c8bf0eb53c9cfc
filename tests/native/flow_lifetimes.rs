//! How long tokens serve, and what is served while the service is down.

use crate::host::parse_json;
use crate::scenario::{START, Scenario, answer, cached_for, token_answer};
use graph_token::cache::lifetime::{Freshness, Lifetime};
use graph_token::flow::step::Event;
use graph_token::protocol::http::{Content, HttpResponse};
use graph_token::protocol::token_response::parse_response;

fn life(body: &str) -> Lifetime {
    Lifetime::of_response(
        &parse_response(&answer(200, body), START, parse_json).unwrap(),
        START,
    )
}

fn at(life: &Lifetime, seconds: i64) -> Freshness {
    life.freshness(START.plus_seconds(seconds), 300)
}

#[test]
fn an_hours_life() {
    let life = life(
        r#"{"token_type":"Bearer","expires_in":3600,"ext_expires_in":7200,"refresh_in":1800,"access_token":"t"}"#,
    );
    for (seconds, expected) in [
        (0, Freshness::Fresh),
        (1_799, Freshness::Fresh),
        (1_800, Freshness::Due),
        (3_299, Freshness::Due),
        (3_300, Freshness::Expiring),
        (3_599, Freshness::Expiring),
        (3_600, Freshness::Extended),
        (7_199, Freshness::Extended),
        (7_200, Freshness::Gone),
    ] {
        assert_eq!(at(&life, seconds), expected, "after {seconds} s");
    }
}

#[test]
fn a_long_life_is_renewed_at_its_half() {
    let life = life(r#"{"token_type":"Bearer","expires_in":86400,"access_token":"t"}"#);
    assert_eq!(at(&life, 43_199), Freshness::Fresh);
    assert_eq!(at(&life, 43_200), Freshness::Due);
    assert_eq!(at(&life, 86_400), Freshness::Gone);
}

#[test]
fn a_short_life_serves_at_least_to_its_half() {
    let life = life(r#"{"token_type":"Bearer","expires_in":60,"access_token":"t"}"#);
    assert_eq!(at(&life, 29), Freshness::Fresh);
    assert_eq!(at(&life, 30), Freshness::Expiring);
}

#[test]
fn a_failed_renewal_ahead_is_put_off() {
    let mut life =
        life(r#"{"token_type":"Bearer","expires_in":3600,"refresh_in":1800,"access_token":"t"}"#);
    life.postpone_refresh(START.plus_seconds(1_900));
    assert_eq!(at(&life, 1_929), Freshness::Fresh);
    assert_eq!(at(&life, 1_930), Freshness::Due);
}

#[test]
fn an_outage_serves_the_cached_token() {
    for (age, extended) in [(3_400, false), (3_600, true), (7_000, true)] {
        let scenario = Scenario::with(|flow| {
            flow.cached = cached_for(age);
            flow.exchange.max_retries = 0;
        });
        let outcome = scenario
            .answer(HttpResponse::new(503, Content::Empty))
            .outcome();
        assert!(
            matches!(&outcome, Ok(acquired) if acquired.from_cache && acquired.extended == extended),
            "after {age} s: {outcome:?}"
        );
    }
    for event in [Event::NetworkFailed, Event::TimedOut] {
        let scenario = Scenario::with(|flow| {
            flow.cached = cached_for(3_400);
            flow.exchange.max_retries = 0;
        });
        let acquired = scenario.event(event).acquired();
        assert!(acquired.from_cache && !acquired.extended);
    }
}

#[test]
fn a_token_past_its_extended_life_is_never_served() {
    let scenario = Scenario::with(|flow| {
        flow.cached = cached_for(7_190);
        flow.exchange.max_retries = 0;
    });
    let error = scenario.pass(10_000).event(Event::TimedOut).error();
    assert_eq!(error.sub_error, "timeout");
}

#[test]
fn a_refusal_serves_nothing() {
    let scenario = Scenario::with(|flow| flow.cached = cached_for(3_400));
    let error = scenario
        .answer(answer(401, r#"{"error":"invalid_client"}"#))
        .error();
    assert_eq!(error.code, "invalid_client");
}

#[test]
fn the_life_counts_from_the_answer() {
    let token = Scenario::begin().pass(5_000).answer(token_answer()).token();
    assert_eq!(token.lifetime.expires, START.plus_seconds(5 + 3_599));
}
