//! What can go wrong with a database, and what to do then. No password is ever in it.

use std::error::Error;
use std::fmt;

use crate::store::packed::Corrupt;

/// What a store answers with.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a store could not do its work. Nothing is half done: the transaction is gone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The text is not a database URL.
    #[error("{0}")]
    Url(String),
    /// This build has no such backend.
    #[error("this build of proximity knows no {0}; it was left out when it was compiled")]
    NotBuiltIn(&'static str),
    /// There is no database at that place.
    #[error("there is no database at {0}; `proximity import` makes one")]
    NotThere(String),
    /// The server could not be reached, or the file not be opened.
    #[error("cannot open {url}")]
    Connect {
        /// The database, without its password.
        url: String,
        /// What the driver says.
        #[source]
        cause: Cause,
    },
    /// The server's certificate was not accepted, or it speaks no TLS.
    #[error(
        "no safe connection to {url}: sslrootcert=FILE names the authority to trust, sslmode=disable goes without TLS"
    )]
    Tls {
        /// The database, without its password.
        url: String,
        /// What is wrong.
        #[source]
        cause: Cause,
    },
    /// Another program holds the database for too long.
    #[error("the database is locked by another program; nothing was changed, try again")]
    Locked,
    /// The database may not be written to.
    #[error("the database is read-only; nothing was changed")]
    ReadOnly,
    /// No room is left.
    #[error("no room is left for the database; nothing was changed")]
    Full,
    /// The file system failed.
    #[error(
        "its file cannot be read or written: a failing disk, or a limit for the size of files; nothing was changed"
    )]
    Disk(#[source] Cause),
    /// The connection broke.
    #[error("the connection to the database was lost; the round at hand was not imported")]
    Disconnected(#[source] Cause),
    /// The database's user may not do this.
    #[error("the database's user may not do this; {hint}")]
    Denied {
        /// What its owner can do about it.
        hint: &'static str,
        /// What the driver says.
        #[source]
        cause: Cause,
    },
    /// There are no tables yet.
    #[error("the database is empty; `proximity import` or `proximity schema migrate` makes its tables")]
    NoSchema,
    /// The tables are of an older version.
    #[error(
        "the database has schema version {found}, this program needs {needed}; run `proximity schema migrate`"
    )]
    OlderSchema {
        /// Version of the database.
        found: u32,
        /// Version of this program.
        needed: u32,
    },
    /// The tables are of a newer version.
    #[error(
        "the database has schema version {found}, this program knows only {known}; use a newer proximity"
    )]
    NewerSchema {
        /// Version of the database.
        found: u32,
        /// Version of this program.
        known: u32,
    },
    /// The tables are another program's.
    #[error("the database is not one of proximity's: {0}; nothing was changed")]
    ForeignSchema(String),
    /// A migration failed.
    #[error("schema version {version} ({name})")]
    Migration {
        /// Its number.
        version: u32,
        /// Its name.
        name: &'static str,
        /// What the driver says.
        #[source]
        cause: Cause,
    },
    /// A migration was changed after it had been applied.
    #[error(
        "schema version {version} ({name}) was made by another text than this program has; use the proximity that made it"
    )]
    AlteredMigration {
        /// Its number.
        version: u32,
        /// Its name.
        name: &'static str,
    },
    /// A round cannot be kept as it is.
    #[error("{0}")]
    Unstorable(String),
    /// A packed path is damaged.
    #[error("{0}; `proximity verify` lists all that is damaged, an import of the same files repairs it")]
    Damaged(Corrupt),
    /// A row does not say what this program wrote.
    #[error("the database holds something unexpected: {0}")]
    Unexpected(String),
    /// Anything else the database complains about.
    #[error("the database refused")]
    Refused(#[source] Cause),
}

impl From<Corrupt> for StoreError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Damaged(corrupt)
    }
}

/// What a database's driver says, in its words but without the statement; the driver's own error goes with it.
#[derive(Debug)]
pub struct Cause {
    message: String,
    driver: Box<dyn Error + Send + Sync>,
}

impl Cause {
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres")),
        expect(dead_code, reason = "no driver is built in")
    )]
    pub(super) fn new(message: String, driver: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { message, driver: driver.into() }
    }

    /// The driver's error: a `rusqlite::Error`, a `postgres::Error`, or what lies below them.
    pub fn driver(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.driver
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

// The driver's error says the same again, so it is no source.
impl Error for Cause {}
