//! The authorization request (RFC 6749, section 4.1.1; OpenID Connect Core 1.0, section 3.1.2.1): the address to which
//! a person is sent, and what comes back with them.

use super::form::Form;
use crate::error::{Error, ErrorClass, code};
use crate::text::{self, Text, ToText};

/// What an authorization request is made of. Nothing is added to it: challenge, state and nonce are the caller's.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationRequest {
    /// The application.
    pub client_id: Text,
    /// The scopes, divided by blanks.
    pub scope: Text,
    /// Where the answer is to come.
    pub redirect_uri: Text,
    /// How: `query`, `fragment` or `form_post`.
    pub response_mode: Text,
    /// Comes back with the answer.
    pub state: Option<Text>,
    /// Comes back in the id_token.
    pub nonce: Option<Text>,
    /// The challenge of a verifier (RFC 7636) and its method.
    pub code_challenge: Option<(Text, Text)>,
    /// Such as `select_account`.
    pub prompt: Option<Text>,
    /// Which account the person will want.
    pub hint: AccountHint,
    /// The domain of a federated account.
    pub domain_hint: Option<Text>,
    /// The `claims` parameter.
    pub claims: Option<Text>,
    /// The GUID to find the request by in Entra's sign-in logs.
    pub correlation_id: Text,
    /// Further parameters, as given; one that names a parameter of ours counts where that is absent, as with MSAL.
    pub extra_query_parameters: Vec<(Text, Text)>,
}

/// Which account an authorization request is about.
#[derive(Clone, Debug, Default)]
pub struct AccountHint {
    /// The `login_hint` parameter.
    pub login_hint: Option<Text>,
    /// The `sid` parameter: a session, for a silent request.
    pub sid: Option<Text>,
    /// `X-AnchorMailbox`, for the service's routing.
    pub anchor_mailbox: Option<Text>,
}

/// What is known of an account when hints are chosen.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownAccount<'a> {
    /// The `login_hint` claim of its id_token.
    pub login_hint: &'a str,
    /// The `sid` claim.
    pub sid: &'a str,
    /// The user name.
    pub username: &'a str,
    /// `{uid}.{utid}`.
    pub home_account_id: &'a str,
}

impl AccountHint {
    /// Chooses the hint as MSAL does: a session only for a silent request, the account's `login_hint` claim before a
    /// name, and none at all where the person is to choose.
    #[must_use]
    pub fn choose(
        prompt: &str,
        domain_hint: bool,
        asked_sid: &str,
        asked_login_hint: &str,
        account: Option<KnownAccount<'_>>,
    ) -> Self {
        let some = |text: &str| Some(text.to_text()).filter(|text| !text.is_empty());
        let silent = prompt == "none";
        if prompt == "select_account" {
            return Self::default();
        }
        if silent && !asked_sid.is_empty() {
            return Self {
                sid: some(asked_sid),
                ..Self::default()
            };
        }
        let by_name = Self {
            login_hint: some(asked_login_hint),
            anchor_mailbox: some(asked_login_hint).map(|name| anchor("UPN:", &name)),
            sid: None,
        };
        let Some(account) = account else {
            return by_name;
        };
        let anchor_mailbox = anchor_of(account.home_account_id);
        let by_account = |login_hint, sid| Self {
            login_hint,
            sid,
            anchor_mailbox: anchor_mailbox.clone(),
        };
        if !account.login_hint.is_empty() && !domain_hint {
            by_account(some(account.login_hint), None)
        } else if silent && !account.sid.is_empty() {
            by_account(None, some(account.sid))
        } else if by_name.login_hint.is_some() {
            by_name
        } else {
            by_account(some(account.username), None)
        }
    }
}

/// `X-AnchorMailbox` of a home account id; `None` where it is none.
#[must_use]
pub fn anchor_of(home_account_id: &str) -> Option<Text> {
    let (uid, utid) = text::split_once(home_account_id, ".")?;
    let mut text = anchor("Oid:", uid);
    text.push('@');
    text.push_str(utid);
    Some(text)
}

