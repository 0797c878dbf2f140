//! The program `proximity-cluster`.

use std::process::ExitCode;

fn main() -> ExitCode {
    proximity::cli::run_cluster()
}
