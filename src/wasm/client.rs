//! A client: its configuration, its clock and its cache.

use super::acquisition::Acquisition;
use super::configuration::Configuration;
use super::field::Fields;
use super::held::Held;
use super::{held, json, request, thrown};
use crate::cache::access_token::AccessToken;
use crate::cache::lifetime::Freshness;
use crate::cache::msal_schema::{self, Reader};
use crate::cache::store::{Entry, Handle, Store};
use crate::error::Error;
use crate::protocol::authority::Authority;
use crate::protocol::json::Value;
use crate::protocol::metadata::Metadata;
use crate::protocol::{admin_consent, challenge};
use crate::time::{Clock, Moment, Now};
use core::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A handle's number where there is none.
const NO_HANDLE: f64 = -1.0;

/// Discovery documents that are kept; the oldest goes first.
const MAX_DISCOVERED: usize = 100;

/// A confidential client.
#[wasm_bindgen]
pub struct Client(Rc<Shared>);

/// What a client and its acquisitions share.
pub(super) struct Shared {
    pub(super) configuration: Configuration,
    clock: RefCell<Clock>,
    /// The present as last observed.
    last: Cell<Now>,
    store: RefCell<Store<Held>>,
    /// What discovery documents said, by the authority's location.
    discovered: RefCell<Vec<(String, Metadata)>>,
    /// What an imported cache held beside application tokens.
    rest: RefCell<Value>,
    /// How often the cache was cleared: what was asked for before is not kept after.
    epoch: Cell<u32>,
}

#[wasm_bindgen]
impl Client {
    /// Reads the configuration.
    #[wasm_bindgen(constructor)]
    pub fn new(configuration: &JsValue) -> Result<Client, JsValue> {
        let configuration =
            Configuration::read(configuration).map_err(|error| thrown::to_js(&error))?;
        let store = RefCell::new(Store::new(configuration.bounds));
        Ok(Self(Rc::new(Shared {
            configuration,
            clock: RefCell::default(),
            last: Cell::new(Now::at(Moment(0))),
            store,
            discovered: RefCell::default(),
            rest: RefCell::new(Value::Object(Vec::new())),
            epoch: Cell::new(0),
        })))
    }

    /// What the entry of a handle is good for: 0 for nothing, 1 to be served, 2 to be served and renewed meanwhile.
    #[wasm_bindgen(js_name = freshness)]
    pub fn freshness(&self, handle: f64, wall_ms: f64, monotonic_ms: f64) -> u32 {
        self.0.freshness(handle, wall_ms, monotonic_ms)
    }

    /// The object of a handle's entry, as it came.
    pub fn held(&self, handle: f64) -> JsValue {
        self.0.held(handle)
    }

    /// How many entries there are.
    #[wasm_bindgen(getter, js_name = entryCount)]
    pub fn entry_count(&self) -> usize {
        self.0.store.borrow().len()
    }

    /// Prepares an acquisition by client credentials; nothing is sent yet.
    #[wasm_bindgen(js_name = clientCredentials)]
    pub fn client_credentials(
        &self,
        request: &JsValue,
        in_browser: bool,
        entropy: &[u8],
        wall_ms: f64,
        monotonic_ms: f64,
    ) -> Result<Acquisition, JsValue> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        request::client_credentials(&self.0.configuration, request, in_browser, entropy)
            .map(|asked| Acquisition::new(Rc::clone(&self.0), asked, now))
            .map_err(|error| thrown::to_js(&error))
    }

    /// The cache in MSAL's schema, as JSON text.
    pub fn serialize(&self, wall_ms: f64, monotonic_ms: f64) -> String {
        let now = self.0.observe(wall_ms, monotonic_ms);
        let store = self.0.store.borrow();
        let tokens: Vec<AccessToken> = store
            .iter()
            .filter(|(_, entry)| entry.lifetime.freshness(now.judged, 0) != Freshness::Gone)
            .filter_map(|(key, entry)| {
                held::from_js(key, entry, &self.0.configuration.capabilities)
            })
            .collect();
        msal_schema::write(tokens.iter(), &self.0.rest.borrow(), now).to_json()
    }

    /// Takes in a cache in MSAL's schema; of two tokens for the same thing the later one stays.
    pub fn deserialize(&self, text: &str, wall_ms: f64, monotonic_ms: f64) -> Result<(), JsValue> {
        let now = self.0.observe(wall_ms, monotonic_ms);
        self.0
            .import(text, now)
            .map_err(|error| thrown::to_js(&error))
    }

    /// Forgets every token.
    pub fn clear(&self) {
        self.0.store.borrow_mut().clear();
        self.0.epoch.set(self.0.epoch.get() + 1);
        *self.0.rest.borrow_mut() = Value::Object(Vec::new());
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
        self.0.configuration.allowed_origins.clone()
    }

    /// The address for an administrator's consent.
    #[wasm_bindgen(js_name = adminConsentUrl)]
    pub fn admin_consent_url(&self, request: &JsValue) -> Result<String, JsValue> {
        let fields = Fields::new(request, "request");
        let configuration = &self.0.configuration;
        let url = || {
            let authority = configuration.authority(fields.text("authority")?.as_deref())?;
            let (redirect_uri, state) = (fields.text("redirectUri")?, fields.text("state")?);
            Ok(admin_consent::url(
                &authority,
                &configuration.client_id,
                redirect_uri.as_deref(),
                state.as_deref(),
            ))
        };
        url().map_err(|error: Error| thrown::to_js(&error))
    }
}

