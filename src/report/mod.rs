//! One session as a folder that people open after an evening: a page, its pictures, its tables.
//!
//! [`Report::plan`] looks at all rounds of a session and decides which pictures there will be and on which scale;
//! [`Report::pictures`] are drawn one by one, in any order, by whoever has a core to spare; [`Report::page`] is the page
//! that shows them. Nothing here touches the disk.

mod charts;
mod downloads;
mod index;
mod page;
mod past;
mod people;
mod picture;
mod plan;
pub mod replay;
mod rounds;
pub mod tables;

pub use index::{SessionEntry, sessions_page};
pub use page::PageData;
pub use past::Past;
pub use picture::Picture;
pub(crate) use picture::hex;
pub use plan::{FloorStage, FloorStages, MapStage, Report};
pub use rounds::{ReplayError, ReplayFile};
