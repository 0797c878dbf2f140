//! A life as a replay tells it: its path, how it really ended, and the killer.

use super::Align;
use crate::analysis::{Death, DeathKind, Deaths, Lives, PlayerKey};
use crate::figure::paths::life_path::{LifePath, PathEnd};
use crate::geom::WorldPoint;
use crate::model::{Team, Weapon};

/// Spawns of one side within this time and distance of the first of them are one wave.
const WAVE_MS: i64 = 1_000;
const WAVE_UNITS: f64 = 512.0;

/// A life that a replay shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayLife {
    /// Where it went.
    pub path: LifePath,
    /// The player's class as a word.
    pub class: Box<str>,
    /// Which of this player's lives in the round it is, from 1.
    pub number: u32,
    /// How it ended; `None` where the end lies outside of what is shown.
    pub fate: Option<Fate>,
    /// Every death in it, those that a revive followed too, each with its time since the spawn, ms.
    pub deaths: Vec<(i32, Fate)>,
}

/// How a life ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// What happened.
    pub kind: DeathKind,
    /// The killer, where an engagement names one.
    pub killer: Option<Killer>,
}

/// The killer of a life.
#[derive(Debug, Clone, PartialEq)]
pub struct Killer {
    /// The player.
    pub player: PlayerKey,
    /// The name without colour codes.
    pub name: Box<str>,
    /// The weapon that hit most, where the file tells.
    pub weapon: Option<Weapon>,
}

/// A wave of spawns: players of one side who begin together.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    /// When the first of them spawned, on the replay's clock.
    pub ms: i64,
    /// Whose wave.
    pub team: Team,
    /// The middle of their spawns.
    pub at: WorldPoint,
    /// How many they are.
    pub players: u32,
}

/// The lives of a round as a replay needs them, in the order of time; `order` is the round's place in the input.
pub fn replay_lives(order: u32, lives: &Lives<'_>) -> Vec<ReplayLife> {
    let Some(first) = lives.lives.first() else { return Vec::new() };
    let deaths = Deaths::of(first.round());
    let replay_life = |life: &crate::analysis::Life<'_>| {
        let path = LifePath::of(order, life);
        let track = life.track();
        let fate_of = |death: Death| {
            let killer = death.killer.map(|(guid, name)| Killer {
                player: PlayerKey::of(life.round(), &guid, name.as_str()),
                name: name.display().into(),
                weapon: death.weapon,
            });
            Fate { kind: death.kind, killer }
        };
        let fate = (path.end != PathEnd::Cut).then(|| fate_of(deaths.of_track(track)));
        let died = deaths.of_life(life).into_iter();
        let deaths =
            died.filter_map(|(index, death)| Some((path.points.get(index)?.ms, fate_of(death)))).collect();
        ReplayLife {
            path,
            class: crate::figure::words::filter_words::class(&track.class).into(),
            number: life.number(),
            fate,
            deaths,
        }
    };
    let mut found: Vec<ReplayLife> = lives.lives.iter().map(replay_life).collect();
    found.sort_by_key(|life| life.path.order);
    found
}

impl ReplayLife {
    /// What has to be added to a point's time (since its spawn) for the replay's clock.
    pub fn offset_ms(&self, align: Align) -> i64 {
        match align {
            Align::Clock => self.path.order.1 - self.first_ms(),
            Align::Spawn => 0,
        }
    }

    /// When it begins on the replay's clock.
    pub fn start_ms(&self, align: Align) -> i64 {
        self.first_ms() + self.offset_ms(align)
    }

    /// When it ends on the replay's clock.
    pub fn end_ms(&self, align: Align) -> i64 {
        self.path.points.last().map_or(0, |point| i64::from(point.ms)) + self.offset_ms(align)
    }

    /// Whether it ended in death.
    pub fn died(&self) -> bool {
        self.path.end == PathEnd::Death
    }

    fn first_ms(&self) -> i64 {
        self.path.points.first().map_or(0, |point| i64::from(point.ms))
    }
}

/// The spawn waves among some lives, in the order of time.
pub fn waves(lives: &[ReplayLife], align: Align) -> Vec<Wave> {
    let mut spawns: Vec<(i64, &ReplayLife, WorldPoint)> = lives
        .iter()
        .filter(|life| life.path.from_spawn)
        .filter_map(|life| Some((life.start_ms(align), life, life.path.points.first()?.at)))
        .collect();
    spawns.sort_by_key(|(ms, life, _)| (*ms, life.path.order));
    let mut waves: Vec<(Wave, WorldPoint)> = Vec::new();
    for (ms, life, at) in spawns {
        let mut recent = waves.iter_mut().rev().take_while(|(wave, _)| ms - wave.ms <= WAVE_MS);
        let joined =
            recent.find(|(wave, first)| wave.team == life.path.team && first.distance_2d(at) <= WAVE_UNITS);
        if let Some((wave, _)) = joined {
            wave.players += 1;
            wave.at = wave.at.lerp(at, 1.0 / wave.players as f32);
        } else {
            waves.push((Wave { ms, team: life.path.team.clone(), at, players: 1 }, at));
        }
    }
    waves.into_iter().map(|(wave, _)| wave).collect()
}
