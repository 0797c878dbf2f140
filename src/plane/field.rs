//! A plane of numbers, and the Gaussian that smooths it.

use rayon::prelude::*;

use super::resample::add_rows;

/// A Gaussian is cut at this many sigmas; nearer cuts show as squares under camping spots.
const CUT_SIGMAS: f64 = 4.5;

/// A plane of numbers, north row first.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Field {
    /// A plane from its rows; `None` unless there are exactly `width · height` values, at least one.
    pub fn new(width: usize, height: usize, values: Vec<f32>) -> Option<Self> {
        (!values.is_empty() && values.len() == width * height).then_some(Self { width, height, values })
    }

    /// A plane of zeros, at least one cell.
    pub fn nothing(width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, values: vec![0.0; width * height] }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The numbers, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The same, to keep.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// One row.
    pub fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    /// The sum of two planes; of the other one only what lies inside this one.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        let rows = other.values.par_chunks_exact(other.width);
        self.values.par_chunks_exact_mut(self.width).zip(rows).for_each(|(mine, theirs)| {
            for (v, other) in mine.iter_mut().zip(theirs) {
                *v += other;
            }
        });
        self
    }

    /// The mean of each `factor` × `factor` cells as one cell; the last row and column may be of fewer.
    #[must_use]
    pub fn reduced(&self, factor: usize) -> Self {
        if factor <= 1 {
            return self.clone();
        }
        let (width, height) = (self.width.div_ceil(factor), self.height.div_ceil(factor));
        let mut values = vec![0.0_f32; width * height];
        values.par_chunks_exact_mut(width).enumerate().for_each(|(y, out)| {
            let rows = y * factor..((y + 1) * factor).min(self.height);
            for row in rows.clone() {
                let row = self.row(row);
                // The usual factors by themselves: a loop of a known length needs no counting.
                match factor {
                    2 => add_means(row.as_chunks::<2>(), out),
                    3 => add_means(row.as_chunks::<3>(), out),
                    4 => add_means(row.as_chunks::<4>(), out),
                    _ => row.chunks(factor).zip(out.iter_mut()).for_each(|(cells, out)| *out += mean(cells)),
                }
            }
            let share = 1.0 / rows.len() as f32;
            for v in out.iter_mut() {
                *v *= share;
            }
        });
        Self { width, height, values }
    }

    /// Smoothed by a Gaussian of `sigma_x`, `sigma_y` cells, renormalised where it reaches over the edge. Rows and
    /// columns of zeros cost nothing.
    #[must_use]
    pub fn smoothed(&self, sigma_x: f64, sigma_y: f64) -> Self {
        let copy = |y: usize, row: &mut [f32]| row.copy_from_slice(self.row(y));
        Self::smoothed_rows((self.width, self.height), copy, (sigma_x, sigma_y))
    }

    /// The same of a plane, of at least one cell, that is never there as a whole: `fill` gives each of its rows, all values of it.
    #[must_use]
    pub fn smoothed_rows(
        (width, height): (usize, usize),
        fill: impl Fn(usize, &mut [f32]) + Sync,
        (sigma_x, sigma_y): (f64, f64),
    ) -> Self {
        let (kx, ky) = (half_kernel(sigma_x, width), half_kernel(sigma_y, height));
        let (inside_x, inside_y) = (inside(&kx, width), inside(&ky, height));
        let mirrored = mirrored(&kx);

        let mut across = vec![0.0_f32; width * height];
        let mut filled: Vec<Option<(usize, usize)>> = vec![None; height];
        across.par_chunks_exact_mut(width).zip(&mut filled).enumerate().for_each_init(
            || vec![0.0_f32; width],
            |row, (y, (out, filled))| {
                fill(y, row);
                *filled = nonzero_span(row);
                let Some((from, to)) = *filled else { return };
                for (x, value) in (from..to).zip(&row[from..to]) {
                    if *value != 0.0 {
                        spread(out, x, &mirrored, *value);
                    }
                }
                for (v, share) in out.iter_mut().zip(&inside_x) {
                    *v *= share;
                }
            },
        );

        // Where the horizontal pass left anything at all.
        let reach = kx.len() - 1;
        let span = filled.iter().flatten().fold((width, 0), |(from, to), &(a, b)| (from.min(a), to.max(b)));
        let (from, to) = (span.0.saturating_sub(reach), (span.1 + reach).min(width));
        let mut values = vec![0.0_f32; width * height];
        if from < to {
            values.par_chunks_exact_mut(width).enumerate().for_each(|(y, out)| {
                let out = &mut out[from..to];
                let first = y.saturating_sub(ky.len() - 1);
                let last = (y + ky.len() - 1).min(height - 1);
                let rows = (first..=last).filter(|source| filled[*source].is_some()).map(|source| {
                    let weight = ky[source.abs_diff(y)] * inside_y[y];
                    (&across[source * width + from..source * width + to], weight)
                });
                add_rows(rows, out);
            });
        }
        Self { width, height, values }
    }
}

