//! Engagements as a tracker sees them: from the first hit to a death, an escape, or the end of the round.

use super::timeline::Timeline;
use super::{CROSSFIRE_WINDOW_MS, ESCAPE_TIME_MS, ESCAPE_UNITS, Grid, Tracker, point, team, tenth};
use crate::model::{Attacker, Engagement, EngagementEvent, EngagementPoint, Guid, Outcome, WeaponHits};
use crate::sim::body::FRAME_MS;
use crate::sim::truth::{Death, Hit, LifeEnd, Phase, RoundTruth};

/// Unhurt for this long on the spot, our own module ends an engagement.
const TIMEOUT_MS: i32 = 15_000;
/// What the original tracker assumes of a death that came without a hit.
const WHOLE_LIFE_DAMAGE: i64 = 100;

/// Every engagement, in the order of their beginnings.
pub(crate) fn engagements(
    truth: &RoundTruth,
    timeline: &Timeline,
    grid: &Grid,
    tracker: Tracker,
) -> Vec<Engagement> {
    let mut book =
        Book { truth, timeline, grid, tracker, records: Vec::new(), open: vec![None; truth.players.len()] };
    let mut hits = truth.hits.iter().peekable();
    let mut deaths = truth.deaths.iter().peekable();
    for now_ms in (FRAME_MS..truth.duration_ms).step_by(FRAME_MS as usize) {
        while let Some(hit) = hits.next_if(|hit| hit.time_ms <= now_ms) {
            book.hit(hit);
        }
        while let Some(death) = deaths.next_if(|death| death.time_ms <= now_ms) {
            book.death(death);
        }
        book.watch(now_ms);
    }
    // What happens in the last frame happens before the round ends in it.
    hits.for_each(|hit| book.hit(hit));
    deaths.for_each(|death| book.death(death));
    book.finish()
}

struct Record {
    engagement: Engagement,
    start_ms: i32,
    last_hit_ms: i32,
    hit_at: [f32; 3],
    last_at: [f32; 3],
    distance: f64,
}

struct Book<'t> {
    truth: &'t RoundTruth,
    timeline: &'t Timeline<'t>,
    grid: &'t Grid,
    tracker: Tracker,
    records: Vec<Record>,
    /// By player: the engagement in which the player is the target.
    open: Vec<Option<usize>>,
}

