//! `replay`: lives that move, as GIF, animated PNG, or a page that plays by itself.

use std::io::Cursor;

use anyhow::{Context, Result, bail};
use clap::{Args as Arguments, ValueEnum};
use rayon::prelude::*;
use serde_json::json;

use super::Outcome;
use super::args::{FilterArgs, InputArgs, OutArgs};
use super::console::Console;
use super::source::Faults;
use super::stage::{PictureArgs, RECIPE, Stage};
use crate::analysis::{WindowMs, lives};
use crate::figure::replay::{Align, Replay, ReplaySpec, TrailLength};
use crate::figure::way::Way;
use crate::figure::{Census, Recipe, SheetContext};
use crate::map::ink::HeightField;
use crate::raster::encode::{self, Effort, Frame, MAX_COLORS, Palette};
use crate::report::replay::{ReplayPage, page};

/// Frames drawn at once; what is drawn but not yet encoded lies in memory.
const CHUNK: usize = 24;
/// More frames than this are refused: ten minutes of animation.
const MOST_FRAMES: usize = 6_000;
/// Side of the map on a page, pixels, and how hard its JPEG is squeezed.
const PAGE_PX: u32 = 1024;
const JPEG_QUALITY: u8 = 82;
/// Room in the palette for everything that is not the base map.
const OWN_COLORS: usize = 96;

/// Arguments of `replay`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity replay examples/session --round 1 --out round.gif\n  \
    proximity replay rounds/ --map supply --player Kestrel --align spawn --trail so-far --out ways.html")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// Where the clocks begin
    #[arg(long, default_value = "clock")]
    align: AlignArg,
    /// How much of the way is drawn: seconds, so-far, or full
    #[arg(long, value_name = "HOW", default_value = "6", value_parser = parse_trail)]
    trail: TrailLength,
    /// How many times faster than life
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    speed: f64,
    /// Pictures a second
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=50))]
    fps: u32,
    /// Largest size of a GIF, megabytes: pictures a second give way first, then the size
    #[arg(long, value_name = "MB", default_value_t = 8.0)]
    budget: f64,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AlignArg {
    /// With the round
    Clock,
    /// With each life's spawn
    Spawn,
}

fn parse_trail(text: &str) -> Result<TrailLength> {
    match text {
        "full" => Ok(TrailLength::Full),
        "so-far" => Ok(TrailLength::SoFar),
        seconds => {
            let value: f64 = seconds.parse().ok().context("expected seconds, so-far or full")?;
            if !(0.1..=3600.0).contains(&value) {
                bail!("a trail lasts from 0.1 to 3600 seconds");
            }
            Ok(TrailLength::Last((value * 1000.0) as i64))
        }
    }
}

/// What the rounds gave.
struct Cast {
    ways: Vec<Way>,
    interval_ms: u32,
    census: Census,
    heights: Option<HeightField>,
    faults: Faults,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    if !(0.1..=100.0).contains(&args.speed) {
        bail!("--speed {}: expected 0.1 to 100", args.speed);
    }
    let ending = args.output.out.extension().unwrap_or_default();
    if !["gif", "png", "html"].contains(&ending.as_str()) {
        bail!("{}: name it .gif, .png (animated) or .html", args.output.out);
    }
    let stage = Stage::set(&args.input, &args.filter, &args.picture, console)?;
    let cast = cast(args, &stage, console)?;
    let context = stage.context(cast.heights.as_ref());
    let (bytes, what) = match ending.as_str() {
        "html" => (html(args, &cast, &context)?.into_bytes(), "a page that plays by itself".to_owned()),
        "png" => apng(args, &cast, &context, console)?,
        _ => gif(args, &cast, &context, console)?,
    };
    args.output.out.write(&bytes, console)?;
    let counts = cast.census.counts();
    if args.output.json {
        console.report(&args.output.out, &json!({
            "out": args.output.out.to_string(), "figure": "replay", "map": stage.map.name, "what": what,
            "bytes": bytes.len(), "lives": counts.lives, "players": counts.players, "samples": counts.samples,
        }))?;
    } else {
        let size = bytes.len().div_ceil(1024);
        console.summary(
            &args.output.out,
            &format!(
                "{}: {} lives of {} players on {}, {what}, {size} KB",
                args.output.out, counts.lives, counts.players, stage.map.name
            ),
        )?;
    }
    Ok(if args.input.strict && cast.faults.any() { Outcome::Faults } else { Outcome::Done })
}

