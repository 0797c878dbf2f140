//! What is left when the server dies without a word.

use proptest::prelude::*;
use proximity::Round;
use proximity::format::{ReadOptions, read};
use proximity::model::{DeathType, Event};

use super::server::{Class, Gait, GameServer, Team, means};
use super::{flawless_round, last_round, lives_of};

const JOURNAL: &str = "proximity/port-27960.part";
/// A crash loses at most this much, ms.
const LOSS_MS: i64 = 10_000;

/// A match with hits every 700 ms, deaths and revives.
fn busy_match() -> (GameServer, [usize; 4]) {
    let mut game = GameServer::new();
    game.boot();
    let mut join = |name, team, class| game.join(name, team, class);
    let players = [
        join("Alpha", Team::Axis, Class::Medic),
        join("Bravo", Team::Allies, Class::Soldier),
        join("Cee", Team::Axis, Class::Medic),
        join("Delta", Team::Allies, Class::Medic),
    ];
    game.run(1000).start_match().run(500);
    (game, players)
}

/// One of the things that go on in it.
fn bustle(game: &mut GameServer, [alpha, bravo, cee, delta]: [usize; 4], n: usize) {
    match n % 9 {
        0 => game.go(alpha, Gait::Sprint, 40.0 * n as f64).go(delta, Gait::Crawl, 10.0 * n as f64),
        2 => game.shoot(bravo, cee, 500, means::THOMPSON),
        5 => game.revive(alpha, cee),
        7 => game.limbo(bravo).respawn(bravo).respawn(delta).respawn(alpha),
        8 => game.shoot(delta, alpha, 35, means::THOMPSON),
        _ => game.shoot(alpha, bravo, 25, means::MP40),
    };
    game.run(700);
}

/// The whole match, with or without a crash after `crash_ms` of server time.
fn play(crash_ms: Option<i64>) -> GameServer {
    let (mut game, players) = busy_match();
    let start = game.world.borrow().level_time;
    for n in 0..70 {
        bustle(&mut game, players, n);
        if crash_ms.is_some_and(|ms| game.world.borrow().level_time - start >= ms) {
            game.crash().boot();
            return game;
        }
    }
    game.end_round();
    game
}

#[test]
fn a_crash_in_mid_round_loses_at_most_ten_seconds() {
    for crash_ms in [11_000, 17_300, 23_700, 31_200, 40_000] {
        let game = play(Some(crash_ms));
        assert_eq!(game.faults(), [""; 0]);
        let (round, truth) = (last_round(&game).unwrap(), game.truth());
        assert!(!round.meta.complete, "a file of a crash is known as cut");
        let crashed = truth.lives.iter().map(|life| life.end().time).max().unwrap();
        let safe = crashed - LOSS_MS;
        for life in &truth.lives {
            let found = round
                .tracks
                .iter()
                .find(|t| t.guid.as_str() == life.guid && i64::from(t.spawn.0) == life.spawn.time);
            if life.spawn.time > safe {
                continue;
            }
            let found =
                found.unwrap_or_else(|| panic!("the life of {} at {} is lost", life.name, life.spawn.time));
            let due = life
                .postures
                .iter()
                .filter(|p| p.time <= safe && p.time % 500 == 0 && p.time > life.spawn.time);
            for posture in due {
                let sample = found.samples.iter().find(|s| i64::from(s.time.0) == posture.time);
                let sample = sample.unwrap_or_else(|| panic!("the sample at {} is lost", posture.time));
                assert!((f64::from(sample.at.x) - posture.at[0]).abs() < 0.1);
            }
            for turn in life.turns.iter().filter(|turn| turn.time <= safe) {
                assert!(found.samples.iter().any(|s| i64::from(s.time.0) == turn.time), "{turn:?} is lost");
            }
        }
        let hits = truth.hits.iter().filter(|h| h.time <= safe).count() as i64;
        let kept: i64 = round.engagements.iter().flat_map(|e| &e.attackers).map(|a| a.hits).sum();
        assert!(kept >= hits, "{kept} of {hits} hits");
        let kills = truth.kills.iter().filter(|k| k.of_enemy && k.time <= safe).count() as i64;
        let kept: i64 = round.kill_cells.iter().map(|c| c.axis_kills + c.allies_kills).sum();
        assert!(kept >= kills, "{kept} of {kills} kills");
        let revives = truth.revives.iter().filter(|r| r.0 <= safe).count();
        assert!(round.revives.len() >= revives);
    }
}

