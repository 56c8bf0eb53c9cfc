//! MSAL's cache schema with users in it: in, out, and as its writer spelled it.

use crate::host::parse_json;
use crate::person::{
    HOME, REFRESH_TOKEN, TENANT, UID, claims, id_token, redeem, refresh_token, tokens,
};
use crate::scenario::{CLIENT, START, value};
use graph_token::cache::access_token::RefreshToken;
use graph_token::cache::entities::Entities;
use graph_token::cache::key::Owner;
use graph_token::cache::lifetime::Freshness;
use graph_token::cache::msal_schema::{Imported, Reader, read, write};
use graph_token::cache::partition::{Partition, TokenRef, Wanted, key};
use graph_token::protocol::json::Value;
use graph_token::text::Text;
use graph_token::time::Now;
use proptest::prelude::*;
use serde_json::json;

const READER: Reader<'_> = Reader {
    authority: None,
    capabilities: &[],
    parse_json,
};

fn import(cache: &Value) -> Imported {
    read(cache, READER, Now::at(START)).unwrap()
}

fn nothing() -> Value {
    Value::Object(vec![])
}

fn user() -> Entities {
    redeem(|_| {}).answer(tokens(|_| {})).acquired().entities
}

/// A cache of an MSAL that files under the host that it asks, as Python and .NET do, with members of its own.
fn of_python() -> serde_json::Value {
    let at = "login.microsoftonline.com";
    let now = START.0 / 1_000;
    json!({
        "AccessToken": {
            format!("{HOME}-{at}-accesstoken-{CLIENT}-{TENANT}-user.read openid profile"): {
                "credential_type": "AccessToken", "secret": "eyJ.python.token", "home_account_id": HOME, "environment": at,
                "client_id": CLIENT, "target": "User.Read openid profile", "realm": TENANT, "token_type": "Bearer",
                "cached_at": now.to_string(), "expires_on": (now + 3_600).to_string(),
                "extended_expires_on": (now + 3_600).to_string(), "ext": {"kept": [1, null]},
            },
            format!("-{at}-accesstoken-{CLIENT}-{TENANT}-https://graph.microsoft.com/.default"): {
                "credential_type": "AccessToken", "secret": "eyJ.app.token", "home_account_id": null, "environment": at,
                "client_id": CLIENT, "target": "https://graph.microsoft.com/.default", "realm": TENANT,
                "token_type": "Bearer", "cached_at": now.to_string(), "expires_on": (now + 3_600).to_string(),
                "extended_expires_on": (now + 3_600).to_string(),
            },
        },
        "RefreshToken": { format!("{HOME}-{at}-refreshtoken-{CLIENT}--user.read openid profile"): {
            "credential_type": "RefreshToken", "secret": "0.python", "home_account_id": HOME, "environment": at,
            "client_id": CLIENT, "target": "User.Read openid profile", "last_modification_time": now.to_string(),
        }},
        "IdToken": { format!("{HOME}-{at}-idtoken-{CLIENT}-{TENANT}-"): {
            "credential_type": "IdToken", "secret": id_token(&claims()), "home_account_id": HOME, "environment": at,
            "realm": TENANT, "client_id": CLIENT, "python": true,
        }},
        "Account": { format!("{HOME}-{at}-{TENANT}"): {
            "home_account_id": HOME, "environment": at, "realm": TENANT, "local_account_id": UID,
            "username": "megan@contoso.com", "authority_type": "MSSTS", "account_source": "authorization_code",
        }},
        "AppMetadata": { format!("appmetadata-{at}-{CLIENT}"): {"client_id": CLIENT, "environment": at, "family_id": null}},
        "Future": {"x": 1.5},
    })
}

#[test]
fn a_users_round_trip_changes_nothing() {
    let before = user();
    let written = write(&before, &nothing(), Now::at(START));
    let after = import(&value(&written.to_json()));
    let rest = after.rest.as_object().unwrap();
    assert!(
        rest.iter()
            .all(|(_, section)| section.as_object() == Some(&[])),
        "all is read"
    );
    let once = write(&after.entities, &nothing(), Now::at(START)).to_json();
    let again = import(&value(&once)).entities;
    assert_eq!(write(&again, &nothing(), Now::at(START)).to_json(), once);
    let told =
        |entities: &Entities| value(&entities.accounts[0].info(TENANT, None).to_json()).to_json();
    assert_eq!(told(&again), told(&before));
    let token = &after.entities.tokens[0];
    assert_eq!(token.lifetime, before.tokens[0].lifetime);
    let granted = TokenRef::of(token).unwrap();
    assert!(granted.serves(Wanted {
        client_id: CLIENT,
        realm: Some(TENANT),
        location: "login.windows.net/common",
        scopes: &["mail.read".into()],
        variant: "",
    }));
}

