//! `WWW-Authenticate` (RFC 9110, section 11.6.1; RFC 6750, section 3) and the claims challenge in it.

/// One challenge: a scheme and its parameters, names in lower case.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as written, such as `Bearer`.
    pub scheme: String,
    /// Name and value; quoted values without their quotes.
    pub parameters: Vec<(String, String)>,
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
        let item = item.trim();
        let equals = item.find('=').unwrap_or(item.len());
        // `name = value` may have blanks around its sign; a scheme is followed by something else.
        let scheme = item
            .get(..equals)
            .unwrap_or_default()
            .trim_end()
            .split_once([' ', '\t']);
        let rest = match scheme {
            Some((scheme, _)) => {
                challenges.push(Challenge {
                    scheme: scheme.to_owned(),
                    parameters: Vec::new(),
                });
                item.get(scheme.len()..).unwrap_or_default().trim_start()
            }
            None if equals == item.len() && !item.is_empty() => {
                challenges.push(Challenge {
                    scheme: item.to_owned(),
                    parameters: Vec::new(),
                });
                continue;
            }
            None => item,
        };
        if let (Some((name, value)), Some(challenge)) =
            (rest.split_once('='), challenges.last_mut())
        {
            let value = value.trim();
            let value = value
                .strip_prefix('"')
                .map_or_else(|| value.to_owned(), unquote);
            challenge
                .parameters
                .push((name.trim().to_ascii_lowercase(), value));
        }
    }
    challenges
}

/// The claims that the next token has to meet, as JSON text, of a header with a claims challenge.
#[must_use]
pub fn claims(header: &str) -> Option<String> {
    parse(header)
        .iter()
        .filter(|challenge| challenge.scheme.eq_ignore_ascii_case("Bearer"))
        .filter(|challenge| challenge.parameter("error") == Some("insufficient_claims"))
        .find_map(|challenge| decode_base64(challenge.parameter("claims")?))
}

fn split(header: &str) -> Vec<&str> {
    let (mut items, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in header.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                items.extend(header.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    items.extend(header.get(start..));
    items
}

fn unquote(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    plain
}

/// Base64 in either alphabet, with padding or without (RFC 4648).
fn decode_base64(text: &str) -> Option<String> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}
