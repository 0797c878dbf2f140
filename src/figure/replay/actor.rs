//! One life on the stage: where it is at a moment, what it leaves behind.

use super::Align;
use crate::figure::sheet::MapFrame;
use crate::figure::theme::{HALO_OPACITY, Theme, mix};
use crate::figure::way::{Next, Way, WayEnd};
use crate::geom::PixelPoint;
use crate::model::Team;
use crate::scene::{Align as TextAlign, Color, Item, Label, Marker, Polyline, Shape, Stroke, Vertex, Weight};

/// The heading is taken over this distance, units, and looked for no farther back than so many samples.
const HEADING_UNITS: f64 = 12.0;
const HEADING_SAMPLES: usize = 12;
/// Longest name on the map, characters.
const LONGEST_NAME: usize = 16;

/// A life with its place in the replay's time.
pub(super) struct Actor {
    pub way: Way,
    pub start_ms: i64,
    pub end_ms: i64,
    /// From a point's own time to the replay's.
    offset_ms: i64,
    stale_ms: i64,
    name: String,
}

/// Which part of a way is drawn, and over which time it fades, ms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trail {
    pub from: i64,
    pub to: i64,
    pub fade: Option<i64>,
}

/// Where a player is.
struct Place {
    at: PixelPoint,
    index: usize,
    heading: Option<f32>,
    stale: bool,
}

impl Actor {
    pub(super) fn new(way: Way, align: Align, stale_ms: i64) -> Self {
        let first = way.points.first().map_or(0, |point| i64::from(point.ms));
        let last = way.points.last().map_or(0, |point| i64::from(point.ms));
        let offset_ms = match align {
            Align::Clock => way.order.1 - first,
            Align::Spawn => 0,
        };
        let name = way.name.chars().take(LONGEST_NAME).collect();
        Self { start_ms: first + offset_ms, end_ms: last + offset_ms, offset_ms, stale_ms, name, way }
    }

    fn time(&self, index: usize) -> i64 {
        i64::from(self.way.points[index].ms) + self.offset_ms
    }

    pub(super) fn is_alive(&self, now: i64) -> bool {
        (self.start_ms..self.end_ms).contains(&now)
    }

    /// Whether anything of it shows: it lives, or ended not longer than `fade_ms` ago.
    pub(super) fn is_near(&self, now: i64, fade_ms: i64) -> bool {
        now >= self.start_ms && now <= self.end_ms + fade_ms
    }

    /// The last point at or before a moment: never one from the future.
    fn index_at(&self, now: i64) -> Option<usize> {
        self.way.points.partition_point(|point| i64::from(point.ms) + self.offset_ms <= now).checked_sub(1)
    }

    /// Where the player is: between two points only if he walked from one to the other.
    fn place(&self, now: i64, frame: &MapFrame) -> Option<Place> {
        let index = self.index_at(now)?;
        let point = &self.way.points[index];
        let age = now - self.time(index);
        let next = self.way.points.get(index + 1);
        let walked = !matches!(point.next, Next::Break(_));
        let at = match next {
            Some(next) if walked && next.ms > point.ms => {
                point.at.lerp(next.at, (age as f32 / (next.ms - point.ms) as f32).min(1.0))
            }
            _ => point.at,
        };
        let stale = (next.is_none() || !walked) && age > self.stale_ms;
        Some(Place { at: frame.project(at), index, heading: self.heading(index), stale })
    }

