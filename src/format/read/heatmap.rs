//! Rows of `KILL_HEATMAP` and `MOVEMENT_HEATMAP`: one cell each.

use crate::format::read::lines::Line;
use crate::format::read::value::fault::Fault;
use crate::format::table::Columns;
use crate::model::{KillCell, MovementCell};

pub(crate) fn read_kills<'a>(line: Line<'a>, columns: &Columns) -> Result<KillCell, Fault<'a>> {
    let [x, y, axis, allies] = columns.split(line)?;
    Ok(KillCell {
        x: x.whole("grid_x")?,
        y: y.whole("grid_y")?,
        axis_kills: axis.whole("axis_kills")?,
        allies_kills: allies.whole("allies_kills")?,
    })
}

pub(crate) fn read_movement<'a>(line: Line<'a>, columns: &Columns) -> Result<MovementCell, Fault<'a>> {
    let [x, y, traversal, combat, escape] = columns.split(line)?;
    Ok(MovementCell {
        x: x.whole("grid_x")?,
        y: y.whole("grid_y")?,
        traversal: traversal.whole("traversal")?,
        combat: combat.whole("combat")?,
        escape: escape.whole("escape")?,
    })
}
