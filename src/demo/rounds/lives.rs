//! From looks at players to lives: spawn, death, revive, leaving.

use super::carries::Carries;
use super::engagements::{Engagements, Hit};
use super::life::{Down, LONGEST_GAP_MS, OpenLife};
use super::provenance::{LifeSource, Source};
use super::roster::{Player, Roster};
use crate::demo::meaning::{Condition, FLAG_TELEPORT, Teammate, View};
use crate::demo::state::ConfigStrings;
use crate::geom::WorldPoint;
use crate::model::{Class, DeathType, Event, LevelTime, Revive, Team, Track};

/// After this long without an obituary, a death stays unexplained, ms.
const OBITUARY_WITHIN_MS: i64 = 500;
/// A player who rises this near to where they fell was revived, units.
const REVIVED_WITHIN_UNITS: f64 = 100.0;
/// How far from the spawn spot counts as having moved, units.
const FIRST_MOVE_UNITS: f64 = 1.0;
/// How long after a round's start its first spawns come, ms.
const FIRST_SPAWNS_MS: i64 = 1_000;

/// What the last look at a slot showed, whether or not its player had a life.
#[derive(Debug, Clone, Copy)]
struct Look {
    time: LevelTime,
    condition: Condition,
}

#[derive(Debug, Default)]
struct Slot {
    life: Option<OpenLife>,
    look: Option<Look>,
}

/// The lives of a round while it is played.
#[derive(Debug)]
pub(super) struct Lives {
    slots: Vec<Slot>,
    pub(super) tracks: Vec<Track>,
    pub(super) sources: Vec<LifeSource>,
    pub(super) engagements: Engagements,
    pub(super) revives: Vec<Revive>,
    pub(super) carries: Carries,
    /// Places at which a player got away.
    pub(super) escapes: Vec<WorldPoint>,
    /// Places of hits.
    pub(super) hits: Vec<WorldPoint>,
    /// Samples are taken this far apart; every look is one when it is 0.
    interval_ms: i32,
    /// How many more samples the round may have.
    room: usize,
    /// Whether something was left out for lack of room.
    pub(super) full: bool,
    /// Whether the demo shows the round's start.
    started: bool,
}

/// What a snapshot is looked at with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) now: LevelTime,
    pub(super) roster: &'a Roster,
    /// Medic and patient of each revive that the server told of.
    pub(super) revives: &'a [(u8, u8)],
    /// Whether every player's state is there, so that a slot that was not listed was not in the game.
    pub(super) everyone: bool,
    /// Whether the snapshot before was a moment ago.
    pub(super) continuous: bool,
}

impl Lives {
    pub(super) fn new(interval_ms: u32, room: usize, started: bool) -> Self {
        Self {
            slots: (0..ConfigStrings::MAX_PLAYERS).map(|_| Slot::default()).collect(),
            tracks: Vec::new(),
            sources: Vec::new(),
            engagements: Engagements::default(),
            revives: Vec::new(),
            carries: Carries::default(),
            escapes: Vec::new(),
            hits: Vec::new(),
            interval_ms: interval_ms as i32,
            room,
            full: false,
            started,
        }
    }

    /// Where the living player of a slot is, if that was seen a moment ago.
    pub(super) fn place(&self, slot: u8, now: LevelTime) -> Option<WorldPoint> {
        let life = self.slots.get(usize::from(slot))?.life.as_ref()?;
        life.is_fresh(now).then_some(life.last.at)
    }

    /// Whether a slot's player is alive as far as is known.
    pub(super) fn is_alive(&self, slot: u8) -> bool {
        self.slots
            .get(usize::from(slot))
            .is_some_and(|s| s.life.as_ref().is_some_and(|life| life.down.is_none()))
    }

