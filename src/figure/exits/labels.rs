//! The labels round a ring: each near its gate's head, with a leader, and none over anything else.

use super::flow::{Head, direction};
use crate::geom::PixelPoint;
use crate::scene::{
    Align, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Stroke, Vertex, Weight, text,
};
use crate::theme::Theme;

/// A label's measures, design pixels of its text.
const HEIGHT: f32 = 54.0;
const PADDING: f32 = 9.0;
const DISC_RADIUS: f32 = 12.5;
const SHARE_SIZE: f32 = 26.0;
const TIME_SIZE: f32 = 19.0;
/// Where the words begin, from the box's left edge.
const WORDS_LEFT: f32 = PADDING + 2.0 * DISC_RADIUS + 8.0;
/// Room between a label and everything else.
const GAP: f32 = 5.0;
/// How far along the ring a label may go from its gate, and in which steps, radians.
const STEP: f32 = 0.035;
const STEPS: usize = 40;
/// Places that are tried at most before a picture shows one gate fewer.
const MOST_TRIES: usize = 20_000;

/// What is said about one gate.
#[derive(Debug, Clone)]
pub(super) struct GateLabel {
    /// Its letter in the legend.
    pub letter: char,
    /// Share of the area's exits, in words.
    pub share: String,
    /// Median time, in words.
    pub time: String,
}

impl GateLabel {
    /// Width of its box at `scale` pixels per design pixel.
    pub(super) fn width(&self, scale: f32) -> f32 {
        let share = text::width(&self.share, SHARE_SIZE, Weight::SemiBold);
        let time = text::width(&self.time, TIME_SIZE, Weight::Regular);
        ((WORDS_LEFT + share.max(time) + PADDING) * scale).ceil()
    }
}

/// A label's box, and the line that ties it to its head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    pub area: PixelRect,
    pub leader: (PixelPoint, PixelPoint),
}

/// Where labels may stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub middle: PixelPoint,
    pub radius: f32,
    pub heads: &'a [Head],
    /// The panel.
    pub bounds: PixelRect,
    /// What no label may cover: the panel's title, a locator.
    pub taken: &'a [PixelRect],
    /// Pixels per design pixel of the text.
    pub scale: f32,
}

