//! One spawn area, zoomed: its ring, the flow inside it, heads on it, and labels round it.

use super::exit_area::ExitArea;
use super::flow::{self, Head, Ring, Shaft, Way};
use super::labels::{self, GateLabel, Placed, Surroundings};
use crate::basemap::Keep;
use crate::figure::canvas::{Canvas, units};
use crate::figure::layout::sheet::{Background, filled};
use crate::figure::layout::window;
use crate::figure::words::filter_words;
use crate::figure::words::number;
use crate::geom::{PixelPoint, WorldPoint, WorldRect};
use crate::plane::MapFrame;
use crate::scene::{Align, Color, Item, Label, Marker, PixelRect, Shape, Stroke, Weight, text};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// The side of a panel for which widths and sizes are given, design pixels; text grows and shrinks less than the panel.
const DESIGN_SIDE: f32 = 760.0;
const TEXT_SCALE: (f32, f32) = (0.82, 1.15);
/// A panel's half side is at least this many times its ring's radius.
const ROUND_RING: f32 = 1.3;
/// Lanes no farther apart than this share a trunk, units.
const JOIN_UNITS: f64 = 96.0;
/// How far a panel is moved into the map, tried in this order, shares of what would show nothing beside it.
const MOVED: [f64; 5] = [1.0, 0.75, 0.5, 0.25, 0.0];
/// How much more a panel shows where its labels have no room otherwise, in the order tried.
const WIDER: [f32; 3] = [1.0, 1.15, 1.35];
/// Baselines of the title and the line below it, and their distance from the left edge, design pixels of the text.
const TITLE: (f32, f32, f32) = (36.0, 62.0, 18.0);
const TITLE_SIZE: f32 = 26.0;
const NOTE_SIZE: f32 = 18.0;

/// A laid-out panel.
#[derive(Debug)]
pub(super) struct Panel {
    /// Its place on the sheet, and what of the world it shows.
    pub frame: MapFrame,
    pub ring: Ring,
    pub shafts: Vec<Shaft>,
    pub heads: Vec<Head>,
    /// One for each gate.
    pub labels: Vec<(GateLabel, Placed)>,
    /// What the title and a locator cover.
    pub taken: Vec<PixelRect>,
    /// Pixels per design pixel of text.
    text: f32,
}

impl Panel {
    /// The panel of an area in a square of the sheet, of whose pixels `scale` are a design pixel. `covered` is no place for
    /// labels. Where the ring reaches over the edge of `map` the panel is moved into it, as far as all labels still have
    /// room. Where they have none the panel shows more, and at last gates are left out of the area. `None` if the world is
    /// too large for a picture.
    pub(super) fn of(
        area: &mut ExitArea,
        map: &WorldRect,
        square: PixelRect,
        covered: Option<PixelRect>,
        scale: f32,
    ) -> Option<Self> {
        let (least, most) = TEXT_SCALE;
        let text = scale * (square.width / scale / DESIGN_SIDE).clamp(least, most);
        loop {
            let labels: Vec<GateLabel> = area
                .gates
                .iter()
                .zip(area.percents())
                .map(|(gate, share)| GateLabel {
                    letter: gate.letter,
                    share,
                    time: number::seconds(gate.median_ms as f64 / 1000.0),
                })
                .collect();
            let widths: Vec<f32> = labels.iter().map(|label| label.width(text)).collect();
            let mut windows = Vec::new();
            for wider in WIDER {
                windows.extend(self::windows(area, map, square, &widths, text, wider)?);
            }
            for window in &windows {
                let panel = Self::around(area, window, square, covered, text);
                let surroundings = Surroundings {
                    middle: panel.ring.middle,
                    radius: panel.ring.radius,
                    heads: &panel.heads,
                    bounds: square,
                    taken: &panel.taken,
                    scale: text,
                };
                if panel.taken.iter().any(|taken| panel.has_lanes_in(taken)) {
                    continue;
                }
                if let Some(places) = surroundings.places(&widths) {
                    return Some(Self { labels: labels.into_iter().zip(places).collect(), ..panel });
                }
            }
            if area.gates.is_empty() {
                return windows.first().map(|window| Self::around(area, window, square, covered, text));
            }
            area.leave_out_smallest();
        }
    }

