//! OKLab in bulk: the colour space in which every map is dimmed and every heat colour is mixed.
//!
//! Constants: Björn Ottosson, "A perceptual color space for image processing" (2020, matrices of 2021-01-25). Curves
//! are byte tables and the cube root is our own, so a pixel is the same on every platform. Single colours go through
//! the `palette` crate (see `theme`); a test holds both to each other.

use std::sync::LazyLock;

/// Lightness 0 … 1 and the two opponent axes, about −0.4 … 0.4.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lab {
    /// Lightness, 0 black … 1 white.
    pub l: f32,
    /// Green (−) to red (+).
    pub a: f32,
    /// Blue (−) to yellow (+).
    pub b: f32,
}

impl Lab {
    /// A colour from its three coordinates.
    pub const fn new(l: f32, a: f32, b: f32) -> Self {
        Self { l, a, b }
    }

    /// Distance from grey.
    pub fn chroma(self) -> f32 {
        (self.a * self.a + self.b * self.b).sqrt()
    }

    /// The same lightness and hue with chroma times `factor`.
    #[must_use]
    pub fn chroma_times(self, factor: f32) -> Self {
        Self::new(self.l, self.a * factor, self.b * factor)
    }

    /// The colour at a share `t` between this and `other`.
    #[must_use]
    pub fn mix(self, other: Self, t: f32) -> Self {
        Self::new(
            self.l + (other.l - self.l) * t,
            self.a + (other.a - self.a) * t,
            self.b + (other.b - self.b) * t,
        )
    }

    /// Euclidean distance.
    pub fn distance(self, other: Self) -> f32 {
        let (l, a, b) = (self.l - other.l, self.a - other.a, self.b - other.b);
        (l * l + a * a + b * b).sqrt()
    }
}

/// Steps of the table from linear light to bytes: fine enough that each byte is met within half a step.
const LIGHT_STEPS: usize = (1 << 14) - 1;
/// Entries of that table: a power of two, so that no index can lie outside.
const TABLE: usize = LIGHT_STEPS + 1;

/// Byte to linear light, 0 … 1.
static TO_LIGHT: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        let c = byte as f64 / 255.0;
        (if c <= 0.040_45 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }) as f32
    })
});

/// Linear light, in [`LIGHT_STEPS`], to byte.
static TO_BYTE: LazyLock<Box<[u8; TABLE]>> = LazyLock::new(|| {
    let mut table = Box::new([0; TABLE]);
    for (step, byte) in table.iter_mut().enumerate() {
        let c = step as f64 / LIGHT_STEPS as f64;
        let s = if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * libm::pow(c, 1.0 / 2.4) - 0.055 };
        *byte = (s * 255.0 + 0.5) as u8;
    }
    table
});

/// The two transfer tables, borrowed once per loop instead of once per pixel.
#[derive(Clone, Copy)]
pub struct Curves {
    to_light: &'static [f32; 256],
    to_byte: &'static [u8; TABLE],
}

impl Curves {
    /// The sRGB curves.
    pub fn get() -> Self {
        Self { to_light: &TO_LIGHT, to_byte: &TO_BYTE }
    }

    /// Linear light of one sRGB byte, 0 … 1.
    pub fn light(self, byte: u8) -> f32 {
        self.to_light[byte as usize]
    }

    /// The sRGB byte of linear light; clamped to 0 … 1.
    pub fn byte(self, light: f32) -> u8 {
        self.to_byte[light_step(light) as usize % TABLE]
    }

    /// sRGB bytes to OKLab.
    pub fn lab(self, r: u8, g: u8, b: u8) -> Lab {
        lab_of_light(self.light(r), self.light(g), self.light(b))
    }

    /// OKLab to sRGB bytes; what lies outside the gamut is clipped.
    pub fn bytes(self, lab: Lab) -> [u8; 3] {
        light_of_lab(lab).map(|light| self.byte(light))
    }

    /// A row of OKLab, one slice per coordinate, to RGBA bytes; alpha is left alone. The shortest slice decides.
    pub fn row(self, l: &[f32], a: &[f32], b: &[f32], rgba: &mut [[u8; 4]]) {
        // Arithmetic and look-ups apart: the arithmetic is done for several pixels at once.
        const LANES: usize = 16;
        let rows = l.chunks(LANES).zip(a.chunks(LANES)).zip(b.chunks(LANES));
        for (((l, a), b), out) in rows.zip(rgba.chunks_mut(LANES)) {
            let mut steps = [[0_u32; LANES]; 3];
            if l.len() == LANES && a.len() == LANES && b.len() == LANES {
                for i in 0..LANES {
                    let light = light_of_lab(Lab::new(l[i], a[i], b[i]));
                    steps[0][i] = light_step(light[0]);
                    steps[1][i] = light_step(light[1]);
                    steps[2][i] = light_step(light[2]);
                }
            } else {
                for (i, ((l, a), b)) in l.iter().zip(a).zip(b).enumerate() {
                    let light = light_of_lab(Lab::new(*l, *a, *b));
                    for (steps, light) in steps.iter_mut().zip(light) {
                        steps[i] = light_step(light);
                    }
                }
            }
            let used = l.len().min(a.len()).min(b.len());
            for (i, out) in out.iter_mut().enumerate().take(used) {
                for channel in 0..3 {
                    out[channel] = self.to_byte[steps[channel][i] as usize % TABLE];
                }
            }
        }
    }
}

