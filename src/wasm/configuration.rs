//! MSAL's `Configuration`, read once.

use super::cache_options::{CacheOptions, StoreKind};
use super::credential::ReadCredential;
use super::field::Fields;
use super::json;
use crate::error::{Error, code};
use crate::flow::token_store::TokenStore;
use crate::protocol::address::{is_loopback, parse_origin};
use crate::protocol::authority::{Authority, ProtocolMode};
use crate::protocol::json::Value;
use crate::protocol::metadata::{self, Metadata};
use crate::protocol::scope::OIDC_DEFAULT_SCOPES;
use crate::text::{self, Text, ToText};
use wasm_bindgen::JsValue;

const DEFAULT_AUTHORITY: &str = "https://login.microsoftonline.com/common";
const DEFAULT_TIMEOUT_MS: u32 = 30_000;
const MAX_TIMEOUT_MS: u32 = 24 * 60 * 60 * 1_000;
const DEFAULT_MAX_RETRIES: u32 = 2;
const MOST_RETRIES: u32 = 10;
const DEFAULT_RENEWAL_OFFSET_SECONDS: u32 = 300;
const MAX_RENEWAL_OFFSET_SECONDS: u32 = 24 * 60 * 60;

/// Who a client is, and where.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A confidential client, wherever it is.
    Confidential,
    /// A public client without windows: in a worker of a page's, or where a server renders one.
    Windowless,
    /// A public client in a page.
    Page,
    /// A public client of a program's own, off any page: MSAL Node's.
    Program,
}

impl Place {
    /// By the number that JavaScript has for it.
    pub(super) fn of_number(number: u32) -> Self {
        match number {
            0 => Self::Confidential,
            1 => Self::Windowless,
            2 => Self::Page,
            _ => Self::Program,
        }
    }

    /// Whether it is one of MSAL Browser's clients, and not of MSAL Node's.
    pub(super) fn is_of_page(self) -> bool {
        matches!(self, Self::Windowless | Self::Page)
    }

    /// Whether the client has a credential.
    pub(super) fn is_confidential(self) -> bool {
        cfg!(feature = "confidential") && self == Self::Confidential
    }
}

/// The configuration of a client.
pub(super) struct Configuration {
    pub(super) place: Place,
    pub(super) client_id: Text,
    pub(super) authority: Text,
    pub(super) known_authorities: Vec<Text>,
    pub(super) protocol_mode: ProtocolMode,
    pub(super) metadata: Option<Metadata>,
    pub(super) capabilities: Vec<Text>,
    pub(super) credential: ReadCredential,
    pub(super) timeout_ms: u32,
    pub(super) max_retries: u32,
    pub(super) renewal_offset_seconds: u32,
    pub(super) graph_origin: Option<Text>,
    pub(super) allowed_origins: Vec<Text>,
    #[cfg_attr(not(feature = "confidential"), allow(dead_code))]
    pub(super) allow_secrets_in_browser: bool,
    pub(super) cache: CacheOptions,
    /// How answers come to a page.
    pub(super) response_mode: Text,
    /// The scopes of every user's request at a provider that is not Microsoft's, in place of OpenID Connect's.
    pub(super) oidc_scopes: Vec<Text>,
    pub(super) popup_limit_ms: Option<u32>,
    pub(super) frame_limit_ms: Option<u32>,
}

