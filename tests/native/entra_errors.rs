use crate::scenario::{START, answer};
use graph_token::protocol::entra_error::{decode, hint};
use graph_token::protocol::http::{Content, HttpResponse, RetryAfter};
use graph_token::protocol::retry::is_passing_fault;
use graph_token::time::Moment;

#[test]
fn entras_fields_reach_the_error() {
    let error = decode(
        &answer(
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215],"trace_id":"t","correlation_id":"c","suberror":"s","claims":"{}"}"#,
        ),
        START,
    );
    assert_eq!(
        (error.code.as_str(), error.sub_error.as_str()),
        ("invalid_client", "s")
    );
    assert_eq!(
        (error.trace_id.as_str(), error.correlation_id.as_str()),
        ("t", ""),
        "the correlation id is the request's, whatever the server says"
    );
    assert_eq!(
        (error.error_codes.as_slice(), error.claims.as_str()),
        ([7_000_215].as_slice(), "{}")
    );
    assert_eq!(error.status, Some(401));
    assert!(error.hint.contains("value, not its id"));
    assert_eq!(error.class.name(), "ServerError");
}

#[test]
fn the_number_is_read_from_the_text_where_there_are_no_codes() {
    let error = decode(
        &answer(
            400,
            r#"{"error":"invalid_request","error_description":"AADSTS90002: Tenant"}"#,
        ),
        START,
    );
    assert_eq!(error.error_codes, [90002]);
    assert!(error.hint.contains("authority"));
}

#[test]
fn class_follows_error_and_suberror() {
    for name in [
        "interaction_required",
        "consent_required",
        "login_required",
        "bad_token",
        "ui_not_allowed",
        "interrupted_user",
    ] {
        let error = decode(&answer(400, &format!(r#"{{"error":"{name}"}}"#)), START);
        assert_eq!(error.class.name(), "InteractionRequiredAuthError", "{name}");
    }
    for name in [
        "message_only",
        "additional_action",
        "basic_action",
        "user_password_expired",
        "consent_required",
        "bad_token",
        "ui_not_allowed",
        "interrupted_user",
    ] {
        let error = decode(
            &answer(
                400,
                &format!(r#"{{"error":"invalid_grant","suberror":"{name}"}}"#),
            ),
            START,
        );
        assert_eq!(error.class.name(), "InteractionRequiredAuthError", "{name}");
    }
    assert_eq!(
        decode(&answer(400, r#"{"error":"invalid_grant"}"#), START)
            .class
            .name(),
        "ServerError"
    );
}

#[test]
fn every_number_of_the_table_has_a_hint() {
    let numbers = [
        50011, 50013, 500_133, 50020, 50034, 50053, 50055, 50126, 50057, 50058, 50074, 50076,
        50078, 50079, 50105, 50132, 50133, 50173, 50194, 50196, 53000, 53001, 53003, 54005, 65001,
        65004, 90094, 70000, 70008, 700_082, 700_084, 70043, 70011, 1_002_012, 700_022, 28002,
        70016, 70018, 70019, 700_016, 700_011, 700_024, 700_027, 50012, 700_030, 70021, 700_211,
        700_213, 7_002_138, 7_000_215, 7_000_222, 7_000_218, 700_025, 90002, 90038, 900_382,
        900_432, 9_002_326, 9_002_327, 9_001_023, 90006, 90012, 90024, 90033, 90055, 90090, 50033,
        50087,
    ];
    for number in numbers {
        assert!(
            hint(number).is_some_and(|text| text.ends_with('.')),
            "{number}"
        );
    }
    assert_eq!(hint(1), None);
}

#[test]
fn the_retry_set() {
    for status in [408, 429, 500, 502, 503, 504, 599] {
        assert!(
            is_passing_fault(&HttpResponse::new(status, Content::Empty)),
            "{status}"
        );
    }
    for status in [0, 200, 302, 400, 401, 403, 404] {
        assert!(
            !is_passing_fault(&HttpResponse::new(status, Content::Empty)),
            "{status}"
        );
    }
    for error in ["temporarily_unavailable", "server_error"] {
        assert!(is_passing_fault(&answer(
            400,
            &format!(r#"{{"error":"{error}"}}"#)
        )));
    }
    assert!(!is_passing_fault(&answer(
        400,
        r#"{"error":"invalid_client"}"#
    )));
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = Moment(784_111_777_000);
    let wait = |header: &str| {
        RetryAfter::parse(header, |date| {
            date.ends_with("GMT").then_some(now.0 + 30_000)
        })
        .map(|after| after.wait_ms(now))
    };
    assert_eq!(wait("120"), Some(120_000));
    assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT"), Some(30_000));
    assert_eq!(
        RetryAfter::At(Moment(0)).wait_ms(now),
        0,
        "a date in the past"
    );
    for nonsense in ["", "Soon", "soon", "-5", "1.5", "2026-01-01"] {
        assert_eq!(wait(nonsense), None, "{nonsense}");
    }
    assert_eq!(
        wait("99999999999999999999"),
        Some(i64::from(u32::MAX) * 1_000)
    );
}

#[test]
fn an_error_without_a_body_quotes_the_status() {
    let mut response = HttpResponse::new(401, Content::Empty);
    response.content_type = "text/html\u{7}".into();
    let error = decode(&response, START);
    assert_eq!(error.code, "unknown_server_error");
    assert!(error.message.contains("HTTP 401, text/html"));
}
