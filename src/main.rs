//! The native program `gennape`; everything is in the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match gennape::cli::run() {
        Ok(code) => code,
        Err(error) => {
            use std::io::Write;
            // Where standard error is gone, the exit code is all that is left.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
