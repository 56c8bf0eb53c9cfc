//! The accounts of the cache, as MSAL's `AccountInfo`.

use super::field::Fields;
use super::shared::Shared;
use crate::cache::key::Owner;
use crate::cache::partition::{self, Partition};
use crate::protocol::cloud;
use crate::protocol::json::Value;
use crate::text::{self, Text, ToText};
use wasm_bindgen::JsValue;

/// Every account, once for each tenant that its user was seen in, as JSON.
pub(super) fn all(shared: &Shared) -> Text {
    let memory = shared.memory.borrow();
    let client_id = &shared.configuration.client_id;
    let infos = memory
        .partitions()
        .into_iter()
        .flat_map(|partition| infos(partition, client_id))
        .collect();
    Value::Array(infos).to_json()
}

fn infos(partition: &Partition, client_id: &str) -> Vec<Value> {
    let Some(account) = &partition.account else {
        return Vec::new();
    };
    account
        .tenants()
        .map(|tenant| {
            let id_token = partition.id_token(tenant, client_id);
            let id_token = id_token.map(|token| (token.secret.expose(), &token.claims));
            account.info(tenant, id_token)
        })
        .collect()
}

/// The host by which accounts of a cloud are filed.
pub(super) fn environment_of(host: &str) -> Text {
    let host = text::lower(host);
    match cloud::of_host(&host) {
        Some(cloud) => cloud.cache_host.to_text(),
        None => host,
    }
}

/// The partition of a program's `AccountInfo`.
pub(super) fn partition_of(account: &JsValue) -> Option<Text> {
    let fields = Fields::new(account, "account");
    let home_account_id = fields.text("homeAccountId")?;
    let environment = environment_of(&fields.text("environment").unwrap_or_default());
    Some(partition::key(&environment, Owner::User(&home_account_id)))
}
