//! Where a life should be by its velocities: what its positions and speeds are told apart from.

/// Velocities of a life's samples in units per second, one column for each axis; empty where none are known.
pub(super) type Velocities = [Vec<i32>; 3];

/// Over a longer pause nobody moved as before.
const LONGEST_STEP_MS: i64 = 1_000;

/// Tenths of units covered since the first sample, by the trapezoidal rule.
pub(super) fn covered(times: &[i32], velocities_ups: &[i32]) -> Vec<i32> {
    let mut covered = 0_i64;
    let mut before = None;
    let each = times.iter().zip(velocities_ups).map(|(&time, &velocity)| {
        let (time, velocity) = (i64::from(time), i64::from(velocity));
        if let Some((last_time, last_velocity)) = before {
            let step_ms: i64 = time - last_time;
            if (0..=LONGEST_STEP_MS).contains(&step_ms) {
                let both: i64 = velocity + last_velocity;
                covered = covered.wrapping_add(both * step_ms);
            }
        }
        before = Some((time, velocity));
        // Twice a thousandth of a unit is a two hundredth of a tenth.
        (covered / 200) as i32
    });
    each.collect()
}

/// The horizontal speed in tenths of units per second, as the tracker's is: a fall is no speed.
pub(super) fn speed([x, y, _]: &Velocities) -> Vec<i32> {
    let square = |velocity: i32| u64::from(velocity.unsigned_abs()).pow(2);
    let each = x.iter().zip(y).map(|(&x, &y)| (square(x) + square(y)).saturating_mul(100).isqrt() as i32);
    each.collect()
}
