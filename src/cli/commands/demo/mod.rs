//! `demo`: what recorded games hold.

mod info;
mod kills;
mod tracks;

use anyhow::Result;
use clap::Subcommand;

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::rounds::demos::DemoOutcome;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what demos are: map, mod, recorder, rounds, players, kills, length
    Info(info::Args),
    /// Write one tracker file for each round of demos
    Tracks(tracks::Args),
    /// Print who killed whom, when, with what and where
    Kills(kills::Args),
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    match &args.command {
        Command::Info(args) => info::run(args, console),
        Command::Tracks(args) => tracks::run(args, console),
        Command::Kills(args) => kills::run(args, console),
    }
}

/// Says what was wrong with demos that a command went on without. Says whether one of them could not be read at all.
fn complain<'o>(outcomes: impl IntoIterator<Item = &'o DemoOutcome>, console: &mut Console) -> bool {
    let mut refused = false;
    for outcome in outcomes {
        refused |= outcome.read.is_err();
        if let Some(complaint) = outcome.complaint() {
            console.complain(&format!("{}: {complaint}", outcome.name));
        }
    }
    refused
}

/// A round's clock as minutes, seconds and tenths.
fn clock(ms: i32) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let tenths = ms.unsigned_abs() / 100;
    format!("{sign}{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}
