//! A code becomes tokens and an account, once.

use crate::client_assertion::certificate;
use crate::host::Host;
use crate::person::{CODE, HOME, TENANT, UID, VERIFIER, keys, redeem, tokens};
use crate::scenario::{START, answer, authority, token_of};
use graph_token::Secret;
use graph_token::flow::credential::Credential;
use graph_token::flow::step::Event;
use graph_token::protocol::http::{Content, HttpResponse, RetryAfter};
use graph_token::protocol::token_request::Grant;

#[test]
fn one_request_as_entra_wants_it() {
    let scenario = redeem(|flow| flow.exchange.request.anchor_mailbox = Some("Oid:u@t".into()));
    let request = scenario.token_request();
    assert!(request.url.starts_with("https://login.microsoftonline.com/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/oauth2/v2.0/token?client-request-id="));
    assert_eq!(request.anchor_mailbox.as_deref(), Some("Oid:u@t"));
    for (name, expected) in [
        ("grant_type", "authorization_code"),
        ("code", CODE),
        ("redirect_uri", "https://app.example/back"),
        ("code_verifier", VERIFIER),
        ("scope", "User.Read openid profile offline_access"),
        ("client_info", "1"),
    ] {
        assert_eq!(scenario.sent(name).as_deref(), Some(expected), "{name}");
    }
    for absent in ["return_spa_code", "claims", "X-AnchorMailbox"] {
        assert_eq!(scenario.sent(absent), None, "{absent}");
    }
}

#[test]
fn a_page_sends_no_header_of_its_own() {
    let scenario = redeem(|flow| {
        flow.exchange.request.from_page = true;
        flow.exchange.request.anchor_mailbox = Some("Oid:u@t".into());
    });
    assert_eq!(scenario.token_request().anchor_mailbox, None);
    assert_eq!(scenario.sent("X-AnchorMailbox").as_deref(), Some("Oid:u@t"));
}

#[test]
fn token_account_id_token_and_refresh_token_come() {
    let acquired = redeem(|_| {}).answer(tokens(|_| {})).acquired();
    let token = token_of(&acquired);
    assert_eq!(token.secret.expose(), "eyJ.users.token");
    assert_eq!(token.realm, TENANT);
    assert_eq!(
        token.target, "User.Read Mail.Read profile openid",
        "what was granted"
    );
    let user = token.user.unwrap();
    assert_eq!(
        (user.home_account_id.as_str(), user.asked.as_slice()),
        (HOME, ["user.read".into()].as_slice())
    );
    let account = &acquired.entities.accounts[0];
    assert_eq!(account.home_account_id, HOME);
    assert_eq!(account.text("local_account_id"), UID);
    assert_eq!(account.text("username"), "megan@contoso.com");
    assert_eq!(
        account.entity_key(),
        format!("{HOME}-login.windows.net-{TENANT}")
    );
    assert_eq!(acquired.entities.id_tokens[0].realm, TENANT);
    assert_eq!(
        acquired.entities.refresh_tokens[0].secret.expose(),
        "0.Refresh~token/new"
    );
    assert!(!acquired.from_cache);
}

#[test]
fn a_code_for_the_page_is_asked_for_and_handed_on() {
    let scenario = redeem(|flow| {
        if let Grant::AuthorizationCode(grant) = &mut flow.exchange.request.grant {
            grant.return_spa_code = true;
        }
    });
    assert_eq!(scenario.sent("return_spa_code").as_deref(), Some("1"));
    let answer = tokens(|body| body["spa_code"] = "0.spa".into());
    let acquired = scenario.answer(answer).acquired();
    assert_eq!(acquired.spa_code.unwrap().expose(), "0.spa");
}

