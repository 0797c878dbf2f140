//! Rounds that should not count like others.

use crate::analysis::life::clock::RoundClock;
use crate::model::{GuidKind, Round};

/// A shorter round than this was a warm-up or was broken off, ms.
pub const SHORTEST_ROUND_MS: i64 = 55_000;
/// A round in which no life lasts this long was not played, ms.
pub const SHORTEST_LIFE_MS: i64 = 5_000;

/// Something unusual about a round. Nothing is dropped because of it; it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoundFlag {
    /// Shorter than [`SHORTEST_ROUND_MS`].
    Short,
    /// There are lives, and all of them are shorter than [`SHORTEST_LIFE_MS`].
    Aborted,
    /// There are lives, and all of them are bots'.
    BotsOnly,
    /// There are no lives at all.
    NoLives,
    /// The file is cut.
    Cut,
}

impl RoundFlag {
    /// The words shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Aborted => "aborted",
            Self::BotsOnly => "bots only",
            Self::NoLives => "no lives",
            Self::Cut => "cut",
        }
    }
}

/// What is unusual about a round, in the order of [`RoundFlag`].
pub fn round_flags(round: &Round) -> Vec<RoundFlag> {
    let tracks = &round.tracks;
    let lasted = tracks.iter().any(|track| {
        let end = track.end.or(track.samples.last().map(|s| s.time));
        end.is_some_and(|end| end.since(track.spawn) >= SHORTEST_LIFE_MS)
    });
    let bots_only = tracks.iter().all(|t| t.guid.kind() == GuidKind::Bot);
    let found = [
        (RoundFlag::Short, RoundClock::of(round).duration_ms() < SHORTEST_ROUND_MS),
        (RoundFlag::Aborted, !tracks.is_empty() && !lasted),
        (RoundFlag::BotsOnly, !tracks.is_empty() && bots_only),
        (RoundFlag::NoLives, tracks.is_empty()),
        (RoundFlag::Cut, !round.meta.complete),
    ];
    found.into_iter().filter_map(|(flag, set)| set.then_some(flag)).collect()
}
