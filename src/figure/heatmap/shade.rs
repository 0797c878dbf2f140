//! Planes to pixels: brightness becomes opacity, shares become colour.

use rayon::prelude::*;

use super::fields::PanelPlane;
use super::scale::{INVISIBLE, Table, opacity};
use crate::figure::base::Detail;
use crate::figure::oklab::{Curves, Lab};
use crate::scene::Bitmap;

/// How strongly the map's detail shows through.
const DETAIL: f32 = 0.45;
/// Rows that one thread shades at a time.
const BAND_ROWS: usize = 48;
/// Softening of borders between colours, design pixels, and where its Gaussian is cut.
const SOFT_PX: f64 = 0.8;
const SOFT_CUT: f64 = 3.0;
/// Chroma of a colour that holds a quarter of a cell, and of one that holds three quarters.
const CHROMA: (f32, f32) = (0.30, 1.0);
/// Side of a woven block, design pixels.
const WEAVE_PX: f32 = 3.0;

/// What colours a panel.
pub(super) enum Paint<'p> {
    /// One colour.
    Solid(Lab),
    /// A ramp over brightness: colours at even steps.
    Ramp(Vec<Lab>),
    /// Several colours that share each place.
    Shares {
        /// The smooth shares and their colours.
        parts: Vec<(PanelPlane<'p>, Lab)>,
        /// How they share it.
        mixing: Mixing,
    },
}

/// How several colours share a place.
pub(super) enum Mixing {
    /// The largest share's colour, greyer the smaller its share.
    Dominant,
    /// The mean by share.
    Blend,
    /// An ordered dither of the pure colours.
    Weave,
    /// A ramp over the first part's share of all.
    ShareOfFirst(Vec<Lab>),
}

/// A panel to shade.
pub(super) struct Panel<'p> {
    /// How much there is.
    pub(super) density: PanelPlane<'p>,
    /// From density to brightness.
    pub(super) table: Table,
    /// In which colours.
    pub(super) paint: Paint<'p>,
    /// The base map's detail.
    pub(super) detail: Option<&'p Detail>,
    /// Pixels per design pixel.
    pub(super) scale: f32,
}

/// A colour and its weight, so that undefined neighbours do not count.
type Weighted = [f32; 4];

impl Panel<'_> {
    /// Shades the panel; straight alpha, transparent where nobody was.
    pub(super) fn shade(&self, width: u32, height: u32) -> Option<Bitmap> {
        let (w, h) = (width as usize, height as usize);
        let mut rgba = vec![0_u8; w * h * 4];
        let kernel = match &self.paint {
            Paint::Shares { mixing: Mixing::Dominant, .. } => soft_kernel(self.scale),
            _ => vec![1.0],
        };
        let curves = Curves::get();
        rgba.par_chunks_mut(w * 4 * BAND_ROWS).enumerate().for_each_init(
            || Brush::new(self, w, kernel.len() / 2),
            |brush, (band, out)| brush.band(self, &kernel, curves, band * BAND_ROWS, h, out),
        );
        Bitmap::new(width, height, rgba)
    }

    /// Colours of row `y` in the run from pixel `from` on.
    fn colors(&self, y: usize, from: usize, brightness: &[f32], brush: &mut Shares, out: &mut [Lab]) {
        match &self.paint {
            Paint::Solid(color) => out.fill(*color),
            Paint::Ramp(ramp) => {
                for (out, v) in out.iter_mut().zip(brightness) {
                    *out = along(ramp, *v);
                }
            }
            Paint::Shares { parts, mixing } => {
                let n = out.len();
                brush.rows.resize(parts.len() * n, 0.0);
                for ((plane, _), row) in parts.iter().zip(brush.rows.chunks_exact_mut(n)) {
                    brush.narrow.resize(plane.columns(), 0.0);
                    plane.row(y, &mut brush.narrow, from, row);
                }
                let rows: Vec<&[f32]> = brush.rows.chunks_exact(n).collect();
                // Interpolation undershoots a little beside steep slopes.
                let share = |part: usize, x: usize| rows[part][x].max(0.0);
                match mixing {
                    Mixing::Dominant => {
                        for (x, out) in out.iter_mut().enumerate() {
                            *out = dominant(parts, |part| share(part, x));
                        }
                    }
                    Mixing::Blend => {
                        for (x, out) in out.iter_mut().enumerate() {
                            *out = blend(parts, |part| share(part, x));
                        }
                    }
                    Mixing::Weave => {
                        let side = (WEAVE_PX * self.scale).round().max(2.0) as usize;
                        for (x, out) in out.iter_mut().enumerate() {
                            let threshold = bayer((from + x) / side, y / side);
                            *out = woven(parts, |part| share(part, x), threshold);
                        }
                    }
                    Mixing::ShareOfFirst(ramp) => {
                        for (x, out) in out.iter_mut().enumerate() {
                            let all: f32 = (0..parts.len()).map(|part| share(part, x)).sum();
                            *out = along(ramp, if all > 0.0 { share(0, x) / all } else { 0.0 });
                        }
                    }
                }
            }
        }
    }
}

