//! Commands that draw one picture.

pub(crate) mod exits;
pub(crate) mod explain;
pub(crate) mod floors;
pub(crate) mod heatmap;
pub(crate) mod life;
pub(crate) mod paths;
pub(crate) mod replay;
pub(crate) mod setup;
pub(crate) mod write_figure;
