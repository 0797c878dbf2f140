//! `life`: the card of a single life, or a sheet of all lives of a player.

use anyhow::{Result, bail};
use clap::Args as Arguments;

use super::{choose, draw, request};
use crate::analysis::lives;
use crate::cli::Outcome;
use crate::cli::args::picture::{PictureArgs, StillArgs};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::request::{LifeCard, Request, Subject, WhichLife};
use crate::rounds::choices;

/// Arguments of `life`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity life examples/session --player Kestrel --longest --out life.png\n  \
    proximity life rounds/ --map supply --round 1 --player Kestrel --nth 3 --out third.png\n  \
    proximity life examples/session --player Kestrel --all --out lives.png")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    still: StillArgs,
}

/// Which of the lives that match.
#[derive(Debug, Arguments)]
#[group(multiple = false)]
struct Which {
    /// The life that began at this time of the file's clock, milliseconds
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    spawn_time: Option<i32>,
    /// The longest life (the default)
    #[arg(long)]
    longest: bool,
    /// The Nth life in order of time, from 1
    #[arg(long, value_name = "N")]
    nth: Option<usize>,
    /// All lives on one map, each on a small card; the 36 longest of more
    #[arg(long)]
    all: bool,
}

impl Args {
    /// The picture these arguments mean.
    pub(crate) fn request(&self) -> Result<Request> {
        let which = match (self.which.spawn_time, self.which.nth) {
            (Some(time), _) => WhichLife::SpawnTime(time),
            (None, Some(nth)) => WhichLife::Nth(nth),
            (None, None) if self.which.all => WhichLife::All,
            (None, None) => WhichLife::Longest,
        };
        self.still.of(request(Subject::Life(LifeCard { which }), &self.filter, &self.picture))
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let request = args.request()?;
    if request.filter.players.is_empty() {
        request.check()?;
        let chosen = choose(request, &args.input.rounds(console)?, &args.picture.maps, console)?;
        let (rounds, _) = chosen.selected.rounds.read_all(console.progress())?;
        let names = rounds.iter().flat_map(|round| {
            let lives = lives(round, &chosen.request.filter).lives;
            lives.iter().map(|life| life.track().name.display().into_owned()).collect::<Vec<_>>()
        });
        bail!("whose life? name one with --player: {}", choices(names));
    }
    draw(request, &args.input, &args.picture.maps, &args.output, console)
}
