//! Planes to pixels: brightness becomes opacity, shares become colour, and borders between two colours are softened.
//! A thread shades a band of rows at a time.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::glow::Look;
use super::paint::{Mixing, NO_PART, Paint, Panel, Row, Shares};
use crate::plane::oklab::{Curves, Lab};
use crate::plane::resample::add_rows;
use crate::scene::Bitmap;

/// How strongly the map's detail shows through.
const DETAIL: f32 = 0.45;
/// Rows that one thread shades at a time.
const BAND_ROWS: usize = 48;
/// Softening of borders between colours, design pixels, and where its Gaussian is cut.
const SOFT_PX: f64 = 0.8;
const SOFT_CUT: f64 = 3.0;

impl Panel<'_> {
    /// Shades the panel; straight alpha, transparent where there was no movement.
    pub(super) fn shade(&self, width: u32, height: u32) -> Option<Bitmap> {
        let (w, h) = (width as usize, height as usize);
        let mut rgba = vec![0_u8; w * h * 4];
        let kernel = match &self.paint {
            Paint::Shares { mixing: Mixing::Majority | Mixing::Unusual(_), .. } => soft_kernel(self.scale),
            _ => vec![1.0],
        };
        let curves = Curves::get();
        // One for each thread, however the bands are shared out.
        let spare: Mutex<Vec<Scratch>> = Mutex::default();
        let spare = || spare.lock().unwrap_or_else(PoisonError::into_inner);
        rgba.par_chunks_mut(w * 4 * BAND_ROWS).enumerate().for_each(|(band, out)| {
            let known = spare().pop();
            let mut scratch = known.unwrap_or_else(|| Scratch::new(w, kernel.len() / 2));
            scratch.band(self, &kernel, curves, band * BAND_ROWS, h, out);
            spare().push(scratch);
        });
        Bitmap::new(width, height, rgba)
    }
}

/// What one thread works in: the rows of a band and of its rim, each as wide as the panel.
struct Scratch {
    width: usize,
    shares: Shares,
    brightness: Vec<f32>,
    /// Runs of visible pixels, per row.
    runs: Vec<Vec<(usize, usize)>>,
    /// Colours: lightness and the two axes.
    plain: [Vec<f32>; 3],
    /// Whose colour it is.
    winner: Vec<u8>,
    /// Pixels of a row that a border between colours reaches along it.
    along: Vec<u8>,
    /// Pixels that a border reaches in any direction: only these are softened.
    near: Vec<u8>,
    /// Colours softened along their rows, and their weights: undefined neighbours do not count.
    across: [Vec<f32>; 4],
    /// The row being finished.
    row: [Vec<f32>; 4],
    reached: Vec<u8>,
    detail: Vec<f32>,
}

impl Scratch {
    fn new(width: usize, reach: usize) -> Self {
        let all = (BAND_ROWS + 2 * reach) * width;
        let soft = if reach > 0 { all } else { 0 };
        Self {
            width,
            shares: Shares::default(),
            brightness: vec![0.0; all],
            runs: vec![Vec::new(); BAND_ROWS + 2 * reach],
            plain: std::array::from_fn(|_| vec![0.0; all]),
            winner: vec![NO_PART; all],
            along: vec![0; soft],
            near: vec![0; soft],
            across: std::array::from_fn(|_| vec![0.0; soft]),
            row: std::array::from_fn(|_| vec![0.0; width]),
            reached: vec![0; width],
            detail: vec![0.0; width],
        }
    }

