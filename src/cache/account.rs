//! A user's account: one for each home, with a profile for each tenant that the user was seen in.

use crate::protocol::authority::{Authority, Kind};
use crate::protocol::client_info::ClientInfo;
use crate::protocol::json::{ParseJson, Value};
use crate::text::{self, Text, ToText};

/// The section's members that are written from elsewhere or not at all.
const PROFILES: &str = "tenantProfiles";

/// An account, as MSAL's cache schema has it.
#[derive(Clone, Debug)]
pub struct Account {
    /// `{uid}.{utid}`, or the subject where the provider tells no home.
    pub home_account_id: Text,
    /// The host under which MSAL files it.
    pub environment: Text,
    /// The members of the entry, in the schema's names, but for the profiles.
    members: Vec<(Text, Value)>,
    /// One for each tenant, in MSAL's names.
    profiles: Vec<Value>,
    /// Whether its writer has no profiles, and the only one is made up of the entry.
    is_without_profiles: bool,
}

impl Account {
    /// The account of someone who signed in.
    #[must_use]
    pub fn new(authority: &Authority, claims: &Value, client_info: Option<&ClientInfo>) -> Self {
        let first = |texts: &[&str]| {
            let found = texts.iter().find(|text| !text.is_empty());
            (*found.unwrap_or(&"")).to_text()
        };
        let emails = claims.get("emails").and_then(Value::as_array);
        let email = emails.and_then(|emails| emails.first()?.as_str());
        let (uid, utid, raw) = client_info.map_or(("", "", ""), |info| {
            (info.uid.as_str(), info.utid.as_str(), info.raw.as_str())
        });
        let home_account_id = match client_info {
            Some(info) if authority.kind() != Kind::Adfs => info.home_account_id(),
            Some(_) | None => claims.text("sub").to_text(),
        };
        let authority_type = match authority.kind() {
            Kind::Adfs => "ADFS",
            Kind::Oidc => "Generic",
            Kind::Entra | Kind::ExternalId | Kind::B2c => "MSSTS",
        };
        let environment = authority.environment().to_text();
        let members = [
            ("home_account_id", home_account_id.clone()),
            ("environment", environment.clone()),
            ("realm", first(&[utid, tenant_of(claims)])),
            (
                "local_account_id",
                first(&[uid, claims.text("oid"), claims.text("sub")]),
            ),
            (
                "username",
                first(&[
                    claims.text("preferred_username"),
                    claims.text("upn"),
                    email.unwrap_or_default(),
                ]),
            ),
            ("authority_type", authority_type.to_text()),
            ("name", claims.text("name").to_text()),
            ("client_info", raw.to_text()),
        ];
        let mut account = Self {
            home_account_id,
            environment,
            members: members
                .into_iter()
                .map(|(name, text)| (name.to_text(), Value::String(text)))
                .collect(),
            profiles: Vec::new(),
            is_without_profiles: false,
        };
        account.see(claims);
        account
    }

    /// Reads an entry of a cache; `None` where it is none. `environment` is the canonical one.
    #[must_use]
    pub fn from_entity(entity: &Value, environment: &str, parse_json: ParseJson) -> Option<Self> {
        let home_account_id = entity.text("home_account_id").to_text();
        if home_account_id.is_empty() || environment.is_empty() {
            return None;
        }
        let mut members = entity.as_object()?.to_vec();
        members.retain(|(name, _)| name != PROFILES);
        let mut account = Self {
            home_account_id,
            environment: environment.to_text(),
            members,
            profiles: Vec::new(),
            is_without_profiles: false,
        };
        let profiles = entity.get(PROFILES).and_then(Value::as_array);
        for profile in profiles.unwrap_or_default() {
            let profile = match profile {
                Value::String(text) => parse_json(text),
                other => Some(other.clone()),
            };
            account
                .profiles
                .extend(profile.filter(|profile| !profile.text("tenantId").is_empty()));
        }
        if account.profiles.is_empty() {
            account.is_without_profiles = true;
            account.profiles.push(object([
                ("tenantId", string(account.text("realm"))),
                ("localAccountId", string(account.text("local_account_id"))),
                ("username", string("")),
                ("isHomeTenant", Value::Bool(true)),
            ]));
        }
        Some(account)
    }

    /// The entry, in MSAL's schema.
    #[must_use]
    pub fn to_entity(&self) -> Value {
        let mut members = self.members.clone();
        if self.is_without_profiles {
            return Value::Object(members);
        }
        let profiles = self
            .profiles
            .iter()
            .map(|profile| Value::String(profile.to_json()))
            .collect();
        members.push((PROFILES.to_text(), Value::Array(profiles)));
        Value::Object(members)
    }

