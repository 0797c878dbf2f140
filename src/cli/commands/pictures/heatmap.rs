//! `heatmap`: where movement happened, how much, and in which state.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args as Arguments;

use super::floors::{FloorArgs, FloorFigures};
use super::setup::{PictureArgs, PictureSetup};
use super::write_figure::write_figure;
use crate::analysis::{Filter, Weight};
use crate::cli::Outcome;
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::Canvas;
use crate::figure::heatmap::{
    By, HeatmapAccumulator, HeatmapSpec, Mode, Normalize, Scale, VersusAccumulator, VersusSpec, parse_weight,
};
use crate::files;

/// Arguments of `heatmap`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity heatmap examples/session --out heat.png\n  \
    proximity heatmap rounds/ --map supply --life-window 0..10 --mode panels --out opening.png\n  \
    proximity heatmap rounds/ --map supply --team allies --versus team=axis --out sides.png")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// What tells the colours apart: state, team, class, none
    #[arg(long, value_name = "WHAT", default_value = "state")]
    by: By,
    /// How colours share a place: dominant, blend, weave, panels, share:STATE, only:STATE
    #[arg(long, default_value = "dominant")]
    mode: Mode,
    /// What is counted: time, visits (once per life), players
    #[arg(long, default_value = "time", value_parser = parse_weight)]
    weight: Weight,
    /// How values become brightness: p99, log, eq-hist, linear, fixed:N
    #[arg(long, value_name = "HOW", default_value = "p99")]
    normalize: Normalize,
    /// Sigma of the smoothing, units
    #[arg(long, value_name = "U")]
    sigma: Option<f64>,
    /// Draw a line round the places that hold this percentage of everything
    #[arg(long, value_name = "PERCENT")]
    contour: Option<f64>,
    /// Take the scale of another picture, from a file written with --scale-out
    #[arg(long, value_name = "FILE", conflicts_with = "normalize")]
    scale_from: Option<PathBuf>,
    /// Write this picture's scale to a file
    #[arg(long, value_name = "FILE")]
    scale_out: Option<PathBuf>,
    /// Set these lives (A) against others (B): filters as words that replace those of A, such as "team=axis class=medic"
    #[arg(long, value_name = "FILTER", conflicts_with_all = ["by", "mode", "weight", "normalize", "contour", "scale_from", "scale_out", "floors", "elevation"])]
    versus: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    floors: FloorArgs,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    if let Some(words) = &args.versus {
        return versus(args, words, console);
    }
    let stage = PictureSetup::set(&args.input, &args.filter, &args.picture, console)?;
    let normalize = match &args.scale_from {
        Some(file) => Normalize::FromScale(read_scale(file)?),
        None => args.normalize.clone(),
    };
    let spec = HeatmapSpec {
        by: args.by,
        mode: args.mode,
        weight: args.weight,
        normalize,
        sigma_units: args.sigma,
        contour_percent: args.contour,
    };
    let empty = HeatmapAccumulator::new(spec, &stage.map.extent.rect)?;
    // Panels of panels would be too small to read: then floors get panels only when asked for.
    let floors = if args.mode == Mode::Panels { args.floors.only_if_asked() } else { args.floors };
    let (heat, heights, faults) =
        FloorFigures::read(&empty, &stage, floors, console, |heat, _, round, lives, filter| {
            heat.add_lives(round, lives, filter);
        })?;
    let context = stage.context(heights.as_ref());
    // All floors share the scale of the whole map, whose legend stands beside them.
    let scale = heat.has_panels().then(|| heat.whole.scale(&context));
    let figure = heat.finish(&stage, &context, |heat, context| match &scale {
        Some(scale) if context.filter.floor.is_some() => heat.on_scale(scale.clone()).finish(context),
        _ => heat.finish(context),
    })?;
    if let (Some(file), Some(scale)) = (&args.scale_out, &figure.recipe.scale) {
        files::write(file, serde_json::to_string_pretty(scale)?.as_bytes())?;
    }
    write_figure(figure, faults, &args.input, &args.output, console)
}

/// One group of lives against another.
fn versus(args: &Args, words: &str, console: &mut Console) -> Result<Outcome> {
    let other = args.filter.replaced_by(words)?;
    // Rounds that either side wants are read.
    let both = args.filter.for_rounds_of(&other);
    let stage = PictureSetup::set(&args.input, &both, &args.picture, console)?;
    let on_map = |filter: Filter| Filter { maps: stage.filter.maps.clone(), ..filter };
    let (a, b) = (on_map(args.filter.filter()), on_map(other.filter()));
    let spec = VersusSpec { sigma_units: args.sigma, ..VersusSpec::default() };
    let empty = VersusAccumulator::new(spec, a.clone(), b, &stage.map.extent.rect)?;
    let (versus, heights, faults) =
        stage.fold(console, || empty.clone(), VersusAccumulator::add, VersusAccumulator::merge)?;
    let context = Canvas { filter: &a, ..stage.context(heights.as_ref()) };
    write_figure(versus.finish(&context), faults, &args.input, &args.output, console)
}

fn read_scale(file: &PathBuf) -> Result<Scale> {
    let text = files::read_text(file, files::WRITTEN_BY_HAND)?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a scale", file.display()))
}
