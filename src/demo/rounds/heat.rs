//! The round's own heatmaps, counted as the tracker counts them.

use std::collections::BTreeMap;

use super::kill::Kill;
use crate::geom::WorldPoint;
use crate::model::{DeathType, Event, HEAT_CELL_UNITS, KillCell, MovementCell, Team, Track};

/// The cell of a place, rounded to a tenth as files have it.
fn cell(at: WorldPoint) -> (i32, i32) {
    let index = |c: f32| (f64::from(c) * 10.0 + 0.5).floor() / 10.0 / f64::from(HEAT_CELL_UNITS);
    (index(at.x).floor() as i32, index(at.y).floor() as i32)
}

/// Where victims died, counted for the killer's side.
pub(super) fn kill_cells(kills: &[Kill]) -> Vec<KillCell> {
    let mut cells: BTreeMap<(i32, i32), (i64, i64)> = BTreeMap::new();
    for kill in kills.iter().filter(|kill| kill.kind == DeathType::Killed) {
        let side = kill.killer.as_ref().and_then(|killer| killer.team.as_ref());
        if let (Some(at), Some(side)) = (kill.victim.at, side) {
            let counts = cells.entry(cell(at)).or_default();
            match side {
                Team::Axis => counts.0 += 1,
                _ => counts.1 += 1,
            }
        }
    }
    let cell = |((x, y), (axis_kills, allies_kills))| KillCell { x, y, axis_kills, allies_kills };
    cells.into_iter().map(cell).collect()
}

/// Samples, hits and escapes.
pub(super) fn movement_cells(
    tracks: &[Track],
    hits: &[WorldPoint],
    escapes: &[WorldPoint],
) -> Vec<MovementCell> {
    let mut cells: BTreeMap<(i32, i32), [i64; 3]> = BTreeMap::new();
    let samples = tracks.iter().flat_map(|track| &track.samples).filter(|s| s.event == Event::Sample);
    let places = samples.map(|sample| (sample.at, 0));
    let others = hits.iter().map(|at| (*at, 1)).chain(escapes.iter().map(|at| (*at, 2)));
    for (at, column) in places.chain(others) {
        cells.entry(cell(at)).or_default()[column] += 1;
    }
    let cells = cells.into_iter();
    cells
        .map(|((x, y), [traversal, combat, escape])| MovementCell { x, y, traversal, combat, escape })
        .collect()
}
