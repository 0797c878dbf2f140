//! Sums over a grid's cells, in tiles that exist once something is added to one of their cells.
//!
//! Players keep to the paths of a map, so most of a fine grid stays empty. Where they are, a tile is one page of memory,
//! and a block of 4 × 4 cells within it is one line of the processor's cache: a line across the grid touches few of
//! either, while in a grid row by row it would touch one of each per row.

mod packed;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

pub(crate) use packed::CellSums;

/// Cells per side of a tile.
const SIDE: usize = 32;
/// Cells per side of a block.
const BLOCK: usize = 4;

/// Sums of a tile's cells, the low 32 bits of each.
type Tile = [u32; SIDE * SIDE];

/// Sums over the cells of a grid.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tiles {
    /// Row by row; none at all while nothing was added.
    kept: Vec<Option<Box<Tile>>>,
    /// Tiles per row.
    wide: usize,
    /// The high bits of sums that passed 2^32, by tile and place in it.
    high: BTreeMap<(usize, usize), u64>,
}

impl Tiles {
    /// Whether nothing was ever added.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Prepares for a grid of so many columns and rows.
    pub(super) fn prepare(&mut self, columns: usize, rows: usize) {
        if self.kept.is_empty() {
            self.wide = columns.div_ceil(SIDE);
            self.kept.resize(self.wide * rows.div_ceil(SIDE), None);
        }
    }

    /// Adds to a cell's sum.
    #[inline]
    pub(super) fn add(&mut self, column: usize, row: usize, amount: u64) {
        let (tile, place) = (row / SIDE * self.wide + column / SIDE, place(column, row));
        let sums = self.kept[tile].get_or_insert_with(new_tile);
        let (sum, passed) = sums[place].overflowing_add(amount as u32);
        sums[place] = sum;
        let high = (amount >> 32) + u64::from(passed);
        if high > 0 {
            self.add_high(tile, place, high);
        }
    }

    /// Takes from a cell's sum what was added to it before.
    #[inline]
    pub(super) fn take(&mut self, column: usize, row: usize, amount: u64) {
        let (tile, place) = (row / SIDE * self.wide + column / SIDE, place(column, row));
        let sums = self.kept[tile].get_or_insert_with(new_tile);
        let (sum, passed) = sums[place].overflowing_sub(amount as u32);
        sums[place] = sum;
        let high = (amount >> 32) + u64::from(passed);
        if high > 0 {
            self.add_high(tile, place, high.wrapping_neg());
        }
    }

    /// Adds to a cell's sum, or takes from it.
    #[inline]
    pub(super) fn change(&mut self, change: Change, column: usize, row: usize, amount: u64) {
        match change {
            Change::Add => self.add(column, row, amount),
            Change::Take => self.take(column, row, amount),
        }
    }

    /// Forgets the tiles of a grid of which nothing is left.
    pub(super) fn forget_nothing(&mut self) {
        let is_nothing = self.kept.iter().flatten().all(|tile| tile.iter().all(|sum| *sum == 0));
        if is_nothing && self.high.values().all(|high| *high == 0) {
            *self = Self::default();
        }
    }

    #[cold]
    fn add_high(&mut self, tile: usize, place: usize, high: u64) {
        let known = self.high.entry((tile, place)).or_default();
        *known = known.wrapping_add(high);
    }

    /// Adds all sums of another one over the same grid.
    pub(super) fn merge(&mut self, other: Self) {
        if self.kept.is_empty() {
            *self = other;
            return;
        }
        for (index, theirs) in other.kept.into_iter().enumerate() {
            match (&mut self.kept[index], theirs) {
                (_, None) => {}
                (mine @ None, theirs) => *mine = theirs,
                (Some(mine), Some(theirs)) => {
                    for (place, (mine, theirs)) in mine.iter_mut().zip(theirs.iter()).enumerate() {
                        let (sum, passed) = mine.overflowing_add(*theirs);
                        *mine = sum;
                        if passed {
                            *self.high.entry((index, place)).or_default() += 1;
                        }
                    }
                }
            }
        }
        for (place, high) in other.high {
            *self.high.entry(place).or_default() += high;
        }
    }

