//! `paths`: lives as lines.

use anyhow::{Result, bail};
use clap::{Args as Arguments, ValueEnum};

use super::floors::{FloorArgs, FloorFigures};
use super::setup::{PictureArgs, PictureSetup};
use super::write_figure::write_figure;
use crate::analysis::PlayerPattern;
use crate::cli::Outcome;
use crate::cli::args::{FilterArgs, InputArgs, OutArgs, listed};
use crate::cli::console::Console;
use crate::figure::paths::{PathColor, PathsAccumulator, PathsSpec};

/// Arguments of `paths`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity paths examples/session --round 1 --color team --out paths.png")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// What a line's colour means
    #[arg(long, value_name = "WHAT", default_value = "state")]
    color: ColorArg,
    /// Let this player's lives stand out against all others; may be repeated
    #[arg(long, value_name = "NAME|GUID")]
    highlight: Vec<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    floors: FloorArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColorArg {
    State,
    Team,
    Player,
    /// Since spawn
    Time,
    Speed,
    Health,
}

impl From<ColorArg> for PathColor {
    fn from(color: ColorArg) -> Self {
        match color {
            ColorArg::State => Self::State,
            ColorArg::Team => Self::Team,
            ColorArg::Player => Self::Player,
            ColorArg::Time => Self::Time,
            ColorArg::Speed => Self::Speed,
            ColorArg::Health => Self::Health,
        }
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let stage = PictureSetup::set(&args.input, &args.filter, &args.picture, console)?;
    let spec = PathsSpec { color: args.color.into(), highlight: args.highlight.clone() };
    let empty = PathsAccumulator::new(stage.map.extent.rect);
    let (paths, heights, faults) =
        FloorFigures::read(&empty, &stage, args.floors, console, |paths, index, round, lives, filter| {
            paths.add_lives(index, round, lives, filter);
        })?;
    for typed in &args.highlight {
        let pattern = PlayerPattern::new(typed);
        if !paths.whole.paths().iter().any(|path| path.is_of(&pattern)) {
            let names = listed(paths.whole.paths().iter().map(|path| path.name.to_string()));
            bail!("--highlight {typed}: no player of that name; there are: {names}");
        }
    }
    let context = stage.context(heights.as_ref());
    let figure = paths.finish(&stage, &context, |paths, context| paths.finish(&spec, context))?;
    write_figure(figure, faults, &args.input, &args.output, console)
}
