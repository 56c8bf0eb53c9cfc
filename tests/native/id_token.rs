//! Who signed in: an id_token counts only when its signature and its claims hold.

use crate::person::{
    OTHER_TENANT, TENANT, claims, id_token, jwt, keys, known_keys, redeem, tokens,
};
use crate::scenario::{CLIENT, START, Scenario, answer, authority, value};
use graph_token::Error;
use graph_token::flow::authorization_code::RedeemFlow;
use graph_token::flow::exchange::NonceCheck;
use graph_token::flow::step::Effect;
use graph_token::protocol::authority::{Authority, ProtocolMode};
use graph_token::protocol::http::HttpResponse;
use graph_token::protocol::id_token::is_issuer_of;
use graph_token::protocol::metadata;
use serde_json::{Value, json};

const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The answer with an id_token of this text.
pub(crate) fn with(id_token: &str) -> HttpResponse {
    tokens(|body| body["id_token"] = id_token.into())
}

fn changed(change: impl FnOnce(&mut Value)) -> HttpResponse {
    let mut claims = claims();
    change(&mut claims);
    with(&id_token(&claims))
}

pub(crate) fn refused(scenario: Scenario) -> Error {
    let error = scenario.error();
    assert_eq!(
        (error.code.as_str(), error.class.name()),
        ("invalid_id_token", "ClientAuthError"),
        "{error}"
    );
    error
}

#[test]
fn a_right_one_is_verified_with_the_key_of_its_kid() {
    let scenario = redeem(|flow| flow.exchange.keys = known_keys(&["k0", "k1", "k2"], 10));
    assert_eq!(
        scenario.addresses().len(),
        1,
        "keys that are known are not fetched"
    );
    let (outcome, host) = scenario.answer(tokens(|_| {})).end();
    assert!(outcome.is_ok());
    let [Effect::Verify { jwk, bytes, .. }] = host.done.as_slice() else {
        panic!("{:?}", host.done)
    };
    assert_eq!(jwk.text("kid"), "k1");
    assert!(id_token(&claims()).as_bytes().starts_with(bytes.expose()));
}

#[test]
fn what_is_signed_otherwise_is_refused() {
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "None", "kid": "k1"}),
        json!({"alg": "HS256", "kid": "k1"}),
        json!({"alg": "PS256", "kid": "k1"}),
        json!({"alg": "ES256", "kid": "k1"}),
        json!({"alg": "rs256", "kid": "k1"}),
        json!({"kid": "k1"}),
    ] {
        refused(redeem(|_| {}).answer(with(&jwt(&header, &claims()))));
    }
    let right = id_token(&claims());
    let (unsigned, _) = right.rsplit_once('.').unwrap();
    for text in [
        format!("{unsigned}."),
        format!("{unsigned}.AAAA"),
        unsigned.into(),
        "x".into(),
    ] {
        refused(redeem(|_| {}).answer(with(&text)));
    }
    let mut other = claims();
    other["oid"] = "somebody-else".into();
    let forged = id_token(&other);
    let (_, signature) = right.rsplit_once('.').unwrap();
    let (input, _) = forged.rsplit_once('.').unwrap();
    let error = refused(redeem(|_| {}).answer(with(&format!("{input}.{signature}"))));
    assert!(error.message.contains("signature"), "{}", error.message);
}

