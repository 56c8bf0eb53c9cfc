//! PEM (RFC 7468) as it is found: with text around, bag attributes, CRLF, a byte order mark, indented, on one line, or
//! with `\n` spelled out as environment variables have it.
//!
//! The strict reader of `pem-rfc7468` takes few of these.

use crate::text;
use zeroize::Zeroizing;

/// Letters on a line.
const LINE: usize = 64;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What stands between a BEGIN line and its END line.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    /// `DEK-Info`'s value: how OpenSSL's old format is encrypted.
    pub(super) encryption: Option<&'a str>,
    /// `None` where it is not base64, or has no END line.
    pub(super) content: Option<Zeroizing<Vec<u8>>>,
}

/// The blocks of a text, in order.
pub(super) fn blocks(mut rest: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    while let Some((_, after)) = text::split_once(rest, "-----BEGIN ") {
        let Some((label, after)) = text::split_once(after, "-----") else {
            break;
        };
        let (body, after) = text::split_once(after, "-----END ").unwrap_or((after, ""));
        let is_whole = after.starts_with(label);
        let mut encryption = None;
        let mut letters = Zeroizing::new(String::with_capacity(body.len()));
        for line in body.split(['\n', '\r']) {
            match text::split_once(line, ":") {
                Some((name, value)) if name.trim().eq_ignore_ascii_case("DEK-Info") => {
                    encryption = Some(value.trim());
                }
                Some(_) => {}
                None => letters.push_str(line),
            }
        }
        blocks.push(Block {
            label,
            encryption,
            content: if is_whole { decode(&letters) } else { None },
        });
        rest = after;
    }
    blocks
}

/// A text without what would be in the way of its lines: `\n` spelled out becomes a line break.
pub(super) fn tidy(given: &str) -> Zeroizing<String> {
    let given = given.trim_start_matches('\u{feff}');
    if !given.contains('\\') {
        return Zeroizing::new(given.to_owned());
    }
    // Spelled out once more by whoever wrote it into JSON.
    let once = Zeroizing::new(text::replace(given, "\\\\", "\\"));
    let broken = Zeroizing::new(text::replace(&once, "\\n", "\n"));
    Zeroizing::new(text::replace(&broken, "\\r", "").into())
}

/// Base64, of either alphabet, with or without padding, spaces between; `None` where there is anything else, or nothing.
pub(super) fn decode(letters: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(letters.len() / 4 * 3 + 3));
    let (mut bits, mut count, mut padding) = (0_u32, 0_u32, 0);
    for letter in letters.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count % 4 == 0 {
            bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
    }
    match count % 4 {
        0 => {}
        2 => bytes.push((bits >> 4) as u8),
        3 => bytes.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => return None,
    }
    (!bytes.is_empty() && padding <= 2).then_some(bytes)
}

/// Appends bytes as a block.
pub(super) fn write(to: &mut String, label: &str, bytes: &[u8]) {
    to.reserve_exact(bytes.len() / 3 * 4 + bytes.len() / 48 + 2 * label.len() + 48);
    for part in ["-----BEGIN ", label, "-----"] {
        to.push_str(part);
    }
    for (index, group) in bytes.chunks(3).enumerate() {
        if index % (LINE / 4) == 0 {
            to.push('\n');
        }
        let bits = group
            .iter()
            .chain([&0; 2])
            .take(3)
            .fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            to.push(match place <= group.len() {
                true => char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]),
                false => '=',
            });
        }
    }
    for part in ["\n-----END ", label, "-----\n"] {
        to.push_str(part);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{blocks, decode, tidy, write};

    #[test]
    fn base64_goes_in_and_out() {
        for length in 1..200 {
            let bytes: Vec<u8> = (0..length).map(|n| (n * 7) as u8).collect();
            let mut written = String::new();
            write(&mut written, "X Y", &bytes);
            assert!(written.lines().all(|line| line.len() <= 64));
            let read = blocks(&written);
            assert_eq!(read[0].label, "X Y");
            assert_eq!(**read[0].content.as_ref().unwrap(), bytes);
        }
        assert_eq!(**decode("-_ -_").unwrap(), [0xfb, 0xff, 0xbf]);
        for text in ["", "=", "A", "AAAAA", "AA=A", "AAA===", "A.A="] {
            assert!(decode(text).is_none(), "{text}");
        }
    }

    #[test]
    fn blocks_are_found_in_whatever_stands_around() {
        let all = "\u{feff}Bag Attributes\r\n  name: x\r\n-----BEGIN A-----\r\n  QUJD\r\n-----END A-----\r\ntext -----BEGIN B----- QUJD -----END B-----";
        let tidied = tidy(all);
        let found = blocks(&tidied);
        assert_eq!(found.len(), 2);
        for (block, label) in found.iter().zip(["A", "B"]) {
            assert_eq!(block.label, label);
            assert_eq!(**block.content.as_ref().unwrap(), b"ABC"[..]);
        }
        let spelled = tidy(r"-----BEGIN A-----\r\nQUJD\n-----END A-----\n");
        assert!(blocks(&spelled)[0].content.is_some());
        let by_a_file = tidy("-----BEGIN A-----\\nQUJD\\n-----END A-----\\n\n");
        assert!(blocks(&by_a_file)[0].content.is_some());
        let twice = tidy(r"-----BEGIN A-----\\nQUJD\\n-----END A-----");
        assert!(blocks(&twice)[0].content.is_some());
    }

    #[test]
    fn what_is_cut_off_has_no_content() {
        for text in [
            "-----BEGIN A-----\nQUJD",
            "-----BEGIN A-----\nQUJD\n-----END B-----",
            "-----BEGIN A-----\nQU*JD\n-----END A-----",
            "-----BEGIN A-----\n-----END A-----",
        ] {
            assert!(blocks(text)[0].content.is_none(), "{text}");
        }
        assert!(blocks("-----BEGIN ").is_empty());
    }
}
