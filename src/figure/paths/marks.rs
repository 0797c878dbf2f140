//! Where lives begin, end and are interrupted.

use super::life_path::{LifePath, PathEnd};
use crate::analysis::BreakReason;
use crate::geom::PixelPoint;
use crate::plane::MapFrame;
use crate::scene::{Align, Item, Label, Marker, Shape, Stroke, Weight};
use crate::theme::Theme;

/// Spawns nearer than this are drawn as one, design pixels.
const MERGE_PX: f32 = 44.0;
/// The same where their numbers have several digits.
pub(super) const MERGE_MANY_PX: f32 = 88.0;
/// As many spawns as this become one ring with their number.
const MERGE_COUNT: u64 = 3;
/// Radius of a ring with up to three digits, and what each further one adds, design pixels.
const RING_PX: f32 = 15.0;
const DIGIT_PX: f32 = 5.0;

/// Line width of the marks, design pixels, and how much wider their casing is.
const LINE_PX: f32 = 2.2;
const CASING_PX: f32 = 2.6;

/// A mark in text colour on ink.
pub fn mark(at: PixelPoint, shape: Shape, radius: f32, scale: f32, theme: &Theme) -> Item {
    Item::Marker(Marker {
        at,
        shape,
        radius: radius * scale,
        fill: None,
        stroke: Some(Stroke { width: LINE_PX * scale, color: theme.text }),
        casing: Some(Stroke { width: (LINE_PX + CASING_PX) * scale, color: theme.ink }),
    })
}

/// Dots across a break whose two ends belong together, pixels: never a line.
pub fn dots(from: PixelPoint, to: PixelPoint, scale: f32, theme: &Theme) -> Vec<Item> {
    let length = from.distance(to);
    // A break across a whole sheet is 170 dots; more would only hide the map.
    let n = ((length / (9.0 * scale)) as usize).clamp(1, 400);
    (0..=n)
        .map(|i| {
            let t = i as f32 / n as f32;
            Item::Marker(Marker {
                at: PixelPoint::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t),
                shape: Shape::Circle,
                radius: 1.7 * scale,
                fill: Some(theme.text),
                stroke: None,
                casing: Some(Stroke { width: 2.0 * 0.7 * scale, color: theme.ink }),
            })
        })
        .collect()
}

/// Whether the ends of a break are joined by dots: the player went from one to the other unseen. A jump or a teleport
/// has no path between.
pub fn is_dotted(reason: BreakReason) -> bool {
    matches!(reason, BreakReason::Gap | BreakReason::Revive | BreakReason::Pause)
}

/// The breaks, ends and spawns of all paths; in this order from below.
pub(super) fn marks(paths: &[LifePath], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for path in paths {
        for (_, from, to) in path.breaks().filter(|(reason, ..)| is_dotted(*reason)) {
            items.extend(dots(frame.project(from.at), frame.project(to.at), scale, theme));
        }
    }
    for path in paths {
        let Some(last) = path.points.last() else { continue };
        let shape = match path.end {
            PathEnd::Death => (Shape::Cross, 4.8),
            PathEnd::Alive => (Shape::Square, 4.5),
            PathEnd::Cut => continue,
        };
        items.push(mark(frame.project(last.at), shape.0, shape.1, scale, theme));
    }
    let spawned: Vec<(PixelPoint, u64)> = paths
        .iter()
        .filter(|path| path.from_spawn)
        .filter_map(|path| path.points.first())
        .map(|point| (frame.project(point.at), 1))
        .collect();
    items.extend(spawns(&spawned, MERGE_PX, scale, theme));
    items
}

/// Spawns, each with how many lives began there: those nearer than `merge_px` design pixels are one ring with their number.
pub(super) fn spawns(spawned: &[(PixelPoint, u64)], merge_px: f32, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for group in groups(spawned, merge_px * scale) {
        let n = group.count();
        if n >= MERGE_COUNT {
            let more_digits = n.checked_ilog10().unwrap_or(0).saturating_sub(2) as f32;
            let radius = RING_PX + DIGIT_PX * more_digits;
            items.extend(counted_ring(group.middle(), radius, n, scale, theme));
        } else {
            items.extend(group.members.iter().map(|(at, _)| mark(*at, Shape::Circle, 4.5, scale, theme)));
        }
    }
    items
}

/// A ring with a number in it.
fn counted_ring(at: PixelPoint, radius: f32, n: u64, scale: f32, theme: &Theme) -> [Item; 2] {
    let size = 18.0 * scale;
    [
        Item::Marker(Marker {
            at,
            shape: Shape::Circle,
            radius: radius * scale,
            fill: Some(theme.ink),
            stroke: Some(Stroke { width: 2.4 * scale, color: theme.text }),
            casing: Some(Stroke { width: 5.0 * scale, color: theme.ink }),
        }),
        Item::Label(Label {
            text: n.to_string(),
            at: PixelPoint::new(at.x, at.y + size * 0.35),
            size,
            weight: Weight::SemiBold,
            color: theme.text,
            align: Align::Center,
            halo: None,
        }),
    ]
}

/// Points that lie together, each with how often it is there.
struct Group {
    members: Vec<(PixelPoint, u64)>,
}

impl Group {
    fn count(&self) -> u64 {
        self.members.iter().map(|(_, n)| n).sum()
    }

    fn middle(&self) -> PixelPoint {
        let n = self.count().max(1) as f32;
        let add = |(x, y), (p, n): &(PixelPoint, u64)| (x + p.x * *n as f32, y + p.y * *n as f32);
        let (x, y) = self.members.iter().fold((0.0, 0.0), add);
        PixelPoint::new(x / n, y / n)
    }
}

/// Leader clustering: each point joins the first group whose first member is nearer than `distance`.
fn groups(points: &[(PixelPoint, u64)], distance: f32) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for point in points {
        match groups.iter_mut().find(|group| group.members[0].0.distance(point.0) < distance) {
            Some(group) => group.members.push(*point),
            None => groups.push(Group { members: vec![*point] }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_points_form_groups() {
        let points =
            [(0.0, 0.0), (10.0, 0.0), (300.0, 0.0), (20.0, 5.0)].map(|(x, y)| (PixelPoint::new(x, y), 1));
        let groups = groups(&points, 44.0);
        assert_eq!(groups.iter().map(|g| g.members.len()).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(groups[0].middle(), PixelPoint::new(10.0, 5.0 / 3.0));
    }
}
