//! Floors found from where players were, for maps that lie in floors and name no layers; and whether a map's floors
//! lie above each other where people are, so that one picture of all would hide some.
//!
//! A place is *stacked* if players were seen there at heights with a floor's gap between them and nothing in the gap.
//! Each stacked place votes for every height in its gap; the height with the most votes parts two floors. That is
//! repeated for the places it does not part.

use std::collections::BTreeMap;

use super::layers::{Layer, Layers};
use crate::geom::WorldPoint;

const PLACE: f32 = SeenHeights::PLACE_UNITS;
const STEP: f32 = SeenHeights::STEP_UNITS;
/// The least gap that is a floor and not a jump, in steps: 80 units, as a jump rises about 45.
const GAP: i32 = 5;
/// Floors at most.
const MOST: usize = 4;
/// A height parts floors only if at least this many places vote for it …
const LEAST_PLACES: u32 = 12;
/// … and at least one in so many of all places.
const LEAST_SHARE: u32 = 40;
/// Half of the numbers that a place or a height can have.
const HALF: i32 = 0x4000;
/// Points kept before those that say the same are put together.
const COMPACT_AT: usize = 1 << 16;
/// Points that are still added to, each in a slot of its own: a power of two. Players go where others went just before, so
/// few points are left to be sorted.
const SLOTS: usize = 1 << 13;
/// No point has this key.
const NO_KEY: u64 = u64::MAX;
/// Two floors overlap at a place where either holds at least so much time, ms …
const LEAST_MS: u64 = 5_000;
/// … and they matter to a picture if at least so many of the places with time are of that kind, percent.
const LEAST_OVERLAPPING: u64 = 10;

/// When floors get panels of their own, for people.
pub const RULE: &str =
    "one for each floor where two hold 5 s or more at the same place, in a tenth of the places or more";

/// How a map's floors lie above each other where people are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stacked {
    /// Places, 64 units square, with time.
    pub places: u64,
    /// Those of them where two floors or more each hold at least 5 s.
    pub overlapping: u64,
}

impl Stacked {
    /// Whether one picture of all floors would hide some: at least a tenth of the places with time hold 5 s or more on two
    /// floors. A road that climbs passes each place on one floor.
    pub fn matters(&self) -> bool {
        self.overlapping > 0 && self.overlapping * 100 >= self.places * LEAST_OVERLAPPING
    }

    /// The share of the places where floors overlap, percent.
    pub fn percent(&self) -> u64 {
        (self.overlapping * 100 + self.places / 2).checked_div(self.places).unwrap_or_default()
    }
}

/// Heights at which players were, place by place, and for how long.
#[derive(Debug, Clone, Default)]
pub struct SeenHeights {
    /// Place and height, packed so that sorting groups places, and milliseconds.
    seen: Vec<(u64, u64)>,
    /// The same, not yet among them: the last key of each of [`SLOTS`], or none at all.
    recent: Vec<(u64, u64)>,
    compact_at: usize,
}

impl SeenHeights {
    /// Places are squares of this side, units.
    pub const PLACE_UNITS: f32 = 64.0;
    /// Heights are told apart in steps of this, units.
    pub const STEP_UNITS: f32 = 16.0;

    /// Takes `ms` milliseconds at one point; a point off the world is left out, and one where no time was spent.
    pub fn add(&mut self, point: WorldPoint, ms: u64) {
        if !point.is_plausible() || ms == 0 {
            return;
        }
        // All three fit into 16 bits: the world's half width is 131,072 units.
        let part = |c: f32, size: f32| u64::from((floor(c / size) + HALF) as u16);
        let place = part(point.x, PLACE) << 32 | part(point.y, PLACE) << 16;
        let key = place | part(point.z, STEP);
        if self.recent.is_empty() {
            self.recent.resize(SLOTS, (NO_KEY, 0));
        }
        let slot = &mut self.recent[slot(key)];
        if slot.0 == key {
            slot.1 = slot.1.wrapping_add(ms);
            return;
        }
        let before = std::mem::replace(slot, (key, ms));
        if before.0 != NO_KEY {
            self.seen.push(before);
            self.compact_if_many();
        }
    }

    /// Takes milliseconds away that were added at this point, before or later.
    pub fn take_away(&mut self, point: WorldPoint, ms: u64) {
        self.add(point, ms.wrapping_neg());
    }

    /// Takes what another has seen; which comes first does not matter.
    pub fn merge(&mut self, mut other: Self) {
        other.compact();
        self.seen.append(&mut other.seen);
        self.compact_if_many();
    }

    fn compact_if_many(&mut self) {
        if self.seen.len() >= self.compact_at.max(COMPACT_AT) {
            self.compact();
            self.compact_at = 2 * self.seen.len();
        }
    }

    fn compact(&mut self) {
        self.seen.extend(self.recent.drain(..).filter(|(key, _)| *key != NO_KEY));
        self.seen.sort_unstable();
        self.seen.dedup_by(|(key, ms), (first, sum)| {
            let same = key == first;
            *sum = sum.wrapping_add(if same { *ms } else { 0 });
            same
        });
        self.seen.retain(|(_, ms)| *ms != 0);
    }

