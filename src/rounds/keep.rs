//! Rounds into a store.

use super::Rounds;
use super::error::RoundsError;
use super::read::Hash;
use crate::analysis::session_date;
use crate::error::Error;
use crate::progress::Silent;
use crate::store::{self, Create, DatabaseUrl, ImportFile, Imported, Storage};

/// An open store: SQLite or PostgreSQL. Everything that [`Storage`] can do, it can do.
pub struct Store {
    storage: Box<dyn Storage>,
}

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// Rounds that are new in the store, or whose copy there was worse.
    pub new: usize,
    /// Rounds that the store had already.
    pub known: usize,
    /// Files that the store does not keep, a sentence each.
    pub refused: Vec<String>,
}

impl Store {
    /// Opens a store by its URL, `sqlite:PATH` or `postgres://USER@HOST/NAME`, and brings its tables up to date. A SQLite file
    /// that is missing is made.
    ///
    /// ```
    /// use proximity::{Filter, Rounds, Store};
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let url = format!("sqlite:{}", folder.path().join("rounds.db").display());
    /// let rounds = Rounds::open("examples/session")?;
    /// assert_eq!(Store::open(&url)?.import(&rounds)?.new, 4);
    /// assert_eq!(Rounds::open(&url)?.to_vec()?, rounds.to_vec()?, "what went in comes out");
    /// # Ok::<(), proximity::Error>(())
    /// ```
    ///
    /// # Errors
    /// A URL that is none, a database that cannot be opened or is not ours.
    pub fn open(url: &str) -> Result<Self, Error> {
        let url: DatabaseUrl = url.parse()?;
        let mut storage = store::open(&url, Create::IfMissing)?;
        storage.migrate()?;
        Ok(Self { storage })
    }

    /// Keeps rounds; what is there already stays as it is.
    ///
    /// # Errors
    /// Input that cannot be opened, or a store that cannot be written; the files before are kept then.
    pub fn import(&mut self, rounds: &Rounds) -> Result<Kept, Error> {
        let mut kept = Kept::default();
        // Some at a time: a packed round is small, but an input may have thousands.
        let step = rayon::current_num_threads().max(1) * 4;
        for first in (0..rounds.len()).step_by(step) {
            let some = rounds.part(|index| (first..first + step).contains(&index));
            for file in self.ready(&some)? {
                match file.map(|file| self.storage.import(file)) {
                    Err(refused) => kept.refused.push(refused),
                    Ok(Ok(Imported::AlreadyThere(_))) => kept.known += 1,
                    Ok(Ok(_)) => kept.new += 1,
                    Ok(Err(error)) => return Err(error.into()),
                }
            }
        }
        self.storage.settle()?;
        Ok(kept)
    }

    /// Rounds read and packed, or a sentence on why the store does not keep one.
    fn ready(&self, rounds: &Rounds) -> Result<Vec<Result<ImportFile, String>>, RoundsError> {
        let form = self.storage.form();
        rounds.each(Hash::Taken, &Silent, "reading", |_, read| {
            let path = read.path.display();
            Ok(match read.round {
                Err(error) => Err(format!("{path}: {error}")),
                Ok(round) => match session_date(&round.meta) {
                    None => Err(format!("{path}: neither its name nor its header says when it was played")),
                    Some(date) => {
                        store::prepare(round, date, form).map_err(|error| format!("{path}: {error}"))
                    }
                },
            })
        })
    }

    /// The store behind it.
    pub fn storage(&mut self) -> &mut dyn Storage {
        &mut *self.storage
    }
}
