//! An extent for an unknown map: the tracks' own bounds.

use super::extent::{Extent, ExtentSource};
use crate::geom::{WORLD_LIMIT, WorldPoint, WorldRect};

/// Cells of the two histograms are this wide, units.
const CELL: f32 = 64.0;
/// Cells from one end of the world to the other.
const CELLS: usize = (2.0 * WORLD_LIMIT / CELL) as usize + 1;
/// Edges of a fitted extent are multiples of this, units, so that adding a round seldom moves them.
const ROUND: f64 = 128.0;
/// Share of the tracks' width left free on each side.
const MARGIN: f64 = 0.06;
/// No fitted extent is narrower than this, units.
const NARROWEST: f64 = 1024.0;

/// Where the points of many tracks lie, gathered one by one in constant memory.
///
/// A share of 1 in 2000 is left out on each side, so that a few limbo or intermission samples far away do not
/// shrink the map to a dot.
#[derive(Debug, Clone)]
pub struct Bounds {
    x: Vec<u32>,
    y: Vec<u32>,
    points: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { x: vec![0; CELLS], y: vec![0; CELLS], points: 0 }
    }
}

impl Bounds {
    /// Take one point; a point off the world is left out.
    pub fn add(&mut self, point: WorldPoint) {
        if point.is_plausible() {
            let cell = |c: f32| ((c + WORLD_LIMIT) / CELL) as usize;
            for (axis, c) in [(&mut self.x, point.x), (&mut self.y, point.y)] {
                if let Some(count) = axis.get_mut(cell(c)) {
                    *count = count.saturating_add(1);
                }
            }
            self.points += 1;
        }
    }

    /// Take the points of another; the order does not matter.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.x, &other.x), (&mut self.y, &other.y)] {
            for (count, more) in mine.iter_mut().zip(theirs) {
                *count = count.saturating_add(*more);
            }
        }
        self.points += other.points;
    }

    /// The rectangle that holds the points, to [`CELL`] units; `None` without points.
    pub fn rect(&self) -> Option<WorldRect> {
        let spare = self.points / 2000;
        let (west, east) = ends(&self.x, spare)?;
        let (south, north) = ends(&self.y, spare)?;
        WorldRect::new(west, south, east, north)
    }
}

impl Extend<WorldPoint> for Bounds {
    fn extend<I: IntoIterator<Item = WorldPoint>>(&mut self, points: I) {
        points.into_iter().for_each(|point| self.add(point));
    }
}

/// First and last coordinate of a histogram with `spare` counts dropped at each end.
fn ends(counts: &[u32], spare: u64) -> Option<(f64, f64)> {
    let first = reach(counts.iter().enumerate(), spare)?;
    let last = reach(counts.iter().enumerate().rev(), spare)?;
    let at = |cell: usize| cell as f64 * f64::from(CELL) - f64::from(WORLD_LIMIT);
    Some((at(first), at(last + 1)))
}

/// The first counted cell after `spare` counts have been passed.
fn reach<'a>(mut cells: impl Iterator<Item = (usize, &'a u32)>, spare: u64) -> Option<usize> {
    let mut passed = 0;
    cells.find_map(|(i, &n)| {
        passed += u64::from(n);
        (n > 0 && passed > spare).then_some(i)
    })
}

/// A square extent around `bounds` with a margin, its edges rounded to 128 units.
///
/// The same tracks always give the same extent; a little more of them seldom moves it.
pub fn extent(bounds: &WorldRect) -> Extent {
    let widest = bounds.width().max(bounds.height());
    let side = round_up((widest * (1.0 + 2.0 * MARGIN)).max(NARROWEST), 2.0 * ROUND);
    let edge = |low: f64, high: f64| (f64::midpoint(low, high) / ROUND).round() * ROUND - side / 2.0;
    let (west, south) = (edge(bounds.min_x(), bounds.max_x()), edge(bounds.min_y(), bounds.max_y()));
    // `side` is positive and the centre finite, so the square always exists.
    let rect = WorldRect::new(west, south, west + side, south + side).unwrap_or(*bounds);
    Extent { rect, source: ExtentSource::Fitted }
}

fn round_up(value: f64, step: f64) -> f64 {
    (value / step).ceil() * step
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "whole units are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_fitted_extent_is_square_rounded_and_holds_the_tracks() {
        let bounds = WorldRect::new(-700.0, 100.0, 2900.0, 1200.0).unwrap();
        let extent = extent(&bounds);
        let rect = extent.rect;
        assert_eq!(rect.width(), rect.height());
        assert_eq!(rect.min_x() % 128.0, 0.0);
        assert_eq!(rect.max_y() % 128.0, 0.0);
        assert!(rect.min_x() < -700.0 && rect.max_x() > 2900.0);
        assert!(extent.sentence().contains("fitted"));
    }

    #[test]
    fn a_few_strays_do_not_shrink_the_map() {
        let mut bounds = Bounds::default();
        bounds.extend((0..10_000).map(|i| WorldPoint::new((i % 1000) as f32, 500.0, 0.0)));
        bounds.extend([
            WorldPoint::new(131_072.0, -131_072.0, 0.0),
            WorldPoint::new(f32::NAN, 1.0, 0.0),
            WorldPoint::new(-90_000.0, 90_000.0, 0.0),
        ]);
        let rect = bounds.rect().unwrap();
        assert!(rect.min_x() >= -64.0 && rect.max_x() <= 1088.0, "{rect:?}");
    }

    #[test]
    fn one_point_or_none() {
        let mut bounds = Bounds::default();
        assert_eq!(bounds.rect(), None);
        bounds.add(WorldPoint::new(10.0, 20.0, 0.0));
        let extent = extent(&bounds.rect().unwrap());
        assert_eq!(extent.rect.width(), 1024.0);
        assert!(extent.rect.contains(WorldPoint::new(10.0, 20.0, 0.0)));
    }
}
