use graph_token::protocol::authority::{Authority, ProtocolMode};
use graph_token::protocol::scope::Scopes;

fn for_client_credentials(scopes: &[&str]) -> Result<Scopes, graph_token::Error> {
    let authority = Authority::parse(
        "https://login.microsoftonline.com/contoso.com",
        &[],
        ProtocolMode::Aad,
    )
    .unwrap();
    Scopes::parse(scopes.iter().copied())?
        .for_client_credentials(&authority, authority.graph_origin())
}

#[test]
fn graph_is_the_default() {
    assert_eq!(
        for_client_credentials(&[]).unwrap().to_wire(),
        "https://graph.microsoft.com/.default"
    );
    assert_eq!(
        for_client_credentials(&["openid", "profile"])
            .unwrap()
            .to_wire(),
        "https://graph.microsoft.com/.default"
    );
}

#[test]
fn order_case_and_repetition_do_not_matter() {
    let one = Scopes::parse(["b/.default A/x", "a/X"]).unwrap();
    let same = Scopes::parse(["a/x", "B/.DEFAULT"]).unwrap();
    assert_eq!(one.canonical(), same.canonical());
    assert_eq!(one.to_wire(), "b/.default A/x", "sent as given, once");
}

#[test]
fn a_delegated_scope_is_refused() {
    for scope in [
        "User.Read",
        "https://graph.microsoft.com/User.Read",
        "api://x/access",
        "/.default",
    ] {
        let error = for_client_credentials(&[scope]).unwrap_err();
        assert_eq!(error.code, "invalid_scope", "{scope}");
        assert!(error.message.contains("AADSTS1002012") && error.hint.contains("/.default"));
    }
    for scope in [
        "https://vault.azure.net//.default",
        "api://x/.Default",
        "11111111-1111-1111-1111-111111111111/.default",
    ] {
        assert_eq!(for_client_credentials(&[scope]).unwrap().to_wire(), scope);
    }
}

#[test]
fn two_resources_are_refused() {
    let error =
        for_client_credentials(&["https://graph.microsoft.com/.default", "api://x/.default"])
            .unwrap_err();
    assert_eq!(error.code, "multiple_resources");
    assert!(error.message.contains("api://x"));
}

#[test]
fn characters_that_scopes_cannot_have_are_refused() {
    for scope in ["a\"b", "a\\b", "ä", "a\u{7f}"] {
        assert_eq!(
            Scopes::parse([scope]).unwrap_err().code,
            "invalid_scope",
            "{scope:?}"
        );
    }
}

#[test]
fn names_of_scopes_may_have_a_slash() {
    let scopes = Scopes::parse(["api://app/Files/Read", "api://app/Mail.Read"]).unwrap();
    assert!(
        scopes
            .check_one_resource("https://graph.microsoft.com")
            .is_ok()
    );
    let others = Scopes::parse(["api://app/Read", "api://apple/Read"]).unwrap();
    assert!(
        others
            .check_one_resource("https://graph.microsoft.com")
            .is_err()
    );
}
