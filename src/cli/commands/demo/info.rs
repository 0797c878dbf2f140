//! `demo info`: what demos are.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::clock;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::demo::{DateSource, RecordedRound, Source, Summary};
use crate::figure::words::{filter_words, recorder_view};
use crate::model::{Round, Team};
use crate::rounds::demos;
use crate::text::{counted, visible};

/// Arguments of `demo info`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  proximity demo info demos/ --json")]
pub(super) struct Args {
    /// Demos (.dm_82 to .dm_84, .tv_84, .sv_84), also gzipped or zipped, or folders that are searched for them
    #[arg(required = true, value_name = "DEMO")]
    inputs: Vec<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    /// End with status 1 when anything at all is wrong
    #[arg(long)]
    strict: bool,
}

/// What one round is.
struct RoundInfo {
    text: String,
    json: Value,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let mut list = Vec::new();
    let (mut refused, mut faults) = (false, 0);
    let files = demos::find(&args.inputs)?;
    for demo in demos::read_all(&files, 0, |_, recorded| Ok(round_info(&recorded)))? {
        let name = &demo.outcome.name;
        match &demo.outcome.read {
            Err(error) => {
                refused = true;
                list.push(json!({"path": name, "error": format!("{error:#}")}));
                if !args.json {
                    console.say(&visible(&format!("{name}: {error:#}")))?;
                }
            }
            Ok(summary) => {
                faults += summary.faults;
                list.push(demo_json(name, summary, &demo.rounds));
                if !args.json {
                    say(name, summary, &demo.rounds, console)?;
                }
            }
        }
    }
    if args.json {
        console.json(&json!({ "demos": list }))?;
    }
    Ok(if refused || (args.strict && faults > 0) { Outcome::Faults } else { Outcome::Done })
}

fn say(name: &str, summary: &Summary, rounds: &[RoundInfo], console: &mut Console) -> Result<()> {
    let recorder = match &summary.recorder {
        Some(name) => format!(" · recorded by {} (slot {})", name.display(), summary.recorder_slot),
        None => String::new(),
    };
    console.say(&visible(&format!(
        "{name}: {} demo · {} · {} {}{recorder} · {} · {} · {}{}",
        summary.kind.label(),
        summary.maps.join(", "),
        summary.mod_name,
        summary.mod_version,
        clock(i32::try_from(summary.length_ms).unwrap_or(i32::MAX)),
        counted(summary.snapshots, "snapshot", "snapshots"),
        counted(rounds.len() as u64, "round", "rounds"),
        if summary.complete { "" } else { " · cut short" },
    )))?;
    for round in rounds {
        console.say(&visible(&format!("  {}", round.text)))?;
    }
    for warning in &summary.warnings {
        console.say(&visible(&format!("  {warning}")))?;
    }
    Ok(())
}

fn round_info(recorded: &RecordedRound) -> RoundInfo {
    let round = &recorded.round;
    let (players, samples) = (players(round), round.tracks.iter().map(|t| t.samples.len()).sum::<usize>());
    let length = recorded.server_time.1.wrapping_sub(recorded.server_time.0);
    let sources = sources(recorded);
    let text = format!(
        "round {} · {} · {} · {} · {} · {} · {}{}{}{}",
        round.meta.round_raw.unwrap_or(1),
        round.meta.map,
        clock(length),
        counted(players.len() as u64, "player", "players"),
        counted(round.tracks.len() as u64, "life", "lives"),
        counted(recorded.kills.len() as u64, "death", "deaths"),
        counted(samples as u64, "sample", "samples"),
        round
            .meta
            .winner
            .as_ref()
            .map_or_else(String::new, |team| format!(" · {} won", filter_words::team(team))),
        recorder_view::short(round.meta.recorder_view.into_iter())
            .map_or_else(String::new, |seen| format!(" · {seen}")),
        if round.meta.complete { "" } else { " · not from start to end" },
    );
    let json = json!({
        "map": round.meta.map, "round": round.meta.round_raw, "complete": round.meta.complete,
        "winner": round.meta.winner.as_ref().map(Team::as_str),
        "stamp": round.meta.stamp.map(|stamp| stamp.to_string()),
        "server_time": [recorded.server_time.0, recorded.server_time.1],
        "length_ms": length, "players": players, "lives": round.tracks.len(),
        "deaths": recorded.kills.len(), "engagements": round.engagements.len(), "samples": samples,
        "sources": sources,
        "others": round.meta.recorder_view.map(|view| json!({"seen_ms": view.seen_ms, "alive_ms": view.alive_ms})),
    });
    RoundInfo { text, json }
}

/// Names without colours, in order.
fn players(round: &Round) -> Vec<String> {
    let mut names: Vec<String> = round.tracks.iter().map(|track| track.name.display().into_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// How many samples each source gives.
fn sources(recorded: &RecordedRound) -> Value {
    let places = || recorded.lives.iter().flat_map(|life| &life.samples).map(|sample| sample.place);
    let count = |source| places().filter(|place| *place == source).count();
    json!({
        "recorded": count(Source::Recorded), "seen": count(Source::Seen), "coarse": count(Source::Coarse),
    })
}

fn demo_json(name: &str, summary: &Summary, rounds: &[RoundInfo]) -> Value {
    let date = match summary.date {
        DateSource::FileName => "file name",
        DateSource::Modified => "file's last change",
        DateSource::Unknown => "unknown",
    };
    json!({
        "path": name, "kind": summary.kind.label(), "maps": summary.maps, "mod": summary.mod_name,
        "mod_version": summary.mod_version, "host": summary.host,
        "recorder": summary.recorder.as_ref().map(|name| name.display().into_owned()),
        "recorder_slot": summary.recorder_slot, "length_ms": summary.length_ms, "messages": summary.messages,
        "bad_messages": summary.bad_messages, "snapshots": summary.snapshots,
        "lost_snapshots": summary.lost_snapshots, "complete": summary.complete, "date_from": date,
        "rounds": rounds.iter().map(|round| &round.json).collect::<Vec<_>>(),
        "warnings": summary.warnings.iter().map(|w| {
            json!({"record": w.record, "offset": w.offset, "message": w.message})
        }).collect::<Vec<_>>(),
    })
}
