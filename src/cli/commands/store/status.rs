//! `status` and `cleanup`: what a store keeps, and removing a session of it.

use anyhow::Result;
use clap::{ArgGroup, Args as Arguments};
use jiff::civil::Date;
use serde_json::json;

use crate::analysis::Filter;
use crate::cli::Outcome;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::args::zone::Zone;
use crate::cli::console::Console;
use crate::text::{counted, visible};

/// Arguments of `status`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity status --db sqlite:proximity.db")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn status(args: &StatusArgs, console: &mut Console) -> Result<Outcome> {
    let url = args.database.url()?;
    let status = args.database.open()?.status()?;
    if args.json {
        let maps: Vec<_> = status
            .maps
            .iter()
            .map(|map| json!({"map": map.map, "rounds": map.rounds, "lives": map.lives, "samples": map.samples}))
            .collect();
        console.json(&json!({
            "database": url.to_string(), "rounds": status.rounds, "copies": status.copies, "lives": status.lives,
            "samples": status.samples, "engagements": status.engagements, "players": status.players,
            "sessions": status.sessions, "first": status.first.map(|date| date.to_string()),
            "last": status.last.map(|date| date.to_string()), "bytes": status.bytes,
            "stale_players": status.stale.players, "stale_maps": status.stale.maps, "maps": maps,
        }))?;
        return Ok(Outcome::Done);
    }
    console.say(&format!(
        "{url}: {} · {} · {}",
        amount(status.rounds, status.lives, status.samples),
        counted(status.engagements, "engagement", "engagements"),
        counted(status.players, "player", "players")
    ))?;
    if status.rounds == 0 {
        console.complain("it is empty; `proximity import rounds/` imports a folder of tracker files");
    }
    if let (Some(first), Some(last)) = (status.first, status.last) {
        console.say(&format!(
            "{} from {first} to {last} · {} on disk",
            counted(status.sessions, "session", "sessions"),
            size(status.bytes)
        ))?;
    }
    if status.copies > 0 {
        console.say(&format!(
            "{} known but not kept: cut, shorter, or replaced",
            counted(status.copies, "copy of a round is", "copies of rounds are")
        ))?;
    }
    if status.stale.any() {
        console.complain(&format!(
            "figures of {} and {} do not count the latest rounds yet; `proximity schema migrate` or the next import \
             computes them",
            counted(status.stale.players, "player", "players"),
            counted(status.stale.maps, "map", "maps")
        ));
    }
    let width = status.maps.iter().map(|map| map.map.chars().count()).max().unwrap_or_default();
    for map in &status.maps {
        console.say(&visible(&format!(
            "  {:width$}  {:>5} {:6}  {:>7} {:5}  {:>9} samples",
            map.map,
            map.rounds,
            if map.rounds == 1 { "round" } else { "rounds" },
            map.lives,
            if map.lives == 1 { "life" } else { "lives" },
            map.samples
        )))?;
    }
    Ok(Outcome::Done)
}

fn amount(rounds: u64, lives: u64, samples: u64) -> String {
    let (rounds, lives) = (counted(rounds, "round", "rounds"), counted(lives, "life", "lives"));
    format!("{rounds} · {lives} · {}", counted(samples, "sample", "samples"))
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Arguments of `cleanup`.
#[derive(Debug, Arguments)]
#[command(group = ArgGroup::new("when").required(true))]
#[command(after_help = "Example:\n  proximity cleanup --date 2026-11-22 --yes")]
pub(crate) struct CleanupArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Remove the rounds of this session date. A watch brings them back as long as their files lie in its folder
    #[arg(long, value_name = "DATE", group = "when")]
    date: Option<Date>,
    /// Remove the rounds of this session (until 6 in the morning it is still yesterday's)
    #[arg(long, group = "when")]
    today: bool,
    /// Confirm; without this, only show what would be removed
    #[arg(long)]
    yes: bool,
}

pub(crate) fn cleanup(args: &CleanupArgs, console: &mut Console) -> Result<Outcome> {
    let date = args.date.unwrap_or_else(|| Zone::here().today());
    let mut store = args.database.open()?;
    if args.yes {
        let removed = store.cleanup(date)?;
        if removed.files == 0 {
            console.say(&format!("nothing was played on {date}"))?;
        } else {
            let amount = amount(removed.rounds, removed.lives, removed.samples);
            console.say(&format!("removed {date}: {amount}"))?;
        }
    } else {
        let rounds = store.rounds(&Filter::everything())?;
        let of_date = || rounds.iter().filter(|round| round.session_date == date);
        let (lives, samples) = of_date().fold((0, 0), |(l, s), round| (l + round.lives, s + round.samples));
        match of_date().count() as u64 {
            0 => console.say(&format!("nothing was played on {date}"))?,
            rounds => {
                let amount = amount(rounds, lives, samples);
                return console.would(&format!("remove {date}: {amount}"));
            }
        }
    }
    Ok(Outcome::Done)
}
