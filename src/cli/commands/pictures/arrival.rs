//! `arrival`: how early one side got where, or both.

use anyhow::{Result, bail};
use clap::Args as Arguments;

use super::{draw, request};
use crate::cli::Outcome;
use crate::cli::args::picture::{PictureArgs, StillArgs};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::arrival::{ArrivalSpec, Since};
use crate::figure::request::{Arrival, Request, Subject};

/// Arguments of `arrival`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity arrival examples/session --team allies --out arrival.png\n  \
    proximity arrival examples/session --round 1 --out first-there.png\n  \
    proximity arrival examples/session --team axis --since spawn --quantile 0.5 --out how-far.png")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// Where the colours end, seconds [default: the side's own latest places]
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    latest: Option<u32>,
    /// Where the clock begins: with the round (when a side held a place), or with each life's spawn (how far it is)
    #[arg(long, value_name = "CLOCK", value_enum, default_value_t)]
    since: Since,
    /// The share of the rounds, or of the lives that come to a place, by whose time it counts as reached, e.g. 0.5 for the
    /// median [default: 0.5 of the rounds, 0.1 of the lives]
    #[arg(long, value_name = "SHARE")]
    quantile: Option<f64>,
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
        let team = match self.filter.team.as_slice() {
            [] => None,
            [team] => Some(team.clone()),
            _ => bail!("name one side with --team, or none for both"),
        };
        let arrival = Arrival {
            spec: ArrivalSpec { team, latest_s: self.latest, since: self.since, quantile: self.quantile },
        };
        self.still.of(request(Subject::Arrival(arrival), &self.filter, &self.picture))
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    draw(args.request()?, &args.input, &args.picture.maps, &args.output, console)
}
