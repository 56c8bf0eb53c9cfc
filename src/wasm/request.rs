//! MSAL's `ClientCredentialRequest`, read for each call that the cache cannot answer.

use super::configuration::{Configuration, cloud_authority};
use super::field::Fields;
use super::json;
use crate::error::{Error, ErrorClass, code};
use crate::flow::client_credentials::ClientCredentialsFlow;
use crate::protocol::authority::Authority;
use crate::protocol::claims::{invalid_claims, request_claims};
use crate::protocol::client_credentials::ClientCredentialsRequest;
use crate::protocol::entropy::Entropy;
use crate::protocol::scope::Scopes;
use crate::text;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

const MAX_TIMEOUT_MS: u32 = 24 * 60 * 60 * 1_000;

/// The capability of continuous access evaluation.
const CAE_CAPABILITY: &str = "cp1";

/// What the call asks for.
pub(super) struct Asked {
    pub(super) flow: ClientCredentialsFlow,
    /// Whether a cached token will not do.
    pub(super) skip_cache: bool,
    /// Whether the time limit is the request's own.
    pub(super) own_timeout: bool,
}

/// Reads a request of `acquireTokenByClientCredential`.
pub(super) fn client_credentials(
    configuration: &Configuration,
    request: &JsValue,
    in_browser: bool,
    entropy: &[u8],
) -> Result<Asked, Error> {
    let fields = Fields::new(request, "request");
    let entropy = Entropy::new(entropy);
    let correlation_id = fields
        .text("correlationId")?
        .unwrap_or_else(|| entropy.guid());
    read(configuration, &fields, in_browser, entropy, &correlation_id)
        .map_err(|error| error.with_correlation_id(&correlation_id))
}

fn read(
    configuration: &Configuration,
    fields: &Fields<'_>,
    in_browser: bool,
    entropy: Entropy,
    correlation_id: &str,
) -> Result<Asked, Error> {
    if in_browser && !configuration.allow_secrets_in_browser {
        return Err(Error::configuration(
            code::SECRET_IN_BROWSER,
            "a client secret in a browser can be read by everyone who opens the page, and Entra refuses client credentials that a page sends",
        )
        .with_hint("Get this token on a server or in a Worker; in the page sign the user in with PublicClientApplication. For tests alone there is system.allowSecretsInBrowser."));
    }
    if !fields.is_object() {
        return Err(Error::configuration(
            code::INVALID_OPTION,
            "the request is not an object",
        ));
    }
    refuse_unsupported(fields)?;
    let authority = authority(configuration, fields)?;
    if authority.is_multi_tenant() {
        let message = text::concat(&["client credentials need a tenant, not ", authority.tenant()]);
        return Err(Error::new(ErrorClass::ClientAuth, code::MISSING_TENANT_ID, message)
            .with_hint("Put the tenant's GUID or domain into the authority: https://login.microsoftonline.com/{tenant}."));
    }
    let scopes = scopes(fields)?
        .for_client_credentials(&authority, configuration.graph_resource(&authority))?;
    let claims = fields.text("claims")?;
    let asked_claims = match &claims {
        Some(text) => Some(json::parse(text).ok_or_else(invalid_claims)?),
        None => None,
    };
    // MSAL's names for the same two places: query and body.
    let extra_query_parameters = [
        fields.pairs("extraQueryParameters")?,
        fields.pairs("tokenQueryParameters")?,
    ]
    .concat();
    let extra_body_parameters = [
        fields.pairs("extraParameters")?,
        fields.pairs("tokenBodyParameters")?,
    ]
    .concat();
    refuse_protocol_fields(fields, &extra_body_parameters)?;
    refuse_protocol_fields(fields, &extra_query_parameters)?;
    let own_authority =
        fields.has("authority") || fields.has("azureCloudOptions") || fields.has("tenantId");
    let metadata = if own_authority {
        None
    } else {
        configuration.metadata.clone()
    };
    let mut capabilities = configuration.capabilities.clone();
    if fields.flag("enableCae") && !capabilities.iter().any(|known| known == CAE_CAPABILITY) {
        capabilities.push(CAE_CAPABILITY.to_owned());
    }
    Ok(Asked {
        own_timeout: fields.has("timeoutMs"),
        skip_cache: claims.is_some() || fields.flag("skipCache") || fields.flag("forceRefresh"),
        flow: ClientCredentialsFlow {
            request: ClientCredentialsRequest {
                client_id: configuration.client_id.clone(),
                scopes,
                authentication: configuration.authentication.clone(),
                claims: request_claims(asked_claims.as_ref(), &capabilities)?,
                correlation_id: correlation_id.to_owned(),
                extra_query_parameters,
                extra_body_parameters,
            },
            authority,
            metadata,
            capabilities,
            cached: None,
            renewal_offset_seconds: i64::from(configuration.renewal_offset_seconds),
            timeout_ms: i64::from(
                fields
                    .number("timeoutMs", MAX_TIMEOUT_MS)?
                    .unwrap_or(configuration.timeout_ms),
            ),
            max_retries: configuration.max_retries,
            entropy,
        },
    })
}

