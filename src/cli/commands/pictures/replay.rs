//! `replay`: lives that move, as GIF, animated PNG, or a page that plays by itself.

use anyhow::{Context, Result, bail};
use clap::{Args as Arguments, ValueEnum};
use rayon::prelude::*;
use serde_json::json;

use super::setup::{PictureArgs, PictureSetup};
use super::write_figure::RECIPE;
use crate::analysis::lives;
use crate::analysis::{PlayerKey, PlayerPattern, WindowMs};
use crate::basemap::ink::HeightField;
use crate::cli::Outcome;
use crate::cli::args::{FilterArgs, InputArgs, OutArgs, listed};
use crate::cli::console::Console;
use crate::figure::replay::{
    Align, Camera, Chips, Ghost, Replay, ReplayLife, ReplaySpec, TrailLength, roles,
};
use crate::figure::{Canvas, DataSummary, Recipe};
use crate::raster::encode;
use crate::raster::encode::{Bounded, Effort, Frame, MAX_COLORS, Palette};
use crate::report::replay::{Opening, ReplayPage, map_picture, page};
use crate::rounds::source::Faults;
use crate::text::counted;

/// Frames drawn at once; what is drawn but not yet encoded lies in memory.
const CHUNK: usize = 24;
/// More frames than this are refused: ten minutes of animation.
const MOST_FRAMES: usize = 6_000;
/// What an animation is never reduced below.
const FEWEST_FPS: u32 = 5;
const SMALLEST_PX: u32 = 240;
/// Room in the palette for everything that is not the base map.
const OWN_COLORS: usize = 96;

