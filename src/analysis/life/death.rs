//! How a life really ended.

use std::collections::BTreeMap;

use super::cleaned::Life;
use crate::geom::WorldPoint;
use crate::model::{
    DeathType, Engagement, Event, Family, Guid, LevelTime, Outcome, PlayerName, Round, Team, Track, Weapon,
};

/// A death and the engagement that explains it end within this many milliseconds of each other.
const SAME_MOMENT_MS: i64 = 100;

/// How a life really ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeathKind {
    /// By an enemy.
    Killed,
    /// By a team-mate.
    TeamKill,
    /// A self kill (or, where no engagement tells, by a carbine).
    SelfKill,
    /// By a fall (or, where no engagement tells, by a K98).
    Fallen,
    /// By the world.
    World,
    /// Alive at the end of the round.
    Survived,
    /// Changed sides while alive.
    ChangedSides,
    /// Left the server.
    Left,
    /// A new spawn replaced a life that was still open.
    Replaced,
    /// Tracker 4.0 wrote the same word for a death and a disconnect, and no engagement tells.
    DiedOrLeft,
    /// The file does not say.
    Unknown,
}

impl DeathKind {
    /// The words shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::TeamKill => "killed by a team-mate",
            Self::SelfKill => "self kill",
            Self::Fallen => "fell",
            Self::World => "killed by the world",
            Self::Survived => "alive at the end",
            Self::ChangedSides => "changed sides",
            Self::Left => "left the server",
            Self::Replaced => "spawned again",
            Self::DiedOrLeft => "died or left",
            Self::Unknown => "not known",
        }
    }

    /// Whether the player died for certain.
    pub const fn is_death(self) -> bool {
        matches!(self, Self::Killed | Self::TeamKill | Self::SelfKill | Self::Fallen | Self::World)
    }
}

/// How a life ended, corrected with the engagements of the round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// What really happened, as far as the file can tell.
    pub kind: DeathKind,
    /// The killer, where an engagement tells.
    pub killer: Option<(Guid, PlayerName)>,
    /// The weapon that the killer hit most with; the last hit's is not recorded.
    pub weapon: Option<Weapon>,
    /// Whether the file said something else.
    pub corrected: bool,
}

/// A kill of an enemy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnemyKill<'a> {
    /// The killer, as [`Guid::within_file`] tells players apart.
    pub killer: (&'a Guid, &'a str),
    /// The victim, likewise; `None` where it may be any player's.
    pub victim: Option<(&'a Guid, &'a str)>,
    /// The victim's name.
    pub victim_name: &'a PlayerName,
    /// The weapon that the killer hit most with, where the file tells.
    pub weapon: Option<Weapon>,
    /// Where the victim died.
    pub at: WorldPoint,
    /// When.
    pub time: LevelTime,
}

/// The engagements of a round, ready to explain deaths.
#[derive(Debug)]
pub struct Deaths<'a> {
    round: &'a Round,
    /// By victim; those that may be anyone's are left out.
    kills: BTreeMap<(&'a Guid, &'a str), Vec<&'a Engagement>>,
}

impl<'a> Deaths<'a> {
    /// Gathers a round's kills.
    pub fn of(round: &'a Round) -> Self {
        let mut kills: BTreeMap<(&Guid, &str), Vec<&Engagement>> = BTreeMap::new();
        for engagement in &round.engagements {
            if matches!(engagement.outcome, Outcome::Killed | Outcome::TeamKill)
                && let Some(victim) = engagement.target_guid.within_file(engagement.target_name.as_str())
            {
                kills.entry(victim).or_default().push(engagement);
            }
        }
        for list in kills.values_mut() {
            list.sort_by_key(|engagement| engagement.end);
        }
        Self { round, kills }
    }

    /// How a life ended.
    ///
    /// Every tracker but the V5-early branch and our own took means of death 37 and 38 for suicide and falling, so a
    /// kill by carbine reads `selfkill` and one by K98 reads `fallen`. An engagement that ended at the same moment with
    /// another player as killer corrects that. A real fall reads `world` in those files.
    pub fn of_track(&self, track: &Track) -> Death {
        let last = track.samples.last().map(|s| s.event).filter(|e| e.is_terminal());
        let written = match &track.death_type {
            Some(word) => by_word(word),
            None => last.map_or(DeathKind::Unknown, by_event),
        };
        self.explained(track, written, track.end)
    }

    /// Every death of a life, each once, with its sample's index: those that a revive followed, and the end. An end that a
    /// window cuts off is none.
    pub fn of_life(&self, life: &Life<'_>) -> Vec<(usize, Death)> {
        let (track, samples) = (life.track(), life.samples());
        let Some((last, before)) = samples.split_last() else { return Vec::new() };
        let mut deaths: Vec<(usize, Death)> = before
            .iter()
            .enumerate()
            .filter(|(_, sample)| sample.event.is_terminal())
            .map(|(index, sample)| (index, self.explained(track, by_event(sample.event), Some(sample.time))))
            .collect();
        if track.samples.last().is_some_and(|end| end.time == last.time) {
            deaths.push((before.len(), self.of_track(track)));
        }
        deaths.retain(|(_, death)| death.kind.is_death());
        deaths
    }