fn cast(args: &Args, stage: &Stage, console: &mut Console) -> Result<Cast> {
    let (rounds, heights, faults) = stage.rounds(console)?;
    if rounds.len() > 1 && args.filter.player.is_empty() && matches!(args.align, AlignArg::Clock) {
        bail!(
            "{} rounds match, which cannot be played at once; choose one with --round (and --session), name players, or \
             let all lives start together with --align spawn",
            rounds.len()
        );
    }
    let mut census = Census::new(stage.map.extent.rect);
    let mut ways = Vec::new();
    let mut interval_ms = 50;
    for (order, round) in rounds.iter().enumerate() {
        let lives = lives(round, &stage.filter);
        census.add(round, &lives, &stage.filter);
        interval_ms = interval_ms.max(lives.clock.interval.effective_ms());
        ways.extend(lives.lives.iter().map(|life| Way::of(order as u32, life)));
    }
    ways.sort_by_key(|way| way.order);
    if ways.is_empty() {
        bail!("no lives match");
    }
    Ok(Cast { ways, interval_ms, census, heights, faults })
}

fn spec(args: &Args) -> ReplaySpec {
    let window = args.filter.filter().round_window.filter(|_| matches!(args.align, AlignArg::Clock));
    ReplaySpec {
        align: match args.align {
            AlignArg::Clock => Align::Clock,
            AlignArg::Spawn => Align::Spawn,
        },
        trail: args.trail,
        speed: args.speed,
        frames_per_second: args.fps,
        size_px: args.picture.size.min(2048),
        window: window
            .and_then(|WindowMs { from, to }| (from > i64::MIN && to < i64::MAX).then_some((from, to))),
    }
}

fn stage_play(spec: ReplaySpec, cast: &Cast, context: &SheetContext<'_>) -> Result<Replay> {
    let subtitle = cast.census.when().join(" · ");
    let replay = Replay::new(cast.ways.clone(), cast.interval_ms, spec, &subtitle, context)
        .context("no lives match")?;
    if replay.frames() > MOST_FRAMES {
        bail!(
            "that would be {} frames; raise --speed, lower --fps, or choose a span with --round-window A..B",
            replay.frames()
        );
    }
    Ok(replay)
}

/// Draws the frames, a chunk at a time on all cores, in order.
fn frames<'r>(
    replay: &'r Replay,
    bar: &'r indicatif::ProgressBar,
) -> impl ExactSizeIterator<Item = Frame> + 'r {
    let mut ready: std::vec::IntoIter<Frame> = Vec::new().into_iter();
    let mut next = 0;
    (0..replay.frames()).map(move |_| {
        loop {
            if let Some(frame) = ready.next() {
                bar.inc(1);
                return frame;
            }
            let chunk = next..(next + CHUNK).min(replay.frames());
            next = chunk.end;
            let drawn: Vec<Frame> = chunk
                .into_par_iter()
                .map(|index| {
                    let scene = replay.scene(index);
                    let bitmap =
                        crate::raster::draw(&scene).unwrap_or_else(|_| blank(scene.width, scene.height));
                    Frame { bitmap, delay_ms: replay.delay_ms(index) }
                })
                .collect();
            ready = drawn.into_iter();
        }
    })
}

/// A frame that cannot be drawn (it never was seen: sizes are checked before) is empty, so that the timing stays.
fn blank(width: u32, height: u32) -> crate::scene::Bitmap {
    let pixels = vec![0; width as usize * height as usize * 4];
    crate::scene::Bitmap::new(width, height, pixels)
        .unwrap_or_else(|| unreachable!("the size fits its pixels"))
}

