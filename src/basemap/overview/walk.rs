//! Where one can walk: floors found by plumb lines, reached from where players and things appear.
//!
//! The method is that of navigation meshes (M. Mononen, Recast: solid spans, open spans, flood), on a grid wide
//! enough to be quick and narrow enough for a door.

use rayon::prelude::*;

use super::solid::{Lines, Span, Stuff, Volumes};
use super::triangles::Triangle;
use crate::geom::{WorldPoint, WorldRect};

/// Cells along the longer side.
const CELLS: f64 = 448.0;
/// No cell is narrower than this, units: half a player.
const NARROWEST: f64 = 16.0;
/// The lowest passage, units: a crouching player has 48, a prone one less.
const HEADROOM: f32 = 40.0;
/// The highest thing one gets onto: a jump (about 45) and a step (18).
const CLIMB: f32 = 62.0;
/// The deepest fall that counts as passable.
const FALL: f32 = 1024.0;
/// The highest step onto a slope that one cannot stand on.
const STEP: f32 = 18.0;
/// The steepest floor to stand on, as upward part of its normal (the game's limit is 0.7).
const STEEPEST: f32 = 0.68;
/// The steepest slope to slide down.
const SLIDE: f32 = 0.3;
/// Air that kills makes no floor of what lies this far below it, units.
const DEADLY_DEPTH: f32 = 512.0;
/// Open spans kept of one plumb line.
const MOST_FLOORS: usize = 24;
/// A seed falls at most this far to its floor.
const SEED_FALL: f32 = 512.0;

/// One floor under a plumb line.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Floor {
    z: f32,
    ceiling: f32,
    footing: Footing,
    is_reached: bool,
}

/// What one can do on a floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Footing {
    /// Stand and jump.
    Level,
    /// Slide down.
    Steep,
    /// Nothing: a wall's top edge, the sky, a deadly pit.
    None,
}

/// The floors of a map on a grid.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    lines: Lines,
    /// First floor of each cell, and the end.
    starts: Vec<u32>,
    floors: Vec<Floor>,
}

impl Walk {
    /// A grid for `world`.
    pub fn lines(world: &WorldRect) -> Lines {
        let cell = (world.width().max(world.height()) / CELLS).max(NARROWEST);
        let count = |length: f64| ((length / cell).ceil() as usize).max(1);
        Lines {
            west: (world.min_x() + cell / 2.0) as f32,
            north: (world.max_y() - cell / 2.0) as f32,
            step_x: cell as f32,
            step_y: cell as f32,
            columns: count(world.width()),
            rows: count(world.height()),
            // What touches a cell fills it, so that no wall is thin enough to be walked through.
            wider: cell as f32 / 2.0,
        }
    }

    /// Find the floors under `lines`, and those that can be reached from `seeds`.
    pub fn explore(lines: Lines, volumes: &Volumes, patches: &[Triangle], seeds: &[WorldPoint]) -> Self {
        let blocks = |stuff| matches!(stuff, Stuff::Solid | Stuff::Clip | Stuff::Deadly);
        let sweep = volumes.sweep(lines, blocks);
        let curved = by_cell(&lines, patches);
        let rows: Vec<Vec<Vec<Floor>>> = (0..lines.rows)
            .into_par_iter()
            .map(|row| {
                let mut floors = vec![Vec::new(); lines.columns];
                let mut solid = Vec::new();
                sweep.row(
                    row,
                    |_| true,
                    |column, spans| {
                        solid.clear();
                        solid
                            .extend(spans.iter().filter(|(s, _)| *s != Stuff::Deadly).map(|(_, span)| *span));
                        solid.extend(&curved[row * lines.columns + column]);
                        floors[column] = open_spans(&mut solid, volumes);
                        for (_, air) in spans.iter().filter(|(stuff, _)| *stuff == Stuff::Deadly) {
                            floors[column].iter_mut().for_each(|floor| floor.dies_in(air));
                        }
                    },
                );
                floors
            })
            .collect();
        let mut walk = Self { lines, starts: vec![0], floors: Vec::new() };
        for cell in rows.into_iter().flatten() {
            walk.floors.extend(cell);
            walk.starts.push(walk.floors.len() as u32);
        }
        walk.flood(seeds);
        walk
    }

