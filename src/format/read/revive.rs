//! A row of `REVIVES`. A row that was read stays in the file's text, because the model holds only part of it.

use crate::format::read::lines::Line;
use crate::format::read::value::fault::{Fault, Faults};
use crate::format::read::value::field::point;
use crate::format::table::Columns;
use crate::model::{Guid, PlayerName, Revive};

pub(crate) fn read<'a>(line: Line<'a>, columns: &Columns, faults: &mut Faults) -> Result<Revive, Fault<'a>> {
    let [time, medic_guid, _, guid, name, x, y, z, _, _, _] = columns.split(line)?;
    Ok(Revive {
        time: time.time("time")?,
        at: point([(x, "x"), (y, "y"), (z, "z")])?,
        guid: Guid::new(guid.text("revived_guid", line.number, faults)),
        name: PlayerName(name.text("revived_name", line.number, faults).into()),
        medic_guid: Guid::new(medic_guid.text("medic_guid", line.number, faults)),
    })
}
