//! A replay as video, GIF or animated PNG, within a byte budget: what is too large is made again, a video less exactly,
//! then with fewer pictures a second, then smaller, then faster, at last without its end.

use std::time::Instant;

use serde_json::json;

use super::gather::ReplayLives;
use super::{ReplayFrames, ReplaySpec};
use crate::analysis::Filter;
use crate::error::Error;
use crate::figure::canvas::Canvas;
use crate::figure::request::{Layout, LoadedMap, RECIPE, Recipe, Replay, Request, RequestError, Subject};
use crate::map::WorldMap;
use crate::progress::{Progress, Silent};
use crate::raster::Film;
use crate::raster::encode::{self, Animate, ApngWriter, Effort, GifWriter, MAX_COLORS, Palette};
#[cfg(feature = "video")]
use crate::raster::encode::{Quality, VideoWriter};
use crate::rounds::{EachRound, RoundsError, Selection};
use crate::text::clock;

/// More frames than this are too many: ten minutes of animation.
const MOST_FRAMES: usize = 6_000;
/// What an animation is never reduced below.
const FEWEST_FPS: u32 = 5;
const SMALLEST_PX: u32 = 240;
/// How long an animation lasts at least, ms as they pass.
const SHORTEST_MS: f64 = 3_000.0;
/// A map of this side can be read well: the clock runs faster before the map becomes smaller.
const READABLE_PX: u32 = 360;
/// How many times faster than asked the clock runs at most.
const FASTER: f64 = 4.0;
/// Room in the palette for everything that is not the base map.
const OWN_COLORS: usize = 96;
/// A video's size is foreseen from so many places, and so many frames at each.
#[cfg(feature = "video")]
const SAMPLED_PLACES: usize = 16;
#[cfg(feature = "video")]
const SAMPLED_FRAMES: usize = 6;
/// By so much the foreseen size may be wrong.
#[cfg(feature = "video")]
const FORESIGHT: f64 = 1.03;

/// What an animation is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnimationKind {
    /// H.264 in MP4, at a constant frame rate.
    #[cfg(feature = "video")]
    Video,
    /// GIF.
    Gif,
    /// Animated PNG, which carries its recipe.
    Apng,
}

/// An encoded animation.
#[derive(Debug, Clone)]
pub struct Animation {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it became, and what was given up for the budget.
    pub summary: String,
}

impl Replay {
    /// The lives of a selection, moving over the map, as video, GIF or animated PNG.
    ///
    /// # Errors
    /// Input that cannot be read or does not match, or a budget that even the smallest animation exceeds.
    pub fn animate(
        &self,
        selection: &Selection<'_>,
        map: &WorldMap,
        layout: Layout,
        kind: AnimationKind,
    ) -> Result<Animation, Error> {
        let mut request = Request::new(Subject::Replay(self.clone()), selection.filter().clone()).on(layout);
        if request.filter.maps.is_empty() {
            request.filter.maps.push(map.name.clone());
        }
        request.check()?;
        let rounds = selection.with_filter(request.filter.clone()).rounds()?.rounds;
        let loaded = request.load_map(&rounds, map.clone(), &Silent)?;
        self.animate_loaded(&mut request, &rounds, &loaded, kind, None).map(|(animation, _)| animation)
    }

    /// The same of these rounds, for a request that asks for it, until `deadline`; with what the animation shows.
    ///
    /// # Errors
    /// As [`Replay::animate`]; [`RoundsError::TooSlow`] after the deadline.
    pub(crate) fn animate_loaded(
        &self,
        request: &mut Request,
        rounds: &impl EachRound,
        loaded: &LoadedMap,
        kind: AnimationKind,
        deadline: Option<Instant>,
    ) -> Result<(Animation, Recipe), Error> {
        let lives = ReplayLives::known(request, self, rounds, loaded, &Silent)?;
        let filter = Filter { floor: loaded.floor, ..request.filter.clone() };
        let canvas = loaded.map.canvas(request.layout.sheet()?, &filter, lives.heights.as_ref());
        let recipe = recipe(request, self, &lives, &canvas);
        Ok((animate(kind, request, self, &lives, &canvas, &Silent, deadline)?, recipe))
    }
}

