//! Reading members of objects that a program gave, with errors that name the member.

use crate::error::{Error, code};
use crate::text;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// An object of the program, with the name under which its members appear in errors.
///
/// Its own members are drawn out once: programs give few, and asking the host for each that there might be costs more.
pub(super) struct Fields<'a> {
    members: Vec<(String, JsValue)>,
    /// The object itself, where it may have members that are not its own: an instance of a program's class.
    instance: Option<JsValue>,
    is_object: bool,
    name: &'a str,
}

impl<'a> Fields<'a> {
    pub(super) fn new(object: &JsValue, name: &'a str) -> Self {
        let is_object = object.is_object();
        let mut members = Vec::new();
        if let Some(object) = object.dyn_ref::<Object>() {
            for entry in Object::entries(object).iter() {
                let entry: Array = entry.unchecked_into();
                let value = entry.get(1);
                if let (Some(name), false) = (
                    entry.get(0).as_string(),
                    value.is_null() || value.is_undefined(),
                ) {
                    members.push((name, value));
                }
            }
        }
        let instance = (is_object && !is_plain(object)).then(|| object.clone());
        Self {
            members,
            instance,
            is_object,
            name,
        }
    }

    /// The member; `undefined` where it is absent or null, or there is no object.
    pub(super) fn get(&self, member: &str) -> JsValue {
        if let Some((_, value)) = self.members.iter().find(|(name, _)| name == member) {
            return value.clone();
        }
        let inherited = self
            .instance
            .as_ref()
            .and_then(|instance| Reflect::get(instance, &member.into()).ok());
        inherited
            .filter(|value| !value.is_null())
            .unwrap_or(JsValue::UNDEFINED)
    }

    pub(super) fn is_object(&self) -> bool {
        self.is_object
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
        if value.is_undefined() {
            return Ok(Vec::new());
        }
        let inner = Fields::new(&value, member);
        if !inner.is_object {
            return Err(self.invalid(member, "is not an object of strings"));
        }
        inner
            .members
            .into_iter()
            .map(|(name, value)| Some((name, value.as_string()?)))
            .collect::<Option<_>>()
            .ok_or_else(|| self.invalid(member, "is not an object of strings"))
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
    pub(super) fn refuse(&self, refused: &[(&str, &'static str)]) -> Result<(), Error> {
        for (member, hint) in refused {
            if self.get(member).is_truthy() {
                return Err(Error::configuration(
                    code::UNSUPPORTED_OPTION,
                    self.say(member, "is not supported"),
                )
                .with_hint(*hint));
            }
        }
        Ok(())
    }

    pub(super) fn invalid(&self, member: &str, reason: &str) -> Error {
        Error::configuration(code::INVALID_OPTION, self.say(member, reason))
    }

    fn say(&self, member: &str, reason: &str) -> String {
        text::concat(&[self.name, ".", member, " ", reason])
    }
}

/// Whether an object is a literal, which has no members but its own.
fn is_plain(object: &JsValue) -> bool {
    let prototype: JsValue = Object::get_prototype_of(object).into();
    let literals: JsValue = Object::get_prototype_of(&Object::new()).into();
    prototype.is_null() || prototype == literals || object.is_instance_of::<Array>()
}
