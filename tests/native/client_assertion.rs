//! The assertion that a client signs with its certificate's key: what it says, how long it serves, what a clock that is
//! off does to it.

use crate::host::{Host, parse_json, signature};
use crate::scenario::{
    CLIENT, START, Scenario, answer, application, authority, token_answer, value,
};
use graph_token::Secret;
use graph_token::flow::credential::{Certificate, Credential};
use graph_token::flow::step::{Effect, Event, ReadCertificate};
use graph_token::protocol::base64::{decode, encode, encode_url};
use graph_token::protocol::client_assertion::{Algorithm, CLIENT_ASSERTION_TYPE};
use graph_token::protocol::entropy::Entropy;
use graph_token::protocol::http::{Content, HttpResponse};
use graph_token::protocol::json::Value;
use graph_token::protocol::jwt::Jwt;
use graph_token::time::Moment;
use sha1::Digest;
use std::sync::Arc;

const LEAF: &[u8] = include_bytes!("certificates/leaf.der");
const OUT_OF_TIME: &str = r#"{"error":"invalid_client","error_codes":[700024]}"#;

pub(crate) fn certificate() -> Arc<Certificate> {
    Arc::new(Certificate::new(None, None, Some(LEAF.to_vec()), vec![]))
}

/// A call so many seconds after the first one.
fn signing(certificate: &Arc<Certificate>, at: &str, seed: u8, seconds: i64) -> Scenario {
    let mut flow = application();
    flow.exchange.credential = Credential::Certificate(Arc::clone(certificate));
    flow.exchange.authority = authority(at);
    flow.exchange.entropy = Entropy::new(&[seed; 32]);
    Scenario::on(Host::default(), START.plus_seconds(seconds), |io| {
        flow.run(io)
    })
}

const CONTOSO: &str = "https://login.microsoftonline.com/contoso.com";

fn assertion(scenario: &Scenario) -> String {
    scenario.sent("client_assertion").unwrap()
}

fn parsed(scenario: &Scenario) -> Jwt {
    Jwt::parse(&assertion(scenario), parse_json).unwrap()
}

#[test]
fn ps256_names_the_certificate_by_sha256() {
    let scenario = signing(&certificate(), CONTOSO, 7, 0);
    assert_eq!(scenario.sent("client_secret"), None);
    assert_eq!(
        scenario.sent("client_assertion_type").as_deref(),
        Some(CLIENT_ASSERTION_TYPE)
    );
    let jwt = parsed(&scenario);
    let thumbprint = encode_url(&sha2::Sha256::digest(LEAF));
    assert_eq!(
        jwt.header.to_json(),
        value(&format!(
            r#"{{"typ":"JWT","alg":"PS256","x5t#S256":"{thumbprint}"}}"#
        ))
        .to_json()
    );
    let jti = jwt.claims.text("jti").to_owned();
    assert_eq!(jti.len(), 36);
    assert_ne!(
        jti, "07070707-0707-4707-8707-070707070707",
        "not the correlation id"
    );
    assert_eq!(
        jwt.claims.to_json(),
        value(&format!(
            r#"{{"aud":"{CONTOSO}/oauth2/v2.0/token","iss":"{CLIENT}","sub":"{CLIENT}","jti":"{jti}","nbf":1800000000,"iat":1800000000,"exp":1800000600}}"#
        ))
        .to_json()
    );
    assert_eq!(
        jwt.signature.expose(),
        signature("PS256", "", jwt.signing_input.expose())
    );
}

#[test]
fn ad_fs_and_a_sha1_thumbprint_alone_get_rs256() {
    let sha1 = sha1::Sha1::digest(LEAF).to_vec();
    let by_sha1 = Arc::new(Certificate::new(None, Some(sha1.clone()), None, vec![]));
    for (certificate, at) in [
        (certificate(), "https://idp.example/adfs"),
        (Arc::clone(&by_sha1), "https://idp.example/adfs"),
        (by_sha1, CONTOSO),
    ] {
        let scenario = signing(&certificate, at, 7, 0);
        let jwt = parsed(&scenario);
        assert_eq!(
            jwt.header.to_json(),
            value(&format!(
                r#"{{"typ":"JWT","alg":"RS256","x5t":"{}"}}"#,
                encode_url(&sha1)
            ))
            .to_json(),
            "{at}"
        );
        assert_eq!(
            jwt.signature.expose(),
            signature("RS256", "", jwt.signing_input.expose())
        );
    }
    let by_sha256 = Arc::new(Certificate::new(Some(vec![7; 32]), None, None, vec![]));
    let error = signing(&by_sha256, "https://idp.example/adfs", 7, 0).error();
    assert_eq!(error.code, "invalid_certificate");
    assert!(error.hint.contains("thumbprint"), "{}", error.hint);
}

