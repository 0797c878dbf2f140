//! Square cells over a piece of the world, and the walk of a line through them.

use crate::geom::{WorldPoint, WorldRect};

/// Most cells of one grid (4096 × 4096).
pub const MOST_CELLS: usize = 1 << 24;

/// A grid of cells laid over an extent. Row 0 is the north edge, column 0 the west edge, as in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cells {
    extent: WorldRect,
    columns: u32,
    rows: u32,
    columns_per_unit: f64,
    rows_per_unit: f64,
}

/// A place of the world in a grid's own numbers. A step begins where the one before it ended, so each is found once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GridPoint {
    at: WorldPoint,
    /// Columns from the west edge, rows from the north edge.
    x: f64,
    y: f64,
    /// Column and row; `None` outside.
    cell: Option<(u32, u32)>,
}

impl Cells {
    /// A grid with the given number of columns and rows; `None` when there would be none or more than
    /// [`MOST_CELLS`].
    pub fn new(extent: WorldRect, columns: u32, rows: u32) -> Option<Self> {
        let cells = columns as usize * rows as usize;
        (cells > 0 && cells <= MOST_CELLS).then(|| Self {
            extent,
            columns,
            rows,
            columns_per_unit: f64::from(columns) / extent.width(),
            rows_per_unit: f64::from(rows) / extent.height(),
        })
    }

    /// A grid of cells that are about `side_units` wide and high: the extent is divided evenly, so the last row and
    /// column are whole. Wider cells are taken when there would be more than [`MOST_CELLS`]; `None` unless the side
    /// is a positive number.
    pub fn with_side(extent: WorldRect, side_units: f64) -> Option<Self> {
        let least = (extent.width() * extent.height() / MOST_CELLS as f64).sqrt() * 1.001;
        let side = side_units.max(least);
        let count = |units: f64| ((units / side).round() as u32).max(1);
        (side_units > 0.0 && side.is_finite())
            .then(|| Self::new(extent, count(extent.width()), count(extent.height())))?
    }

    /// The piece of the world it covers.
    pub fn extent(&self) -> &WorldRect {
        &self.extent
    }

