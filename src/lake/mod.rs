//! Rounds of many servers and many years, in a folder of Parquet files that any engine can read.
//!
//! [`Lake`] reads one, [`LakeWriter`] changes one. A round goes in as it was read and comes out the same, so a picture of a
//! lake is the picture of its files; beside that, its samples carry what cleaning made of them (`step`, `dx`, `dy`, `dt`), so
//! that other engines need not know how. `schema/lake.md` describes the tables.
//!
//! Rounds are divided by map and month into folders (`samples/v=1/map=supply/month=2026-03/`). `_lake.json` says which files
//! count, and is replaced as a whole: what it does not name is not in the lake. GUIDs and names stand in the table of
//! players only; everywhere else players are numbers that follow from a [`Secret`] outside the lake.

mod check;
mod column;
mod error;
mod heat;
mod load;
mod manifest;
mod people;
mod place;
mod reader;
mod rows;
mod schema;
mod table_file;
mod writer;

pub use check::Checked;
pub use error::{LakeError, Result};
pub use heat::{Cube, Summed};
pub(crate) use manifest::is_lake;
pub use people::{Grade, Secret};
pub use place::{Place, Snapshot, Source};
pub use reader::{Lake, LakeRound};
#[cfg(feature = "cluster")]
pub(crate) use schema::TABLES;
pub use schema::markdown;
pub use writer::{Added, Compacted, Forgotten, LakeWriter, SAMPLES_AT_ONCE};
