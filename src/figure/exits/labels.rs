//! The letters and shares at the arrows' tips, pushed apart until none hides another.

use super::arrow::direction;
use crate::figure::words::number;
use crate::geom::PixelPoint;
use crate::scene::{Align, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Stroke, Vertex, Weight};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// A label's box, design pixels.
const WIDTH: f32 = 96.0;
const HEIGHT: f32 = 54.0;
/// From the tip to the middle of the box, outward, design pixels.
const OUT_X: f32 = 62.0;
const OUT_Y: f32 = 44.0;
/// Farther than this from its tip, or nearer to another one, a label gets a leader, design pixels.
const LEADER_FROM: f32 = 78.0;
/// How far out a label may stand, of the distances above, and what that costs: the nearer, the better.
const REACHES: [(f32, usize); 3] = [(1.0, 0), (1.35, 2), (1.8, 4)];
/// What it costs to stand nearer to a tip than its own label does, and over another label.
const BY_ANOTHER_TIP: usize = 5;
const OVER_LABEL: usize = 9;
/// Turns from straight out that a label may take, radians: the smaller, the earlier.
const TURNS: [f32; 9] = [0.0, 0.5, -0.5, 1.0, -1.0, 1.6, -1.6, 2.2, -2.2];
/// Rounds of pushing; each separates every pair a little.
const ROUNDS: usize = 400;

/// What is said about one lane.
pub(super) struct TipLabel {
    /// The arrow's tip.
    pub tip: PixelPoint,
    /// The middle of the spawn area: labels stand away from it.
    pub spawn: PixelPoint,
    /// Its letter in the legend.
    pub letter: char,
    /// Share of the area's exits, in words.
    pub share: String,
    /// Median time, ms.
    pub median_ms: i64,
    /// The side's colour.
    pub color: Color,
    /// Points along its arrow, a few pixels apart: no label should lie on them.
    pub shaft: Vec<PixelPoint>,
}

/// Draws the labels inside `bounds`, clear of the discs at `spawns`.
pub(super) fn items(
    labels: &[TipLabel],
    spawns: &[PixelPoint],
    bounds: PixelRect,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    let places = places(labels, spawns, bounds, scale);
    let mut items = Vec::new();
    for (label, middle) in labels.iter().zip(&places) {
        if label.tip.distance(*middle) > LEADER_FROM * scale || foreign(labels, label.tip, *middle) > 0 {
            items.extend(leader(label.tip, *middle, scale, theme));
        }
    }
    for (label, middle) in labels.iter().zip(&places) {
        items.extend(one(label, *middle, scale, theme));
    }
    items
}

/// How many other tips are nearer to `middle` than `tip`.
fn foreign(labels: &[TipLabel], tip: PixelPoint, middle: PixelPoint) -> usize {
    let own = tip.distance(middle);
    labels.iter().filter(|other| other.tip.distance(middle) < own).count()
}

fn places(labels: &[TipLabel], spawns: &[PixelPoint], bounds: PixelRect, scale: f32) -> Vec<PixelPoint> {
    let (half_width, half_height) = (WIDTH / 2.0 * scale, HEIGHT / 2.0 * scale);
    let inside = |p: PixelPoint| {
        PixelPoint::new(
            p.x.clamp(bounds.x + half_width, (bounds.right() - half_width).max(bounds.x + half_width)),
            p.y.clamp(bounds.y + half_height, (bounds.bottom() - half_height).max(bounds.y + half_height)),
        )
    };
    let mut places: Vec<PixelPoint> = Vec::with_capacity(labels.len());
    for label in labels {
        let (dx, dy) = direction(label.spawn, label.tip);
        // Straight out first, then turned to either side: the cheapest place wins.
        let candidates = REACHES.iter().flat_map(|(reach, cost)| {
            TURNS.iter().map(move |turn| {
                let (sin, cos) = libm::sincosf(*turn);
                let (x, y) = ((dx * cos - dy * sin) * reach, (dx * sin + dy * cos) * reach);
                let at = PixelPoint::new(label.tip.x + x * OUT_X * scale, label.tip.y + y * OUT_Y * scale);
                (*cost, inside(at))
            })
        });
        let cost = |middle: &PixelPoint| {
            let over =
                |p: &PixelPoint| (p.x - middle.x).abs() < half_width && (p.y - middle.y).abs() < half_height;
            let near = |p: &PixelPoint| {
                (p.x - middle.x).abs() < 2.0 * half_width && (p.y - middle.y).abs() < 2.0 * half_height
            };
            let shafts = labels.iter().flat_map(|other| &other.shaft).filter(|p| over(p)).count();
            let taken = places.iter().filter(|p| near(p)).count();
            shafts + OVER_LABEL * taken + BY_ANOTHER_TIP * foreign(labels, label.tip, *middle)
        };
        let best = candidates.map(|(far, place)| (far + cost(&place), place)).min_by_key(|(cost, _)| *cost);
        places.push(best.map_or(label.tip, |(_, place)| place));
    }
    for _ in 0..ROUNDS {
        let mut moved = false;
        for i in 0..places.len() {
            for j in i + 1..places.len() {
                let (dx, dy) = (places[j].x - places[i].x, places[j].y - places[i].y);
                if dx.abs() < 2.0 * half_width && dy.abs() < 2.0 * half_height {
                    let push = (2.0 * half_height - dy.abs()) / 2.0 + 0.5 * scale;
                    let sign = if dy >= 0.0 { 1.0 } else { -1.0 };
                    places[i] = inside(PixelPoint::new(places[i].x, places[i].y - sign * push));
                    places[j] = inside(PixelPoint::new(places[j].x, places[j].y + sign * push));
                    moved = true;
                }
            }
            for spawn in spawns {
                let (dx, dy) = (places[i].x - spawn.x, places[i].y - spawn.y);
                let clear = half_height + 18.0 * scale;
                if dx.abs() < half_width + 18.0 * scale && dy.abs() < clear {
                    let sign = if dy >= 0.0 { 1.0 } else { -1.0 };
                    places[i] = inside(PixelPoint::new(places[i].x, spawn.y + sign * (clear + 0.5 * scale)));
                    moved = true;
                }
            }
        }
        if !moved {
            break;
        }
    }
    places
}

