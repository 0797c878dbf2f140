//! A plane of numbers of which most are zeros, as lines over a map are: kept, smoothed and resampled only where it has any.
//!
//! To the last bit the numbers are those of a [`Field`](super::field::Field) that is smoothed and resampled: what is left out
//! there would add zeros.

use std::ops::Range;

use rayon::prelude::*;

use super::field::{half_kernel, inside, mirrored};
use super::resample::Taps;

/// A row is divided into at most so many segments; of each a bit tells whether there is anything in it.
const MOST_SEGMENTS: usize = 128;
/// Cells that are worked on at once; a segment is a whole number of these.
const LANES: usize = 16;
/// Rows that are smoothed together, while they are near the processor.
const BAND: usize = 64;

/// Which segments of a row have anything in them.
type Segments = u128;

/// A plane, north row first, of which only the segments are kept that have anything in them.
#[derive(Debug, Clone)]
pub(crate) struct SparseField {
    width: usize,
    height: usize,
    /// Cells of a segment.
    segment: usize,
    /// [`BAND`] rows each.
    bands: Vec<Band>,
}

/// The rows of a band.
#[derive(Debug, Clone)]
struct Band {
    /// The segments that are kept of each, and where they begin among the values.
    rows: Vec<(Segments, usize)>,
    values: Vec<f32>,
}

impl SparseField {
    /// A plane, of at least one cell, smoothed by a Gaussian of `sigma` cells as
    /// [`Field::smoothed_rows`](super::field::Field::smoothed_rows) does it: `fill` gives each of its rows, all values of it.
    #[must_use]
    pub(crate) fn smoothed_rows(
        (width, height): (usize, usize),
        fill: impl Fn(usize, &mut [f32]) + Sync,
        sigma: f64,
    ) -> Self {
        let segment = width.div_ceil(MOST_SEGMENTS).next_multiple_of(LANES);
        let smoothing = Smoothing::new((width, height), segment, sigma);
        let bands = (0..height.div_ceil(BAND)).into_par_iter();
        let bands = bands.map_init(
            || Scratch::new(&smoothing),
            |scratch, band| {
                let rows = band * BAND..((band + 1) * BAND).min(height);
                smoothing.band(rows, &fill, scratch)
            },
        );
        Self { width, height, segment, bands: bands.collect() }
    }

    /// Columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// As many cells as a row of [`SparseField::add_row`] has: whole segments.
    pub(crate) fn padded_width(&self) -> usize {
        self.width.div_ceil(self.segment) * self.segment
    }

    /// Adds a row times `weight` to `sums`.
    pub(crate) fn add_row(&self, y: usize, weight: f32, sums: &mut [f32]) {
        let _ = self.add_to(y, weight, sums);
    }

    fn add_to(&self, y: usize, weight: f32, sums: &mut [f32]) -> Segments {
        let band = &self.bands[y / BAND];
        let (segments, mut first) = band.rows[y % BAND];
        for run in runs(segments, self.segment) {
            let values = &band.values[first..first + run.len()];
            first += run.len();
            for (sum, value) in sums[run].iter_mut().zip(values) {
                *sum += value * weight;
            }
        }
        segments
    }
}

/// How a plane of a size is smoothed.
struct Smoothing {
    segment: usize,
    width: usize,
    /// Columns of whole segments.
    padded: usize,
    height: usize,
    /// The whole kernel across, and for each column what it is multiplied with; nothing beyond the last one.
    across: Vec<f32>,
    inside_x: Vec<f32>,
    /// The kernel down from its middle, and the same for each row.
    down: Vec<f32>,
    inside_y: Vec<f32>,
}

/// What a band needs.
struct Scratch {
    /// A row, with room for the kernel's reach on both sides.
    row: Vec<f32>,
    /// The rows around a band, smoothed across, and what there is in them.
    smoothed: Vec<f32>,
    segments: Vec<Segments>,
}

impl Scratch {
    fn new(smoothing: &Smoothing) -> Self {
        let rows = BAND + 2 * (smoothing.down.len() - 1);
        Self {
            row: vec![0.0; smoothing.padded + smoothing.across.len()],
            smoothed: vec![0.0; rows * smoothing.padded],
            segments: Vec::with_capacity(rows),
        }
    }
}

impl Smoothing {
    fn new((width, height): (usize, usize), segment: usize, sigma: f64) -> Self {
        let padded = width.div_ceil(segment) * segment;
        let (kx, down) = (half_kernel(sigma, width), half_kernel(sigma, height));
        let (mut inside_x, inside_y) = (inside(&kx, width), inside(&down, height));
        inside_x.resize(padded, 0.0);
        Self { segment, width, padded, height, across: mirrored(&kx), inside_x, down, inside_y }
    }

