//! Commands and options of features that this program was built without: each says how to get the program that has it.

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
    bail!(without(&format!("proximity {command}"), feature))
}

/// The value of an option that is not here: there is none.
#[derive(Debug, Clone, Copy)]
#[cfg(any(test, not(feature = "lake"), not(feature = "discord-post")))]
pub(crate) enum Never {}

/// Reads whatever is given to an option of a feature that is not here: the answer is the same.
#[cfg(any(test, not(feature = "lake"), not(feature = "discord-post")))]
pub(crate) fn option(
    name: &'static str,
    feature: &'static str,
) -> impl Fn(&str) -> Result<Never, String> + Clone + Send + Sync + 'static {
    move |_| Err(without(name, feature))
}

pub(crate) fn without(what: &str, feature: &str) -> String {
    // Video is the other feature that a program may have beside the usual ones.
    let kept = if cfg!(feature = "video") { ",video" } else { "" };
    format!(
        "this program was built without `{what}`; \
         `cargo install --path . --features {feature}{kept}` builds one that has it"
    )
}

#[cfg(test)]
mod tests {
    use clap::{Parser, Subcommand};

    use super::{Args, Never, option, run};

    #[derive(Debug, Parser)]
    #[command(version)]
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

    #[derive(Debug, Parser)]
    struct WithOption {
        #[arg(
            long = "lake", hide = true, num_args = 0..=1, default_missing_value = "",
            value_parser = option("--lake", "lake")
        )]
        _lake: Option<Never>,
    }

    #[test]
    fn whatever_is_given_to_an_option_that_is_not_here_the_answer_says_how_to_get_it() {
        assert!(WithOption::try_parse_from(["proximity"]).is_ok());
        for given in [&["--lake", "rounds"][..], &["--lake=rounds"], &["--lake"]] {
            let error = WithOption::try_parse_from([&["proximity"], given].concat()).unwrap_err();
            let said = error.to_string();
            assert!(
                said.contains("built without `--lake`; `cargo install --path . --features lake"),
                "{said}"
            );
        }
    }
}
