//! Rounds made in code: walks along straight lines, sampled at any interval, as any tracker version.

use proximity::Filter;
use proximity::analysis::lives;
use proximity::analysis::{Life, Lives};
use proximity::geom::WorldPoint;
use proximity::model::{
    DeathType, Event, Family, LevelTime, PlayerName, RoundMeta, Sample, StateSource, Tails, Track, Weapon,
};
use proximity::{Class, Round, Team};

pub const ALPHA: &str = "0F1E2D3C4B5A69788796A5B4C3D2E1F0";
pub const BRAVO: &str = "11AA22BB33CC44DD55EE66FF77001188";
pub const CEE: &str = "C0FFEE00C0FFEE11C0FFEE22C0FFEE33";

/// The header of a file of the original tracker.
pub fn meta(family: Family) -> RoundMeta {
    RoundMeta {
        map: "supply".into(),
        round_raw: Some(1),
        family,
        tracker_version: None,
        state_source: StateSource::PmFlags,
        own_module: false,
        interval_ms: Some(200),
        crossfire_window_ms: Some(1_000),
        escape_time_ms: Some(5_000),
        escape_distance_units: Some(300),
        start_unix: None,
        end_unix: None,
        axis_spawn_interval_ms: None,
        allies_spawn_interval_ms: None,
        capabilities: Vec::new(),
        stamp: Some(jiff::civil::date(2026, 6, 9).at(21, 0, 0, 0)),
        file_name: None,
        content_hash: "".into(),
        complete: true,
        winner: None,
        objectives: Vec::new(),
        recorder_view: None,
        recordings: None,
        parts: Vec::new(),
        renamed: None,
    }
}

/// A file of our own module: true stance, sprint from stamina, real end points.
pub fn own_round(tracks: Vec<Track>) -> Round {
    let mut round = round(Family::V6_11, tracks);
    round.meta.own_module = true;
    round.meta.state_source = StateSource::EflagsStamina;
    round
}

/// A file of the original tracker.
pub fn round(family: Family, tracks: Vec<Track>) -> Round {
    Round {
        meta: meta(family),
        tracks,
        engagements: Vec::new(),
        kill_cells: Vec::new(),
        movement_cells: Vec::new(),
        revives: Vec::new(),
    }
}

/// A sample at a place and time; standing, healthy.
pub fn sample(time: i32, x: f32, y: f32, event: Event) -> Sample {
    Sample {
        time: LevelTime(time),
        at: WorldPoint::new(x, y, 24.1),
        speed_ups: 0.0,
        health: 100,
        weapon: Weapon(8),
        stance: 0,
        sprint: 0,
        event,
    }
}

/// A life of given samples: the first is its spawn, the last its end.
pub fn track(guid: &str, samples: Vec<Sample>) -> Track {
    let (first, last) = (samples[0], samples[samples.len() - 1]);
    Track {
        guid: guid.into(),
        name: PlayerName::from("^1Al^7pha"),
        team: Team::Allies,
        class: Class::Medic,
        spawn: first.time,
        end: Some(last.time),
        first_move: None,
        death_type: last.event.is_terminal().then_some(match last.event {
            Event::RoundEnd => DeathType::RoundEnd,
            Event::SelfKill => DeathType::SelfKill,
            Event::Fallen => DeathType::Fallen,
            _ => DeathType::Killed,
        }),
        declared_samples: samples.len() as u64,
        samples,
        other_events: Vec::new(),
        tails: Tails::default(),
    }
}

/// A life that runs east at `speed_ups` from (x, y) for `length_ms`, sampled every `interval_ms`, and is killed.
pub fn runner(
    guid: &str,
    spawn_ms: i32,
    at: (f32, f32),
    speed_ups: f32,
    length_ms: i32,
    interval_ms: i32,
) -> Track {
    let place = |t: i32| at.0 + speed_ups * (t - spawn_ms) as f32 / 1_000.0;
    let mut samples = vec![sample(spawn_ms, at.0, at.1, Event::Spawn)];
    let mut t = spawn_ms + interval_ms;
    while t < spawn_ms + length_ms {
        samples.push(sample(t, place(t), at.1, Event::Sample));
        t += interval_ms;
    }
    samples.push(sample(spawn_ms + length_ms, place(spawn_ms + length_ms), at.1, Event::Killed));
    for s in &mut samples {
        s.speed_ups = speed_ups;
    }
    track(guid, samples)
}

/// Keeps every n-th grid sample of a life, its spawn and its end: the same walk at a coarser interval.
pub fn decimated(life: &Track, n: usize) -> Track {
    let last = life.samples.len() - 1;
    let kept = life.samples.iter().enumerate().filter(|&(i, _)| i % n == 0 || i == last);
    Track { samples: kept.map(|(_, s)| *s).collect(), ..life.clone() }
}

/// All lives of a round.
pub fn all(round: &Round) -> Lives<'_> {
    lives(round, &Filter::everything())
}

/// The only life of a round.
pub fn only(round: &Round) -> Life<'_> {
    let lives = all(round);
    assert_eq!(lives.lives.len(), 1, "{:?}", lives.dropped);
    lives.lives[0].clone()
}

/// Numbers from a seed (`SplitMix64`), for shapes that need no shrinking.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 … 1.
    pub fn share(&mut self) -> f32 {
        (self.roll() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share()
    }
}

/// A life that wanders about in all states, with a gap now and then.
pub fn wanderer(guid: &str, spawn_ms: i32, steps: usize, dice: &mut Dice) -> Track {
    let (mut t, mut x, mut y) = (spawn_ms, dice.between(-2_000.0, 2_000.0), dice.between(-2_000.0, 2_000.0));
    let mut samples = vec![sample(t, x, y, Event::Spawn)];
    for _ in 0..steps {
        t += if dice.roll().is_multiple_of(40) { 4_000 } else { 200 };
        x += dice.between(-70.0, 70.0);
        y += dice.between(-70.0, 70.0);
        let mut s = sample(t, x, y, Event::Sample);
        s.speed_ups = dice.between(0.0, 352.0);
        s.stance = (dice.roll() % 3) as u8;
        s.sprint = u8::from(s.stance == 0 && dice.roll().is_multiple_of(3));
        s.health = 20 + (dice.roll() % 100) as i16;
        samples.push(s);
    }
    samples.push(sample(t + 90, x, y, Event::Killed));
    let mut life = track(guid, samples);
    life.team = if dice.roll().is_multiple_of(2) { Team::Axis } else { Team::Allies };
    life.class = [Class::Soldier, Class::Medic, Class::Engineer][(dice.roll() % 3) as usize].clone();
    life.first_move = Some(LevelTime(spawn_ms + 200 + (dice.roll() % 5) as i32 * 100));
    life
}

/// A round of wanderers: five players, some with several lives.
pub fn wanderers(seed: u64, lives: usize) -> Round {
    let mut dice = Dice(seed);
    let guids = [ALPHA, BRAVO, CEE, "OMNIBOT0100000000000000000000000", "SLOT5"];
    let mut next_spawn = [500_i32; 5];
    let mut tracks = Vec::new();
    for _ in 0..lives {
        let player = (dice.roll() % 5) as usize;
        let steps = 1 + (dice.roll() % 60) as usize;
        let life = wanderer(guids[player], next_spawn[player], steps, &mut dice);
        next_spawn[player] = life.samples[life.samples.len() - 1].time.0 + 1_000;
        tracks.push(life);
    }
    own_round(tracks)
}
