//! The client-credentials flow against each fault of the network and the service.

use crate::scenario::{SECRET, START, Scenario, answer, token_answer};
use graph_token::flow::step::Event;
use graph_token::protocol::http::{Body, Content, HttpResponse, RetryAfter};
use graph_token::protocol::metadata::Metadata;

fn assert_new(scenario: Scenario) {
    let acquired = scenario.acquired();
    assert!(!acquired.from_cache && !acquired.entities.tokens.is_empty());
}

#[test]
fn one_request_as_entra_wants_it() {
    let scenario = Scenario::with(|flow| {
        flow.exchange.request.claims = Some("{}".into());
        flow.exchange.request.extra_query_parameters = vec![("dc".into(), "ESTS PUB".into())];
    });
    let request = scenario.request();
    let id = "07070707-0707-4707-8707-070707070707";
    assert_eq!(
        request.url,
        format!(
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token?dc=ESTS+PUB&client-request-id={id}"
        )
    );
    let Body::Form(form) = &request.body else {
        panic!("it is a POST")
    };
    assert_eq!(
        form.expose(),
        format!(
            "client_id=11111111-1111-1111-1111-111111111111&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&grant_type=client_credentials&x-client-SKU=graph-token&x-client-VER={}&x-ms-lib-capability=retry-after%2C+h429&client-request-id={id}&client_secret=S3cret%7Evalue%2Fwith%2Bsigns&claims=%7B%7D",
            env!("CARGO_PKG_VERSION")
        )
    );
    assert_eq!(scenario.time_limit_ms(), 30_000);
    assert_new(scenario.answer(token_answer()));
}

#[test]
fn passing_faults_are_retried_after_growing_pauses() {
    let scenario = Scenario::begin().answer(HttpResponse::new(500, Content::Empty));
    let first = scenario.pause_ms();
    assert!((200..=400).contains(&first), "{first}");
    let scenario = scenario.sleep().event(Event::NetworkFailed);
    let second = scenario.pause_ms();
    assert!((400..=800).contains(&second), "{second}");
    assert_new(scenario.sleep().answer(token_answer()));
}

#[test]
fn retries_end() {
    let busy = || HttpResponse::new(503, Content::Empty);
    let error = Scenario::begin()
        .answer(busy())
        .sleep()
        .answer(busy())
        .sleep()
        .answer(busy())
        .error();
    assert_eq!(
        (error.class.name(), error.status),
        ("ServerError", Some(503))
    );

    let error = Scenario::with(|flow| flow.exchange.max_retries = 0)
        .event(Event::NetworkFailed)
        .error();
    assert_eq!(
        (error.class.name(), error.code.as_str()),
        ("NetworkError", "network_error")
    );
}

#[test]
fn a_refusal_is_not_retried() {
    let error = Scenario::begin()
        .answer(answer(
            401,
            r#"{"error":"invalid_client","error_codes":[7000215]}"#,
        ))
        .error();
    assert_eq!(error.error_codes, [7_000_215]);
    assert_eq!(error.correlation_id, "07070707-0707-4707-8707-070707070707");
}

