use crate::host::parse_json;
use crate::scenario::{START, answer};
use graph_token::protocol::http::{Content, HttpResponse};
use graph_token::protocol::token_response::parse_response;

#[test]
fn numbers_may_be_texts_and_unknown_members_are_passed_over() {
    let response = answer(
        200,
        r#"{"token_type":"bearer","expires_in":"3599","ext_expires_in":"7199","refresh_in":"1800","access_token":"t","foci":"1","x":{"y":[1]}}"#,
    );
    let token = parse_response(&response, START, parse_json).unwrap();
    assert_eq!(
        (token.expires_in, token.ext_expires_in, token.refresh_in),
        (3599, 7199, Some(1800))
    );
    assert_eq!(token.access_token.expose(), "t");
}

#[test]
fn version_1_members_are_kept() {
    let expires_on = START.0 / 1_000 + 600;
    let body = format!(
        r#"{{"token_type":"Bearer","expires_on":"{expires_on}","not_before":"1799999000","resource":"https://graph.microsoft.com","access_token":"t"}}"#
    );
    let token = parse_response(&answer(200, &body), START, parse_json).unwrap();
    assert_eq!(token.expires_in, 600);
    assert_eq!(token.not_before, Some(1_799_999_000));
    assert_eq!(
        token.resource.as_deref(),
        Some("https://graph.microsoft.com")
    );
}

#[test]
fn lifetimes_that_contradict_each_other_are_evened_out() {
    let body = r#"{"token_type":"Bearer","expires_in":3600,"ext_expires_in":0,"refresh_in":9999,"access_token":"t"}"#;
    let token = parse_response(&answer(200, body), START, parse_json).unwrap();
    assert_eq!((token.ext_expires_in, token.refresh_in), (3600, None));
}

#[test]
fn a_token_of_unknown_life_serves_once() {
    let response = answer(200, r#"{"token_type":"Bearer","access_token":"t"}"#);
    let token = parse_response(&response, START, parse_json).unwrap();
    assert_eq!((token.expires_in, token.ext_expires_in), (0, 0));
}

#[test]
fn every_malformed_success_is_an_error_that_quotes_status_and_content_type() {
    let bodies = [
        (
            r#"{"token_type":"Bearer","expires_in":3599}"#,
            "no access_token",
        ),
        (
            r#"{"token_type":"Bearer","expires_in":3599,"access_token":""}"#,
            "no access_token",
        ),
        (
            r#"{"token_type":"Bearer","expires_in":3599,"access_token":42}"#,
            "no access_token",
        ),
        (
            r#"{"token_type":"Bearer","expires_in":3599,"access_token":"a\r\nb"}"#,
            "no header can carry",
        ),
        (
            r#"{"token_type":"pop","expires_in":3599,"access_token":"t"}"#,
            "not Bearer",
        ),
        (r#"{"expires_in":3599,"access_token":"t"}"#, "not Bearer"),
        (
            r#"{"token_type":"Bearer","expires_in":-1,"access_token":"t"}"#,
            "lifetime",
        ),
        (
            r#"{"token_type":"Bearer","expires_in":0,"access_token":"t"}"#,
            "lifetime",
        ),
        (
            r#"{"token_type":"Bearer","expires_in":99999999999,"access_token":"t"}"#,
            "lifetime",
        ),
        (
            r#"{"token_type":"Bearer","expires_in":"soon","access_token":"t"}"#,
            "no number",
        ),
        (
            r#"{"token_type":"Bearer","expires_in":null,"access_token":"t"}"#,
            "no number",
        ),
        ("[]", "no JSON object"),
        ("\"token\"", "no JSON object"),
    ];
    for (body, reason) in bodies {
        let mut response = answer(200, body);
        response.content_type = "application/json".into();
        let error = parse_response(&response, START, parse_json).unwrap_err();
        assert!(error.message.contains(reason), "{body}: {}", error.message);
        assert!(
            error.message.contains("HTTP 200, application/json"),
            "{}",
            error.message
        );
        assert_eq!(error.class.name(), "ServerError");
        assert_eq!(error.status, Some(200));
    }
    for (content, reason) in [
        (Content::NotJson, "no JSON object"),
        (Content::Empty, "is empty"),
        (Content::TooLarge, "larger than 1 MiB"),
    ] {
        let error =
            parse_response(&HttpResponse::new(200, content), START, parse_json).unwrap_err();
        assert_eq!(error.code, "token_parsing_error");
        assert!(
            error.message.contains(reason) && error.message.contains("HTTP 200"),
            "{}",
            error.message
        );
    }
}

#[test]
fn an_error_with_status_200_is_an_error() {
    let error = parse_response(
        &answer(200, r#"{"error":"invalid_client","access_token":"t"}"#),
        START,
        parse_json,
    )
    .unwrap_err();
    assert_eq!(error.code, "invalid_client");
}

#[test]
fn redirects_are_errors() {
    for status in [0, 301, 302, 303, 307, 308] {
        let error = parse_response(
            &HttpResponse::new(status, Content::Empty),
            START,
            parse_json,
        )
        .unwrap_err();
        assert_eq!(error.code, "unexpected_redirect", "{status}");
    }
}
