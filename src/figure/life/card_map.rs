//! The map of a life card: the path cut out of the map, with its ticks of time, stops and ends.

use super::moment::Moment;
use super::{Card, time_axis};
use crate::analysis::Stop;
use crate::figure::kills::team_shape;
use crate::figure::layout::placement::{Needs, Placement};
use crate::figure::layout::window;
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
/// No chevron this near to a tick, design pixels.
const CLEAR_OF_TICKS: f32 = 40.0;
/// Ticks, and stops, nearer to each other than this share a label, design pixels.
const LABEL_APART: f32 = 40.0;
/// At most so many places with stops get a label, and only those of at least this time.
const STOP_LABELS: usize = 4;
const STOP_LABEL_MS: i64 = 4_000;
/// The mark of a kill, and its radius on the map, design pixels.
pub(super) const KILL_SHAPE: Shape = Shape::Triangle { heading: -std::f32::consts::FRAC_PI_2 };
const KILL_PX: f32 = 9.0;

/// The part of the world that the card shows: the path's box with room round it, in the card's aspect. Near an edge of the
/// map it moves inwards, and where it would be larger than the map it shrinks, as far as the path keeps some room.
pub(super) fn window(path: &LifePath, map: &WorldRect) -> Option<WorldRect> {
    let Bounds { west, south, east, north } = Bounds::of([path]);
    let with_margins = |side: f32, top: f32| {
        let across = (east - west) / f64::from(WIDTH - 2.0 * side);
        across.max((north - south) / f64::from(HEIGHT - 2.0 * top))
    };
    let wanted = with_margins(SIDE_MARGIN, TOP_MARGIN).max(CLOSEST_UNITS_PER_PX);
    let inside = (map.width() / f64::from(WIDTH)).min(map.height() / f64::from(HEIGHT));
    let units_per_px = wanted.min(inside.max(with_margins(LEAST_MARGIN, LEAST_MARGIN)));
    let half = (f64::from(WIDTH) / 2.0 * units_per_px, f64::from(HEIGHT) / 2.0 * units_per_px);
    let least = EDGE_MARGIN * units_per_px;
    window::holding(&WorldRect::new(west - least, south - least, east + least, north + least)?, map, half)
}

/// The box round some paths; empty boxes have their west behind their east.
pub(super) struct Bounds {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Bounds {
    pub(super) fn of<'p>(paths: impl IntoIterator<Item = &'p LifePath>) -> Self {
        let far = f64::INFINITY;
        let mut bounds = Self { west: far, south: far, east: -far, north: -far };
        for point in paths.into_iter().flat_map(|path| &path.points) {
            let (x, y) = (f64::from(point.at.x), f64::from(point.at.y));
            bounds.west = bounds.west.min(x);
            bounds.east = bounds.east.max(x);
            bounds.south = bounds.south.min(y);
            bounds.north = bounds.north.max(y);
        }
        bounds
    }
}

