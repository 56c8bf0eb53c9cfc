//! Reading members of objects that a program gave, with errors that name the member.

use crate::error::{Error, code};
use crate::text::{self, Text, ToText};
use core::cell::Cell;
use js_sys::{Array, Object, Reflect};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// An object of the program, with the name under which its members appear in errors.
///
/// Its own members are drawn out once: programs give few, and asking the host for each that there might be costs more.
///
/// A member of the wrong type counts as absent, and is noted: [`Fields::check`] tells of the first. So whoever reads
/// members need not look after each; each way out of a function weighs something.
pub(super) struct Fields<'a> {
    members: Vec<(Text, JsValue)>,
    /// The object itself, where it may have members that are not its own: an instance of a program's class.
    instance: Option<JsValue>,
    is_object: bool,
    name: &'a str,
    /// The first of what is wrong, of this object and of those inside it.
    wrong: Rc<Cell<Option<Error>>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(object: &JsValue, name: &'a str) -> Self {
        Self::with(object, name, Rc::default())
    }

    /// The members of an object that is one of these.
    pub(super) fn inner<'b>(&self, member: &str, name: &'b str) -> Fields<'b> {
        let wrong = Rc::clone(&self.wrong);
        match self.find(member) {
            Some(object) => Fields::with(&object, name, wrong),
            None => Fields {
                members: Vec::new(),
                instance: None,
                is_object: false,
                name,
                wrong,
            },
        }
    }

    /// The members of an object that lies beside this one.
    pub(super) fn beside<'b>(&self, object: &JsValue, name: &'b str) -> Fields<'b> {
        Fields::with(object, name, Rc::clone(&self.wrong))
    }

    fn with(object: &JsValue, name: &'a str, wrong: Rc<Cell<Option<Error>>>) -> Self {
        // `instanceof Object` would not know those without a prototype, nor those of another realm.
        let is_object = object.is_object();
        let mut members = Vec::new();
        if is_object {
            for entry in Object::entries(object.unchecked_ref()).iter() {
                let entry: Array = entry.unchecked_into();
                let value = entry.get(1);
                if let (Some(name), false) = (
                    entry.get(0).as_string(),
                    value.is_null() || value.is_undefined(),
                ) {
                    members.push((name.into(), value));
                }
            }
        }
        let instance = (is_object && !is_plain(object)).then(|| object.clone());
        Self {
            members,
            instance,
            is_object,
            name,
            wrong,
        }
    }

    /// The first of what was wrong with the members that were read.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.wrong.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Notes what is wrong, unless something was before.
    pub(super) fn note(&self, error: Error) {
        let first = self.wrong.take().unwrap_or(error);
        self.wrong.set(Some(first));
    }

    /// What came of a reading; its error is noted.
    pub(super) fn noted<T: Default>(&self, read: Result<T, Error>) -> T {
        read.unwrap_or_else(|error| {
            self.note(error);
            T::default()
        })
    }

    #[inline(never)]
    fn note_invalid(&self, member: &str, reason: &str) {
        self.note(self.invalid(member, reason));
    }

    /// The member; `undefined` where it is absent or null, or there is no object.
    pub(super) fn get(&self, member: &str) -> JsValue {
        self.find(member).unwrap_or(JsValue::UNDEFINED)
    }

    /// The member, unless it is absent or null. Of what is absent the host is asked nothing: most members are.
    #[inline(never)]
    fn find(&self, member: &str) -> Option<JsValue> {
        if let Some((_, value)) = self.members.iter().find(|(name, _)| name == member) {
            return Some(value.clone());
        }
        let inherited = Reflect::get(self.instance.as_ref()?, &member.into()).ok();
        inherited.filter(|value| !value.is_null() && !value.is_undefined())
    }

    pub(super) fn is_object(&self) -> bool {
        self.is_object
    }

    pub(super) fn has(&self, member: &str) -> bool {
        self.find(member).is_some()
    }

    /// A text; absent and empty are the same.
    pub(super) fn text(&self, member: &str) -> Option<Text> {
        let text = self.find(member)?.as_string().map(Text::from);
        if text.is_none() {
            self.note_invalid(member, "is not a string");
        }
        text.filter(|text| !text.is_empty())
    }

    /// A list of texts; absent and empty are the same.
    pub(super) fn texts(&self, member: &str) -> Vec<Text> {
        let Some(value) = self.find(member) else {
            return Vec::new();
        };
        let texts = Array::is_array(&value)
            .then(|| value.unchecked_ref::<Array>())
            .and_then(|list| {
                list.iter()
                    .map(|item| item.as_string().map(Text::from))
                    .collect()
            });
        texts.unwrap_or_else(|| {
            self.note_invalid(member, "is not an array of strings");
            Vec::new()
        })
    }

    /// An object of texts, in its own order; numbers and flags count as the texts that they are, and what is empty as
    /// absent.
    pub(super) fn pairs(&self, member: &str) -> Vec<(Text, Text)> {
        let inner = self.inner(member, member);
        let pairs = if inner.is_object {
            inner
                .members
                .into_iter()
                .map(|(name, value)| Some((name, plain_text(&value)?)))
                .filter(|pair| pair.as_ref().is_none_or(|(_, text)| !text.is_empty()))
                .collect()
        } else {
            (!self.has(member)).then(Vec::new)
        };
        pairs.unwrap_or_else(|| {
            self.note_invalid(member, "is not an object of strings");
            Vec::new()
        })
    }

    pub(super) fn flag(&self, member: &str) -> bool {
        self.find(member).is_some_and(|value| value.is_truthy())
    }

    /// A whole number from 0 to `most`.
    pub(super) fn number(&self, member: &str, most: u32) -> Option<u32> {
        let number = self
            .find(member)?
            .as_f64()
            .filter(|number| *number >= 0.0 && *number <= f64::from(most));
        if number.is_none() {
            self.note_invalid(member, "is not a number in its range");
        }
        number.map(|number| number as u32)
    }

    /// Refuses members that this version does not take, by name.
    pub(super) fn refuse(&self, refused: &[(&str, &'static str)]) {
        for (member, hint) in refused {
            if self.flag(member) {
                let message = self.say(member, "is not supported");
                self.note(Error::configuration(code::UNSUPPORTED_OPTION, message).with_hint(*hint));
            }
        }
    }

    pub(super) fn invalid(&self, member: &str, reason: &str) -> Error {
        Error::configuration(code::INVALID_OPTION, self.say(member, reason))
    }

    fn say(&self, member: &str, reason: &str) -> Text {
        text::concat(&[self.name, ".", member, " ", reason])
    }
}

/// The text of what has one without being asked.
fn plain_text(value: &JsValue) -> Option<Text> {
    let text = match (value.as_string(), value.as_bool()) {
        (Some(text), _) => text,
        (None, Some(flag)) => return Some(if flag { "true" } else { "false" }.to_text()),
        (None, None) => {
            value.as_f64().filter(|number| number.is_finite())?;
            js_sys::JSON::stringify(value).ok()?.as_string()?
        }
    };
    Some(text.into())
}

/// Whether an object is a literal, which has no members but its own.
fn is_plain(object: &JsValue) -> bool {
    let prototype: JsValue = Object::get_prototype_of(object).into();
    let literals: JsValue = Object::get_prototype_of(&Object::new()).into();
    prototype.is_null() || prototype == literals || object.is_instance_of::<Array>()
}