    fn cell_floors(&self, cell: usize) -> std::ops::Range<usize> {
        self.starts[cell] as usize..self.starts[cell + 1] as usize
    }

    /// The cell of a place; `None` off the grid.
    pub fn cell(&self, x: f32, y: f32) -> Option<usize> {
        let lines = &self.lines;
        let column = (x - lines.west) / lines.step_x + 0.5;
        let row = (lines.north - y) / lines.step_y + 0.5;
        let inside = column >= 0.0 && row >= 0.0 && column < lines.columns as f32 && row < lines.rows as f32;
        inside.then(|| row as usize * lines.columns + column as usize)
    }

    fn flood(&mut self, seeds: &[WorldPoint]) {
        let mut open: Vec<(usize, usize)> = Vec::new();
        for seed in seeds {
            let Some(cell) = self.cell(seed.x, seed.y) else { continue };
            let below =
                |f: &Floor| f.footing == Footing::Level && f.z <= seed.z + 16.0 && f.z >= seed.z - SEED_FALL;
            let floor = self.cell_floors(cell).rev().find(|&i| below(&self.floors[i]));
            open.extend(floor.map(|floor| (cell, floor)));
        }
        for &(_, floor) in &open {
            self.floors[floor].is_reached = true;
        }
        while let Some((cell, from)) = open.pop() {
            let here = self.floors[from];
            for next in self.neighbours(cell) {
                for to in self.cell_floors(next) {
                    let there = &mut self.floors[to];
                    if !there.is_reached && can_pass(&here, there) {
                        there.is_reached = true;
                        open.push((next, to));
                    }
                }
            }
        }
    }

    fn neighbours(&self, cell: usize) -> impl Iterator<Item = usize> + use<> {
        let columns = self.lines.columns;
        let (column, row, rows) = (cell % columns, cell / columns, self.lines.rows);
        let west = (column > 0).then(|| cell - 1);
        let east = (column + 1 < columns).then_some(cell + 1);
        let north = (row > 0).then(|| cell - columns);
        let south = (row + 1 < rows).then_some(cell + columns);
        [west, east, north, south].into_iter().flatten()
    }

    /// The highest reached floor of a cell that is not above `up_to`.
    pub fn floor(&self, cell: usize, up_to: f32) -> Option<f32> {
        let reached = |f: &&Floor| f.is_reached && f.z <= up_to;
        self.floors[self.cell_floors(cell)].iter().rev().find(reached).map(|f| f.z)
    }

    /// The highest reached floors that are not above `up_to`, cell by cell.
    pub fn at_height(&self, up_to: f32) -> WalkFloor<'_> {
        let cells = self.starts.len() - 1;
        let floors: Vec<f32> = (0..cells).map(|cell| self.floor(cell, up_to).unwrap_or(f32::NAN)).collect();
        let mut is_near = vec![false; cells];
        for (cell, _) in floors.iter().enumerate().filter(|(_, z)| !z.is_nan()) {
            for beside in self.lines.around(cell) {
                is_near[beside] = true;
            }
        }
        WalkFloor { walk: self, floors, is_near }
    }

    /// Share of cells with a reached floor.
    pub fn reached_share(&self) -> f64 {
        let cells = self.starts.len() - 1;
        let reached = (0..cells).filter(|&cell| self.floor(cell, f32::INFINITY).is_some()).count();
        reached as f64 / cells.max(1) as f64
    }

    /// The rectangle that holds every reached floor.
    pub fn bounds(&self) -> Option<WorldRect> {
        let cells = (0..self.starts.len() - 1).filter(|&cell| self.floor(cell, f32::INFINITY).is_some());
        let rect = |cell: usize| {
            let x = f64::from(self.lines.x(cell % self.lines.columns));
            let y = f64::from(self.lines.y(cell / self.lines.columns));
            let half = f64::from(self.lines.step_x) / 2.0;
            WorldRect::new(x - half, y - half, x + half, y + half)
        };
        cells.filter_map(rect).reduce(|all, cell| all.union(&cell))
    }

    /// Heights of all reached floors, lowest first.
    pub fn heights(&self) -> Vec<f32> {
        let mut heights: Vec<f32> = self.floors.iter().filter(|f| f.is_reached).map(|f| f.z).collect();
        heights.sort_by(f32::total_cmp);
        heights
    }
}

