//! BER (X.690) to DER, as far as PFX files need it: NSS and older Java write lengths that are not known beforehand, and
//! octet strings in pieces.

use super::asn1::item;
use zeroize::Zeroizing;

/// PFX files nest ten deep.
const MAX_DEPTH: u32 = 32;

const CONSTRUCTED: u8 = 0x20;
const OCTET_STRING: u8 = 0x04;

/// The first item in `bytes`, with definite lengths and octet strings in one piece.
pub(super) fn to_der(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    convert(&mut &*bytes, MAX_DEPTH).map(Zeroizing::new)
}

fn convert(rest: &mut &[u8], depth: u32) -> Option<Vec<u8>> {
    let tag = next(rest)?;
    // Tags of several bytes stand in no PFX.
    if tag & 0x1f == 0x1f || depth == 0 {
        return None;
    }
    let length = length(rest)?;
    let mut content = match length {
        Some(length) => {
            let (content, after) = rest.split_at_checked(length)?;
            *rest = after;
            content
        }
        None => *rest,
    };
    if tag & CONSTRUCTED == 0 {
        length?;
        return Some(item(tag, &[content]));
    }
    let mut items = Vec::new();
    loop {
        if length.is_none() {
            if let [0, 0, after @ ..] = content {
                *rest = after;
                break;
            }
        } else if content.is_empty() {
            break;
        }
        items.push(Zeroizing::new(convert(&mut content, depth - 1)?));
    }
    let in_pieces = tag == OCTET_STRING | CONSTRUCTED;
    let parts: Option<Vec<&[u8]>> = items
        .iter()
        .map(|part| match in_pieces {
            true => content_of(part),
            false => Some(part.as_slice()),
        })
        .collect();
    let tag = if in_pieces { OCTET_STRING } else { tag };
    Some(item(tag, &parts?))
}

/// The content of an octet string that was converted.
fn content_of(part: &[u8]) -> Option<&[u8]> {
    let mut rest = part;
    (next(&mut rest)? == OCTET_STRING).then_some(())?;
    length(&mut rest)??;
    Some(rest)
}

/// `Some(None)` where the end is marked in place of a length.
fn length(rest: &mut &[u8]) -> Option<Option<usize>> {
    let first = next(rest)?;
    match first {
        0..0x80 => Some(Some(usize::from(first))),
        0x80 => Some(None),
        _ => {
            let mut length = 0_u32;
            for _ in 0..first & 0x7f {
                length = length.checked_mul(256)? | u32::from(next(rest)?);
            }
            usize::try_from(length).ok().map(Some)
        }
    }
}

fn next(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::to_der;

    fn der(bytes: &[u8]) -> Option<Vec<u8>> {
        to_der(bytes).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn lengths_become_definite_and_strings_whole() {
        let ber = [
            0x30, 0x80, 0x24, 0x80, 4, 1, b'a', 4, 0x81, 2, b'b', b'c', 0, 0, 2, 1, 5, 0, 0,
        ];
        assert_eq!(
            der(&ber).unwrap(),
            [0x30, 8, 4, 3, b'a', b'b', b'c', 2, 1, 5]
        );
        let plain = [0x30, 3, 2, 1, 5];
        assert_eq!(der(&plain).unwrap(), plain);
    }

    #[test]
    fn what_does_not_end_is_refused() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 5, 2, 1, 5],
            &[4, 0x80, 0, 0],
            &[0x24, 3, 2, 1, 5],
            &[0x30, 0x85, 1, 0, 0, 0, 0],
        ] {
            assert_eq!(der(bytes), None, "{bytes:x?}");
        }
        assert_eq!(der(&[0x30, 0x80].repeat(100_000)), None);
    }
}