    fn heading(&self, index: usize) -> Option<f32> {
        let points = &self.way.points;
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

    /// The way so far, faint.
    pub(super) fn ghost(&self, now: i64, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let trail = Trail { from: i64::MIN, to: now, fade: None };
        self.runs(trail)
            .into_iter()
            .map(|run| {
                let vertex = |i: usize| Vertex {
                    at: frame.project(self.way.points[i].at),
                    color: theme.text,
                    width: 1.4 * scale,
                };
                Item::Polyline(Polyline { vertices: run.map(vertex).collect(), opacity: 0.10, casing: None })
            })
            .collect()
    }

    /// Ranges of point indices whose steps were walked and begin within the trail's time.
    fn runs(&self, trail: Trail) -> Vec<std::ops::RangeInclusive<usize>> {
        let points = &self.way.points;
        let mut runs = Vec::new();
        let mut start: Option<usize> = None;
        for (i, point) in points.iter().enumerate().take(points.len().saturating_sub(1)) {
            let time = self.time(i + 1);
            let inside = time > trail.from && self.time(i + 1) <= trail.to;
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
    pub(super) fn trail(
        &self,
        now: i64,
        trail: Trail,
        frame: &MapFrame,
        scale: f32,
        theme: &Theme,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        let color_of = |i: usize| match self.way.points[i].next {
            Next::Walk(state) => theme.state(state),
            Next::Hidden | Next::Break(_) => theme.not_recorded,
        };
        // After the death the whole trail goes with its owner.
        let gone = ((now - self.end_ms).max(0) as f32 / super::DEATH_FADE_MS as f32).min(1.0);
        let mut runs: Vec<Vec<(PixelPoint, Color, i64)>> = self
            .runs(trail)
            .into_iter()
            .map(|run| {
                run.map(|i| (frame.project(self.way.points[i].at), color_of(i), self.time(i))).collect()
            })
            .collect();
        if let (Some(place), Some(run)) = (self.place(now, frame), runs.last_mut())
            && self.is_alive(now)
            && trail.to == now
        {
            // The last bit, from the last point to where the player is now.
            run.push((place.at, color_of(place.index), now));
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

    /// The player himself, or his death.
    pub(super) fn marker(
        &self,
        now: i64,
        fade_ms: i64,
        frame: &MapFrame,
        scale: f32,
        theme: &Theme,
    ) -> Vec<Item> {
        let Some(place) = self.place(now, frame) else { return Vec::new() };
        let color = theme.team(&self.way.team);
        if now >= self.end_ms {
            return self.after_the_end(&place, now, fade_ms, color, scale, theme);
        }
        let shape = if self.way.team == Team::Axis { Shape::Square } else { Shape::Circle };
        let radius = if shape == Shape::Square { 8.0 } else { 9.0 };
        let mut items = vec![Item::Marker(Marker {
            at: place.at,
            shape,
            radius: radius * scale,
            fill: (!place.stale).then_some(color),
            stroke: place.stale.then_some(Stroke { width: 2.0 * scale, color }),
            casing: Some(Stroke { width: 5.0 * scale, color: theme.ink }),
        })];
        if !place.stale {
            let health = (f32::from(self.way.points[place.index].health) / 100.0).clamp(0.0, 1.0);
            items.push(Item::Marker(Marker {
                at: place.at,
                shape: Shape::Arc {
                    start: -std::f32::consts::FRAC_PI_2,
                    sweep: std::f32::consts::TAU * health,
                },
                radius: 15.0 * scale,
                fill: None,
                stroke: Some(Stroke { width: 3.0 * scale, color: theme.text }),
                casing: None,
            }));
            if let Some(heading) = place.heading {
                let reach = 22.0 * scale;
                let at = PixelPoint::new(
                    place.at.x + libm::cosf(heading) * reach,
                    place.at.y + libm::sinf(heading) * reach,
                );
                items.push(Item::Marker(Marker {
                    at,
                    shape: Shape::Triangle { heading },
                    radius: 5.5 * scale,
                    fill: Some(theme.text),
                    stroke: None,
                    casing: Some(Stroke { width: 2.0 * scale, color: theme.ink }),
                }));
            }
        }
        let upwards = place.heading.is_some_and(|heading| libm::sinf(heading) < -0.5);
        let y = if upwards { place.at.y + 34.0 * scale } else { place.at.y - 22.0 * scale };
        items.push(Item::Label(Label {
            text: self.name.clone(),
            at: PixelPoint::new(place.at.x, y),
            size: 17.0 * scale,
            weight: Weight::Regular,
            color: theme.text,
            align: TextAlign::Center,
            halo: Some(Stroke { width: 1.6 * scale, color: theme.ink.opacity(HALO_OPACITY) }),
        }));
        items
    }

    fn after_the_end(
        &self,
        place: &Place,
        now: i64,
        fade_ms: i64,
        color: Color,
        scale: f32,
        theme: &Theme,
    ) -> Vec<Item> {
        let faded = (now - self.end_ms) as f32 / fade_ms as f32;
        let opacity = (1.0 - 0.65 * faded).clamp(0.35, 1.0);
        let (shape, radius) = match self.way.end {
            WayEnd::Death => (Shape::Cross, 7.0),
            WayEnd::Alive => (Shape::Square, 6.0),
            WayEnd::Cut => return Vec::new(),
        };
        vec![Item::Marker(Marker {
            at: place.at,
            shape,
            radius: radius * scale,
            fill: None,
            stroke: Some(Stroke { width: 3.0 * scale, color: color.opacity(opacity) }),
            casing: Some(Stroke { width: 6.0 * scale, color: theme.ink.opacity(opacity) }),
        })]
    }
}
