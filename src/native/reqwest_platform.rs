//! A platform over reqwest and tokio.

use super::platform::{HttpAnswer, Platform, Task, Unavailable};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::http::{HttpRequest, MAX_BODY_BYTES};
use core::time::Duration;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::crypto::{CryptoProvider, ring};

/// HTTP by reqwest with rustls, never following a redirect; waiting and renewing ahead by tokio. Its futures run in
/// a tokio runtime.
#[derive(Clone, Debug)]
pub struct ReqwestPlatform(Client);

impl ReqwestPlatform {
    /// With reqwest's defaults. Where the process has no default cryptography for TLS yet, ring becomes it.
    ///
    /// # Errors
    /// `network_error` where TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::from_builder(Client::builder())
    }

    /// With a proxy, certificates or time limits of the program's own. That redirects are not followed stays.
    ///
    /// # Errors
    /// `network_error` where TLS cannot be set up.
    pub fn from_builder(builder: ClientBuilder) -> Result<Self, Error> {
        if CryptoProvider::get_default().is_none() {
            // Another thread may have been faster; then there is one as well.
            let _ = ring::default_provider().install_default();
        }
        let unusable = |_| {
            let message = "the HTTP client cannot be set up";
            Error::new(ErrorClass::Network, code::NETWORK_ERROR, message)
        };
        let client = builder.redirect(Policy::none()).build().map_err(unusable)?;
        Ok(Self(client))
    }

    async fn exchange(&self, request: HttpRequest) -> reqwest::Result<HttpAnswer> {
        let mut sending = match request.form() {
            Some(form) => self.0.post(request.url.as_str()).body(form.to_owned()),
            None => self.0.get(request.url.as_str()),
        };
        for (name, value) in request.headers() {
            sending = sending.header(name, value.as_str());
        }
        let mut response = sending.send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BODY_BYTES {
                break;
            }
        }
        let mut answer = HttpAnswer::new(response.status().as_u16(), body);
        for (name, value) in response.headers() {
            if let Ok(value) = value.to_str() {
                answer = answer.with_header(name.as_str(), value);
            }
        }
        Ok(answer)
    }
}

impl Platform for ReqwestPlatform {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Unavailable> {
        self.exchange(request).await.map_err(|_| Unavailable)
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn spawn(&self, task: Task) -> Option<Task> {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return Some(task);
        };
        runtime.spawn(task);
        None
    }
}
