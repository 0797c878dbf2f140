//! A band of the picture: straight sRGB RGBA rows, and how colour is laid on them.

use super::Part;
use crate::scene::{Color, PixelRect};

/// A rectangle of whole pixels, right and bottom edges excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Window {
    pub const fn new(left: i32, top: i32, right: i32, bottom: i32) -> Self {
        Self { left, top, right, bottom }
    }

    /// All pixels a rectangle of the picture touches; nothing when an edge is not a number.
    pub fn around(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        // The comparison is false for NaN; `as` saturates.
        if !(left <= right && top <= bottom) {
            return Self::new(0, 0, 0, 0);
        }
        Self::new(left.floor() as i32, top.floor() as i32, right.ceil() as i32, bottom.ceil() as i32)
    }

    /// A clip rectangle, rounded to whole pixels.
    pub fn of_clip(rect: &PixelRect) -> Self {
        let [left, top, right, bottom] =
            [rect.x, rect.y, rect.right(), rect.bottom()].map(|edge| edge.round() as i32);
        Self { left, top, right, bottom }
    }

    pub fn intersect(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    /// The same as a part of a picture, which it must lie in.
    pub fn part(self) -> Part {
        let (left, top) = (self.left.max(0) as usize, self.top.max(0) as usize);
        Part { left, top, width: self.width(), height: self.height() }
    }

    /// Columns, 0 when empty.
    pub fn width(self) -> usize {
        self.right.saturating_sub(self.left).max(0) as usize
    }

    /// Rows, 0 when empty.
    pub fn height(self) -> usize {
        self.bottom.saturating_sub(self.top).max(0) as usize
    }
}

/// Some rows of the picture.
pub(super) struct Band<'p> {
    width: usize,
    top: i32,
    rows: &'p mut [u8],
}

impl<'p> Band<'p> {
    /// The rows from `top` on, `width · 4` bytes each.
    pub fn new(width: u32, top: i32, rows: &'p mut [u8]) -> Self {
        Self { width: width as usize, top, rows }
    }

    pub fn window(&self) -> Window {
        let height = self.rows.len() / (self.width * 4);
        Window::new(0, self.top, self.width as i32, self.top + height as i32)
    }

    /// The pixels `left .. right` of row `y`, which must lie in [`Self::window`].
    pub fn row(&mut self, y: i32, left: i32, right: i32) -> &mut [[u8; 4]] {
        let start = (y - self.top) as usize * self.width;
        let (pixels, _) = self.rows.as_chunks_mut::<4>();
        &mut pixels[start + left as usize..start + right as usize]
    }

    /// Lays a colour over part of a row, weighted by one coverage byte a pixel.
    pub fn cover(&mut self, y: i32, left: i32, coverage: &[u8], color: Color) {
        /// Most of what lies round a shape or a letter is not covered: told so many pixels at a time.
        const RUN: usize = 8;
        let alpha = u32::from(color.a);
        let row = self.row(y, left, left + coverage.len() as i32);
        for (pixels, coverage) in row.chunks_mut(RUN).zip(coverage.chunks(RUN)) {
            if coverage.iter().fold(0, |any, covered| any | covered) == 0 {
                continue;
            }
            if color.a == u8::MAX && coverage.iter().fold(u8::MAX, |all, covered| all & covered) == u8::MAX {
                pixels.fill([color.r, color.g, color.b, u8::MAX]);
                continue;
            }
            for (pixel, covered) in pixels.iter_mut().zip(coverage) {
                if *covered != 0 {
                    // 255 · 255 becomes 256.
                    let weight = (u32::from(*covered) * alpha * 258 + 32_768) >> 16;
                    over(pixel, [color.r, color.g, color.b], weight);
                }
            }
        }
    }
}

/// Lays `rgb` with a weight of 0 … 256 over a straight-alpha pixel, in sRGB.
#[inline]
pub(super) fn over(pixel: &mut [u8; 4], rgb: [u8; 3], weight: u32) {
    debug_assert!(weight <= 256, "a weight is a share of 256");
    if pixel[3] == 255 {
        *pixel = mix(*pixel, [rgb[0], rgb[1], rgb[2], 255], weight);
    } else {
        over_clear(pixel, rgb, weight);
    }
}

