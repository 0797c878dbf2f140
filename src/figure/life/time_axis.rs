//! Ticks of time: how far apart they lie and how they are written, for lives of seconds and of an hour.

use crate::text::clock;

/// Distances between ticks, s, each with the longest life that takes it, s: ten seconds up to two minutes, then half
/// minutes, then minutes.
const STEPS_S: [(i32, i32); 9] = [
    (1, 10),
    (5, 30),
    (10, 120),
    (30, 480),
    (60, 960),
    (120, 1_800),
    (300, 4_800),
    (600, 9_600),
    (1_800, 28_800),
];
/// For longer lives.
const LONGEST_STEP_S: i32 = 7_200;
/// Above this length times are minutes and seconds, s.
const SECONDS_UP_TO: i32 = 120;

/// Seconds between the ticks of a life of `life_ms`.
pub(super) fn step_s(life_ms: i32) -> i32 {
    let fits = |(_, longest): &&(i32, i32)| life_ms <= longest.saturating_mul(1000);
    STEPS_S.iter().find(fits).map_or(LONGEST_STEP_S, |(step, _)| *step)
}

/// A tick's time in a life of `life_ms`: seconds, or minutes and seconds where seconds would be long numbers.
pub(super) fn words(seconds: i32, life_ms: i32) -> String {
    if is_in_seconds(life_ms) { seconds.to_string() } else { clock(i64::from(seconds) * 1000) }
}

/// Whether the ticks of a life of `life_ms` are plain seconds.
pub(super) fn is_in_seconds(life_ms: i32) -> bool {
    life_ms <= SECONDS_UP_TO * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_of_any_length_have_a_few_ticks() {
        for (seconds, step, first) in [
            (1, 1, "1"),
            (5, 1, "1"),
            (20, 5, "5"),
            (77, 10, "10"),
            (120, 10, "10"),
            (121, 30, "0:30"),
            (600, 60, "1:00"),
            (1_200, 120, "2:00"),
            (3_600, 300, "5:00"),
        ] {
            let ms = seconds * 1000;
            assert_eq!((step_s(ms), &*words(step, ms)), (step, first), "{seconds} s");
            assert!((1..=16).contains(&(seconds / step)), "{seconds} s");
        }
        assert_eq!(step_s(i32::MAX), LONGEST_STEP_S);
    }
}
