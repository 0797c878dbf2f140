//! What to draw: from lives to a [`Scene`](crate::scene::Scene).
//!
//! Every figure is laid out on a [`Sheet`] in the colours of a [`Theme`], over a [`BaseMap`], with a [`Rail`] that
//! explains it. All sizes, colours and words are decided here; a backend only draws.

pub mod arrival;
pub mod base;
pub mod census;
pub mod chart;
pub mod context;
mod cover;
pub mod distance;
pub mod elevation;
pub mod exits;
pub mod field;
pub mod floors;
pub mod game_grid;
pub mod heatmap;
pub mod kills;
pub mod lettering;
pub mod life;
pub mod map_frame;
pub mod number;
pub mod oklab;
pub mod paths;
pub mod placement;
pub mod proof;
pub mod rail;
pub mod recipe;
pub mod replay;
pub mod resample;
pub mod sheet;
pub mod states;
pub mod subject;
pub mod theme;
pub mod veil;
pub mod way;

pub use base::{BaseMap, BaseStyle};
pub use census::{Census, Counts};
pub use context::SheetContext;
pub use lettering::{GridLines, Lettering, Names};
pub use map_frame::MapFrame;
pub use rail::{Mark, Rail, Row, Section};
pub use recipe::{Figure, Recipe};
pub use sheet::{Background, Orientation, Sheet};
pub use theme::Theme;
