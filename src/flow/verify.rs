//! The id_token that comes with tokens: whose key signed it, and whether what it says is meant for this client and now.

use super::exchange::{Exchange, NonceCheck};
use super::learned::{KnownKeys, Learned};
use super::send::{Limits, send};
use super::step::{Effect, Event, Io};
use crate::error::{Error, ErrorClass, code};
use crate::protocol::entropy::Entropy;
use crate::protocol::http::{Content, HttpRequest, HttpResponse};
use crate::protocol::id_token::{self, Expected};
use crate::protocol::json::Value;
use crate::protocol::jwks::{Jwks, SignatureAlgorithm};
use crate::protocol::jwt::Jwt;
use crate::protocol::metadata::Metadata;
use crate::secret::Secret;
use crate::text::ToText;
use crate::time::Moment;

/// Keys older than this are fetched anew, beside a request.
const KEYS_LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;

/// For a key that is not among those known, they are fetched anew at most this often.
const KEYS_PAUSE_MS: i64 = 60 * 1_000;

/// More keys of one `kid` are not tried.
const MAX_OF_ONE_NAME: u32 = 4;

impl Exchange {
    /// Fetches the provider's keys; where the address does not tell where they are, from its discovery document.
    pub(super) async fn fetch_keys(
        &self,
        io: &Io,
        limits: Limits,
        entropy: &mut Entropy,
        anew: bool,
    ) -> Result<(KnownKeys, Option<Metadata>), Error> {
        let mut discovered = None;
        let uri = match &self.metadata {
            Some(metadata) => metadata.jwks_uri.clone(),
            None if self.authority.has_known_issuer() => Some(self.authority.jwks_uri()),
            None => {
                let metadata = self.discover(io, limits).await?;
                discovered.insert(metadata).jwks_uri.clone()
            }
        };
        let uri = uri.ok_or_else(no_keys)?;
        let mut request = HttpRequest::get(uri.clone());
        request.anew = anew;
        let response = send(io, &request, limits, entropy).await?;
        let jwks = Jwks::parse_response(&response).ok_or_else(no_keys)?;
        let now = io.now().judged;
        let keys = KnownKeys {
            uri,
            jwks,
            fetched: now,
            asked: anew.then_some(now),
        };
        self.keep(io, Learned::Keys(keys.clone())).await;
        Ok((keys, discovered))
    }

    pub(super) async fn verify(
        &mut self,
        io: &Io,
        limits: Limits,
        id_token: &Secret,
        keys: Option<KnownKeys>,
        date: Option<Moment>,
    ) -> Result<Value, Error> {
        let jwt = Jwt::parse(id_token.expose(), self.parse_json)
            .ok_or_else(|| id_token::invalid("it is no signed JWT"))?;
        if jwt.header.get("crit").is_some() {
            return Err(id_token::invalid(
                "its header asks for what is not understood here",
            ));
        }
        let algorithm = SignatureAlgorithm::parse(jwt.header.text("alg"))
            .filter(|algorithm| self.may_sign(*algorithm))
            .ok_or_else(|| id_token::invalid("its signature algorithm is not accepted"))?;
        let mut keys = keys.ok_or_else(no_keys)?;
        let kid = jwt.header.text("kid");
        let may_ask = keys
            .asked
            .is_none_or(|asked| io.now().judged.ms_since(asked) > KEYS_PAUSE_MS);
        if may_ask && keys.jwks.all(kid, algorithm).is_empty() {
            let mut entropy = self.entropy.clone();
            let fetched = self.fetch_keys(io, limits, &mut entropy, true).await;
            let Ok((latest, _)) = fetched else {
                // In vain, too, that was the one time in this minute.
                keys.asked = Some(io.now().judged);
                self.keep(io, Learned::Keys(keys)).await;
                return Err(no_keys());
            };
            keys = latest;
        }
        let (tenant, named) = (jwt.claims.text("tid"), jwt.claims.text("iss"));
        let mut refusal = "none of the provider's keys has signed it";
        let mut tries = MAX_OF_ONE_NAME;
        for jwk in keys.jwks.all(kid, algorithm) {
            // Entra's shared keys say for which issuer they stand.
            let issuer = jwk.text("issuer");
            if !issuer.is_empty() && !id_token::is_filled(issuer, tenant, named) {
                refusal = "its key stands for another issuer";
                continue;
            }
            if tries == 0 {
                break;
            }
            tries -= 1;
            let verified = io
                .perform(Effect::Verify {
                    jwk: jwk.clone(),
                    algorithm,
                    bytes: jwt.signing_input.clone(),
                    signature: jwt.signature.clone(),
                })
                .await;
            if matches!(verified, Event::Verified(true)) {
                refusal = "";
                break;
            }
            refusal = "its signature does not hold";
        }
        if !refusal.is_empty() {
            return Err(id_token::invalid(refusal));
        }
        let expected = Expected {
            authority: &self.authority,
            issuer: self
                .metadata
                .as_ref()
                .and_then(|metadata| metadata.issuer.as_deref()),
            client_id: &self.request.client_id,
        };
        id_token::judge(&jwt.claims, expected)?;
        // By the server's clock or by this machine's: either may be off.
        let now = io.now().wall;
        let of_server = id_token::judge_times(&jwt.claims, date.unwrap_or(now));
        if let Err(error) = of_server.or_else(|_| id_token::judge_times(&jwt.claims, now)) {
            let told = self.time_of_page(io, limits).await.ok_or(error)?;
            id_token::judge_times(&jwt.claims, told)?;
        }
        if let NonceCheck::Exactly(nonce) = &self.nonce
            && jwt.claims.text("nonce") != nonce.as_deref().unwrap_or_default()
        {
            return Err(id_token::nonce_mismatch());
        }
        Ok(jwt.claims)
    }

    /// The time by the page's own server: providers do not show theirs to pages, and a clock may be off.
    async fn time_of_page(&self, io: &Io, limits: Limits) -> Option<Moment> {
        let page = self.page.as_deref()?;
        let request = HttpRequest::get_anew(page.to_text());
        let answer = send(io, &request, limits, &mut self.entropy.clone()).await;
        answer.ok()?.date
    }

    fn may_sign(&self, algorithm: SignatureAlgorithm) -> bool {
        let listed = self
            .metadata
            .as_ref()
            .is_some_and(|metadata| metadata.algorithms.contains(&algorithm));
        listed || algorithm == SignatureAlgorithm::Rs256
    }
}

/// Whether an answer is enough by itself: a refusal is, and tokens without an id_token.
pub(super) fn needs_no_keys(response: &Result<HttpResponse, Error>) -> bool {
    match response {
        Ok(response) if response.status == 200 => match &response.content {
            Content::Json(body) => body.text("id_token").is_empty(),
            Content::Empty | Content::NotJson | Content::TooLarge => true,
        },
        Ok(_) | Err(_) => true,
    }
}

pub(super) fn are_fresh(keys: &Option<KnownKeys>, io: &Io) -> bool {
    keys.as_ref()
        .is_some_and(|keys| io.now().judged.ms_since(keys.fetched) < KEYS_LIFETIME_MS)
}

pub(super) fn no_keys() -> Error {
    Error::new(
        ErrorClass::Network,
        code::JWKS_UNAVAILABLE,
        "the identity provider's public keys cannot be had, so its id_token could not be verified",
    )
    .with_hint("Nothing of this answer was cached. Check that the provider's jwks_uri can be reached, and try again.")
}
