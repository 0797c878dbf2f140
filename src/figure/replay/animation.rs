//! A replay as video, GIF or animated PNG, within a byte budget: what is too large is made again, a video less exactly,
//! then with fewer pictures a second, then smaller.

use serde_json::json;

use super::gather::ReplayLives;
use super::{ReplayFrames, ReplaySpec};
use crate::analysis::Filter;
use crate::error::Error;
use crate::figure::canvas::Canvas;
use crate::figure::request::{Layout, RECIPE, Recipe, Replay, Request, RequestError, Subject};
use crate::map::WorldMap;
use crate::progress::{Progress, Silent};
use crate::raster::Film;
use crate::raster::encode::{self, Animate, ApngWriter, Effort, GifWriter, MAX_COLORS, Palette};
#[cfg(feature = "video")]
use crate::raster::encode::{Quality, VideoWriter};
use crate::rounds::Selection;

/// More frames than this are refused: ten minutes of animation.
const MOST_FRAMES: usize = 6_000;
/// What an animation is never reduced below.
const FEWEST_FPS: u32 = 5;
const SMALLEST_PX: u32 = 240;
/// Room in the palette for everything that is not the base map.
const OWN_COLORS: usize = 96;

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
        let data = request.load_map(&rounds, map.clone(), &Silent)?;
        let filter = Filter { floor: data.floor, ..request.filter.clone() };
        let lives = ReplayLives::gather(&request, self, &filter, &rounds, &data.map, &Silent)?;
        let canvas = data.map.canvas(request.layout.sheet()?, &filter, lives.heights.as_ref());
        animate(kind, &request, self, &lives, &canvas, &Silent)
    }
}

/// Draws and encodes the lives of a replay.
///
/// # Errors
/// More frames than fit, or a budget that even the smallest animation exceeds.
pub fn animate(
    kind: AnimationKind,
    request: &Request,
    options: &Replay,
    lives: &ReplayLives,
    canvas: &Canvas<'_>,
    progress: &dyn Progress,
) -> Result<Animation, Error> {
    let budget = (options.budget_mb.clamp(0.1, 1000.0) * 1e6) as usize;
    let asked = Plan::new(lives.spec(request, options));
    let mut plan = asked.clone();
    let recipe = recipe(request, options, lives, canvas);
    loop {
        let replay = replay(plan.spec.clone(), lives, canvas)?;
        match attempt(&replay, plan.writer(kind, &replay, &recipe)?, budget, progress)? {
            Attempt::Whole(bytes) => {
                return Ok(Animation { bytes, summary: plan.chosen(&replay, &asked, options.budget_mb) });
            }
            Attempt::TooLarge { excess } => plan.reduce(kind, excess)?,
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
) -> Result<Attempt, Error> {
    let frames = replay.frames();
    let bar = progress.begin("drawing", frames as u64);
    let (width, height) = replay.size();
    let mut film = Film::new(width, height, replay.background())?;
    for index in 0..frames {
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

fn replay(spec: ReplaySpec, lives: &ReplayLives, canvas: &Canvas<'_>) -> Result<ReplayFrames, RequestError> {
    let summary = &lives.data_summary;
    let subtitle = summary.short_view().unwrap_or_else(|| summary.when().join(" · "));
    let replay = ReplayFrames::new(lives.lives.clone(), lives.interval_ms, spec, &subtitle, canvas)
        .ok_or(RequestError::NoLives)?;
    if replay.frames() > MOST_FRAMES {
        return Err(RequestError::NotFound(format!(
            "that would be {} frames; raise --speed, lower --fps, or choose a span with --round-window A..B",
            replay.frames()
        )));
    }
    Ok(replay)
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

    /// Makes an animation smaller that is `excess` times too large.
    fn reduce(&mut self, kind: AnimationKind, excess: f64) -> Result<(), RequestError> {
        #[cfg(feature = "video")]
        if kind == AnimationKind::Video && self.quality != Quality::LEAST {
            self.quality = self.quality.reduced(excess);
            return Ok(());
        }
        #[cfg(not(feature = "video"))]
        let _ = kind;
        let (fps, side) = (self.spec.frames_per_second, self.spec.size_px);
        if fps > FEWEST_FPS {
            self.spec.frames_per_second = ((f64::from(fps) / excess) as u32).clamp(FEWEST_FPS, fps - 1);
        } else if side > SMALLEST_PX {
            let smaller = f64::from(side) / excess.sqrt().clamp(1.05, 2.0);
            self.spec.size_px = (smaller as u32).max(SMALLEST_PX);
        } else {
            return Err(RequestError::NotFound(format!(
                "even with {FEWEST_FPS} pictures a second and a map of {SMALLEST_PX} pixels it is about {excess:.1} times \
                 too large; raise --budget or --speed, or choose a span with --round-window"
            )));
        }
        Ok(())
    }

    /// What an animation became, and what was given up for the budget.
    fn chosen(&self, replay: &ReplayFrames, asked: &Self, budget_mb: f64) -> String {
        let (made, wanted) = (&self.spec, &asked.spec);
        let what = format!(
            "{} frames, {} a second, map {} px",
            replay.frames(),
            made.frames_per_second,
            made.size_px
        );
        let mut reduced = Vec::new();
        #[cfg(feature = "video")]
        if self.quality != asked.quality {
            reduced.push("best quality".to_owned());
        }
        if made.frames_per_second != wanted.frames_per_second {
            reduced.push(format!("{} a second", wanted.frames_per_second));
        }
        if made.size_px != wanted.size_px {
            reduced.push(format!("{} px", wanted.size_px));
        }
        if reduced.is_empty() {
            return what;
        }
        format!("{what} (reduced from {} to fit {budget_mb} MB)", reduced.join(" and "))
    }
}

fn recipe(request: &Request, options: &Replay, lives: &ReplayLives, canvas: &Canvas<'_>) -> String {
    let options = json!({
        "speed": options.speed, "fps": options.fps, "align": options.align, "ghost": options.ghost,
        "follow": options.follow,
    });
    let mut recipe = Recipe::new("replay", &options, canvas, &lives.data_summary);
    recipe.request = Some(Box::new(request.clone()));
    recipe.to_json()
}
