//! The first line: is this a tracker file at all?

use crate::format::error::{ErrorKind, ReadError};
use crate::format::read::value::fault::Quoted;

/// What every tracker file starts with; its version number follows.
pub(crate) const MAGIC: &str = "# PROXIMITY_TRACKER_V";

/// How far a file is searched for bytes that no text has.
const PROBE_BYTES: usize = 1024;

/// The magic line's version number, 3 or later. It names the tracker but never decides a file's shape.
pub(crate) fn version(bytes: &[u8], file_name: Option<&str>) -> Result<u32, ReadError> {
    let first = bytes.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii_end();
    if let Some(number) = first.strip_prefix(MAGIC.as_bytes()) {
        let digits = &number[..number.iter().take_while(|b| b.is_ascii_digit()).count()];
        let version = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        return match version {
            Some(version @ 1..=2) => Err(error(1, ErrorKind::TooOld { version: version as u8 })),
            Some(version) if version > 2 => Ok(version),
            _ => Err(error(MAGIC.len() + 1, ErrorKind::NotATrackerFile { found: Quoted(first).to_string() })),
        };
    }
    Err(no_tracker_file(bytes, first, file_name))
}

/// Says as well as possible what the file is instead.
fn no_tracker_file(bytes: &[u8], first: &[u8], file_name: Option<&str>) -> ReadError {
    let named = |suffix| file_name.is_some_and(|name| name.ends_with(suffix));
    let probe = &bytes[..bytes.len().min(PROBE_BYTES)];
    if bytes.trim_ascii().is_empty() {
        return error(1, ErrorKind::Empty);
    }
    if let Some(at) = probe.iter().position(|&b| b < b' ' && !b.is_ascii_whitespace() && b != 0x1b) {
        let column = at - probe[..at].iter().rposition(|&b| b == b'\n').map_or(0, |feed| feed + 1) + 1;
        let line = memchr::memchr_iter(b'\n', &probe[..at]).count() + 1;
        return ReadError { line, column, kind: ErrorKind::Binary };
    }
    let kind = if named("_lifecycle.txt") || first.starts_with(b"[SPAWN] ") {
        ErrorKind::LifecycleLog
    } else if first.starts_with(b"# ENGAGEMENT_ANALYSIS")
        || ["_positions.txt", "_combat.txt", "_heatmap.txt"].into_iter().any(named)
    {
        ErrorKind::TooOld { version: 1 }
    } else if named("_proximity.txt") {
        ErrorKind::TooOld { version: 2 }
    } else {
        let alike = first.iter().zip(MAGIC.bytes()).take_while(|&(&a, b)| a == b).count();
        return error(alike + 1, ErrorKind::NotATrackerFile { found: Quoted(first).to_string() });
    };
    error(1, kind)
}

fn error(column: usize, kind: ErrorKind) -> ReadError {
    ReadError { line: 1, column, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8], name: Option<&str>) -> String {
        version(bytes, name).unwrap_err().to_string()
    }

    #[test]
    fn versions_from_3_on_are_welcome() {
        assert_eq!(version(b"# PROXIMITY_TRACKER_V3\n", None).unwrap(), 3);
        assert_eq!(version(b"# PROXIMITY_TRACKER_V6\r\n", None).unwrap(), 6);
        assert_eq!(version(b"# PROXIMITY_TRACKER_V12", None).unwrap(), 12);
    }

    #[test]
    fn everything_else_is_named_and_refused() {
        let expected = "expected \"# PROXIMITY_TRACKER_V3\" or later";
        assert!(refusal(b"", None).starts_with("line 1, column 1: the file is empty"));
        assert!(refusal(b" \r\n\n", None).starts_with("line 1, column 1: the file is empty"));
        assert!(refusal(b"PNG\r\n\x1a\n\0\0", None).starts_with("line 2, column 1: this is not text"));
        assert!(refusal(b"# PROXIMITY_TRACKER_V2\n", None).contains("version 2"));
        assert!(refusal(b"# ENGAGEMENT_ANALYSIS\n", None).contains("version 1"));
        assert!(refusal(b"time\tguid\n", Some("x_positions.txt")).contains("version 1"));
        assert!(refusal(b"a|b\n", Some("x_proximity.txt")).contains("version 2"));
        assert!(refusal(b"[SPAWN] guid=", None).contains("lifecycle log"));
        assert!(refusal(b"+50ms: MOVE", Some("x_lifecycle.txt")).contains("lifecycle log"));
        assert_eq!(
            refusal(b"# PROXIMITY_TRACKER_V", None),
            format!("line 1, column 22: the file starts with \"# PROXIMITY_TRACKER_V\", {expected}")
        );
        assert_eq!(
            refusal(b"# PROXIMXTY\n", None),
            format!("line 1, column 9: the file starts with \"# PROXIMXTY\", {expected}")
        );
    }
}
