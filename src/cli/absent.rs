//! Commands of features that this program was built without: each says how to get the program that has it.

use std::ffi::OsString;

use anyhow::{Result, bail};
use clap::Args as Arguments;

use crate::cli::Outcome;

/// Whatever is given to a command that is not here, `--help` and `--version` too: the answer is the same.
#[derive(Debug, Arguments)]
#[command(disable_help_flag = true, disable_version_flag = true)]
pub(crate) struct Args {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    given: Vec<OsString>,
}

/// Says that `command` belongs to a feature that is not here.
pub(crate) fn run(args: &Args, command: &str, feature: &str) -> Result<Outcome> {
    let _ = &args.given;
    // Video is the other feature that a program may have beside the usual ones.
    let kept = if cfg!(feature = "video") { ",video" } else { "" };
    bail!(
        "this program was built without `proximity {command}`; \
         `cargo install --path . --features {feature}{kept}` builds one that has it"
    )
}

#[cfg(test)]
mod tests {
    use clap::{Parser, Subcommand};

    use super::{Args, run};

    #[derive(Debug, Parser)]
    #[command(version, propagate_version = true)]
    struct Cli {
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Debug, Subcommand)]
    enum Command {
        #[command(hide = true)]
        Run(Args),
    }

    #[test]
    fn whatever_is_given_to_a_command_that_is_not_here_the_answer_says_how_to_get_it() {
        for given in [
            &["run"][..],
            &["run", "--help"],
            &["run", "--db", "sqlite:a.db", "x"],
            &["run", "-h"],
            &["run", "--version"],
        ] {
            let cli = Cli::try_parse_from([&["proximity"], given].concat()).unwrap();
            let Command::Run(args) = cli.command;
            let said = run(&args, "discord run", "discord").unwrap_err().to_string();
            assert!(
                said.contains("`proximity discord run`") && said.contains("--features discord"),
                "{said}"
            );
            assert!(!said.contains('\n'), "{said}");
        }
    }
}
