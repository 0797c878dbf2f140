//! What drawn maps share: fields of numbers over a picture, their blur and fill, and colours in OKLab.

use image::{GrayImage, Luma, RgbaImage};
use imageproc::distance_transform::euclidean_squared_distance_transform;
use palette::convert::FromColorUnclamped;
use palette::{LinSrgb, Oklab, Srgb};
use rayon::prelude::*;

/// Lightness of the ground that no player walks on (OKLab L); near the dark end of a dimmed base map.
const GROUND: f32 = 0.165;
/// Lightness of inked walls and edges, a shade below the ground.
pub(crate) const INK: f32 = 0.085;
/// The lowest floor: cool and dark.
const LOW_FLOOR: Lab = Lab::new(0.255, -0.005, -0.014);
/// The highest floor: warm and light.
const HIGH_FLOOR: Lab = Lab::new(0.355, 0.005, 0.022);
/// How far the hatching of the ground reaches from a floor, units.
const HATCH: f32 = 190.0;

/// A colour in OKLab.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lab {
    pub l: f32,
    pub a: f32,
    pub b: f32,
}

impl Lab {
    pub const fn new(l: f32, a: f32, b: f32) -> Self {
        Self { l, a, b }
    }

    /// The colour at a share `t` (0 … 1) between this and `other`.
    pub fn mix(self, other: Self, t: f32) -> Self {
        let mix = |from: f32, to: f32| from + (to - from) * t;
        Self::new(mix(self.l, other.l), mix(self.a, other.a), mix(self.b, other.b))
    }

    /// Opaque sRGB bytes. Only matrices and a table lie between, so every machine gives the same bytes.
    fn rgba(self) -> [u8; 4] {
        let linear = LinSrgb::from_color_unclamped(Oklab::new(self.l, self.a, self.b));
        let Srgb { red, green, blue, .. } = linear.into_encoding::<u8, palette::encoding::Srgb>();
        [red, green, blue, 255]
    }
}

/// Ground that no player walks on: hatched near the floor, calm farther off. `x` and `y` are in pixels, `line` is what
/// one pixel is on a map of 1080, `off_floor` is the distance to the nearest floor in units.
pub(crate) fn ground(x: f32, y: f32, line: f32, off_floor: f32) -> Lab {
    let period = 7.0 * line.max(0.6);
    let phase = ((x + y) / period).fract();
    let stroke = 1.0 - smoothstep(0.10, 0.24, (phase - 0.5).abs());
    let near = 1.0 - smoothstep(0.0, HATCH, off_floor);
    Lab::new(GROUND + 0.055 * stroke * near, -0.001, -0.006)
}

/// A roof or a rock, from the lowest (0) to the highest (1): between ground and floor.
pub(crate) fn roof(rise: f32) -> Lab {
    Lab::new(GROUND + 0.012 + 0.03 * rise.clamp(0.0, 1.0), -0.001, -0.004)
}

/// Level floor, from the lowest (0) to the highest (1).
pub(crate) fn floor(rise: f32) -> Lab {
    LOW_FLOOR.mix(HIGH_FLOOR, rise.clamp(0.0, 1.0))
}

/// What a slope adds to the lightness under a low sun in the north west; slopes are rise over run to the east and
/// to the south.
pub(crate) fn sunlight(slope_east: f32, slope_south: f32) -> f32 {
    0.07 * ((slope_east + slope_south) * 0.7).clamp(-0.6, 0.6)
}

/// Units from one contour line to the next, for floors between two heights: at most nine lines.
pub(crate) fn contour_step(low: f32, high: f32) -> f32 {
    [32.0, 64.0, 128.0, 256.0, 512.0].into_iter().find(|step| (high - low) / step <= 9.0).unwrap_or(1024.0)
}

/// An opaque picture of `width` × `height` pixels from the colour of each; rows are drawn in parallel.
pub(crate) fn paint(width: u32, height: u32, color: impl Fn(u32, u32) -> Lab + Sync) -> RgbaImage {
    let mut picture = RgbaImage::new(width, height);
    let row_bytes = (width as usize * 4).max(1);
    picture.par_chunks_mut(row_bytes).enumerate().for_each(|(y, row)| {
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            pixel.copy_from_slice(&color(x as u32, y as u32).rgba());
        }
    });
    picture
}

