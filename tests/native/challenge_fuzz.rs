//! `WWW-Authenticate` as servers and proxies write it, and as they must not: what is well-formed comes back as it was
//! meant, what is malformed costs itself alone, and nothing panics.

use graph_token::protocol::challenge::{Challenge, claims, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

/// `{"access_token":{"nbf":{"essential":true}}}`
const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true}}}"#;
const ENCODED: &str = "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==";

/// A challenge as it was meant, and one way of writing it.
#[derive(Clone, Debug)]
struct Written {
    meant: Challenge,
    text: String,
}

/// RFC 9110's `token`.
fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,8}"
}

fn blanks() -> impl Strategy<Value = String> {
    "[ \t]{0,2}"
}

/// RFC 9110's `token68`: what Negotiate and NTLM send in place of parameters.
fn token68() -> impl Strategy<Value = String> {
    "[A-Za-z0-9._~+/-]{1,12}={0,2}"
}

/// A value and one way of writing it: bare, or quoted with the escapes that it needs and some that it does not.
fn value() -> impl Strategy<Value = (String, String)> {
    let quoted =
        vec((proptest::char::range(' ', '\u{ff}'), any::<bool>()), 0..12).prop_map(|characters| {
            let meant = characters.iter().map(|(character, _)| character).collect();
            let inner: String = characters
                .iter()
                .flat_map(|(character, escaped)| {
                    let escaped = *escaped || matches!(character, '"' | '\\');
                    escaped.then_some('\\').into_iter().chain([*character])
                })
                .collect();
            (meant, format!("\"{inner}\""))
        });
    prop_oneof![token().prop_map(|token| (token.clone(), token)), quoted]
}

/// `name = value`, with blanks where they are allowed.
fn parameter() -> impl Strategy<Value = ((String, String), String)> {
    (token(), blanks(), blanks(), value()).prop_map(|(name, before, after, (meant, written))| {
        (
            (name.to_ascii_lowercase(), meant),
            format!("{name}{before}={after}{written}"),
        )
    })
}

/// The comma between two items, at times with an empty item beside it, as RFC 9110 allows in lists.
fn comma() -> impl Strategy<Value = String> {
    (
        blanks(),
        prop_oneof![9 => Just(","), 1 => Just(" , ,")],
        blanks(),
    )
        .prop_map(|(before, comma, after)| [&before, comma, &after].concat())
}

fn challenge() -> impl Strategy<Value = Written> {
    let with_parameters = (token(), " {1,2}", vec((parameter(), comma()), 1..5)).prop_map(
        |(scheme, blank, parameters)| {
            let written: Vec<&str> = parameters
                .iter()
                .enumerate()
                .flat_map(|(at, ((_, text), comma))| [if at == 0 { "" } else { comma }, text])
                .collect();
            Written {
                text: [&scheme, &blank, written.concat().as_str()].concat(),
                meant: Challenge {
                    scheme: scheme.into(),
                    parameters: parameters
                        .iter()
                        .map(|(((name, value), _), _)| {
                            (name.as_str().into(), value.as_str().into())
                        })
                        .collect(),
                },
            }
        },
    );
    let without = (
        token(),
        prop_oneof![
            Just(String::new()),
            token68().prop_map(|text| format!(" {text}"))
        ],
    )
        .prop_map(|(scheme, rest)| Written {
            text: format!("{scheme}{rest}"),
            meant: Challenge {
                scheme: scheme.into(),
                parameters: Vec::new(),
            },
        });
    prop_oneof![3 => with_parameters, 1 => without]
}

fn header() -> impl Strategy<Value = (Vec<Challenge>, String)> {
    vec((challenge(), comma()), 0..4).prop_map(|challenges| {
        let mut text = String::new();
        for (at, (challenge, comma)) in challenges.iter().enumerate() {
            text += if at == 0 { "" } else { comma };
            text += &challenge.text;
        }
        (
            challenges
                .into_iter()
                .map(|(challenge, _)| challenge.meant)
                .collect(),
            text,
        )
    })
}

/// What Entra's resources say beside error and claims.
const FURTHER: [&str; 3] = [
    r#"realm="""#,
    r#"authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize""#,
    r#"client_id="00000003-0000-0000-c000-000000000000""#,
];
/// A value that looks like all that is being looked for.
const DESCRIPTION: &str = r#"error_description="a, \"b\", claims=\"no\", Bearer error=none, \\""#;

