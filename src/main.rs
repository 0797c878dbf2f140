//! The program `proximity`.

use std::process::ExitCode;

fn main() -> ExitCode {
    proximity::cli::run()
}