    /// The panel of a window, without labels.
    fn around(
        area: &ExitArea,
        window: &WorldRect,
        square: PixelRect,
        covered: Option<PixelRect>,
        text: f32,
    ) -> Self {
        let frame = MapFrame::fit(square, window);
        let units_per_px = frame.units_per_px();
        let ring = Ring {
            middle: frame.project(area.center),
            radius: (area.ring_units / units_per_px) as f32,
            scale: square.width / DESIGN_SIDE,
            joins: (JOIN_UNITS / units_per_px) as f32,
        };
        let gates: Vec<(PixelPoint, f32)> =
            area.gates.iter().map(|gate| (frame.project(gate.at), gate.share as f32)).collect();
        let heads = flow::heads(&gates, &ring);
        let mut ways: Vec<Way> = Vec::new();
        for (gate, found) in area.gates.iter().enumerate() {
            ways.extend(found.lanes.iter().map(|(path, share)| Way {
                path: path.iter().map(|at| frame.project(*at)).collect(),
                share: *share as f32,
                gate,
            }));
        }
        ways.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.gate.cmp(&b.gate)));
        let shafts = flow::shafts(&ways, &heads, &ring);
        let mut panel = Self { frame, ring, shafts, heads, labels: Vec::new(), taken: Vec::new(), text };
        panel.taken.push(panel.title_area(area, square, covered));
        panel.taken.extend(covered);
        panel
    }

    /// Whether a lane or a head comes into a part of the panel.
    fn has_lanes_in(&self, part: &PixelRect) -> bool {
        let near = |at: PixelPoint, reach: f32| {
            let nearest =
                PixelPoint::new(at.x.clamp(part.x, part.right()), at.y.clamp(part.y, part.bottom()));
            nearest.distance(at) < reach
        };
        let clear = 3.0 * self.text;
        self.shafts.iter().flat_map(|shaft| &shaft.points).any(|(at, width)| near(*at, width / 2.0 + clear))
            || self.heads.iter().any(|head| {
                // A head is smaller than the steps that a word is wide.
                let middle = PixelPoint::new(
                    f32::midpoint(head.base.x, head.tip.x),
                    f32::midpoint(head.base.y, head.tip.y),
                );
                near(middle, head.corners[0].distance(middle).max(head.tip.distance(middle)) + clear)
            })
    }

    /// What the title covers, with room about it: the corner of the square that hides least of the ring.
    fn title_area(&self, area: &ExitArea, square: PixelRect, covered: Option<PixelRect>) -> PixelRect {
        let (_, lower, left) = TITLE;
        let wide = text::width(&area.name, TITLE_SIZE, Weight::SemiBold).max(text::width(
            &note(area),
            NOTE_SIZE,
            Weight::Regular,
        ));
        let size = ((wide + 2.0 * left) * self.text, (lower + 14.0) * self.text);
        let (width, height) = (size.0.min(square.width), size.1);
        let corner = |x: f32, y: f32| {
            let free = PixelRect::new(x, y, width, height);
            match covered.filter(|covered| covered.meets(&free)) {
                // Beside what lies there, on the side where there is room.
                Some(covered) if x <= square.x => PixelRect { x: covered.right(), ..free },
                Some(covered) => PixelRect { x: covered.x - width, ..free },
                None => free,
            }
        };
        let (right, bottom) = (square.right() - width, square.bottom() - height);
        let corners = [(square.x, square.y), (square.x, bottom), (right, square.y), (right, bottom)];
        let hidden = |at: &PixelRect| {
            let (middle, radius) = (self.ring.middle, self.ring.radius);
            let near = PixelPoint::new(middle.x.clamp(at.x, at.right()), middle.y.clamp(at.y, at.bottom()));
            (self.has_lanes_in(at), near.distance(middle) < radius)
        };
        let best = corners.into_iter().map(|(x, y)| corner(x, y)).min_by_key(hidden);
        best.unwrap_or_else(|| corner(square.x, square.y))
    }

    /// Everything it shows, clipped to its square.
    pub(super) fn items(&self, area: &ExitArea, context: &Canvas<'_>) -> Item {
        let (theme, color) = (context.theme(), context.theme().team(&area.team));
        let mut items = Vec::new();
        if context.background() == Background::Ground {
            items.push(filled(self.frame.rect, 0.0, theme.strip[0]));
        }
        let zoomed = Canvas { crop: Some(self.frame.extent), ..*context };
        // What lies outside the map's picture is a plain ground and no darkness.
        let base = zoomed.base_map_to_keep(&self.frame, Keep::Yes);
        let base: Vec<Item> = base.item(&self.frame.rect).into_iter().collect();
        items.push(Item::Clip { rect: map_area(&self.frame, &context.map.extent.rect), items: base });
        let mut over = self.over(area, color, theme);
        // The title, and a locator that is drawn over the panel later, are no place for names.
        let drawn = over.len();
        over.extend(self.taken.iter().map(|taken| filled(*taken, 0.0, theme.ink)));
        let map_labels = zoomed.map_labels(&self.frame, &over);
        over.truncate(drawn);
        items.extend(over.into_iter().chain(map_labels));
        Item::Clip { rect: self.frame.rect, items }
    }

    fn over(&self, area: &ExitArea, color: Color, theme: &Theme) -> Vec<Item> {
        let (ring, text) = (&self.ring, self.text);
        let mut items: Vec<Item> = area.trails.items(&self.frame, 1.6 * text, color);
        let circle = |radius: f32, fill: Option<Color>, stroke: Stroke, casing: Option<Stroke>| {
            let (at, stroke) = (ring.middle, Some(stroke));
            Item::Marker(Marker { at, shape: Shape::Circle, radius, fill, stroke, casing })
        };
        let thin = Stroke { width: 1.8 * text, color: color.opacity(0.75) };
        items.push(circle(ring.radius, None, thin, None));
        items.extend(flow::items(&self.shafts, &self.heads, ring, color, theme));
        let casing = Stroke { width: 6.0 * text, color: theme.ink.opacity(0.8) };
        let edge = Stroke { width: 3.0 * text, color };
        items.push(circle(19.0 * text, Some(theme.ink), edge, Some(casing)));
        let at = PixelPoint::new(ring.middle.x, ring.middle.y + 7.0 * text);
        items.push(Item::Label(Label {
            text: area.spawns.to_string(),
            at,
            size: 20.0 * text,
            weight: Weight::SemiBold,
            color: theme.text,
            align: Align::Center,
            halo: None,
        }));
        for (label, place) in &self.labels {
            items.extend(labels::items(label, place, color, text, theme));
        }
        items.extend(self.title(area, theme));
        items
    }

    fn title(&self, area: &ExitArea, theme: &Theme) -> [Item; 2] {
        let (upper, lower, left) = TITLE;
        let corner = self.taken.first().copied().unwrap_or(self.frame.rect);
        let room = self.frame.rect.right() - corner.x - 2.0 * left * self.text;
        let line = |words: &str, y: f32, size: f32, weight: Weight, color: Color| {
            let size = size * self.text;
            let halo = Stroke { width: halo_width(26.0) * self.text, color: theme.ink.opacity(HALO_OPACITY) };
            Item::Label(Label {
                text: text::ellipsize(words, size, weight, room),
                at: PixelPoint::new(corner.x + left * self.text, corner.y + y * self.text),
                size,
                weight,
                color,
                align: Align::Left,
                halo: Some(halo),
            })
        };
        [
            line(&area.name, upper, TITLE_SIZE, Weight::SemiBold, theme.text),
            line(&note(area), lower, NOTE_SIZE, Weight::Regular, theme.muted),
        ]
    }
}