/// Everything over the base map, in order from below. No label lies on `covered`.
pub(super) fn items(
    card: &Card,
    frame: &MapFrame,
    covered: Option<PixelRect>,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    let path = &card.path;
    let mut items: Vec<Item> =
        path.runs().map(|run| line(run, frame, [6.0, 3.5].map(|px| px * scale), theme)).collect();
    for (_, from, to) in path.breaks().filter(|(reason, ..)| marks::is_dotted(*reason)) {
        items.extend(marks::dots(frame.project(from.at), frame.project(to.at), scale, theme));
    }
    items.extend(card.stops.iter().map(|stop| stop_disc(stop, frame, scale, theme)));
    let ticks = ticks(path, card.axis_ms, frame, scale);
    items.extend(chevrons(path, &ticks, frame, scale, theme));
    items.extend(card.moments.iter().filter_map(|moment| shot(moment, frame, scale, theme)).flatten());
    items.extend(ticks.iter().flat_map(|tick| tick.items(scale, theme)));
    let mut wanted = Vec::new();
    if let (Some(first), true) = (path.points.first(), path.from_spawn) {
        let at = frame.project(first.at);
        items.push(marks::mark(at, Shape::Circle, 9.0, scale, theme));
        wanted.push(Wanted { at, words: "spawn".to_owned(), size: 20.0, weight: Weight::SemiBold });
    }
    for (at, shape, radius, words) in ends(card, frame) {
        items.push(marks::mark(at, shape, radius, scale, theme));
        wanted.push(Wanted { at, words, size: 20.0, weight: Weight::SemiBold });
    }
    let always = wanted.len();
    for (at, words) in kills(card, frame, scale) {
        items.extend(at.iter().map(|at| kill_mark(*at, KILL_PX, scale, theme)));
        wanted.push(Wanted { at: at[0], words, size: 18.0, weight: Weight::SemiBold });
    }
    wanted.extend(ticks.iter().map(|tick| Wanted {
        at: tick.at,
        words: tick.words(card.axis_ms),
        size: 20.0,
        weight: Weight::SemiBold,
    }));
    wanted.extend(stop_labels(&card.stops, frame, scale));
    let mut placement = Placement::new(frame.rect, scale, along(path, frame, scale));
    if let Some(covered) = covered {
        placement.reserve(covered);
    }
    items.extend(labels(wanted, always, placement, scale, theme));
    items
}

/// Text that wants a place near a point.
struct Wanted {
    at: PixelPoint,
    words: String,
    /// Design pixels.
    size: f32,
    weight: Weight,
}

/// Deaths, those that a revive followed too, or being alive at the end: where, how it is marked, and what it says.
fn ends(card: &Card, frame: &MapFrame) -> Vec<(PixelPoint, Shape, f32, String)> {
    let deaths = card.moments.iter().filter(|moment| !moment.is_kill());
    let mut ends: Vec<_> = deaths
        .filter_map(|death| Some((frame.project(death.at?), Shape::Cross, 10.0, death.words())))
        .collect();
    if let Some(last) = card.path.points.last() {
        let at = frame.project(last.at);
        match card.path.end {
            // The file tells of the death, and not for certain what it was.
            PathEnd::Death if ends.last().is_none_or(|(end, ..)| *end != at) => {
                ends.push((at, Shape::Cross, 10.0, "death".to_owned()));
            }
            PathEnd::Alive => ends.push((at, Shape::Square, 8.0, "alive".to_owned())),
            PathEnd::Death | PathEnd::Cut => {}
        }
    }
    ends
}

/// Kills by the place on the path from which they were made, with what they say: those in one place together.
fn kills(card: &Card, frame: &MapFrame, scale: f32) -> Vec<(Vec<PixelPoint>, String)> {
    let mut places: Vec<(Vec<PixelPoint>, Vec<&Moment>)> = Vec::new();
    for kill in card.moments.iter().filter(|moment| moment.is_kill()) {
        let Some(at) = kill.at.map(|at| frame.project(at)) else { continue };
        match places.iter_mut().find(|(place, _)| place[0].distance(at) < LABEL_APART * scale) {
            Some((place, kills)) => {
                place.push(at);
                kills.push(kill);
            }
            None => places.push((vec![at], vec![kill])),
        }
    }
    let words = |kills: &[&Moment]| match kills {
        [one] => one.words(),
        [one, other] => format!("{}, {}", one.short(), other.short()),
        many => format!("{} kills", many.len()),
    };
    places.into_iter().map(|(place, kills)| (place, words(&kills))).collect()
}

/// The mark of a kill: a triangle on its base.
pub(super) fn kill_mark(at: PixelPoint, radius: f32, scale: f32, theme: &Theme) -> Item {
    Item::Marker(Marker {
        at,
        shape: KILL_SHAPE,
        radius: radius * scale,
        fill: Some(theme.text),
        stroke: None,
        casing: Some(Stroke { width: 4.0 * scale, color: theme.ink }),
    })
}

