//! Planes to pixels: brightness becomes opacity, shares become colour.

use rayon::prelude::*;

use super::fields::PanelPlane;
use super::scale::{Table, opacity};
use crate::figure::base::Detail;
use crate::figure::oklab::{Curves, Lab};
use crate::figure::resample::add_rows;
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
pub(super) enum Paint {
    /// One colour.
    Solid(Lab),
    /// A ramp over brightness: colours at even steps.
    Ramp(Vec<Lab>),
    /// Several colours that share each place.
    Shares {
        /// The smooth shares and their colours.
        parts: Vec<(PanelPlane, Lab)>,
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
    pub(super) density: PanelPlane,
    /// From density to brightness.
    pub(super) table: Table,
    /// In which colours.
    pub(super) paint: Paint,
    /// The base map's detail.
    pub(super) detail: Option<&'p Detail>,
    /// Pixels per design pixel.
    pub(super) scale: f32,
}

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
            || Brush::new(w, kernel.len() / 2),
            |brush, (band, out)| brush.band(self, &kernel, curves, band * BAND_ROWS, h, out),
        );
        Bitmap::new(width, height, rgba)
    }

    /// Colours of row `y` in the run from pixel `from` on.
    fn colors(&self, y: usize, from: usize, brightness: &[f32], shares: &mut Shares, mut out: Row<'_>) {
        match &self.paint {
            Paint::Solid(color) => {
                out.l.fill(color.l);
                out.a.fill(color.a);
                out.b.fill(color.b);
            }
            Paint::Ramp(ramp) => {
                for (x, v) in brightness.iter().enumerate() {
                    out.set(x, along(ramp, *v));
                }
            }
            Paint::Shares { parts, mixing } => {
                shares.read(parts, y, from, brightness.len());
                match mixing {
                    Mixing::Dominant => shares.dominant(parts, &mut out),
                    Mixing::Blend => shares.blend(parts, &mut out),
                    Mixing::Weave => {
                        let side = (WEAVE_PX * self.scale).round().max(2.0) as usize;
                        shares.weave(parts, (from, y), side, out);
                    }
                    Mixing::ShareOfFirst(ramp) => shares.of_first(ramp, out),
                }
            }
        }
    }
}

/// A run of colours, one slice per coordinate.
struct Row<'r> {
    l: &'r mut [f32],
    a: &'r mut [f32],
    b: &'r mut [f32],
}

impl Row<'_> {
    fn set(&mut self, x: usize, color: Lab) {
        (self.l[x], self.a[x], self.b[x]) = (color.l, color.a, color.b);
    }
}

/// The shares of one run of pixels: a row per part, and their sum.
#[derive(Default)]
struct Shares {
    rows: Vec<f32>,
    all: Vec<f32>,
    most: Vec<f32>,
}

impl Shares {
    fn read(&mut self, parts: &[Part], y: usize, from: usize, pixels: usize) {
        self.rows.resize(parts.len() * pixels, 0.0);
        self.all.clear();
        self.all.resize(pixels, 0.0);
        for ((plane, _), row) in parts.iter().zip(self.rows.chunks_exact_mut(pixels)) {
            plane.row(y, from, row);
            for (share, all) in row.iter_mut().zip(self.all.iter_mut()) {
                // Interpolation undershoots a little beside steep slopes.
                *share = share.max(0.0);
                *all += *share;
            }
        }
    }

