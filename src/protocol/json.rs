//! A JSON value as plain Rust data. The edge parses (the host's `JSON.parse` in wasm, serde_json natively); the
//! decoders of this crate read this tree and the one writer below puts it out again.

use crate::text::{self, Text};

/// Trees deeper than this are refused at the edge: nothing that Entra or Graph sends comes near.
pub const MAX_DEPTH: usize = 64;

/// The edge's parser: `None` for a text that is no JSON, or deeper than [`MAX_DEPTH`].
pub type ParseJson = fn(&str) -> Option<Value>;

/// A JSON value. Numbers keep the text that the host printed, so that none is rounded and no float code is needed. Its
/// `Debug` shows no content: it may hold tokens.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as text.
    Number(Text),
    /// A text.
    String(Text),
    /// A list.
    Array(Vec<Value>),
    /// An object, its members in order.
    Object(Vec<(Text, Value)>),
}

impl Value {
    /// The member of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_object()?
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(Text, Value)]> {
        match self {
            Self::Object(members) => Some(members),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Object(_) => {
                None
            }
        }
    }

    /// A text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// A whole number, given as a number or as a text (Entra's version 1 endpoints and some proxies send texts).
    /// A fraction is cut off; anything else is no number.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        let (Self::Number(text) | Self::String(text)) = self else {
            return None;
        };
        let (whole, fraction) = text::split_once(text, ".").unwrap_or((text, ""));
        if fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            whole.parse().ok()
        } else {
            None
        }
    }

    /// The text of a member; empty where it is absent or no text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Self::as_str).unwrap_or_default()
    }

    /// Puts `from` into this value: objects member by member, anything else in place of what was there.
    pub fn merge(&mut self, from: Self) {
        match (self, from) {
            (Self::Object(into), Self::Object(from)) => {
                for (name, value) in from {
                    match into.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => known.merge(value),
                        None => into.push((name, value)),
                    }
                }
            }
            (into, from) => *into = from,
        }
    }

    /// The value as JSON text.
    ///
    /// ```
    /// use graph_token::protocol::json::Value;
    /// let value = Value::Object(vec![("a\n".into(), Value::Array(vec![Value::Null, Value::Number("1.50".into())]))]);
    /// assert_eq!(value.to_json(), r#"{"a\n":[null,1.50]}"#);
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Text {
        let mut text = Text::new();
        self.write(&mut text);
        text
    }

    fn write(&self, into: &mut Text) {
        match self {
            Self::Null => into.push_str("null"),
            Self::Bool(true) => into.push_str("true"),
            Self::Bool(false) => into.push_str("false"),
            Self::Number(number) => into.push_str(number),
            Self::String(text) => write_string(into, text),
            Self::Array(items) => {
                into.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        into.push(',');
                    }
                    item.write(into);
                }
                into.push(']');
            }
            Self::Object(members) => {
                into.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        into.push(',');
                    }
                    write_string(into, name);
                    into.push(':');
                    value.write(into);
                }
                into.push('}');
            }
        }
    }
}

impl core::fmt::Debug for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool(..)",
            Self::Number(_) => "Number(..)",
            Self::String(_) => "String(..)",
            Self::Array(_) => "Array(..)",
            Self::Object(_) => "Object(..)",
        })
    }
}

fn write_string(into: &mut Text, text: &str) {
    into.push('"');
    let is_plain = |byte| byte >= b' ' && byte != b'"' && byte != b'\\';
    text::push_escaped(into, text, is_plain, |into, byte| match byte {
        b'"' => into.push_str("\\\""),
        b'\\' => into.push_str("\\\\"),
        b'\n' => into.push_str("\\n"),
        b'\r' => into.push_str("\\r"),
        b'\t' => into.push_str("\\t"),
        control => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            into.push_str(if control < 16 { "\\u000" } else { "\\u001" });
            into.push(char::from(HEX[usize::from(control & 15)]));
        }
    });
    into.push('"');
}
