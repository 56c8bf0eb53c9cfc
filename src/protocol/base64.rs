//! Base64 in both alphabets (RFC 4648, sections 4 and 5).

use crate::text::Text;
use crate::text::without_end;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes in the standard alphabet, with padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> Text {
    let mut text = spell(bytes, STANDARD);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Encodes in the alphabet for URLs, without padding, as JOSE does.
///
/// ```
/// assert_eq!(graph_token::protocol::base64::encode_url(&[0xfb, 0xff]), "-_8");
/// ```
#[must_use]
pub fn encode_url(bytes: &[u8]) -> Text {
    spell(bytes, URL)
}

/// Decodes either alphabet, with padding or without.
///
/// ```
/// use graph_token::protocol::base64::decode;
/// assert_eq!(decode("-_8="), decode("+/8"));
/// assert_eq!(decode("a!"), None);
/// ```
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for byte in without_end(text, '=').bytes() {
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
    Some(bytes)
}

/// Decodes to text; `None` where it is no base64 of UTF-8.
#[must_use]
pub fn decode_text(text: &str) -> Option<Text> {
    String::from_utf8(decode(text)?).ok().map(Text::from)
}

fn spell(bytes: &[u8], alphabet: &[u8; 64]) -> Text {
    let mut text = Text::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0_u8; 3];
        for (to, from) in group.iter_mut().zip(chunk) {
            *to = *from;
        }
        let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
        for position in 0..=chunk.len() {
            let sextet = bits >> (18 - 6 * position) & 63;
            text.push(char::from(alphabet[sextet as usize]));
        }
    }
    text
}
