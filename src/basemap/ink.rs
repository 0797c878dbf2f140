//! A map drawn from the tracks themselves, for maps without a picture.
//!
//! Where players went is closed to an area (what lies between two near paths is floor too), its edge is inked and
//! the ground beyond it hatched, the way a plan shows walls; floors are shaded and contoured by height.

use std::ops::Range;

use image::{Luma, RgbaImage};
use imageproc::region_labelling::{Connectivity, connected_components};

use super::relief;
use super::relief::{Field, INK, Lab, distance, mask, paint, smoothstep};
use crate::geom::WorldRect;

/// Cells along the longer side of the grid that the shapes are found on.
const GRID: usize = 640;
/// Gaps between paths up to twice this wide are floor, units. A player is 36 wide.
const REACH: f32 = 84.0;
/// The floor ends this far from the nearest path, units.
const BODY: f32 = 40.0;
/// Holes smaller than a square of this side are floor too, units.
const SMALLEST_HOLE: f32 = 160.0;

/// Where players went and how high it is there, in cells over an extent.
#[derive(Debug, Clone, PartialEq)]
pub struct HeightField {
    extent: WorldRect,
    cells_x: u32,
    cells_y: u32,
    cells: Vec<HeightCell>,
}

/// One cell: how much was seen there, and at which mean height.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HeightCell {
    /// Time or samples spent in the cell, in any one unit; 0 = never visited.
    pub weight: u64,
    /// Mean z of what was seen there, units. Without meaning when `weight` is 0.
    pub height: f32,
}

impl HeightField {
    /// The most cells a side.
    pub const MOST_CELLS: u32 = 4096;

    /// A field over `extent` from its cells, north row first, each row from the west; `None` unless there are
    /// exactly `cells_x · cells_y` of them, at least one and at most [`Self::MOST_CELLS`] a side.
    ///
    /// Cells of about a player's half width (16 to 24 units) give the best map; wider ones a blunter one.
    pub fn new(extent: WorldRect, cells_x: u32, cells_y: u32, cells: Vec<HeightCell>) -> Option<Self> {
        let sides = 1..=Self::MOST_CELLS;
        let fits = sides.contains(&cells_x) && sides.contains(&cells_y);
        let full = cells.len() == cells_x as usize * cells_y as usize;
        (fits && full).then_some(Self { extent, cells_x, cells_y, cells })
    }

    /// The cell that holds a place given as shares of the extent from its west and north edges.
    fn at(&self, u: f64, v: f64) -> HeightCell {
        let x = ((u * f64::from(self.cells_x)) as usize).min(self.cells_x as usize - 1);
        let y = ((v * f64::from(self.cells_y)) as usize).min(self.cells_y as usize - 1);
        self.cells[y * self.cells_x as usize + x]
    }
}

/// Draw a field as a map of `width` × `height` pixels over its extent, opaque, in the lightness band of a dimmed
/// base map: it needs no dimming of its own. A field without a visited cell gives calm ground.
pub fn draw(field: &HeightField, width: u32, height: u32) -> RgbaImage {
    draw_part(field, (width, height), &[0..width, 0..height])
}

/// Some columns and rows of what [`draw`] draws: a life's card shows a small part of a large map.
pub(super) fn draw_part(
    field: &HeightField,
    (width, height): (u32, u32),
    [columns, rows]: &[Range<u32>; 2],
) -> RgbaImage {
    let floors = Floors::find(field);
    let look = Look::new(&floors, width, height);
    let color = |x: u32, y: u32| look.color((columns.start + x) as f32 + 0.5, (rows.start + y) as f32 + 0.5);
    paint(columns.len() as u32, rows.len() as u32, color)
}

/// The shapes of a field on a square grid.
struct Floors {
    /// Distance to the floor's edge, units: positive on the floor.
    edge: Field,
    /// Height everywhere, units.
    height: Field,
    /// Lowest and highest floor without the outermost hundredths, units.
    low: f32,
    high: f32,
    /// Units a cell.
    cell: f32,
}

