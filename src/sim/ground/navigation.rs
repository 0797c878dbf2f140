//! Paths to a goal: a field of distances by Dijkstra (1959) on the cells, then the path pulled straight.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;

use super::floors::{CellId, Floors};

/// Room that a straight piece of a path keeps to walls where it can, units.
const ROOM_UNITS: f64 = 40.0;

/// Cost from each cell to one goal; `u32::MAX` where there is no path.
#[derive(Debug)]
pub(crate) struct Field {
    costs: Vec<u32>,
}

/// Finds paths, and remembers the fields of goals it has been asked for.
#[derive(Debug)]
pub(crate) struct Navigation<'a> {
    floors: &'a Floors,
    fields: BTreeMap<CellId, Rc<Field>>,
}

impl<'a> Navigation<'a> {
    /// A navigation over `floors`.
    pub(crate) fn new(floors: &'a Floors) -> Self {
        Self { floors, fields: BTreeMap::new() }
    }

    /// The path from a cell to a goal as corners in order, the start left out and the goal included. Empty when there
    /// is no path.
    pub(crate) fn path(&mut self, from: CellId, goal: CellId) -> Vec<CellId> {
        let field = self.field(goal);
        self.pull(from, &field.descend(self.floors, from))
    }

    /// Cost of the path from a cell to a goal, roughly units; `None` when there is no path.
    pub(crate) fn cost(&mut self, from: CellId, goal: CellId) -> Option<u32> {
        let cost = self.field(goal).costs[from.0 as usize];
        (cost != u32::MAX).then_some(cost)
    }

    /// The path to a goal that is not remembered, if its cost is at most `most`: corners as in [`Self::path`].
    pub(crate) fn short_path(&self, from: CellId, goal: CellId, most: u32) -> Option<Vec<CellId>> {
        let field = Field::until(self.floors, goal, Some((from, most)));
        (field.costs[from.0 as usize] <= most).then(|| self.pull(from, &field.descend(self.floors, from)))
    }

    fn field(&mut self, goal: CellId) -> Rc<Field> {
        let floors = self.floors;
        Rc::clone(self.fields.entry(goal).or_insert_with(|| Rc::new(Field::new(floors, goal))))
    }

    /// Leaves out every cell between two that see each other with room to spare.
    fn pull(&self, from: CellId, cells: &[CellId]) -> Vec<CellId> {
        let mut corners = Vec::new();
        let mut here = from;
        let mut next = 0;
        while next < cells.len() {
            // The farthest cell in sight, by doubling strides and then halving them.
            let mut stride = 1;
            let mut reached = next;
            while stride > 0 {
                let to = reached + stride;
                let clear = to < cells.len() && self.is_easy(here, cells[to]);
                (reached, stride) = if clear { (to, stride * 2) } else { (reached, stride / 2) };
            }
            here = cells[reached];
            corners.push(here);
            next = reached + 1;
        }
        corners
    }

    fn is_easy(&self, from: CellId, to: CellId) -> bool {
        let room = self.floors.clearance(from).min(self.floors.clearance(to)).min(ROOM_UNITS);
        self.floors.is_straight(from, to, room)
    }
}

impl Field {
    fn new(floors: &Floors, goal: CellId) -> Self {
        Self::until(floors, goal, None)
    }

    /// Costs up to a start, if one is given, and up to its limit.
    fn until(floors: &Floors, goal: CellId, start: Option<(CellId, u32)>) -> Self {
        let mut costs = vec![u32::MAX; floors.len()];
        let mut queue = BinaryHeap::new();
        costs[goal.0 as usize] = 0;
        queue.push((Reverse(0), goal));
        while let Some((Reverse(cost), cell)) = queue.pop() {
            if cost > costs[cell.0 as usize] {
                continue;
            }
            if start.is_some_and(|(from, most)| cell == from || cost > most) {
                break;
            }
            for (step, there) in floors.neighbours(cell) {
                let longer = cost + price(floors, step, there);
                if longer < costs[there.0 as usize] {
                    costs[there.0 as usize] = longer;
                    queue.push((Reverse(longer), there));
                }
            }
        }
        Self { costs }
    }

    /// The cells from `from` (left out) down to the goal.
    fn descend(&self, floors: &Floors, from: CellId) -> Vec<CellId> {
        let mut cells = Vec::new();
        let mut here = from;
        while self.costs[here.0 as usize] != 0 {
            let down = floors
                .neighbours(here)
                .map(|(_, there)| there)
                .min_by_key(|there| (self.costs[there.0 as usize], *there));
            match down {
                Some(there) if self.costs[there.0 as usize] < self.costs[here.0 as usize] => here = there,
                _ => break,
            }
            cells.push(here);
        }
        cells
    }
}

/// Price of a step onto a cell, roughly units: players keep off walls.
fn price(floors: &Floors, step: usize, to: CellId) -> u32 {
    let length = if step.is_multiple_of(2) { 16 } else { 23 };
    let clearance = floors.clearance(to) as u32;
    length + length * 80_u32.saturating_sub(clearance) / 60
}
