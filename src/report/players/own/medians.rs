//! Medians of the players' figures: of all players, and of each player's team.

use std::collections::BTreeMap;

use crate::analysis::PlayerKey;
use crate::model::Team;
use crate::report::model::SessionReport;

/// Who played on one side with whom.
#[derive(Debug, Default)]
pub(crate) struct Teams {
    /// Each player's team, by the player's place in [`SessionReport::people`].
    pub of: Vec<usize>,
    /// Each team's members, as such places.
    pub members: Vec<Vec<usize>>,
}

impl SessionReport<'_> {
    /// Each player's team-mates with the player: those who were on the same side in more than half of the rounds that both
    /// played. Sides change with the rounds, teams rarely do.
    pub(crate) fn teams(&self) -> Teams {
        let places = self.places();
        // The sides of each player, by round; where a player changed sides, the side of most lives.
        let mut sides: Vec<BTreeMap<usize, &Team>> = vec![BTreeMap::new(); self.people.len()];
        for (index, cleaned) in self.cleaned.iter().enumerate() {
            let mut lives: BTreeMap<usize, BTreeMap<&Team, u64>> = BTreeMap::new();
            for life in &cleaned.lives {
                let track = life.track();
                let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
                if let Some(&person) = places.get(&key) {
                    *lives.entry(person).or_default().entry(&track.team).or_default() += 1;
                }
            }
            for (person, of) in lives {
                if let Some((team, _)) = of.into_iter().max_by_key(|(_, lives)| *lives) {
                    sides[person].insert(index, team);
                }
            }
        }
        teams_of(&sides)
    }
}

/// The teams of players with these sides, at least one each. Who was on the same sides in the same rounds has the same team-mates, so these
/// are looked for once.
fn teams_of(sides: &[BTreeMap<usize, &Team>]) -> Teams {
    let mut alike: BTreeMap<&BTreeMap<usize, &Team>, Vec<usize>> = BTreeMap::new();
    for (person, sides) in sides.iter().enumerate() {
        alike.entry(sides).or_default().push(person);
    }
    let are_mates = |one: &BTreeMap<usize, &Team>, other: &BTreeMap<usize, &Team>| {
        let both = one.iter().filter_map(|(round, side)| Some(other.get(round)? == side));
        let (same, all) = both.fold((0, 0), |(same, all), is_same| (same + usize::from(is_same), all + 1));
        2 * same > all
    };
    let mut teams = Teams { of: vec![0; sides.len()], members: Vec::new() };
    for (sides, people) in &alike {
        for one in people {
            teams.of[*one] = teams.members.len();
        }
        let mates = alike.iter().filter(|(other, _)| are_mates(sides, other));
        teams.members.push(mates.flat_map(|(_, people)| people.iter().copied()).collect());
    }
    teams
}

/// The median of the values that are known; the lower one of two.
pub(crate) fn median(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let mut known: Vec<f64> = values.flatten().collect();
    known.sort_by(f64::total_cmp);
    known.get(known.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Team, median, teams_of};

    #[test]
    fn team_mates_were_on_one_side_in_most_common_rounds() {
        // Two teams change sides after a round; the last player changes teams as well.
        let played = [["axis", "allies"], ["allies", "axis"], ["axis", "allies"], ["axis", "axis"]];
        let teams = played.map(|words| words.map(Team::from));
        let mut sides: Vec<BTreeMap<usize, &Team>> =
            teams.iter().map(|sides| sides.iter().enumerate().collect()).collect();
        let mates = |sides: &[BTreeMap<usize, &Team>]| -> Vec<Vec<usize>> {
            let teams = teams_of(sides);
            let of = |team: usize| teams.members[team].iter().copied().collect::<BTreeSet<_>>();
            teams.of.iter().map(|team| of(*team).into_iter().collect()).collect()
        };
        assert_eq!(mates(&sides), [vec![0, 2], vec![1], vec![0, 2], vec![3]]);
        // A third round tells more of the last one, and less of who did not play it.
        sides[3].insert(2, &teams[0][0]);
        sides[0].insert(2, &teams[0][0]);
        assert_eq!(mates(&sides), [vec![0, 2, 3], vec![1], vec![0, 2], vec![0, 3]]);
    }

    #[test]
    fn what_is_not_known_does_not_count() {
        assert_eq!(median([Some(3.0), None, Some(1.0), Some(2.0)].into_iter()), Some(2.0));
        assert_eq!(median([Some(4.0), Some(1.0)].into_iter()), Some(1.0));
        assert_eq!(median([None, None].into_iter()), None);
    }
}
