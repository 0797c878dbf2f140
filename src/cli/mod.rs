//! The command line: the only room that prints, reads the clock and touches the disk.
//!
//! `proximity COMMAND INPUT… --out F`: the path of what was made and one summary line go to stdout, complaints and
//! progress to stderr. Exit status: 0 done, 1 done but with faults under `--strict` or a check that failed,
//! 2 could not do it. A broken pipe is 0.

#[allow(dead_code, reason = "the picture commands come next")]
mod args;
mod check;
mod completions;
mod console;
mod maps;
#[allow(dead_code, reason = "the picture commands come next")]
mod output;
mod source;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use console::Console;

/// How a command ended when it could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything is well.
    Done,
    /// Done, but something that was asked to be strict was not fulfilled.
    Faults,
}

/// Shows how players of Wolfenstein: Enemy Territory really move.
#[derive(Debug, Parser)]
#[command(name = "proximity", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read tracker files, report what is there and what is wrong; write nothing
    Check(check::Args),
    /// What is known about maps
    Maps(maps::MapCommandArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionArgs),
    /// Print the manual page
    Man,
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let mut console = Console::new();
    let outcome = match &cli.command {
        Command::Check(args) => check::run(args, &mut console),
        Command::Maps(args) => maps::run(args, &mut console),
        Command::Completions(args) => completions::completions(args, &mut console),
        Command::Man => completions::man(&mut console),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Faults) => ExitCode::from(1),
        Err(error) if console::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            console.complain(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}
