//! What players did at which moments of a round, by the life that it counts for.

use std::collections::BTreeMap;

use crate::analysis::life::cleaned::Life;
use crate::analysis::life::death::{Deaths, EnemyKill};
use crate::analysis::life::dropped::DropReason;
use crate::analysis::life::lives::Lives;
use crate::model::{Guid, LevelTime, Round};

/// Moments of each player of one round, in the order of time.
///
/// A moment counts for the life that began last: what was thrown or laid before a death still hits, and the server counts
/// it.
///
/// ```
/// use proximity::analysis::{Moments, lives};
/// use proximity::{Filter, Rounds};
///
/// let rounds = Rounds::open("examples/session")?.to_vec()?;
/// let lives = lives(&rounds[0], &Filter::default());
/// let kills = Moments::kills(&lives).unwrap();
/// let most = lives.lives.iter().map(|life| kills.of_life(life).len()).max();
/// assert!(most > Some(0));
/// # Ok::<(), proximity::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Moments<'a, T> {
    /// By player, as [`Guid::within_file`] tells them apart.
    of: BTreeMap<(&'a Guid, &'a str), Vec<(LevelTime, T)>>,
    /// When each player spawned, in the order of time.
    spawns: BTreeMap<(&'a Guid, &'a str), Vec<LevelTime>>,
}

impl<'a, T> Moments<'a, T> {
    fn new(lives: &Lives<'a>, round: &'a Round) -> Self {
        let phantom = [DropReason::Limbo, DropReason::Spectator, DropReason::Duplicate, DropReason::Empty];
        let mut spawns: BTreeMap<(&Guid, &str), Vec<LevelTime>> = BTreeMap::new();
        for (index, track) in round.tracks.iter().enumerate() {
            let dropped = lives.dropped_of(index);
            if phantom.iter().all(|reason| dropped.lives(*reason) == 0)
                && let Some(player) = track.guid.within_file(track.name.as_str())
            {
                spawns.entry(player).or_default().push(track.spawn);
            }
        }
        for times in spawns.values_mut() {
            times.sort_unstable();
        }
        Self { of: BTreeMap::new(), spawns }
    }

    fn sorted(mut self) -> Self {
        for moments in self.of.values_mut() {
            moments.sort_by_key(|(time, _)| *time);
        }
        self
    }

    /// Those that count for a life: until the player's next spawn, or the end of the window that the life is cut to.
    pub fn of_life(&self, life: &Life<'a>) -> &[(LevelTime, T)] {
        let track = life.track();
        let Some(player) = track.guid.within_file(track.name.as_str()) else { return &[] };
        let Some(moments) = self.of.get(&player) else { return &[] };
        let spawns = self.spawns.get(&player).map_or(&[][..], Vec::as_slice);
        let begun = spawns.partition_point(|spawn| *spawn <= track.spawn);
        let first = match (life.flags().clipped, begun) {
            (true, _) => moments.partition_point(|(time, _)| *time < life.start()),
            // Before the first spawn: laid in a part of the round that was not recorded.
            (false, 0 | 1) => 0,
            (false, _) => moments.partition_point(|(time, _)| *time < track.spawn),
        };
        let end = match (life.flags().clipped, spawns.get(begun)) {
            (true, _) => moments.partition_point(|(time, _)| *time <= life.end()),
            (false, Some(next)) => moments.partition_point(|(time, _)| time < next),
            (false, None) => moments.len(),
        };
        moments.get(first..end).unwrap_or_default()
    }
}

impl<'a> Moments<'a, EnemyKill<'a>> {
    /// The enemies that each player of these lives' round killed; `None` without any life.
    pub fn kills(lives: &Lives<'a>) -> Option<Self> {
        let round = lives.lives.first()?.round();
        let mut moments = Self::new(lives, round);
        for kill in Deaths::of(round).enemy_kills() {
            moments.of.entry(kill.killer).or_default().push((kill.time, kill));
        }
        Some(moments.sorted())
    }
}

impl<'a> Moments<'a, i64> {
    /// When each player first hit an enemy in an engagement, and the damage dealt in it; `None` without any life.
    pub fn damage(lives: &Lives<'a>) -> Option<Self> {
        let round = lives.lives.first()?.round();
        let mut moments = Self::new(lives, round);
        for engagement in &round.engagements {
            for attacker in engagement.attackers.iter().filter(|one| one.team != engagement.target_team) {
                if let Some(player) = attacker.guid.within_file(attacker.name.as_str()) {
                    moments.of.entry(player).or_default().push((attacker.first_hit, attacker.damage.max(0)));
                }
            }
        }
        Some(moments.sorted())
    }
}
