//! Texts, plainly: the standard library's searches for a text within a text, its slices that panic and its sorting
//! weigh several kilobytes in WebAssembly. The texts here are short.

/// Where `wanted` first stands in `text`.
pub(crate) fn find(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len().max(1))
        .position(|window| window == wanted.as_bytes())
}

/// What stands before and after the first `wanted`.
pub(crate) fn split_once<'a>(text: &'a str, wanted: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, wanted)?;
    Some((text.get(..at)?, text.get(at + wanted.len()..)?))
}

/// `text` with every `wanted` (not empty) replaced.
pub(crate) fn replace(text: &str, wanted: &str, by: &str) -> String {
    let (mut replaced, mut rest) = (String::new(), text);
    while let Some((before, after)) = split_once(rest, wanted) {
        replaced.push_str(before);
        replaced.push_str(by);
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// `text` with `***` for every `secret` (not empty), in whichever case: percent-encoding has two.
pub(crate) fn mask(text: &str, secret: &str) -> String {
    let (mut masked, mut rest) = (String::new(), text);
    while let Some(at) = rest
        .as_bytes()
        .windows(secret.len().max(1))
        .position(|window| window.eq_ignore_ascii_case(secret.as_bytes()))
    {
        masked.push_str(rest.get(..at).unwrap_or_default());
        masked.push_str("***");
        rest = rest.get(at + secret.len()..).unwrap_or_default();
    }
    masked.push_str(rest);
    masked
}

/// `text` without the `unwanted` at its end.
pub(crate) fn without_end(text: &str, unwanted: char) -> &str {
    let mut rest = text;
    while let Some(shorter) = rest.strip_suffix(unwanted) {
        rest = shorter;
    }
    rest
}

/// The parts as one text, `between` between them.
pub(crate) fn join(parts: &[impl AsRef<str>], between: &str) -> String {
    let mut all = String::new();
    for part in parts {
        if !all.is_empty() {
            all.push_str(between);
        }
        all.push_str(part.as_ref());
    }
    all
}

/// What stands before the first `end`; the whole text where there is none.
pub(crate) fn before(text: &str, end: u8) -> &str {
    let at = text.bytes().position(|byte| byte == end);
    at.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// What stands before and after the last `at`.
pub(crate) fn around_last(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().rposition(|byte| byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// The parts as one text.
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut all = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        all.push_str(part);
    }
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn searches() {
        assert_eq!(super::find("aab", "ab"), Some(1));
        assert_eq!(super::find("", "ab"), None);
        assert_eq!(super::split_once("https://x", "://"), Some(("https", "x")));
        assert_eq!(super::split_once("x", "://"), None);
        assert_eq!(super::replace("a--b-c--", "--", "+"), "a+b-c+");
        assert_eq!(super::replace("äöä", "ö", ""), "ää");
        assert_eq!(super::mask("a%2fb A%2FB-", "a%2Fb"), "*** ***-");
        assert_eq!(super::mask("a*b", "*"), "a***b");
        assert_eq!(super::concat(&["a", "", "b"]), "ab");
    }
}
