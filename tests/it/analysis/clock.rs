//! The time base of a round.

use proximity::analysis::{RoundClock, ZeroSource};
use proximity::model::{Family, LevelTime};

use super::corpus::{ALPHA, BRAVO, own_round, round, runner};

#[test]
fn zero_is_half_a_second_before_the_first_spawn() {
    for first in [-1_000_000, -150, 0, 500, 72_000] {
        let round = own_round(vec![
            runner(ALPHA, first + 4_000, (0.0, 0.0), 100.0, 2_000, 200),
            runner(BRAVO, first, (0.0, 0.0), 100.0, 2_000, 200),
        ]);
        let clock = RoundClock::of(&round);
        assert_eq!((clock.zero.0, clock.zero_source), (first - 500, ZeroSource::FirstSpawn));
        assert_eq!(clock.since_live_ms(LevelTime(first)), 500);
        assert_eq!(clock.duration_ms(), 6_500);
    }
}

#[test]
fn an_empty_round_has_no_zero() {
    let clock = RoundClock::of(&round(Family::V3, Vec::new()));
    assert_eq!((clock.zero, clock.zero_source), (LevelTime(0), ZeroSource::Nothing));
    assert_eq!((clock.duration_ms(), clock.interval.effective_ms()), (0, 200));
}

#[test]
fn the_extremes_of_time_do_not_overflow() {
    let round = own_round(vec![
        runner(ALPHA, i32::MIN, (0.0, 0.0), 100.0, 2_000, 200),
        runner(BRAVO, i32::MAX - 2_000, (0.0, 0.0), 100.0, 2_000, 200),
    ]);
    let clock = RoundClock::of(&round);
    assert_eq!(clock.zero, LevelTime(i32::MIN));
    assert_eq!(clock.duration_ms(), i64::from(u32::MAX));
}

#[test]
fn the_interval_is_what_was_done_not_what_was_said() {
    let mut round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 100.0, 20_000, 500)]);
    round.meta.interval_ms = Some(200);
    let interval = RoundClock::of(&round).interval;
    assert_eq!(
        (interval.declared_ms, interval.median_ms, interval.effective_ms()),
        (Some(200), Some(500), 500)
    );
    assert_eq!(interval.longest_step_ms(), 1_500);
    // Spawn and end lie off the grid and do not count.
    round.tracks[0].samples.truncate(2);
    assert_eq!(RoundClock::of(&round).interval.effective_ms(), 200);
    round.meta.interval_ms = None;
    assert_eq!(RoundClock::of(&round).interval.effective_ms(), 500);
}