/// The line from where a killer stood to the death, wide where the shot came from, and the killer's mark.
fn shot(moment: &Moment, frame: &MapFrame, scale: f32, theme: &Theme) -> Option<[Item; 2]> {
    let ((from, team), to) = (moment.from.as_ref()?, moment.at?);
    let color = theme.team(team);
    let vertex = |at, width: f32| Vertex { at: frame.project(at), color, width: width * scale };
    let vertices = vec![vertex(*from, 4.0), vertex(to, 1.2)];
    let casing = Some(Stroke { width: 2.4 * scale, color: theme.ink.opacity(0.6) });
    let killer = Marker {
        at: frame.project(*from),
        shape: team_shape(team),
        radius: 7.0 * scale,
        fill: Some(color),
        stroke: None,
        casing: Some(Stroke { width: 4.0 * scale, color: theme.ink }),
    };
    Some([Item::Polyline(Polyline { vertices, opacity: 0.85, casing }), Item::Marker(killer)])
}

/// A walked run by states, as wide as asked for, with a casing of its own width.
pub(super) fn line(run: &[PathPoint], frame: &MapFrame, [width, casing]: [f32; 2], theme: &Theme) -> Item {
    let vertices = run
        .iter()
        .map(|point| Vertex {
            at: frame.project(point.at),
            color: match point.next {
                Next::Walk(state) => theme.state(state),
                Next::Hidden | Next::Break(_) => theme.not_recorded,
            },
            width,
        })
        .collect();
    let casing = Stroke { width: casing, color: theme.ink.opacity(0.85) };
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
fn stop_labels(stops: &[Stop], frame: &MapFrame, scale: f32) -> Vec<Wanted> {
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
            Wanted { at, words, size: 18.0, weight: Weight::Regular }
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
    /// Its time in a life of `life_ms`.
    fn words(&self, life_ms: i32) -> String {
        let [first, last] =
            [self.seconds.0, self.seconds.1].map(|seconds| time_axis::words(seconds, life_ms));
        if first == last { first } else { format!("{first}–{last}") }
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

/// A tick each [`time_axis::step_s`] of a life of `life_ms`, where it falls on a walked stretch. Those that follow each other
/// in one place are one.
fn ticks(path: &LifePath, life_ms: i32, frame: &MapFrame, scale: f32) -> Vec<Tick> {
    let step_s = time_axis::step_s(life_ms);
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
        let step = step_s * 1000;
        let mut ms = (a.ms.div_euclid(step) + 1) * step;
        while ms <= b.ms {
            let t = (ms - a.ms) as f32 / (b.ms - a.ms) as f32;
            let at = PixelPoint::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t);
            let seconds = ms / 1000;
            match (ticks.last_mut(), heading) {
                (Some(last), _)
                    if last.seconds.1 + step_s == seconds && last.at.distance(at) < LABEL_APART * scale =>
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

/// The first `always` texts, and of the others those that find a place where they hide no other text.
fn labels(
    wanted: Vec<Wanted>,
    always: usize,
    mut placement: Placement,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    for Wanted { at, .. } in &wanted {
        let r = 9.0 * scale;
        placement.avoid(PixelRect::new(at.x - r, at.y - r, 2.0 * r, 2.0 * r));
    }
    let mut labels = Vec::with_capacity(wanted.len());
    for (i, Wanted { at, words, size, weight }) in wanted.into_iter().enumerate() {
        let needs = if i < always { Needs::APlace } else { Needs::AFreePlace };
        let Some(placed) = placement.place_if(needs, at, &words, size * scale, weight) else { continue };
        let halo = Stroke { width: halo_width(size) * scale, color: theme.ink.opacity(HALO_OPACITY) };
        labels.push(Item::Label(Label {
            text: words,
            at: placed.baseline,
            size: size * scale,
            weight,
            color: theme.text,
            align: Align::Center,
            halo: Some(halo),
        }));
    }
    labels
}
