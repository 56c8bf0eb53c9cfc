//! Sizes, as a user pays them.

use crate::package;
use crate::process::{command, output, say, show};
use crate::setup;
use crate::workspace::{npm_tool, package, root, target, write};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A bundled application of one import, as separate files and with the module inlined: bytes, brotli.
struct App {
    name: &'static str,
    program: &'static str,
    /// The entries that have the module beside them and inside them.
    separate: &'static str,
    inline: &'static str,
    module: &'static str,
    /// What it may weigh. Inlined: MSAL's weight.
    budget: usize,
    inline_budget: usize,
}

const APPS: &[App] = &[
    App {
        name: "client credentials",
        program: "import { ConfidentialClientApplication } from 'graph-token';\n\
                  const app = new ConfidentialClientApplication({ auth: { clientId: 'c', authority: 'a', clientSecret: 's' } });\n\
                  export default () => app.acquireTokenByClientCredential({});\n",
        separate: "workerd.js",
        inline: "browser.js",
        module: "graph_token_bg.wasm",
        budget: 30_000,
        inline_budget: 56_150,
    },
    App {
        name: "a page's client",
        program: "import { PublicClientApplication } from 'graph-token';\n\
                  const app = new PublicClientApplication({ auth: { clientId: 'c', authority: 'a' } });\n\
                  export default () => app.acquireTokenPopup({});\n",
        separate: "url.js",
        inline: "browser.js",
        module: "page_bg.wasm",
        budget: 45_000,
        inline_budget: 62_586,
    },
];

/// Prints the files of the package, then what dependencies add.
pub(crate) fn run() -> Result<(), String> {
    let toolchain = setup::for_build()?;
    package::build(&toolchain)?;
    print_files()?;
    print_bundles()?;
    print_crates(&toolchain)
}

/// Prints raw, gzip and brotli bytes of each file of the package.
pub(crate) fn print_files() -> Result<(), String> {
    let mut files = Vec::new();
    list(&package(), &mut files)?;
    files.sort();
    println!(
        "{:<34} {:>9} {:>9} {:>9}",
        "file of target/pkg", "raw", "gzip", "brotli"
    );
    for path in files {
        let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
        let name = path
            .strip_prefix(package())
            .unwrap_or(&path)
            .display()
            .to_string();
        println!(
            "{name:<34} {:>9} {:>9} {:>9}",
            bytes.len(),
            gzip(&bytes)?,
            brotli(&bytes)?
        );
    }
    Ok(())
}

/// Prints what applications that import one client weigh when they are bundled.
fn print_bundles() -> Result<(), String> {
    println!(
        "\n{:<44} {:>9} {:>9} {:>9}",
        "bundled minimal application (esbuild)", "raw", "brotli", "budget"
    );
    for app in APPS {
        let row = |what: &str, raw: usize, small: usize, budget: &str| {
            println!(
                "{:<44} {raw:>9} {small:>9} {budget:>9}",
                format!("{}, {what}", app.name)
            );
        };
        let module = module(app.module)?;
        let script = bundle(app, app.separate)?;
        let (of_script, of_module) = (brotli(&script)?, brotli(&module)?);
        row("JavaScript", script.len(), of_script, "");
        row("wasm", module.len(), of_module, "");
        row(
            "both",
            script.len() + module.len(),
            of_script + of_module,
            &app.budget.to_string(),
        );
        let inline = bundle(app, app.inline)?;
        row(
            "wasm inlined",
            inline.len(),
            brotli(&inline)?,
            &app.inline_budget.to_string(),
        );
    }
    let module = module("certificate_bg.wasm")?;
    println!(
        "{:<44} {:>9} {:>9}",
        "the certificate module, only where one is read",
        module.len(),
        brotli(&module)?
    );
    Ok(())
}

fn module(file: &str) -> Result<Vec<u8>, String> {
    std::fs::read(package().join("wasm").join(file)).map_err(|error| error.to_string())
}

fn bundle(app: &App, entry: &str) -> Result<Vec<u8>, String> {
    let folder = target().join("size").join(app.module);
    let program = folder.join("app.mjs");
    write(&program, app.program)?;
    let alias = format!(
        "--alias:graph-token={}",
        package().join("entry").join(entry).display()
    );
    let to = folder.join(entry);
    show(
        command(npm_tool("esbuild"))
            .arg(program)
            .args([
                "--bundle",
                "--minify",
                "--format=esm",
                "--external:*.wasm",
                "--external:cloudflare:workers",
                "--log-level=error",
            ])
            .arg(alias)
            .arg(format!("--outfile={}", to.display())),
    )?;
    std::fs::read(&to).map_err(|error| error.to_string())
}

/// Prints the code of each crate in the module, by the names that its functions still have before they are stripped.
fn print_crates(toolchain: &setup::Toolchain) -> Result<(), String> {
    say("Weighing each crate: building once more with names kept");
    for module in package::MODULES {
        let wasm = package::compile(toolchain, module, true)?;
        let folder = target().join("size/names");
        package::bind(&wasm, module, &folder, &["--keep-debug"], &["-g"])?;
        let script = root().join("xtask/src/crates-in-wasm.mjs");
        let weighed = output(command("node").arg(script).arg(folder.join(module.file())))?;
        print!("\n{}\n{weighed}", module.file());
    }
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    for entry in std::fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files)?
        } else {
            files.push(path)
        }
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<usize, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .map_err(|error| error.to_string())?;
    Ok(encoder.finish().map_err(|error| error.to_string())?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize, String> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)
        .map_err(|error| error.to_string())?;
    Ok(out.len())
}
