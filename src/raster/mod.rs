//! Scene to pixels: the only user of the drawing crates.
//!
//! A scene is resolved once into marks (glyphs cut, strokes outlined, clips intersected: [`plan`]), then drawn in
//! horizontal bands that share nothing. Every band draws all marks in order, and where bands lie depends on the
//! picture alone, so the bytes are the same for any number of threads.
//!
//! ```
//! use proximity::raster::{encode, render};
//! use proximity::scene::{Color, Scene};
//!
//! let scene = Scene { width: 3, height: 2, background: Color::hex(0xff_80_00), items: Vec::new() };
//! let bitmap = render(&scene)?;
//! assert_eq!(bitmap.rgba(), [0xff, 0x80, 0x00, 0xff].repeat(6));
//! let png = encode::png(&bitmap, &[("Title", "six pixels")], encode::Effort::Fast)?;
//! assert!(png.starts_with(b"\x89PNG"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canvas;
mod coverage;
pub mod encode;
mod film;
mod glyph;
mod image;
mod part;
mod path;
mod plan;
mod polyline;
mod stamp;
mod transfer;

use std::cell::RefCell;

use rayon::prelude::*;

use crate::scene::{Bitmap, Color, Scene};
use canvas::{Band, Window};
use glyph::Cutter;
use plan::{Figure, Mark};

pub use film::Film;
pub use part::Part;

/// Longest side of a picture, pixels.
pub const MAX_SIDE: u32 = 16_384;

/// Most pixels in a picture.
pub const MAX_PIXELS: u64 = 200_000_000;

/// Rows a band has: enough that a line meets few bands, few enough that a band's buffers stay in the cache.
const BAND_ROWS: usize = 128;

thread_local! {
    /// Pictures share their glyphs: those of a report write the same letters in the same sizes.
    static CUTTER: RefCell<Cutter> = RefCell::default();
}

/// Why a scene can't be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A side of length 0.
    #[error("a picture of {width} x {height} pixels is empty")]
    Empty {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
    /// More than [`MAX_SIDE`] on a side or [`MAX_PIXELS`] in all.
    #[error(
        "a picture of {width} x {height} pixels is too large: at most {MAX_SIDE} a side and {MAX_PIXELS} in all"
    )]
    TooLarge {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
}

/// Draws a scene.
///
/// Marks with coordinates that are not numbers, or beyond any picture, draw nothing or only their visible part.
///
/// # Errors
/// When the scene is empty or larger than [`MAX_SIDE`] or [`MAX_PIXELS`] allow.
pub fn render(scene: &Scene) -> Result<Bitmap, Error> {
    let mut picture = empty(scene.width, scene.height)?;
    let window = Window::new(0, 0, scene.width as i32, scene.height as i32);
    let marks = CUTTER.with_borrow_mut(|cutter| {
        cutter.tidy();
        plan::resolve(&scene.items, window, cutter)
    });
    let row_bytes = scene.width as usize * 4;
    picture.rgba_mut().par_chunks_mut(row_bytes * BAND_ROWS).enumerate().for_each_init(
        Brushes::default,
        |brushes, (i, rows)| {
            // Here, while the band is in the cache.
            fill(rows, scene.background);
            let mut band = Band::new(scene.width, (i * BAND_ROWS) as i32, rows);
            for mark in &marks {
                draw_mark(&mut band, window, mark, brushes);
            }
        },
    );
    Ok(picture)
}

/// A picture of which nothing is drawn yet.
fn empty(width: u32, height: u32) -> Result<Bitmap, Error> {
    if width == 0 || height == 0 {
        return Err(Error::Empty { width, height });
    }
    let too_large = Error::TooLarge { width, height };
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(too_large);
    }
    let rgba = vec![0; width as usize * height as usize * 4];
    // The buffer was made with exactly this size.
    Bitmap::new(width, height, rgba).ok_or(too_large)
}

/// A picture of one colour.
fn blank(width: u32, height: u32, color: Color) -> Result<Bitmap, Error> {
    let mut picture = empty(width, height)?;
    fill(picture.rgba_mut(), color);
    Ok(picture)
}

fn fill(rgba: &mut [u8], Color { r, g, b, a }: Color) {
    rgba.as_chunks_mut::<4>().0.fill([r, g, b, a]);
}

/// Buffers that marks reuse, one set for each thread.
#[derive(Default)]
struct Brushes {
    path: path::Brush,
    line: polyline::Brush,
}

/// Draws what of a mark lies in a band and in `window`.
fn draw_mark(band: &mut Band, window: Window, mark: &Mark, brushes: &mut Brushes) {
    let window = window.intersect(mark.window).intersect(band.window());
    if window.is_empty() {
        return;
    }
    match &mark.figure {
        Figure::Image { x, y, bitmap, blend } => image::draw(band, window, (*x, *y), bitmap, *blend),
        Figure::Area { area, color } => path::draw_area(band, window, area, *color),
        Figure::Path { path, color } => brushes.path.draw(band, window, path, *color),
        Figure::Line(line) => brushes.line.draw(band, window, line),
        Figure::Stamp(stamp) => stamp.coverage.draw(band, window, stamp.at, stamp.color),
    }
}
