//! Spawn exits: which ways players take out of a spawn, how often, and how fast.

use std::collections::BTreeMap;

use super::frechet::{WayPoint, discrete_frechet_in, resample};
use super::life::{Life, StepKind};
use super::linkage::{PairDistances, average_linkage, medoid};
use super::spawn_area::group_places;
use crate::geom::WorldPoint;
use crate::model::Team;

/// What counts as an exit and what as the same lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitOptions {
    /// A life has left its spawn when it crosses a ring of this radius around it, units. Default: 1300.
    pub ring_units: f64,
    /// It must have crossed the ring this long after its first movement, ms. Default: 12 000.
    pub longest_ms: i64,
    /// Farther than this from the spawn is movement, units. Default: 24.
    pub first_move_units: f64,
    /// Spawns of one side this close together are one area, units. Default: 384.
    pub area_link_units: f64,
    /// Lanes are joined while their ways are at most this share of the ring's radius apart, on average.
    /// Default: 0.35.
    pub cut_share: f64,
    /// Points per way for comparing ways. Default: 24.
    pub points: usize,
    /// Fewest exits of an area that can be grouped. Default: 5.
    pub fewest: usize,
    /// Most exits of an area that are compared with each other; further ones join the lane of the nearest medoid.
    /// Default: 400.
    pub most: usize,
}

impl Default for ExitOptions {
    fn default() -> Self {
        Self {
            ring_units: 1_300.0,
            longest_ms: 12_000,
            first_move_units: 24.0,
            area_link_units: 384.0,
            cut_share: 0.35,
            points: 24,
            fewest: 5,
            most: 400,
        }
    }
}

/// Spawns of one side that lie close together, and how players left them.
#[derive(Debug, Clone, PartialEq)]
pub struct SpawnArea {
    /// Whose.
    pub team: Team,
    /// Mean place of its spawns.
    pub center: WorldPoint,
    /// Lives that began here: indices into the lives given, ascending.
    pub spawns: Vec<usize>,
    /// The ways out, one per life that left in time, in an order that does not depend on that of the lives.
    pub ways: Vec<Way>,
    /// The lanes, largest first; empty when there are fewer exits than [`ExitOptions::fewest`].
    pub lanes: Vec<Lane>,
    /// Lives that stayed, were too late, or ended before they were out.
    pub never_left: usize,
    /// Lives whose way out has a break: nobody knows.
    pub unknown: usize,
}

impl SpawnArea {
    /// Whether there were too few exits to group.
    pub fn is_too_few(&self) -> bool {
        self.lanes.is_empty()
    }
}

/// One life's way from its spawn to the ring.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// Index into the lives given.
    pub life: usize,
    /// Its real points: the spawn, samples, and the point on the ring.
    pub points: Vec<WorldPoint>,
    /// From the spawn to the first movement, ms.
    pub wait_ms: i64,
    /// From the first movement to the ring, ms.
    pub exit_ms: i64,
}

/// Ways that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Indices into the area's ways, ascending.
    pub ways: Vec<usize>,
    /// The way that is nearest to all others of the lane: a real path. Index into the area's ways.
    pub medoid: usize,
    /// Share of the area's exits, 0 … 1.
    pub share: f64,
    /// Median time from the first movement to the ring, ms (the lower one of two).
    pub median_exit_ms: i64,
    /// Where its medoid leads, seen from its spawn.
    pub direction: Compass,
}

/// Eight directions; north is up on a command map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Compass {
    /// +y.
    North,
    /// +x +y.
    NorthEast,
    /// +x.
    East,
    /// +x −y.
    SouthEast,
    /// −y.
    South,
    /// −x −y.
    SouthWest,
    /// −x.
    West,
    /// −x +y.
    NorthWest,
}

impl Compass {
    /// The direction of a vector; north for no vector at all.
    pub fn of(dx: f64, dy: f64) -> Self {
        /// tan(22.5°): where one of eight sectors ends.
        const SECTOR: f64 = std::f64::consts::SQRT_2 - 1.0;
        let (wide, high) = (dx.abs(), dy.abs());
        if wide <= high * SECTOR {
            if dy >= 0.0 { Self::North } else { Self::South }
        } else if high <= wide * SECTOR {
            if dx >= 0.0 { Self::East } else { Self::West }
        } else {
            match (dx >= 0.0, dy >= 0.0) {
                (true, true) => Self::NorthEast,
                (true, false) => Self::SouthEast,
                (false, false) => Self::SouthWest,
                (false, true) => Self::NorthWest,
            }
        }
    }

