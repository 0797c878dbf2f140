//! Enlarging and reducing planes of numbers, and softening them in the same step.
//!
//! Enlargement is bicubic (Catmull-Rom; Keys 1981, a = −½), reduction Lanczos with three lobes. A Gaussian that
//! follows is folded into the kernel: both are linear, so one separable pass does what two would.

use std::f64::consts::PI;
use std::ops::Range;

use super::map_frame::MapFrame;
use crate::geom::WorldRect;

/// A Gaussian is cut at this many sigmas where it softens a picture.
const SOFT_CUT: f64 = 3.5;
/// Weights are multiplied this many at a time.
const LANES: usize = 4;
/// Steps of the kernel's table per source pixel.
const TABLE_STEPS: f64 = 128.0;

/// Which source samples make up each target sample along one axis.
#[derive(Debug, Clone)]
pub struct Taps {
    /// Weights per target sample.
    count: usize,
    starts: Vec<u32>,
    weights: Vec<f32>,
}

impl Taps {
    /// Taps from a grid over `extent`, of so many columns and rows, to a map's picture: across and down.
    pub fn onto(frame: &MapFrame, (columns, rows): (usize, usize), extent: &WorldRect) -> [Self; 2] {
        let window = &frame.extent;
        let per_unit = (columns as f64 / extent.width(), rows as f64 / extent.height());
        let across =
            ((window.min_x() - extent.min_x()) * per_unit.0, (window.max_x() - extent.min_x()) * per_unit.0);
        let down =
            ((extent.max_y() - window.max_y()) * per_unit.1, (extent.max_y() - window.min_y()) * per_unit.1);
        [
            Self::new(columns, across, frame.width() as usize, 0.0),
            Self::new(rows, down, frame.height() as usize, 0.0),
        ]
    }

    /// Taps from `source` samples to `target` samples that cover the source's span `window` (in samples, edge to
    /// edge; may reach over the source, which is then continued by its edge), followed by a Gaussian of
    /// `soft_px` target samples.
    ///
    /// `source` and `target` must not be 0, `window` not empty.
    pub fn new(source: usize, window: (f64, f64), target: usize, soft_px: f64) -> Self {
        let step = (window.1 - window.0) / target as f64;
        let kernel = Kernel::new(step, soft_px * step);
        let count = (2.0 * kernel.reach).ceil() as usize + 1;
        // Whole lanes where the source is long enough; the rest of the weights are zeros.
        let count = count.next_multiple_of(LANES).min(source);
        let (mut starts, mut weights) = (Vec::with_capacity(target), vec![0.0_f32; target * count]);
        let mut exact = vec![0.0_f64; count];
        for (i, weights) in weights.chunks_exact_mut(count).enumerate() {
            let middle = window.0 + (i as f64 + 0.5) * step - 0.5;
            let (first, last) =
                ((middle - kernel.reach).ceil() as i64, (middle + kernel.reach).floor() as i64);
            let start = first.clamp(0, (source - count) as i64);
            exact.fill(0.0);
            for j in first..=last {
                let inside = (j.clamp(0, source as i64 - 1) - start).clamp(0, count as i64 - 1);
                exact[inside as usize] += kernel.at(j as f64 - middle);
            }
            let sum: f64 = exact.iter().sum();
            for (weight, exact) in weights.iter_mut().zip(&exact) {
                *weight = (exact / sum) as f32;
            }
            starts.push(start as u32);
        }
        Self { count, starts, weights }
    }

    /// First source sample and the weights of target sample `index`.
    pub fn of(&self, index: usize) -> (usize, &[f32]) {
        (self.starts[index] as usize, &self.weights[index * self.count..(index + 1) * self.count])
    }

    /// One row of `source` to one row of `target` (as long as there are target samples).
    pub fn row(&self, source: &[f32], target: &mut [f32]) {
        self.row_from(source, 0, target);
    }

    /// A part of [`Taps::row`]: the target samples from `from` on, as many as `target` holds.
    pub fn row_from(&self, source: &[f32], from: usize, target: &mut [f32]) {
        // The usual numbers of taps by themselves: a loop of a known length needs no counting.
        match self.count {
            4 => self.row_of::<4>(source, from, target),
            8 => self.row_of::<8>(source, from, target),
            12 => self.row_of::<12>(source, from, target),
            16 => self.row_of::<16>(source, from, target),
            _ => {
                for (i, out) in target.iter_mut().enumerate() {
                    let (start, weights) = self.of(from + i);
                    *out = dot(&source[start..start + weights.len()], weights);
                }
            }
        }
    }

