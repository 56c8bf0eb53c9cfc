//! The authority: which identity provider, which tenant, and so which endpoints.
//!
//! Parsed once and strictly, so that a hostile or mistyped value can send no secret to a stranger. Endpoints of
//! Entra, External ID, B2C and AD FS follow from the address; a plain OpenID Connect provider is asked for its
//! discovery document (see [`super::metadata`]).

use super::address::{bad_url, is_loopback, split, split_port};
use super::cloud::{self, Cloud};
use crate::error::{Error, code};
use crate::text::{self, Text, ToText};

/// What kind of identity provider an authority names.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Microsoft Entra ID, or a provider with its paths.
    Entra,
    /// Microsoft Entra External ID, `{tenant}.ciamlogin.com`.
    ExternalId,
    /// Azure AD B2C, `{tenant}.b2clogin.com/{tenant}/{policy}`.
    B2c,
    /// Active Directory Federation Services, `/adfs`.
    Adfs,
    /// Any OpenID Connect provider, by its discovery document.
    Oidc,
}

/// How an authority is to be read.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolMode {
    /// By Entra's rules.
    #[default]
    Aad,
    /// As a plain OpenID Connect issuer.
    Oidc,
}

/// A parsed authority.
///
/// ```
/// use graph_token::protocol::authority::{Authority, ProtocolMode};
/// let authority = Authority::parse("https://login.microsoftonline.com/Contoso.onmicrosoft.com/", &[], ProtocolMode::Aad)?;
/// assert_eq!(authority.token_endpoint(), "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token");
/// # Ok::<(), graph_token::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    kind: Kind,
    origin: Text,
    host: Text,
    path: Text,
    tenant: Text,
}

impl Authority {
    /// Reads an authority. `known` are further hosts to trust (`knownAuthorities`): a host, `host:port`, or a URL.
    ///
    /// # Errors
    /// `url_parse_error`, `authority_uri_insecure` or `untrusted_authority`, each with its reason.
    pub fn parse(text: &str, known: &[Text], mode: ProtocolMode) -> Result<Self, Error> {
        let text = text.trim_ascii();
        let (scheme, host_and_port, path) = split(text)?;
        let (host, port) = split_port(&host_and_port)?;
        let loopback = is_loopback(&host);
        if scheme == "http" && !loopback {
            return Err(Error::configuration(
                code::AUTHORITY_URI_INSECURE,
                "the authority is http: a secret sent there can be read on the way",
            )
            .with_hint("Use https; plain http is for loopback only."));
        }
        let listed = known
            .iter()
            .any(|entry| host_of_entry(entry) == host_and_port);
        let microsoft = cloud::of_host(&host).is_some() || is_external_id(&host) || is_b2c(&host);
        if !(listed || loopback || microsoft && port.is_empty()) {
            return Err(Error::configuration(
                code::UNTRUSTED_AUTHORITY,
                text::concat(&["the authority's host is not one of Microsoft's: ", &host_and_port]),
            )
            .with_hint("If you trust this identity provider with your credentials, name its host in auth.knownAuthorities."));
        }
        let origin = text::concat(&[&scheme, "://", &host_and_port]);
        Self::of_kind(mode, origin, host, &path)
    }

    fn of_kind(mode: ProtocolMode, origin: Text, host: Text, path: &str) -> Result<Self, Error> {
        if mode == ProtocolMode::Oidc {
            let path = text::without_end(path, '/').to_text();
            let tenant = text::around_last(&path, b'/')
                .map_or(path.as_str(), |(_, tenant)| tenant)
                .to_text();
            return Ok(Self {
                kind: Kind::Oidc,
                origin,
                host,
                path,
                tenant,
            });
        }
        let lower = text::lower(path);
        let mut segments: Vec<&str> = lower
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        if segments.len() > 1 && segments.last() == Some(&"v2.0") {
            segments.pop();
        }
        let external_tenant = host
            .strip_suffix(".ciamlogin.com")
            .map(|name| text::concat(&[name, ".onmicrosoft.com"]));
        let (kind, tenant) = match (segments.as_slice(), external_tenant) {
            (["adfs"], _) => (Kind::Adfs, "adfs".to_text()),
            (["tfp", tenant, _policy], _) => (Kind::B2c, (*tenant).to_text()),
            // Whoever knows a host of its own may have B2C behind it.
            ([tenant, _policy], None) if cloud::of_host(&host).is_none() => {
                (Kind::B2c, (*tenant).to_text())
            }
            ([tenant], Some(_)) => (Kind::ExternalId, (*tenant).to_text()),
            ([], Some(domain)) => (Kind::ExternalId, domain),
            ([tenant], None) if !is_b2c(&host) => (Kind::Entra, (*tenant).to_text()),
            ([], None) => return Err(no_tenant("the authority names no tenant")),
            (_, _) => return Err(no_tenant("the authority's path is not that of a tenant")),
        };
        if kind != Kind::Adfs && !is_tenant_at(&host, &tenant) {
            return Err(no_tenant(
                "the authority's tenant is neither a GUID nor a domain name",
            ));
        }
        let mut path = Text::new();
        if kind == Kind::ExternalId {
            path.push('/');
            path.push_str(&tenant);
        } else {
            for segment in segments {
                path.push('/');
                path.push_str(segment);
            }
        }
        Ok(Self {
            kind,
            origin,
            host,
            path,
            tenant,
        })
    }

