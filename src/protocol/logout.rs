//! Signing out at the provider (OpenID Connect RP-Initiated Logout 1.0).

use super::form::Form;
use crate::text::Text;

/// What a logout request is made of.
#[derive(Clone, Debug, Default)]
pub struct LogoutRequest {
    /// Where the person is sent afterwards.
    pub post_logout_redirect_uri: Option<Text>,
    /// Who signs out: the `login_hint` claim, not the user name. With it nobody is asked.
    pub logout_hint: Option<Text>,
    /// An id_token of the one who signs out.
    pub id_token_hint: Option<Text>,
    /// Comes back with the person.
    pub state: Option<Text>,
    /// The GUID to find the request by in Entra's sign-in logs.
    pub correlation_id: Text,
    /// Further parameters, as given.
    pub extra_query_parameters: Vec<(Text, Text)>,
}

impl LogoutRequest {
    /// The address.
    #[must_use]
    pub fn url(&self, end_session_endpoint: &str) -> Text {
        let own = [
            (
                "post_logout_redirect_uri",
                self.post_logout_redirect_uri.as_deref(),
            ),
            ("client-request-id", Some(self.correlation_id.as_str())),
            ("id_token_hint", self.id_token_hint.as_deref()),
            ("state", self.state.as_deref()),
            ("logout_hint", self.logout_hint.as_deref()),
        ];
        let mut query = Form::new();
        for (name, value) in own {
            query = query.with_some(name, value);
        }
        for (name, value) in &self.extra_query_parameters {
            query = query.with_some(name, Some(value));
        }
        super::with_query(end_session_endpoint, query.expose())
    }
}
