//! What cannot be used is refused with the reason and what to do, and nothing of it is shown.

use crate::certificate_read::{NOW, PASSPHRASE, file, text};
use graph_token::Error;
use graph_token::certificate::{Input, Material, read};
use graph_token::error::ErrorClass;

fn refusal(input: &Input<'_>) -> Error {
    let error = read(input).unwrap_err();
    assert_eq!(error.class, ErrorClass::ClientConfiguration);
    assert!(!error.message.is_empty() && !error.hint.is_empty());
    error
}

fn assert_refused(bytes: &[u8], passphrase: Option<&str>, expected: (&str, &str, &str)) {
    let (code, sub_error, message) = expected;
    let mut input = Input::new(Material::Bytes(bytes), NOW);
    input.passphrase = passphrase;
    let error = refusal(&input);
    assert_eq!(
        (error.code.as_str(), error.sub_error.as_str()),
        (code, sub_error),
        "{error}"
    );
    assert!(error.message.contains(message), "{error}");
}

#[test]
fn keys_that_entra_does_not_take() {
    const CODE: &str = "unsupported_private_key";
    for (name, expected) in [
        ("ec.pem", (CODE, "not_rsa", "an EC key")),
        ("ec-sec1.pem", (CODE, "not_rsa", "an EC key")),
        ("ed25519.pem", (CODE, "not_rsa", "an Ed25519 key")),
        ("rsa-pss.pem", (CODE, "not_rsa", "for PSS alone")),
        ("short.pem", (CODE, "too_short", "under 2048 bits")),
    ] {
        assert_refused(&file(name), None, expected);
    }
}

