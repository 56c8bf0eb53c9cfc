//! Scopes (RFC 6749, section 3.3) by Entra's rules: one resource per request, compared without case and order.

use super::authority::{Authority, Kind};
use super::cloud;
use crate::error::{Error, code};
use crate::text::{self, Text, ToText};

/// The scopes that name no resource. They are added to user flows and left out when scopes are compared.
pub const OIDC_DEFAULT_SCOPES: &[&str] = &["openid", "profile", "offline_access"];

/// Further scopes of OpenID Connect that belong to no resource.
const OTHER_OIDC_SCOPES: &[&str] = &["email", "address", "phone"];

/// A list of scopes: deduplicated without case, in the order given.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Text>);

impl Scopes {
    /// Reads scopes from texts that may each hold several, divided by blanks.
    ///
    /// # Errors
    /// `invalid_scope` for a character that RFC 6749 does not allow.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let mut scopes: Vec<Text> = Vec::new();
        for scope in texts
            .into_iter()
            .flat_map(|text| text.split_ascii_whitespace())
            .filter(|s| !s.is_empty())
        {
            if !scope
                .bytes()
                .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
            {
                return Err(Error::configuration(code::INVALID_SCOPE, "a scope has a character that scopes cannot have")
                    .with_hint("Scopes are ASCII without quotes and backslashes, such as https://graph.microsoft.com/.default."));
            }
            if !scopes.iter().any(|known| known.eq_ignore_ascii_case(scope)) {
                scopes.push(scope.to_text());
            }
        }
        Ok(Self(scopes))
    }

    /// Whether nothing but who the user is, is asked for.
    #[must_use]
    pub fn is_identity_alone(&self) -> bool {
        self.0.iter().all(|scope| is_oidc(scope))
    }

    /// The scopes of a client-credentials request: those given without OpenID Connect's, or Graph's `/.default`.
    ///
    /// # Errors
    /// `invalid_scope` for a delegated scope, `multiple_resources` for scopes of several resources.
    pub fn for_client_credentials(
        self,
        authority: &Authority,
        graph_origin: &str,
    ) -> Result<Self, Error> {
        let mut scopes = self;
        scopes.0.retain(|scope| !is_oidc(scope));
        if matches!(authority.kind(), Kind::Oidc | Kind::Adfs) {
            return Ok(scopes);
        }
        let scopes = scopes.or_default(graph_origin);
        scopes.check_one_resource(graph_origin)?;
        if let Some(scope) = scopes.0.iter().find(|scope| !is_default(scope)) {
            let message = text::concat(&[
                "client credentials cannot ask for the delegated scope ",
                scope,
                "; Entra answers it with AADSTS1002012",
            ]);
            return Err(Error::configuration(code::INVALID_SCOPE, message).with_hint(
                "Ask for the resource's /.default, such as https://graph.microsoft.com/.default, and give the application the permissions it needs in the portal.",
            ));
        }
        Ok(scopes)
    }

    /// The scopes of a user's request: those given, and OpenID Connect's that bring account and refresh token.
    ///
    /// # Errors
    /// `multiple_resources` for scopes of several resources.
    pub fn for_user(mut self, graph_origin: &str) -> Result<Self, Error> {
        self.check_one_resource(graph_origin)?;
        self.add(OIDC_DEFAULT_SCOPES.iter().copied());
        Ok(self)
    }

    /// The same for a provider that is not Microsoft's, where resources are none of our business.
    #[must_use]
    pub fn with_oidc(mut self) -> Self {
        self.add(OIDC_DEFAULT_SCOPES.iter().copied());
        self
    }

    /// Those of a resource.
    #[must_use]
    pub fn without_oidc(&self) -> Self {
        let scopes = self.0.iter().filter(|scope| !is_oidc(scope));
        Self(scopes.cloned().collect())
    }

    /// Adds scopes that are not there yet.
    pub fn add<'a>(&mut self, scopes: impl IntoIterator<Item = &'a str>) {
        for scope in scopes {
            if !self.0.iter().any(|known| known.eq_ignore_ascii_case(scope)) {
                self.0.push(scope.to_text());
            }
        }
    }

    /// The scopes of a resource as a user's granted scopes are compared: lower case, sorted, Graph's by their bare
    /// names, without OpenID Connect's. `environment` says whose Graph is meant.
    #[must_use]
    pub fn bare(&self, environment: &str) -> Vec<Text> {
        let graph = cloud::of_host(environment)
            .and_then(|cloud| cloud.graph_origin)
            .unwrap_or("https://graph.microsoft.com");
        let mut scopes: Vec<Text> = Vec::new();
        for scope in self.0.iter().filter(|scope| !is_oidc(scope)) {
            let scope = text::lower(scope);
            let bare = scope
                .strip_prefix(graph)
                .and_then(|rest| rest.strip_prefix('/'))
                .unwrap_or(&scope)
                .to_text();
            scopes.insert(scopes.partition_point(|known| *known < bare), bare);
        }
        scopes
    }

    /// Whether all of these are granted, by name or as a resource's `.default`, where both are in the form of
    /// [`Scopes::bare`]. They are of one resource, which providers name in more than one way.
    #[must_use]
    pub fn are_granted(bare: &[Text], granted: &[Text]) -> bool {
        let is_granted = |name: &str| granted.iter().any(|granted| own_name(granted) == name);
        let mut names = bare.iter().map(|scope| own_name(scope));
        names.all(|name| name == ".default" || is_granted(name))
    }

    /// The scopes divided by blanks, as they are sent.
    #[must_use]
    pub fn to_wire(&self) -> Text {
        text::join(&self.0, " ")
    }

    /// The form in which two lists that mean the same are the same: lower case, sorted, without OpenID Connect's.
    #[must_use]
    pub fn canonical(&self) -> Text {
        let mut scopes: Vec<Text> = Vec::new();
        for scope in self.0.iter().filter(|scope| !is_oidc_default(scope)) {
            let scope = text::lower(scope);
            scopes.insert(scopes.partition_point(|known| *known < scope), scope);
        }
        text::join(&scopes, " ")
    }

    /// The scopes, or Graph's `/.default` where there are none.
    #[must_use]
    pub fn or_default(mut self, graph_origin: &str) -> Self {
        if self.0.is_empty() {
            self.0.push(text::concat(&[graph_origin, "/.default"]));
        }
        self
    }

    /// Checks that one token can have all of them.
    ///
    /// # Errors
    /// `multiple_resources` for scopes of several resources.
    pub fn check_one_resource(&self, graph_origin: &str) -> Result<(), Error> {
        let mut resources = self
            .0
            .iter()
            .filter_map(|scope| resource(scope, graph_origin));
        let Some(first) = resources.next() else {
            return Ok(());
        };
        match resources.find(|other| !is_one_resource(first, other)) {
            None => Ok(()),
            Some(other) => {
                let message = text::concat(&[
                    "the scopes belong to two resources, ",
                    first,
                    " and ",
                    other,
                ]);
                Err(Error::configuration(code::MULTIPLE_RESOURCES, message)
                    .with_hint("Ask for one resource at a time: one request each."))
            }
        }
    }
}

