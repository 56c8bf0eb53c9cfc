use crate::host::parse_json;
use crate::scenario::{START, Scenario, token_answer, value};
use graph_token::cache::access_token::AccessToken;
use graph_token::cache::entities::Entities;
use graph_token::cache::msal_schema::{Imported, Reader, read, write};
use graph_token::protocol::json::Value;
use graph_token::time::{Moment, Now};

const READER: Reader<'_> = Reader {
    authority: None,
    capabilities: &[],
    parse_json,
};

fn token() -> AccessToken {
    Scenario::begin().answer(token_answer()).token()
}

fn entities(tokens: Vec<AccessToken>) -> Entities {
    Entities {
        tokens,
        ..Entities::default()
    }
}

fn import(text: &str) -> Imported {
    read(&value(text), READER, Now::at(START)).unwrap()
}

#[test]
fn written_as_msal_node_writes_it() {
    let cache = write(
        &entities(vec![token()]),
        &Value::Object(vec![]),
        Now::at(START),
    )
    .to_json();
    assert_eq!(
        cache,
        r#"{"Account":{},"IdToken":{},"AccessToken":{"-login.windows.net-accesstoken-11111111-1111-1111-1111-111111111111-contoso.com-https://graph.microsoft.com/.default-":{"home_account_id":"","environment":"login.windows.net","credential_type":"AccessToken","client_id":"11111111-1111-1111-1111-111111111111","secret":"eyJ.token","realm":"contoso.com","target":"https://graph.microsoft.com/.default","cached_at":"1800000000","expires_on":"1800003599","extended_expires_on":"1800003599","token_type":"Bearer"}},"RefreshToken":{},"AppMetadata":{}}"#
    );
}

#[test]
fn what_is_written_is_read_under_the_same_key() {
    let original = token();
    let cache = write(
        &entities(vec![original.clone()]),
        &Value::Object(vec![]),
        Now::at(START),
    );
    let imported = read(&cache, READER, Now::at(START.plus_ms(1_000))).unwrap();
    assert_eq!(imported.entities.tokens.len(), 1);
    assert_eq!(imported.entities.tokens[0].key, original.key);
    assert_eq!(
        imported.entities.tokens[0].lifetime.expires,
        original.lifetime.expires
    );
    assert_eq!(
        imported.entities.tokens[0].authority,
        "https://login.microsoftonline.com/contoso.com/"
    );
}

#[test]
fn what_is_not_ours_is_kept_as_it_came() {
    let text = r#"{"Account":{"a":{"x":1}},"Future":{"y":[true,null,1.5]},"AccessToken":{"user":{"home_account_id":"u.t","secret":"s"}},"RefreshToken":{"r":{"secret":"s"}}}"#;
    let imported = import(text);
    assert!(imported.entities.tokens.is_empty());
    let written = write(&entities(vec![token()]), &imported.rest, Now::at(START));
    for (path, member) in [
        ("Account", "a"),
        ("Future", "y"),
        ("AccessToken", "user"),
        ("RefreshToken", "r"),
    ] {
        assert_eq!(
            written.get(path).unwrap().get(member),
            value(text).get(path).unwrap().get(member),
            "{path}"
        );
    }
    assert_eq!(
        written
            .get("AccessToken")
            .unwrap()
            .as_object()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn one_bad_entry_costs_itself_alone() {
    let Value::Object(mut sections) = write(
        &entities(vec![token()]),
        &Value::Object(vec![]),
        Now::at(START),
    ) else {
        panic!()
    };
    for (name, section) in &mut sections {
        if let (true, Value::Object(entries)) = (name == "AccessToken", section) {
            for (number, bad) in [
                "{}",
                "null",
                "[]",
                r#"{"home_account_id":"","secret":"a b","cached_at":"1","expires_on":"x"}"#,
            ]
            .iter()
            .enumerate()
            {
                entries.push((number.to_string().into(), value(bad)));
            }
        }
    }
    let imported = read(&Value::Object(sections), READER, Now::at(START)).unwrap();
    assert_eq!(imported.entities.tokens.len(), 1);
}

#[test]
fn expired_and_future_tokens_are_not_believed() {
    let cache = write(
        &entities(vec![token()]),
        &Value::Object(vec![]),
        Now::at(START),
    );
    let at = |seconds| {
        read(&cache, READER, Now::at(START.plus_seconds(seconds)))
            .unwrap()
            .entities
            .tokens
            .len()
    };
    assert_eq!((at(3_598), at(3_599), at(-200), at(-3_600)), (1, 0, 1, 0));
}

#[test]
fn what_is_no_cache_is_refused() {
    for text in ["null", "[]", "\"x\"", "1", r#"{"AccessToken":[]}"#] {
        let error = read(&value(text), READER, Now::at(Moment(0))).unwrap_err();
        assert_eq!(error.code, "invalid_cache_record", "{text}");
    }
}