impl Shared {
    pub(super) fn observe(&self, wall_ms: f64, monotonic_ms: f64) -> Now {
        let now = self
            .clock
            .borrow_mut()
            .observe(wall_ms as i64, monotonic_ms as i64);
        self.last.set(now);
        now
    }

    fn freshness(&self, handle: f64, wall_ms: f64, monotonic_ms: f64) -> u32 {
        let now = self.observe(wall_ms, monotonic_ms).judged;
        let offset = i64::from(self.configuration.renewal_offset_seconds);
        let mut store = self.store.borrow_mut();
        match store
            .touch(handle_of(handle))
            .map(|entry| entry.lifetime.freshness(now, offset))
        {
            Some(Freshness::Fresh) => 1,
            Some(Freshness::Due) => 2,
            Some(Freshness::Expiring | Freshness::Extended | Freshness::Gone) | None => 0,
        }
    }

    fn held(&self, handle: f64) -> JsValue {
        let store = self.store.borrow();
        store
            .peek(handle_of(handle))
            .map_or(JsValue::UNDEFINED, |entry| entry.value.at(self.last.get()))
    }

    pub(super) fn epoch(&self) -> u32 {
        self.epoch.get()
    }

    pub(super) fn find(&self, key: &str) -> Option<(f64, Entry<Held>)> {
        let store = self.store.borrow();
        let handle = store.find(key)?;
        Some((handle.to_number() as f64, store.peek(handle)?.clone()))
    }

    /// Keeps a token. Gives its object, and its handle or [`NO_HANDLE`] where the bounds leave no room for it,
    /// or the cache was cleared since the epoch in which it was asked for.
    pub(super) fn keep(&self, token: &AccessToken, epoch: u32, now: Now) -> (JsValue, f64) {
        let value = Held::new(token, now);
        let object = value.at(now);
        if epoch != self.epoch() {
            return (object, NO_HANDLE);
        }
        let entry = Entry {
            lifetime: token.lifetime,
            value,
        };
        let handle =
            self.store
                .borrow_mut()
                .insert(&token.key, entry, held::size_bytes(token), now.judged);
        (
            object,
            handle.map_or(NO_HANDLE, |handle| handle.to_number() as f64),
        )
    }

    /// Puts off renewing ahead, after it has failed.
    pub(super) fn postpone_refresh(&self, key: &str, now: Now) {
        let mut store = self.store.borrow_mut();
        let Some(handle) = store.find(key) else {
            return;
        };
        if let Some(entry) = store.touch(handle) {
            entry.lifetime.postpone_refresh(now.judged);
        }
    }

    pub(super) fn discovered(&self, authority: &Authority) -> Option<Metadata> {
        let location = authority.location();
        let discovered = self.discovered.borrow();
        discovered
            .iter()
            .find(|(of, _)| *of == location)
            .map(|(_, metadata)| metadata.clone())
    }

    pub(super) fn keep_discovered(&self, location: &str, metadata: Metadata) {
        let mut discovered = self.discovered.borrow_mut();
        if discovered.len() >= MAX_DISCOVERED {
            discovered.remove(0);
        }
        discovered.push((location.to_owned(), metadata));
    }

    fn import(&self, text: &str, now: Now) -> Result<(), Error> {
        let cache = json::parse(text).unwrap_or(Value::Null);
        let authority = self.configuration.authority(None).ok();
        let reader = Reader {
            authority: authority.as_ref(),
            capabilities: &self.configuration.capabilities,
        };
        let imported = msal_schema::read(&cache, reader, now)?;
        for token in &imported.tokens {
            let known = self.find(&token.key);
            if known.is_none_or(|(_, entry)| entry.lifetime.obtained < token.lifetime.obtained) {
                self.keep(token, self.epoch(), now);
            }
        }
        self.rest.borrow_mut().merge(imported.rest);
        Ok(())
    }
}

/// A negative number is no handle, though it would be cast to the first.
fn handle_of(number: f64) -> Handle {
    Handle::from_number(if number < 0.0 {
        u64::MAX
    } else {
        number as u64
    })
}
