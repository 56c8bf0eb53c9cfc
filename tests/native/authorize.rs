//! The address to which a person is sent, and what comes back with them.

use crate::person::HOME;
use crate::scenario::{CLIENT, authority, parameter};
use graph_token::protocol::authorize::{
    AccountHint, AuthorizationRequest, KnownAccount, check_response,
};
use graph_token::text::Text;

const ENDPOINT: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize";

fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: CLIENT.into(),
        scope: "User.Read openid profile offline_access".into(),
        redirect_uri: "https://app.example/back?x=1&y".into(),
        response_mode: "query".into(),
        correlation_id: "0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a".into(),
        ..AuthorizationRequest::default()
    }
}

#[test]
fn exactly_what_it_is_given() {
    assert_eq!(
        authority("https://login.microsoftonline.com/common").authorization_endpoint(),
        ENDPOINT
    );
    assert_eq!(
        request().url(ENDPOINT),
        format!(
            "{ENDPOINT}?client_id={CLIENT}&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fback%3Fx%3D1%26y&scope=User.Read+openid+profile+offline_access&response_mode=query&client_info=1&clidata=1&client-request-id=0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a&x-client-SKU=graph-token&x-client-VER={}",
            env!("CARGO_PKG_VERSION")
        ),
        "neither challenge nor state nor nonce of its own"
    );
    let whole = AuthorizationRequest {
        state: Some("s&t=1".into()),
        nonce: Some("n".into()),
        code_challenge: Some((
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into(),
            "S256".into(),
        )),
        prompt: Some("login".into()),
        domain_hint: Some("organizations".into()),
        claims: Some(r#"{"a":1}"#.into()),
        hint: AccountHint {
            login_hint: Some("megan@contoso.com".into()),
            sid: None,
            anchor_mailbox: Some("UPN:megan@contoso.com".into()),
        },
        extra_query_parameters: vec![("dc".into(), "ESTS PUB".into())],
        ..request()
    }
    .url(ENDPOINT);
    let (_, query) = whole.split_once('?').unwrap();
    for (name, expected) in [
        ("state", "s&t=1"),
        ("nonce", "n"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
        ("prompt", "login"),
        ("domain_hint", "organizations"),
        ("claims", r#"{"a":1}"#),
        ("login_hint", "megan@contoso.com"),
        ("X-AnchorMailbox", "UPN:megan@contoso.com"),
        ("dc", "ESTS PUB"),
        ("redirect_uri", "https://app.example/back?x=1&y"),
    ] {
        assert_eq!(parameter(query, name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(parameter(query, "sid"), None);
}

#[test]
fn a_parameter_of_the_programs_own_counts_where_ours_is_absent() {
    let with = |domain_hint: Option<&str>| {
        AuthorizationRequest {
            domain_hint: domain_hint.map(Text::from),
            extra_query_parameters: vec![("domain_hint".into(), "mine".into())],
            ..request()
        }
        .url(ENDPOINT)
    };
    assert!(with(None).contains("domain_hint=mine"));
    let url = with(Some("ours"));
    assert_eq!(url.matches("domain_hint=").count(), 1);
    assert!(url.contains("domain_hint=ours"));
}

#[test]
fn an_endpoint_with_a_query_keeps_it() {
    let url = request().url("https://idp.example/authorize?p=policy");
    assert!(
        url.starts_with("https://idp.example/authorize?p=policy&client_id="),
        "{url}"
    );
}

/// As in MSAL: a session for a silent request alone, the account's own hint before a name, none where one is to choose.
#[test]
fn hints_of_an_account() {
    let anchor = "Oid:22222222-2222-4222-8222-222222222222@aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    let account = |login_hint, sid| {
        Some(KnownAccount {
            login_hint,
            sid,
            username: "megan@contoso.com",
            home_account_id: HOME,
        })
    };
    type Given<'a> = (&'a str, bool, &'a str, &'a str, Option<KnownAccount<'a>>);
    let table: [(Given<'_>, [&str; 3]); 14] = [
        (("", false, "", "", None), ["", "", ""]),
        (("", false, "", "a@b", None), ["a@b", "", "UPN:a@b"]),
        (("", false, "s", "a@b", None), ["a@b", "", "UPN:a@b"]),
        (("none", false, "s", "a@b", None), ["", "s", ""]),
        (
            ("none", false, "s", "a@b", account("O.hint", "sid")),
            ["", "s", ""],
        ),
        (
            (
                "select_account",
                false,
                "s",
                "a@b",
                account("O.hint", "sid"),
            ),
            ["", "", ""],
        ),
        (
            ("", false, "", "a@b", account("O.hint", "sid")),
            ["O.hint", "", anchor],
        ),
        (
            ("none", false, "", "a@b", account("O.hint", "sid")),
            ["O.hint", "", anchor],
        ),
        (
            ("", true, "", "a@b", account("O.hint", "sid")),
            ["a@b", "", "UPN:a@b"],
        ),
        (
            ("none", true, "", "a@b", account("O.hint", "sid")),
            ["", "sid", anchor],
        ),
        (
            ("none", false, "", "", account("", "sid")),
            ["", "sid", anchor],
        ),
        (
            ("login", false, "", "", account("", "sid")),
            ["megan@contoso.com", "", anchor],
        ),
        (
            ("login", false, "", "a@b", account("", "")),
            ["a@b", "", "UPN:a@b"],
        ),
        (
            ("", true, "", "", account("O.hint", "")),
            ["megan@contoso.com", "", anchor],
        ),
    ];
    for ((prompt, domain_hint, sid, login_hint, account), expected) in table {
        let hint = AccountHint::choose(prompt, domain_hint, sid, login_hint, account);
        let chosen =
            [hint.login_hint, hint.sid, hint.anchor_mailbox].map(Option::unwrap_or_default);
        assert_eq!(
            chosen, expected,
            "{prompt} {domain_hint} {sid} {login_hint} {account:?}"
        );
    }
}

#[test]
fn state_and_issuer_of_the_response() {
    let check = |sent, came, issuer| {
        let is_right = |named: &str| named == "https://idp.example";
        let outcome = check_response(sent, came, issuer, false, is_right);
        outcome.map_err(|error| error.code.clone())
    };
    let nameless = check_response(Some("s"), Some("s"), None, true, |_| true);
    assert_eq!(nameless.unwrap_err().code, "invalid_issuer");
    assert!(check_response(Some("s"), Some("s"), Some("x"), true, |_| true).is_ok());
    assert_eq!(
        check(Some("s"), Some("s"), Some("https://idp.example")),
        Ok(())
    );
    assert_eq!(check(Some("s"), Some("s"), None), Ok(()));
    assert_eq!(check(None, None, None), Ok(()));
    assert_eq!(check(None, Some("s"), None), Err("invalid_state".into()));
    assert_eq!(check(Some("s"), None, None), Err("state_mismatch".into()));
    assert_eq!(
        check(Some("s"), Some("S"), None),
        Err("state_mismatch".into())
    );
    assert_eq!(
        check(Some("s"), Some(""), None),
        Err("state_mismatch".into())
    );
    assert_eq!(
        check(Some("s"), Some("s"), Some("https://evil.example")),
        Err("invalid_issuer".into())
    );
    assert_eq!(check(None, None, Some("")), Err("invalid_issuer".into()));
}
