//! No player walks through walls or faster than the engine allows.

use proximity::sim::Stance;
use proximity::sim::plan::Plan;
use proximity::sim::plan::{Area, Ground};
use proximity::sim::truth::{Frame, Phase};

use super::session::{plan, rounds};

/// Whether a player's feet are on some floor of the plan at a place, within a jump of it, and in no block.
fn is_on_a_floor(plan: &Plan, x: f64, y: f64, feet: f64) -> bool {
    let on_floor = plan
        .areas
        .iter()
        .any(|area| area.shape.contains(x, y) && (-24.0..=60.0).contains(&(feet - area.height(x, y))));
    let in_block = plan
        .blocks
        .iter()
        .any(|block| block.shape.contains(x, y) && (block.z[0]..=block.z[1]).contains(&feet));
    on_floor && !in_block
}

#[test]
fn no_path_crosses_a_wall() {
    let plan = plan();
    let mut steps = 0;
    for life in rounds().iter().flat_map(|round| &round.lives) {
        for pair in life.frames.windows(2) {
            let [from, to] = [&pair[0], &pair[1]].map(|frame| frame.at.map(f64::from));
            // The whole step from frame to frame, and something round it: a player's box reaches 18 units to each side,
            // and cells of 16 units blur every wall by up to 8.
            for share in [0.0, 0.5, 1.0] {
                let [x, y, z] = std::array::from_fn(|axis| from[axis] + (to[axis] - from[axis]) * share);
                for (dx, dy) in [(0.0, 0.0), (7.5, 0.0), (-7.5, 0.0), (0.0, 7.5), (0.0, -7.5)] {
                    let fits = is_on_a_floor(&plan, x + dx, y + dy, z - 24.0);
                    assert!(
                        fits,
                        "player {} at {x:.1}, {y:.1}, {z:.1} ({} ms)",
                        life.player, pair[1].time_ms
                    );
                }
            }
            steps += 1;
        }
    }
    assert!(steps > 50_000, "{steps} steps were looked at");
}

#[test]
fn speeds_are_the_engines() {
    let plan = plan();
    // Of areas that lie over each other the last one counts; cells blur its edge.
    let wades = |frame: &Frame| {
        let [x, y, z] = frame.at.map(f64::from);
        [(-9.0, 0.0), (9.0, 0.0), (0.0, -9.0), (0.0, 9.0)].into_iter().all(|(dx, dy)| {
            let level = |area: &Area| (z - 24.0 - area.height(x, y)).abs() < 60.0;
            let here = |area: &&Area| area.shape.contains(x + dx, y + dy) && level(area);
            plan.areas.iter().rfind(here).is_some_and(|area| area.ground == Ground::Ford)
        })
    };
    let mut seen = [0; 4];
    for life in rounds().iter().flat_map(|round| &round.lives) {
        for pair in life.frames.windows(2) {
            let [before, frame] = [&pair[0], &pair[1]];
            let speed = frame.velocity[0].hypot(frame.velocity[1]);
            // Speed is what the next position follows from.
            let step = (frame.at[0] - before.at[0]).hypot(frame.at[1] - before.at[1]);
            if frame.phase == Phase::Alive {
                assert!((step - speed * 0.05).abs() < 0.1, "{step} units in 50 ms at {speed} u/s");
            }
            assert!(speed <= 352.5, "{speed} u/s");
            assert!((frame.at[2] - before.at[2]).abs() < 40.0, "a step of {}", frame.at[2] - before.at[2]);
            if frame.stance != Stance::Stand && before.stance == frame.stance {
                // The player may still be slowing down; a crouched or lying player is never as fast as one who runs.
                assert!(speed <= 104.0, "{:?} at {speed} u/s", frame.stance);
                seen[0] += 1;
            }
            if frame.is_sprinting {
                assert!(frame.stance == Stance::Stand && !(wades(frame) && wades(before)));
                let fall = before.stamina - frame.stamina;
                assert!([250, 2_750].contains(&fall), "stamina fell by {fall}");
                seen[1] += 1;
            } else if frame.phase == Phase::Alive {
                let rise = frame.stamina - before.stamina;
                assert!(
                    [0, 25, 50, -2_450, -2_475].contains(&rise) || frame.stamina == 20_000,
                    "stamina rose by {rise}"
                );
                seen[2] += 1;
            }
            seen[3] += usize::from(frame.velocity[2] > 150.0);
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "too little seen of something: {seen:?}");
}

#[test]
fn play_is_varied() {
    let frames: Vec<&Frame> =
        rounds().iter().flat_map(|round| &round.lives).flat_map(|life| &life.frames).collect();
    let share =
        |of: &dyn Fn(&&&Frame) -> bool| frames.iter().filter(|f| of(f)).count() as f64 / frames.len() as f64;
    let sprint = share(&|frame| frame.is_sprinting);
    let crouch = share(&|frame| frame.stance == Stance::Crouch);
    let prone = share(&|frame| frame.stance == Stance::Prone);
    assert!((0.08..0.25).contains(&sprint), "sprint {sprint}");
    assert!((0.06..0.30).contains(&crouch), "crouch {crouch}");
    assert!((0.01..0.10).contains(&prone), "prone {prone}");
    for round in rounds() {
        assert!(
            round.deaths.len() >= 8 && round.hits.len() > 4 * round.deaths.len(),
            "round with few engagements"
        );
        let first: Vec<_> = round.lives.iter().take(12).map(|life| life.frames[0].at).collect();
        let apart = |a: &[f32; 3], b: &[f32; 3]| (a[0] - b[0]).hypot(a[1] - b[1]) > 30.0;
        assert!(
            (1..first.len()).all(|i| first[..i].iter().all(|other| apart(&first[i], other))),
            "spawns overlap"
        );
    }
}
