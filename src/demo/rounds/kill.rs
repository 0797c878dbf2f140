//! One line of a kill list.

use std::collections::BTreeMap;

use crate::demo::meaning::Means;
use crate::geom::WorldPoint;
use crate::model::{DeathType, Guid, LevelTime, PlayerName, Team, Weapon};

/// Who was there when a player died.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// The slot on the server.
    pub slot: u8,
    /// Identity within the demo.
    pub guid: Guid,
    /// Name at that time.
    pub name: PlayerName,
    /// Side; `None` when it is not known.
    pub team: Option<Team>,
    /// Where the player was; `None` when that was not visible.
    pub at: Option<WorldPoint>,
}

/// A death, as the server told every client.
#[derive(Debug, Clone, PartialEq)]
pub struct Kill {
    /// When, on the round's clock.
    pub time: LevelTime,
    /// When, on the demo's own clock, ms: where to jump to in a player.
    pub server_time: i32,
    /// Who died.
    pub victim: Party,
    /// Who did it; `None` for the world.
    pub killer: Option<Party>,
    /// How the death counts.
    pub kind: DeathType,
    /// What the victim died of.
    pub means: Means,
    /// The weapon behind it, else the one in the killer's hands where the mod tells.
    pub weapon: Option<Weapon>,
    /// Whether the last hit was a head shot; always false where the mod does not tell.
    pub head_shot: bool,
}

/// For each death of a kill list, in its order: which kill of a run of the same killer it is, 1 for the first; 0 when it
/// is no kill of an enemy. Kills of
/// enemies belong to one run as long as each comes at most `within_ms` after the one before.
pub fn multi_kills(kills: &[Kill], within_ms: i64) -> Vec<u32> {
    let mut runs: BTreeMap<&Guid, (LevelTime, u32)> = BTreeMap::new();
    let mut places = Vec::with_capacity(kills.len());
    for kill in kills {
        let killer = kill.killer.as_ref().filter(|_| kill.kind == DeathType::Killed);
        let Some(killer) = killer else {
            places.push(0);
            continue;
        };
        let run = runs.entry(&killer.guid).or_insert((kill.time, 0));
        run.1 = if kill.time.since(run.0) <= within_ms { run.1 + 1 } else { 1 };
        run.0 = kill.time;
        places.push(run.1);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(slot: u8) -> Party {
        Party {
            slot,
            guid: Guid::new(format!("SLOT{slot}_1")),
            name: PlayerName::from("p"),
            team: None,
            at: None,
        }
    }

    #[test]
    fn a_run_goes_on_while_each_kill_comes_soon_after_the_one_before() {
        let kill = |ms, killer: u8, kind| Kill {
            time: LevelTime(ms),
            server_time: ms,
            victim: party(9),
            killer: Some(party(killer)),
            kind,
            means: Means { name: "mp40", weapon: None },
            weapon: None,
            head_shot: false,
        };
        let kills = [
            kill(0, 1, DeathType::Killed),
            kill(2_000, 2, DeathType::Killed),
            kill(3_000, 1, DeathType::Killed),
            kill(3_500, 1, DeathType::TeamKill),
            kill(6_000, 1, DeathType::Killed),
            kill(9_001, 1, DeathType::Killed),
        ];
        assert_eq!(multi_kills(&kills, 3_000), [1, 1, 2, 0, 3, 1]);
    }
}
