//! Ways out of a spawn.

use proptest::prelude::*;
use proximity::Filter;
use proximity::analysis::lives;
use proximity::analysis::{Compass, ExitOptions, Life, RingFit, SpawnArea, WindowMs, spawn_exits};
use proximity::model::{Event, LevelTime, Track};
use proximity::{Round, Team};

use super::corpus::{Dice, all, decimated, own_round, sample, track};

/// A life that waits, then goes straight in a direction at a speed; jittered a little, sampled every 200 ms.
fn leaver(guid: &str, at: (f32, f32), wait_ms: i32, velocity: (f32, f32), jitter: f32) -> Track {
    let mut samples = vec![sample(500, at.0, at.1, Event::Spawn)];
    for t in (200..15_000).step_by(200) {
        let seconds = (t - wait_ms).max(0) as f32 / 1_000.0;
        let (x, y) = (at.0 + velocity.0 * seconds, at.1 + velocity.1 * seconds);
        let aside = if seconds > 0.0 { jitter } else { 0.0 };
        samples.push(sample(500 + t, x + aside, y + aside, Event::Sample));
    }
    samples.push(sample(
        15_700,
        samples[samples.len() - 1].at.x,
        samples[samples.len() - 1].at.y,
        Event::Killed,
    ));
    track(guid, samples)
}

fn guid(i: usize) -> String {
    format!("{i:032X}")
}

fn areas(round: &Round, options: &ExitOptions) -> Vec<SpawnArea> {
    let lives = all(round);
    spawn_exits(&lives.lives.iter().collect::<Vec<_>>(), options)
}

/// Six go east at 260 u/s, three north at 325 u/s, one never moves, one is slow.
fn crossroads() -> Round {
    let mut tracks = Vec::new();
    for i in 0..6 {
        tracks.push(leaver(&guid(i), (i as f32 * 40.0, 0.0), 1_000, (260.0, 0.0), i as f32));
    }
    for i in 6..9 {
        tracks.push(leaver(&guid(i), (i as f32 * 20.0, 0.0), 2_000, (0.0, 325.0), i as f32));
    }
    tracks.push(leaver(&guid(9), (100.0, 50.0), 1_000, (0.0, 0.0), 0.0));
    tracks.push(leaver(&guid(10), (100.0, 90.0), 1_000, (50.0, 0.0), 0.0));
    own_round(tracks)
}

#[test]
fn gates_shares_and_times() {
    let round = crossroads();
    let found = areas(&round, &ExitOptions::default());
    let [area] = found.as_slice() else { panic!("one area, not {}", found.len()) };
    assert_eq!((area.spawns.len(), area.paths.len()), (11, 9));
    assert_eq!((area.never_left, area.never_moved, area.unknown), (2, 1, 0));
    assert_eq!((area.team.clone(), area.ring_units), (Team::Allies, 1_300.0));
    let [east, north] = area.gates.as_slice() else { panic!("two gates, not {}", area.gates.len()) };
    assert_eq!((east.paths.len(), north.paths.len()), (6, 3));
    assert_eq!((east.direction, north.direction), (Compass::East, Compass::North));
    assert!((east.share - 6.0 / 9.0).abs() < 1e-12);
    // The mean of the spawns is nearest to the one at 120 u, so the ring is crossed at 1420 u to the east. Those who go there
    // begin at 0 to 200 u, 40 u apart; from 24 u after that they run at 260 u/s. The lower median of six began at 120 u,
    // the fastest at 200 u. To the north it is 1276 u at 325 u/s. The jitter moves both ends by a few units.
    assert_eq!((area.center.x, area.center.y), (120.0, 0.0));
    assert!((east.median_exit_ms - 4_908).abs() < 40, "{}", east.median_exit_ms);
    assert!((east.fastest_tenth_ms - 4_600).abs() < 40, "{}", east.fastest_tenth_ms);
    assert!((north.median_exit_ms - 3_926).abs() < 40, "{}", north.median_exit_ms);
    // 24 u take 92 ms after a wait of 1000 ms.
    let quick = area.paths.iter().find(|w| area.spawns.contains(&w.life) && w.life == 0).unwrap();
    assert!((quick.wait_ms - 1_092).abs() < 5, "{}", quick.wait_ms);
}

