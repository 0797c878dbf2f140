//! One session as a folder that people open after an session: a page, its pictures, its tables.
//!
//! [`Report::plan`] looks at all rounds of a session and decides which pictures there will be and on which scale;
//! [`Report::pictures`] are drawn one by one, in any order, by whoever has a core to spare; [`Report::page`] is the page
//! that shows them. Nothing here touches the disk.

mod charts;
mod downloads;
mod page;
mod past;
mod picture;
mod plan;
pub(crate) mod players;
pub mod replay;
pub mod tables;

pub use page::PageData;
pub use page::index::{SessionEntry, sessions_page};
pub use past::Past;
pub use picture::Picture;
pub use plan::{FloorData, FloorsData, MapData, Report};
pub use replay::rounds::{ReplayError, ReplayFile};
