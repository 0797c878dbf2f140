//! Rounds become sessions.

use jiff::civil::Date;

use super::dates::{round_number, session_date, written_at};
use crate::analysis::life::clock::RoundClock;
use crate::model::{FileStamp, Round};

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
    let mut dated: Vec<(FileStamp, usize)> = Vec::new();
    let mut undated = Vec::new();
    for (i, round) in rounds.iter().enumerate() {
        match written_at(&round.meta) {
            Some(end) => dated.push((end, i)),
            None => undated.push(i),
        }
    }
    let order = |&i: &usize| {
        let meta = &rounds[i].meta;
        (meta.start_unix, &meta.map, round_number(meta), &meta.content_hash)
    };
    dated.sort_by(|(a, i), (b, j)| a.cmp(b).then_with(|| order(i).cmp(&order(j))));
    undated.sort_by(|i, j| order(i).cmp(&order(j)));

    let mut sessions: Vec<Session> = Vec::new();
    let mut last_end: Option<FileStamp> = None;
    for (end, i) in dated {
        let silence_ms = last_end.map(|last| {
            let between = end.duration_since(last);
            i64::try_from(between.as_millis()).unwrap_or(i64::MAX) - RoundClock::of(rounds[i]).duration_ms()
        });
        match sessions.last_mut() {
            Some(session) if silence_ms.is_some_and(|ms| ms <= SESSION_GAP_MS) => session.rounds.push(i),
            _ => sessions.push(Session { date: session_date(&rounds[i].meta), rounds: vec![i] }),
        }
        last_end = Some(end);
    }
    if !undated.is_empty() {
        sessions.push(Session { date: None, rounds: undated });
    }
    sessions
}
