//! Spawn areas as pictures and tables show them: named, with the gates that matter and the rest counted.

use super::trails::Trails;
use crate::analysis::{Compass, ExitOptions, Gate, Life, SpawnArea, spawn_exits};
use crate::figure::words::filter_words;
use crate::figure::words::number::{self, UNIT_GAP};
use crate::geom::WorldPoint;
use crate::map::{LabelKind, Side, WorldMap};
use crate::model::Team;

/// Gates with less of an area's exits are counted, not shown.
const LEAST_SHARE: f64 = 0.05;
/// An area shows at most so many gates.
const MOST_GATES: usize = 7;
/// A label farther away than this names neither an area nor what lies behind a gate, units.
const NAME_REACH_UNITS: f64 = 900.0;

/// A spawn area, and how players left it.
#[derive(Debug, Clone)]
pub struct ExitArea {
    /// What it is called: the map's own name for it, else its place on the map. No other area is called the same.
    pub name: String,
    /// Whose it is.
    pub team: Team,
    /// The middle of its ring.
    pub center: WorldPoint,
    /// Radius of the ring round it, units.
    pub ring_units: f64,
    /// Lives that began here.
    pub spawns: u64,
    /// Lives that got out in time.
    pub exits: u64,
    /// Lives that got out after the limit.
    pub left_late: u64,
    /// Lives that never got out.
    pub never_left: u64,
    /// Lives whose exit path is not known.
    pub unknown: u64,
    /// The gates that are shown, largest first. None where there were too few exits to group.
    pub gates: Vec<ExitGate>,
    /// Gates that are not shown, and the exits through them.
    pub other_gates: (u64, u64),
    /// Every exit path.
    pub(super) trails: Trails,
}

/// A gate of a spawn area's ring.
#[derive(Debug, Clone)]
pub struct ExitGate {
    /// The letter that ties picture and table together.
    pub letter: char,
    /// Exits through it.
    pub exits: u64,
    /// Share of the area's exits, 0 … 1.
    pub share: f64,
    /// Median time from the first movement to the ring, ms.
    pub median_ms: i64,
    /// The time that a tenth of the exits take at most, ms.
    pub fastest_tenth_ms: i64,
    /// Where it lies, seen from the spawns.
    pub direction: Compass,
    /// The named place outside it, if the map has one.
    pub place: Option<String>,
    /// Where its head stands on the ring.
    pub at: WorldPoint,
    /// Its lanes: a real path and a share of the area's exits each.
    pub(super) lanes: Vec<(Vec<WorldPoint>, f64)>,
}

