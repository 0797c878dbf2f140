//! Maps by name: the user's folders first, then the maps that are part of the program, then the atlas.

mod error;
pub mod folder;
pub(crate) mod listing;
pub(crate) mod shipped;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::atlas::Atlas;
use super::description::{DescribedLayer, ImportSource, MapDescription};
use super::extent::Extent;
use super::fit;
use super::label::{LabelKind, MapLabel, SpawnSpot};
use super::layers::{Layer, Layers};
use super::name::MapName;
use super::picture::Picture;
use crate::geom::{Affine, WorldPoint, WorldRect};
use listing::{ENDINGS, Folder, read_text};

pub use error::LibraryError;

/// Everything known about one map.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldMap {
    /// The name as it was asked for.
    pub name: String,
    /// Its full name, if known.
    pub title: Option<String>,
    /// Which part of the world its picture shows.
    pub extent: Extent,
    /// Its picture from above. `None`: draw one with [`crate::basemap::ink`].
    pub picture: Option<Picture>,
    /// Where the picture comes from, for a caption.
    pub picture_from: Option<String>,
    /// A picture drawn from the map's geometry; it may be the same as `picture`.
    pub overview: Option<Picture>,
    /// Its layers; empty for most maps.
    pub layers: Layers,
    /// Its named places.
    pub labels: Vec<MapLabel>,
    /// Where players appear.
    pub spawns: Vec<SpawnSpot>,
    /// Where all that comes from.
    pub origins: Origins,
}

/// Which description each part of a map comes from, in words; `None` for a part that no description has. (The extent
/// and the pictures say so themselves.)
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Origins {
    /// The title.
    pub title: Option<String>,
    /// The layers.
    pub layers: Option<String>,
    /// The labels.
    pub labels: Option<String>,
    /// The spawn spots.
    pub spawns: Option<String>,
    /// The file that the map was imported from.
    pub import: Option<ImportSource>,
}

impl WorldMap {
    /// An unknown map: the extent is fitted to where its tracks went.
    pub fn fitted(name: &str, tracks: &WorldRect) -> Self {
        Self::bare(name, fit::extent(tracks))
    }

    /// A map of which only the extent is known.
    pub fn bare(name: &str, extent: Extent) -> Self {
        Self {
            name: name.to_owned(),
            title: None,
            extent,
            picture: None,
            picture_from: None,
            overview: None,
            layers: Layers::default(),
            labels: Vec::new(),
            spawns: Vec::new(),
            origins: Origins::default(),
        }
    }

    /// The name of the place that a point is at: the nearest of the map's place names, else of its other labels;
    /// `None` if the map names none within `reach` units.
    pub fn place(&self, at: WorldPoint, reach: f64) -> Option<&MapLabel> {
        let nearest = |is_wanted: &dyn Fn(&MapLabel) -> bool| {
            let near = self.labels.iter().filter(|label| is_wanted(label));
            let near = near.map(|label| (label.at.distance_3d(at), label)).filter(|(far, _)| *far <= reach);
            near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, label)| label)
        };
        let named = nearest(&|label| label.kind == LabelKind::Place);
        named.or_else(|| nearest(&|label| label.kind != LabelKind::Place))
    }

    /// The transform that lays the extent over the pixel rectangle at (`left`, `top`); `None` unless both sizes are
    /// positive.
    pub fn projection(&self, left: f64, top: f64, width: f64, height: f64) -> Option<Affine> {
        Affine::fit(&self.extent.rect, left, top, width, height)
    }
}

/// Where [`MapLibrary::list`] found a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// Described or pictured in one of the user's folders.
    Folder,
    /// Part of the program.
    Shipped,
    /// Only its extent is known, from the atlas.
    Atlas,
}

/// Finds maps by name.
///
/// A maps folder holds `<map>.toml` (see [`MapDescription`]), `<map>.png` (or tga, jpg, jpeg), pictures under the
/// game's own names (`<map>_cc.tga`, `<map>_0_cc.tga`, in the folder or in its `levelshots`), and perhaps an
/// `atlas.toml` with more extents. `levelshots/<map>.tga` is a loading screen and never used. Names are matched
/// without regard to case.
#[derive(Debug, Clone, Default)]
pub struct MapLibrary {
    folders: Vec<Folder>,
}

