//! Short names for what a module takes from its JavaScript: wasm-bindgen ends each with a hash, which no compression makes
//! small, and which is there twice.

use crate::workspace::{read, write};
use std::path::Path;

const IMPORT_SECTION: u8 = 2;
const HEADER_BYTES: usize = 8;
const FUNCTION: u8 = 0;

/// Renames them in the module and in the script beside it.
pub(crate) fn shorten(module: &Path, script: &Path) -> Result<(), String> {
    let bytes = std::fs::read(module).map_err(|error| error.to_string())?;
    let mut text = read(script)?;
    let mut count = 0;
    let renamed = rename(&bytes, |name| {
        let short = short_name(count);
        count += 1;
        let member = format!("        {name}: function(");
        if text.matches(&member).count() != 1 {
            return Err(format!("{}: no member {name}", script.display()));
        }
        text = text.replacen(&member, &format!("        {short}: function("), 1);
        Ok(short)
    })
    .ok_or_else(|| format!("{}: not the form that is known", module.display()))??;
    std::fs::write(module, renamed).map_err(|error| error.to_string())?;
    write(script, text)
}

/// The module with other names of imports; nothing where it imports anything but functions.
fn rename(
    module: &[u8],
    mut name: impl FnMut(&str) -> Result<String, String>,
) -> Option<Result<Vec<u8>, String>> {
    let mut out = module.get(..HEADER_BYTES)?.to_vec();
    let mut rest = &module[HEADER_BYTES..];
    while let Some((&id, after)) = rest.split_first() {
        let (body, next) = take(after)?;
        rest = next;
        out.push(id);
        if id != IMPORT_SECTION {
            put(&mut out, body);
            continue;
        }
        let (count, mut imports) = number(body)?;
        let mut section = Vec::new();
        push_number(&mut section, count);
        for _ in 0..count {
            let (from, after) = take(imports)?;
            let (field, after) = take(after)?;
            let (&kind, after) = after.split_first()?;
            let (of_type, after) = (kind == FUNCTION).then(|| number(after))??;
            imports = after;
            put(&mut section, from);
            match name(core::str::from_utf8(field).ok()?) {
                Ok(short) => put(&mut section, short.as_bytes()),
                Err(error) => return Some(Err(error)),
            }
            section.push(kind);
            push_number(&mut section, of_type);
        }
        put(&mut out, &section);
    }
    Some(Ok(out))
}

/// `a` to `z`, `aa` and so on.
fn short_name(mut number: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.insert(0, char::from(b'a' + (number % 26) as u8));
        if number < 26 {
            return letters.into_iter().collect();
        }
        number = number / 26 - 1;
    }
}

/// Bytes whose number stands before them, and what comes after.
fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(length as usize)
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    push_number(out, bytes.len() as u32);
    out.extend_from_slice(bytes);
}

/// An unsigned number in LEB128.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let (digits, rest) = bytes.split_at(end + 1);
    let value = digits
        .iter()
        .rev()
        .fold(0, |value, digit| value << 7 | u32::from(digit & 0x7f));
    Some((value, rest))
}

fn push_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
