//! One session for all tests here, played once.

use std::sync::OnceLock;

use proximity::model::GuidKind;
use proximity::sim::plan::Plan;
use proximity::sim::truth::RoundTruth;
use proximity::sim::truth::{LifeEnd, Phase};
use proximity::sim::{SimulationOptions, simulate};

/// Four short rounds of twelve.
pub fn rounds() -> &'static [RoundTruth] {
    static ROUNDS: OnceLock<Vec<RoundTruth>> = OnceLock::new();
    ROUNDS.get_or_init(|| simulate(&plan(), &options()))
}

pub fn plan() -> Plan {
    Plan::kestrel_ford().unwrap()
}

fn options() -> SimulationOptions {
    SimulationOptions { rounds: 4, seed: 11, round_seconds: 150, ..SimulationOptions::default() }
}

#[test]
fn the_same_seed_plays_the_same_session_and_another_one_another() {
    let again = simulate(&plan(), &options());
    assert!(rounds() == again, "the same options must play the same rounds");
    let other = simulate(&plan(), &SimulationOptions { seed: 12, ..options() });
    assert!(rounds() != other);
}

#[test]
fn teams_change_sides_and_the_second_has_no_more_time_than_the_first() {
    let rounds = rounds();
    assert_eq!(rounds.iter().map(|round| round.number).collect::<Vec<_>>(), [1, 2, 1, 2]);
    for pair in rounds.chunks(2) {
        assert!(pair[1].duration_ms <= pair[0].duration_ms);
        assert!(pair[1].start_unix > pair[0].end_unix());
        let side = |round: &RoundTruth, player: usize| {
            round.lives.iter().find(|l| l.player == player).map(|l| l.side)
        };
        let changed = (0..12).filter(|&player| side(&pair[0], player) != side(&pair[1], player)).count();
        assert!(changed >= 11, "{changed} of 12 changed sides; one may have joined in neither");
    }
}

#[test]
fn an_session_has_everything_that_files_must_cope_with() {
    let rounds = rounds();
    let lives = || rounds.iter().flat_map(|round| &round.lives);
    let moved = |frames: &[proximity::sim::truth::Frame]| {
        frames.iter().any(|frame| frame.velocity[0] != 0.0 || frame.velocity[1] != 0.0)
    };
    assert!(
        lives().any(|life| !moved(&life.frames) && life.end_ms() - life.spawn_ms() > 20_000),
        "a player away"
    );
    assert!(lives().any(|life| life.end == LifeEnd::Disconnect), "a player who leaves");
    assert!(lives().any(|life| life.end == LifeEnd::SelfKill), "a self kill");
    assert!(lives().filter(|life| life.end == LifeEnd::RoundEnd).count() >= 4, "survivors");
    assert!(lives().any(|life| life.frames.iter().any(|frame| frame.phase == Phase::Revived)), "a revive");
    assert_eq!(rounds.iter().map(|round| round.joins.len()).sum::<usize>(), 1, "a player who joins late");
    let players = &rounds[0].players;
    assert_eq!(players.iter().filter(|player| player.guid.kind() == GuidKind::Bot).count(), 1, "a bot");
    assert!(players.iter().all(|player| player.name.as_str().contains('^')), "names have colours");
    assert!(players.iter().any(|player| !player.name.as_str().is_ascii()), "not every name is ASCII");
}

#[test]
fn waves_bring_all_players_of_a_side_back_at_once() {
    for round in rounds() {
        for life in round.lives.iter().filter(|life| life.spawn_ms() > 500) {
            let wave = if life.side == proximity::map::Side::Axis {
                round.axis_wave_ms
            } else {
                round.allies_wave_ms
            };
            let first = round.lives.iter().find(|l| l.side == life.side && l.spawn_ms() > 500).unwrap();
            assert_eq!((life.spawn_ms() - first.spawn_ms()) % wave, 0, "{} ms", life.spawn_ms());
        }
    }
}

#[test]
fn bounds_of_the_options_hold() {
    let odd = SimulationOptions { rounds: 1, players: 1, round_seconds: 1, ..options() };
    let rounds = simulate(&plan(), &odd);
    assert_eq!((rounds.len(), rounds[0].players.len(), rounds[0].duration_ms), (1, 2, 30_000));
    let crowd = SimulationOptions { rounds: 1, players: 1_000, round_seconds: 30, ..options() };
    assert_eq!(simulate(&plan(), &crowd)[0].players.len(), 64);
    assert!(simulate(&plan(), &SimulationOptions { rounds: 0, ..options() }).is_empty());
}
