//! One thing that is not what it should be, and the list of all of them in a file.

use std::fmt;

use crate::format::error::{ErrorKind, ReadError, Warning};
use crate::format::options::{OnBadRow, ReadOptions};

/// A fault within one line. Its text is only composed when it is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault<'a> {
    /// Byte within the line, counted from 0.
    pub(crate) offset: usize,
    pub(crate) what: What<'a>,
}

/// The kinds of [`Fault`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'a> {
    /// A value of the wrong kind.
    Value { name: &'static str, text: &'a [u8], expected: &'static str },
    /// A row with too few fields.
    Fields { found: usize, expected: usize },
    /// A tuple with too few values.
    Values { found: usize, expected: &'static str },
    /// A life with more kinds of unknown events than can be told apart.
    Events,
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Value { name, text, expected } => {
                write!(f, "{name} is {}, expected {expected}", Quoted(text))
            }
            Self::Fields { found, expected } => write!(f, "{}, expected {expected}", Count(found, "field")),
            Self::Values { found, expected } => write!(f, "{}, expected {expected}", Count(found, "value")),
            Self::Events => f.write_str("more than 256 unknown kinds of events in one life"),
        }
    }
}

/// A number of things, in words.
pub(crate) struct Count(pub(crate) usize, pub(crate) &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// Text from a file, fit for a message: in quotes, short, on one line.
pub(crate) struct Quoted<'a>(pub(crate) &'a [u8]);

impl Quoted<'_> {
    const SHOWN_BYTES: usize = 40;
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(Self::SHOWN_BYTES)];
        let more = if shown.len() < self.0.len() { "…" } else { "" };
        write!(f, "\"{}{more}\"", String::from_utf8_lossy(shown).escape_debug())
    }
}

/// Everything that is wrong with a file, as far as it is kept.
pub(crate) struct Faults {
    on_bad_row: OnBadRow,
    limit: usize,
    kept: Vec<Warning>,
    /// Place of the first fault that was not kept.
    beyond: Option<(usize, usize)>,
    total: usize,
    complete: bool,
}

impl Faults {
    pub(crate) fn new(options: &ReadOptions) -> Self {
        Self {
            on_bad_row: options.on_bad_row,
            limit: options.limits.warnings,
            kept: Vec::new(),
            beyond: None,
            total: 0,
            complete: true,
        }
    }

    /// Something is left out: `offset` counts from 0 within `line`.
    pub(crate) fn lost(&mut self, line: usize, offset: usize, why: fmt::Arguments) -> Result<(), ReadError> {
        match self.on_bad_row {
            OnBadRow::Fail => {
                let kind = ErrorKind::BadRow { message: why.to_string() };
                Err(ReadError { line, column: offset + 1, kind })
            }
            OnBadRow::Skip => {
                self.note(line, offset, why);
                Ok(())
            }
        }
    }

    /// Something looks wrong, but nothing is left out.
    pub(crate) fn note(&mut self, line: usize, offset: usize, what: fmt::Arguments) {
        self.total += 1;
        if self.kept.len() + 1 < self.limit {
            self.kept.push(Warning { line, column: offset + 1, message: what.to_string() });
        } else if self.beyond.is_none() {
            self.beyond = Some((line, offset + 1));
        }
    }

    /// A sign that the file's end is missing.
    pub(crate) fn cut(&mut self, line: usize, offset: usize, sign: fmt::Arguments) {
        self.complete = false;
        self.note(line, offset, sign);
    }

    /// Whether no sign of truncation was found.
    pub(crate) fn complete(&self) -> bool {
        self.complete
    }

    /// The warnings, and the number of faults including those beyond the limit.
    pub(crate) fn finish(mut self) -> (Vec<Warning>, usize) {
        if let Some((line, column)) = self.beyond
            && self.limit > 0
        {
            let rest = self.total - self.kept.len();
            self.kept.push(Warning { line, column, message: format!("and {rest} more from here on") });
        }
        (self.kept, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_short_and_on_one_line() {
        assert_eq!(Quoted(b"7").to_string(), "\"7\"");
        assert_eq!(Quoted(b"a\nb\"\x1b\xff").to_string(), "\"a\\nb\\\"\\u{1b}\u{fffd}\"");
        assert_eq!(Quoted(&[b'x'; 41]).to_string(), format!("\"{}…\"", "x".repeat(40)));
    }

    #[test]
    fn the_last_warning_counts_the_rest() {
        let mut options = ReadOptions::default();
        options.limits.warnings = 3;
        let mut faults = Faults::new(&options);
        for line in 1..=5 {
            faults.note(line, 0, format_args!("wrong"));
        }
        let (kept, total) = faults.finish();
        let text: Vec<String> = kept.iter().map(ToString::to_string).collect();
        assert_eq!(total, 5);
        assert_eq!(
            text,
            [
                "line 1, column 1: wrong",
                "line 2, column 1: wrong",
                "line 3, column 1: and 3 more from here on"
            ]
        );
    }
}
