//! Fewer points, same path and same time: top-down time ratio (TD-TR).
//!
//! Douglas–Peucker with the *synchronised* distance: how far a sample lies from where the simplified path is at the
//! same moment. Source: Meratnia & de By, "Spatiotemporal Compression Techniques for Moving Point Objects", EDBT 2004.

use super::cleaned::{Life, StepKind};
use crate::model::Sample;

/// Longest run that is simplified in one piece: bounds the work on hostile input.
const LONGEST_RUN: usize = 4_096;

/// Indices of the samples to keep, ascending; first and last always. Every dropped sample lies within
/// `tolerance_units` of the simplified path at its own moment, in space. Ends of breaks and changes of state are
/// kept, so colours and gaps stay where they were. A tolerance that is no number keeps everything.
pub fn simplify(life: &Life<'_>, tolerance_units: f64) -> Vec<usize> {
    let samples = life.samples();
    let tolerance = if tolerance_units.is_nan() { -1.0 } else { tolerance_units };
    let mut fixed = vec![0];
    let mut before: Option<StepKind> = None;
    for step in life.steps() {
        let changed = before.is_some_and(|kind| kind != step.kind || matches!(kind, StepKind::Break(_)));
        let last = fixed[fixed.len() - 1];
        if step.index > last && (changed || step.index - last >= LONGEST_RUN) {
            fixed.push(step.index);
        }
        before = Some(step.kind);
    }
    if samples.len() > 1 {
        fixed.push(samples.len() - 1);
    }

    let mut kept = vec![0];
    let mut spans = Vec::new();
    for pair in fixed.windows(2) {
        spans.push((pair[0], pair[1]));
        while let Some((first, last)) = spans.pop() {
            match farthest(samples, first, last) {
                Some((middle, distance)) if distance > tolerance => {
                    // The earlier half is handled first, so indices come out in order.
                    spans.push((middle, last));
                    spans.push((first, middle));
                }
                _ => kept.push(last),
            }
        }
    }
    kept
}

/// The sample between two others that lies farthest from the straight, even path between them; `None` when there is
/// none in between. The first of equals.
fn farthest(samples: &[Sample], first: usize, last: usize) -> Option<(usize, f64)> {
    let (a, b) = (&samples[first], &samples[last]);
    let whole = b.time.since(a.time).max(1) as f64;
    let mut worst: Option<(usize, f64)> = None;
    for (i, sample) in samples.iter().enumerate().take(last).skip(first + 1) {
        let share = sample.time.since(a.time) as f64 / whole;
        let off = |from: f32, to: f32, at: f32| {
            let from = f64::from(from);
            from + (f64::from(to) - from) * share - f64::from(at)
        };
        let dx = off(a.at.x, b.at.x, sample.at.x);
        let dy = off(a.at.y, b.at.y, sample.at.y);
        let dz = off(a.at.z, b.at.z, sample.at.z);
        let distance = (dx * dx + dy * dy + dz * dz).sqrt();
        if worst.is_none_or(|(_, most)| distance > most) {
            worst = Some((i, distance));
        }
    }
    worst
}