/// 0 below `from`, 1 above `to`, smooth between.
pub(crate) fn smoothstep(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A field of numbers, row by row from the top.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Field {
    /// A field from the number of each cell (column, row). Both sides are at least 1.
    pub fn from_fn(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> f32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let values = cells.map(|(x, y)| value(x, y)).collect();
        Self { width, height, values }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn height(&self) -> usize {
        self.height
    }

    #[cfg(test)]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The number of a cell; beyond an edge, that of the edge.
    pub fn at(&self, x: isize, y: isize) -> f32 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.values[y * self.width + x]
    }

    /// The number at a place in cells, bilinear; cell (0, 0) has its centre at (0.5, 0.5).
    pub fn sample(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        let (cx, cy) = (left as isize, top as isize);
        let upper = self.at(cx, cy) + (self.at(cx + 1, cy) - self.at(cx, cy)) * right;
        let lower = self.at(cx, cy + 1) + (self.at(cx + 1, cy + 1) - self.at(cx, cy + 1)) * right;
        upper + (lower - upper) * down
    }

    /// Each number through `f`.
    pub fn map(&self, f: impl Fn(f32) -> f32) -> Self {
        Self { values: self.values.iter().map(|&v| f(v)).collect(), ..*self }
    }

    /// Nearly a Gaussian blur: three box blurs. A `sigma` (cells) under a third of a cell does nothing.
    ///
    /// Box widths: P. Kovesi, "Fast almost-Gaussian filtering", 2010.
    pub fn blurred(&self, sigma: f32) -> Self {
        let ideal = (12.0 * sigma * sigma / 3.0 + 1.0).sqrt();
        // Odd widths, the narrower one first, whose variances add up to the wanted one.
        let narrow = ((ideal as usize).saturating_sub(1) / 2) * 2 + 1;
        let n = narrow as f32;
        let passes = ((12.0 * sigma * sigma - 3.0 * n * n - 12.0 * n - 9.0) / (-4.0 * n - 4.0)).round();
        let mut field = self.clone();
        for pass in 0..3 {
            let radius = if (pass as f32) < passes { narrow / 2 } else { narrow / 2 + 1 };
            field = field.boxed(radius);
        }
        field
    }

    /// The mean over a square of `2·radius + 1` cells; edges repeat.
    fn boxed(&self, radius: usize) -> Self {
        if radius == 0 {
            return self.clone();
        }
        let (w, h) = (self.width, self.height);
        let share = 1.0 / (2 * radius + 1) as f64;
        let mut rows = vec![0.0_f32; w * h];
        rows.par_chunks_mut(w).zip(self.values.par_chunks(w)).for_each(|(out, line)| {
            let at = |i: isize| f64::from(line[i.clamp(0, w as isize - 1) as usize]);
            let r = radius as isize;
            let mut sum: f64 = (-r..=r).map(at).sum();
            for (x, out) in out.iter_mut().enumerate() {
                *out = (sum * share) as f32;
                sum += at(x as isize + r + 1) - at(x as isize - r);
            }
        });
        // Down the columns, a whole row of running sums at a time.
        let row = |y: isize| {
            let y = y.clamp(0, h as isize - 1) as usize;
            &rows[y * w..(y + 1) * w]
        };
        let r = radius as isize;
        let mut sums = vec![0.0_f64; w];
        for y in -r..=r {
            sums.iter_mut().zip(row(y)).for_each(|(sum, v)| *sum += f64::from(*v));
        }
        let mut values = vec![0.0_f32; w * h];
        for (y, out) in values.chunks_mut(w).enumerate() {
            let (enters, leaves) = (row(y as isize + r + 1), row(y as isize - r));
            for x in 0..w {
                out[x] = (sums[x] * share) as f32;
                sums[x] += f64::from(enters[x]) - f64::from(leaves[x]);
            }
        }
        Self { width: w, height: h, values }
    }

    /// The field with its gaps filled from what lies around them: where `weight` is 0 the number is that of ever
    /// coarser means (push and pull, as in Gortler et al., "The Lumigraph", 1996).
    pub fn filled(&self, weight: &Self) -> Self {
        if self.width * self.height == 1 || weight.values.iter().all(|&w| w > 0.0) {
            return self.clone();
        }
        let (w, h) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let quad = |x: usize, y: usize| {
            [(0, 0), (1, 0), (0, 1), (1, 1)]
                .map(|(dx, dy)| (x * 2 + dx, y * 2 + dy))
                .into_iter()
                .filter(|&(x, y)| x < self.width && y < self.height)
                .map(|(x, y)| y * self.width + x)
        };
        let half_weight =
            Self::from_fn(w, h, |x, y| quad(x, y).map(|i| weight.values[i]).sum::<f32>().min(1.0));
        let half = Self::from_fn(w, h, |x, y| {
            let (sum, all) = quad(x, y)
                .fold((0.0, 0.0), |(s, a), i| (s + self.values[i] * weight.values[i], a + weight.values[i]));
            if all > 0.0 { sum / all } else { 0.0 }
        });
        let coarse = half.filled(&half_weight);
        Self::from_fn(self.width, self.height, |x, y| {
            let i = y * self.width + x;
            let around = coarse.sample(x as f32 * 0.5 + 0.25, y as f32 * 0.5 + 0.25);
            around + (self.values[i] - around) * weight.values[i].clamp(0.0, 1.0)
        })
    }

    /// The numbers below which a share of the cells with a weight lies, for each of `shares`; `None` without any.
    pub fn percentiles<const N: usize>(&self, weight: &Self, shares: [f64; N]) -> Option<[f32; N]> {
        let mut seen: Vec<f32> =
            self.values.iter().zip(&weight.values).filter(|(_, w)| **w > 0.0).map(|(v, _)| *v).collect();
        seen.sort_by(f32::total_cmp);
        let last = seen.len().checked_sub(1)?;
        Some(shares.map(|share| seen[(share * last as f64) as usize]))
    }
}

/// Distance to the nearest cell that `is_goal`, cells; far away when there is none.
pub(crate) fn distance(field: &Field, is_goal: impl Fn(f32) -> bool) -> Field {
    let far = (field.width() + field.height()) as f64;
    let squared = euclidean_squared_distance_transform(&mask(field, is_goal));
    Field::from_fn(field.width(), field.height(), |x, y| {
        squared.get_pixel(x as u32, y as u32)[0].sqrt().min(far) as f32
    })
}

/// 255 where a field's number is set, 0 elsewhere.
pub(crate) fn mask(field: &Field, is_set: impl Fn(f32) -> bool) -> GrayImage {
    GrayImage::from_fn(field.width() as u32, field.height() as u32, |x, y| {
        Luma([if is_set(field.at(x as isize, y as isize)) { 255 } else { 0 }])
    })
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "constants come through unchanged")]
mod tests {
    use super::*;

