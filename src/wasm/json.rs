//! JSON by the host's own parser, as the plain tree that the decoders read.

use crate::protocol::json::{MAX_DEPTH, Value};
use js_sys::{Array, JSON, Object};
use wasm_bindgen::{JsCast, JsValue};

/// Parses a text; `None` where it is no JSON, or deeper than [`MAX_DEPTH`].
pub(super) fn parse(text: &str) -> Option<Value> {
    JSON::parse(text)
        .ok()
        .and_then(|value| from_js(&value, MAX_DEPTH))
}

fn from_js(value: &JsValue, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    if let Some(text) = value.as_string() {
        return Some(Value::String(text.into()));
    }
    if let Some(list) = value.dyn_ref::<Array>() {
        return list
            .iter()
            .map(|item| from_js(&item, depth))
            .collect::<Option<_>>()
            .map(Value::Array);
    }
    if value.is_null() {
        return Some(Value::Null);
    }
    if let Some(flag) = value.as_bool() {
        return Some(Value::Bool(flag));
    }
    if let Some(object) = value.dyn_ref::<Object>() {
        return Object::entries(object)
            .iter()
            .map(|entry| {
                let entry: Array = entry.unchecked_into();
                Some((
                    entry.get(0).as_string()?.into(),
                    from_js(&entry.get(1), depth)?,
                ))
            })
            .collect::<Option<_>>()
            .map(Value::Object);
    }
    // What is left is a number: the host prints it, so that no float code is needed here.
    js_sys::JSON::stringify(value)
        .ok()
        .and_then(|text| text.as_string())
        .map(|text| Value::Number(text.into()))
}