    /// What kind of provider it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The tenant as given, in lower case: a GUID, a domain, or one of `common`, `organizations`, `consumers`.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The host (with its port, if it has one) under which MSAL's caches file what this authority gives.
    #[must_use]
    pub fn environment(&self) -> &str {
        let host_and_port =
            text::split_once(&self.origin, "://").map_or(self.host.as_str(), |(_, rest)| rest);
        self.cloud().map_or(host_and_port, |cloud| cloud.cache_host)
    }

    /// What tells this authority from every other in cache keys: environment and path.
    #[must_use]
    pub fn location(&self) -> Text {
        text::concat(&[self.environment(), &self.path])
    }

    /// The origin of this cloud's Microsoft Graph. A provider that is not Microsoft's counts as the global cloud.
    #[must_use]
    pub fn graph_origin(&self) -> &'static str {
        self.cloud()
            .and_then(|cloud| cloud.graph_origin)
            .unwrap_or("https://graph.microsoft.com")
    }

    /// The canonical form with a slash at its end, as MSAL shows it.
    #[must_use]
    pub fn canonical(&self) -> Text {
        self.join("/")
    }

    /// The same provider with another tenant.
    ///
    /// # Errors
    /// `url_parse_error` where `tenant` is neither GUID nor domain, or the provider has no tenants.
    pub fn with_tenant(&self, tenant: &str) -> Result<Self, Error> {
        let tenant = text::lower(tenant.trim_ascii());
        if !is_tenant_at(&self.host, &tenant) {
            return Err(no_tenant("the tenant is neither a GUID nor a domain name"));
        }
        match self.kind {
            Kind::Entra | Kind::ExternalId => {
                let mut path = Text::from("/");
                path.push_str(&tenant);
                Ok(Self {
                    path,
                    tenant,
                    ..self.clone()
                })
            }
            Kind::B2c | Kind::Adfs | Kind::Oidc => Err(no_tenant(
                "this authority has no tenants to choose from; leave out the tenant",
            )),
        }
    }

    /// Whether this is one of `common`, `organizations`, `consumers`, which name no tenant.
    #[must_use]
    pub fn is_multi_tenant(&self) -> bool {
        matches!(self.kind, Kind::Entra | Kind::ExternalId)
            && matches!(
                self.tenant.as_str(),
                "common" | "organizations" | "consumers"
            )
    }

    /// Where tokens are had. For [`Kind::Oidc`] see [`super::metadata`].
    #[must_use]
    pub fn token_endpoint(&self) -> Text {
        self.join(if self.kind == Kind::Adfs {
            "/oauth2/token"
        } else {
            "/oauth2/v2.0/token"
        })
    }

    /// The token endpoint of an Azure region, for programs that run there.
    #[must_use]
    pub fn regional_token_endpoint(&self, region: &str) -> Text {
        let host = match self.cloud() {
            Some(cloud) if cloud.cache_host == "login.windows.net" => "login.microsoft.com",
            Some(_) | None => {
                text::split_once(&self.origin, "://").map_or(self.host.as_str(), |(_, rest)| rest)
            }
        };
        let scheme = text::before(&self.origin, b':');
        let end = self.token_endpoint();
        let path = end.get(self.origin.len()..).unwrap_or_default();
        text::concat(&[scheme, "://", region, ".", host, path])
    }

    /// Where a person signs in. For [`Kind::Oidc`] see [`super::metadata`].
    #[must_use]
    pub fn authorization_endpoint(&self) -> Text {
        self.join(if self.kind == Kind::Adfs {
            "/oauth2/authorize"
        } else {
            "/oauth2/v2.0/authorize"
        })
    }

    /// Where a device gets the code that a person signs in with. For [`Kind::Oidc`] see [`super::metadata`].
    #[cfg(feature = "device-code")]
    #[must_use]
    pub fn device_authorization_endpoint(&self) -> Text {
        self.join(if self.kind == Kind::Adfs {
            "/oauth2/devicecode"
        } else {
            "/oauth2/v2.0/devicecode"
        })
    }

    /// Where a person signs out. For [`Kind::Oidc`] see [`super::metadata`].
    #[must_use]
    pub fn end_session_endpoint(&self) -> Text {
        self.join(if self.kind == Kind::Adfs {
            "/oauth2/logout"
        } else {
            "/oauth2/v2.0/logout"
        })
    }

    /// Where the public keys are. For all kinds but [`Kind::Entra`] see [`super::metadata`].
    #[must_use]
    pub fn jwks_uri(&self) -> Text {
        self.join("/discovery/v2.0/keys")
    }

    /// Whether issuer and keys follow from the address. Those of other providers are in their discovery document.
    #[must_use]
    pub fn has_known_issuer(&self) -> bool {
        self.kind == Kind::Entra && self.cloud().is_some()
    }

    /// The issuers that id_tokens of this authority may name, `{tenantid}` in place of the tenant.
    #[must_use]
    pub fn issuer_templates(&self) -> Vec<Text> {
        let hosts = self
            .cloud()
            .map(|cloud| [&[cloud.host], cloud.aliases].concat())
            .unwrap_or_default();
        hosts
            .iter()
            .map(|host| text::concat(&["https://", host, "/{tenantid}/v2.0"]))
            .collect()
    }

    /// The discovery document.
    #[must_use]
    pub fn discovery_url(&self) -> Text {
        self.join(match self.kind {
            Kind::Entra | Kind::ExternalId | Kind::B2c => "/v2.0/.well-known/openid-configuration",
            Kind::Adfs | Kind::Oidc => "/.well-known/openid-configuration",
        })
    }

    /// The page on which an administrator consents for the whole tenant.
    #[must_use]
    pub fn admin_consent_endpoint(&self) -> Text {
        self.join("/adminconsent")
    }

    /// The issuer as the discovery document must name it, for [`Kind::Oidc`].
    #[must_use]
    pub fn issuer(&self) -> Text {
        self.join("")
    }

    fn join(&self, end: &str) -> Text {
        text::concat(&[&self.origin, &self.path, end])
    }

    fn cloud(&self) -> Option<&'static Cloud> {
        cloud::of_host(&self.host)
    }
}

