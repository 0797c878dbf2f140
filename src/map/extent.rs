//! The rectangle of the world that a map's picture shows, and how we know.

use crate::geom::{WORLD_LIMIT, WorldRect};

/// A rectangle from a map's two corners as maps write them: top left (west, north) and bottom right (east, south),
/// in units. `None` unless they span at least a unit each way and lie in the world or not far from it.
pub(crate) fn corners([west, north]: [f64; 2], [east, south]: [f64; 2]) -> Option<WorldRect> {
    let is_near = |edge: &f64| edge.abs() <= 2.0 * f64::from(WORLD_LIMIT);
    let rect = WorldRect::new(west, south, east, north)?;
    let is_wide = rect.width() >= 1.0 && rect.height() >= 1.0;
    (is_wide && [west, north, east, south].iter().all(is_near)).then_some(rect)
}

/// How the shipped atlas came by an extent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtlasOrigin {
    /// Read from the map's own worldspawn.
    Bsp,
    /// Read from a bot navigation file, which keeps the same keys.
    Nav,
    /// From a navigation file too, but exactly ±4096: perhaps a fallback value and not the map's own.
    NavFallback,
    /// Measured by hand.
    Hand,
}

/// Where an extent comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum ExtentSource {
    /// The table of known maps.
    Atlas(AtlasOrigin),
    /// The table of known maps, under the name of the map this one is a rebuild or an edition of.
    Kin {
        /// The map whose extent it is.
        of: String,
        /// How that map's extent is known.
        origin: AtlasOrigin,
    },
    /// Written in a description file of the user's maps folder, without saying more.
    Description {
        /// The file's name.
        file: String,
    },
    /// The map's own worldspawn (`mapcoordsmins`, `mapcoordsmaxs`).
    Worldspawn,
    /// The bounds of the map's geometry: its worldspawn names no corners.
    Geometry,
    /// Least squares over points matched on the picture by hand.
    Calibrated {
        /// How many points.
        points: u32,
        /// Root mean square of what is left, units.
        residual_units: f64,
    },
    /// The tracks' own bounds, squared and rounded: the map is not known.
    Fitted,
}

/// A rectangle of the world with its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Extent {
    /// What the picture shows, edge to edge.
    pub rect: WorldRect,
    /// How we know.
    pub source: ExtentSource,
}

impl Extent {
    /// One sentence for a caption: what the extent is and where it is from.
    pub fn sentence(&self) -> String {
        match &self.source {
            ExtentSource::Atlas(origin) => format!("extent {}", origin.phrase()),
            ExtentSource::Kin { of, origin } => format!("extent of {of} ({})", origin.phrase()),
            ExtentSource::Description { file } => format!("extent from {file}"),
            ExtentSource::Worldspawn => "extent from the map's own worldspawn".to_owned(),
            ExtentSource::Geometry => "extent from the bounds of the map's geometry".to_owned(),
            ExtentSource::Calibrated { points, residual_units } => {
                format!("extent calibrated by {points} points, residual {residual_units:.1} u")
            }
            ExtentSource::Fitted => "map unknown: extent fitted to the tracks".to_owned(),
        }
    }

    /// Whether the extent is a last resort: it may be a fallback value that has nothing to do with the map.
    pub fn is_doubtful(&self) -> bool {
        matches!(
            self.source,
            ExtentSource::Atlas(AtlasOrigin::NavFallback)
                | ExtentSource::Kin { origin: AtlasOrigin::NavFallback, .. }
        )
    }
}

impl AtlasOrigin {
    fn phrase(self) -> &'static str {
        match self {
            Self::Bsp => "from the map's own worldspawn",
            Self::Nav => "from a bot navigation file",
            Self::NavFallback => "from a bot navigation file, perhaps its fallback value",
            Self::Hand => "measured by hand",
        }
    }
}