impl MapLibrary {
    /// A library of the user's folders, the more important first, and of what is part of the program.
    ///
    /// # Errors
    /// [`LibraryError`] if a folder cannot be listed or holds a broken `atlas.toml`.
    pub fn open<P: AsRef<Path>>(folders: &[P]) -> Result<Self, LibraryError> {
        let folders = folders.iter().map(|path| Folder::open(path.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { folders })
    }

    /// Everything known about a map; `None` when its extent is not known, or when the name is none that a map file
    /// can have (`../x`, `a/b`).
    ///
    /// # Errors
    /// [`LibraryError`] if the map's description is broken.
    pub fn find(&self, map: &str) -> Result<Option<WorldMap>, LibraryError> {
        let Some(name) = MapName::new(map) else { return Ok(None) };
        let described = self.describe(&name)?;
        let known = described
            .iter()
            .find_map(Described::extent)
            .or_else(|| self.folders.iter().find_map(|folder| folder.atlas.find(&name)))
            .or_else(|| Atlas::shipped().find(&name));
        let Some(extent) = known else { return Ok(None) };
        Ok(Some(self.put_together(map, &name, extent, &described)))
    }

    /// A map of the parts that its descriptions give, the first that has a part before the others.
    fn put_together(&self, map: &str, name: &MapName, extent: Extent, described: &[Described]) -> WorldMap {
        let first = |has: &dyn Fn(&MapDescription) -> bool| described.iter().find(|d| has(&d.description));
        let title = first(&|d| d.title.is_some());
        let layers = first(&|d| !d.layers.is_empty());
        let labels = first(&|d| !d.labels.is_empty());
        let spawns = first(&|d| !d.spawns.is_empty());
        // A picture fits the extent that it was made for, and no other.
        let fits = |found: &&Described| found.extent().is_none_or(|own| own.rect == extent.rect);
        let own = |shelf: Shelf| described.iter().filter(fits).filter(move |found| found.shelf == shelf);
        let pictured = |found: &Described| {
            let from = found.description.picture.as_ref().and_then(|picture| picture.from.clone());
            Some((found.picture.clone()?, from))
        };
        let picture = own(Shelf::Folder)
            .find_map(pictured)
            .or_else(|| Some((self.picture(name)?, None)))
            .or_else(|| own(Shelf::Shipped).find_map(pictured));
        let (picture, picture_from) = picture.unzip();
        let layer = |found: &Described, i: usize, layer: &DescribedLayer| {
            let named = found.layer_pictures.get(i).cloned().flatten().filter(|_| fits(&found));
            let picture_from = layer.from.clone().filter(|_| named.is_some());
            let picture = named.or_else(|| self.by_name(name, &format!("_{i}_cc")));
            Layer { ceiling: layer.ceiling, picture, picture_from }
        };
        let layers_of = |found: &Described| {
            found
                .description
                .layers
                .iter()
                .enumerate()
                .map(|(i, described)| layer(found, i, described))
                .collect()
        };
        WorldMap {
            title: title.and_then(|found| found.description.title.clone()),
            overview: described.iter().filter(fits).find_map(|found| found.overview.clone()),
            picture,
            picture_from: picture_from.flatten(),
            layers: layers.map_or_else(Layers::default, |found| Layers::new(layers_of(found))),
            labels: labels.map_or_else(Vec::new, |found| found.description.map_labels()),
            spawns: spawns.map_or_else(Vec::new, |found| found.description.spawn_spots()),
            origins: Origins {
                title: title.map(Described::origin),
                layers: layers.map(Described::origin),
                labels: labels.map(Described::origin),
                spawns: spawns.map(Described::origin),
                import: described.iter().find_map(|found| found.description.source.clone()),
            },
            ..WorldMap::bare(map, extent)
        }
    }

    /// A picture of a map whose extent is not known, so that it cannot be used before it is calibrated.
    pub fn stray_picture(&self, map: &str) -> Option<Picture> {
        let name = MapName::new(map)?;
        matches!(self.find(map), Ok(None)).then(|| self.picture(&name)).flatten()
    }

    /// All known maps by name, each with the best place it was found in.
    pub fn list(&self) -> Vec<(String, Shelf)> {
        let mut shelves: BTreeMap<String, BTreeSet<Shelf>> = BTreeMap::new();
        let mut shelve = |name: &str, shelf| {
            shelves.entry(name.to_owned()).or_default().insert(shelf);
        };
        for folder in &self.folders {
            folder.names().into_iter().for_each(|name| shelve(&name, Shelf::Folder));
            folder.atlas.iter().for_each(|(name, _)| shelve(name, Shelf::Folder));
        }
        shipped::names().for_each(|name| shelve(name, Shelf::Shipped));
        Atlas::shipped().iter().for_each(|(name, _)| shelve(name, Shelf::Atlas));
        shelves.into_iter().filter_map(|(name, on)| Some((name, on.into_iter().next()?))).collect()
    }

    /// All descriptions of a map with the pictures they name: those of the folders in their order, then the program's.
    fn describe(&self, name: &MapName) -> Result<Vec<Described>, LibraryError> {
        let parse = |path: &Path, text: &str| {
            let broken = |source| LibraryError::Description { path: path.to_owned(), source };
            MapDescription::parse(text).map_err(broken)
        };
        let mut found = Vec::new();
        for folder in &self.folders {
            let named = stems(name).into_iter().map(|stem| format!("{stem}.toml"));
            let Some((file, path)) = named.into_iter().find_map(|file| folder.files.get_key_value(&file))
            else {
                continue;
            };
            let description = parse(path, &read_text(path)?)?;
            found.push(Described::new(Shelf::Folder, file.clone(), description, |named| folder.named(named)));
        }
        if let Some((file, text, picture)) = shipped::find(name) {
            let description = parse(Path::new(&file), text)?;
            let mut described = Described::new(Shelf::Shipped, file, description, |_| None);
            described.picture = Some(picture);
            found.push(described);
        }
        Ok(found)
    }

    /// A map's picture by the names it may have.
    fn picture(&self, name: &MapName) -> Option<Picture> {
        self.by_name(name, "").or_else(|| self.by_name(name, "_cc"))
    }

    /// The first picture `<map><part>.*` of any folder. In `levelshots` only command maps count.
    fn by_name(&self, name: &MapName, part: &str) -> Option<Picture> {
        let stems = stems(name);
        let names = || stems.iter().flat_map(|stem| ENDINGS.map(|ending| format!("{stem}{part}.{ending}")));
        self.folders.iter().find_map(|folder| {
            let in_levelshots = part.ends_with("_cc").then_some(&folder.levelshots);
            [Some(&folder.files), in_levelshots]
                .into_iter()
                .flatten()
                .find_map(|files| names().find_map(|name| files.get(&name)).map(Picture::file))
        })
    }
}

/// How the names of a map's files may begin: as this program writes them, or with the map's name as it is.
fn stems(name: &MapName) -> Vec<String> {
    let mut stems = vec![name.file_stem(), name.to_string()];
    stems.dedup();
    stems
}

/// A description with the pictures it names.
struct Described {
    shelf: Shelf,
    file: String,
    description: MapDescription,
    picture: Option<Picture>,
    overview: Option<Picture>,
    layer_pictures: Vec<Option<Picture>>,
}

impl Described {
    fn new(
        shelf: Shelf,
        file: String,
        description: MapDescription,
        named: impl Fn(&str) -> Option<Picture>,
    ) -> Self {
        let picture = description.picture.as_ref().and_then(|p| named(p.file.as_deref()?));
        let overview = description.picture.as_ref().and_then(|p| named(p.overview.as_deref()?));
        let layer_pictures = description.layers.iter().map(|l| named(l.picture.as_deref()?)).collect();
        Self { shelf, file, description, picture, overview, layer_pictures }
    }

    fn extent(&self) -> Option<Extent> {
        self.description.world_extent(&self.file)
    }

    /// Where it is, in words.
    fn origin(&self) -> String {
        match self.shelf {
            Shelf::Shipped => format!("{}, part of the program", self.file),
            Shelf::Folder | Shelf::Atlas => self.file.clone(),
        }
    }
}