    /// About how much memory they take, bytes.
    pub(super) fn bytes(&self) -> u64 {
        (self.kept.len() * size_of::<usize>() + self.kept.iter().flatten().count() * size_of::<Tile>()) as u64
    }

    /// The sum of all cells.
    pub(crate) fn sum(&self) -> u64 {
        let of_tile = |tile: &Tile| tile.iter().map(|sum| u64::from(*sum)).sum::<u64>();
        let low: u64 = self.kept.iter().flatten().map(|tile| of_tile(tile)).sum();
        low + self.high.values().map(|high| high << 32).sum::<u64>()
    }

    /// The columns of a row outside of which all sums are 0.
    pub(crate) fn columns_of(&self, row: usize) -> Range<usize> {
        let first = row / SIDE * self.wide;
        let tiles = self.kept.get(first..first + self.wide).unwrap_or_default();
        let begin = tiles.iter().position(Option::is_some).unwrap_or_default();
        let end = tiles.iter().rposition(Option::is_some).map_or(begin, |last| last + 1);
        begin * SIDE..end * SIDE
    }

    /// Adds a row of the grid to `cells`, one for each column.
    pub(crate) fn add_row(&self, row: usize, cells: &mut [u64]) {
        let first = row / SIDE * self.wide;
        let Some(tiles) = self.kept.get(first..first + self.wide) else { return };
        for (cells, tile) in cells.chunks_mut(SIDE).zip(tiles) {
            let Some(tile) = tile else { continue };
            for (column, cell) in cells.iter_mut().enumerate() {
                *cell += u64::from(tile[place(column, row)]);
            }
        }
        for (&(tile, at), high) in self.high.range((first, 0)..(first + self.wide, 0)) {
            if let Some(column) = (0..SIDE).find(|column| place(*column, row) == at) {
                cells[(tile - first) * SIDE + column] += high << 32;
            }
        }
    }

    /// Gives the sums that are not 0, row by row: column, row, and sum.
    pub(super) fn for_each(&self, mut take: impl FnMut(usize, usize, u64)) {
        for (strip, tiles) in self.kept.chunks(self.wide.max(1)).enumerate() {
            let there: Vec<(usize, &Tile)> = tiles
                .iter()
                .enumerate()
                .filter_map(|(across, tile)| Some((across, tile.as_deref()?)))
                .collect();
            for row in 0..SIDE {
                for (across, tile) in &there {
                    for column in 0..SIDE {
                        let at = place(column, row);
                        let high = if self.high.is_empty() {
                            0
                        } else {
                            self.high.get(&(strip * self.wide + across, at)).map_or(0, |high| high << 32)
                        };
                        let sum = u64::from(tile[at]) + high;
                        if sum > 0 {
                            take(across * SIDE + column, strip * SIDE + row, sum);
                        }
                    }
                }
            }
        }
    }

    /// Adds every sum to that of its cell in a grid row by row.
    pub(super) fn add_to(&self, rows: &mut [u64], columns: usize) {
        rows.par_chunks_exact_mut(columns).enumerate().for_each(|(row, cells)| self.add_row(row, cells));
    }

    /// Puts every sum of a row times `unit` into `cells`, one for each column.
    pub(super) fn scaled_row(&self, row: usize, unit: f32, cells: &mut [f32]) {
        cells.fill(0.0);
        let first = row / SIDE * self.wide;
        let Some(tiles) = self.kept.get(first..first + self.wide) else { return };
        let line = place(0, row);
        for (cells, tile) in cells.chunks_mut(SIDE).zip(tiles) {
            let Some(tile) = tile else { continue };
            // The cells of a block's row lie side by side.
            for (cells, block) in cells.chunks_mut(BLOCK).zip(tile[line..].chunks(BLOCK * BLOCK)) {
                for (cell, low) in cells.iter_mut().zip(block) {
                    *cell = *low as f32 * unit;
                }
            }
        }
        for (&(tile, at), high) in self.high.range((first, 0)..(first + self.wide, 0)) {
            if let Some(column) = (0..SIDE).find(|column| place(*column, row) == at) {
                let low = self.kept[tile].as_ref().map_or(0, |sums| sums[at]);
                cells[(tile - first) * SIDE + column] = (u64::from(low) + (high << 32)) as f32 * unit;
            }
        }
    }
}

