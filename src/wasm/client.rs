//! A client: its configuration, its clock and its cache.

use super::acquisition::{Accounts, Acquisition};
use super::configuration::{Configuration, Place};
use super::field::Fields;
use super::object::Builder;
use super::request::{self, Host};
use super::shared::Shared;
use super::{accounts, json, thrown};
use crate::cache::key::Owner;
use crate::cache::partition;
use crate::error::Error;
use crate::protocol::admin_consent;
use crate::protocol::challenge;
use crate::protocol::json::Value;
use crate::text::Text;
use crate::time::Moment;
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A client.
#[wasm_bindgen]
pub struct Client(pub(super) Rc<Shared>);

#[wasm_bindgen]
impl Client {
    /// Reads the configuration of a confidential client (0), or of a public one without windows (1), in a page (2) or of a program's own (3).
    #[wasm_bindgen(constructor)]
    pub fn new(configuration: &JsValue, place: u32) -> Result<Client, JsValue> {
        let configuration = Configuration::read(configuration, Place::of_number(place))
            .map_err(|error| thrown::to_js(&error))?;
        Ok(Self(Rc::new(Shared::new(configuration))))
    }

    /// What the entry of a handle is good for: 0 for nothing, 1 to be served, 2 to be served and renewed meanwhile.
    #[wasm_bindgen(js_name = freshness)]
    pub fn freshness(&self, handle: f64, wall_ms: f64, monotonic_ms: f64) -> u32 {
        self.0.freshness(handle, wall_ms, monotonic_ms)
    }

    /// Puts the object of a handle's entry, as it came, into `place`: an export must not give an object by itself (see
    /// [`Acquisition::start`]), and this is the fastest other way.
    pub fn held(&self, handle: f64, place: &Array) {
        place.set(0, self.0.held(handle));
    }

    /// How many entries there are.
    #[wasm_bindgen(getter, js_name = entryCount)]
    pub fn entry_count(&self) -> usize {
        self.0.len()
    }

    /// Prepares a call; nothing is sent yet.
    pub fn prepare(
        &self,
        kind: &str,
        request: &JsValue,
        payload: &JsValue,
        in_browser: bool,
        region: Option<String>,
        asked: Option<String>,
        entropy: &[u8],
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Result<Acquisition, JsValue> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        let host = Host {
            in_browser,
            region: region.map(Text::from),
            asked: asked.map(Text::from),
            entropy,
        };
        request::prepare(&self.0, kind, request, payload, &host, now)
            .map(|prepared| Acquisition::new(Rc::clone(&self.0), prepared))
            .map_err(|error| thrown::to_js(&error))
    }

    /// Prepares to read accounts of the program's token store into memory: all, or that of a home account id;
    /// `undefined` where it has none.
    #[wasm_bindgen(js_name = loadAccounts)]
    pub fn load_accounts(
        &self,
        home_account_id: Option<String>,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Option<Acquisition> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        let authority = self.0.configuration.authority(None).ok()?;
        let which = match home_account_id {
            Some(id) => Accounts::One(partition::key(authority.environment(), Owner::User(&id))),
            None => Accounts::All,
        };
        Acquisition::of_accounts(Rc::clone(&self.0), which, now)
    }

    /// Forgets an account with its tokens; gives what removes it from the program's token store, if it has one.
    #[wasm_bindgen(js_name = removeAccount)]
    pub fn remove_account(
        &self,
        account: &JsValue,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Option<Acquisition> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        let partition = accounts::partition_of(account)?;
        self.0.remove_partition(&partition);
        Acquisition::of_accounts(Rc::clone(&self.0), Accounts::Removed(partition), now)
    }

    /// Prepares to take an account that another client has removed out of the index, if that still lists it.
    #[wasm_bindgen(js_name = leaveAccount)]
    pub fn leave_account(
        &self,
        account: &JsValue,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Option<Acquisition> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        let partition = accounts::partition_of(account)?;
        Acquisition::of_accounts(Rc::clone(&self.0), Accounts::Left(partition), now)
    }

