//! How much of a file is read, and what happens to a bad row.

/// What happens when a row, a sample or a header value cannot be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnBadRow {
    /// The whole read fails with the first fault.
    Fail,
    /// The faulty part is left out with a warning and reading goes on.
    #[default]
    Skip,
}

/// Bounds that no honest file reaches, so that a hostile one cannot exhaust memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of a file; a larger one is refused. Default: 128 MiB (a long round has about 1 MiB).
    pub file_bytes: usize,
    /// Length of a line; a longer one is left out. Default: 16 MiB.
    pub line_bytes: usize,
    /// Samples of one life; the rest is left out. Default: 200 000 (11 hours at 200 ms).
    pub samples_per_life: usize,
    /// Lives of one file; the rest is left out. Default: 50 000.
    pub lives: usize,
    /// Engagements of one file; the rest is left out. Default: 50 000.
    pub engagements: usize,
    /// Rows of any other table of one file; the rest is left out. Default: 1 000 000.
    pub other_rows: usize,
    /// Headings of one file; the rest is left out, and the rows below them count for the section before. Default: 1 000.
    pub sections: usize,
    /// Warnings kept; the last one counts the rest. Default: 1 000.
    pub warnings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 128 << 20,
            line_bytes: 16 << 20,
            samples_per_life: 200_000,
            lives: 50_000,
            engagements: 50_000,
            other_rows: 1_000_000,
            sections: 1_000,
            warnings: 1_000,
        }
    }
}

/// How to read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// What happens to a bad row. Default: [`OnBadRow::Skip`].
    pub on_bad_row: OnBadRow,
    /// Bounds. Default: [`Limits::default`].
    pub limits: Limits,
    /// The file's name, for its date and time; a folder in front of it is ignored. Default: none.
    pub file_name: Option<String>,
    /// Whether [`RoundMeta::content_hash`](crate::model::RoundMeta::content_hash) is filled, which takes a quarter of
    /// the time of reading. Default: yes.
    pub content_hash: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            on_bad_row: OnBadRow::default(),
            limits: Limits::default(),
            file_name: None,
            content_hash: true,
        }
    }
}
