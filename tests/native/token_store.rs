//! The program's token store: read before the network, written after it, and never a reason to fail.

use crate::host::{Host, parse_json};
use crate::person::{HOME, REFRESH_TOKEN, TENANT, redeem_on, silent_on, tokens, user_scopes};
use crate::scenario::{
    CLIENT, START, Scenario, answer, application, authority, token_answer, token_of,
};
use graph_token::cache::lifetime::Lifetime;
use graph_token::cache::msal_schema::{self, Reader};
use graph_token::flow::accounts;
use graph_token::flow::acquired::Keep;
use graph_token::flow::authorization_code::RedeemFlow;
use graph_token::flow::client_credentials::ClientCredentialsFlow;
use graph_token::flow::step::Event;
use graph_token::flow::token_store::TokenStore;
use graph_token::protocol::http::{Content, HttpResponse};
use graph_token::time::Now;

pub(crate) fn store(can_list: bool) -> TokenStore {
    TokenStore {
        authority: Some(authority("https://login.microsoftonline.com/contoso.com")),
        capabilities: vec![],
        parse_json,
        client_id: CLIENT.into(),
        can_list,
        holds_accounts: false,
        removed: Vec::new(),
    }
}

fn for_application(
    host: Host,
    seconds: i64,
    change: impl FnOnce(&mut ClientCredentialsFlow),
) -> Scenario {
    let mut flow = application();
    flow.store = Some(store(true));
    change(&mut flow);
    Scenario::on(host, START.plus_seconds(seconds), |io| flow.run(io))
}

fn signed_in(host: Host) -> Host {
    signed_in_as(host, |_| {})
}

fn signed_in_as(host: Host, change: impl FnOnce(&mut RedeemFlow)) -> Host {
    let scenario = redeem_on(host, |flow| {
        flow.store = Some(store(true));
        change(flow);
    });
    let (outcome, host) = scenario.answer(tokens(|_| {})).end();
    assert!(outcome.is_ok());
    host
}

fn user_entry(host: &Host) -> &str {
    let entry = host.store.iter().find(|(key, _)| key.contains(":user:"));
    &entry.expect("the user's entry").1.0
}

fn silently(host: Host, seconds: i64) -> Scenario {
    silent_on(host, START.plus_seconds(seconds), |flow| {
        flow.store = Some(store(true));
        flow.refresh_token = None;
    })
}

#[test]
fn an_applications_token_is_loaded_before_the_network_and_saved_after_it() {
    let (outcome, host) = for_application(Host::default(), 0, |_| {})
        .answer(token_answer())
        .end();
    let key = outcome.unwrap().key;
    assert_eq!(host.store.len(), 1);
    let (stored_key, (text, expires_at)) = host.store.iter().next().unwrap();
    assert!(
        stored_key.starts_with("graph-token:1:app:") && stored_key.len() < 128,
        "{stored_key}"
    );
    assert!(!stored_key.contains(CLIENT));
    assert_eq!(*expires_at, START.plus_seconds(3_599));
    let saved = parse_json(text).unwrap();
    assert_eq!(saved.text("graph_token_key"), key);

    let (outcome, host) = for_application(host, 60, |_| {}).end();
    let acquired = outcome.unwrap();
    assert!(acquired.from_cache && acquired.key == key);
    assert_eq!(token_of(&acquired).secret.expose(), "eyJ.token");

    assert!(
        !for_application(host, 3_400, |_| {}).has_ended(),
        "one that is due is renewed"
    );
}

#[test]
fn what_decides_a_token_decides_its_entry() {
    let (_, host) = for_application(Host::default(), 0, |_| {})
        .answer(token_answer())
        .end();
    let other = for_application(host, 0, |flow| {
        flow.filing.capabilities = vec!["cp1".into()];
    });
    assert!(!other.has_ended());
    let (_, host) = other.answer(token_answer()).end();
    assert_eq!(host.store.len(), 2);
}

