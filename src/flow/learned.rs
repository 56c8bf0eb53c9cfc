//! What exchanges learn of providers. It is worth keeping even if the exchange then fails.

use crate::protocol::authority::{Authority, Kind};
use crate::protocol::jwks::Jwks;
use crate::protocol::metadata::Metadata;
use crate::text::{Text, ToText};
use crate::time::Moment;

/// Discovery documents and key sets that are kept; the oldest goes first.
const MAX_KEPT: usize = 1_000;

/// The public keys of a provider, and since when they are known.
#[derive(Clone, Debug)]
pub struct KnownKeys {
    /// Where they came from.
    pub uri: Text,
    /// The keys.
    pub jwks: Jwks,
    /// When they came.
    pub fetched: Moment,
    /// When they were last fetched for a key that was not among them, also in vain.
    pub asked: Option<Moment>,
}

/// Something that was learned.
#[derive(Clone, Debug)]
pub enum Learned {
    /// The provider's endpoints.
    Metadata(Metadata),
    /// The provider's keys.
    Keys(KnownKeys),
}

/// What is known of providers.
#[derive(Debug, Default)]
pub struct Providers {
    /// What discovery documents said, by the authority's location.
    discovered: Vec<(Text, Metadata)>,
    keys: Vec<KnownKeys>,
}

impl Providers {
    /// What an authority's discovery document said.
    #[must_use]
    pub fn discovered(&self, authority: &Authority) -> Option<Metadata> {
        // The endpoints of the others follow from the address; their issuer and keys are known by the key set.
        if authority.has_known_issuer() {
            return None;
        }
        let location = authority.location();
        let known = self.discovered.iter().find(|(of, _)| *of == location);
        known.map(|(_, metadata)| metadata.clone())
    }

    /// The keys of an authority, whose endpoints may be known.
    #[must_use]
    pub fn keys(&self, authority: &Authority, metadata: Option<&Metadata>) -> Option<KnownKeys> {
        let uri = match metadata {
            Some(metadata) => metadata.jwks_uri.clone()?,
            None if authority.has_known_issuer() && authority.kind() == Kind::Entra => {
                authority.jwks_uri()
            }
            None => return None,
        };
        self.keys.iter().find(|known| known.uri == uri).cloned()
    }

    /// Keeps what was learned of the provider at a location.
    pub fn learn(&mut self, location: &str, learned: Learned) {
        match learned {
            Learned::Metadata(metadata) => {
                self.discovered.retain(|(known, _)| known != location);
                make_room(&mut self.discovered);
                self.discovered.push((location.to_text(), metadata));
            }
            Learned::Keys(fetched) => {
                self.keys.retain(|known| known.uri != fetched.uri);
                make_room(&mut self.keys);
                self.keys.push(fetched);
            }
        }
    }
}

fn make_room<T>(kept: &mut Vec<T>) {
    if kept.len() >= MAX_KEPT {
        kept.remove(0);
    }
}
