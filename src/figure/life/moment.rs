//! Kills and deaths within a life: when, where on the path, of or by whom, and with what.

use crate::analysis::{Death, DeathKind, Deaths, EnemyKill, Filter, Life, Lives, Moments, Places};
use crate::figure::kills::killer_place;
use crate::figure::paths::life_path::{LifePath, Next};
use crate::figure::words::names;
use crate::geom::WorldPoint;
use crate::model::{LevelTime, Team, Weapon};

/// Longest name of the other player, characters.
const LONGEST_NAME: usize = 16;

/// A kill or a death.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment {
    /// When, ms since the spawn. What was thrown or laid before a death may kill after it.
    pub ms: i32,
    /// Where on the path; `None` where the path is not known then.
    pub at: Option<WorldPoint>,
    /// Which of the two.
    pub kind: MomentKind,
    /// The victim or the killer, as shown; `None` where the file does not tell.
    pub player: Option<Box<str>>,
    /// What the killer hit most with, where the file tells.
    pub weapon: Option<Weapon>,
    /// Where the killer of this player stood, and on whose side.
    pub from: Option<(WorldPoint, Team)>,
}

/// What happened at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MomentKind {
    /// This player killed an enemy.
    Kill,
    /// This player died.
    Death(DeathKind),
}

impl Moment {
    pub(super) fn is_kill(&self) -> bool {
        self.kind == MomentKind::Kill
    }

    /// The other player and the weapon: `Merlin · MP40`. `None` where the file tells neither.
    pub(super) fn whom(&self) -> Option<String> {
        let weapon = self.weapon.map(|weapon| weapon.name().into_owned());
        let parts: Vec<String> = self.player.iter().map(ToString::to_string).chain(weapon).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    /// What happened, for a label on the map.
    pub(super) fn words(&self) -> String {
        match (self.kind, self.whom()) {
            (MomentKind::Kill, whom) => whom.unwrap_or_else(|| "kill".to_owned()),
            (MomentKind::Death(DeathKind::Killed), Some(by)) => format!("killed by {by}"),
            (MomentKind::Death(DeathKind::Killed), None) => "death".to_owned(),
            (MomentKind::Death(kind), Some(by)) => format!("{}, {by}", kind.label()),
            (MomentKind::Death(kind), None) => kind.label().to_owned(),
        }
    }

    /// The other player, or what else there is to say in one short word.
    pub(super) fn short(&self) -> String {
        match (&self.player, self.kind) {
            (Some(player), _) => player.to_string(),
            (None, MomentKind::Kill) => "kill".to_owned(),
            (None, MomentKind::Death(DeathKind::Killed)) => "death".to_owned(),
            (None, MomentKind::Death(kind)) => kind.label().to_owned(),
        }
    }
}

/// What the moments of a round's lives are found in.
pub(super) struct RoundMoments<'a> {
    pub deaths: Deaths<'a>,
    kills: Option<Moments<'a, EnemyKill<'a>>>,
    /// All lives of the round: a filter says whose card is drawn, not who may have killed.
    all: Lives<'a>,
}

impl<'a> RoundMoments<'a> {
    /// Of the round of some lives, of which there is at least one.
    pub(super) fn of(lives: &Lives<'a>, round: &'a crate::model::Round) -> Self {
        let all = crate::analysis::lives(round, &Filter::everything());
        Self { deaths: Deaths::of(round), kills: Moments::kills(lives), all }
    }

    /// Kills and deaths of a life, in the order of time.
    pub(super) fn of_life(&self, life: &Life<'_>, path: &LifePath) -> Vec<Moment> {
        let spawn = life.track().spawn;
        let ms = |time: LevelTime| time.since(spawn).clamp(0, i64::from(i32::MAX)) as i32;
        let kill = |(time, kill): &(LevelTime, EnemyKill<'_>)| {
            let guid = kill.victim.map_or("", |(guid, _)| guid.as_str());
            Moment {
                ms: ms(*time),
                at: place(path, ms(*time)),
                kind: MomentKind::Kill,
                player: shown(&kill.victim_name.display(), guid),
                weapon: kill.weapon,
                from: None,
            }
        };
        let places = Places::of(&self.all.lives);
        let death = |(index, death): (usize, Death)| {
            let sample = &life.samples()[index];
            Moment {
                ms: ms(sample.time),
                at: Some(sample.at),
                kind: MomentKind::Death(death.kind),
                player: death.killer.as_ref().and_then(|(guid, name)| shown(&name.display(), guid.as_str())),
                weapon: death.weapon,
                from: killer_place(&places, &death, sample.time),
            }
        };
        let kills = self.kills.as_ref().map_or(&[][..], |kills| kills.of_life(life));
        let mut moments: Vec<Moment> = kills.iter().map(kill).collect();
        moments.extend(self.deaths.of_life(life).into_iter().map(death));
        moments.sort_by_key(|moment| (moment.ms, !moment.is_kill()));
        moments
    }
}

fn shown(name: &str, guid: &str) -> Option<Box<str>> {
    (!name.trim().is_empty()).then(|| names::shown(name, guid, LONGEST_NAME).into())
}

/// Where a path is at a time since the spawn, ms; `None` in what was not walked and after its end.
fn place(path: &LifePath, ms: i32) -> Option<WorldPoint> {
    let after = path.points.partition_point(|point| point.ms <= ms);
    let before = path.points.get(after.checked_sub(1)?)?;
    if before.ms == ms {
        return Some(before.at);
    }
    let after = path.points.get(after)?;
    let share = (ms - before.ms) as f32 / (after.ms - before.ms) as f32;
    matches!(before.next, Next::Walk(_)).then(|| before.at.lerp(after.at, share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_say_what_the_file_tells() {
        let moment = |kind, player: Option<&str>, weapon| Moment {
            ms: 0,
            at: None,
            kind,
            player: player.map(Into::into),
            weapon,
            from: None,
        };
        let mp40 = Some(Weapon(3));
        let name = Weapon(3).name();
        let killed = MomentKind::Death(DeathKind::Killed);
        for (moment, words) in [
            (moment(MomentKind::Kill, Some("Merlin"), mp40), format!("Merlin · {name}")),
            (moment(MomentKind::Kill, None, None), "kill".to_owned()),
            (moment(killed, Some("Merlin"), mp40), format!("killed by Merlin · {name}")),
            (moment(killed, Some("Merlin"), None), "killed by Merlin".to_owned()),
            (moment(killed, None, None), "death".to_owned()),
            (moment(MomentKind::Death(DeathKind::Fallen), None, None), "fell".to_owned()),
            (
                moment(MomentKind::Death(DeathKind::TeamKill), Some("Osprey"), None),
                "killed by a team-mate, Osprey".to_owned(),
            ),
        ] {
            assert_eq!(moment.words(), words);
        }
    }
}
