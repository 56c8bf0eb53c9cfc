//! Nothing printable holds a secret.

use crate::host::{Host, parse_json};
use crate::person::{
    ASSERTION, CODE, REFRESH_TOKEN, VERIFIER, claims, id_token, known_keys, on_behalf_of, redeem,
    refresh_token, silent, tokens,
};
use crate::scenario::{SECRET, Scenario, answer, token_answer, value};
use graph_token::Secret;
use graph_token::flow::step::{Effect, Event};
use graph_token::protocol::client_authentication::ClientAuthentication;
use graph_token::protocol::form::Form;
use graph_token::protocol::http::HttpRequest;

fn assert_hidden(printed: &str) {
    for secret in [
        SECRET,
        "S3cret",
        "eyJ.token",
        CODE,
        VERIFIER,
        REFRESH_TOKEN,
        ASSERTION,
        "eyJ.users.token",
        "0.Refresh",
        "0.Code",
        "megan@contoso.com",
        "eyJ.signed.assertion",
        "T0p",
        "one-time-spa-code",
    ] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    // Bytes too can be printed, and read.
    for secret in [ASSERTION, &id_token(&claims())] {
        let bytes = format!("{:?}", &secret.as_bytes()[..16]);
        assert!(
            !printed.contains(bytes.trim_matches(['[', ']'])),
            "{printed}"
        );
    }
    let id_token = id_token(&claims());
    for part in id_token.split('.') {
        assert!(!printed.contains(part), "{part} in {printed}");
    }
}

#[test]
fn no_flow_of_a_users_shows_one() {
    let mut shown = Vec::new();
    let scenario = redeem(|flow| {
        flow.exchange.request.extra_body_parameters = vec![("password".into(), "T0p".into())];
        flow.store = Some(crate::token_store::store(false));
        shown.push(format!("{flow:?}"));
    });
    shown.push(format!(
        "{:?} {}",
        scenario.token_request(),
        scenario.token_request().url
    ));
    let answer = tokens(|body| body["spa_code"] = "one-time-spa-code".into());
    let (outcome, host) = scenario.answer(answer).end();
    shown.push(format!("{outcome:?} {:?}", host.done));
    let (_, host) = on_behalf_of(Host::default(), ASSERTION, |flow| {
        shown.push(format!("{flow:?}"));
    })
    .answer(tokens(|_| {}))
    .end();
    shown.push(format!("{:?}", host.done));
    let mut flow = None;
    let scenario = silent(|parts| flow = Some(format!("{parts:?}")));
    let refusal = crate::scenario::answer(400, r#"{"error":"invalid_grant"}"#);
    let (outcome, host) = scenario.answer(refusal).end();
    shown.push(format!("{flow:?} {outcome:?} {:?}", host.done));
    shown.push(format!(
        "{:?} {:?}",
        known_keys(&["k1"], 0),
        refresh_token(REFRESH_TOKEN)
    ));
    for printed in shown {
        assert_hidden(&printed);
    }
}

#[test]
fn no_part_of_a_users_flow_shows_one() {
    use graph_token::flow::credential::{Certificate, Credential};
    use graph_token::protocol::client_assertion::{Algorithm, ClientAssertion};
    use graph_token::protocol::jwt::Jwt;
    use graph_token::protocol::pem;
    let jwt = Jwt::parse(&id_token(&claims()), parse_json).unwrap();
    let unsigned = ClientAssertion {
        algorithm: Algorithm::Ps256,
        thumbprint: &[1],
        x5c: &[],
        client_id: "c",
        audience: "a",
        jti: "j",
        not_before: crate::scenario::START,
    }
    .unsigned();
    let text = String::from_utf8(unsigned.signing_input().to_vec()).unwrap();
    let printed = format!("{unsigned:?}");
    assert!(!printed.contains(&text) && !printed.contains(text.split('.').nth(1).unwrap()));
    let signed = Secret::new("eyJ.signed.assertion");
    let block = pem::blocks("-----BEGIN PRIVATE KEY-----\nVDBw\n-----END PRIVATE KEY-----");
    for printed in [
        format!("{jwt:?}"),
        format!("{:?}", Credential::Secret(Secret::new(SECRET))),
        format!("{:?}", Credential::Assertion(signed.clone())),
        format!("{:?}", Event::Assertion(signed.clone())),
        format!("{:?}", ClientAuthentication::Assertion(signed)),
        format!("{:?}", Certificate::new(None, None, Some(vec![1]), vec![])),
        format!(
            "{:?}",
            Event::Loaded(parse_json(r#"{"secret":"eyJ.token"}"#))
        ),
        format!("{block:?} {:?}", block[0].der.is_empty()),
    ] {
        assert_hidden(&printed);
    }
}

#[test]
fn no_debug_shows_one() {
    let authentication = ClientAuthentication::Secret(Secret::new(SECRET));
    assert_hidden(&format!("{authentication:?}"));
    let request = HttpRequest::post(
        "https://x/".into(),
        Form::new().with("client_secret", SECRET),
    );
    assert_hidden(&format!(
        "{request:?} {:?}",
        Effect::Send {
            request: request.clone(),
            timeout_ms: 1
        }
    ));
    assert_hidden(&format!(
        "{:?} {:?}",
        token_answer(),
        Event::Response(token_answer())
    ));
    assert_hidden(&format!("{:?}", value(r#"{"access_token":"eyJ.token"}"#)));
    let scenario = Scenario::begin();
    assert_hidden(&format!("{:?}", scenario.request()));
    assert!(!scenario.request().url.contains("S3cret"));
    let acquired = scenario.answer(token_answer()).acquired();
    assert_eq!(acquired.entities.tokens[0].secret.expose(), "eyJ.token");
    assert_hidden(&format!("{acquired:?}"));
}

#[test]
fn a_secret_that_is_a_part_of_a_word_leaves_what_programs_decide_by() {
    let mut error = graph_token::Error::configuration("invalid_client", "client: the client's");
    error.claims = r#"{"access_token":{}}"#.into();
    let shown = error.clone().fit_to_show(&["client", "a"]);
    assert_eq!(shown.code, "invalid_client");
    assert_eq!(shown.claims, r#"{"access_token":{}}"#);
    assert_eq!(shown.message, "***: the ***'s");
    error.code = SECRET.into();
    error.sub_error = "short".into();
    error.claims = r#"{"echo":"my S3cr3"}"#.into();
    let shown = error.fit_to_show(&[SECRET, "short", "S3cr3"]);
    assert_eq!(
        (shown.code.as_str(), shown.sub_error.as_str()),
        ("***", "***")
    );
    assert_eq!(shown.claims, r#"{"echo":"my ***"}"#);
}

#[test]
fn no_error_shows_one() {
    let error = Scenario::begin()
        .answer(answer(200, r#"{"access_token":"eyJ.token"}"#))
        .error();
    assert_hidden(&format!("{error} {error:?}"));
}
