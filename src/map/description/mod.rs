//! A map's description: the TOML file beside its picture in a maps folder.
//!
//! ```toml
//! title = "Supply Depot"
//! extent = { mins = [-3200, 3200], maxs = [3200, -3200], source = "worldspawn" }
//! picture = { file = "supply.png", from = "levelshots/supply_cc.tga in pak0.pk3" }
//! source = { file = "pak0.pk3", entry = "maps/supply.bsp", sha256 = "…" }
//! layer = [
//!   { ceiling = 128, picture = "supply_0.png", from = "levelshots/supply_0_cc.tga in pak0.pk3" },
//! ]
//! label = [
//!   { kind = "spawn_area", side = "axis", text = "Depot Garage", at = [1200, -340, 64] },
//! ]
//! spawn = [
//!   { side = "axis", at = [1210, -300, 64], area = "Depot Garage" },
//! ]
//! ```
//!
//! - `extent`: the picture's top left corner (`mins`: west, north) and bottom right corner (`maxs`: east, south) in
//!   units, as in the map's worldspawn. `source` is `hand` (default), `worldspawn`, `geometry` or `calibrated`; the
//!   last may add `points` and `residual_units`.
//! - `picture.file`: a file beside this one. Default: found by the map's name.
//! - `picture.overview`: a picture drawn from the map's geometry; it may be the same file.
//! - `objective`: `{ side = "allies", text = "Steal the gold" }`, in the map's words.
//! - `layer`: upper z and picture of each layer, in the worldspawn's order.
//! - `label.kind`: `spawn_area`, `checkpoint`, `objective`, `constructible`, `command_post`, `item`, `delivery`,
//!   `cabinet`, `place`. `side`: `axis`, `allies`, or left out.
//!
//! Every part may be missing: then that of the next maps folder is used, or of the program. Unknown keys are refused, so that a slip of the pen does not go unseen.

mod write;

use serde::{Deserialize, Serialize};

use super::extent::{Extent, ExtentSource, corners};
use super::label::{LabelKind, MapLabel, Side, SpawnSpot};
use crate::geom::{WorldPoint, WorldRect};

/// The largest description that is read, bytes.
pub(crate) const LARGEST: u64 = 4 << 20;

/// What is wrong with a description.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// Not TOML, or not a description: line and column are in the message.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// The two corners do not span a rectangle.
    #[error("extent: mins must be [west, north] and maxs [east, south], with west < east and south < north")]
    Corners,
}

/// A description as it is written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapDescription {
    /// The map's full name.
    pub title: Option<String>,
    /// Where the world lies on the picture.
    pub extent: Option<DescribedExtent>,
    /// The picture.
    pub picture: Option<DescribedPicture>,
    /// What it was imported from.
    pub source: Option<ImportSource>,
    /// Layers in the worldspawn's order.
    #[serde(default, rename = "layer")]
    pub layers: Vec<DescribedLayer>,
    /// Named places.
    #[serde(default, rename = "label")]
    pub labels: Vec<DescribedLabel>,
    /// Spawn spots.
    #[serde(default, rename = "spawn")]
    pub spawns: Vec<DescribedSpawn>,
    /// What each side is to do.
    #[serde(default, rename = "objective")]
    pub objectives: Vec<DescribedObjective>,
}

/// `[extent]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribedExtent {
    /// Top left corner: west, north (units).
    pub mins: [f64; 2],
    /// Bottom right corner: east, south (units).
    pub maxs: [f64; 2],
    /// How the corners are known. Default: hand.
    #[serde(default)]
    pub source: CornerSource,
    /// With `calibrated`: how many points.
    pub points: Option<u32>,
    /// With `calibrated`: root mean square of what is left, units.
    pub residual_units: Option<f64>,
}

/// How the corners of a description are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CornerSource {
    /// Written by a person.
    #[default]
    Hand,
    /// The map's own worldspawn.
    Worldspawn,
    /// The bounds of its geometry.
    Geometry,
    /// Matched points.
    Calibrated,
}

/// `[picture]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribedPicture {
    /// A file beside the description. Default: found by the map's name.
    pub file: Option<String>,
    /// A picture drawn from the map's geometry, if there is one; it may be the same file.
    pub overview: Option<String>,
    /// Where the picture comes from, for people.
    pub from: Option<String>,
}

/// `[source]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportSource {
    /// The archive's file name.
    pub file: String,
    /// The map's entry in it.
    pub entry: String,
    /// SHA-256 of that entry, hexadecimal.
    pub sha256: String,
    /// The entry whose entities took the place of the map's own, if any.
    pub entities: Option<String>,
}

/// `[[layer]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribedLayer {
    /// Upper z, units.
    pub ceiling: f32,
    /// A file beside the description.
    pub picture: Option<String>,
    /// Where the picture comes from, for people.
    pub from: Option<String>,
}

/// `[[objective]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribedObjective {
    /// Whose objective it is.
    pub side: Side,
    /// What is to be done, in the map's words.
    pub text: String,
}

