//! The dates of HTTP (RFC 9110, section 5.6.7), in the one form that is sent today.

use crate::time::Moment;
use der::DateTime;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn parse(text: &str) -> Option<Moment> {
    let mut parts = text.split_ascii_whitespace().skip(1);
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    let year = parts.next()?.parse().ok()?;
    let mut time = parts.next()?.split(':').map(str::parse);
    let mut next = || time.next()?.ok();
    let (hour, minute, second) = (next()?, next()?, next()?);
    let date = DateTime::new(year, u8::try_from(month).ok()?, day, hour, minute, second).ok()?;
    let since_1970 = i64::try_from(date.unix_duration().as_secs()).ok()?;
    (parts.next() == Some("GMT")).then(|| Moment(0).plus_seconds(since_1970))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::time::Moment;

    #[test]
    fn dates() {
        assert_eq!(
            parse("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Moment(784_111_777_000))
        );
        for text in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
