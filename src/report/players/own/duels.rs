//! Where each player died and killed, and who got whom.

use std::collections::BTreeMap;

use crate::analysis::{DeathKind, Deaths, Moments, PlayerKey};
use crate::geom::WorldPoint;
use crate::model::PlayerName;
use crate::report::model::SessionReport;

/// A death of a player of the report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnDeath {
    /// Who died: a place in [`SessionReport::people`].
    pub victim: usize,
    /// The enemy who killed, likewise; `None` for any other death, and for killers that no file names.
    pub killer: Option<usize>,
    /// The round.
    pub round: usize,
    /// Where the victim was.
    pub at: WorldPoint,
}

/// A kill of an enemy, as the scoreboard counts them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnKill {
    /// Who killed: a place in [`SessionReport::people`].
    pub killer: usize,
    /// Who died, likewise; `None` for a player that the report is not about, a bot say.
    pub victim: Option<usize>,
    /// The round.
    pub round: usize,
    /// Where the victim was.
    pub at: WorldPoint,
}

/// How often two players killed each other, seen by one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Duel {
    /// The other: a place in [`SessionReport::people`].
    pub opponent: usize,
    /// Own kills.
    pub kills: u64,
    /// Deaths by the other.
    pub deaths: u64,
}

impl SessionReport<'_> {
    /// Every certain death, in the order of rounds and lives.
    pub(crate) fn own_deaths(&self) -> Vec<OwnDeath> {
        let places = self.places();
        let mut found = Vec::new();
        for (index, cleaned) in self.cleaned.iter().enumerate() {
            let round = &self.rounds[index];
            let deaths = Deaths::of(round);
            for life in &cleaned.lives {
                let track = life.track();
                let key = PlayerKey::of(round, &track.guid, track.name.as_str());
                let Some(&victim) = places.get(&key) else { continue };
                for (sample, death) in deaths.of_life(life) {
                    let killer = death.killer.filter(|_| death.kind == DeathKind::Killed);
                    let person = |(guid, name): (_, PlayerName)| {
                        places.get(&PlayerKey::of(round, &guid, name.as_str())).copied()
                    };
                    found.push(OwnDeath {
                        victim,
                        killer: killer.and_then(person),
                        round: index,
                        at: life.samples()[sample].at,
                    });
                }
            }
        }
        found
    }
}

impl SessionReport<'_> {
    /// Every kill that the scoreboard counts, in the order of rounds.
    pub(crate) fn own_kills(&self) -> Vec<OwnKill> {
        let places = self.places();
        let mut found = Vec::new();
        for (index, cleaned) in self.cleaned.iter().enumerate() {
            let round = &self.rounds[index];
            let Some(kills) = Moments::kills(cleaned) else { continue };
            let person = |(guid, name)| places.get(&PlayerKey::of(round, guid, name)).copied();
            for life in &cleaned.lives {
                let track = life.track();
                let Some(killer) = person((&track.guid, track.name.as_str())) else { continue };
                let of_life = kills.of_life(life).iter();
                found.extend(of_life.map(|(_, kill)| OwnKill {
                    killer,
                    victim: kill.victim.and_then(person),
                    round: index,
                    at: kill.at,
                }));
            }
        }
        found
    }
}

/// Whom each of so many players killed and who killed the player, the most frequent first.
pub(crate) fn duels(people: usize, kills: &[OwnKill], deaths: &[OwnDeath]) -> Vec<Vec<Duel>> {
    let mut by_opponent: Vec<BTreeMap<usize, (u64, u64)>> = vec![BTreeMap::new(); people];
    for (killer, victim) in kills.iter().filter_map(|kill| Some((kill.killer, kill.victim?))) {
        by_opponent[killer].entry(victim).or_default().0 += 1;
    }
    for (victim, killer) in deaths.iter().filter_map(|death| Some((death.victim, death.killer?))) {
        by_opponent[victim].entry(killer).or_default().1 += 1;
    }
    let duel = |(opponent, (kills, deaths))| Duel { opponent, kills, deaths };
    let of_one = |opponents: BTreeMap<usize, (u64, u64)>| {
        let mut duels: Vec<Duel> = opponents.into_iter().map(duel).collect();
        duels.sort_by_key(|duel| (std::cmp::Reverse(duel.kills + duel.deaths), duel.opponent));
        duels
    };
    by_opponent.into_iter().map(of_one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duel_counts_both_ways() {
        let at = WorldPoint::new(0.0, 0.0, 0.0);
        let kill = |killer, victim| OwnKill { killer, victim, round: 0, at };
        let death = |victim, killer| OwnDeath { victim, killer, round: 0, at };
        let kills = [kill(0, Some(1)), kill(0, Some(1)), kill(0, None), kill(1, Some(0))];
        let deaths = [death(0, Some(1)), death(0, Some(2)), death(0, None), death(1, Some(0))];
        assert_eq!(
            duels(4, &kills, &deaths)[0],
            [Duel { opponent: 1, kills: 2, deaths: 1 }, Duel { opponent: 2, kills: 0, deaths: 1 }]
        );
        assert_eq!(duels(4, &kills, &deaths)[3], []);
    }
}
