//! A round while it is played.

use super::header::Header;
use super::heat::{kill_cells, movement_cells};
use super::kill::{Kill, Party};
use super::lives::{Lives, Moment};
use super::provenance::{LifeSource, Source};
use super::sight::{Sight, Sights, Told, recorder_view};
use crate::demo::meaning::{Cause, Condition, Obituary, Teammate, View};
use crate::demo::state::{ConfigStrings, Connection};
use crate::model::{DeathType, LevelTime, Round, Team};

const STOPWATCH: &str = "3";
/// A round that is first seen this early on its clock is seen from its start, ms.
const EARLY_MS: i32 = 1_000;

/// A round, how its values are known, and its kill list.
#[derive(Debug)]
pub(in crate::demo) struct RoundParts {
    pub(in crate::demo) round: Round,
    pub(in crate::demo) lives: Vec<LifeSource>,
    pub(in crate::demo) kills: Vec<Kill>,
    /// What a client's demo shows of the others; empty where every player is there.
    pub(in crate::demo) sights: Vec<Sight>,
    /// Server time of the round's zero and of its last snapshot, ms.
    pub(in crate::demo) server_time: (i32, i32),
    /// Server times of the round's zero, each with the time from which on it holds: later after each pause.
    pub(in crate::demo) zeros: Vec<(LevelTime, i32)>,
    /// Whether samples were left out because there were too many.
    pub(in crate::demo) full: bool,
}

/// A round that is being played.
#[derive(Debug)]
pub(super) struct OpenRound {
    map: Box<str>,
    number: i32,
    /// Axis and Allied wave intervals, ms.
    waves_ms: [Option<u32>; 2],
    /// Server time of the round's zero; later when the game was paused.
    pub(super) zero: i32,
    zeros: Vec<(LevelTime, i32)>,
    pub(super) now: LevelTime,
    /// Server time of the last snapshot.
    pub(super) server_time: i32,
    started: bool,
    pub(super) everyone: bool,
    pub(super) lives: Lives,
    sights: Sights,
    kills: Vec<Kill>,
}

impl OpenRound {
    /// Begins a round. `seen_begin`: the demo shows what was before it.
    pub(super) fn new(
        connection: &Connection,
        (zero, server_time): (i32, i32),
        seen_begin: bool,
        (interval_ms, samples): (u32, usize),
    ) -> Self {
        let config = &connection.config;
        let info = |key| config.info(ConfigStrings::SERVER_INFO, key);
        let second = config.info(ConfigStrings::WOLF_INFO, "g_currentRound") == "1";
        let number = if info("g_gametype") == STOPWATCH && second { 2 } else { 1 };
        let early = (0..=EARLY_MS).contains(&server_time.wrapping_sub(zero));
        let started = early || seen_begin;
        Self {
            map: info("mapname").into(),
            number,
            waves_ms: ["g_redlimbotime", "g_bluelimbotime"]
                .map(|key| info(key).parse().ok().filter(|ms| *ms > 0)),
            zero,
            zeros: Vec::new(),
            now: LevelTime(i32::MIN),
            server_time,
            started,
            everyone: connection.tv,
            lives: Lives::new(interval_ms, samples, started),
            sights: Sights::default(),
            kills: Vec::new(),
        }
    }

    /// Sets the round's clock, which never goes back.
    pub(super) fn advance(&mut self, server_time: i32) {
        self.server_time = server_time;
        self.now = self.now.max(LevelTime(server_time.wrapping_sub(self.zero)));
        if self.zeros.last().is_none_or(|(_, zero)| *zero != self.zero) {
            self.zeros.push((self.now, self.zero));
        }
    }

    /// Takes in an obituary.
    pub(super) fn tell(&mut self, told: &Obituary, views: &[Option<(View, Source)>], moment: Moment) {
        let now = self.now;
        let team = |slot: u8| moment.roster.get(slot).and_then(|player| player.team.clone());
        let killer = told.killer.and_then(|slot| moment.roster.get(slot));
        let kind = match told.means.cause() {
            Cause::TeamChange => DeathType::TeamChange,
            Cause::Fall => DeathType::Fallen,
            Cause::Suicide => DeathType::SelfKill,
            Cause::World => DeathType::World,
            Cause::Killer if killer.is_none() => DeathType::World,
            Cause::Killer if told.killer == Some(told.victim) => DeathType::SelfKill,
            Cause::Killer if told.killer.and_then(team) == team(told.victim) => DeathType::TeamKill,
            Cause::Killer => DeathType::Killed,
        };
        let view = views[usize::from(told.victim)].clone();
        let place = |slot: u8| {
            let seen =
                views[usize::from(slot)].as_ref().filter(|(view, _)| view.condition != Condition::Away);
            seen.map(|(view, _)| view.at).or_else(|| self.lives.place(slot, now))
        };
        let party = |slot: u8, at| {
            moment.roster.get(slot).map(|player| Party {
                slot,
                guid: player.guid.clone(),
                name: player.name.clone(),
                team: player.team.clone(),
                at,
            })
        };
        let victim_at = place(told.victim).or(told.at);
        if kind != DeathType::TeamChange
            && let Some(victim) = party(told.victim, victim_at)
        {
            self.kills.push(Kill {
                time: now,
                server_time: self.server_time,
                victim,
                killer: told.killer.and_then(|slot| party(slot, place(slot))),
                kind: kind.clone(),
                means: told.means,
                weapon: told.means.weapon.or(told.weapon),
                head_shot: told.head_shot,
            });
        }
        let by = killer.filter(|_| matches!(kind, DeathType::Killed | DeathType::TeamKill));
        self.lives.die(told.victim, (&kind, by), view, told.at, moment);
    }

    /// Looks at who is alive, and who of them in view, with a client's eyes.
    pub(super) fn watch(
        &mut self,
        told: &[Obituary],
        mates: &[Teammate],
        views: &[Option<(View, Source)>],
        recorder: u8,
        moment: Moment,
    ) {
        let victims: Vec<u8> = told.iter().map(|told| told.victim).collect();
        let (roster, waves_ms) = (moment.roster, self.waves_ms);
        let told = Told { recorder, roster, views, victims: &victims, mates, waves_ms };
        self.sights.watch(self.now, moment.continuous, told);
    }

    /// Ends the round and all its lives.
    pub(super) fn close(mut self, kind: &DeathType, winner: Option<Team>, interval_ms: u32) -> RoundParts {
        self.lives.end_all(kind, self.now);
        let lives = self.lives;
        let sights = self.sights.finish();
        let header = Header {
            map: self.map,
            number: self.number,
            interval_ms,
            waves_ms: self.waves_ms,
            recorder_view: (!self.everyone).then(|| recorder_view(&sights)),
            complete: self.started && *kind == DeathType::RoundEnd,
            winner,
            objectives: lives.carries.finish(),
        };
        let movement_cells = movement_cells(&lives.tracks, &lives.hits, &lives.escapes);
        RoundParts {
            round: Round {
                meta: header.meta(),
                tracks: lives.tracks,
                engagements: lives.engagements.finish(),
                kill_cells: kill_cells(&self.kills),
                movement_cells,
                revives: lives.revives,
            },
            lives: lives.sources,
            kills: self.kills,
            sights,
            server_time: (self.zero, self.server_time),
            zeros: self.zeros,
            full: lives.full,
        }
    }
}
