//! A file's lines, with their numbers.

/// One line without its line end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: usize,
    pub(crate) bytes: &'a [u8],
    /// The file from the line's first byte on: what may be looked at but belongs to other lines.
    pub(crate) ahead: &'a [u8],
    pub(crate) end: LineEnd,
}

/// What stands at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LineEnd {
    /// `\n`
    #[default]
    Feed,
    /// `\r\n`
    ReturnFeed,
    /// Nothing: the file ends.
    Missing,
}

/// Goes through the lines of a file.
pub(crate) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, number: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let ahead = self.rest;
        let (bytes, end) = match memchr::memchr(b'\n', self.rest) {
            Some(at) => {
                let bytes = &self.rest[..at];
                self.rest = &self.rest[at + 1..];
                bytes.strip_suffix(b"\r").map_or((bytes, LineEnd::Feed), |bytes| (bytes, LineEnd::ReturnFeed))
            }
            None => (std::mem::take(&mut self.rest), LineEnd::Missing),
        };
        Some(Line { number: self.number, bytes, ahead, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end() {
        let lines: Vec<_> =
            Lines::new(b"a\n\r\nb\rc\r\n\nd\r").map(|line| (line.number, line.bytes, line.end)).collect();
        let expected: [(usize, &[u8], LineEnd); 5] = [
            (1, b"a", LineEnd::Feed),
            (2, b"", LineEnd::ReturnFeed),
            (3, b"b\rc", LineEnd::ReturnFeed),
            (4, b"", LineEnd::Feed),
            (5, b"d\r", LineEnd::Missing),
        ];
        assert_eq!(lines, expected);
        assert_eq!(Lines::new(b"").count(), 0);
    }
}
