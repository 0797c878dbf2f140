//! RGB to the planes of video: brightness for each pixel, colour for each square of four.

use std::ops::Range;

use openh264::formats::YUVSource;

use crate::raster::Part;
use crate::scene::Bitmap;

/// ITU-R BT.709 in the limited range (16 … 235 and 16 … 240), as shares of 2^16: what red, green and blue add.
const LUMA: [i32; 3] = [11_966, 40_254, 4_064];
const BLUE: [i32; 3] = [-6_596, -22_189, 28_785];
const RED: [i32; 3] = [28_785, -26_145, -2_640];

/// Side of the blocks that are taken over as a whole, pixels; even.
const BLOCK: usize = 16;

/// One picture as planes of even size.
pub(super) struct Planes {
    width: usize,
    height: usize,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
    /// Blocks to look at, row by row; all `false` between two pictures.
    changed: Vec<bool>,
    /// The pixels that the planes show: at first black ones.
    shown: Vec<[u8; 4]>,
}

impl Planes {
    /// Planes for pictures of a size, which need not be even.
    pub fn new(width: usize, height: usize) -> Self {
        let shown = vec![[0; 4]; width * height];
        let (width, height) = (width.next_multiple_of(2), height.next_multiple_of(2));
        let quarter = width * height / 4;
        Self {
            width,
            height,
            y: vec![16; width * height],
            u: vec![128; quarter],
            v: vec![128; quarter],
            changed: vec![false; width.div_ceil(BLOCK) * height.div_ceil(BLOCK)],
            shown,
        }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Takes over some parts of a picture, as whole blocks: parts overlap, and each pixel is read once. Of a block, only rows
    /// that differ from what is shown are worked out. Opacity is ignored.
    pub fn take(&mut self, picture: &Bitmap, parts: &[Part]) {
        let (pixels, _) = picture.rgba().as_chunks::<4>();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let across = self.width.div_ceil(BLOCK);
        for part in parts {
            let columns = part.left / BLOCK..(part.left + part.width).div_ceil(BLOCK);
            for row in part.top / BLOCK..(part.top + part.height).div_ceil(BLOCK) {
                self.changed[row * across..][columns.clone()].fill(true);
            }
        }
        for block in 0..self.changed.len() {
            if !std::mem::take(&mut self.changed[block]) {
                continue;
            }
            let (left, top) = (block % across * BLOCK, block / across * BLOCK);
            let right = (left + BLOCK).min(self.width);
            for row in top / 2..(top + BLOCK).min(self.height) / 2 {
                let [upper, lower] = [2 * row, (2 * row + 1).min(height - 1)]
                    .map(|row| row * width + left..row * width + right.min(width));
                let same = |part: &Range<usize>| pixels[part.clone()] == self.shown[part.clone()];
                if same(&upper) && same(&lower) {
                    continue;
                }
                for part in [&upper, &lower] {
                    self.shown[part.clone()].copy_from_slice(&pixels[part.clone()]);
                }
                self.rows(row, left..right, &pixels[upper], &pixels[lower]);
            }
        }
    }

    /// Two rows of a block, of which row `row` of the colours is made.
    fn rows(&mut self, row: usize, columns: Range<usize>, upper: &[[u8; 4]], lower: &[[u8; 4]]) {
        let colors = row * (self.width / 2) + columns.start / 2..row * (self.width / 2) + columns.end / 2;
        let (u, v) = (&mut self.u[colors.clone()], &mut self.v[colors]);
        let (top, bottom) = self.y[2 * row * self.width..][..2 * self.width].split_at_mut(self.width);
        let (top, _) = top[columns.clone()].as_chunks_mut::<2>();
        let (bottom, _) = bottom[columns].as_chunks_mut::<2>();
        let [(upper, odd_upper), (lower, odd_lower)] = [upper, lower].map(<[_]>::as_chunks::<2>);
        // An odd row of pixels ends with half a square.
        let doubled = |odd: &[[u8; 4]]| odd.first().map(|pixel| [*pixel; 2]);
        let upper = upper.iter().copied().chain(doubled(odd_upper));
        let lower = lower.iter().copied().chain(doubled(odd_lower));
        for ((((upper, lower), top), bottom), (u, v)) in
            upper.zip(lower).zip(top).zip(bottom).zip(u.iter_mut().zip(v))
        {
            let mut sum = [0; 3];
            for (pixels, lights) in [(upper, top), (lower, bottom)] {
                for ([r, g, b, _], light) in pixels.into_iter().zip(lights) {
                    let rgb = [r, g, b].map(i32::from);
                    *light = weighted(LUMA, rgb, 16, 16);
                    sum = [sum[0] + rgb[0], sum[1] + rgb[1], sum[2] + rgb[2]];
                }
            }
            // Four pixels: two bits more.
            (*u, *v) = (weighted(BLUE, sum, 128, 18), weighted(RED, sum, 128, 18));
        }
    }
}

/// A weighted sum as a byte above `zero`; it is `2^bits` times too large.
fn weighted(weights: [i32; 3], rgb: [i32; 3], zero: i32, bits: u32) -> u8 {
    let sum = weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2];
    ((sum + (zero << bits) + (1 << (bits - 1))) >> bits) as u8
}

impl YUVSource for Planes {
    fn dimensions(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.width, self.width / 2, self.width / 2)
    }

    fn y(&self) -> &[u8] {
        &self.y
    }

    fn u(&self) -> &[u8] {
        &self.u
    }

    fn v(&self) -> &[u8] {
        &self.v
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_keep_to_the_standards_range() {
        // Black, white, and the primaries as BT.709 gives them, rounded.
        for (rgb, yuv) in [
            ([0, 0, 0], [16, 128, 128]),
            ([255, 255, 255], [235, 128, 128]),
            ([255, 0, 0], [63, 102, 240]),
            ([0, 255, 0], [173, 42, 26]),
            ([0, 0, 255], [32, 240, 118]),
        ] {
            let mut planes = Planes::new(3, 1);
            let [r, g, b] = rgb;
            let picture = Bitmap::new(3, 1, [r, g, b, 255].repeat(3)).unwrap();
            planes.take(&picture, &[Part::whole(3, 1)]);
            assert_eq!((planes.width(), planes.height()), (4, 2), "odd sides are filled up");
            assert_eq!(
                (planes.y.clone(), planes.u, planes.v),
                (vec![yuv[0]; 8], vec![yuv[1]; 2], vec![yuv[2]; 2])
            );
        }
    }

    #[test]
    fn only_the_blocks_of_the_parts_are_taken() {
        let mut planes = Planes::new(40, 18);
        let white = Bitmap::new(40, 18, vec![255; 40 * 18 * 4]).unwrap();
        let part = Part { left: 17, top: 15, width: 1, height: 2 };
        planes.take(&white, &[part, part]);
        let lit = |x: usize, y: usize| planes.y[y * 40 + x] == 235;
        let all = (0..40).flat_map(|x| (0..18).map(move |y| (x, y)));
        assert!(all.clone().all(|(x, y)| lit(x, y) == (16..32).contains(&x)), "the two blocks that hold it");
        planes.take(&white, &[Part { left: 39, top: 17, width: 1, height: 1 }]);
        let lit = |x: usize, y: usize| planes.y[y * 40 + x] == 235;
        assert!(all.clone().all(|(x, y)| lit(x, y) == ((16..32).contains(&x) || (x >= 32 && y >= 16))));
    }
}
