//! What must not be believed is taken out, and counted.

use std::collections::BTreeSet;

use proximity::Filter;
use proximity::analysis::{DropReason, Life, PlayerKey, PlayerPattern, lives};
use proximity::model::{Event, Family, LevelTime, Sample};
use proximity::{Round, Team};

use super::corpus::{ALPHA, BRAVO, CEE, all, only, own_round, round, runner, sample, track, wanderers};

/// Lives and samples used and dropped add up to the input.
fn adds_up(round: &Round) {
    let lives = all(round);
    let samples: usize = round.tracks.iter().map(|t| t.samples.len()).sum();
    assert_eq!(lives.lives.len() as u64 + lives.dropped.total_lives(), round.tracks.len() as u64);
    assert_eq!(lives.samples() + lives.dropped.total_samples(), samples as u64);
}

fn survivor(guid: &str, y: f32, end: (f32, f32)) -> proximity::model::Track {
    let mut life = runner(guid, 500, (0.0, y), 256.0, 2_000, 200);
    let last = life.samples.len() - 1;
    life.samples[last] = sample(2_500, end.0, end.1, Event::RoundEnd);
    track(guid, life.samples)
}

#[test]
fn a_survivors_camera_point_is_gone() {
    let round =
        round(Family::V4_1, vec![survivor(ALPHA, 0.0, (500.0, 0.0)), survivor(BRAVO, 90.0, (3_000.0, 0.0))]);
    let lives = all(&round);
    assert_eq!(lives.dropped.samples(DropReason::CameraEnd), 2);
    for life in &lives.lives {
        assert!(life.flags().camera_end);
        assert_eq!(life.samples().last().unwrap().time, LevelTime(2_300));
        // Alive until the round ended, but where in the last 200 ms is not known.
        assert_eq!((life.alive_ms(), life.uncovered_ms()), (2_000, 200));
        assert_eq!(life.breaks().count(), 0);
    }
    adds_up(&round);
}

#[test]
fn our_own_modules_end_point_is_real_unless_it_shows_the_camera() {
    let real = own_round(vec![survivor(ALPHA, 0.0, (512.0, 0.0)), survivor(BRAVO, 90.0, (512.0, 90.0))]);
    assert_eq!(all(&real).dropped.total_samples(), 0);
    // Two players cannot stand on one spot.
    let shared = own_round(vec![survivor(ALPHA, 0.0, (512.0, 40.0)), survivor(BRAVO, 90.0, (512.0, 40.0))]);
    assert_eq!(all(&shared).dropped.samples(DropReason::CameraEnd), 2);
    // And no player gets that far in 200 ms.
    let far = own_round(vec![survivor(ALPHA, 0.0, (3_000.0, 0.0))]);
    assert_eq!(all(&far).dropped.samples(DropReason::CameraEnd), 1);
}

#[test]
fn a_phantom_in_limbo_is_dropped_whole() {
    let mut phantom = runner(CEE, 500, (0.0, 0.0), 256.0, 2_000, 200);
    for s in &mut phantom.samples[1..] {
        (s.health, s.sprint) = (0, 1);
    }
    let round = round(Family::V4_1, vec![phantom, runner(ALPHA, 500, (0.0, 0.0), 256.0, 2_000, 200)]);
    let lives = all(&round);
    assert_eq!((lives.lives.len(), lives.dropped.lives(DropReason::Limbo)), (1, 1));
    assert_eq!(lives.dropped.samples(DropReason::Limbo), 11);
    adds_up(&round);
}

#[test]
fn a_death_at_health_zero_is_no_phantom() {
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 256.0, 2_000, 200);
    life.samples.last_mut().unwrap().health = 0;
    assert_eq!(only(&round(Family::V4_1, vec![life])).samples().len(), 11);
}

#[test]
fn a_wounded_player_of_our_own_module_stays_alive_through_the_revive() {
    let mut samples: Vec<Sample> = (0..8).map(|i| sample(500 + i * 200, 0.0, 0.0, Event::Sample)).collect();
    samples[0].event = Event::Spawn;
    (samples[3].health, samples[4].health) = (-20, -20);
    samples[5].event = Event::Revived;
    samples[7].event = Event::Killed;
    let round = own_round(vec![track(ALPHA, samples)]);
    let life = only(&round);
    assert_eq!(life.samples().len(), 6);
    assert_eq!(life.track_sample(3), Some(5));
    assert_eq!(all(&round).dropped.samples(DropReason::Wounded), 2);
    adds_up(&round);
}

#[test]
fn spectators_have_no_lives() {
    let mut spectator = runner(ALPHA, 500, (0.0, 0.0), 256.0, 2_000, 200);
    spectator.team = Team::from("SPEC");
    let round = own_round(vec![spectator]);
    assert_eq!(all(&round).dropped.lives(DropReason::Spectator), 1);
    adds_up(&round);
}

#[test]
fn bad_samples_go_and_the_rest_stays() {
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 256.0, 2_000, 200);
    life.samples[2].at.x = f32::NAN;
    life.samples[4].at.z = 1e24;
    life.samples[6].time = LevelTime(600);
    let round = own_round(vec![life]);
    let lives = all(&round);
    assert_eq!(lives.dropped.samples(DropReason::Damaged), 2);
    assert_eq!(lives.dropped.samples(DropReason::OutOfOrder), 1);
    let kept: Vec<_> = (0..8).map(|i| lives.lives[0].track_sample(i)).collect();
    assert_eq!(kept, [0, 1, 3, 5, 7, 8, 9, 10].map(Some));
    adds_up(&round);
}

