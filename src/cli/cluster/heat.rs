//! `heat`: a heatmap of a lake, summed by the engine.

use anyhow::Result;
use clap::Args as Arguments;

use super::LakeArgs;
use crate::cli::Outcome;
use crate::cli::args::OutArgs;
use crate::cli::commands::pictures::heatmap::HeatmapArgs;
use crate::cli::console::Console;
use crate::cluster::SummedRounds;
use crate::rounds::Rounds;

/// Arguments of `heat`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "What sums of time cannot tell (players, windows of time, floors, visits) is read by this machine.\n\n\
    Examples:\n  \
    proximity-cluster heat lake/ --map supply --out supply.png\n  \
    proximity-cluster heat lake/ --map supply --team axis --session 2026-01-01..2026-10-31 --out axis.png\n  \
    proximity-cluster heat s3://lakes/et --scheduler df://10.0.0.1:50050 --map supply --out supply.png"
)]
pub(super) struct Args {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    output: OutArgs,
    #[command(flatten)]
    drawn: HeatmapArgs,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let engine = args.lake.engine()?;
    let rounds = Rounds::lake(args.lake.place()?)?;
    args.drawn.draw(&rounds, |chosen| SummedRounds::new(chosen, &engine), false, &args.output, console)
}