impl Book<'_> {
    fn hit(&mut self, hit: &Hit) {
        let Some(frame) = self.timeline.frame(hit.target, hit.time_ms) else { return };
        let at = frame.at;
        let index = self.open_record(hit.target, hit.time_ms, at);
        let attacker = self.attacker(index, hit.attacker, hit.time_ms);
        let record = &mut self.records[index];
        record.add(self.grid, hit.time_ms, at, EngagementEvent::Hit);
        (record.last_hit_ms, record.hit_at) = (hit.time_ms, at);
        record.engagement.total_damage += i64::from(hit.damage);
        let attacker = &mut record.engagement.attackers[attacker];
        attacker.damage += i64::from(hit.damage);
        attacker.hits += 1;
        attacker.last_hit = self.grid.time(hit.time_ms);
        match attacker.weapons.iter_mut().find(|weapon| weapon.weapon == hit.weapon) {
            Some(weapon) => weapon.hits += 1,
            None => attacker.weapons.push(WeaponHits { weapon: hit.weapon, hits: 1 }),
        }
        attacker.weapons.sort_by_key(|weapon| weapon.weapon);
    }

    fn death(&mut self, death: &Death) {
        let Some(frame) = self.timeline.frame(death.victim, death.time_ms) else { return };
        let suicide = death.killer == death.victim;
        let own = self.tracker == Tracker::Own;
        // Our own module opens no engagement for a self kill; the original calls it a kill.
        if suicide && own && self.open[death.victim].is_none() {
            return;
        }
        let unhurt = self.open[death.victim].is_none();
        let index = self.open_record(death.victim, death.time_ms, frame.at);
        let killer = self.attacker(index, death.killer, death.time_ms);
        let record = &mut self.records[index];
        if unhurt {
            record.engagement.total_damage = WHOLE_LIFE_DAMAGE;
            let attacker = &mut record.engagement.attackers[killer];
            (attacker.damage, attacker.hits) = (WHOLE_LIFE_DAMAGE, 1);
            attacker.weapons = vec![WeaponHits { weapon: frame.weapon, hits: 1 }];
        }
        if suicide && own {
            // A self kill has no attacker.
            record.engagement.attackers.pop();
        } else {
            let player = &self.truth.players[death.killer];
            record.engagement.attackers[killer].got_kill = true;
            record.engagement.killer_guid = Some(player.guid.clone());
            record.engagement.killer_name = Some(player.name.clone());
        }
        let outcome = if suicide && own { Outcome::SelfKill } else { Outcome::Killed };
        self.close(death.victim, death.time_ms, frame.at, outcome, EngagementEvent::Death);
    }

    /// Samples open engagements, and ends those that are over.
    fn watch(&mut self, now_ms: i32) {
        let sampled = self.grid.ticks.binary_search(&now_ms).is_ok();
        for player in 0..self.open.len() {
            let Some(index) = self.open[player] else { continue };
            let Some(frame) = self.timeline.frame(player, now_ms) else { continue };
            if frame.phase != Phase::Alive {
                continue;
            }
            let life = self.timeline.life(player, now_ms);
            if life.is_some_and(|life| life.end == LifeEnd::Disconnect && life.end_ms() == now_ms) {
                if self.tracker == Tracker::Own {
                    self.close(player, now_ms, frame.at, Outcome::Disconnect, EngagementEvent::Sample);
                }
                continue;
            }
            let record = &mut self.records[index];
            if sampled {
                record.add(self.grid, now_ms, frame.at, EngagementEvent::Sample);
            }
            let quiet_ms = now_ms - record.last_hit_ms;
            if quiet_ms >= ESCAPE_TIME_MS && away(frame.at, record.hit_at) >= ESCAPE_UNITS {
                self.close(player, now_ms, frame.at, Outcome::Escaped, EngagementEvent::Escape);
            } else if quiet_ms >= TIMEOUT_MS && self.tracker == Tracker::Own {
                self.close(player, now_ms, frame.at, Outcome::Timeout, EngagementEvent::Sample);
            }
        }
    }

    fn open_record(&mut self, target: usize, now_ms: i32, at: [f32; 3]) -> usize {
        if let Some(index) = self.open[target] {
            return index;
        }
        let index = self.records.len();
        let player = &self.truth.players[target];
        let mut record = Record {
            engagement: Engagement {
                id: index as i64 + 1,
                start: self.grid.time(now_ms),
                end: self.grid.time(now_ms),
                duration_ms: 0,
                target_guid: player.guid.clone(),
                target_name: player.name.clone(),
                target_team: team(player.crew.side(self.truth.number)),
                outcome: Outcome::RoundEnd,
                total_damage: 0,
                killer_guid: None,
                killer_name: None,
                num_attackers: 0,
                is_crossfire: false,
                crossfire_delay_ms: None,
                crossfire_participants: Vec::new(),
                start_at: point(at),
                end_at: point(at),
                distance_units: 0.0,
                positions: Vec::new(),
                attackers: Vec::new(),
            },
            start_ms: now_ms,
            last_hit_ms: now_ms,
            hit_at: at,
            last_at: at,
            distance: 0.0,
        };
        record.add(self.grid, now_ms, at, EngagementEvent::Start);
        self.records.push(record);
        self.open[target] = Some(index);
        index
    }

    /// Index of an attacker of an engagement, who is added if new.
    fn attacker(&mut self, record: usize, attacker: usize, now_ms: i32) -> usize {
        let player = &self.truth.players[attacker];
        let attackers = &mut self.records[record].engagement.attackers;
        if let Some(index) = attackers.iter().position(|known| known.guid == player.guid) {
            return index;
        }
        attackers.push(Attacker {
            guid: player.guid.clone(),
            name: player.name.clone(),
            team: team(player.crew.side(self.truth.number)),
            damage: 0,
            hits: 0,
            first_hit: self.grid.time(now_ms),
            last_hit: self.grid.time(now_ms),
            got_kill: false,
            weapons: Vec::new(),
        });
        attackers.len() - 1
    }

    fn close(&mut self, player: usize, now_ms: i32, at: [f32; 3], outcome: Outcome, event: EngagementEvent) {
        let Some(index) = self.open[player].take() else { return };
        let record = &mut self.records[index];
        record.add(self.grid, now_ms, at, event);
        let engagement = &mut record.engagement;
        engagement.end = self.grid.time(now_ms);
        engagement.duration_ms = i64::from(now_ms - record.start_ms);
        engagement.outcome = outcome;
        engagement.end_at = point(at);
        engagement.distance_units = tenth(record.distance as f32);
        engagement.num_attackers = engagement.attackers.len() as i64;
        mark_crossfire(engagement);
    }

    fn finish(mut self) -> Vec<Engagement> {
        let end_ms = self.truth.duration_ms;
        let event =
            if self.tracker == Tracker::Own { EngagementEvent::RoundEnd } else { EngagementEvent::Escape };
        for player in 0..self.open.len() {
            if let Some(index) = self.open[player] {
                let at =
                    self.timeline.last_frame(player, end_ms).map_or(self.records[index].last_at, |f| f.at);
                self.close(player, end_ms, at, Outcome::RoundEnd, event.clone());
            }
        }
        self.records.into_iter().map(|record| record.engagement).collect()
    }
}

impl Record {
    fn add(&mut self, grid: &Grid, now_ms: i32, at: [f32; 3], event: EngagementEvent) {
        self.distance += away(at, self.last_at);
        self.last_at = at;
        self.engagement.positions.push(EngagementPoint { time: grid.time(now_ms), at: point(at), event });
    }
}

/// Those whose first hit came within the window of the very first one.
fn mark_crossfire(engagement: &mut Engagement) {
    let mut hitting = engagement.attackers.iter().filter(|attacker| attacker.hits > 0);
    let Some(first) = hitting.next() else { return };
    let near =
        |attacker: &&Attacker| attacker.first_hit.since(first.first_hit) <= i64::from(CROSSFIRE_WINDOW_MS);
    let others: Vec<&Attacker> = hitting.filter(near).collect();
    if let Some(second) = others.first() {
        engagement.is_crossfire = true;
        engagement.crossfire_delay_ms = Some(second.first_hit.since(first.first_hit));
        let guids: Vec<Guid> =
            std::iter::once(first).chain(others.iter().copied()).map(|a| a.guid.clone()).collect();
        engagement.crossfire_participants = guids;
    }
}

fn away(a: [f32; 3], b: [f32; 3]) -> f64 {
    let square: f64 = (0..3).map(|axis| f64::from(a[axis] - b[axis]) * f64::from(a[axis] - b[axis])).sum();
    square.sqrt()
}