impl Surroundings<'_> {
    /// The places of labels of these widths, one per head; `None` if they cannot all stand without covering anything.
    pub(super) fn places(&self, widths: &[f32]) -> Option<Vec<Placed>> {
        let candidates: Vec<Vec<Placed>> =
            widths.iter().enumerate().map(|(gate, width)| self.candidates(gate, *width)).collect();
        if candidates.iter().any(Vec::is_empty) {
            return None;
        }
        let mut chosen: Vec<usize> = Vec::new();
        let mut tries = 0;
        // Depth first, every gate's nearest place first: gates come largest first, so the largest are moved least.
        let mut next = 0;
        while chosen.len() < candidates.len() {
            let gate = chosen.len();
            let fits = |place: &Placed| {
                chosen
                    .iter()
                    .enumerate()
                    .all(|(other, i)| apart(place, &candidates[other][*i], self.scale * GAP))
            };
            match (next..candidates[gate].len()).find(|i| fits(&candidates[gate][*i])) {
                Some(i) if tries < MOST_TRIES => {
                    chosen.push(i);
                    next = 0;
                }
                _ => next = chosen.pop()? + 1,
            }
            tries += 1;
            if tries >= 2 * MOST_TRIES {
                return None;
            }
        }
        Some(chosen.iter().zip(&candidates).map(|(i, places)| places[*i]).collect())
    }

    /// Places where a gate's label covers nothing, the nearest first.
    fn candidates(&self, gate: usize, width: f32) -> Vec<Placed> {
        let head = &self.heads[gate];
        let (dx, dy) = direction(self.middle, head.base);
        let height = HEIGHT * self.scale;
        let longest = self.heads.iter().map(|head| head.tip.distance(head.base)).fold(0.0, f32::max);
        let mut found: Vec<(f32, Placed)> = Vec::new();
        for step in 0..=2 * STEPS {
            let turn = STEP * step.div_ceil(2) as f32 * if step % 2 == 0 { 1.0 } else { -1.0 };
            let (sin, cos) = libm::sincosf(turn);
            let towards = (dx * cos - dy * sin, dx * sin + dy * cos);
            for clear in [self.radius + GAP * self.scale, self.radius + longest + GAP * self.scale] {
                let area = self.outside(towards, clear, width, height);
                let leader = (head.tip, nearest(&area, head.tip));
                let place = Placed { area, leader };
                if self.is_free(gate, &place) {
                    // The middle of a label should be near; a short leader alone would prefer corners.
                    let middle = PixelPoint::new(area.x + width / 2.0, area.y + height / 2.0);
                    found.push((leader.0.distance(leader.1) + 0.4 * middle.distance(head.tip), place));
                }
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found.into_iter().map(|(_, place)| place).collect()
    }

    /// The box in a direction from the middle that keeps `clear` pixels from it.
    fn outside(&self, (dx, dy): (f32, f32), clear: f32, width: f32, height: f32) -> PixelRect {
        let at = |reach: f32| {
            let (x, y) = (self.middle.x + dx * reach, self.middle.y + dy * reach);
            PixelRect::new((x - width / 2.0).round(), (y - height / 2.0).round(), width, height)
        };
        let mut reach = clear;
        while nearest(&at(reach), self.middle).distance(self.middle) < clear && reach < clear + width + height
        {
            reach += 1.0;
        }
        at(reach)
    }

    /// Whether a label and its leader cover nothing but the map.
    fn is_free(&self, gate: usize, place: &Placed) -> bool {
        let gap = GAP * self.scale;
        let room = place.area.grown(gap);
        let (from, to) = place.leader;
        self.bounds.holds(&room)
            && !self.taken.iter().any(|area| area.meets(&room) || crosses(area, from, to))
            && self.heads.iter().enumerate().all(|(i, head)| {
                let corners = [head.corners[0], head.tip, head.corners[1]];
                let sides = (0..3).map(|k| (corners[k], corners[(k + 1) % 3]));
                let meets = |area: &PixelRect| {
                    corners.iter().any(|corner| area.contains(*corner))
                        || sides.clone().any(|(a, b)| crosses(area, a, b))
                };
                !meets(&room) && (i == gate || !sides.clone().any(|(a, b)| meet((a, b), (from, to))))
            })
            && to_segment(self.middle, from, to) >= self.radius
    }
}

/// Whether two labels and their leaders keep clear of each other.
fn apart(a: &Placed, b: &Placed, gap: f32) -> bool {
    !a.area.grown(gap).meets(&b.area)
        && !meet(a.leader, b.leader)
        && !crosses(&b.area.grown(gap / 2.0), a.leader.0, a.leader.1)
        && !crosses(&a.area.grown(gap / 2.0), b.leader.0, b.leader.1)
}

/// The point of an area that is nearest to a point.
fn nearest(area: &PixelRect, at: PixelPoint) -> PixelPoint {
    PixelPoint::new(at.x.clamp(area.x, area.right()), at.y.clamp(area.y, area.bottom()))
}

/// How near a segment comes to a point.
fn to_segment(at: PixelPoint, a: PixelPoint, b: PixelPoint) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let t =
        if length > 0.0 { (((at.x - a.x) * dx + (at.y - a.y) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    at.distance(PixelPoint::new(a.x + dx * t, a.y + dy * t))
}

/// Whether two segments share a point.
fn meet((a, b): (PixelPoint, PixelPoint), (c, d): (PixelPoint, PixelPoint)) -> bool {
    let side =
        |p: PixelPoint, q: PixelPoint, r: PixelPoint| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let parts = |x: f32, y: f32| (x <= 0.0 && y >= 0.0) || (x >= 0.0 && y <= 0.0);
    let boxes = a.x.min(b.x) <= c.x.max(d.x)
        && c.x.min(d.x) <= a.x.max(b.x)
        && a.y.min(b.y) <= c.y.max(d.y)
        && c.y.min(d.y) <= a.y.max(b.y);
    boxes && parts(side(a, b, c), side(a, b, d)) && parts(side(c, d, a), side(c, d, b))
}

/// Whether a segment comes into an area.
fn crosses(area: &PixelRect, a: PixelPoint, b: PixelPoint) -> bool {
    let corner = |x: f32, y: f32| PixelPoint::new(x, y);
    let (nw, ne) = (corner(area.x, area.y), corner(area.right(), area.y));
    let (sw, se) = (corner(area.x, area.bottom()), corner(area.right(), area.bottom()));
    area.contains(a) || area.contains(b) || meet((a, b), (nw, se)) || meet((a, b), (ne, sw))
}

/// A label in its place, its leader below it.
pub(super) fn items(label: &GateLabel, place: &Placed, color: Color, scale: f32, theme: &Theme) -> Vec<Item> {
    let (from, to) = place.leader;
    let vertex = |at| Vertex { at, color: theme.text, width: 1.6 * scale };
    let area = place.area;
    let words = |words: &str, y: f32, size: f32, weight: Weight, color: Color| {
        Item::Label(Label {
            text: words.to_owned(),
            at: PixelPoint::new(area.x + WORDS_LEFT * scale, area.y + y * scale),
            size: size * scale,
            weight,
            color,
            align: Align::Left,
            halo: None,
        })
    };
    let disc = PixelPoint::new(area.x + (PADDING + DISC_RADIUS) * scale, area.y + 19.0 * scale);
    vec![
        Item::Polyline(Polyline {
            vertices: vec![vertex(from), vertex(to)],
            opacity: 0.9,
            casing: Some(Stroke { width: 2.4 * scale, color: theme.ink }),
        }),
        Item::Rect { rect: area, radius: 6.0 * scale, fill: Some(theme.panel.opacity(0.92)), stroke: None },
        Item::Marker(Marker {
            at: disc,
            shape: Shape::Circle,
            radius: DISC_RADIUS * scale,
            fill: Some(color),
            stroke: None,
            casing: None,
        }),
        Item::Label(Label {
            text: label.letter.to_string(),
            at: PixelPoint::new(disc.x, disc.y + 6.0 * scale),
            size: 17.0 * scale,
            weight: Weight::SemiBold,
            color: theme.ink,
            align: Align::Center,
            halo: None,
        }),
        words(&label.share, 28.0, SHARE_SIZE, Weight::SemiBold, theme.text),
        words(&label.time, 47.0, TIME_SIZE, Weight::Regular, theme.muted),
    ]
}
