//! The npm packages of the tests, from their lock file.

use crate::process::{command, is_there, long, output};
use crate::workspace::{read, root, stage, write};
use std::time::Duration;

pub(super) fn install() -> Result<(), String> {
    if !is_there("node") || !is_there("npm") {
        return Err(
            "install Node.js 20 or later with npm: the package is built and tested with it"
                .to_owned(),
        );
    }
    let version = output(command("node").arg("--version"))?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        return Err(format!(
            "install Node.js 20 or later: this is {}",
            version.trim()
        ));
    }
    let tests = root().join("tests");
    let (package, lock) = (
        read(&tests.join("package.json"))?,
        read(&tests.join("package-lock.json"))?,
    );
    let mark = stage().join("installed");
    let wanted = format!("{package}{lock}");
    if read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    write(&stage().join("package.json"), &package)?;
    write(&stage().join("package-lock.json"), &lock)?;
    let mut npm = command("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ])
    .current_dir(stage());
    long(
        "Installing the npm packages of the tests",
        &mut npm,
        Duration::from_secs(900),
    )?;
    write(&mark, wanted)
}