/// Rows of shares, reused.
#[derive(Default)]
struct Shares {
    narrow: Vec<f32>,
    rows: Vec<f32>,
}

/// What one thread works in.
struct Brush {
    width: usize,
    shares: Shares,
    narrow: Vec<f32>,
    /// Brightness of each row of the band and its rim.
    brightness: Vec<f32>,
    /// Runs of visible pixels, per row.
    runs: Vec<Vec<(usize, usize)>>,
    colors: Vec<Lab>,
    /// Colours softened along their rows.
    across: Vec<Weighted>,
    detail: Vec<f32>,
}

impl Brush {
    fn new(panel: &Panel<'_>, width: usize, reach: usize) -> Self {
        let rows = BAND_ROWS + 2 * reach;
        let soft = if reach > 0 { rows * width } else { 0 };
        Self {
            width,
            shares: Shares::default(),
            narrow: vec![0.0; panel.density.columns()],
            brightness: vec![0.0; rows * width],
            runs: vec![Vec::new(); rows],
            colors: vec![Lab::default(); width],
            across: vec![[0.0; 4]; soft],
            detail: vec![0.0; width],
        }
    }

    fn band(
        &mut self,
        panel: &Panel<'_>,
        kernel: &[f32],
        curves: Curves,
        first: usize,
        height: usize,
        out: &mut [u8],
    ) {
        let width = self.width;
        let reach = kernel.len() / 2;
        let rows = out.len() / (width * 4);
        let top = first.saturating_sub(reach);
        let bottom = (first + rows + reach).min(height);
        for y in top..bottom {
            let row = &mut self.brightness[(y - top) * width..(y - top + 1) * width];
            panel.density.row(y, &mut self.narrow, 0, row);
            panel.table.brighten(row);
            find_runs(row, 2 * reach, &mut self.runs[y - top]);
        }
        if self.runs[..bottom - top].iter().all(Vec::is_empty) {
            return;
        }
        if reach > 0 {
            for y in top..bottom {
                self.soften_row(panel, kernel, y, y - top);
            }
        }
        for (y, out) in (first..first + rows).zip(out.chunks_exact_mut(width * 4)) {
            if self.runs[y - top].is_empty() {
                continue;
            }
            match panel.detail {
                Some(detail) => detail.row(y, &mut self.detail),
                None => self.detail.fill(0.0),
            }
            for run in 0..self.runs[y - top].len() {
                let (from, to) = self.runs[y - top][run];
                let brightness = (y - top) * width;
                let brightness = &self.brightness[brightness + from..brightness + to];
                let colors = &mut self.colors[from..to];
                if reach > 0 {
                    let rows = y.saturating_sub(reach)..(y + reach + 1).min(bottom);
                    for (x, color) in (from..to).zip(colors.iter_mut()) {
                        let mut sum = [0.0; 4];
                        for near in rows.clone() {
                            let weight = kernel[near + reach - y];
                            for (sum, v) in sum.iter_mut().zip(self.across[(near - top) * width + x]) {
                                *sum += v * weight;
                            }
                        }
                        let [l, a, b, m] = sum;
                        *color = Lab::new(l / m, a / m, b / m);
                    }
                } else {
                    panel.colors(y, from, brightness, &mut self.shares, colors);
                }
                for (x, (v, color)) in (from..to).zip(brightness.iter().zip(colors.iter())) {
                    let [r, g, b] = curves.bytes(Lab { l: color.l + DETAIL * self.detail[x], ..*color });
                    let alpha = (opacity(*v) * 255.0 + 0.5) as u8;
                    out[x * 4..x * 4 + 4].copy_from_slice(&[r, g, b, alpha]);
                }
            }
        }
    }

    /// Colours of row `y`, softened along the row, into the band's row `at`.
    fn soften_row(&mut self, panel: &Panel<'_>, kernel: &[f32], y: usize, at: usize) {
        let width = self.width;
        let reach = kernel.len() / 2;
        let across = &mut self.across[at * width..(at + 1) * width];
        across.fill([0.0; 4]);
        for &(from, to) in &self.runs[at] {
            let brightness = &self.brightness[at * width + from..at * width + to];
            let colors = &mut self.colors[from..to];
            panel.colors(y, from, brightness, &mut self.shares, colors);
            for (x, color) in (from..to).zip(colors.iter()) {
                let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
                let kernel = &kernel[left + reach - x..];
                for (sum, weight) in across[left..right].iter_mut().zip(kernel) {
                    sum[0] += weight * color.l;
                    sum[1] += weight * color.a;
                    sum[2] += weight * color.b;
                    sum[3] += weight;
                }
            }
        }
    }
}