    /// Notes a hit when a player's own state has less health than a moment ago.
    pub(super) fn notice_hit(&mut self, slot: u8, view: &View, moment: Moment) {
        let Some(life) = &self.slots[usize::from(slot)].life else { return };
        let (Some(before), Some(own)) = (life.last.own, view.own) else { return };
        let lost = i64::from(before.health) - i64::from(own.health.max(0));
        if life.down.is_some()
            || !life.is_fresh(moment.now)
            || lost <= 0
            || before.damage_event == own.damage_event
        {
            return;
        }
        let Ok(by_slot) = u8::try_from(own.attacker) else { return };
        let weapon =
            self.slots.get(usize::from(by_slot)).and_then(|s| s.life.as_ref()).map(|life| life.last.weapon);
        let (Some(target), Some(by)) = (moment.roster.get(slot), moment.roster.get(by_slot)) else { return };
        let team = &self.tracks[life.track].team;
        if by_slot == slot || by.team.is_none() || by.team.as_ref() == Some(team) {
            return;
        }
        let hit = Hit { time: moment.now, at: view.at, damage: lost, weapon: weapon.unwrap_or_default() };
        self.engagements.hit(slot, (target, team), by, hit);
        self.hits.push(view.at);
    }

    /// Looks at a slot's player.
    pub(super) fn look(&mut self, slot: u8, view: View, source: Source, moment: Moment) {
        let now = moment.now;
        let place = usize::from(slot);
        let look = Look { time: now, condition: view.condition };
        let before = self.slots[place].look.replace(look);
        let down = self.slots[place].life.as_ref().map(|life| life.down.is_some());
        match (view.condition, down) {
            (Condition::Away, Some(false)) => self.abandon(slot, now),
            (Condition::Down, Some(false)) => self.fall(slot, view, source, now),
            (Condition::Away | Condition::Down, _) => {}
            (Condition::Alive, None) => self.begin(slot, view, source, before, moment),
            (Condition::Alive, Some(true)) => {
                if self.is_revive(slot, &view, moment) {
                    self.revive(slot, view, source, moment);
                } else {
                    self.finish_down(slot);
                    self.begin(slot, view, source, before, moment);
                }
            }
            (Condition::Alive, Some(false)) => {
                let changed_sides = self.changed_sides(slot, &view);
                if changed_sides {
                    self.end(slot, &DeathType::TeamChange, now);
                    self.begin(slot, view, source, before, moment);
                } else if self.respawned(slot, &view) {
                    self.abandon(slot, now);
                    self.begin(slot, view, source, before, moment);
                } else {
                    self.go_on(slot, view, source, now);
                }
            }
        }
    }

    /// A slot's player is not in the game.
    pub(super) fn is_absent(&mut self, slot: u8, now: LevelTime) {
        if self.is_alive(slot) {
            self.end(slot, &DeathType::Disconnect, now);
        }
        self.slots[usize::from(slot)].look = None;
    }

    /// Takes in what the list of teammates says about a player who is not in view.
    pub(super) fn hear_of(&mut self, mate: Teammate, in_view: bool, moment: Moment) {
        let now = moment.now;
        let place = usize::from(mate.slot);
        let health = mate.health.clamp(0, i32::from(i16::MAX)) as i16;
        if health == 0 {
            return;
        }
        let slot = &mut self.slots[place];
        if let Some(life) = &mut slot.life
            && life.last.own.is_none()
        {
            life.health = Some((health, Source::Coarse, now));
        }
        if in_view {
            return;
        }
        let z = mate.z.map(|z| z as f32).or(slot.life.as_ref().map(|life| life.last.at.z));
        let Some(z) = z else { return };
        let at = WorldPoint::new(mate.x as f32, mate.y as f32, z);
        let mut view = View::unseen(at);
        match &slot.life {
            Some(life) if life.down.is_none() => {
                view.weapon = life.last.weapon;
                view.stance = life.last.stance;
                view.flags = life.last.flags;
                view.carries.clone_from(&life.last.carries);
                self.go_on(mate.slot, view, Source::Coarse, now);
            }
            // The list says nothing about what came between: a medic, or a spawn.
            Some(_) => {}
            None => {
                let before = slot.look;
                self.begin(mate.slot, view, Source::Coarse, before, moment);
                if let Some(life) = &mut self.slots[place].life {
                    life.health = Some((health, Source::Coarse, now));
                }
            }
        }
    }

