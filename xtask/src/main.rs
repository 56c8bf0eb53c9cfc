//! The project's own commands: `cargo xtask VERB`.

mod bench;
mod demo;
mod imports;
mod lint;
mod package;
mod process;
mod setup;
mod size;
mod tests;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask VERB

  demo [--once]   build the package, get tokens with it from an identity provider on this machine, call Graph
                  with them, and serve the test page; --once ends instead
  test            set up all that is needed and run every test
  setup           get the wasm32 target, wasm-bindgen, wasm-opt, the tests' npm packages and the browsers
  build           the npm package, in target/pkg
  pack            the npm package as a tarball, in target
  size            the sizes of the package's files, and what each dependency adds
  bench           speed and size beside msal-node, @azure/identity and oauth4webapi
  lint            rustfmt, clippy, rustdoc and tsc, warnings denied
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["demo"] => demo::run(false),
        ["demo", "--once"] => demo::run(true),
        ["test"] => tests::run(),
        ["setup"] => setup::everything().map(|_| ()),
        ["build"] => package::build_and_show(),
        ["pack"] => package::pack_and_show(),
        ["size"] => size::run(),
        ["bench", names @ ..] => bench::run(names),
        ["lint"] => lint::run(),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\nerror: {reason}");
            ExitCode::FAILURE
        }
    }
}