/// Runs of visible pixels; gaps up to `bridge` pixels are kept in.
fn find_runs(brightness: &[f32], bridge: usize, runs: &mut Vec<(usize, usize)>) {
    runs.clear();
    let mut x = 0;
    while let Some(start) = brightness[x..].iter().position(|v| *v > INVISIBLE) {
        let from = x + start;
        let end = brightness[from..].iter().position(|v| *v <= INVISIBLE);
        let to = end.map_or(brightness.len(), |n| from + n);
        match runs.last_mut() {
            Some(last) if from - last.1 <= bridge => last.1 = to,
            _ => runs.push((from, to)),
        }
        x = to;
    }
}

/// The Gaussian that softens borders, whole and normalised; a single 1 where a pixel is wider than it.
fn soft_kernel(scale: f32) -> Vec<f32> {
    let sigma = SOFT_PX * f64::from(scale);
    let reach = if sigma < 0.3 { 0 } else { (sigma * SOFT_CUT).ceil() as i32 };
    let weights: Vec<f64> =
        (-reach..=reach).map(|i| libm::exp(-0.5 * (f64::from(i) / sigma) * (f64::from(i) / sigma))).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| (w / sum) as f32).collect()
}

type Part<'p> = (PanelPlane<'p>, Lab);

/// The colour of the largest share; the first of equals. Chroma follows the share, lightness stays.
fn dominant(parts: &[Part<'_>], share: impl Fn(usize) -> f32) -> Lab {
    let (mut best, mut most, mut all) = (0, 0.0, 0.0);
    for part in 0..parts.len() {
        let value = share(part);
        all += value;
        if value > most {
            (best, most) = (part, value);
        }
    }
    let held = if all > 0.0 { most / all } else { 1.0 };
    parts.get(best).map_or(Lab::default(), |(_, color)| color.chroma_times(chroma(held)))
}

/// Chroma of a colour that holds this share of a cell.
pub(super) fn chroma(held: f32) -> f32 {
    CHROMA.0 + (CHROMA.1 - CHROMA.0) * ((held - 0.25) / 0.5).clamp(0.0, 1.0)
}

fn blend(parts: &[Part<'_>], share: impl Fn(usize) -> f32) -> Lab {
    let (mut mean, mut all) = (Lab::default(), 0.0);
    for (part, (_, color)) in parts.iter().enumerate() {
        let value = share(part);
        all += value;
        mean.l += value * color.l;
        mean.a += value * color.a;
        mean.b += value * color.b;
    }
    if all > 0.0 { Lab::new(mean.l / all, mean.a / all, mean.b / all) } else { mean }
}

/// The part whose stretch of the running sum of shares holds the threshold.
fn woven(parts: &[Part<'_>], share: impl Fn(usize) -> f32, threshold: f32) -> Lab {
    let all: f32 = (0..parts.len()).map(&share).sum();
    let mut rest = threshold * all;
    for (part, (_, color)) in parts.iter().enumerate() {
        rest -= share(part);
        if rest < 0.0 {
            return *color;
        }
    }
    parts.last().map_or(Lab::default(), |(_, color)| *color)
}

/// Thresholds of an ordered dither, 4 × 4 (Bayer 1973).
fn bayer(x: usize, y: usize) -> f32 {
    const ORDER: [[u8; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    (f32::from(ORDER[y % 4][x % 4]) + 0.5) / 16.0
}

/// A colour of a ramp at 0 … 1.
fn along(ramp: &[Lab], t: f32) -> Lab {
    let Some(last) = ramp.len().checked_sub(1) else { return Lab::default() };
    let at = t.clamp(0.0, 1.0) * last as f32;
    let left = (at as usize).min(last.saturating_sub(1));
    ramp[left].mix(ramp[(left + 1).min(last)], at - left as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chroma_follows_the_share_held() {
        assert!((chroma(0.2) - 0.30).abs() < 1e-6);
        assert!((chroma(0.5) - 0.65).abs() < 1e-6);
        assert!((chroma(0.75) - 1.0).abs() < 1e-6);
        assert!((chroma(1.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn runs_bridge_small_gaps_only() {
        let mut runs = Vec::new();
        let row = [0.0, 0.5, 0.5, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5];
        find_runs(&row, 1, &mut runs);
        assert_eq!(runs, [(1, 5), (8, 9)]);
        find_runs(&row, 0, &mut runs);
        assert_eq!(runs, [(1, 3), (4, 5), (8, 9)]);
        find_runs(&[0.0; 5], 3, &mut runs);
        assert!(runs.is_empty());
    }

    #[test]
    fn ordered_thresholds_cover_everything_once() {
        let mut seen: Vec<f32> = (0..16).map(|i| bayer(i % 4, i / 4)).collect();
        seen.sort_by(f32::total_cmp);
        for (i, threshold) in seen.iter().enumerate() {
            assert!((threshold - (i as f32 + 0.5) / 16.0).abs() < 1e-6);
        }
    }

    #[test]
    fn soft_kernels_are_whole() {
        for scale in [0.1, 0.5, 1.0, 1.9, 7.0] {
            let kernel = soft_kernel(scale);
            assert!(kernel.len() % 2 == 1 && (kernel.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
        assert_eq!(soft_kernel(0.2), [1.0]);
    }
}
