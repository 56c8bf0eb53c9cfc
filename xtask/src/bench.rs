//! Speed beside the others, in one run.

use crate::package;
use crate::process::{command, show};
use crate::setup;
use crate::workspace::stage;

/// Runs the benchmarks, or those that are named.
pub(crate) fn run(names: &[&str]) -> Result<(), String> {
    let toolchain = setup::for_build()?;
    package::install(&toolchain)?;
    show(
        command("node")
            .args(["--expose-gc", "benches/main.mjs"])
            .args(names)
            .current_dir(stage()),
    )
}
