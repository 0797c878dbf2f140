//! A round's truth by player and time.

use crate::sim::truth::{Frame, Life, RoundTruth};

/// Finds the frame a player was in.
#[derive(Debug)]
pub(crate) struct Timeline<'t> {
    /// By player, in order.
    lives: Vec<Vec<&'t Life>>,
}

impl<'t> Timeline<'t> {
    pub(crate) fn new(truth: &'t RoundTruth) -> Self {
        let mut lives = vec![Vec::new(); truth.players.len()];
        for life in &truth.lives {
            lives[life.player].push(life);
        }
        Self { lives }
    }

    /// A player's frame at a time, if the player was in a life then.
    pub(crate) fn frame(&self, player: usize, now_ms: i32) -> Option<&'t Frame> {
        self.life(player, now_ms)?.frame(now_ms)
    }

    /// A player's last frame at or before a time.
    pub(crate) fn last_frame(&self, player: usize, now_ms: i32) -> Option<&'t Frame> {
        let life = self.life(player, now_ms)?;
        life.frame(now_ms).or_else(|| life.frames.last())
    }

    /// The life a player was in at a time, or the last one before it.
    pub(crate) fn life(&self, player: usize, now_ms: i32) -> Option<&'t Life> {
        self.lives[player].iter().copied().take_while(|life| life.spawn_ms() <= now_ms).last()
    }
}
