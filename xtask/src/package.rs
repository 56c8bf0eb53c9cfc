//! Building and packing the npm package.

use crate::process::{command, output, say, show};
use crate::setup::{self, Toolchain};
use crate::size;
use crate::workspace::{
    create_folder, mirror, npm_tool, package, read, root, stage, target, tools, version, write,
};
use std::path::{Path, PathBuf};

/// Builds the package and prints the sizes of its files.
pub(crate) fn build_and_show() -> Result<(), String> {
    build(&setup::for_build()?)?;
    size::print_files()
}

/// Makes the tarball and says where it is.
pub(crate) fn pack_and_show() -> Result<(), String> {
    build(&setup::for_build()?)?;
    println!("{}", pack()?.display());
    Ok(())
}

/// Builds, packs, and installs the packed package where the tests find it.
pub(crate) fn install(toolchain: &Toolchain) -> Result<(), String> {
    build(toolchain)?;
    let tarball = pack()?;
    let installed = stage().join("node_modules/graph-token");
    std::fs::remove_dir_all(&installed).ok();
    create_folder(&installed)?;
    show(
        command("tar")
            .args(["--strip-components=1", "-xzf"])
            .arg(tarball)
            .arg("-C")
            .arg(installed),
    )?;
    stage_sources()
}

/// Copies the JavaScript of the checkout beside the npm packages.
pub(crate) fn stage_sources() -> Result<(), String> {
    for folder in ["tests", "examples", "www", "benches"] {
        let from = root().join(folder);
        if from.is_dir() {
            mirror(&from, &stage().join(folder))?;
        }
    }
    std::fs::copy(root().join("README.md"), stage().join("README.md"))
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// Builds the package in `target/pkg`.
pub(crate) fn build(toolchain: &Toolchain) -> Result<(), String> {
    say("Building the npm package");
    let wasm = compile(toolchain)?;
    let to = package();
    mirror(&root().join("pkg-template"), &to)?;
    bind(&wasm, &to.join("wasm"), &[], &[])?;
    let module =
        std::fs::read(to.join("wasm/graph_token_bg.wasm")).map_err(|error| error.to_string())?;
    write(
        &to.join("wasm/inline.js"),
        format!("export default \"{}\";\n", byte_string(&module)),
    )?;
    write(
        &to.join("wasm/inline.d.ts"),
        "/** A character for each byte. */\ndeclare const bytes: string;\nexport default bytes;\n",
    )?;
    let version = version()?;
    for file in ["package.json", "lib/version.js"] {
        let text = read(&to.join(file))?.replace("\"0.0.0\"", &format!("\"{version}\""));
        write(&to.join(file), text)?;
    }
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        std::fs::copy(root().join(file), to.join(file))
            .map_err(|error| format!("{file}: {error}"))?;
    }
    // In one file each, since Node loads each module of a package by itself; the second for `require`, which before Node
    // 20.19 loads no ES module.
    for (format, name) in [("esm", "node.mjs"), ("cjs", "node.cjs")] {
        show(
            command(npm_tool("esbuild"))
                .args([
                    "entry/inline.js",
                    "--bundle",
                    "--platform=node",
                    "--log-level=error",
                ])
                .arg(format!("--format={format}"))
                .arg(format!("--outfile={name}"))
                .current_dir(&to),
        )?;
    }
    std::fs::copy(to.join("types/index.d.ts"), to.join("types/index.d.cts"))
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// Compiles the crate to WebAssembly; gives the module's path.
fn compile(toolchain: &Toolchain) -> Result<PathBuf, String> {
    show(
        toolchain
            .cargo("build")
            .args(["--release", "--quiet", "--lib"])
            .current_dir(root()),
    )?;
    Ok(target().join("wasm/wasm32-unknown-unknown/release/graph_token.wasm"))
}

/// The same, the names of its functions kept.
pub(crate) fn compile_with_names(toolchain: &Toolchain) -> Result<PathBuf, String> {
    let folder = target().join("wasm-names");
    show(
        toolchain
            .cargo("build")
            .args(["--release", "--quiet", "--lib"])
            .env("CARGO_TARGET_DIR", &folder)
            .env("CARGO_PROFILE_RELEASE_STRIP", "none")
            .current_dir(root()),
    )?;
    Ok(folder.join("wasm32-unknown-unknown/release/graph_token.wasm"))
}

/// Makes the JavaScript beside the module, and the module small; with further options for wasm-bindgen and wasm-opt.
pub(crate) fn bind(
    wasm: &Path,
    to: &Path,
    bindgen_options: &[&str],
    opt_options: &[&str],
) -> Result<(), String> {
    show(
        command(tools().join("bin/wasm-bindgen"))
            .arg(wasm)
            .args([
                "--target",
                "web",
                "--omit-default-module-path",
                "--out-name",
                "graph_token",
                "--out-dir",
            ])
            .arg(to)
            .args(bindgen_options),
    )?;
    let module = to.join("graph_token_bg.wasm");
    show(
        command(npm_tool("wasm-opt"))
            .arg("-Oz")
            .args(opt_options)
            .arg(&module)
            .arg("-o")
            .arg(&module),
    )
}

/// Packs `target/pkg`; gives the tarball's path.
pub(crate) fn pack() -> Result<PathBuf, String> {
    let packed = output(
        command("npm")
            .args(["pack", "--silent", "--pack-destination"])
            .arg(target())
            .current_dir(package()),
    )?;
    Ok(target().join(packed.lines().last().unwrap_or_default().trim()))
}

/// A JavaScript string literal with a character for each byte. Compressed it is a fifth smaller than base64, whose letters
/// hide what repeats.
fn byte_string(bytes: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\') {
            text.push(char::from(*byte));
        } else {
            text.push_str("\\x");
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    text
}
