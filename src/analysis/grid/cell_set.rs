//! A set of a grid's cells that stays small while few of them are in it.

/// Cells per side of a tile; one row of a tile is one word.
const TILE: usize = 64;

/// A set of cells, in tiles that exist once one of their cells is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellSet {
    tiles: Vec<Option<Box<[u64; TILE]>>>,
}

impl CellSet {
    /// Adds a cell of a grid with `columns` columns and `cells` cells.
    #[inline]
    pub(crate) fn insert(&mut self, cell: usize, columns: usize, cells: usize) {
        let (row, column) = (cell / columns, cell % columns);
        let wide = columns.div_ceil(TILE);
        if self.tiles.is_empty() {
            self.tiles.resize(wide * (cells / columns).div_ceil(TILE), None);
        }
        let tile = self.tiles[row / TILE * wide + column / TILE].get_or_insert_with(|| Box::new([0; TILE]));
        tile[row % TILE] |= 1 << (column % TILE);
    }

    /// Adds all cells of another set over the same grid.
    pub(crate) fn unite(&mut self, other: &Self) {
        if self.tiles.is_empty() {
            self.tiles.clone_from(&other.tiles);
            return;
        }
        for (mine, theirs) in self.tiles.iter_mut().zip(&other.tiles) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => {
                    for (word, more) in mine.iter_mut().zip(theirs.iter()) {
                        *word |= more;
                    }
                }
                (mine @ None, Some(_)) => mine.clone_from(theirs),
                (_, None) => {}
            }
        }
    }

    /// Adds 1 to the count of each of its cells.
    pub(crate) fn count(&self, counts: &mut [u64], columns: usize) {
        let wide = columns.div_ceil(TILE);
        for (at, tile) in self.tiles.iter().enumerate() {
            let Some(tile) = tile else { continue };
            let (top, left) = (at / wide * TILE, at % wide * TILE);
            for (row, &word) in tile.iter().enumerate() {
                let mut rest = word;
                while rest != 0 {
                    counts[(top + row) * columns + left + rest.trailing_zeros() as usize] += 1;
                    rest &= rest - 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_an_uneven_grid_is_its_own() {
        let (columns, rows) = (130, 70);
        let cells = columns * rows;
        let (mut even, mut odd) = (CellSet::default(), CellSet::default());
        for cell in 0..cells {
            let set = if cell % 2 == 0 { &mut even } else { &mut odd };
            set.insert(cell, columns, cells);
            set.insert(cell, columns, cells);
        }
        let counts = |set: &CellSet| {
            let mut counts = vec![0; cells];
            set.count(&mut counts, columns);
            counts
        };
        assert!(counts(&even).iter().enumerate().all(|(i, &n)| n == u64::from(i % 2 == 0)));
        let mut all = CellSet::default();
        all.unite(&even);
        all.unite(&odd);
        all.unite(&CellSet::default());
        assert_eq!(counts(&all), vec![1; cells]);
    }

    #[test]
    fn far_cells_cost_two_tiles() {
        let (columns, cells) = (1_024, 1_024 * 1_024);
        let mut set = CellSet::default();
        set.insert(0, columns, cells);
        set.insert(cells - 1, columns, cells);
        let mut other = CellSet::default();
        other.insert(cells - 1, columns, cells);
        other.unite(&set);
        assert_eq!(other.tiles.iter().flatten().count(), 2);
    }
}
