//! Fewer points, same path and time.

use proptest::prelude::*;
use proximity::analysis::simplify;
use proximity::analysis::{Life, StepKind};

use super::corpus::{ALPHA, all, only, own_round, runner, wanderers};

/// How far a sample lies from the simplified path at its own moment.
fn off(life: &Life<'_>, kept: &[usize], i: usize) -> f64 {
    let after = kept.partition_point(|&k| k < i);
    let samples = life.samples();
    let (a, b, s) = (&samples[kept[after - 1]], &samples[kept[after]], &samples[i]);
    let whole = b.time.since(a.time).max(1) as f64;
    let share = s.time.since(a.time) as f64 / whole;
    let axis = |a: f32, b: f32, s: f32| f64::from(a) + (f64::from(b) - f64::from(a)) * share - f64::from(s);
    let d = [axis(a.at.x, b.at.x, s.at.x), axis(a.at.y, b.at.y, s.at.y), axis(a.at.z, b.at.z, s.at.z)];
    d.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[test]
fn an_even_walk_is_its_two_ends() {
    let round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 256.0, 10_000, 200)]);
    assert_eq!(simplify(&only(&round), 1.0), [0, 50]);
}

#[test]
fn waiting_on_a_straight_line_is_kept() {
    // The path is straight, but its time is not: a plain Douglas–Peucker would lose the stop.
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 100.0, 6_000, 200);
    for s in &mut life.samples {
        let ms = s.time.0 - 500;
        s.at.x = (ms.min(2_000) + (ms - 4_000).max(0)) as f32 / 10.0;
    }
    let round = own_round(vec![life]);
    assert_eq!(simplify(&only(&round), 1.0), [0, 10, 20, 30]);
    assert_eq!(simplify(&only(&round), f64::INFINITY), [0, 30]);
    assert_eq!(simplify(&only(&round), f64::NAN).len(), 31);
}

#[test]
fn colours_and_gaps_stay_where_they_were() {
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 100.0, 8_000, 200);
    for s in &mut life.samples[10..20] {
        s.stance = 2;
    }
    for s in &mut life.samples[30..] {
        s.at.x += 5_000.0;
    }
    let round = own_round(vec![life]);
    assert_eq!(simplify(&only(&round), 1_000_000.0), [0, 10, 20, 29, 30, 40]);
}

#[test]
fn the_longest_life_is_cut_into_runs() {
    let round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 1.0, 2_000_000, 200)]);
    assert_eq!(simplify(&only(&round), 1.0), [0, 4_096, 8_192, 10_000]);
}

proptest! {
    #[test]
    fn nothing_dropped_lies_farther_off_than_the_tolerance(seed in 0_u64..5_000, tolerance in 0.0_f64..200.0) {
        let round = wanderers(seed, 4);
        for life in &all(&round).lives {
            let kept = simplify(life, tolerance);
            prop_assert!(kept.windows(2).all(|k| k[0] < k[1]));
            prop_assert_eq!((kept[0], kept[kept.len() - 1]), (0, life.samples().len() - 1));
            for i in (0..life.samples().len()).filter(|i| kept.binary_search(i).is_err()) {
                prop_assert!(off(life, &kept, i) <= tolerance + 1e-9);
            }
            for step in life.steps() {
                if matches!(step.kind, StepKind::Break(_)) {
                    prop_assert!(kept.contains(&step.index) && kept.contains(&(step.index + 1)));
                }
            }
        }
    }
}
