//! The whole map, small, with every ring on it.

use super::exit_area::ExitArea;
use crate::figure::canvas::Canvas;
use crate::figure::layout::sheet::{Background, filled};
use crate::geom::PixelPoint;
use crate::plane::MapFrame;
use crate::scene::{
    Align, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Stroke, Vertex, Weight, text,
};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// Where a locator stands on a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// In a part of the sheet of its own, with names.
    Own(PixelRect),
    /// Over the panels.
    Inset(PixelRect),
}

/// Size of the areas' names, design pixels.
const NAME_SIZE: f32 = 20.0;
/// Points of a ring.
const POINTS: usize = 180;

/// A ring on the locator.
struct Circle {
    middle: PixelPoint,
    radius: f32,
}

impl Circle {
    fn of(area: &ExitArea, frame: &MapFrame) -> Self {
        let radius = (area.ring_units / frame.units_per_px()) as f32;
        Self { middle: frame.project(area.center), radius }
    }

    fn points(&self) -> impl Iterator<Item = PixelPoint> {
        (0..POINTS).map(|i| {
            let (sin, cos) = libm::sincosf(i as f32 / POINTS as f32 * std::f32::consts::TAU);
            PixelPoint::new(self.middle.x + cos * self.radius, self.middle.y + sin * self.radius)
        })
    }

    /// The arcs of it that lie in none of the `others`. A ring that lies whole in another one, or in none, is drawn whole and
    /// ends where it begins.
    fn outside(&self, others: &[&Self]) -> Vec<Vec<PixelPoint>> {
        let is_free = |at: &PixelPoint| others.iter().all(|other| other.middle.distance(*at) >= other.radius);
        let mut points: Vec<PixelPoint> = self.points().collect();
        let free = points.iter().filter(|at| is_free(at)).count();
        if free == 0 || free == points.len() {
            points.extend(points.first().copied());
            return vec![points];
        }
        if let Some(first) = points.iter().position(|at| !is_free(at)) {
            points.rotate_left(first);
        }
        points.split(|at| !is_free(at)).filter(|arc| arc.len() > 1).map(<[_]>::to_vec).collect()
    }
}

/// The areas' names, each at its own ring: above it, below it or beside it, where it hides least.
fn names(areas: &[ExitArea], rings: &[Circle], room: PixelRect, scale: f32, theme: &Theme) -> Vec<Item> {
    let size = NAME_SIZE * scale;
    let halo = Stroke { width: halo_width(NAME_SIZE) * scale, color: theme.ink.opacity(HALO_OPACITY) };
    let mut taken: Vec<PixelRect> = Vec::new();
    let mut items = Vec::new();
    for (area, ring) in areas.iter().zip(rings) {
        let wide = text::width(&area.name, size, Weight::SemiBold);
        let gap = 6.0 * scale;
        let (up, aside) = (ring.radius + gap + size / 2.0, ring.radius + gap + wide / 2.0);
        let best = [(0.0, -up), (0.0, up), (aside, 0.0), (-aside, 0.0)]
            .into_iter()
            .map(|(x, y)| {
                let place = |at: f32, from: f32, to: f32, half: f32| at.min(to - half).max(from + half);
                let x = place(ring.middle.x + x, room.x, room.right(), wide / 2.0 + gap);
                let y = place(ring.middle.y + y, room.y, room.bottom(), size / 2.0 + gap);
                PixelRect::new(x - wide / 2.0, y - size / 2.0, wide, size)
            })
            .min_by_key(|place| {
                let with_room = place.grown(gap / 2.0);
                let names = taken.iter().filter(|other| other.meets(&with_room)).count();
                let middles = rings.iter().filter(|other| with_room.contains(other.middle)).count();
                let under = |ring: &Circle| ring.points().filter(|at| place.contains(*at)).count();
                1_000 * (names + middles) + rings.iter().map(under).sum::<usize>()
            });
        let Some(place) = best else { continue };
        taken.push(place);
        items.push(Item::Label(Label {
            text: area.name.clone(),
            at: PixelPoint::new(place.x + wide / 2.0, place.y + 0.85 * size),
            size,
            weight: Weight::SemiBold,
            color: theme.text,
            align: Align::Center,
            halo: Some(halo),
        }));
    }
    items
}

