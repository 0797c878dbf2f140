//! The grid that the game names places by: "D,4".

use std::fmt;

use crate::geom::{WorldPoint, WorldRect};

/// A square of the game's grid: a column letter from the west, a row number from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GridName {
    /// Columns from the west, 0 = A.
    pub column: u8,
    /// Rows from the north, from 0 as the game counts them.
    pub row: u8,
}

impl fmt::Display for GridName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", char::from(b'A' + self.column.min(25)), self.row)
    }
}

/// The command map's grid over an extent.
///
/// Source: `bg_misc.c`. Per axis the step begins at 1200 units and falls by 50 until the extent holds seven; the
/// whole steps are centred in the extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GameGrid {
    west: f64,
    north: f64,
    step_x: f64,
    step_y: f64,
    columns: u32,
    rows: u32,
}

impl GameGrid {
    /// The grid of an extent.
    pub fn new(extent: &WorldRect) -> Self {
        let (step_x, columns, inset_x) = axis(extent.width());
        let (step_y, rows, inset_y) = axis(extent.height());
        Self {
            west: extent.min_x() + inset_x,
            north: extent.max_y() - inset_y,
            step_x,
            step_y,
            columns,
            rows,
        }
    }

    /// The square a point lies in. Points outside get the nearest name at the west and north, and count on to the
    /// east and south, as in the game (to column Z and row 255).
    pub fn name(&self, point: WorldPoint) -> GridName {
        // `as` truncates towards zero and clamps, which is the engine's own rounding here.
        GridName {
            column: (((f64::from(point.x) - self.west) / self.step_x) as u8).min(25),
            row: ((self.north - f64::from(point.y)) / self.step_y) as u8,
        }
    }

    /// World x of the lines between columns, west to east, first and last edge among them.
    pub fn lines_x(&self) -> Vec<f64> {
        (0..=self.columns).map(|i| self.west + f64::from(i) * self.step_x).collect()
    }

    /// World y of the lines between rows, north to south, first and last edge among them.
    pub fn lines_y(&self) -> Vec<f64> {
        (0..=self.rows).map(|i| self.north - f64::from(i) * self.step_y).collect()
    }
}

/// Step, whole steps and inset of one axis.
fn axis(extent: f64) -> (f64, u32, f64) {
    let mut step = 1200.0;
    while extent / step < 7.0 && step > 50.0 {
        step -= 50.0;
    }
    let whole = (extent / step).floor().min(512.0);
    (step, whole as u32, (extent - whole * step) / 2.0)
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "whole units are exact")]
mod tests {
    use super::*;

    #[test]
    fn supply_is_the_engines_worked_example() {
        let grid = GameGrid::new(&WorldRect::new(-3200.0, -3200.0, 3200.0, 3200.0).unwrap());
        assert_eq!(grid.name(WorldPoint::new(100.0, -500.0, 0.0)).to_string(), "D,4");
        assert_eq!(grid.lines_x()[0], -3150.0);
        assert_eq!(grid.lines_y()[0], 3150.0);
        assert_eq!(grid.lines_x().len(), 8);
        assert_eq!(grid.name(WorldPoint::new(-3199.0, 3199.0, 0.0)).to_string(), "A,0");
    }

    #[test]
    fn odd_extents_have_a_grid_too() {
        let tiny = GameGrid::new(&WorldRect::new(0.0, 0.0, 10.0, 10.0).unwrap());
        assert_eq!(tiny.name(WorldPoint::new(5.0, 5.0, 0.0)).to_string(), "A,0");
        let wide = GameGrid::new(&WorldRect::new(-131_072.0, -600.0, 131_072.0, 600.0).unwrap());
        assert_eq!(wide.name(WorldPoint::new(131_000.0, 0.0, 0.0)).column, 25, "clamped, never past Z");
    }
}
