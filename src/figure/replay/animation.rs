//! A replay as GIF or animated PNG, within a byte budget: what is too large is drawn again with fewer pictures a second,
//! then smaller.

use rayon::prelude::*;
use serde_json::json;

use super::gather::ReplayLives;
use super::{ReplayFrames, ReplaySpec};
use crate::analysis::Filter;
use crate::error::Error;
use crate::figure::canvas::Canvas;
use crate::figure::request::{Layout, RECIPE, Recipe, Replay, Request, RequestError, Subject};
use crate::map::WorldMap;
use crate::progress::{Bar, Progress, Silent};
use crate::raster::encode::{self, Bounded, Effort, Frame, MAX_COLORS, Palette};
use crate::rounds::Selection;
use crate::scene::Bitmap;

/// Frames drawn at once; what is drawn but not yet encoded lies in memory.
const CHUNK: usize = 24;
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
    /// The lives of a selection, moving over the map, as GIF or animated PNG.
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
    let asked = lives.spec(request, options);
    let mut spec = asked.clone();
    let recipe = recipe(request, options, lives, canvas);
    loop {
        let replay = replay(spec.clone(), lives, canvas)?;
        let bar = progress.begin("drawing", replay.frames() as u64);
        let encoded = match kind {
            AnimationKind::Gif => encode::gif_within(frames(&replay, &*bar), &mut palette(&replay), budget)?,
            AnimationKind::Apng => {
                encode::apng_within(frames(&replay, &*bar), &[(RECIPE, &recipe)], Effort::Fast, budget)?
            }
        };
        match encoded {
            Bounded::Whole(bytes) => {
                return Ok(Animation { bytes, summary: chosen(&replay, &asked, &spec, options.budget_mb) });
            }
            Bounded::TooLarge { frames, bytes } => {
                let whole = bytes as f64 * replay.frames() as f64 / frames.max(1) as f64;
                reduce(&mut spec, whole / budget as f64)?;
            }
        }
    }
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

/// Draws the frames, a chunk at a time on all cores, in order.
fn frames<'r>(replay: &'r ReplayFrames, bar: &'r dyn Bar) -> impl ExactSizeIterator<Item = Frame> + 'r {
    let mut ready: std::vec::IntoIter<Frame> = Vec::new().into_iter();
    let mut next = 0;
    (0..replay.frames()).map(move |_| {
        loop {
            if let Some(frame) = ready.next() {
                bar.step();
                return frame;
            }
            let chunk = next..(next + CHUNK).min(replay.frames());
            next = chunk.end;
            let drawn: Vec<Frame> = chunk
                .into_par_iter()
                .map(|index| {
                    let scene = replay.scene(index);
                    let bitmap =
                        crate::raster::render(&scene).unwrap_or_else(|_| blank(scene.width, scene.height));
                    Frame { bitmap, delay_ms: replay.delay_ms(index) }
                })
                .collect();
            ready = drawn.into_iter();
        }
    })
}

/// A frame that cannot be drawn (sizes are checked before, so none was ever seen) is empty, so that the timing stays.
fn blank(width: u32, height: u32) -> Bitmap {
    let pixels = vec![0; width as usize * height as usize * 4];
    Bitmap::new(width, height, pixels).unwrap_or_else(|| unreachable!("the size fits its pixels"))
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

/// Makes an animation smaller that is `excess` times too large: fewer pictures a second first, then a smaller map.
fn reduce(spec: &mut ReplaySpec, excess: f64) -> Result<(), RequestError> {
    let (fps, side) = (spec.frames_per_second, spec.size_px);
    if fps > FEWEST_FPS {
        spec.frames_per_second = ((f64::from(fps) / excess) as u32).clamp(FEWEST_FPS, fps - 1);
    } else if side > SMALLEST_PX {
        let smaller = f64::from(side) / excess.sqrt().clamp(1.05, 2.0);
        spec.size_px = (smaller as u32).max(SMALLEST_PX);
    } else {
        return Err(RequestError::NotFound(format!(
            "even with {FEWEST_FPS} pictures a second and a map of {SMALLEST_PX} pixels it is about {excess:.1} times \
             too large; raise --budget or --speed, or choose a span with --round-window"
        )));
    }
    Ok(())
}

/// What an animation became, and what was given up for the budget.
fn chosen(replay: &ReplayFrames, asked: &ReplaySpec, made: &ReplaySpec, budget_mb: f64) -> String {
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

fn recipe(request: &Request, options: &Replay, lives: &ReplayLives, canvas: &Canvas<'_>) -> String {
    let options = json!({
        "speed": options.speed, "fps": options.fps, "align": options.align, "ghost": options.ghost,
        "follow": options.follow,
    });
    let mut recipe = Recipe::new("replay", &options, canvas, &lives.data_summary);
    recipe.request = Some(Box::new(request.clone()));
    recipe.to_json()
}
