//! Reading ASN.1: the items of a structure one after another, each `None` where it is not what is expected.

use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

use crate::time::Moment;

/// The items in a structure's content.
#[derive(Clone)]
pub(super) struct Items<'a>(Option<SliceReader<'a>>);

impl<'a> Items<'a> {
    pub(super) fn of(content: &'a [u8]) -> Self {
        Self(SliceReader::new(content).ok())
    }

    /// The content of the one sequence that `bytes` are. What follows it is no concern: some files end in line breaks.
    pub(super) fn of_sequence(bytes: &'a [u8]) -> Option<Self> {
        Self::of(bytes).sequence()
    }

    /// The next item, of whatever kind.
    pub(super) fn any(&mut self) -> Option<AnyRef<'a>> {
        AnyRef::decode(self.0.as_mut()?).ok()
    }

    /// The content of the next item.
    pub(super) fn take(&mut self, tag: Tag) -> Option<&'a [u8]> {
        self.any()
            .filter(|item| item.tag() == tag)
            .map(AnyRef::value)
    }

    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.take(Tag::Sequence).map(Self::of)
    }

    /// The next item, if it has the tag.
    pub(super) fn optional(&mut self, tag: Tag) -> Option<&'a [u8]> {
        if self.next_is(tag) {
            self.take(tag)
        } else {
            None
        }
    }

    pub(super) fn next_is(&self, tag: Tag) -> bool {
        self.0
            .as_ref()
            .is_some_and(|reader| Tag::peek(reader).is_ok_and(|next| next == tag))
    }

    /// The next item with its header.
    pub(super) fn whole(&mut self) -> Option<&'a [u8]> {
        self.0.as_mut()?.tlv_bytes().ok()
    }

    /// A whole number that is not negative and fits.
    pub(super) fn number(&mut self) -> Option<u32> {
        number(self.take(Tag::Integer)?)
    }

    /// The content of the next item, explicitly tagged.
    pub(super) fn explicit(&mut self, tag_number: u32) -> Option<Self> {
        self.take(context(tag_number, true)).map(Self::of)
    }

    /// `AlgorithmIdentifier`: the identifier's bytes, and what follows.
    pub(super) fn algorithm(&mut self) -> Option<(&'a [u8], Self)> {
        let mut items = self.sequence()?;
        Some((items.take(Tag::ObjectIdentifier)?, items))
    }

    /// `Time` of RFC 5280.
    pub(super) fn time(&mut self) -> Option<Moment> {
        let item = self.any()?;
        let since_1970 = match item.tag() {
            Tag::UtcTime => item.decode_as::<UtcTime>().ok()?.to_unix_duration(),
            _ => item.decode_as::<GeneralizedTime>().ok()?.to_unix_duration(),
        };
        Some(Moment(0).plus_seconds(i64::try_from(since_1970.as_secs()).ok()?))
    }
}

/// A whole number from an INTEGER's content.
pub(super) fn number(content: &[u8]) -> Option<u32> {
    let digits = without_zeros(content);
    if content.first()? & 0x80 != 0 || digits.len() > 4 {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte)),
    )
}

/// An INTEGER's content as its digits to the base 256.
pub(super) fn without_zeros(mut content: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = content {
        content = rest;
    }
    content
}

/// A context-specific tag.
pub(super) fn context(tag_number: u32, constructed: bool) -> Tag {
    Tag::ContextSpecific {
        constructed,
        number: TagNumber(tag_number),
    }
}

/// An item of a tag, with the parts as its content.
pub(super) fn item(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // Room for all from the start: a vector that grows leaves copies of keys behind.
    let mut bytes = Vec::with_capacity(length + 6);
    bytes.push(tag);
    let digits = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let digits = without_zeros(&digits);
    match length {
        0..0x80 => bytes.push(length as u8),
        _ => {
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend_from_slice(digits);
        }
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}
