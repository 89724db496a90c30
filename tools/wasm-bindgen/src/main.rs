//! `gennape-wasm-bindgen MODULE.wasm OUT_DIR NAME`: writes the JavaScript and TypeScript face of a
//! module, to be called NAME.
//!
//! Runs after cargo and before wasm-opt (scripts/wasm). Does what `wasm-bindgen --target web` does,
//! and nothing else.

use std::env;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, out_dir, name] = arguments.as_slice() else {
        eprintln!("usage: gennape-wasm-bindgen MODULE.wasm OUT_DIR NAME");
        return ExitCode::FAILURE;
    };
    let generated = Bindgen::new()
        .input_path(module)
        .out_name(name)
        .web(true)
        .and_then(|bindgen| bindgen.typescript(true).generate(out_dir));
    match generated {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {module}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