    /// Number of columns.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Number of cells; cell (column, row) has index `row · columns + column`.
    pub fn len(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// A grid always has cells.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Area of a cell, square units.
    pub fn area(&self) -> f64 {
        (self.extent.width() / f64::from(self.columns)) * (self.extent.height() / f64::from(self.rows))
    }

    /// Index of the cell that holds a point; `None` outside. As [`WorldRect::contains`]: the west and north edges
    /// belong to the grid.
    pub fn index(&self, point: WorldPoint) -> Option<usize> {
        let (x, y) = self.position(point);
        self.cell(x, y).map(|(column, row)| row as usize * self.columns as usize + column as usize)
    }

    /// Centre of a cell, at height 0.
    pub fn center(&self, index: usize) -> WorldPoint {
        let (column, row) = (index % self.columns as usize, index / self.columns as usize);
        let x = self.extent.min_x() + (column as f64 + 0.5) / self.columns_per_unit;
        let y = self.extent.max_y() - (row as f64 + 0.5) / self.rows_per_unit;
        WorldPoint::new(x as f32, y as f32, 0.0)
    }

    /// Calls `visit(cell, t_in, t_out)` for each cell that the straight line crosses, in order; `t` runs from 0 at
    /// `from` to 1 at `to`. Parts outside the grid are left out, never moved onto its edge. A point that stands
    /// still is in its cell from 0 to 1.
    ///
    /// Source: Amanatides & Woo, "A Fast Voxel Traversal Algorithm for Ray Tracing", Eurographics 1987; clipped
    /// first as by Liang & Barsky, 1984. Each crossing is computed from its own edge, so errors do not add up.
    #[inline]
    pub fn walk(&self, from: WorldPoint, to: WorldPoint, visit: impl FnMut(usize, f64, f64)) {
        self.walk_between(&self.point(from), &self.point(to), visit);
    }

    /// The same for a line between places in the grid's own numbers.
    #[inline]
    pub(super) fn walk_between(
        &self,
        from: &GridPoint,
        to: &GridPoint,
        mut visit: impl FnMut(usize, f64, f64),
    ) {
        let ((x0, y0), (x1, y1)) = ((from.x, from.y), (to.x, to.y));
        let (dx, dy) = (x1 - x0, y1 - y0);
        let (first, last, t_first, t_last) = match (from.cell, to.cell) {
            // Most steps of a player end in the cell where they began.
            (Some(first), Some(last)) if first == last => {
                return visit(first.1 as usize * self.columns as usize + first.0 as usize, 0.0, 1.0);
            }
            (Some(first), Some(last)) => (first, last, 0.0, 1.0),
            _ => match self.clip(x0, y0, dx, dy) {
                Some((enter, leave)) => {
                    let near = |t: f64| self.nearest_cell(x0 + dx * t, y0 + dy * t);
                    (near(enter), near(leave), enter, leave)
                }
                None => return,
            },
        };
        let columns = self.columns as usize;
        let mut index = first.1 as usize * columns + first.0 as usize;
        // How many edges lie between the first cell and the last: the walk ends there, whatever rounding does.
        let (mut left_x, mut left_y) = (first.0.abs_diff(last.0), first.1.abs_diff(last.1));
        let (per_dx, per_dy) = (1.0 / dx, 1.0 / dy);
        let (step_x, step_y) = (dx.signum(), dy.signum());
        let mut edge_x = f64::from(first.0 + u32::from(dx > 0.0));
        let mut edge_y = f64::from(first.1 + u32::from(dy > 0.0));
        let mut t_x = if left_x > 0 { (edge_x - x0) * per_dx } else { f64::INFINITY };
        let mut t_y = if left_y > 0 { (edge_y - y0) * per_dy } else { f64::INFINITY };
        let mut t = t_first;
        while left_x + left_y > 0 {
            let t_next = t_x.min(t_y).clamp(t, t_last);
            visit(index, t, t_next);
            t = t_next;
            if t_x <= t_y {
                index = if dx > 0.0 { index + 1 } else { index - 1 };
                left_x -= 1;
                edge_x += step_x;
                t_x = if left_x > 0 { (edge_x - x0) * per_dx } else { f64::INFINITY };
            } else {
                index = if dy > 0.0 { index + columns } else { index - columns };
                left_y -= 1;
                edge_y += step_y;
                t_y = if left_y > 0 { (edge_y - y0) * per_dy } else { f64::INFINITY };
            }
        }
        visit(index, t, t_last);
    }

    /// A place in the grid's own numbers.
    #[inline]
    pub(crate) fn point(&self, at: WorldPoint) -> GridPoint {
        let (x, y) = self.position(at);
        GridPoint { at, x, y, cell: self.cell(x, y) }
    }

    /// Spreads `amount` evenly along the line: calls `add(cell, part)` for parts that are not 0, and returns what
    /// fell outside the grid. Parts and rest add up to `amount` exactly.
    #[inline]
    pub fn spread(
        &self,
        from: WorldPoint,
        to: WorldPoint,
        amount: u64,
        mut add: impl FnMut(usize, u64),
    ) -> u64 {
        let columns = self.columns as usize;
        let (from, to) = (self.point(from), self.point(to));
        self.spread_by_place(&from, &to, amount, |column, row, part| add(row * columns + column, part))
    }

    /// The same with `add(column, row, part)`.
    #[inline]
    pub(super) fn spread_by_place(
        &self,
        from: &GridPoint,
        to: &GridPoint,
        amount: u64,
        mut add: impl FnMut(usize, usize, u64),
    ) -> u64 {
        let ((x0, y0), (x1, y1)) = ((from.x, from.y), (to.x, to.y));
        let (Some(first), Some(last)) = (from.cell, to.cell) else {
            return self.spread_along(from.at, to.at, amount, add);
        };
        let (mut column, mut row) = first;
        if first == last {
            if amount > 0 {
                add(column as usize, row as usize, amount);
            }
            return 0;
        }
        let [edges_x, edges_y] =
            [first.0.abs_diff(last.0), first.1.abs_diff(last.1)].map(|edges| edges as usize);
        let Ok(whole) = i32::try_from(amount) else { return self.spread_along(from.at, to.at, amount, add) };
        if edges_x >= Crossings::MOST || edges_y >= Crossings::MOST {
            return self.spread_along(from.at, to.at, amount, add);
        }
        // Of 32 bits, so that where it is added no more need be expected.
        let mut add = |column: u32, row: u32, part: i32| {
            add(column as usize, row as usize, u64::from(part as u32));
        };
        // Amounts, not places, are merged: cells between two equal ones get nothing, so their order does not matter,
        // and neither does the processor's guess which edge comes next.
        let xs = Crossings::new(x0, x1 - x0, first.0, edges_x, whole);
        let ys = Crossings::new(y0, y1 - y0, first.1, edges_y, whole);
        let (step_x, step_y) = (if x1 > x0 { 1 } else { u32::MAX }, if y1 > y0 { 1 } else { u32::MAX });
        let (mut x, mut y, mut before) = (0, 0, 0);
        for _ in 0..edges_x + edges_y {
            let (at_x, at_y) = (xs.get(x), ys.get(y));
            let (is_x, next) = (at_x <= at_y, at_x.min(at_y));
            if next > before {
                add(column, row, next - before);
            }
            before = next;
            column = column.wrapping_add(if is_x { step_x } else { 0 });
            row = row.wrapping_add(if is_x { 0 } else { step_y });
            x += usize::from(is_x);
            y += usize::from(!is_x);
        }
        if whole > before {
            add(column, row, whole - before);
        }
        0
    }

    /// The same for any line, cell by cell.
    fn spread_along(
        &self,
        from: WorldPoint,
        to: WorldPoint,
        amount: u64,
        mut add: impl FnMut(usize, usize, u64),
    ) -> u64 {
        let columns = self.columns as usize;
        let whole = amount as f64;
        let (mut placed, mut before) = (0, None);
        self.walk(from, to, |cell, t_in, t_out| {
            // Rounding the running total, not the parts, keeps the sum exact.
            let rounded = |t: f64| ((t * whole + 0.5) as i64) as u64;
            let start = before.unwrap_or_else(|| rounded(t_in));
            let end = rounded(t_out).clamp(start, amount);
            before = Some(end);
            if end > start {
                placed += end - start;
                add(cell % columns, cell / columns, end - start);
            }
        });
        amount - placed
    }

    /// Grid coordinates: columns from the west edge, rows from the north edge.
    #[inline]
    fn position(&self, point: WorldPoint) -> (f64, f64) {
        (
            (f64::from(point.x) - self.extent.min_x()) * self.columns_per_unit,
            (self.extent.max_y() - f64::from(point.y)) * self.rows_per_unit,
        )
    }

    /// Column and row of a place in grid coordinates.
    #[inline]
    fn cell(&self, x: f64, y: f64) -> Option<(u32, u32)> {
        let inside = x >= 0.0 && y >= 0.0 && x < f64::from(self.columns) && y < f64::from(self.rows);
        // No grid has as many cells as a number with a sign can count, and processors know no others.
        inside.then_some((x as i32 as u32, y as i32 as u32))
    }

    /// The same for a place that is known to be inside, but for rounding.
    fn nearest_cell(&self, x: f64, y: f64) -> (u32, u32) {
        let last = |count: u32| f64::from(count - 1);
        (x.clamp(0.0, last(self.columns)) as u32, y.clamp(0.0, last(self.rows)) as u32)
    }

    /// The span of the line's parameter that lies inside; `None` when nothing does.
    fn clip(&self, x: f64, y: f64, dx: f64, dy: f64) -> Option<(f64, f64)> {
        if !(dx.is_finite() && dy.is_finite()) {
            return None;
        }
        let (a, b) = clip_axis(x, dx, self.columns.into())?;
        let (c, d) = clip_axis(y, dy, self.rows.into())?;
        let (enter, leave) = (a.max(c), b.min(d));
        (enter < leave).then_some((enter, leave))
    }
}

impl GridPoint {
    /// Whether this is the place.
    #[inline]
    pub(super) fn is_at(&self, at: WorldPoint) -> bool {
        self.at == at
    }

