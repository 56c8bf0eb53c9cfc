//! The `state` of flows that are ours from end to end, in MSAL's form: what the library has to know, then what the
//! program gave. By it a page that a provider comes back to finds the page that waits.

use super::base64;
use crate::text::{self, Text};

/// Makes a state: `id` is a GUID of nobody else's, `interaction` one of `popup`, `redirect` and `silent`; empty where the
/// answer comes to a listener, which needs no telling.
///
/// ```
/// use graph_token::protocol::library_state::encode;
/// assert_eq!(
///     encode("1", "popup", "/inbox"),
///     "eyJpZCI6IjEiLCJtZXRhIjp7ImludGVyYWN0aW9uVHlwZSI6InBvcHVwIn19|/inbox"
/// );
/// ```
#[must_use]
pub fn encode(id: &str, interaction: &str, given: &str) -> Text {
    let mut own = text::concat(&[r#"{"id":""#, id]);
    own.push('"');
    if !interaction.is_empty() {
        own.push_str(r#","meta":{"interactionType":""#);
        own.push_str(interaction);
        own.push_str(r#""}"#);
    }
    own.push('}');
    let own = base64::encode(own.as_bytes());
    if given.is_empty() {
        own
    } else {
        text::concat(&[&own, "|", given])
    }
}
