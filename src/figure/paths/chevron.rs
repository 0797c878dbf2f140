//! Direction marks: open wedges along a line, thinned over the whole sheet.

use crate::geom::PixelPoint;
use crate::scene::{Item, Marker, Shape, Stroke};
use crate::theme::Theme;

/// How chevrons are spaced, all design pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spacing {
    /// Arc length before the first.
    pub first: f32,
    /// Arc length from one to the next.
    pub each: f32,
    /// No chevron within this distance of any drawn before.
    pub apart: f32,
    /// Length of an arm.
    pub arm: f32,
}

impl Spacing {
    /// For many lives on one map.
    pub const PATHS: Self = Self { first: 66.0, each: 110.0, apart: 46.0, arm: 7.5 };
    /// For a single life.
    pub const LIFE: Self = Self { first: 60.0, each: 105.0, apart: 46.0, arm: 9.0 };
}

/// The heading is taken over this much arc on either side, design pixels.
const HEADING_ARC: f32 = 9.0;
/// Where the chord over that arc is shorter, the line bends too much for a direction, design pixels.
const STRAIGHT_CHORD: f32 = 15.0;

/// Places that are taken, on a grid of cells as wide as the distance to keep.
pub struct Taken {
    apart: f32,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<PixelPoint>>,
}

impl Taken {
    /// Nothing taken on a sheet of `width` × `height` pixels; `apart` pixels are to be kept.
    pub fn new(width: f32, height: f32, apart: f32) -> Self {
        let apart = apart.max(1.0);
        let (columns, rows) = ((width / apart) as usize + 1, (height / apart) as usize + 1);
        Self { apart, columns, rows, cells: vec![Vec::new(); columns * rows] }
    }

    /// Takes a place if nothing is near it; places off the sheet are refused.
    pub fn take(&mut self, at: PixelPoint) -> bool {
        if !(at.x >= 0.0 && at.y >= 0.0) {
            return false;
        }
        let (column, row) = ((at.x / self.apart) as usize, (at.y / self.apart) as usize);
        if column >= self.columns || row >= self.rows {
            return false;
        }
        for y in row.saturating_sub(1)..=(row + 1).min(self.rows - 1) {
            for x in column.saturating_sub(1)..=(column + 1).min(self.columns - 1) {
                if self.cells[y * self.columns + x].iter().any(|p| p.distance(at) < self.apart) {
                    return false;
                }
            }
        }
        self.cells[row * self.columns + column].push(at);
        true
    }
}

/// Chevrons along a line of pixels at `scale` pixels per design pixel.
pub fn along(
    points: &[PixelPoint],
    spacing: Spacing,
    scale: f32,
    theme: &Theme,
    taken: &mut Taken,
) -> Vec<Item> {
    let mut items = Vec::new();
    let arc = Arc::of(points);
    let mut at = spacing.first * scale;
    while at + HEADING_ARC * scale < arc.length() {
        let (back, here, ahead) =
            (arc.point(at - HEADING_ARC * scale), arc.point(at), arc.point(at + HEADING_ARC * scale));
        if back.distance(ahead) >= STRAIGHT_CHORD * scale && taken.take(here) {
            let heading = libm::atan2f(ahead.y - back.y, ahead.x - back.x);
            items.push(Item::Marker(Marker {
                at: here,
                shape: Shape::Chevron { heading },
                radius: spacing.arm * scale,
                fill: None,
                stroke: Some(Stroke { width: 2.2 * scale, color: theme.text }),
                casing: Some(Stroke { width: 4.6 * scale, color: theme.ink.opacity(0.8) }),
            }));
        }
        at += spacing.each * scale;
    }
    items
}

/// A line by its arc length.
pub struct Arc<'a> {
    points: &'a [PixelPoint],
    lengths: Vec<f32>,
}

impl<'a> Arc<'a> {
    /// Measures a line; a line without points is a point at the origin.
    pub fn of(points: &'a [PixelPoint]) -> Self {
        let mut total = 0.0;
        let lengths = points
            .iter()
            .enumerate()
            .map(|(i, point)| {
                total += if i == 0 { 0.0 } else { points[i - 1].distance(*point) };
                total
            })
            .collect();
        Self { points, lengths }
    }

    /// Its whole length, pixels.
    pub fn length(&self) -> f32 {
        self.lengths.last().copied().unwrap_or(0.0)
    }

    /// The point after `length` pixels of it; the ends beyond the ends.
    pub fn point(&self, length: f32) -> PixelPoint {
        let next = self.lengths.partition_point(|l| *l < length);
        match (next.checked_sub(1), self.points.get(next)) {
            (None, first) => first.copied().unwrap_or_default(),
            (Some(last), None) => self.points[last],
            (Some(before), Some(b)) => {
                let a = self.points[before];
                let span = self.lengths[next] - self.lengths[before];
                let t = if span > 0.0 { (length - self.lengths[before]) / span } else { 0.0 };
                PixelPoint::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::DARK;

    #[test]
    fn arcs_are_walked_evenly() {
        let line = [PixelPoint::new(0.0, 0.0), PixelPoint::new(10.0, 0.0), PixelPoint::new(10.0, 10.0)];
        let arc = Arc::of(&line);
        assert_eq!(arc.length(), 20.0);
        assert_eq!(arc.point(-1.0), line[0]);
        assert_eq!(arc.point(15.0), PixelPoint::new(10.0, 5.0));
        assert_eq!(arc.point(99.0), line[2]);
        assert_eq!(Arc::of(&[]).point(3.0), PixelPoint::default());
    }

    #[test]
    fn chevrons_keep_apart_and_avoid_bends() {
        let straight = [PixelPoint::new(0.0, 5.0), PixelPoint::new(400.0, 5.0)];
        let mut taken = Taken::new(400.0, 400.0, 46.0);
        assert_eq!(along(&straight, Spacing::PATHS, 1.0, &DARK, &mut taken).len(), 3);
        assert_eq!(along(&straight, Spacing::PATHS, 1.0, &DARK, &mut taken).len(), 0, "the places are taken");
        let hairpin =
            [PixelPoint::new(0.0, 200.0), PixelPoint::new(66.0, 200.0), PixelPoint::new(0.0, 201.0)];
        assert_eq!(along(&hairpin, Spacing::PATHS, 1.0, &DARK, &mut taken).len(), 0);
    }

    #[test]
    fn nothing_is_taken_off_the_sheet() {
        let mut taken = Taken::new(10.0, 10.0, 4.0);
        for at in [(-1.0, 5.0), (5.0, 500.0), (f32::NAN, 0.0), (f32::INFINITY, 1.0)] {
            assert!(!taken.take(PixelPoint::new(at.0, at.1)));
        }
    }
}
