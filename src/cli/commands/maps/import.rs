//! `maps import`: from the game's archives to a maps folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::MapsArgs;
use crate::basemap::overview;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::files::{Kind, SearchLimits, search};
use crate::map::MapName;
use crate::map_import::{Edited, ImportOptions, ImportOutcome, ImportReport, ImportedMap, import};
use crate::text::{counted, visible};

/// Folders are searched this deep.
const MAX_DEPTH: usize = 8;
/// The smallest drawn overview that is of any use, pixels.
const SMALLEST: u32 = 64;

/// Arguments of `maps import`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    proximity maps import ~/.etlegacy/etmain/*.pk3\n  \
    proximity maps import ~/.etlegacy --only supply --maps ~/etmaps")]
pub(crate) struct ImportArgs {
    /// Archives (.pk3, or .zip files that hold them), loose maps (.bsp), unpacked archives (.pk3dir), or folders that are
    /// searched for these
    #[arg(value_name = "FILE|DIR", required = true)]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    maps: MapsArgs,
    /// Import only this map; may be repeated
    #[arg(long, value_name = "MAP")]
    only: Vec<String>,
    /// Overwrite descriptions and pictures that a person has edited
    #[arg(long)]
    replace: bool,
    /// The longer side of drawn overviews, pixels
    #[arg(long, value_name = "PX", default_value_t = 1024)]
    size: u32,
    /// Exit with status 1 if anything was wrong with the archives
    #[arg(long)]
    strict: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &ImportArgs, console: &mut Console) -> Result<Outcome> {
    if !(SMALLEST..=overview::LARGEST).contains(&args.size) {
        bail!("--size {}: expected {SMALLEST} to {} pixels", args.size, overview::LARGEST);
    }
    let only: Vec<MapName> = args
        .only
        .iter()
        .map(|name| {
            MapName::new(name).with_context(|| format!("--only {name:?}: no name that a map can have"))
        })
        .collect::<Result<_>>()?;
    let options = ImportOptions {
        overview_pixels: args.size,
        edited: if args.replace { Edited::Replace } else { Edited::Keep },
        only: (!only.is_empty()).then_some(only),
        ..ImportOptions::default()
    };
    let files = files(&args.inputs, console)?;
    let folder = args.maps.home()?;
    // How many maps there are is known with the first of them.
    let mut bar = console.progress().bar("importing", 0);
    let report = import(&files, &folder, &options, |done, of, map| {
        if done == 1 {
            bar = console.progress().bar("importing", of as u64);
        }
        bar.set_position(done as u64);
        bar.set_message(visible(&map.name));
    })?;
    bar.finish_and_clear();

    for fault in &report.faults {
        console.complain(fault);
    }
    if args.json {
        console.json(&as_json(&report, &folder))?;
    } else {
        say(&report, &folder, console)?;
    }
    if report.maps.is_empty() {
        let of = if args.only.is_empty() { "no map".to_owned() } else { args.only.join(", ") };
        bail!("{of}: nothing to import in {}", counted(files.len() as u64, "file", "files"));
    }
    Ok(if args.strict && !report.faults.is_empty() { Outcome::Faults } else { Outcome::Done })
}

/// The archives and loose maps that are meant. What cannot be looked at is complained about.
fn files(inputs: &[PathBuf], console: &mut Console) -> Result<Vec<PathBuf>> {
    let has_ending = |path: &Path, endings: &[&str]| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.iter().any(|wanted| ending.eq_ignore_ascii_case(wanted)))
    };
    let is_wanted = |path: &Path, kind| match kind {
        Kind::File => has_ending(path, &["pk3", "bsp", "zip"]),
        Kind::Folder => has_ending(path, &["pk3dir"]),
    };
    let mut files = Vec::new();
    for input in inputs {
        let about = fs::metadata(input).with_context(|| format!("cannot read {}", input.display()))?;
        if about.is_dir() && !is_wanted(input, Kind::Folder) {
            let found = search(input, &SearchLimits::deep(MAX_DEPTH), is_wanted);
            found.faults.iter().for_each(|fault| console.complain(&fault.to_string()));
            files.extend(found.paths);
        } else {
            files.push(input.clone());
        }
    }
    if files.is_empty() {
        bail!("no .pk3 and no .bsp in the folders named");
    }
    Ok(files)
}

fn word(outcome: ImportOutcome) -> &'static str {
    match outcome {
        ImportOutcome::New => "new",
        ImportOutcome::Updated => "updated",
        ImportOutcome::Unchanged => "unchanged",
        ImportOutcome::Kept => "kept: edited by hand",
    }
}

fn say(report: &ImportReport, folder: &Path, console: &mut Console) -> Result<()> {
    for map in &report.maps {
        console.say(&visible(&format!("{:24} {}", map.name, word(map.outcome))))?;
        console.say(&visible(&format!("  corners  {}", corners(map))))?;
        console.say(&visible(&format!("  picture  {}", map.picture.as_deref().unwrap_or("none"))))?;
        let [layers, labels, spawns] = map.counts;
        console.say(&format!(
            "  holds    {}, {}, {}",
            counted(layers as u64, "layer", "layers"),
            counted(labels as u64, "label", "labels"),
            counted(spawns as u64, "spawn spot", "spawn spots"),
        ))?;
        for warning in &map.warnings {
            console.say(&visible(&format!("  note     {warning}")))?;
        }
    }
    let count = |wanted| report.maps.iter().filter(|map| map.outcome == wanted).count();
    console.say(&visible(&format!(
        "{}: {}, {} new, {} updated, {} unchanged, {} kept; {}",
        folder.display(),
        counted(report.maps.len() as u64, "map", "maps"),
        count(ImportOutcome::New),
        count(ImportOutcome::Updated),
        count(ImportOutcome::Unchanged),
        count(ImportOutcome::Kept),
        counted(report.faults.len() as u64, "fault", "faults"),
    )))
}

fn corners(map: &ImportedMap) -> String {
    map.extent.as_ref().map_or_else(
        || "unknown: neither its worldspawn nor its geometry tells them".to_owned(),
        |extent| {
            let rect = &extent.rect;
            let [west, north, east, south] = [rect.min_x(), rect.max_y(), rect.max_x(), rect.min_y()];
            format!("({west}, {north}) to ({east}, {south}): {}", extent.sentence())
        },
    )
}

fn as_json(report: &ImportReport, folder: &Path) -> Value {
    let map = |map: &ImportedMap| {
        let [layers, labels, spawns] = map.counts;
        json!({
            "map": map.name,
            "outcome": word(map.outcome),
            "extent": map.extent.as_ref().map(|extent| json!({
                "mins": [extent.rect.min_x(), extent.rect.max_y()],
                "maxs": [extent.rect.max_x(), extent.rect.min_y()],
                "source": extent.sentence(),
            })),
            "picture": map.picture,
            "layers": layers, "labels": labels, "spawns": spawns,
            "warnings": map.warnings,
        })
    };
    json!({
        "folder": folder.display().to_string(),
        "maps": report.maps.iter().map(map).collect::<Vec<_>>(),
        "faults": report.faults,
    })
}
