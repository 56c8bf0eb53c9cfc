//! A browser for the tests: one that is installed, else Debian's, else Playwright's own download.

use crate::process::{command, is_there, long, output};
use crate::workspace::{npm_tool, target};
use std::path::PathBuf;
use std::time::Duration;

const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

pub(super) fn install() -> Result<PathBuf, String> {
    if let Some(chosen) = std::env::var_os("GRAPH_TOKEN_BROWSER") {
        return Ok(PathBuf::from(chosen));
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    if let Some(path) = downloaded() {
        return Ok(path);
    }
    if super::debian(&["chromium"]).is_ok()
        && let Some(path) = installed()
    {
        return Ok(path);
    }
    playwrights_own()
        .map_err(|reason| format!("install Chromium or Chrome for the browser tests, or name it in GRAPH_TOKEN_BROWSER ({reason})"))
}

fn installed() -> Option<PathBuf> {
    NAMES.iter().filter(|name| is_there(name)).find_map(|name| {
        let path = output(command("sh").args(["-c", &format!("command -v {name}")])).ok()?;
        Some(PathBuf::from(path.trim()))
    })
}

fn playwrights_own() -> Result<PathBuf, String> {
    let folder = target().join("browsers");
    let mut playwright = command(npm_tool("playwright-core"));
    playwright
        .args(["install", "chromium"])
        .env("PLAYWRIGHT_BROWSERS_PATH", &folder);
    long(
        "Downloading Chromium by Playwright",
        &mut playwright,
        Duration::from_secs(600),
    )?;
    downloaded().ok_or_else(|| "Playwright brought no browser".to_owned())
}

/// What Playwright has downloaded before.
fn downloaded() -> Option<PathBuf> {
    let folder = target().join("browsers");
    let found = output(
        command("find")
            .arg(&folder)
            .args(["-type", "f", "-name", "chrome", "-perm", "-u+x"]),
    )
    .ok()?;
    found.lines().next().map(PathBuf::from)
}