/// Whether two scopes' resources are one: the name of a scope may have a slash in it.
fn is_one_resource(one: &str, other: &str) -> bool {
    let (one, other) = (text::lower(one), text::lower(other));
    let begins = |long: &str, short: &str| {
        let rest = long.strip_prefix(short);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    begins(&one, &other) || begins(&other, &one)
}

fn is_oidc_default(scope: &str) -> bool {
    OIDC_DEFAULT_SCOPES
        .iter()
        .any(|oidc| oidc.eq_ignore_ascii_case(scope))
}

fn is_oidc(scope: &str) -> bool {
    is_oidc_default(scope)
        || OTHER_OIDC_SCOPES
            .iter()
            .any(|oidc| oidc.eq_ignore_ascii_case(scope))
}

fn is_default(scope: &str) -> bool {
    scope.len() > "/.default".len()
        && scope
            .get(scope.len() - "/.default".len()..)
            .is_some_and(|end| end.eq_ignore_ascii_case("/.default"))
}

/// A scope without its resource.
fn own_name(scope: &str) -> &str {
    text::around_last(scope, b'/').map_or(scope, |(_, name)| name)
}

/// The resource of a scope; bare names are Graph's, OpenID Connect's scopes belong to none.
fn resource<'a>(scope: &'a str, graph_origin: &'a str) -> Option<&'a str> {
    if is_oidc(scope) {
        return None;
    }
    Some(text::around_last(scope, b'/').map_or(graph_origin, |(resource, _)| resource))
}
