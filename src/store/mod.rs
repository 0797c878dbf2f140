//! Where rounds are kept: a file (SQLite) or a community's server (PostgreSQL), behind one trait.
//!
//! [`open`] gives a [`Storage`] for a [`DatabaseUrl`]. [`Storage::import`] takes one round, made ready by [`prepare`], in
//! one transaction: base rows, and every aggregate of the players and maps it touches, recomputed from base rows.
//! [`Storage::load`] gives the round back as it was read, so that pictures from a store and from files are the same to
//! the byte.
//!
//! All SQL lies in `schema/`: numbered migrations per database, and queries that both understand but for the few
//! words that `engine` spells for each.
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use proximity::store::{Create, DatabaseUrl, Stats, Storage, open};
//! use proximity::{Filter, Rounds, Store};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let url = format!("sqlite:{}", folder.path().join("rounds.db").display());
//! Store::open(&url)?.import(&Rounds::open("examples/session")?)?;
//! let mut store = open(&url.parse::<DatabaseUrl>()?, Create::Never)?;
//! assert_eq!(store.rounds(&Filter::everything())?.len(), 4);
//! assert!(!store.stats(Stats::Movers, &Filter::new())?.rows.is_empty());
//! # Ok::<(), proximity::Error>(())
//! ```

mod backend;
mod database;
mod demos;
mod error;
mod figures;
mod interface;
mod privacy;
mod read;
mod row;
mod schema;
mod url;
mod write;

pub mod packed;

pub use backend::engine::Leftover;
pub use database::open;
pub use demos::{DemoFile, DemoKill, DemoParty, DemoStamp, KillSearch};
pub use error::{Cause, Result, StoreError};
pub use figures::Stale;
pub use interface::Storage;
pub use privacy::Renamed;
pub use privacy::pseudonym::{Pseudonyms, Salt};
pub use read::load::{RoundKey, StoredRound};
pub use read::stats::{Cell, Stats, Table};
pub use read::status::{MapStatus, Status};
pub use read::verify::{DamagedRound, Verified};
#[cfg(feature = "lake")]
pub(crate) use row::header::{read as header_of, write as header_text};
pub use row::json::{event_word, path as path_json};
pub use schema::{Migration, SchemaState, ddl};
pub use url::{Create, DatabaseUrl, Tls};
pub use write::cleanup::Removed;
pub use write::import::{Existing, Imported};
pub use write::posts::{Post, PostState};
pub use write::prepare::file::{Form, ImportFile};
pub use write::prepare::prepare;
pub use write::shown::Answer;
