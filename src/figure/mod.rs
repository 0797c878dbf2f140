//! What to draw: from lives to a [`Scene`](crate::scene::Scene).
//!
//! Every figure is laid out on a [`Sheet`] in the colours of a [`Theme`](crate::theme::Theme), over a
//! [`BaseMap`](crate::basemap::BaseMap), with a [`Legend`] that explains it. All sizes, colours and words are decided
//! here; a backend only draws.

pub mod arrival;
pub mod canvas;
pub mod elevation;
pub mod exits;
pub mod heatmap;
pub mod kills;
pub mod layout;
pub mod life;
pub mod paths;
pub mod proof;
pub mod replay;
pub mod request;
pub mod words;

pub use canvas::Canvas;
pub use layout::legend::{Legend, Mark, Row, Section};
pub use layout::map_labels::{GridLines, MapLabels, Names};
pub use layout::sheet::{Background, Orientation, Sheet};
pub use request::recipe::{Drawing, Recipe};
pub use words::data_summary::{Counts, DataSummary};
