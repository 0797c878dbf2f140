//! Who passes through an area, in what state, when, from where, and what comes of it.

use std::collections::BTreeMap;

use crate::analysis::exits::compass::Compass;
use crate::analysis::life::cleaned::Life;
use crate::analysis::life::death::Deaths;
use crate::analysis::life::lives::Lives;
use crate::analysis::life::state::State;
use crate::geom::WorldPoint;
use crate::model::{Guid, LevelTime, Round, Team};

/// How far is looked back for where a player came from, and ahead for what happens next, ms.
pub const AROUND_MS: i64 = 10_000;
/// A player who was outside for a shorter time than this is still on the same pass, ms: paths along an edge cross it often.
const SAME_PASS_MS: i64 = 2_000;
/// Fewest and most corners of an area.
const CORNERS: std::ops::RangeInclusive<usize> = 3..=64;

/// A polygon of the world seen from above, at whatever height. A place on an edge may count as either side.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    corners: Vec<(f64, f64)>,
}

impl Area {
    /// The area between corners, units; `None` for too few, too many, or corners that are nowhere.
    pub fn new(corners: Vec<(f64, f64)>) -> Option<Self> {
        let are_somewhere = corners.iter().all(|(x, y)| x.abs() < 1e6 && y.abs() < 1e6);
        (CORNERS.contains(&corners.len()) && are_somewhere).then_some(Self { corners })
    }

    /// Whether a place lies in it: a ray to the east crosses its edges an odd number of times.
    pub fn holds(&self, at: WorldPoint) -> bool {
        let (x, y) = (f64::from(at.x), f64::from(at.y));
        let mut before = self.corners[self.corners.len() - 1];
        let mut inside = false;
        for corner in &self.corners {
            let ((ax, ay), (bx, by)) = (before, *corner);
            if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                inside = !inside;
            }
            before = *corner;
        }
        inside
    }

    /// The middle of its corners.
    fn middle(&self) -> (f64, f64) {
        let count = self.corners.len() as f64;
        let (x, y) = self.corners.iter().fold((0.0, 0.0), |(x, y), corner| (x + corner.0, y + corner.1));
        (x / count, y / count)
    }
}

/// Where a player was [`AROUND_MS`] before a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CameFrom {
    /// Not yet alive.
    Spawn,
    /// In this direction from the middle of the area.
    Direction(Compass),
    /// In the area already: the player came back.
    Here,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Passes {
    /// Times that a player came through.
    pub passes: u64,
    /// Lives that did.
    pub lives: u64,
    /// Lives that could have.
    pub all_lives: u64,
    /// Passes by the player's name.
    pub by_player: BTreeMap<String, u64>,
    /// Passes of Axis, Allies, and others.
    pub by_team: [u64; 3],
    /// Time inside by state, ms, in the order of [`State::ALL`].
    pub state_ms: [i64; State::ALL.len()],
    /// Passes by where the players came from.
    pub from: BTreeMap<CameFrom, u64>,
    /// Passes by the minute of the round in which they began.
    pub by_minute: BTreeMap<i64, u64>,
    /// Passes whose player died within [`AROUND_MS`].
    pub died: u64,
    /// Passes whose player killed an enemy within [`AROUND_MS`].
    pub killed: u64,
}

impl Passes {
    /// Adds the lives of a round that `filter` let through.
    pub fn add(&mut self, round: &Round, lives: &Lives<'_>, area: &Area) {
        let deaths = Deaths::of(round);
        let kills = kills(&deaths);
        for life in &lives.lives {
            self.all_lives += 1;
            let begun = self.inside(life, area);
            self.lives += u64::from(!begun.is_empty());
            for begin in begun {
                let track = life.track();
                self.passes += 1;
                *self.by_player.entry(track.name.display().into_owned()).or_default() += 1;
                self.by_team[match track.team {
                    Team::Axis => 0,
                    Team::Allies => 1,
                    Team::Other(_) => 2,
                }] += 1;
                *self.from.entry(came_from(life, begin, area)).or_default() += 1;
                let minute = lives.clock.since_live_ms(begin).div_euclid(60_000);
                *self.by_minute.entry(minute).or_default() += 1;
                let soon = |time: LevelTime| (0..=AROUND_MS).contains(&time.since(begin));
                let end = track.end.unwrap_or(life.end());
                self.died += u64::from(soon(end) && deaths.of_track(track).kind.is_death());
                let killer = track.guid.within_file(track.name.as_str());
                let own = killer.and_then(|killer| kills.get(&killer));
                let next = own.and_then(|times| times.get(times.partition_point(|time| *time < begin)));
                self.killed += u64::from(next.is_some_and(|time| soon(*time)));
            }
        }
    }