#[test]
fn a_corrupt_entry_costs_a_request() {
    let (_, host) = for_application(Host::default(), 0, |_| {})
        .answer(token_answer())
        .end();
    let (key, (text, _)) = host.store.iter().next().unwrap();
    let (key, text) = (key.clone(), text.clone());
    for corrupt in [
        String::new(),
        "{".into(),
        "null".into(),
        "[]".into(),
        "{}".into(),
        text.replace("AccessToken", "Broken"),
        text.replace("contoso.com", "fabrikam.com"),
        text.replace("eyJ.token", "a b"),
        text.replace(r#""cached_at":"1800000000""#, r#""cached_at":{}"#),
        text[..text.len() / 2].to_owned(),
    ] {
        let mut host = Host::default();
        host.store
            .insert(key.clone(), (corrupt.as_str().into(), START));
        let scenario = for_application(host, 60, |_| {});
        assert!(!scenario.has_ended(), "{corrupt}");
        let (outcome, host) = scenario.answer(token_answer()).end();
        assert!(outcome.is_ok());
        assert!(host.store[&key].0.contains("eyJ.token"), "put right");
    }
}

#[test]
fn a_store_that_fails_costs_a_request_and_nothing_else() {
    let failing = || Host {
        store_fails: true,
        ..Host::default()
    };
    let (outcome, _) = for_application(failing(), 0, |_| {})
        .answer(token_answer())
        .end();
    assert!(!outcome.unwrap().from_cache);
    for can_list in [true, false] {
        let scenario = redeem_on(failing(), |flow| flow.store = Some(store(can_list)));
        let (outcome, _) = scenario.answer(tokens(|_| {})).end();
        assert_eq!(outcome.unwrap().entities.accounts.len(), 1);
    }
    let scenario = silent_on(failing(), START, |flow| flow.store = Some(store(true)));
    let (outcome, _) = scenario.answer(tokens(|_| {})).end();
    assert!(outcome.is_ok());
    let run = |keys: bool| Scenario::on(failing(), START, |io| accounts::load_all(store(keys), io));
    assert!(run(true).acquired().entities.is_empty() && run(false).acquired().entities.is_empty());
}

#[test]
fn an_outage_serves_what_the_store_has() {
    let (_, host) = for_application(Host::default(), 0, |_| {})
        .answer(token_answer())
        .end();
    let scenario = for_application(host, 3_400, |flow| flow.exchange.max_retries = 0);
    let acquired = scenario
        .answer(HttpResponse::new(503, Content::Empty))
        .acquired();
    assert!(acquired.from_cache && !acquired.extended);

    let host = signed_in(Host::default());
    let scenario = silent_on(host, START.plus_seconds(3_700), |flow| {
        flow.store = Some(store(true));
        flow.refresh_token = None;
        flow.exchange.max_retries = 0;
    });
    let acquired = scenario.event(Event::NetworkFailed).acquired();
    assert!(acquired.from_cache && acquired.extended);
}

#[test]
fn a_users_entry_is_a_cache_in_msals_schema() {
    let host = signed_in(Host::default());
    let (key, (text, expires_at)) = host.store.iter().next().unwrap();
    assert!(key.starts_with("graph-token:1:user:") && !key.contains(HOME));
    assert_eq!(*expires_at, START.plus_seconds(90 * 24 * 60 * 60));
    let mut cache = parse_json(text).unwrap();
    if let graph_token::protocol::json::Value::Object(members) = &mut cache {
        members.retain(|(name, _)| name != "graph_token_key");
    }
    let reader = Reader {
        authority: None,
        capabilities: &[],
        parse_json,
    };
    let entities = msal_schema::read(&cache, reader, Now::at(START))
        .unwrap()
        .entities;
    assert_eq!(entities.accounts[0].home_account_id, HOME);
    assert_eq!(entities.tokens[0].secret.expose(), "eyJ.users.token");
    assert_eq!(
        entities.refresh_tokens[0].secret.expose(),
        "0.Refresh~token/new"
    );
    assert_eq!(entities.id_tokens[0].claims.text("tid"), TENANT);
}

#[test]
fn another_instance_goes_on_with_what_the_store_has() {
    let host = signed_in(Host::default());
    let (outcome, host) = silently(host, 60).end();
    let acquired = outcome.unwrap();
    assert!(acquired.from_cache);
    assert_eq!(
        acquired.entities.accounts.len(),
        1,
        "the account comes into memory with it"
    );

    let scenario = silently(host, 3_400);
    assert_eq!(
        scenario.sent("refresh_token").as_deref(),
        Some("0.Refresh~token/new")
    );
    let renewed = tokens(|body| {
        body["access_token"] = "eyJ.renewed.token".into();
        body["refresh_token"] = "0.Refresh~token/third".into();
    });
    let (outcome, host) = scenario.answer(renewed).end();
    assert_eq!(outcome.unwrap().keep, Keep::Always);
    let saved = user_entry(&host);
    assert!(
        saved.contains("token/third") && !saved.contains("token/new"),
        "rotated"
    );
    assert!(saved.contains("eyJ.renewed.token") && !saved.contains("eyJ.users.token"));
}

#[test]
fn without_a_new_refresh_token_the_stored_one_stays() {
    let host = signed_in(Host::default());
    let without = tokens(|body| {
        body.as_object_mut().unwrap().remove("refresh_token");
    });
    let (_, host) = silently(host, 3_400).answer(without).end();
    assert!(user_entry(&host).contains("token/new"));
}

#[test]
fn tokens_of_other_kinds_are_told_apart_in_a_users_entry() {
    let host = signed_in_as(Host::default(), |flow| {
        flow.filing.capabilities = vec!["cp1".into()];
        flow.filing.scopes = user_scopes(&["https://graph.microsoft.com/.default"]);
    });
    assert!(
        !silently(host, 0).has_ended(),
        "another request's token does not serve"
    );

    let host = signed_in_as(Host::default(), |flow| {
        flow.filing.scopes = user_scopes(&["https://graph.microsoft.com/.default"]);
    });
    let scenario = silent_on(host, START, |flow| {
        flow.store = Some(store(true));
        flow.refresh_token = None;
        flow.filing.scopes = user_scopes(&["https://graph.microsoft.com/.default"]);
    });
    assert!(
        scenario.acquired().from_cache,
        "found by what was asked for, not by what was granted"
    );
}

#[test]
fn what_another_writer_saved_meanwhile_stays() {
    let host = signed_in(Host::default());
    let mut scenario = silently(host, 3_400);
    let meanwhile = signed_in_as(Host::default(), |flow| {
        flow.filing.scopes = user_scopes(&["Mail.Read"]);
    });
    let of_mail = user_entry(&meanwhile)
        .replace("eyJ.users.token", "eyJ.mail.token")
        .replace("1800003600", "1800009999");
    let (key, _) = scenario.host.store.iter().next().unwrap();
    let key = key.clone();
    scenario
        .host
        .store
        .insert(key, (of_mail.into(), START.plus_seconds(90)));
    let answer = tokens(|body| body["access_token"] = "eyJ.renewed.token".into());
    let (outcome, host) = scenario.answer(answer).end();
    assert!(outcome.is_ok());
    let saved = user_entry(&host);
    assert!(
        saved.contains("eyJ.mail.token") && saved.contains("eyJ.renewed.token"),
        "{saved}"
    );
}

#[test]
fn who_has_been_removed_is_not_put_back() {
    let host = signed_in(Host::default());
    let mut scenario = silently(host, 3_400);
    scenario.host.store.clear();
    let (outcome, host) = scenario.answer(tokens(|_| {})).end();
    assert!(outcome.is_ok());
    assert!(host.store.is_empty(), "{:?}", host.store.keys());

    let host = signed_in(Host::default());
    let mut scenario = silently(host, 3_400);
    scenario.host.store.clear();
    let (outcome, host) = scenario
        .answer(answer(400, r#"{"error":"invalid_grant"}"#))
        .end();
    assert!(outcome.is_err() && host.store.is_empty());
}

#[test]
fn a_dead_refresh_token_leaves_the_store_and_the_account_stays() {
    let host = signed_in(Host::default());
    let (outcome, host) = silently(host, 3_400)
        .answer(answer(400, r#"{"error":"invalid_grant"}"#))
        .end();
    assert_eq!(
        outcome.unwrap_err().class.name(),
        "InteractionRequiredAuthError"
    );
    let saved = user_entry(&host);
    assert!(!saved.contains("0.Refresh") && saved.contains(HOME));
    assert_eq!(silently(host, 3_400).error().code, "no_tokens_found");
}

#[test]
fn a_refresh_token_that_another_instance_renewed_is_not_forgotten_but_used() {
    let host = signed_in(Host::default());
    let mut scenario = silently(host, 3_400);
    for (text, _) in scenario.host.store.values_mut() {
        *text = text.replace("token/new", "token/newer").into();
    }
    let scenario = scenario.answer(answer(400, r#"{"error":"invalid_grant"}"#));
    assert_eq!(
        scenario.sent("refresh_token").as_deref(),
        Some("0.Refresh~token/newer")
    );
    let (_, host) = scenario
        .answer(answer(400, r#"{"error":"interaction_required"}"#))
        .end();
    assert!(user_entry(&host).contains("token/newer"));
}

#[test]
fn the_stores_refresh_token_goes_before_that_in_memory() {
    let host = signed_in(Host::default());
    let scenario = silent_on(host, START.plus_seconds(3_400), |flow| {
        flow.store = Some(store(true));
    });
    assert_eq!(
        scenario.sent("refresh_token").as_deref(),
        Some("0.Refresh~token/new")
    );
    let scenario = silent_on(Host::default(), START, |flow| {
        flow.store = Some(store(true));
    });
    assert_eq!(
        scenario.sent("refresh_token").as_deref(),
        Some(REFRESH_TOKEN),
        "else that one"
    );
}

#[test]
fn a_life_is_not_lengthened_by_being_stored() {
    let (_, host) = for_application(Host::default(), 0, |_| {})
        .answer(token_answer())
        .end();
    let token = token_of(&for_application(host, 1_000, |_| {}).acquired());
    assert_eq!(
        token.lifetime,
        Lifetime {
            obtained: START,
            refresh: None,
            expires: START.plus_seconds(3_599),
            extended_expires: START.plus_seconds(3_599),
        }
    );
}
