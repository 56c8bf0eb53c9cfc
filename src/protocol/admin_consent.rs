//! The admin consent endpoint: one address on which an administrator grants what an application asks for.

use super::authority::Authority;
use super::form::Form;
use crate::text::Text;

/// The address to send an administrator to.
///
/// ```
/// use graph_token::protocol::{admin_consent, authority::{Authority, ProtocolMode}};
/// let authority = Authority::parse("https://login.microsoftonline.com/contoso.com", &[], ProtocolMode::Aad)?;
/// assert_eq!(
///     admin_consent::url(&authority, "client", Some("https://app.contoso.com/done"), Some("12")),
///     "https://login.microsoftonline.com/contoso.com/adminconsent?client_id=client&redirect_uri=https%3A%2F%2Fapp.contoso.com%2Fdone&state=12",
/// );
/// # Ok::<(), graph_token::Error>(())
/// ```
#[must_use]
pub fn url(
    authority: &Authority,
    client_id: &str,
    redirect_uri: Option<&str>,
    state: Option<&str>,
) -> Text {
    let query = Form::new()
        .with("client_id", client_id)
        .with_some("redirect_uri", redirect_uri)
        .with_some("state", state);
    super::with_query(&authority.admin_consent_endpoint(), query.expose())
}
