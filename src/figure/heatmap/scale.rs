//! From a cell's value to brightness and back: the reference, the curve, and the legend's ticks.

use serde::{Deserialize, Serialize};

use crate::analysis::Weight;

/// Values below this share of the largest do not count for the percentile.
const NEGLIGIBLE: f32 = 0.001;
/// What the logarithm is steep by: brightness of a hundredth of the reference is about .15.
const LOG_STEEPNESS: f64 = 100.0;
/// Quantiles kept of a scale by rank.
const QUANTILES: usize = 64;
/// Steps of the table from the root of a value to its brightness.
const STEPS: usize = 1024;

/// A scale: what brightness stands for. Written to a file it makes pictures comparable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// What is counted: `time`, `visits` or `players`.
    weight: String,
    /// The brightest value, in the legend's unit.
    reference: f64,
    /// How brightness follows the value.
    #[serde(default)]
    curve: Curve,
}

/// How brightness follows the value, both from 0 to 1 (the reference).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Curve {
    /// Its square root.
    #[default]
    Root,
    /// Its logarithm.
    Log,
    /// The value itself.
    Linear,
    /// Its rank: values at even steps of brightness, as shares of the reference, from 0 to 1.
    Quantiles(Vec<f64>),
}

impl Scale {
    /// A square-root scale up to `reference`, in the legend's unit.
    pub fn root(weight: Weight, reference: f64) -> Self {
        Self { weight: weight_word(weight).to_owned(), reference, curve: Curve::Root }
    }

    /// A scale up to the 99th percentile of `values`, the density's cells. `unit`: the legend's unit per unit of `values`;
    /// `floor`: the least reference, in the legend's unit.
    pub(super) fn by_percentile(curve: Curve, weight: Weight, values: &[f32], unit: f64, floor: f64) -> Self {
        let reference = (f64::from(percentile_99(values)) * unit).max(floor);
        Self { weight: weight_word(weight).to_owned(), reference, curve }
    }

    /// A scale up to the largest of `values`, each brightness of which covers the same area. `floor`: the reference
    /// without values.
    pub(super) fn by_rank(weight: Weight, values: &[f32], unit: f64, floor: f64) -> Self {
        let used = sorted_used(values);
        let Some(last) = used.last() else { return Self::root(weight, floor) };
        let quantile = |i: usize| {
            let at = i * (used.len() - 1) / QUANTILES;
            if i == 0 { 0.0 } else { f64::from(used[at] / last) }
        };
        let curve = Curve::Quantiles((0..=QUANTILES).map(quantile).collect());
        Self { weight: weight_word(weight).to_owned(), reference: f64::from(*last) * unit, curve }
    }

    /// The brightest value, in the legend's unit.
    pub fn reference(&self) -> f64 {
        self.reference
    }

    /// Whether it can be used for a picture of this weight.
    pub(super) fn fits(&self, weight: Weight) -> bool {
        let curve = match &self.curve {
            Curve::Quantiles(values) => {
                values.len() > 1
                    && values.first() == Some(&0.0)
                    && values.iter().all(|v| v.is_finite())
                    && values.is_sorted()
            }
            Curve::Root | Curve::Log | Curve::Linear => true,
        };
        self.weight == weight_word(weight) && self.reference.is_finite() && self.reference > 0.0 && curve
    }

    /// Brightness, 0 … 1, of a value given as a share of the reference.
    fn brightness(&self, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0);
        match &self.curve {
            Curve::Root => share.sqrt(),
            Curve::Linear => share,
            Curve::Log => libm::log1p(LOG_STEEPNESS * share) / libm::log1p(LOG_STEEPNESS),
            Curve::Quantiles(values) => {
                let above = values.partition_point(|v| *v < share).max(1).min(values.len() - 1);
                let (a, b) = (values[above - 1], values[above]);
                let part = if b > a { ((share - a) / (b - a)).clamp(0.0, 1.0) } else { 1.0 };
                ((above - 1) as f64 + part) / (values.len() - 1) as f64
            }
        }
    }

    /// The value, in the legend's unit, that has this brightness.
    pub(super) fn value(&self, brightness: f64) -> f64 {
        let v = brightness.clamp(0.0, 1.0);
        let share = match &self.curve {
            Curve::Root => v * v,
            Curve::Linear => v,
            Curve::Log => libm::expm1(v * libm::log1p(LOG_STEEPNESS)) / LOG_STEEPNESS,
            Curve::Quantiles(values) => {
                let at = v * (values.len() - 1) as f64;
                let left = (at as usize).min(values.len() - 2);
                values[left] + (values[left + 1] - values[left]) * (at - left as f64)
            }
        };
        share * self.reference
    }

    /// From cells to brightness. `unit`: the legend's unit per unit of the cells; `invisible`: the largest brightness that
    /// is not drawn.
    pub(super) fn table(&self, unit: f64, invisible: f32) -> Table {
        let per_reference = (unit / self.reference) as f32;
        let least = (self.value(f64::from(invisible)) / unit) as f32;
        let steps = match self.curve {
            Curve::Root => Vec::new(),
            _ => (0..=STEPS).map(|i| self.brightness((i as f64 / STEPS as f64).powi(2)) as f32).collect(),
        };
        Table { per_reference, least, steps }
    }
}