    /// Some rows of the plane.
    fn band(
        &self,
        rows: Range<usize>,
        fill: &(impl Fn(usize, &mut [f32]) + Sync),
        scratch: &mut Scratch,
    ) -> Band {
        let reach = self.down.len() - 1;
        let around = rows.start.saturating_sub(reach)..(rows.end + reach).min(self.height);
        scratch.segments.clear();
        for (y, smoothed) in around.clone().zip(scratch.smoothed.chunks_exact_mut(self.padded)) {
            scratch.segments.push(self.row_across(|row| fill(y, row), &mut scratch.row, smoothed));
        }
        let (smoothed, there) = (&scratch.smoothed, &scratch.segments);
        let mut band = Band { rows: Vec::with_capacity(rows.len()), values: Vec::new() };
        for y in rows {
            let near = y.saturating_sub(reach)..(y + reach + 1).min(self.height);
            let segments = near.clone().fold(0, |all, source| all | there[source - around.start]);
            let begin = band.values.len();
            band.rows.push((segments, begin));
            for run in runs(segments, self.segment) {
                let begin = band.values.len();
                band.values.resize(begin + run.len(), 0.0);
                let sums = &mut band.values[begin..];
                let of_run = segments_of(&run, self.segment);
                let rows = near.clone().filter(|source| there[source - around.start] & of_run != 0);
                let rows = rows.map(|source| {
                    let first = (source - around.start) * self.padded;
                    let weight = self.down[source.abs_diff(y)] * self.inside_y[y];
                    (&smoothed[first + run.start..first + run.end], weight)
                });
                super::resample::add_rows(rows, sums);
            }
        }
        band
    }

    /// Fills a row and smooths it across into `out`; tells which segments have anything in them. All of `out` is written.
    fn row_across(&self, fill: impl Fn(&mut [f32]), row: &mut [f32], out: &mut [f32]) -> Segments {
        let reach = self.across.len() / 2;
        fill(&mut row[reach..reach + self.width]);
        out.fill(0.0);
        let mut there: Segments = 0;
        for (index, cells) in row[reach..reach + self.padded].chunks_exact(self.segment).enumerate() {
            there |= Segments::from(has_any(cells)) << index;
        }
        // What the kernel reaches beside them.
        for _ in 0..reach.div_ceil(self.segment) {
            there |= there << 1 | there >> 1;
        }
        let mut left: Segments = 0;
        for run in runs(there & segments_of(&(0..self.padded), self.segment), self.segment) {
            for first in run.step_by(LANES) {
                let mut sums = [0.0_f32; LANES];
                for (ahead, weight) in self.across.iter().enumerate() {
                    let Some(cells) = row[first + ahead..].first_chunk::<LANES>() else { continue };
                    for (sum, cell) in sums.iter_mut().zip(cells) {
                        *sum += weight * cell;
                    }
                }
                for (sum, share) in sums.iter_mut().zip(&self.inside_x[first..]) {
                    *sum *= share;
                }
                out[first..first + LANES].copy_from_slice(&sums);
                left |= Segments::from(has_any(&sums)) << (first / self.segment);
            }
        }
        left
    }
}

/// Whether a number is not 0: by all bits but the sign's, of all at once, as most numbers are.
fn has_any(numbers: &[f32]) -> bool {
    numbers.iter().fold(0, |bits, number| bits | number.to_bits() << 1) != 0
}

/// The columns of segments that lie side by side, from the west.
fn runs(segments: Segments, segment: usize) -> impl Iterator<Item = Range<usize>> {
    let (mut rest, mut passed) = (segments, 0);
    std::iter::from_fn(move || {
        if rest == 0 {
            return None;
        }
        let empty = rest.trailing_zeros() as usize;
        rest >>= empty;
        let full = rest.trailing_ones() as usize;
        rest = rest.checked_shr(full as u32).unwrap_or(0);
        let first = passed + empty;
        passed = first + full;
        Some(first * segment..passed * segment)
    })
}

/// The segments of some columns, which begin and end with one.
fn segments_of(columns: &Range<usize>, segment: usize) -> Segments {
    let (first, count) = (columns.start / segment, columns.len() / segment);
    Segments::MAX.checked_shr((MOST_SEGMENTS - count) as u32).unwrap_or(0) << first
}

/// How sparse planes of one size are resampled.
pub(crate) struct SparseTaps<'t> {
    across: &'t Taps,
    down: &'t Taps,
    segment: usize,
    /// The target samples that a segment is part of.
    targets: Vec<Range<usize>>,
}

