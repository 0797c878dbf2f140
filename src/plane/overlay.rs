//! A field of numbers laid over a map as pixels.

use std::sync::Arc;

use rayon::prelude::*;

use super::field::Field;
use super::map_frame::MapFrame;
use super::resample::Taps;
use crate::geom::WorldRect;
use crate::scene::{Bitmap, Blend, Color, Item};

/// The value of `field`, whose cells cover `extent` evenly, in every pixel of `frame`, row by row from the top.
pub fn in_pixels(field: &Field, extent: &WorldRect, frame: &MapFrame) -> Vec<f32> {
    let taps = Taps::onto(frame, (field.width(), field.height()), extent);
    resampled(field, &taps, (frame.width() as usize, frame.height() as usize))
}

/// The same field in cells of which so many lie along one of its own, as pixels would show it.
pub fn enlarged(field: &Field, factor: usize) -> Field {
    let (width, height) = (field.width() * factor, field.height() * factor);
    let taps = [(field.width(), width), (field.height(), height)]
        .map(|(cells, all)| Taps::new(cells, (0.0, cells as f64), all, 0.0));
    Field::new(width, height, resampled(field, &taps, (width, height))).unwrap_or_else(|| field.clone())
}

/// A field by its taps across and down.
fn resampled(field: &Field, [across, down]: &[Taps; 2], (width, height): (usize, usize)) -> Vec<f32> {
    let mut wide = vec![0.0_f32; width * field.height()];
    wide.par_chunks_exact_mut(width).enumerate().for_each(|(y, out)| across.row(field.row(y), out));
    let mut pixels = vec![0.0_f32; width * height];
    pixels.par_chunks_exact_mut(width).enumerate().for_each(|(y, out)| down.column_row(&wide, width, y, out));
    pixels
}

/// A bitmap over `frame` whose pixels `color` chooses by their place in the rows of the frame.
pub fn item(frame: &MapFrame, blend: Blend, color: impl Fn(usize) -> Color + Sync) -> Option<Item> {
    let (width, height) = (frame.width(), frame.height());
    let mut rgba = vec![0_u8; width as usize * height as usize * 4];
    rgba.par_chunks_exact_mut(width as usize * 4).enumerate().for_each(|(y, row)| {
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let Color { r, g, b, a } = color(y * width as usize + x);
            pixel.copy_from_slice(&[r, g, b, a]);
        }
    });
    let bitmap = Arc::new(Bitmap::new(width, height, rgba)?);
    Some(Item::Image { x: frame.rect.x as i32, y: frame.rect.y as i32, bitmap, blend })
}

/// From 0 at `low` to 1 at `high`, without a corner at either end.
pub fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
