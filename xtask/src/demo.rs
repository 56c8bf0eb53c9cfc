//! The main job, shown.

use crate::package;
use crate::process::{command, show};
use crate::setup;
use crate::workspace::stage;

/// Runs the demo through the packed package; `once` ends it after its last step in place of serving the test page.
pub(crate) fn run(once: bool) -> Result<(), String> {
    let toolchain = setup::for_build()?;
    package::install(&toolchain)?;
    let mut node = command("node");
    node.arg("examples/demo/demo.mjs").current_dir(stage());
    if once {
        node.arg("--once");
    }
    show(&mut node)
}