    fn row_of<const COUNT: usize>(&self, source: &[f32], from: usize, target: &mut [f32]) {
        let (weights, _) = self.weights.as_chunks::<COUNT>();
        let taps = self.starts[from..].iter().zip(&weights[from..]);
        for (out, (start, weights)) in target.iter_mut().zip(taps) {
            if let Some(values) = source[*start as usize..].first_chunk::<COUNT>() {
                *out = dot(values, weights);
            }
        }
    }

    /// The source samples that the target samples of a range are made of.
    pub fn source_of(&self, target: Range<usize>) -> Range<usize> {
        let (first, after) = (target.start, target.end.max(target.start + 1));
        self.starts[first] as usize..self.starts[after - 1] as usize + self.count
    }

    /// The first of so many target samples that the source samples of a range are part of, up to the one after the last.
    pub fn targets_of(&self, source: Range<usize>, target: usize) -> Range<usize> {
        let starts = &self.starts[..target];
        let first = starts.partition_point(|start| *start as usize + self.count <= source.start);
        first..starts.partition_point(|start| (*start as usize) < source.end).max(first)
    }

    /// Target row `index` from the rows of a plane that is `width` wide, of which `plane` holds those from `begin` on.
    pub fn column_row_of(
        &self,
        (plane, begin): (&[f32], usize),
        width: usize,
        index: usize,
        target: &mut [f32],
    ) {
        let (start, weights) = self.of(index);
        let rows = plane[(start - begin) * width..].chunks(width.max(1));
        add_rows(rows.zip(weights.iter().copied()), target);
    }

    /// Target row `index` from the rows of a plane that is `width` wide.
    pub fn column_row(&self, plane: &[f32], width: usize, index: usize, target: &mut [f32]) {
        self.column_row_from(plane, width, index, 0, target);
    }

    /// A part of [`Taps::column_row`]: the columns from `from` on, as many as `target` holds.
    pub fn column_row_from(
        &self,
        plane: &[f32],
        width: usize,
        index: usize,
        from: usize,
        target: &mut [f32],
    ) {
        let (start, weights) = self.of(index);
        let first = start * width + from;
        add_rows(
            weights.iter().enumerate().map(|(i, weight)| (&plane[first + i * width..], *weight)),
            target,
        );
    }
}

/// Writes the weighted sum of rows to `out`; each row must be at least as long. They are added in their order.
pub fn add_rows<'r>(rows: impl Iterator<Item = (&'r [f32], f32)>, out: &mut [f32]) {
    out.fill(0.0);
    let mut rows = rows.filter(|(_, weight)| *weight != 0.0);
    while let Some(first) = rows.next() {
        match (rows.next(), rows.next(), rows.next()) {
            // Four at once: a sum is read and written a quarter as often.
            (Some(second), Some(third), Some(fourth)) => {
                let (a, b, c, d) = (first.1, second.1, third.1, fourth.1);
                let values = first.0.iter().zip(second.0).zip(third.0).zip(fourth.0);
                for (sum, (((first, second), third), fourth)) in out.iter_mut().zip(values) {
                    *sum = *sum + first * a + second * b + third * c + fourth * d;
                }
            }
            (second, third, _) => {
                for (row, weight) in [Some(first), second, third].into_iter().flatten() {
                    for (sum, value) in out.iter_mut().zip(row) {
                        *sum += value * weight;
                    }
                }
            }
        }
    }
}