fn leader(tip: PixelPoint, middle: PixelPoint, scale: f32, theme: &Theme) -> [Item; 1] {
    let (dx, dy) = direction(middle, tip);
    let edge = PixelPoint::new(middle.x + dx * 40.0 * scale, middle.y + dy * 26.0 * scale);
    let vertex = |at| Vertex { at, color: theme.text, width: 1.6 * scale };
    let casing = Stroke { width: 2.4 * scale, color: theme.ink };
    [Item::Polyline(Polyline {
        vertices: vec![vertex(edge), vertex(tip)],
        opacity: 0.9,
        casing: Some(casing),
    })]
}

fn one(label: &TipLabel, middle: PixelPoint, scale: f32, theme: &Theme) -> [Item; 4] {
    let at = |dx: f32, dy: f32| PixelPoint::new(middle.x + dx * scale, middle.y + dy * scale);
    let text = |words: String, at, size: f32, weight, align| {
        let halo = Stroke { width: halo_width(size) * scale, color: theme.ink.opacity(HALO_OPACITY) };
        let size = size * scale;
        Item::Label(Label { text: words, at, size, weight, color: theme.text, align, halo: Some(halo) })
    };
    let [disc, letter] = letter_disc(label.letter, at(-32.0, -11.0), label.color, scale, theme);
    [
        disc,
        letter,
        text(label.share.clone(), at(-14.0, -2.0), 26.0, Weight::SemiBold, Align::Left),
        text(
            number::seconds(label.median_ms as f64 / 1000.0),
            at(10.0, 22.0),
            20.0,
            Weight::Regular,
            Align::Center,
        ),
    ]
}

/// A disc in a side's colour with a letter in ink.
fn letter_disc(letter: char, at: PixelPoint, color: Color, scale: f32, theme: &Theme) -> [Item; 2] {
    [
        Item::Marker(Marker {
            at,
            shape: Shape::Circle,
            radius: 12.5 * scale,
            fill: Some(color),
            stroke: None,
            casing: Some(Stroke { width: 4.0 * scale, color: theme.ink.opacity(0.8) }),
        }),
        Item::Label(Label {
            text: letter.to_string(),
            at: PixelPoint::new(at.x, at.y + 6.0 * scale),
            size: 17.0 * scale,
            weight: Weight::SemiBold,
            color: theme.ink,
            align: Align::Center,
            halo: None,
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::DARK;

    #[test]
    fn labels_are_pushed_apart_and_stay_inside() {
        let bounds = PixelRect::new(0.0, 0.0, 600.0, 600.0);
        let labels: Vec<TipLabel> = (0..5)
            .map(|i| TipLabel {
                tip: PixelPoint::new(300.0 + i as f32, 590.0),
                spawn: PixelPoint::new(300.0, 300.0),
                letter: 'A',
                share: "20 %".to_owned(),
                median_ms: 5_000,
                color: DARK.axis,
                shaft: Vec::new(),
            })
            .collect();
        let places = places(&labels, &[PixelPoint::new(300.0, 300.0)], bounds, 1.0);
        for (i, a) in places.iter().enumerate() {
            assert!(a.y <= 600.0 - HEIGHT / 2.0 && a.y >= HEIGHT / 2.0);
            for b in &places[i + 1..] {
                let (dx, dy) = ((a.x - b.x).abs(), (a.y - b.y).abs());
                assert!(dx >= WIDTH - 1.0 || dy >= HEIGHT - 1.0, "{places:?}");
            }
        }
    }
}
