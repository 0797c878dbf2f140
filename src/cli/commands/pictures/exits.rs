//! `exits`: the paths out of the spawns.

use anyhow::Result;
use clap::Args as Arguments;

use super::{draw, request};
use crate::cli::Outcome;
use crate::cli::args::picture::{PictureArgs, StillArgs};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::exits::ExitsSpec;
use crate::figure::request::{Exits, Request, Subject};

/// Arguments of `exits`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity exits examples/session --team allies --out exits.png")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
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
    #[command(flatten)]
    still: StillArgs,
}

impl Args {
    /// The picture these arguments mean.
    pub(crate) fn request(&self) -> Result<Request> {
        let exits = Exits { spec: ExitsSpec { ring_units: self.ring } };
        self.still.of(request(Subject::Exits(exits), &self.filter, &self.picture))
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    draw(args.request()?, &args.input, &args.picture.maps, &args.output, console)
}