#[test]
fn written_as_msal_node_writes_it() {
    let written = write(&user(), &nothing(), Now::at(START));
    let keys = |section: &str| -> Vec<Text> {
        let entries = written.get(section).unwrap().as_object().unwrap().iter();
        entries.map(|(key, _)| key.clone()).collect()
    };
    assert_eq!(
        keys("Account"),
        [format!("{HOME}-login.windows.net-{TENANT}")]
    );
    assert_eq!(
        keys("IdToken"),
        [format!(
            "{HOME}-login.windows.net-idtoken-{CLIENT}-{TENANT}--"
        )]
    );
    assert_eq!(
        keys("AccessToken"),
        [format!(
            "{HOME}-login.windows.net-accesstoken-{CLIENT}-{TENANT}-user.read mail.read profile openid-"
        )]
    );
    assert_eq!(
        keys("RefreshToken"),
        [format!("{HOME}-login.windows.net-refreshtoken-{CLIENT}---")]
    );
    let account = &written.get("Account").unwrap().as_object().unwrap()[0].1;
    let profile = account
        .get("tenantProfiles")
        .and_then(Value::as_array)
        .unwrap()[0]
        .as_str()
        .unwrap();
    let profile = parse_json(profile).unwrap();
    assert_eq!(profile.text("tenantId"), TENANT);
    assert_eq!(profile.get("isHomeTenant"), Some(&Value::Bool(true)));
}

#[test]
fn what_python_wrote_is_used_and_comes_out_as_python_finds_it() {
    let cache = value(&of_python().to_string());
    let Imported { entities, rest } = import(&cache);
    assert_eq!((entities.tokens.len(), entities.accounts.len()), (2, 1));
    assert_eq!(
        (entities.id_tokens.len(), entities.refresh_tokens.len()),
        (1, 1)
    );
    let of_app = entities
        .tokens
        .iter()
        .find(|token| token.user.is_none())
        .unwrap();
    assert_eq!(
        (of_app.secret.expose(), of_app.environment.as_str()),
        ("eyJ.app.token", "login.windows.net")
    );
    let of_user = entities
        .tokens
        .iter()
        .find_map(|token| token.user.as_ref())
        .unwrap();
    assert_eq!(
        of_user.partition("login.windows.net"),
        key("login.windows.net", Owner::User(HOME))
    );
    assert_eq!(entities.accounts[0].environment, "login.windows.net");
    assert_eq!(
        entities.accounts[0].info(TENANT, None).text("username"),
        "megan@contoso.com"
    );

    let written = write(&entities, &rest, Now::at(START));
    for section in [
        "AccessToken",
        "Account",
        "RefreshToken",
        "AppMetadata",
        "Future",
    ] {
        for (name, entry) in cache.get(section).unwrap().as_object().unwrap() {
            // MSAL's key of a refresh token has no target in it, Python's has; Python looks at members.
            let name = name.replace("--user.read openid profile", "---");
            let found = written.get(section).unwrap().as_object().unwrap().iter();
            let kept = found
                .clone()
                .find(|(known, _)| known.trim_end_matches('-') == name.trim_end_matches('-'));
            let (_, kept) = kept.unwrap_or_else(|| panic!("{section} {name}"));
            for (member, expected) in entry.as_object().unwrap_or_default() {
                assert_eq!(
                    kept.get(member).map(Value::to_json),
                    Some(expected.to_json()),
                    "{section} {member}"
                );
            }
        }
    }
    let id_token = &written.get("IdToken").unwrap().as_object().unwrap()[0].1;
    assert_eq!(id_token.text("environment"), "login.microsoftonline.com");
    assert_eq!(id_token.get("python"), Some(&Value::Bool(true)));
}

#[test]
fn what_renews_pythons_is_filed_as_pythons() {
    let entities = import(&value(&of_python().to_string())).entities;
    let mut partition = Partition::default();
    for token in entities.refresh_tokens {
        partition.keep_refresh_token(token);
    }
    for token in entities.id_tokens {
        partition.keep_id_token(token);
    }
    for account in entities.accounts {
        partition.keep_account(account);
    }
    let newer = user();
    partition.keep_refresh_token(newer.refresh_tokens[0].clone());
    partition.keep_id_token(newer.id_tokens[0].clone());
    partition.keep_account(newer.accounts[0].clone());
    let entities = Entities {
        accounts: partition.account.into_iter().collect(),
        id_tokens: partition.id_tokens,
        refresh_tokens: partition.refresh_tokens,
        ..Entities::default()
    };
    let written = write(&entities, &nothing(), Now::at(START));
    for section in ["Account", "IdToken", "RefreshToken"] {
        let entries = written.get(section).unwrap().as_object().unwrap();
        assert_eq!(entries.len(), 1, "{section}");
        assert_eq!(
            entries[0].1.text("environment"),
            "login.microsoftonline.com"
        );
        assert!(entries[0].0.contains("login.microsoftonline.com"));
    }
    let refresh = &written.get("RefreshToken").unwrap().as_object().unwrap()[0].1;
    assert_eq!(refresh.text("secret"), "0.Refresh~token/new");
}

