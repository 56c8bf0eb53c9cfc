//! A user's token without the user.

use crate::host::Host;
use crate::person::{
    HOME, OTHER_TENANT, REFRESH_TOKEN, TENANT, refresh_token, silent, tokens, user_scopes,
};
use crate::scenario::{START, answer, authority, cached_for, token_of};
use graph_token::cache::partition::{TokenRef, Wanted};
use graph_token::flow::acquired::Keep;
use graph_token::flow::step::{Effect, Event};
use graph_token::protocol::http::{Content, HttpResponse};
use graph_token::text::Text;

fn cached(seconds: i64) -> Option<(Text, graph_token::cache::lifetime::Lifetime)> {
    Some(("the key".into(), cached_for(seconds).unwrap()))
}

fn forgotten(host: &Host) -> Vec<&str> {
    let forget = |effect: &'_ _| match effect {
        Effect::Forget { refresh_token, .. } => Some(refresh_token.expose().to_owned()),
        _ => None,
    };
    host.done
        .iter()
        .filter_map(forget)
        .map(|secret| {
            if secret == REFRESH_TOKEN {
                "old"
            } else {
                "other"
            }
        })
        .collect()
}

#[test]
fn a_fresh_token_is_a_hit() {
    let acquired = silent(|flow| flow.cached = cached(100)).acquired();
    assert_eq!(
        (
            acquired.key.as_str(),
            acquired.from_cache,
            acquired.extended
        ),
        ("the key", true, false)
    );
    assert!(acquired.entities.is_empty());
    let without_refresh_token = silent(|flow| {
        flow.cached = cached(100);
        flow.refresh_token = None;
    });
    assert!(without_refresh_token.outcome().is_ok());
}

#[test]
fn one_that_is_due_or_not_wanted_is_renewed() {
    for (age, skip_cache) in [(3_301, false), (4_000, false), (100, true)] {
        let scenario = silent(|flow| {
            flow.cached = cached(age);
            flow.skip_cache = skip_cache;
        });
        assert_eq!(
            scenario.sent("grant_type").as_deref(),
            Some("refresh_token"),
            "{age}"
        );
    }
}

