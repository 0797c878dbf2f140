//! `sample`: realistic tracker files of the sample map, to try the other commands with.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::builder::PossibleValuesParser;
use clap::{Args as Arguments, value_parser};

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::files;
use crate::sim::{SampleOptions, SimulationOptions, Tracker, write_session};
use crate::text::counted;

/// Arguments of `sample`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Example:\n  proximity sample --out rounds --rounds 4 --players 12\n  proximity report rounds --out out"
)]
pub(crate) struct Args {
    /// The folder to write the files into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Number of rounds; sides change after each
    #[arg(long, value_name = "N", default_value_t = SimulationOptions::default().rounds)]
    rounds: usize,
    /// Players in both teams together
    #[arg(long, value_name = "N", default_value = "12", value_parser = value_parser!(u16).range(2..=64))]
    players: u16,
    /// Random seed; the same seed gives the same files
    #[arg(long, value_name = "N", default_value_t = SimulationOptions::default().seed)]
    seed: u64,
    /// Time between two samples, milliseconds
    #[arg(long, value_name = "MS", value_parser = value_parser!(u32).range(50..=5000))]
    interval_ms: Option<u32>,
    /// Longest round, seconds
    #[arg(long, value_name = "S", default_value_t = SimulationOptions::default().round_seconds, value_parser = value_parser!(u32).range(30..=3600))]
    round_seconds: u32,
    /// Version of the tracker that the files are like; 6.11 is this project's module
    #[arg(long, value_name = "VERSION", default_value = "6.11", value_parser = PossibleValuesParser::new(Tracker::NAMES.map(|(name, _)| name)))]
    tracker: String,
}

/// More rounds than this are a mistake.
const MOST_ROUNDS: usize = 1_000;

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    if !(1..=MOST_ROUNDS).contains(&args.rounds) {
        bail!("--rounds {}: expected 1 to {MOST_ROUNDS}", args.rounds);
    }
    let tracker = Tracker::NAMES.iter().find(|(name, _)| *name == args.tracker).map(|(_, tracker)| *tracker);
    let options = SampleOptions {
        play: SimulationOptions {
            rounds: args.rounds,
            players: usize::from(args.players),
            seed: args.seed,
            round_seconds: args.round_seconds,
            ..SimulationOptions::default()
        },
        tracker: tracker.unwrap_or_default(),
        interval_ms: args.interval_ms,
    };
    let files = write_session(&options)?;
    let mut bytes = 0;
    for (name, content) in &files {
        let path = args.out.join(name);
        files::write(&path, content)?;
        bytes += content.len();
        console.say(&path.display().to_string())?;
    }
    console.say(&format!(
        "{}: {}, {} KB",
        args.out.display(),
        counted(files.len() as u64, "file", "files"),
        bytes.div_ceil(1024)
    ))?;
    Ok(Outcome::Done)
}
