//! Spawn exits: which paths players take out of a spawn, how often, and how fast.

use std::collections::BTreeMap;

use super::exit_path::{ExitPath, WayOut, flat, way_out};
use super::frechet::PlanePoint;
use super::gate::{Gate, gates};
use super::options::{ExitOptions, RingFit};
use super::spawn_area::group_places;
use crate::analysis::life::cleaned::Life;
use crate::geom::WorldPoint;
use crate::model::{Event, Team};

/// An area's ring has at least this many times the radius of the area itself, so that every exit path has a length.
const ROOM: f64 = 1.25;

/// Spawns of one side that lie close together, and how players left them.
#[derive(Debug, Clone, PartialEq)]
pub struct SpawnArea {
    /// Whose.
    pub team: Team,
    /// The middle of its ring: of its spawns the one nearest to their mean.
    pub center: WorldPoint,
    /// Radius of the ring that had to be crossed, units.
    pub ring_units: f64,
    /// Lives that began here: indices into the lives given, ascending.
    pub spawns: Vec<usize>,
    /// The exit paths, one per life that left in time, in an order that does not depend on that of the lives.
    pub paths: Vec<ExitPath>,
    /// The gates, largest first; empty when there are fewer exits than [`ExitOptions::fewest`].
    pub gates: Vec<Gate>,
    /// Lives that left, but took longer than [`ExitOptions::longest_ms`].
    pub left_late: usize,
    /// Lives that stayed, or ended before they were out.
    pub never_left: usize,
    /// … of which never moved at all.
    pub never_moved: usize,
    /// Lives whose exit path has a break, so that it is not known.
    pub unknown: usize,
}

impl SpawnArea {
    /// Whether there were too few exits to group.
    pub fn is_too_few(&self) -> bool {
        self.gates.is_empty()
    }
}

/// Finds the spawn areas of the given lives and the gates and lanes that lead out of them. Areas are sorted by side, then by
/// number of spawns, largest first. Lives that do not begin with their spawn (cut by a
/// window, or begun by a revive) are left out.
pub fn spawn_exits(lives: &[&Life<'_>], options: &ExitOptions) -> Vec<SpawnArea> {
    let began: Vec<(usize, (Team, WorldPoint))> =
        lives.iter().enumerate().filter_map(|(i, life)| Some((i, spawn_of(life)?))).collect();
    let spawns: Vec<(Team, WorldPoint)> = began.iter().map(|(_, spawn)| spawn.clone()).collect();
    spawn_areas(&spawns, options)
        .into_iter()
        .map(|group| {
            let members: Vec<usize> = group.spawns.iter().map(|&spawn| began[spawn].0).collect();
            area(&group, &members, lives, options)
        })
        .collect()
}

/// Where a life began, and on whose side; `None` for one that does not begin with its spawn.
pub(crate) fn spawn_of(life: &Life<'_>) -> Option<(Team, WorldPoint)> {
    let first = &life.samples()[0];
    let is_spawn = life.track_sample(0) == Some(0) && first.event != Event::Revived;
    is_spawn.then(|| (life.track().team.clone(), first.at))
}

/// Spawns of one side that lie close together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpawnGroup {
    pub team: Team,
    pub center: WorldPoint,
    /// Indices into the spawns given, ascending.
    pub spawns: Vec<usize>,
}

/// Groups spawns by side and place. Sorted by side, then by number of spawns, largest first.
pub(crate) fn spawn_areas(spawns: &[(Team, WorldPoint)], options: &ExitOptions) -> Vec<SpawnGroup> {
    let mut sides: BTreeMap<&Team, Vec<usize>> = BTreeMap::new();
    for (i, (team, _)) in spawns.iter().enumerate() {
        sides.entry(team).or_default().push(i);
    }
    let mut areas = Vec::new();
    for (team, members) in sides {
        let places: Vec<PlanePoint> = members.iter().map(|&i| flat(spawns[i].1)).collect();
        for group in group_places(&places, options.area_link_units) {
            let members: Vec<usize> = group.into_iter().map(|place| members[place]).collect();
            let center = center(members.iter().map(|&i| spawns[i].1));
            areas.push(SpawnGroup { team: team.clone(), center, spawns: members });
        }
    }
    areas.sort_by(|a, b| {
        let place = a.center.x.total_cmp(&b.center.x).then(a.center.y.total_cmp(&b.center.y));
        a.team.cmp(&b.team).then(b.spawns.len().cmp(&a.spawns.len())).then(place)
    });
    areas
}