#[test]
fn one_refresh_request_as_entra_wants_it() {
    let scenario = silent(|flow| flow.exchange.request.anchor_mailbox = Some("Oid:a@b".into()));
    for (name, expected) in [
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH_TOKEN),
        ("scope", "User.Read openid profile offline_access"),
        ("client_info", "1"),
    ] {
        assert_eq!(scenario.sent(name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(scenario.sent("redirect_uri"), None);
    let from_page = silent(|flow| flow.redirect_uri = Some("https://app.example/".into()));
    assert_eq!(
        from_page.sent("redirect_uri").as_deref(),
        Some("https://app.example/")
    );
}

#[test]
fn rotation_is_kept() {
    let acquired = silent(|_| {}).answer(tokens(|_| {})).acquired();
    assert_eq!(
        acquired.entities.refresh_tokens[0].secret.expose(),
        "0.Refresh~token/new"
    );
    assert_eq!(
        acquired.keep,
        Keep::IfAccountIsKnown,
        "who signed out meanwhile stays out"
    );
    let life = tokens(|body| body["refresh_token_expires_in"] = 86_399.into());
    let acquired = silent(|_| {}).answer(life).acquired();
    assert_eq!(
        acquired.entities.refresh_tokens[0].expires_on_seconds,
        Some(START.0 / 1_000 + 86_399)
    );
}

#[test]
fn without_a_new_refresh_token_the_old_one_stays() {
    let without = || {
        tokens(|body| {
            body.as_object_mut().unwrap().remove("refresh_token");
        })
    };
    let (outcome, host) = silent(|_| {}).answer(without()).end();
    assert!(
        outcome.unwrap().entities.refresh_tokens.is_empty(),
        "nothing takes its place"
    );
    assert!(forgotten(&host).is_empty());
}

#[test]
fn an_answer_without_id_token_or_client_info_is_filed_under_the_account() {
    let bare = tokens(|body| {
        for name in ["id_token", "client_info"] {
            body.as_object_mut().unwrap().remove(name);
        }
    });
    let acquired = silent(|flow| {
        flow.exchange.authority = authority("https://login.microsoftonline.com/common");
        flow.exchange.keys = crate::person::known_keys(&["k1"], 10);
        flow.filing.home_account_id = Some(HOME.into());
        flow.filing.tenant = Some(TENANT.into());
    })
    .answer(bare)
    .acquired();
    let token = token_of(&acquired);
    assert_eq!(
        (
            token.user.unwrap().home_account_id.as_str(),
            token.realm.as_str()
        ),
        (HOME, TENANT)
    );
    assert_eq!(acquired.entities.refresh_tokens[0].home_account_id, HOME);
}

#[test]
fn a_dead_refresh_token_is_forgotten_and_the_user_has_to_sign_in() {
    for body in [
        r#"{"error":"invalid_grant","error_codes":[700082]}"#,
        r#"{"error":"invalid_grant","error_codes":[50173]}"#,
        r#"{"error":"invalid_grant"}"#,
        r#"{"error":"invalid_grant","suberror":"bad_token"}"#,
        r#"{"error":"invalid_grant","suberror":"token_expired"}"#,
        r#"{"error":"bad_token"}"#,
    ] {
        let (outcome, host) = silent(|flow| flow.cached = cached(3_400))
            .answer(answer(400, body))
            .end();
        let error = outcome.unwrap_err();
        assert_eq!(error.class.name(), "InteractionRequiredAuthError", "{body}");
        assert!(!error.hint.is_empty(), "{body}");
        assert_eq!(forgotten(&host), ["old"], "{body}");
    }
}

#[test]
fn who_has_to_prove_or_consent_keeps_it() {
    for body in [
        r#"{"error":"invalid_grant","error_codes":[50076],"suberror":"basic_action","claims":"{\"access_token\":{}}"}"#,
        r#"{"error":"interaction_required","error_codes":[50079]}"#,
        r#"{"error":"invalid_grant","error_codes":[65001],"suberror":"consent_required"}"#,
        r#"{"error":"invalid_grant","error_codes":[65001]}"#,
        r#"{"error":"invalid_grant","error_codes":[53003],"suberror":"message_only"}"#,
        r#"{"error":"invalid_grant","error_codes":[50105]}"#,
        r#"{"error":"invalid_client","error_codes":[7000215]}"#,
        r#"{"error":"invalid_scope","error_codes":[70011]}"#,
    ] {
        let (outcome, host) = silent(|_| {}).answer(answer(400, body)).end();
        let error = outcome.unwrap_err();
        assert!(forgotten(&host).is_empty(), "{body}");
        if body.contains("claims") {
            assert_eq!(error.claims, r#"{"access_token":{}}"#);
            assert_eq!(error.class.name(), "InteractionRequiredAuthError");
        }
    }
}

#[test]
fn without_a_living_refresh_token_nobody_is_asked() {
    let error = silent(|flow| flow.refresh_token = None).error();
    assert_eq!(
        (error.code.as_str(), error.class.name()),
        ("no_tokens_found", "InteractionRequiredAuthError")
    );
    let ends = |seconds: i64| {
        silent(|flow| {
            let mut token = refresh_token(REFRESH_TOKEN);
            token.expires_on_seconds = Some(START.0 / 1_000 + seconds);
            flow.refresh_token = Some(token);
        })
    };
    for seconds in [-1, 0, 300] {
        let error = ends(seconds).error();
        assert_eq!(
            (error.code.as_str(), error.class.name()),
            ("refresh_token_expired", "InteractionRequiredAuthError")
        );
        assert!(!error.correlation_id.is_empty());
    }
    assert_eq!(
        ends(301).sent("refresh_token").as_deref(),
        Some(REFRESH_TOKEN)
    );
}

#[test]
fn an_outage_serves_what_is_there() {
    for (age, extended) in [(3_400, false), (3_700, true)] {
        for event in [
            Event::NetworkFailed,
            Event::Response(HttpResponse::new(503, Content::Empty)),
        ] {
            let (outcome, host) = silent(|flow| {
                flow.cached = cached(age);
                flow.exchange.max_retries = 0;
            })
            .event(event)
            .end();
            let acquired = outcome.unwrap();
            assert_eq!(
                (acquired.from_cache, acquired.extended),
                (true, extended),
                "{age}"
            );
            assert!(forgotten(&host).is_empty());
        }
    }
    let error = silent(|flow| {
        flow.cached = cached(7_300);
        flow.exchange.max_retries = 0;
    })
    .event(Event::NetworkFailed)
    .error();
    assert_eq!(error.code, "network_error");
}

#[test]
fn keys_that_cannot_be_had_serve_nothing_new() {
    let begin = |age| {
        silent(|flow| {
            flow.cached = cached(age);
            flow.exchange.keys = None;
            flow.exchange.max_retries = 0;
        })
        .answer_at("/token", tokens(|_| {}))
        .event_at("/keys", Event::NetworkFailed)
    };
    assert_eq!(begin(8_000).error().code, "jwks_unavailable");
    let acquired = begin(3_700).acquired();
    assert!(acquired.extended && acquired.entities.is_empty());
}

#[test]
fn an_echoed_refresh_token_is_taken_out() {
    let body = serde_json::json!({"error": "invalid_grant", "error_description": format!("bad {REFRESH_TOKEN}")});
    let error = silent(|_| {})
        .answer(answer(400, &body.to_string()))
        .error();
    assert!(!format!("{error} {error:?}").contains("0.Refresh"));
}

/// How a token is found that was asked for and granted so.
fn found(asked: &[&str], granted: &str, location: &str, realm: &str) -> TokenRef {
    TokenRef {
        client_id: "c".into(),
        key: Text::new(),
        realm: realm.into(),
        location: location.into(),
        asked: user_scopes(asked).bare("login.windows.net"),
        granted: graph_token::protocol::scope::Scopes::parse([granted])
            .unwrap()
            .bare("login.windows.net"),
        variant: Text::new(),
    }
}

const COMMON: &str = "login.windows.net/common";

fn serves(token: &TokenRef, scopes: &[&str], location: &str, realm: Option<&str>) -> bool {
    token.serves(Wanted {
        client_id: "c",
        realm,
        location,
        scopes: &user_scopes(scopes).bare("login.windows.net"),
        variant: "",
    })
}

#[test]
fn more_scopes_than_wanted_serve() {
    let granted = "https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/User.Read profile openid email";
    let token = found(&["User.Read", "Mail.Read"], granted, COMMON, TENANT);
    for scopes in [
        ["User.Read"].as_slice(),
        &["user.read"],
        &["mail.read", "USER.READ"],
        &["https://graph.microsoft.com/User.Read"],
        &["https://graph.microsoft.com/mail.read", "email"],
        &["openid", "User.Read"],
    ] {
        assert!(serves(&token, scopes, COMMON, Some(TENANT)), "{scopes:?}");
    }
    for scopes in [
        ["User.ReadWrite"].as_slice(),
        &["User.Read", "Calendars.Read"],
        &["api://other/User.Read"],
        &["https://graph.microsoft.us.evil/User.Read"],
        &["https://graph.microsoft.com/.default"],
    ] {
        assert!(!serves(&token, scopes, COMMON, Some(TENANT)), "{scopes:?}");
    }
    let by_default = found(
        &["https://graph.microsoft.com/.default"],
        granted,
        COMMON,
        TENANT,
    );
    assert!(serves(
        &by_default,
        &["https://graph.microsoft.com/.default"],
        COMMON,
        Some(TENANT)
    ));
}

#[test]
fn another_tenant_is_a_miss() {
    let token = found(&["User.Read"], "User.Read", COMMON, TENANT);
    assert!(serves(&token, &["User.Read"], COMMON, None));
    assert!(serves(
        &token,
        &["User.Read"],
        &format!("login.windows.net/{TENANT}"),
        Some(TENANT)
    ));
    for location in [
        COMMON.to_owned(),
        format!("login.windows.net/{OTHER_TENANT}"),
    ] {
        assert!(
            !serves(&token, &["User.Read"], &location, Some(OTHER_TENANT)),
            "{location}"
        );
    }
    let by_domain = found(
        &["User.Read"],
        "User.Read",
        "login.windows.net/contoso.com",
        TENANT,
    );
    assert!(serves(
        &by_domain,
        &["User.Read"],
        "login.windows.net/contoso.com",
        Some("contoso.com")
    ));
    assert!(!serves(
        &by_domain,
        &["User.Read"],
        "login.windows.net/fabrikam.com",
        Some("fabrikam.com")
    ));
    let plain = found(&["a"], "a", "idp.example", "1");
    assert!(serves(&plain, &["a"], "idp.example", Some("")));
}

#[test]
fn what_else_decides_a_token_tells_it_apart() {
    let mut token = found(&["User.Read"], "User.Read", COMMON, TENANT);
    token.variant = "\ncapability\ncp1".into();
    assert!(!serves(&token, &["User.Read"], COMMON, Some(TENANT)));
    let mut token = found(&["User.Read"], "User.Read", COMMON, TENANT);
    token.client_id = "another application".into();
    assert!(!serves(&token, &["User.Read"], COMMON, Some(TENANT)));
    let elsewhere = format!("idp.example/{TENANT}");
    let token = found(&["User.Read"], "User.Read", COMMON, TENANT);
    assert!(!serves(&token, &["User.Read"], &elsewhere, Some(TENANT)));
}

/// A refresh token of a family, in a cache that several share, is none to a client that is not of it.
#[test]
fn anothers_family_token_is_none_where_the_client_is_not_of_the_family() {
    let scenario = silent(|flow| {
        let mut family = refresh_token(REFRESH_TOKEN);
        family.client_id = "another".into();
        family.family_id = "1".into();
        flow.refresh_token = Some(family);
    });
    let (outcome, host) = scenario
        .answer(answer(
            400,
            r#"{"error":"invalid_grant","suberror":"client_mismatch"}"#,
        ))
        .end();
    assert_eq!(outcome.unwrap_err().code, "no_tokens_found");
    assert!(forgotten(&host).is_empty(), "it is the others' still");
}

/// Whoever asks too often is to ask later, not to sign in.
#[test]
fn a_loop_of_requests_costs_no_refresh_token() {
    let scenario = silent(|_| {}).answer(answer(
        400,
        r#"{"error":"invalid_grant","error_codes":[50196]}"#,
    ));
    let (outcome, host) = scenario.end();
    assert!(outcome.is_err() && forgotten(&host).is_empty());
}
