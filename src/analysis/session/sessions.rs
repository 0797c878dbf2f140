//! Rounds become sessions.

use jiff::civil::Date;

use super::dates::{moments, playing_order, session_date};
use crate::analysis::life::clock::RoundClock;
use crate::model::{Round, RoundMeta};

/// A longer silence than this ends a session, ms.
pub const SESSION_GAP_MS: i64 = 3 * 60 * 60 * 1_000;

/// One session of play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its date: that of its first round, by the after-midnight rule; `None` for rounds that say no time at all.
    pub date: Option<Date>,
    /// Indices of its rounds in the order they were played.
    pub rounds: Vec<usize>,
}

/// Groups rounds into sessions by the silence between them, not by the calendar: a session ends when nothing was
/// played for [`SESSION_GAP_MS`]. Sessions come in order of time, rounds without any time last, in one session.
pub fn sessions(rounds: &[&Round]) -> Vec<Session> {
    let metas: Vec<&RoundMeta> = rounds.iter().map(|round| &round.meta).collect();
    let moments = moments(&metas);
    let mut sessions: Vec<Session> = Vec::new();
    let mut last_end: Option<i64> = None;
    let mut undated = Vec::new();
    for i in playing_order(&metas) {
        let Some(moment) = moments[i] else {
            undated.push(i);
            continue;
        };
        let duration = RoundClock::of(rounds[i]).duration_ms() / 1_000;
        // A stamp is the time at which the round ended.
        let is_start = metas[i].start_unix.is_some();
        let start = if is_start { moment } else { moment.saturating_sub(duration) };
        match sessions.last_mut() {
            Some(session)
                if last_end.is_some_and(|end| start.saturating_sub(end) <= SESSION_GAP_MS / 1_000) =>
            {
                session.rounds.push(i);
            }
            _ => sessions.push(Session { date: session_date(&rounds[i].meta), rounds: vec![i] }),
        }
        last_end = Some(start.saturating_add(duration));
    }
    if !undated.is_empty() {
        sessions.push(Session { date: None, rounds: undated });
    }
    sessions
}
