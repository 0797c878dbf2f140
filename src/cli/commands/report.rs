//! `report`: sessions as folders of a page, pictures, replays and figures.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args as Arguments;
use serde_json::{Value, json};

use super::maps::MapsArgs;
use crate::basemap::BaseStyle;
use crate::cli::Outcome;
use crate::cli::args::{FilterArgs, InputArgs};
use crate::cli::console::Console;
use crate::publish::batch::{Batch, batch};
use crate::publish::folder;
use crate::publish::folder::{Keep, Made, Options};
use crate::publish::sessions::KnownFiles;
use crate::report::Sheets;
use crate::rounds::{Faults, Maps};
use crate::text::{counted, visible};

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
    /// Make everything again, even what has not changed
    #[arg(long)]
    fresh: bool,
    /// What the full pictures behind the small ones are: JPEG, or PNG without any loss
    #[arg(long, value_name = "KIND", default_value = "small")]
    pictures: Sheets,
    /// Where the folder will be on the web: a link to the page then unfolds with a picture
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    maps: MapsArgs,
    /// How the maps are drawn
    #[arg(long, value_name = "STYLE", default_value = "dim")]
    base: BaseStyle,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    keep_memory_of_pictures();
    let mut rounds = args.input.rounds(console)?;
    let filter = args.filter.filter();
    let doubles = rounds.choose(&filter)?;
    args.maps.check()?;
    let maps = Maps::in_folders(&args.maps.folders());
    let options = Options {
        filter: &filter,
        base: args.base,
        maps: &maps,
        index: args.all.then_some("../index.html"),
        past: args.input.database()?,
        keep: if args.fresh { Keep::Nothing } else { Keep::WhatIsRight },
        sheets: args.pictures,
        address: args.url.as_ref().map(|url| format!("{}/", url.trim_end_matches('/'))),
        stop: None,
    };
    let mut faults = Faults::default();
    if args.all {
        let batch = batch(&rounds, &args.out, &options, |_| true, console.progress())?;
        for line in &batch.complaints {
            console.complain(line);
        }
        for made in &batch.made {
            faults.refused += made.faults.refused;
            faults.inside += made.faults.inside;
        }
        say_batch(args, &batch, doubles, console)?;
    } else {
        let mut known = KnownFiles::default();
        let made = folder::make(&rounds, &args.out, &options, &mut known, "drawing", console.progress())?;
        console.complaints(&made.faults);
        faults = made.faults.clone();
        say_one(args, &made, doubles, console)?;
    }
    Ok(if args.input.strict && faults.any() { Outcome::Faults } else { Outcome::Done })
}

/// Keeps the memory of finished pictures for the next ones. glibc gives large blocks back to the system, which then has to
/// clear every page of the next one: a tenth of a report's time. It keeps as much as twice the largest block that was ever
/// given back, but none of more than 32 MB counts. Elsewhere this does nothing.
fn keep_memory_of_pictures() {
    const LARGEST_THAT_COUNTS: usize = 32 * 1024 * 1024 - 64 * 1024;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGEST_THAT_COUNTS)));
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
