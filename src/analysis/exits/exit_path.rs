//! One life's path out of its spawn.

use super::frechet::PlanePoint;
use super::options::ExitOptions;
use crate::analysis::life::cleaned::{Life, StepKind};
use crate::geom::WorldPoint;

/// One life's path from its spawn to the ring.
#[derive(Debug, Clone, PartialEq)]
pub struct ExitPath {
    /// Index into the lives given.
    pub life: usize,
    /// Its real points: the spawn, samples, and the point on the ring.
    pub points: Vec<WorldPoint>,
    /// From the spawn to the first movement, ms.
    pub wait_ms: i64,
    /// From the first movement to the ring, ms.
    pub exit_ms: i64,
}

/// How a life left its spawn.
pub(crate) enum WayOut {
    Left {
        points: Vec<WorldPoint>,
        wait_ms: i64,
        exit_ms: i64,
    },
    /// It left, but took longer than [`ExitOptions::longest_ms`].
    LeftLate,
    NeverLeft,
    NeverMoved,
    Unknown,
}

/// Follows a life from its first movement until it crosses the ring around `middle`, inside which it began. Both moments
/// are taken on the path between samples, so they do not depend on the sampling interval.
pub(crate) fn way_out(life: &Life<'_>, middle: WorldPoint, ring_units: f64, options: &ExitOptions) -> WayOut {
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
        let moment = |center: WorldPoint, radius: f64| {
            let share = crossing(center, step.from.at, step.to.at, radius);
            (begin + share * step.dt_ms as f64, share)
        };
        if moved_ms.is_none() && far > options.first_move_units {
            moved_ms = Some(moment(spawn.at, options.first_move_units).0);
        }
        let Some(moved_ms) = moved_ms else { continue };
        if middle.distance_2d(step.to.at) >= ring_units {
            let (out_ms, share) = moment(middle, ring_units);
            let exit_ms = (out_ms - moved_ms).round() as i64;
            if exit_ms > options.longest_ms {
                return WayOut::LeftLate;
            }
            points.push(step.from.at.lerp(step.to.at, share as f32));
            return WayOut::Left { points, wait_ms: moved_ms.round() as i64, exit_ms };
        }
        if begin + step.dt_ms as f64 - moved_ms > options.longest_ms as f64 {
            let later = &life.samples()[step.index + 1..];
            let leaves = later.iter().any(|sample| middle.distance_2d(sample.at) >= ring_units);
            return if leaves { WayOut::LeftLate } else { WayOut::NeverLeft };
        }
        points.push(step.to.at);
    }
    if moved_ms.is_some() { WayOut::NeverLeft } else { WayOut::NeverMoved }
}

/// The share of the distance from `from` (inside) to `to` (outside) at which it crosses a circle, 0 … 1.
fn crossing(center: WorldPoint, from: WorldPoint, to: WorldPoint, radius: f64) -> f64 {
    let (c, p, q) = (flat(center), flat(from), flat(to));
    let (px, py, dx, dy) = (p[0] - c[0], p[1] - c[1], q[0] - p[0], q[1] - p[1]);
    let (a, b, rest) = (dx * dx + dy * dy, px * dx + py * dy, px * px + py * py - radius * radius);
    if a <= 0.0 {
        return 0.0;
    }
    ((-b + (b * b - a * rest).max(0.0).sqrt()) / a).clamp(0.0, 1.0)
}

/// The point seen from above.
pub(crate) fn flat(point: WorldPoint) -> PlanePoint {
    [point.x.into(), point.y.into()]
}