/// One half in each of four 16-bit lanes.
pub(super) const HALF: u64 = 0x0080_0080_0080_0080;

/// The low byte of each lane.
pub(super) const LANES: u64 = 0x00ff_00ff_00ff_00ff;

/// `from + (to − from) · weight / 256` for four bytes at once.
#[inline]
fn mix(from: [u8; 4], to: [u8; 4], weight: u32) -> [u8; 4] {
    // Each lane holds at most 255 · 256 + 128 < 65536.
    let sum = widen(from) * u64::from(256 - weight) + widen(to) * u64::from(weight) + HALF;
    narrow((sum >> 8) & LANES)
}

/// Four bytes, each in a 16-bit lane of its own.
#[inline]
pub(super) fn widen(bytes: [u8; 4]) -> u64 {
    let value = u64::from(u32::from_le_bytes(bytes));
    let pairs = (value | (value << 16)) & 0x0000_ffff_0000_ffff;
    (pairs | (pairs << 8)) & LANES
}

/// The low bytes of four lanes; the high ones are empty.
#[inline]
pub(super) fn narrow(lanes: u64) -> [u8; 4] {
    let pairs = (lanes | (lanes >> 8)) & 0x0000_ffff_0000_ffff;
    ((pairs | (pairs >> 16)) as u32).to_le_bytes()
}

/// Porter and Duff's "over" with straight alpha, for a ground that shows through.
#[cold]
fn over_clear(pixel: &mut [u8; 4], rgb: [u8; 3], weight: u32) {
    // Alpha in units of 1 / (256 · 255).
    let source = weight * 255;
    let ground = u32::from(pixel[3]) * (256 - weight);
    let alpha = source + ground;
    if alpha == 0 {
        return;
    }
    for (below, above) in pixel.iter_mut().zip(rgb) {
        let sum = u64::from(above) * u64::from(source) + u64::from(*below) * u64::from(ground);
        *below = ((sum + u64::from(alpha / 2)) / u64::from(alpha)) as u8;
    }
    pixel[3] = ((alpha + 128) / 256) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_is_rounded_and_exact_at_the_ends() {
        let (a, b) = ([0, 10, 200, 255], [255, 20, 100, 255]);
        assert_eq!(mix(a, b, 0), a);
        assert_eq!(mix(a, b, 256), b);
        for weight in 0..=256 {
            for (i, mixed) in mix(a, b, weight).into_iter().enumerate() {
                let exact = f64::from(a[i]) + (f64::from(b[i]) - f64::from(a[i])) * f64::from(weight) / 256.0;
                assert!((f64::from(mixed) - exact).abs() <= 0.5, "{weight} lane {i}: {mixed} for {exact}");
            }
        }
    }

    #[test]
    fn a_clear_ground_takes_the_colour_as_it_is() {
        let mut pixel = [9, 9, 9, 0];
        over(&mut pixel, [200, 100, 50], 64);
        assert_eq!(pixel, [200, 100, 50, 64]);
        over(&mut pixel, [1, 2, 3], 256);
        assert_eq!(pixel, [1, 2, 3, 255]);
        let mut untouched = [9, 9, 9, 0];
        over(&mut untouched, [1, 2, 3], 0);
        assert_eq!(untouched, [9, 9, 9, 0]);
    }

    #[test]
    fn windows_of_impossible_edges_are_empty_or_bounded() {
        let picture = Window::new(0, 0, 100, 100);
        assert!(Window::around(f32::NAN, 0.0, 5.0, 5.0).is_empty());
        assert!(Window::around(5.0, 0.0, 1.0, 5.0).is_empty());
        assert_eq!(Window::around(-1e30, -1e30, 1e30, f32::INFINITY).intersect(picture), picture);
        assert_eq!(Window::around(0.2, 0.9, 1.1, 2.0), Window::new(0, 0, 2, 2));
    }
}
