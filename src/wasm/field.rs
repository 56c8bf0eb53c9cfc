//! Reading members of objects that a program gave, with errors that name the member.

use crate::error::{Error, code};
use crate::text;
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// An object of the program, with the name under which its members appear in errors.
pub(super) struct Fields<'a> {
    object: &'a JsValue,
    name: &'a str,
}

impl<'a> Fields<'a> {
    pub(super) fn new(object: &'a JsValue, name: &'a str) -> Self {
        Self { object, name }
    }

    /// The member; `undefined` where it is absent or null, or there is no object.
    pub(super) fn get(&self, member: &str) -> JsValue {
        let value =
            Reflect::get(self.object, &JsValue::from_str(member)).unwrap_or(JsValue::UNDEFINED);
        if value.is_null() {
            JsValue::UNDEFINED
        } else {
            value
        }
    }

    pub(super) fn is_object(&self) -> bool {
        self.object.is_object()
    }

    pub(super) fn has(&self, member: &str) -> bool {
        !self.get(member).is_undefined()
    }

    /// A text; absent and empty are the same.
    pub(super) fn text(&self, member: &str) -> Result<Option<String>, Error> {
        let value = self.get(member);
        match value.as_string() {
            Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            None if value.is_undefined() => Ok(None),
            None => Err(self.invalid(member, "is not a string")),
        }
    }

    /// A list of texts; absent and empty are the same.
    pub(super) fn texts(&self, member: &str) -> Result<Vec<String>, Error> {
        let value = self.get(member);
        if value.is_undefined() {
            return Ok(Vec::new());
        }
        let list = value
            .dyn_ref::<Array>()
            .ok_or_else(|| self.invalid(member, "is not an array of strings"))?;
        list.iter()
            .map(|item| {
                item.as_string()
                    .ok_or_else(|| self.invalid(member, "is not an array of strings"))
            })
            .collect()
    }

    /// An object of texts, in its own order.
    pub(super) fn pairs(&self, member: &str) -> Result<Vec<(String, String)>, Error> {
        let value = self.get(member);
        let Some(object) = value.dyn_ref::<js_sys::Object>() else {
            return if value.is_undefined() {
                Ok(Vec::new())
            } else {
                Err(self.invalid(member, "is not an object"))
            };
        };
        js_sys::Object::keys(object)
            .iter()
            .map(|name| {
                let text = Reflect::get(object, &name)
                    .ok()
                    .and_then(|value| value.as_string());
                name.as_string()
                    .zip(text)
                    .ok_or_else(|| self.invalid(member, "is not an object of strings"))
            })
            .collect()
    }

    pub(super) fn flag(&self, member: &str) -> bool {
        self.get(member).is_truthy()
    }

    /// A whole number from 0 to `most`.
    pub(super) fn number(&self, member: &str, most: u32) -> Result<Option<u32>, Error> {
        let value = self.get(member);
        if value.is_undefined() {
            return Ok(None);
        }
        match value.as_f64() {
            Some(number) if number >= 0.0 && number <= f64::from(most) => Ok(Some(number as u32)),
            Some(_) | None => Err(self.invalid(member, "is not a number in its range")),
        }
    }

    /// Refuses members that this version does not take, by name.
    pub(super) fn refuse(&self, members: &[(&str, &str)]) -> Result<(), Error> {
        match members
            .iter()
            .find(|(member, _)| self.get(member).is_truthy())
        {
            None => Ok(()),
            Some((member, hint)) => Err(Error::configuration(
                code::UNSUPPORTED_OPTION,
                self.say(member, "is not supported"),
            )
            .with_hint(*hint)),
        }
    }

    pub(super) fn invalid(&self, member: &str, reason: &str) -> Error {
        Error::configuration(code::INVALID_OPTION, self.say(member, reason))
    }

    fn say(&self, member: &str, reason: &str) -> String {
        text::concat(&[self.name, ".", member, " ", reason])
    }
}
