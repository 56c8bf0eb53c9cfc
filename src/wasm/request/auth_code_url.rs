//! `getAuthCodeUrl`.

use super::Host;
use super::authorize::authorization;
use super::common::Common;
use crate::error::{Error, code};
use crate::protocol::authority::Kind;
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::entropy::Entropy;
use crate::text::{Text, ToText};
use crate::wasm::field::Fields;
use crate::wasm::shared::Shared;
use wasm_bindgen::JsValue;

/// The address of an authorization request; `None` where the provider has to be asked for its endpoints first.
pub(in crate::wasm) fn auth_code_url(
    shared: &Shared,
    request: &JsValue,
    host: &Host<'_>,
) -> Result<Option<Text>, Error> {
    let fields = Fields::new(request, "request");
    if !fields.is_object() {
        return Err(Error::configuration(
            code::INVALID_OPTION,
            "the request is not an object",
        ));
    }
    let entropy = Entropy::new(host.entropy);
    let correlation_id = fields
        .text("correlationId")
        .unwrap_or_else(|| entropy.guid());
    let url = read(shared, &fields, host, entropy, &correlation_id);
    let url = fields.check().and(url);
    url.map_err(|error| error.with_correlation_id(&correlation_id))
}

fn read(
    shared: &Shared,
    fields: &Fields<'_>,
    host: &Host<'_>,
    entropy: Entropy,
    correlation_id: &str,
) -> Result<Option<Text>, Error> {
    let common = Common::read(shared, fields, host, entropy, correlation_id)?;
    let code_challenge = match (
        fields.text("codeChallenge"),
        fields.text("codeChallengeMethod"),
    ) {
        (Some(challenge), Some(method)) => Some((challenge, method)),
        (None, None) => None,
        (_, _) => {
            return Err(Error::configuration(
                code::PKCE_PARAMS_MISSING,
                "request.codeChallenge and codeChallengeMethod go together",
            )
            .with_hint(
                "CryptoProvider.generatePkceCodes() makes a challenge; its method is S256.",
            ));
        }
    };
    let response_mode = fields.text("responseMode");
    let response_mode = response_mode.unwrap_or_else(|| "query".to_text());
    if !matches!(response_mode.as_str(), "query" | "fragment" | "form_post") {
        return Err(fields.invalid("responseMode", "is neither query, fragment nor form_post"));
    }
    if common
        .asked
        .query
        .iter()
        .any(|(name, _)| name == "instance_aware")
    {
        return Err(fields.invalid(
            "extraQueryParameters",
            "asks for instance_aware, which is for public clients",
        ));
    }
    let endpoint = match &common.asked.metadata {
        Some(metadata) => metadata.require_authorization_endpoint()?,
        None if common.asked.authority.kind() == Kind::Oidc => return Ok(None),
        None => common.asked.authority.authorization_endpoint(),
    };
    let request = AuthorizationRequest {
        response_mode,
        state: fields.text("state"),
        nonce: fields.text("nonce"),
        code_challenge,
        ..authorization(shared, fields, &common, fields.text("prompt"))?
    };
    Ok(Some(request.url(&endpoint)))
}
