//! The program's token store: one entry for each application token, each user and each assertion, its value a small
//! cache in MSAL's schema.
//!
//! An entry that is corrupt, or a store that fails, costs a request to the network, never the call.

use super::step::{Effect, Event, Io};
use crate::cache::entities::Entities;
use crate::cache::key::Owner;
use crate::cache::msal_schema::{self, Reader};
use crate::cache::partition;
use crate::protocol::authority::Authority;
use crate::protocol::json::{ParseJson, Value};
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Moment;

/// Before every key, with the version of the stored form.
pub const PREFIX: &str = "graph-token:1:";

/// The member of an entry that holds its key whole: the store's key is a hash.
const KEY: &str = "graph_token_key";

/// The member of an index that holds the keys of users' entries.
const USERS: &str = "users";

/// How long a user's entry is kept, in seconds: as long as Entra's refresh tokens live.
const USER_LIFETIME_SECONDS: i64 = 90 * 24 * 60 * 60;

/// An index that would end so much earlier than the entry which is saved now is written anew: once in ten days.
const INDEX_RENEWAL_SECONDS: i64 = 10 * 24 * 60 * 60;

/// The index of the users.
struct Users {
    /// The keys of their entries.
    keys: Vec<Text>,
    /// Who they are, where the index holds it.
    accounts: Entities,
    /// When it ends, in seconds since 1970.
    until: i64,
}

impl Users {
    fn drop(&mut self, entry_key: &str, key: &str) {
        self.keys.retain(|user| *user != entry_key);
        self.accounts.retain_users(|environment, home| {
            partition::key(environment, Owner::User(home)) != key
        });
    }
}

/// What was found under a key.
pub(crate) enum Looked {
    /// The store has nothing there.
    Nothing,
    /// The store did not say.
    Unknown,
    /// What is there; nothing where it cannot be used, and may be written over.
    Found(Option<Entities>),
}

/// What is needed to read what was stored.
#[derive(Clone, Debug)]
pub struct TokenStore {
    /// The configured authority.
    pub authority: Option<Authority>,
    /// The configured capabilities.
    pub capabilities: Vec<Text>,
    /// The edge's parser.
    pub parse_json: ParseJson,
    /// The application.
    pub client_id: Text,
    /// Whether the store can list its keys; else accounts are found by an index entry.
    pub can_list: bool,
    /// Whether the index entry holds accounts and id_tokens as well, so that a start reads one entry. What is newer is
    /// noted by [`TokenStore::note`], until [`TokenStore::index_noted`] is called; both are the caller's to call.
    pub holds_accounts: bool,
    /// The cache keys of users who were removed here. Several write an index that holds accounts, and see a little later
    /// what the others have written: one that still lists whose entry is gone is older.
    pub removed: Vec<Text>,
}

impl TokenStore {
    /// Loads the entry of a cache key; nothing where there is none that can be used.
    pub async fn load(&self, io: &Io, key: &str) -> Entities {
        match self.look(io, key).await {
            Looked::Found(Some(entities)) => entities,
            Looked::Found(None) | Looked::Nothing | Looked::Unknown => Entities::default(),
        }
    }

    /// Looks what is under a cache key.
    pub(crate) async fn look(&self, io: &Io, key: &str) -> Looked {
        match io.perform(Effect::Load(self.entry_key(key))).await {
            Event::Loaded(None) => Looked::Nothing,
            Event::Loaded(Some(value)) if value.text(KEY) == key => {
                Looked::Found(Some(self.read(&value, io)))
            }
            Event::Loaded(Some(_)) => Looked::Found(None),
            _ => Looked::Unknown,
        }
    }

    /// Reads an entry's value.
    #[must_use]
    pub fn read(&self, value: &Value, io: &Io) -> Entities {
        let reader = Reader {
            authority: self.authority.as_ref(),
            capabilities: &self.capabilities,
            parse_json: self.parse_json,
        };
        let sections = value.as_object().unwrap_or_default().iter();
        let sections = sections.filter(|(_, section)| section.as_object().is_some());
        let cache = Value::Object(sections.cloned().collect());
        let imported = msal_schema::read(&cache, reader, io.now());
        imported
            .map(|imported| imported.entities)
            .unwrap_or_default()
    }

    /// Saves the entry of an access token's key.
    pub async fn save_token(&self, io: &Io, key: &str, entities: &Entities) {
        let until = entities
            .tokens
            .iter()
            .map(|token| io.now().to_wall(token.lifetime.extended_expires));
        if let Some(expires_at) = until.max() {
            self.save(io, key, entities, expires_at).await;
        }
    }

