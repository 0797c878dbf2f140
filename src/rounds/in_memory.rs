//! Rounds in memory, which pass by as those do that are read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use super::error::RoundsError;
use super::read::{EachRound, KnownLives, RoundView};
use crate::model::Round;
use crate::progress::Progress;

/// How long rounds are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Limit<'a> {
    /// Until then.
    pub deadline: Instant,
    /// Until this is set.
    pub ended: Option<&'a AtomicBool>,
}

impl Limit<'_> {
    /// Whether it is reached.
    pub fn is_over(&self) -> bool {
        self.ended.is_some_and(|ended| ended.load(Ordering::Relaxed)) || Instant::now() >= self.deadline
    }
}

/// Rounds in memory, in the order given.
pub struct InMemory<'a> {
    views: Vec<RoundView<'a>>,
    workers: usize,
    limit: Option<Limit<'a>>,
}

impl<'a> InMemory<'a> {
    /// These rounds.
    pub fn new(rounds: Vec<&'a Round>) -> Self {
        let view = |(order, round)| RoundView { order: order as u32, round, known: KnownLives::Nothing };
        Self::of(rounds.into_iter().enumerate().map(view).collect())
    }

    /// Rounds with their places in the input. One thread looks at them all.
    pub fn of(views: Vec<RoundView<'a>>) -> Self {
        Self { views, workers: 1, limit: None }
    }

    /// The same, looked at by as many workers as there are cores, as long as `limit` says.
    #[must_use]
    pub fn spread(self, limit: Limit<'a>) -> Self {
        let workers = rayon::current_num_threads().clamp(1, self.views.len().max(1));
        Self { workers, limit: Some(limit), ..self }
    }

    fn is_late(&self) -> bool {
        self.limit.is_some_and(|limit| limit.is_over())
    }
}

impl EachRound for InMemory<'_> {
    fn look<A: Send>(
        &self,
        _progress: &dyn Progress,
        _what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<A, RoundsError> {
        let look = |worker: usize| {
            let mut part = make();
            for view in self.views.iter().skip(worker).step_by(self.workers) {
                if self.is_late() {
                    break;
                }
                add(&mut part, view);
            }
            part
        };
        let whole = if self.workers == 1 {
            look(0)
        } else {
            let parts: Vec<A> = (0..self.workers).into_par_iter().map(look).collect();
            let mut whole = make();
            for part in parts {
                merge(&mut whole, part);
            }
            whole
        };
        // What was left out would be missing from the result without a word.
        if self.is_late() { Err(RoundsError::TooSlow) } else { Ok(whole) }
    }
}
