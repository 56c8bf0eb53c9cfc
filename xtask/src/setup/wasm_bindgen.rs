//! wasm-bindgen's command line and test runner, in the version of the lock file.

use crate::process::{command, long, output};
use crate::workspace::{locked_version, tools};
use std::time::Duration;

pub(super) fn install() -> Result<(), String> {
    let version = locked_version("wasm-bindgen")?;
    let program = tools().join("bin/wasm-bindgen");
    let there = output(command(&program).arg("--version")).unwrap_or_default();
    if there.trim().ends_with(&format!(" {version}")) {
        return Ok(());
    }
    let mut cargo = command("cargo");
    cargo
        .args([
            "install",
            "wasm-bindgen-cli",
            "--version",
            &version,
            "--force",
            "--root",
        ])
        .arg(tools())
        .arg("--target-dir")
        .arg(tools().join("build"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    long(
        &format!("Building wasm-bindgen {version}, about two minutes"),
        &mut cargo,
        Duration::from_secs(1800),
    )?;
    std::fs::remove_dir_all(tools().join("build")).ok();
    Ok(())
}