    /// Kills of enemies as the server counts them: each death once, one that a revive follows too; no team kills.
    pub fn enemy_kills(&self) -> impl Iterator<Item = EnemyKill<'a>> {
        let once = |list: &Vec<&'a Engagement>| -> Vec<&'a Engagement> {
            let mut list = list.clone();
            list.dedup_by(|later, first| later.end.since(first.end) <= SAME_MOMENT_MS);
            list
        };
        self.kills.values().flat_map(once).filter_map(|engagement| {
            let guid = engagement.killer_guid.as_ref()?;
            let killer = guid.within_file(engagement.killer_name.as_ref().map_or("", PlayerName::as_str))?;
            let victim = engagement.target_guid.within_file(engagement.target_name.as_str());
            let enemy = engagement.outcome == Outcome::Killed
                && Some(killer) != victim
                && !is_team_mate(engagement, &engagement.target_team);
            enemy.then(|| EnemyKill {
                killer,
                victim,
                victim_name: &engagement.target_name,
                weapon: weapon_of(engagement),
                at: engagement.end_at,
                time: engagement.end,
            })
        })
    }

    /// What a life's file says of a death at a moment, set right by the engagement that ended then.
    fn explained(&self, track: &Track, written: DeathKind, end: Option<LevelTime>) -> Death {
        let survived = matches!(
            written,
            DeathKind::Survived | DeathKind::ChangedSides | DeathKind::Left | DeathKind::Replaced
        );
        let Some(kill) = end.and_then(|end| self.kill(track, end)).filter(|_| !survived) else {
            return Death { kind: written, killer: None, weapon: None, corrected: false };
        };
        let (guid, name) = (kill.killer_guid.clone(), kill.killer_name.clone());
        let killer = guid.map(|guid| (guid, name.unwrap_or_else(|| PlayerName::from(""))));
        let by_another = killer.as_ref().is_some_and(|(guid, _)| *guid != track.guid);
        let trusted = self.round.meta.own_module || self.round.meta.family == Family::V5Early;
        let doubtful = matches!(written, DeathKind::SelfKill | DeathKind::Fallen) && !trusted;
        let unsaid = matches!(written, DeathKind::DiedOrLeft | DeathKind::Unknown);
        let kind = match (doubtful || unsaid, by_another) {
            (true, true) if is_team_mate(kill, &track.team) => DeathKind::TeamKill,
            (true, true) => DeathKind::Killed,
            (true, false) if unsaid && killer.is_some() => DeathKind::SelfKill,
            _ => written,
        };
        Death {
            kind,
            killer: killer.filter(|_| by_another),
            weapon: weapon_of(kill).filter(|_| by_another),
            corrected: kind != written && !unsaid,
        }
    }

    /// The kill of this life's player that ended at a moment.
    fn kill(&self, track: &Track, end: LevelTime) -> Option<&'a Engagement> {
        let list = self.kills.get(&track.guid.within_file(track.name.as_str())?)?;
        let near = list.partition_point(|engagement| engagement.end.since(end) < -SAME_MOMENT_MS);
        let candidates =
            list[near..].iter().take_while(|engagement| engagement.end.since(end) <= SAME_MOMENT_MS);
        candidates.min_by_key(|engagement| engagement.end.since(end).abs()).copied()
    }
}

/// What the killer hit most with; of several the first in the list of weapons.
fn weapon_of(kill: &Engagement) -> Option<Weapon> {
    let killer = kill.attackers.iter().find(|attacker| Some(&attacker.guid) == kill.killer_guid.as_ref())?;
    let most = killer.weapons.iter().max_by_key(|hits| (hits.hits, std::cmp::Reverse(hits.weapon.0)))?;
    Some(most.weapon).filter(|weapon| weapon.0 != 0)
}

fn is_team_mate(kill: &Engagement, victims: &Team) -> bool {
    let killer = kill.killer_guid.as_ref();
    let side = |team: &Team| matches!(team, Team::Axis | Team::Allies) && team == victims;
    kill.attackers.iter().any(|a| Some(&a.guid) == killer && side(&a.team))
}

fn by_word(word: &DeathType) -> DeathKind {
    match word {
        DeathType::Killed => DeathKind::Killed,
        DeathType::SelfKill => DeathKind::SelfKill,
        DeathType::Fallen => DeathKind::Fallen,
        DeathType::World => DeathKind::World,
        DeathType::TeamKill => DeathKind::TeamKill,
        DeathType::RoundEnd | DeathType::Shutdown => DeathKind::Survived,
        DeathType::TeamChange => DeathKind::ChangedSides,
        DeathType::Disconnect => DeathKind::Left,
        DeathType::Unknown => DeathKind::Replaced,
        DeathType::Other(_) => DeathKind::Unknown,
    }
}

fn by_event(event: Event) -> DeathKind {
    match event {
        Event::Killed => DeathKind::Killed,
        Event::SelfKill => DeathKind::SelfKill,
        Event::Fallen => DeathKind::Fallen,
        Event::World => DeathKind::World,
        Event::TeamKill => DeathKind::TeamKill,
        Event::RoundEnd | Event::Shutdown => DeathKind::Survived,
        Event::TeamChange => DeathKind::ChangedSides,
        Event::Disconnect => DeathKind::Left,
        Event::Unknown => DeathKind::Replaced,
        Event::Death => DeathKind::DiedOrLeft,
        Event::Spawn | Event::Sample | Event::Revived | Event::Other(_) => DeathKind::Unknown,
    }
}
