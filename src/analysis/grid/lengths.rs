//! How much line lies in each cell of a grid: lines added up instead of drawn over each other.

use super::cells::{Cells, GridPoint};
use super::tiles::{CellSums, Change, Tiles};
use crate::geom::WorldPoint;

/// Sums of the lengths of lines, one plane for each kind of line. All sums are integers: any order of lines and of
/// [`Lengths::merge`] gives the same numbers.
#[derive(Debug, Clone)]
pub struct Lengths {
    cells: Cells,
    planes: Vec<Tiles>,
}

/// Longest line that is added, cells: a grid's diagonal is shorter.
const LONGEST: f64 = 16_384.0;

impl Lengths {
    /// A line as long as a cell's side, in the unit of the sums.
    pub const CELL: f64 = 256.0;

    /// No lines yet.
    pub fn new(cells: Cells, planes: usize) -> Self {
        Self { cells, planes: vec![Tiles::default(); planes] }
    }

    /// The cells.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Adds a straight line to planes, in each with a weight. What lies outside the grid is left out, as is
    /// a line with an end that is no place.
    pub fn add(&mut self, from: WorldPoint, to: WorldPoint, planes: &[(usize, u64)]) {
        self.add_or_take(Change::Add, from, to, planes);
    }

    /// A place in the numbers of the cells.
    #[inline]
    pub(crate) fn point(&self, at: WorldPoint) -> GridPoint {
        self.cells.point(at)
    }

    /// The same, or takes the line away again.
    pub(crate) fn add_or_take(
        &mut self,
        change: Change,
        from: WorldPoint,
        to: WorldPoint,
        planes: &[(usize, u64)],
    ) {
        self.change(change, &self.cells.point(from), &self.cells.point(to), planes);
    }

    /// The same for a line between [`Lengths::point`]s.
    #[inline]
    pub(crate) fn change(
        &mut self,
        change: Change,
        from: &GridPoint,
        to: &GridPoint,
        planes: &[(usize, u64)],
    ) {
        let Some(length) = length(from, to) else { return };
        let (columns, rows) = (self.cells.columns() as usize, self.cells.rows() as usize);
        for (plane, _) in planes {
            self.planes[*plane].prepare(columns, rows);
        }
        // A line in two planes runs through the same cells: they are found once.
        if let [(a, weight_a), (b, weight_b)] = planes
            && let Ok([first, second]) = self.planes.get_disjoint_mut([*a, *b])
        {
            self.cells.spread_by_place(from, to, length, |column, row, part| {
                first.change(change, column, row, part * weight_a);
                second.change(change, column, row, part * weight_b);
            });
            return;
        }
        for (plane, weight) in planes {
            let sums = &mut self.planes[*plane];
            // Each in a loop of its own: a line crosses a dozen cells.
            match change {
                Change::Add => self.cells.spread_by_place(from, to, length, |column, row, part| {
                    sums.add(column, row, part * weight);
                }),
                Change::Take => self.cells.spread_by_place(from, to, length, |column, row, part| {
                    sums.take(column, row, part * weight);
                }),
            };
        }
    }

    /// Adds lines that were summed over the same cells to a plane.
    pub(crate) fn add_cells(&mut self, plane: usize, lines: &CellSums) {
        let sums = &mut self.planes[plane];
        sums.prepare(self.cells.columns() as usize, self.cells.rows() as usize);
        lines.add_to(sums);
    }

    /// Forgets planes of which nothing is left.
    pub(crate) fn forget_nothing(&mut self) {
        self.planes.iter_mut().for_each(Tiles::forget_nothing);
    }

    /// Adds the lines of another one over the same cells, plane by plane; one over other cells is ignored.
    pub fn merge(&mut self, other: Self) {
        if self.cells == other.cells {
            for (mine, theirs) in self.planes.iter_mut().zip(other.planes) {
                mine.merge(theirs);
            }
        }
    }

    /// Adds the lines of another one over the same cells; those of its plane `i` go to the plane `planes[i]`.
    pub(crate) fn add_planes(&mut self, other: &Self, planes: &[usize]) {
        if self.cells == other.cells {
            for (theirs, plane) in other.planes.iter().zip(planes) {
                self.planes[*plane].merge(theirs.clone());
            }
        }
    }

    /// The sums that are not 0, plane by plane: how many cells after the one before, row by row, and the sum.
    #[cfg(any(test, feature = "cluster"))]
    pub(crate) fn to_steps(&self) -> Vec<Vec<(usize, u64)>> {
        let columns = self.cells.columns() as usize;
        let of_plane = |plane: &Tiles| {
            let (mut steps, mut next) = (Vec::new(), 0);
            plane.for_each(|column, row, sum| {
                let cell = row * columns + column;
                steps.push((cell - next, sum));
                next = cell + 1;
            });
            steps
        };
        self.planes.iter().map(of_plane).collect()
    }