    /// Whether another place lies in the same cell of the grid.
    #[inline]
    pub(super) fn is_in_cell_of(&self, other: &Self) -> bool {
        self.cell.is_some() && self.cell == other.cell
    }

    /// How far it is to another one, in sides of a cell.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let (dx, dy) = (other.x - self.x, other.y - self.y);
        (dx * dx + dy * dy).sqrt()
    }
}

/// How much of an amount has been spread along a line where it crosses the edges of one axis, edge by edge.
struct Crossings([i32; Self::MOST]);

impl Crossings {
    /// One more than the most edges, a power of two.
    const MOST: usize = 32;

    /// The crossings of a line that starts at `start` in cell `first` and runs `delta` cells over `edges` edges.
    #[inline]
    fn new(start: f64, delta: f64, first: u32, edges: usize, amount: i32) -> Self {
        let mut amounts = [0; Self::MOST];
        let (step, whole) = (delta.signum(), f64::from(amount));
        let (per_delta, mut edge) = (1.0 / delta, f64::from(first + u32::from(delta > 0.0)));
        for index in 0..edges {
            // Never negative: the edge lies ahead. Rounding the running total, not the parts, keeps the sum exact.
            let at = (edge - start) * per_delta * whole + 0.5;
            amounts[index % Self::MOST] = if at < whole { at } else { whole } as i32;
            edge += step;
        }
        amounts[edges % Self::MOST] = i32::MAX;
        Self(amounts)
    }

