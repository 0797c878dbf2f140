//! One session as a folder that people open after a session: a page, its pictures, its tables.
//!
//! [`SessionReport::plan`] looks at all rounds of a session and decides which pictures there will be and on which scale;
//! [`SessionReport::pictures`] are drawn one by one, in any order and on any thread; [`SessionReport::page`] is the page
//! that shows them. Nothing here touches the disk.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use proximity::report::SessionReport;
//! use proximity::{Filter, basemap::BaseStyle};
//!
//! let filter = Filter::new();
//! let report = SessionReport::plan(&[], &filter, &[], &BTreeMap::new(), BaseStyle::default())?;
//! assert_eq!(report.pictures().count(), 0, "no rounds, no pictures");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `Report` of the crate's root does all of it, with maps, a folder and what is there already.

mod charts;
mod downloads;
mod model;
mod page;
mod past;
mod pictures;
mod plan;
pub(crate) mod players;
pub(crate) mod replay;
pub(crate) mod tables;

pub use model::{Cover, Picture, PlayerOnMap, SessionReport, Sheets};
pub use page::PageData;
pub use page::index::{AcrossPage, SessionEntry, across_pages, sessions_page};
pub use past::{Past, PastSession};
pub use pictures::Drawn;
pub use pictures::share::{SHARE_FILE, SHARE_PX, SharePicture};
pub use replay::rounds::{ReplayError, ReplayFile};
