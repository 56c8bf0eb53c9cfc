//! What belongs together: all of one user, or all that was got for one assertion.
//!
//! A hit on a user's token takes a partition by its key and looks through that user's few tokens, however many users
//! there are.

use super::access_token::{AccessToken, IdToken, RefreshToken};
use super::account::Account;
use super::key::Owner;
use super::lifetime::Lifetime;
use super::msal_schema::FOUND_BY;
use super::store::{Bounds, Entry, Store};
use crate::protocol::authority::is_guid;
use crate::protocol::json::Value;
use crate::protocol::scope::Scopes;
use crate::text::{self, Text, ToText};
use crate::time::Moment;

/// What a partition takes beside its tokens, in bytes, roughly.
const OVERHEAD_BYTES: usize = 1_024;

/// A user's access token, as it is found again.
#[derive(Clone, Debug)]
pub struct TokenRef {
    /// Its key in the store of access tokens.
    pub key: Text,
    /// The application that it was given to.
    pub client_id: Text,
    /// The tenant that issued it.
    pub realm: Text,
    /// The authority that was asked for it.
    pub location: Text,
    /// The scopes that were asked for, in the form of `Scopes::bare`.
    pub asked: Vec<Text>,
    /// The scopes that were granted.
    pub granted: Vec<Text>,
    /// What else decides it: [`super::key::TokenKey::variant`].
    pub variant: Text,
}

/// What a token has to be to serve a request.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The application.
    pub client_id: &'a str,
    /// The tenant, where it is known.
    pub realm: Option<&'a str>,
    /// The authority that would be asked.
    pub location: &'a str,
    /// The scopes, in the form of `Scopes::bare`.
    pub scopes: &'a [Text],
    /// What else decides it.
    pub variant: &'a str,
}

/// The part of a location that names the provider.
fn provider(location: &str) -> &str {
    text::before(location, b'/')
}

impl TokenRef {
    /// How a token is found again; `None` for an application's own.
    #[must_use]
    pub fn of(token: &AccessToken) -> Option<Self> {
        let user = token.user.as_ref()?;
        let granted = Scopes::parse([token.target.as_str()]).ok()?;
        Some(Self {
            key: token.key.clone(),
            client_id: token.client_id.clone(),
            realm: token.realm.clone(),
            location: user.location.clone(),
            asked: user.asked.clone(),
            granted: granted.bare(&token.environment),
            variant: user.variant.clone(),
        })
    }

    /// Whether the token is one that the request would get, or gives more.
    #[must_use]
    pub fn serves(&self, wanted: Wanted<'_>) -> bool {
        let same_location = self.location == wanted.location;
        let tenant = match wanted.realm {
            // `common` and its like give tokens of many tenants; any other location names the tenant that it gives.
            Some(realm) => {
                let named = || wanted.location.split('/').any(|part| part == realm);
                // A path beyond the tenant is a policy, which decides the token too.
                let has_policy =
                    |location: &str| location.bytes().filter(|byte| *byte == b'/').count() > 1;
                self.realm == realm
                    && provider(&self.location) == provider(wanted.location)
                    && !has_policy(&self.location)
                    && !has_policy(wanted.location)
                    || same_location && (realm.is_empty() || named())
            }
            None => same_location,
        };
        // Where no resource is named, Graph's is meant, whose scopes are bare names.
        let is_graph = || !self.granted.iter().any(|scope| scope.contains('/'));
        let scopes = self.asked == wanted.scopes
            || wanted
                .scopes
                .iter()
                .all(|scope| self.granted.contains(scope))
                && (!wanted.scopes.is_empty() || is_graph());
        self.client_id == wanted.client_id && tenant && scopes && self.variant == wanted.variant
    }
}

/// All of one owner.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    /// Who it is.
    pub account: Option<Account>,
    /// One for each tenant and client.
    pub id_tokens: Vec<IdToken>,
    /// One for each client or family.
    pub refresh_tokens: Vec<RefreshToken>,
    /// The access tokens.
    pub tokens: Vec<TokenRef>,
    /// The how-manieth it is.
    number: u32,
}

impl Partition {
    /// Takes in an account.
    pub fn keep_account(&mut self, account: Account) {
        match &mut self.account {
            Some(known) => known.merge(account),
            None => self.account = Some(account),
        }
    }

    /// Takes in what is known of an account from a cache that is older.
    pub fn keep_older_account(&mut self, mut older: Account) {
        if let Some(known) = self.account.take() {
            older.merge(known);
        }
        self.account = Some(older);
    }

    /// Takes in an id_token, in place of the one of the same tenant and client, and filed as that was.
    pub fn keep_id_token(&mut self, mut id_token: IdToken) {
        if let Some(at) = self.place_of_id_token(&id_token) {
            let known = self.id_tokens.remove(at);
            if id_token.other.is_empty() {
                id_token.other = known.other;
            }
        }
        self.id_tokens.push(id_token);
    }

    /// Where the id_token lies that another one replaces.
    #[must_use]
    pub fn place_of_id_token(&self, newer: &IdToken) -> Option<usize> {
        let mut known = self.id_tokens.iter();
        known.position(|known| known.realm == newer.realm && known.client_id == newer.client_id)
    }

    /// Where the refresh token lies that another one replaces.
    #[must_use]
    pub fn place_of_refresh_token(&self, newer: &RefreshToken) -> Option<usize> {
        self.refresh_tokens.iter().position(|known| {
            known.client_id == newer.client_id
                && known.family_id.is_empty() == newer.family_id.is_empty()
                && (known.is_of(newer.location()) || newer.is_of(known.location()))
        })
    }

