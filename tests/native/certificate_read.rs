//! Keys and certificates in every form in which people have them: whatever the form, the same credential comes out.

use graph_token::certificate::{Credential, Input, Material, read};
use graph_token::time::Moment;

pub(crate) const PASSPHRASE: &str = "Pässwörd ☂";

/// Within the validity of every certificate here.
pub(crate) const NOW: Moment = Moment(1_900_000_000_000);

pub(crate) fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/native/certificates/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

pub(crate) fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

fn open<'a>(private_key: Material<'a>, passphrase: Option<&'a str>) -> Credential {
    let mut input = Input::new(private_key, NOW);
    input.passphrase = passphrase;
    read(&input).unwrap()
}

/// The credential has the key, and nothing of how it was written.
fn assert_key(credential: &Credential, form: &str) {
    assert_eq!(credential.private_key.expose(), file("pkcs8.der"), "{form}");
    assert_eq!(
        credential.private_key_pem().expose(),
        text("pkcs8.pem"),
        "{form}"
    );
    assert!(credential.warnings.is_empty(), "{form}");
}

fn assert_chain(credential: &Credential, names: &[&str], form: &str) {
    let leaf = credential.leaf.as_ref().unwrap();
    let expected: String = names.iter().map(|name| text(name)).collect();
    assert_eq!(leaf.chain_pem(), expected, "{form}");
    assert_eq!(leaf.certificate_pem(), text("leaf.pem"), "{form}");
    assert_eq!(leaf.chain[0], file("leaf.der"), "{form}");
}

const WHOLE_CHAIN: &[&str] = &["leaf.pem", "middle.pem", "root.pem"];

#[test]
fn keys_without_a_certificate() {
    for name in ["pkcs8.pem", "pkcs1.pem", "pkcs8.der", "pkcs1.der"] {
        let credential = open(Material::Bytes(&file(name)), None);
        assert_key(&credential, name);
        assert!(credential.leaf.is_none());
        assert_key(
            &open(Material::Bytes(&file(name)), Some("not needed")),
            name,
        );
    }
}

#[test]
fn encrypted_keys() {
    for name in [
        "encrypted-aes-128-cbc-hmacWithSHA1.pem",
        "encrypted-aes-192-cbc-hmacWithSHA384.pem",
        "encrypted-aes-256-cbc-hmacWithSHA256.pem",
        "encrypted-des3-hmacWithSHA512.pem",
        "encrypted-scrypt.pem",
        "encrypted-pkcs12-3des.pem",
        "encrypted.der",
        "pkcs1-aes128.pem",
        "pkcs1-aes256.pem",
        "pkcs1-des3.pem",
    ] {
        assert_key(&open(Material::Bytes(&file(name)), Some(PASSPHRASE)), name);
    }
}

#[test]
fn pfx_files() {
    for name in [
        "modern.pfx",
        "legacy.pfx",
        "legacy-3des.pfx",
        "legacy-rc2-128.pfx",
        "sha512-mac.pfx",
        "no-mac.pfx",
        "pbmac1.pfx",
        "ber.pfx",
    ] {
        let credential = open(Material::Bytes(&file(name)), Some(PASSPHRASE));
        assert_key(&credential, name);
        assert_chain(&credential, WHOLE_CHAIN, name);
    }
}

#[test]
fn pfx_files_without_a_passphrase() {
    for name in [
        "plain.pfx",
        "empty-passphrase.pfx",
        "legacy-empty-passphrase.pfx",
    ] {
        for passphrase in [None, Some("")] {
            let credential = open(Material::Bytes(&file(name)), passphrase);
            assert_key(&credential, name);
            assert_chain(&credential, WHOLE_CHAIN, name);
        }
    }
}

#[test]
fn a_file_as_base64_as_key_vault_has_it() {
    let pem = text("encrypted-scrypt.pem");
    let letters: String = pem.lines().filter(|line| !line.contains('-')).collect();
    assert_key(&open(Material::Text(&letters), Some(PASSPHRASE)), "PKCS#8");
    let broken = format!("\u{feff}{}\r\n", letters.replace('=', ""));
    assert_key(&open(Material::Text(&broken), Some(PASSPHRASE)), "unpadded");
}

