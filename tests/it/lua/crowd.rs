//! A crowded round: what the module's cost is counted and measured on.

use super::server::{Class, Cost, Gait, GameServer, Team, means};

pub const PLAYERS: usize = 64;
const SECONDS: usize = 60;

/// A minute with 64 players who run and shoot, and its intermission; the cost of each frame.
pub fn crowded_round(module: &str, interval: &str, instructions: bool) -> (GameServer, Vec<Cost>) {
    let mut game = GameServer::with_module(module);
    game.max_clients(PLAYERS).cvar("proximity_interval", interval);
    if instructions {
        game.count_instructions();
    }
    game.boot();
    for n in 0..PLAYERS {
        let team = [Team::Axis, Team::Allies][n % 2];
        game.join(&format!("^{}Player{n}", n % 8), team, Class::Medic);
    }
    game.run(500).start_match();
    game.costs.clear();
    for second in 0..SECONDS {
        for n in 0..PLAYERS {
            game.go(
                n,
                [Gait::Run, Gait::Sprint, Gait::Sneak][(n + second) % 3],
                (n * 37 + second * 11) as f64,
            );
            // Every player is in an engagement all the time: hit once a second by one of three enemies.
            let attacker = (n + 1 + 2 * (second % 3)) % PLAYERS;
            game.shoot(attacker, n, if second % 20 == 19 { 500 } else { 5 }, means::MP40);
            if second % 20 == 1 {
                game.respawn(n);
            }
        }
        game.run(1000);
    }
    game.end_round().run(8000);
    let costs = std::mem::take(&mut game.costs);
    (game, costs)
}
