//! Pairs of players who fire together: the original tracker's (January 2026) `crossfire_pairs`.

use std::collections::{BTreeMap, BTreeSet};

use super::teamplay::{Mean, is_someone, participants, share_of};
use crate::analysis::session::dates::written_at;
use crate::analysis::session::parts::SAME_START_S;
use crate::model::{FileStamp, Guid, Outcome, PlayerName, Round};

/// Most participants of one crossfire whose pairs are counted: no team has more players.
const MOST_PARTICIPANTS: usize = 64;

/// One row of `crossfire_pairs`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CrossfirePair {
    /// Latest name of the player with the lower GUID.
    pub player1_name: Option<PlayerName>,
    /// Latest name of the other.
    pub player2_name: Option<PlayerName>,
    /// Crossfires of the two.
    pub crossfire_count: u64,
    /// … that ended in a kill.
    pub crossfire_kills: u64,
    /// Damage of both together in them.
    pub total_combined_damage: i64,
    /// When the first of those rounds was written.
    pub first_played: Option<FileStamp>,
    /// When the last of them was written.
    pub last_played: Option<FileStamp>,
    delays: Mean,
    /// Starts of those rounds, in seconds since 1970.
    starts: BTreeSet<i64>,
    /// How many of them do not say when they started.
    undated: u64,
}

impl CrossfirePair {
    /// Rounds with at least one crossfire of the two. Files that begin with the same round are its parts, one round.
    pub fn games_together(&self) -> u64 {
        let before = self.starts.iter().skip(1).zip(&self.starts);
        let again = before.filter(|(start, before)| start.abs_diff(**before) <= SAME_START_S).count();
        self.undated + (self.starts.len() - again) as u64
    }

    /// Mean delay of their crossfires, ms.
    pub fn avg_delay_ms(&self) -> Option<f64> {
        self.delays.value()
    }
}

/// The rows of `crossfire_pairs`, by the two GUIDs, the lower one first. The order in which rounds are added does
/// not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Crossfires {
    /// Pairs of persons and bots; stand-in GUIDs have none.
    pub pairs: BTreeMap<(Guid, Guid), CrossfirePair>,
}

impl Crossfires {
    /// The rows that follow from some rounds.
    pub fn of<'r>(rounds: impl IntoIterator<Item = &'r Round>) -> Self {
        let mut crossfires = Self::default();
        for round in rounds {
            crossfires.add(round);
        }
        crossfires
    }

    /// Adds a round's crossfires.
    pub fn add(&mut self, round: &Round) {
        let mut names: BTreeMap<&Guid, &PlayerName> = BTreeMap::new();
        let mut here: BTreeMap<(&Guid, &Guid), CrossfirePair> = BTreeMap::new();
        for engagement in &round.engagements {
            names.insert(&engagement.target_guid, &engagement.target_name);
            names.extend(engagement.attackers.iter().map(|a| (&a.guid, &a.name)));
            let mut guids = participants(engagement);
            guids.retain(|guid| is_someone(guid));
            guids.truncate(MOST_PARTICIPANTS);
            for (i, &first) in guids.iter().enumerate() {
                for &second in &guids[i + 1..] {
                    let pair = here.entry((first, second)).or_default();
                    pair.crossfire_count += 1;
                    pair.crossfire_kills += u64::from(engagement.outcome == Outcome::Killed);
                    let damage = share_of(engagement, first).0.saturating_add(share_of(engagement, second).0);
                    pair.total_combined_damage = pair.total_combined_damage.saturating_add(damage);
                    if let Some(delay) = engagement.crossfire_delay_ms {
                        pair.delays.add(delay);
                    }
                }
            }
        }
        let at = written_at(&round.meta);
        for ((first, second), found) in here {
            let pair = self.pairs.entry((first.clone(), second.clone())).or_default();
            pair.crossfire_count += found.crossfire_count;
            pair.crossfire_kills += found.crossfire_kills;
            pair.total_combined_damage =
                pair.total_combined_damage.saturating_add(found.total_combined_damage);
            pair.delays.merge(found.delays);
            match round.meta.start_unix.filter(|start| *start > 0) {
                Some(start) => {
                    pair.starts.insert(start);
                }
                None => pair.undated += 1,
            }
            for (name, guid) in [(&mut pair.player1_name, first), (&mut pair.player2_name, second)] {
                let newer = names.get(guid).copied();
                if newer.is_some() && (name.is_none() || (at, newer) >= (pair.last_played, name.as_ref())) {
                    *name = newer.cloned();
                }
            }
            pair.last_played = pair.last_played.max(at);
            pair.first_played = [pair.first_played, at].into_iter().flatten().min();
        }
    }
}