fn host_of_entry(entry: &str) -> Text {
    let entry = text::lower(entry.trim_ascii());
    let rest = text::split_once(&entry, "://").map_or(entry.as_str(), |(_, rest)| rest);
    let host = text::before(text::before(text::before(rest, b'/'), b'?'), b'#');
    host.strip_suffix(":443").unwrap_or(host).to_text()
}

fn is_external_id(host: &str) -> bool {
    host.strip_suffix(".ciamlogin.com")
        .is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

fn is_b2c(host: &str) -> bool {
    host.strip_suffix(".b2clogin.com")
        .is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

/// Whoever knows a host of its own knows what it calls its tenants.
fn is_tenant_at(host: &str, tenant: &str) -> bool {
    let is_microsofts = cloud::of_host(host).is_some() || is_b2c(host) || is_external_id(host);
    is_tenant(tenant) || !is_microsofts && is_name(tenant)
}

/// A segment of a path that means nothing else, in the letters that are never escaped (RFC 3986, section 2.3).
fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.'))
        && text.bytes().any(|byte| byte != b'.')
}

fn is_tenant(tenant: &str) -> bool {
    let word = matches!(tenant, "common" | "organizations" | "consumers");
    let in_charset = tenant
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    let domain = tenant.contains('.')
        && tenant.len() <= 253
        && tenant
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    word || in_charset && (is_guid(tenant) || domain)
}

/// Whether a text is a GUID.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| {
            if matches!(index, 8 | 13 | 18 | 23) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

fn no_tenant(message: &str) -> Error {
    bad_url(message)
}
