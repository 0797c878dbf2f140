//! What the module costs the server, and what a crash of the server costs the round.

use super::last_round;
use super::server::{Class, Gait, GameServer, MODULE, Team};

/// A module that does nothing.
const EMPTY: &str = "function et_RunFrame(levelTime) end";

/// Plays with 64 people for 20 seconds and the end of the round; gives the most instructions of one frame.
fn dearest_frame(module: &str) -> u64 {
    let mut game = GameServer::with_module(module);
    game.max_clients(64).count_instructions().boot();
    let players: Vec<usize> = (0..64)
        .map(|i| {
            let team = if i % 2 == 0 { Team::Axis } else { Team::Allies };
            game.join(&format!("player{i}"), team, Class::Medic)
        })
        .collect();
    game.start_match();
    for (i, player) in players.iter().enumerate() {
        game.go(*player, if i % 3 == 0 { Gait::Sprint } else { Gait::Run }, i as f64 * 5.0);
    }
    game.run(20_000).end_round();
    game.run(2_000);
    let slowest = game.costs.iter().map(|cost| cost.time).max().unwrap_or_default();
    assert!(slowest < std::time::Duration::from_secs(5), "a frame took {slowest:?}");
    game.costs.iter().map(|cost| cost.instructions).max().unwrap_or_default()
}

#[test]
fn no_frame_is_dear_with_64_players() {
    let (ours, empty) = (dearest_frame(MODULE), dearest_frame(EMPTY));
    // Lua 5.4 runs some 50 to 100 million of its instructions a second: 100,000 are at most two milliseconds.
    assert!(ours > empty, "nothing was measured");
    assert!(ours - empty < 100_000, "a frame of the module takes {ours} instructions, an empty one {empty}");
}

#[test]
fn a_crash_in_mid_round_loses_seconds() {
    let mut game = GameServer::with_module(MODULE);
    game.boot();
    let player = game.join("Kestrel", Team::Allies, Class::Medic);
    game.start_match();
    game.go(player, Gait::Run, 0.0).run(60_000);
    game.crash();
    game.boot();
    game.run(1_000);
    let round = last_round(&game).unwrap();
    let lasted = round
        .tracks
        .iter()
        .flat_map(|track| &track.samples)
        .map(|sample| sample.time.0)
        .max()
        .unwrap_or_default();
    assert!(lasted >= 49_000, "only {lasted} ms of 60 s were kept");
    assert!(!round.meta.complete, "a round that a crash cut off must look cut off");
}
