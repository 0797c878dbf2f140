//! Obituaries: who killed whom, told to every client.

use super::family::{EventNumbers, Family, Meaning};
use super::means::Means;
use crate::demo::delta::Entity;
use crate::demo::delta::fields::entity;
use crate::geom::WorldPoint;
use crate::model::Weapon;

/// Entity types among which an unknown mod's obituaries are looked for.
const CANDIDATES: std::ops::RangeInclusive<i32> = 120..=145;
const FIRST_CANDIDATE: i32 = *CANDIDATES.start();
const SLOTS: i32 = 64;

/// A death as the server told it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::demo) struct Obituary {
    pub(in crate::demo) victim: u8,
    /// The killer's slot; `None` for the world.
    pub(in crate::demo) killer: Option<u8>,
    pub(in crate::demo) means: Means,
    /// The killer's weapon, where the mod tells.
    pub(in crate::demo) weapon: Option<Weapon>,
    pub(in crate::demo) head_shot: bool,
    /// Where the victim was, where the mod tells.
    pub(in crate::demo) at: Option<WorldPoint>,
}

/// An event entity: number, type, and the two entities it is about.
type Told = (u16, i32, i32, i32);

/// Finds each event once although its entity stays for about 300 ms.
#[derive(Debug, Default)]
pub(in crate::demo) struct Obituaries {
    /// The event entities of the snapshot before.
    before: Vec<Told>,
    now: Vec<Told>,
    /// How often an event of each type was about a player who died at that moment; for unknown mods.
    votes: [u32; 26],
}

impl Obituaries {
    /// Forgets what was told, at a new gamestate.
    pub(in crate::demo) fn forget(&mut self) {
        self.before.clear();
    }

    /// The obituaries and revives (medic, revived) that are new in a snapshot. `dies` tells whether a slot's player
    /// dies in it; that is how an unknown mod's obituaries are found.
    pub(in crate::demo) fn new_ones(
        &mut self,
        entities: &[Entity],
        meaning: &Meaning,
        dies: impl Fn(u8) -> bool,
        obituaries: &mut Vec<Obituary>,
        revives: &mut Vec<(u8, u8)>,
    ) {
        obituaries.clear();
        revives.clear();
        self.now.clear();
        for told in entities {
            let kind = told.int(entity::TYPE);
            let wanted = match meaning.events {
                EventNumbers::Known { obituary, revive } => kind == obituary || Some(kind) == revive,
                EventNumbers::Unknown => CANDIDATES.contains(&kind),
            };
            if !wanted {
                continue;
            }
            let key = (told.number, kind, told.int(entity::OTHER), told.int(entity::OTHER_2));
            self.now.push(key);
            if self.before.contains(&key) {
                continue;
            }
            if matches!(meaning.events, EventNumbers::Known { revive, .. } if revive == Some(kind)) {
                let slot = |field| u8::try_from(told.int(field)).ok().filter(|slot| i32::from(*slot) < SLOTS);
                revives.extend(slot(entity::CLIENT).zip(slot(entity::EVENT_PARAMETER)));
                continue;
            }
            let Some(victim) = u8::try_from(key.2).ok().filter(|_| key.2 < SLOTS) else { continue };
            if meaning.events == EventNumbers::Unknown && !self.is_obituary(kind, dies(victim)) {
                continue;
            }
            let weapon = told.int(entity::WEAPON);
            obituaries.push(Obituary {
                victim,
                killer: u8::try_from(key.3).ok().filter(|_| key.3 < SLOTS),
                means: Means::of(meaning.family, told.int(entity::EVENT_PARAMETER)),
                weapon: u8::try_from(weapon).ok().filter(|number| *number != 0).map(Weapon),
                head_shot: meaning.family == Family::Legacy && told.int(entity::LOOP_SOUND) == 1,
                at: (meaning.family == Family::Classic).then(|| {
                    let [x, y, z] = told.vector(entity::ORIGIN);
                    WorldPoint::new(x, y, z)
                }),
            });
        }
        std::mem::swap(&mut self.before, &mut self.now);
    }

    /// Whether a type stands for obituaries: more events of it than of any other were about a player who died.
    fn is_obituary(&mut self, kind: i32, dies: bool) -> bool {
        let place = (kind - FIRST_CANDIDATE) as usize;
        self.votes[place] += u32::from(dies);
        self.votes[place] > 0 && self.votes.iter().all(|votes| *votes <= self.votes[place])
    }
}