    /// The word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::North => "north",
            Self::NorthEast => "north-east",
            Self::East => "east",
            Self::SouthEast => "south-east",
            Self::South => "south",
            Self::SouthWest => "south-west",
            Self::West => "west",
            Self::NorthWest => "north-west",
        }
    }
}

/// Finds the spawn areas of the given lives and the lanes that lead out of them. Areas are sorted by side, then by
/// number of spawns, largest first. Lives that do not begin with their spawn (cut by a window) are left out.
pub fn spawn_exits(lives: &[&Life<'_>], options: &ExitOptions) -> Vec<SpawnArea> {
    let mut sides: BTreeMap<&Team, Vec<usize>> = BTreeMap::new();
    for (i, life) in lives.iter().enumerate() {
        if life.track_sample(0) == Some(0) {
            sides.entry(&life.track().team).or_default().push(i);
        }
    }
    let mut areas = Vec::new();
    for (team, members) in sides {
        let places: Vec<WayPoint> = members.iter().map(|&i| flat(lives[i].samples()[0].at)).collect();
        for group in group_places(&places, options.area_link_units) {
            let spawns = group.into_iter().map(|place| members[place]).collect();
            areas.push(area(team.clone(), spawns, lives, options));
        }
    }
    areas.sort_by(|a, b| {
        let place = a.center.x.total_cmp(&b.center.x).then(a.center.y.total_cmp(&b.center.y));
        a.team.cmp(&b.team).then(b.spawns.len().cmp(&a.spawns.len())).then(place)
    });
    areas
}

fn area(team: Team, spawns: Vec<usize>, lives: &[&Life<'_>], options: &ExitOptions) -> SpawnArea {
    let mut area = SpawnArea {
        team,
        center: center(&spawns, lives),
        spawns,
        ways: Vec::new(),
        lanes: Vec::new(),
        never_left: 0,
        unknown: 0,
    };
    for &i in &area.spawns {
        match way_out(lives[i], options) {
            WayOut::Left { points, wait_ms, exit_ms } => {
                area.ways.push(Way { life: i, points, wait_ms, exit_ms });
            }
            WayOut::Stayed => area.never_left += 1,
            WayOut::Unknown => area.unknown += 1,
        }
    }
    area.ways.sort_by(|a, b| {
        let key = |way: &Way| {
            let life = lives[way.life];
            (way.exit_ms, way.wait_ms, life.start(), &life.track().guid, &life.round().meta.content_hash)
        };
        key(a).cmp(&key(b))
    });
    if area.ways.len() >= options.fewest.max(1) {
        area.lanes = lanes(&area.ways, options);
    }
    area
}

/// Mean of the spawns in whole hundredths, so that the order does not matter.
fn center(spawns: &[usize], lives: &[&Life<'_>]) -> WorldPoint {
    let mut sums = [0_i64; 3];
    for &i in spawns {
        let at = lives[i].samples()[0].at;
        for (sum, value) in sums.iter_mut().zip([at.x, at.y, at.z]) {
            *sum += (f64::from(value) * 100.0).round() as i64;
        }
    }
    let mean = |sum: i64| (sum as f64 / spawns.len().max(1) as f64 / 100.0) as f32;
    WorldPoint::new(mean(sums[0]), mean(sums[1]), mean(sums[2]))
}

enum WayOut {
    Left { points: Vec<WorldPoint>, wait_ms: i64, exit_ms: i64 },
    Stayed,
    Unknown,
}

/// Follows a life from its first movement until it crosses the ring around its own spawn. Both moments are taken on
/// the way between samples, so they do not depend on the sampling interval.
fn way_out(life: &Life<'_>, options: &ExitOptions) -> WayOut {
    let spawn = life.samples()[0];
    let mut points = vec![spawn.at];
    let mut moved_ms: Option<f64> = None;
    for step in life.steps() {
        let (near, far) = (spawn.at.distance_2d(step.from.at), spawn.at.distance_2d(step.to.at));
        if matches!(step.kind, StepKind::Break(_))
            && (near > options.first_move_units || far > options.first_move_units)
        {
            return WayOut::Unknown;
        }
        let begin = step.from.time.since(spawn.time) as f64;
        let moment = |radius: f64| {
            let share = crossing(spawn.at, step.from.at, step.to.at, radius);
            (begin + share * step.dt_ms as f64, share)
        };
        if moved_ms.is_none() && far > options.first_move_units {
            moved_ms = Some(moment(options.first_move_units).0);
        }
        let Some(moved_ms) = moved_ms else { continue };
        if far >= options.ring_units {
            let (out_ms, share) = moment(options.ring_units);
            let exit_ms = (out_ms - moved_ms).round() as i64;
            if exit_ms > options.longest_ms {
                return WayOut::Stayed;
            }
            points.push(step.from.at.lerp(step.to.at, share as f32));
            return WayOut::Left { points, wait_ms: moved_ms.round() as i64, exit_ms };
        }
        if begin + step.dt_ms as f64 - moved_ms > options.longest_ms as f64 {
            return WayOut::Stayed;
        }
        points.push(step.to.at);
    }
    WayOut::Stayed
}

/// The share of the way from `from` (inside) to `to` (outside) at which it crosses a circle, 0 … 1.
fn crossing(center: WorldPoint, from: WorldPoint, to: WorldPoint, radius: f64) -> f64 {
    let (c, p, q) = (flat(center), flat(from), flat(to));
    let (px, py, dx, dy) = (p[0] - c[0], p[1] - c[1], q[0] - p[0], q[1] - p[1]);
    let (a, b, rest) = (dx * dx + dy * dy, px * dx + py * dy, px * px + py * py - radius * radius);
    if a <= 0.0 {
        return 0.0;
    }
    ((-b + (b * b - a * rest).max(0.0).sqrt()) / a).clamp(0.0, 1.0)
}

fn lanes(ways: &[Way], options: &ExitOptions) -> Vec<Lane> {
    let shapes: Vec<Vec<WayPoint>> = ways
        .iter()
        .map(|way| {
            let points: Vec<WayPoint> = way.points.iter().map(|&p| flat(p)).collect();
            resample(&points, options.points)
        })
        .collect();
    let cut = options.cut_share * options.ring_units;
    // Evenly chosen from the sorted ways when there are too many to compare all with all.
    let compared = ways.len().min(options.most.max(1));
    let chosen: Vec<usize> = (0..compared).map(|i| i * ways.len() / compared).collect();
    let mut row = Vec::new();
    let mut apart = |i: usize, j: usize| discrete_frechet_in(&shapes[i], &shapes[j], &mut row);
    let distances = PairDistances::new(compared, |i, j| apart(chosen[i], chosen[j]));
    let mut groups: Vec<(usize, Vec<usize>)> = average_linkage(&distances, cut)
        .into_iter()
        .filter_map(|members| {
            let medoid = medoid(&distances, &members)?;
            Some((chosen[medoid], members.into_iter().map(|m| chosen[m]).collect()))
        })
        .collect();
    let known = groups.len();
    for i in (0..ways.len()).filter(|i| chosen.binary_search(i).is_err()) {
        let nearest = (0..known).map(|g| (apart(i, groups[g].0), g)).min_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((d, g)) if d <= cut => groups[g].1.push(i),
            _ => groups.push((i, vec![i])),
        }
    }
    let mut lanes: Vec<Lane> = groups
        .into_iter()
        .map(|(medoid, mut members)| {
            members.sort_unstable();
            let mut times: Vec<i64> = members.iter().map(|&m| ways[m].exit_ms).collect();
            times.sort_unstable();
            let points = &ways[medoid].points;
            let (first, last) = (flat(points[0]), flat(points[points.len() - 1]));
            Lane {
                share: members.len() as f64 / ways.len() as f64,
                median_exit_ms: times[(times.len() - 1) / 2],
                direction: Compass::of(last[0] - first[0], last[1] - first[1]),
                medoid,
                ways: members,
            }
        })
        .collect();
    lanes.sort_by(|a, b| b.ways.len().cmp(&a.ways.len()).then(a.ways.cmp(&b.ways)));
    lanes
}

fn flat(point: WorldPoint) -> WayPoint {
    [point.x.into(), point.y.into()]
}