#[test]
fn a_way_is_real_and_ends_on_the_ring() {
    let round = crossroads();
    let lives = all(&round);
    let list: Vec<&Life<'_>> = lives.lives.iter().collect();
    let options = ExitOptions { ring_units: 700.0, ..ExitOptions::default() };
    for area in spawn_exits(&list, &options) {
        for path in &area.paths {
            let samples = list[path.life].samples();
            let (last, real) = path.points.split_last().unwrap();
            assert!(real.iter().all(|p| samples.iter().any(|s| *p == s.at)));
            assert!((area.center.distance_2d(*last) - 700.0).abs() < 0.01);
        }
        for lane in area.gates.iter().flat_map(|gate| &gate.lanes) {
            assert!(lane.paths.contains(&lane.medoid));
        }
    }
}

#[test]
fn sides_and_distance_make_areas() {
    let mut tracks: Vec<Track> = (0..3).map(|i| leaver(&guid(i), (0.0, 0.0), 0, (256.0, 0.0), 0.0)).collect();
    tracks.push(leaver(&guid(3), (385.0, 0.0), 0, (256.0, 0.0), 0.0));
    tracks.push(leaver(&guid(4), (0.0, 10.0), 0, (256.0, 0.0), 0.0));
    tracks[4].team = Team::Axis;
    let found = areas(&own_round(tracks), &ExitOptions::default());
    let shape: Vec<(&str, usize)> = found.iter().map(|a| (a.team.as_str(), a.spawns.len())).collect();
    assert_eq!(shape, [("AXIS", 1), ("ALLIES", 3), ("ALLIES", 1)]);
    assert!(
        found.iter().all(|a| a.is_too_few() && a.paths.len() == a.spawns.len()),
        "fewer than five are not grouped"
    );
    assert_eq!((found[1].center.x, found[1].center.y), (0.0, 0.0));
}

#[test]
fn a_break_on_the_way_out_is_unknown_and_death_is_never_left() {
    let mut gap = leaver(&guid(0), (0.0, 0.0), 0, (256.0, 0.0), 0.0);
    for s in &mut gap.samples[8..] {
        s.time.0 += 3_000;
    }
    let mut dead = leaver(&guid(1), (0.0, 0.0), 0, (256.0, 0.0), 0.0);
    dead.samples.truncate(10);
    dead.end = Some(dead.samples[9].time);
    // A gap while still standing hides nothing.
    let mut late = leaver(&guid(2), (0.0, 0.0), 4_000, (256.0, 0.0), 0.0);
    for s in &mut late.samples[8..] {
        s.time.0 += 3_000;
    }
    for life in [&mut gap, &mut late] {
        life.end = Some(life.samples[life.samples.len() - 1].time);
    }
    let found = areas(
        &own_round(vec![gap, dead, late]),
        &ExitOptions { ring_fit: RingFit::Fixed, ..ExitOptions::default() },
    );
    assert_eq!(
        (found[0].unknown, found[0].never_left, found[0].never_moved, found[0].paths.len()),
        (1, 1, 0, 1)
    );
    assert_eq!(found[0].paths[0].life, 2);
}

#[test]
fn twelve_seconds_count_from_the_first_movement() {
    // 1276 u in 12 s is 106.3 u/s.
    let options = ExitOptions { ring_fit: RingFit::Fixed, ..ExitOptions::default() };
    let left = |speed: f32| {
        let mut life = leaver(&guid(0), (0.0, 0.0), 1_900, (speed, 0.0), 0.0);
        life.end = Some(LevelTime(15_700));
        areas(&own_round(vec![life]), &options)[0].paths.len()
    };
    assert_eq!((left(106.0), left(107.0)), (0, 1));
}

