//! Rows of `CONSTRUCTION_EVENTS`, `CARRIER_EVENTS` and `CARRIER_RETURNS`. A row that was read stays in the file's text, because the
//! model holds only part of it.

use crate::format::read::lines::Line;
use crate::format::read::value::fault::{Fault, Faults};
use crate::format::read::value::field::{Field, point};
use crate::format::table::Columns;
use crate::geom::WorldPoint;
use crate::model::{ObjectiveDeed, ObjectiveEvent, Team};

/// The most events of one round: a store keeps them in its header.
pub(crate) const MOST: usize = 10_000;
/// Letters of the longest word.
const LONGEST_WORD: usize = 64;

pub(crate) fn construction<'a>(
    line: Line<'a>,
    columns: &Columns,
    faults: &mut Faults,
) -> Result<ObjectiveEvent, Fault<'a>> {
    let [time, kind, _, _, team, objective, x, y, z] = columns.split(line)?;
    Ok(ObjectiveEvent {
        time: time.time("event_time")?,
        team: Team::from(&*word(&team.text("player_team", line.number, faults))),
        deed: ObjectiveDeed::Work(word(&kind.text("event_type", line.number, faults))),
        objective: word(&objective.text("track_name", line.number, faults)),
        at: place([(x, "player_x"), (y, "player_y"), (z, "player_z")])?,
    })
}

pub(crate) fn carried<'a>(
    line: Line<'a>,
    columns: &Columns,
    faults: &mut Faults,
) -> Result<ObjectiveEvent, Fault<'a>> {
    let [_, _, team, objective, from, until, _, outcome, _, _, _, _, x, y, z, _, _, _, _, _] =
        columns.split(line)?;
    Ok(ObjectiveEvent {
        time: from.time("pickup_time")?,
        team: Team::from(&*word(&team.text("carrier_team", line.number, faults))),
        deed: ObjectiveDeed::Carry {
            until: until.optional_time("drop_time")?,
            outcome: word(&outcome.text("outcome", line.number, faults)),
        },
        objective: word(&objective.text("flag_team", line.number, faults)),
        at: place([(x, "pickup_x"), (y, "pickup_y"), (z, "pickup_z")])?,
    })
}

pub(crate) fn returned<'a>(
    line: Line<'a>,
    columns: &Columns,
    faults: &mut Faults,
) -> Result<ObjectiveEvent, Fault<'a>> {
    let [time, _, _, team, objective, _, _, _, x, y, z] = columns.split(line)?;
    Ok(ObjectiveEvent {
        time: time.time("return_time")?,
        team: Team::from(&*word(&team.text("returner_team", line.number, faults))),
        deed: ObjectiveDeed::Return,
        objective: word(&objective.text("flag_team", line.number, faults)),
        at: place([(x, "drop_x"), (y, "drop_y"), (z, "drop_z")])?,
    })
}

/// A tracker's word, as much of it as can be shown; the file's text keeps all of it.
fn word(text: &str) -> Box<str> {
    text.chars().take(LONGEST_WORD).collect::<String>().into()
}

/// A place, or nothing where the tracker did not know it.
fn place<'a>(fields: [(Field<'a>, &'static str); 3]) -> Result<Option<WorldPoint>, Fault<'a>> {
    let known = fields.iter().any(|(field, _)| !field.bytes.is_empty());
    known.then(|| point(fields)).transpose()
}
