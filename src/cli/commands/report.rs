//! `report`: sessions as folders of a page, pictures, replays and figures.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args as Arguments;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::maps::MapsArgs;
use super::pictures::setup::BaseArg;
use crate::basemap::BaseStyle;
use crate::cli::Outcome;
use crate::cli::args::{FilterArgs, InputArgs};
use crate::cli::console::Console;
use crate::files;
use crate::publish::folder;
use crate::publish::folder::{Keep, Made, Options, Summary};
use crate::publish::sessions::{KnownFiles, by_date};
use crate::report::{SessionEntry, sessions_page};
use crate::rounds::source::{Faults, Source};
use crate::text::{counted, visible};

/// What is known about the input's files, kept beside the list of sessions.
const KNOWN: &str = ".proximity-files.json";

/// Arguments of `report`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity report examples/session --out out\n  \
    proximity report --all --db sqlite:proximity.db --out sessions")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The folder to make: index.html and its pictures
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// One folder for each session, and a page that lists them; only what changed is made again
    #[arg(long)]
    all: bool,
    /// Make everything again, even what is still right
    #[arg(long)]
    fresh: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    maps: MapsArgs,
    /// How the maps are drawn
    #[arg(long, value_name = "STYLE", default_value = "dim")]
    base: BaseArg,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let mut source = args.input.source()?;
    source.tell(console);
    let filter = args.filter.filter();
    let doubles = source.choose(&filter)?;
    let options = Options {
        filter: &filter,
        base: BaseStyle::from(args.base),
        maps: &args.maps,
        index: args.all.then_some("../index.html"),
        past: args.input.database()?,
        keep: if args.fresh { Keep::Nothing } else { Keep::WhatIsRight },
        stop: None,
    };
    let mut faults = Faults::default();
    if args.all {
        let batch = batch(&source, &args.out, &options, |_| true, console)?;
        for made in &batch.made {
            faults.refused += made.faults.refused;
            faults.inside += made.faults.inside;
        }
        say_batch(args, &batch, doubles, console)?;
    } else {
        let mut known = KnownFiles::default();
        let made = folder::make(&source, &args.out, &options, &mut known, "drawing", console)?;
        faults = made.faults;
        say_one(args, &made, doubles, console)?;
    }
    Ok(if args.input.strict && faults.any() { Outcome::Faults } else { Outcome::Done })
}

/// What a batch came to: its sessions in the order of time, and those that could not be made.
pub(crate) struct Batch {
    pub made: Vec<Made>,
    pub failed: Vec<String>,
}

/// Makes the folder of every session of the source, and the page that lists them. Sessions that are not `wanted` stay as
/// they are if they are whole. A session that cannot be made does not keep the others from being made.
///
/// # Errors
/// When nothing can be read or written.
pub(crate) fn batch(
    source: &Source,
    out: &Path,
    options: &Options<'_>,
    wanted: impl Fn(Option<Date>) -> bool,
    console: &mut Console,
) -> Result<Batch> {
    folder::refuse_foreign(&out.join("index.html"))?;
    let mut known = KnownFiles::load(&out.join(KNOWN));
    let sessions = by_date(source)?;
    let mut batch = Batch { made: Vec::new(), failed: Vec::new() };
    for (nth, (date, part)) in sessions.iter().enumerate() {
        let folder = folder::folder(out, *date);
        if !wanted(*date)
            && let Some(summary) = folder::summary(&folder)
        {
            let summary = Summary { date: *date, ..summary };
            batch.made.push(Made { summary, drawn: 0, faults: Faults::default() });
            continue;
        }
        let what = format!("{} of {}", nth + 1, sessions.len());
        match folder::make(part, &folder, options, &mut known, &what, console) {
            Ok(mut made) => {
                made.summary.date = *date;
                batch.made.push(made);
            }
            Err(error) => {
                let name = folder::folder_name(*date);
                console.complain(&format!("session {name}: {error:#}"));
                batch.failed.push(name);
            }
        }
    }
    if batch.made.is_empty() {
        bail!("none of the {} sessions could be made", sessions.len());
    }
    let entries: Vec<SessionEntry> = batch.made.iter().rev().map(|made| entry(&made.summary)).collect();
    write_changed(&out.join("index.html"), sessions_page(&entries)?.as_bytes())?;
    write_changed(&out.join(KNOWN), &known.to_json()?)?;
    Ok(batch)
}

/// Writes a file unless it holds these bytes already.
fn write_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if files::read(path, files::KEPT).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    Ok(files::write(path, bytes)?)
}

fn entry(summary: &Summary) -> SessionEntry {
    SessionEntry {
        folder: folder::folder_name(summary.date),
        title: folder::title(summary.date),
        maps: summary.titles.clone(),
        rounds: summary.rounds as u64,
        players: summary.players as u64,
        lives: summary.lives,
        picture: summary.cover.clone(),
    }
}

fn say_one(args: &Args, made: &Made, doubles: usize, console: &mut Console) -> Result<()> {
    let summary = &made.summary;
    if args.json {
        let mut value = summary_json(&args.out, made);
        value["doubles"] = doubles.into();
        return console.json(&value);
    }
    let drawn = if made.drawn == 0 && !summary.pictures.is_empty() {
        ", nothing had changed".to_owned()
    } else {
        String::new()
    };
    console.say(&visible(&format!(
        "{}: {}, {}, {}, {}{drawn}",
        args.out.join("index.html").display(),
        counted(summary.maps.len() as u64, "map", "maps"),
        counted(summary.rounds as u64, "round", "rounds"),
        counted(summary.lives, "life", "lives"),
        counted(summary.pictures.len() as u64, "picture", "pictures"),
    )))
}

fn say_batch(args: &Args, batch: &Batch, doubles: usize, console: &mut Console) -> Result<()> {
    let drawn: usize = batch.made.iter().map(|made| made.drawn).sum();
    if args.json {
        let sessions: Vec<Value> = batch
            .made
            .iter()
            .map(|made| summary_json(&folder::folder(&args.out, made.summary.date), made))
            .collect();
        return console.json(&json!({
            "out": args.out.display().to_string(), "sessions": sessions, "failed": batch.failed, "drawn": drawn,
            "doubles": doubles,
        }));
    }
    let changed = batch.made.iter().filter(|made| made.drawn > 0).count();
    console.say(&visible(&format!(
        "{}: {}, {changed} made anew, {} drawn",
        args.out.join("index.html").display(),
        counted(batch.made.len() as u64, "session", "sessions"),
        counted(drawn as u64, "file", "files"),
    )))
}

fn summary_json(out: &Path, made: &Made) -> Value {
    let summary = &made.summary;
    let files: Vec<String> =
        summary.pictures.iter().map(|picture| out.join(picture).display().to_string()).collect();
    json!({
        "out": out.display().to_string(), "session": summary.date.map(|date| date.to_string()),
        "maps": summary.maps, "rounds": summary.rounds, "tracks": summary.tracks, "players": summary.players,
        "pictures": files, "drawn": made.drawn, "faults": made.faults.inside, "refused": made.faults.refused,
    })
}
