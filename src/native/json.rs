//! JSON by serde_json, as the plain tree that the decoders read.

use crate::protocol::json::{MAX_DEPTH, Value};
use serde_json::Value as Parsed;

/// Parses a text; `None` where it is no JSON, or deeper than [`MAX_DEPTH`].
pub(super) fn parse(text: &str) -> Option<Value> {
    from_serde(serde_json::from_str(text).ok()?, MAX_DEPTH)
}

fn from_serde(parsed: Parsed, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match parsed {
        Parsed::Null => Value::Null,
        Parsed::Bool(flag) => Value::Bool(flag),
        Parsed::Number(number) => Value::Number(number.to_string().into()),
        Parsed::String(text) => Value::String(text.into()),
        Parsed::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| from_serde(item, depth))
                .collect::<Option<_>>()?,
        ),
        Parsed::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| Some((name.into(), from_serde(value, depth)?)))
                .collect::<Option<_>>()?,
        ),
    })
}
