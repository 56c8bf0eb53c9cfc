//! From when to when a certificate is valid (RFC 5280, section 4.1.2.5): a certificate out of its time is a warning, since
//! this machine's clock may be what is wrong.

use super::private_key::{INTEGER, SEQUENCE, take};
use crate::text::{self, Text};
use crate::time::{Moment, SECOND_MS};

/// `[0]`, constructed: the version of a certificate's format.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// YYYYMMDDHHMMSS.
const DIGITS: usize = 14;

/// What to say of a certificate that is out of its time.
#[must_use]
pub fn warning(certificate: &[u8], now: Moment) -> Option<Text> {
    let (not_before, not_after) = validity(certificate)?;
    if now > moment(&not_after)? {
        Some(text::concat(&[
            "The certificate expired on ",
            &day(&not_after),
            ": Entra refuses it. Make a new one and upload it to the app registration.",
        ]))
    } else if now < moment(&not_before)? {
        Some(text::concat(&[
            "The certificate is valid only from ",
            &day(&not_before),
            " on: Entra refuses it until then. If that is past, set this machine's clock.",
        ]))
    } else {
        None
    }
}

/// The two moments, as digits.
fn validity(certificate: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (outer, _) = take(certificate, SEQUENCE)?;
    let (mut body, _) = take(outer, SEQUENCE)?;
    if let Some((_, rest)) = take(body, VERSION) {
        body = rest;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        body = take(body, tag)?.1;
    }
    let (times, _) = take(body, SEQUENCE)?;
    let (not_before, rest) = time(times)?;
    let (not_after, _) = time(rest)?;
    Some((not_before, not_after))
}

/// A time, and what follows it.
fn time(der: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (mut digits, (written, rest)) = match take(der, UTC_TIME) {
        // The years from 1950 to 2049, of which the last two digits are written.
        Some(found) if *found.0.first()? < b'5' => (b"20".to_vec(), found),
        Some(found) => (b"19".to_vec(), found),
        None => (Vec::new(), take(der, GENERALIZED_TIME)?),
    };
    digits.extend_from_slice(written.strip_suffix(b"Z")?);
    let is_time = digits.len() == DIGITS && digits.iter().all(u8::is_ascii_digit);
    is_time.then_some((digits, rest))
}

fn moment(digits: &[u8]) -> Option<Moment> {
    let number = |from: usize, to: usize| {
        let part = digits.get(from..to)?.iter();
        Some(part.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    let (year, month) = (number(0, 4)?, number(4, 6)?);
    // Counted from March, the odd day of a leap year is a year's last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + number(6, 8)?
            - 719_469;
    let seconds = (number(8, 10)? * 60 + number(10, 12)?) * 60 + number(12, 14)?;
    Some(Moment((days * 86_400 + seconds) * SECOND_MS))
}

/// A moment's day in UTC: 2026-01-31.
fn day(digits: &[u8]) -> Text {
    let mut day = Text::new();
    for (at, digit) in digits.iter().take(8).enumerate() {
        if matches!(at, 4 | 6) {
            day.push('-');
        }
        day.push(char::from(*digit));
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let seconds = |digits: &[u8]| moment(digits).map(|moment| moment.0 / SECOND_MS);
        assert_eq!(seconds(b"19700101000000"), Some(0));
        assert_eq!(seconds(b"20240229123456"), Some(1_709_210_096));
        assert_eq!(seconds(b"20491231235959"), Some(2_524_607_999));
        assert_eq!(seconds(b"99991231235959"), Some(253_402_300_799));
    }

    #[test]
    fn times() {
        let written = |tag: u8, text: &str| {
            let der = [&[tag, text.len() as u8], text.as_bytes()].concat();
            time(&der).map(|(digits, _)| String::from_utf8(digits).unwrap_or_default())
        };
        assert_eq!(
            written(UTC_TIME, "491231235959Z").as_deref(),
            Some("20491231235959")
        );
        assert_eq!(
            written(UTC_TIME, "500101000000Z").as_deref(),
            Some("19500101000000")
        );
        assert_eq!(
            written(GENERALIZED_TIME, "20500101000000Z").as_deref(),
            Some("20500101000000")
        );
        for text in ["", "Z", "2512312359Z", "25123123595xZ", "251231235959"] {
            assert_eq!(written(UTC_TIME, text), None, "{text}");
        }
    }
}
