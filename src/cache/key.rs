//! Cache keys: all that decides a token, and nothing else.

use crate::protocol::authority::Authority;
use crate::protocol::scope::Scopes;
use crate::text::{self, Text};

/// Divides the parts of a key; inside a part it is escaped.
const SEPARATOR: char = '\n';

/// Whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// The application itself.
    Application,
    /// A user, by home account id.
    User(&'a str),
    /// The caller of an API, by the hash of the whole incoming assertion.
    Assertion(&'a str),
}

/// What decides a token: provider and tenant as given (aliases of one tenant are not merged), client, scopes, owner,
/// capabilities, and further parameters that may change what the server gives.
///
/// ```
/// use graph_token::cache::key::{Owner, TokenKey};
/// use graph_token::protocol::{authority::{Authority, ProtocolMode}, scope::Scopes};
/// let authority = Authority::parse("https://login.microsoftonline.com/contoso.com", &[], ProtocolMode::Aad)?;
/// let key = |scopes: &[&str]| TokenKey {
///     location: &authority.location(),
///     client_id: "client",
///     scopes: &Scopes::parse(scopes.iter().copied()).unwrap(),
///     owner: Owner::Application,
///     capabilities: &[],
///     query: &[],
///     body: &[],
/// }.to_text();
/// assert_eq!(key(&["B/.default a"]), key(&["a", "b/.default"]));
/// # Ok::<(), graph_token::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokenKey<'a> {
    /// [`Authority::location`]; for a user's token with the tenant that issued it.
    pub location: &'a str,
    /// The application.
    pub client_id: &'a str,
    /// What was asked for.
    pub scopes: &'a Scopes,
    /// Whose it is.
    pub owner: Owner<'a>,
    /// The client's capabilities, such as `cp1`.
    pub capabilities: &'a [Text],
    /// Further query parameters of the request.
    pub query: &'a [(Text, Text)],
    /// Further body parameters of the request.
    pub body: &'a [(Text, Text)],
}

impl TokenKey<'_> {
    /// The key as one text; different parts never give the same.
    #[must_use]
    pub fn to_text(&self) -> Text {
        let mut key = Text::with_capacity(160);
        let (kind, owner) = match self.owner {
            Owner::Application => ("app", ""),
            Owner::User(home_account_id) => ("user", home_account_id),
            Owner::Assertion(hash) => ("assertion", hash),
        };
        key.push_str(kind);
        push(&mut key, self.location);
        push(&mut key, self.client_id);
        push(&mut key, &self.scopes.canonical());
        if !owner.is_empty() {
            push(&mut key, owner);
        }
        key.push_str(&self.variant());
        key
    }

    /// The part of the key that no cache of MSAL's knows: two tokens that differ in it are not the same.
    #[must_use]
    pub fn variant(&self) -> Text {
        let mut key = Text::new();
        for capability in self.capabilities {
            push(&mut key, "capability");
            push(&mut key, capability);
        }
        for (place, parameters) in [("query", self.query), ("body", self.body)] {
            for (name, value) in parameters {
                push(&mut key, place);
                push(&mut key, name);
                push(&mut key, value);
            }
        }
        key
    }

    /// Whether two keys are of the same owner and client.
    #[must_use]
    pub fn are_of_one_owner(one: &str, other: &str) -> bool {
        let part = |key: &str, at| key.split(SEPARATOR).nth(at) == other.split(SEPARATOR).nth(at);
        // The kind, the client, and the owner.
        [0, 2, 4].into_iter().all(|at| part(one, at))
    }

    /// The location and the client id that a key names.
    #[must_use]
    pub fn location_and_client_id(key: &str) -> Option<(Text, Text)> {
        let mut parts = key
            .split(SEPARATOR)
            .skip(1)
            .map(|part| text::replace(part, "\\\\", "\\"));
        Some((parts.next()?, parts.next()?))
    }
}

/// Where an access token of an MSAL cache came from, in the form of [`Authority::location`].
#[must_use]
pub fn location_of(environment: &str, realm: &str, configured: Option<&Authority>) -> Text {
    match configured {
        Some(authority)
            if authority.environment() == environment && authority.tenant() == realm =>
        {
            authority.location()
        }
        Some(_) | None => text::concat(&[environment, "/", realm]),
    }
}

fn push(key: &mut Text, part: &str) {
    key.push(SEPARATOR);
    let is_plain = |byte| byte != b'\n' && byte != b'\\';
    text::push_escaped(key, part, is_plain, |key, byte| {
        key.push_str(if byte == b'\n' { "\\n" } else { "\\\\" });
    });
}
