//! What to draw: from lives to a [`Scene`](crate::scene::Scene).
//!
//! Every figure is laid out on a [`Sheet`] in the colours of a [`Theme`], over a [`BaseMap`], with a [`Rail`] that
//! explains it. All sizes, colours and words are decided here; a backend only draws.

pub mod base;
pub mod chart;
pub mod distance;
pub mod field;
pub mod number;
pub mod oklab;
pub mod placement;
pub mod rail;
pub mod resample;
pub mod sheet;
pub mod theme;
pub mod way;

pub use base::{BaseMap, BaseStyle};
pub use rail::{Mark, Rail, Row, Section};
pub use sheet::{Background, MapFrame, Orientation, Sheet};
pub use theme::Theme;