/// The sum of products, in lanes that are added at the end.
#[inline]
fn dot(values: &[f32], weights: &[f32]) -> f32 {
    let ((v, v_rest), (w, w_rest)) = (values.as_chunks::<LANES>(), weights.as_chunks::<LANES>());
    let mut sums = [0.0_f32; LANES];
    for (v, w) in v.iter().zip(w) {
        for i in 0..LANES {
            sums[i] += v[i] * w[i];
        }
    }
    let rest: f32 = v_rest.iter().zip(w_rest).map(|(v, w)| v * w).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// An interpolation kernel convolved with a Gaussian, as a table over the distance in source samples.
struct Kernel {
    reach: f64,
    table: Vec<f64>,
}

impl Kernel {
    /// `step`: source samples per target sample; `sigma`: of the Gaussian, source samples.
    fn new(step: f64, sigma: f64) -> Self {
        let base = |d: f64| if step > 1.0 { lanczos3(d / step) } else { catmull_rom(d) };
        let base_reach = if step > 1.0 { 3.0 * step } else { 2.0 };
        // Below a twentieth of a sample a Gaussian does nothing but cost time.
        let soft = sigma > 0.05;
        let reach = base_reach + if soft { SOFT_CUT * sigma } else { 0.0 };
        let offsets = if soft { 33 } else { 1 };
        let gauss: Vec<(f64, f64)> = (0..offsets)
            .map(|i| {
                let t = if soft { (f64::from(i) / 16.0 - 1.0) * SOFT_CUT } else { 0.0 };
                (t * sigma, libm::exp(-0.5 * t * t))
            })
            .collect();
        let table = (0..=(reach * TABLE_STEPS).ceil() as usize + 1)
            .map(|i| {
                let d = i as f64 / TABLE_STEPS;
                gauss.iter().map(|(t, w)| w * base(d - t)).sum()
            })
            .collect();
        Self { reach, table }
    }

    fn at(&self, distance: f64) -> f64 {
        let at = distance.abs() * TABLE_STEPS;
        let left = at as usize;
        match (self.table.get(left), self.table.get(left + 1)) {
            (Some(a), Some(b)) => a + (b - a) * at.fract(),
            _ => 0.0,
        }
    }
}

fn catmull_rom(d: f64) -> f64 {
    let d = d.abs();
    if d < 1.0 {
        (1.5 * d - 2.5) * d * d + 1.0
    } else if d < 2.0 {
        ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
    } else {
        0.0
    }
}

fn lanczos3(d: f64) -> f64 {
    let d = d.abs();
    if d < 1e-9 {
        1.0
    } else if d < 3.0 {
        3.0 * libm::sin(PI * d) * libm::sin(PI * d / 3.0) / (PI * PI * d * d)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resampled(source: &[f32], target: usize, soft: f64) -> Vec<f32> {
        let mut out = vec![0.0; target];
        Taps::new(source.len(), (0.0, source.len() as f64), target, soft).row(source, &mut out);
        out
    }

    #[test]
    fn any_number_of_rows_is_added_in_order() {
        let rows: Vec<Vec<f32>> =
            (0..10).map(|y| (0..37).map(|x| ((x * 7 + y * 13) % 11) as f32 * 0.3 - 1.0).collect()).collect();
        for count in 0..=rows.len() {
            let weight = |y: usize| if y == 5 { 0.0 } else { 0.1 * (y + 1) as f32 };
            let weighted = || rows[..count].iter().enumerate().map(|(y, row)| (row.as_slice(), weight(y)));
            let (mut sums, mut expected) = (vec![9.0_f32; 37], vec![0.0_f32; 37]);
            add_rows(weighted(), &mut sums);
            for (row, weight) in weighted() {
                expected.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * weight);
            }
            assert!(sums == expected, "{count} rows");
        }
    }

    #[test]
    fn same_size_changes_nothing() {
        let source = [0.1, 0.9, 0.4, 0.4, 0.0, 1.0];
        for (out, value) in resampled(&source, 6, 0.0).iter().zip(source) {
            assert!((out - value).abs() < 1e-6);
        }
    }

    #[test]
    fn level_ground_stays_level() {
        for (target, soft) in [(1, 0.0), (3, 0.7), (40, 2.0), (7, 0.0)] {
            assert!(resampled(&[0.3; 9], target, soft).iter().all(|v| (v - 0.3).abs() < 1e-5));
        }
        assert!(resampled(&[0.3], 5, 1.0).iter().all(|v| (v - 0.3).abs() < 1e-6));
    }

    #[test]
    fn slopes_stay_straight_away_from_the_edges() {
        let source: Vec<f32> = (0..32).map(|i| i as f32).collect();
        for (i, value) in resampled(&source, 128, 1.6).iter().enumerate().skip(24).take(80) {
            let exact = (i as f32 + 0.5) / 4.0 - 0.5;
            assert!((value - exact).abs() < 2e-3, "{i}: {value} {exact}");
        }
    }

    #[test]
    fn softening_widens_a_point_by_its_sigma() {
        let mut source = [0.0_f32; 41];
        source[20] = 1.0;
        let out = resampled(&source, 41, 2.0);
        let variance: f32 = out.iter().enumerate().map(|(i, v)| v * (i as f32 - 20.0).powi(2)).sum();
        // The cut at 3.5 sigma takes a little away.
        assert!((variance - 4.0).abs() < 0.15, "{variance}");
    }
}
