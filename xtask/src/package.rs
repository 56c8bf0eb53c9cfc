//! Building and packing the npm package.

use crate::imports;
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
    let to = package();
    mirror(&root().join("pkg-template"), &to)?;
    for module in MODULES {
        let wasm = compile(toolchain, module, false)?;
        bind(&wasm, module, &to.join("wasm"), &[], &[])?;
        let bytes = std::fs::read(to.join("wasm").join(module.file()))
            .map_err(|error| error.to_string())?;
        write(
            &to.join("wasm").join(format!("{}.js", module.inline)),
            format!("export default \"{}\";\n", byte_string(&bytes)),
        )?;
        write(
            &to.join("wasm").join(format!("{}.d.ts", module.inline)),
            "/** A character for each byte. */\ndeclare const bytes: string;\nexport default bytes;\n",
        )?;
    }
    let version = version()?;
    for file in ["package.json", "lib/version.js"] {
        let text = read(&to.join(file))?.replace("\"0.0.0\"", &format!("\"{version}\""));
        write(&to.join(file), text)?;
    }
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        std::fs::copy(root().join(file), to.join(file))
            .map_err(|error| format!("{file}: {error}"))?;
    }
    // In one file each, since Node loads each module of a package by itself; for `require` too, which before Node 20.19
    // loads no ES module.
    for (entry, file) in [
        ("node", "node.mjs"),
        ("node", "node.cjs"),
        ("certificate-node", "certificate-node.mjs"),
        ("certificate-node", "certificate-node.cjs"),
        ("redirect-bridge", "redirect-bridge.cjs"),
    ] {
        let is_script = file.ends_with(".cjs");
        show(
            command(npm_tool("esbuild"))
                .arg(format!("entry/{entry}.js"))
                .args(["--bundle", "--platform=node", "--log-level=error"])
                .arg("--loader:.wasm=base64")
                // The two find each other by the package's own name, so that each is loaded once.
                .args([
                    "--external:graph-token/node",
                    "--external:graph-token/certificate",
                ])
                .arg(if is_script {
                    "--format=cjs"
                } else {
                    "--format=esm"
                })
                // Plain members and no `__esModule`, as MSAL's: whoever imports the default has the whole, and tests put stubs in.
                .args(is_script.then_some("--footer:js=module.exports = { ...module.exports };"))
                // Where `import()` would load ES modules beside the CommonJS ones, and with them a second set of classes.
                .args(is_script.then_some("--supported:dynamic-import=false"))
                .arg(format!("--outfile={file}"))
                .current_dir(&to),
        )?;
    }
    // For `require`: the same declarations, which name each other by the other ending.
    let types = to.join("types");
    for entry in std::fs::read_dir(&types)
        .map_err(|error| error.to_string())?
        .flatten()
    {
        let path = entry.path();
        let file = path.display().to_string();
        if let Some(name) = file.strip_suffix(".d.ts") {
            let text = read(&path)?.replace(".js\";", ".cjs\";");
            write(&PathBuf::from(format!("{name}.d.cts")), text)?;
        }
    }
    Ok(())
}

/// A WebAssembly module that is made of the crate.
pub(crate) struct Module {
    /// The name of its files.
    pub(crate) name: &'static str,
    /// The name of the file that holds it as a text.
    inline: &'static str,
    features: &'static [&'static str],
    rustflags: &'static str,
    folder: &'static str,
}

/// The clients', that of a page's client, and that which reads certificates.
pub(crate) const MODULES: &[Module] = &[
    Module {
        name: "graph_token",
        inline: "inline",
        features: &[],
        rustflags: "",
        folder: "wasm",
    },
    Module {
        name: "page",
        inline: "page-inline",
        features: &["--no-default-features"],
        rustflags: "",
        folder: "wasm-page",
    },
    Module {
        name: "certificate",
        inline: "certificate-inline",
        features: &["--features", "certificate-module"],
        // Loops in place of long straight code: 3.7 kB (brotli) less, and passphrases take a little longer.
        rustflags: "--cfg sha2_backend=\"soft\" --cfg sha2_backend_soft=\"compact\" --cfg aes_backend=\"soft\" --cfg aes_backend_soft=\"compact\"",
        // Of its own, so that they do not rebuild what they share with other features in turns.
        folder: "wasm-certificate",
    },
];

impl Module {
    pub(crate) fn file(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }
}