    fn begin(&mut self, slot: u8, view: View, source: Source, before: Option<Look>, moment: Moment) {
        let now = moment.now;
        let Some(player) = moment.roster.get(slot) else { return };
        let Some(team) = view.team.clone().or_else(|| player.team.clone()) else { return };
        let from_spawn = match before {
            _ if source == Source::Coarse => false,
            // In view at the first moment of the round, or not in the game a moment ago.
            None => {
                (self.started && now.0 <= FIRST_SPAWNS_MS as i32) || (moment.everyone && moment.continuous)
            }
            Some(before) => before.condition != Condition::Alive && now.since(before.time) <= LONGEST_GAP_MS,
        };
        let class = view.class.clone().unwrap_or_else(|| player.class.clone());
        let track = self.tracks.len();
        self.carries.look(slot, &team, view.carries.as_ref(), (now, view.at));
        self.tracks.push(new_track(player, team, class, now));
        self.sources.push(LifeSource { slot, from_spawn, samples: Vec::new() });
        let mut life = OpenLife::new(track, view.clone(), now);
        life.rise(view, now);
        self.slots[usize::from(slot)].life = Some(life);
        self.sample(slot, (now, if from_spawn { Event::Spawn } else { Event::Sample }), source, None);
    }

    fn go_on(&mut self, slot: u8, view: View, source: Source, now: LevelTime) {
        let Some(life) = &mut self.slots[usize::from(slot)].life else { return };
        life.look(view, now);
        let track = &mut self.tracks[life.track];
        if track.first_move.is_none() && life.last.at.distance_2d(life.spawn_at) > FIRST_MOVE_UNITS {
            track.first_move = Some(now);
        }
        let at = life.last.at;
        self.carries.look(slot, &track.team, life.last.carries.as_ref(), (now, at));
        let last = track.samples.last().map(|sample| sample.time);
        if self.is_due(last, now) {
            self.sample(slot, (now, Event::Sample), source, None);
            self.engagements.sampled(slot, now, at);
        }
        if self.engagements.watch(slot, now, at) {
            self.escapes.push(at);
        }
    }

    /// Samples lie on a grid of the round's clock; each is the first look at or after its line.
    fn is_due(&self, last: Option<LevelTime>, now: LevelTime) -> bool {
        let Some(last) = last else { return true };
        match self.interval_ms {
            0 => now > last,
            ms => now.0.div_euclid(ms) > last.0.div_euclid(ms),
        }
    }

    fn sample(&mut self, slot: u8, what: (LevelTime, Event), source: Source, health: Option<i16>) {
        let Some(life) = &mut self.slots[usize::from(slot)].life else { return };
        if self.room == 0 {
            self.full = true;
            return;
        }
        self.room -= 1;
        life.sample(&mut self.tracks[life.track], &mut self.sources[life.track], what, source, health);
    }

    /// A player is down, and no obituary came with it.
    fn fall(&mut self, slot: u8, view: View, source: Source, now: LevelTime) {
        let Some(life) = &mut self.slots[usize::from(slot)].life else { return };
        life.look(view, now);
        self.lie_down(slot, &DeathType::Unknown, source, now);
    }

