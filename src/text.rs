//! Texts, thinly and plainly.
//!
//! A [`Text`] is one pointer: in WebAssembly each word that is moved costs code, and most of what is moved are texts.
//! The standard library's searches for a text within a text, its slices that panic and its sorting weigh several
//! kilobytes. The texts here are short.

use core::borrow::Borrow;
use core::fmt;
use core::ops::Deref;
use zeroize::Zeroize;

/// A `String` behind one pointer: docs/decisions/size.md.
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(transparent)
)]
// A `Box<str>` would be two words.
#[allow(clippy::box_collection)]
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Box<String>);

impl Text {
    /// An empty text.
    #[inline(never)]
    #[must_use]
    pub fn new() -> Self {
        Self(Box::default())
    }

    /// An empty text with room for this many bytes.
    #[inline(never)]
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Box::new(String::with_capacity(bytes)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds to its end.
    #[inline(never)]
    pub fn push_str(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Adds to its end.
    #[inline(never)]
    pub fn push(&mut self, character: char) {
        self.0.push(character);
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Text {
    #[inline(never)]
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Text {
    #[inline(never)]
    fn from(text: String) -> Self {
        Self(Box::new(text))
    }
}

impl Zeroize for Text {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        *text.0
    }
}

impl From<&str> for Text {
    #[inline(never)]
    fn from(text: &str) -> Self {
        Self(Box::new(text.to_owned()))
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Self {
        text.clone()
    }
}

impl FromIterator<char> for Text {
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        Self(Box::new(characters.into_iter().collect()))
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<Text> for str {
    fn eq(&self, other: &Text) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Text> for &str {
    fn eq(&self, other: &Text) -> bool {
        *self == other.as_str()
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whatever has a text.
pub trait ToText {
    /// A text of its own.
    fn to_text(&self) -> Text;
}

impl ToText for str {
    fn to_text(&self) -> Text {
        Text::from(self)
    }
}

impl ToText for i64 {
    #[inline(never)]
    fn to_text(&self) -> Text {
        Text::from(self.to_string())
    }
}

impl ToText for u32 {
    fn to_text(&self) -> Text {
        i64::from(*self).to_text()
    }
}

/// Adds a text: what is plain as it is, the other bytes by `escape`. Of a character outside of ASCII all bytes are plain,
/// or none.
#[inline(never)]
pub(crate) fn push_escaped(
    into: &mut Text,
    text: &str,
    is_plain: fn(u8) -> bool,
    escape: fn(&mut Text, u8),
) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !is_plain(byte) {
            into.push_str(text.get(from..at).unwrap_or_default());
            escape(into, byte);
            from = at + 1;
        }
    }
    into.push_str(text.get(from..).unwrap_or_default());
}

/// The text with ASCII's capitals small.
#[inline(never)]
#[must_use]
pub(crate) fn lower(text: &str) -> Text {
    Text::from(text.to_ascii_lowercase())
}

/// Where `wanted` first stands in `text`.
pub(crate) fn find(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len().max(1))
        .position(|window| window == wanted.as_bytes())
}

/// What stands before and after the first `wanted`.
pub(crate) fn split_once<'a>(text: &'a str, wanted: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, wanted)?;
    Some((text.get(..at)?, text.get(at + wanted.len()..)?))
}

/// `text` with every `wanted` (not empty) replaced.
pub(crate) fn replace(text: &str, wanted: &str, by: &str) -> Text {
    let (mut replaced, mut rest) = (Text::new(), text);
    while let Some((before, after)) = split_once(rest, wanted) {
        replaced.push_str(before);
        replaced.push_str(by);
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// `text` with `***` for every `secret` (not empty), in whichever case: percent-encoding has two.
pub(crate) fn mask(text: &str, secret: &str) -> Text {
    let (mut masked, mut rest) = (Text::new(), text);
    while let Some(at) = rest
        .as_bytes()
        .windows(secret.len().max(1))
        .position(|window| window.eq_ignore_ascii_case(secret.as_bytes()))
    {
        masked.push_str(rest.get(..at).unwrap_or_default());
        masked.push_str("***");
        rest = rest.get(at + secret.len()..).unwrap_or_default();
    }
    masked.push_str(rest);
    masked
}

/// `text` without the `unwanted` at its end.
pub(crate) fn without_end(text: &str, unwanted: char) -> &str {
    let mut rest = text;
    while let Some(shorter) = rest.strip_suffix(unwanted) {
        rest = shorter;
    }
    rest
}

/// The parts as one text, `between` between them.
pub(crate) fn join(parts: &[impl AsRef<str>], between: &str) -> Text {
    let mut all = Text::new();
    for part in parts {
        if !all.is_empty() {
            all.push_str(between);
        }
        all.push_str(part.as_ref());
    }
    all
}

/// What stands before the first `end`; the whole text where there is none.
pub(crate) fn before(text: &str, end: u8) -> &str {
    let at = text.bytes().position(|byte| byte == end);
    at.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// What stands before and after the last `at`.
pub(crate) fn around_last(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().rposition(|byte| byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// The parts as one text.
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> Text {
    let mut all = Text::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        all.push_str(part);
    }
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn searches() {
        assert_eq!(super::find("aab", "ab"), Some(1));
        assert_eq!(super::find("", "ab"), None);
        assert_eq!(super::split_once("https://x", "://"), Some(("https", "x")));
        assert_eq!(super::split_once("x", "://"), None);
        assert_eq!(super::replace("a--b-c--", "--", "+"), "a+b-c+");
        assert_eq!(super::replace("äöä", "ö", ""), "ää");
        assert_eq!(super::mask("a%2fb A%2FB-", "a%2Fb"), "*** ***-");
        assert_eq!(super::mask("a*b", "*"), "a***b");
        assert_eq!(super::concat(&["a", "", "b"]), "ab");
    }
}
