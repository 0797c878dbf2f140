//! The file's own heatmaps: kills, and movement.

use std::collections::BTreeMap;

use super::timeline::Timeline;
use super::{Tracker, point};
use crate::geom::WorldPoint;
use crate::map::Side;
use crate::model::{Engagement, EngagementEvent, Event, HEAT_CELL_UNITS, KillCell, MovementCell, Track};
use crate::sim::truth::RoundTruth;

/// Where victims died, counted for the killer's side. To the original a self kill is one, too.
pub(crate) fn kills(truth: &RoundTruth, timeline: &Timeline, tracker: Tracker) -> Vec<KillCell> {
    let mut cells: BTreeMap<(i32, i32), [i64; 2]> = BTreeMap::new();
    for death in &truth.deaths {
        let Some(frame) = timeline.frame(death.victim, death.time_ms) else { continue };
        if death.killer != death.victim || tracker != Tracker::Own {
            let axis = truth.players[death.killer].crew.side(truth.number) == Side::Axis;
            cells.entry(cell(point(frame.at))).or_default()[usize::from(!axis)] += 1;
        }
    }
    let row = |((x, y), [axis_kills, allies_kills]): ((i32, i32), [i64; 2])| KillCell {
        x,
        y,
        axis_kills,
        allies_kills,
    };
    cells.into_iter().map(row).collect()
}

/// Grid samples of the lives, hits, and escapes.
pub(crate) fn movements(
    truth: &RoundTruth,
    timeline: &Timeline,
    tracks: &[Track],
    engagements: &[Engagement],
) -> Vec<MovementCell> {
    let mut cells: BTreeMap<(i32, i32), [i64; 3]> = BTreeMap::new();
    let mut count = |at: WorldPoint, column: usize| cells.entry(cell(at)).or_default()[column] += 1;
    for sample in
        tracks.iter().flat_map(|track| &track.samples).filter(|sample| sample.event == Event::Sample)
    {
        count(sample.at, 0);
    }
    for hit in &truth.hits {
        if let Some(frame) = timeline.frame(hit.target, hit.time_ms) {
            count(point(frame.at), 1);
        }
    }
    for end in engagements.iter().filter_map(|engagement| engagement.positions.last()) {
        if end.event == EngagementEvent::Escape {
            count(end.at, 2);
        }
    }
    let row = |((x, y), [traversal, combat, escape]): ((i32, i32), [i64; 3])| MovementCell {
        x,
        y,
        traversal,
        combat,
        escape,
    };
    cells.into_iter().map(row).collect()
}

fn cell(at: WorldPoint) -> (i32, i32) {
    let index = |value: f32| (f64::from(value) / f64::from(HEAT_CELL_UNITS)).floor() as i32;
    (index(at.x), index(at.y))
}