impl<'t> SparseTaps<'t> {
    /// Taps as they are for planes as large as `field`, to rows of `target` samples.
    pub(crate) fn new([across, down]: [&'t Taps; 2], field: &SparseField, target: usize) -> Self {
        let segments = (0..field.width).step_by(field.segment);
        let targets = segments.map(|first| across.targets_of(first..first + field.segment, target)).collect();
        Self { across, down, segment: field.segment, targets }
    }

    /// Target row `y` of a plane. `narrow` is a row of [`SparseField::padded_width`] to work in. Returns the target samples, run by
    /// run, beside which all are 0; others are not written.
    pub(crate) fn row(
        &self,
        field: &SparseField,
        y: usize,
        narrow: &mut [f32],
        target: &mut [f32],
    ) -> Vec<Range<usize>> {
        narrow.fill(0.0);
        let (start, weights) = self.down.of(y);
        let mut there: Segments = 0;
        for (source, weight) in (start..).zip(weights).filter(|(_, weight)| **weight != 0.0) {
            there |= field.add_to(source, *weight, narrow);
        }
        // A target sample beside a gap may be of the runs on both of its sides.
        let mut done = 0;
        let targets: Vec<Range<usize>> = runs(there, self.segment)
            .map(|run| {
                let (first, last) = (run.start / self.segment, run.end / self.segment - 1);
                let begin = self.targets[first].start.max(done);
                let run = begin..self.targets[last].end.max(begin);
                done = run.end;
                run
            })
            .collect();
        for run in &targets {
            self.across.row_from(&narrow[..field.width], run.start, &mut target[run.clone()]);
        }
        targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::field::Field;

    /// Some lines across, some dots, and a corner that is full.
    fn cell(x: usize, y: usize) -> f32 {
        let line = y % 37 == 5 && x % 190 < 70 || x % 211 == 17 && y % 90 < 40;
        let corner = x < 30 && y < 20;
        if line || corner || (x * 31 + y * 57).is_multiple_of(4_001) {
            ((x * 7 + y * 13) % 11) as f32 * 0.3
        } else {
            0.0
        }
    }

    #[test]
    fn what_is_kept_is_what_a_field_holds() {
        for (width, height) in [(1_080, 140), (300, 200), (1, 1), (5, 130), (2_500, 9), (17, 3)] {
            let fill = |y: usize, row: &mut [f32]| {
                row.iter_mut().enumerate().for_each(|(x, value)| *value = cell(x, y));
            };
            for sigma in [0.75, 0.0, 6.0] {
                let dense = Field::smoothed_rows((width, height), fill, (sigma, sigma));
                let sparse = SparseField::smoothed_rows((width, height), fill, sigma);
                assert_eq!((sparse.width(), sparse.height()), (width, height));
                for y in 0..height {
                    let mut row = vec![0.0; sparse.padded_width()];
                    sparse.add_row(y, 1.0, &mut row);
                    assert!(row[..width] == *dense.row(y), "{width} × {height}, sigma {sigma}, row {y}");
                    assert!(row[width..].iter().all(|value| *value == 0.0), "{width} × {height}");
                }
                for target in [(900, 50), (256, 80), (2_000, 60), (1, 1)] {
                    let across = Taps::new(width, (0.0, width as f64), target.0, 0.0);
                    let down = Taps::new(height, (0.0, height as f64), target.1, 0.0);
                    let taps = SparseTaps::new([&across, &down], &sparse, target.0);
                    let mut narrow = [vec![0.0; width], vec![7.0; sparse.padded_width()]];
                    for y in 0..target.1 {
                        let mut expected = vec![0.0; target.0];
                        down.column_row(dense.values(), width, y, &mut narrow[0]);
                        across.row(&narrow[0], &mut expected);
                        let (mut found, mut written) = (vec![0.0; target.0], vec![0.0; target.0]);
                        let mut end = 0;
                        for run in taps.row(&sparse, y, &mut narrow[1], &mut written) {
                            assert!(run.start >= end, "none twice");
                            end = run.end;
                            found[run.clone()].copy_from_slice(&written[run]);
                        }
                        assert!(
                            found == expected,
                            "{width} × {height} to {target:?}, sigma {sigma}, row {y}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_takes_no_memory() {
        let empty = SparseField::smoothed_rows((1_080, 1_080), |_, row| row.fill(0.0), 0.75);
        assert!(empty.bands.iter().all(|band| band.values.is_empty()));
        let dot = |y: usize, row: &mut [f32]| {
            row.fill(0.0);
            row[500] = if y == 600 { 1.0 } else { 0.0 };
        };
        let dot = SparseField::smoothed_rows((1_080, 1_080), dot, 0.75);
        let kept: usize = dot.bands.iter().map(|band| band.values.len()).sum();
        assert!(kept <= 9 * 2 * LANES, "{kept}");
    }
}
