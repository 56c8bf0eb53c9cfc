//! All that can be told without running: formatting, lints, documentation, types.

use crate::package;
use crate::process::{command, is_there, say, show};
use crate::setup;
use crate::workspace::{npm_tool, root, stage};

pub(crate) fn run() -> Result<(), String> {
    for tool in ["cargo-fmt", "cargo-clippy"] {
        if !is_there(tool) {
            return Err(
                "install rustfmt and clippy (with rustup: rustup component add rustfmt clippy)"
                    .to_owned(),
            );
        }
    }
    let toolchain = setup::for_build()?;
    say("Checking the formatting");
    show(
        command("cargo")
            .args(["fmt", "--all", "--check"])
            .current_dir(root()),
    )?;
    say("Clippy for this machine");
    show(
        command("cargo")
            .args([
                "clippy",
                "--quiet",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ])
            .current_dir(root()),
    )?;
    // All features together are the certificate module's.
    for features in [
        "--features=serde,gloo,certificate",
        "--features=certificate-module",
        "--no-default-features",
    ] {
        say(&format!("Clippy for wasm32, {features}"));
        show(
            toolchain
                .cargo("clippy")
                .args(["--quiet", features, "--", "-D", "warnings"])
                .current_dir(root()),
        )?;
    }
    say("Documentation");
    show(
        command("cargo")
            .args(["doc", "--quiet", "--no-deps", "--package", "graph-token"])
            .arg("--all-features")
            .env("RUSTDOCFLAGS", "-D warnings")
            .current_dir(root()),
    )?;
    package::install(&toolchain)?;
    say("Types of the JavaScript");
    // The second by a resolution that does not tell a server's program from a page's.
    for project in ["tests/tsconfig.json", "tests/types/bundled"] {
        show(
            command(npm_tool("tsc"))
                .args(["--project", project])
                .current_dir(stage()),
        )?;
    }
    Ok(())
}