    #[test]
    fn a_blur_keeps_the_sum_and_spreads_as_far_as_asked() {
        let dot = Field::from_fn(101, 101, |x, y| if (x, y) == (50, 50) { 1.0 } else { 0.0 });
        for sigma in [0.8_f32, 2.0, 6.0] {
            let blurred = dot.blurred(sigma);
            let sum: f32 = blurred.values().iter().sum();
            assert!((sum - 1.0).abs() < 1e-3, "{sigma}: {sum}");
            let variance: f32 = (0..101)
                .map(|x| {
                    let column: f32 = (0..101).map(|y| blurred.at(x, y)).sum();
                    column * (x as f32 - 50.0).powi(2)
                })
                .sum();
            assert!((variance.sqrt() - sigma).abs() < 0.25, "{sigma}: {}", variance.sqrt());
        }
        assert_eq!(dot.blurred(0.1), dot);
    }

    #[test]
    fn gaps_are_filled_from_around() {
        let known = Field::from_fn(33, 20, |x, _| if x < 4 { 1.0 } else { 0.0 });
        let flat = Field::from_fn(33, 20, |_, _| 7.0);
        let filled = flat.filled(&known);
        assert!(filled.values().iter().all(|v| (v - 7.0).abs() < 1e-4));
        let nothing = Field::from_fn(5, 5, |_, _| 0.0);
        assert!(flat.filled(&Field::from_fn(33, 20, |_, _| 0.0)).values().iter().all(|v| v.is_finite()));
        assert_eq!(nothing.percentiles(&nothing, [0.5]), None);
    }

    #[test]
    fn grey_is_grey() {
        let [r, g, b, a] = Lab::new(0.5, 0.0, 0.0).rgba();
        assert!(r.abs_diff(g) <= 1 && g.abs_diff(b) <= 1 && a == 255);
        assert!(r.abs_diff(99) <= 1, "OKLab L .5 is sRGB 99: {r}");
    }
}
