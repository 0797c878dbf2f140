//! What can go wrong with a database, said so that somebody can act on it. No password is ever in it.

use crate::store::packed::Corrupt;

/// What a store answers with.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a store could not do its work. Nothing is half done: the transaction is gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    #[error("cannot open {url}: {reason}")]
    Connect {
        /// The database, without its password.
        url: String,
        /// What the driver says.
        reason: String,
    },
    /// The server's certificate was not accepted, or it speaks no TLS.
    #[error("no safe connection to {url}: {reason}")]
    Tls {
        /// The database, without its password.
        url: String,
        /// What is wrong, and what to say in the URL.
        reason: String,
    },
    /// Somebody else holds the database for too long.
    #[error("the database is locked by another program; nothing was changed, try again")]
    Locked,
    /// The database may not be written to.
    #[error("the database is read-only; nothing was changed")]
    ReadOnly,
    /// No room is left.
    #[error("no room is left for the database; nothing was changed")]
    Full,
    /// The connection broke.
    #[error("the connection to the database was lost; the round at hand was not imported ({0})")]
    Disconnected(String),
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
    /// The tables are somebody else's.
    #[error("the database is not one of proximity's: {0}; nothing was changed")]
    ForeignSchema(String),
    /// A migration failed, or was changed after it had been applied.
    #[error("schema version {version} ({name}): {reason}")]
    Migration {
        /// Its number.
        version: u32,
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A round cannot be kept as it is.
    #[error("{0}")]
    Unstorable(String),
    /// A packed path is damaged.
    #[error(transparent)]
    Damaged(#[from] Corrupt),
    /// A row does not say what this program wrote.
    #[error("the database holds something unexpected: {0}")]
    Unexpected(String),
    /// Anything else the database complains about.
    #[error("the database refused: {0}")]
    Refused(String),
}
