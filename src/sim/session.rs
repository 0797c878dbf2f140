//! A session: several rounds with the same players, who change sides after each.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ground::floors::Floors;
use super::ground::world::World;
use super::people::roster;
use super::plan::{Plan, PlanError};
use super::play::{RoundOrder, play};
use super::random::Random;
use super::record::{Tracker, record};
use super::script::{Script, Turn};
use super::truth::RoundTruth;
use crate::format;

/// What to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulationOptions {
    /// Rounds; every map is played twice, with changed sides. Default: 4.
    pub rounds: usize,
    /// Players in both teams together, at least 2 and at most 64. Default: 12.
    pub players: usize,
    /// Chance: the same seed plays the same rounds. Default: 1.
    pub seed: u64,
    /// When a round ends at the latest, seconds, at least 30. Default: 240.
    pub round_seconds: u32,
    /// When the first round goes live, Unix seconds. Default: 2026-03-14 20:05:00 UTC.
    pub start_unix: i64,
}

impl Default for SimulationOptions {
    fn default() -> Self {
        Self { rounds: 4, players: 12, seed: 1, round_seconds: 240, start_unix: 1_773_518_700 }
    }
}

/// From the end of a round to the beginning of the next, seconds.
const PAUSE_SECONDS: i64 = 75;

/// Plays a session on `plan` and tells what really happened. Options beyond their bounds are taken at the bound.
pub fn simulate(plan: &Plan, options: &SimulationOptions) -> Vec<RoundTruth> {
    let floors = Floors::new(plan);
    let mut world = World::new(plan, &floors);
    let players = roster::gather(options.players.clamp(2, 64), &mut Random::new(options.seed, 0));
    let longest_ms = options.round_seconds.clamp(30, 3_600) as i32 * 1_000;
    let mut start_unix = options.start_unix;
    let mut truths: Vec<RoundTruth> = Vec::new();
    for index in 0..options.rounds {
        let number = (index % 2) as u8 + 1;
        // Stopwatch: the second team has no more time than the first one took.
        let limit_ms = match truths.last() {
            Some(first) if number == 2 => first.duration_ms,
            _ => longest_ms,
        };
        let mut random = Random::new(options.seed, index as u64 + 1);
        let script = Script::new(&players, Turn { index, rounds: options.rounds, limit_ms }, &mut random);
        let order = RoundOrder { players: &players, number, start_unix, limit_ms, script };
        let truth = play(&mut world, &order, random);
        start_unix += i64::from(truth.duration_ms) / 1_000 + PAUSE_SECONDS;
        truths.push(truth);
    }
    truths
}

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SampleOptions {
    /// What is played.
    pub play: SimulationOptions,
    /// Which tracker writes it down. Default: our own module.
    pub tracker: Tracker,
    /// From one sample to the next, ms, 50 to 5000. Default (`None`): 500, as our own module and the original 4.0.
    pub interval_ms: Option<u32>,
}

/// The tracker files of a simulated session: name and bytes of each, in the order of the rounds. The same options give
/// the same bytes on every machine.
///
/// # Errors
/// [`PlanError`], if the floor plan in the program is damaged.
pub fn write_session(options: &SampleOptions) -> Result<Vec<(String, Vec<u8>)>, PlanError> {
    let plan = Plan::kestrel_ford()?;
    let interval_ms = options.interval_ms.unwrap_or(500);
    let file = |truth: &RoundTruth| {
        let file = record(truth, &plan, options.tracker, interval_ms);
        (file_name(truth, options.tracker), format::write(&file))
    };
    Ok(simulate(&plan, &options.play).iter().map(file).collect())
}

/// The name under which a tracker on a server in UTC keeps a round.
pub fn file_name(truth: &RoundTruth, tracker: Tracker) -> String {
    let end = Timestamp::from_second(truth.end_unix()).unwrap_or_default().to_zoned(TimeZone::UTC);
    let number = if tracker == Tracker::Own { truth.number } else { truth.number - 1 };
    format!("{}-{}-round-{number}_engagements.txt", end.strftime("%Y-%m-%d-%H%M%S"), truth.map)
}
