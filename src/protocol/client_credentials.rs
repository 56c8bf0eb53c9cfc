//! The client-credentials grant (RFC 6749, section 4.4).

use super::client_authentication::ClientAuthentication;
use super::form::Form;
use super::http::HttpRequest;
use super::scope::Scopes;

/// What a client-credentials request is made of.
#[derive(Clone)]
pub struct ClientCredentialsRequest {
    /// The application.
    pub client_id: String,
    /// What it asks for; already checked by [`Scopes::for_client_credentials`].
    pub scopes: Scopes,
    /// How it proves who it is.
    pub authentication: ClientAuthentication,
    /// The `claims` parameter, if any.
    pub claims: Option<String>,
    /// The GUID to find the request by in Entra's sign-in logs.
    pub correlation_id: String,
    /// Further query parameters, as given.
    pub extra_query_parameters: Vec<(String, String)>,
    /// Further body parameters, as given.
    pub extra_body_parameters: Vec<(String, String)>,
}

impl core::fmt::Debug for ClientCredentialsRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Without the parameters of the program's own: they may hold anything.
        f.write_str("ClientCredentialsRequest(")?;
        f.write_str(&self.client_id)?;
        f.write_str(")")
    }
}

/// The request to the token endpoint.
#[must_use]
pub fn build(request: &ClientCredentialsRequest, token_endpoint: &str) -> HttpRequest {
    let mut form = Form::new()
        .with("client_id", &request.client_id)
        .with_some("scope", Some(&request.scopes.to_wire()))
        .with("grant_type", "client_credentials")
        .with("x-client-SKU", super::CLIENT_SKU)
        .with("x-client-VER", env!("CARGO_PKG_VERSION"))
        .with("x-ms-lib-capability", "retry-after, h429");
    form = request
        .authentication
        .apply(form)
        .with_some("claims", request.claims.as_deref());
    for (name, value) in &request.extra_body_parameters {
        form = form.with(name, value);
    }
    let mut query = Form::new();
    for (name, value) in &request.extra_query_parameters {
        query = query.with(name, value);
    }
    query = query.with_some("client-request-id", Some(&request.correlation_id));
    HttpRequest::post(super::with_query(token_endpoint, query.expose()), form)
}