    /// The server tells of a death. `view` is how the player is seen at that moment, if at all; `at` the place of death
    /// as some mods tell it.
    pub(super) fn die(
        &mut self,
        slot: u8,
        (kind, by): (&DeathType, Option<&Player>),
        view: Option<(View, Source)>,
        at: Option<WorldPoint>,
        moment: Moment,
    ) {
        let now = moment.now;
        let Some(life) = &mut self.slots[usize::from(slot)].life else { return };
        match &mut life.down {
            Some(down) if down.told || now.since(down.since) > OBITUARY_WITHIN_MS => return,
            // The obituary comes late: its snapshot was lost.
            Some(down) => {
                down.told = true;
                let track = &mut self.tracks[life.track];
                track.death_type = Some(kind.clone());
                if let Some(last) = track.samples.last_mut().filter(|_| down.sampled) {
                    last.event = event_of(kind);
                }
                let (time, at) = (down.since, down.at);
                self.note_death(slot, kind, by, (time, at), moment);
                return;
            }
            None => {}
        }
        let mut source_of_end = None;
        if let Some((view, source)) = view.filter(|(view, _)| view.condition != Condition::Away) {
            life.look(view, now);
            source_of_end = Some(source);
        } else if let Some(at) = at.filter(|at| at.is_plausible()) {
            life.last.at = at;
            life.last_time = now;
            source_of_end = Some(Source::Seen);
        } else if life.is_fresh(now) {
            source_of_end = Some(Source::Recorded);
        }
        let at = life.last.at;
        self.note_death(slot, kind, by, (now, at), moment);
        if *kind == DeathType::TeamChange {
            self.close(slot, kind, now, source_of_end.map(|source| (source, Some(0))));
            return;
        }
        if let Some(source) = source_of_end {
            self.lie_down(slot, kind, source, now);
        } else if let Some(life) = &mut self.slots[usize::from(slot)].life {
            life.down = Some(down(life, now, true, false));
            self.tracks[life.track].death_type = Some(kind.clone());
            self.tracks[life.track].end = Some(now);
        }
    }

    fn note_death(
        &mut self,
        slot: u8,
        kind: &DeathType,
        by: Option<&Player>,
        (time, at): (LevelTime, WorldPoint),
        moment: Moment,
    ) {
        self.carries.end(slot, kind, time);
        let Some(life) = &self.slots[usize::from(slot)].life else { return };
        let Some(target) = moment.roster.get(slot) else { return };
        let team = &self.tracks[life.track].team;
        self.engagements.death(slot, (target, team), by, (kind, time), at);
    }

    /// Writes down a death; the life may still be saved by a medic.
    fn lie_down(&mut self, slot: u8, kind: &DeathType, source: Source, now: LevelTime) {
        self.carries.end(slot, kind, now);
        self.sample(slot, (now, event_of(kind)), source, Some(0));
        let Some(life) = &mut self.slots[usize::from(slot)].life else { return };
        life.down = Some(down(life, now, *kind != DeathType::Unknown, true));
        let track = &mut self.tracks[life.track];
        track.end = Some(now);
        track.death_type = Some(kind.clone());
    }

    fn is_revive(&self, slot: u8, view: &View, moment: Moment) -> bool {
        let Some(down) = self.slots[usize::from(slot)].life.as_ref().and_then(|life| life.down.as_ref())
        else {
            return false;
        };
        if let (Some(before), Some(now)) = (down.own, view.own) {
            return now.revives != before.revives;
        }
        if moment.revives.iter().any(|(_, patient)| *patient == slot) {
            return true;
        }
        let toggled = (down.flags ^ view.flags) & FLAG_TELEPORT != 0;
        toggled && down.at.distance_3d(view.at) < REVIVED_WITHIN_UNITS
    }

    fn revive(&mut self, slot: u8, view: View, source: Source, moment: Moment) {
        let now = moment.now;
        let at = view.at;
        let Some(life) = &mut self.slots[usize::from(slot)].life else { return };
        life.rise(view, now);
        let track = &mut self.tracks[life.track];
        track.end = None;
        track.death_type = None;
        self.sample(slot, (now, Event::Revived), source, None);
        let Some(patient) = moment.roster.get(slot) else { return };
        let medic = moment.revives.iter().find(|(_, revived)| *revived == slot);
        let medic = medic.and_then(|(medic, _)| moment.roster.get(*medic));
        self.revives.push(Revive {
            time: now,
            guid: patient.guid.clone(),
            name: patient.name.clone(),
            medic_guid: medic.map_or_else(|| "".into(), |medic| medic.guid.clone()),
            at,
        });
    }