/// Linear light to its step of the table, rounded; clamped to 0 … 1.
///
/// Adding 2²³ leaves no bits for a fraction, so the lowest bits of the sum are the rounded number. A plain
/// conversion to an integer does the same, one number at a time.
#[inline]
fn light_step(light: f32) -> u32 {
    // What is not a number stays none, and its lowest bits are 0.
    let steps = light.clamp(0.0, 1.0) * LIGHT_STEPS as f32;
    (steps + 8_388_608.0).to_bits() & (TABLE as u32 - 1)
}

/// Linear light to OKLab.
pub fn lab_of_light(r: f32, g: f32, b: f32) -> Lab {
    let l = cube_root(0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b);
    let m = cube_root(0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b);
    let s = cube_root(0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b);
    Lab {
        l: 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        a: 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        b: 0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    }
}

/// OKLab to linear light; may lie outside 0 … 1.
#[inline]
pub fn light_of_lab(lab: Lab) -> [f32; 3] {
    let l = lab.l + 0.396_337_78 * lab.a + 0.215_803_76 * lab.b;
    let m = lab.l - 0.105_561_346 * lab.a - 0.063_854_17 * lab.b;
    let s = lab.l - 0.089_484_18 * lab.a - 1.291_485_5 * lab.b;
    let (l, m, s) = (l * l * l, m * m * m, s * s * s);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
}

/// Cube root of a number not below 0, to within three units in the last place: a first guess from the exponent's
/// bits, then Halley's iteration twice. Nothing but basic arithmetic: the same on every platform, and it vectorises.
fn cube_root(x: f32) -> f32 {
    let x = x.max(1e-12);
    // The float's bits are roughly its logarithm: a third of them plus two thirds of the bias.
    let mut y = f32::from_bits(x.to_bits() / 3 + 0x2a51_19f2);
    for _ in 0..2 {
        let cube = y * y * y;
        y *= (cube + 2.0 * x) / (2.0 * cube + x);
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use palette::{FromColor, Oklab, Srgb};

    #[test]
    fn cube_roots_are_exact_to_a_few_ulps() {
        for i in 0..20_000_u32 {
            let x = (i as f32 / 20_000.0).powi(3) + 1e-7;
            let (ours, exact) = (f64::from(cube_root(x)), f64::from(x).cbrt());
            assert!(((ours - exact) / exact).abs() < 4e-7, "{x}: {ours} {exact}");
        }
    }

    #[test]
    fn agrees_with_the_palette_crate() {
        let curves = Curves::get();
        for r in (0..=255_u8).step_by(15) {
            for g in (0..=255_u8).step_by(17) {
                for b in (0..=255_u8).step_by(51) {
                    let ours = curves.lab(r, g, b);
                    let theirs = Oklab::from_color(Srgb::new(r, g, b).into_linear::<f32>());
                    let theirs = Lab::new(theirs.l, theirs.a, theirs.b);
                    assert!(ours.distance(theirs) < 2e-4, "{r} {g} {b}: {ours:?} {theirs:?}");
                }
            }
        }
    }

    #[test]
    fn every_byte_comes_back() {
        let curves = Curves::get();
        for byte in 0..=255_u8 {
            assert_eq!(curves.byte(curves.light(byte)), byte);
            assert_eq!(curves.bytes(curves.lab(byte, 255 - byte, byte / 2)), [byte, 255 - byte, byte / 2]);
        }
        assert_eq!(curves.byte(f32::NAN), 0);
        assert_eq!(curves.bytes(Lab::new(2.0, 0.0, 0.0)), [255, 255, 255]);
    }

    #[test]
    fn rows_agree_with_single_pixels() {
        let curves = Curves::get();
        let l: Vec<f32> = (0..37).map(|i| i as f32 / 30.0 - 0.1).collect();
        let a: Vec<f32> = (0..37).map(|i| (i % 7) as f32 * 0.05 - 0.15).collect();
        let b: Vec<f32> = (0..37).map(|i| (i % 5) as f32 * 0.08 - 0.16).collect();
        let mut row = [[7_u8; 4]; 37];
        curves.row(&l, &a, &b, &mut row);
        for i in 0..37 {
            let [r, g, b] = curves.bytes(Lab::new(l[i], a[i], b[i]));
            assert_eq!(row[i], [r, g, b, 7], "{i}");
        }
    }
}
