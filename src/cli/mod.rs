//! The command line: the only room that prints, reads the clock and touches the disk.
//!
//! `proximity COMMAND INPUT… --out F`: the path of what was made and one summary line go to stdout, complaints and
//! progress to stderr. Exit status: 0 done, 1 done but with faults under `--strict` or a check that failed,
//! 2 could not do it. A broken pipe is 0.

#[cfg(any(test, not(all(feature = "serve", feature = "discord", feature = "lake"))))]
pub(crate) mod absent;
pub(crate) mod args;
#[cfg(feature = "cluster")]
mod cluster;
pub(crate) mod commands;
pub(crate) mod console;
pub(crate) mod fonts;
pub(crate) mod output;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[cfg(feature = "discord-post")]
use commands::discord;
#[cfg(feature = "lake")]
use commands::lake;
use commands::pictures::{arrival, exits, explain, heatmap, kills, life, paths, redo, replay};
#[cfg(feature = "serve")]
use commands::serve;
use commands::store::{export, forget, import, schema, stats, status, verify};
use commands::{check, completions, demo, licenses, maps, report, sample, watch};
use console::Console;

use crate::error::Error;
use crate::rounds::RoundsError;

/// How a command ended when it could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything is well.
    Done,
    /// Done, but something that was asked to be strict was not fulfilled.
    Faults,
}

/// Shows how players of Wolfenstein: Enemy Territory really move.
#[derive(Debug, Parser)]
#[command(name = "proximity", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// A font for names whose letters the program's typeface lacks; system allows the system's fonts; may be repeated
    #[arg(long, global = true, value_name = "FILE|system")]
    font: Vec<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read tracker files, report what is there and what is wrong; write nothing
    Check(check::Args),
    /// Write realistic tracker files of the sample map, to try the other commands with
    Sample(sample::Args),
    /// Draw where movement happened, how much, and in which state
    Heatmap(heatmap::Args),
    /// Draw lives as lines
    Paths(paths::Args),
    /// Draw the paths out of the spawns
    Exits(exits::Args),
    /// Draw who was killed where, and from where
    Kills(kills::Args),
    /// Draw how early the sides got where
    Arrival(arrival::Args),
    /// Draw the card of a single life
    Life(life::Args),
    /// Animate lives: as a video, a GIF, an animated PNG, or a web page that plays them
    Replay(replay::Args),
    /// Make a folder for a session: a page, pictures of every map and round, tables
    Report(report::Args),
    /// What recorded games hold: lives as tracker files, kill lists
    Demo(demo::Args),
    /// What is known about maps
    Maps(maps::MapCommandArgs),
    /// Print how a picture came about
    Explain(explain::ExplainArgs),
    /// Render a picture again from its own recipe
    Redo(redo::RedoArgs),
    /// Put tracker files into a store; what is there already stays as it is
    Import(import::Args),
    /// Import a folder's new files as they come, and keep its report up to date
    Watch(watch::Args),
    /// Serve an explorer, reports and pictures to browsers
    #[cfg(feature = "serve")]
    Serve(serve::Args),
    #[cfg(not(feature = "serve"))]
    #[command(hide = true)]
    Serve(absent::Args),
    /// Messages in Discord channels
    #[cfg(feature = "discord-post")]
    Discord(discord::Args),
    #[cfg(not(feature = "discord-post"))]
    #[command(hide = true)]
    Discord(absent::Args),
    /// Show what a store holds
    Status(status::StatusArgs),
    /// Remove a session from a store
    Cleanup(status::CleanupArgs),
    /// Read every round of a store and name those that are damaged
    Verify(verify::Args),
    /// The tables of a store
    Schema(schema::Args),
    /// Print statistics from a store
    Stats(stats::Args),
    /// Keep rounds of many servers and years in a lake: a folder of Parquet files
    #[cfg(feature = "lake")]
    Lake(lake::Args),
    #[cfg(not(feature = "lake"))]
    #[command(hide = true)]
    Lake(absent::Args),
    /// Export tracks from a store for other programs
    Export(export::Args),
    /// Remove a player's GUID and names from a store, or from copies of files
    Forget(forget::ForgetArgs),
    /// Show a player under another name, in rounds to come too
    Hide(forget::HideArgs),
    /// Show a hidden player under a name of the player's own again
    Unhide(forget::UnhideArgs),
    /// Give every player a pseudonym, in a store or in copies of files
    Anonymize(forget::AnonymizeArgs),
    /// Print the licences of the program and of everything in it
    Licenses(licenses::Args),
    /// Print a completion script for a shell
    Completions(completions::CompletionArgs),
    /// Print the manual page
    #[command(after_help = "Example:\n  proximity man | man -l -")]
    Man,
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let mut console = Console::new();
    args::database::warn_of_password(&mut console);
    let outcome = fonts::install(&cli.font).and_then(|()| dispatch(&cli, &mut console));
    end(outcome, &mut console)
}

