//! Getting all that the other verbs need. What is there already costs nothing.

mod browser;
mod npm;
mod python;
mod wasm_bindgen;
mod wasm_target;

use std::path::PathBuf;

pub(crate) use browser::Browsers;
pub(crate) use wasm_target::Toolchain;

/// What has been set up.
pub(crate) struct Ready {
    pub(crate) toolchain: Toolchain,
    pub(crate) browsers: Browsers,
    /// The interpreter that has MSAL Python.
    pub(crate) python: PathBuf,
}

/// Sets up what a build of the package needs.
pub(crate) fn for_build() -> Result<Toolchain, String> {
    npm::install()?;
    let toolchain = wasm_target::install()?;
    wasm_bindgen::install()?;
    Ok(toolchain)
}

/// Sets up everything.
pub(crate) fn everything() -> Result<Ready, String> {
    let toolchain = for_build()?;
    Ok(Ready {
        toolchain,
        browsers: browser::install()?,
        python: python::install()?,
    })
}

/// Installs packages of Debian's, as root or through sudo: today's, since a machine's list of them may be old, and with it the
/// Firefox that the tests cannot drive. Without a connection those that are known.
fn debian(packages: &[&str]) -> Result<(), String> {
    use crate::process::{command, is_there, long};
    use std::time::Duration;
    if !is_there("apt-get") {
        return Err("this system has no apt-get".to_owned());
    }
    let root = crate::process::output(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let apt = |words: &[&str]| {
        let mut apt = if root {
            command("apt-get")
        } else {
            command("sudo")
        };
        if !root {
            apt.args(["-n", "apt-get"]);
        }
        apt.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    // Nothing of the machine may go for it: rustc-web conflicts with a rustup that Debian installed.
    let mut install = vec!["install", "-y", "--no-remove", "--no-install-recommends"];
    install.extend(packages);
    let what = format!("Installing {} from Debian's packages", packages.join(", "));
    let limit = Duration::from_secs(900);
    long(
        "Updating the list of Debian's packages",
        &mut apt(&["update"]),
        Duration::from_secs(120),
    )
    .ok();
    long(&what, &mut apt(&install), limit)
}