    /// The key of the entry.
    #[must_use]
    pub fn entity_key(&self) -> Text {
        let home_tenant = home_tenant(&self.home_account_id);
        text::lower(&text::concat(&[
            &self.home_account_id,
            "-",
            // As its writer spells it, who finds it so.
            self.text("environment"),
            "-",
            home_tenant.unwrap_or_else(|| self.text("realm")),
        ]))
    }

    /// A member of the entry.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let member = self.members.iter().find(|(known, _)| known == name);
        member
            .and_then(|(_, value)| value.as_str())
            .unwrap_or_default()
    }

    /// Takes in what an id_token says of its tenant.
    pub fn see(&mut self, claims: &Value) {
        self.is_without_profiles = false;
        let tenant = tenant_of(claims);
        let home_tenant = home_tenant(&self.home_account_id).unwrap_or_default();
        let either = |one: &str, other: &str| {
            let text = claims.text(one);
            string(if text.is_empty() {
                claims.text(other)
            } else {
                text
            })
        };
        let mut profile = vec![
            ("tenantId", string(tenant)),
            ("localAccountId", either("oid", "sub")),
        ];
        for (name, value) in [
            ("name", claims.get("name").cloned()),
            ("username", Some(either("preferred_username", "upn"))),
            ("loginHint", claims.get("login_hint").cloned()),
            (
                "isHomeTenant",
                Some(Value::Bool(!tenant.is_empty() && tenant == home_tenant)),
            ),
            ("upn", claims.get("upn").cloned()),
        ] {
            profile.extend(value.map(|value| (name, value)));
        }
        let profile = object(profile);
        match self
            .profiles
            .iter_mut()
            .find(|known| known.text("tenantId") == tenant)
        {
            Some(known) => known.merge(profile),
            None => self.profiles.push(profile),
        }
    }

    /// Takes in what another entry of the same account says: the newer of two writers' words.
    pub fn merge(&mut self, newer: Self) {
        self.is_without_profiles &= newer.is_without_profiles;
        for (name, value) in newer.members {
            if name == "environment" {
                continue;
            }
            match self.members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => self.members.push((name, value)),
            }
        }
        for profile in newer.profiles {
            match self
                .profiles
                .iter_mut()
                .find(|known| known.text("tenantId") == profile.text("tenantId"))
            {
                Some(known) => known.merge(profile),
                None => self.profiles.push(profile),
            }
        }
    }

    /// The tenants that the user was seen in.
    pub fn tenants(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|profile| profile.text("tenantId"))
    }

    /// MSAL's `AccountInfo` for a tenant, `tenantProfiles` as a list; with an id_token, what that says.
    #[must_use]
    pub fn info(&self, tenant: &str, id_token: Option<(&str, &Value)>) -> Value {
        let mut info = vec![
            ("homeAccountId", string(&self.home_account_id)),
            ("environment", string(&self.environment)),
            ("tenantId", string(self.text("realm"))),
            ("username", string(self.text("username"))),
            ("localAccountId", string(self.text("local_account_id"))),
            ("name", string(self.text("name"))),
            ("authorityType", string(self.text("authority_type"))),
            ("tenantProfiles", Value::Array(self.profiles.clone())),
        ];
        let profile = self
            .profiles
            .iter()
            .find(|profile| profile.text("tenantId") == tenant);
        for (name, value) in profile.and_then(Value::as_object).unwrap_or_default() {
            let name = match name.as_str() {
                "tenantId" => "tenantId",
                "localAccountId" => "localAccountId",
                "name" => "name",
                "username" => "username",
                "loginHint" => "loginHint",
                "upn" => "upn",
                _ => continue,
            };
            if name == "username" && value.as_str() == Some("") {
                continue;
            }
            match info.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value.clone(),
                None => info.push((name, value.clone())),
            }
        }
        // As MSAL has it: who has no name has no empty one.
        info.retain(|(name, value)| *name != "name" || value.as_str() != Some(""));
        if let Some((secret, claims)) = id_token {
            info.push(("idTokenClaims", claims.clone()));
            info.push(("idToken", string(secret)));
        }
        object(info)
    }
}

/// The tenant in which a user is at home.
fn home_tenant(home_account_id: &str) -> Option<&str> {
    let (_, rest) = text::split_once(home_account_id, ".")?;
    Some(text::before(rest, b'.'))
}

/// The tenant that an id_token names: B2C's policies stand in for it where there is none.
#[must_use]
pub fn tenant_of(claims: &Value) -> &str {
    ["tid", "tfp", "acr"]
        .into_iter()
        .map(|name| claims.text(name))
        .find(|tenant| !tenant.is_empty())
        .unwrap_or_default()
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(
        members
            .into_iter()
            .map(|(name, value)| (name.to_text(), value))
            .collect(),
    )
}

fn string(text: &str) -> Value {
    Value::String(text.to_text())
}
