//! Who carries an objective while a round is played.

use crate::geom::WorldPoint;
use crate::model::{DeathType, LevelTime, ObjectiveDeed, ObjectiveEvent, Team};

/// The outcome of a carry whose player lived on: delivered or dropped, which a player's state does not tell.
const RELEASED: &str = "released";

#[derive(Debug)]
struct Carry {
    slot: u8,
    event: ObjectiveEvent,
    seen: LevelTime,
}

/// What was carried so far, and what is being carried.
#[derive(Debug, Default)]
pub(super) struct Carries {
    open: Vec<Carry>,
    over: Vec<ObjectiveEvent>,
}

impl Carries {
    /// A living player of `team` is looked at, who `carries` the objective of a side, or nothing.
    pub(super) fn look(
        &mut self,
        slot: u8,
        team: &Team,
        carries: Option<&Team>,
        (now, at): (LevelTime, WorldPoint),
    ) {
        let objective = carries.map_or("", Team::as_str);
        if let Some(open) = self.open.iter_mut().find(|open| open.slot == slot) {
            if *open.event.objective == *objective {
                open.seen = now;
                return;
            }
            self.release(slot, RELEASED, now);
        }
        if carries.is_some() {
            let deed = ObjectiveDeed::Carry { until: None, outcome: "".into() };
            let event = ObjectiveEvent {
                time: now,
                team: team.clone(),
                deed,
                objective: objective.into(),
                at: Some(at),
            };
            self.open.push(Carry { slot, event, seen: now });
        }
    }

    /// A player's life ends.
    pub(super) fn end(&mut self, slot: u8, kind: &DeathType, now: LevelTime) {
        self.release(slot, kind.as_str(), now);
    }

    fn release(&mut self, slot: u8, outcome: &str, now: LevelTime) {
        if let Some(place) = self.open.iter().position(|open| open.slot == slot) {
            let mut carry = self.open.swap_remove(place);
            carry.event.deed = ObjectiveDeed::Carry { until: Some(now), outcome: outcome.into() };
            self.over.push(carry.event);
        }
    }

    /// All that was carried, in the order of time. What no look shows the end of is known to its last look.
    pub(super) fn finish(mut self) -> Vec<ObjectiveEvent> {
        for mut carry in self.open {
            carry.event.deed = ObjectiveDeed::Carry { until: Some(carry.seen), outcome: "".into() };
            self.over.push(carry.event);
        }
        self.over.sort_by_key(ObjectiveEvent::order);
        self.over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carry_ends_with_the_life_or_is_released() {
        let at = WorldPoint::new(1.0, 2.0, 3.0);
        let mut carries = Carries::default();
        let look = |carries: &mut Carries, of: Option<&Team>, ms| {
            carries.look(4, &Team::Allies, of, (LevelTime(ms), at));
        };
        look(&mut carries, None, 0);
        for ms in [50, 100, 150] {
            look(&mut carries, Some(&Team::Axis), ms);
        }
        look(&mut carries, None, 200);
        look(&mut carries, Some(&Team::Axis), 300);
        carries.end(4, &DeathType::Killed, LevelTime(350));
        carries.end(4, &DeathType::RoundEnd, LevelTime(400));
        look(&mut carries, Some(&Team::Axis), 500);
        look(&mut carries, Some(&Team::Axis), 550);
        let told: Vec<_> = carries.finish().into_iter().map(|event| (event.time.0, event.deed)).collect();
        let carry = |until, outcome: &str| ObjectiveDeed::Carry {
            until: Some(LevelTime(until)),
            outcome: outcome.into(),
        };
        assert_eq!(told, [(50, carry(200, "released")), (300, carry(350, "killed")), (500, carry(550, ""))]);
    }
}
