use crate::scenario::answer;
use graph_token::protocol::authority::{Authority, Kind, ProtocolMode};
use graph_token::protocol::metadata;

const GUID: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn parse(text: &str) -> Result<Authority, graph_token::Error> {
    Authority::parse(text, &[], ProtocolMode::Aad)
}

#[test]
fn every_cloud_alias_and_tenant_form() {
    let hosts = [
        (
            "login.microsoftonline.com",
            "login.windows.net",
            "https://graph.microsoft.com",
        ),
        (
            "login.windows.net",
            "login.windows.net",
            "https://graph.microsoft.com",
        ),
        (
            "login.microsoft.com",
            "login.windows.net",
            "https://graph.microsoft.com",
        ),
        (
            "sts.windows.net",
            "login.windows.net",
            "https://graph.microsoft.com",
        ),
        (
            "login.microsoftonline.us",
            "login.microsoftonline.us",
            "https://graph.microsoft.us",
        ),
        (
            "login.usgovcloudapi.net",
            "login.microsoftonline.us",
            "https://graph.microsoft.us",
        ),
        (
            "login.partner.microsoftonline.cn",
            "login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn",
        ),
        (
            "login.chinacloudapi.cn",
            "login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn",
        ),
        (
            "login.microsoftonline.de",
            "login.microsoftonline.de",
            "https://graph.microsoft.de",
        ),
        (
            "login.sovcloud-identity.fr",
            "login.sovcloud-identity.fr",
            "https://graph.microsoft.com",
        ),
        (
            "login.sovcloud-identity.de",
            "login.sovcloud-identity.de",
            "https://graph.microsoft.com",
        ),
        (
            "login.sovcloud-identity.sg",
            "login.sovcloud-identity.sg",
            "https://graph.microsoft.com",
        ),
    ];
    for (host, environment, graph) in hosts {
        for tenant in [
            GUID,
            "contoso.onmicrosoft.com",
            "contoso.com",
            "common",
            "organizations",
            "consumers",
        ] {
            let authority = parse(&format!("https://{host}/{tenant}")).unwrap();
            assert_eq!(authority.tenant(), tenant);
            assert_eq!(authority.environment(), environment);
            assert_eq!(authority.graph_origin(), graph);
            assert_eq!(
                authority.token_endpoint(),
                format!("https://{host}/{tenant}/oauth2/v2.0/token")
            );
            assert_eq!(
                authority.is_multi_tenant(),
                !tenant.contains(['.', '-']),
                "{tenant}"
            );
        }
    }
}

#[test]
fn other_kinds_have_their_own_endpoints() {
    let external = parse("https://contoso.ciamlogin.com").unwrap();
    assert_eq!(external.kind(), Kind::ExternalId);
    assert_eq!(
        external.token_endpoint(),
        "https://contoso.ciamlogin.com/contoso.onmicrosoft.com/oauth2/v2.0/token"
    );
    let named = parse(&format!("https://contoso.ciamlogin.com/{GUID}/")).unwrap();
    assert_eq!(
        named.token_endpoint(),
        format!("https://contoso.ciamlogin.com/{GUID}/oauth2/v2.0/token")
    );

    let b2c = parse("https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_signin").unwrap();
    assert_eq!(b2c.kind(), Kind::B2c);
    assert_eq!(
        b2c.token_endpoint(),
        "https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_signin/oauth2/v2.0/token"
    );

    let own_domain = Authority::parse(
        &format!("https://login.contoso.com/{GUID}/B2C_1_signin/v2.0/"),
        &["login.contoso.com".into()],
        ProtocolMode::Aad,
    )
    .unwrap();
    assert_eq!(own_domain.kind(), Kind::B2c);
    assert_eq!(
        own_domain.token_endpoint(),
        format!("https://login.contoso.com/{GUID}/b2c_1_signin/oauth2/v2.0/token")
    );

    let known = ["fs.contoso.com".into(), "https://idp.example:8443/x".into()];
    let adfs = Authority::parse("https://fs.contoso.com/adfs/", &known, ProtocolMode::Aad).unwrap();
    assert_eq!(adfs.kind(), Kind::Adfs);
    assert_eq!(
        adfs.token_endpoint(),
        "https://fs.contoso.com/adfs/oauth2/token"
    );

    let oidc = Authority::parse(
        "https://idp.example:8443/realms/One",
        &known,
        ProtocolMode::Oidc,
    )
    .unwrap();
    assert_eq!(oidc.kind(), Kind::Oidc);
    assert_eq!(oidc.issuer(), "https://idp.example:8443/realms/One");
    assert_eq!(
        oidc.discovery_url(),
        "https://idp.example:8443/realms/One/.well-known/openid-configuration"
    );
}

#[test]
fn spelling_that_does_not_matter_is_evened_out() {
    for text in [
        "https://login.microsoftonline.com/contoso.com",
        "https://login.microsoftonline.com/contoso.com/",
        "https://LOGIN.microsoftonline.com/Contoso.COM//",
        "  https://login.microsoftonline.com:443/contoso.com/v2.0 ",
    ] {
        assert_eq!(
            parse(text).unwrap().canonical(),
            "https://login.microsoftonline.com/contoso.com/",
            "{text}"
        );
    }
}

#[test]
fn plain_http_is_for_loopback_only() {
    for host in [
        "127.0.0.1:8080",
        "localhost",
        "localhost:3000",
        "app.localhost",
        "[::1]:9",
        "127.255.0.3",
    ] {
        let authority = parse(&format!("http://{host}/contoso.com")).unwrap();
        assert_eq!(
            authority.token_endpoint(),
            format!("http://{host}/contoso.com/oauth2/v2.0/token")
        );
        assert_eq!(authority.environment(), host);
    }
    for host in [
        "login.microsoftonline.com",
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "127.0.0.256",
        "127.1",
        "192.168.0.1",
    ] {
        assert_eq!(
            parse(&format!("http://{host}/contoso.com"))
                .unwrap_err()
                .code,
            "authority_uri_insecure",
            "{host}"
        );
    }
}

