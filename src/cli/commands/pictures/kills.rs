//! `kills`: who was killed where, and from where.

use anyhow::Result;
use clap::Args as Arguments;

use super::{draw, request};
use crate::cli::Outcome;
use crate::cli::args::picture::{PictureArgs, StillArgs};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::request::{Kills, Request, Subject};

/// Arguments of `kills`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity kills examples/session --round 1 --out kills.png")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    still: StillArgs,
}

impl Args {
    /// The picture these arguments mean.
    pub(crate) fn request(&self) -> Result<Request> {
        self.still.of(request(Subject::Kills(Kills::default()), &self.filter, &self.picture))
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    draw(args.request()?, &args.input, &args.picture.maps, &args.output, console)
}
