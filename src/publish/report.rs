//! A session's report in one call.

use std::path::Path;

use super::folder::{Keep, Made, Options, make};
use super::sessions::KnownFiles;
use crate::analysis::Filter;
use crate::basemap::BaseStyle;
use crate::error::Error;
use crate::progress::{Progress, Silent};
use crate::rounds::{Maps, Rounds};

/// A report: one folder of a page, its pictures, replays and tables.
#[derive(Debug, Clone, Default)]
pub struct Report {
    filter: Filter,
    base: BaseStyle,
    maps: Maps,
}

impl Report {
    /// A report of all lives of people, on maps that are held back.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only these rounds and lives.
    #[must_use]
    pub fn of(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }

    /// On maps drawn in another way.
    #[must_use]
    pub fn over(self, base: BaseStyle) -> Self {
        Self { base, ..self }
    }

    /// Also look for maps here.
    #[must_use]
    pub fn maps(self, maps: Maps) -> Self {
        Self { maps, ..self }
    }

    /// Makes the folder, or brings it up to date: what is there and still right stays.
    ///
    /// ```no_run
    /// use proximity::{Report, Rounds};
    ///
    /// let made = Report::new().write(&Rounds::open("examples/session")?, "out")?;
    /// println!("{} rounds, {} files drawn", made.summary.rounds, made.drawn);
    /// # Ok::<(), proximity::Error>(())
    /// ```
    ///
    /// # Errors
    /// Input of which nothing can be read, a folder that cannot be written or holds a page that is not ours.
    pub fn write(&self, rounds: &Rounds, out: impl AsRef<Path>) -> Result<Made, Error> {
        self.write_with(rounds, out.as_ref(), &Silent)
    }

    /// The same, telling how far it is.
    ///
    /// # Errors
    /// As [`Report::write`].
    pub fn write_with(&self, rounds: &Rounds, out: &Path, progress: &dyn Progress) -> Result<Made, Error> {
        let mut rounds = rounds.clone();
        let doubles = rounds.choose(&self.filter)?;
        let options = Options {
            filter: &self.filter,
            base: self.base,
            maps: &self.maps,
            index: None,
            past: None,
            keep: Keep::WhatIsRight,
            stop: None,
        };
        let mut made = make(&rounds, out, &options, &mut KnownFiles::default(), "drawing", progress)?;
        made.faults.doubles = doubles;
        Ok(made)
    }
}
