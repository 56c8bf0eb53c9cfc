//! Where things lie. All that is made lies below `target/`.

use std::path::{Path, PathBuf};

/// The checkout.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask
        .parent()
        .expect("xtask lies in the checkout")
        .to_path_buf()
}

pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// Tools that were built once, out of the way of a rebuild.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// The npm package.
pub(crate) fn package() -> PathBuf {
    target().join("pkg")
}

/// Copies of the JavaScript of this checkout beside the npm packages that it needs, where Node finds them.
pub(crate) fn stage() -> PathBuf {
    target().join("stage")
}

/// A program of the npm packages.
pub(crate) fn npm_tool(name: &str) -> PathBuf {
    stage().join("node_modules/.bin").join(name)
}

/// The version of a crate in `Cargo.lock`.
pub(crate) fn locked_version(name: &str) -> Result<String, String> {
    let lock = read(&root().join("Cargo.lock"))?;
    let entry = format!("name = \"{name}\"\nversion = \"");
    let after = lock
        .split_once(&entry)
        .ok_or_else(|| format!("Cargo.lock has no {name}"))?
        .1;
    Ok(after.split('"').next().unwrap_or_default().to_owned())
}

/// The version of the package, from `Cargo.toml`.
pub(crate) fn version() -> Result<String, String> {
    locked_version("graph-token")
}

pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn create_folder(path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Makes `to` a copy of `from`: what is not in `from` goes.
pub(crate) fn mirror(from: &Path, to: &Path) -> Result<(), String> {
    if to.exists() {
        std::fs::remove_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    copy(from, to)
}

/// Copies a folder's files into another.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    create_folder(to)?;
    let entries =
        std::fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let to = to.join(name);
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            std::fs::copy(&path, &to).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}
