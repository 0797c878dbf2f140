//! Where lives begin, end and are interrupted.

use super::life_path::{LifePath, PathEnd};
use crate::analysis::BreakReason;
use crate::geom::PixelPoint;
use crate::plane::MapFrame;
use crate::scene::{Align, Item, Label, Marker, Shape, Stroke, Weight};
use crate::theme::Theme;

/// Spawns nearer than this are drawn as one, design pixels.
const MERGE_PX: f32 = 44.0;
/// As many spawns as this become one ring with their number.
const MERGE_COUNT: usize = 3;

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
pub(super) fn marks(paths: &[&LifePath], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
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
    let spawns: Vec<PixelPoint> = paths
        .iter()
        .filter(|path| path.from_spawn)
        .filter_map(|path| path.points.first())
        .map(|point| frame.project(point.at))
        .collect();
    for group in groups(&spawns, MERGE_PX * scale) {
        if group.members.len() >= MERGE_COUNT {
            items.extend(counted_ring(group.middle(), 15.0, group.members.len(), scale, theme));
        } else {
            items.extend(group.members.iter().map(|at| mark(*at, Shape::Circle, 4.5, scale, theme)));
        }
    }
    items
}

/// A ring with a number in it.
fn counted_ring(at: PixelPoint, radius: f32, n: usize, scale: f32, theme: &Theme) -> [Item; 2] {
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

/// Points that lie together.
struct Group {
    members: Vec<PixelPoint>,
}

impl Group {
    fn middle(&self) -> PixelPoint {
        let n = self.members.len().max(1) as f32;
        let (x, y) = self.members.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
        PixelPoint::new(x / n, y / n)
    }
}

/// Leader clustering: each point joins the first group whose first member is nearer than `distance`.
fn groups(points: &[PixelPoint], distance: f32) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for point in points {
        match groups.iter_mut().find(|group| group.members[0].distance(*point) < distance) {
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
        let points = [(0.0, 0.0), (10.0, 0.0), (300.0, 0.0), (20.0, 5.0)].map(|(x, y)| PixelPoint::new(x, y));
        let groups = groups(&points, 44.0);
        assert_eq!(groups.iter().map(|g| g.members.len()).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(groups[0].middle(), PixelPoint::new(10.0, 5.0 / 3.0));
    }
}
