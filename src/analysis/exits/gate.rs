//! Gates: the places on an area's ring where its exit paths cross it.

use super::compass::Compass;
use super::exit_path::{ExitPath, flat};
use super::frechet::{PlanePoint, discrete_frechet_in, distance, resample};
use super::lane::{Lane, lanes};
use super::options::ExitOptions;
use crate::geom::WorldPoint;

/// A place on the ring where exit paths cross it.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// Indices into the area's exit paths, ascending.
    pub paths: Vec<usize>,
    /// Where its most usual lane crosses the ring.
    pub at: WorldPoint,
    /// Where that is, seen from the ring's middle.
    pub direction: Compass,
    /// Share of the area's exits, 0 … 1.
    pub share: f64,
    /// Median time from the first movement to the ring, ms (the lower one of two).
    pub median_exit_ms: i64,
    /// The time that a tenth of its exits take at most, ms.
    pub fastest_tenth_ms: i64,
    /// The clearly different lanes that lead here, largest first, never empty. Their shares add up to the gate's.
    pub lanes: Vec<Lane>,
}

/// A gate's members as they lie on the ring, from `from` to `to` (radians, anticlockwise).
struct Arc<'p> {
    /// Angle and path, in the order of the angle.
    members: &'p [(f64, usize)],
}