impl Configuration {
    pub(super) fn read(configuration: &JsValue, place: Place) -> Result<Self, Error> {
        let all = Fields::new(configuration, "configuration");
        let (auth, cache, system) = (
            all.inner("auth", "auth"),
            all.inner("cache", "cache"),
            all.inner("system", "system"),
        );
        auth.refuse(&[
            (
                "instanceAware",
                "Name the authority of the cloud in place of it.",
            ),
            ("isMcp", "Ask for the resource's /.default in scopes."),
            (
                "popupRelayUri",
                "A page inside another one opens the sign-in's window by itself.",
            ),
        ]);
        system.refuse(&[(
            "proxyUrl",
            "Give a system.fetch that goes through the proxy.",
        )]);
        for member in ["fetch", "now"] {
            if system.has(member) && !system.get(member).is_function() {
                system.note(system.invalid(member, "is not a function"));
            }
        }
        let client = system.inner("networkClient", "system.networkClient");
        for member in ["sendGetRequestAsync", "sendPostRequestAsync"] {
            if client.is_object() && !client.get(member).is_function() {
                client.note(client.invalid(member, "is not a function"));
            }
        }
        let cache = CacheOptions::read(&cache, place);
        all.inner("broker", "broker")
            .refuse(&[("nativeBrokerPlugin", "There is no broker where fetch runs.")]);
        let client_id = auth.text("clientId");
        if client_id.is_none() {
            let missing = Error::configuration(code::MISSING_CLIENT_ID, "auth.clientId is missing");
            auth.note(
                missing.with_hint("Give the Application (client) ID of the app registration."),
            );
        }
        let oidc = auth.inner("OIDCOptions", "auth.OIDCOptions");
        let mode = oidc.text("responseMode");
        let response_mode = mode.unwrap_or_else(|| "fragment".to_text());
        if !matches!(response_mode.as_str(), "fragment" | "query") {
            oidc.note(oidc.invalid("responseMode", "is neither fragment nor query"));
        }
        let protocol_mode = protocol_mode(&auth, &system);
        let oidc_scopes = oidc.texts("defaultScopes");
        if protocol_mode != ProtocolMode::Oidc
            && !oidc_scopes.is_empty()
            && oidc_scopes != OIDC_DEFAULT_SCOPES
        {
            oidc.refuse(&[(
                "defaultScopes",
                "They are for a provider that is not Microsoft's: set system.protocolMode to OIDC.",
            )]);
        }
        let retries = if system.flag("disableInternalRetries") {
            0
        } else {
            DEFAULT_MAX_RETRIES
        };
        let credential = if place.is_confidential() {
            auth.noted(ReadCredential::read(&auth))
        } else {
            refuse_credentials(&auth);
            ReadCredential::default()
        };
        let configuration = Self {
            place,
            client_id: client_id.unwrap_or_default(),
            authority: cloud_authority(&auth)
                .or(auth.text("authority"))
                .unwrap_or_else(|| DEFAULT_AUTHORITY.to_text()),
            known_authorities: [
                auth.texts("knownAuthorities"),
                auth.noted(hosts_of_metadata(&auth)),
            ]
            .concat(),
            protocol_mode,
            metadata: auth.noted(authority_metadata(&auth)),
            capabilities: auth.texts("clientCapabilities"),
            credential,
            timeout_ms: system
                .number("timeoutMs", MAX_TIMEOUT_MS)
                .unwrap_or(DEFAULT_TIMEOUT_MS),
            max_retries: system.number("maxRetries", MOST_RETRIES).unwrap_or(retries),
            renewal_offset_seconds: system
                .number("tokenRenewalOffsetSeconds", MAX_RENEWAL_OFFSET_SECONDS)
                .unwrap_or(DEFAULT_RENEWAL_OFFSET_SECONDS),
            graph_origin: system
                .text("graphOrigin")
                .map(|origin| system.noted(parse_origin(&origin))),
            allowed_origins: system
                .texts("allowedOrigins")
                .iter()
                .map(|origin| system.noted(parse_origin(origin)))
                .collect(),
            allow_secrets_in_browser: system.flag("allowSecretsInBrowser"),
            cache,
            response_mode,
            oidc_scopes,
            popup_limit_ms: system.number("popupBridgeTimeout", MAX_TIMEOUT_MS),
            frame_limit_ms: system.number("iframeBridgeTimeout", MAX_TIMEOUT_MS),
        };
        all.check()?;
        Ok(configuration)
    }

    /// The authority of a request: its own, or the configured one.
    pub(super) fn authority(&self, given: Option<&str>) -> Result<Authority, Error> {
        Authority::parse(
            given.unwrap_or(&self.authority),
            &self.known_authorities,
            self.protocol_mode,
        )
    }

    /// Whether the accounts of users lie in an index of their own.
    pub(super) fn has_index(&self) -> bool {
        self.cache.store.is_some_and(|store| store.holds_accounts)
    }

