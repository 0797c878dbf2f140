//! Deaths as the figure shows them: where, of whom, by whom and with what.

use crate::analysis::{Death, DeathKind, Deaths, Life, Lives, Places, PlayerPattern};
use crate::geom::WorldPoint;
use crate::model::{Guid, LevelTime, PlayerName, Team, Weapon};

/// A killer's last sample tells the killer's place if it is not older than this, ms.
const FRESH_MS: i64 = 1_500;

/// One death on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Kill {
    /// Where the victim died.
    pub at: WorldPoint,
    /// The victim's side.
    pub team: Team,
    /// The victim.
    pub victim: (Guid, PlayerName),
    /// What happened.
    pub kind: DeathKind,
    /// The killer, if an engagement tells.
    pub by: Option<(Guid, PlayerName)>,
    /// The weapon that the killer hit most with.
    pub weapon: Option<Weapon>,
    /// Where the killer stood and on whose side, if an engagement names the killer and a track has the place.
    pub killer: Option<(WorldPoint, Team)>,
    /// The moment, on the file's own clock.
    pub time: LevelTime,
}

impl Kill {
    /// Whether a player did it.
    pub fn is_by_player(&self) -> bool {
        matches!(self.kind, DeathKind::Killed | DeathKind::TeamKill)
    }

    /// Whether the killer is one of these; any if there are none.
    pub(super) fn is_by(&self, killers: &[PlayerPattern]) -> bool {
        killers.is_empty() || self.by.as_ref().is_some_and(|player| is_one_of(player, killers))
    }

    /// Whether the victim is one of these; any if there are none.
    pub(super) fn is_of(&self, victims: &[PlayerPattern]) -> bool {
        victims.is_empty() || is_one_of(&self.victim, victims)
    }

    /// Whether the weapon has one of these names, or one that begins so; any if there are none.
    pub(super) fn is_with(&self, weapons: &[String]) -> bool {
        let begins = |word: &String| {
            let name = self.weapon.map(|weapon| weapon.name().to_lowercase());
            name.is_some_and(|name| name.starts_with(&word.trim().to_lowercase()))
        };
        weapons.is_empty() || weapons.iter().any(begins)
    }
}

fn is_one_of((guid, name): &(Guid, PlayerName), players: &[PlayerPattern]) -> bool {
    players.iter().any(|player| player.matches(guid.as_str(), name))
}

/// Where the killer stood at a moment and on whose side, if an engagement names the killer and one of the lives has the place.
pub(in crate::figure) fn killer_place(
    places: &Places<'_, '_>,
    death: &Death,
    time: LevelTime,
) -> Option<(WorldPoint, Team)> {
    let (guid, name) = death.killer.as_ref()?;
    let (killer, index) = places.fresh(guid, name, time, FRESH_MS)?;
    Some((killer.samples()[index].at, killer.track().team.clone()))
}

/// The deaths of a round's lives, each once, in the order of the lives: those that a revive followed, and certain ends.
/// A filter says whose deaths are shown, not who may have caused them: `everyone` are all lives of the round.
pub fn kills(lives: &Lives<'_>, everyone: &Lives<'_>) -> Vec<Kill> {
    kills_of_lives(lives, everyone).into_iter().map(|(_, kill)| kill).collect()
}

/// The same, each with the life that ended.
pub(super) fn kills_of_lives<'l, 'a>(
    lives: &'l Lives<'a>,
    everyone: &Lives<'_>,
) -> Vec<(&'l Life<'a>, Kill)> {
    let Some(first) = lives.lives.first() else { return Vec::new() };
    let deaths = Deaths::of(first.round());
    let places = Places::of(&everyone.lives);
    let kill = |life: &Life<'_>, index: usize, death: Death| {
        let (track, sample) = (life.track(), life.samples()[index]);
        let killer = killer_place(&places, &death, sample.time);
        Kill {
            at: sample.at,
            team: track.team.clone(),
            victim: (track.guid.clone(), track.name.clone()),
            kind: death.kind,
            by: death.killer,
            weapon: death.weapon,
            killer,
            time: sample.time,
        }
    };
    lives
        .lives
        .iter()
        .flat_map(|life| deaths.of_life(life).into_iter().map(move |(index, death)| (life, index, death)))
        .map(|(life, index, death)| (life, kill(life, index, death)))
        .collect()
}
