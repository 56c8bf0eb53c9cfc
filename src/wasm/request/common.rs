//! The fields that every request has.

use super::Host;
use crate::error::{Error, code};
use crate::flow::acquired::Filing;
use crate::flow::credential::Credential;
use crate::flow::exchange::{Exchange, NonceCheck};
use crate::protocol::authority::{Authority, Kind};
use crate::protocol::claims::{Claims, IdTokenClaims, invalid_claims, request_claims};
use crate::protocol::entropy::Entropy;
use crate::protocol::json::Value;
use crate::protocol::metadata::Metadata;
use crate::protocol::scope::Scopes;
use crate::protocol::token_request::{Grant, TokenRequest, has_own_field};
use crate::text::{self, Text, ToText};
use crate::wasm::configuration::cloud_authority;
use crate::wasm::credential::read_assertion;
use crate::wasm::field::Fields;
use crate::wasm::json;
use crate::wasm::shared::Shared;

const MAX_TIMEOUT_MS: u32 = 24 * 60 * 60 * 1_000;

/// The capability of continuous access evaluation.
const CAE_CAPABILITY: &str = "cp1";

/// What every request says.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) correlation_id: Text,
    pub(super) authority: Authority,
    pub(super) metadata: Option<Metadata>,
    pub(super) credential: Credential,
    /// The scopes as given; `None` where there is no such field.
    pub(super) scopes: Option<Scopes>,
    pub(super) claims: Option<Value>,
    pub(super) claims_from_client: Option<Value>,
    pub(super) capabilities: Vec<Text>,
    pub(super) query: Vec<(Text, Text)>,
    pub(super) body: Vec<(Text, Text)>,
    pub(super) skip_cache: bool,
    pub(super) timeout_ms: i64,
    pub(super) own_timeout: bool,
    pub(super) in_browser: bool,
    /// The redirect URI of the page, where it has one.
    pub(super) page: Option<Text>,
    /// The request's own assertion, or what stands for its function.
    pub(super) own_assertion: Text,
    pub(super) entropy: Entropy,
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
        let mut capabilities = configuration.capabilities.clone();
        if fields.flag("enableCae") && !capabilities.iter().any(|known| known == CAE_CAPABILITY) {
            capabilities.push(CAE_CAPABILITY.to_text());
        }
        let assertion = fields.get("clientAssertion");
        let credential = if assertion.is_truthy() {
            fields.noted(read_assertion(fields, &assertion))
        } else {
            configuration.credential.credential.clone()
        };
        let claims = claims_of(fields, "claims");
        let own_timeout = fields.number("timeoutMs", MAX_TIMEOUT_MS);
        Ok(Self {
            correlation_id: correlation_id.to_text(),
            authority,
            metadata,
            credential,
            scopes: scopes(fields),
            skip_cache: claims.is_some() || fields.flag("skipCache") || fields.flag("forceRefresh"),
            claims,
            claims_from_client: claims_of(fields, "claimsFromClient"),
            capabilities,
            query,
            body,
            timeout_ms: i64::from(own_timeout.unwrap_or(configuration.timeout_ms)),
            own_timeout: own_timeout.is_some(),
            in_browser: host.in_browser,
            page: fields.text("pageRedirectUri"),
            own_assertion: assertion
                .as_string()
                .map(Text::from)
                .or_else(|| host.asked.clone())
                .unwrap_or_default(),
            entropy,
        })
    }

    /// The same at another host of the cloud's, where a code was issued.
    pub(super) fn at(mut self, shared: &Shared, host: &str) -> Result<Self, Error> {
        let authority = text::concat(&["https://", host, "/", self.authority.tenant()]);
        self.authority = shared.configuration.authority(Some(&authority))?;
        self.metadata = shared.discovered(&self.authority);
        Ok(self)
    }

    /// The `claims` parameter.
    pub(super) fn request_claims(&self, for_user: bool) -> Result<Option<Text>, Error> {
        request_claims(Claims {
            asked: self.claims.as_ref(),
            from_client: self.claims_from_client.as_ref(),
            id_token: match (self.authority.kind(), for_user) {
                (Kind::Oidc, _) => IdTokenClaims::Never,
                (_, true) => IdTokenClaims::Always,
                (_, false) => IdTokenClaims::WithOthers,
            },
            capabilities: &self.capabilities,
        })
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
        let graph = shared.configuration.graph_resource(&self.authority);
        let mut scopes = match &self.scopes {
            Some(scopes) => scopes.clone(),
            // Another provider's tokens are not for Graph, nor are B2C's.
            None if matches!(self.authority.kind(), Kind::Oidc | Kind::B2c) => Scopes::default(),
            None => Scopes::default().or_default(graph),
        };
        if self.authority.kind() != Kind::Oidc {
            // Further ones may be of other resources: nothing but consent is asked for them.
            scopes.check_one_resource(graph)?;
        }
        scopes.add(further.iter().map(Text::as_str));
        let own = &shared.configuration.oidc_scopes;
        if self.authority.kind() == Kind::Oidc && !own.is_empty() {
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
            flight.push_str(&self.timeout_ms.to_text());
            flight.push('\n');
        }
        if self.skip_cache {
            flight.push_str("anew ");
            flight.push_str(&self.claims.as_ref().map(Value::to_json).unwrap_or_default());
            flight.push('\n');
        }
        flight
    }

    /// All that a token is told from others by, but for whose it is.
    pub(super) fn key_of(&self, shared: &Shared, filing: &Filing) -> Text {
        let location = self.authority.location();
        let client_id = &shared.configuration.client_id;
        filing.key(&location, client_id).to_text()
    }

    /// What the tokens are filed by.
    pub(super) fn filing(&self, scopes: &Scopes) -> Filing {
        let claims = self.claims_from_client.as_ref();
        Filing::new(scopes, &self.capabilities, &self.query, &self.body, claims)
    }

    /// The exchange with a grant.
    pub(super) fn exchange(
        self,
        shared: &Shared,
        scopes: &Scopes,
        grant: Grant,
    ) -> Result<Exchange, Error> {
        let claims = self.request_claims(matches!(
            grant,
            Grant::AuthorizationCode(_) | Grant::RefreshToken(_)
        ))?;
        Ok(Exchange {
            keys: shared.known_keys(&self.authority, self.metadata.as_ref()),
            metadata: self.metadata,
            region: None,
            credential: self.credential,
            request: TokenRequest {
                client_id: shared.configuration.client_id.clone(),
                scope: scopes.to_wire(),
                grant,
                claims,
                correlation_id: self.correlation_id,
                extra_query_parameters: self.query,
                extra_body_parameters: self.body,
                anchor_mailbox: None,
                from_page: self.in_browser,
            },
            authority: self.authority,
            nonce: NonceCheck::None,
            timeout_ms: self.timeout_ms,
            max_retries: shared.configuration.max_retries,
            entropy: self.entropy,
            parse_json: json::parse,
            page: self.page,
        })
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
