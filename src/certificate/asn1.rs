//! Reading ASN.1: the items of a structure one after another, each `None` where it is not what is expected.

use der::asn1::AnyRef;
use der::{DateTime, Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

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
        let (digits, is_short) = (item.value().strip_suffix(b"Z")?, item.tag() == Tag::UtcTime);
        let mut pairs = digits.chunks_exact(2).map(|pair| match pair {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                Some(u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
            }
            _ => None,
        });
        let mut next = || pairs.next().flatten();
        let year = match (next()?, is_short) {
            (year @ 0..50, true) => 2000 + year,
            (year, true) => 1900 + year,
            (century, false) => century * 100 + next()?,
        };
        // What has ended before then has ended: it is enough to know that.
        let year = if year < 1970 { 1972 } else { year };
        let mut small = || next().map(|number| number as u8);
        let date = DateTime::new(year, small()?, small()?, small()?, small()?, small()?).ok()?;
        let since_1970 = i64::try_from(date.unix_duration().as_secs()).ok()?;
        Some(Moment(0).plus_seconds(since_1970))
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

#[cfg(test)]
mod tests {
    use super::Items;
    use crate::time::Moment;

    #[test]
    fn times() {
        let time = |tag: u8, text: &str| {
            let item = super::item(tag, &[text.as_bytes()]);
            Items::of(&item).time().map(|Moment(ms)| ms / 1000)
        };
        assert_eq!(time(0x17, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(time(0x17, "700101000000Z"), Some(0));
        assert_eq!(time(0x18, "20500101000000Z"), Some(2_524_608_000));
        assert_eq!(time(0x18, "99991231235959Z"), Some(253_402_300_799));
        for text in [
            "",
            "Z",
            "2512312359Z",
            "251331235959Z",
            "25123123595xZ",
            "251231235959",
        ] {
            assert_eq!(time(0x17, text), None, "{text}");
        }
    }
}