#[test]
fn what_is_no_private_key() {
    const CODE: &str = "invalid_private_key";
    let der = |name: &str| {
        let letters: String = text(name)
            .lines()
            .filter(|line| !line.contains('-'))
            .collect();
        letters.into_bytes()
    };
    for (bytes, expected) in [
        (file("public.pem"), (CODE, "public_key", "a public key")),
        (der("public.pem"), (CODE, "public_key", "a public key")),
        (
            file("public-pkcs1.pem"),
            (CODE, "public_key", "a public key"),
        ),
        (
            der("public-pkcs1.pem"),
            (CODE, "public_key", "a public key"),
        ),
        (
            file("request.pem"),
            (CODE, "certificate_request", "signing request"),
        ),
        (
            der("request.pem"),
            (CODE, "certificate_request", "signing request"),
        ),
        (file("leaf.pem"), (CODE, "certificate", "no private key")),
        (file("leaf.der"), (CODE, "certificate", "no private key")),
        (file("chain.pem"), (CODE, "certificate", "no private key")),
        (file("pkcs7.pem"), (CODE, "pkcs7", "without a private key")),
        (der("pkcs7.pem"), (CODE, "pkcs7", "without a private key")),
        (file("ssh.pem"), (CODE, "ssh_key", "an SSH key")),
        (file("ssh-public.txt"), (CODE, "ssh_key", "an SSH key")),
        (
            b"PuTTY-User-Key-File-3: ssh-rsa".into(),
            (CODE, "ssh_key", "a PuTTY key"),
        ),
        (
            b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n".into(),
            (CODE, "pgp_key", "a PGP key"),
        ),
        (br#"{"kty":"RSA"}"#.into(), (CODE, "jwk", "JSON")),
        (b"".into(), (CODE, "empty", "empty")),
        (b" \r\n".into(), (CODE, "empty", "empty")),
        (
            b"/etc/key.pem".into(),
            (CODE, "unknown_format", "no format"),
        ),
        (
            b"\x00\x01\xff".into(),
            (CODE, "unknown_format", "no format"),
        ),
        (
            b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----".into(),
            (CODE, "unknown_format", "no format"),
        ),
    ] {
        assert_refused(&bytes, None, expected);
    }
}

#[test]
fn a_pfx_without_a_key() {
    assert_refused(
        &file("without-key.pfx"),
        Some(PASSPHRASE),
        ("invalid_private_key", "certificate", "no private key"),
    );
}

#[test]
fn passphrases() {
    for name in [
        "encrypted-aes-256-cbc-hmacWithSHA256.pem",
        "encrypted-scrypt.pem",
        "encrypted-pkcs12-3des.pem",
        "encrypted.der",
        "pkcs1-aes256.pem",
        "modern.pfx",
        "legacy.pfx",
        "pbmac1.pfx",
        "no-mac.pfx",
    ] {
        let encrypted = file(name);
        let missing = ("missing_passphrase", "", "there is no passphrase");
        assert_refused(&encrypted, None, missing);
        assert_refused(&encrypted, Some(""), missing);
        for wrong in ["wrong", "Pässwörd ☂\n", "Passwörd ☂", "\u{1f512}"] {
            let expected = ("wrong_passphrase", "", "does not open");
            assert_refused(&encrypted, Some(wrong), expected);
        }
    }
}

#[test]
fn a_damaged_pfx_is_told_from_a_wrong_passphrase() {
    for name in ["modern.pfx", "legacy.pfx"] {
        let mut bytes = file(name);
        // Near the end of the content, among the attributes of the key's bag: only the MAC can tell.
        let label: Vec<u8> = "Test\u{0}"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let at = bytes
            .windows(8)
            .position(|window| window == &label[..8])
            .unwrap();
        bytes[at + 1] ^= 1;
        let damaged = ("invalid_private_key", "damaged", "damaged");
        assert_refused(&bytes, Some(PASSPHRASE), damaged);
        assert_refused(
            &bytes,
            Some("wrong"),
            ("wrong_passphrase", "", "does not open"),
        );
        let whole = file(name);
        assert_refused(&whole[..whole.len() / 2], Some(PASSPHRASE), damaged);
    }
}

#[test]
fn files_that_are_cut_off() {
    let damaged = ("invalid_private_key", "damaged", "damaged or cut off");
    let pem = text("pkcs8.pem");
    let der = file("pkcs8.der");
    for bytes in [
        &pem.as_bytes()[..pem.len() / 2],
        pem.replacen("MII", "MII*", 1).as_bytes(),
        &der[..der.len() - 1],
        &der[..der.len() / 2],
        &file("pkcs1.der")[..500],
    ] {
        assert_refused(bytes, None, damaged);
    }
    // Binary that went through a text.
    let lossy = String::from_utf8_lossy(&file("modern.pfx")).into_owned();
    let error = refusal(&Input::new(Material::Text(&lossy), NOW));
    assert_eq!(error.code, "invalid_private_key");
}

#[test]
fn encryption_that_is_not_read() {
    let unread = ("unsupported_private_key", "encryption", "not read here");
    for name in ["unsupported-md5-des.pem", "rc4.pfx"] {
        assert_refused(&file(name), Some(PASSPHRASE), unread);
    }
}

#[test]
fn files_that_would_take_for_ever() {
    for name in ["costly-pbkdf2.der", "costly-scrypt.der"] {
        let expected = ("unsupported_private_key", "cost", "10 million rounds");
        assert_refused(&file(name), Some(PASSPHRASE), expected);
    }
}

#[test]
fn two_keys_in_one_text() {
    let two = text("pkcs8.pem") + &text("other-key.pem");
    let expected = ("multiple_private_keys", "", "more than one");
    assert_refused(two.as_bytes(), None, expected);
}

#[test]
fn certificates_that_are_not_the_keys() {
    let (key, other, leaf) = (text("pkcs8.pem"), text("other.pem"), text("leaf.pem"));
    let beside = format!("{key}{other}");
    let right_and_named = format!("{key}{leaf}");
    let mut inputs = [Input::new(Material::Text(&key), NOW); 4];
    inputs[0].certificate = Some(Material::Text(&other));
    inputs[1].x5c = Some(&other);
    inputs[2].private_key = Material::Text(&beside);
    // The one that was named is meant, though the right one lies beside the key.
    inputs[3].private_key = Material::Text(&right_and_named);
    inputs[3].certificate = Some(Material::Text(&other));
    for input in &inputs {
        assert_eq!(refusal(input).code, "certificate_mismatch");
    }
}

#[test]
fn certificates_that_are_none() {
    let key = text("pkcs8.pem");
    let cut = text("leaf.pem").replace("-----END CERTIFICATE-----", "");
    for given in [
        "",
        "hello",
        key.as_str(),
        &text("public.pem"),
        &text("pkcs7.pem"),
        &cut,
    ] {
        let mut input = Input::new(Material::Text(&key), NOW);
        input.certificate = Some(Material::Text(given));
        assert_eq!(refusal(&input).code, "invalid_certificate", "{given}");
    }
    let pfx = file("modern.pfx");
    let mut input = Input::new(Material::Text(&key), NOW);
    input.certificate = Some(Material::Bytes(&pfx));
    assert_eq!(refusal(&input).code, "invalid_certificate");
    let broken = key.clone() + &cut;
    assert_eq!(
        refusal(&Input::new(Material::Text(&broken), NOW)).code,
        "invalid_certificate"
    );
}

#[test]
fn nothing_printable_holds_key_or_passphrase() {
    let key = text("pkcs8.pem");
    let mut input = Input::new(Material::Text(&key), NOW);
    input.passphrase = Some(PASSPHRASE);
    let credential = read(&input).unwrap();
    let mut printed = format!(
        "{input:?} {credential:?} {:?} {:?}",
        input.private_key,
        credential.private_key_pem()
    );
    let encrypted = text("encrypted-scrypt.pem");
    let cut = &key[..key.len() / 2];
    for (material, passphrase) in [
        (&encrypted[..], "S3cret"),
        (cut, ""),
        ("S3cret", ""),
        ("-----BEGIN S3cret-----", ""),
    ] {
        let mut input = Input::new(Material::Text(material), NOW);
        input.passphrase = Some(passphrase);
        let error = refusal(&input);
        printed += &format!("{error} {error:?}");
    }
    for secret in [
        PASSPHRASE,
        "S3cret",
        &key[40..60],
        &encrypted[60..80],
        "48, 130",
    ] {
        assert!(!printed.contains(secret), "{secret}");
    }
}