#[test]
fn never_sent_twice() {
    let throttled = || {
        let mut response = answer(429, r#"{"error":"temporarily_unavailable"}"#);
        response.retry_after = Some(RetryAfter::Seconds(1));
        response
    };
    let events = [
        Event::NetworkFailed,
        Event::TimedOut,
        Event::Response(HttpResponse::new(500, Content::Empty)),
        Event::Response(HttpResponse::new(503, Content::NotJson)),
        Event::Response(answer(400, r#"{"error":"server_error"}"#)),
        Event::Response(throttled()),
        Event::Response(answer(200, r#"{"token_type":"Bearer"}"#)),
    ];
    for event in events {
        let said = format!("{event:?}");
        let scenario = redeem(|flow| flow.exchange.max_retries = 5).event(event);
        assert!(scenario.has_ended(), "{said}");
        scenario.error();
    }
}

#[test]
fn an_assertion_out_of_time_spends_the_code_but_teaches_the_clock() {
    let certificate = certificate();
    let signed = |code: &str| {
        redeem(|flow| {
            flow.exchange.credential = Credential::Certificate(certificate.clone());
            if let Grant::AuthorizationCode(grant) = &mut flow.exchange.request.grant {
                grant.code = Secret::new(code);
            }
        })
    };
    let mut refusal = answer(401, r#"{"error":"invalid_client","error_codes":[700024]}"#);
    refusal.date = Some(START.plus_seconds(7_200));
    let first = signed("one");
    let assertion = first.sent("client_assertion");
    let error = first.answer(refusal).error();
    assert_eq!(error.error_codes, [700_024]);
    assert_ne!(
        signed("two").sent("client_assertion"),
        assertion,
        "the next sign-in is signed anew"
    );
}

#[test]
fn asked_assertions_are_asked_once_for_a_code() {
    let scenario = redeem(|flow| flow.exchange.credential = Credential::Asked);
    let scenario = scenario.event(Event::Assertion(Secret::new("eyJ.a.b")));
    let error = scenario
        .answer(answer(
            401,
            r#"{"error":"invalid_client","error_codes":[700024]}"#,
        ))
        .error();
    assert_eq!(error.error_codes, [700_024]);
}

#[test]
fn an_echoed_code_or_verifier_is_taken_out() {
    let body = serde_json::json!({"error": "invalid_grant", "error_description": format!("bad {CODE}, {VERIFIER}, {}", graph_token::protocol::form::encode(CODE))});
    let error = redeem(|_| {})
        .answer(answer(400, &body.to_string()))
        .error();
    let printed = format!("{error} {error:?}");
    assert!(
        !printed.contains("0.Code") && !printed.contains(VERIFIER),
        "{printed}"
    );
}

#[test]
fn keys_that_cannot_be_had_are_no_reason_to_send_it_again() {
    let scenario = redeem(|flow| {
        flow.exchange.keys = None;
        flow.exchange.max_retries = 1;
    });
    let scenario = scenario.answer_at("/token", tokens(|_| {}));
    let scenario = scenario.event(Event::NetworkFailed).sleep();
    assert_eq!(
        scenario.addresses().len(),
        1,
        "the keys alone are fetched again"
    );
    let acquired = scenario.answer(keys(&["k1"])).acquired();
    assert_eq!(token_of(&acquired).secret.expose(), "eyJ.users.token");
}

#[test]
fn another_tenant_of_the_user_is_another_profile_of_the_same_account() {
    let other = crate::person::OTHER_TENANT;
    let acquired = redeem(|flow| {
        flow.exchange.authority = authority(&format!("https://login.microsoftonline.com/{other}"));
        flow.exchange.keys = None;
    })
    .answer_at(
        "/token",
        tokens(|body| {
            let mut claims = crate::person::claims();
            claims["tid"] = other.into();
            claims["oid"] = "33333333-3333-4333-8333-333333333333".into();
            claims["iss"] = format!("https://login.microsoftonline.com/{other}/v2.0").into();
            body["id_token"] = crate::person::id_token(&claims).as_str().into();
        }),
    )
    .answer_at("/keys", keys(&["k1"]))
    .acquired();
    let account = &acquired.entities.accounts[0];
    assert_eq!(account.home_account_id, HOME, "the home stays");
    assert_eq!(account.tenants().collect::<Vec<_>>(), [other]);
    let info = account.info(other, None);
    assert_eq!(info.text("tenantId"), other);
    assert_eq!(
        info.text("localAccountId"),
        "33333333-3333-4333-8333-333333333333"
    );
    assert_eq!(token_of(&acquired).realm, other);
}

#[test]
fn without_a_store_nothing_is_asked_of_one() {
    let (outcome, host): (_, Host) = redeem(|_| {}).answer(tokens(|_| {})).end();
    assert!(outcome.is_ok());
    assert_eq!(
        host.done.len(),
        1,
        "the verification alone: {:?}",
        host.done
    );
}
