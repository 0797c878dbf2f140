//! The plan cut into cells: where a player's origin may be, how to get from cell to cell, and what blocks the view.

use crate::sim::plan::Plan;

/// Side of a cell, units. The player's box reaches 18 units to each side.
pub(crate) const CELL_UNITS: f64 = 16.0;

/// The tallest step between two cells, units: the engine's step of 18 and a little of the slope.
const STEP_UNITS: f64 = 20.0;

/// Floors less than this far apart are one floor.
const FLOOR_UNITS: f64 = 80.0;

/// Room under a ceiling, units.
const CEILING_UNITS: f64 = 152.0;

/// The eight neighbours of a cell: east first, then counterclockwise.
pub(crate) const STEPS: [(i32, i32); 8] =
    [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

/// No cell.
const NONE: u32 = u32::MAX;

/// A cell of one floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CellId(pub(crate) u32);

#[derive(Debug, Clone, Copy)]
struct Cell {
    area: u16,
    column: u32,
    z: f32,
}

/// All floors of a plan.
#[derive(Debug)]
pub(crate) struct Floors {
    west: f64,
    south: f64,
    columns: i32,
    rows: i32,
    /// Where the cells of each column begin in `cells`, lowest floor first; one more entry than columns.
    first: Vec<u32>,
    cells: Vec<Cell>,
    neighbours: Vec<[u32; 8]>,
    /// Steps to the nearest wall, in tenths of a cell; 0 where a player's box would touch one.
    clearance: Vec<u16>,
    /// Whether a column stands inside a building.
    walled: Vec<bool>,
}

impl Floors {
    /// The floors of `plan`.
    pub(crate) fn new(plan: &Plan) -> Self {
        let columns = ((plan.maxs[0] - plan.mins[0]) / CELL_UNITS) as i32;
        let rows = ((plan.mins[1] - plan.maxs[1]) / CELL_UNITS) as i32;
        let mut floors = Self {
            west: plan.mins[0],
            south: plan.maxs[1],
            columns,
            rows,
            first: Vec::new(),
            cells: Vec::new(),
            neighbours: Vec::new(),
            clearance: Vec::new(),
            walled: vec![false; (columns * rows).max(0) as usize],
        };
        floors.lay(plan);
        floors.join();
        floors.measure();
        for building in &plan.buildings {
            floors.each_column(building.shape.bounds(), |floors, column, x, y| {
                floors.walled[column] |= building.shape.contains(x, y);
            });
        }
        for [west, south, east, north] in plan.windows.iter().map(|window| window.rect) {
            // The heights of windows fit their floors, so a gap in the column is enough.
            floors.each_column([west, south, east, north], |floors, column, _, _| {
                floors.walled[column] = false;
            });
        }
        floors
    }

    /// Lays the areas over each other, then takes away what the blocks stand on.
    fn lay(&mut self, plan: &Plan) {
        let mut stacks: Vec<Vec<Cell>> = vec![Vec::new(); self.walled.len()];
        for (index, area) in plan.areas.iter().enumerate() {
            self.each_column(area.shape.bounds(), |_, column, x, y| {
                if area.shape.contains(x, y) {
                    let z = area.height(x, y);
                    let stack = &mut stacks[column];
                    stack.retain(|cell| (f64::from(cell.z) - z).abs() >= FLOOR_UNITS);
                    stack.push(Cell { area: index as u16, column: column as u32, z: z as f32 });
                }
            });
        }
        for block in &plan.blocks {
            self.each_column(block.shape.bounds(), |_, column, x, y| {
                if block.shape.contains(x, y) {
                    stacks[column].retain(|cell| !(block.z[0]..=block.z[1]).contains(&f64::from(cell.z)));
                }
            });
        }
        for mut stack in stacks {
            self.first.push(self.cells.len() as u32);
            stack.sort_by(|a, b| a.z.total_cmp(&b.z));
            self.cells.extend(stack);
        }
        self.first.push(self.cells.len() as u32);
    }

    /// Joins cells that a player can step between, both ways.
    fn join(&mut self) {
        let joined = |floors: &Self, cell: &Cell| {
            let (column, row) = floors.place(cell.column);
            STEPS.map(|(dx, dy)| floors.floor_near(column + dx, row + dy, f64::from(cell.z)).unwrap_or(NONE))
        };
        self.neighbours = self.cells.iter().map(|cell| joined(self, cell)).collect();
    }

    /// Measures how far each cell is from the nearest wall, by steps of 10 and 14 (Borgefors 1986), up to 12 cells.
    fn measure(&mut self) {
        const FAR: u16 = 120;
        self.clearance = self.neighbours.iter().map(|n| if n.contains(&NONE) { 0 } else { FAR }).collect();
        let mut wave: Vec<u32> =
            (0..self.cells.len() as u32).filter(|&c| self.clearance[c as usize] == 0).collect();
        while !wave.is_empty() {
            let mut next = Vec::new();
            for cell in wave {
                let here = self.clearance[cell as usize];
                for (step, &there) in self.neighbours[cell as usize].iter().enumerate() {
                    let longer = here + if step % 2 == 0 { 10 } else { 14 };
                    if there != NONE && longer < self.clearance[there as usize] {
                        self.clearance[there as usize] = longer;
                        next.push(there);
                    }
                }
            }
            wave = next;
        }
    }

    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The cells next to `cell` where a player's box fits, each with its direction (an index into [`STEPS`]).
    pub(crate) fn neighbours(&self, cell: CellId) -> impl Iterator<Item = (usize, CellId)> + '_ {
        let around = &self.neighbours[cell.0 as usize];
        let open = |id: u32| id != NONE && self.clearance[id as usize] > 0;
        around.iter().enumerate().filter_map(move |(step, &id)| {
            // A diagonal step must not cut a corner.
            let free = step % 2 == 0 || (open(around[step - 1]) && open(around[(step + 1) % 8]));
            (open(id) && free).then_some((step, CellId(id)))
        })
    }

    /// Units from a player's origin to the nearest wall, as far as the cells tell, up to about 190.
    pub(crate) fn clearance(&self, cell: CellId) -> f64 {
        f64::from(self.clearance[cell.0 as usize]) / 10.0 * CELL_UNITS
    }

    /// The middle of a cell and its floor.
    pub(crate) fn middle(&self, cell: CellId) -> [f64; 3] {
        let cell = &self.cells[cell.0 as usize];
        let (column, row) = self.place(cell.column);
        let middle = |index: i32| (f64::from(index) + 0.5) * CELL_UNITS;
        [self.west + middle(column), self.south + middle(row), f64::from(cell.z)]
    }

    /// Height of a cell's floor at a place.
    pub(crate) fn height(&self, plan: &Plan, cell: CellId, x: f64, y: f64) -> f64 {
        plan.areas[self.area(cell)].height(x, y)
    }

    /// Index of the area a cell belongs to.
    pub(crate) fn area(&self, cell: CellId) -> usize {
        usize::from(self.cells[cell.0 as usize].area)
    }

    /// The open cell nearest to a place on the floor, looked for up to eight cells away.
    pub(crate) fn nearest(&self, at: [f64; 3]) -> Option<CellId> {
        let (column, row) = (self.column(at[0]), self.row(at[1]));
        let mut best: Option<(f64, CellId)> = None;
        for (dx, dy) in (-8..=8).flat_map(|dy| (-8..=8).map(move |dx| (dx, dy))) {
            for id in self.stack(column + dx, row + dy) {
                let middle = self.middle(CellId(id));
                let off = (0..3).map(|axis| (middle[axis] - at[axis]) * (middle[axis] - at[axis])).sum();
                if self.clearance[id as usize] > 0 && best.is_none_or(|(least, _)| off < least) {
                    best = Some((off, CellId(id)));
                }
            }
        }
        best.map(|(_, id)| id)
    }

    /// The open cell a player is in after a move of at most one cell from `cell` to (`x`, `y`); `None` at a wall.
    pub(crate) fn step(&self, cell: CellId, x: f64, y: f64) -> Option<CellId> {
        let (column, row) = self.place(self.cells[cell.0 as usize].column);
        let (dx, dy) = (self.column(x) - column, self.row(y) - row);
        if (dx, dy) == (0, 0) {
            return Some(cell);
        }
        self.neighbours(cell).find(|(step, _)| STEPS[*step] == (dx, dy)).map(|(_, there)| there)
    }

    /// Whether one can walk straight from `from` to `to` with at least `room` units to every wall.
    pub(crate) fn is_straight(&self, from: CellId, to: CellId, room: f64) -> bool {
        let (a, b) = (self.middle(from), self.middle(to));
        let length = ((b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1])).sqrt();
        let strides = (length / (CELL_UNITS / 2.0)) as usize + 1;
        let mut cell = from;
        for stride in 1..=strides {
            let share = stride as f64 / strides as f64;
            match self.step(cell, a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) {
                Some(next) if self.clearance(next) >= room => cell = next,
                _ => return false,
            }
        }
        cell == to
    }

    /// Whether a look from eye to eye meets neither wall nor floor. Fences, crates and water do not block the view.
    pub(crate) fn is_visible(&self, plan: &Plan, from: [f64; 3], to: [f64; 3]) -> bool {
        let length = ((to[0] - from[0]) * (to[0] - from[0]) + (to[1] - from[1]) * (to[1] - from[1])).sqrt();
        let strides = (length / CELL_UNITS) as usize + 1;
        (1..strides).all(|stride| {
            let share = stride as f64 / strides as f64;
            let at: [f64; 3] = std::array::from_fn(|axis| from[axis] + (to[axis] - from[axis]) * share);
            self.is_clear(plan, at)
        })
    }

    fn is_clear(&self, plan: &Plan, at: [f64; 3]) -> bool {
        let (column, row) = (self.column(at[0]), self.row(at[1]));
        let Some(index) = self.index(column, row) else { return true };
        if !self.walled[index] {
            return true;
        }
        self.stack(column, row).any(|id| {
            let cell = &self.cells[id as usize];
            let above = at[2] - f64::from(cell.z);
            above >= 0.0 && (above < CEILING_UNITS || !plan.areas[usize::from(cell.area)].ground.is_roofed())
        })
    }

    /// Floors of a column, lowest first.
    fn stack(&self, column: i32, row: i32) -> std::ops::Range<u32> {
        self.index(column, row).map_or(0..0, |index| self.first[index]..self.first[index + 1])
    }

    /// The floor of a column that can be stepped on from height `z`.
    fn floor_near(&self, column: i32, row: i32, z: f64) -> Option<u32> {
        self.stack(column, row).find(|&id| (f64::from(self.cells[id as usize].z) - z).abs() <= STEP_UNITS)
    }

    fn index(&self, column: i32, row: i32) -> Option<usize> {
        let inside = (0..self.columns).contains(&column) && (0..self.rows).contains(&row);
        inside.then(|| (row * self.columns + column) as usize)
    }

    fn place(&self, column: u32) -> (i32, i32) {
        (column as i32 % self.columns, column as i32 / self.columns)
    }

    fn column(&self, x: f64) -> i32 {
        ((x - self.west) / CELL_UNITS).floor() as i32
    }

    fn row(&self, y: f64) -> i32 {
        ((y - self.south) / CELL_UNITS).floor() as i32
    }

    /// Calls `visit` with every column whose middle may lie in a rectangle.
    fn each_column(
        &mut self,
        [west, south, east, north]: [f64; 4],
        mut visit: impl FnMut(&mut Self, usize, f64, f64),
    ) {
        for row in self.row(south)..=self.row(north) {
            for column in self.column(west)..=self.column(east) {
                if let Some(index) = self.index(column, row) {
                    let x = self.west + (f64::from(column) + 0.5) * CELL_UNITS;
                    let y = self.south + (f64::from(row) + 0.5) * CELL_UNITS;
                    visit(self, index, x, y);
                }
            }
        }
    }
}