#[test]
fn a_key_that_signs_in_one_way_only_signs_so() {
    let bound = Certificate::new(None, None, Some(LEAF.to_vec()), vec![]);
    let bound = Arc::new(bound.signing_by(Algorithm::Rs256));
    assert_eq!(
        parsed(&signing(&bound, CONTOSO, 7, 0)).header.text("alg"),
        "RS256"
    );
}

#[test]
fn the_chain_goes_along_where_it_is_asked_for() {
    let chain = vec![encode(LEAF), encode(b"issuer")];
    let certificate = Certificate::new(None, None, Some(LEAF.to_vec()), chain.clone());
    let jwt = parsed(&signing(&Arc::new(certificate), CONTOSO, 7, 0));
    let sent = jwt.header.get("x5c").and_then(Value::as_array).unwrap();
    assert_eq!(
        sent.iter().filter_map(Value::as_str).collect::<Vec<_>>(),
        chain.iter().map(|text| text.as_str()).collect::<Vec<_>>()
    );
    assert_eq!(
        decode(sent[0].as_str().unwrap()).as_deref(),
        Some(LEAF),
        "standard base64 of the DER"
    );
}

#[test]
fn a_key_in_another_form_is_read_first_and_once() {
    let certificate = Arc::new(Certificate::unread(None, None, vec![]));
    let scenario = signing(&certificate, CONTOSO, 7, 0);
    assert!(matches!(scenario.wanted().next(), Some(Effect::ReadKey)));
    let read = ReadCertificate {
        der: LEAF.to_vec(),
        ..ReadCertificate::default()
    };
    let scenario = scenario.event(Event::KeyRead(read));
    assert_eq!(
        parsed(&scenario).header.text("x5t#S256"),
        encode_url(&sha2::Sha256::digest(LEAF))
    );
    assertion(&signing(&certificate, CONTOSO, 8, 540));

    let unreadable = Arc::new(Certificate::unread(None, None, vec![]));
    let error = signing(&unreadable, CONTOSO, 7, 0)
        .event(Event::Failed)
        .error();
    assert_eq!(error.code, "invalid_certificate");
    assert!(!error.correlation_id.is_empty());
}

#[test]
fn a_key_without_a_certificate_signs_nothing() {
    let certificate = Arc::new(Certificate::unread(None, None, vec![]));
    let read = ReadCertificate::default();
    let error = signing(&certificate, CONTOSO, 7, 0)
        .event(Event::KeyRead(read))
        .error();
    assert_eq!(error.code, "invalid_client_credential");
    assert!(error.hint.contains("thumbprintSha256"), "{}", error.hint);
}

#[test]
fn kept_until_a_minute_before_its_end() {
    let certificate = certificate();
    let first = assertion(&signing(&certificate, CONTOSO, 7, 0));
    assert_eq!(assertion(&signing(&certificate, CONTOSO, 8, 539)), first);
    let second = assertion(&signing(&certificate, CONTOSO, 9, 540));
    assert_ne!(second, first);
    assert_eq!(assertion(&signing(&certificate, CONTOSO, 10, 541)), second);
}

#[test]
fn bound_to_its_audience() {
    let certificate = certificate();
    let first = signing(&certificate, CONTOSO, 7, 0);
    let other = signing(
        &certificate,
        "https://login.microsoftonline.com/fabrikam.com",
        8,
        1,
    );
    assert_eq!(
        parsed(&other).claims.text("aud"),
        "https://login.microsoftonline.com/fabrikam.com/oauth2/v2.0/token"
    );
    let again = signing(&certificate, CONTOSO, 9, 2);
    assert_eq!(
        assertion(&again),
        assertion(&first),
        "the other one has not taken its place"
    );
}