    /// Saves the entry of a user, `known` having been loaded before, and enters it in the index. Whether it is there now.
    pub async fn save_user(&self, io: &Io, key: &str, known: Entities, newer: Entities) -> bool {
        let mut entities = known;
        entities.take_in(newer);
        let expires_at = io.now().wall.plus_seconds(USER_LIFETIME_SECONDS);
        let is_saved = self.save(io, key, &entities, expires_at).await;
        if is_saved && !self.can_list && !self.holds_accounts {
            self.enter(io, key, expires_at).await;
        }
        is_saved
    }

    /// Takes a dead refresh token out of a user's entry, as it is now: another writer may have renewed it.
    pub async fn forget(&self, io: &Io, key: &str, dead: &Secret) {
        let mut entities = self.load(io, key).await;
        let before = entities.refresh_tokens.len();
        entities
            .refresh_tokens
            .retain(|token| token.secret.expose() != dead.expose());
        if entities.refresh_tokens.len() == before {
            return;
        }
        let expires_at = io.now().wall.plus_seconds(USER_LIFETIME_SECONDS);
        self.save(io, key, &entities, expires_at).await;
    }

    async fn save(&self, io: &Io, key: &str, entities: &Entities, expires_at: Moment) -> bool {
        let marked = Value::Object(vec![(KEY.to_text(), Value::String(key.to_text()))]);
        let mut entities = entities.clone();
        entities.tokens.iter_mut().for_each(msal_schema::mark);
        let value = msal_schema::write(&entities, &marked, io.now());
        let save = Effect::Save {
            key: self.entry_key(key),
            value: Secret::new(value.to_json()),
            expires_at,
        };
        matches!(io.perform(save).await, Event::Done)
    }

    /// Enters a user in the index of those who signed in. Another writer may have been faster, and have left this one
    /// out: so it is read again, and written again if need be. It is written anew in time before it ends.
    async fn enter(&self, io: &Io, key: &str, expires_at: Moment) {
        let own = self.entry_key(key);
        for _ in 0..3 {
            // An index that cannot be read must not be written over.
            let Some(mut users) = self.users(io).await else {
                return;
            };
            let is_known = users.keys.contains(&own);
            if is_known && expires_at.0 / 1_000 - users.until < INDEX_RENEWAL_SECONDS {
                return;
            }
            if !is_known {
                users.keys.push(own.clone());
            }
            self.save_index(io, users, expires_at).await;
        }
    }

    /// Notes that the index does not hold some users' accounts as they are now: an index of many accounts is large, and not
    /// to be written at each renewal. It is not to run beside [`TokenStore::index_noted`], or beside itself.
    pub async fn note(&self, io: &Io, users: &[Text]) {
        let Some(mut noted) = self.noted(io).await else {
            return;
        };
        let before = noted.len();
        for key in users {
            let own = self.entry_key(key);
            if !noted.contains(&own) {
                noted.push(own);
            }
        }
        if noted.len() > before {
            let expires_at = io.now().wall.plus_seconds(USER_LIFETIME_SECONDS);
            self.save_noted(io, noted, expires_at).await;
        }
    }

    /// The keys of the entries that are newer than the index; `None` where that cannot be read.
    pub async fn noted(&self, io: &Io) -> Option<Vec<Text>> {
        match io.perform(Effect::Load(self.noted_key())).await {
            Event::Loaded(value) => Some(keys_in(&value.unwrap_or(Value::Null))),
            _ => None,
        }
    }

    async fn save_noted(&self, io: &Io, keys: Vec<Text>, expires_at: Moment) {
        let effect = if keys.is_empty() {
            Effect::Delete(self.noted_key())
        } else {
            let keys = keys.into_iter().map(Value::String).collect();
            let value = Value::Object(vec![(USERS.to_text(), Value::Array(keys))]);
            Effect::Save {
                key: self.noted_key(),
                value: Secret::new(value.to_json()),
                expires_at,
            }
        };
        io.perform(effect).await;
    }

    /// Brings the index up to date with the entries that are newer.
    pub async fn index_noted(&self, io: &Io) {
        let done = self.noted(io).await.unwrap_or_default();
        if done.is_empty() {
            return;
        }
        let Some(mut users) = self.users_left(io).await else {
            return;
        };
        for key in &done {
            let Event::Loaded(Some(value)) = io.perform(Effect::Load(key.clone())).await else {
                continue;
            };
            let entities = self.read(&value, io);
            users.accounts.take_in(Entities {
                accounts: entities.accounts,
                id_tokens: entities.id_tokens,
                ..Entities::default()
            });
            if !users.keys.contains(key) {
                users.keys.push(key.clone());
            }
        }
        let expires_at = io.now().wall.plus_seconds(USER_LIFETIME_SECONDS);
        self.save_index(io, users, expires_at).await;
        self.save_noted(io, Vec::new(), expires_at).await;
    }

