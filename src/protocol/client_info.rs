//! `client_info`: where a user lives, whichever tenant was asked.

use super::base64;
use super::json::ParseJson;
use crate::text::{self, Text, ToText};

/// Entra's answer to `client_info=1`.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// As it came: base64url of JSON.
    pub raw: Text,
    /// The user's object id in its home tenant.
    pub uid: Text,
    /// The home tenant.
    pub utid: Text,
    /// Where the user's data may lie, as Entra names it; empty where it does not say.
    pub data_region: Text,
}

impl ClientInfo {
    /// Reads it; `None` where it is none, or lacks one of the two.
    #[must_use]
    pub fn parse(raw: &str, parse_json: ParseJson) -> Option<Self> {
        if raw.is_empty() {
            return None;
        }
        let value = parse_json(&base64::decode_text(raw)?)?;
        let (uid, utid) = (value.text("uid"), value.text("utid"));
        (!uid.is_empty() && !utid.is_empty()).then(|| Self {
            raw: raw.to_text(),
            uid: uid.to_text(),
            utid: utid.to_text(),
            data_region: value.text("xms_tdbr").to_text(),
        })
    }

    /// What tells the user from every other in every tenant: `{uid}.{utid}`.
    #[must_use]
    pub fn home_account_id(&self) -> Text {
        text::concat(&[&self.uid, ".", &self.utid])
    }
}
