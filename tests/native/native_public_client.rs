//! The native public client over a platform in memory: a person signs in on another device.

#![allow(clippy::unwrap_used, dead_code, missing_docs)]

mod script;

use graph_token::native::{
    ClientCredential, Configuration, DeviceCodeRequest, PublicClient, SilentRequest,
};
use script::{CLIENT, Script, key, run, user_tokens};
use std::sync::Mutex;
use std::time::Duration;

const AUTHORITY: &str = "https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222";
const CODE: &str = r#"{"device_code":"device-secret","user_code":"ABCD-EFGH","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":5,"message":"To sign in, open https://microsoft.com/devicelogin"}"#;
const PENDING: &str = r#"{"error":"authorization_pending","error_description":"AADSTS70016"}"#;

fn client(script: &Script) -> PublicClient<Script> {
    let configuration = Configuration::new(CLIENT, ClientCredential::secret("is not sent"));
    PublicClient::new(configuration.with_authority(AUTHORITY), script.clone()).unwrap()
}

#[test]
fn a_person_signs_in_on_another_device() {
    let script = Script::default();
    let client = client(&script);
    script.publish(&key());
    script.answer(200, CODE);
    script.answer(400, PENDING);
    script.answer(400, PENDING);
    script.answer(200, &user_tokens(&script, &key(), "user-1", ""));
    let shown = Mutex::new(Vec::new());
    let request = DeviceCodeRequest::new(["User.Read"]);
    let result = run(client.acquire_token_by_device_code(&request, |code| {
        let texts = [&code.user_code, &code.verification_uri, &code.message];
        shown.lock().unwrap().push(texts.map(ToString::to_string));
    }))
    .unwrap();
    assert_eq!(
        shown.lock().unwrap().as_slice(),
        [[
            "ABCD-EFGH".to_owned(),
            "https://microsoft.com/devicelogin".to_owned(),
            "To sign in, open https://microsoft.com/devicelogin".to_owned(),
        ]]
    );
    assert_eq!(result.access_token.expose(), "user-1");
    let account = result.account.clone().unwrap();
    assert_eq!(account.username, "adele@contoso.com");
    let asked = script.token_requests();
    assert_eq!(asked.len(), 3);
    for sent in &asked {
        assert_eq!(
            sent.parameter("device_code").as_deref(),
            Some("device-secret")
        );
        assert_eq!(sent.parameter("client_secret"), None);
    }
    assert!(
        script.state.lock().unwrap().passed_ms >= 10_000,
        "two pauses of five seconds"
    );
    let silent = SilentRequest::new(account, ["User.Read"]);
    assert!(
        run(client.acquire_token_silent(&silent))
            .unwrap()
            .from_cache
    );
    assert!(!format!("{client:?}{result:?}{request:?}").contains("user-1"));
}

#[test]
fn who_takes_too_long_or_declines_is_told_apart() {
    for (answer, limit, code) in [
        (
            PENDING,
            Some(Duration::from_secs(7)),
            "user_timeout_reached",
        ),
        (
            r#"{"error":"authorization_declined"}"#,
            None,
            "authorization_declined",
        ),
        (r#"{"error":"expired_token"}"#, None, "device_code_expired"),
    ] {
        let script = Script::default();
        script.publish(&key());
        script.answer(200, CODE);
        for _ in 0..4 {
            script.answer(400, answer);
        }
        let mut request = DeviceCodeRequest::new(["User.Read"]);
        request.time_limit = limit;
        let client = client(&script);
        let error = run(client.acquire_token_by_device_code(&request, |_| {})).unwrap_err();
        assert_eq!(error.code, code);
        assert!(run(client.accounts()).is_empty());
    }
}
