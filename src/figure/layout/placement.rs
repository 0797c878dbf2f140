//! Where a label goes: the cheapest of eight directions at four distances.
//!
//! Point-feature labelling by a greedy search over candidate places (Christensen, Marks and Shieber 1995 compare such
//! methods): labels are placed in order of importance, and each takes the place that costs least.

use crate::geom::PixelPoint;
use crate::scene::text;
use crate::scene::{PixelRect, Weight};

/// Distances from the marked point to the label's near edge, design pixels.
const DISTANCES: [f32; 4] = [26.0, 40.0, 56.0, 74.0];
/// Eight directions, right first, then above and below, then left: a reader looks to the right of a mark first.
const DIRECTIONS: [(f32, f32); 8] =
    [(1.0, 0.0), (0.7, -0.7), (0.7, 0.7), (0.0, -1.0), (0.0, 1.0), (-1.0, 0.0), (-0.7, -0.7), (-0.7, 0.7)];
/// What it costs to lie over another label, to lie outside, and for each point of a path under it.
const OVER_LABEL: u32 = 9;
const OUTSIDE: u32 = 9;
const OVER_POINT: u32 = 1;
/// Room that a label wants round itself, design pixels.
const MARGIN: f32 = 3.0;

/// Places labels on one picture.
pub struct Placement {
    bounds: PixelRect,
    scale: f32,
    obstacles: Vec<PixelPoint>,
    taken: Vec<PixelRect>,
    /// Marks that a label should not hide, but may.
    marks: Vec<PixelRect>,
}

/// What a label that finds no good place does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// It takes the cheapest place, whatever lies there, and moves inside where that would meet the edge.
    APlace,
    /// It is left out where it would meet another label, or the edge.
    AFreePlace,
}

/// Whether places over the edge are taken as they are, or moved inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stays {
    WhereItIs,
    Inside,
}

/// A label's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// The middle of its baseline.
    pub baseline: PixelPoint,
    /// What it covers.
    pub area: PixelRect,
    /// What the place costs; 0 is free.
    pub cost: u32,
}

impl Placement {
    /// For labels inside `bounds`, drawn at `scale` pixels per design pixel, that should not hide `obstacles`.
    pub fn new(bounds: PixelRect, scale: f32, obstacles: Vec<PixelPoint>) -> Self {
        Self { bounds, scale, obstacles, taken: Vec::new(), marks: Vec::new() }
    }

    /// Takes an area: no label should lie there.
    pub fn reserve(&mut self, area: PixelRect) {
        self.taken.push(area);
    }

    /// Makes labels prefer places beside a mark's area.
    pub fn avoid(&mut self, area: PixelRect) {
        self.marks.push(area);
    }

    /// As [`Self::place`]; `None` where the label needs a free place and there is none.
    pub fn place_if(
        &mut self,
        needs: Needs,
        at: PixelPoint,
        words: &str,
        size: f32,
        weight: Weight,
    ) -> Option<Placed> {
        let width = text::width(words, size, weight);
        let mut best = self.cheapest(at, width, size, Stays::WhereItIs);
        if needs == Needs::APlace && !self.is_inside(&best.area) {
            best = self.cheapest(at, width, size, Stays::Inside);
        }
        let is_free = self.is_inside(&best.area) && self.taken.iter().all(|other| !other.meets(&best.area));
        let is_placed = needs == Needs::APlace || is_free;
        is_placed.then(|| {
            self.taken.push(best.area);
            best
        })
    }

    /// The cheapest place for `words` near `at`, and takes it. `size` in pixels.
    pub fn place(&mut self, at: PixelPoint, words: &str, size: f32, weight: Weight) -> Placed {
        let best = self.cheapest(at, text::width(words, size, weight), size, Stays::WhereItIs);
        self.taken.push(best.area);
        best
    }

