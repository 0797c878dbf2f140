//! `heatmap`: where movement happened, how much, and in which state.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args as Arguments;

use super::{Chosen, choose, request, write_figure};
use crate::analysis::Weight;
use crate::cli::Outcome;
#[cfg(not(feature = "lake"))]
use crate::cli::absent;
use crate::cli::args::picture::{FloorArgs, PictureArgs, StillArgs};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::heatmap::{By, HeatmapSpec, Mode, Normalize, Scale, VersusSpec, parse_weight};
use crate::figure::request::{Heatmap, Request, Subject, Versus};
use crate::files;
use crate::rounds::{EachRound, Rounds};

/// Blocks of woven colours can be told apart from this side of the map on, pixels.
const LEAST_WEAVE_PX: u32 = 4_000;

/// Arguments of `heatmap`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity heatmap examples/session --out heat.png\n  \
    proximity heatmap rounds/ --map supply --life-window 0..10 --mode panels --out opening.png\n  \
    proximity heatmap rounds/ --map supply --team allies --versus team=axis --out sides.png\n  \
    proximity heatmap --cube sums.parquet --lives 5310 --map supply --out supply.png\n  \
    proximity heatmap examples/session --crop spawn:chapel --title \"Cup final\" --out chapel.png")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// Draw time that another program summed instead of rounds: a Parquet file with the columns state, cell and us
    #[cfg(feature = "lake")]
    #[arg(long, value_name = "FILE", requires = "lives", conflicts_with_all = ["inputs", "db", "lake", "versus"])]
    cube: Option<PathBuf>,
    /// How many lives were summed; the legend counts per 100 lives
    #[cfg(feature = "lake")]
    #[arg(long, value_name = "N", requires = "cube", value_parser = clap::value_parser!(u64).range(1..=1 << 40))]
    lives: Option<u64>,
    #[cfg(not(feature = "lake"))]
    #[arg(
        long = "cube", hide = true, num_args = 0..=1, default_missing_value = "",
        value_parser = absent::option("--cube", "lake")
    )]
    _cube: Option<absent::Never>,
    #[command(flatten)]
    pub drawn: HeatmapArgs,
}

/// What a heatmap shows, and how.
#[derive(Debug, Arguments)]
pub(crate) struct HeatmapArgs {
    /// What tells the colours apart: state, team, class, none
    #[arg(long, value_name = "WHAT", default_value = "state")]
    by: By,
    /// How colours share a place: auto, majority, blend, weave, panels, share:STATE, only:STATE
    #[arg(long, default_value = "auto")]
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
    /// Mark the twelve places where most time was spent standing still
    #[arg(long)]
    holds: bool,
    /// Use the scale of another picture, from a file written with --scale-out
    #[arg(long, value_name = "FILE", conflicts_with = "normalize")]
    scale_from: Option<PathBuf>,
    /// Write this picture's scale to a file
    #[arg(long, value_name = "FILE")]
    scale_out: Option<PathBuf>,
    /// Set these lives (A) against others (B): filters as words that replace those of A, such as "team=axis class=medic"
    #[arg(long, value_name = "FILTER", conflicts_with_all = ["by", "mode", "weight", "normalize", "contour", "holds", "scale_from", "scale_out", "floors", "elevation"])]
    versus: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    pub picture: PictureArgs,
    #[command(flatten)]
    still: StillArgs,
    #[command(flatten)]
    floors: FloorArgs,
}

impl HeatmapArgs {
    /// The picture these arguments mean.
    pub(crate) fn request(&self) -> Result<Request> {
        if let Some(words) = &self.versus {
            let against = self.filter.replaced_by(words)?.filter();
            let spec = VersusSpec { sigma_units: self.sigma, ..VersusSpec::default() };
            return self.still.of(request(
                Subject::Versus(Versus { against, spec }),
                &self.filter,
                &self.picture,
            ));
        }
        let normalize = match &self.scale_from {
            Some(file) => Normalize::FromScale(read_scale(file)?),
            None => self.normalize.clone(),
        };
        let heatmap = Heatmap {
            spec: HeatmapSpec {
                by: self.by,
                mode: self.mode,
                weight: self.weight,
                normalize,
                sigma_units: self.sigma,
                contour_percent: self.contour,
                holds: self.holds,
            },
            floors: self.floors.floors,
            elevation: self.floors.elevation,
        };
        self.still.of(request(Subject::Heatmap(heatmap), &self.filter, &self.picture))
    }
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    #[cfg(feature = "lake")]
    if let (Some(cube), Some(lives)) = (&args.cube, args.lives) {
        if args.drawn.scale_out.is_some() {
            anyhow::bail!("--cube writes no scale; leave --scale-out out");
        }
        let request = args.drawn.request()?;
        args.drawn.warn(console);
        return super::cube::draw(
            &request,
            (cube, lives),
            &args.drawn.picture.maps,
            &args.input,
            &args.output,
            console,
        );
    }
    args.drawn.draw(&args.input.rounds(console)?, |rounds| rounds, args.input.strict, &args.output, console)
}

impl HeatmapArgs {
    /// Draws rounds that are chosen of `rounds` and read as `read` says.
    pub(crate) fn draw<R: EachRound>(
        &self,
        rounds: &Rounds,
        read: impl FnOnce(Rounds) -> R,
        strict: bool,
        out: &OutArgs,
        console: &mut Console,
    ) -> Result<Outcome> {
        self.warn(console);
        let Chosen { request, selected, map } = choose(self.request()?, rounds, &self.picture.maps, console)?;
        write_figure::check_name(&out.out)?;
        let mut finished = request.draw_rounds(&read(selected.rounds), map, console.progress())?;
        finished.faults.doubles = selected.doubles;
        if let (Some(file), Some(scale)) = (&self.scale_out, &finished.drawing.recipe.scale) {
            files::write(file, serde_json::to_string_pretty(scale)?.as_bytes())?;
        }
        write_figure::write_figure(&finished, strict, out, console)
    }

    fn warn(&self, console: &mut Console) {
        if self.mode == Mode::Weave && self.picture.size < LEAST_WEAVE_PX {
            console.complain(&format!(
                "woven colours are for large prints: below --size {LEAST_WEAVE_PX} they are hard to tell apart"
            ));
        }
    }
}

fn read_scale(file: &Path) -> Result<Scale> {
    let text = files::read_text(file, files::WRITTEN_BY_HAND)?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a scale", file.display()))
}