#[test]
fn lives_that_a_crash_cut_off_say_so_and_claim_no_end() {
    let game = play(Some(20_000));
    let round = last_round(&game).unwrap();
    let open: Vec<_> = round.tracks.iter().filter(|t| t.death_type == Some(DeathType::Shutdown)).collect();
    assert!(!open.is_empty());
    for life in open {
        let last = life.samples.last().unwrap();
        assert!(!last.event.is_terminal(), "{:?}", last.event);
        assert_eq!(life.end, Some(last.time));
    }
    assert!(lives_of(&round, "Cee").iter().any(|t| t.samples.iter().any(|s| s.event == Event::Revived)));
}

#[test]
fn whenever_the_server_dies_while_the_file_is_written_nothing_is_lost() {
    let whole = {
        let mut game = play(None);
        game.run(5000);
        game.files()
    };
    assert_eq!(whole.len(), 1);
    let mut in_time = 0;
    for frames in 0..40 {
        let mut game = play(None);
        game.run(frames * 50);
        in_time += usize::from(!game.files().is_empty());
        game.crash().boot();
        assert!(game.files() == whole, "after {frames} frames");
        let others: Vec<String> = game.world.borrow().disk.files.keys().cloned().collect();
        let journals = others.iter().filter(|name| name.contains(".part")).count();
        assert_eq!(journals, 0, "{others:?}");
        assert_eq!(game.faults(), [""; 0]);
    }
    assert!((1..40).contains(&in_time), "the frames miss the moment: {in_time}");
}

#[test]
fn a_finished_file_that_was_not_yet_renamed_gets_its_name() {
    let mut game = play(None);
    game.run(5000);
    let (name, bytes) = game.files().pop().unwrap();
    {
        let files = &mut game.world.borrow_mut().disk.files;
        files.clear();
        files.insert(JOURNAL.into(), bytes.clone());
    }
    game.crash().boot();
    assert_eq!(game.files(), [(name, bytes)]);
}

#[test]
fn a_crash_before_anything_was_recorded_leaves_nothing() {
    let mut game = GameServer::new();
    game.boot().start_match().run(20_000).crash().boot();
    assert_eq!(game.files(), []);
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn a_recovered_round_does_not_disturb_the_next_one() {
    let mut game = play(Some(20_000));
    let alpha = game.join("Alpha", Team::Axis, Class::Medic);
    game.run(500).start_match().go(alpha, Gait::Run, 0.0).run(20_000).end_round().run(2000);
    assert_eq!(game.files().len(), 2);
    assert_eq!(flawless_round(&game).tracks.len(), 1);
    assert_eq!(game.faults(), [""; 0]);
}

/// The journal of a match that was going on for 25 s.
fn journal() -> Vec<u8> {
    let (mut game, players) = busy_match();
    for n in 0..35 {
        bustle(&mut game, players, n);
    }
    game.world.borrow().disk.files[JOURNAL].clone()
}

fn recovered(journal: Vec<u8>) -> (GameServer, Option<Round>) {
    let mut game = GameServer::new();
    game.world.borrow_mut().disk.files.insert(JOURNAL.into(), journal);
    game.boot();
    let round = game.files().pop().map(|(_, bytes)| read(&bytes, &ReadOptions::default()).unwrap());
    (game, round.map(|read| read.file.round))
}

#[test]
fn a_journal_may_be_cut_anywhere() {
    let whole = journal();
    let mut samples = 0;
    for cut in (0..whole.len()).step_by(whole.len() / 150).chain([whole.len()]) {
        let (game, round) = recovered(whole[..cut].to_vec());
        assert_eq!(game.faults(), [""; 0]);
        let now = round.map_or(0, |round| {
            assert_eq!(&*round.meta.map, "supply");
            round.tracks.iter().map(|t| t.samples.len()).sum()
        });
        assert!(now >= samples, "{cut} bytes give {now} samples, fewer bytes gave {samples}");
        samples = now;
    }
    assert!(samples > 100);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_journal_stops_nothing(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut bytes = journal();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let mut game = GameServer::new();
        game.world.borrow_mut().disk.files.insert(JOURNAL.into(), bytes);
        game.boot();
        prop_assert_eq!(game.faults(), [""; 0]);
        game.world.borrow_mut().disk.files.retain(|name, _| !name.ends_with("_engagements.txt"));
        let alpha = game.join("Alpha", Team::Axis, Class::Medic);
        game.run(500).start_match().go(alpha, Gait::Run, 0.0).run(7000).end_round().run(2000);
        let next = flawless_round(&game);
        prop_assert_eq!(lives_of(&next, "Alpha").len(), 1);
    }
}
