//! The fields that every request has.

use super::Host;
use crate::error::{Error, code};
use crate::flow::acquired::Filing;
use crate::flow::asked::{Asked, Asker, capabilities};
use crate::flow::exchange::Exchange;
use crate::protocol::authority::Kind;
use crate::protocol::claims::invalid_claims;
use crate::protocol::entropy::Entropy;
use crate::protocol::json::Value;
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::{Grant, has_own_field};
use crate::text::{self, Text, ToText};
use crate::wasm::configuration::cloud_authority;
use crate::wasm::credential::read_assertion;
use crate::wasm::field::Fields;
use crate::wasm::json;
use crate::wasm::shared::Shared;

const MAX_TIMEOUT_MS: u32 = 24 * 60 * 60 * 1_000;

/// What every request says.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) asked: Asked,
    /// The scopes as given; `None` where there is no such field.
    pub(super) scopes: Option<Scopes>,
    pub(super) own_timeout: bool,
    /// The request's own assertion, or what stands for its function.
    pub(super) own_assertion: Text,
}

impl Common {
    pub(super) fn read(
        shared: &Shared,
        fields: &Fields<'_>,
        host: &Host<'_>,
        entropy: Entropy,
        correlation_id: &str,
    ) -> Result<Self, Error> {
        refuse_unsupported(fields);
        let configuration = &shared.configuration;
        let given = cloud_authority(fields).or_else(|| fields.text("authority"));
        let mut authority = configuration.authority(given.as_deref())?;
        let tenant = fields.text("tenantId");
        if let Some(tenant) = &tenant {
            authority = authority.with_tenant(tenant)?;
        }
        let own_authority = given.is_some() || tenant.is_some();
        let known = configuration.metadata.clone().filter(|_| !own_authority);
        let metadata = known.or_else(|| shared.discovered(&authority));
        // MSAL's names for the same two places, today's and the former ones: query and body.
        let query = [
            fields.pairs("extraQueryParameters"),
            fields.pairs("tokenQueryParameters"),
        ]
        .concat();
        let body = [
            fields.pairs("extraParameters"),
            fields.pairs("tokenBodyParameters"),
        ]
        .concat();
        refuse_protocol_fields(fields, &body);
        refuse_protocol_fields(fields, &query);
        let assertion = fields.get("clientAssertion");
        let credential = if assertion.is_truthy() {
            fields.noted(read_assertion(fields, &assertion))
        } else {
            configuration.credential.credential.clone()
        };
        let claims = claims_of(fields, "claims");
        let own_timeout = fields.number("timeoutMs", MAX_TIMEOUT_MS);
        Ok(Self {
            asked: Asked {
                correlation_id: correlation_id.to_text(),
                authority,
                metadata,
                credential,
                skip_cache: claims.is_some()
                    || fields.flag("skipCache")
                    || fields.flag("forceRefresh"),
                claims,
                claims_from_client: claims_of(fields, "claimsFromClient"),
                capabilities: capabilities(&configuration.capabilities, fields.flag("enableCae")),
                query,
                body,
                timeout_ms: i64::from(own_timeout.unwrap_or(configuration.timeout_ms)),
                in_browser: host.in_browser,
                page: fields.text("pageRedirectUri"),
                entropy,
            },
            scopes: scopes(fields),
            own_timeout: own_timeout.is_some(),
            own_assertion: assertion
                .as_string()
                .map(Text::from)
                .or_else(|| host.asked.clone())
                .unwrap_or_default(),
        })
    }

    /// The same at another host of the cloud's, where a code was issued.
    pub(super) fn at(mut self, shared: &Shared, host: &str) -> Result<Self, Error> {
        let authority = text::concat(&["https://", host, "/", self.asked.authority.tenant()]);
        self.asked.authority = shared.configuration.authority(Some(&authority))?;
        self.asked.metadata = shared.discovered(&self.asked.authority);
        Ok(self)
    }

    /// The scopes of a user's request: without the field Graph's default, else those given; and OpenID Connect's.
    pub(super) fn user_scopes(&self, shared: &Shared) -> Result<Scopes, Error> {
        self.user_scopes_and(shared, &[])
    }

    /// The same with further ones before OpenID Connect's.
    pub(super) fn user_scopes_and(
        &self,
        shared: &Shared,
        further: &[Text],
    ) -> Result<Scopes, Error> {
        let graph = shared.configuration.graph_resource(&self.asked.authority);
        let mut scopes = match &self.scopes {
            Some(scopes) => scopes.clone(),
            // Another provider's tokens are not for Graph, nor are B2C's.
            None if matches!(self.asked.authority.kind(), Kind::Oidc | Kind::B2c) => {
                Scopes::default()
            }
            None => Scopes::default().or_default(graph),
        };
        if self.asked.authority.kind() != Kind::Oidc {
            // Further ones may be of other resources: nothing but consent is asked for them.
            scopes.check_one_resource(graph)?;
        }
        scopes.add(further.iter().map(Text::as_str));
        let own = &shared.configuration.oidc_scopes;
        if self.asked.authority.kind() == Kind::Oidc && !own.is_empty() {
            scopes.add(own.iter().map(Text::as_str));
            return Ok(scopes);
        }
        Ok(scopes.with_oidc())
    }

