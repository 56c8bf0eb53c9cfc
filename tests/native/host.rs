//! What a host does for a flow, as far as a test does not do it by hand: hash, sign, verify, look up, keep.

use crate::scenario::START;
use graph_token::SecretBytes;
use graph_token::cache::lifetime::Lifetime;
use graph_token::flow::learned::{KnownKeys, Learned};
use graph_token::flow::step::{Effect, Event, Hash};
use graph_token::protocol::json::Value;
use graph_token::protocol::metadata::Metadata;
use graph_token::text::Text;
use graph_token::time::Moment;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A host and what it was asked to do.
#[derive(Debug, Default)]
pub(crate) struct Host {
    /// The program's token store, and until when each entry is of use.
    pub(crate) store: BTreeMap<Text, (Text, Moment)>,
    /// Whether the store fails at everything.
    pub(crate) store_fails: bool,
    /// What the cache in memory has.
    pub(crate) in_memory: Option<(Text, Lifetime)>,
    /// What was done, in order.
    pub(crate) done: Vec<Effect>,
}

impl Host {
    /// The keys that it was last given to keep.
    pub(crate) fn keys(&self) -> Option<&KnownKeys> {
        self.done.iter().rev().find_map(|effect| match effect {
            Effect::Learn {
                learned: Learned::Keys(keys),
                ..
            } => Some(keys),
            _ => None,
        })
    }

    /// The endpoints that it was last given to keep.
    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        self.done.iter().rev().find_map(|effect| match effect {
            Effect::Learn {
                learned: Learned::Metadata(metadata),
                ..
            } => Some(metadata),
            _ => None,
        })
    }

    /// Does what is to be done; `None` for what the test does.
    pub(crate) fn perform(&mut self, effect: &Effect) -> Option<Event> {
        let event = match effect {
            Effect::Digest(Hash::Sha256, bytes) => {
                Event::Bytes(bytes_of(&Sha256::digest(bytes.expose())))
            }
            Effect::Digest(Hash::Sha1, bytes) => {
                Event::Bytes(bytes_of(&sha1::Sha1::digest(bytes.expose())))
            }
            Effect::Sign(algorithm, bytes) => {
                Event::Bytes(bytes_of(&signature(algorithm.name(), "", bytes.expose())))
            }
            Effect::Verify {
                jwk,
                algorithm,
                bytes,
                signature: given,
            } => {
                let right = signature(algorithm.name(), jwk.text("kid"), bytes.expose());
                Event::Verified(given.expose() == right)
            }
            Effect::LookUp { .. } => Event::Found(self.in_memory.clone()),
            Effect::Forget { .. } | Effect::Learn { .. } | Effect::Stored { .. } => Event::Done,
            Effect::IsReplaced(_) | Effect::IsUnstored(_) => Event::Verified(false),
            Effect::Load(_) | Effect::Save { .. } | Effect::Delete(_) | Effect::List(_)
                if self.store_fails =>
            {
                Event::Failed
            }
            Effect::Load(key) => {
                let text = self.store.get(key).map(|(text, _)| text);
                Event::Loaded(text.and_then(|text| parse_json(text)))
            }
            Effect::Save {
                key,
                value,
                expires_at,
            } => {
                assert!(*expires_at > START, "of use for a while");
                let entry = (value.expose().into(), *expires_at);
                self.store.insert(key.clone(), entry);
                Event::Done
            }
            Effect::Delete(key) => {
                self.store.remove(key);
                Event::Done
            }
            Effect::List(prefix) => {
                let keys = self
                    .store
                    .keys()
                    .filter(|key| key.starts_with(prefix.as_str()));
                Event::Listed(keys.cloned().collect())
            }
            _ => return None,
        };
        self.done.push(effect.clone());
        Some(event)
    }
}

fn bytes_of(bytes: &[u8]) -> SecretBytes {
    SecretBytes::new(bytes.to_vec())
}

/// Stands in for a signature: what matters here is who signed what, and how.
pub(crate) fn signature(algorithm: &str, kid: &str, bytes: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(algorithm);
    hash.update(kid);
    hash.update(bytes);
    hash.finalize().to_vec()
}

/// The edge of these tests: serde_json parses, as a native program's edge would.
pub(crate) fn parse_json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().map(convert)
}

fn convert(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(flag) => Value::Bool(flag),
        serde_json::Value::Number(number) => Value::Number(number.to_string().into()),
        serde_json::Value::String(text) => Value::String(text.into()),
        serde_json::Value::Array(items) => Value::Array(items.into_iter().map(convert).collect()),
        serde_json::Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| (name.into(), convert(value)))
                .collect(),
        ),
    }
}