    fn changed_sides(&self, slot: u8, view: &View) -> bool {
        let Some(life) = &self.slots[usize::from(slot)].life else { return false };
        view.team.as_ref().is_some_and(|team| *team != self.tracks[life.track].team)
    }

    /// Whether a player who was alive a moment ago lives another life now: the obituary was lost.
    fn respawned(&self, slot: u8, view: &View) -> bool {
        let Some(life) = &self.slots[usize::from(slot)].life else { return false };
        match (life.last.own, view.own) {
            (Some(before), Some(now)) => now.spawns != before.spawns && now.revives == before.revives,
            _ => false,
        }
    }

    /// A living player's life ends without a death.
    pub(super) fn end(&mut self, slot: u8, kind: &DeathType, now: LevelTime) {
        self.engagements.end(slot, kind, now);
        let fresh = self.slots[usize::from(slot)].life.as_ref().is_some_and(|life| life.is_fresh(now));
        self.close(slot, kind, now, fresh.then_some((Source::Recorded, None)));
    }

    /// A living player is replaced or gone without a word: what is not known is not written.
    fn abandon(&mut self, slot: u8, now: LevelTime) {
        self.engagements.end(slot, &DeathType::Unknown, now);
        self.close(slot, &DeathType::Unknown, now, None);
    }

    fn close(&mut self, slot: u8, kind: &DeathType, now: LevelTime, last: Option<(Source, Option<i16>)>) {
        if let Some((source, health)) = last {
            // What is repeated at the end is known as well as it was when it was seen.
            let source = self.last_source(slot).filter(|_| health.is_none()).unwrap_or(source);
            self.sample(slot, (now, event_of(kind)), source, health);
        }
        self.carries.end(slot, kind, now);
        if let Some(life) = self.slots[usize::from(slot)].life.take() {
            let track = &mut self.tracks[life.track];
            track.end = Some(now);
            track.death_type = Some(kind.clone());
        }
    }

    fn last_source(&self, slot: u8) -> Option<Source> {
        let life = self.slots[usize::from(slot)].life.as_ref()?;
        self.sources[life.track].samples.last().map(|source| source.place)
    }

    fn finish_down(&mut self, slot: u8) {
        self.slots[usize::from(slot)].life = None;
    }

    /// Ends all lives; those that are down ended with their death.
    pub(super) fn end_all(&mut self, kind: &DeathType, now: LevelTime) {
        for slot in 0..self.slots.len() as u8 {
            if self.is_alive(slot) {
                self.end(slot, kind, now);
            } else {
                self.finish_down(slot);
            }
        }
    }
}

fn down(life: &OpenLife, since: LevelTime, told: bool, sampled: bool) -> Down {
    Down { since, at: life.last.at, own: life.last.own, sampled, told, flags: life.last.flags }
}

fn new_track(player: &Player, team: Team, class: Class, now: LevelTime) -> Track {
    Track {
        guid: player.guid.clone(),
        name: player.name.clone(),
        team,
        class,
        spawn: now,
        end: None,
        first_move: None,
        death_type: None,
        declared_samples: 0,
        samples: Vec::new(),
        other_events: Vec::new(),
        tails: crate::model::Tails::default(),
    }
}

/// The event of a life's last sample.
fn event_of(kind: &DeathType) -> Event {
    match kind {
        DeathType::Killed => Event::Killed,
        DeathType::SelfKill => Event::SelfKill,
        DeathType::Fallen => Event::Fallen,
        DeathType::World => Event::World,
        DeathType::TeamKill => Event::TeamKill,
        DeathType::RoundEnd => Event::RoundEnd,
        DeathType::TeamChange => Event::TeamChange,
        DeathType::Disconnect => Event::Disconnect,
        DeathType::Shutdown => Event::Shutdown,
        DeathType::Unknown | DeathType::Other(_) => Event::Unknown,
    }
}
