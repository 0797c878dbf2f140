//! The map of a life card: the path cut out of the map, with its ticks of time, stops and ends.

use crate::analysis::Stop;
use crate::figure::layout::placement::Placement;
use crate::figure::paths::chevron::{self, Arc, Spacing, Taken};
use crate::figure::paths::life_path::{LifePath, Next, PathEnd, PathPoint};
use crate::figure::paths::marks;
use crate::geom::{PixelPoint, WorldRect};
use crate::plane::MapFrame;
use crate::scene::{Align, Item, Label, Marker, PixelRect, Polyline, Shape, Stroke, Vertex, Weight};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// The map's part of the card, design pixels.
pub(super) const WIDTH: f32 = 1080.0;
pub(super) const HEIGHT: f32 = 700.0;
/// Room round the path, design pixels.
const SIDE_MARGIN: f32 = 100.0;
const TOP_MARGIN: f32 = 85.0;
/// Room that the path keeps where a window as wide as wanted would show more than the map, design pixels.
const LEAST_MARGIN: f32 = 45.0;
/// Room that it keeps when the window moves into the map: enough for a mark.
const EDGE_MARGIN: f64 = 16.0;
/// The map is never enlarged beyond this, units per design pixel.
const CLOSEST_UNITS_PER_PX: f64 = 1.6;
/// A tick across the path each so many seconds.
const TICK_S: i32 = 10;
/// No chevron this near to a tick, design pixels.
const CLEAR_OF_TICKS: f32 = 40.0;
/// Ticks, and stops, nearer to each other than this share a label, design pixels.
const LABEL_APART: f32 = 40.0;
/// At most so many places with stops get a label, and only those of at least this time.
const STOP_LABELS: usize = 4;
const STOP_LABEL_MS: i64 = 4_000;

/// The part of the world that the card shows: the path's box with room round it, in the card's aspect. Near an edge of the
/// map it moves inwards, and where it would be larger than the map it shrinks, as far as the path keeps some room.
pub(super) fn window(path: &LifePath, map: &WorldRect) -> Option<WorldRect> {
    let (mut west, mut east) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
    for point in &path.points {
        west = west.min(f64::from(point.at.x));
        east = east.max(f64::from(point.at.x));
        south = south.min(f64::from(point.at.y));
        north = north.max(f64::from(point.at.y));
    }
    let with_margins = |side: f32, top: f32| {
        let across = (east - west) / f64::from(WIDTH - 2.0 * side);
        across.max((north - south) / f64::from(HEIGHT - 2.0 * top))
    };
    let wanted = with_margins(SIDE_MARGIN, TOP_MARGIN).max(CLOSEST_UNITS_PER_PX);
    let inside = (map.width() / f64::from(WIDTH)).min(map.height() / f64::from(HEIGHT));
    let units_per_px = wanted.min(inside.max(with_margins(LEAST_MARGIN, LEAST_MARGIN)));
    let (half_width, half_height) =
        (f64::from(WIDTH) / 2.0 * units_per_px, f64::from(HEIGHT) / 2.0 * units_per_px);
    let least = EDGE_MARGIN * units_per_px;
    let x = slid((west - least, east + least), (map.min_x(), map.max_x()), half_width);
    let y = slid((south - least, north + least), (map.min_y(), map.max_y()), half_height);
    WorldRect::new(x - half_width, y - half_height, x + half_width, y + half_height)
}

/// The same for a window that was asked for: grown to the card's aspect, and moved into the map.
pub(super) fn window_of(wanted: &WorldRect, map: &WorldRect) -> Option<WorldRect> {
    let units_per_px = (wanted.width() / f64::from(WIDTH)).max(wanted.height() / f64::from(HEIGHT));
    let (half_width, half_height) =
        (f64::from(WIDTH) / 2.0 * units_per_px, f64::from(HEIGHT) / 2.0 * units_per_px);
    let x = slid((wanted.min_x(), wanted.max_x()), (map.min_x(), map.max_x()), half_width);
    let y = slid((wanted.min_y(), wanted.max_y()), (map.min_y(), map.max_y()), half_height);
    WorldRect::new(x - half_width, y - half_height, x + half_width, y + half_height)
}

/// The middle of a window of twice `half` along one axis: the path's middle, moved into the map where the window fits it
/// and to the map's middle where it does not, but never so far that it loses the path.
fn slid(path: (f64, f64), map: (f64, f64), half: f64) -> f64 {
    let middle = if map.1 - map.0 < 2.0 * half {
        f64::midpoint(map.0, map.1)
    } else {
        f64::midpoint(path.0, path.1).clamp(map.0 + half, map.1 - half)
    };
    middle.max(path.1 - half).min(path.0 + half)
}

