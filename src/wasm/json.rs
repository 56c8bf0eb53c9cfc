//! JSON by the host's own parser, as the plain tree that the decoders read.

use crate::protocol::json::{MAX_DEPTH, Value};
use js_sys::{Array, Object};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// As `JSON::parse` of js-sys, for a text that the host has already: a large one is not moved to and fro.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_text(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// Parses a text; `None` where it is no JSON, or deeper than [`MAX_DEPTH`].
pub(super) fn parse(text: &str) -> Option<Value> {
    parse_js(&JsValue::from_str(text))
}

/// Parses a text of the host's; `None` also where it is no text.
pub(super) fn parse_js(text: &JsValue) -> Option<Value> {
    let text = Some(text).filter(|text| text.is_string())?;
    from_js(&parse_text(text).ok()?, MAX_DEPTH)
}

fn from_js(value: &JsValue, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    if let Some(text) = value.as_string() {
        return Some(Value::String(text.into()));
    }
    if Array::is_array(value) {
        return value
            .unchecked_ref::<Array>()
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
    if value.is_object() {
        return Object::entries(value.unchecked_ref())
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
