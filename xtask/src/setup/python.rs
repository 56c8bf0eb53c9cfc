//! MSAL Python, whose caches the tests exchange with ours: an environment of its own, and the release of
//! `tests/interchange/requirements.txt`.

use crate::process::{command, long, output};
use crate::workspace::{read, root, target, write};
use std::path::PathBuf;
use std::time::Duration;

/// Gives the interpreter that has MSAL Python.
pub(super) fn install() -> Result<PathBuf, String> {
    if let Some(chosen) = std::env::var_os("GRAPH_TOKEN_PYTHON") {
        return Ok(PathBuf::from(chosen));
    }
    if !has_pip() {
        super::debian(&["python3", "python3-pip"]).ok();
    }
    if !has_pip() {
        return Err(
            "install Python 3.9 or later with pip: caches are exchanged with MSAL Python's"
                .to_owned(),
        );
    }
    let requirements = root().join("tests/interchange/requirements.txt");
    let python = output(command("python3").args(["-c", "import sys; print(sys.version)"]))?;
    let wanted = format!("{}{python}", read(&requirements)?);
    let folder = target().join("python");
    let interpreter = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python3"
    });
    let mark = folder.join("installed");
    if read(&mark).is_ok_and(|installed| installed == wanted) && interpreter.is_file() {
        return Ok(interpreter);
    }
    // Debian keeps the part of venv that brings pip in a package apart; the pip that is there can do without.
    let mut venv = command("python3");
    venv.args(["-m", "venv", "--clear", "--without-pip"])
        .arg(&folder);
    long(
        "Making a Python environment",
        &mut venv,
        Duration::from_secs(120),
    )?;
    let packages = output(command(&interpreter).args([
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
    ]))?;
    let mut pip = command("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--only-binary",
        ":all:",
        "--target",
        packages.trim(),
        "--requirement",
    ])
    .arg(&requirements);
    long("Installing MSAL Python", &mut pip, Duration::from_secs(300))?;
    write(&mark, wanted)?;
    Ok(interpreter)
}

fn has_pip() -> bool {
    output(command("python3").args(["-m", "pip", "--version"])).is_ok()
}