/// Everything over the base map, in order from below. No label lies on `covered`.
pub(super) fn items(
    path: &LifePath,
    stops: &[Stop],
    frame: &MapFrame,
    covered: Option<PixelRect>,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    let mut items = Vec::new();
    for run in path.runs() {
        items.push(line(run, frame, scale, theme));
    }
    for (_, from, to) in path.breaks().filter(|(reason, ..)| marks::is_dotted(*reason)) {
        items.extend(marks::dots(frame.project(from.at), frame.project(to.at), scale, theme));
    }
    items.extend(stops.iter().map(|stop| stop_disc(stop, frame, scale, theme)));
    let ticks = ticks(path, frame, scale);
    items.extend(chevrons(path, &ticks, frame, scale, theme));
    items.extend(ticks.iter().flat_map(|tick| tick.items(scale, theme)));
    let (first, last) = (path.points.first(), path.points.last());
    let end = match path.end {
        PathEnd::Death => Some((Shape::Cross, 10.0, "death")),
        PathEnd::Alive => Some((Shape::Square, 8.0, "alive")),
        PathEnd::Cut => None,
    };
    let mut wanted = Vec::new();
    if let (Some(first), true) = (first, path.from_spawn) {
        let at = frame.project(first.at);
        items.push(marks::mark(at, Shape::Circle, 9.0, scale, theme));
        wanted.push((at, "spawn".to_owned(), 20.0, Weight::SemiBold));
    }
    if let (Some(last), Some((shape, radius, word))) = (last, end) {
        let at = frame.project(last.at);
        items.push(marks::mark(at, shape, radius, scale, theme));
        wanted.push((at, word.to_owned(), 20.0, Weight::SemiBold));
    }
    wanted.extend(ticks.iter().map(|tick| (tick.at, tick.words(), 20.0, Weight::SemiBold)));
    wanted.extend(stop_labels(stops, frame, scale));
    let mut placement = Placement::new(frame.rect, scale, along(path, frame, scale));
    if let Some(covered) = covered {
        placement.reserve(covered);
    }
    items.extend(labels(wanted, placement, scale, theme));
    items
}

fn line(run: &[PathPoint], frame: &MapFrame, scale: f32, theme: &Theme) -> Item {
    let vertices = run
        .iter()
        .map(|point| Vertex {
            at: frame.project(point.at),
            color: match point.next {
                Next::Walk(state) => theme.state(state),
                Next::Hidden | Next::Break(_) => theme.not_recorded,
            },
            width: 6.0 * scale,
        })
        .collect();
    let casing = Stroke { width: 3.5 * scale, color: theme.ink.opacity(0.85) };
    Item::Polyline(Polyline { vertices, opacity: 1.0, casing: Some(casing) })
}

/// A place where the player stayed: the longer, the wider.
fn stop_disc(stop: &Stop, frame: &MapFrame, scale: f32, theme: &Theme) -> Item {
    let seconds = stop.duration_ms as f32 / 1000.0;
    let color = theme.state(stop.state);
    Item::Marker(Marker {
        at: frame.project(stop.at),
        shape: Shape::Circle,
        radius: (9.0 + 1.2 * libm::powf(seconds, 0.7)) * scale,
        fill: Some(color.opacity(0.25)),
        stroke: Some(Stroke { width: 1.8 * scale, color }),
        casing: None,
    })
}

/// How long the player stayed in each place, the longest first; stops in the same place count together.
fn stop_labels(stops: &[Stop], frame: &MapFrame, scale: f32) -> Vec<(PixelPoint, String, f32, Weight)> {
    let mut longest: Vec<&Stop> = stops.iter().collect();
    longest.sort_by_key(|stop| (std::cmp::Reverse(stop.duration_ms), stop.first));
    let mut places: Vec<(PixelPoint, i64, u64)> = Vec::new();
    for stop in longest {
        let at = frame.project(stop.at);
        match places.iter_mut().find(|(place, ..)| place.distance(at) < LABEL_APART * scale) {
            Some((_, total_ms, stops)) => (*total_ms, *stops) = (*total_ms + stop.duration_ms, *stops + 1),
            None => places.push((at, stop.duration_ms, 1)),
        }
    }
    places.retain(|(_, total_ms, _)| *total_ms >= STOP_LABEL_MS);
    places.sort_by_key(|(_, total_ms, _)| std::cmp::Reverse(*total_ms));
    places
        .into_iter()
        .take(STOP_LABELS)
        .map(|(at, total_ms, stops)| {
            let mut words = format!("{} s still", (total_ms + 500) / 1000);
            if stops > 1 {
                words = format!("{words} in {stops} stops");
            }
            (at, words, 18.0, Weight::Regular)
        })
        .collect()
}

/// A moment on the path, or several in one place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tick {
    at: PixelPoint,
    heading: f32,
    /// The first moment and the last, seconds since the spawn.
    seconds: (i32, i32),
}