/// Runs `proximity-cluster` with the process's arguments.
#[cfg(feature = "cluster")]
pub fn run_cluster() -> ExitCode {
    let mut console = Console::new();
    let outcome = cluster::run(&mut console);
    end(outcome, &mut console)
}

/// The exit status, after a word about what went wrong.
fn end(outcome: Result<Outcome>, console: &mut Console) -> ExitCode {
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Faults) => ExitCode::from(1),
        Err(error) if console::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            for line in unreadable(&error) {
                console.complain(line);
            }
            console.complain(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// What was wrong with each file, when nothing could be read.
fn unreadable(error: &anyhow::Error) -> &[String] {
    let of_rounds = match error.downcast_ref() {
        Some(Error::Rounds(error)) => Some(error),
        _ => error.downcast_ref(),
    };
    match of_rounds {
        Some(RoundsError::NothingReadable { complaints }) => complaints,
        _ => &[],
    }
}

pub(crate) fn dispatch(cli: &Cli, console: &mut Console) -> Result<Outcome> {
    match &cli.command {
        Command::Check(args) => check::run(args, console),
        Command::Sample(args) => sample::run(args, console),
        Command::Heatmap(args) => heatmap::run(args, console),
        Command::Paths(args) => paths::run(args, console),
        Command::Exits(args) => exits::run(args, console),
        Command::Kills(args) => kills::run(args, console),
        Command::Arrival(args) => arrival::run(args, console),
        Command::Life(args) => life::run(args, console),
        Command::Replay(args) => replay::run(args, console),
        Command::Report(args) => report::run(args, console),
        Command::Demo(args) => demo::run(args, console),
        Command::Maps(args) => maps::run(args, console),
        Command::Explain(args) => explain::explain(args, console),
        Command::Redo(args) => redo::redo(args, console),
        Command::Import(args) => import::run(args, console),
        Command::Watch(args) => watch::run(args, console),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(args, console),
        #[cfg(not(feature = "serve"))]
        Command::Serve(args) => absent::run(args, "serve", "serve"),
        #[cfg(feature = "discord-post")]
        Command::Discord(args) => discord::run(args, console),
        #[cfg(not(feature = "discord-post"))]
        Command::Discord(args) => absent::run(args, "discord", "discord"),
        Command::Status(args) => status::status(args, console),
        Command::Cleanup(args) => status::cleanup(args, console),
        Command::Verify(args) => verify::run(args, console),
        Command::Schema(args) => schema::run(args, console),
        Command::Stats(args) => stats::run(args, console),
        Command::Export(args) => export::run(args, console),
        Command::Forget(args) => forget::forget(args, console),
        Command::Hide(args) => forget::hide(args, console),
        Command::Unhide(args) => forget::unhide(args, console),
        Command::Anonymize(args) => forget::anonymize(args, console),
        #[cfg(feature = "lake")]
        Command::Lake(args) => lake::run(args, console),
        #[cfg(not(feature = "lake"))]
        Command::Lake(args) => absent::run(args, "lake", "lake"),
        Command::Licenses(args) => licenses::run(args, console),
        Command::Completions(args) => completions::completions(args, console),
        Command::Man => completions::man(console),
    }
}