    /// How the floors of a map lie above each other: `floor_of` tells which floor a height belongs to. Heights are told
    /// apart in steps of 16 units, by their middle.
    pub fn stacked(&mut self, floor_of: impl Fn(f32) -> usize) -> Stacked {
        self.compact();
        let mut stacked = Stacked::default();
        for place in self.seen.chunk_by(is_one_place) {
            let mut here: BTreeMap<usize, u64> = BTreeMap::new();
            for (key, ms) in place.iter().filter(|(_, ms)| *ms > 0) {
                let z = (step_of(*key) as f32 + 0.5) * STEP;
                *here.entry(floor_of(z)).or_default() += ms;
            }
            stacked.places += u64::from(!here.is_empty());
            stacked.overlapping += u64::from(here.values().filter(|ms| **ms >= LEAST_MS).count() > 1);
        }
        stacked
    }

    /// The floors as layers, lowest first; none if the map is not stacked.
    pub fn layers(&mut self) -> Layers {
        self.compact();
        let mut places = 0;
        let mut highest = 0;
        let mut gaps = Vec::new();
        for place in self.seen.chunk_by(is_one_place) {
            let heights: Vec<i32> = place.iter().map(|(key, _)| step_of(*key)).collect();
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
        Layers::new(ceilings.into_iter().map(|step| Layer::up_to(step as f32 * STEP)).collect())
    }
}

/// The slot of a key: its bits, well mixed (D. Knuth, *The Art of Computer Programming* 3, 6.4: multiplication).
fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % SLOTS
}

/// Whether two entries are about one place.
fn is_one_place((a, _): &(u64, u64), (b, _): &(u64, u64)) -> bool {
    a >> 16 == b >> 16
}

/// The height within a key, in steps.
fn step_of(key: u64) -> i32 {
    (key & 0xFFFF) as i32 - HALF
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

/// The whole number below, without the call that `f32::floor` is on older processors.
fn floor(value: f32) -> i32 {
    let towards_zero = value as i32;
    towards_zero - i32::from(value < towards_zero as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hall(x: i32, y: i32, z: f32) -> impl Iterator<Item = WorldPoint> {
        (0..x * y).map(move |i| WorldPoint::new((i % x) as f32 * 64.0 + 9.0, (i / x) as f32 * 64.0 + 9.0, z))
    }

    fn seen(points: impl Iterator<Item = WorldPoint>) -> SeenHeights {
        let mut heights = SeenHeights::default();
        points.for_each(|point| heights.add(point, 6_000));
        heights
    }

    fn ceilings(points: impl Iterator<Item = WorldPoint>) -> Vec<f32> {
        seen(points).layers().iter().map(|layer| layer.ceiling).collect()
    }

    #[test]
    fn floors_matter_where_they_lie_above_each_other() {
        let upper = |z: f32| usize::from(z > 120.0);
        // A gallery of 36 places above a hall of 100, and beside it a hill of 25 places with none below.
        let hill = || hall(5, 5, 216.0).map(|p| WorldPoint { x: p.x + 5000.0, ..p });
        let house = seen(hall(10, 10, 24.0).chain(hall(6, 6, 216.0)).chain(hill())).stacked(upper);
        let stacked = Stacked { places: 125, overlapping: 36 };
        assert_eq!((house, house.percent(), house.matters()), (stacked, 29, true));
        let beside = seen(hall(10, 10, 24.0).chain(hill())).stacked(upper);
        assert_eq!((beside.percent(), beside.matters()), (0, false), "floors side by side hide nothing");
        let attic = seen(hall(20, 20, 24.0).chain(hall(4, 4, 216.0))).stacked(upper);
        assert_eq!((attic.percent(), attic.matters()), (4, false), "an attic that is hardly used");
        let mut passed = seen(hall(10, 10, 24.0));
        hall(10, 10, 216.0).for_each(|point| passed.add(point, 4_000));
        assert_eq!(passed.stacked(upper), Stacked { places: 100, overlapping: 0 }, "less than 5 s upstairs");
        // Ten paths of ten places each, which climb from the lower floor to the upper one.
        let road = hall(10, 10, 0.0).map(|p| WorldPoint { z: p.x / 3.0, ..p });
        assert_eq!(seen(road).stacked(upper), Stacked { places: 100, overlapping: 0 }, "a road that climbs");
        let empty = seen(std::iter::empty()).stacked(upper);
        assert_eq!((empty.percent(), empty.matters()), (0, false));

        // The order of points and of merging does not matter.
        let mut parts = seen(hill());
        parts.merge(seen(hall(6, 6, 216.0).chain(hall(10, 10, 24.0))));
        assert_eq!(parts.stacked(upper), stacked);
    }

    #[test]
    fn two_floors_are_parted_between_them() {
        let found = ceilings(hall(10, 10, 24.0).chain(hall(6, 6, 216.0)));
        let [lower, upper] = found[..] else { panic!("{found:?}") };
        assert!(lower > 60.0 && lower < 200.0, "{lower}");
        assert!(upper >= 216.0, "{upper}");
        let three = ceilings(hall(10, 10, 24.0).chain(hall(6, 6, 216.0)).chain(hall(5, 5, 408.0)));
        assert_eq!(three.len(), 3);
    }

    #[test]
    fn hills_jumps_and_single_falls_are_no_floors() {
        let hill = hall(20, 20, 0.0).map(|p| WorldPoint { z: p.x, ..p });
        assert!(ceilings(hill).is_empty());
        assert!(ceilings(hall(10, 10, 24.0).chain(hall(10, 10, 70.0))).is_empty(), "a jump");
        assert!(ceilings(hall(10, 10, 24.0).chain(hall(2, 2, 500.0))).is_empty(), "a few places");
        assert!(ceilings(std::iter::empty()).is_empty());
        let nowhere = WorldPoint::new(f32::NAN, 1e9, f32::INFINITY);
        assert!(ceilings(std::iter::once(nowhere)).is_empty());
    }
}