impl Tick {
    fn words(&self) -> String {
        match self.seconds {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}–{last}"),
        }
    }

    fn items(&self, scale: f32, theme: &Theme) -> [Item; 1] {
        let across = self.heading + std::f32::consts::FRAC_PI_2;
        let (dx, dy) = (libm::cosf(across) * 8.0 * scale, libm::sinf(across) * 8.0 * scale);
        let end = |sign: f32| Vertex {
            at: PixelPoint::new(self.at.x + sign * dx, self.at.y + sign * dy),
            color: theme.text,
            width: 2.6 * scale,
        };
        [Item::Polyline(Polyline {
            vertices: vec![end(-1.0), end(1.0)],
            opacity: 1.0,
            casing: Some(Stroke { width: 3.4 * scale, color: theme.ink }),
        })]
    }
}

/// Every tenth second since the spawn that falls on a walked stretch. Those that follow each other in one place are one.
fn ticks(path: &LifePath, frame: &MapFrame, scale: f32) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    let mut heading = None;
    for pair in path.points.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        if !matches!(a.next, Next::Walk(_)) || b.ms <= a.ms {
            continue;
        }
        let (from, to) = (frame.project(a.at), frame.project(b.at));
        // A player who stands still has no direction to cross, so the last one counts.
        if from.distance(to) > 0.5 {
            heading = Some(libm::atan2f(to.y - from.y, to.x - from.x));
        }
        let step = TICK_S * 1000;
        let mut ms = (a.ms.div_euclid(step) + 1) * step;
        while ms <= b.ms {
            let t = (ms - a.ms) as f32 / (b.ms - a.ms) as f32;
            let at = PixelPoint::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t);
            let seconds = ms / 1000;
            match (ticks.last_mut(), heading) {
                (Some(last), _)
                    if last.seconds.1 + TICK_S == seconds && last.at.distance(at) < LABEL_APART * scale =>
                {
                    last.seconds.1 = seconds;
                }
                (_, Some(heading)) => ticks.push(Tick { at, heading, seconds: (seconds, seconds) }),
                (_, None) => {}
            }
            ms += step;
        }
    }
    ticks
}

fn chevrons(path: &LifePath, ticks: &[Tick], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut taken = Taken::new(frame.rect.right(), frame.rect.bottom(), Spacing::LIFE.apart * scale);
    path.runs()
        .flat_map(|run| {
            let points: Vec<PixelPoint> = run.iter().map(|point| frame.project(point.at)).collect();
            chevron::along(&points, Spacing::LIFE, scale, theme, &mut taken)
        })
        .filter(|item| match item {
            Item::Marker(marker) => {
                ticks.iter().all(|tick| tick.at.distance(marker.at) > CLEAR_OF_TICKS * scale)
            }
            _ => true,
        })
        .collect()
}

/// Points along the whole path, 8 design pixels apart: what labels and a locator should not hide.
pub(super) fn along(path: &LifePath, frame: &MapFrame, scale: f32) -> Vec<PixelPoint> {
    let points: Vec<PixelPoint> = path.points.iter().map(|point| frame.project(point.at)).collect();
    let arc = Arc::of(&points);
    let steps = (arc.length() / (8.0 * scale)) as usize;
    (0..=steps.min(20_000)).map(|i| arc.point(i as f32 * 8.0 * scale)).collect()
}

fn labels(
    wanted: Vec<(PixelPoint, String, f32, Weight)>,
    mut placement: Placement,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    for (at, ..) in &wanted {
        let r = 9.0 * scale;
        placement.reserve(PixelRect::new(at.x - r, at.y - r, 2.0 * r, 2.0 * r));
    }
    wanted
        .into_iter()
        .map(|(at, text, size, weight)| {
            let size = size * scale;
            let placed = placement.place(at, &text, size, weight);
            let halo =
                Stroke { width: halo_width(size / scale) * scale, color: theme.ink.opacity(HALO_OPACITY) };
            Item::Label(Label {
                text,
                at: placed.baseline,
                size,
                weight,
                color: theme.text,
                align: Align::Center,
                halo: Some(halo),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_stay_on_the_map_while_they_hold_the_way() {
        let map = (0.0, 1000.0);
        assert_eq!(slid((400.0, 500.0), map, 100.0), 450.0, "in the middle");
        assert_eq!(slid((20.0, 80.0), map, 100.0), 100.0, "moved inwards");
        assert_eq!(slid((-60.0, 20.0), map, 100.0), 40.0, "off the map: the path decides");
        assert_eq!(slid((20.0, 80.0), map, 600.0), 500.0, "wider than the map: all of it");
        assert_eq!(slid((-200.0, 80.0), map, 600.0), 400.0, "wider than the map, and the path leaves it");
    }
}
