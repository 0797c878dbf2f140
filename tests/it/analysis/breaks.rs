//! Steps that the player did not walk.

use proximity::Round;
use proximity::analysis::{BreakReason, StepKind};
use proximity::geom::WorldPoint;
use proximity::model::{Event, Tails, Track};

use super::corpus::{ALPHA, BRAVO, CEE, decimated, only, own_round, runner, sample, track};

fn reasons(round: &Round) -> Vec<BreakReason> {
    only(round).breaks().map(|b| b.reason).collect()
}

/// A standing life of ten samples, 200 ms apart, changed by hand.
fn standing(change: impl Fn(&mut Track)) -> Round {
    let samples = (0..10).map(|i| {
        let event = [Event::Spawn, Event::Sample, Event::Killed][usize::from(i > 0) + usize::from(i == 9)];
        sample(500 + i * 200, 0.0, 0.0, event)
    });
    let mut life = track(ALPHA, samples.collect());
    change(&mut life);
    own_round(vec![life])
}

fn moved(from: usize, dx: f32, dz: f32) -> Round {
    standing(|life| {
        for s in &mut life.samples[from..] {
            s.at = WorldPoint::new(s.at.x + dx, s.at.y, s.at.z + dz);
        }
    })
}

#[test]
fn a_step_is_as_long_as_legs_and_knockback_allow() {
    // 1.6 · 352 u/s · 0.2 s + 96 u = 208.64 u, but 1000 u/s · 0.2 s = 200 u is a jump already.
    assert_eq!(reasons(&moved(4, 199.9, 0.0)), []);
    assert_eq!(reasons(&moved(4, 200.1, 0.0)), [BreakReason::Physics]);
    // 500 ms: 377.6 u.
    let coarse = |x: f32| {
        let mut life = runner(ALPHA, 500, (0.0, 0.0), 0.0, 10_000, 500);
        for s in &mut life.samples[4..] {
            s.at.x += x;
        }
        own_round(vec![life])
    };
    assert_eq!(reasons(&coarse(377.5)), []);
    assert_eq!(reasons(&coarse(377.7)), [BreakReason::Physics]);
}

#[test]
fn a_fall_is_no_break() {
    // 380 u down in 200 ms is 1900 u/s, faster than any fall.
    assert_eq!(reasons(&moved(4, 0.0, -380.0)), []);
    assert_eq!(reasons(&moved(4, 0.0, -401.0)), [BreakReason::Physics]);
}

#[test]
fn silence_is_a_gap_after_a_second_and_a_half_or_two_and_a_half_intervals() {
    let silent = |n: i32| {
        standing(|life| {
            for s in &mut life.samples[5..] {
                s.time.0 += n;
            }
        })
    };
    assert_eq!(reasons(&silent(1_300)), []);
    assert_eq!(reasons(&silent(1_301)), [BreakReason::Gap]);
    // At 1000 ms two and a half intervals are longer.
    let life = decimated(&runner(ALPHA, 500, (0.0, 0.0), 100.0, 20_000, 200), 5);
    let mut late = life.clone();
    for s in &mut late.samples[10..] {
        s.time.0 += 1_500;
    }
    assert_eq!(reasons(&own_round(vec![life])), []);
    assert_eq!(reasons(&own_round(vec![late.clone()])), []);
    for s in &mut late.samples[10..] {
        s.time.0 += 1;
    }
    assert_eq!(reasons(&own_round(vec![late])), [BreakReason::Gap]);
}

#[test]
fn a_revive_is_a_break_even_in_place_and_in_time() {
    let round = standing(|life| life.samples[5].event = Event::Revived);
    assert_eq!(reasons(&round), [BreakReason::Revive]);
    let life = only(&round);
    let found = life.breaks().next().unwrap();
    assert_eq!((found.from.time.0, found.to.time.0), (1_300, 1_500));
}

fn with_flags(mut round: Round, flags: impl Fn(usize) -> i32) -> Round {
    for life in &mut round.tracks {
        let mut tails = Tails::default();
        for i in 0..life.samples.len() {
            tails.push(&format!("90,20000,0,{},0,0,0", flags(i)));
        }
        life.tails = tails;
    }
    round
}

#[test]
fn a_toggled_teleport_bit_is_exact_evidence() {
    let toggles = |i: usize| if i < 4 { 0x10 } else { 0x14 };
    assert_eq!(reasons(&with_flags(moved(4, 120.0, 0.0), toggles)), [BreakReason::Teleport]);
    assert_eq!(reasons(&with_flags(moved(4, 120.0, 0.0), |_| 0x14)), []);
    // A revive in place toggles it too, without a move.
    assert_eq!(reasons(&with_flags(standing(|_| {}), toggles)), []);
    // Tails that say nothing are no evidence.
    let mut round = moved(4, 120.0, 0.0);
    for _ in 0..10 {
        round.tracks[0].tails.push("x");
    }
    assert_eq!(reasons(&round), []);
}

#[test]
fn a_pause_is_one_break_and_adds_nothing() {
    // Three players run for 2 s, stand frozen for 4 s, and run on.
    let paused = |guid: &str, y: f32| {
        let mut life = runner(guid, 500, (0.0, y), 200.0, 8_000, 200);
        for s in &mut life.samples {
            let ms = (s.time.0 - 500).min(2_000) + (s.time.0 - 6_500).max(0);
            s.at.x = 200.0 * ms as f32 / 1_000.0;
        }
        life
    };
    let mut three = own_round(vec![paused(ALPHA, 0.0), paused(BRAVO, 90.0), paused(CEE, 180.0)]);
    // The clock of our own module stops in a pause.
    assert!(super::corpus::all(&three).clock.pauses.is_empty());
    three.meta.own_module = false;
    let lives = super::corpus::all(&three);
    assert_eq!(lives.clock.pauses.len(), 1);
    for life in &lives.lives {
        let breaks: Vec<_> = life.breaks().collect();
        assert_eq!(breaks.len(), 1);
        assert_eq!(breaks[0].reason, BreakReason::Pause);
        assert_eq!((breaks[0].from.time.0, breaks[0].to.time.0), (2_500, 6_500));
        let walked: i64 = life.segments().map(|s| s.dt_ms).sum();
        assert_eq!(walked, 4_000);
    }
    // Two players standing still mean nothing.
    let mut two = own_round(vec![paused(ALPHA, 0.0), paused(BRAVO, 90.0)]);
    two.meta.own_module = false;
    assert!(super::corpus::all(&two).clock.pauses.is_empty());
}

#[test]
fn steps_and_breaks_agree() {
    let round = super::corpus::wanderers(3, 40);
    for life in &super::corpus::all(&round).lives {
        assert_eq!(life.steps().count(), life.samples().len() - 1);
        for step in life.steps() {
            assert_eq!(matches!(step.kind, StepKind::Break(_)), life.is_break(step.index));
        }
    }
}
