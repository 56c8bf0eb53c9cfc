//! `WWW-Authenticate` (RFC 9110, section 11.6.1; RFC 6750, section 3) and the claims challenge in it.

use super::base64;
use crate::text::{self, Text, ToText};

/// One challenge: a scheme and its parameters, names in lower case.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as written, such as `Bearer`.
    pub scheme: Text,
    /// Name and value; quoted values without their quotes.
    pub parameters: Vec<(Text, Text)>,
}

impl Challenge {
    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads one header, or several that were joined by commas. What is malformed is passed over.
///
/// ```
/// use graph_token::protocol::challenge;
/// let challenges = challenge::parse(r#"Basic realm="a, b", Bearer error="insufficient_claims", claims="e30=""#);
/// assert_eq!(challenges[0].parameter("realm"), Some("a, b"));
/// assert_eq!(challenges[1].parameter("claims"), Some("e30="));
/// ```
#[must_use]
pub fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for item in split(header) {
        let item = item.trim_ascii();
        let equals = item.find('=').unwrap_or(item.len());
        let (left, right) = (
            item.get(..equals).unwrap_or_default(),
            item.get(equals..).unwrap_or_default(),
        );
        let left = left.trim_ascii_end();
        let value = right.strip_prefix('=').and_then(read_value);
        // `name = value` may have blanks around its sign; a scheme is followed by something else.
        let (scheme, name) = match left.split_once([' ', '\t']) {
            Some((scheme, name)) => (Some(scheme), name.trim_ascii_start()),
            None if right.is_empty() => (Some(left), ""),
            None => (None, left),
        };
        if let Some(scheme) = scheme {
            let followed = is_token(name) || value.is_none() && is_token68(name);
            if !followed || !is_token(scheme) {
                continue;
            }
            challenges.push(Challenge {
                scheme: scheme.to_text(),
                parameters: Vec::new(),
            });
        }
        if let (true, Some(value), Some(challenge)) = (is_token(name), value, challenges.last_mut())
        {
            challenge.parameters.push((text::lower(name), value));
        }
    }
    challenges
}

/// The value of a `WWW-Authenticate` header that passes claims on to a caller (RFC 6750, section 3, with Entra's
/// `claims`).
///
/// ```
/// use graph_token::protocol::challenge;
/// let header = challenge::of_claims("{}");
/// assert_eq!(header, r#"Bearer realm="", error="insufficient_claims", claims="e30=""#);
/// assert_eq!(challenge::claims(&header).as_deref(), Some("{}"));
/// ```
#[must_use]
pub fn of_claims(claims: &str) -> Text {
    let mut header = r#"Bearer realm="", error="insufficient_claims", claims=""#.to_text();
    header.push_str(&base64::encode(claims.as_bytes()));
    header.push('"');
    header
}

/// The claims that the next token has to meet, as JSON text, of a header with a claims challenge.
#[must_use]
pub fn claims(header: &str) -> Option<Text> {
    parse(header)
        .iter()
        .filter(|challenge| challenge.scheme.eq_ignore_ascii_case("Bearer"))
        .filter(|challenge| challenge.parameter("error") == Some("insufficient_claims"))
        .filter_map(|challenge| base64::decode_text(challenge.parameter("claims")?))
        // Of a header that was cut short, say: it must not become a request that cannot be answered.
        .find(|claims| claims.trim_ascii().starts_with('{') && claims.trim_ascii().ends_with('}'))
}

fn split(header: &str) -> Vec<&str> {
    let (mut items, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    let mut before = b',';
    for (at, byte) in header.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if quoted => quoted = false,
            // A stray quote elsewhere must not swallow the challenges after it.
            b'"' => quoted = before == b'=',
            b',' if !quoted => {
                items.extend(header.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
        if !matches!(byte, b' ' | b'\t') {
            before = byte;
        }
    }
    items.extend(header.get(start..));
    items
}

/// A parameter's value. `None` for one that is not closed, and for what is the padding of a `token68`.
fn read_value(text: &str) -> Option<Text> {
    let text = text.trim_ascii_start();
    match text.strip_prefix('"') {
        Some(quoted) => unquote(quoted),
        None if text.bytes().all(|byte| byte == b'=') => None,
        None => Some(text.to_text()),
    }
}

fn unquote(text: &str) -> Option<Text> {
    let mut plain = Text::with_capacity(text.len());
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some(plain),
            '\\' => plain.push(characters.next()?),
            other => plain.push(other),
        }
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Without its padding; of nothing too, which is what follows a scheme that stands alone.
fn is_token68(text: &str) -> bool {
    text.bytes().all(|byte| is_token_byte(byte) || byte == b'/')
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