#[test]
fn nothing_usable_is_an_empty_life() {
    let mut broken = track(ALPHA, vec![sample(500, f32::INFINITY, 0.0, Event::Spawn)]);
    let none = Sample { event: Event::RoundEnd, ..sample(900, 0.0, 0.0, Event::RoundEnd) };
    broken.samples.push(none);
    let round = round(Family::V4_1, vec![broken]);
    let lives = all(&round);
    assert_eq!((lives.lives.len(), lives.dropped.lives(DropReason::Empty)), (0, 1));
    adds_up(&round);
}

#[test]
fn overlapping_lives_end_where_the_next_begins() {
    let first = runner(ALPHA, 500, (0.0, 0.0), 100.0, 10_000, 200);
    let second = runner(ALPHA, 5_500, (900.0, 0.0), 100.0, 4_000, 200);
    let round = own_round(vec![second, first]);
    let lives = all(&round);
    let [late, early] = lives.lives.as_slice() else { panic!("two lives") };
    assert_eq!((late.number(), early.number(), late.of()), (2, 1, 2));
    assert!(early.flags().overlapped && !late.flags().overlapped);
    // [500, 5500): the sample at 5500 belongs to the later life.
    assert_eq!((early.end(), early.alive_ms()), (LevelTime(5_500), 5_000));
    assert_eq!(early.samples().last().unwrap().time, LevelTime(5_300));
    assert_eq!(lives.dropped.samples(DropReason::Overlap), 26);
    adds_up(&round);
}

#[test]
fn a_life_written_twice_counts_once() {
    let life = runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 200);
    let round = own_round(vec![life.clone(), life]);
    let lives = all(&round);
    assert_eq!((lives.lives.len(), lives.dropped.lives(DropReason::Duplicate)), (1, 1));
    adds_up(&round);
}

#[test]
fn players_without_a_guid_may_live_at_once() {
    let round = own_round(vec![
        runner("", 500, (0.0, 0.0), 100.0, 2_000, 200),
        runner("", 700, (0.0, 90.0), 100.0, 2_000, 200),
    ]);
    assert_eq!(all(&round).dropped.total_samples(), 0);
}

#[test]
fn whatever_is_dropped_adds_up() {
    for seed in 0..20 {
        adds_up(&wanderers(seed, 30));
    }
    let filter = Filter { teams: vec![Team::Axis], ..Filter::default() };
    let round = wanderers(1, 30);
    let some = lives(&round, &filter);
    let samples: usize = round.tracks.iter().map(|t| t.samples.len()).sum();
    assert!(some.dropped.lives(DropReason::Filtered) > 0);
    assert_eq!(some.samples() + some.dropped.total_samples(), samples as u64);
    assert_eq!(some.lives.len() as u64 + some.dropped.total_lives(), 30);
}

#[test]
fn samples_are_borrowed_when_nothing_is_wrong() {
    let round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 200)]);
    let life = only(&round);
    assert!(std::ptr::eq(life.samples().as_ptr(), round.tracks[0].samples.as_ptr()));
}

#[test]
fn a_position_is_never_taken_from_the_future() {
    let round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 200)]);
    let life = only(&round);
    let at = |t: i32| life.at(LevelTime(t)).map(|p| (p.index, p.age_ms));
    assert_eq!(at(499), None);
    assert_eq!(at(500), Some((0, 0)));
    assert_eq!(at(699), Some((0, 199)));
    assert_eq!(at(700), Some((1, 0)));
    assert_eq!(at(2_499), Some((9, 199)));
    // A life is [spawn, end).
    assert_eq!(at(2_500), None);
}

#[test]
fn players_who_share_a_guid_are_told_apart_by_name() {
    for guid in ["unknown", "NO_GUID", "00000000000000000000000000000000", "slot5"] {
        let life = |name: &str, at| {
            let mut life = runner(guid, 500, (0.0, at), 100.0, 2_000, 200);
            life.name = name.into();
            life
        };
        let round = own_round(vec![life("Heron", 0.0), life("Gull", 90.0), life("Tern", 180.0)]);
        let lives = all(&round);
        assert_eq!((lives.lives.len(), lives.dropped.total_samples()), (3, 0), "{guid}");
        let key = |life: &Life<'_>| PlayerKey::of(&round, &life.track().guid, life.track().name.as_str());
        assert_eq!(lives.lives.iter().map(key).collect::<BTreeSet<_>>().len(), 3, "{guid}");
    }
}

#[test]
fn a_track_tells_what_was_left_out_of_it() {
    let mut hurt = runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 200);
    hurt.samples[3].health = 0;
    let round = own_round(vec![hurt, runner(BRAVO, 500, (0.0, 90.0), 100.0, 2_000, 200)]);
    let lives = all(&round);
    assert_eq!([0, 1, 2].map(|track| lives.dropped_of(track).total_samples()), [1, 0, 0]);
    // What is not asked for is only that.
    let others = proximity::analysis::lives(
        &round,
        &Filter { players: vec![PlayerPattern::new(BRAVO)], ..Filter::default() },
    );
    assert_eq!(others.dropped.samples(DropReason::Wounded), 0);
    assert_eq!(others.dropped.total_samples(), round.tracks[0].samples.len() as u64);
}

#[test]
fn a_player_who_never_leaves_the_spot_is_away() {
    let lives = [(20.0, true), (200.0, false)]
        .map(|(speed, away)| (own_round(vec![runner(ALPHA, 500, (0.0, 0.0), speed, 2_000, 200)]), away));
    for (round, away) in &lives {
        assert_eq!(only(round).is_away(), *away);
    }
}
