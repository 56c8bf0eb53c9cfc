//! What an exchange learns of a provider. It is worth keeping even if the exchange then fails.

use crate::protocol::jwks::Jwks;
use crate::protocol::metadata::Metadata;
use crate::text::Text;
use crate::time::Moment;

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