    /// The amount at edge `index`; beyond the last edge, more than there is.
    #[inline]
    fn get(&self, index: usize) -> i32 {
        self.0[index % Self::MOST]
    }
}

/// Where a line is within `0 .. size` on one axis, as a span of its parameter.
fn clip_axis(start: f64, delta: f64, size: f64) -> Option<(f64, f64)> {
    if delta == 0.0 {
        return (start >= 0.0 && start < size).then_some((0.0, 1.0));
    }
    let (a, b) = (-start / delta, (size - start) / delta);
    Some((a.min(b).max(0.0), a.max(b).min(1.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grid() -> Cells {
        // 4 columns of 10 units, 3 rows of 10 units.
        Cells::new(WorldRect::new(0.0, 0.0, 40.0, 30.0).unwrap(), 4, 3).unwrap()
    }

    fn spread(from: (f32, f32), to: (f32, f32), amount: u64) -> (Vec<(usize, u64)>, u64) {
        let mut parts = Vec::new();
        let point = |(x, y)| WorldPoint::new(x, y, 0.0);
        let outside = grid().spread(point(from), point(to), amount, |cell, part| parts.push((cell, part)));
        (parts, outside)
    }

    #[test]
    fn row_zero_is_north() {
        assert_eq!(grid().index(WorldPoint::new(5.0, 29.0, 0.0)), Some(0));
        assert_eq!(grid().index(WorldPoint::new(35.0, 1.0, 0.0)), Some(11));
        assert_eq!(grid().center(11), WorldPoint::new(35.0, 5.0, 0.0));
    }

    #[test]
    fn edges_belong_to_the_grid_as_to_the_extent() {
        let points = [(0.0, 30.0), (40.0, 30.0), (0.0, 0.0), (39.9, 0.1), (-0.1, 15.0), (f32::NAN, 1.0)];
        for (x, y) in points {
            let point = WorldPoint::new(x, y, 0.0);
            assert_eq!(grid().index(point).is_some(), grid().extent().contains(point), "{x} {y}");
        }
    }

    #[test]
    fn time_goes_to_the_cells_by_length() {
        // Along the middle row (row 1): 5 units in column 0, 10 in column 1, 5 in column 2.
        assert_eq!(
            spread((5.0, 15.0), (25.0, 15.0), 200_000),
            (vec![(4, 50_000), (5, 100_000), (6, 50_000)], 0)
        );
        // And back.
        assert_eq!(
            spread((25.0, 15.0), (5.0, 15.0), 200_000),
            (vec![(6, 50_000), (5, 100_000), (4, 50_000)], 0)
        );
        // Northward, from row 2 to row 0.
        assert_eq!(spread((5.0, 5.0), (5.0, 25.0), 4), (vec![(8, 1), (4, 2), (0, 1)], 0));
    }

    #[test]
    fn outside_is_counted_and_never_moved_to_the_edge() {
        // 20 of 30 units lie west of the grid.
        assert_eq!(spread((-20.0, 15.0), (10.0, 15.0), 300), (vec![(4, 100)], 200));
        // From beyond one side to beyond the other: 40 of 80 units inside.
        assert_eq!(
            spread((60.0, 15.0), (-20.0, 15.0), 800),
            (vec![(7, 100), (6, 100), (5, 100), (4, 100)], 400)
        );
        // Standing outside, passing by, and running exactly along the far edge.
        assert_eq!(spread((-1.0, 5.0), (-1.0, 5.0), 7), (vec![], 7));
        assert_eq!(spread((-5.0, 20.0), (5.0, 45.0), 7), (vec![], 7));
        assert_eq!(spread((40.0, 5.0), (40.0, 25.0), 7), (vec![], 7));
        // No place at all.
        assert_eq!(spread((f32::NAN, 5.0), (20.0, 25.0), 7), (vec![], 7));
        assert_eq!(spread((5.0, 5.0), (20.0, f32::INFINITY), 7), (vec![], 7));
    }

    #[test]
    fn a_line_through_a_corner_skips_no_time() {
        let (parts, outside) = spread((5.0, 5.0), (15.0, 15.0), 1001);
        assert_eq!(parts.iter().map(|p| p.1).sum::<u64>() + outside, 1001);
        assert_eq!(outside, 0);
        assert_eq!((parts[0].0, parts[parts.len() - 1].0), (8, 5));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// Points between the cells, on their edges and in their corners, long lines and short ones.
        #[test]
        fn the_merged_edges_give_each_cell_what_the_walk_gives_it(
            ends in prop::array::uniform4(prop_oneof![-10.0_f32..170.0, (0..=20_u8).prop_map(|n| f32::from(n) * 8.0)]),
            amount in prop_oneof![0..20_u64, 0..2_000_000_u64, Just(u64::from(u32::MAX))],
            columns in 1..80_u32,
        ) {
            let cells = Cells::new(WorldRect::new(0.0, 0.0, 160.0, 160.0).unwrap(), columns, 20).unwrap();
            let [x0, y0, x1, y1] = ends;
            let (from, to) = (WorldPoint::new(x0, y0, 0.0), WorldPoint::new(x1, y1, 0.0));
            let (mut merged, mut walked) = (vec![0; cells.len()], vec![0; cells.len()]);
            let outside = cells.spread(from, to, amount, |cell, part| merged[cell] += part);
            let add = |column, row, part| walked[row * columns as usize + column] += part;
            prop_assert_eq!(outside, cells.spread_along(from, to, amount, add));
            prop_assert_eq!(merged, walked);
        }
    }

    #[test]
    fn a_grid_is_never_larger_than_the_limit() {
        let world = WorldRect::new(-65_536.0, -65_536.0, 65_536.0, 65_536.0).unwrap();
        assert!(Cells::new(world, 1 << 16, 1 << 16).is_none());
        assert!(Cells::new(world, 0, 4).is_none());
        assert!(Cells::with_side(world, 0.001).unwrap().len() <= MOST_CELLS);
        assert!(Cells::with_side(world, 0.0).is_none());
        assert!(Cells::with_side(world, f64::NAN).is_none());
        assert_eq!(Cells::with_side(world, 1024.0).unwrap().columns(), 128);
    }
}
