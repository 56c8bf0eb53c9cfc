//! The boundary, in a JavaScript host.
#![allow(clippy::unwrap_used)]

use super::acquisition::Acquisition;
use super::client::Client;
use super::json;
use crate::protocol::json::Value;
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const CONFIGURATION: &str = r#"{"auth":{"clientId":"c","authority":"https://login.microsoftonline.com/contoso.com","clientSecret":"s"}}"#;
const NOW: f64 = 1_800_000_000_000.0;

fn js(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

fn prepare(client: &Client, request: &str, in_browser: bool) -> Result<Acquisition, JsValue> {
    let (kind, payload) = ("clientCredentials", JsValue::UNDEFINED);
    client.prepare(
        kind,
        &js(request),
        &payload,
        in_browser,
        None,
        None,
        &[7; 32],
        NOW,
        0.0,
    )
}

fn member(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap()
}

fn code_of(thrown: Result<impl Sized, JsValue>) -> String {
    member(&thrown.err().unwrap(), "errorCode")
        .as_string()
        .unwrap()
}

#[wasm_bindgen_test]
fn json_goes_in_and_out_unchanged() {
    let text = r#"{"a":[null,true,false,1,-1.5,1e+21,"ü\n\"\\\u0001"],"b":{"c":{}},"d":[]}"#;
    assert_eq!(json::parse(text).unwrap().to_json(), text);
    assert_eq!(
        json::parse("{\"a\":9007199254740991}")
            .unwrap()
            .get("a")
            .and_then(Value::as_integer),
        Some((1 << 53) - 1)
    );
}

#[wasm_bindgen_test]
fn what_is_no_json_or_too_deep_is_refused() {
    for text in ["", "{", "<html>", "{\"a\":1", "undefined"] {
        assert!(json::parse(text).is_none(), "{text}");
    }
    assert!(json::parse(&format!("{}1{}", "[".repeat(63), "]".repeat(63))).is_some());
    assert!(json::parse(&format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000))).is_none());
}

#[wasm_bindgen_test]
fn a_configuration_of_the_wrong_shape_says_which_member() {
    for (text, member_name) in [
        (
            r#"{"auth":{"clientId":7,"clientSecret":"s"}}"#,
            "auth.clientId",
        ),
        (
            r#"{"auth":{"clientId":"c","clientSecret":{}}}"#,
            "auth.clientSecret",
        ),
        (
            r#"{"auth":{"clientId":"c","clientSecret":"s","knownAuthorities":"x"}}"#,
            "auth.knownAuthorities",
        ),
        (
            r#"{"auth":{"clientId":"c","clientSecret":"s"},"system":{"timeoutMs":-1}}"#,
            "system.timeoutMs",
        ),
        (
            r#"{"auth":{"clientId":"c","clientSecret":"s"},"system":{"maxRetries":"2"}}"#,
            "system.maxRetries",
        ),
        (
            r#"{"auth":{"clientId":"c","clientSecret":"s"},"cache":{"cacheLocation":"localStorage"}}"#,
            "cache.cacheLocation",
        ),
    ] {
        let thrown = Client::new(&js(text), 0).err().unwrap();
        let message = member(&thrown, "errorMessage").as_string().unwrap();
        assert!(message.starts_with(member_name), "{message}");
        assert_eq!(
            member(&thrown, "className").as_string().unwrap(),
            "ClientConfigurationError"
        );
    }
    for odd in [
        JsValue::UNDEFINED,
        JsValue::NULL,
        JsValue::from_f64(1.0),
        js("[]"),
    ] {
        assert_eq!(code_of(Client::new(&odd, 0)), "missing_client_id");
    }
}

fn held(client: &Client, handle: f64) -> JsValue {
    let place = js_sys::Array::new();
    client.held(handle, &place);
    place.get(0)
}

#[wasm_bindgen_test]
fn an_acquisition_from_request_to_hit() {
    let client = Client::new(&js(CONFIGURATION), 0).unwrap();
    let begin = || prepare(&client, "{}", false).unwrap();
    let mut flow = begin();
    assert_eq!(flow.handle(), -1.0);
    let step = flow.start(NOW, 0.0).unwrap();
    let effect = Reflect::get_u32(&member(&step, "effects"), 0).unwrap();
    assert_eq!(member(&effect, "method").as_string().unwrap(), "POST");
    assert!(
        member(&effect, "url")
            .as_string()
            .unwrap()
            .starts_with("https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token?")
    );
    let answer = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"t"}"#;
    let step = flow
        .respond(
            0,
            200,
            None,
            None,
            None,
            None,
            &JsValue::from_str(answer),
            NOW,
            0.0,
        )
        .unwrap();
    let outcome = member(&step, "outcome");
    let handle = member(&outcome, "handle").as_f64().unwrap();
    assert_eq!(client.freshness(handle, NOW + 1_000.0, 1_000.0), 1);
    assert_eq!(
        member(&held(&client, handle), "accessToken")
            .as_string()
            .unwrap(),
        "t"
    );
    assert_eq!(begin().handle(), handle);
    assert_eq!(client.freshness(handle, NOW + 3_400_000.0, 3_400_000.0), 0);
    client.clear(false);
    assert!(held(&client, handle).is_undefined());
}

#[wasm_bindgen_test]
fn a_failure_is_an_object_with_all_that_is_known() {
    let client = Client::new(&js(CONFIGURATION), 0).unwrap();
    let id = "0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a";
    let mut flow = prepare(&client, &format!(r#"{{"correlationId":"{id}"}}"#), false).unwrap();
    flow.start(NOW, 0.0).unwrap();
    let answer = r#"{"error":"invalid_client","error_codes":[7000215]}"#;
    let step = flow
        .respond(
            0,
            401,
            Some("application/json".into()),
            None,
            None,
            None,
            &JsValue::from_str(answer),
            NOW,
            0.0,
        )
        .unwrap();
    let failure = member(&step, "failure");
    assert_eq!(
        member(&failure, "errorCode").as_string().unwrap(),
        "invalid_client"
    );
    assert_eq!(member(&failure, "status").as_f64(), Some(401.0));
    assert_eq!(member(&failure, "correlationId").as_string().unwrap(), id);
    assert!(member(&step, "outcome").is_undefined());
}

#[wasm_bindgen_test]
fn a_browser_keeps_no_secret() {
    let client = Client::new(&js(CONFIGURATION), 0).unwrap();
    assert_eq!(code_of(prepare(&client, "{}", true)), "secret_in_browser");
}