impl Arc<'_> {
    fn span(&self) -> f64 {
        match (self.members.first(), self.members.last()) {
            (Some(first), Some(last)) => last.0 - first.0,
            _ => 0.0,
        }
    }

    /// Where to part it: between the neighbours about whom fewest others cross, as near to its middle as can be.
    fn thinnest(&self, reach: f64) -> usize {
        let middle = f64::midpoint(self.members[0].0, self.members[self.members.len() - 1].0);
        let crowd = |i: usize| {
            let at = f64::midpoint(self.members[i - 1].0, self.members[i].0);
            let below = self.members.partition_point(|(angle, _)| *angle < at - reach);
            let above = self.members.partition_point(|(angle, _)| *angle <= at + reach);
            (above - below, (at - middle).abs())
        };
        let cuts = (1..self.members.len()).min_by(|&a, &b| {
            let (a, b) = (crowd(a), crowd(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        cuts.unwrap_or(0)
    }
}

/// The gates of a ring round `middle` that `paths` cross, largest first: crossings no farther apart along the ring than
/// [`ExitOptions::gate_gap_degrees`] or [`ExitOptions::gate_gap_units`] join; what is wider than
/// [`ExitOptions::widest_gate_degrees`] is parted where fewest cross, as far as the parts' heads keep that distance.
pub(crate) fn gates(
    paths: &[ExitPath],
    middle: WorldPoint,
    ring_units: f64,
    options: &ExitOptions,
) -> Vec<Gate> {
    let center = flat(middle);
    let angle = |path: &ExitPath| {
        let end = flat(path.points[path.points.len() - 1]);
        libm::atan2(end[1] - center[1], end[0] - center[0])
    };
    let mut ring: Vec<(f64, usize)> = paths.iter().enumerate().map(|(i, path)| (angle(path), i)).collect();
    ring.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let reach = options.gate_gap_degrees.to_radians().max(options.gate_gap_units / ring_units.max(1.0));
    from_widest_gap(&mut ring);
    let mut parts: Vec<Vec<(f64, usize)>> = Vec::new();
    let mut open: Vec<&[(f64, usize)]> = ring.chunk_by(|a, b| b.0 - a.0 <= reach).rev().collect();
    while let Some(members) = open.pop() {
        let arc = Arc { members };
        if members.len() > 1 && arc.span() > options.widest_gate_degrees.to_radians() {
            let (left, right) = members.split_at(arc.thinnest(reach / 2.0).max(1));
            open.extend([right, left]);
        } else {
            parts.push(members.to_vec());
        }
    }
    let mut gates: Vec<(f64, Gate)> =
        parts.iter().map(|part| (0.0, gate(part, paths, center, ring_units, options))).collect();
    for (angle_of_head, gate) in &mut gates {
        let at = flat(gate.at);
        *angle_of_head = libm::atan2(at[1] - center[1], at[0] - center[0]);
    }
    // Heads too close to be told apart are one gate after all.
    while let Some(i) = (0..gates.len()).find(|&i| {
        let j = (i + 1) % gates.len();
        i != j && turn(gates[i].0, gates[j].0) < reach
    }) {
        let j = (i + 1) % parts.len();
        let other = parts[j].clone();
        parts[i].extend(other);
        let joined = gate(&parts[i], paths, center, ring_units, options);
        let at = flat(joined.at);
        gates[i] = (libm::atan2(at[1] - center[1], at[0] - center[0]), joined);
        parts.remove(j);
        gates.remove(j);
    }
    let mut gates: Vec<Gate> = gates.into_iter().map(|(_, gate)| gate).collect();
    gates.sort_by(|a, b| b.paths.len().cmp(&a.paths.len()).then(a.paths.cmp(&b.paths)));
    gates
}

/// Turns a ring's crossings so that they begin after the widest gap; angles then only rise.
fn from_widest_gap(ring: &mut [(f64, usize)]) {
    const TURN: f64 = std::f64::consts::TAU;
    let gap = |i: usize| {
        let before = if i == 0 { ring[ring.len() - 1].0 - TURN } else { ring[i - 1].0 };
        ring[i].0 - before
    };
    let widest = (0..ring.len()).max_by(|&a, &b| gap(a).total_cmp(&gap(b)).then(b.cmp(&a)));
    let Some(first) = widest else { return };
    for crossing in &mut ring[..first] {
        crossing.0 += TURN;
    }
    ring.rotate_left(first);
}

/// The angle between two directions, 0 … π.
fn turn(a: f64, b: f64) -> f64 {
    let apart = (a - b).abs() % std::f64::consts::TAU;
    apart.min(std::f64::consts::TAU - apart)
}

fn gate(
    members: &[(f64, usize)],
    paths: &[ExitPath],
    center: PlanePoint,
    ring_units: f64,
    options: &ExitOptions,
) -> Gate {
    let mut members: Vec<usize> = members.iter().map(|(_, path)| *path).collect();
    members.sort_unstable();
    let lanes = main_lanes(&members, paths, options.cut_share * ring_units, options);
    let at = lanes.first().map_or(members[0], |lane| lane.medoid);
    let at = paths[at].points[paths[at].points.len() - 1];
    let mut times: Vec<i64> = members.iter().map(|&path| paths[path].exit_ms).collect();
    times.sort_unstable();
    Gate {
        at,
        direction: Compass::of(f64::from(at.x) - center[0], f64::from(at.y) - center[1]),
        share: members.len() as f64 / paths.len() as f64,
        median_exit_ms: times[(times.len() - 1) / 2],
        fastest_tenth_ms: times[(times.len() - 1) / 10],
        lanes,
        paths: members,
    }
}

/// The lanes of a gate's members that hold enough of them; those of smaller lanes go with the lane that is nearest.
fn main_lanes(members: &[usize], paths: &[ExitPath], cut_units: f64, options: &ExitOptions) -> Vec<Lane> {
    let shape = |path: usize| {
        let points: Vec<PlanePoint> = paths[path].points.iter().map(|&point| flat(point)).collect();
        resample(&points, options.points)
    };
    let shapes: Vec<Vec<PlanePoint>> = members.iter().map(|&path| shape(path)).collect();
    let mut found = lanes(&shapes, cut_units, options);
    let least = options.least_lane_share * members.len() as f64;
    let kept = found.iter().take_while(|lane| lane.paths.len() as f64 >= least).count().max(1);
    let small: Vec<usize> =
        found.split_off(kept.min(found.len())).into_iter().flat_map(|l| l.paths).collect();
    let mut row = Vec::new();
    for path in small {
        let apart: Vec<f64> = found
            .iter()
            .map(|lane| discrete_frechet_in(&shapes[path], &shapes[lane.medoid], &mut row))
            .collect();
        if let Some(nearest) = (0..found.len()).min_by(|&a, &b| apart[a].total_cmp(&apart[b])) {
            found[nearest].paths.push(path);
        }
    }
    // The lanes of a gate end in one head, so a further lane is shown by the member that ends nearest to it.
    let end = |path: usize| shapes[path][shapes[path].len() - 1];
    let head = found.first().map(|lane| end(lane.medoid));
    for lane in found.iter_mut().skip(1) {
        let cost = |&path: &usize, row: &mut Vec<f64>| {
            let from_head = head.map_or(0.0, |head| distance(end(path), head));
            from_head + discrete_frechet_in(&shapes[path], &shapes[lane.medoid], row)
        };
        let costs: Vec<f64> = lane.paths.iter().map(|path| cost(path, &mut row)).collect();
        if let Some(best) = (0..costs.len()).min_by(|&a, &b| costs[a].total_cmp(&costs[b])) {
            lane.medoid = lane.paths[best];
        }
    }
    for lane in &mut found {
        lane.paths = lane.paths.iter().map(|&path| members[path]).collect();
        lane.paths.sort_unstable();
        lane.medoid = members[lane.medoid];
        lane.share = lane.paths.len() as f64 / paths.len() as f64;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Straight exit paths that cross a ring of 1300 u at these angles.
    fn straight(degrees: &[f64]) -> Vec<ExitPath> {
        let path = |(i, degrees): (usize, &f64)| {
            let (sin, cos) = libm::sincos(degrees.to_radians());
            let at = |r: f64| WorldPoint::new((r * cos) as f32, (r * sin) as f32, 0.0);
            ExitPath { life: i, points: vec![at(0.0), at(650.0), at(1_300.0)], wait_ms: 0, exit_ms: i as i64 }
        };
        degrees.iter().enumerate().map(path).collect()
    }

    fn sizes(degrees: &[f64]) -> Vec<usize> {
        let middle = WorldPoint::new(0.0, 0.0, 0.0);
        let found = gates(&straight(degrees), middle, 1_300.0, &ExitOptions::default());
        assert_eq!(found.iter().map(|gate| gate.paths.len()).sum::<usize>(), degrees.len());
        for gate in &found {
            let lanes: f64 = gate.lanes.iter().map(|lane| lane.share).sum();
            assert!((lanes - gate.share).abs() < 1e-12, "the lanes' shares are the gate's");
        }
        found.iter().map(|gate| gate.paths.len()).collect()
    }

    #[test]
    fn gaps_along_the_ring_part_gates() {
        assert_eq!(sizes(&[0.0, 14.0, 28.0, 44.0, 50.0]), [3, 2]);
        assert_eq!(sizes(&[170.0, -176.0, 178.0, 0.0]), [3, 1], "the ring has no seam");
        assert_eq!(sizes(&[]), [] as [usize; 0]);
    }

    #[test]
    fn a_wide_front_is_parted_where_fewest_cross() {
        let mut crossings: Vec<f64> = (0..40).map(|i| f64::from(i) * 0.5).collect();
        crossings.extend((0..20).map(|i| 80.0 + f64::from(i) * 0.5));
        crossings.extend([33.0, 46.0, 58.0, 70.0]);
        let found = sizes(&crossings);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0] >= 40 && found[1] >= 20, "{found:?}");
    }

    #[test]
    fn crossings_all_round_are_gates_that_can_be_told_apart() {
        let all_round: Vec<f64> = (0..360).map(f64::from).collect();
        let found = sizes(&all_round);
        assert!(found.len() > 4 && found.len() <= 24, "{found:?}");
    }
}
