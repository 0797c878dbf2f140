//! One million samples, 7 200 lives, on one core.
//!
//! The corpus is made in code: walks at 0 … 352 u/s over a map 6 400 units wide, sampled every 200 ms.

use divan::{Bencher, counter::ItemsCount};
use proximity::Filter;
use proximity::analysis::{
    Cells, ExitOptions, Heights, Life, Lives, Occupancy, Split, Weight, spawn_exits, summaries,
};
use proximity::analysis::{lives, simplify};
use proximity::geom::{WorldPoint, WorldRect};
use proximity::model::{
    DeathType, Event, Family, LevelTime, PlayerName, RoundMeta, Sample, StateSource, Tails, Track, Weapon,
};
use proximity::{Class, Round, Team};

const ROUNDS: usize = 90;
const LIVES_PER_ROUND: usize = 80;
const SAMPLES_PER_LIFE: usize = 139;

fn main() {
    divan::main();
}

/// Numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }
}

fn walk(player: usize, spawn_ms: i32, dice: &mut Dice) -> Track {
    let side = if player.is_multiple_of(2) { (-2_600.0, -2_000.0) } else { (2_600.0, 2_200.0) };
    let (mut x, mut y) = (side.0 + dice.share() * 200.0, side.1 + dice.share() * 200.0);
    let (mut dx, mut dy, mut speed) = (1.0_f32, 0.0_f32, 256.0_f32);
    let mut samples = Vec::with_capacity(SAMPLES_PER_LIFE);
    for i in 0..SAMPLES_PER_LIFE {
        if i % 8 == 0 {
            let turn = dice.share() * std::f32::consts::TAU;
            (dx, dy) = (turn.cos(), turn.sin());
            speed = [0.0, 80.0, 256.0, 256.0, 352.0][(dice.share() * 5.0) as usize % 5];
        }
        x = (x + dx * speed * 0.2).clamp(-3_199.0, 3_199.0);
        y = (y + dy * speed * 0.2).clamp(-3_199.0, 3_199.0);
        let event = match i {
            0 => Event::Spawn,
            _ if i == SAMPLES_PER_LIFE - 1 => Event::Killed,
            _ => Event::Sample,
        };
        samples.push(Sample {
            time: LevelTime(spawn_ms + i as i32 * 200),
            at: WorldPoint::new(x, y, 24.1 + dice.share() * 100.0),
            speed_ups: speed,
            health: 100,
            weapon: Weapon(8),
            stance: u8::from(speed < 100.0) * (1 + u8::from(speed < 1.0)),
            sprint: u8::from(speed > 300.0),
            event,
        });
    }
    Track {
        guid: format!("{player:032X}").as_str().into(),
        name: PlayerName::from("^1Al^7pha"),
        team: if player.is_multiple_of(2) { Team::Axis } else { Team::Allies },
        class: Class::Medic,
        spawn: samples[0].time,
        end: samples.last().map(|s| s.time),
        first_move: Some(LevelTime(spawn_ms + 400)),
        death_type: Some(DeathType::Killed),
        declared_samples: samples.len() as u64,
        samples,
        other_events: Vec::new(),
        tails: Tails::default(),
    }
}

fn corpus() -> Vec<Round> {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let meta = RoundMeta {
        map: "demo".into(),
        round_raw: Some(1),
        family: Family::V6_11,
        tracker_version: None,
        state_source: StateSource::EflagsStamina,
        own_module: true,
        interval_ms: Some(200),
        crossfire_window_ms: None,
        escape_time_ms: None,
        escape_distance_units: None,
        start_unix: None,
        end_unix: None,
        axis_spawn_interval_ms: None,
        allies_spawn_interval_ms: None,
        capabilities: Vec::new(),
        stamp: None,
        file_name: None,
        content_hash: "".into(),
        complete: true,
        winner: None,
        objectives: Vec::new(),
        recorder_view: None,
        recordings: None,
        parts: Vec::new(),
        renamed: None,
    };
    let round = |_| Round {
        meta: meta.clone(),
        tracks: (0..LIVES_PER_ROUND)
            .map(|life| walk(life % 12, 500 + (life / 12) as i32 * 30_000, &mut dice))
            .collect(),
        engagements: Vec::new(),
        kill_cells: Vec::new(),
        movement_cells: Vec::new(),
        revives: Vec::new(),
    };
    (0..ROUNDS).map(round).collect()
}

fn samples() -> ItemsCount {
    ItemsCount::new(ROUNDS * LIVES_PER_ROUND * SAMPLES_PER_LIFE)
}

fn cleaned(rounds: &[Round]) -> Vec<Lives<'_>> {
    rounds.iter().map(|round| lives(round, &Filter::default())).collect()
}

fn cells() -> Option<Cells> {
    Cells::with_side(WorldRect::new(-3_200.0, -3_200.0, 3_200.0, 3_200.0)?, 8.0)
}

#[divan::bench(name = "lives", max_time = 3)]
fn clean(bencher: Bencher) {
    let rounds = corpus();
    bencher.counter(samples()).bench_local(|| cleaned(&rounds));
}

#[divan::bench(max_time = 5, args = [Weight::Time, Weight::Visits, Weight::Players])]
fn occupancy(bencher: Bencher, weight: Weight) {
    let rounds = corpus();
    let lives = cleaned(&rounds);
    bencher.counter(samples()).bench_local(|| {
        cells().map(|cells| Occupancy::of(cells, Split::State, weight, lives.iter().flat_map(|l| &l.lives)))
    });
}

#[divan::bench(max_time = 3)]
fn heights(bencher: Bencher) {
    let rounds = corpus();
    let lives = cleaned(&rounds);
    bencher.counter(samples()).bench_local(|| {
        let mut heights = cells().map(Heights::new);
        for life in lives.iter().flat_map(|l| &l.lives) {
            if let Some(heights) = &mut heights {
                heights.add(life);
            }
        }
        heights
    });
}

#[divan::bench(max_time = 3)]
fn summary(bencher: Bencher) {
    let rounds = corpus();
    let lives = cleaned(&rounds);
    bencher.counter(samples()).bench_local(|| lives.iter().map(summaries).collect::<Vec<_>>());
}

#[divan::bench(max_time = 3)]
fn simplification(bencher: Bencher) {
    let rounds = corpus();
    let lives = cleaned(&rounds);
    bencher.counter(samples()).bench_local(|| {
        lives.iter().flat_map(|l| &l.lives).map(|life| simplify(life, 8.0).len()).sum::<usize>()
    });
}

/// The exits of 800 and of 7 200 lives.
#[divan::bench(args = [10, 90], max_time = 5)]
fn exits(bencher: Bencher, rounds: usize) {
    let corpus = corpus();
    let lives = cleaned(&corpus[..rounds]);
    let list: Vec<&Life<'_>> = lives.iter().flat_map(|l| &l.lives).collect();
    bencher.counter(ItemsCount::new(list.len())).bench_local(|| spawn_exits(&list, &ExitOptions::default()));
}