#[test]
fn out_of_time_is_signed_once_more_by_the_servers_clock() {
    let certificate = certificate();
    let refused = |date: Option<Moment>| {
        let mut response = answer(401, OUT_OF_TIME);
        response.date = date;
        response
    };
    let scenario = signing(&certificate, CONTOSO, 7, 0);
    let first = assertion(&scenario);
    let scenario = scenario.answer(refused(Some(START.plus_seconds(7_200))));
    assert_ne!(assertion(&scenario), first);
    let at = |scenario: &Scenario| {
        parsed(scenario)
            .claims
            .get("nbf")
            .and_then(Value::as_integer)
    };
    assert_eq!(at(&scenario), Some(1_800_007_200));
    let error = scenario.answer(refused(None)).error();
    assert_eq!(error.error_codes, [700_024], "once, not for ever");

    let later = signing(&certificate, CONTOSO, 8, 100);
    assert_eq!(
        at(&later),
        Some(1_800_007_300),
        "how far the clock is off stays known"
    );
    assert!(later.answer(token_answer()).has_ended());
}

#[test]
fn retries_carry_the_same_assertion() {
    let scenario = signing(&certificate(), CONTOSO, 7, 0);
    let first = assertion(&scenario);
    let scenario = scenario
        .answer(HttpResponse::new(503, Content::Empty))
        .sleep();
    assert_eq!(assertion(&scenario), first);
}

#[test]
fn the_program_is_asked_at_every_call_and_after_700024() {
    let asking = || Scenario::with(|flow| flow.exchange.credential = Credential::Asked);
    let scenario = asking();
    let Some(Effect::AskAssertion {
        token_endpoint,
        timeout_ms,
        ..
    }) = scenario.wanted().next()
    else {
        panic!("the program should be asked")
    };
    assert_eq!(token_endpoint, &format!("{CONTOSO}/oauth2/v2.0/token"));
    assert_eq!(*timeout_ms, 30_000);
    let give = |scenario: Scenario, text: &str| {
        scenario.event_of(Event::Assertion(Secret::new(text)), |effect| {
            matches!(effect, Effect::AskAssertion { .. })
        })
    };
    let scenario = give(scenario, "eyJ.first.one");
    assert_eq!(
        scenario.sent("client_assertion").as_deref(),
        Some("eyJ.first.one")
    );
    let scenario = give(scenario.answer(answer(401, OUT_OF_TIME)), "eyJ.second.one");
    assert_eq!(
        scenario.sent("client_assertion").as_deref(),
        Some("eyJ.second.one")
    );
    let error = scenario.answer(answer(401, OUT_OF_TIME)).error();
    assert_eq!(error.error_codes, [700_024]);

    for (event, said) in [
        (Event::TimedOut, "in time"),
        (Event::Failed, "failed"),
        (Event::Assertion(Secret::new(String::new())), "no JWT"),
        (Event::Assertion(Secret::new("a b\r\n")), "no JWT"),
    ] {
        let error = asking().event(event).error();
        assert_eq!(error.code, "client_assertion_failed");
        assert!(error.message.contains(said), "{}", error.message);
    }
}

#[test]
fn the_time_for_the_program_is_what_the_call_has_left() {
    let scenario = Scenario::with(|flow| {
        flow.exchange.credential = Credential::Asked;
        flow.exchange.timeout_ms = 5_000;
    });
    assert!(matches!(
        scenario.wanted().next(),
        Some(Effect::AskAssertion {
            timeout_ms: 5_000,
            ..
        })
    ));
}

#[test]
fn a_fixed_assertion_or_secret_is_not_sent_again_after_700024() {
    let fixed = Credential::Assertion(Secret::new("eyJ.fixed.one"));
    let scenario = Scenario::with(|flow| flow.exchange.credential = fixed);
    assert_eq!(
        scenario.sent("client_assertion").as_deref(),
        Some("eyJ.fixed.one")
    );
    let error = scenario.answer(answer(401, OUT_OF_TIME)).error();
    assert_eq!(error.error_codes, [700_024]);
}

/// RFC 7515, appendix A.2.
#[test]
fn the_rfcs_token_is_taken_apart() {
    let input = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let jwt = Jwt::parse(&format!("{input}.{signature}"), parse_json).unwrap();
    assert_eq!(jwt.header.text("alg"), "RS256");
    assert_eq!(jwt.claims.text("iss"), "joe");
    assert_eq!(jwt.signing_input.expose(), input.as_bytes());
    assert_eq!(
        (jwt.signature.expose().len(), &jwt.signature.expose()[..3]),
        (256, [112, 46, 33].as_slice())
    );
    for bad in [
        "",
        "a.b",
        "e30.e30",
        "e30.e30.x.y",
        "e30.W10.AA",
        "e30.!.AA",
        &"e30.e30.AA".repeat(40_000),
    ] {
        assert!(Jwt::parse(bad, parse_json).is_none(), "{}", bad.len());
    }
}
