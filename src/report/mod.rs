//! One session as a folder that people open after an evening: a page, its pictures, its tables.
//!
//! [`Report::plan`] looks at all rounds of a session and decides which pictures there will be and on which scale;
//! [`Report::pictures`] are drawn one by one, in any order, by whoever has a core to spare; [`Report::page`] is the page
//! that shows them. Nothing here touches the disk.

mod page;
mod plan;
pub mod replay;
pub mod tables;

pub use plan::{MapStage, Picture, Report};