/// The locator's marks: the map, and the areas' rings.
pub(super) fn items(areas: &[ExitArea], place: Place, context: &Canvas<'_>) -> Vec<Item> {
    let (theme, scale) = (context.theme(), context.sheet.scale());
    let whole = Canvas { crop: None, ..*context };
    let (Place::Own(room) | Place::Inset(room)) = place;
    let frame = MapFrame::fit(room, &context.map.extent.rect);
    let area = match place {
        Place::Own(room) => room,
        Place::Inset(_) => frame.rect,
    };
    let mut items = Vec::new();
    // Where there is no ground the locator has none either, but over a panel it must hide what lies below.
    if context.background() == Background::Ground || matches!(place, Place::Inset(_)) {
        items.push(filled(area, 0.0, theme.strip[0]));
    }
    items.extend(whole.base_map(&frame).item(&frame.rect));
    let rings: Vec<Circle> = areas.iter().map(|area| Circle::of(area, &frame)).collect();
    for (area, ring) in areas.iter().zip(&rings) {
        let color = theme.team(&area.team);
        let disc = |radius: f32, fill: Color, stroke: Option<Stroke>, casing: Option<Stroke>| {
            Item::Marker(Marker {
                at: ring.middle,
                shape: Shape::Circle,
                radius,
                fill: Some(fill),
                stroke,
                casing,
            })
        };
        items.push(disc(ring.radius, color.opacity(0.10), None, None));
        let casing = Stroke { width: 3.4 * scale, color: theme.ink.opacity(0.6) };
        items.push(disc(2.5 * scale, color, Some(Stroke { width: 1.0 * scale, color }), Some(casing)));
    }
    // Rings that reach into each other are drawn as the outline of both: crossing circles hide which is whose.
    for (i, (area, ring)) in areas.iter().zip(&rings).enumerate() {
        let others: Vec<&Circle> =
            rings.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, other)| other).collect();
        for arc in ring.outside(&others) {
            let color = theme.team(&area.team);
            let vertices = arc.into_iter().map(|at| Vertex { at, color, width: 2.0 * scale }).collect();
            let casing = Some(Stroke { width: 2.4 * scale, color: theme.ink.opacity(0.6) });
            items.push(Item::Polyline(Polyline { vertices, opacity: 1.0, casing }));
        }
    }
    match place {
        Place::Own(_) => {
            items.extend(names(areas, &rings, area, scale, theme));
            vec![Item::Clip { rect: area, items }]
        }
        Place::Inset(_) => {
            let edge = Some(Stroke { width: 2.0 * scale, color: theme.muted });
            vec![
                Item::Clip { rect: area, items },
                Item::Rect { rect: area, radius: 0.0, fill: None, stroke: edge },
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_that_reach_into_each_other_are_drawn_as_one_outline() {
        let ring = |x: f32| Circle { middle: PixelPoint::new(x, 0.0), radius: 100.0 };
        let rings = [ring(0.0), ring(120.0), ring(900.0)];
        for (i, ring) in rings.iter().enumerate() {
            let others: Vec<&Circle> =
                rings.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, other)| other).collect();
            let arcs = ring.outside(&others);
            assert_eq!(arcs.len(), 1, "ring {i}");
            let hidden =
                |at: &&PixelPoint| others.iter().any(|other| other.middle.distance(**at) < other.radius);
            assert_eq!(arcs.iter().flatten().filter(hidden).count(), 0);
        }
        let [near, _, far] = &rings;
        assert!(near.outside(&[&rings[1]]).concat().len() < POINTS * 3 / 4, "a part is left out");
        let within = Circle { middle: near.middle, radius: 10.0 };
        assert_eq!(within.outside(&[near]).concat().len(), POINTS + 1, "a ring in a ring crosses nothing");
        let whole = far.outside(&[near]).concat();
        assert_eq!((whole.len(), whole[0]), (POINTS + 1, whole[POINTS]), "closed");
    }
}
