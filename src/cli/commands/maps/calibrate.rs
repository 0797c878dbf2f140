//! `maps calibrate`: where the world lies on a picture from elsewhere.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;

use super::MapsArgs;
use crate::analysis::Filter;
use crate::basemap::BaseStyle;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::cli::output::Target;
use crate::figure::paths::{PathsAccumulator, PathsSpec};
use crate::figure::proof::Proof;
use crate::figure::{Canvas, Orientation, Sheet};
use crate::map::calibrate::{Calibration, MatchedPoint, Turned, calibrate};
use crate::map::{MapName, PictureLimits, WorldMap, picture};
use crate::rounds::{EachRound, RoundView, Rounds};
use crate::text::visible;

/// Arguments of `maps calibrate`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    proximity maps calibrate supply --image supply.jpg --point \"-1200,3400=112,80\" \\\n      \
    --point \"2900,-560=870,911\" --point \"640,-120=531,588\" --proof proof.png rounds/")]
pub(crate) struct CalibrateArgs {
    /// The map's name
    #[arg(value_name = "MAP")]
    map: String,
    /// The picture: PNG, TGA or JPEG
    #[arg(long, value_name = "FILE")]
    image: PathBuf,
    /// A place in the world and the pixel that shows it, from the picture's left and top edge; two or more
    #[arg(long = "point", value_name = "x,y=px,py", required = true, allow_hyphen_values = true)]
    points: Vec<MatchedPoint>,
    /// Turn a picture that is not north up, instead of refusing it
    #[arg(long)]
    allow_turned: bool,
    /// Also draw a proof sheet: grid, spawn spots, tracks and residuals over the picture; a PNG or an SVG
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Tracker files whose tracks are drawn on the proof, or folders of them
    #[arg(value_name = "INPUT", requires = "proof")]
    tracks: Vec<PathBuf>,
    /// Only show what would be saved
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    maps: MapsArgs,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &CalibrateArgs, console: &mut Console) -> Result<Outcome> {
    let name = MapName::new(&args.map).with_context(|| format!("{:?} is not a map name", args.map))?;
    let image = picture::load(&args.image, &PictureLimits::default())?;
    let turned = if args.allow_turned { Turned::Accept } else { Turned::Refuse };
    let found = calibrate(&args.points, image.dimensions(), turned)?;
    // The proof is drawn first: if it cannot be, nothing is saved.
    if let Some(proof) = &args.proof {
        draw_proof(args, &found, &image, proof, console)?;
    }
    let saved = if args.dry_run { None } else { Some(found.save(&args.maps.home()?, &name, &image)?) };

    let rect = &found.extent;
    let corner = |x: f64, y: f64| [round(x), round(y)];
    let (mins, maxs) = (corner(rect.min_x(), rect.max_y()), corner(rect.max_x(), rect.min_y()));
    if args.json {
        let points: Vec<_> = args
            .points
            .iter()
            .zip(&found.residuals_units)
            .map(|(point, residual)| {
                json!({
                    "world": [point.world.0, point.world.1],
                    "pixel": [point.pixel.0, point.pixel.1],
                    "residual_units": round(*residual),
                })
            })
            .collect();
        console.json(&json!({
            "map": args.map,
            "extent": {"mins": mins, "maxs": maxs},
            "residual_units": round(found.rms_units),
            "turned": !found.orientation.is_upright(),
            "points": points,
            "saved": saved.as_ref().map(|path| path.display().to_string()),
            "proof": args.proof.as_ref().map(|path| path.display().to_string()),
        }))?;
        return Ok(Outcome::Done);
    }
    for (point, residual) in args.points.iter().zip(&found.residuals_units) {
        let ((x, y), (px, py)) = (point.world, point.pixel);
        console.say(&format!("({x}, {y}) at pixel ({px}, {py}): {} u off", round(*residual)))?;
    }
    let [west, north] = mins;
    let [east, south] = maxs;
    let turned = if found.orientation.is_upright() { "" } else { "; the picture was turned to be north up" };
    console.say(&format!(
        "{}: ({west}, {north}) to ({east}, {south}), residual {} u over {} points{turned}",
        visible(&args.map),
        round(found.rms_units),
        args.points.len(),
    ))?;
    if args.points.len() == 2 {
        console.say("two points always fit; a third one would show how well they were matched")?;
    }
    for path in saved.iter().chain(&args.proof) {
        console.say(&visible(&path.display().to_string()))?;
    }
    Ok(Outcome::Done)
}

/// To a tenth of a unit.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn draw_proof(
    args: &CalibrateArgs,
    found: &Calibration,
    image: &image::RgbaImage,
    file: &std::path::Path,
    console: &mut Console,
) -> Result<()> {
    let is = |wanted: &str| file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted));
    if !is("png") && !is("svg") {
        bail!("{}: the proof is a PNG or an SVG; name it .png or .svg", file.display());
    }
    let mut map = match args.maps.open_existing()?.find(&args.map)? {
        Some(map) => WorldMap { extent: found.to_extent(), ..map },
        None => WorldMap::bare(&args.map, found.to_extent()),
    };
    map.picture = None;
    let filter = Filter { maps: vec![args.map.clone()], ..Filter::everything() };
    let empty = || PathsAccumulator::new(PathsSpec::default(), found.extent).with_each_kept();
    let tracks = if args.tracks.is_empty() {
        empty()
    } else {
        let add = |tracks: &mut PathsAccumulator, round: &RoundView<'_>| {
            tracks.add(round.order, round.round, &filter);
        };
        let mut rounds = Rounds::files(&args.tracks)?;
        console.passed_over(&rounds);
        match rounds.choose(&filter) {
            Ok(_) => {
                let merge = PathsAccumulator::merge;
                let (tracks, faults) = rounds.fold(console.progress(), "reading", empty, add, merge)?;
                console.complaints(&faults);
                tracks
            }
            Err(none) => {
                console.complain(&format!("the proof has no tracks: {none}"));
                empty()
            }
        }
    };
    let upright = found.orientation.upright(image);
    let context = Canvas {
        map: &map,
        picture: Some(&upright),
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, 1080).context("a sheet of 1080 pixels")?,
        crop: None,
        imprint: None,
        filter: &filter,
        bases: None,
    };
    let proof = Proof { calibration: found, points: &args.points, picture_px: image.dimensions() };
    let drawing = proof.figure(&tracks, &context);
    let bytes = if is("svg") { drawing.svg().into_bytes() } else { drawing.png()? };
    Target::File(file.to_owned()).write(&bytes, console)
}
