//! What engagements say about each player: the original tracker's (January 2026) `player_teamplay_stats`.

use std::collections::BTreeMap;

use crate::analysis::session::dates::written_at;
use crate::model::{Engagement, FileStamp, Guid, GuidKind, Outcome, PlayerName, Round};

/// One player's row of `player_teamplay_stats`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayerTeamplay {
    /// The player's name in the latest round.
    pub name: Option<PlayerName>,
    /// Crossfires the player took part in.
    pub crossfire_participations: u64,
    /// … that ended in a kill, by the player or the partner.
    pub crossfire_kills: u64,
    /// Damage dealt in crossfires.
    pub crossfire_damage: i64,
    /// Crossfires that the player ended with the kill.
    pub crossfire_final_blows: u64,
    /// Engagements in which only the player attacked, ended by the kill.
    pub solo_kills: u64,
    /// Engagements in which only the player attacked.
    pub solo_engagements: u64,
    /// Engagements in which the player was the target.
    pub times_targeted: u64,
    /// … of two or more attackers.
    pub times_focused: u64,
    /// … and got away.
    pub focus_escapes: u64,
    /// … and died.
    pub focus_deaths: u64,
    /// Engagements with one attacker that the player escaped.
    pub solo_escapes: u64,
    /// Engagements with one attacker in which the player died.
    pub solo_deaths: u64,
    /// Damage taken.
    pub total_damage_taken: i64,
    /// Rounds with an engagement of the player.
    pub rounds: u64,
    /// When the first of them was written.
    pub first_seen: Option<FileStamp>,
    /// When the last of them was written.
    pub last_seen: Option<FileStamp>,
    crossfire_delays: Mean,
    escape_centiunits: Mean,
    durations: Mean,
}

/// A sum of whole numbers and how many there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mean {
    sum: i128,
    count: u64,
}

impl Mean {
    pub(crate) fn add(&mut self, value: i64) {
        self.sum += i128::from(value);
        self.count += 1;
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }

    pub(crate) fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }
}

impl PlayerTeamplay {
    /// `total_damage_dealt_crossfire`: the same fact as `crossfire_damage`; the original table has both columns.
    pub fn total_damage_dealt_crossfire(&self) -> i64 {
        self.crossfire_damage
    }

    /// Mean delay of the player's crossfires, ms.
    pub fn avg_crossfire_delay_ms(&self) -> Option<f64> {
        self.crossfire_delays.value()
    }

    /// Mean distance covered in escaped engagements, units.
    pub fn avg_escape_distance(&self) -> Option<f64> {
        self.escape_centiunits.value().map(|hundredths| hundredths / 100.0)
    }

    /// Mean duration of the engagements in which the player was the target, ms.
    pub fn avg_engagement_duration_ms(&self) -> Option<f64> {
        self.durations.value()
    }

    fn seen(&mut self, name: &PlayerName, at: Option<FileStamp>) {
        if self.name.is_none() || (at, name) >= (self.last_seen, self.name.as_ref().unwrap_or(name)) {
            self.name = Some(name.clone());
        }
        self.last_seen = self.last_seen.max(at);
        self.first_seen = [self.first_seen, at].into_iter().flatten().min();
    }
}

/// The rows of `player_teamplay_stats`, by GUID. The order in which rounds are added does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Teamplay {
    /// Rows of persons and bots. Stand-in GUIDs (`SLOTn`) mean different players in different files and have none.
    pub players: BTreeMap<Guid, PlayerTeamplay>,
}

impl Teamplay {
    /// The rows that follow from some rounds.
    pub fn of<'r>(rounds: impl IntoIterator<Item = &'r Round>) -> Self {
        let mut teamplay = Self::default();
        for round in rounds {
            teamplay.add(round);
        }
        teamplay
    }

    /// Adds a round's engagements.
    pub fn add(&mut self, round: &Round) {
        let at = written_at(&round.meta);
        let mut present: BTreeMap<&Guid, &PlayerName> = BTreeMap::new();
        for engagement in &round.engagements {
            present.insert(&engagement.target_guid, &engagement.target_name);
            present.extend(engagement.attackers.iter().map(|a| (&a.guid, &a.name)));
            self.add_target(engagement);
            self.add_attackers(engagement);
        }
        for (guid, name) in present {
            if let Some(player) = self.player(guid) {
                player.rounds += 1;
                player.seen(name, at);
            }
        }
    }

    fn player(&mut self, guid: &Guid) -> Option<&mut PlayerTeamplay> {
        is_someone(guid).then(|| self.players.entry(guid.clone()).or_default())
    }

    fn add_target(&mut self, engagement: &Engagement) {
        let Some(target) = self.player(&engagement.target_guid) else { return };
        let killed = u64::from(engagement.outcome == Outcome::Killed);
        let escaped = u64::from(engagement.outcome == Outcome::Escaped);
        target.times_targeted += 1;
        if engagement.num_attackers >= 2 {
            target.times_focused += 1;
            target.focus_deaths += killed;
            target.focus_escapes += escaped;
        } else {
            target.solo_deaths += killed;
            target.solo_escapes += escaped;
        }
        target.total_damage_taken = target.total_damage_taken.saturating_add(engagement.total_damage);
        target.durations.add(engagement.duration_ms);
        if escaped == 1 {
            target.escape_centiunits.add((f64::from(engagement.distance_units) * 100.0).round() as i64);
        }
    }

    fn add_attackers(&mut self, engagement: &Engagement) {
        let killed = u64::from(engagement.outcome == Outcome::Killed);
        for guid in participants(engagement) {
            let Some(player) = self.player(guid) else { continue };
            let (damage, got_kill) = share_of(engagement, guid);
            player.crossfire_participations += 1;
            player.crossfire_kills += killed;
            player.crossfire_damage = player.crossfire_damage.saturating_add(damage);
            player.crossfire_final_blows += u64::from(got_kill);
            if let Some(delay) = engagement.crossfire_delay_ms {
                player.crossfire_delays.add(delay);
            }
        }
        if let ([attacker], 1) = (engagement.attackers.as_slice(), engagement.num_attackers)
            && let Some(player) = self.player(&attacker.guid)
        {
            player.solo_engagements += 1;
            player.solo_kills += u64::from(killed == 1 && attacker.got_kill);
        }
    }
}

/// Whether a GUID means the same player in every file.
pub(crate) fn is_someone(guid: &Guid) -> bool {
    matches!(guid.kind(), GuidKind::Person | GuidKind::Bot)
}

/// The participants of an engagement's crossfire, each once, in the order of their GUIDs; none without a crossfire.
pub(crate) fn participants(engagement: &Engagement) -> Vec<&Guid> {
    let mut guids: Vec<&Guid> = match (engagement.is_crossfire, engagement.crossfire_participants.as_slice())
    {
        (false, _) => Vec::new(),
        (true, []) => engagement.attackers.iter().map(|a| &a.guid).collect(),
        (true, listed) => listed.iter().collect(),
    };
    guids.sort_unstable();
    guids.dedup();
    guids
}

/// An attacker's damage in an engagement, and whether the kill was theirs.
pub(crate) fn share_of(engagement: &Engagement, guid: &Guid) -> (i64, bool) {
    let rows = engagement.attackers.iter().filter(|a| a.guid == *guid);
    rows.fold((0, false), |(damage, kill), a| (a.damage.saturating_add(damage), kill || a.got_kill))
}
