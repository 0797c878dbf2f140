//! `exits`: the ways out of the spawns.

use anyhow::{Result, bail};
use clap::Args as Arguments;

use super::setup::{PictureArgs, PictureSetup};
use super::write_figure::write_figure;
use crate::analysis::StateSet;
use crate::cli::Outcome;
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::exits;
use crate::figure::exits::ExitsSpec;

/// Arguments of `exits`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity exits examples/session --team allies --out exits.png")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// A life has left its spawn when it crosses a ring of this radius around it within 12 seconds of its first movement;
    /// later is "left late". Units [default: 1300, less where few get so far]
    #[arg(long, value_name = "U")]
    ring: Option<f64>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    if let Some(ring) = args.ring.filter(|ring| !(100.0..=20_000.0).contains(ring)) {
        bail!("--ring {ring}: expected 100 to 20000 units");
    }
    if args.filter.filter().states != StateSet::default() {
        bail!("exits are ways out of a spawn, in whatever state: --state means nothing here");
    }
    let stage = PictureSetup::set(&args.input, &args.filter, &args.picture, console)?;
    let (rounds, heights, faults) = stage.rounds(console)?;
    let spec = ExitsSpec { ring_units: args.ring };
    let figure = exits::figure(&rounds, &spec, &stage.context(heights.as_ref()));
    write_figure(figure, faults, &args.input, &args.output, console)
}
