//! `# END tracks=N samples=M`: the last line of our own module's files, so that a cut file is known as cut.

use std::fmt;

use crate::format::read::lines::{Line, LineEnd};
use crate::model::Round;

/// Whether the end of a file is a whole end marker: its writer has nothing to add. `tail` must reach back over the last
/// line, which is shorter than [`END_MARKER_BYTES`].
pub fn ends_with_marker(tail: &[u8]) -> bool {
    let Some(text) = tail.strip_suffix(b"\n") else { return false };
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let start = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = Line { number: 1, bytes: &text[start..], ahead: &text[start..], end: LineEnd::Feed };
    matches!(EndMarker::read(line), Some(Ok(_)))
}

/// Longest end marker that can be written, with its line end, bytes.
pub const END_MARKER_BYTES: u64 = 80;

/// The numbers in an end marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EndMarker {
    pub(crate) tracks: u64,
    pub(crate) samples: u64,
}

/// An end marker whose numbers cannot be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Damaged;

impl EndMarker {
    /// What a file with this round says at its end.
    pub(crate) fn of(round: &Round) -> Self {
        let samples = round.tracks.iter().map(|track| track.samples.len() as u64).sum();
        Self { tracks: round.tracks.len() as u64, samples }
    }

    /// Reads a line; `None` when it is not an end marker at all.
    pub(crate) fn read(line: Line) -> Option<Result<Self, Damaged>> {
        let text = line.bytes.strip_prefix(b"#")?.trim_ascii().strip_prefix(b"END")?;
        if !text.is_empty() && !text.starts_with(b" ") {
            return None;
        }
        let numbers = || {
            let mut words = std::str::from_utf8(text).ok()?.split_ascii_whitespace();
            let tracks = words.next()?.strip_prefix("tracks=")?.parse().ok()?;
            let samples = words.next()?.strip_prefix("samples=")?.parse().ok()?;
            Some(Self { tracks, samples })
        };
        Some(numbers().ok_or(Damaged))
    }
}

impl fmt::Display for EndMarker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "# END tracks={} samples={}", self.tracks, self.samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Result<EndMarker, Damaged>> {
        EndMarker::read(Line {
            number: 1,
            bytes: text.as_bytes(),
            ahead: text.as_bytes(),
            end: LineEnd::Feed,
        })
    }

    #[test]
    fn only_a_whole_last_line_ends_a_file() {
        for whole in ["# END tracks=1 samples=2\n", "x\n# END tracks=1 samples=2\r\n"] {
            assert!(ends_with_marker(whole.as_bytes()), "{whole:?}");
        }
        for not in
            ["", "\n", "# END tracks=1 samples=2", "# END tracks=1 sam\n", "# END tracks=1 samples=2\nx\n"]
        {
            assert!(!ends_with_marker(not.as_bytes()), "{not:?}");
        }
        let longest = EndMarker { tracks: u64::MAX, samples: u64::MAX };
        assert!(longest.to_string().len() as u64 + 2 < END_MARKER_BYTES);
    }

    #[test]
    fn a_marker_is_read_as_it_is_written() {
        let marker = EndMarker { tracks: 72, samples: 17_468 };
        assert_eq!(marker.to_string(), "# END tracks=72 samples=17468");
        assert_eq!(read(&marker.to_string()).unwrap().unwrap(), marker);
        assert!(read("# ENDED").is_none());
        assert!(read("# ENGAGEMENTS").is_none());
        for text in ["# END", "# END tracks=72", "# END tracks=72 samples=-1", "# END samples=1 tracks=2"] {
            assert!(read(text).unwrap().is_err(), "{text}");
        }
    }
}