/// Whether something is added to sums or taken from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Take,
}

#[cold]
fn new_tile() -> Box<Tile> {
    Box::new([0; SIDE * SIDE])
}

/// Where a cell stands in its tile: block by block, row by row in each.
#[inline]
fn place(column: usize, row: usize) -> usize {
    let (x, y) = (column % SIDE, row % SIDE);
    (y / BLOCK * (SIDE / BLOCK) + x / BLOCK) * (BLOCK * BLOCK) + y % BLOCK * BLOCK + x % BLOCK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_an_uneven_grid_has_its_own_sum() {
        let (columns, rows) = (130, 70);
        let mut halves = [Tiles::default(), Tiles::default()];
        let amount = |cell: usize| cell as u64 * 1_000_003;
        for cell in 0..columns * rows {
            let half = &mut halves[cell % 2];
            half.prepare(columns, rows);
            half.add(cell % columns, cell / columns, amount(cell));
            half.add(cell % columns, cell / columns, 1 << 31);
            halves[0].add(cell % columns, cell / columns, 1 << 31);
        }
        let [mut all, odd] = halves;
        all.merge(odd);
        all.merge(Tiles::default());
        let mut sums = vec![5; columns * rows];
        all.add_to(&mut sums, columns);
        assert!(sums.iter().enumerate().all(|(cell, sum)| *sum == amount(cell) + (1 << 32) + 5));
        let scaled: Vec<f32> = sums.iter().map(|sum| (sum - 5) as f32 * 0.3).collect();
        let mut rows_scaled = vec![7.0; columns * rows];
        rows_scaled
            .chunks_exact_mut(columns)
            .enumerate()
            .for_each(|(row, cells)| all.scaled_row(row, 0.3, cells));
        assert_eq!(rows_scaled, scaled);
        let mut by_row = vec![5; columns * rows];
        by_row.chunks_exact_mut(columns).enumerate().for_each(|(row, cells)| all.add_row(row, cells));
        assert_eq!(by_row, sums);
        let mut one_by_one = Vec::new();
        all.for_each(|column, row, sum| one_by_one.push((row * columns + column, sum)));
        let expected: Vec<_> = sums.iter().enumerate().map(|(cell, sum)| (cell, sum - 5)).collect();
        assert_eq!(one_by_one, expected);
        assert_eq!(all.sum(), sums.iter().map(|sum| sum - 5).sum::<u64>());
    }

    #[test]
    fn what_is_taken_again_was_never_there() {
        let mut tiles = Tiles::default();
        tiles.prepare(64, 64);
        for amount in [5, u64::from(u32::MAX), 3 << 33] {
            tiles.add(40, 50, amount);
        }
        tiles.add(1, 2, 7);
        for amount in [u64::from(u32::MAX), 3 << 33, 5] {
            tiles.take(40, 50, amount);
        }
        let mut left = Vec::new();
        tiles.for_each(|column, row, sum| left.push((column, row, sum)));
        assert_eq!((left, tiles.sum()), (vec![(1, 2, 7)], 7));
        tiles.take(1, 2, 7);
        tiles.forget_nothing();
        assert!(tiles.is_empty());
    }

    #[test]
    fn far_cells_cost_two_tiles() {
        let mut tiles = Tiles::default();
        tiles.prepare(1_024, 1_024);
        tiles.add(0, 0, 1);
        tiles.add(1_023, 1_023, 1);
        assert_eq!([0, 31, 32, 1_023].map(|row| tiles.columns_of(row)), [0..32, 0..32, 0..0, 992..1_024]);
        assert_eq!(tiles.kept.iter().flatten().count(), 2);
    }
}
