//! One session as a folder that people open after a session: a page, its pictures, its tables.
//!
//! [`Report::plan`] looks at all rounds of a session and decides which pictures there will be and on which scale;
//! [`Report::pictures`] are drawn one by one, in any order and on any thread; [`Report::page`] is the page
//! that shows them. Nothing here touches the disk.

mod charts;
mod downloads;
mod model;
mod page;
mod past;
mod pictures;
mod plan;
pub(crate) mod players;
pub mod replay;
mod subject;
pub mod tables;

pub use model::{Picture, Report};
pub use page::PageData;
pub use page::index::{SessionEntry, sessions_page};
pub use past::Past;
pub use replay::rounds::{ReplayError, ReplayFile};
pub use subject::Picture;
pub(crate) use subject::hex;
