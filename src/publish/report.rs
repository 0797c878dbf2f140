//! A session's report in one call.

use std::path::Path;

use super::contents::Contents;
use super::folder::{Keep, Made, Options, make};
use super::sessions::KnownFiles;
use crate::analysis::Filter;
use crate::basemap::BaseStyle;
use crate::error::Error;
use crate::progress::{Progress, Silent};
use crate::report::{SharePicture, Sheets};
use crate::rounds::{Maps, Rounds};

/// A report: one folder of a page, its pictures, replays and tables.
#[derive(Debug, Clone, Default)]
pub struct Report {
    filter: Filter,
    base: BaseStyle,
    maps: Maps,
    sheets: Sheets,
    address: Option<String>,
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

    /// With full sheets of this kind.
    #[must_use]
    pub fn sheets(self, sheets: Sheets) -> Self {
        Self { sheets, ..self }
    }

    /// For a folder that will be at this address on the web: a link to it then unfolds with a picture.
    #[must_use]
    pub fn at(self, address: &str) -> Self {
        Self { address: Some(format!("{}/", address.trim_end_matches('/'))), ..self }
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
        let mut made = make(&rounds, out, &self.options(), &mut KnownFiles::default(), "drawing", progress)?;
        made.faults.doubles = doubles;
        Ok(made)
    }

    /// The session in one picture, 1200 × 630, with its words: what a chat shows of it. Nothing is written.
    ///
    /// # Errors
    /// Input that cannot be read or of which the filter leaves nothing.
    pub fn share_picture(&self, rounds: &Rounds) -> Result<SharePicture, Error> {
        let mut rounds = rounds.clone();
        rounds.choose(&self.filter)?;
        Contents::read(&rounds, &self.filter, self.base, &self.maps, &Silent)?.report()?.share_picture()
    }

    fn options(&self) -> Options<'_> {
        Options {
            filter: &self.filter,
            base: self.base,
            maps: &self.maps,
            index: None,
            past: None,
            keep: Keep::WhatIsRight,
            sheets: self.sheets,
            address: self.address.clone(),
            stop: None,
        }
    }
}