/// Adds `value` times the whole kernel around `x`.
fn spread(out: &mut [f32], x: usize, kernel: &[f32], value: f32) {
    let reach = kernel.len() / 2;
    let (from, to) = (x.saturating_sub(reach), (x + reach + 1).min(out.len()));
    let kernel = &kernel[from + reach - x..];
    for (v, k) in out[from..to].iter_mut().zip(kernel) {
        *v += k * value;
    }
}

/// Adds the mean of each `N` cells, and of the rest.
fn add_means<const N: usize>((cells, rest): (&[[f32; N]], &[f32]), out: &mut [f32]) {
    for (out, cells) in out.iter_mut().zip(cells) {
        *out += mean(cells);
    }
    if let (Some(last), false) = (out.get_mut(cells.len()), rest.is_empty()) {
        *last += mean(rest);
    }
}

#[inline]
fn mean(cells: &[f32]) -> f32 {
    cells.iter().sum::<f32>() / cells.len() as f32
}

/// The kernel from its middle outwards; its two halves and the middle add up to 1. Not longer than the plane.
pub(super) fn half_kernel(sigma: f64, most: usize) -> Vec<f32> {
    let reach = if sigma > 0.0 { (sigma * CUT_SIGMAS).ceil() as usize } else { 0 };
    let exact: Vec<f64> = (0..=reach)
        .map(|i| if i == 0 { 1.0 } else { libm::exp(-0.5 * (i as f64 / sigma) * (i as f64 / sigma)) })
        .collect();
    let sum = 2.0 * exact.iter().sum::<f64>() - exact[0];
    exact.iter().take(most.max(1)).map(|v| (v / sum) as f32).collect()
}

/// The whole of a kernel that is given from its middle outwards.
pub(super) fn mirrored(kernel: &[f32]) -> Vec<f32> {
    kernel[1..].iter().rev().chain(kernel).copied().collect()
}

/// For each cell 1 / (the share of its kernel that lies inside the plane).
pub(super) fn inside(kernel: &[f32], cells: usize) -> Vec<f32> {
    // Sums of the kernel's first n weights to one side, the middle not counted.
    let mut side = vec![0.0_f64; kernel.len()];
    for i in 1..kernel.len() {
        side[i] = side[i - 1] + f64::from(kernel[i]);
    }
    (0..cells)
        .map(|i| {
            let left = side[i.min(kernel.len() - 1)];
            let right = side[(cells - 1 - i).min(kernel.len() - 1)];
            (1.0 / (f64::from(kernel[0]) + left + right)) as f32
        })
        .collect()
}

/// First and one past the last cell that is not zero.
fn nonzero_span(row: &[f32]) -> Option<(usize, usize)> {
    let from = row.iter().position(|v| *v != 0.0)?;
    let to = row.iter().rposition(|v| *v != 0.0)? + 1;
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(width: usize, height: usize, x: usize, y: usize) -> Field {
        let mut values = vec![0.0; width * height];
        values[y * width + x] = 1.0;
        Field::new(width, height, values).unwrap()
    }

    #[test]
    fn a_point_becomes_a_gaussian() {
        let smooth = point(101, 81, 50, 40).smoothed(4.0, 3.0);
        let exact = |x: f64, y: f64| {
            (-0.5 * ((x / 4.0).powi(2) + (y / 3.0).powi(2))).exp() / (2.0 * std::f64::consts::PI * 12.0)
        };
        for (x, y) in [(50, 40), (54, 40), (50, 46), (40, 35), (62, 49)] {
            let (ours, exact) = (f64::from(smooth.row(y)[x]), exact(x as f64 - 50.0, y as f64 - 40.0));
            assert!((ours - exact).abs() < 2e-6, "{x} {y}: {ours} {exact}");
        }
        assert!((smooth.values().iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }

    #[test]
    fn level_ground_stays_level_up_to_the_edges() {
        let level = Field::new(40, 30, vec![2.5; 1200]).unwrap();
        for sigma in [0.0, 0.5, 3.0, 30.0] {
            let smooth = level.smoothed(sigma, sigma);
            assert!(smooth.values().iter().all(|v| (v - 2.5).abs() < 1e-4), "sigma {sigma}");
        }
    }

    #[test]
    fn nothing_stays_nothing() {
        let nothing = Field::new(9, 9, vec![0.0; 81]).unwrap();
        assert_eq!(nothing.smoothed(2.0, 2.0), nothing);
    }

    #[test]
    fn reducing_keeps_the_mean() {
        let field = Field::new(5, 3, (0..15).map(|v| v as f32).collect()).unwrap();
        let half = field.reduced(2);
        assert_eq!((half.width(), half.height()), (3, 2));
        assert_eq!(half.row(0), [3.0, 5.0, 6.5]);
        assert_eq!(half.row(1), [10.5, 12.5, 14.0]);
    }
}