    /// Takes in a refresh token, in place of the one of the same client and family, and filed as that was.
    pub fn keep_refresh_token(&mut self, mut refresh_token: RefreshToken) {
        if let Some(at) = self.place_of_refresh_token(&refresh_token) {
            let known = self.refresh_tokens.remove(at);
            let is_ours = |(name, _): &(Text, Value)| name == FOUND_BY;
            if refresh_token.other.iter().all(is_ours) {
                let further = known.other.into_iter();
                let further = further.filter(|member| !is_ours(member));
                refresh_token.other.extend(further);
            }
        }
        self.refresh_tokens.push(refresh_token);
    }

    /// Takes in where an access token lies.
    pub fn keep_token(&mut self, token: TokenRef) {
        self.tokens.retain(|known| known.key != token.key);
        self.tokens.push(token);
    }

    /// The refresh token of a client for an authority: its own, else its family's.
    #[must_use]
    pub fn refresh_token(&self, client_id: &str, location: &str) -> Option<&RefreshToken> {
        let all = || {
            let tokens = self.refresh_tokens.iter();
            tokens.filter(|token| token.is_of(location))
        };
        all()
            .find(|token| token.client_id == client_id)
            .or_else(|| all().find(|token| !token.family_id.is_empty()))
    }

    /// The id_token of a tenant and client; that of no tenant, from a provider that has none, is of each.
    #[must_use]
    pub fn id_token(&self, realm: &str, client_id: &str) -> Option<&IdToken> {
        let of = |realm: &str| {
            let mut own = self.id_tokens.iter();
            own.find(|token| token.realm == realm && token.client_id == client_id)
        };
        of(realm).or_else(|| of(""))
    }

    fn is_empty(&self) -> bool {
        self.account.is_none()
            && self.id_tokens.is_empty()
            && self.refresh_tokens.is_empty()
            && self.tokens.is_empty()
    }

    fn size_bytes(&self) -> usize {
        let secrets = self.id_tokens.iter().map(|token| &token.secret);
        let secrets = secrets.chain(self.refresh_tokens.iter().map(|token| &token.secret));
        // An id_token's claims lie beside its text.
        secrets
            .map(|secret| secret.expose().len() * 2)
            .sum::<usize>()
            + self.tokens.len() * 512
            + OVERHEAD_BYTES
    }
}

/// A home account id as it is compared: Entra's, which begin with a GUID, without case. Elsewhere two that differ in case
/// are two users (OpenID Connect Core, section 2).
#[must_use]
pub fn folded(home_account_id: &str) -> Text {
    match home_account_id.get(..36) {
        Some(id) if is_guid(id) => text::lower(home_account_id),
        Some(_) | None => home_account_id.to_text(),
    }
}

/// The key of an owner's partition.
#[must_use]
pub fn key(environment: &str, owner: Owner<'_>) -> Text {
    match owner {
        Owner::Application => text::concat(&["app\n", environment]),
        Owner::User(home_account_id) => text::concat(&[
            "user\n",
            &text::lower(environment),
            "\n",
            &folded(home_account_id),
        ]),
        Owner::Assertion(hash) => text::concat(&["assertion\n", environment, "\n", hash]),
    }
}

/// All owners, bounded; the least recently used go first.
#[derive(Debug)]
pub struct Partitions {
    store: Store<Partition>,
    made: u32,
}

impl Partitions {
    /// None yet.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            store: Store::new(bounds),
            made: 0,
        }
    }

    /// The partition of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Partition> {
        let handle = self.store.find(key)?;
        self.store.peek(handle).map(|entry| &entry.value)
    }

    /// Changes a partition, which is made if it is not there, and goes if nothing is left in it.
    pub fn change<T>(
        &mut self,
        key: &str,
        now: Moment,
        change: impl FnOnce(&mut Partition) -> T,
    ) -> T {
        let known = self
            .store
            .find(key)
            .and_then(|handle| self.store.remove(handle));
        let mut partition = known.map(|entry| entry.value).unwrap_or_default();
        if partition.number == 0 {
            self.made += 1;
            partition.number = self.made;
        }
        let outcome = change(&mut partition);
        if !partition.is_empty() {
            let bytes = partition.size_bytes();
            let entry = Entry {
                lifetime: FOREVER,
                value: partition,
            };
            self.store.insert(key, entry, bytes, now);
        }
        outcome
    }

    /// Has a partition come after all others.
    pub fn put_last(&mut self, key: &str) {
        let known = self.store.find(key);
        if let Some(entry) = known.and_then(|handle| self.store.touch(handle)) {
            self.made += 1;
            entry.value.number = self.made;
        }
    }

    /// Removes a partition and gives it back.
    pub fn remove(&mut self, key: &str) -> Option<Partition> {
        let handle = self.store.find(key)?;
        self.store.remove(handle).map(|entry| entry.value)
    }

    /// Removes what is not wanted, by its key.
    pub fn retain(&mut self, is_wanted: impl Fn(&str) -> bool) {
        let all = self.store.iter().map(|(key, _)| key);
        let gone: Vec<Text> = all.filter(|key| !is_wanted(key)).map(Text::from).collect();
        for key in gone {
            self.remove(&key);
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.store.clear();
    }

    /// All partitions in the order in which they came.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Partition> {
        let recent_first = self.store.iter().map(|(_, entry)| &entry.value);
        let mut all: Vec<&Partition> = recent_first.collect();
        all.reverse();
        // Few have been used again since, so few are to be moved.
        for end in 1..all.len() {
            let mut at = end;
            while at > 0 && all[at - 1].number > all[at].number {
                all.swap(at - 1, at);
                at -= 1;
            }
        }
        all
    }
}

/// What is renewed has no end of its own.
const FOREVER: Lifetime = Lifetime {
    obtained: Moment(0),
    refresh: None,
    expires: Moment(i64::MAX),
    extended_expires: Moment(i64::MAX),
};
