//! Every test, and how many there were.

use crate::package;
use crate::process::{command, each_line, say};
use crate::setup::{self, Ready};
use crate::workspace::{root, stage, tools};
use std::process::Command;

#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
}

/// The suites that run in Node, with what they cover.
const NODE_SUITES: &[(&str, &str)] = &[
    ("The identity provider and the Graph stand-in", "idp"),
    ("The package in Node", "node"),
    (
        "Caches exchanged with MSAL Node and MSAL Python",
        "interchange",
    ),
    ("Programs written for MSAL", "drop-in"),
    ("Microsoft's SDKs", "sdk"),
    ("The package in workerd", "workers"),
    ("The package in a browser", "browsers"),
    ("The browser client, in Chromium and in Firefox", "spa"),
    (
        "Apps written for MSAL Browser and MSAL React",
        "examples-spa",
    ),
    ("The packed package, examples and README", "packed"),
];

/// Those of them that may run side by side.
const BROWSER_SUITES: &[&str] = &["browsers", "spa", "examples-spa"];

pub(crate) fn run() -> Result<(), String> {
    let ready = setup::everything()?;
    package::install(&ready.toolchain)?;
    let mut counts = Counts::default();
    let mut red = Vec::new();
    let mut suite = |what: &str, command: &mut Command| -> Result<(), String> {
        say(what);
        let before = counts.failed;
        let green = each_line(command, |line| counts.read(line))?;
        if !green {
            red.push(what.to_owned());
            // A suite that broke without naming a test counts as one.
            counts.failed += u64::from(counts.failed == before);
        }
        Ok(())
    };
    suite(
        "The Rust core",
        command("cargo")
            .args(["test", "--quiet", "--all-features"])
            .current_dir(root()),
    )?;
    suite("The wasm layer in Node", &mut wasm_tests(&ready))?;
    for (what, folder) in NODE_SUITES {
        suite(what, &mut node_tests(&ready, folder)?)?;
    }
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    if counts.failed == 0 && red.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", red.join("; ")))
    }
}

fn wasm_tests(ready: &Ready) -> Command {
    let mut cargo = ready.toolchain.cargo("test");
    cargo.args(["--lib"]).current_dir(root()).env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
        tools().join("bin/wasm-bindgen-test-runner"),
    );
    cargo
}

fn node_tests(ready: &Ready, folder: &str) -> Result<Command, String> {
    let mut files: Vec<String> = std::fs::read_dir(stage().join("tests").join(folder))
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path().display().to_string())
                .collect()
        })
        .unwrap_or_default();
    files.retain(|file| file.ends_with(".test.mjs"));
    files.sort();
    if files.is_empty() {
        return Err(format!("tests/{folder} has no tests"));
    }
    // Browsers wait for one another's pages more than they compute.
    let at_once = if BROWSER_SUITES.contains(&folder) {
        3
    } else {
        1
    };
    let mut node = command("node");
    node.args(["--test", "--test-reporter=spec"])
        .arg(format!("--test-concurrency={at_once}"))
        .args(files)
        .current_dir(stage())
        .env("GRAPH_TOKEN_BROWSER", &ready.browsers.chromium)
        .env("GRAPH_TOKEN_FIREFOX", &ready.browsers.firefox)
        .env("GRAPH_TOKEN_PYTHON", &ready.python);
    Ok(node)
}

impl Counts {
    /// Takes the closing lines of cargo's test runners (`test result: ok. 3 passed; 0 failed; …`) and of Node's
    /// (`ℹ pass 3`, `ℹ fail 0`).
    fn read(&mut self, line: &str) {
        let words: Vec<&str> = line
            .trim_start_matches(['ℹ', '#', ' '])
            .split([' ', ';'])
            .collect();
        match words.as_slice() {
            ["pass", number] => self.passed += number.parse::<u64>().unwrap_or(0),
            ["fail", number] => self.failed += number.parse::<u64>().unwrap_or(0),
            ["test", "result:", ..] => {
                let before = |word: &str| {
                    let at = words.iter().position(|known| *known == word)?;
                    words[..at]
                        .iter()
                        .rev()
                        .find(|known| !known.is_empty())?
                        .parse::<u64>()
                        .ok()
                };
                self.passed += before("passed").unwrap_or(0);
                self.failed += before("failed").unwrap_or(0);
            }
            _ => {}
        }
    }
}
