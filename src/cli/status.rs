//! `status` and `cleanup`: what a store keeps, and removing an evening of it.

use anyhow::Result;
use clap::Args as Arguments;
use jiff::civil::Date;
use serde_json::json;

use super::Outcome;
use super::console::{Console, visible};
use super::database::DatabaseArgs;
use super::zone::Zone;
use crate::analysis::Filter;

/// Arguments of `status`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity status --db sqlite:proximity.db")]
pub(super) struct StatusArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn status(args: &StatusArgs, console: &mut Console) -> Result<Outcome> {
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
            "samples": status.samples, "engagements": status.fights, "players": status.players,
            "sessions": status.sessions, "first": status.first.map(|date| date.to_string()),
            "last": status.last.map(|date| date.to_string()), "bytes": status.bytes, "maps": maps,
        }))?;
        return Ok(Outcome::Done);
    }
    console.say(&format!(
        "{url}: {} rounds · {} lives · {} samples · {} engagements · {} players",
        status.rounds, status.lives, status.samples, status.fights, status.players
    ))?;
    if let (Some(first), Some(last)) = (status.first, status.last) {
        console.say(&format!(
            "{} sessions from {first} to {last} · {} on disk",
            status.sessions,
            size(status.bytes)
        ))?;
    }
    if status.copies > 0 {
        console.say(&format!(
            "{} copies of rounds are known but not kept: cut, shorter, or replaced",
            status.copies
        ))?;
    }
    let width = status.maps.iter().map(|map| map.map.chars().count()).max().unwrap_or_default();
    for map in &status.maps {
        console.say(&visible(&format!(
            "  {:width$}  {:>5} rounds  {:>7} lives  {:>9} samples",
            map.map, map.rounds, map.lives, map.samples
        )))?;
    }
    Ok(Outcome::Done)
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
#[command(after_help = "Example:\n  proximity cleanup --date 2026-11-22 --yes")]
pub(super) struct CleanupArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Remove the rounds of this session date
    #[arg(long, value_name = "DATE", required_unless_present = "today", conflicts_with = "today")]
    date: Option<Date>,
    /// Remove the rounds of this evening (until 6 in the morning it is still yesterday's)
    #[arg(long)]
    today: bool,
    /// Do it; without this, only say what would be removed
    #[arg(long)]
    yes: bool,
}

pub(super) fn cleanup(args: &CleanupArgs, console: &mut Console) -> Result<Outcome> {
    let date = args.date.unwrap_or_else(|| Zone::here().today());
    let mut store = args.database.open()?;
    if args.yes {
        let removed = store.cleanup(date)?;
        console.say(&format!(
            "removed {date}: {} rounds · {} lives · {} samples",
            removed.rounds, removed.lives, removed.samples
        ))?;
    } else {
        let rounds = store.rounds(&Filter::everything())?;
        let of_date = || rounds.iter().filter(|round| round.session_date == date);
        let (lives, samples) = of_date().fold((0, 0), |(l, s), round| (l + round.lives, s + round.samples));
        console.say(&format!(
            "would remove {date}: {} rounds · {lives} lives · {samples} samples; --yes does it",
            of_date().count()
        ))?;
    }
    Ok(Outcome::Done)
}
