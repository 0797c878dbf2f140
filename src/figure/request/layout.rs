//! The sheet as data.

use serde::{Deserialize, Serialize};

use super::RequestError;
use crate::figure::layout::map_labels::{GridLines, MapLabels, Names};
use crate::figure::layout::sheet::{Orientation, Sheet};

/// When floors get a panel each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum PanelsWhen {
    /// Where the map has floors.
    Always,
    /// Where at least a quarter of the time off the busiest floor lies above or below other floors' time.
    #[default]
    Auto,
    /// All floors on one map.
    Never,
}

/// Where the legend goes, how large the map is, and what is written on it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// Where the legend goes. Default: beside the map.
    pub legend: Orientation,
    /// Side of the map's square, pixels; the legend comes on top. Default: 1080.
    pub size_px: u32,
    /// Which names stand on the map. Default: spawn areas and objectives.
    pub labels: Names,
    /// Whether the game's own grid is drawn over the map. Default: hidden.
    pub grid: GridLines,
}

impl Default for Layout {
    fn default() -> Self {
        Self { legend: Orientation::Landscape, size_px: 1080, labels: Names::Key, grid: GridLines::Hidden }
    }
}

impl Layout {
    /// The legend beside a map of `size_px` pixels a side.
    pub fn landscape(size_px: u32) -> Self {
        Self { size_px, ..Self::default() }
    }

    /// The legend below a map of `size_px` pixels a side, larger: for phones.
    pub fn portrait(size_px: u32) -> Self {
        Self { legend: Orientation::Portrait, ..Self::landscape(size_px) }
    }

    /// The map alone.
    pub fn bare(size_px: u32) -> Self {
        Self { legend: Orientation::Bare, ..Self::landscape(size_px) }
    }

    /// The sheet it means.
    ///
    /// # Errors
    /// A size that no sheet can have.
    pub fn sheet(&self) -> Result<Sheet, RequestError> {
        let sheet = Sheet::new(self.legend, self.size_px).ok_or_else(|| RequestError::Range {
            what: format!("--size {}", self.size_px),
            expected: format!("{} to {} pixels", Sheet::SIZES.start(), Sheet::SIZES.end()),
        })?;
        Ok(sheet.with_map_labels(MapLabels { names: self.labels, grid: self.grid }))
    }
}