impl Floors {
    fn find(field: &HeightField) -> Self {
        let longer = field.extent.width().max(field.extent.height());
        let cell = longer / GRID as f64;
        let columns = ((field.extent.width() / cell).round() as usize).max(1);
        let rows = ((field.extent.height() / cell).round() as usize).max(1);
        let cells =
            |x: usize, y: usize| field.at((x as f64 + 0.5) / columns as f64, (y as f64 + 0.5) / rows as f64);
        let visited = Field::from_fn(columns, rows, |x, y| f32::from(u8::from(cells(x, y).weight > 0)));
        let cell = cell as f32;

        // Closing by distances: everything within REACH of a path, then back to BODY from it.
        let near = distance(&visited, |v| v > 0.0).map(|d| if d * cell < REACH { 1.0 } else { 0.0 });
        let reached = fill_holes(&near, (SMALLEST_HOLE / cell).powi(2) as u32);
        let outside = distance(&reached, |r| r == 0.0);
        let inside = distance(&reached, |r| r > 0.0);
        let edge = Field::from_fn(columns, rows, |x, y| {
            let (x, y) = (x as isize, y as isize);
            (outside.at(x, y) - inside.at(x, y)) * cell - (REACH - BODY)
        });
        // Smoothing hides the steps of a coarse field's cells.
        let source_cell = (field.extent.width() / f64::from(field.cells_x)) as f32;
        let edge = edge.blurred((source_cell / cell * 0.6).max(1.4));

        let known = Field::from_fn(columns, rows, |x, y| cells(x, y).height);
        let height = known.filled(&visited).blurred(3.0);
        let [low, high] = height.percentiles(&visited, [0.01, 0.99]).unwrap_or([0.0, 0.0]);
        Self { edge, height, low, high, cell }
    }
}

/// A field of 0 and 1 with every hole of fewer than `smallest` cells made 1.
fn fill_holes(field: &Field, smallest: u32) -> Field {
    // Holes are labelled from 1, the background of the labelling is the floor.
    let holes = connected_components(&mask(field, |v| v == 0.0), Connectivity::Four, Luma([0]));
    let count = holes.pixels().map(|label| label[0]).max().unwrap_or(0) as usize;
    let mut sizes = vec![0_u32; count + 1];
    holes.pixels().for_each(|label| sizes[label[0] as usize] += 1);
    Field::from_fn(field.width(), field.height(), |x, y| {
        let label = holes.get_pixel(x as u32, y as u32)[0];
        if label > 0 && sizes[label as usize] < smallest { 1.0 } else { field.at(x as isize, y as isize) }
    })
}

/// How the shapes become colours.
struct Look<'a> {
    floors: &'a Floors,
    /// Cells a pixel, both axes.
    step: (f32, f32),
    /// Units a pixel, the mean of both axes.
    pixel: f32,
    /// Pixels of a line that is one pixel wide on a map of 1080.
    line: f32,
    /// Units from one contour to the next.
    contour: f32,
}

impl<'a> Look<'a> {
    fn new(floors: &'a Floors, width: u32, height: u32) -> Self {
        let step = (floors.edge.width() as f32 / width as f32, floors.edge.height() as f32 / height as f32);
        Self {
            floors,
            step,
            pixel: floors.cell * (step.0 + step.1) / 2.0,
            line: width.max(height) as f32 / 1080.0,
            contour: relief::contour_step(floors.low, floors.high),
        }
    }

    /// The colour at a place in pixels.
    fn color(&self, x: f32, y: f32) -> Lab {
        let (cx, cy) = (x * self.step.0, y * self.step.1);
        let edge_units = self.floors.edge.sample(cx, cy);
        let edge = edge_units / self.pixel;
        let ground = relief::ground(x, y, self.line, -edge_units);
        let on_floor = smoothstep(-0.6, 0.6, edge);
        let mut color = ground.mix(self.floor(cx, cy, edge_units), on_floor);
        // The wall: a line that lies on the ground's side of the edge.
        let half = 1.1 * self.line;
        let wall = 1.0 - smoothstep(half - 0.5, half + 0.7, (edge + half * 0.6).abs());
        color.l += (INK - color.l) * wall * 0.92;
        color
    }

