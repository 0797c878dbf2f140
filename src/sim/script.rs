//! What happens to players outside the game: they come late, leave, or are away.

use super::people::roster::{Crew, Player};
use super::random::Random;

/// Something that happens to a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// Is there from the start.
    Start(usize),
    /// Joins in mid-round.
    Join(usize),
    /// Is away from the keyboard until then, ms.
    Away(usize, i32),
    /// Comes back to it.
    Return(usize),
    /// Leaves the server.
    Leave(usize),
}

/// The cues of a round, each with its time.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    cues: Vec<(i32, Cue)>,
}

/// Which round of how many it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) index: usize,
    pub(crate) rounds: usize,
    pub(crate) limit_ms: i32,
}

impl Script {
    /// The script of a round: in the first a player is away, in the second one comes late, in the last one
    /// leaves. Teams of one or two are left whole.
    pub(crate) fn new(players: &[Player], turn: Turn, random: &mut Random) -> Self {
        let mut cues = Vec::new();
        let of = |crew: Crew, place: usize| {
            let mut team =
                players.iter().enumerate().filter(|(_, player)| player.crew == crew && !player.is_bot);
            team.nth(place).map(|(index, _)| index)
        };
        let share = |share: f64| (f64::from(turn.limit_ms) * share) as i32 / 50 * 50;
        let enough = players.len() >= 6;
        let late = of(Crew::First, 2).filter(|_| enough && turn.index == 1.min(turn.rounds - 1));
        let away = of(Crew::Second, 2).filter(|_| enough && turn.index == 0);
        let leaver = of(Crew::Second, 1).filter(|_| enough && turn.index + 1 == turn.rounds);
        for player in 0..players.len() {
            if late != Some(player) {
                cues.push((50, Cue::Start(player)));
            }
        }
        if let Some(player) = late {
            cues.push((share(random.between(0.12, 0.2)), Cue::Join(player)));
        }
        if let Some(player) = away {
            let back_ms = share(random.between(0.28, 0.34));
            cues.push((50, Cue::Away(player, back_ms)));
            cues.push((back_ms, Cue::Return(player)));
        }
        if let Some(player) = leaver {
            cues.push((share(random.between(0.55, 0.7)), Cue::Leave(player)));
        }
        Self { cues }
    }

    /// The cues of a frame; they are gone then.
    pub(crate) fn due(&mut self, now_ms: i32) -> Vec<Cue> {
        let (due, later) = self.cues.iter().partition(|(time, _)| *time <= now_ms);
        self.cues = later;
        Vec::into_iter(due).map(|(_, cue)| cue).collect()
    }

    /// Has a cue come again later.
    pub(crate) fn put_off(&mut self, cue: Cue, until_ms: i32) {
        self.cues.push((until_ms, cue));
    }
}