#[test]
fn retry_after_is_obeyed_inside_the_deadline() {
    let throttled = |seconds: u32| {
        let mut response = answer(429, r#"{"error":"temporarily_unavailable"}"#);
        response.retry_after = Some(RetryAfter::Seconds(seconds));
        response
    };
    let scenario = Scenario::begin().answer(throttled(2));
    assert_eq!(scenario.pause_ms(), 2_000);
    assert_new(scenario.sleep().answer(token_answer()));

    let error = Scenario::begin().answer(throttled(31)).error();
    assert_eq!(
        (error.status, error.retry_after_seconds),
        (Some(429), Some(31)),
        "no use in waiting so long"
    );
}

#[test]
fn the_deadline_bounds_the_whole_call() {
    let scenario = Scenario::begin()
        .pass(20_000)
        .answer(HttpResponse::new(500, Content::Empty))
        .sleep();
    let left = scenario.time_limit_ms();
    assert!((9_000..10_000).contains(&left), "{left}");
    let error = scenario.pass(left).event(Event::TimedOut).error();
    assert_eq!(
        (error.code.as_str(), error.sub_error.as_str()),
        ("network_error", "timeout")
    );

    let error = Scenario::begin()
        .pass(29_999)
        .answer(HttpResponse::new(500, Content::Empty))
        .error();
    assert_eq!(
        error.status,
        Some(500),
        "what is known is said, where no time is left to ask again"
    );
}

#[test]
fn an_echoed_secret_is_taken_out() {
    let encoded = "S3cret%7Evalue%2Fwith%2Bsigns";
    let body = format!(
        r#"{{"error":"invalid_client","error_description":"bad {SECRET} or {encoded}","suberror":"{SECRET}"}}"#
    );
    let error = Scenario::begin().answer(answer(401, &body)).error();
    let printed = format!("{error} {error:?}");
    assert!(
        !printed.contains(SECRET) && !printed.contains(encoded),
        "{printed}"
    );
    assert!(error.message.contains("***"));
}

#[test]
fn endpoints_of_a_plain_provider_are_discovered_once() {
    use graph_token::protocol::authority::{Authority, ProtocolMode};
    let known = ["idp.example".into()];
    let oidc = Authority::parse("https://idp.example/realm", &known, ProtocolMode::Oidc).unwrap();
    let scenario = Scenario::with(|flow| flow.exchange.authority = oidc.clone());
    assert_eq!(
        scenario.request().url,
        "https://idp.example/realm/.well-known/openid-configuration"
    );
    let document =
        r#"{"issuer":"https://idp.example/realm","token_endpoint":"https://idp.example/t"}"#;
    let scenario = scenario.answer(answer(200, document));
    assert_eq!(scenario.request().url, "https://idp.example/t");
    let (outcome, host) = scenario.answer(token_answer()).end();
    assert!(outcome.is_ok());
    let metadata = host.metadata().cloned();
    let metadata = metadata.expect("the endpoints should be given on");

    let keep = move |metadata: Metadata| {
        Scenario::with(|flow| {
            flow.exchange.authority = oidc;
            flow.exchange.metadata = Some(metadata);
        })
    };
    assert_eq!(keep(metadata).request().url, "https://idp.example/t");
}

#[test]
fn a_discovery_document_of_somebody_else_is_refused() {
    use graph_token::protocol::authority::{Authority, ProtocolMode};
    let known = ["idp.example".into()];
    for document in [
        r#"{"issuer":"https://evil.example/realm","token_endpoint":"https://idp.example/t"}"#,
        r#"{"issuer":"https://idp.example/realm","token_endpoint":"http://idp.example/t"}"#,
        r#"{"issuer":"https://idp.example/realm"}"#,
        "[]",
    ] {
        let scenario = Scenario::with(|flow| {
            flow.exchange.authority =
                Authority::parse("https://idp.example/realm", &known, ProtocolMode::Oidc).unwrap();
        });
        let error = scenario.answer(answer(200, document)).error();
        assert_eq!(error.code, "invalid_authority_metadata", "{document}");
    }
}

/// A date is held against the clock of whoever wrote it.
#[test]
fn a_date_to_retry_after_is_held_against_the_servers_clock() {
    for seconds in [-3_600, 0, 3_600] {
        let server = START.plus_seconds(seconds);
        let mut throttled = answer(429, r#"{"error":"temporarily_unavailable"}"#);
        throttled.date = Some(server);
        throttled.retry_after = Some(RetryAfter::At(server.plus_seconds(2)));
        assert_eq!(
            Scenario::begin().answer(throttled).pause_ms(),
            2_000,
            "{seconds}"
        );
    }
}

#[test]
fn a_passing_fault_is_one_whatever_its_status() {
    let scenario = Scenario::begin().answer(answer(200, r#"{"error":"temporarily_unavailable"}"#));
    assert_new(scenario.sleep().answer(token_answer()));
}
