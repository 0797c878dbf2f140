//! Places that are held: where several lives stood still.

use super::cleaned::Life;
use super::stops::stops;
use crate::geom::WorldPoint;

/// Stops within this distance of a place's longest one belong to it, units.
const JOIN_UNITS: f64 = 96.0;
/// Lives that must have stopped at a place.
const LEAST_LIVES: u64 = 3;

/// A place where lives stood still.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hold {
    /// Where its longest stop was.
    pub at: WorldPoint,
    /// All stops together, ms.
    pub total_ms: i64,
    /// Lives that stopped there.
    pub lives: u64,
}

/// Stops of many lives, collected one life at a time.
#[derive(Debug, Clone, Default)]
pub struct Holds {
    stops: Vec<Stay>,
    lives: u64,
}

#[derive(Debug, Clone, Copy)]
struct Stay {
    at: WorldPoint,
    duration_ms: i64,
    life: u64,
}

impl Holds {
    /// Adds the stops of a life.
    pub fn add(&mut self, life: &Life<'_>) {
        let number = self.lives;
        self.lives += 1;
        let stays = stops(life);
        self.stops.extend(stays.iter().map(|s| Stay { at: s.at, duration_ms: s.duration_ms, life: number }));
    }

    /// Adds the stops of other lives.
    pub fn merge(&mut self, other: Self) {
        let before = self.lives;
        self.lives += other.lives;
        self.stops.extend(other.stops.into_iter().map(|s| Stay { life: s.life + before, ..s }));
    }

    /// The places held longest, the longest first: at most `most`, each by three lives or more. The order in which lives
    /// came does not matter.
    pub fn places(&self, most: usize) -> Vec<Hold> {
        let mut left = self.stops.clone();
        left.sort_by(|a, b| {
            (b.duration_ms.cmp(&a.duration_ms))
                .then(a.at.x.total_cmp(&b.at.x))
                .then(a.at.y.total_cmp(&b.at.y))
                .then(a.at.z.total_cmp(&b.at.z))
        });
        let mut places = Vec::new();
        while let Some(longest) = left.first().copied() {
            let (joined, others): (Vec<Stay>, Vec<Stay>) =
                left.into_iter().partition(|stay| stay.at.distance_2d(longest.at) <= JOIN_UNITS);
            left = others;
            let mut lives: Vec<u64> = joined.iter().map(|stay| stay.life).collect();
            lives.sort_unstable();
            lives.dedup();
            let total_ms = joined.iter().map(|stay| stay.duration_ms).sum();
            places.push(Hold { at: longest.at, total_ms, lives: lives.len() as u64 });
        }
        places.retain(|place| place.lives >= LEAST_LIVES);
        // Stable: of two equals the one with the longer stop stays first.
        places.sort_by_key(|place| std::cmp::Reverse(place.total_ms));
        places.truncate(most);
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(stops: &[(f32, i64, u64)]) -> Holds {
        let stay = |(x, duration_ms, life): &(f32, i64, u64)| Stay {
            at: WorldPoint::new(*x, 0.0, 0.0),
            duration_ms: *duration_ms,
            life: *life,
        };
        Holds { stops: stops.iter().map(stay).collect(), lives: 10 }
    }

    #[test]
    fn a_place_is_held_when_three_lives_stopped_there() {
        // Three lives within 96 units of the longest; one life twice elsewhere; one stop just too far.
        let stops = [(0.0, 9_000, 0), (96.0, 4_000, 1), (-50.0, 3_000, 2), (97.0, 8_000, 3)];
        let twice = [(900.0, 30_000, 4), (901.0, 20_000, 4), (902.0, 5_000, 5)];
        let all: Vec<_> = stops.iter().chain(&twice).copied().collect();
        let expected = [Hold { at: WorldPoint::new(0.0, 0.0, 0.0), total_ms: 16_000, lives: 3 }];
        assert_eq!(holds(&all).places(12), expected);
        let back: Vec<_> = all.iter().rev().copied().collect();
        assert_eq!(holds(&back).places(12), expected);
        assert!(holds(&all).places(0).is_empty());
    }

    #[test]
    fn lives_of_two_parts_stay_apart() {
        let mut both = holds(&[(0.0, 3_000, 0)]);
        both.merge(holds(&[(0.0, 4_000, 0)]));
        both.merge(holds(&[(0.0, 5_000, 0)]));
        assert_eq!(both.places(1).first().map(|place| (place.total_ms, place.lives)), Some((12_000, 3)));
    }
}
