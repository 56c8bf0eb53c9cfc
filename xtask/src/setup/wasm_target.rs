//! The wasm32 target: present, or by rustup, or from Debian's packages.
//!
//! Debian's compiler brings no wasm32 library for this target, but the library's source; it is compiled once and laid
//! beside the host's in a sysroot of our own below `target/`.

use super::debian;
use crate::process::{command, is_there, long, output};
use crate::workspace::{create_folder, read, target, write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const PACKAGES: &[&str] = &["rustc-web", "rust-web-src", "rust-web-clippy"];

/// Which compiler builds for wasm32.
pub(crate) enum Toolchain {
    /// The one that builds everything else.
    Default,
    /// Debian's, in this sysroot.
    Sysroot(PathBuf),
}

impl Toolchain {
    /// `cargo VERB … --target wasm32-unknown-unknown`.
    pub(crate) fn cargo(&self, verb: &str) -> Command {
        let mut cargo = match self {
            Self::Sysroot(sysroot) if verb == "clippy" => command(sysroot.join("bin/cargo-clippy")),
            Self::Default | Self::Sysroot(_) => command("cargo"),
        };
        cargo.args([verb, "--target", TARGET]);
        cargo.env("CARGO_TARGET_DIR", target().join("wasm"));
        if let Self::Sysroot(sysroot) = self {
            let path = std::env::var("PATH").unwrap_or_default();
            cargo
                .env("RUSTC", sysroot.join("bin/rustc"))
                .env("RUSTDOC", sysroot.join("bin/rustdoc"))
                .env("SYSROOT", sysroot)
                .env("PATH", format!("{}:{path}", sysroot.join("bin").display()))
                .env_remove("RUSTUP_TOOLCHAIN");
        }
        cargo
    }
}

pub(super) fn install() -> Result<Toolchain, String> {
    if in_default_sysroot()? {
        return Ok(Toolchain::Default);
    }
    let sysroot = target().join("sysroot");
    if is_current(&sysroot) {
        return Ok(Toolchain::Sysroot(sysroot));
    }
    if is_there("rustup") {
        let mut rustup = command("rustup");
        rustup.args(["target", "add", TARGET]);
        if long(
            "Adding the wasm32 target by rustup",
            &mut rustup,
            Duration::from_secs(90),
        )
        .is_ok()
            && in_default_sysroot()?
        {
            return Ok(Toolchain::Default);
        }
    }
    from_debian(&sysroot).map_err(|reason| {
        format!("install the Rust target {TARGET} (with rustup: rustup target add {TARGET}); it could not be had here: {reason}")
    })?;
    Ok(Toolchain::Sysroot(sysroot))
}

fn in_default_sysroot() -> Result<bool, String> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib")
        .is_dir())
}

fn is_current(sysroot: &Path) -> bool {
    let made_for = read(&sysroot.join("made-for")).unwrap_or_default();
    !made_for.is_empty()
        && output(command("/usr/bin/rustc").arg("-V")).is_ok_and(|version| version == made_for)
}

fn from_debian(sysroot: &Path) -> Result<(), String> {
    debian(PACKAGES)?;
    let library = compile_library()?;
    std::fs::remove_dir_all(sysroot).ok();
    let rustlib = sysroot.join("lib/rustlib");
    let wasm = rustlib.join(TARGET).join("lib");
    create_folder(&wasm)?;
    for entry in std::fs::read_dir(&library)
        .map_err(|error| error.to_string())?
        .flatten()
    {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rlib")
        {
            std::fs::copy(&path, wasm.join(entry.file_name()))
                .map_err(|error| error.to_string())?;
        }
    }
    let host = rustc_says(&command("/usr/bin/rustc"), "host")?;
    let host_folder = rustlib.join(&host);
    create_folder(&host_folder.join("bin"))?;
    let debians = Path::new("/usr/lib/rustlib").join(&host).join("lib");
    link(&debians, &host_folder.join("lib"))?;
    let rustups = output(command("rustc").args(["--print", "sysroot"]))?;
    let lld = Path::new(rustups.trim())
        .join("lib/rustlib")
        .join(rustc_says(&command("rustc"), "host")?)
        .join("bin/rust-lld");
    if !lld.exists() {
        return Err(format!(
            "the Rust toolchain has no rust-lld ({})",
            lld.display()
        ));
    }
    link(&lld, &host_folder.join("bin/rust-lld"))?;
    for tool in ["rustc", "rustdoc"] {
        let script = format!(
            "#!/bin/sh\nexec /usr/bin/{tool} --sysroot '{}' \"$@\"\n",
            sysroot.display()
        );
        executable(&sysroot.join("bin").join(tool), script.as_bytes())?;
    }
    let driver = format!(
        "#!/bin/sh\nSYSROOT='{}' exec /usr/bin/clippy-driver \"$@\"\n",
        sysroot.display()
    );
    executable(&sysroot.join("bin/clippy-driver"), driver.as_bytes())?;
    // A copy, not a link: it looks for the driver beside itself.
    let clippy = std::fs::read("/usr/bin/cargo-clippy").map_err(|error| error.to_string())?;
    executable(&sysroot.join("bin/cargo-clippy"), &clippy)?;
    let version = output(command("/usr/bin/rustc").arg("-V"))?;
    write(&sysroot.join("made-for"), version)
}

/// Compiles the standard library for wasm32; gives the folder of its parts.
fn compile_library() -> Result<PathBuf, String> {
    let probe = target().join("sysroot-build");
    std::fs::remove_dir_all(&probe).ok();
    write(
        &probe.join("Cargo.toml"),
        "[package]\nname = \"probe\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n",
    )?;
    write(&probe.join("src/lib.rs"), "")?;
    let mut cargo = command("cargo");
    cargo
        .args([
            "build",
            "--release",
            "-Zbuild-std=std,panic_abort,proc_macro,test",
            "--target",
            TARGET,
        ])
        .current_dir(&probe)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", probe.join("target"))
        .env_remove("RUSTUP_TOOLCHAIN");
    long(
        "Compiling the standard library for wasm32, about half a minute",
        &mut cargo,
        Duration::from_secs(900),
    )?;
    Ok(probe.join("target").join(TARGET).join("release/deps"))
}

fn rustc_says(rustc: &Command, what: &str) -> Result<String, String> {
    let text = output(command(rustc.get_program()).arg("-vV"))?;
    let prefix = format!("{what}: ");
    text.lines()
        .find_map(|line| line.strip_prefix(&prefix))
        .map(str::to_owned)
        .ok_or_else(|| format!("rustc does not say its {what}"))
}

fn link(to: &Path, at: &Path) -> Result<(), String> {
    symlink(to, at).map_err(|error| format!("{}: {error}", at.display()))
}

fn executable(path: &Path, content: &[u8]) -> Result<(), String> {
    write(path, content)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .map_err(|error| error.to_string())
}
