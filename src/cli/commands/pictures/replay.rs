//! `replay`: lives that move, as video, GIF, animated PNG, or a page that plays by itself.

use anyhow::{Context, Result, bail};
use clap::Args as Arguments;
use serde_json::json;

use super::{Chosen, choose, request};
use crate::analysis::Filter;
use crate::cli::Outcome;
use crate::cli::args::picture::{PictureArgs, Place};
use crate::cli::args::{FilterArgs, InputArgs, OutArgs};
use crate::cli::console::Console;
use crate::figure::Counts;
use crate::figure::replay::{Align, AnimationKind, Chips, Ghost, ReplayLives, TrailLength, animate};
use crate::figure::request::{Replay, Request, Subject};
use crate::report;
use crate::rounds::Faults;
use crate::text::counted;

/// Arguments of `replay`.
#[derive(Debug, Arguments)]
#[command(mut_arg("size", |size| size.default_value("640").default_value_if("place", "discord", "720")))]
#[command(after_help = "Examples:\n  \
    proximity replay examples/session/2026-03-14-2009* --out round.gif\n  \
    proximity replay rounds/ --map supply --round 1 --for discord --out round.gif\n  \
    proximity replay rounds/ --map supply --round 1 --follow Kestrel --out kestrel.png\n  \
    proximity replay rounds/ --map supply --player Kestrel --align spawn --trail full --out paths.html")]
pub(crate) struct Args {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    output: OutArgs,
    /// The round of this tracker file, where several match; without it the last one plays
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// Where the clocks begin
    #[arg(long, default_value = "clock")]
    align: Align,
    /// How much of the path is drawn: seconds, so-far, or full
    #[arg(long, value_name = "HOW", default_value = "6", value_parser = parse_trail)]
    trail: TrailLength,
    /// How much of each path is drawn faintly below
    #[arg(long, value_name = "HOW", default_value = "whole")]
    ghost: Ghost,
    /// Whether a chip beside each name tells weapon and state
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    chips: Chips,
    /// Let the camera follow this player; the others stay in view
    #[arg(long, value_name = "NAME|GUID")]
    follow: Option<String>,
    /// How close a following camera is: times the whole map
    #[arg(long, value_name = "N", default_value_t = 2.5, requires = "follow")]
    zoom: f32,
    /// How many times faster than real time
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    speed: f64,
    /// Frames per second
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        default_value_if("place", "discord", "15"),
        value_parser = clap::value_parser!(u32).range(1..=50)
    )]
    fps: u32,
    /// Largest size of a video, GIF or animated PNG, megabytes: a video's quality is reduced first, then frames per second,
    /// then the map's size, the clock gets faster, and at last less of the round is shown; what was given up is said
    #[arg(long, value_name = "MB", default_value_t = 8.0, default_value_if("place", "discord", "9.5"))]
    budget: f64,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    picture: PictureArgs,
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

impl Args {
    /// The picture these arguments mean.
    pub(crate) fn request(&self) -> Request {
        request(Subject::Replay(self.options()), &self.filter, &self.picture)
    }

    fn options(&self) -> Replay {
        Replay {
            file: self.file.clone(),
            align: self.align,
            trail: self.trail,
            ghost: self.ghost,
            chips: self.chips,
            follow: self.follow.clone(),
            zoom: self.zoom,
            speed: self.speed,
            fps: self.fps,
            budget_mb: self.budget,
        }
    }
}

/// What a replay is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Animation(AnimationKind),
    Page,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let out = &args.output.out;
    let form = match out.extension().as_deref() {
        #[cfg(feature = "video")]
        Some("mp4") => Form::Animation(AnimationKind::Video),
        #[cfg(not(feature = "video"))]
        Some("mp4") => bail!(
            "{out}: this program was built without video (`cargo install --path . --features video`); name it .gif"
        ),
        Some("gif") => Form::Animation(AnimationKind::Gif),
        Some("png") => Form::Animation(AnimationKind::Apng),
        Some("html") => Form::Page,
        _ => bail!("{out}: name it .mp4, .gif, .png (animated) or .html"),
    };
    let only_first = "Discord shows only the first frame of an animated PNG; name it .mp4 or .gif";
    if args.picture.place == Some(Place::Discord) {
        match form {
            Form::Page => bail!("{out}: Discord shows no pages; name it .mp4 or .gif"),
            Form::Animation(AnimationKind::Apng) => bail!("{out}: {only_first}"),
            Form::Animation(_) => {}
        }
    }
    args.request().check()?;
    let chosen = choose(args.request(), &args.input.rounds(console)?, &args.picture.maps, console)?;
    let name = chosen.map.name.clone();
    let made = make(form, chosen, console)?;
    out.write(&made.bytes, console)?;
    let (counts, bytes) = (made.counts, made.bytes.len());
    if args.output.json {
        let summary = json!({
            "out": out.to_string(), "figure": "replay", "map": name, "what": made.what, "bytes": bytes,
            "lives": counts.lives, "players": counts.players, "samples": counts.samples,
        });
        out.report(&summary, console)?;
    } else {
        let summary = format!(
            "{out}: {} of {} on {name}, {}, {} KB",
            counted(counts.lives, "life", "lives"),
            counted(counts.players, "player", "players"),
            made.what,
            bytes.div_ceil(1024)
        );
        out.summary(&summary, console)?;
        if form == Form::Animation(AnimationKind::Apng) {
            console.complain(only_first);
        }
    }
    Ok(if args.input.strict && made.faults.any() { Outcome::Faults } else { Outcome::Done })
}

/// A replay as bytes.
struct Made {
    bytes: Vec<u8>,
    what: String,
    counts: Counts,
    faults: Faults,
}

fn make(form: Form, chosen: Chosen, console: &mut Console) -> Result<Made> {
    let Chosen { mut request, selected, map } = chosen;
    let Subject::Replay(options) = &request.subject.clone() else { bail!("not a replay") };
    let data = request.load_map(&selected.rounds, map, console.progress())?;
    let lives = ReplayLives::known(&mut request, options, &selected.rounds, &data, console.progress())?;
    let filter = Filter { floor: data.floor, ..request.filter.clone() };
    console.complaints(&lives.faults);
    if let Some(note) = &lives.note {
        console.complain(note);
    }
    let canvas = data.map.canvas(request.layout.sheet()?, &filter, lives.heights.as_ref());
    let (bytes, what) = match form {
        Form::Page => {
            let page = report::replay::page_of(options, &lives, &canvas)?;
            (page.into_bytes(), "a page that plays by itself".to_owned())
        }
        Form::Animation(kind) => {
            let animation = animate(kind, &request, options, &lives, &canvas, console.progress(), None)?;
            (animation.bytes, animation.summary)
        }
    };
    Ok(Made { bytes, what, counts: lives.data_summary.counts(), faults: lives.faults })
}

/// The bytes of an animated PNG from its request, for `redo`.
pub(crate) fn animated_png(chosen: Chosen, console: &mut Console) -> Result<Vec<u8>> {
    Ok(make(Form::Animation(AnimationKind::Apng), chosen, console)?.bytes)
}