    fn rows<'s>(&'s self, parts: &'s [Part]) -> impl Iterator<Item = (&'s [f32], Lab)> {
        let pixels = self.all.len().max(1);
        self.rows.chunks_exact(pixels).zip(parts).map(|(row, (_, color))| (row, *color))
    }

    /// The colour of the largest share, the first of equals. Chroma follows the share, lightness stays.
    fn dominant(&mut self, parts: &[Part], out: &mut Row<'_>) {
        let mut most = std::mem::take(&mut self.most);
        most.clear();
        most.resize(self.all.len(), -1.0);
        for (row, color) in self.rows(parts) {
            for (x, share) in row.iter().enumerate() {
                let more = *share > most[x];
                most[x] = if more { *share } else { most[x] };
                out.l[x] = if more { color.l } else { out.l[x] };
                out.a[x] = if more { color.a } else { out.a[x] };
                out.b[x] = if more { color.b } else { out.b[x] };
            }
        }
        for (x, (most, all)) in most.iter().zip(&self.all).enumerate() {
            let chroma = chroma(if *all > 0.0 { most / all } else { 1.0 });
            out.a[x] *= chroma;
            out.b[x] *= chroma;
        }
        self.most = most;
    }

    /// The mean of the colours by share.
    fn blend(&self, parts: &[Part], out: &mut Row<'_>) {
        out.l.fill(0.0);
        out.a.fill(0.0);
        out.b.fill(0.0);
        for (row, color) in self.rows(parts) {
            for (x, (share, all)) in row.iter().zip(&self.all).enumerate() {
                let held = if *all > 0.0 { share / all } else { 0.0 };
                out.l[x] += held * color.l;
                out.a[x] += held * color.a;
                out.b[x] += held * color.b;
            }
        }
    }

    /// The part whose stretch of the running sum of shares holds the block's threshold.
    fn weave(&self, parts: &[Part], (from, y): (usize, usize), side: usize, mut out: Row<'_>) {
        for (x, all) in self.all.iter().enumerate() {
            let mut rest = bayer((from + x) / side, y / side) * all;
            let mut color = Lab::default();
            for (row, part) in self.rows(parts) {
                color = part;
                rest -= row[x];
                if rest < 0.0 {
                    break;
                }
            }
            out.set(x, color);
        }
    }

    fn of_first(&self, ramp: &[Lab], mut out: Row<'_>) {
        for (x, all) in self.all.iter().enumerate() {
            let first = self.rows.get(x).copied().unwrap_or_default();
            out.set(x, along(ramp, if *all > 0.0 { first / all } else { 0.0 }));
        }
    }
}

/// What one thread works in.
struct Brush {
    width: usize,
    shares: Shares,
    /// Brightness of each row of the band and its rim.
    brightness: Vec<f32>,
    /// Runs of visible pixels, per row.
    runs: Vec<Vec<(usize, usize)>>,
    /// A row's colours: lightness, the two axes, and how much colour was found near (for softened rows).
    row: [Vec<f32>; 4],
    /// Colours softened along their rows, and their weights: undefined neighbours do not count.
    across: [Vec<f32>; 4],
    detail: Vec<f32>,
}

impl Brush {
    fn new(width: usize, reach: usize) -> Self {
        let rows = BAND_ROWS + 2 * reach;
        let soft = if reach > 0 { rows * width } else { 0 };
        Self {
            width,
            shares: Shares::default(),
            brightness: vec![0.0; rows * width],
            runs: vec![Vec::new(); rows],
            row: std::array::from_fn(|_| vec![0.0; width]),
            across: std::array::from_fn(|_| vec![0.0; soft]),
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
            panel.density.row(y, 0, row);
            let runs = &mut self.runs[y - top];
            find_runs(row, panel.table.least(), 2 * reach, runs);
            for (from, to) in runs {
                panel.table.brighten(&mut row[*from..*to]);
            }
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
            if let Some(detail) = panel.detail {
                detail.row(y, &mut self.detail);
            }
            for run in 0..self.runs[y - top].len() {
                let (from, to) = self.runs[y - top][run];
                let brightness = &self.brightness[(y - top) * width + from..(y - top) * width + to];
                if reach > 0 {
                    let near = y.saturating_sub(reach)..(y + reach + 1).min(bottom);
                    let weights = near.clone().map(|row| kernel[row + reach - y]);
                    let rows = near.map(|row| (row - top) * width + from..(row - top) * width + to);
                    gather(&self.across, &rows.zip(weights), &mut self.row, from..to);
                } else {
                    let [l, a, b, _] = &mut self.row;
                    let row = Row { l: &mut l[from..to], a: &mut a[from..to], b: &mut b[from..to] };
                    panel.colors(y, from, brightness, &mut self.shares, row);
                }
                let [l, a, b, _] = &mut self.row;
                if panel.detail.is_some() {
                    for (l, detail) in l[from..to].iter_mut().zip(&self.detail[from..to]) {
                        *l += DETAIL * detail;
                    }
                }
                let out = &mut out.as_chunks_mut::<4>().0[from..to];
                curves.row(&l[from..to], &a[from..to], &b[from..to], out);
                for (out, v) in out.iter_mut().zip(brightness) {
                    out[3] = (opacity(*v) * 255.0 + 0.5) as u8;
                }
            }
        }
    }

