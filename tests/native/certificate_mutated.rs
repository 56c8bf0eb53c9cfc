//! Whatever is given, an answer comes: no panic, no endless work.

use crate::certificate_read::{NOW, PASSPHRASE, file};
use graph_token::certificate::{Input, Material, read};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop, proptest};
use proptest::sample::Index;

/// Forms with the least rounds, so that many mutations can be tried.
const FORMS: &[&str] = &[
    "pkcs8.der",
    "pkcs1.der",
    "pkcs8.pem",
    "bags.pem",
    "trusted.pem",
    "pkcs1-aes256.pem",
    "encrypted.der",
    "plain.pfx",
    "no-mac.pfx",
    "modern.pfx",
    "legacy.pfx",
    "pbmac1.pfx",
    "ber.pfx",
    "leaf.der",
    "chain.pem",
    "request.pem",
    "pkcs7.pem",
    "ec.pem",
];

fn try_all(bytes: &[u8]) {
    let mut input = Input::new(Material::Bytes(bytes), NOW);
    input.passphrase = Some(PASSPHRASE);
    let _ = read(&input);
    let text = String::from_utf8_lossy(bytes);
    let key = file("pkcs8.der");
    let mut input = Input::new(Material::Bytes(&key), NOW);
    input.certificate = Some(Material::Bytes(bytes));
    input.x5c = Some(&text);
    let _ = read(&input);
    input.certificate = None;
    let _ = read(&input);
    let _ = read(&Input::new(Material::Text(&text), NOW));
}

/// Changes that keep a PFX cheap: the rounds lie in the file, and a mutation could ask for ten million.
fn mutate(bytes: &mut Vec<u8>, changes: &[(Index, u8)], cut: Option<Index>) {
    for (at, value) in changes {
        let at = at.index(bytes.len());
        let near = &bytes[at.saturating_sub(3)..bytes.len().min(at + 4)];
        if !near.windows(4).any(|window| window == [2, 2, 8, 0]) {
            bytes[at] = *value;
        }
    }
    if let Some(cut) = cut {
        bytes.truncate(cut.index(bytes.len()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn mutated_files(
        form in prop::sample::select(FORMS),
        changes in vec((any::<Index>(), any::<u8>()), 0..4),
        cut in prop::option::weighted(0.2, any::<Index>()),
    ) {
        let mut bytes = file(form);
        mutate(&mut bytes, &changes, cut);
        try_all(&bytes);
    }

    #[test]
    fn bytes_of_any_kind(bytes in vec(any::<u8>(), 0..300), as_sequence in any::<bool>()) {
        let bytes = if as_sequence { [&[0x30, 0x80][..], &bytes].concat() } else { bytes };
        try_all(&bytes);
    }

    #[test]
    fn texts_of_any_kind(text in "(-----BEGIN (RSA |ENCRYPTED )?(PRIVATE KEY|CERTIFICATE)-----[\\nA-Za-z0-9+/=: ,é-]{0,80}(-----END [A-Z ]{0,20}-----)?){0,3}") {
        try_all(text.as_bytes());
    }
}
