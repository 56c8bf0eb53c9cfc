//! The one encoder of `application/x-www-form-urlencoded` bodies and query strings (RFC 6749, appendix B).

use crate::text::{self, Text};
use zeroize::Zeroize;

/// Percent-encodes a text as the WHATWG URL standard does for forms: letters, digits and `*-._` stay, a space
/// becomes `+`, every other byte of its UTF-8 becomes `%XX`.
///
/// ```
/// assert_eq!(graph_token::protocol::form::encode("a b&c/é"), "a+b%26c%2F%C3%A9");
/// ```
#[must_use]
pub fn encode(text: &str) -> Text {
    let mut encoded = Text::with_capacity(text.len());
    push_encoded(&mut encoded, text);
    encoded
}

/// Percent-encodes a text as JavaScript's `encodeURIComponent` does.
///
/// ```
/// assert_eq!(graph_token::protocol::form::encode_component("a b!~+"), "a%20b!~%2B");
/// ```
#[must_use]
pub fn encode_component(text: &str) -> Text {
    let mut encoded = Text::with_capacity(text.len());
    let is_plain = |byte| is_plain(byte) || matches!(byte, b'!' | b'\'' | b'(' | b')' | b'~');
    text::push_escaped(&mut encoded, text, is_plain, |into, byte| match byte {
        b' ' => into.push_str("%20"),
        _ => push_byte(into, byte),
    });
    encoded
}

/// A body under construction, in the order of its calls. Zeroed when it is dropped: it holds secrets.
#[derive(Clone, Default)]
pub struct Form(Text);

impl Form {
    /// An empty body.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `name=value`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        push_encoded(&mut self.0, name);
        self.0.push('=');
        push_encoded(&mut self.0, value);
        self
    }

    /// Adds `name=value` where there is a value and it is not empty.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) if !value.is_empty() => self.with(name, value),
            Some(_) | None => self,
        }
    }

    /// The encoded text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl core::fmt::Debug for Form {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Form(..)")
    }
}

fn push_encoded(into: &mut Text, text: &str) {
    text::push_escaped(into, text, is_plain, push_byte);
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_')
}

fn push_byte(into: &mut Text, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    match byte {
        b' ' => into.push('+'),
        _ => {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}
