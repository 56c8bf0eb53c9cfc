//! A user who signs in: what the identity provider answers, and the flows for them.

use crate::host::{Host, signature};
use crate::scenario::{CLIENT, START, Scenario, answer, authority, exchange, filing};
use graph_token::Secret;
use graph_token::cache::access_token::RefreshToken;
use graph_token::cache::key::Owner;
use graph_token::cache::partition;
use graph_token::flow::acquired::Keep;
use graph_token::flow::authorization_code::RedeemFlow;
use graph_token::flow::exchange::NonceCheck;
use graph_token::flow::learned::KnownKeys;
use graph_token::flow::on_behalf_of::OnBehalfOfFlow;
use graph_token::flow::silent::{SilentFlow, Sources};
use graph_token::protocol::authorization_code::AuthorizationCode;
use graph_token::protocol::base64::encode_url;
use graph_token::protocol::http::HttpResponse;
use graph_token::protocol::jwks::Jwks;
use graph_token::protocol::on_behalf_of::OnBehalfOf;
use graph_token::protocol::refresh_token;
use graph_token::protocol::scope::Scopes;
use graph_token::protocol::token_request::Grant;
use graph_token::text::Text;
use graph_token::time::Moment;
use serde_json::{Value, json};

pub(crate) const TENANT: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
pub(crate) const OTHER_TENANT: &str = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
pub(crate) const UID: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const HOME: &str =
    "22222222-2222-4222-8222-222222222222.aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
pub(crate) const AUTHORITY: &str =
    "https://login.microsoftonline.com/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
pub(crate) const CODE: &str = "0.Code-from~the/browser";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const REFRESH_TOKEN: &str = "0.Refresh~token/old";
pub(crate) const ASSERTION: &str = "eyJincoming.user.assertion";

/// What an id_token of Entra's says.
pub(crate) fn claims() -> Value {
    json!({
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "aud": CLIENT, "tid": TENANT, "oid": UID,
        "sub": "subject", "exp": START.0 / 1_000 + 3_600, "nbf": START.0 / 1_000 - 10, "iat": START.0 / 1_000 - 10,
        "preferred_username": "megan@contoso.com", "name": "Megan Bowen",
    })
}

/// A JWT whose signature the host of these tests takes for that of the key in its header.
pub(crate) fn jwt(header: &Value, claims: &Value) -> Text {
    let input = format!(
        "{}.{}",
        encode_url(header.to_string().as_bytes()),
        encode_url(claims.to_string().as_bytes())
    );
    let text = |name: &str| header[name].as_str().unwrap_or_default().to_owned();
    let signed = signature(&text("alg"), &text("kid"), input.as_bytes());
    format!("{input}.{}", encode_url(&signed)).into()
}

pub(crate) fn id_token(claims: &Value) -> Text {
    jwt(&json!({"typ": "JWT", "alg": "RS256", "kid": "k1"}), claims)
}

/// A success for a user, changed.
pub(crate) fn tokens(change: impl FnOnce(&mut Value)) -> HttpResponse {
    let client_info = json!({"uid": UID, "utid": TENANT}).to_string();
    let mut body = json!({
        "token_type": "Bearer", "scope": "User.Read Mail.Read profile openid", "expires_in": 3_600,
        "ext_expires_in": 7_200, "access_token": "eyJ.users.token", "refresh_token": "0.Refresh~token/new",
        "id_token": id_token(&claims()), "client_info": encode_url(client_info.as_bytes()),
    });
    change(&mut body);
    answer(200, &body.to_string())
}

/// The provider's keys.
pub(crate) fn keys(kids: &[&str]) -> HttpResponse {
    let keys: Vec<Value> = kids
        .iter()
        .map(|kid| json!({"kty": "RSA", "use": "sig", "kid": kid, "n": "A".repeat(342), "e": "AQAB"}))
        .collect();
    answer(200, &json!({ "keys": keys }).to_string())
}

/// Keys that came so many seconds before the scenario.
pub(crate) fn known_keys(kids: &[&str], seconds: i64) -> Option<KnownKeys> {
    Some(KnownKeys {
        uri: format!("{AUTHORITY}/discovery/v2.0/keys").into(),
        jwks: Jwks::parse_response(&keys(kids)).unwrap(),
        fetched: START.plus_seconds(-seconds),
        asked: Some(START.plus_seconds(-seconds)),
    })
}