impl Floor {
    /// No player stands on what lies in or under deadly air.
    fn dies_in(&mut self, air: &Span) {
        if air.high > self.z && air.low < self.ceiling.min(self.z + DEADLY_DEPTH) {
            self.footing = Footing::None;
        }
    }
}

/// One floor for each cell of a walk.
pub(crate) struct WalkFloor<'a> {
    walk: &'a Walk,
    /// NaN where no floor is reached.
    floors: Vec<f32>,
    /// Whether the cell or one of the eight around it has a floor.
    is_near: Vec<bool>,
}

impl WalkFloor<'_> {
    /// The floor of the cell at a place, or else of the nearest of the eight around it; NaN without any.
    pub fn floor_near(&self, x: f32, y: f32) -> f32 {
        let lines = &self.walk.lines;
        let Some(home) = self.walk.cell(x, y) else { return f32::NAN };
        let mut best = self.floors[home];
        if !best.is_nan() || !self.is_near[home] {
            return best;
        }
        let mut nearest = f32::INFINITY;
        for cell in lines.around(home) {
            let z = self.floors[cell];
            let (dx, dy) = (lines.x(cell % lines.columns) - x, lines.y(cell / lines.columns) - y);
            let far = dx * dx + dy * dy;
            if !z.is_nan() && far < nearest {
                (best, nearest) = (z, far);
            }
        }
        best
    }
}

/// Whether one gets from a floor to one beside it: no higher than a jump, no deeper than a fall, down but not up a
/// steep slope, and with an opening that both share.
fn can_pass(from: &Floor, to: &Floor) -> bool {
    let climb = match (from.footing, to.footing) {
        (Footing::Level, Footing::Level) => CLIMB,
        (Footing::Level, Footing::Steep) => STEP,
        (Footing::Steep, Footing::Level | Footing::Steep) => 0.0,
        _ => return false,
    };
    let opening = from.ceiling.min(to.ceiling) - from.z.max(to.z);
    to.z - from.z <= climb && from.z - to.z <= FALL && opening >= HEADROOM
}

/// The open spans between solid ones, lowest first.
fn open_spans(solid: &mut [Span], volumes: &Volumes) -> Vec<Floor> {
    solid.sort_by(|a, b| a.low.total_cmp(&b.low));
    let mut floors = Vec::new();
    let mut top: Option<Span> = None;
    let end = Span { low: f32::INFINITY, high: f32::INFINITY, slope: 0.0, shader: 0 };
    for span in solid.iter().copied().chain([end]) {
        if let Some(floor) = top
            && span.low - floor.high >= HEADROOM
            && floors.len() < MOST_FLOORS
        {
            floors.push(Floor {
                z: floor.high,
                ceiling: span.low,
                footing: match floor.slope {
                    _ if volumes.is_sky(&floor) => Footing::None,
                    slope if slope >= STEEPEST => Footing::Level,
                    slope if slope >= SLIDE => Footing::Steep,
                    _ => Footing::None,
                },
                is_reached: false,
            });
        }
        if top.is_none_or(|top| span.high > top.high) {
            top = Some(span);
        }
    }
    floors
}

/// Thin spans of the curved triangles under each plumb line.
fn by_cell(lines: &Lines, triangles: &[Triangle]) -> Vec<Vec<Span>> {
    let mut cells = vec![Vec::new(); lines.columns * lines.rows];
    for triangle in triangles.iter().filter(|triangle| triangle.slope().abs() > 0.2) {
        triangle.under(lines, |column, row, z| {
            let spans: &mut Vec<Span> = &mut cells[row * lines.columns + column];
            if spans.len() < MOST_FLOORS {
                let slope = triangle.slope().abs();
                spans.push(Span { low: z - 2.0, high: z, slope, shader: u32::MAX });
            }
        });
    }
    cells
}