    /// Prepares to note whose accounts came since; `undefined` where there are none.
    #[wasm_bindgen(js_name = noteAccounts)]
    pub fn note_accounts(&self, wall_ms: f64, monotonic_ms: f64) -> Option<Acquisition> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        let users = self.0.take_unnoted();
        if users.is_empty() {
            return None;
        }
        Acquisition::of_accounts(Rc::clone(&self.0), Accounts::Noted(users), now)
    }

    /// Prepares to bring the index of accounts up to date.
    #[wasm_bindgen(js_name = indexAccounts)]
    pub fn index_accounts(&self, wall_ms: f64, monotonic_ms: f64) -> Option<Acquisition> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        Acquisition::of_accounts(Rc::clone(&self.0), Accounts::Indexed, now)
    }

    /// The accounts in memory, as JSON: MSAL's `AccountInfo`, `tenantProfiles` as a list.
    #[wasm_bindgen(js_name = allAccounts)]
    pub fn all_accounts(&self) -> String {
        accounts::all(&self.0).into()
    }

    /// Where a person signs out: `url`, `channel` and `state`; `undefined` where the provider has to be asked for its
    /// endpoints first.
    pub fn logout(
        &self,
        request: &JsValue,
        interaction: &str,
        entropy: &[u8],
    ) -> Result<JsValue, JsValue> {
        let host = Host {
            in_browser: true,
            region: None,
            asked: None,
            entropy,
        };
        let logout = request::logout(&self.0, request, interaction, &host)
            .map_err(|error| thrown::to_js(&error))?;
        Ok(logout.map_or(JsValue::UNDEFINED, |logout| {
            Builder::new()
                .text("url", &logout.url)
                .text("channel", &logout.channel)
                .text("state", &logout.state)
                .done()
        }))
    }

    /// The host by which accounts of a cloud are filed, whichever of its hosts is named.
    #[wasm_bindgen(js_name = environmentOf)]
    pub fn environment_of(&self, host: &str) -> String {
        accounts::environment_of(host).into()
    }

    /// Where the cache lies: MSAL's `cacheLocation`.
    #[wasm_bindgen(getter, js_name = cacheLocation)]
    pub fn cache_location(&self) -> String {
        self.0.configuration.cache.location.clone().into()
    }

    /// The cache in MSAL's schema, as JSON text.
    pub fn serialize(&self, wall_ms: f64, monotonic_ms: f64) -> String {
        let now = self.0.observe(wall_ms, monotonic_ms);
        self.0.to_schema(now).to_json().into()
    }

    /// Notes that the program saves what `serialize` gave.
    pub fn saved(&self) {
        self.0.saved();
    }

    /// Takes in a cache in MSAL's schema; of two tokens for the same thing the later one stays. With `replace`, what
    /// was there before goes.
    pub fn deserialize(
        &self,
        text: &JsValue,
        replace: bool,
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Result<(), JsValue> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        self.0
            .import(text, replace, now)
            .map_err(|error| thrown::to_js(&error))
    }

    /// Forgets every token; what is asked for now is not kept either, unless it is only to be read anew (`reload`).
    pub fn clear(&self, reload: bool) {
        self.0.forget_all(reload);
    }

    /// Graph's origin.
    #[wasm_bindgen(js_name = graphOrigin)]
    pub fn graph_origin(&self) -> Result<String, JsValue> {
        let authority = self
            .0
            .configuration
            .authority(None)
            .map_err(|error| thrown::to_js(&error))?;
        Ok(self.0.configuration.graph_origin(&authority).to_owned())
    }

    /// The claims of a `WWW-Authenticate` header's challenge, if it holds one.
    #[wasm_bindgen(js_name = claimsChallenge)]
    pub fn claims_challenge(&self, header: &str) -> Option<String> {
        challenge::claims(header)
            .filter(|claims| matches!(json::parse(claims), Some(Value::Object(_))))
            .map(String::from)
    }

    /// What a `Retry-After` header asks for, in milliseconds.
    #[wasm_bindgen(js_name = retryAfterMs)]
    pub fn retry_after_ms(&self, header: &str, wall_ms: f64) -> Option<f64> {
        super::acquisition::retry_after(header)
            .map(|after| after.wait_ms(Moment(wall_ms as i64)) as f64)
    }

    /// The further origins that may see a token.
    #[wasm_bindgen(getter, js_name = allowedOrigins)]
    pub fn allowed_origins(&self) -> Vec<String> {
        let origins = &self.0.configuration.allowed_origins;
        origins.iter().map(|origin| (**origin).to_owned()).collect()
    }

    /// The address for an administrator's consent.
    #[wasm_bindgen(js_name = adminConsentUrl)]
    pub fn admin_consent_url(&self, request: &JsValue) -> Result<String, JsValue> {
        let fields = Fields::new(request, "request");
        let configuration = &self.0.configuration;
        let url = || {
            let (redirect_uri, state) = (fields.text("redirectUri"), fields.text("state"));
            let authority = configuration.authority(fields.text("authority").as_deref())?;
            fields.check()?;
            Ok(admin_consent::url(
                &authority,
                &configuration.client_id,
                redirect_uri.as_deref(),
                state.as_deref(),
            ))
        };
        url()
            .map(String::from)
            .map_err(|error: Error| thrown::to_js(&error))
    }
}
