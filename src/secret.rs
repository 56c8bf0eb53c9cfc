//! Texts and bytes that must never be printed.

use crate::text::Text;
use core::fmt;
use zeroize::Zeroize;

/// A secret, key, assertion, code or token: its `Debug` is redacted, its bytes are zeroed when it is dropped.
///
/// ```
/// let secret = graph_token::Secret::new("s3cret");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert_eq!(secret.expose(), "s3cret");
/// ```
#[derive(Clone)]
pub struct Secret(Text);

impl Secret {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: impl Into<Text>) -> Self {
        Self(text.into())
    }

    /// The text itself: the one way to it, so that every use can be found by this name.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Hands the text over to an owner who is responsible for it from here on.
    #[must_use]
    pub fn into_exposed(mut self) -> Text {
        core::mem::take(&mut self.0)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A key as bytes: its `Debug` is redacted, its bytes are zeroed when it is dropped.
#[derive(Clone)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes themselves: the one way to them, so that every use can be found by this name.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(..)")
    }
}