    /// Floor: lighter and warmer the higher, darker along its edge, with contour lines and a low sun in the
    /// north west.
    fn floor(&self, cx: f32, cy: f32, edge_units: f32) -> Lab {
        let height = |dx: f32, dy: f32| self.floors.height.sample(cx + dx, cy + dy);
        let here = height(0.0, 0.0);
        let range = (self.floors.high - self.floors.low).max(192.0);
        let rise = (here - self.floors.low) / range;
        let mut color = relief::floor(rise);

        let two_cells = 2.0 * self.floors.cell;
        let slope_x = (height(1.0, 0.0) - height(-1.0, 0.0)) / two_cells;
        let slope_y = (height(0.0, 1.0) - height(0.0, -1.0)) / two_cells;
        color.l += relief::sunlight(slope_x, slope_y);

        let steepness = (slope_x * slope_x + slope_y * slope_y).sqrt();
        let to_contour = ((here / self.contour - (here / self.contour).round()) * self.contour).abs();
        let to_contour = to_contour / (steepness.max(0.02) * self.pixel);
        let drawn = (1.0 - smoothstep(0.3 * self.line, 0.3 * self.line + 0.9, to_contour))
            * smoothstep(0.02, 0.08, steepness);
        color.l -= 0.045 * drawn;

        color.l -= 0.05 * (1.0 - smoothstep(0.0, 46.0, edge_units));
        color
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A low corridor from west to east and a high room at its end.
    fn corridor() -> HeightField {
        let extent = WorldRect::new(-1000.0, -500.0, 1000.0, 500.0).unwrap();
        let cell = |x: u32, y: u32| match (x, y) {
            (10..=80, 24..=26) => HeightCell { weight: 5, height: 24.0 },
            (70..=90, 15..=35) => HeightCell { weight: 1, height: 280.0 },
            _ => HeightCell::default(),
        };
        let cells = (0..50).flat_map(|y| (0..100).map(move |x| cell(x, y))).collect();
        HeightField::new(extent, 100, 50, cells).unwrap()
    }

    /// Rough lightness of a pixel, 0 … 255.
    fn light(picture: &RgbaImage, x: u32, y: u32) -> i32 {
        picture.get_pixel(x, y).0[..3].iter().map(|&c| i32::from(c)).sum::<i32>() / 3
    }

    #[test]
    fn floor_is_lighter_than_ground_and_high_floor_lighter_than_low() {
        let picture = draw(&corridor(), 400, 200);
        let (ground, low, high) =
            (light(&picture, 200, 20), light(&picture, 120, 102), light(&picture, 340, 100));
        assert!(ground + 8 < low && low + 8 < high, "{ground} {low} {high}");
        let wall = (70..100).map(|y| light(&picture, 200, y)).min().unwrap();
        assert!(wall < ground, "the edge is inked darker than the ground: {wall} {ground}");
        assert!(picture.pixels().all(|p| p[3] == 255 && p[0] < 100), "within the dimmed band");
    }

    #[test]
    fn the_same_at_any_number_of_threads() {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let one = pool(1).install(|| draw(&corridor(), 301, 173));
        let four = pool(4).install(|| draw(&corridor(), 301, 173));
        assert_eq!(one, four);
    }

    #[test]
    fn no_tracks_give_calm_ground() {
        let extent = WorldRect::new(0.0, 0.0, 64.0, 64.0).unwrap();
        let empty = HeightField::new(extent, 1, 1, vec![HeightCell::default()]).unwrap();
        let picture = draw(&empty, 32, 16);
        assert!(picture.pixels().all(|pixel| pixel == picture.get_pixel(0, 0)));
        assert_eq!(HeightField::new(extent, 2, 1, vec![HeightCell::default()]), None);
        assert_eq!(draw(&empty, 0, 0).dimensions(), (0, 0));
    }

    #[test]
    fn small_holes_are_floor_and_large_ones_are_not() {
        let ring = |size: u32, hole: u32| {
            let extent = WorldRect::new(0.0, 0.0, 2000.0, 2000.0).unwrap();
            let cells = (0..size * size).map(|i| {
                let off = (i % size).abs_diff(size / 2).max((i / size).abs_diff(size / 2));
                HeightCell { weight: u64::from(off > hole && off < hole + 8), height: 0.0 }
            });
            let field = HeightField::new(extent, size, size, cells.collect()).unwrap();
            let picture = draw(&field, 200, 200);
            light(&picture, 100, 100)
        };
        assert!(ring(100, 5) > ring(100, 20) + 8, "200 units are closed, 800 are not");
    }
}