/// Arguments of `replay`.
#[derive(Debug, Arguments)]
#[command(mut_arg("size", |size| size.default_value("640")))]
#[command(after_help = "Examples:\n  \
    proximity replay examples/session/2026-03-14-2009* --out round.gif\n  \
    proximity replay rounds/ --map supply --round 1 --follow Kestrel --out kestrel.png\n  \
    proximity replay rounds/ --map supply --player Kestrel --align spawn --trail full --out ways.html")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// The round of this tracker file, where a map was played several times
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// Where the clocks begin
    #[arg(long, default_value = "clock")]
    align: AlignArg,
    /// How much of the way is drawn: seconds, so-far, or full
    #[arg(long, value_name = "HOW", default_value = "6", value_parser = parse_trail)]
    trail: TrailLength,
    /// How much of each way is drawn faintly below
    #[arg(long, value_name = "HOW", default_value = "whole")]
    ghost: GhostArg,
    /// Whether a chip beside each name tells weapon and state
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    chips: ChipsArg,
    /// Let the camera follow this player; the others stay on stage
    #[arg(long, value_name = "NAME|GUID")]
    follow: Option<String>,
    /// How close a following camera is: times the whole map
    #[arg(long, value_name = "N", default_value_t = 2.5, requires = "follow")]
    zoom: f32,
    /// How many times faster than life
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    speed: f64,
    /// Pictures a second
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=50))]
    fps: u32,
    /// Largest size of a GIF or animated PNG, megabytes: pictures a second give way first, then the map's size
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GhostArg {
    /// The whole way, also what is still to come
    Whole,
    /// What has been walked
    SoFar,
    /// Nothing
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ChipsArg {
    /// While at most four players are on stage
    Auto,
    Always,
    Never,
}

impl From<AlignArg> for Align {
    fn from(align: AlignArg) -> Self {
        match align {
            AlignArg::Clock => Self::Clock,
            AlignArg::Spawn => Self::Spawn,
        }
    }
}

impl From<GhostArg> for Ghost {
    fn from(ghost: GhostArg) -> Self {
        match ghost {
            GhostArg::Whole => Self::Whole,
            GhostArg::SoFar => Self::SoFar,
            GhostArg::None => Self::None,
        }
    }
}

impl From<ChipsArg> for Chips {
    fn from(chips: ChipsArg) -> Self {
        match chips {
            ChipsArg::Auto => Self::Auto,
            ChipsArg::Always => Self::Always,
            ChipsArg::Never => Self::Never,
        }
    }
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

/// What an animation is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gif,
    Apng,
}

/// What the rounds gave.
struct Cast {
    roles: Vec<ReplayLife>,
    interval_ms: u32,
    follow: Option<PlayerKey>,
    data_summary: DataSummary,
    heights: Option<HeightField>,
    faults: Faults,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    if !(0.1..=100.0).contains(&args.speed) {
        bail!("--speed {}: expected 0.1 to 100", args.speed);
    }
    if !(1.0..=16.0).contains(&args.zoom) {
        bail!("--zoom {}: expected 1 to 16", args.zoom);
    }
    let ending = args.output.out.extension().unwrap_or_default();
    if !["gif", "png", "html"].contains(&ending.as_str()) {
        bail!("{}: name it .gif, .png (animated) or .html", args.output.out);
    }
    let stage = PictureSetup::set(&args.input, &args.filter, &args.picture, console)?;
    let cast = cast(args, &stage, console)?;
    let context = stage.context(cast.heights.as_ref());
    let (bytes, what) = match ending.as_str() {
        "html" => (html(args, &cast, &context)?.into_bytes(), "a page that plays by itself".to_owned()),
        "png" => animation(Kind::Apng, args, &cast, &context, console)?,
        _ => animation(Kind::Gif, args, &cast, &context, console)?,
    };
    args.output.out.write(&bytes, console)?;
    let counts = cast.data_summary.counts();
    if args.output.json {
        args.output.out.report(&json!({
            "out": args.output.out.to_string(), "figure": "replay", "map": stage.map.name, "what": what,
            "bytes": bytes.len(), "lives": counts.lives, "players": counts.players, "samples": counts.samples,
        }), console)?;
    } else {
        let size = bytes.len().div_ceil(1024);
        args.output.out.summary(
            &format!(
                "{}: {} of {} on {}, {what}, {size} KB",
                args.output.out,
                counted(counts.lives, "life", "lives"),
                counted(counts.players, "player", "players"),
                stage.map.name
            ),
            console,
        )?;
    }
    Ok(if args.input.strict && cast.faults.any() { Outcome::Faults } else { Outcome::Done })
}

fn cast(args: &Args, stage: &PictureSetup, console: &mut Console) -> Result<Cast> {
    let (mut rounds, heights, faults) = stage.rounds(console)?;
    if let Some(file) = &args.file {
        let names =
            listed(rounds.iter().filter_map(|round| round.meta.file_name.as_deref()).map(str::to_owned));
        rounds.retain(|round| round.meta.file_name.as_deref() == Some(file));
        if rounds.is_empty() {
            bail!("--file {file}: no such round; these match: {names}");
        }
    }
    if rounds.len() > 1 && args.filter.player.is_empty() && matches!(args.align, AlignArg::Clock) {
        let files = rounds.iter().filter_map(|round| round.meta.file_name.as_deref());
        bail!(
            "{} rounds match, which cannot be played at once; name one with --file ({}), name players, or let all lives \
             start together with --align spawn",
            rounds.len(),
            listed(files.map(str::to_owned))
        );
    }
    let mut data_summary = DataSummary::new(stage.map.extent.rect);
    let mut cast = Vec::new();
    let mut interval_ms = 50;
    for (order, round) in rounds.iter().enumerate() {
        let lives = lives(round, &stage.filter);
        data_summary.add(round, &lives, &stage.filter);
        interval_ms = interval_ms.max(lives.clock.interval.effective_ms());
        cast.extend(roles(order as u32, &lives));
    }
    if cast.is_empty() {
        bail!("no lives match");
    }
    let follow = args.follow.as_deref().map(|who| followed(who, &cast)).transpose()?;
    Ok(Cast { roles: cast, interval_ms, follow, data_summary, heights, faults })
}

/// The player on stage whom `--follow` means.
fn followed(who: &str, roles: &[ReplayLife]) -> Result<PlayerKey> {
    let pattern = PlayerPattern::new(who);
    let meant = roles.iter().find(|role| role.way.is_of(&pattern));
    meant.map(|role| role.way.player.clone()).with_context(|| {
        let names = listed(roles.iter().map(|role| role.way.name.to_string()));
        format!("--follow {who}: nobody of that name is on stage; these are: {names}")
    })
}

fn spec(args: &Args, cast: &Cast) -> ReplaySpec {
    let window = args.filter.filter().round_window.filter(|_| matches!(args.align, AlignArg::Clock));
    ReplaySpec {
        align: args.align.into(),
        trail: args.trail,
        ghost: args.ghost.into(),
        chips: args.chips.into(),
        camera: match &cast.follow {
            Some(player) => Camera::Following { player: player.clone(), zoom: args.zoom },
            None => Camera::Fixed,
        },
        speed: args.speed,
        frames_per_second: args.fps,
        size_px: args.picture.size.min(2048),
        window: window
            .and_then(|WindowMs { from, to }| (from > i64::MIN && to < i64::MAX).then_some((from, to))),
    }
}

fn stage_play(spec: ReplaySpec, cast: &Cast, context: &Canvas<'_>) -> Result<Replay> {
    let subtitle = cast.data_summary.when().join(" · ");
    let replay = Replay::new(cast.roles.clone(), cast.interval_ms, spec, &subtitle, context)
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

/// An animation within the budget. What is too large is drawn again with fewer pictures a second, then smaller.
fn animation(
    kind: Kind,
    args: &Args,
    cast: &Cast,
    context: &Canvas<'_>,
    console: &Console,
) -> Result<(Vec<u8>, String)> {
    let budget = (args.budget.clamp(0.1, 1000.0) * 1e6) as usize;
    let mut spec = spec(args, cast);
    let asked = spec.clone();
    let recipe = recipe(args, cast, context, console);
    loop {
        let replay = stage_play(spec.clone(), cast, context)?;
        let bar = console.progress(replay.frames() as u64, "drawing");
        let encoded = match kind {
            Kind::Gif => encode::gif_within(frames(&replay, &bar), &mut palette(&replay), budget)?,
            Kind::Apng => {
                encode::apng_within(frames(&replay, &bar), &[(RECIPE, &recipe)], Effort::Fast, budget)?
            }
        };
        bar.finish_and_clear();
        match encoded {
            Bounded::Whole(bytes) => return Ok((bytes, chosen(&replay, &asked, &spec, args.budget))),
            Bounded::TooLarge { frames, bytes } => {
                let whole = bytes as f64 * replay.frames() as f64 / frames.max(1) as f64;
                reduce(&mut spec, whole / budget as f64)?;
            }
        }
    }
}

/// The one palette of a replay: what is drawn, then what the map is made of.
fn palette(replay: &Replay) -> Palette {
    let mut colors = replay.palette_colors();
    colors.truncate(OWN_COLORS);
    if let Some(base) = replay.base() {
        colors.extend(encode::median_cut(base, MAX_COLORS - colors.len()));
    }
    Palette::new(colors)
}

/// Makes an animation smaller that is `excess` times too large: fewer pictures a second first, then a smaller map.
fn reduce(spec: &mut ReplaySpec, excess: f64) -> Result<()> {
    let (fps, side) = (spec.frames_per_second, spec.size_px);
    if fps > FEWEST_FPS {
        spec.frames_per_second = ((f64::from(fps) / excess) as u32).clamp(FEWEST_FPS, fps - 1);
    } else if side > SMALLEST_PX {
        let smaller = f64::from(side) / excess.sqrt().clamp(1.05, 2.0);
        spec.size_px = (smaller as u32).max(SMALLEST_PX);
    } else {
        bail!(
            "even with {FEWEST_FPS} pictures a second and a map of {SMALLEST_PX} pixels it is about {excess:.1} times \
             too large; raise --budget or --speed, or choose a span with --round-window"
        );
    }
    Ok(())
}

/// What an animation became, and what was given up for the budget.
fn chosen(replay: &Replay, asked: &ReplaySpec, made: &ReplaySpec, budget_mb: f64) -> String {
    let what =
        format!("{} frames, {} a second, map {} px", replay.frames(), made.frames_per_second, made.size_px);
    let mut reduced = Vec::new();
    if made.frames_per_second != asked.frames_per_second {
        reduced.push(format!("{} a second", asked.frames_per_second));
    }
    if made.size_px != asked.size_px {
        reduced.push(format!("{} px", asked.size_px));
    }
    if reduced.is_empty() {
        return what;
    }
    format!("{what} (reduced from {} to fit {budget_mb} MB)", reduced.join(" and "))
}

fn recipe(args: &Args, cast: &Cast, context: &Canvas<'_>, console: &Console) -> String {
    let options = json!({
        "speed": args.speed, "fps": args.fps, "align": format!("{:?}", args.align).to_lowercase(),
        "ghost": format!("{:?}", args.ghost).to_lowercase(), "follow": args.follow,
    });
    let mut recipe = Recipe::new("replay", &options, context, &cast.data_summary);
    recipe.command = crate::cli::args::database::recorded(console.words());
    recipe.to_json()
}

fn html(args: &Args, cast: &Cast, context: &Canvas<'_>) -> Result<String> {
    let picture = map_picture(context)?;
    let title = context.title();
    let mut parts = crate::figure::words::filter_words::who(context.filter);
    parts.extend(cast.data_summary.when());
    let about = ReplayPage {
        title: &title,
        subtitle: &parts.join(" · "),
        extent: context.window(),
        picture: &picture,
        interval_ms: cast.interval_ms,
        layers: &context.map.layers,
        theme: context.theme(),
        opening: Opening {
            align: args.align.into(),
            trail: args.trail,
            ghost: args.ghost.into(),
            follow: cast.follow.clone(),
            speed: args.speed,
        },
    };
    Ok(page(&cast.roles, &about)?)
}
