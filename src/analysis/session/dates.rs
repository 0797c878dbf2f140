//! Round numbers, session dates, and sessions.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::{Family, FileStamp, RoundMeta};

/// A session ends at this hour: a round written before it belongs to the day before.
pub const SESSION_DAY_STARTS_HOUR: i64 = 6;
/// First day on which tracker 4.2 wrote the true round number.
const ROUND_SINCE: Date = date(2026, 2, 21);

/// The round's number as people count, 1 or 2; `None` when the file cannot say.
///
/// Trackers up to 4.1 count 0 and 1. Tracker 4.2 wrote 1 for every round until 2026-02-20. Later ones count 1 and 2.
pub fn round_number(meta: &RoundMeta) -> Option<u32> {
    let raw = meta.round_raw?;
    let number = match meta.family {
        Family::V3 | Family::V4_0 | Family::V4_1 => raw.checked_add(1)?,
        Family::V4_2Early | Family::V4_2Late => {
            let known = match meta.stamp {
                Some(stamp) => stamp.date() >= ROUND_SINCE,
                None => meta.family == Family::V4_2Late,
            };
            // 2 was never written before it was true.
            if known || raw == 2 { raw } else { return None }
        }
        Family::V5Early | Family::V5_0 | Family::V6 | Family::V6_11 => raw,
    };
    u32::try_from(number).ok().filter(|n| (1..=99).contains(n))
}

/// When the round was written: the file's stamp (the server's local time), else its Unix keys as UTC.
pub fn written_at(meta: &RoundMeta) -> Option<FileStamp> {
    meta.stamp.or_else(|| {
        let unix = meta.end_unix.or(meta.start_unix)?;
        Some(TimeZone::UTC.to_datetime(Timestamp::from_second(unix).ok()?))
    })
}

/// When rounds were played, seconds: by their Unix start. Where a file says none, its stamp tells, set right by the round
/// nearest in time that has both, so that neither a time zone nor the end of summer time changes the order. `None` where
/// a round says no time at all.
pub(super) fn moments(rounds: &[&RoundMeta]) -> Vec<Option<i64>> {
    let unix = |meta: &RoundMeta| meta.start_unix.or(meta.end_unix);
    let local = |stamp: FileStamp| TimeZone::UTC.to_timestamp(stamp).ok().map(Timestamp::as_second);
    let mut ahead: Vec<(i64, i64)> = rounds
        .iter()
        .filter_map(|meta| {
            let local = local(meta.stamp?)?;
            Some((local, local.checked_sub(unix(meta)?)?))
        })
        .collect();
    ahead.sort_unstable();
    let ahead_at = |local: i64| {
        let after = ahead.partition_point(|(other, _)| *other < local);
        let near = ahead[after.saturating_sub(1)..ahead.len().min(after + 1)].iter();
        near.min_by_key(|(other, _)| other.abs_diff(local)).map_or(0, |(_, ahead)| *ahead)
    };
    let moment = |meta: &&RoundMeta| {
        unix(meta).or_else(|| local(meta.stamp?).map(|local| local.saturating_sub(ahead_at(local))))
    };
    rounds.iter().map(moment).collect()
}

/// The order in which rounds were played; those that say no time come last.
pub fn playing_order(rounds: &[&RoundMeta]) -> Vec<usize> {
    let moments = moments(rounds);
    let mut order: Vec<usize> = (0..rounds.len()).collect();
    order.sort_by_key(|&i| {
        let meta = rounds[i];
        (moments[i].is_none(), moments[i], meta.stamp, &meta.map, round_number(meta), &meta.content_hash)
    });
    order
}

/// The session a round belongs to. A round written before 6 in the morning belongs to the day before, so that a
/// session is not cut in two at midnight.
pub fn session_date(meta: &RoundMeta) -> Option<Date> {
    let shifted = written_at(meta)?.checked_sub(SESSION_DAY_STARTS_HOUR.hours()).ok()?;
    Some(shifted.date())
}
