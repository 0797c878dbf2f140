//! Engagements: who hurt whom, and how it ended, by the same rules as the tracker's.
//!
//! A demo does not show hits as such. A player whose own state is there (anyone in a TV or server demo, the recorder in
//! a client demo) loses health and names the last attacker; all that happens in one frame counts as one hit, and its
//! damage is the health that was lost. Of other players only deaths are known.

use super::roster::Player;
use crate::geom::WorldPoint;
use crate::model::{
    Attacker, DeathType, Engagement, EngagementEvent, EngagementPoint, LevelTime, Outcome, Team, Weapon,
    WeaponHits,
};

/// The second attacker's first hit within this time of the first one's is a crossfire, ms.
pub(super) const CROSSFIRE_WINDOW_MS: u32 = 1_000;
/// Unhurt for this long,
pub(super) const ESCAPE_TIME_MS: u32 = 5_000;
/// and this far from the place of the last hit: escaped.
pub(super) const ESCAPE_DISTANCE_UNITS: u32 = 300;
/// Unhurt for this long on the spot: the engagement is over.
const TIMEOUT_MS: i64 = 15_000;

/// One engagement while it lasts.
#[derive(Debug)]
struct Open {
    slot: u8,
    /// Its place in the list.
    place: usize,
    at: WorldPoint,
    distance: f64,
    last_hit: LevelTime,
    hit_at: WorldPoint,
}

/// The engagements of a round.
#[derive(Debug, Default)]
pub(super) struct Engagements {
    list: Vec<Engagement>,
    open: Vec<Open>,
}

/// A hit: when, where the target was, how much, with what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) time: LevelTime,
    pub(super) at: WorldPoint,
    pub(super) damage: i64,
    pub(super) weapon: Weapon,
}

impl Engagements {
    fn open_of(&self, slot: u8) -> Option<usize> {
        self.open.iter().position(|open| open.slot == slot)
    }

    fn begin(&mut self, slot: u8, target: &Player, team: &Team, time: LevelTime, at: WorldPoint) -> usize {
        self.open.push(Open { slot, place: self.list.len(), at, distance: 0.0, last_hit: time, hit_at: at });
        self.list.push(Engagement {
            id: self.list.len() as i64 + 1,
            start: time,
            end: time,
            duration_ms: 0,
            target_guid: target.guid.clone(),
            target_name: target.name.clone(),
            target_team: team.clone(),
            outcome: Outcome::Unknown,
            total_damage: 0,
            killer_guid: None,
            killer_name: None,
            num_attackers: 0,
            is_crossfire: false,
            crossfire_delay_ms: None,
            crossfire_participants: Vec::new(),
            start_at: at,
            end_at: at,
            distance_units: 0.0,
            positions: vec![EngagementPoint { time, at, event: EngagementEvent::Start }],
            attackers: Vec::new(),
        });
        self.open.len() - 1
    }

    fn point(&mut self, open: usize, time: LevelTime, at: WorldPoint, event: EngagementEvent) {
        let open = &mut self.open[open];
        open.distance += open.at.distance_3d(at);
        open.at = at;
        self.list[open.place].positions.push(EngagementPoint { time, at, event });
    }

