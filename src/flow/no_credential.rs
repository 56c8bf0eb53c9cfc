//! In place of a client's credential where there are public clients only: nothing proves who they are.

use super::step::Io;
use crate::error::Error;
use crate::protocol::authority::Kind;
use crate::protocol::client_authentication::ClientAuthentication;
use crate::protocol::entropy::Entropy;
use crate::time::Moment;

/// None: a public client.
#[derive(Clone, Debug, Default)]
pub struct Credential;

impl Credential {
    /// Whether the program is asked for it before every request.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        false
    }

    /// What a request carries: nothing.
    ///
    /// # Errors
    /// None.
    pub async fn authenticate(
        &self,
        _: &Io,
        _: Asking<'_>,
        _: &mut Entropy,
    ) -> Result<ClientAuthentication, Error> {
        Ok(ClientAuthentication::None)
    }

    /// There is nothing that could help.
    #[must_use]
    pub fn renew(&self, _: &str, _: Moment, _: Option<Moment>) -> bool {
        false
    }
}

/// For what a credential is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The application.
    pub client_id: &'a str,
    /// Where it will be sent.
    pub token_endpoint: &'a str,
    /// What kind of provider that is.
    pub kind: Kind,
    /// The path of a federated managed identity.
    pub fmi_path: Option<&'a str>,
    /// The time that is left, in milliseconds.
    pub left_ms: i64,
}