/// From cells to brightness, for many of them.
pub(super) struct Table {
    per_reference: f32,
    least: f32,
    /// Brightness by the root of the share of the reference; empty where it is that root.
    steps: Vec<f32>,
}

impl Table {
    /// The largest cell that is not visible.
    pub(super) fn least(&self) -> f32 {
        self.least
    }

    /// Brightness, 0 … 1, of each cell in place. Cells at or below 0 (an interpolation's undershoot) become 0.
    pub(super) fn brighten(&self, cells: &mut [f32]) {
        for cell in cells.iter_mut() {
            *cell = (*cell * self.per_reference).clamp(0.0, 1.0).sqrt();
        }
        if self.steps.is_empty() {
            return;
        }
        for cell in cells {
            let at = *cell * STEPS as f32;
            let left = (at as usize).min(STEPS - 1);
            let (a, b) = (self.steps[left], self.steps[left + 1]);
            *cell = a + (b - a) * (at - left as f32);
        }
    }
}

/// The word for a weight.
pub fn weight_word(weight: Weight) -> &'static str {
    match weight {
        Weight::Time => "time",
        Weight::Visits => "visits",
        Weight::Players => "players",
    }
}

fn sorted_used(values: &[f32]) -> Vec<f32> {
    let least = values.iter().copied().fold(0.0, f32::max) * NEGLIGIBLE;
    let mut used: Vec<f32> = values.iter().copied().filter(|v| *v > least).collect();
    used.sort_unstable_by(f32::total_cmp);
    used
}

/// 99th percentile of the values above a thousandth of the largest; 0 without any.
pub(super) fn percentile_99(values: &[f32]) -> f32 {
    let least = values.iter().copied().fold(0.0, f32::max) * NEGLIGIBLE;
    let mut used: Vec<f32> = values.iter().copied().filter(|v| *v > least).collect();
    if used.is_empty() {
        return 0.0;
    }
    let at = (used.len() - 1) * 99 / 100;
    *used.select_nth_unstable_by(at, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_invert_every_curve() {
        let values: Vec<f32> = (1..2000).map(|i| (i as f32).powi(2)).collect();
        let curves = [Curve::Root, Curve::Log, Curve::Linear];
        let scales = curves.map(|curve| Scale::by_percentile(curve, Weight::Time, &values, 0.001, 0.1));
        let by_rank = Scale::by_rank(Weight::Time, &values, 0.001, 0.1);
        for scale in scales.into_iter().chain([by_rank, Scale::root(Weight::Time, 7.0)]) {
            assert!(scale.fits(Weight::Time));
            for v in [0.0, 0.25, 0.5, 0.75, 1.0] {
                let back = scale.brightness(scale.value(v) / scale.reference());
                assert!((back - v).abs() < 0.02, "{scale:?} {v}: {back}");
            }
            let mut cells = [scale.value(0.5) as f32 * 1000.0, -1.0, f32::MAX];
            scale.table(0.001, 0.06).brighten(&mut cells);
            assert!(
                (cells[0] - 0.5).abs() < 0.02 && cells[1] == 0.0 && cells[2] == 1.0,
                "{scale:?} {cells:?}"
            );
        }
    }

    #[test]
    fn thin_sessions_stay_below_the_floor() {
        let scale = Scale::by_percentile(Curve::Root, Weight::Time, &[0.01, 0.02], 1.0, 5.0);
        assert_eq!(scale.reference(), 5.0);
        let scale = Scale::by_rank(Weight::Time, &[], 1.0, 5.0);
        assert_eq!(scale.reference(), 5.0);
    }

    #[test]
    fn the_percentile_leaves_out_the_hottest_hundredth_and_empty_ground() {
        let mut values = vec![0.0_f32; 1000];
        values.extend((1..=200).map(|i| i as f32));
        assert_eq!(percentile_99(&values), 198.0);
        assert_eq!(percentile_99(&[]), 0.0);
    }
}
