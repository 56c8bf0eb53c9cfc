//! PEM (RFC 7468), as far as plain keys and certificates need it.

use super::base64;
use crate::text::{self, Text, ToText};

/// One block of a text.
#[derive(Clone)]
pub struct Block {
    /// What stands between `BEGIN` and the dashes.
    pub label: Text,
    /// The bytes; empty where they cannot be read, or the end is another's.
    pub der: Vec<u8>,
}

impl core::fmt::Debug for Block {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Block(")?;
        f.write_str(&self.label)?;
        f.write_str(")")
    }
}

/// The blocks of a text, whatever stands around them.
///
/// ```
/// let blocks = graph_token::protocol::pem::blocks("x\n-----BEGIN A B-----\r\nAQI=\r\n-----END A B-----\n");
/// assert_eq!((blocks[0].label.as_str(), blocks[0].der.as_slice()), ("A B", [1, 2].as_slice()));
/// ```
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut rest) = (Vec::new(), text);
    while let Some((_, after)) = text::split_once(rest, "-----BEGIN ") {
        let Some((label, body)) = text::split_once(after, "-----") else {
            break;
        };
        let Some((body, behind)) = text::split_once(body, "-----END ") else {
            break;
        };
        // Where the ends of two blocks are lost, what is between them is of neither.
        let body = if behind.starts_with(label) { body } else { "" };
        let body: Text = body
            .chars()
            .filter(|character| !character.is_ascii_whitespace())
            .collect();
        blocks.push(Block {
            label: label.to_text(),
            der: base64::decode(&body).unwrap_or_default(),
        });
        rest = behind;
    }
    blocks
}
