//! Where rounds are kept: a file (SQLite) or a community's server (PostgreSQL), behind one trait.
//!
//! [`open`] gives a [`Store`] for a [`DatabaseUrl`]. [`Store::import`] takes one round, made ready by [`prepare`], in
//! one transaction: base rows, and every aggregate of the players and maps it touches, recomputed from base rows.
//! [`Store::load`] gives the round back as it was read, so that pictures from a store and from files are the same to
//! the byte.
//!
//! All SQL lies in `schema/`: numbered migrations per database, and queries that both understand but for the few
//! words that `engine` spells for each.

mod aggregate;
mod database;
mod dump;
mod engine;
mod error;
mod header;
mod import;
mod json;
mod legacy;
mod load;
pub mod packed;
mod password;
#[cfg(feature = "postgres")]
mod postgres;
mod prepare;
mod privacy;
mod pseudonym;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stats;
mod status;
mod texts;
mod url;

pub use error::StoreError;
pub use import::{Imported, Kept};
pub use json::{event_word, path as path_json};
pub use load::{RoundKey, StoredRound};
pub use prepare::{Form, ImportFile, prepare};
pub use privacy::Renamed;
pub use pseudonym::{Pseudonyms, Salt};
pub use schema::{Migration, SchemaState, ddl};
pub use stats::{Cell, Stats, Table};
pub use status::{MapStatus, Removed, Status};
pub use url::{DatabaseUrl, Tls};

use jiff::civil::Date;

use crate::analysis::Filter;
use crate::model::{Guid, Round};

/// What a store answers with.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Whether a database that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    /// It must be there: for everything that only reads.
    Never,
    /// A SQLite file is made when it is missing; PostgreSQL's databases are made by its administrator.
    IfMissing,
}

/// A place where rounds are kept. Every method that writes is one transaction: done whole or not at all.
pub trait Store: Send {
    /// What form of paths this store keeps; [`prepare`] wants to know.
    fn form(&self) -> Form;

    /// Whose tables the database has, and of which version.
    ///
    /// # Errors
    /// When the database cannot be asked.
    fn schema(&mut self) -> Result<SchemaState>;

    /// Brings the tables to the version of this program, from nothing, from January 2026, or from an older version;
    /// says what was applied.
    ///
    /// # Errors
    /// When the tables are newer or somebody else's, or a migration fails.
    fn migrate(&mut self) -> Result<Vec<Migration>>;

    /// Takes the last migration back, with all data that only it has a place for; `None` when there is none.
    ///
    /// # Errors
    /// When the older tables cannot hold what the newer ones do, or the tables are not ours.
    fn rollback(&mut self) -> Result<Option<Migration>>;

    /// Keeps a round. Knows it again by its bytes, by its identity, and as a better or worse copy of one it has.
    ///
    /// # Errors
    /// When the round cannot be kept; nothing has changed then.
    fn import(&mut self, file: ImportFile) -> Result<Imported>;

    /// The rounds that a filter's map, session and round number match, in the order they were written.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn rounds(&mut self, filter: &Filter) -> Result<Vec<StoredRound>>;

    /// A round, as it was read from its file.
    ///
    /// # Errors
    /// When it is not there any more, or damaged.
    fn load(&mut self, key: RoundKey) -> Result<Round>;

    /// What is kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn status(&mut self) -> Result<Status>;

    /// Removes every round of a session date.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn cleanup(&mut self, date: Date) -> Result<Removed>;

    /// A table of figures. A filter's states and windows do not matter here.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn stats(&mut self, what: Stats, filter: &Filter) -> Result<Table>;

    /// Takes a player's guid and every name of his out of every table; his lives stay, as nobody's in particular.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn forget(&mut self, guid: &Guid) -> Result<Renamed>;

    /// Gives every player a pseudonym that only the holder of the salt can tell again.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn anonymize(&mut self, salt: &Salt) -> Result<Renamed>;

    /// Every table as text, in natural order, without serial numbers and times of import: equal for equal content,
    /// whatever the backend and the order of imports.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn dump(&mut self) -> Result<String>;
}

/// Opens a store.
///
/// # Errors
/// When it is not there, cannot be reached, is another program's, or this build lacks the backend.
pub fn open(url: &DatabaseUrl, create: Create) -> Result<Box<dyn Store>> {
    match &url.place {
        #[cfg(feature = "sqlite")]
        url::Place::Sqlite { .. } => {
            Ok(Box::new(database::Database::new(sqlite::Sqlite::open(url, create)?)))
        }
        #[cfg(feature = "postgres")]
        url::Place::Postgres(_) => Ok(Box::new(database::Database::new(postgres::Postgres::open(url)?))),
        #[cfg(not(feature = "sqlite"))]
        url::Place::Sqlite { .. } => Err(StoreError::NotBuiltIn("SQLite")),
        #[cfg(not(feature = "postgres"))]
        url::Place::Postgres(_) => Err(StoreError::NotBuiltIn("PostgreSQL")),
    }
}
