//! `paths`: the lines of a lake's lives, counted by the engine.

use anyhow::Result;
use clap::Args as Arguments;

use super::LakeArgs;
use crate::cli::Outcome;
use crate::cli::args::OutArgs;
use crate::cli::commands::pictures::paths::PathsArgs;
use crate::cli::commands::pictures::{Chosen, choose, write_figure};
use crate::cli::console::Console;
use crate::cluster::SummedRounds;
use crate::figure::request::Kept;
use crate::rounds::Rounds;

/// Arguments of `paths`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Lines of more than 300 lives are counted, by the engine where sides, bots, maps and sessions are all that is chosen by. \
    Other lines are read by this machine.\n\n\
    Examples:\n  \
    proximity-cluster paths lake/ --map supply --out paths.png\n  \
    proximity-cluster paths s3://lakes/et --scheduler df://10.0.0.1:50050 --map supply --team axis --color speed --out axis.png"
)]
pub(super) struct Args {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    output: OutArgs,
    #[command(flatten)]
    drawn: PathsArgs,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let engine = args.lake.engine()?;
    let rounds = Rounds::lake(args.lake.place()?)?;
    let request = args.drawn.request()?;
    request.check()?;
    write_figure::check_name(&args.output.out)?;
    let Chosen { request, selected, map } = choose(request, &rounds, &args.drawn.picture.maps, console)?;
    let rounds = SummedRounds::new(selected.rounds, &engine);
    let map = request.load_map(&rounds, map, console.progress())?;
    let counted = if request.takes_path_sums() { rounds.paths(map.map.map.extent.rect)? } else { None };
    let kept = Kept { figures: counted.as_ref(), ..Kept::default() };
    let mut finished = request.draw_loaded(&rounds, &map, kept, console.progress())?;
    finished.faults.doubles = selected.doubles;
    write_figure::write_figure(&finished, false, &args.output, console)
}
