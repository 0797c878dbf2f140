//! The table of known maps that ships with the program.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::extent::{AtlasOrigin, Extent, ExtentSource, corners};
use super::name::MapName;
use crate::geom::WorldRect;

/// The shipped table; `maps/README.md` says where its numbers come from.
const SHIPPED: &str = include_str!("../../maps/atlas.toml");

/// The value a navigation file has when its map had none (units).
const FALLBACK: f64 = 4096.0;

/// What is wrong with an atlas file.
#[derive(Debug, thiserror::Error)]
pub enum AtlasError {
    /// Not TOML, or not an atlas.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A map's two corners do not span a rectangle.
    #[error(
        "map {map}: mins must be [west, north] and maxs [east, south], with west < east and south < north"
    )]
    Corners {
        /// The map's name as written.
        map: String,
    },
}

/// Extents by map name.
#[derive(Debug, Clone, Default)]
pub struct Atlas {
    maps: BTreeMap<String, (WorldRect, AtlasOrigin)>,
    kin: Kin,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Kin {
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    suffixes: Vec<String>,
}

#[derive(Deserialize)]
struct AtlasFile {
    #[serde(default)]
    kin: Kin,
    #[serde(default)]
    map: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    mins: [f64; 2],
    maxs: [f64; 2],
    #[serde(default = "by_hand")]
    source: Origin,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Origin {
    Bsp,
    Nav,
    Hand,
}

fn by_hand() -> Origin {
    Origin::Hand
}

impl Atlas {
    /// The table that ships with the program, parsed once.
    pub fn shipped() -> &'static Self {
        static ATLAS: OnceLock<Atlas> = OnceLock::new();
        // A shipped table that does not parse fails the test below, not a user's run.
        ATLAS.get_or_init(|| Self::parse(SHIPPED).unwrap_or_default())
    }

    /// A table from TOML text in the grammar of `maps/atlas.toml`.
    ///
    /// # Errors
    /// [`AtlasError`] with line and column when the text is no atlas, or with the map's name when its corners are
    /// not two opposite ones.
    pub fn parse(text: &str) -> Result<Self, AtlasError> {
        let file: AtlasFile = toml::from_str(text)?;
        let mut maps = BTreeMap::new();
        for (map, row) in file.map {
            let Some(rect) = corners(row.mins, row.maxs) else {
                return Err(AtlasError::Corners { map });
            };
            let is_fallback = (row.mins, row.maxs) == ([-FALLBACK, FALLBACK], [FALLBACK, -FALLBACK]);
            let origin = match row.source {
                Origin::Bsp => AtlasOrigin::Bsp,
                Origin::Nav if is_fallback => AtlasOrigin::NavFallback,
                Origin::Nav => AtlasOrigin::Nav,
                Origin::Hand => AtlasOrigin::Hand,
            };
            maps.insert(map.to_ascii_lowercase(), (rect, origin));
        }
        Ok(Self { maps, kin: file.kin })
    }

    /// The extent of a map, by its name or else by its kin's.
    pub fn find(&self, name: &MapName) -> Option<Extent> {
        let name = name.as_str();
        if let Some(&(rect, origin)) = self.maps.get(name) {
            return Some(Extent { rect, source: ExtentSource::Atlas(origin) });
        }
        let prefixes = self.kin.prefixes.iter().filter_map(|prefix| name.strip_prefix(prefix.as_str()));
        let suffixes = self.kin.suffixes.iter().filter_map(|suffix| name.strip_suffix(suffix.as_str()));
        prefixes.chain(suffixes).find_map(|of| {
            let &(rect, origin) = self.maps.get(of)?;
            Some(Extent { rect, source: ExtentSource::Kin { of: of.to_owned(), origin } })
        })
    }

    /// Every map of the table with its extent, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Extent)> {
        self.maps.iter().map(|(name, &(rect, origin))| {
            (name.as_str(), Extent { rect, source: ExtentSource::Atlas(origin) })
        })
    }

    /// How many maps.
    pub fn len(&self) -> usize {
        self.maps.len()
    }

    /// Whether the table is empty.
    pub fn is_empty(&self) -> bool {
        self.maps.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(name: &str) -> Option<Extent> {
        Atlas::shipped().find(&MapName::new(name).unwrap())
    }

    #[test]
    fn the_shipped_atlas_knows_its_maps() {
        assert!(Atlas::parse(SHIPPED).is_ok());
        assert_eq!(Atlas::shipped().len(), 414);
        let doubtful = Atlas::shipped().iter().filter(|(_, extent)| extent.is_doubtful()).count();
        assert_eq!(doubtful, 58);
    }

    #[test]
    fn corners_are_top_left_and_bottom_right() {
        let oasis = find("OASIS").unwrap();
        let rect = oasis.rect;
        assert_eq!((rect.min_x(), rect.max_y()), (-768.0, 9216.0));
        assert_eq!((rect.max_x(), rect.min_y()), (10496.0, -2048.0));
        assert_eq!(oasis.source, ExtentSource::Atlas(AtlasOrigin::Nav));
    }

    #[test]
    fn kin_lend_their_extent_and_are_named() {
        let etl = find("etl_supply").unwrap();
        assert_eq!(etl.rect, find("supply").unwrap().rect);
        assert_eq!(etl.sentence(), "extent of supply (from the map's own worldspawn)");
        assert_eq!(find("no_such_map"), None);
        assert_eq!(find("etl_"), None);
    }

    #[test]
    fn a_bad_row_is_named() {
        let text = "[map]\nx = { mins = [10, 0], maxs = [0, 10] }";
        assert!(Atlas::parse(text).unwrap_err().to_string().contains("map x"));
        assert!(Atlas::parse("[map]\nx = 3").unwrap_err().to_string().contains("line 2"));
    }
}
