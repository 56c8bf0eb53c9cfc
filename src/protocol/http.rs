//! A request and an answer as plain values.

use super::form::Form;
use super::json::Value;
use crate::text::{Text, ToText};
use crate::time::Moment;

/// The largest answer that is read, in bytes: Entra's largest (a discovery document or key set) is under 50 kB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// How the body of a request is sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Body {
    /// GET.
    None,
    /// POST, `application/x-www-form-urlencoded;charset=utf-8`: CORS-simple, so a page needs no preflight.
    Form(Form),
}

/// A request to an identity provider. Its `Debug` shows no body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpRequest {
    /// The absolute URL.
    pub url: Text,
    /// The body, which also decides the method.
    pub body: Body,
    /// A header for the service's routing (`X-AnchorMailbox`), where the host may send one.
    pub anchor_mailbox: Option<Text>,
    /// Whether an answer that some cache has will not do.
    pub anew: bool,
}

impl HttpRequest {
    /// A GET.
    #[must_use]
    pub fn get(url: Text) -> Self {
        Self {
            url,
            body: Body::None,
            anchor_mailbox: None,
            anew: false,
        }
    }

    /// A GET that no cache answers.
    #[must_use]
    pub fn get_anew(url: Text) -> Self {
        Self {
            anew: true,
            ..Self::get(url)
        }
    }

    /// A POST of a form.
    #[must_use]
    pub fn post(url: Text, form: Form) -> Self {
        Self {
            url,
            body: Body::Form(form),
            anchor_mailbox: None,
            anew: false,
        }
    }

    /// `GET` or `POST`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self.body {
            Body::None => "GET",
            Body::Form(_) => "POST",
        }
    }
}

/// A `Retry-After` header (RFC 9110, section 10.2.3), as the edge read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds from now.
    Seconds(u32),
    /// At this moment of the wall clock.
    At(Moment),
}

impl RetryAfter {
    /// Reads a header; dates are parsed by the host, who gives milliseconds since 1970.
    #[must_use]
    pub fn parse(header: &str, parse_date: impl FnOnce(&str) -> Option<i64>) -> Option<Self> {
        let header = header.trim_ascii();
        match header.bytes().next()? {
            b'0'..=b'9' if header.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Self::Seconds(header.parse().unwrap_or(u32::MAX)))
            }
            // A date begins with the name of its day; what else a host's parser might make a date of does not count.
            b'A'..=b'Z' => parse_date(header).map(|milliseconds| Self::At(Moment(milliseconds))),
            _ => None,
        }
    }

    /// How long to wait from `wall_now` on, in milliseconds.
    #[must_use]
    pub fn wait_ms(self, wall_now: Moment) -> i64 {
        match self {
            Self::Seconds(seconds) => i64::from(seconds) * 1_000,
            Self::At(moment) => moment.ms_since(wall_now).max(0),
        }
    }
}

/// What the edge made of an answer's body.
#[derive(Clone)]
#[non_exhaustive]
pub enum Content {
    /// It was JSON.
    Json(Value),
    /// It was empty.
    Empty,
    /// It was something else, or cut off.
    NotJson,
    /// It was more than [`MAX_BODY_BYTES`] and not read to its end.
    TooLarge,
}

impl core::fmt::Debug for Content {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Json(_) => "Json(..)",
            Self::Empty => "Empty",
            Self::NotJson => "NotJson",
            Self::TooLarge => "TooLarge",
        })
    }
}

/// An answer. It derives no `Debug`: it holds tokens.
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpResponse {
    /// The status; 0 for a page's opaque redirect.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: Text,
    /// The `Retry-After` header.
    pub retry_after: Option<RetryAfter>,
    /// The `Date` header: the server's clock, where the host shows it.
    pub date: Option<Moment>,
    /// The `x-ms-request-id` header.
    pub request_id: Text,
    /// The body.
    pub content: Content,
}

impl HttpResponse {
    /// An answer without headers.
    #[must_use]
    pub fn new(status: u16, content: Content) -> Self {
        Self {
            status,
            content_type: Text::new(),
            retry_after: None,
            date: None,
            request_id: Text::new(),
            content,
        }
    }

    /// Whether it sends the client elsewhere; a request with a secret never follows.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.status == 0 || (300..400).contains(&self.status)
    }

    /// Status and content type for an error's message, such as `HTTP 200, text/html`.
    #[must_use]
    pub fn describe(&self) -> Text {
        let mut text = Text::from("HTTP ");
        text.push_str(&u32::from(self.status).to_text());
        text.push_str(", ");
        let content_type: Text = self
            .content_type
            .chars()
            .filter(|character| !character.is_ascii_control())
            .collect();
        text.push_str(if content_type.is_empty() {
            "no content type"
        } else {
            &content_type
        });
        text
    }
}

impl core::fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("HttpResponse(")?;
        f.write_str(&self.describe())?;
        f.write_str(")")
    }
}
