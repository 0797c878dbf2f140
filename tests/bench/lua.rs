//! How long the game-server module holds up a server's frame: `cargo bench --bench lua`.
//!
//! Each frame's least time over several runs of one round with 64 players, beyond that of a module that does nothing.
//! `--test` runs the round once and judges nothing.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]
#![allow(clippy::print_stdout, reason = "its figures are what it is for")]

use std::time::Duration;

use server::MODULE;

#[path = "../it/lua/crowd.rs"]
mod crowd;
#[allow(dead_code, unused_imports, reason = "most of it is for tests")]
#[path = "../it/lua/server/mod.rs"]
mod server;

const IDLE: &str = "function et_RunFrame() end";
/// The promise: with 64 players no frame takes more Lua time than this.
const LIMIT: Duration = Duration::from_millis(2);
const RUNS: usize = 12;

/// Each frame's least time over `runs` of the same round: what the module needs, without what the machine did meanwhile.
fn least(module: &str, interval: &str, runs: usize) -> Vec<Duration> {
    let mut least: Vec<Duration> = Vec::new();
    for _ in 0..runs {
        let (_, costs) = crowd::crowded_round(module, interval, false);
        least.resize(costs.len(), Duration::MAX);
        for (least, cost) in least.iter_mut().zip(costs) {
            *least = cost.time.min(*least);
        }
    }
    least
}

fn main() {
    let is_test = std::env::args().any(|word| word == "--test");
    for interval in ["500", "200"] {
        let idle = least(IDLE, interval, 1);
        let ours = least(MODULE, interval, if is_test { 1 } else { RUNS });
        let beyond: Vec<Duration> =
            ours.iter().zip(&idle).map(|(ours, idle)| ours.saturating_sub(*idle)).collect();
        let worst = *beyond.iter().max().unwrap();
        let mean = beyond.iter().sum::<Duration>() / beyond.len() as u32;
        println!(
            "{} players, {interval} ms: {mean:?} a frame, {worst:?} the worst of {}",
            crowd::PLAYERS,
            beyond.len()
        );
        assert!(is_test || worst <= LIMIT, "more than {LIMIT:?}");
    }
}
