//! Cache keys: all that decides a token, and nothing else.

use crate::protocol::authority::Authority;
use crate::protocol::scope::Scopes;
use crate::text;

/// Divides the parts of a key; inside a part it is escaped.
const SEPARATOR: char = '\n';

/// What decides an application's own token: provider and tenant as given (aliases of one tenant are not merged),
/// client, scopes, capabilities, and further parameters that may change what the server gives.
///
/// ```
/// use graph_token::cache::key::ApplicationKey;
/// use graph_token::protocol::{authority::{Authority, ProtocolMode}, scope::Scopes};
/// let authority = Authority::parse("https://login.microsoftonline.com/contoso.com", &[], ProtocolMode::Aad)?;
/// let key = |scopes: &[&str]| ApplicationKey {
///     location: &authority.location(),
///     client_id: "client",
///     scopes: &Scopes::parse(scopes.iter().copied()).unwrap(),
///     capabilities: &[],
///     query: &[],
///     body: &[],
/// }.to_text();
/// assert_eq!(key(&["B/.default a"]), key(&["a", "b/.default"]));
/// # Ok::<(), graph_token::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ApplicationKey<'a> {
    /// [`Authority::location`].
    pub location: &'a str,
    /// The application.
    pub client_id: &'a str,
    /// What was asked for.
    pub scopes: &'a Scopes,
    /// The client's capabilities, such as `cp1`.
    pub capabilities: &'a [String],
    /// Further query parameters of the request.
    pub query: &'a [(String, String)],
    /// Further body parameters of the request.
    pub body: &'a [(String, String)],
}

impl ApplicationKey<'_> {
    /// The key as one text; different parts never give the same.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut key = String::with_capacity(160);
        key.push_str("app");
        push(&mut key, self.location);
        push(&mut key, self.client_id);
        push(&mut key, &self.scopes.canonical());
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

    /// The location and the client id that a key names.
    #[must_use]
    pub fn location_and_client_id(key: &str) -> Option<(String, String)> {
        let mut parts = key
            .split(SEPARATOR)
            .skip(1)
            .map(|part| text::replace(part, "\\\\", "\\"));
        Some((parts.next()?, parts.next()?))
    }
}

/// Where an access token of an MSAL cache came from, in the form of [`Authority::location`].
#[must_use]
pub fn location_of(environment: &str, realm: &str, configured: Option<&Authority>) -> String {
    match configured {
        Some(authority)
            if authority.environment() == environment && authority.tenant() == realm =>
        {
            authority.location()
        }
        Some(_) | None => text::concat(&[environment, "/", realm]),
    }
}

fn push(key: &mut String, part: &str) {
    key.push(SEPARATOR);
    for character in part.chars() {
        match character {
            SEPARATOR => key.push_str("\\n"),
            '\\' => key.push_str("\\\\"),
            other => key.push(other),
        }
    }
}
