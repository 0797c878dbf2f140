//! Floors found from where players were, for maps that lie in storeys and name no layers.
//!
//! A place is *stacked* if players were seen there at heights with a storey's gap between them and nothing in the gap.
//! Each stacked place votes for every height in its gap; the height with the most votes parts two floors. That is
//! repeated for the places it does not part.

use super::layers::{Layer, Layers};
use crate::geom::WorldPoint;

/// Places are squares of this side, units.
const PLACE: f32 = 64.0;
/// Heights are told apart in steps of this, units.
const STEP: f32 = 16.0;
/// The least gap that is a storey and not a jump, in steps: 80 units, as a jump rises about 45.
const GAP: i32 = 5;
/// Floors at most.
const MOST: usize = 4;
/// A height parts floors only if at least this many places vote for it …
const LEAST_PLACES: u32 = 12;
/// … and at least one in so many of all places.
const LEAST_SHARE: u32 = 40;
/// Points kept before those that say the same are dropped.
const COMPACT_AT: usize = 4 << 20;

/// Heights at which players were seen, place by place.
#[derive(Debug, Clone, Default)]
pub struct SeenHeights {
    /// Place and height, packed so that sorting groups places.
    seen: Vec<u64>,
    compact_at: usize,
}

impl SeenHeights {
    /// Take one point; a point off the world is left out.
    pub fn add(&mut self, point: WorldPoint) {
        if !point.is_plausible() {
            return;
        }
        // All three fit into 16 bits: the world's half width is 131,072 units.
        let part = |c: f32, size: f32| u64::from(((c / size).floor() as i32 + 0x4000) as u16);
        let place = part(point.x, PLACE) << 32 | part(point.y, PLACE) << 16;
        self.seen.push(place | part(point.z, STEP));
        if self.seen.len() >= self.compact_at.max(COMPACT_AT) {
            self.compact();
            self.compact_at = 2 * self.seen.len();
        }
    }

    /// Take what another has seen; which comes first does not matter.
    pub fn merge(&mut self, other: Self) {
        self.seen.extend(other.seen);
        if self.seen.len() >= COMPACT_AT {
            self.compact();
        }
    }

    fn compact(&mut self) {
        self.seen.sort_unstable();
        self.seen.dedup();
    }

    /// The floors as layers, lowest first; none if the map is not stacked.
    pub fn layers(mut self) -> Layers {
        self.compact();
        let mut places = 0;
        let mut highest = 0;
        let mut gaps = Vec::new();
        for place in self.seen.chunk_by(|a, b| a >> 16 == b >> 16) {
            let heights: Vec<i32> = place.iter().map(|seen| (seen & 0xFFFF) as i32 - 0x4000).collect();
            places += 1;
            highest = heights.iter().copied().fold(highest, i32::max);
            gaps.extend(
                heights.windows(2).filter(|pair| pair[1] - pair[0] > GAP).map(|pair| (pair[0], pair[1])),
            );
        }
        let least = LEAST_PLACES.max(places / LEAST_SHARE);
        let mut ceilings = Vec::new();
        while ceilings.len() + 1 < MOST {
            let Some((height, votes)) = most_voted(&gaps) else { break };
            if votes < least {
                break;
            }
            ceilings.push(height);
            gaps.retain(|&(low, high)| !(low < height && height <= high));
        }
        if ceilings.is_empty() {
            return Layers::default();
        }
        ceilings.sort_unstable();
        ceilings.push(highest + 1);
        let layer = |step: i32| Layer { ceiling: step as f32 * STEP, picture: None };
        Layers::new(ceilings.into_iter().map(layer).collect())
    }
}

impl Extend<WorldPoint> for SeenHeights {
    fn extend<I: IntoIterator<Item = WorldPoint>>(&mut self, points: I) {
        points.into_iter().for_each(|point| self.add(point));
    }
}

/// The middle of the heights that lie in the most gaps, and in how many: a gap (low, high) holds `low < h <= high`.
fn most_voted(gaps: &[(i32, i32)]) -> Option<(i32, u32)> {
    let mut turns: Vec<(i32, i32)> =
        gaps.iter().flat_map(|&(low, high)| [(low + 1, 1), (high + 1, -1)]).collect();
    turns.sort_unstable();
    let (mut votes, mut best) = (0, None);
    for (i, &(height, turn)) in turns.iter().enumerate() {
        votes += turn;
        let until = turns.get(i + 1).map_or(height, |next| next.0);
        if until > height && best.is_none_or(|(_, _, most)| votes > most) {
            best = Some((height, until, votes));
        }
    }
    best.map(|(from, until, votes)| (from + (until - from) / 2, votes as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hall(x: i32, y: i32, z: f32) -> impl Iterator<Item = WorldPoint> {
        (0..x * y).map(move |i| WorldPoint::new((i % x) as f32 * 64.0 + 9.0, (i / x) as f32 * 64.0 + 9.0, z))
    }

    fn ceilings(points: impl Iterator<Item = WorldPoint>) -> Vec<f32> {
        let mut heights = SeenHeights::default();
        heights.extend(points);
        heights.layers().iter().map(|layer| layer.ceiling).collect()
    }

    #[test]
    fn two_storeys_are_parted_between_them() {
        let found = ceilings(hall(10, 10, 24.0).chain(hall(6, 6, 216.0)));
        let [lower, upper] = found[..] else { panic!("{found:?}") };
        assert!(lower > 60.0 && lower < 200.0, "{lower}");
        assert!(upper >= 216.0, "{upper}");
        let three = ceilings(hall(10, 10, 24.0).chain(hall(6, 6, 216.0)).chain(hall(5, 5, 408.0)));
        assert_eq!(three.len(), 3);
    }

    #[test]
    fn hills_jumps_and_single_falls_are_no_storeys() {
        let hill = hall(20, 20, 0.0).map(|p| WorldPoint { z: p.x, ..p });
        assert!(ceilings(hill).is_empty());
        assert!(ceilings(hall(10, 10, 24.0).chain(hall(10, 10, 70.0))).is_empty(), "a jump");
        assert!(ceilings(hall(10, 10, 24.0).chain(hall(2, 2, 500.0))).is_empty(), "a few places");
        assert!(ceilings(std::iter::empty()).is_empty());
        let nowhere = WorldPoint::new(f32::NAN, 1e9, f32::INFINITY);
        assert!(ceilings(std::iter::once(nowhere)).is_empty());
    }
}
