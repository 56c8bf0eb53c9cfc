//! Addresses, read strictly: what is not plainly scheme, host, port and path is refused with the reason.

use crate::error::{Error, code};
use crate::text::{self, Text, ToText};

/// Longer authorities are refused: the longest real one has under 200 characters.
const MAX_AUTHORITY_BYTES: usize = 1_024;

/// Whether a host (or `host:port`) is this machine.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let name = match host.rfind(':') {
        Some(at) if !host.ends_with(']') => host.get(..at).unwrap_or(host),
        Some(_) | None => host,
    };
    let ipv4 = name.strip_prefix("127.").is_some_and(|rest| {
        let mut parts = 0;
        rest.split('.').all(|part| {
            parts += 1;
            part.parse::<u8>().is_ok()
        }) && parts == 3
    });
    name == "localhost" || name.ends_with(".localhost") || ipv4 || name == "[::1]"
}

/// The origin of an address that may be sent a token: `https`, or loopback, and nothing behind the host.
///
/// # Errors
/// `invalid_option` with the reason.
pub fn parse_origin(text: &str) -> Result<Text, Error> {
    let invalid = || {
        Error::configuration(code::INVALID_OPTION, text::concat(&[text, " is no origin that may be sent a token"]))
            .with_hint("Give scheme and host alone, such as https://graph.microsoft.us; plain http is for loopback only.")
    };
    let (scheme, host_and_port, path) = split(text.trim_ascii()).map_err(|_| invalid())?;
    let (host, _) = split_port(&host_and_port).map_err(|_| invalid())?;
    if scheme == "http" && !is_loopback(&host) || !text::without_end(&path, '/').is_empty() {
        return Err(invalid());
    }
    Ok(text::concat(&[&scheme, "://", &host_and_port]))
}

/// Scheme, host with port, and path, the first two in lower case and without the scheme's own port.
pub(super) fn split(text: &str) -> Result<(Text, Text, Text), Error> {
    if text.len() > MAX_AUTHORITY_BYTES {
        return Err(bad_url("the authority is longer than 1024 bytes"));
    }
    if text
        .bytes()
        .any(|byte| byte <= b' ' || byte >= 0x7f || byte == b'\\')
    {
        return Err(bad_url(
            "the authority has a blank, a backslash or a character outside ASCII",
        ));
    }
    let Some((scheme, rest)) = text::split_once(text, "://") else {
        return Err(bad_url("the authority is no absolute URL"));
    };
    let scheme = text::lower(scheme);
    if scheme != "https" && scheme != "http" {
        return Err(bad_url("the authority is neither https nor http"));
    }
    if rest.contains(['?', '#']) {
        return Err(bad_url("the authority has a query or a fragment"));
    }
    let (host, path) = match rest.find('/') {
        Some(at) => (
            rest.get(..at).unwrap_or_default(),
            rest.get(at..).unwrap_or_default(),
        ),
        None => (rest, ""),
    };
    if host.contains('@') {
        return Err(bad_url(
            "the authority has user information before its host",
        ));
    }
    if path.contains('%') {
        return Err(bad_url("the authority's path has an encoded character"));
    }
    if path
        .split('/')
        .any(|segment| segment == ".." || segment == ".")
    {
        return Err(bad_url("the authority's path has a dot segment"));
    }
    let mut host = text::lower(host);
    if let Some(plain) = host.strip_suffix(if scheme == "https" { ":443" } else { ":80" }) {
        host = plain.to_text();
    }
    Ok((scheme, host, path.to_text()))
}

/// The host, and the port where one is named.
pub(super) fn split_port(host_and_port: &str) -> Result<(Text, &str), Error> {
    let (host, port) = match host_and_port.rfind(':') {
        Some(at) if !host_and_port.ends_with(']') => (
            host_and_port.get(..at).unwrap_or_default(),
            host_and_port.get(at + 1..).unwrap_or_default(),
        ),
        Some(_) | None => (host_and_port, ""),
    };
    let is_name = !host.is_empty()
        && host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    let port_is_good = port.is_empty() && !host_and_port.ends_with(':')
        || port.parse::<u16>().is_ok_and(|port| port > 0);
    if !(is_name || host == "[::1]") || !port_is_good {
        return Err(bad_url("the authority's host is no host name"));
    }
    Ok((host.to_text(), port))
}

/// The error of an authority that cannot be read.
pub(super) fn bad_url(message: &str) -> Error {
    Error::configuration(code::URL_PARSE_ERROR, message)
        .with_hint("Give it as https://login.microsoftonline.com/{tenant id or domain}.")
}