    fn attacker<'a>(list: &'a mut Vec<Attacker>, who: &Player, time: LevelTime) -> &'a mut Attacker {
        let place = list.iter().position(|known| known.guid == who.guid).unwrap_or_else(|| {
            list.push(Attacker {
                guid: who.guid.clone(),
                name: who.name.clone(),
                team: who.team.clone().unwrap_or_else(|| Team::Other("SPEC".into())),
                damage: 0,
                hits: 0,
                first_hit: time,
                last_hit: time,
                got_kill: false,
                weapons: Vec::new(),
            });
            list.len() - 1
        });
        &mut list[place]
    }

    /// A player of `slot` is hit.
    pub(super) fn hit(&mut self, slot: u8, (target, team): (&Player, &Team), by: &Player, hit: Hit) {
        let open = self.open_of(slot).unwrap_or_else(|| self.begin(slot, target, team, hit.time, hit.at));
        self.point(open, hit.time, hit.at, EngagementEvent::Hit);
        self.open[open].last_hit = hit.time;
        self.open[open].hit_at = hit.at;
        let engagement = &mut self.list[self.open[open].place];
        engagement.total_damage += hit.damage;
        let attacker = Self::attacker(&mut engagement.attackers, by, hit.time);
        attacker.damage += hit.damage;
        attacker.hits += 1;
        attacker.last_hit = hit.time;
        match attacker.weapons.iter_mut().find(|known| known.weapon == hit.weapon) {
            Some(known) => known.hits += 1,
            None => attacker.weapons.push(WeaponHits { weapon: hit.weapon, hits: 1 }),
        }
    }

    /// A player of `slot` dies; a kill is an engagement even when no hit was seen.
    pub(super) fn death(
        &mut self,
        slot: u8,
        (target, team): (&Player, &Team),
        by: Option<&Player>,
        (kind, time): (&DeathType, LevelTime),
        at: WorldPoint,
    ) {
        let open = match self.open_of(slot) {
            Some(open) => open,
            None if *kind == DeathType::Killed => self.begin(slot, target, team, time, at),
            None => return,
        };
        let engagement = &mut self.list[self.open[open].place];
        if *kind == DeathType::Killed
            && let Some(by) = by
        {
            Self::attacker(&mut engagement.attackers, by, time).got_kill = true;
        }
        if matches!(kind, DeathType::Killed | DeathType::TeamKill) {
            engagement.killer_guid = by.map(|by| by.guid.clone());
            engagement.killer_name = by.map(|by| by.name.clone());
        }
        let event =
            if *kind == DeathType::TeamChange { EngagementEvent::Sample } else { EngagementEvent::Death };
        self.close(open, Outcome::from(kind.as_str()), event, time, at);
    }

    /// A life ends otherwise, or its player is lost sight of.
    pub(super) fn end(&mut self, slot: u8, kind: &DeathType, time: LevelTime) {
        if let Some(open) = self.open_of(slot) {
            let event = match kind {
                DeathType::RoundEnd | DeathType::Shutdown => EngagementEvent::RoundEnd,
                _ => EngagementEvent::Sample,
            };
            let at = self.open[open].at;
            self.close(open, Outcome::from(kind.as_str()), event, time, at);
        }
    }

    fn close(
        &mut self,
        open: usize,
        outcome: Outcome,
        event: EngagementEvent,
        time: LevelTime,
        at: WorldPoint,
    ) {
        self.point(open, time, at, event);
        let open = self.open.remove(open);
        let engagement = &mut self.list[open.place];
        engagement.outcome = outcome;
        engagement.end = time;
        engagement.duration_ms = time.since(engagement.start);
        engagement.end_at = at;
        engagement.distance_units = open.distance as f32;
        engagement.num_attackers = engagement.attackers.len() as i64;
        engagement.attackers.iter_mut().for_each(|a| a.weapons.sort_by_key(|weapon| weapon.weapon));
        mark_crossfire(engagement);
    }

    /// A sample of the player of `slot` was taken.
    pub(super) fn sampled(&mut self, slot: u8, time: LevelTime, at: WorldPoint) {
        if let Some(open) = self.open_of(slot) {
            self.point(open, time, at, EngagementEvent::Sample);
        }
    }

    /// Ends the engagement of a living player of `slot` who has been unhurt for long enough. Says whether the player
    /// escaped.
    pub(super) fn watch(&mut self, slot: u8, time: LevelTime, at: WorldPoint) -> bool {
        let Some(open) = self.open_of(slot) else { return false };
        let quiet_ms = time.since(self.open[open].last_hit);
        if quiet_ms < i64::from(ESCAPE_TIME_MS) {
            return false;
        }
        let escaped = at.distance_3d(self.open[open].hit_at) >= f64::from(ESCAPE_DISTANCE_UNITS);
        if escaped {
            self.close(open, Outcome::Escaped, EngagementEvent::Escape, time, at);
        } else if quiet_ms >= TIMEOUT_MS {
            self.close(open, Outcome::Timeout, EngagementEvent::Sample, time, at);
        }
        escaped
    }

    /// All engagements, in the order in which they began.
    pub(super) fn finish(self) -> Vec<Engagement> {
        self.list
    }
}

/// Notes those whose first hit came within the window of the very first one.
fn mark_crossfire(engagement: &mut Engagement) {
    let Some(first) = engagement.attackers.iter().find(|a| a.hits > 0).map(|a| a.first_hit) else { return };
    let within = engagement
        .attackers
        .iter()
        .filter(|a| a.hits > 0 && a.first_hit.since(first) <= i64::from(CROSSFIRE_WINDOW_MS));
    let together: Vec<&Attacker> = within.collect();
    if let [_, second, ..] = together[..] {
        engagement.is_crossfire = true;
        engagement.crossfire_delay_ms = Some(second.first_hit.since(first));
        engagement.crossfire_participants = together.iter().map(|a| a.guid.clone()).collect();
    }
}