    /// Adds a life's time inside; gives when each of its passes began.
    fn inside(&mut self, life: &Life<'_>, area: &Area) -> Vec<LevelTime> {
        let mut begun = Vec::new();
        let mut left: Option<LevelTime> = None;
        for segment in life.segments().filter(|segment| area.holds(segment.from.at)) {
            if left.is_none_or(|left| segment.from.time.since(left) >= SAME_PASS_MS) {
                begun.push(segment.from.time);
            }
            left = Some(segment.to.time);
            self.state_ms[segment.state.index()] += segment.dt_ms;
        }
        begun
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.passes += other.passes;
        self.lives += other.lives;
        self.all_lives += other.all_lives;
        self.died += other.died;
        self.killed += other.killed;
        for (mine, theirs) in self.by_team.iter_mut().zip(other.by_team) {
            *mine += theirs;
        }
        for (mine, theirs) in self.state_ms.iter_mut().zip(other.state_ms) {
            *mine += theirs;
        }
        add_all(&mut self.by_player, other.by_player);
        add_all(&mut self.from, other.from);
        add_all(&mut self.by_minute, other.by_minute);
    }
}

fn add_all<K: Ord>(mine: &mut BTreeMap<K, u64>, theirs: BTreeMap<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(key).or_default() += count;
    }
}

/// When each player of a round killed an enemy, in the order of time.
fn kills<'a>(deaths: &Deaths<'a>) -> BTreeMap<(&'a Guid, &'a str), Vec<LevelTime>> {
    let mut kills: BTreeMap<_, Vec<LevelTime>> = BTreeMap::new();
    for kill in deaths.enemy_kills() {
        kills.entry(kill.killer).or_default().push(kill.time);
    }
    for times in kills.values_mut() {
        times.sort_unstable();
    }
    kills
}

fn came_from(life: &Life<'_>, begin: LevelTime, area: &Area) -> CameFrom {
    let earlier = LevelTime(begin.0.saturating_sub(AROUND_MS as i32));
    let Some(at) = place_at(life, earlier) else { return CameFrom::Spawn };
    if area.holds(at) {
        return CameFrom::Here;
    }
    let (x, y) = area.middle();
    CameFrom::Direction(Compass::of(f64::from(at.x) - x, f64::from(at.y) - y))
}

/// Where a life was, also before a window that cuts it; `None` before its spawn.
fn place_at(life: &Life<'_>, time: LevelTime) -> Option<WorldPoint> {
    if let Some(position) = life.at(time) {
        return Some(life.samples()[position.index].at);
    }
    let track = life.track();
    let before = track.samples.iter().take_while(|sample| sample.time <= time);
    before
        .filter(|sample| sample.at.is_plausible())
        .last()
        .filter(|_| time >= track.spawn)
        .map(|sample| sample.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, y: f32) -> WorldPoint {
        WorldPoint { x, y, z: 0.0 }
    }

    #[test]
    fn an_area_holds_what_lies_between_its_corners() {
        // An L: the notch at the top right is outside.
        let corners = vec![(0.0, 0.0), (10.0, 0.0), (10.0, 4.0), (4.0, 4.0), (4.0, 10.0), (0.0, 10.0)];
        let area = Area::new(corners).unwrap();
        for (x, y) in [(1.0, 1.0), (9.0, 3.0), (3.0, 9.0)] {
            assert!(area.holds(at(x, y)), "{x} {y}");
        }
        for (x, y) in [(9.0, 9.0), (-1.0, 1.0), (11.0, 1.0), (1.0, 11.0), (1.0, -1.0)] {
            assert!(!area.holds(at(x, y)), "{x} {y}");
        }
    }

    #[test]
    fn what_is_no_area_is_refused() {
        assert!(Area::new(vec![(0.0, 0.0), (1.0, 1.0)]).is_none());
        assert!(Area::new(vec![(0.0, 0.0), (1.0, f64::NAN), (2.0, 0.0)]).is_none());
        assert!(Area::new(vec![(0.0, 0.0), (1.0, f64::INFINITY), (2.0, 0.0)]).is_none());
        assert!(Area::new(vec![(0.0, 0.0); 65]).is_none());
    }
}
