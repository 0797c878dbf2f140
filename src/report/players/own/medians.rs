//! Medians of the players' figures: of all players, and of each player's team.

use std::collections::BTreeMap;

use crate::analysis::PlayerKey;
use crate::model::Team;
use crate::report::model::SessionReport;

impl SessionReport<'_> {
    /// Each player's team-mates with the player, as places in [`SessionReport::people`]: those who were on the same side in
    /// more than half of the rounds that both played. Sides change with the rounds, teams rarely do.
    pub(crate) fn teams(&self) -> Vec<Vec<usize>> {
        let places = self.places();
        // Sides of each round's players; of a player who changed sides, the side of most lives.
        let sides: Vec<BTreeMap<usize, &Team>> = self
            .cleaned
            .iter()
            .map(|cleaned| {
                let mut lives: BTreeMap<usize, BTreeMap<&Team, u64>> = BTreeMap::new();
                for life in &cleaned.lives {
                    let track = life.track();
                    let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
                    if let Some(&person) = places.get(&key) {
                        *lives.entry(person).or_default().entry(&track.team).or_default() += 1;
                    }
                }
                let most = |(person, of): (usize, BTreeMap<_, u64>)| {
                    Some((person, of.into_iter().max_by_key(|(_, lives)| *lives)?.0))
                };
                lives.into_iter().filter_map(most).collect()
            })
            .collect();
        let count = self.people.len();
        let is_mate = |one: usize, other: usize| {
            let both = sides.iter().filter_map(|round| Some(round.get(&one)? == round.get(&other)?));
            let (same, all) =
                both.fold((0, 0), |(same, all), is_same| (same + usize::from(is_same), all + 1));
            one == other || 2 * same > all
        };
        (0..count).map(|one| (0..count).filter(|other| is_mate(one, *other)).collect()).collect()
    }
}

/// The median of the values that are known; the lower one of two.
pub(crate) fn median(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let mut known: Vec<f64> = values.flatten().collect();
    known.sort_by(f64::total_cmp);
    known.get(known.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn what_is_not_known_does_not_count() {
        assert_eq!(median([Some(3.0), None, Some(1.0), Some(2.0)].into_iter()), Some(2.0));
        assert_eq!(median([Some(4.0), Some(1.0)].into_iter()), Some(1.0));
        assert_eq!(median([None, None].into_iter()), None);
    }
}
