use graph_token::protocol::challenge::{claims, parse};
use proptest::prelude::*;

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
const ENCODED: &str =
    "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0=";

#[test]
fn graphs_claims_challenge() {
    let header = format!(
        r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="{ENCODED}""#
    );
    assert_eq!(claims(&header).unwrap().replace(' ', ""), CLAIMS);
}

#[test]
fn any_order_several_challenges_commas_and_quotes() {
    let header = format!(
        r#"Basic realm="a, \"b\"", Negotiate, bearer Claims="{ENCODED}" , error = "insufficient_claims",PoP nonce=abc"#
    );
    let challenges = parse(&header);
    let schemes: Vec<&str> = challenges
        .iter()
        .map(|challenge| challenge.scheme.as_str())
        .collect();
    assert_eq!(schemes, ["Basic", "Negotiate", "bearer", "PoP"]);
    assert_eq!(challenges[0].parameter("realm"), Some(r#"a, "b""#));
    assert_eq!(challenges[3].parameter("nonce"), Some("abc"));
    assert!(claims(&header).is_some());
}

#[test]
fn a_token68_is_no_parameter() {
    let challenges = parse(r#"Negotiate TlRMTVNTUAAC/+8==, NTLM TlRM, Bearer realm="" "#);
    let parameters: Vec<usize> = challenges
        .iter()
        .map(|challenge| challenge.parameters.len())
        .collect();
    assert_eq!(parameters, [0, 0, 1]);
}

#[test]
fn a_stray_quote_costs_its_own_challenge_alone() {
    let header =
        format!(r#"Basic realm=it"s, Bearer error=insufficient_claims, claims="{ENCODED}""#);
    assert!(claims(&header).is_some());
}

#[test]
fn no_claims_where_there_is_no_such_challenge() {
    for header in [
        "",
        "Bearer",
        r#"Bearer error="invalid_token", claims="e30=""#,
        r#"Basic error="insufficient_claims", claims="e30=""#,
        r#"Bearer error="insufficient_claims""#,
        r#"Bearer error="insufficient_claims", claims="%%%""#,
        r#"Bearer error="insufficient_claims", claims="""#,
        r#"Bearer error="insufficient_claims", claims="bm90IEpTT04=""#,
        r#"Bearer error="insufficient_claims", claims="e30="#,
    ] {
        assert_eq!(claims(header), None, "{header}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(header in "\\PC{0,200}") {
        let _ = parse(&header);
        let _ = claims(&header);
    }

    #[test]
    fn nothing_like_a_challenge_makes_it_panic(header in r#"[Ba =,"\\é]{0,60}"#) {
        let _ = parse(&header);
        let _ = claims(&header);
    }
}