fn area(group: &SpawnGroup, spawns: &[usize], lives: &[&Life<'_>], options: &ExitOptions) -> SpawnArea {
    let (team, center) = (&group.team, group.center);
    let eighths = match options.ring_fit {
        RingFit::Fixed => 8..=8,
        RingFit::Shrink => 3..=8,
    };
    let farthest = spawns.iter().map(|&i| center.distance_2d(lives[i].samples()[0].at)).fold(0.0, f64::max);
    let radii = eighths.rev().map(|n| (options.ring_units * f64::from(n) / 8.0).max(ROOM * farthest));
    let tries = radii.map(|radius| leave(team, spawns, lives, (center, radius), options));
    let mut best: Option<SpawnArea> = None;
    for area in tries {
        let moved = area.paths.len() + area.left_late + area.never_left - area.never_moved;
        let enough = area.paths.len() * 2 >= moved;
        // The largest ring that half of them leave; when there is none, the largest ring.
        if enough || best.is_none() {
            best = Some(area);
        }
        if enough {
            break;
        }
    }
    let mut area = best.unwrap_or_else(|| leave(team, spawns, lives, (center, options.ring_units), options));
    if area.paths.len() >= options.fewest.max(1) {
        area.gates = gates(&area.paths, area.center, area.ring_units, options);
    }
    area
}

/// The exit paths of an area through a ring of one radius, not yet grouped.
fn leave(
    team: &Team,
    spawns: &[usize],
    lives: &[&Life<'_>],
    (center, ring_units): (WorldPoint, f64),
    options: &ExitOptions,
) -> SpawnArea {
    let mut area = SpawnArea {
        team: team.clone(),
        center,
        ring_units,
        spawns: spawns.to_vec(),
        paths: Vec::new(),
        gates: Vec::new(),
        left_late: 0,
        never_left: 0,
        never_moved: 0,
        unknown: 0,
    };
    for &i in spawns {
        match way_out(lives[i], center, ring_units, options) {
            WayOut::Left { points, wait_ms, exit_ms } => {
                area.paths.push(ExitPath { life: i, points, wait_ms, exit_ms });
            }
            WayOut::LeftLate => area.left_late += 1,
            WayOut::NeverLeft => area.never_left += 1,
            WayOut::NeverMoved => {
                area.never_left += 1;
                area.never_moved += 1;
            }
            WayOut::Unknown => area.unknown += 1,
        }
    }
    area.paths.sort_by(|a, b| {
        let key = |path: &ExitPath| {
            let life = lives[path.life];
            (path.exit_ms, path.wait_ms, life.start(), &life.track().guid, &life.round().meta.content_hash)
        };
        key(a).cmp(&key(b))
    });
    area
}

/// The spawn that is nearest to the mean of all, which is taken in whole hundredths so that their order does not matter.
fn center(places: impl ExactSizeIterator<Item = WorldPoint> + Clone) -> WorldPoint {
    let mut sums = [0_i64; 2];
    for at in places.clone() {
        for (sum, value) in sums.iter_mut().zip([at.x, at.y]) {
            *sum += (f64::from(value) * 100.0).round() as i64;
        }
    }
    let mean = |sum: i64| (sum as f64 / places.len().max(1) as f64 / 100.0) as f32;
    let mean = WorldPoint::new(mean(sums[0]), mean(sums[1]), 0.0);
    let rank = |at: &WorldPoint| (mean.distance_2d(*at), at.x, at.y, at.z);
    let nearest = places.min_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)).then(a.3.total_cmp(&b.3))
    });
    nearest.unwrap_or(mean)
}