/// Draws and encodes the lives of a replay.
///
/// # Errors
/// A budget that even the smallest animation exceeds; [`RoundsError::TooSlow`] after the deadline.
pub fn animate(
    kind: AnimationKind,
    request: &Request,
    options: &Replay,
    lives: &ReplayLives,
    canvas: &Canvas<'_>,
    progress: &dyn Progress,
    deadline: Option<Instant>,
) -> Result<Animation, Error> {
    let budget = (options.budget_mb.clamp(0.1, 1000.0) * 1e6) as usize;
    let asked = Plan::new(lives.spec(request, options));
    let mut plan = asked.clone();
    let recipe = recipe(request, options, lives, canvas).to_json();
    let mut whole_span = None;
    loop {
        let replay = replay(plan.spec.clone(), lives, canvas)?;
        let whole_span = *whole_span.get_or_insert(replay.span());
        if replay.frames() > MOST_FRAMES {
            plan.reduce(&asked, replay.span(), replay.frames() as f64 / MOST_FRAMES as f64)?;
            continue;
        }
        #[cfg(feature = "video")]
        if kind == AnimationKind::Video
            && let Some(excess) = plan.foreseen_excess(&replay, budget, deadline)?
        {
            plan.reduce_file(kind, &asked, replay.span(), excess)?;
            continue;
        }
        match attempt(&replay, plan.writer(kind, &replay, &recipe)?, budget, progress, deadline)? {
            Attempt::Whole(bytes) => {
                let summary = plan.chosen(&replay, &asked, whole_span, options.budget_mb);
                return Ok(Animation { bytes, summary });
            }
            Attempt::TooLarge { excess } => plan.reduce_file(kind, &asked, replay.span(), excess)?,
        }
    }
}

/// What came of a file that must not grow beyond a size.
enum Attempt {
    Whole(Vec<u8>),
    /// It was given up; the whole would be so many times too large.
    TooLarge {
        excess: f64,
    },
}

/// Draws and encodes until the file is whole or larger than `budget` bytes.
fn attempt(
    replay: &ReplayFrames,
    mut writer: Box<dyn Animate>,
    budget: usize,
    progress: &dyn Progress,
    deadline: Option<Instant>,
) -> Result<Attempt, Error> {
    let frames = replay.frames();
    let bar = progress.begin("drawing", frames as u64);
    let (width, height) = replay.size();
    let mut film = Film::new(width, height, replay.background())?;
    for index in 0..frames {
        in_time(deadline)?;
        film.draw(replay.ground(index), &replay.marks(index));
        writer.push(film.picture(), film.changed(), replay.delay_ms(index))?;
        bar.step();
        if writer.bytes() > budget {
            let drawn = (index + 1) as f64;
            return Ok(Attempt::TooLarge {
                excess: writer.bytes() as f64 * frames as f64 / drawn / budget as f64,
            });
        }
    }
    let bytes = writer.finish()?;
    let excess = bytes.len() as f64 / budget as f64;
    Ok(if excess > 1.0 { Attempt::TooLarge { excess } } else { Attempt::Whole(bytes) })
}

fn in_time(deadline: Option<Instant>) -> Result<(), RoundsError> {
    match deadline {
        Some(deadline) if Instant::now() >= deadline => Err(RoundsError::TooSlow),
        _ => Ok(()),
    }
}

fn replay(spec: ReplaySpec, lives: &ReplayLives, canvas: &Canvas<'_>) -> Result<ReplayFrames, RequestError> {
    let summary = &lives.data_summary;
    let subtitle = summary.short_view().unwrap_or_else(|| summary.when().join(" · "));
    ReplayFrames::new(lives.lives.clone(), lives.interval_ms, spec, &subtitle, canvas)
        .ok_or(RequestError::NoLives)
}

