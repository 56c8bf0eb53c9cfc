//! Nothing printable holds a secret.

use crate::scenario::{SECRET, Scenario, answer, token_answer, value};
use graph_token::Secret;
use graph_token::flow::step::{Effect, Event};
use graph_token::protocol::client_authentication::ClientAuthentication;
use graph_token::protocol::form::Form;
use graph_token::protocol::http::HttpRequest;

fn assert_hidden(printed: &str) {
    for secret in [SECRET, "S3cret", "eyJ.token"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn no_debug_shows_one() {
    let authentication = ClientAuthentication::Secret(Secret::new(SECRET.into()));
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
fn no_error_shows_one() {
    let error = Scenario::begin()
        .answer(answer(200, r#"{"access_token":"eyJ.token"}"#))
        .error();
    assert_hidden(&format!("{error} {error:?}"));
}
