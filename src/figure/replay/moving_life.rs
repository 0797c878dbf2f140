//! One life of a replay: where it is at a moment, and the trail behind it.

use super::Align;
use super::replay_life::ReplayLife;
use crate::analysis::{DeathKind, State};
use crate::figure::paths::life_path::{Next, PathEnd};
use crate::geom::{PixelPoint, WorldPoint};
use crate::plane::MapFrame;
use crate::scene::{Color, Item, Polyline, Stroke, Vertex};
use crate::theme::{Theme, mix};

/// The heading is taken over this distance, units, and looked for no farther back than so many samples.
const HEADING_UNITS: f64 = 12.0;
const HEADING_SAMPLES: usize = 12;
/// A player without samples for a while fades over this time, ms, to this opacity.
const STALE_FADE_MS: i64 = 4_000;
const STALE_OPACITY: f32 = 0.25;

/// A life with its place in the replay's time.
pub(crate) struct MovingLife {
    pub life: ReplayLife,
    pub start_ms: i64,
    pub end_ms: i64,
    /// From then on it shows as ended: later than its last point where it did not end, or lasts to the end of the round.
    alive_until_ms: i64,
    /// From a point's own time to the replay's.
    pub offset_ms: i64,
    stale_ms: i64,
}

/// Which part of a path is drawn, and over which time it fades, ms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trail {
    pub from: i64,
    pub to: i64,
    pub fade: Option<i64>,
}

/// Where a player is.
pub(crate) struct Stand {
    pub at: WorldPoint,
    /// The last point at or before the moment.
    pub index: usize,
    /// `None`: seen just now. Else the opacity that is left, 1 … [`STALE_OPACITY`].
    pub stale: Option<f32>,
}

impl MovingLife {
    pub(crate) fn new(life: ReplayLife, align: Align, stale_ms: i64) -> Self {
        let (start_ms, end_ms) = (life.start_ms(align), life.end_ms(align));
        let survived = life.fate.as_ref().is_some_and(|fate| fate.kind == DeathKind::Survived);
        let alive_until_ms = match life.path.end {
            PathEnd::Alive if survived && align == Align::Clock => i64::MAX,
            PathEnd::Cut => end_ms.saturating_add(stale_ms),
            PathEnd::Alive | PathEnd::Death => end_ms,
        };
        Self { start_ms, end_ms, alive_until_ms, offset_ms: life.offset_ms(align), stale_ms, life }
    }

    fn time(&self, index: usize) -> i64 {
        i64::from(self.life.path.points[index].ms) + self.offset_ms
    }

    pub(crate) fn is_alive(&self, now: i64) -> bool {
        (self.start_ms..self.alive_until_ms).contains(&now)
    }

    /// Whether anything of it shows: it lives, or ended not longer than `fade_ms` ago.
    pub(crate) fn is_near(&self, now: i64, fade_ms: i64) -> bool {
        now >= self.start_ms && now <= self.end_ms + fade_ms
    }

    /// The last point at or before a moment: never one from the future.
    fn index_at(&self, now: i64) -> Option<usize> {
        let points = &self.life.path.points;
        points.partition_point(|point| i64::from(point.ms) + self.offset_ms <= now).checked_sub(1)
    }

    /// Where the player is: between two points only if the player walked from one to the other.
    pub(crate) fn stand(&self, now: i64) -> Option<Stand> {
        let index = self.index_at(now)?;
        let points = &self.life.path.points;
        let point = &points[index];
        let age = now - self.time(index);
        let next = points.get(index + 1);
        let walked = next.is_some() && !matches!(point.next, Next::Break(_));
        let at = match next {
            Some(next) if walked && next.ms > point.ms => {
                point.at.lerp(next.at, (age as f32 / (next.ms - point.ms) as f32).min(1.0))
            }
            _ => point.at,
        };
        let stale = (!walked && age > self.stale_ms).then(|| {
            let share = ((age - self.stale_ms) as f32 / STALE_FADE_MS as f32).min(1.0);
            1.0 - (1.0 - STALE_OPACITY) * share
        });
        Some(Stand { at, index, stale })
    }

    /// The state at a point: `None` where it is not known.
    pub(crate) fn state(&self, index: usize) -> Option<State> {
        match self.life.path.points[index].next {
            Next::Walk(state) => Some(state),
            Next::Hidden | Next::Break(_) => None,
        }
    }

