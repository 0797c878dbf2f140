//! Grids as text, which is how functions in SQL are told of them: `west,south,east,north,columns,rows`.

use crate::analysis::{Cells, HeatGrids};
use crate::figure::heat_grids;
use crate::geom::WorldRect;
use crate::rounds::Maps;

/// Between the two grids of a map's sums.
const AND: char = ';';

/// An extent as text: `west,south,east,north`. Numbers are written so that they come back the same.
pub(in crate::cluster) fn text_of_extent(extent: &WorldRect) -> String {
    format!("{},{},{},{}", extent.min_x(), extent.min_y(), extent.max_x(), extent.max_y())
}

/// The extent that a text tells of.
pub(super) fn extent_of(text: &str) -> Option<WorldRect> {
    let mut words = text.split(',');
    let mut edge = || words.next()?.trim().parse::<f64>().ok();
    let extent = WorldRect::new(edge()?, edge()?, edge()?, edge()?)?;
    words.next().is_none().then_some(extent)
}

/// A grid as text.
fn text_of(cells: &Cells) -> String {
    format!("{},{},{}", text_of_extent(cells.extent()), cells.columns(), cells.rows())
}

/// The grid that a text tells of.
fn cells_of(text: &str) -> Option<Cells> {
    let count = |word: &str| word.trim().parse::<u16>().ok().map(u32::from);
    let (text, rows) = text.rsplit_once(',')?;
    let (extent, columns) = text.rsplit_once(',')?;
    Cells::new(extent_of(extent)?, count(columns)?, count(rows)?)
}

/// The grid that a text tells of: by its edges and cells, or by the name of a map that the program knows; then the one in which
/// heatmaps of the map count time.
pub(super) fn time_cells(text: &str) -> Option<Cells> {
    cells_of(text).or_else(|| {
        let library = Maps::default().library().ok()?;
        Some(heat_grids(&library.find(text).ok()??.extent.rect)?.time)
    })
}

/// Both grids of a map's sums as text.
pub(in crate::cluster) fn text_of_grids(grids: &HeatGrids) -> String {
    format!("{}{AND}{}", text_of(&grids.time), text_of(&grids.ground))
}

/// The grids that a text tells of.
pub(super) fn grids_of(text: &str) -> Option<HeatGrids> {
    let (time, ground) = text.split_once(AND)?;
    Some(HeatGrids { time: cells_of(time)?, ground: cells_of(ground)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_come_back_from_their_text() {
        let extent = WorldRect::new(-768.25, -2048.0, 10_496.1, 9_216.0 / 7.0).unwrap();
        let grids = heat_grids(&extent).unwrap();
        assert_eq!(grids_of(&text_of_grids(&grids)), Some(grids));
        assert_eq!(time_cells(&text_of(&grids.time)), Some(grids.time));
        assert_eq!(extent_of(&text_of_extent(&extent)), Some(extent));
        assert_eq!(extent_of(&text_of(&grids.time)), None);
    }

    #[test]
    fn a_known_map_names_its_grid_and_others_none() {
        assert!(time_cells("oasis").is_some());
        for text in ["", "no such map", "0,0,1,1,8", "0,0,1,1,8,8,8", "0,0,0,0,8,8", "0,0,1,1,70000,8"] {
            assert!(time_cells(text).is_none(), "{text:?}");
        }
    }
}