#[test]
fn what_discovery_lists_is_accepted_of_a_plain_provider() {
    let provider = |algorithms: Value| {
        let document = json!({
            "issuer": "https://idp.example/realm", "token_endpoint": "https://idp.example/t",
            "jwks_uri": "https://idp.example/keys", "id_token_signing_alg_values_supported": algorithms,
        });
        let metadata = metadata::parse(&value(&document.to_string())).unwrap();
        redeem(|flow| {
            let known = ["idp.example".into()];
            flow.exchange.authority =
                Authority::parse("https://idp.example/realm", &known, ProtocolMode::Oidc).unwrap();
            flow.exchange.metadata = Some(metadata);
            flow.exchange.keys = None;
        })
    };
    let claims = json!({"iss": "https://idp.example/realm", "aud": CLIENT, "sub": "s", "exp": START.0 / 1_000 + 60});
    let signed = |alg: &str, kid: &str| {
        let token = jwt(&json!({"alg": alg, "kid": kid}), &claims);
        tokens(|body| body["id_token"] = token.as_str().into())
    };
    let document = answer(
        200,
        &json!({"keys": [
            {"kty": "RSA", "kid": "rsa", "key_ops": ["encrypt"], "n": "B".repeat(342), "e": "AQAB"},
            {"kty": "RSA", "kid": "rsa", "key_ops": ["verify"], "n": "A".repeat(342), "e": "AQAB"},
            {"kty": "RSA", "kid": "ops", "key_ops": ["encrypt"], "n": "B".repeat(342), "e": "AQAB"},
            {"kty": "EC", "kid": "ec", "crv": "P-256", "x": "x", "y": "y"},
            {"kty": "RSA", "kid": "short", "n": "A".repeat(171), "e": "AQAB"},
            {"kty": "RSA", "kid": "enc", "use": "enc", "n": "A".repeat(342), "e": "AQAB"},
            {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        ]})
        .to_string(),
    );
    let run = |listed: Value, alg: &str, kid: &str| {
        let scenario = provider(listed);
        assert_eq!(
            scenario.addresses(),
            ["https://idp.example/t", "https://idp.example/keys"]
        );
        scenario
            .answer_at("/t", signed(alg, kid))
            .answer_at("/keys", document.clone())
    };
    let all = || json!(["RS256", "PS256", "ES256", "HS256", "none"]);
    for (alg, kid) in [("RS256", "rsa"), ("PS256", "rsa"), ("ES256", "ec")] {
        assert!(run(all(), alg, kid).outcome().is_ok(), "{alg}");
    }
    assert!(
        run(json!([]), "RS256", "rsa").outcome().is_ok(),
        "RS256 need not be listed"
    );
    for (listed, alg, kid) in [
        (json!(["RS256"]), "PS256", "rsa"),
        (json!(["RS256"]), "ES256", "ec"),
        (all(), "ES256", "rsa"),
        (all(), "RS256", "ec"),
        (all(), "RS256", "short"),
        (all(), "RS256", "enc"),
        (all(), "RS256", "ops"),
        (all(), "HS256", "shared"),
        (all(), "none", ""),
    ] {
        let scenario = run(listed, alg, kid);
        // A key that is not there may be newer than those that were fetched beside.
        refused(if scenario.has_ended() {
            scenario
        } else {
            scenario.answer_at("/keys", document.clone())
        });
    }
}

#[test]
fn claims_of_somebody_else_are_refused() {
    let now = START.0 / 1_000;
    let wrong: [(&str, Value); 14] = [
        (
            "iss",
            format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0").into(),
        ),
        ("iss", format!("https://evil.example/{TENANT}/v2.0").into()),
        (
            "iss",
            format!("https://login.microsoftonline.us/{TENANT}/v2.0").into(),
        ),
        ("iss", "".into()),
        ("tid", OTHER_TENANT.into()),
        ("tid", Value::Null),
        ("aud", "22222222-1111-1111-1111-111111111111".into()),
        ("aud", json!([CLIENT, "other"])),
        ("aud", Value::Null),
        ("exp", (now - 301).into()),
        ("exp", Value::Null),
        ("nbf", (now + 301).into()),
        ("sub", Value::Null),
        ("aud", json!([])),
    ];
    for (name, wrong) in wrong {
        let said = format!("{name} {wrong}");
        let scenario = redeem(|_| {}).answer(changed(|claims| claims[name] = wrong));
        assert!(scenario.has_ended(), "{said}");
        let error = refused(scenario);
        assert!(
            error.hint.contains("cached") || error.hint.contains("clock"),
            "{said}"
        );
    }
    for (name, right) in [
        ("aud", json!([CLIENT])),
        ("exp", (now - 299).into()),
        ("nbf", (now + 299).into()),
        ("tid", TENANT.into()),
    ] {
        let said = format!("{name} {right}");
        let scenario = redeem(|_| {}).answer(changed(|claims| claims[name] = right));
        assert!(scenario.outcome().is_ok(), "{said}");
    }
}

#[test]
fn both_issuer_and_tenant_of_another_tenant_are_refused() {
    let foreign = || {
        changed(|claims| {
            claims["tid"] = OTHER_TENANT.into();
            claims["iss"] = format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0").into();
        })
    };
    refused(redeem(|_| {}).answer(foreign()));
    let at = |tenant: &str| {
        let at = format!("https://login.microsoftonline.com/{tenant}");
        redeem(|flow| {
            flow.exchange.authority = authority(&at);
            flow.exchange.keys = None;
        })
        .answer_at("/token", foreign())
        .answer_at("/keys", keys(&["k1"]))
    };
    for tenant in ["common", "organizations", "contoso.com"] {
        assert!(at(tenant).outcome().is_ok(), "{tenant}");
    }
    refused(at("consumers"));
}

#[test]
fn personal_accounts_are_no_organizations() {
    let at = |tenant: &str| {
        let at = format!("https://login.microsoftonline.com/{tenant}");
        redeem(|flow| {
            flow.exchange.authority = authority(&at);
            flow.exchange.keys = None;
        })
        .answer_at(
            "/token",
            changed(|claims| {
                claims["tid"] = CONSUMERS.into();
                claims["iss"] =
                    format!("https://login.microsoftonline.com/{CONSUMERS}/v2.0").into();
            }),
        )
        .answer_at("/keys", keys(&["k1"]))
    };
    assert!(at("common").outcome().is_ok() && at("consumers").outcome().is_ok());
    refused(at("organizations"));
}

#[test]
fn every_cloud_has_its_own_issuer_and_keys() {
    for host in [
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "login.sovcloud-identity.fr",
        "login.sovcloud-identity.de",
        "login.sovcloud-identity.sg",
    ] {
        let run = |issuer: &str| {
            let issuer = format!("https://{issuer}/{TENANT}/v2.0");
            let scenario = redeem(|flow| {
                flow.exchange.authority = authority(&format!("https://{host}/common"));
                flow.exchange.keys = None;
            });
            assert_eq!(
                scenario.addresses(),
                [
                    format!("https://{host}/common/oauth2/v2.0/token"),
                    format!("https://{host}/common/discovery/v2.0/keys")
                ]
            );
            scenario
                .answer_at("/token", changed(|claims| claims["iss"] = issuer.into()))
                .answer_at("/keys", keys(&["k1"]))
        };
        assert!(run(host).outcome().is_ok(), "{host}");
        let other = if host.ends_with(".us") {
            "login.microsoftonline.com"
        } else {
            "login.microsoftonline.us"
        };
        refused(run(other));
    }
}

#[test]
fn a_shared_key_stands_for_the_issuer_that_it_names() {
    let named = |issuer: &str| {
        let document = json!({"keys": [{
            "kty": "RSA", "kid": "k1", "n": "A".repeat(342), "e": "AQAB", "issuer": issuer,
        }]});
        redeem(|flow| flow.exchange.keys = None)
            .answer_at("/token", tokens(|_| {}))
            .answer_at("/keys", answer(200, &document.to_string()))
    };
    for right in [
        "https://login.microsoftonline.com/{tenantid}/v2.0".into(),
        format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
    ] {
        assert!(named(&right).outcome().is_ok());
    }
    refused(named(&format!(
        "https://login.microsoftonline.com/{CONSUMERS}/v2.0"
    )));
}

#[test]
fn the_nonce_is_the_one_that_was_sent() {
    let run = |sent: NonceCheck, came: Option<&str>| {
        redeem(|flow: &mut RedeemFlow| flow.exchange.nonce = sent).answer(changed(|claims| {
            if let Some(nonce) = came {
                claims["nonce"] = nonce.into();
            }
        }))
    };
    let sent = |text: &str| NonceCheck::Exactly(Some(text.into()));
    assert!(run(sent("n"), Some("n")).outcome().is_ok());
    assert!(run(NonceCheck::None, Some("n")).outcome().is_ok());
    for (sent, came) in [
        (sent("n"), Some("m")),
        (sent("n"), None),
        (NonceCheck::Exactly(None), Some("n")),
    ] {
        assert_eq!(run(sent, came).error().code, "nonce_mismatch");
    }
}

#[test]
fn a_provider_with_entras_paths_tells_issuer_and_keys_itself() {
    let begin = || {
        redeem(|flow| {
            flow.exchange.authority = authority(&format!("https://idp.example/{TENANT}"));
            flow.exchange.keys = None;
        })
    };
    let document = json!({
        "issuer": "https://idp.example/{tenantid}/v2.0", "token_endpoint": format!("https://idp.example/{TENANT}/oauth2/v2.0/token"),
        "jwks_uri": "https://idp.example/keys",
    });
    let run = |issuer: &str| {
        begin()
            .answer_at("/token", changed(|claims| claims["iss"] = issuer.into()))
            .answer_at("openid-configuration", answer(200, &document.to_string()))
            .answer_at("/keys", keys(&["k1"]))
    };
    let (outcome, host) = run(&format!("https://idp.example/{TENANT}/v2.0")).end();
    assert!(outcome.is_ok() && host.metadata().is_some() && host.keys().is_some());
    refused(run(&format!("https://idp.example/{OTHER_TENANT}/v2.0")));
    refused(run(&format!("https://idp.example/{TENANT}/v2.0/")));
}

/// RFC 9207.
#[test]
fn the_authorization_responses_issuer() {
    let at = |tenant: &str| authority(&format!("https://login.microsoftonline.com/{tenant}"));
    let issuer = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
    assert!(is_issuer_of(&issuer(TENANT), &at(TENANT), None));
    assert!(is_issuer_of(&issuer(TENANT), &at("common"), None));
    assert!(!is_issuer_of(&issuer(OTHER_TENANT), &at(TENANT), None));
    assert!(!is_issuer_of(
        &issuer(CONSUMERS),
        &at("organizations"),
        None
    ));
    assert!(!is_issuer_of("https://evil.example/x", &at("common"), None));
    assert!(!is_issuer_of(
        &format!("https://evil.example/{TENANT}/v2.0"),
        &at("common"),
        None
    ));
    let known = ["idp.example".into()];
    let oidc = Authority::parse("https://idp.example/realm", &known, ProtocolMode::Oidc).unwrap();
    assert!(is_issuer_of("https://idp.example/realm", &oidc, None));
    assert!(!is_issuer_of("https://idp.example/other", &oidc, None));
    assert!(!is_issuer_of(
        "https://idp.example.evil.example/realm",
        &oidc,
        None
    ));
}