#[test]
fn the_ring_of_a_deep_spawn_shrinks_and_says_so() {
    // All turn back at 900 u: none reaches 1300.
    let mut round = crossroads();
    for life in &mut round.tracks {
        for s in &mut life.samples {
            s.at.x = s.at.x.min(900.0);
            s.at.y = s.at.y.min(900.0);
        }
    }
    let fixed = areas(&round, &ExitOptions { ring_fit: RingFit::Fixed, ..ExitOptions::default() });
    assert_eq!((fixed[0].paths.len(), fixed[0].ring_units), (0, 1_300.0));
    let fitted = areas(&round, &ExitOptions::default());
    // The ring's middle lies at 120 u: 5/8 of it, 812.5 u, are crossed by the three to the north alone; 4/8 by all.
    assert_eq!((fitted[0].paths.len(), fitted[0].ring_units), (9, 650.0));
    // A player who never moves cannot shrink a ring.
    let idle: Vec<Track> = (0..6).map(|i| leaver(&guid(i), (0.0, 0.0), 0, (0.0, 0.0), 0.0)).collect();
    assert_eq!(areas(&own_round(idle), &ExitOptions::default())[0].ring_units, 1_300.0);
}

#[test]
fn a_life_cut_at_its_beginning_has_no_exit() {
    let round = crossroads();
    let window = WindowMs { from: 1, to: 9_000 };
    let cut = lives(&round, &Filter { life_window: Some(window), ..Filter::everything() });
    assert_eq!(cut.lives.len(), 11);
    assert!(spawn_exits(&cut.lives.iter().collect::<Vec<_>>(), &ExitOptions::default()).is_empty());
    // Nor has one that our module saw only from its revive on.
    let mut revived = leaver(&guid(0), (0.0, 0.0), 0, (256.0, 0.0), 0.0);
    revived.samples[0].event = Event::Revived;
    assert!(areas(&own_round(vec![revived]), &ExitOptions::default()).is_empty());
}

#[test]
fn many_exits_are_sampled_and_none_is_lost() {
    let mut dice = Dice(9);
    let tracks = (0..300).map(|i| {
        let east = i % 3 > 0;
        let speed = dice.between(200.0, 352.0);
        let velocity = if east { (speed, 0.0) } else { (0.0, speed) };
        leaver(&guid(i), (dice.between(0.0, 60.0), 0.0), 400, velocity, dice.between(0.0, 40.0))
    });
    let round = own_round(tracks.collect());
    let found = areas(&round, &ExitOptions { most: 40, ..ExitOptions::default() });
    let counts: Vec<usize> = found[0].gates.iter().map(|gate| gate.paths.len()).collect();
    assert_eq!(counts, [200, 100]);
    let every = areas(&round, &ExitOptions::default());
    assert_eq!(
        every[0].gates.iter().map(|gate| gate.paths.clone()).collect::<Vec<_>>(),
        found[0].gates.iter().map(|gate| gate.paths.clone()).collect::<Vec<_>>()
    );
}

#[test]
fn the_sampling_interval_hardly_shows() {
    let fine = crossroads();
    let coarse = own_round(fine.tracks.iter().map(|life| decimated(life, 5)).collect());
    let times = |round: &Round| -> Vec<i64> {
        areas(round, &ExitOptions::default())[0].gates.iter().map(|gate| gate.median_exit_ms).collect()
    };
    for (a, b) in times(&fine).into_iter().zip(times(&coarse)) {
        assert!((a - b).abs() < 100, "{a} and {b} ms");
    }
}

proptest! {
    #[test]
    fn the_order_of_lives_does_not_matter(turn in 0_usize..11) {
        let round = crossroads();
        let lives = all(&round);
        let mut list: Vec<&Life<'_>> = lives.lives.iter().collect();
        let told = |list: &[&Life<'_>]| {
            let area = spawn_exits(list, &ExitOptions::default()).remove(0);
            let who = |path: usize| list[area.paths[path].life].track().guid.clone();
            let gates: Vec<_> = area.gates.iter().map(|gate| {
                let lanes: Vec<_> = gate.lanes.iter().map(|lane| (who(lane.medoid), lane.paths.len())).collect();
                (gate.paths.iter().map(|&w| who(w)).collect::<Vec<_>>(), lanes, gate.median_exit_ms)
            }).collect();
            (area.center.x.to_bits(), area.center.y.to_bits(), gates)
        };
        let first = told(&list);
        list.rotate_left(turn);
        list[turn / 2..].reverse();
        prop_assert_eq!(first, told(&list));
    }
}
