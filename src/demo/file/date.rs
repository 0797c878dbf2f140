//! When a demo was recorded: nothing inside tells, only the file's name and date.

use jiff::ToSpan;
use jiff::civil::DateTime;

use crate::model::FileStamp;

/// What the date of a demo's rounds was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateSource {
    /// The file's name: `YYYY-MM-DD-HHMMSS-…`, when recording began.
    FileName,
    /// When the file was changed last.
    Modified,
    /// There is none.
    Unknown,
}

/// Length of `YYYY-MM-DD-HHMMSS`.
const STAMP_BYTES: usize = 17;

/// When a recording began, and what that was taken from.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Recorded {
    pub(in crate::demo) source: DateSource,
    stamp: Option<FileStamp>,
}

impl Recorded {
    pub(in crate::demo) fn of(file_name: Option<&str>, modified: Option<FileStamp>) -> Self {
        match (file_name.and_then(stamp_of_name), modified) {
            (Some(stamp), _) => Self { source: DateSource::FileName, stamp: Some(stamp) },
            (None, Some(stamp)) => Self { source: DateSource::Modified, stamp: Some(stamp) },
            (None, None) => Self { source: DateSource::Unknown, stamp: None },
        }
    }

    /// When a round was over, `after_ms` after recording began; the `index`th of its demo. A file's date of change says
    /// only when all of them were over: then a second each keeps their order.
    pub(in crate::demo) fn round(&self, index: usize, after_ms: i64) -> Option<FileStamp> {
        let seconds = match self.source {
            DateSource::FileName => after_ms.max(0) / 1000,
            DateSource::Modified | DateSource::Unknown => index as i64,
        };
        self.stamp?.checked_add(seconds.seconds()).ok().map(whole_seconds)
    }
}

fn whole_seconds(stamp: DateTime) -> DateTime {
    stamp.date().at(stamp.hour(), stamp.minute(), stamp.second(), 0)
}

/// The stamp at the beginning of a file's name, a folder in front of it left aside.
fn stamp_of_name(name: &str) -> Option<FileStamp> {
    let name = name.rsplit(['/', '\\']).next()?;
    let text = name.get(..STAMP_BYTES)?;
    let shape = |(i, b): (usize, u8)| if matches!(i, 4 | 7 | 10) { b == b'-' } else { b.is_ascii_digit() };
    if !text.bytes().enumerate().all(shape) {
        return None;
    }
    let number = |from: usize| text[from..from + 2].parse::<i8>().ok();
    let (year, month, day) = (text[..4].parse().ok()?, number(5)?, number(8)?);
    FileStamp::new(year, month, day, number(11)?, number(13)?, number(15)?, 0).ok()
}

/// A tracker file's name for a round: `YYYY-MM-DD-HHMMSS-<map>-round-<N>_engagements.txt`.
pub(in crate::demo) fn tracker_name(stamp: FileStamp, map: &str, round: i32) -> String {
    let map: String = map
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' })
        .collect();
    let map = match map.trim_start_matches('.') {
        rest if rest.len() < map.len() => format!("_{rest}"),
        _ => map,
    };
    format!("{}-{map}-round-{round}_engagements.txt", stamp.strftime("%Y-%m-%d-%H%M%S"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_dates_the_recording() {
        let stamp = jiff::civil::date(2025, 3, 9).at(21, 4, 7, 0);
        assert_eq!(stamp_of_name("demos/2025-03/2025-03-09-210407-supply.dm_84"), Some(stamp));
        for other in ["supply_9_3.dm_84", "2025-13-09-210407-x.dm_84", "", "2025-03-09-21040é-x"] {
            assert_eq!(stamp_of_name(other), None, "{other}");
        }
        let recorded = Recorded::of(Some("2025-03-09-210407-supply.dm_84"), None);
        assert_eq!(recorded.round(4, 61_500), Some(jiff::civil::date(2025, 3, 9).at(21, 5, 8, 0)));
        let changed = Recorded::of(Some("supply.dm_84"), Some(stamp));
        assert_eq!(changed.source, DateSource::Modified);
        assert!(changed.round(0, 0) < changed.round(1, 0));
    }

    #[test]
    fn a_hostile_map_name_makes_no_path() {
        let stamp = jiff::civil::date(2025, 3, 9).at(21, 4, 7, 0);
        let name = tracker_name(stamp, "../etc/pass wd", 2);
        assert_eq!(name, "2025-03-09-210407-__etc_pass_wd-round-2_engagements.txt");
        assert_eq!(
            tracker_name(stamp, "te-escape2", 1),
            "2025-03-09-210407-te-escape2-round-1_engagements.txt"
        );
    }
}
