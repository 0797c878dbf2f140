//! `paths`: lives as lines.

use anyhow::Result;
use clap::Args as Arguments;

use super::{draw, request};
use crate::cli::Outcome;
use crate::cli::args::picture::{FloorArgs, PictureArgs, StillArgs};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::paths::{PathColor, PathsSpec};
use crate::figure::request::{Paths, Request, Subject};

/// Arguments of `paths`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity paths examples/session --round 1 --color team --out paths.png")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    #[command(flatten)]
    pub drawn: PathsArgs,
}

/// What is drawn, and how: everything but where the rounds lie.
#[derive(Debug, Arguments)]
pub(crate) struct PathsArgs {
    /// What a line's colour means
    #[arg(long, value_name = "WHAT", default_value = "state")]
    color: PathColor,
    /// Let this player's lives stand out against all others; may be repeated
    #[arg(long, value_name = "NAME|GUID")]
    highlight: Vec<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    pub picture: PictureArgs,
    #[command(flatten)]
    still: StillArgs,
    #[command(flatten)]
    floors: FloorArgs,
}

impl PathsArgs {
    /// The picture these arguments mean.
    pub(crate) fn request(&self) -> Result<Request> {
        let paths = Paths {
            spec: PathsSpec { color: self.color, highlight: self.highlight.clone() },
            floors: self.floors.floors,
            elevation: self.floors.elevation,
        };
        self.still.of(request(Subject::Paths(paths), &self.filter, &self.picture))
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let drawn = &args.drawn;
    draw(drawn.request()?, &args.input, &drawn.picture.maps, &args.output, console)
}
