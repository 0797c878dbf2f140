//! `kills`: who was killed where, and from where.

use anyhow::Result;
use clap::Args as Arguments;

use super::{draw, request};
use crate::cli::Outcome;
use crate::cli::args::picture::{PictureArgs, StillArgs};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::kills::KillsSpec;
use crate::figure::request::{Kills, Request, Subject};

/// Arguments of `kills`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity kills examples/session --round 1 --out kills.png\n  \
    proximity kills examples/session --killer Kestrel --weapon mp40 --out kestrel.png")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// Only deaths by this player, by name or GUID; may be repeated
    #[arg(long, value_name = "NAME|GUID")]
    killer: Vec<String>,
    /// Only deaths of this player; may be repeated
    #[arg(long, value_name = "NAME|GUID")]
    victim: Vec<String>,
    /// Only deaths by this weapon, or by those whose names begin so; may be repeated
    #[arg(long, value_name = "WEAPON")]
    weapon: Vec<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    still: StillArgs,
}

impl Args {
    fn spec(&self) -> KillsSpec {
        KillsSpec { killer: self.killer.clone(), victim: self.victim.clone(), weapon: self.weapon.clone() }
    }

    /// The picture these arguments mean.
    pub(crate) fn request(&self) -> Result<Request> {
        self.still.of(request(Subject::Kills(Kills { spec: self.spec() }), &self.filter, &self.picture))
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    draw(args.request()?, &args.input, &args.picture.maps, &args.output, console)
}