fn anchor(kind: &str, name: &str) -> Text {
    let mut text = kind.to_text();
    text.push_str(name);
    text
}

impl AuthorizationRequest {
    /// What two requests have in common that ask the same.
    #[must_use]
    pub fn question(&self) -> Text {
        let same = Self {
            state: None,
            nonce: None,
            code_challenge: None,
            correlation_id: Text::new(),
            ..self.clone()
        };
        same.url("")
    }

    /// The address.
    #[must_use]
    pub fn url(&self, authorization_endpoint: &str) -> Text {
        let (challenge, method) = self
            .code_challenge
            .as_ref()
            .map(|(challenge, method)| (challenge.as_str(), method.as_str()))
            .unwrap_or_default();
        let own = [
            ("client_id", self.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("response_mode", &self.response_mode),
            ("state", self.state.as_deref().unwrap_or_default()),
            ("nonce", self.nonce.as_deref().unwrap_or_default()),
            ("code_challenge", challenge),
            ("code_challenge_method", method),
            ("prompt", self.prompt.as_deref().unwrap_or_default()),
            (
                "login_hint",
                self.hint.login_hint.as_deref().unwrap_or_default(),
            ),
            ("sid", self.hint.sid.as_deref().unwrap_or_default()),
            (
                "domain_hint",
                self.domain_hint.as_deref().unwrap_or_default(),
            ),
            ("claims", self.claims.as_deref().unwrap_or_default()),
            ("client_info", "1"),
            ("clidata", "1"),
            ("client-request-id", &self.correlation_id),
            ("x-client-SKU", super::CLIENT_SKU),
            ("x-client-VER", env!("CARGO_PKG_VERSION")),
            (
                "X-AnchorMailbox",
                self.hint.anchor_mailbox.as_deref().unwrap_or_default(),
            ),
        ];
        let mut query = Form::new();
        for (name, value) in own {
            query = query.with_some(name, Some(value));
        }
        for (name, value) in &self.extra_query_parameters {
            let is_ours = |(own, value): &(&str, &str)| own == name && !value.is_empty();
            if !own.iter().any(is_ours) {
                query = query.with_some(name, Some(value));
            }
        }
        super::with_query(authorization_endpoint, query.expose())
    }
}

/// Holds what came back in an authorization response against what was sent.
///
/// # Errors
/// `state_mismatch`; `invalid_state` where nothing was sent and something came; `invalid_issuer` where the response's `iss` (RFC 9207) names another provider, or none though it must.
pub fn check_response(
    sent_state: Option<&str>,
    came_state: Option<&str>,
    came_issuer: Option<&str>,
    must_name_issuer: bool,
    issuer_is_right: impl FnOnce(&str) -> bool,
) -> Result<(), Error> {
    let refused = |code: &str, message: &str| {
        Err(Error::new(ErrorClass::ClientAuth, code, message).with_hint(
            "Start the sign-in anew: this answer may belong to another one, or be forged.",
        ))
    };
    match (sent_state, came_state) {
        (None, Some(_)) => {
            return refused(
                code::INVALID_STATE,
                "the authorization response has a state, and the request names none to hold it against",
            );
        }
        (Some(_), None) => {
            return refused(
                code::STATE_MISMATCH,
                "the authorization response has no state",
            );
        }
        (Some(sent), Some(came)) if sent != came => {
            return refused(
                code::STATE_MISMATCH,
                "the authorization response's state is not the one that was sent",
            );
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    match came_issuer {
        Some(issuer) if !issuer_is_right(issuer) => refused(
            code::INVALID_ISSUER,
            "the authorization response names another issuer than the one that was asked",
        ),
        None if must_name_issuer => refused(
            code::INVALID_ISSUER,
            "the authorization response names no issuer, which this provider does",
        ),
        Some(_) | None => Ok(()),
    }
}