    /// Colours of row `y`, softened along the row, into the band's row `at`.
    fn soften_row(&mut self, panel: &Panel<'_>, kernel: &[f32], y: usize, at: usize) {
        let width = self.width;
        let reach = kernel.len() / 2;
        let span = at * width..(at + 1) * width;
        for across in &mut self.across {
            across[span.clone()].fill(0.0);
        }
        for &(from, to) in &self.runs[at] {
            let brightness = &self.brightness[at * width + from..at * width + to];
            let [l, a, b, m] = &mut self.row;
            let row = Row { l: &mut l[from..to], a: &mut a[from..to], b: &mut b[from..to] };
            panel.colors(y, from, brightness, &mut self.shares, row);
            m[from..to].fill(1.0);
            for (values, across) in self.row.iter().zip(&mut self.across) {
                let across = &mut across[span.clone()];
                for (i, weight) in kernel.iter().enumerate() {
                    // What lies at x goes to x + i − reach, as far as that is on the panel.
                    let first = from.max(reach.saturating_sub(i));
                    let last = to.min(width + reach - i);
                    if first < last {
                        let near = &mut across[first + i - reach..last + i - reach];
                        for (sum, v) in near.iter_mut().zip(&values[first..last]) {
                            *sum += v * weight;
                        }
                    }
                }
            }
        }
    }
}

/// Adds up weighted rows of softened colours into `out`, and divides by the weights found.
fn gather(
    across: &[Vec<f32>; 4],
    rows: &(impl Iterator<Item = (std::ops::Range<usize>, f32)> + Clone),
    out: &mut [Vec<f32>; 4],
    run: std::ops::Range<usize>,
) {
    for (across, out) in across.iter().zip(out.iter_mut()) {
        add_rows(rows.clone().map(|(row, weight)| (&across[row], weight)), &mut out[run.clone()]);
    }
    let [l, a, b, m] = out;
    for x in run {
        let share = 1.0 / m[x];
        l[x] *= share;
        a[x] *= share;
        b[x] *= share;
    }
}

/// Runs of pixels above `least`; gaps up to `bridge` pixels are kept in.
fn find_runs(density: &[f32], least: f32, bridge: usize, runs: &mut Vec<(usize, usize)>) {
    runs.clear();
    let mut x = 0;
    while let Some(start) = density[x..].iter().position(|v| *v > least) {
        let from = x + start;
        let end = density[from..].iter().position(|v| *v <= least);
        let to = end.map_or(density.len(), |n| from + n);
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

type Part = (PanelPlane, Lab);

/// Chroma of a colour that holds this share of a cell.
pub(super) fn chroma(held: f32) -> f32 {
    CHROMA.0 + (CHROMA.1 - CHROMA.0) * ((held - 0.25) / 0.5).clamp(0.0, 1.0)
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
        find_runs(&row, 0.1, 1, &mut runs);
        assert_eq!(runs, [(1, 5), (8, 9)]);
        find_runs(&row, 0.1, 0, &mut runs);
        assert_eq!(runs, [(1, 3), (4, 5), (8, 9)]);
        find_runs(&[0.0; 5], 0.1, 3, &mut runs);
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