    fn cheapest(&self, at: PixelPoint, width: f32, height: f32, stays: Stays) -> Placed {
        let mut best: Option<Placed> = None;
        for distance in DISTANCES {
            for (dx, dy) in DIRECTIONS {
                // The distance is measured to the label's edge, so wide labels move out sideways.
                let reach = distance * self.scale;
                let mut middle = PixelPoint::new(
                    at.x + dx * (reach - 12.0 * self.scale)
                        + dx.signum() * f32::from(dx != 0.0) * width / 2.0,
                    at.y + dy * reach,
                );
                if stays == Stays::Inside {
                    middle = self.moved_inside(middle, width, height);
                }
                let area = PixelRect::new(middle.x - width / 2.0, middle.y - height / 2.0, width, height);
                let cost = self.cost(&area);
                if best.is_none_or(|b| cost < b.cost) {
                    let baseline = PixelPoint::new(middle.x, middle.y + height * 0.35);
                    best = Some(Placed { baseline, area, cost });
                }
            }
        }
        best.unwrap_or(Placed {
            baseline: at,
            area: PixelRect::new(at.x, at.y, width, height),
            cost: u32::MAX,
        })
    }

    /// The middle of a label of this size, moved no farther than it needs to lie inside with its margin.
    fn moved_inside(&self, middle: PixelPoint, width: f32, height: f32) -> PixelPoint {
        let bounds = &self.bounds;
        let (x, y) = (width / 2.0 + MARGIN * self.scale, height / 2.0 + MARGIN * self.scale);
        // A label wider than the picture keeps its beginning.
        PixelPoint::new(
            middle.x.min(bounds.right() - x).max(bounds.x + x),
            middle.y.min(bounds.bottom() - y).max(bounds.y + y),
        )
    }

    fn cost(&self, area: &PixelRect) -> u32 {
        let grown = area.grown(MARGIN * self.scale);
        let covered = self.taken.iter().chain(&self.marks).filter(|other| other.meets(&grown)).count() as u32;
        let points = self.obstacles.iter().filter(|point| grown.contains(**point)).count() as u32;
        covered * OVER_LABEL + points * OVER_POINT + if self.is_inside(&grown) { 0 } else { OUTSIDE }
    }

    fn is_inside(&self, area: &PixelRect) -> bool {
        self.bounds.holds(area)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_avoid_paths_edges_and_each_other() {
        let bounds = PixelRect::new(0.0, 0.0, 400.0, 400.0);
        let path: Vec<PixelPoint> = (0..40).map(|i| PixelPoint::new(200.0 + i as f32 * 5.0, 200.0)).collect();
        let mut placement = Placement::new(bounds, 1.0, path);
        let at = PixelPoint::new(200.0, 200.0);
        let first = placement.place(at, "spawn", 20.0, Weight::SemiBold);
        assert_eq!(first.cost, 0);
        assert!(first.baseline.y < 195.0 || first.baseline.y > 205.0 || first.baseline.x < 200.0);
        let second = placement.place(at, "death", 20.0, Weight::SemiBold);
        assert_eq!(second.cost, 0);
        assert!(!first.area.meets(&second.area));
        let corner = placement.place(PixelPoint::new(399.0, 1.0), "corner", 20.0, Weight::Regular);
        assert!(corner.area.right() <= 400.0 && corner.area.y >= 0.0);
    }

    #[test]
    fn a_label_that_must_be_there_is_not_cut_by_the_edge() {
        // Paths on all sides make the places over the edge the cheapest ones.
        let bounds = PixelRect::new(0.0, 0.0, 400.0, 400.0);
        let at = PixelPoint::new(380.0, 200.0);
        let path = (0..4_000).map(|i| PixelPoint::new((i % 100) as f32 * 3.8, (i / 100) as f32 * 10.0));
        let mut placement = Placement::new(bounds, 1.0, path.collect());
        let words = "killed by Hazelnut · Thompson";
        assert!(placement.cheapest(at, 280.0, 20.0, Stays::WhereItIs).area.right() > 400.0);
        let placed = placement.place_if(Needs::APlace, at, words, 20.0, Weight::SemiBold).unwrap();
        assert!(placed.area.x >= 0.0 && placed.area.right() <= 400.0, "{placed:?}");
    }
}