/// Compiles the crate to WebAssembly, with the names of its functions or without; gives the module's path.
pub(crate) fn compile(
    toolchain: &Toolchain,
    module: &Module,
    with_names: bool,
) -> Result<PathBuf, String> {
    let mut folder = target().join(module.folder);
    let mut cargo = toolchain.cargo("rustc");
    cargo
        .args(["--release", "--quiet", "--lib"])
        // Without the rlib, for whose users all that is public would be kept as it is: 6 % less.
        .args(["--crate-type", "cdylib"])
        .args(module.features)
        // What has variables on the stack is not drawn into another function: 1 % less.
        .args(["--", "-C", "llvm-args=-inline-max-stacksize=128"])
        .current_dir(root());
    if with_names {
        folder = target().join(format!("{}-names", module.folder));
        cargo.env("CARGO_PROFILE_RELEASE_STRIP", "none");
    }
    // No file names and lines in what panics say: 1 % less, and nothing of the machine that built it. A stable compiler
    // takes the flag only so.
    cargo.env("RUSTC_BOOTSTRAP", "1").env(
        "RUSTFLAGS",
        format!("-Zlocation-detail=none {}", module.rustflags),
    );
    show(cargo.env("CARGO_TARGET_DIR", &folder))?;
    Ok(folder.join("wasm32-unknown-unknown/release/graph_token.wasm"))
}

/// Makes the JavaScript beside the module, and the module small; with further options for wasm-bindgen and wasm-opt.
pub(crate) fn bind(
    wasm: &Path,
    module: &Module,
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
            ])
            .arg(module.name)
            .arg("--out-dir")
            .arg(to)
            .args(bindgen_options),
    )?;
    rewrite(&to.join(format!("{}.js", module.name)))?;
    let file = to.join(module.file());
    show(
        command(npm_tool("wasm-opt"))
            // No pointer is below 1 024, where the end of the stack lies: what is added to one goes into the instruction that
            // uses it.
            .arg("--low-memory-unused")
            // What has one caller stays a function, and nothing is computed ahead for later: larger before compression, 3 %
            // smaller after it.
            .args(["-Oz", "--one-caller-inline-max-function-size", "30"])
            .args(["--skip-pass", "local-cse"])
            .args(opt_options)
            .arg(&file)
            .arg("-o")
            .arg(&file),
    )?;
    imports::shorten(&file, &to.join(format!("{}.js", module.name)))
}

/// What wasm-bindgen's JavaScript is to do in another way: what it says, and what is said in place of it.
const REWRITTEN: &[(&str, &str)] = &[
    // Made when they are needed, and of Buffer where there is no class: in the page of a test (jsdom).
    (
        "let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\ncachedTextDecoder.decode();\n",
        "let cachedTextDecoder;\n",
    ),
    (
        "function decodeText(bytes) {\n",
        "function decodeText(bytes) {\n    cachedTextDecoder ??= globalThis.TextDecoder ? new TextDecoder('utf-8', { ignoreBOM: true }) : { decode: (bytes) => globalThis.Buffer.from(bytes).toString() };\n",
    ),
    // Every host that knows `??=` knows `encodeInto`.
    (
        "const cachedTextEncoder = new TextEncoder();\n\nif (!('encodeInto' in cachedTextEncoder)) {\n    cachedTextEncoder.encodeInto = function (arg, view) {\n        const buf = cachedTextEncoder.encode(arg);\n        view.set(buf);\n        return {\n            read: arg.length,\n            written: buf.length\n        };\n    };\n}\n",
        "let cachedTextEncoder;\n",
    ),
    (
        "function passStringToWasm0(arg, malloc, realloc) {\n",
        "function passStringToWasm0(arg, malloc, realloc) {\n    cachedTextEncoder ??= globalThis.TextEncoder ? new TextEncoder() : {\n        encodeInto(text, view) {\n            const bytes = globalThis.Buffer.from(text);\n            view.set(bytes);\n            return { read: text.length, written: bytes.length };\n        },\n    };\n",
    ),
    // Room is always made by `realloc` here.
    (
        "    if (realloc === undefined) {\n        const buf = cachedTextEncoder.encode(arg);\n        const ptr = malloc(buf.length, 1) >>> 0;\n        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);\n        WASM_VECTOR_LEN = buf.length;\n        return ptr;\n    }\n",
        "",
    ),
    // A module of another realm is one too: Next's edge runtime gives such.
    (
        "    if (!(module instanceof WebAssembly.Module)) {\n",
        "    if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]') {\n",
    ),
];

fn rewrite(script: &Path) -> Result<(), String> {
    let mut text = read(script)?;
    for (theirs, ours) in REWRITTEN {
        if text.matches(theirs).count() != 1 {
            return Err(format!(
                "{}: this version of wasm-bindgen writes something else than\n{theirs}",
                script.display()
            ));
        }
        text = text.replacen(theirs, ours, 1);
    }
    // Nobody disposes of what is inside; and where it is said after a class that it may be, bundlers keep the class in programs
    // that want an error alone.
    let kept = text
        .lines()
        .filter(|line| !line.starts_with("if (Symbol.dispose)"));
    let text = kept.flat_map(|line| [line, "\n"]).collect::<String>();
    write(script, text)
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

/// A JavaScript string literal with a character for each byte: what a page downloads. Compressed it is a fifth smaller than
/// base64, whose letters hide what repeats.
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