/// The spawn areas of these lives, by side and number of spawns, with letters for their gates.
pub fn areas(lives: &[&Life<'_>], options: &ExitOptions, map: &WorldMap) -> Vec<ExitArea> {
    let each = |found: &SpawnArea| Trails::of(&found.paths, found.center, found.ring_units);
    let found = spawn_exits(lives, options);
    named(found.iter().map(|found| ExitArea::of(found, each(found), map)).collect(), map)
}

/// Gives areas their names, and their gates letters.
pub(super) fn named(mut areas: Vec<ExitArea>, map: &WorldMap) -> Vec<ExitArea> {
    let names = area_names(areas.iter().map(|area| (&area.team, area.center)), map);
    for (area, name) in areas.iter_mut().zip(names) {
        area.name = name;
    }
    letter(&mut areas);
    areas
}

/// What areas are called, each differently: by side, where a side has two of a name with a number.
pub(crate) fn area_names<'t>(
    areas: impl Iterator<Item = (&'t Team, WorldPoint)>,
    map: &WorldMap,
) -> Vec<String> {
    let names: Vec<String> = areas.map(|(team, center)| area_name(team, center, map)).collect();
    let same = |names: &[String], name: &String| names.iter().filter(|other| *other == name).count();
    let numbered = |(i, name): (usize, &String)| match same(&names, name) {
        1 => name.clone(),
        _ => format!("{name} {}", same(&names[..=i], name)),
    };
    names.iter().enumerate().map(numbered).collect()
}

/// Hands out the letters, in the order of the areas.
pub(super) fn letter(areas: &mut [ExitArea]) {
    let mut letters = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(std::iter::repeat('+'));
    for gate in areas.iter_mut().flat_map(|area| &mut area.gates) {
        gate.letter = letters.next().unwrap_or('+');
    }
}

impl ExitArea {
    /// An area with its exit paths.
    pub(super) fn of(area: &SpawnArea, trails: Trails, map: &WorldMap) -> Self {
        let enough = |gate: &&Gate| gate.share >= LEAST_SHARE;
        let shown = area.gates.iter().take_while(enough).count().min(MOST_GATES);
        let (gates, small) = area.gates.split_at(shown);
        let mut shown: Vec<ExitGate> = gates.iter().map(|gate| ExitGate::of(gate, area)).collect();
        name_places(&mut shown, area, map);
        Self {
            name: area_name(&area.team, area.center, map),
            team: area.team.clone(),
            center: area.center,
            ring_units: area.ring_units,
            spawns: area.spawns.len() as u64,
            exits: area.paths.len() as u64,
            left_late: area.left_late as u64,
            never_left: area.never_left as u64,
            unknown: area.unknown as u64,
            gates: shown,
            other_gates: (small.len() as u64, small.iter().map(|gate| gate.paths.len() as u64).sum()),
            trails,
        }
    }

    /// Shares of the area's exits in words, of the gates shown and of all others together: 100 % in all.
    pub(super) fn percents(&self) -> Vec<String> {
        let mut exits: Vec<u64> = self.gates.iter().map(|gate| gate.exits).collect();
        exits.push(self.other_gates.1);
        number::percents(&exits).into_iter().map(|percent| format!("{percent}{UNIT_GAP}%")).collect()
    }

    /// Shows its smallest gate no more: its exits count among the others.
    pub(super) fn leave_out_smallest(&mut self) {
        if let Some(gate) = self.gates.pop() {
            self.other_gates.0 += 1;
            self.other_gates.1 += gate.exits;
        }
    }
}

impl ExitGate {
    fn of(gate: &Gate, area: &SpawnArea) -> Self {
        Self {
            letter: '+',
            exits: gate.paths.len() as u64,
            share: gate.share,
            median_ms: gate.median_exit_ms,
            fastest_tenth_ms: gate.fastest_tenth_ms,
            direction: gate.direction,
            place: None,
            at: gate.at,
            lanes: gate
                .lanes
                .iter()
                .map(|lane| (area.paths[lane.medoid].points.clone(), lane.share))
                .collect(),
        }
    }
}

/// Names the places that lie behind the gates: outside the ring, each for the gate that is nearest to it.
fn name_places(gates: &mut [ExitGate], area: &SpawnArea, map: &WorldMap) {
    let named = |kind: LabelKind| !matches!(kind, LabelKind::Cabinet | LabelKind::CommandPost);
    let outside = |at: WorldPoint| at.distance_2d(area.center) > 0.9 * area.ring_units;
    let mut nearest: Vec<f64> = vec![NAME_REACH_UNITS; gates.len()];
    for label in map.labels.iter().filter(|label| named(label.kind) && outside(label.at)) {
        let apart = |gate: &ExitGate| label.at.distance_2d(gate.at);
        let gate = (0..gates.len()).min_by(|&a, &b| apart(&gates[a]).total_cmp(&apart(&gates[b])));
        if let Some(gate) = gate.filter(|&gate| apart(&gates[gate]) < nearest[gate]) {
            nearest[gate] = apart(&gates[gate]);
            gates[gate].place = Some(label.text.clone());
        }
    }
}

/// What an area is called: its side, and the map's own name for it or its place on the map.
pub(crate) fn area_name(team: &Team, center: WorldPoint, map: &WorldMap) -> String {
    let side = match team {
        Team::Axis => Some(Side::Axis),
        Team::Allies => Some(Side::Allies),
        Team::Other(_) => None,
    };
    let labelled = map
        .labels
        .iter()
        .filter(|label| label.kind == LabelKind::SpawnArea && (label.side.is_none() || label.side == side))
        .map(|label| (label.at.distance_2d(center), label.text.as_str()));
    let named = map
        .spawns
        .iter()
        .filter(|spot| Some(spot.side) == side)
        .filter_map(|spot| Some((spot.at.distance_2d(center), spot.area.as_deref()?)));
    let nearest = labelled.chain(named).filter(|(distance, _)| *distance < NAME_REACH_UNITS);
    let place = nearest.min_by(|a, b| a.0.total_cmp(&b.0)).map_or_else(
        || {
            let rect = &map.extent.rect;
            let (x, y) =
                (f64::midpoint(rect.min_x(), rect.max_x()), f64::midpoint(rect.min_y(), rect.max_y()));
            let (dx, dy) = (f64::from(center.x) - x, f64::from(center.y) - y);
            Compass::of(dx / rect.width(), dy / rect.height()).label().to_owned()
        },
        |(_, name)| name.to_owned(),
    );
    format!("{} · {place}", filter_words::team(team))
}
