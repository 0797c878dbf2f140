//! A life as a replay tells it: its way, how it really ended, and who ended it.

use super::Align;
use crate::analysis::{DeathKind, Deaths, Lives, PlayerKey};
use crate::figure::paths::life_path::{LifePath, WayEnd};
use crate::geom::WorldPoint;
use crate::model::Team;

/// Spawns of one side within this time and distance of the first of them are one wave.
const WAVE_MS: i64 = 1_000;
const WAVE_UNITS: f64 = 512.0;

/// A life on stage.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayLife {
    /// Where it went.
    pub way: LifePath,
    /// The player's class, for people.
    pub class: Box<str>,
    /// Which of this player's lives in the round it is, from 1.
    pub number: u32,
    /// How it ended; `None` where the end lies outside of what is shown.
    pub fate: Option<Fate>,
}

/// How a life ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// What happened.
    pub kind: DeathKind,
    /// Who killed him, where a fight names somebody.
    pub killer: Option<Killer>,
}

/// Who killed somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Killer {
    /// Who he is.
    pub player: PlayerKey,
    /// His name without colour codes.
    pub name: Box<str>,
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

/// The lives of a round as roles, in the order of time; `order` is the round's place in the input.
pub fn roles(order: u32, lives: &Lives<'_>) -> Vec<ReplayLife> {
    let Some(first) = lives.lives.first() else { return Vec::new() };
    let deaths = Deaths::of(first.round());
    let role = |life: &crate::analysis::Life<'_>| {
        let way = LifePath::of(order, life);
        let track = life.track();
        let fate = (way.end != WayEnd::Cut).then(|| {
            let death = deaths.of_track(track);
            let killer = death.killer.map(|(guid, name)| Killer {
                player: PlayerKey::of(life.round(), &guid, name.as_str()),
                name: name.display().into(),
            });
            Fate { kind: death.kind, killer }
        });
        ReplayLife {
            way,
            class: crate::figure::words::filter_words::class(&track.class).into(),
            number: life.number(),
            fate,
        }
    };
    let mut roles: Vec<ReplayLife> = lives.lives.iter().map(role).collect();
    roles.sort_by_key(|role| role.way.order);
    roles
}

impl ReplayLife {
    /// What has to be added to a point's time (since its spawn) for the replay's clock.
    pub fn offset_ms(&self, align: Align) -> i64 {
        match align {
            Align::Clock => self.way.order.1 - self.first_ms(),
            Align::Spawn => 0,
        }
    }

    /// When it begins on the replay's clock.
    pub fn start_ms(&self, align: Align) -> i64 {
        self.first_ms() + self.offset_ms(align)
    }

    /// When it ends on the replay's clock.
    pub fn end_ms(&self, align: Align) -> i64 {
        self.way.points.last().map_or(0, |point| i64::from(point.ms)) + self.offset_ms(align)
    }

    /// Whether he died here.
    pub fn died(&self) -> bool {
        self.way.end == WayEnd::Death
    }

    fn first_ms(&self) -> i64 {
        self.way.points.first().map_or(0, |point| i64::from(point.ms))
    }
}

/// The waves among the spawns of some roles, in the order of time.
pub fn waves(roles: &[ReplayLife], align: Align) -> Vec<Wave> {
    let mut spawns: Vec<(i64, &ReplayLife, WorldPoint)> = roles
        .iter()
        .filter(|role| role.way.from_spawn)
        .filter_map(|role| Some((role.start_ms(align), role, role.way.points.first()?.at)))
        .collect();
    spawns.sort_by_key(|(ms, role, _)| (*ms, role.way.order));
    let mut waves: Vec<(Wave, WorldPoint)> = Vec::new();
    for (ms, role, at) in spawns {
        let mut recent = waves.iter_mut().rev().take_while(|(wave, _)| ms - wave.ms <= WAVE_MS);
        let joined =
            recent.find(|(wave, first)| wave.team == role.way.team && first.distance_2d(at) <= WAVE_UNITS);
        if let Some((wave, _)) = joined {
            wave.players += 1;
            wave.at = wave.at.lerp(at, 1.0 / wave.players as f32);
        } else {
            waves.push((Wave { ms, team: role.way.team.clone(), at, players: 1 }, at));
        }
    }
    waves.into_iter().map(|(wave, _)| wave).collect()
}
