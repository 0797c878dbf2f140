//! By which gates a player leaves the spawns, beside how the whole side leaves them.

use std::collections::BTreeMap;

use crate::analysis::{ExitOptions, Life, PlayerKey, spawn_exits};
use crate::figure::exits::area_names;
use crate::report::model::{MapPart, SessionReport};

/// A gate out of a spawn area.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WayOut {
    /// The spawn area: `Axis · Garage`. No other area of the map is called the same.
    pub area: String,
    /// Where the gate lies, seen from the spawns.
    pub direction: &'static str,
    /// Exits by it, and by all gates of the area.
    pub exits: [u64; 2],
    /// Median time from the first movement to the ring, ms.
    pub median_ms: i64,
    /// Exits of each player by it, and by all gates of the area, by the place in [`SessionReport::people`].
    pub players: BTreeMap<usize, [u64; 2]>,
    /// The player with the shortest time by it, and that time, ms.
    pub first: Option<(usize, i64)>,
}

impl SessionReport<'_> {
    /// The gates of a map by area, those with most exits first.
    pub(crate) fn ways_out(&self, part: &MapPart) -> Vec<WayOut> {
        let places = self.places();
        let lives: Vec<&Life<'_>> =
            part.rounds.iter().flat_map(|round| &self.cleaned[round.index].lives).collect();
        let person = |life: &Life<'_>| {
            let track = life.track();
            places.get(&PlayerKey::of(life.round(), &track.guid, track.name.as_str())).copied()
        };
        let mut found = Vec::new();
        let areas = spawn_exits(&lives, &ExitOptions::default());
        let names =
            area_names(areas.iter().map(|area| (&area.team, area.center)), &self.map_data[part.map].map);
        for (area, name) in areas.into_iter().zip(names) {
            let mut of_area: BTreeMap<usize, u64> = BTreeMap::new();
            for person in area.paths.iter().filter_map(|path| person(lives[path.life])) {
                *of_area.entry(person).or_default() += 1;
            }
            let all: u64 = area.paths.len() as u64;
            for gate in &area.gates {
                let paths = || gate.paths.iter().map(|path| &area.paths[*path]);
                let mut players: BTreeMap<usize, [u64; 2]> = BTreeMap::new();
                for person in paths().filter_map(|path| person(lives[path.life])) {
                    let of_area = of_area.get(&person).copied().unwrap_or_default();
                    players.entry(person).or_insert([0, of_area])[0] += 1;
                }
                let first = paths().filter_map(|path| Some((path.exit_ms, person(lives[path.life])?))).min();
                found.push(WayOut {
                    area: name.clone(),
                    direction: gate.direction.label(),
                    exits: [gate.paths.len() as u64, all],
                    median_ms: gate.median_exit_ms,
                    players,
                    first: first.map(|(ms, person)| (person, ms)),
                });
            }
        }
        found
    }
}