/// The one palette of a replay: what is drawn, then what the map is made of.
fn palette(replay: &ReplayFrames) -> Palette {
    let mut colors = replay.palette_colors();
    colors.truncate(OWN_COLORS);
    if let Some(base) = replay.base() {
        colors.extend(encode::median_cut(base, MAX_COLORS - colors.len()));
    }
    Palette::new(colors)
}

/// How an animation is to be made, reduced step by step until it fits.
#[derive(Clone)]
struct Plan {
    spec: ReplaySpec,
    #[cfg(feature = "video")]
    quality: Quality,
}

impl Plan {
    fn new(spec: ReplaySpec) -> Self {
        Self {
            spec,
            #[cfg(feature = "video")]
            quality: Quality::BEST,
        }
    }

    /// The file that the frames go to.
    #[cfg_attr(
        not(feature = "video"),
        expect(clippy::unused_self, reason = "only a video has a quality to choose")
    )]
    fn writer(
        &self,
        kind: AnimationKind,
        replay: &ReplayFrames,
        recipe: &str,
    ) -> Result<Box<dyn Animate>, Error> {
        let (width, height) = replay.size();
        Ok(match kind {
            #[cfg(feature = "video")]
            AnimationKind::Video => {
                Box::new(VideoWriter::new(width, height, self.spec.frames_per_second, self.quality)?)
            }
            AnimationKind::Gif => Box::new(GifWriter::new(width, height, palette(replay))?),
            AnimationKind::Apng => {
                let texts = [(RECIPE, recipe)];
                Box::new(ApngWriter::new(width, height, replay.frames(), &texts, Effort::Fast)?)
            }
        })
    }

    /// How many times larger than `budget` bytes a video will be, by some frames at places spread over it: drawing and
    /// encoding all of it only to find it too large costs as much again. `None` when it fits, and for a short one, which
    /// is as soon made.
    #[cfg(feature = "video")]
    fn foreseen_excess(
        &self,
        replay: &ReplayFrames,
        budget: usize,
        deadline: Option<Instant>,
    ) -> Result<Option<f64>, Error> {
        let frames = replay.frames();
        if frames < 4 * SAMPLED_PLACES * SAMPLED_FRAMES {
            return Ok(None);
        }
        let (width, height) = replay.size();
        let fps = self.spec.frames_per_second;
        let mut film = Film::new(width, height, replay.background())?;
        let (mut keys, mut others) = (0, 0);
        for place in 0..SAMPLED_PLACES {
            let first = (frames - SAMPLED_FRAMES) * place / (SAMPLED_PLACES - 1);
            let mut writer = VideoWriter::new(width, height, fps, self.quality)?;
            let mut key = 0;
            for index in first..first + SAMPLED_FRAMES {
                in_time(deadline)?;
                film.draw(replay.ground(index), &replay.marks(index));
                writer.push(film.picture(), film.changed(), 0)?;
                if index == first {
                    key = writer.bytes();
                }
            }
            keys += key;
            others += writer.bytes() - key;
        }
        let key_frames = frames.div_ceil(VideoWriter::frames_between_keys(fps));
        let key = keys as f64 / SAMPLED_PLACES as f64;
        let other = others as f64 / (SAMPLED_PLACES * (SAMPLED_FRAMES - 1)) as f64;
        let whole = key * key_frames as f64 + other * (frames - key_frames) as f64;
        let excess = whole * FORESIGHT / budget as f64;
        Ok((excess > 1.0).then_some(excess))
    }

    /// Makes an animation smaller whose file is `excess` times too large.
    fn reduce_file(
        &mut self,
        kind: AnimationKind,
        asked: &Self,
        span: (i64, i64),
        excess: f64,
    ) -> Result<(), RequestError> {
        #[cfg(feature = "video")]
        if kind == AnimationKind::Video && self.quality != Quality::LEAST {
            self.quality = self.quality.reduced(excess);
            return Ok(());
        }
        #[cfg(not(feature = "video"))]
        let _ = kind;
        self.reduce(asked, span, excess)
    }

    /// Makes an animation smaller that is `excess` times too large: fewer pictures a second, then a smaller map, then a
    /// faster clock, at last less of the span that it shows, from its beginning.
    fn reduce(&mut self, asked: &Self, (from, to): (i64, i64), excess: f64) -> Result<(), RequestError> {
        let spec = &mut self.spec;
        let (fps, side) = (spec.frames_per_second, spec.size_px);
        let fastest = asked.spec.speed * FASTER;
        let shortest_ms = SHORTEST_MS * spec.speed;
        let smaller = |least: u32| ((f64::from(side) / excess.sqrt().clamp(1.05, 2.0)) as u32).max(least);
        if fps > FEWEST_FPS {
            spec.frames_per_second = ((f64::from(fps) / excess) as u32).clamp(FEWEST_FPS, fps - 1);
        } else if side > READABLE_PX {
            spec.size_px = smaller(READABLE_PX);
        } else if spec.speed < fastest && (to - from) as f64 > shortest_ms {
            spec.speed = (spec.speed * excess.max(1.1)).min(fastest);
        } else if side > SMALLEST_PX {
            spec.size_px = smaller(SMALLEST_PX);
        } else if (to - from) as f64 > shortest_ms {
            let length_ms = ((to - from) as f64 / excess.max(1.1)).max(shortest_ms);
            spec.window = Some((from, from + length_ms as i64));
        } else {
            return Err(RequestError::NotFound(format!(
                "even {} seconds with {FEWEST_FPS} pictures a second, a map of {SMALLEST_PX} pixels and a clock {FASTER} \
                 times faster than asked are about {excess:.1} times too large; raise --budget or --speed",
                SHORTEST_MS / 1000.0
            )));
        }
        Ok(())
    }

    /// What an animation became, and what was given up for the budget.
    fn chosen(&self, replay: &ReplayFrames, asked: &Self, whole_span: (i64, i64), budget_mb: f64) -> String {
        let (made, wanted) = (&self.spec, &asked.spec);
        let times = |speed: f64| format!("{} times", (speed * 10.0).round() / 10.0);
        let length = |(from, to): (i64, i64)| clock(to - from);
        let what = format!(
            "{} frames, {} a second, {} as fast, map {} px, {} shown",
            replay.frames(),
            made.frames_per_second,
            times(made.speed),
            made.size_px,
            length(replay.span())
        );
        let mut given_up = Vec::new();
        #[cfg(feature = "video")]
        if self.quality != asked.quality {
            given_up.push("best quality".to_owned());
        }
        if made.frames_per_second != wanted.frames_per_second {
            given_up.push(format!("{} a second", wanted.frames_per_second));
        }
        if made.speed > wanted.speed {
            given_up.push(times(wanted.speed));
        }
        if made.size_px != wanted.size_px {
            given_up.push(format!("{} px", wanted.size_px));
        }
        if replay.span() != whole_span {
            given_up.push(length(whole_span));
        }
        if given_up.is_empty() {
            return what;
        }
        format!("{what} (reduced from {} to fit {budget_mb} MB)", given_up.join(", "))
    }
}

fn recipe(request: &Request, options: &Replay, lives: &ReplayLives, canvas: &Canvas<'_>) -> Recipe {
    let options = json!({
        "speed": options.speed, "fps": options.fps, "align": options.align, "ghost": options.ghost,
        "follow": options.follow,
    });
    let mut recipe = Recipe::new("replay", &options, canvas, &lives.data_summary);
    recipe.request = Some(Box::new(request.clone()));
    recipe
}
