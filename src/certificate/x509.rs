//! What is needed of an X.509 certificate (RFC 5280, section 4.1): whose key, from when to when, issued by whom.

use super::asn1::{Items, context};
use super::key::{PublicKey, RSA};
use crate::time::Moment;
use der::Tag;

#[derive(Clone)]
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    /// `None` where it is not RSA.
    pub(super) public: Option<PublicKey>,
    pub(super) not_before: Moment,
    pub(super) not_after: Moment,
    issuer: Vec<u8>,
    subject: Vec<u8>,
}

impl Certificate {
    /// Reads the first item of `bytes`: OpenSSL's trusted certificates have more after it.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let der = Items::of(bytes).whole()?;
        let mut outer = Items::of_sequence(der)?;
        let mut body = outer.sequence()?;
        outer.sequence()?;
        outer.take(Tag::BitString)?;
        body.optional(context(0, true));
        body.take(Tag::Integer)?;
        body.sequence()?;
        let issuer = body.whole()?.to_vec();
        let mut validity = body.sequence()?;
        let (not_before, not_after) = (validity.time()?, validity.time()?);
        let subject = body.whole()?.to_vec();
        let mut key = body.sequence()?;
        let (algorithm, _) = key.algorithm()?;
        // The first byte counts unused bits.
        let bits = key.take(Tag::BitString)?.get(1..)?;
        let public = if algorithm == RSA.as_bytes() {
            Some(PublicKey::read(&mut Items::of_sequence(bits)?)?)
        } else {
            None
        };
        Some(Self {
            der: der.to_vec(),
            public,
            not_before,
            not_after,
            issuer,
            subject,
        })
    }

    pub(super) fn is_valid_at(&self, now: Moment) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    pub(super) fn is_issued_by(&self, other: &Self) -> bool {
        self.issuer == other.subject
    }
}

/// The better of several: one that is valid now, of these the one that stays so longest.
pub(super) fn best<'a>(
    certificates: impl Iterator<Item = &'a Certificate>,
    now: Moment,
) -> Option<&'a Certificate> {
    certificates.max_by_key(|certificate| (certificate.is_valid_at(now), certificate.not_after))
}

/// More than any chain has.
const MAX_LINKS: usize = 10;

/// The certificate and its issuers, as far as they are in `others`.
pub(super) fn chain(leaf: &Certificate, others: &[Certificate], now: Moment) -> Vec<Vec<u8>> {
    let (mut chain, mut last) = (vec![leaf.der.clone()], leaf);
    while !last.is_issued_by(last) && chain.len() < MAX_LINKS {
        let issuers = others
            .iter()
            .filter(|other| last.is_issued_by(other) && !chain.contains(&other.der));
        let Some(issuer) = best(issuers, now) else {
            break;
        };
        chain.push(issuer.der.clone());
        last = issuer;
    }
    chain
}