    /// What is needed to use the program's token store, if it has one.
    pub(super) fn store(&self) -> Option<TokenStore> {
        let StoreKind {
            can_list,
            holds_accounts,
        } = self.cache.store?;
        Some(TokenStore {
            authority: self.authority(None).ok(),
            capabilities: self.capabilities.clone(),
            parse_json: json::parse,
            client_id: self.client_id.clone(),
            can_list,
            holds_accounts,
            removed: Vec::new(),
        })
    }

    /// Graph as the resource of scopes. A stand-in on this machine takes Graph's tokens, not tokens of its own.
    pub(super) fn graph_resource<'a>(&'a self, authority: &'a Authority) -> &'a str {
        let origin = self.graph_origin(authority);
        let host = text::split_once(origin, "://").map_or(origin, |(_, host)| host);
        if is_loopback(host) {
            authority.graph_origin()
        } else {
            origin
        }
    }

    /// The origin of Graph, as configured or by the authority's cloud.
    pub(super) fn graph_origin<'a>(&'a self, authority: &'a Authority) -> &'a str {
        self.graph_origin.as_deref().map_or_else(
            || authority.graph_origin(),
            |origin| text::without_end(origin, '/'),
        )
    }
}

/// What a client that everybody can read must not have.
fn refuse_credentials(auth: &Fields<'_>) {
    const HINT: &str =
        "A public client has no credential: use ConfidentialClientApplication, on a server.";
    auth.refuse(&[
        ("clientSecret", HINT),
        ("clientCertificate", HINT),
        ("clientAssertion", HINT),
    ]);
}

/// The authority that `azureCloudOptions` stands for.
pub(super) fn cloud_authority(fields: &Fields<'_>) -> Option<Text> {
    let options = fields.inner("azureCloudOptions", "azureCloudOptions");
    let instance = options
        .text("azureCloudInstance")
        .filter(|instance| instance != "none")?;
    let tenant = options.text("tenant");
    Some(text::concat(&[
        &instance,
        "/",
        tenant.as_deref().unwrap_or("common"),
    ]))
}

fn protocol_mode(auth: &Fields<'_>, system: &Fields<'_>) -> ProtocolMode {
    // MSAL Node has it in system, MSAL Browser in both.
    match system
        .text("protocolMode")
        .or(auth.text("protocolMode"))
        .as_deref()
    {
        None | Some("AAD" | "EAR") => ProtocolMode::Aad,
        Some("OIDC") => ProtocolMode::Oidc,
        Some(_) => {
            system.note(system.invalid("protocolMode", "is neither AAD nor OIDC"));
            ProtocolMode::Aad
        }
    }
}

fn authority_metadata(auth: &Fields<'_>) -> Result<Option<Metadata>, Error> {
    let Some(text) = auth.text("authorityMetadata") else {
        return Ok(None);
    };
    let document = json::parse(&text).ok_or_else(|| {
        Error::configuration(
            code::INVALID_AUTHORITY_METADATA,
            "auth.authorityMetadata is no JSON",
        )
    })?;
    metadata::parse(&document).map(Some)
}

/// The hosts that `cloudDiscoveryMetadata` names, which the program trusts with it.
fn hosts_of_metadata(auth: &Fields<'_>) -> Result<Vec<Text>, Error> {
    let Some(text) = auth.text("cloudDiscoveryMetadata") else {
        return Ok(Vec::new());
    };
    let document = json::parse(&text).ok_or_else(|| {
        Error::configuration(
            code::INVALID_CLOUD_DISCOVERY_METADATA,
            "auth.cloudDiscoveryMetadata is no JSON",
        )
        .with_hint("Give the text of Entra's instance discovery, or leave it out.")
    })?;
    let clouds = document.get("metadata").and_then(Value::as_array);
    let aliases = clouds
        .unwrap_or_default()
        .iter()
        .filter_map(|cloud| cloud.get("aliases")?.as_array())
        .flatten();
    Ok(aliases
        .filter_map(|host| host.as_str().map(ToText::to_text))
        .collect())
}
