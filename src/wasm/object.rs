//! Objects on their way out, member by member.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// A plain object.
    #[wasm_bindgen(js_name = Object)]
    pub(super) type Record;

    #[wasm_bindgen(constructor, js_class = "Object")]
    fn new() -> Record;

    #[wasm_bindgen(method, structural, indexing_setter)]
    fn put(this: &Record, name: &str, value: &JsValue);
}

/// An object under construction.
pub(super) struct Builder(Record);

impl Builder {
    pub(super) fn new() -> Self {
        Self(Record::new())
    }

    #[inline(never)]
    pub(super) fn value(self, name: &str, value: &JsValue) -> Self {
        self.0.put(name, value);
        self
    }

    #[inline(never)]
    pub(super) fn text(self, name: &str, text: &str) -> Self {
        self.value(name, &JsValue::from_str(text))
    }

    pub(super) fn some_text(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    #[inline(never)]
    pub(super) fn number(self, name: &str, number: f64) -> Self {
        self.value(name, &JsValue::from_f64(number))
    }

    pub(super) fn some_number(self, name: &str, number: Option<f64>) -> Self {
        match number {
            Some(number) => self.number(name, number),
            None => self,
        }
    }

    pub(super) fn flag(self, name: &str, flag: bool) -> Self {
        self.value(name, &JsValue::from_bool(flag))
    }

    pub(super) fn done(self) -> JsValue {
        self.0.unchecked_into()
    }
}