pub(crate) fn user_scopes(texts: &[&str]) -> Scopes {
    let scopes = Scopes::parse(texts.iter().copied()).unwrap();
    scopes.for_user("https://graph.microsoft.com").unwrap()
}

/// A code's redemption, by a client that knows the keys already unless `change` says otherwise.
pub(crate) fn redeem(change: impl FnOnce(&mut RedeemFlow)) -> Scenario {
    redeem_on(Host::default(), change)
}

pub(crate) fn redeem_on(host: Host, change: impl FnOnce(&mut RedeemFlow)) -> Scenario {
    let mut flow = redeem_flow();
    change(&mut flow);
    Scenario::on(host, START, |io| flow.run(io))
}

pub(crate) fn redeem_flow() -> RedeemFlow {
    let scopes = user_scopes(&["User.Read"]);
    let grant = Grant::AuthorizationCode(AuthorizationCode {
        code: Secret::new(CODE),
        redirect_uri: "https://app.example/back".into(),
        code_verifier: Some(Secret::new(VERIFIER)),
        return_spa_code: false,
    });
    let mut exchange = exchange(authority(AUTHORITY), &scopes, grant);
    exchange.keys = known_keys(&["k1"], 10);
    exchange.nonce = NonceCheck::Exactly(None);
    RedeemFlow {
        exchange,
        filing: filing(scopes),
        keep: Keep::Always,
        store: None,
    }
}

pub(crate) fn refresh_token(secret: &str) -> RefreshToken {
    RefreshToken {
        home_account_id: HOME.into(),
        environment: "login.windows.net".into(),
        client_id: CLIENT.into(),
        family_id: Text::new(),
        secret: Secret::new(secret),
        expires_on_seconds: None,
        other: vec![],
    }
}

/// A silent request of someone who has a refresh token, unless `change` says otherwise.
pub(crate) fn silent(change: impl FnOnce(&mut SilentFlow)) -> Scenario {
    silent_on(Host::default(), START, change)
}

pub(crate) fn silent_on(host: Host, at: Moment, change: impl FnOnce(&mut SilentFlow)) -> Scenario {
    let scopes = user_scopes(&["User.Read"]);
    let grant = Grant::RefreshToken(refresh_token::RefreshToken {
        refresh_token: Secret::new(Text::new()),
        redirect_uri: None,
    });
    let mut exchange = exchange(authority(AUTHORITY), &scopes, grant);
    exchange.keys = known_keys(&["k1"], 10);
    let mut flow = SilentFlow {
        exchange,
        filing: filing(scopes),
        named: Scopes::parse(["User.Read"]).unwrap(),
        partition: partition::key("login.windows.net", Owner::User(HOME)),
        realm: Some(TENANT.into()),
        cached: None,
        refresh_token: Some(refresh_token(REFRESH_TOKEN)),
        redirect_uri: None,
        skip_cache: false,
        is_ahead: false,
        sources: Sources::of_policy(0),
        frame: None,
        renewal_offset_seconds: 300,
        refresh_token_offset_seconds: 300,
        store: None,
    };
    change(&mut flow);
    Scenario::on(host, at, |io| flow.run(io))
}

/// On behalf of the caller with this assertion.
pub(crate) fn on_behalf_of(
    host: Host,
    assertion: &str,
    change: impl FnOnce(&mut OnBehalfOfFlow),
) -> Scenario {
    let scopes = user_scopes(&["https://graph.microsoft.com/.default"]);
    let grant = Grant::OnBehalfOf(OnBehalfOf {
        assertion: Secret::new(assertion),
    });
    let mut exchange = exchange(authority(AUTHORITY), &scopes, grant);
    exchange.keys = known_keys(&["k1"], 10);
    let mut flow = OnBehalfOfFlow {
        exchange,
        filing: filing(scopes),
        skip_cache: false,
        renewal_offset_seconds: 300,
        store: None,
    };
    change(&mut flow);
    Scenario::on(host, START, |io| flow.run(io))
}
