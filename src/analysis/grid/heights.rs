//! How high players moved, cell by cell: the relief of a map drawn from its tracks.

use super::cells::Cells;
use crate::analysis::life::cleaned::Life;
use crate::geom::WorldPoint;

/// How high all lives were in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroundSum {
    /// The cell.
    pub cell: u32,
    /// Microseconds.
    pub us: u64,
    /// Height times time, tenths of a unit times microseconds.
    pub weighted: i64,
    /// The lowest height, tenths of a unit.
    pub lowest: i32,
}

/// Lowest and mean height of the players' origins per cell. Integer sums, so the order of lives never matters.
#[derive(Debug, Clone)]
pub struct Heights {
    cells: Cells,
    us: Vec<u64>,
    /// Tenths of a unit times microseconds.
    weighted: Vec<i64>,
    /// Tenths of a unit.
    lowest: Vec<i32>,
}

impl Heights {
    /// An empty relief.
    pub fn new(cells: Cells) -> Self {
        let n = cells.len();
        Self { cells, us: vec![0; n], weighted: vec![0; n], lowest: vec![i32::MAX; n] }
    }

    /// Adds one life's walked steps.
    pub fn add(&mut self, life: &Life<'_>) {
        for segment in life.segments() {
            self.add_step(segment.from.at, segment.to.at, segment.dt_ms);
        }
    }

    /// Adds a walked step.
    pub(super) fn add_step(&mut self, from: WorldPoint, to: WorldPoint, dt_ms: i64) {
        let (z, rise) = (f64::from(from.z), f64::from(to.z) - f64::from(from.z));
        let us = dt_ms.max(0) as f64 * 1_000.0;
        self.cells.walk(from, to, |cell, t_in, t_out| {
            // Rounded by truncation: a call to `round` costs more than all the rest.
            let tenths = |t: f64| {
                let value = (z + rise * t) * 10.0;
                (value + 0.5_f64.copysign(value)) as i32
            };
            let part = ((t_out - t_in) * us + 0.5) as i64;
            if part <= 0 {
                return;
            }
            self.us[cell] = self.us[cell].saturating_add(part as u64);
            let height = i64::from(tenths((t_in + t_out) * 0.5));
            self.weighted[cell] = self.weighted[cell].saturating_add(height.saturating_mul(part));
            self.lowest[cell] = self.lowest[cell].min(tenths(t_in)).min(tenths(t_out));
        });
    }

    /// Adds another relief over the same cells; one over other cells is ignored.
    pub fn merge(&mut self, other: &Self) {
        if self.cells == other.cells {
            for i in 0..self.us.len() {
                self.us[i] = self.us[i].saturating_add(other.us[i]);
                self.weighted[i] = self.weighted[i].saturating_add(other.weighted[i]);
                self.lowest[i] = self.lowest[i].min(other.lowest[i]);
            }
        }
    }

    /// What is known of each cell where players were.
    pub(super) fn sums(&self) -> impl Iterator<Item = GroundSum> + '_ {
        let all = (0..self.us.len()).filter(|&cell| self.us[cell] > 0);
        all.map(|cell| GroundSum {
            cell: cell as u32,
            us: self.us[cell],
            weighted: self.weighted[cell],
            lowest: self.lowest[cell],
        })
    }

    /// Adds what [`Heights::sums`] gave of a relief over the same cells.
    pub(crate) fn add_sum(&mut self, sum: &GroundSum) {
        let cell = sum.cell as usize;
        if cell < self.us.len() {
            self.us[cell] = self.us[cell].saturating_add(sum.us);
            self.weighted[cell] = self.weighted[cell].saturating_add(sum.weighted);
            self.lowest[cell] = self.lowest[cell].min(sum.lowest);
        }
    }

    /// The cells.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Time-weighted mean height of a cell, units; `None` where no player was.
    pub fn mean_units(&self, cell: usize) -> Option<f64> {
        let us = *self.us.get(cell)?;
        (us > 0).then(|| self.weighted[cell] as f64 / us as f64 / 10.0)
    }

    /// Lowest height of a cell, units; `None` where no player was.
    pub fn lowest_units(&self, cell: usize) -> Option<f64> {
        self.lowest.get(cell).filter(|&&tenths| tenths != i32::MAX).map(|&tenths| f64::from(tenths) / 10.0)
    }
}