    /// Adds what [`Lengths::to_steps`] told of others over the same cells; `None` where that cannot be.
    #[cfg(any(test, feature = "cluster"))]
    pub(crate) fn add_steps(&mut self, planes: &[Vec<(usize, u64)>]) -> Option<()> {
        let (columns, rows) = (self.cells.columns() as usize, self.cells.rows() as usize);
        if planes.len() != self.planes.len() {
            return None;
        }
        for (sums, steps) in self.planes.iter_mut().zip(planes) {
            if !steps.is_empty() {
                sums.prepare(columns, rows);
            }
            let mut next = 0_usize;
            for (step, sum) in steps {
                let cell = next.checked_add(*step).filter(|cell| *cell < columns * rows)?;
                sums.add(cell % columns, cell / columns, *sum);
                next = cell + 1;
            }
        }
        Some(())
    }

    /// About how much memory it takes, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.planes.iter().map(Tiles::bytes).sum()
    }

    /// Whether anything was added to a plane.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.planes.get(index).is_some_and(|plane| !plane.is_empty())
    }

    /// Puts a plane's sums in a row, counted from the north, times `unit` into `cells`, one for each column.
    pub(crate) fn scaled_row(&self, index: usize, row: usize, unit: f32, cells: &mut [f32]) {
        match self.planes.get(index) {
            Some(plane) => plane.scaled_row(row, unit, cells),
            None => cells.fill(0.0),
        }
    }

    /// A plane's sums, row by row from the north-west; `None` when nothing was added to it.
    pub fn plane(&self, index: usize) -> Option<Vec<u64>> {
        let plane = self.planes.get(index).filter(|plane| !plane.is_empty())?;
        let mut sums = vec![0; self.cells.len()];
        plane.add_to(&mut sums, self.cells.columns() as usize);
        Some(sums)
    }
}

/// How long a line is, in the unit of the sums; `None` for one that adds nothing.
pub(super) fn length(from: &GridPoint, to: &GridPoint) -> Option<u64> {
    let cells_long = from.distance(to);
    let length = (cells_long.min(LONGEST) * Lengths::CELL + 0.5) as u64;
    (length > 0 && cells_long.is_finite()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::WorldRect;

    fn lines() -> Lengths {
        let extent = WorldRect::new(0.0, 0.0, 400.0, 300.0).unwrap();
        Lengths::new(Cells::new(extent, 40, 30).unwrap(), 2)
    }

    #[test]
    fn a_line_leaves_its_length_wherever_it_runs() {
        let point = |x: f32, y: f32| WorldPoint::new(x, y, 0.0);
        for (to, cells) in [((105.0, 55.0), 10.0), ((35.0, 95.0), 5.0), ((5.0, 55.0), 0.0)] {
            let mut lines = lines();
            lines.add(point(5.0, 55.0), point(to.0, to.1), &[(0, 1), (1, 3)]);
            let sum = |plane| lines.plane(plane).map_or(0, |sums| sums.iter().sum::<u64>());
            assert_eq!(sum(0), (cells * Lengths::CELL) as u64, "{to:?}");
            assert_eq!(sum(1), 3 * sum(0));
        }
        let mut beyond = lines();
        beyond.add(point(-100.0, 55.0), point(100.0, 55.0), &[(0, 1)]);
        assert_eq!(beyond.plane(0).unwrap().iter().sum::<u64>(), 10 * Lengths::CELL as u64);
        beyond.add(point(f32::NAN, 0.0), point(f32::INFINITY, 0.0), &[(1, 1)]);
        assert_eq!(beyond.plane(1), None);
    }

    #[test]
    fn steps_make_the_whole_again() {
        let point = |i: u8| WorldPoint::new(f32::from(i) * 37.0 % 400.0, f32::from(i) * 53.0 % 300.0, 0.0);
        let (mut whole, mut other) = (lines(), lines());
        (0..50).for_each(|i| whole.add(point(i), point(i + 1), &[(usize::from(i % 2), 1)]));
        other.add_steps(&whole.to_steps()).unwrap();
        assert_eq!([other.plane(0), other.plane(1)], [whole.plane(0), whole.plane(1)]);
        assert_eq!(lines().add_steps(&[vec![]]), None);
        assert_eq!(lines().add_steps(&[vec![(40 * 30 - 1, 7), (0, 7)], vec![]]), None);
        assert_eq!(lines().add_steps(&[vec![(usize::MAX, 7)], vec![(7, 1)]]), None);
    }

    #[test]
    fn halves_make_the_whole() {
        let point = |i: u8| WorldPoint::new(f32::from(i) * 37.0 % 400.0, f32::from(i) * 53.0 % 300.0, 0.0);
        let (mut whole, mut halves) = (lines(), [lines(), lines()]);
        for i in 0..50 {
            whole.add(point(i), point(i + 1), &[(0, 1)]);
            halves[usize::from(i % 2)].add(point(i), point(i + 1), &[(0, 1)]);
        }
        let [mut sum, odd] = halves;
        sum.merge(odd);
        assert_eq!(sum.plane(0), whole.plane(0));
    }
}