    /// The heading, radians on a picture; `None` while the player stands or after a break.
    pub(crate) fn heading(&self, index: usize) -> Option<f32> {
        let points = &self.life.path.points;
        let here = points[index].at;
        for back in points[index.saturating_sub(HEADING_SAMPLES)..index].iter().rev() {
            if matches!(back.next, Next::Break(_)) {
                return None;
            }
            if back.at.distance_2d(here) > HEADING_UNITS {
                // A picture's y runs down.
                return Some(libm::atan2f(back.at.y - here.y, here.x - back.at.x));
            }
        }
        None
    }

    /// The path up to a moment, faint; `i64::MAX` for all of it.
    pub(crate) fn ghost(&self, to: i64, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let line = |run: std::ops::RangeInclusive<usize>| {
            let vertex = |i: usize| Vertex {
                at: frame.project(self.life.path.points[i].at),
                color: theme.text,
                width: 1.4 * scale,
            };
            Item::Polyline(Polyline { vertices: run.map(vertex).collect(), opacity: 0.10, casing: None })
        };
        self.runs(Trail { from: i64::MIN, to, fade: None }).into_iter().map(line).collect()
    }

    /// Ranges of point indices whose steps were walked and end within the trail's time.
    fn runs(&self, trail: Trail) -> Vec<std::ops::RangeInclusive<usize>> {
        let points = &self.life.path.points;
        let mut runs = Vec::new();
        let mut start: Option<usize> = None;
        for (i, point) in points.iter().enumerate().take(points.len().saturating_sub(1)) {
            let time = self.time(i + 1);
            let inside = time > trail.from && time <= trail.to;
            if matches!(point.next, Next::Walk(_)) && inside {
                start.get_or_insert(i);
            } else if let Some(first) = start.take() {
                runs.push(first..=i);
            }
        }
        if let Some(first) = start {
            runs.push(first..=points.len() - 1);
        }
        runs
    }

    /// The trail in the colours of the states, older parts thinner and fainter (deck.gl's `TripsLayer` fades alike).
    pub(crate) fn trail(
        &self,
        now: i64,
        trail: Trail,
        frame: &MapFrame,
        scale: f32,
        theme: &Theme,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        let color_of = |i: usize| self.state(i).map_or(theme.not_recorded, |state| theme.state(state));
        // After the death the whole trail goes with its owner.
        let gone = ((now - self.end_ms).max(0) as f32 / super::DEATH_FADE_MS as f32).min(1.0);
        let mut runs: Vec<Vec<(PixelPoint, Color, i64)>> = self
            .runs(trail)
            .into_iter()
            .map(|run| {
                let at = |i: usize| frame.project(self.life.path.points[i].at);
                run.map(|i| (at(i), color_of(i), self.time(i))).collect()
            })
            .collect();
        if self.is_alive(now)
            && trail.to == now
            && let Some(stand) = self.stand(now)
            && self.state(stand.index).is_some()
        {
            // The last bit, from the last point to where the player is now.
            let here = (frame.project(stand.at), color_of(stand.index), now);
            let last_ms = self.time(stand.index);
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|(_, _, ms)| *ms == last_ms) => run.push(here),
                _ => {
                    let from = frame.project(self.life.path.points[stand.index].at);
                    runs.push(vec![(from, color_of(stand.index), last_ms), here]);
                }
            }
        }
        for run in runs {
            // One line for each run: it fades by growing thin and dark, not by opacity, which would show its joints.
            let vertices = run.iter().map(|(at, color, ms)| {
                let fresh = trail.fade.map_or(1.0, |fade| 1.0 - (now - ms).max(0) as f32 / fade as f32);
                let f = fresh.clamp(0.0, 1.0);
                Vertex { at: *at, color: mix(theme.ink, *color, f.sqrt()), width: (2.0 + 3.5 * f) * scale }
            });
            let casing = Stroke { width: 2.4 * scale, color: theme.ink.opacity(0.7 * (1.0 - gone)) };
            let vertices = vertices.collect();
            items.push(Item::Polyline(Polyline { vertices, opacity: 1.0 - gone, casing: Some(casing) }));
        }
        items
    }
}
