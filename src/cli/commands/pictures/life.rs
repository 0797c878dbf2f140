//! `life`: the card of a single life.

use anyhow::{Context, Result, bail};
use clap::Args as Arguments;

use super::setup::{PictureArgs, PictureSetup};
use super::write_figure::write_figure;
use crate::analysis::lives;
use crate::analysis::{Filter, Life, StateSet};
use crate::cli::Outcome;
use crate::cli::args::{FilterArgs, InputArgs, OutArgs, listed};
use crate::cli::console::Console;
use crate::figure::life::LifeCard;
use crate::model::Round;

/// Arguments of `life`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity life examples/session --player Kestrel --longest --out life.png\n  \
    proximity life rounds/ --map supply --round 1 --player Kestrel --nth 3 --out third.png")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
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
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    if args.filter.filter().states != StateSet::default() {
        bail!("a life's card shows all of its states: leave --state out");
    }
    let stage = PictureSetup::set(&args.input, &args.filter, &args.picture, console)?;
    if stage.filter.players.is_empty() {
        let (rounds, ..) = stage.rounds(console)?;
        bail!("whose life? name one with --player: {}", names(&rounds, &stage.filter));
    }
    let (rounds, heights, faults) = stage.rounds(console)?;
    let (card, data_summary) = find(args, &rounds, &stage.filter, &stage.map.extent.rect)?;
    let figure = card
        .figure(&stage.context(heights.as_ref()), &data_summary)
        .context("this life has no place that could be drawn")?;
    write_figure(figure, faults, &args.input, &args.output, console)
}

fn find(
    args: &Args,
    rounds: &[Round],
    filter: &Filter,
    extent: &crate::geom::WorldRect,
) -> Result<(LifeCard, crate::figure::DataSummary)> {
    let found: Vec<_> = rounds.iter().map(|round| lives(round, filter)).collect();
    let mut all: Vec<(u32, &Life<'_>)> = found
        .iter()
        .enumerate()
        .flat_map(|(order, lives)| lives.lives.iter().map(move |life| (order as u32, life)))
        .collect();
    all.sort_by_key(|(order, life)| (*order, life.start_since_live_ms(), life.track_index()));
    let typed: Vec<&str> = filter.players.iter().map(crate::analysis::PlayerPattern::as_str).collect();
    if all.is_empty() {
        let all_players = Filter { players: Vec::new(), ..filter.clone() };
        bail!(
            "no life of {} matches the filters; there are: {}",
            typed.join(", "),
            names(rounds, &all_players)
        );
    }
    let chosen = if let Some(time) = args.which.spawn_time {
        all.iter().find(|(_, life)| life.track().spawn.0 == time).with_context(|| {
            let times: Vec<String> =
                all.iter().take(12).map(|(_, life)| life.track().spawn.0.to_string()).collect();
            format!("no life began at {time} ms; these did: {}", times.join(", "))
        })?
    } else if let Some(nth) = args.which.nth {
        nth.checked_sub(1).and_then(|i| all.get(i)).with_context(|| {
            format!("there are {} lives, so --nth goes from 1 to {}", all.len(), all.len())
        })?
    } else {
        // The first of equally long lives, whatever the order of the files.
        let longest = all.iter().map(|(_, life)| life.alive_ms()).max();
        all.iter().find(|(_, life)| Some(life.alive_ms()) == longest).context("no life")?
    };
    let (order, life) = *chosen;
    Ok(LifeCard::with_data_summary(order, life, filter, extent))
}

/// The players whose lives match, by name.
fn names(rounds: &[Round], filter: &Filter) -> String {
    let name = |life: &Life<'_>| life.track().name.display().into_owned();
    listed(rounds.iter().flat_map(|round| lives(round, filter).lives.iter().map(name).collect::<Vec<_>>()))
}
