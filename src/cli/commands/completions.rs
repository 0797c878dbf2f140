//! Shell completions and the manual page.

use anyhow::Result;
use clap::{Args, CommandFactory};

use crate::cli::console::Console;
use crate::cli::{Cli, Outcome};

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  proximity completions bash > ~/.local/share/bash-completion/completions/proximity"
)]
pub(crate) struct CompletionArgs {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn completions(args: &CompletionArgs, console: &mut Console) -> Result<Outcome> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "proximity", &mut bytes);
    console.write(&bytes)?;
    Ok(Outcome::Done)
}

/// One page for the program and each of its commands, one after the other.
pub(crate) fn man(console: &mut Console) -> Result<Outcome> {
    let mut bytes = Vec::new();
    let command = Cli::command();
    clap_mangen::Man::new(command.clone()).render(&mut bytes)?;
    for sub in command.get_subcommands() {
        let name = format!("proximity-{}", sub.get_name());
        clap_mangen::Man::new(sub.clone().name(name)).render(&mut bytes)?;
    }
    console.write(&bytes)?;
    Ok(Outcome::Done)
}
