//! A row of `REVIVES`. The row itself stays in the file's text, because the model holds only part of it.

use super::fault::{Fault, Faults};
use super::field::point;
use super::lines::Line;
use super::table::Columns;
use crate::model::{Guid, PlayerName, Revive};

pub(super) fn read<'a>(line: Line<'a>, columns: &Columns, faults: &mut Faults) -> Result<Revive, Fault<'a>> {
    let [time, medic_guid, medic_name, guid, name, x, y, z, distance, enemy, under_fire] =
        columns.split(line)?;
    Ok(Revive {
        time: time.time("time")?,
        at: point([(x, "x"), (y, "y"), (z, "z")])?,
        guid: Guid(guid.text("revived_guid", line.number, faults).into()),
        name: PlayerName(name.text("revived_name", line.number, faults).into()),
        medic_guid: Guid(medic_guid.text("medic_guid", line.number, faults).into()),
        medic_name: PlayerName(medic_name.text("medic_name", line.number, faults).into()),
        nearest_enemy: Guid(enemy.text("nearest_enemy_guid", line.number, faults).into()),
        // What stands beside the revive itself is no reason to lose it.
        enemy_distance_units: distance.number("distance_to_enemy").unwrap_or(0.0),
        under_fire: under_fire.flag("under_fire").unwrap_or(false),
    })
}
