//! Randomness that the host drew, spent piece by piece.

use crate::text::Text;

/// How many random bytes the host gives a flow.
pub const ENTROPY_BYTES: usize = 32;

/// Random bytes from the host: the first sixteen make the correlation id, the others seed the jitter.
#[derive(Clone)]
pub struct Entropy {
    guid: [u8; 16],
    state: u64,
}

impl Entropy {
    /// Takes the host's random bytes; missing ones count as zero.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let mut all = [0; ENTROPY_BYTES];
        for (to, from) in all.iter_mut().zip(bytes) {
            *to = *from;
        }
        let (mut guid, mut seed) = ([0; 16], [0; 8]);
        guid.copy_from_slice(&all[..16]);
        seed.copy_from_slice(&all[16..24]);
        Self {
            guid,
            state: u64::from_le_bytes(seed),
        }
    }

    /// A version 4 GUID (RFC 9562), in lower case.
    ///
    /// ```
    /// use graph_token::protocol::entropy::Entropy;
    /// assert_eq!(Entropy::new(&[0xff; 32]).guid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    /// ```
    #[must_use]
    pub fn guid(&self) -> Text {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut bytes = self.guid;
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let mut text = Text::with_capacity(36);
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
        text
    }

    /// A further GUID: apart from every other, but no secret.
    pub fn next_guid(&mut self) -> Text {
        let mut next = self.clone();
        for half in next.guid.chunks_mut(8) {
            let mixed = self.next();
            for (byte, more) in half.iter_mut().zip(mixed.to_le_bytes()) {
                *byte ^= more;
            }
        }
        next.guid()
    }

    /// A number below `bound`, for jitter (SplitMix64: spread, not secrecy).
    pub fn below(&mut self, bound: u64) -> u64 {
        let mixed = self.next();
        if bound == 0 { 0 } else { mixed % bound }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl core::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Entropy(..)")
    }
}