/// `[[label]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribedLabel {
    /// What it names.
    pub kind: LabelKind,
    /// Whose it is.
    pub side: Option<Side>,
    /// The name.
    pub text: String,
    /// x, y, z in units.
    pub at: [f32; 3],
}

/// `[[spawn]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribedSpawn {
    /// Whose spot it is.
    pub side: Side,
    /// x, y, z in units.
    pub at: [f32; 3],
    /// The spawn area's name.
    pub area: Option<String>,
}

impl MapDescription {
    /// A description from its text.
    ///
    /// # Errors
    /// [`DescriptionError`], with line and column.
    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        let description: Self = toml::from_str(text)?;
        if description.extent.as_ref().is_some_and(|e| e.rect().is_none()) {
            return Err(DescriptionError::Corners);
        }
        Ok(description)
    }

    /// The extent it gives, if any; `file` is the description's name for the caption.
    pub fn world_extent(&self, file: &str) -> Option<Extent> {
        let described = self.extent.as_ref()?;
        let source = match described.source {
            CornerSource::Hand => ExtentSource::Description { file: file.to_owned() },
            CornerSource::Worldspawn => ExtentSource::Worldspawn,
            CornerSource::Geometry => ExtentSource::Geometry,
            CornerSource::Calibrated => ExtentSource::Calibrated {
                points: described.points.unwrap_or(0),
                residual_units: described.residual_units.unwrap_or(0.0),
            },
        };
        Some(Extent { rect: described.rect()?, source })
    }

    /// The labels that are fit to show.
    pub fn map_labels(&self) -> Vec<MapLabel> {
        let label = |l: &DescribedLabel| MapLabel::new(l.kind, l.side, &l.text, point(l.at));
        self.labels.iter().filter_map(label).collect()
    }

    /// The spawn spots that lie in the world.
    pub fn spawn_spots(&self) -> Vec<SpawnSpot> {
        let spot = |s: &DescribedSpawn| SpawnSpot { side: s.side, at: point(s.at), area: s.area.clone() };
        self.spawns.iter().map(spot).filter(|spot| spot.at.is_plausible()).collect()
    }
}

impl DescribedExtent {
    /// The rectangle, if the corners span one.
    fn rect(&self) -> Option<WorldRect> {
        corners(self.mins, self.maxs)
    }
}

fn point([x, y, z]: [f32; 3]) -> WorldPoint {
    WorldPoint::new(x, y, z)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> MapDescription {
        MapDescription {
            title: Some("A \"quoted\" name\nwith [brackets] = and 'more'".into()),
            extent: Some(DescribedExtent {
                mins: [-3200.0, 3200.5],
                maxs: [3200.0, -3200.0],
                source: CornerSource::Calibrated,
                points: Some(3),
                residual_units: Some(0.125),
            }),
            picture: Some(DescribedPicture {
                file: Some("x.png".into()),
                overview: Some("x_overview.png".into()),
                from: Some("a pk3".into()),
            }),
            objectives: vec![DescribedObjective { side: Side::Axis, text: "Hold".into() }],
            source: Some(ImportSource {
                file: "a.pk3".into(),
                entry: "maps/x.bsp".into(),
                sha256: "00".into(),
                entities: Some("maps/x.ent".into()),
            }),
            layers: vec![DescribedLayer { ceiling: -12.5, picture: None, from: Some("a bsp".into()) }],
            labels: vec![DescribedLabel {
                kind: LabelKind::SpawnArea,
                side: Some(Side::Axis),
                text: "}, { \\".into(),
                at: [1.0, -2.25, 1e-3],
            }],
            spawns: vec![DescribedSpawn { side: Side::Allies, at: [0.0, 1.0, 2.0], area: Some("Z".into()) }],
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let text = full().to_toml();
        assert_eq!(MapDescription::parse(&text).unwrap(), full(), "{text}");
        assert_eq!(
            MapDescription::parse(&MapDescription::default().to_toml()).unwrap(),
            MapDescription::default()
        );
    }

    #[test]
    fn both_ways_of_writing_tables_are_read() {
        let text = "[extent]\nmins=[0,10]\nmaxs=[10,0]\n[[label]]\nkind='place'\ntext='^1Gate'\nat=[1,2,3]\n";
        let description = MapDescription::parse(text).unwrap();
        assert_eq!(description.map_labels()[0].text, "Gate");
        let extent = description.world_extent("gate.toml").unwrap();
        assert_eq!(extent.sentence(), "extent from gate.toml");
    }

    #[test]
    fn slips_are_refused_with_their_place() {
        let slip = |text: &str| MapDescription::parse(text).unwrap_err().to_string();
        assert!(slip("title = 'x'\npicutre = {}").contains("line 2"));
        assert!(slip("extent = { mins = [10, 0], maxs = [0, 10] }").contains("mins"));
        assert!(slip("extent = { mins = [0, nan], maxs = [10, 0] }").contains("mins"));
    }
}