#[test]
fn texts_with_whatever_stands_around() {
    let (key, leaf) = (text("pkcs8.pem"), text("leaf.pem"));
    let both = format!("{key}{leaf}");
    let indented: String = both.lines().map(|line| format!("    {line}\n")).collect();
    for (form, text) in [
        ("bag attributes", text("bags.pem")),
        ("certificate first", format!("{leaf}{key}")),
        ("CRLF", both.replace('\n', "\r\n")),
        ("CR", both.replace('\n', "\r")),
        ("byte order mark", format!("\u{feff}{both}")),
        (
            "text around",
            format!("My key:\n{key}and: its certificate\n{leaf}\nend"),
        ),
        ("no line break at the end", both.trim_end().to_owned()),
        ("indented", indented),
        ("on one line", both.replace('\n', " ")),
        ("line breaks spelled out", both.replace('\n', "\\n")),
        (
            "parameters beside it",
            format!("-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n{both}"),
        ),
        ("the key twice", format!("{key}{leaf}{key}")),
        (
            "trusted certificate",
            format!("{key}{}", self::text("trusted.pem")),
        ),
    ] {
        let credential = open(Material::Text(&text), None);
        assert_key(&credential, form);
        let names: &[&str] = if form == "bag attributes" {
            WHOLE_CHAIN
        } else {
            &["leaf.pem"]
        };
        assert_chain(&credential, names, form);
        assert_key(&open(Material::Bytes(text.as_bytes()), None), form);
    }
}

#[test]
fn a_text_in_utf_16() {
    let both = text("pkcs8.pem") + &text("leaf.pem");
    let units: Vec<u16> = both.encode_utf16().collect();
    let little: Vec<u8> = [0xfeff]
        .iter()
        .chain(&units)
        .flat_map(|unit| unit.to_le_bytes())
        .collect();
    let big: Vec<u8> = [0xfeff]
        .iter()
        .chain(&units)
        .flat_map(|unit| unit.to_be_bytes())
        .collect();
    for bytes in [little, big] {
        assert_key(&open(Material::Bytes(&bytes), None), "UTF-16");
    }
}

#[test]
fn certificates_beside_the_key() {
    let (key, leaf, chain) = (text("pkcs8.pem"), text("leaf.pem"), text("chain.pem"));
    let both = format!("{key}{chain}");
    let leaf_der = file("leaf.der");
    let letters: String = leaf.lines().filter(|line| !line.contains('-')).collect();
    for (form, certificate, x5c, names) in [
        ("PEM", Some(Material::Text(&leaf)), None, &WHOLE_CHAIN[..1]),
        (
            "DER",
            Some(Material::Bytes(&leaf_der)),
            None,
            &WHOLE_CHAIN[..1],
        ),
        (
            "base64",
            Some(Material::Text(&letters)),
            None,
            &WHOLE_CHAIN[..1],
        ),
        ("chain", Some(Material::Text(&chain)), None, WHOLE_CHAIN),
        ("key file", Some(Material::Text(&both)), None, WHOLE_CHAIN),
        ("x5c", None, Some(chain.as_str()), WHOLE_CHAIN),
        (
            "both",
            Some(Material::Bytes(&leaf_der)),
            Some(chain.as_str()),
            WHOLE_CHAIN,
        ),
    ] {
        let mut input = Input::new(Material::Text(&key), NOW);
        (input.certificate, input.x5c) = (certificate, x5c);
        let credential = read(&input).unwrap();
        assert_key(&credential, form);
        assert_chain(&credential, names, form);
    }
}

#[test]
fn others_in_the_bundle_are_left_out() {
    let bundle = text("other.pem") + &text("chain.pem") + &text("chain.pem");
    let key = text("pkcs8.pem");
    let mut input = Input::new(Material::Text(&key), NOW);
    input.x5c = Some(&bundle);
    assert_chain(&read(&input).unwrap(), WHOLE_CHAIN, "bundle");
}

#[test]
fn thumbprints_and_times_as_openssl_prints_them() {
    let both = text("pkcs8.pem") + &text("leaf.pem");
    let leaf = open(Material::Text(&both), None).leaf.unwrap();
    assert_eq!(leaf.thumbprint, SHA1);
    assert_eq!(leaf.thumbprint_sha256, SHA256);
    assert_eq!(
        leaf.not_after.ms_since(leaf.not_before),
        36_500 * 86_400_000
    );
}

// By `openssl x509 -fingerprint`.
const SHA1: &str = "7906454E681FDFF528A2F3F857F5D4CA7A3D6036";
const SHA256: &str = "AE2ACACC3DD97151BF6E2645138BFBC27FC3D9D9E5D769531CFCF00DE4D44F75";

#[test]
fn validity_is_a_warning() {
    let both = text("pkcs8.pem") + &text("leaf.pem");
    let leaf = open(Material::Text(&both), None).leaf.unwrap();
    for (now, expected) in [
        (leaf.not_before, None),
        (leaf.not_after, None),
        (leaf.not_before.plus_ms(-1), Some("valid only from 2026-")),
        (leaf.not_after.plus_ms(1), Some("expired on 2126-")),
    ] {
        let warnings = read(&Input::new(Material::Text(&both), now))
            .unwrap()
            .warnings;
        match expected {
            None => assert!(warnings.is_empty(), "{warnings:?}"),
            Some(part) => {
                assert_eq!(warnings.len(), 1);
                assert!(warnings[0].contains(part), "{warnings:?}");
            }
        }
    }
}