fn authority(configuration: &Configuration, fields: &Fields<'_>) -> Result<Authority, Error> {
    let given = match cloud_authority(fields)? {
        Some(authority) => Some(authority),
        None => fields.text("authority")?,
    };
    let authority = configuration.authority(given.as_deref())?;
    match fields.text("tenantId")? {
        Some(tenant) => authority.with_tenant(&tenant),
        None => Ok(authority),
    }
}

fn scopes(fields: &Fields<'_>) -> Result<Scopes, Error> {
    let scopes = fields.get("scopes");
    if let Some(text) = scopes.as_string() {
        return Scopes::parse([text.as_str()]);
    }
    if !(scopes.is_undefined() || scopes.is_instance_of::<Array>()) {
        return Err(fields.invalid("scopes", "is neither a string nor an array of strings"));
    }
    let texts = fields.texts("scopes")?;
    Scopes::parse(texts.iter().map(String::as_str))
}

fn refuse_unsupported(fields: &Fields<'_>) -> Result<(), Error> {
    const NOT_YET: &str = "Leave it out: this version does not have it yet.";
    let scheme = fields.text("authenticationScheme")?;
    if scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("Bearer")) {
        fields.refuse(&[("authenticationScheme", "Only Bearer is there.")])?;
    }
    fields.refuse(&[
        ("clientAssertion", NOT_YET),
        ("azureRegion", NOT_YET),
        ("fmiPath", NOT_YET),
        ("claimsFromClient", NOT_YET),
        ("resource", "Ask for the resource's /.default in scopes."),
        ("shrClaims", "Only Bearer tokens are there."),
        ("shrNonce", "Only Bearer tokens are there."),
        ("shrOptions", "Only Bearer tokens are there."),
        ("resourceRequestMethod", "Only Bearer tokens are there."),
        ("resourceRequestUri", "Only Bearer tokens are there."),
        ("sshJwk", "Only Bearer tokens are there."),
        ("sshKid", "Only Bearer tokens are there."),
        ("popKid", "Only Bearer tokens are there."),
        ("dpopJkt", "Only Bearer tokens are there."),
        ("attributeTokens", NOT_YET),
        ("embeddedClientId", NOT_YET),
    ])
}

/// A parameter that would stand beside one of ours is refused: which of the two counts is the server's whim, and a
/// credential has no place in an address.
fn refuse_protocol_fields(
    fields: &Fields<'_>,
    parameters: &[(String, String)],
) -> Result<(), Error> {
    const OURS: &[&str] = &[
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "client-request-id",
        "grant_type",
        "scope",
        "claims",
    ];
    if parameters
        .iter()
        .any(|(name, _)| OURS.contains(&name.as_str()))
    {
        return Err(fields.invalid(
            "extraParameters",
            "(or extraQueryParameters) names a parameter that has a field of its own",
        ));
    }
    Ok(())
}
