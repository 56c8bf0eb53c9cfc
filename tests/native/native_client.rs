//! The native client over a platform in memory: what reaches the provider, what is cached, what is never shown.

#![allow(clippy::unwrap_used, missing_docs)]

mod script;

use graph_token::cache::store::Bounds;
use graph_token::certificate::{Input, Material};
use graph_token::flow::step::Hash;
use graph_token::native::{
    AccountInfo, AuthorizationCodeRequest, AuthorizationResponse, AuthorizationUrlRequest,
    ClientCertificate, ClientCredential, ClientCredentialRequest, ConfidentialClient,
    Configuration, OnBehalfOfRequest, RefreshTokenRequest, RequestOptions, SilentRequest,
    Thumbprint, TokenStoreKind, digest,
};
use graph_token::protocol::base64;
use graph_token::time::Moment;
use graph_token::{Error, ErrorClass};
use rsa::pkcs1v15;
use rsa::pss;
use rsa::sha2::Sha256;
use rsa::signature::Verifier;
use rsa::{RsaPrivateKey, RsaPublicKey};
use script::{
    CLIENT, HOME, START, Script, TENANT, USER_READ, file, key, parameter, run, text, user_tokens,
};
use std::sync::Arc;

const SECRET: &str = "S3cret~value/with+signs";
const AUTHORITY: &str = "https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222";
const REDIRECT: &str = "https://app.example/callback";

fn client_with(
    script: &Script,
    credential: ClientCredential,
    authority: &str,
) -> ConfidentialClient<Script> {
    let configuration = Configuration::new(CLIENT, credential).with_authority(authority);
    ConfidentialClient::new(configuration, script.clone()).unwrap()
}

fn client(script: &Script) -> ConfidentialClient<Script> {
    client_with(script, ClientCredential::secret(SECRET), AUTHORITY)
}

