//! `export`: tracks out of a store, for other programs.

use std::io::{BufWriter, Write};

use anyhow::{Context, Result, bail};
use clap::Args as Arguments;
use serde_json::json;

use super::known_in;
use crate::analysis::{Filter, StateSet, round_number};
use crate::cli::Outcome;
use crate::cli::args::FilterArgs;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::console::{Console, output};
use crate::cli::output::Target;
use crate::files;
use crate::model::{Round, Track};
use crate::store::{Storage, event_word, path_json};
use crate::text::{counted, csv_field};

/// Arguments of `export`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity export --jsonl --map supply --out tracks.jsonl")]
pub(crate) struct Args {
    #[command(flatten)]
    database: DatabaseArgs,
    /// One JSON array of lives, each with its path in the shape of the original tracker's tables (the default)
    #[arg(long, group = "form")]
    json: bool,
    /// One life per line as JSON
    #[arg(long, group = "form")]
    jsonl: bool,
    /// One sample per line as CSV
    #[arg(long, group = "form")]
    csv: bool,
    /// The file to make; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: String,
    #[command(flatten)]
    filter: FilterArgs,
}

/// How tracks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    JsonLines,
    Csv,
}

const CSV_HEAD: &str = "session_date,round_number,map_name,player_guid,player_name,team,player_class,spawn_time_ms,\
    death_time_ms,death_type,time,x,y,z,health,speed,weapon,stance,sprint,event\n";

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let filter = args.filter.filter();
    if filter.states != StateSet::ALL || filter.life_window.is_some() || filter.round_window.is_some() {
        bail!("export writes whole lives: leave --state, --life-window and --round-window out");
    }
    let form = match (args.csv, args.jsonl) {
        (true, _) => Form::Csv,
        (_, true) => Form::JsonLines,
        _ => Form::Json,
    };
    let mut store = args.database.open()?;
    let matches = |store: &mut dyn Storage, filter: &Filter| -> Result<bool> {
        for stored in store.rounds(filter)? {
            if store.load(stored.key)?.tracks.iter().any(|track| filter.matches_track(track)) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let filter = if matches(&mut *store, &filter)? {
        filter
    } else {
        known_in(&args.database.url()?, &filter, console)?
    };
    match Target::from(args.out.as_str()) {
        Target::Stdout => {
            let mut out = BufWriter::new(output());
            write(&mut *store, &filter, form, &mut out).context("standard output")?;
            out.flush().context("standard output")?;
        }
        Target::File(path) => {
            let lives = files::write_with(&path, |out| {
                write(&mut *store, &filter, form, out).with_context(|| path.display().to_string())
            })?;
            console.say(&format!("{}: {}", path.display(), counted(lives as u64, "life", "lives")))?;
        }
    }
    Ok(Outcome::Done)
}

fn write(store: &mut dyn Storage, filter: &Filter, form: Form, out: &mut dyn Write) -> Result<usize> {
    let mut lives = 0;
    if form == Form::Csv {
        out.write_all(CSV_HEAD.as_bytes())?;
    }
    for stored in store.rounds(filter)? {
        let round = store.load(stored.key)?;
        let date = stored.session_date.to_string();
        for track in round.tracks.iter().filter(|track| filter.matches_track(track)) {
            match form {
                Form::Csv => csv_lines(out, &date, &round, track)?,
                Form::Json => {
                    out.write_all(if lives == 0 { b"[\n" } else { b",\n" })?;
                    out.write_all(object(&date, &round, track).as_bytes())?;
                }
                Form::JsonLines => writeln!(out, "{}", object(&date, &round, track))?,
            }
            lives += 1;
        }
    }
    if form == Form::Json {
        out.write_all(if lives == 0 { b"[]\n" } else { b"\n]\n" })?;
    }
    Ok(lives)
}

/// A life in the columns of the original tracker's tables, with its path.
fn object(date: &str, round: &Round, track: &Track) -> String {
    let head = json!({
        "session_date": date,
        "round_number": round_number(&round.meta),
        "map_name": round.meta.map,
        "file_hash": round.meta.content_hash,
        "player_guid": track.guid.as_str(),
        "player_name": track.name.as_str(),
        "team": track.team.as_str(),
        "player_class": track.class.as_str(),
        "spawn_time_ms": track.spawn.0,
        "death_time_ms": track.end.map(|time| time.0),
        "first_move_time_ms": track.first_move.map(|time| time.0),
        "death_type": track.death_type.as_ref().map(ToString::to_string),
        "sample_count": track.samples.len(),
    });
    let head = head.to_string();
    format!("{},\"path\":{}}}", head.trim_end_matches('}'), path_json(track))
}

fn csv_lines(out: &mut dyn Write, date: &str, round: &Round, track: &Track) -> Result<()> {
    let maybe = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let life = [
        date.to_owned(),
        maybe(round_number(&round.meta).map(Into::into)),
        csv_field(&round.meta.map),
        csv_field(track.guid.as_str()),
        csv_field(track.name.as_str()),
        csv_field(track.team.as_str()),
        csv_field(track.class.as_str()),
        track.spawn.0.to_string(),
        maybe(track.end.map(|time| time.0.into())),
        csv_field(track.death_type.as_ref().map_or("", |word| word.as_str())),
    ];
    let life = life.join(",");
    for s in &track.samples {
        writeln!(
            out,
            "{life},{},{},{},{},{},{},{},{},{},{}",
            s.time.0,
            s.at.x,
            s.at.y,
            s.at.z,
            s.known_health().map_or_else(String::new, |health| health.to_string()),
            s.speed_ups,
            s.weapon.0,
            s.stance,
            s.sprint,
            csv_field(event_word(s.event, track))
        )?;
    }
    Ok(())
}
