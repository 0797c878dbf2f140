//! Windows cut exactly, whatever the sampling interval.

use proptest::prelude::*;
use proximity::Filter;
use proximity::analysis::lives;
use proximity::analysis::{DropReason, Life, WindowMs};
use proximity::model::LevelTime;

use super::corpus::{ALPHA, own_round, runner, wanderers};

fn life_window(from: i64, to: i64) -> Filter {
    Filter { life_window: Some(WindowMs { from, to }), ..Filter::everything() }
}

fn times(life: &Life<'_>) -> Vec<i32> {
    life.samples().iter().map(|s| s.time.0).collect()
}

#[test]
fn edges_inside_a_step_become_points_on_the_way() {
    let round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 200)]);
    let cut = lives(&round, &life_window(300, 850));
    let life = &cut.lives[0];
    assert_eq!(times(life), [800, 900, 1_100, 1_300, 1_350]);
    let xs: Vec<f32> = life.samples().iter().map(|s| s.at.x).collect();
    assert_eq!(xs, [30.0, 40.0, 60.0, 80.0, 85.0]);
    assert_eq!((life.start(), life.end(), life.alive_ms()), (LevelTime(800), LevelTime(1_350), 550));
    assert_eq!((0..5).map(|i| life.is_recorded(i)).collect::<Vec<_>>(), [false, true, true, true, false]);
    assert_eq!(life.recorded_samples(), 3);
    assert_eq!(cut.dropped.samples(DropReason::Window), 8);
    assert!(life.flags().clipped);
}

#[test]
fn a_window_smaller_than_a_step_still_has_its_time() {
    let round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 500)]);
    let cut = lives(&round, &life_window(100, 300));
    assert_eq!(times(&cut.lives[0]), [600, 800]);
    assert_eq!(cut.lives[0].segments().map(|s| s.dt_ms).sum::<i64>(), 200);
}

#[test]
fn a_window_that_holds_the_whole_life_changes_nothing() {
    let round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 200)]);
    let whole = lives(&round, &life_window(-5, 2_000));
    assert_eq!((whole.lives[0].samples().len(), whole.lives[0].flags().clipped), (11, false));
    assert_eq!(lives(&round, &life_window(2_000, 9_000)).dropped.lives(DropReason::Window), 1);
    assert_eq!(lives(&round, &life_window(9, 9)).dropped.lives(DropReason::Window), 1);
    let absurd = WindowMs { from: i64::MIN, to: i64::MAX };
    let filter = Filter { life_window: Some(absurd), round_window: Some(absurd), ..Filter::everything() };
    assert_eq!(lives(&round, &filter).lives[0].samples().len(), 11);
}

#[test]
fn the_rounds_window_counts_from_going_live() {
    // The first spawn is 500 ms after zero, so zero is at 72 000.
    let round = own_round(vec![runner(ALPHA, 72_500, (0.0, 0.0), 100.0, 2_000, 200)]);
    let filter = Filter { round_window: Some(WindowMs { from: 1_000, to: 1_500 }), ..Filter::everything() };
    let cut = lives(&round, &filter);
    assert_eq!(times(&cut.lives[0]), [73_000, 73_100, 73_300, 73_500]);
    assert_eq!(cut.lives[0].start_since_live_ms(), 1_000);
}

#[test]
fn an_edge_in_a_gap_adds_no_point() {
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 100.0, 4_000, 200);
    for s in &mut life.samples[6..] {
        s.time.0 += 5_000;
    }
    life.end = Some(life.samples.last().unwrap().time);
    let round = own_round(vec![life]);
    let cut = lives(&round, &life_window(3_000, 7_000));
    assert_eq!(times(&cut.lives[0])[0], 6_700);
    assert_eq!(cut.lives[0].uncovered_ms(), 6_700 - 3_500);
}

proptest! {
    /// Cutting a round in two loses nothing and doubles nothing.
    #[test]
    fn the_parts_make_the_whole(seed in 0_u64..500, cut in -100_i64..14_000) {
        let round = wanderers(seed, 6);
        let walked = |filter: &Filter| {
            let lives = lives(&round, filter);
            let mut sums = [0_i64; 3];
            for life in &lives.lives {
                sums[0] += life.alive_ms();
                sums[1] += life.uncovered_ms();
                sums[2] += life.segments().map(|s| s.dt_ms).sum::<i64>();
            }
            sums
        };
        let whole = walked(&Filter::everything());
        let before = walked(&life_window(i64::MIN, cut));
        let after = walked(&life_window(cut, i64::MAX));
        prop_assert_eq!(before[0] + after[0], whole[0]);
        prop_assert_eq!(before[2] + after[2], whole[2]);
    }
}
