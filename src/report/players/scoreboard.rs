//! What each player did in numbers, both sides of a player added up.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::analysis::{Moments, PlayerKey, Tally, summaries};
use crate::report::model::{MapPart, PlayerOnMap, SessionReport};
use crate::report::plan::plain;
use crate::text::hex;

/// One player's row.
pub(crate) struct Score {
    /// The player's place in [`SessionReport::people`].
    pub person: usize,
    /// Kills that engagements tell of.
    pub kills: u64,
    /// Damage to the other side, points.
    pub damage_given: i64,
    /// What the player's own lives add up to.
    pub tally: Tally,
    /// The longest life, ms.
    pub longest_ms: i64,
}

impl Score {
    /// Kills for each death; without a death, the kills.
    pub fn kills_per_death(&self) -> f64 {
        self.kills as f64 / self.tally.deaths.max(1) as f64
    }
}

impl SessionReport<'_> {
    /// Each player's place in [`SessionReport::people`].
    pub(crate) fn places(&self) -> BTreeMap<&PlayerKey, usize> {
        self.people.iter().enumerate().map(|(place, person)| (&person.key, place)).collect()
    }

    /// The players of some rounds, most kills first.
    pub(crate) fn scores(&self, rounds: impl Iterator<Item = usize>) -> Vec<Score> {
        let places = self.places();
        let mut scores: BTreeMap<usize, Score> = BTreeMap::new();
        for index in rounds {
            let lives = &self.cleaned[index];
            let kills = Moments::kills(lives);
            let damage = Moments::damage(lives);
            for (life, summary) in lives.lives.iter().zip(summaries(lives)) {
                let track = life.track();
                let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
                let Some(&person) = places.get(&key) else { continue };
                let score = scores.entry(person).or_insert_with(|| Score {
                    person,
                    kills: 0,
                    damage_given: 0,
                    tally: Tally::default(),
                    longest_ms: 0,
                });
                score.tally.add(&summary);
                score.longest_ms = score.longest_ms.max(summary.alive_ms);
                score.kills += kills.as_ref().map_or(0, |kills| kills.of_life(life).len() as u64);
                let hits = damage.as_ref().map_or(&[][..], |damage| damage.of_life(life));
                score.damage_given += hits.iter().map(|(_, points)| points).sum::<i64>();
            }
        }
        let mut scores: Vec<Score> = scores.into_values().collect();
        scores.sort_by_key(|score| (std::cmp::Reverse(score.kills), score.tally.deaths, score.person));
        scores
    }
}

impl SessionReport<'_> {
    /// What each player did on each map, for pages over many sessions.
    pub fn players_on_maps(&self) -> Vec<PlayerOnMap> {
        let of_map = |part: &MapPart| {
            let map = [self.map_title(part.map), plain(&self.map_data[part.map].map.name)];
            let scores = self.scores(part.rounds.iter().map(|round| round.index));
            scores.into_iter().map(move |score| {
                let person = &self.people[score.person];
                PlayerOnMap {
                    // A hash, so that the page tells no GUID.
                    id: hex(&Sha256::digest(format!("{:?}", person.key).as_bytes()))[..16].to_owned(),
                    name: person.player.written.as_str().to_owned(),
                    map: map.clone(),
                    lives: score.tally.lives,
                    kills: score.kills,
                    deaths: score.tally.deaths,
                    alive_ms: score.tally.alive_ms,
                    distance_units: score.tally.distance_units() as u64,
                }
            })
        };
        self.maps.iter().flat_map(of_map).collect()
    }
}
