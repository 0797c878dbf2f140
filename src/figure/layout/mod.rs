//! Where things lie on a sheet: the map, the legend, labels, the scale bar, panels.

pub mod chart;
pub(crate) mod cover;
pub mod floor_panels;
pub mod game_grid;
pub mod legend;
pub mod map_labels;
pub mod placement;
pub mod scale_bar;
pub mod sheet;
pub(crate) mod window;