/// Where the whole map lies on a frame, in whole pixels.
fn map_area(frame: &MapFrame, map: &WorldRect) -> PixelRect {
    let corner = |x: f64, y: f64| frame.project(WorldPoint::new(x as f32, y as f32, 0.0));
    let (from, to) = (corner(map.min_x(), map.max_y()), corner(map.max_x(), map.min_y()));
    let (left, top) = (from.x.max(frame.rect.x).round(), from.y.max(frame.rect.y).round());
    let (right, bottom) = (to.x.min(frame.rect.right()).round(), to.y.min(frame.rect.bottom()).round());
    PixelRect::new(left, top, (right - left).max(0.0), (bottom - top).max(0.0))
}

/// The line below a panel's title.
fn note(area: &ExitArea) -> String {
    let mut parts = vec![
        number::counted(area.spawns, "spawn", "spawns"),
        format!("ring {} = {}", units(area.ring_units), number::metres(area.ring_units)),
    ];
    if area.gates.is_empty() && area.other_gates.0 == 0 {
        parts.push("too few exits to group".to_owned());
    }
    filter_words::joined(&parts)
}

/// What a panel may show of the world, the one with least beside the map first: labels of these widths stand round the ring,
/// and everything is smaller by the factor `wider`.
fn windows(
    area: &ExitArea,
    map: &WorldRect,
    square: PixelRect,
    widths: &[f32],
    text: f32,
    wider: f32,
) -> Option<Vec<WorldRect>> {
    let half = square.width / 2.0;
    let widest = widths.iter().copied().fold(0.0, f32::max);
    let radius = (half / ROUND_RING).min(half - widest - 14.0 * text).max(half / 4.0) / wider;
    let reach = area.ring_units / f64::from(radius) * f64::from(half);
    let (x, y) = (f64::from(area.center.x), f64::from(area.center.y));
    let ring = area.ring_units;
    // No gate lies beside the map, so nothing is lost with that part of the ring. The spawn itself always shows.
    let kept = |low: f64, high: f64, at: f64| {
        ((at - ring).max(low.min(at - 1.0)), (at + ring).min(high.max(at + 1.0)))
    };
    let (west, east) = kept(map.min_x(), map.max_x(), x);
    let (south, north) = kept(map.min_y(), map.max_y(), y);
    let most = window::holding(&WorldRect::new(west, south, east, north)?, map, (reach, reach))?;
    let aside =
        (f64::midpoint(most.min_x(), most.max_x()) - x, f64::midpoint(most.min_y(), most.max_y()) - y);
    let moved = |share: f64| {
        let (x, y) = (x + aside.0 * share, y + aside.1 * share);
        WorldRect::new(x - reach, y - reach, x + reach, y + reach)
    };
    if aside.0.abs().max(aside.1.abs()) < 1.0 {
        return Some(vec![moved(0.0)?]);
    }
    MOVED.into_iter().map(moved).collect()
}