fn app_token(token: &str, more: &str) -> String {
    format!(r#"{{"token_type":"Bearer","expires_in":3600,{more}"access_token":"{token}"}}"#)
}

fn application() -> ClientCredentialRequest {
    ClientCredentialRequest::new(["https://graph.microsoft.com/.default"])
}

/// Signs the test user in.
fn sign_in(script: &Script, client: &ConfidentialClient<Script>) -> AccountInfo {
    script.publish(&key());
    script.answer(200, &user_tokens(script, &key(), "user-1", ""));
    let request = AuthorizationCodeRequest::new("code-1", REDIRECT, [USER_READ]);
    run(client.acquire_token_by_code(&request))
        .unwrap()
        .account
        .unwrap()
}

fn assert_silent_about(shown: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}

#[test]
fn a_secret_gets_an_applications_token_which_is_then_cached() {
    let script = Script::default();
    let client = client(&script);
    script.answer(200, &app_token("app-1", ""));
    let first = run(client.acquire_token_by_client_credential(&application())).unwrap();
    assert_eq!(first.access_token.expose(), "app-1");
    assert_eq!(first.create_authorization_header().expose(), "Bearer app-1");
    assert_eq!(first.expires_on, Moment(START + 3_600_000));
    assert_eq!(first.tenant_id, TENANT);
    assert_eq!(first.request_id, "request-1");
    assert!(!first.from_cache);
    let again = run(client.acquire_token_by_client_credential(&application())).unwrap();
    assert!(again.from_cache);
    let sent = script.token_requests();
    let [only] = sent.as_slice() else {
        panic!("{} requests", sent.len());
    };
    assert!(
        only.url
            .starts_with(&format!("{AUTHORITY}/oauth2/v2.0/token"))
    );
    assert_eq!(only.parameter("client_secret").as_deref(), Some(SECRET));
    assert_eq!(
        only.parameter("scope").as_deref(),
        Some("https://graph.microsoft.com/.default")
    );
    assert!(only.headers.contains(&(
        "content-type",
        "application/x-www-form-urlencoded;charset=utf-8".into()
    )));
    assert_silent_about(&format!("{first:?}{client:?}"), &["app-1", SECRET]);
}

/// Header and claims of the assertion that was sent, its signature still to be verified.
fn assertion_of(script: &Script) -> (String, String, String, Vec<u8>) {
    let sent = script.token_requests().remove(0);
    let assertion = sent.parameter("client_assertion").unwrap();
    let (input, signature) = assertion.rsplit_once('.').unwrap();
    let (header, claims) = input.split_once('.').unwrap();
    let decoded = |part| base64::decode_text(part).unwrap();
    (
        decoded(header).into(),
        decoded(claims).into(),
        input.to_owned(),
        base64::decode(signature).unwrap(),
    )
}

#[test]
fn a_certificate_signs_by_ps256_with_its_sha256_thumbprint() {
    let script = Script::default();
    let (private_key, certificate) = (text("pkcs8.pem"), text("leaf.pem"));
    let mut input = Input::new(Material::Text(&private_key), Moment(START));
    input.certificate = Some(Material::Text(&certificate));
    let certificate = ClientCertificate::read(&input).unwrap();
    assert!(certificate.warnings().is_empty());
    let credential = ClientCredential::Certificate(certificate);
    let client = client_with(&script, credential, AUTHORITY);
    script.answer(200, &app_token("app-1", ""));
    run(client.acquire_token_by_client_credential(&application())).unwrap();
    let (header, claims, input, signature) = assertion_of(&script);
    let thumbprint = base64::encode_url(&digest(Hash::Sha256, &file("leaf.der")));
    assert!(
        header.contains(&format!(r#""x5t#S256":"{thumbprint}""#)),
        "{header}"
    );
    assert!(header.contains(r#""alg":"PS256""#), "{header}");
    assert!(
        claims.contains(&format!(r#""aud":"{AUTHORITY}/oauth2/v2.0/token""#)),
        "{claims}"
    );
    let public = pss::VerifyingKey::<Sha256>::new(RsaPublicKey::from(&key()));
    let signature = pss::Signature::try_from(signature.as_slice()).unwrap();
    public.verify(input.as_bytes(), &signature).unwrap();
    assert_silent_about(&format!("{client:?}"), &["PRIVATE", &private_key[60..100]]);
}

#[test]
fn a_sha1_thumbprint_alone_signs_by_rs256() {
    let script = Script::default();
    let private_key = text("pkcs8.pem");
    let input = Input::new(Material::Text(&private_key), Moment(START));
    let certificate = ClientCertificate::read_key(&input, Thumbprint::Sha1([7; 20])).unwrap();
    let credential = ClientCredential::Certificate(certificate);
    let client = client_with(&script, credential, AUTHORITY);
    script.answer(200, &app_token("app-1", ""));
    run(client.acquire_token_by_client_credential(&application())).unwrap();
    let (header, _, input, signature) = assertion_of(&script);
    let thumbprint = base64::encode_url(&[7; 20]);
    assert!(
        header.contains(&format!(r#""x5t":"{thumbprint}""#)),
        "{header}"
    );
    let public = pkcs1v15::VerifyingKey::<Sha256>::new(RsaPublicKey::from(&key()));
    let signature = pkcs1v15::Signature::try_from(signature.as_slice()).unwrap();
    public.verify(input.as_bytes(), &signature).unwrap();
}

#[test]
fn a_key_without_its_certificate_is_refused() {
    let private_key = text("pkcs8.pem");
    let input = Input::new(Material::Text(&private_key), Moment(START));
    let error = ClientCertificate::read(&input).unwrap_err();
    assert_eq!(error.code, "invalid_client_credential");
}

#[test]
fn on_behalf_of_is_cached_for_the_assertion_that_came() {
    let script = Script::default();
    let client = client(&script);
    script.publish(&key());
    for token in ["obo-1", "obo-2"] {
        script.answer(200, &user_tokens(&script, &key(), token, ""));
    }
    let request = |assertion| OnBehalfOfRequest::new(assertion, [USER_READ]);
    let token = |assertion| {
        let result = run(client.acquire_token_on_behalf_of(&request(assertion))).unwrap();
        (result.access_token.expose().to_owned(), result.from_cache)
    };
    assert_eq!(token("incoming-1"), ("obo-1".to_owned(), false));
    assert_eq!(token("incoming-1"), ("obo-1".to_owned(), true));
    assert_eq!(token("incoming-2"), ("obo-2".to_owned(), false));
    let sent = script.token_requests();
    assert_eq!(sent.len(), 2);
    assert_eq!(
        sent[0].parameter("assertion").as_deref(),
        Some("incoming-1")
    );
    assert_eq!(
        sent[0].parameter("requested_token_use").as_deref(),
        Some("on_behalf_of")
    );
    assert_silent_about(&format!("{:?}", request("incoming-1")), &["incoming-1"]);
}

#[test]
fn a_code_signs_a_user_in_whose_tokens_are_then_renewed_silently() {
    let script = Script::default();
    let client = client(&script);
    script.publish(&key());
    script.answer(
        200,
        &user_tokens(&script, &key(), "user-1", r#","nonce":"n-1""#),
    );
    let request = AuthorizationCodeRequest {
        code_verifier: Some(client.pkce_codes().unwrap().verifier),
        nonce: Some("n-1".into()),
        state: Some("state-1".into()),
        response: Some(AuthorizationResponse {
            state: Some("state-1".into()),
            issuer: None,
        }),
        ..AuthorizationCodeRequest::new("code-1", REDIRECT, [USER_READ])
    };
    let first = run(client.acquire_token_by_code(&request)).unwrap();
    let account = first.account.clone().unwrap();
    assert_eq!(account.home_account_id, format!("{HOME}.{TENANT}"));
    assert_eq!(account.username, "adele@contoso.com");
    assert_eq!(first.unique_id, HOME);
    assert_silent_about(
        &format!("{first:?}{request:?}{account:?}"),
        &[
            "user-1",
            "code-1",
            first.id_token.as_ref().unwrap().expose(),
        ],
    );
    let silent = SilentRequest::new(account, [USER_READ]);
    let cached = run(client.acquire_token_silent(&silent)).unwrap();
    assert!(cached.from_cache);
    assert_eq!(cached.access_token.expose(), "user-1");
    script.pass(3_600);
    script.answer(200, &user_tokens(&script, &key(), "user-2", ""));
    let renewed = run(client.acquire_token_silent(&silent)).unwrap();
    assert_eq!(renewed.access_token.expose(), "user-2");
    let sent = script.token_requests();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].parameter("code").as_deref(), Some("code-1"));
    assert_eq!(
        sent[1].parameter("refresh_token").as_deref(),
        Some("refresh-of-user-1")
    );
    let accounts = run(client.accounts());
    assert_eq!(accounts.len(), 1);
    run(client.remove_account(&accounts[0]));
    assert!(run(client.accounts()).is_empty());
    let error = run(client.acquire_token_silent(&silent)).unwrap_err();
    assert_eq!(error.class, ErrorClass::InteractionRequired);
}

#[test]
fn an_id_token_that_does_not_hold_leaves_nothing() {
    let script = Script::default();
    let client = client(&script);
    script.publish(&key());
    let other = RsaPrivateKey::new(&mut rsa::rand_core::UnwrapErr(getrandom::SysRng), 2_048);
    let refused = |answer: &str, nonce: Option<&str>| -> Error {
        script.answer(200, answer);
        let request = AuthorizationCodeRequest {
            nonce: nonce.map(Into::into),
            ..AuthorizationCodeRequest::new("code-1", REDIRECT, [USER_READ])
        };
        run(client.acquire_token_by_code(&request)).unwrap_err()
    };
    let forged = user_tokens(&script, &other.unwrap(), "user-1", "");
    assert_eq!(refused(&forged, None).code, "invalid_id_token");
    let of_another = user_tokens(&script, &key(), "user-1", r#","nonce":"n-2""#);
    assert_eq!(refused(&of_another, Some("n-1")).code, "nonce_mismatch");
    assert!(run(client.accounts()).is_empty());
    assert!(!client.serialize().expose().contains("user-1"));
}

#[test]
fn a_state_that_was_not_sent_is_refused_before_anything_is() {
    let script = Script::default();
    let client = client(&script);
    let request = AuthorizationCodeRequest {
        state: Some("state-1".into()),
        response: Some(AuthorizationResponse {
            state: Some("state-2".into()),
            issuer: None,
        }),
        ..AuthorizationCodeRequest::new("code-1", REDIRECT, [USER_READ])
    };
    let error = run(client.acquire_token_by_code(&request)).unwrap_err();
    assert_eq!(error.code, "state_mismatch");
    assert!(script.token_requests().is_empty());
}

#[test]
fn the_address_to_sign_in_at_says_what_was_given() {
    let client = client(&Script::default());
    let codes = client.pkce_codes().unwrap();
    let request = AuthorizationUrlRequest {
        options: RequestOptions::scopes([USER_READ]),
        redirect_uri: REDIRECT.into(),
        state: Some("state-1".into()),
        nonce: Some("n-1".into()),
        code_challenge: Some(codes.challenge.clone()),
        ..AuthorizationUrlRequest::default()
    };
    let url = run(client.auth_code_url(&request)).unwrap();
    let (endpoint, query) = url.split_once('?').unwrap();
    assert_eq!(endpoint, format!("{AUTHORITY}/oauth2/v2.0/authorize"));
    for (name, value) in [
        ("redirect_uri", REDIRECT),
        ("state", "state-1"),
        ("nonce", "n-1"),
        ("code_challenge", &codes.challenge),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(query, name).as_deref(), Some(value), "{name}");
    }
    let challenge = digest(Hash::Sha256, codes.verifier.expose().as_bytes());
    assert_eq!(base64::encode_url(&challenge), codes.challenge);
}

#[test]
fn a_refresh_token_from_elsewhere_is_taken_in() {
    let script = Script::default();
    let client = client(&script);
    script.publish(&key());
    script.answer(200, &user_tokens(&script, &key(), "user-1", ""));
    let request = RefreshTokenRequest {
        force_cache: true,
        ..RefreshTokenRequest::new("foreign", [USER_READ])
    };
    let result = run(client.acquire_token_by_refresh_token(&request)).unwrap();
    assert_eq!(result.access_token.expose(), "user-1");
    let sent = script.token_requests();
    assert_eq!(
        sent[0].parameter("refresh_token").as_deref(),
        Some("foreign")
    );
    assert_eq!(run(client.accounts()).len(), 1);
}

#[test]
fn a_cache_goes_over_to_another_client() {
    let script = Script::default();
    let first = client(&script);
    let account = sign_in(&script, &first);
    script.answer(200, &app_token("app-1", ""));
    run(first.acquire_token_by_client_credential(&application())).unwrap();
    let second = client(&script);
    second.deserialize(first.serialize().expose()).unwrap();
    let silent = SilentRequest::new(account, [USER_READ]);
    let user = run(second.acquire_token_silent(&silent)).unwrap();
    assert_eq!(user.access_token.expose(), "user-1");
    let app = run(second.acquire_token_by_client_credential(&application())).unwrap();
    assert_eq!(app.access_token.expose(), "app-1");
    assert!(user.from_cache && app.from_cache);
    second.clear_cache();
    assert!(run(second.accounts()).is_empty());
    assert_eq!(
        second.deserialize("[]").unwrap_err().code,
        "invalid_cache_record"
    );
}

#[test]
fn a_token_store_outlives_the_client() {
    for store in [TokenStoreKind::Keyed, TokenStoreKind::Listing] {
        let script = Script {
            store,
            ..Script::default()
        };
        let account = sign_in(&script, &client(&script));
        let known = run(client(&script).account(&account.home_account_id)).unwrap();
        assert_eq!(known.username, "adele@contoso.com");
        let later = client(&script);
        assert_eq!(run(later.accounts()).len(), 1);
        let silent = SilentRequest::new(account.clone(), [USER_READ]);
        let result = run(later.acquire_token_silent(&silent)).unwrap();
        assert_eq!(result.access_token.expose(), "user-1");
        run(later.remove_account(&account));
        assert!(run(client(&script).accounts()).is_empty());
    }
}

#[test]
fn a_token_that_is_due_is_renewed() {
    let script = Script::default();
    let client = client(&script);
    script.answer(200, &app_token("app-1", r#""refresh_in":1800,"#));
    run(client.acquire_token_by_client_credential(&application())).unwrap();
    script.pass(2_000);
    let token = || {
        let result = run(client.acquire_token_by_client_credential(&application())).unwrap();
        result.access_token.expose().to_owned()
    };
    script.answer(400, r#"{"error":"invalid_client","error_codes":[7000222]}"#);
    assert_eq!(token(), "app-1", "a failed renewal costs nothing");
    script.answer(200, &app_token("app-2", ""));
    assert_eq!(token(), "app-1", "and is put off");
    script.pass(60);
    assert_eq!(token(), "app-2");
}

#[test]
fn a_platform_with_tasks_renews_beside_the_calls() {
    let script = Script {
        tasks: Some(Arc::default()),
        ..Script::default()
    };
    let client = client(&script);
    script.answer(200, &app_token("app-1", r#""refresh_in":1800,"#));
    script.answer(200, &app_token("app-2", ""));
    let token = || {
        let result = run(client.acquire_token_by_client_credential(&application())).unwrap();
        result.access_token.expose().to_owned()
    };
    token();
    script.pass(2_000);
    assert_eq!(token(), "app-1");
    assert_eq!(token(), "app-1");
    let tasks = std::mem::take(&mut *script.tasks.as_ref().unwrap().lock().unwrap());
    assert_eq!(
        tasks.len(),
        1,
        "one renewal, however many calls find it due"
    );
    tasks.into_iter().for_each(run);
    assert_eq!(token(), "app-2");
}

#[test]
fn a_service_that_is_down_costs_no_token_that_still_serves() {
    let script = Script::default();
    let client = client(&script);
    script.answer(200, &app_token("app-1", r#""ext_expires_in":7200,"#));
    run(client.acquire_token_by_client_credential(&application())).unwrap();
    script.pass(4_000);
    let result = run(client.acquire_token_by_client_credential(&application())).unwrap();
    assert!(result.is_extended_life_time_token && result.from_cache);
    client.clear_cache();
    let error = run(client.acquire_token_by_client_credential(&application())).unwrap_err();
    assert_eq!(error.code, "network_error");
    assert!(!error.correlation_id.is_empty());
}

#[test]
fn what_the_server_sends_back_of_the_secret_is_taken_out() {
    let script = Script::default();
    let client = client(&script);
    let answer = format!(
        r#"{{"error":"invalid_client","error_description":"AADSTS7000215: not {SECRET}","error_codes":[7000215]}}"#
    );
    script.answer(401, &answer);
    let error = run(client.acquire_token_by_client_credential(&application())).unwrap_err();
    assert_eq!(error.error_codes, [7_000_215]);
    assert_silent_about(&format!("{error} {error:?}"), &[SECRET]);
}

#[test]
fn what_cannot_work_is_refused_with_its_reason() {
    let script = Script::default();
    let no_id = Configuration::new("", ClientCredential::secret(SECRET));
    let error = ConfidentialClient::new(no_id, script.clone()).unwrap_err();
    assert_eq!(error.code, "missing_client_id");
    let mut foreign = Configuration::new(CLIENT, ClientCredential::secret(SECRET))
        .with_authority("https://login.example/tenant");
    foreign.bounds = Bounds {
        max_entries: 10,
        max_bytes: 10_000,
    };
    let error = ConfidentialClient::new(foreign, script.clone()).unwrap_err();
    assert_eq!(error.code, "untrusted_authority");
    let common = "https://login.microsoftonline.com/common";
    let common = client_with(&script, ClientCredential::secret(SECRET), common);
    let error = run(common.acquire_token_by_client_credential(&application())).unwrap_err();
    assert_eq!(error.code, "missing_tenant_id_error");
    let mut twice = application();
    twice.options.extra_parameters = vec![("client_secret".into(), SECRET.into())];
    let error = run(client(&script).acquire_token_by_client_credential(&twice)).unwrap_err();
    assert_eq!(error.code, "invalid_option");
    assert_silent_about(&format!("{twice:?} {error:?}"), &[SECRET]);
    let unasked = client_with(&script, ClientCredential::Asked, AUTHORITY);
    let error = run(unasked.acquire_token_by_client_credential(&application())).unwrap_err();
    assert_eq!(error.code, "client_assertion_failed");
}