fn apng(
    args: &Args,
    cast: &Cast,
    context: &SheetContext<'_>,
    console: &Console,
) -> Result<(Vec<u8>, String)> {
    let replay = stage_play(spec(args), cast, context)?;
    let bar = console.progress(replay.frames() as u64, "drawing");
    let recipe = recipe(args, cast, context);
    let bytes = encode::apng(frames(&replay, &bar), &[(RECIPE, &recipe)], Effort::Fast)?;
    bar.finish_and_clear();
    Ok((bytes, format!("{} frames", replay.frames())))
}

fn gif(args: &Args, cast: &Cast, context: &SheetContext<'_>, console: &Console) -> Result<(Vec<u8>, String)> {
    let budget = (args.budget.clamp(0.1, 1000.0) * 1e6) as usize;
    let mut spec = spec(args);
    loop {
        let replay = stage_play(spec, cast, context)?;
        let mut colors = replay.palette_colors();
        colors.truncate(OWN_COLORS);
        if let Some(base) = replay.base() {
            colors.extend(encode::median_cut(base, MAX_COLORS - colors.len()));
        }
        let mut palette = Palette::new(colors);
        let bar = console.progress(replay.frames() as u64, "drawing");
        let bytes = encode::gif(frames(&replay, &bar), &mut palette)?;
        bar.finish_and_clear();
        let what = format!(
            "{} frames, {} a second, map {} px",
            replay.frames(),
            spec.frames_per_second,
            spec.size_px
        );
        if bytes.len() <= budget {
            return Ok((bytes, what));
        }
        // Too large: fewer pictures a second down to 5, then a smaller picture down to 240 pixels.
        let excess = bytes.len() as f64 / budget as f64;
        if spec.frames_per_second > 5 {
            spec.frames_per_second =
                ((f64::from(spec.frames_per_second) / excess) as u32).clamp(5, spec.frames_per_second - 1);
        } else if spec.size_px > 240 {
            let side = f64::from(spec.size_px) / excess.sqrt().clamp(1.05, 2.0);
            spec.size_px = (side as u32).max(240);
        } else {
            bail!(
                "even with 5 pictures a second and 240 pixels it has {:.1} MB; raise --budget or --speed, or choose a span \
                 with --round-window",
                bytes.len() as f64 / 1e6
            );
        }
    }
}

fn recipe(args: &Args, cast: &Cast, context: &SheetContext<'_>) -> String {
    let options =
        json!({"speed": args.speed, "fps": args.fps, "align": format!("{:?}", args.align).to_lowercase()});
    let mut recipe = Recipe::new("replay", &options, context, &cast.census);
    recipe.command = super::database::command_line();
    recipe.to_json()
}

fn html(args: &Args, cast: &Cast, context: &SheetContext<'_>) -> Result<String> {
    let window = context.window();
    let longer = window.width().max(window.height());
    let side = |units: f64| ((f64::from(PAGE_PX) * units / longer) as u32).max(1);
    let frame = crate::figure::MapFrame::fit(
        crate::scene::PixelRect::new(0.0, 0.0, side(window.width()) as f32, side(window.height()) as f32),
        &window,
    );
    let base = context.base_map(&frame);
    let mut jpeg = Vec::new();
    let picture = match base.bitmap() {
        Some(bitmap) => {
            let rgb: Vec<u8> = bitmap.rgba().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
            let mut encoder =
                image::codecs::jpeg::JpegEncoder::new_with_quality(Cursor::new(&mut jpeg), JPEG_QUALITY);
            encoder.encode(&rgb, bitmap.width(), bitmap.height(), image::ExtendedColorType::Rgb8)?;
            (jpeg.as_slice(), "jpeg")
        }
        None => (&[][..], "png"),
    };
    let title = context.title();
    let mut parts = crate::figure::subject::who(context.filter);
    parts.extend(cast.census.when());
    let about = ReplayPage {
        title: &title,
        subtitle: &parts.join(" · "),
        extent: window,
        picture,
        interval_ms: cast.interval_ms,
        layers: &context.map.layers,
        theme: context.theme(),
    };
    let offset = |way: &Way| match args.align {
        AlignArg::Clock => way.order.1 - way.points.first().map_or(0, |point| i64::from(point.ms)),
        AlignArg::Spawn => 0,
    };
    Ok(page(&cast.ways, offset, &about)?)
}
