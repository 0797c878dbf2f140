//! `report`: a session as one folder of a page and pictures.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use clap::Args as Arguments;
use rayon::prelude::*;
use serde_json::json;

use super::Outcome;
use super::args::{FilterArgs, InputArgs};
use super::console::Console;
use super::maps::MapsArgs;
use super::output::write_file;
use super::stage::{BaseArg, add_bounds, fitted_to, heights_of, ink_cells, png};
use crate::analysis::Filter;
use crate::figure::BaseStyle;
use crate::map::{MapLibrary, PictureLimits, fit};
use crate::model::Round;
use crate::report::{MapStage, Report};

/// Arguments of `report`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity report examples/session --out out")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The folder to make: index.html and its pictures
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
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

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let mut source = args.input.source()?;
    let filter = args.filter.filter();
    let doubles = source.choose(&filter)?;
    let (rounds, faults) = source.rounds(console)?;
    if rounds.is_empty() {
        bail!("no round in the input matches the filters");
    }
    let base = BaseStyle::from(args.base);
    let (stages, stage_of) = stages(&rounds, &filter, base, &args.maps.library()?)?;
    let report = Report::plan(&rounds, &filter, &stages, &stage_of, base)?;
    let pictures: Vec<_> = report.pictures().collect();
    let bar = console.progress(pictures.len() as u64, "drawing");
    let failed: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let command = super::database::command_line();
    pictures.par_iter().try_for_each(|picture| -> Result<()> {
        let drawn = report
            .figure(picture)?
            .context("it has no place on the map")
            .and_then(|figure| write_file(&args.out.join(&picture.file), &png(figure, &command)?));
        if let Err(error) = drawn {
            let mut failed = failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            failed.push(format!("{}: {error:#}", picture.file));
        }
        bar.inc(1);
        Ok(())
    })?;
    bar.finish_and_clear();
    let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(first) = failed.first() {
        bail!("{} of {} pictures could not be made; the first: {first}", failed.len(), pictures.len());
    }
    let page = args.out.join("index.html");
    write_file(&page, report.page()?.as_bytes())?;
    let tracks: usize = rounds.iter().map(|round| round.tracks.len()).sum();
    if args.json {
        let names: Vec<&str> = stages.iter().map(|stage| stage.map.name.as_str()).collect();
        let files: Vec<String> =
            pictures.iter().map(|picture| args.out.join(&picture.file).display().to_string()).collect();
        console.json(&json!({
            "out": args.out.display().to_string(), "maps": names, "rounds": rounds.len(), "tracks": tracks,
            "pictures": files, "faults": faults.inside, "refused": faults.refused, "doubles": doubles,
        }))?;
    } else {
        console.say(&super::console::visible(&format!(
            "{}: {} maps, {} rounds, {tracks} lives, {} pictures",
            page.display(),
            stages.len(),
            rounds.len(),
            pictures.len()
        )))?;
    }
    Ok(if args.input.strict && faults.any() { Outcome::Faults } else { Outcome::Done })
}

/// Every map of the session with its picture or, where there is none, its ground.
fn stages(
    rounds: &[Round],
    filter: &Filter,
    base: BaseStyle,
    library: &MapLibrary,
) -> Result<(Vec<MapStage>, BTreeMap<String, usize>)> {
    let mut stages = Vec::new();
    let mut stage_of = BTreeMap::new();
    for round in rounds {
        let name = round.meta.map.to_ascii_lowercase();
        if stage_of.contains_key(&name) {
            continue;
        }
        let here: Vec<&Round> =
            rounds.iter().filter(|other| other.meta.map.eq_ignore_ascii_case(&name)).collect();
        let everybody = Filter { maps: vec![name.clone()], ..Filter::everything() };
        let map = if let Some(map) = library.find(&name)? {
            map
        } else {
            let mut bounds = fit::Bounds::default();
            for round in &here {
                add_bounds(&mut bounds, round, &everybody);
            }
            // A map without a single place has nothing to draw; its rounds still count in the tables.
            let Ok(map) = fitted_to(&name, &bounds) else { continue };
            map
        };
        let wanted = !matches!(base, BaseStyle::Ink | BaseStyle::None);
        let picture = match &map.picture {
            Some(picture) if wanted => Some(picture.load(&PictureLimits::default())?),
            _ => None,
        };
        let heights = if picture.is_none() && base != BaseStyle::None {
            let filter = Filter { maps: vec![name.clone()], ..filter.clone() };
            ink_cells(map.extent.rect).and_then(|cells| heights_of(here.iter().copied(), &filter, cells))
        } else {
            None
        };
        stage_of.insert(name, stages.len());
        stages.push(MapStage { map, picture, heights });
    }
    Ok((stages, stage_of))
}