    /// Shades the rows of `out`, the first of which is the panel's row `first`.
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
        let lines = (first + rows + reach).min(height) - top;
        for at in 0..lines {
            self.color_row(panel, top + at, at, reach);
        }
        if self.runs[..lines].iter().all(Vec::is_empty) {
            return;
        }
        if reach > 0 {
            self.find_borders(lines, reach);
            for at in 0..lines {
                self.soften_row(kernel, lines, at);
            }
        }
        for (at, out) in (first - top..).zip(out.chunks_exact_mut(width * 4)) {
            if self.runs[at].is_empty() {
                continue;
            }
            if let Some(detail) = panel.detail {
                detail.row(top + at, &mut self.detail);
            }
            for run in 0..self.runs[at].len() {
                let (from, to) = self.runs[at][run];
                for (plain, row) in self.plain.iter().zip(&mut self.row) {
                    row[from..to].copy_from_slice(&plain[at * width + from..at * width + to]);
                }
                if reach > 0 {
                    let lines = at.saturating_sub(reach)..(at + reach + 1).min(lines);
                    for (from, to) in marked(&self.near[at * width..(at + 1) * width], from, to) {
                        let weights = lines.clone().map(|line| kernel[line + reach - at]);
                        let spans = lines.clone().map(|line| line * width + from..line * width + to);
                        gather(&self.across, &spans.zip(weights), &mut self.row, from..to);
                    }
                }
                let [l, a, b, _] = &mut self.row;
                if let Look::Glow(glow) = panel.look {
                    for x in from..to {
                        let hue = Lab::new(l[x], a[x], b[x]);
                        let lit = glow.color(hue, self.brightness[at * width + x]);
                        (l[x], a[x], b[x]) = (lit.l, lit.a, lit.b);
                    }
                }
                if panel.detail.is_some() {
                    for (l, detail) in l[from..to].iter_mut().zip(&self.detail[from..to]) {
                        *l += DETAIL * detail;
                    }
                }
                let out = &mut out.as_chunks_mut::<4>().0[from..to];
                curves.row(&l[from..to], &a[from..to], &b[from..to], out);
                let brightness = &self.brightness[at * width + from..at * width + to];
                for (out, v) in out.iter_mut().zip(brightness) {
                    out[3] = (panel.look.opacity(*v) * 255.0 + 0.5) as u8;
                }
            }
        }
    }

    /// Brightness, runs and colours of row `y`, into the band's row `at`.
    fn color_row(&mut self, panel: &Panel<'_>, y: usize, at: usize, reach: usize) {
        let span = at * self.width..(at + 1) * self.width;
        let brightness = &mut self.brightness[span.clone()];
        panel.density.row(y, 0, brightness);
        find_runs(brightness, panel.table.least(), 2 * reach, &mut self.runs[at]);
        let winner = &mut self.winner[span.clone()];
        winner.fill(NO_PART);
        let [l, a, b] = &mut self.plain;
        let (l, a, b) = (&mut l[span.clone()], &mut a[span.clone()], &mut b[span]);
        for &(from, to) in &self.runs[at] {
            panel.table.brighten(&mut brightness[from..to]);
            let row = Row { l: &mut l[from..to], a: &mut a[from..to], b: &mut b[from..to] };
            let winner = &mut winner[from..to];
            panel.colors((from, y), &brightness[from..to], &mut self.shares, winner, row);
        }
    }

    /// Marks what lies within `reach` of two pixels that differ in colour, below and above as well as beside.
    fn find_borders(&mut self, lines: usize, reach: usize) {
        let width = self.width;
        for at in 0..lines {
            let row = &self.winner[at * width..(at + 1) * width];
            let below = &self.winner[(at + 1).min(lines - 1) * width..][..width];
            let along = &mut self.along[at * width..(at + 1) * width];
            along.fill(0);
            for &(from, to) in &self.runs[at] {
                for x in from..to {
                    let beside = row[(x + 1).min(to - 1)];
                    let differs = row[x] != beside || (row[x] != below[x] && below[x] != NO_PART);
                    if differs {
                        along[x.saturating_sub(reach)..(x + reach + 2).min(width)].fill(1);
                    }
                }
            }
        }
        for at in 0..lines {
            // A border above a row is noted in the row above it.
            let around = at.saturating_sub(reach + 1)..(at + reach + 1).min(lines);
            any(&self.along, around, width, &mut self.near[at * width..(at + 1) * width]);
        }
    }

    /// Softens the band's row `at` along itself, wherever a row within reach needs it.
    fn soften_row(&mut self, kernel: &[f32], lines: usize, at: usize) {
        let width = self.width;
        let reach = kernel.len() / 2;
        let span = at * width..(at + 1) * width;
        any(&self.near, at.saturating_sub(reach)..(at + reach + 1).min(lines), width, &mut self.reached);
        for across in &mut self.across {
            across[span.clone()].fill(0.0);
        }
        for &(from, to) in &self.runs[at] {
            let [l, a, b, m] = &mut self.row;
            for (plain, row) in self.plain.iter().zip([l, a, b]) {
                row[from..to].copy_from_slice(&plain[at * width + from..at * width + to]);
            }
            m[from..to].fill(1.0);
            let seen = (from.saturating_sub(reach), (to + reach).min(width));
            for (first, last) in marked(&self.reached, seen.0, seen.1) {
                for (values, across) in self.row.iter().zip(&mut self.across) {
                    let across = &mut across[span.clone()];
                    for (i, weight) in kernel.iter().enumerate() {
                        // The colour at x comes from x + i − reach, as far as the run goes.
                        let begin = first.max((from + reach).saturating_sub(i));
                        let end = last.min((to + reach).saturating_sub(i));
                        if begin < end {
                            let values = &values[begin + i - reach..end + i - reach];
                            for (sum, v) in across[begin..end].iter_mut().zip(values) {
                                *sum += v * weight;
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Which pixels any of several rows marks.
fn any(marks: &[u8], rows: std::ops::Range<usize>, width: usize, out: &mut [u8]) {
    out.fill(0);
    for row in rows {
        for (out, mark) in out.iter_mut().zip(&marks[row * width..(row + 1) * width]) {
            *out |= mark;
        }
    }
}

/// The runs of marked pixels in part of a row.
fn marked(marks: &[u8], from: usize, to: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut x = from;
    std::iter::from_fn(move || {
        let start = x + marks[x..to].iter().position(|mark| *mark != 0)?;
        x = marks[start..to].iter().position(|mark| *mark == 0).map_or(to, |n| start + n);
        Some((start, x))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn soft_kernels_are_whole() {
        for scale in [0.1, 0.5, 1.0, 1.9, 7.0] {
            let kernel = soft_kernel(scale);
            assert!(kernel.len() % 2 == 1 && (kernel.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
        assert_eq!(soft_kernel(0.2), [1.0]);
    }
}
