//! `YYYY-MM-DD-HHMMSS-<map>-round-<N>_engagements.txt`.

use crate::model::FileStamp;

/// What the name of a tracker file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The server's local time when the file was written.
    pub stamp: FileStamp,
    /// Map name; may hold `-`, digits and upper case. Foreign text: never a path.
    pub map: String,
    /// The same number as the header's `round`.
    pub round: i32,
}

/// Length of `YYYY-MM-DD-HHMMSS`.
const STAMP_BYTES: usize = 17;

/// Reads a file's name (without folder); `None` when it is not that of a tracker file.
///
/// Parsed from both ends, because a map's name may hold `-round-` too.
pub fn parse_file_name(name: &str) -> Option<FileName> {
    let stem = name.strip_suffix("_engagements.txt")?;
    let (stamp, rest) = stem.split_at_checked(STAMP_BYTES)?;
    let (map, round) = rest.strip_prefix('-')?.rsplit_once("-round-")?;
    if map.is_empty() || round.is_empty() || !round.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(FileName { stamp: parse_stamp(stamp)?, map: map.to_owned(), round: round.parse().ok()? })
}

fn parse_stamp(text: &str) -> Option<FileStamp> {
    let shape = |(i, b): (usize, u8)| if matches!(i, 4 | 7 | 10) { b == b'-' } else { b.is_ascii_digit() };
    if text.len() != STAMP_BYTES || !text.bytes().enumerate().all(shape) {
        return None;
    }
    let year = text[0..4].parse().ok()?;
    let number = |from: usize| text[from..from + 2].parse::<i8>().ok();
    FileStamp::new(year, number(5)?, number(8)?, number(11)?, number(13)?, number(15)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_from_both_ends() {
        let name = parse_file_name("2026-06-09-230750-te-round-2_B1-round-1_engagements.txt").unwrap();
        assert_eq!(name.map, "te-round-2_B1");
        assert_eq!(name.round, 1);
        assert_eq!(name.stamp, jiff::civil::date(2026, 6, 9).at(23, 7, 50, 0));
    }

    #[test]
    fn other_names_are_not_tracker_files() {
        for name in [
            "",
            "_engagements.txt",
            "2026-06-09-230750-supply-round-1_lifecycle.txt",
            "2026-06-09-230750-supply-round-_engagements.txt",
            "2026-06-09-230750-supply-round--1_engagements.txt",
            "2026-06-09-230750--round-1_engagements.txt",
            "2026-13-09-230750-supply-round-1_engagements.txt",
            "2026-06-09-250750-supply-round-1_engagements.txt",
            "2026-06-09 230750-supply-round-1_engagements.txt",
            "2026-06-0é-30750-supply-round-1_engagements.txt",
            "2026-06-09-230750-supply-round-99999999999_engagements.txt",
            "2026-06-09-230750-supply_engagements.txt",
        ] {
            assert_eq!(parse_file_name(name), None, "{name}");
        }
    }
}
