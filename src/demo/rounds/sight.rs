//! How much of the other players a recorder saw.

use super::provenance::Source;
use super::roster::Roster;
use crate::demo::meaning::{Condition, Teammate, View};
use crate::demo::state::ConfigStrings;
use crate::model::{LevelTime, RecorderView, Team};

/// The wave interval of a server that does not tell its own, ms.
const USUAL_WAVE_MS: u32 = 30_000;

/// Stretches of a round's clock, in order and apart from each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spans(Vec<(LevelTime, LevelTime)>);

impl Spans {
    /// Adds a stretch that does not begin before the last one does.
    fn add(&mut self, from: LevelTime, to: LevelTime) {
        match self.0.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => self.0.push((from, to)),
        }
    }

    /// What lies in either of two.
    fn joined(self, other: Self) -> Self {
        let mut all = self.0;
        all.extend(other.0);
        all.sort_unstable();
        let mut joined = Self::default();
        for (from, to) in all {
            joined.add(from, to);
        }
        joined
    }

    /// How long they are together, ms.
    pub fn ms(&self) -> u64 {
        self.0.iter().map(|(from, to)| to.since(*from).unsigned_abs()).sum()
    }
}

/// What a client's demo shows of a player who is not its recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The player's slot on the server.
    pub slot: u8,
    /// When the player was alive. Where a spawn was not seen, it is taken to come with the next wave after the death.
    pub alive: Spans,
    /// When the player was alive and in view.
    pub seen: Spans,
}

/// The sights of one round by several recorders as one. Who is missing in one of them recorded that one, and is known
/// from there.
pub(in crate::demo) fn joined(recordings: impl IntoIterator<Item = Vec<Sight>>) -> Vec<Sight> {
    let join = |mine: Vec<Sight>, mut theirs: Vec<Sight>| {
        let both = mine.into_iter().filter_map(|sight| {
            let other = theirs.iter().position(|other| other.slot == sight.slot)?;
            let other = theirs.swap_remove(other);
            Some(Sight {
                slot: sight.slot,
                alive: sight.alive.joined(other.alive),
                seen: sight.seen.joined(other.seen),
            })
        });
        both.collect()
    };
    recordings.into_iter().reduce(join).unwrap_or_default()
}

/// All of them in two numbers.
pub(in crate::demo) fn recorder_view(sights: &[Sight]) -> RecorderView {
    let sum = |of: fn(&Sight) -> &Spans| sights.iter().map(|sight| of(sight).ms()).sum();
    RecorderView { seen_ms: sum(|sight| &sight.seen), alive_ms: sum(|sight| &sight.alive) }
}

/// A player who is not the recorder, while the round goes on.
#[derive(Debug)]
struct Other {
    team: Team,
    /// Since when the player is dead or waits to spawn.
    out_since: Option<LevelTime>,
    sight: Sight,
}

/// What a snapshot tells about who is alive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) recorder: u8,
    pub(super) roster: &'a Roster,
    pub(super) views: &'a [Option<(View, Source)>],
    /// Who died.
    pub(super) victims: &'a [u8],
    pub(super) mates: &'a [Teammate],
    /// Axis and Allied wave intervals, ms.
    pub(super) waves_ms: [Option<u32>; 2],
}

/// Watches, over a round, how long the others are alive and how long in view.
#[derive(Debug, Default)]
pub(super) struct Sights {
    others: Vec<Other>,
    last: Option<LevelTime>,
}

impl Sights {
    /// Takes in a snapshot; `continuous` when the one before was a moment ago.
    pub(super) fn watch(&mut self, now: LevelTime, continuous: bool, told: Told) {
        let first = self.last.is_none();
        let since = self.last.replace(now).filter(|last| continuous && *last < now);
        for slot in (0..ConfigStrings::MAX_PLAYERS as u8).filter(|slot| *slot != told.recorder) {
            let Some(team) = told.roster.get(slot).and_then(|player| player.team.clone()) else {
                self.leave(slot, now);
                continue;
            };
            let other = self.other(slot, team, (now, first));
            let view = told.views[usize::from(slot)].as_ref().map(|(view, _)| view.condition);
            other.take_in(now, view, slot, told);
            if let Some(since) = since.filter(|_| other.out_since.is_none()) {
                other.sight.alive.add(since, now);
                if view == Some(Condition::Alive) {
                    other.sight.seen.add(since, now);
                }
            }
        }
    }

    /// A player of this slot is in the game, on this side. Who comes or changes sides waits for a spawn; at the first
    /// snapshot all are taken to be alive.
    fn other(&mut self, slot: u8, team: Team, (now, first): (LevelTime, bool)) -> &mut Other {
        let place = self.others.iter().position(|other| other.sight.slot == slot).unwrap_or_else(|| {
            let sight = Sight { slot, alive: Spans::default(), seen: Spans::default() };
            let out_since = (!first).then_some(now);
            self.others.push(Other { team: team.clone(), out_since, sight });
            self.others.len() - 1
        });
        let other = &mut self.others[place];
        if other.team != team {
            other.team = team;
            other.out_since = Some(now);
        }
        other
    }

    /// No player of a side has the slot: whoever takes it next waits for a spawn.
    fn leave(&mut self, slot: u8, now: LevelTime) {
        if let Some(other) = self.others.iter_mut().find(|other| other.sight.slot == slot) {
            other.out_since = Some(now);
        }
    }

    /// What the round came to, in the order of the slots.
    pub(super) fn finish(self) -> Vec<Sight> {
        let mut sights: Vec<Sight> = self.others.into_iter().map(|other| other.sight).collect();
        sights.sort_by_key(|sight| sight.slot);
        sights
    }
}

impl Other {
    fn take_in(&mut self, now: LevelTime, view: Option<Condition>, slot: u8, told: Told) {
        let mate = told.mates.iter().find(|mate| mate.slot == slot);
        let alive = view == Some(Condition::Alive) || (view.is_none() && mate.is_some_and(|m| m.health > 0));
        let out = view == Some(Condition::Down)
            || mate.is_some_and(|mate| mate.health <= 0)
            || told.victims.contains(&slot);
        let [axis, allies] = told.waves_ms;
        let wave_ms = if self.team == Team::Axis { axis } else { allies };
        let wave_ms = i64::from(wave_ms.unwrap_or(USUAL_WAVE_MS));
        self.out_since = match self.out_since {
            _ if alive => None,
            None if out => Some(now),
            Some(since) if view.is_none() && now.since(since) >= wave_ms => None,
            known => known,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(list: &[(i32, i32)]) -> Spans {
        let mut spans = Spans::default();
        for (from, to) in list {
            spans.add(LevelTime(*from), LevelTime(*to));
        }
        spans
    }

    #[test]
    fn what_two_recorders_saw_counts_once() {
        let one = spans(&[(0, 50), (50, 100), (300, 350)]);
        assert_eq!(one.ms(), 150);
        assert_eq!(one.joined(spans(&[(20, 120), (350, 400)])), spans(&[(0, 120), (300, 400)]));
        let sight = |slot, seen| Sight { slot, alive: spans(&[(0, 400)]), seen: spans(seen) };
        let first = vec![sight(1, &[(0, 100)]), sight(2, &[])];
        let second = vec![sight(0, &[(0, 400)]), sight(2, &[(100, 200)])];
        let both = joined([first, second]);
        assert_eq!(both, [sight(2, &[(100, 200)])]);
        assert_eq!(recorder_view(&both), RecorderView { seen_ms: 100, alive_ms: 400 });
    }
}