/// A claims challenge with its parameters in any order, each bare or quoted, and some of `further` among them.
fn claims_challenge(further: Vec<&'static str>) -> impl Strategy<Value = String> {
    let count = further.len();
    (
        prop_oneof![Just("Bearer"), Just("bearer"), Just("BEARER")],
        subsequence(further, 0..=count),
        prop_oneof![
            Just(r#"error="insufficient_claims""#),
            Just("Error = insufficient_claims")
        ],
        prop_oneof![
            Just(format!("claims=\"{ENCODED}\"")),
            Just(format!("claims={ENCODED}")),
            Just(format!("Claims=\"{}\"", ENCODED.trim_end_matches('='))),
        ],
    )
        .prop_flat_map(|(scheme, further, error, claims)| {
            let mut parameters: Vec<String> = further.into_iter().map(str::to_owned).collect();
            parameters.extend([error.to_owned(), claims]);
            (Just(scheme), Just(parameters).prop_shuffle())
        })
        .prop_map(|(scheme, parameters)| format!("{scheme} {}", parameters.join(", ")))
}

/// What is no item of a challenge, and opens no quotes.
fn junk() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just(""),
        Just("="),
        Just("=x"),
        Just("\"quoted\""),
        Just("\"quoted text, with a comma\""),
        Just("it\"s"),
        Just("(comment)"),
        Just("na me(x)=y"),
        Just("{\"a\":1}"),
        Just("\u{e9}t\u{e9}=1"),
    ]
}

proptest! {
    #[test]
    fn what_is_well_formed_comes_back_as_it_was_meant((meant, text) in header()) {
        prop_assert_eq!(parse(&text), meant, "{}", text);
    }

    #[test]
    fn headers_that_were_joined_are_read_as_one_by_one(one in header(), other in header(), comma in comma()) {
        let joined = [one.1.as_str(), comma.as_str(), other.1.as_str()].concat();
        prop_assert_eq!(parse(&joined), [parse(&one.1), parse(&other.1)].concat(), "{}", joined);
    }

    #[test]
    fn a_claims_challenge_is_found_in_any_order_and_place(before in header(), wanted in claims_challenge([&FURTHER[..], &[DESCRIPTION]].concat()), after in header()) {
        let header = [before.1.as_str(), wanted.as_str(), after.1.as_str()].join(", ");
        prop_assert_eq!(claims(&header), Some(CLAIMS.into()), "{}", header);
    }

    #[test]
    fn junk_costs_itself_alone(wanted in claims_challenge(FURTHER.to_vec()), junk in vec((any::<prop::sample::Index>(), junk()), 1..4)) {
        let mut items: Vec<&str> = wanted.split_inclusive(", ").collect();
        for (at, junk) in &junk {
            let spliced = 1 + at.index(items.len());
            items.insert(spliced, ", ");
            items.insert(spliced, junk);
            items.insert(spliced, ", ");
        }
        let header = items.concat();
        prop_assert_eq!(claims(&header), Some(CLAIMS.into()), "{}", header);
    }

    #[test]
    fn a_header_that_was_cut_gives_all_the_claims_or_none(wanted in claims_challenge([&FURTHER[..], &[DESCRIPTION]].concat()), at in any::<prop::sample::Index>()) {
        let cut = &wanted[..at.index(wanted.len())];
        let found = claims(cut);
        // Unpadded and unquoted base64 cannot be told from a shorter one; its JSON can.
        prop_assert!(
            found.as_deref().is_none_or(|found| found == CLAIMS) || cut.contains("aims=e"),
            "{cut} gave {found:?}",
        );
    }

    #[test]
    fn names_are_tokens_whatever_comes(header in prop_oneof!["\\PC{0,80}", r#"(Bearer|Basic|[a-c=," \t\\é]){0,40}"#]) {
        for Challenge { scheme, parameters } in parse(&header) {
            for name in parameters.iter().map(|(name, _)| name).chain([&scheme]) {
                prop_assert!(
                    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !br#"(),/:;<=>?@[\]{}""#.contains(&byte)),
                    "{header:?} gave {name:?}",
                );
            }
            prop_assert!(parameters.iter().all(|(name, _)| *name == name.to_ascii_lowercase()));
        }
    }

    #[test]
    fn claims_are_the_text_of_an_object(encoded in "[A-Za-z0-9+/_-]{0,24}={0,2}") {
        let header = format!("Bearer error=\"insufficient_claims\", claims=\"{encoded}\"");
        let is_an_object = claims(&header).is_none_or(|found| found.trim().starts_with('{'));
        prop_assert!(is_an_object, "{}", header);
    }

    #[test]
    fn nothing_panics(header in any::<String>()) {
        let _ = (parse(&header), claims(&header));
    }

    #[test]
    fn nothing_like_a_challenge_panics(pieces in vec(
        prop_oneof![
            Just("Bearer "), Just("claims="), Just("error=\"insufficient_claims\""), Just("\""), Just("\\"), Just(","), Just("="),
            Just(" "), Just("\t"), Just("e30="), Just("\u{e9}"), Just("\u{1F600}"), Just("\0"), Just("\r\n"),
        ],
        0..40,
    )) {
        let header = pieces.concat();
        let _ = (parse(&header), claims(&header));
    }
}
