//! The browsers of the tests: those that are installed, else Debian's; of Chromium also Playwright's own download.

use crate::process::{command, is_there, long, output};
use crate::workspace::{npm_tool, target};
use std::path::PathBuf;
use std::time::Duration;

const CHROMIUM: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

const FIREFOX: &[&str] = &["firefox-esr", "firefox"];

/// Where the browsers are.
pub(crate) struct Browsers {
    pub(crate) chromium: PathBuf,
    pub(crate) firefox: PathBuf,
}

pub(super) fn install() -> Result<Browsers, String> {
    Ok(Browsers {
        chromium: chromium()?,
        firefox: firefox()?,
    })
}

fn firefox() -> Result<PathBuf, String> {
    if let Some(path) = known("GRAPH_TOKEN_FIREFOX", FIREFOX) {
        return Ok(path);
    }
    let installed = super::debian(&["firefox-esr"]);
    installed
        .and_then(|()| known("GRAPH_TOKEN_FIREFOX", FIREFOX).ok_or_else(String::new))
        .map_err(|reason| format!("install Firefox for the browser tests, or name it in GRAPH_TOKEN_FIREFOX ({reason})"))
}

fn chromium() -> Result<PathBuf, String> {
    let there = || known("GRAPH_TOKEN_BROWSER", CHROMIUM);
    if let Some(path) = there().or_else(downloaded) {
        return Ok(path);
    }
    if super::debian(&["chromium"]).is_ok()
        && let Some(path) = there()
    {
        return Ok(path);
    }
    playwrights_own()
        .map_err(|reason| format!("install Chromium or Chrome for the browser tests, or name it in GRAPH_TOKEN_BROWSER ({reason})"))
}

/// The one that the environment names, or one that is installed.
fn known(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(chosen) = std::env::var_os(variable) {
        return Some(PathBuf::from(chosen));
    }
    names.iter().filter(|name| is_there(name)).find_map(|name| {
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