    /// Takes a user out of the index.
    pub async fn leave(&self, io: &Io, key: &str) {
        let own = self.entry_key(key);
        if self.holds_accounts {
            let mut noted = self.noted(io).await.unwrap_or_default();
            if noted.contains(&own) {
                noted.retain(|known| *known != own);
                let expires_at = io.now().wall.plus_seconds(USER_LIFETIME_SECONDS);
                self.save_noted(io, noted, expires_at).await;
            }
        }
        let Some(mut users) = self.users(io).await else {
            return;
        };
        if users.keys.contains(&own) {
            users.drop(&own, key);
            let expires_at = io.now().wall.plus_seconds(USER_LIFETIME_SECONDS);
            self.save_index(io, users, expires_at).await;
        }
    }

    async fn save_index(&self, io: &Io, users: Users, expires_at: Moment) {
        let keys = users.keys.into_iter().map(Value::String).collect();
        let until = Value::Number((expires_at.0 / 1_000).to_text());
        let index = Value::Object(vec![
            (USERS.to_text(), Value::Array(keys)),
            ("until".to_text(), until),
        ]);
        let value = if self.holds_accounts {
            msal_schema::write(&users.accounts, &index, io.now())
        } else {
            index
        };
        io.perform(Effect::Save {
            key: self.index_key(),
            value: Secret::new(value.to_json()),
            expires_at,
        })
        .await;
    }

    /// The keys of the users' entries, by the index; `None` where it cannot be read.
    pub async fn index(&self, io: &Io) -> Option<Vec<Text>> {
        Some(self.users(io).await?.keys)
    }

    /// The accounts that the index holds.
    pub async fn accounts(&self, io: &Io) -> Entities {
        let users = self.users_left(io).await;
        users.map(|users| users.accounts).unwrap_or_default()
    }

    /// The index without those who were removed here and whose entries are gone.
    async fn users_left(&self, io: &Io) -> Option<Users> {
        let mut users = self.users(io).await?;
        for key in &self.removed {
            let is_own = |environment: &str, home: &str| {
                partition::key(environment, Owner::User(home)) == *key
            };
            let mut accounts = users.accounts.accounts.iter();
            let is_listed =
                accounts.any(|account| is_own(&account.environment, &account.home_account_id));
            if is_listed && matches!(self.look(io, key).await, Looked::Nothing) {
                users.drop(&self.entry_key(key), key);
            }
        }
        Some(users)
    }

    async fn users(&self, io: &Io) -> Option<Users> {
        let Event::Loaded(value) = io.perform(Effect::Load(self.index_key())).await else {
            return None;
        };
        let value = value.unwrap_or(Value::Null);
        Some(Users {
            keys: keys_in(&value),
            accounts: if self.holds_accounts {
                self.read(&value, io)
            } else {
                Entities::default()
            },
            until: value
                .get("until")
                .and_then(Value::as_integer)
                .unwrap_or_default(),
        })
    }

    /// What the keys of the users' entries begin with.
    #[must_use]
    pub fn user_prefix(&self) -> Text {
        text::concat(&[PREFIX, "user:", &hash(&self.client_id), ":"])
    }

    /// The store's key of a cache key. Stores bound the length of their keys (512 bytes in KV), so it is hashed; the
    /// entry holds it whole, and one of another key counts as none.
    #[must_use]
    pub fn entry_key(&self, key: &str) -> Text {
        let kind = text::before(key, b'\n');
        text::concat(&[PREFIX, kind, ":", &hash(&self.client_id), ":", &hash(key)])
    }

    fn index_key(&self) -> Text {
        text::concat(&[PREFIX, "accounts:", &hash(&self.client_id)])
    }

    fn noted_key(&self) -> Text {
        text::concat(&[PREFIX, "noted:", &hash(&self.client_id)])
    }
}

fn keys_in(value: &Value) -> Vec<Text> {
    let keys = value.get(USERS).and_then(Value::as_array);
    let keys = keys.unwrap_or_default().iter();
    keys.filter_map(|key| key.as_str().map(Text::from))
        .collect()
}

/// A hash for names, not for secrecy: twice FNV-1a with 64 bits, from either end.
fn hash(text: &str) -> Text {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let forward = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    let backward = text.bytes().rev().fold(0x8422_2325_cbf2_9ce4, step);
    let mut hex = Text::with_capacity(32);
    for byte in [forward, backward]
        .iter()
        .flat_map(|half| half.to_be_bytes())
    {
        hex.push(char::from(HEX[usize::from(byte >> 4)]));
        hex.push(char::from(HEX[usize::from(byte & 15)]));
    }
    hex
}