#[test]
fn what_is_told_by_more_than_our_key_stays_out() {
    let now = START.0 / 1_000;
    let entry = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut entry = json!({
            "credential_type": "AccessToken", "secret": "eyJ.x", "home_account_id": HOME,
            "environment": "login.windows.net", "client_id": CLIENT, "target": "User.Read", "realm": TENANT,
            "token_type": "Bearer", "cached_at": now.to_string(), "expires_on": (now + 60).to_string(),
        });
        change(&mut entry);
        json!({"AccessToken": {"k": entry}})
    };
    let tokens =
        |cache: &serde_json::Value| import(&value(&cache.to_string())).entities.tokens.len();
    assert_eq!(tokens(&entry(&|_| {})), 1);
    for change in [
        (|entry: &mut serde_json::Value| entry["token_type"] = "pop".into())
            as fn(&mut serde_json::Value),
        |entry| entry["additionalCacheKeyComponents"] = json!({"fmi_path": "x"}),
        |entry| entry["resource"] = "https://other".into(),
        |entry| entry["secret"] = "a\r\nb".into(),
        |entry| entry["client_id"] = "".into(),
        |entry| entry["environment"] = "".into(),
        |entry| entry["expires_on"] = "soon".into(),
    ] {
        let cache = entry(&change);
        assert_eq!(tokens(&cache), 0, "{cache}");
        let imported = import(&value(&cache.to_string()));
        let kept = imported
            .rest
            .get("AccessToken")
            .unwrap()
            .as_object()
            .unwrap();
        assert_eq!(kept.len(), 1, "kept for whoever knows it: {cache}");
    }
}

#[test]
fn tokens_on_behalf_of_are_filed_by_the_assertions_hash() {
    for name in ["userAssertionHash", "user_assertion_hash"] {
        let now = START.0 / 1_000;
        let cache = json!({
            "AccessToken": {"k": {
                "secret": "eyJ.x", "home_account_id": HOME, "environment": "login.windows.net", "client_id": CLIENT,
                "target": "User.Read", "realm": TENANT, "cached_at": now.to_string(),
                "expires_on": (now + 60).to_string(), name: "the-hash",
            }},
            "RefreshToken": {"r": {
                "secret": "0.x", "home_account_id": HOME, "environment": "login.windows.net", "client_id": CLIENT, name: "the-hash",
            }},
        });
        let imported = import(&value(&cache.to_string()));
        let token = &imported.entities.tokens[0];
        assert_eq!(
            token.user.as_ref().unwrap().partition(&token.environment),
            key("login.windows.net", Owner::Assertion("the-hash"))
        );
        assert!(
            imported.entities.refresh_tokens.is_empty(),
            "it is not the user's"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is done to a cache: it is read or refused, and what it says of nobody is never somebody's token.
    #[test]
    fn nothing_in_a_cache_panics_or_changes_owners(
        at in 0..2_000_usize, text in "[\"{}:,a-z0-9\\\\]{0,3}", cut in any::<bool>()
    ) {
        let mut cache = of_python().to_string();
        let at = at % cache.len();
        if cut {
            cache.truncate(at);
        } else {
            cache.insert_str(at, &text);
        }
        if let Some(cache) = parse_json(&cache)
            && let Ok(imported) = read(&cache, READER, Now::at(START))
        {
            for token in &imported.entities.tokens {
                prop_assert!(token.lifetime.freshness(START, 0) != Freshness::Gone);
                if token.secret.expose() == "eyJ.python.token" && text.is_empty() {
                    prop_assert!(token.user.as_ref().is_some_and(|user| user.home_account_id == HOME));
                }
            }
            let written = write(&imported.entities, &imported.rest, Now::at(START)).to_json();
            prop_assert!(parse_json(&written).is_some());
        }
    }

    #[test]
    fn any_texts_come_back_as_they_went(
        secret in "[!-~]{1,40}", target in "[a-zA-Z.:/]{1,20}( [a-zA-Z.:/]{1,20}){0,3}", id in "[a-z0-9.-]{1,30}"
    ) {
        let mut entities = user();
        let token = &mut entities.tokens[0];
        token.secret = graph_token::Secret::new(secret.clone());
        token.target = target.as_str().into();
        if let Some(user) = &mut token.user {
            user.home_account_id = id.as_str().into();
        }
        let text = write(&entities, &nothing(), Now::at(START)).to_json();
        let read = import(&value(&text)).entities;
        prop_assert_eq!(read.tokens[0].secret.expose(), &secret);
        prop_assert_eq!(&read.tokens[0].user.as_ref().unwrap().home_account_id, &id);
    }
}

/// By the application's metadata MSAL finds a family's refresh token.
#[test]
fn a_familys_refresh_token_is_told_of_in_the_applications_metadata() {
    let mut family = refresh_token(REFRESH_TOKEN);
    family.family_id = "1".into();
    let written = |token: RefreshToken| {
        let entities = Entities {
            refresh_tokens: vec![token],
            ..Entities::default()
        };
        let cache = write(&entities, &Value::Null, Now::at(START)).to_json();
        serde_json::from_str::<serde_json::Value>(&cache).unwrap()["AppMetadata"].clone()
    };
    assert_eq!(
        written(family),
        json!({
            format!("appmetadata-login.windows.net-{CLIENT}"):
                { "client_id": CLIENT, "environment": "login.windows.net", "family_id": "1" }
        })
    );
    assert_eq!(written(refresh_token("another")), json!({}));
}
