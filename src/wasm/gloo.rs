//! Requests as gloo-net's, for Rust programs in WebAssembly that drive the flows themselves.

use crate::protocol::http::{Body, HttpRequest};
use gloo_net::http::{Method, Request, RequestBuilder};

/// A request, CORS-simple and following no redirect.
///
/// # Errors
/// What the platform says of the address.
pub fn request(request: &HttpRequest) -> Result<Request, gloo_net::Error> {
    let builder = RequestBuilder::new(&request.url).redirect(web_sys::RequestRedirect::Manual);
    match &request.body {
        Body::None => builder.build(),
        Body::Form(form) => builder
            .method(Method::POST)
            .header(
                "Content-Type",
                "application/x-www-form-urlencoded;charset=utf-8",
            )
            .body(form.expose()),
    }
}
