//! The requests that a client makes by its own right: client credentials and on-behalf-of.

use super::common::Common;
use super::{Host, Prepared};
use crate::error::{Error, ErrorClass, code};
use crate::flow::client_credentials::ClientCredentialsFlow;
use crate::flow::on_behalf_of::OnBehalfOfFlow;
use crate::flow::step::Flow;
use crate::protocol::client_credentials::ClientCredentials;
use crate::protocol::on_behalf_of::OnBehalfOf;
use crate::protocol::token_request::Grant;
use crate::secret::Secret;
use crate::text::{self, Text, ToText};
use crate::time::Now;
use crate::wasm::field::Fields;
use crate::wasm::shared::Shared;

/// MSAL's word for no region at all, whatever the environment says.
const NO_REGION: &str = "DisableMsalForceRegion";

/// MSAL's word for the environment's region.
const ENVIRONMENT_REGION: &str = "TryAutoDetect";

/// `acquireTokenByClientCredential`.
pub(super) fn client_credentials(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    host: &Host<'_>,
    now: Now,
) -> Result<Prepared, Error> {
    refuse_in_browser(shared, &common)?;
    let authority = &common.asked.authority;
    if authority.is_multi_tenant() {
        let message = text::concat(&["client credentials need a tenant, not ", authority.tenant()]);
        return Err(Error::new(ErrorClass::ClientAuth, code::MISSING_TENANT_ID, message)
            .with_hint("Put the tenant's GUID or domain into the authority: https://login.microsoftonline.com/{tenant}."));
    }
    let graph = shared.configuration.graph_resource(authority);
    let scopes = common.scopes.clone().unwrap_or_default();
    let scopes = scopes.for_client_credentials(authority, graph)?;
    let fmi_path = fields.text("fmiPath");
    let mut filing = common.asked.filing(&scopes);
    if let Some(path) = &fmi_path {
        filing.body.push(("fmi_path".to_text(), path.clone()));
    }
    let region = match fields.text("azureRegion") {
        Some(region) if region == NO_REGION => None,
        Some(region) if region != ENVIRONMENT_REGION => Some(region),
        Some(_) | None => host.region.clone(),
    };
    let region = region.map(|region| text::lower(&region));
    let is_plain = |region: &Text| region.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !region.as_ref().is_none_or(is_plain) {
        return Err(fields.invalid("azureRegion", "is no region such as westus2"));
    }
    let skip_cache = common.asked.skip_cache;
    let flight = common.flight();
    let grant = Grant::ClientCredentials(ClientCredentials { fmi_path });
    let mut exchange = common.exchange(shared, &scopes, grant)?;
    exchange.region = region;
    let mut flow = ClientCredentialsFlow {
        exchange,
        filing,
        cached: None,
        skip_cache,
        renewal_offset_seconds: shared.renewal_offset_seconds(),
        store: shared.configuration.store(),
    };
    let key = flow.key();
    flow.cached = shared.lifetime(&key);
    Ok(Prepared::application(shared, flow, key, flight, now))
}

/// `acquireTokenOnBehalfOf`.
pub(super) fn on_behalf_of(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    _host: &Host<'_>,
    now: Now,
) -> Result<Prepared, Error> {
    refuse_in_browser(shared, &common)?;
    let assertion = fields.text("oboAssertion").ok_or_else(|| {
        Error::new(
            ErrorClass::ClientAuth,
            code::REQUEST_CANNOT_BE_MADE,
            "request.oboAssertion is missing",
        )
        .with_hint("Give the access token that the API was called with, without the word Bearer.")
    })?;
    let scopes = common.user_scopes(shared)?;
    let filing = common.asked.filing(&scopes);
    let mut flight = common.flight();
    flight.push_str(&assertion);
    let skip_cache = common.asked.skip_cache;
    let grant = Grant::OnBehalfOf(OnBehalfOf {
        assertion: Secret::new(assertion),
    });
    let exchange = common.exchange(shared, &scopes, grant)?;
    let location = exchange.authority.location();
    let request = &exchange.request;
    flight.push_str(&filing.key(&location, &request.client_id).to_text());
    let flow = OnBehalfOfFlow {
        exchange,
        filing,
        skip_cache,
        renewal_offset_seconds: shared.renewal_offset_seconds(),
        store: shared.configuration.store(),
    };
    let flow = Flow::new(now, |io| flow.run(io));
    Ok(Prepared::asking(shared, &flight, flow))
}

fn refuse_in_browser(shared: &Shared, common: &Common) -> Result<(), Error> {
    if common.asked.in_browser && !shared.configuration.allow_secrets_in_browser {
        return Err(Error::configuration(
            code::SECRET_IN_BROWSER,
            "a client secret in a browser can be read by everyone who opens the page, and Entra refuses client credentials that a page sends",
        )
        .with_hint("Get this token on a server or in a Worker; in the page sign the user in with PublicClientApplication. For tests alone there is system.allowSecretsInBrowser."));
    }
    Ok(())
}

impl Prepared {
    /// The call of a flow that is for an application.
    fn application(
        shared: &Shared,
        flow: ClientCredentialsFlow,
        key: Text,
        mut flight: Text,
        now: Now,
    ) -> Self {
        flight.push_str(&key);
        Self {
            served: flow.is_served_by_cache(now).then(|| key.clone()),
            flight_key: shared.flight_key(&flight),
            key: Some(key),
            turn: None,
            is_sign_in: false,
            flow: Flow::new(now, |io| flow.run(io)),
        }
    }
}