    /// What stands before the key of a flight: whatever makes two calls for the same token differ.
    pub(super) fn flight(&self) -> Text {
        let mut flight = Text::new();
        if !self.own_assertion.is_empty() {
            flight.push_str("by ");
            flight.push_str(&self.own_assertion);
            flight.push('\n');
        }
        if self.own_timeout {
            flight.push_str("timeout ");
            flight.push_str(&self.asked.timeout_ms.to_text());
            flight.push('\n');
        }
        if self.asked.skip_cache {
            flight.push_str("anew ");
            flight.push_str(
                &self
                    .asked
                    .claims
                    .as_ref()
                    .map(Value::to_json)
                    .unwrap_or_default(),
            );
            flight.push('\n');
        }
        flight
    }

    /// All that a token is told from others by, but for whose it is.
    pub(super) fn key_of(&self, shared: &Shared, filing: &Filing) -> Text {
        let location = self.asked.authority.location();
        let client_id = &shared.configuration.client_id;
        filing.key(&location, client_id).to_text()
    }

    /// The exchange with a grant.
    pub(super) fn exchange(
        self,
        shared: &Shared,
        scopes: &Scopes,
        grant: Grant,
    ) -> Result<Exchange, Error> {
        let by = Asker {
            client_id: &shared.configuration.client_id,
            max_retries: shared.configuration.max_retries,
            providers: &shared.providers(),
            parse_json: json::parse,
        };
        self.asked.exchange(by, scopes, grant)
    }
}

fn scopes(fields: &Fields<'_>) -> Option<Scopes> {
    let scopes = fields.get("scopes");
    let texts = match scopes.as_string() {
        Some(text) => vec![Text::from(text)],
        None if scopes.is_undefined() => return None,
        None => fields.texts("scopes"),
    };
    Some(fields.noted(Scopes::parse(texts.iter().map(Text::as_str))))
}

/// A field of claims; absent, empty and `{}` are the same.
fn claims_of(fields: &Fields<'_>, name: &str) -> Option<Value> {
    match json::parse(&fields.text(name)?) {
        Some(Value::Object(members)) if members.is_empty() => None,
        Some(claims @ Value::Object(_)) => Some(claims),
        Some(_) | None => {
            fields.note(invalid_claims());
            None
        }
    }
}

fn refuse_unsupported(fields: &Fields<'_>) {
    const BEARER: &str = "Only Bearer tokens are there.";
    const BROKER: &str = "There is no broker where fetch runs.";
    const RESOURCE: &str = "Ask for the resource's /.default in scopes.";
    let scheme = fields.text("authenticationScheme");
    if scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("Bearer")) {
        fields.refuse(&[("authenticationScheme", "Only Bearer is there.")]);
    }
    let store = fields.inner("storeInCache", "storeInCache");
    for kind in ["accessToken", "idToken", "refreshToken"] {
        if store.has(kind) && !store.flag(kind) {
            fields.refuse(&[(
                "storeInCache",
                "What is not to be cached is got by another client with maxEntries 0.",
            )]);
        }
    }
    if !fields.texts("attributeTokens").is_empty() {
        fields.refuse(&[("attributeTokens", "They are in preview: leave them out.")]);
    }
    fields.refuse(&[
        ("resource", RESOURCE),
        ("shrClaims", BEARER),
        ("shrNonce", BEARER),
        ("shrOptions", BEARER),
        ("proofOfPossessionOptions", BEARER),
        ("resourceRequestMethod", BEARER),
        ("resourceRequestUri", BEARER),
        ("sshJwk", BEARER),
        ("sshKid", BEARER),
        ("popKid", BEARER),
        ("dpopJkt", BEARER),
        ("reqCnf", BEARER),
        ("embeddedClientId", BROKER),
        ("platformBroker", BROKER),
        (
            "earJwk",
            "Encrypted authorization responses are not there: leave it out.",
        ),
    ]);
}

/// Refuses a parameter that has a field of its own.
fn refuse_protocol_fields(fields: &Fields<'_>, parameters: &[(Text, Text)]) {
    if has_own_field(parameters) {
        let error = Error::configuration(
            code::INVALID_OPTION,
            "request.extraParameters (or extraQueryParameters) names a parameter that has a field of its own",
        );
        fields.note(error.with_hint("Use that field."));
    }
}