#[test]
fn strangers_are_refused() {
    for host in [
        "login.evil.com",
        "login.microsoftonline.com.evil.com",
        "evil-login.microsoftonline.com",
        "a.b.ciamlogin.com",
        "ciamlogin.com",
        "evilciamlogin.com",
        "login.microsoftonline.com:8443",
    ] {
        let error = parse(&format!("https://{host}/contoso.com")).unwrap_err();
        assert_eq!(error.code, "untrusted_authority", "{host}");
        assert!(error.hint.contains("knownAuthorities"));
    }
    let known = ["login.evil.com".into()];
    assert!(
        Authority::parse(
            "https://login.evil.com/contoso.com",
            &known,
            ProtocolMode::Aad
        )
        .is_ok()
    );
    assert!(
        Authority::parse(
            "https://login.evil.com:444/contoso.com",
            &known,
            ProtocolMode::Aad
        )
        .is_err()
    );
}

#[test]
fn hostile_addresses_are_refused_with_the_reason() {
    let cases = [
        (
            "https://user@login.microsoftonline.com/contoso.com",
            "user information",
        ),
        (
            "https://login.microsoftonline.com@evil.com/contoso.com",
            "user information",
        ),
        (
            "https://login.microsoftonline.com/../contoso.com",
            "dot segment",
        ),
        (
            "https://login.microsoftonline.com/a/./contoso.com",
            "dot segment",
        ),
        (
            "https://login.microsoftonline.com/contoso.com%2f..",
            "encoded",
        ),
        ("https://login.microsoftonline.com/%63ontoso.com", "encoded"),
        (
            "https://login.microsoftonline.com\\@evil.com/contoso.com",
            "backslash",
        ),
        ("https://login.microsoftonline.com/contoso.com?x=1", "query"),
        (
            "https://login.microsoftonline.com/contoso.com#x",
            "fragment",
        ),
        (
            "ftp://login.microsoftonline.com/contoso.com",
            "neither https",
        ),
        (
            "javascript://login.microsoftonline.com/contoso.com",
            "neither https",
        ),
        ("login.microsoftonline.com/contoso.com", "no absolute URL"),
        ("", "no absolute URL"),
        ("https://", "host"),
        ("https:///contoso.com", "host"),
        ("https://login.microsoftonline.com:/contoso.com", "host"),
        (
            "https://login.microsoftonline.com:99999/contoso.com",
            "host",
        ),
        ("https://login..com/contoso.com", "host"),
        ("https://login.microsoftonline.com/cont oso.com", "blank"),
        (
            "https://login.microsoftonline.com/contoso.com\nHost: evil",
            "blank",
        ),
        ("https://login.microsoftonline.com/contösö.com", "ASCII"),
        ("https://login.microsoftonline.com/", "names no tenant"),
        (
            "https://login.microsoftonline.com/contoso",
            "neither a GUID nor a domain",
        ),
        (
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token",
            "path",
        ),
        (
            "https://login.microsoftonline.com/-contoso.com",
            "neither a GUID nor a domain",
        ),
    ];
    for (text, reason) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(error.code, "url_parse_error", "{text}");
        assert!(error.message.contains(reason), "{text}: {}", error.message);
        assert!(!error.hint.is_empty());
    }
    let long = format!(
        "https://login.microsoftonline.com/{}.com",
        "a".repeat(2_000)
    );
    assert!(parse(&long).unwrap_err().message.contains("1024"));
}

#[test]
fn another_tenant_of_the_same_provider() {
    let authority = parse("https://login.microsoftonline.us/common").unwrap();
    let tenant = authority.with_tenant("Contoso.com").unwrap();
    assert_eq!(
        tenant.token_endpoint(),
        "https://login.microsoftonline.us/contoso.com/oauth2/v2.0/token"
    );
    for hostile in ["../x.com", "contoso.com/x", "a b.com", "", "contoso"] {
        assert!(authority.with_tenant(hostile).is_err(), "{hostile}");
    }
}

/// Whoever names a host of its own knows what it calls its tenants; of its document issuer and keys are learned alone.
#[test]
fn hosts_of_ones_own_have_tenants_of_any_name_and_endpoints_that_stay() {
    let known = ["idp.example".into()];
    let own = Authority::parse("https://idp.example/default", &known, ProtocolMode::Aad).unwrap();
    for name in ["..", ".", "a%2fb", "a:b", "a b"] {
        let text = format!("https://idp.example/{name}");
        let parsed = Authority::parse(&text, &known, ProtocolMode::Aad);
        assert_eq!(parsed.unwrap_err().code, "url_parse_error", "{name}");
    }
    let endpoint = "https://idp.example/default/oauth2/v2.0/token";
    assert_eq!(own.token_endpoint(), endpoint);
    let document = r#"{
        "issuer": "https://idp.example/default", "token_endpoint": "https://elsewhere.example/t",
        "jwks_uri": "https://idp.example/keys"
    }"#;
    let learned = metadata::parse_response(&answer(200, document), &own).unwrap();
    assert_eq!(learned.token_endpoint, endpoint);
    assert_eq!(
        learned.require_authorization_endpoint().unwrap(),
        own.authorization_endpoint()
    );
    assert_eq!(
        learned.jwks_uri.as_deref(),
        Some("https://idp.example/keys")
    );
}
