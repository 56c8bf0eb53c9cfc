//! A person, or the session that they have with the provider, is asked in a window of the browser's; the code that
//! comes back becomes tokens.

use super::acquired::Acquired;
use super::authorization_code::RedeemFlow;
use super::step::{Effect, Event, Hash, Io, Window};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::authorization_code::AuthorizationCode;
use crate::protocol::authorize::{AuthorizationRequest, anchor_of, check_response};
use crate::protocol::client_info::ClientInfo;
use crate::protocol::json::Value;
use crate::protocol::token_request::Grant;
use crate::protocol::{base64, entra_error, id_token};
use crate::secret::{Secret, SecretBytes};
use crate::text::{Text, ToText};

/// All that the flow needs.
#[derive(Clone, Debug)]
pub struct AuthorizeFlow {
    /// Where to ask.
    pub window: Window,
    /// What to ask; the challenge is made from the verifier.
    pub request: AuthorizationRequest,
    /// The PKCE verifier.
    pub verifier: Secret,
    /// The name under which the answer is waited for.
    pub channel: Text,
    /// How long to wait for the answer, in milliseconds.
    pub timeout_ms: i64,
    /// The exchange of the code, whose grant is filled in then.
    pub redeem: RedeemFlow,
}

impl AuthorizeFlow {
    /// Runs the flow.
    ///
    /// # Errors
    /// `window_failed`, where there is no window or no answer from it: whoever performs knows why. What the provider
    /// says; those of [`check_response`] and [`RedeemFlow::run`].
    pub async fn run(mut self, io: Io) -> Result<Acquired, Error> {
        let correlation_id = self.request.correlation_id.clone();
        let answer = self.ask(&io).await;
        match answer.and_then(|answer| self.take(&answer)) {
            Ok(()) => self.redeem.run(io).await,
            Err(error) => Err(error.with_correlation_id(&correlation_id)),
        }
    }

    async fn ask(&mut self, io: &Io) -> Result<Value, Error> {
        let endpoint = self.redeem.exchange.authorization_endpoint(io).await?;
        let bytes = SecretBytes::new(self.verifier.expose().as_bytes().to_vec());
        let challenge = match io.perform(Effect::Digest(Hash::Sha256, bytes)).await {
            Event::Bytes(hash) => base64::encode_url(hash.expose()),
            _ => return Err(failed("the host cannot hash")),
        };
        self.request.code_challenge = Some((challenge, "S256".to_text()));
        let asked = Effect::Authorize {
            window: self.window,
            url: self.request.url(&endpoint),
            redirect_uri: self.request.redirect_uri.clone(),
            channel: self.channel.clone(),
            state: self.request.state.clone().unwrap_or_default(),
            nonce: self.request.nonce.clone().unwrap_or_default(),
            verifier: self.verifier.clone(),
            names_issuer: self.names_issuer(),
            timeout_ms: self.timeout_ms,
        };
        match io.perform(asked).await {
            Event::Answered(answer) => Ok(answer),
            _ => Err(failed("there is no answer from the window")),
        }
    }

    fn names_issuer(&self) -> bool {
        let known = self.redeem.exchange.metadata.as_ref();
        known.is_some_and(|metadata| metadata.names_issuer)
    }

    /// Takes the code out of an answer that holds.
    fn take(&mut self, answer: &Value) -> Result<(), Error> {
        let names_issuer = self.names_issuer();
        let exchange = &mut self.redeem.exchange;
        let known = exchange.metadata.as_ref();
        let issuer = known.and_then(|metadata| metadata.issuer.as_deref());
        let authority = &exchange.authority;
        let some = |name: &str| answer.get(name).and_then(Value::as_str);
        check_response(
            self.request.state.as_deref(),
            some("state"),
            some("iss"),
            names_issuer,
            |named| id_token::is_issuer_of(named, authority, issuer),
        )?;
        if let Some(error) = entra_error::of_body(answer) {
            return Err(error.fit_to_show(&[]));
        }
        let code = some("code").filter(|code| !code.is_empty());
        let code = code.ok_or_else(|| {
            Error::new(
                ErrorClass::Server,
                code::INVALID_TOKEN_RESPONSE,
                "the authorization response has neither a code nor an error",
            )
        })?;
        let info = some("client_info")
            .and_then(|raw| ClientInfo::parse(raw, exchange.parse_json))
            .and_then(|info| anchor_of(&info.home_account_id()));
        if info.is_some() {
            exchange.request.anchor_mailbox = info;
        }
        exchange.request.grant = Grant::AuthorizationCode(AuthorizationCode {
            code: Secret::new(code.to_text()),
            redirect_uri: self.request.redirect_uri.clone(),
            code_verifier: Some(self.verifier.clone()),
            return_spa_code: false,
        });
        Ok(())
    }
}

/// The error of a window that gave nothing.
fn failed(reason: &str) -> Error {
    Error::new(ErrorClass::ClientAuth, code::WINDOW_FAILED, reason)
}
