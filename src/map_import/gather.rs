//! Everything that archives say about one map.

use image::RgbaImage;

use super::ImportOptions;
use super::seal::sha256;
use super::sources::{Entry, Sources, TEXT};
use crate::basemap::overview::{FloorPlan, Overview, Tone};
use crate::gamefiles::arena::{arena_value, objectives};
use crate::gamefiles::bsp::{Bsp, BspError};
use crate::gamefiles::{EntityFacts, PlaceFile, parse_places};
use crate::geom::WorldRect;
use crate::map::label::plain_title;
use crate::map::library::folder::MapFile;
use crate::map::library::listing::ENDINGS;
use crate::map::{
    Atlas, CornerSource, DescribedExtent, DescribedLabel, DescribedLayer, DescribedObjective,
    DescribedPicture, DescribedSpawn, Extent, ExtentSource, ImportSource, Layer, Layers, MapDescription,
    MapLabel, MapName, PictureLimits, picture,
};
use crate::text::{counted, decode};

/// What is said of a picture of our own.
const DRAWN: &str = "drawn from the map's geometry";
/// Most `.arena` files that are searched for a map's full name.
const MOST_ARENAS: usize = 256;

/// What is to be written about a map.
pub(crate) struct Gathered {
    pub description: MapDescription,
    pub extent: Option<Extent>,
    /// Pictures as PNG files.
    pub pictures: Vec<(MapFile, Vec<u8>)>,
    pub warnings: Vec<String>,
}

impl Gathered {
    /// Gather what is known about a map.
    ///
    /// # Errors
    /// Why the map itself cannot be read, naming file, entry and lump. Whatever else is wrong is a warning.
    pub fn of(map: &MapName, sources: &mut Sources, options: &ImportOptions) -> Result<Self, String> {
        let entry = format!("maps/{map}.bsp");
        let Entry { bytes, name, file } =
            sources.read(&entry, u64::MAX)?.ok_or_else(|| format!("{entry}: not found"))?;
        let mut bsp = Bsp::parse(&bytes).map_err(|error| format!("{file}: entry {name}: {error}"))?;
        let mut work = Work { map, sources, options, pictures: Vec::new(), warnings: Vec::new() };
        let source = ImportSource {
            sha256: sha256(&bytes),
            file,
            entry: name,
            entities: work.override_entities(&mut bsp),
        };
        drop(bytes);
        let odd = bsp.warnings.iter().map(|fault| match fault {
            BspError::Entities { .. } => format!("{}: {fault}", source.entry),
            _ => format!("{}: {fault}; left out", source.entry),
        });
        work.warnings.extend(odd);

        let facts = EntityFacts::of(&bsp);
        work.warnings.extend(facts.extent_fault.iter().cloned());
        let overview = Overview::explore(&bsp, facts.extent.as_ref());
        let overview = overview.map_err(|error| work.warnings.push(error.to_string())).ok();
        let extent = match (&facts.extent, &overview) {
            (Some(rect), _) => Some(Extent { rect: *rect, source: ExtentSource::Worldspawn }),
            (None, Some(overview)) => Some(overview.extent()),
            (None, None) => None,
        };
        work.compare_with_atlas(extent.as_ref());
        let command_map = work.command_map(facts.extent.is_some(), !facts.ceilings.is_empty());
        let rect = extent.as_ref().map(|extent| extent.rect);
        let picture = work.pictures_of(command_map, overview.as_ref(), rect.as_ref());
        let layers = work.layers_of(&facts.ceilings, overview.as_ref(), rect.as_ref());
        let title = work.title().or(facts.title);
        let objectives = work.objectives();
        let places = work.places();

        let description = MapDescription {
            title,
            extent: extent.as_ref().map(describe_extent),
            picture,
            source: Some(source),
            objectives,
            layers,
            labels: facts.labels.iter().chain(&places).map(describe_label).collect(),
            spawns: facts
                .spawns
                .iter()
                .map(|spot| DescribedSpawn {
                    side: spot.side,
                    at: [spot.at.x, spot.at.y, spot.at.z],
                    area: spot.area.clone(),
                })
                .collect(),
        };
        Ok(Self { description, extent, pictures: work.pictures, warnings: work.warnings })
    }
}

/// One map's import in progress.
struct Work<'a> {
    map: &'a MapName,
    sources: &'a mut Sources,
    options: &'a ImportOptions,
    pictures: Vec<(MapFile, Vec<u8>)>,
    warnings: Vec<String>,
}

impl Work<'_> {
    /// An entry that may be missing; what is wrong with it is a warning.
    fn read(&mut self, name: &str, most: u64) -> Option<Entry> {
        self.sources.read(name, most).unwrap_or_else(|fault| {
            self.warnings.push(fault);
            None
        })
    }

    fn read_text(&mut self, name: &str, most: u64) -> Option<String> {
        Some(decode(&self.read(name, most)?.bytes).0.into_owned())
    }

    /// Put the entities of `maps/<map>.ent` in place of the map's own; its name if that was done.
    fn override_entities(&mut self, bsp: &mut Bsp) -> Option<String> {
        let name = format!("maps/{}.ent", self.map);
        let text = self.read(&name, u64::MAX)?.bytes;
        match bsp.replace_entities(&text) {
            Ok(()) => Some(name),
            Err(error) => {
                self.warnings.push(format!("entry {name}: {error}"));
                None
            }
        }
    }

    fn compare_with_atlas(&mut self, extent: Option<&Extent>) {
        let Some(Extent { rect, source: ExtentSource::Worldspawn }) = extent else { return };
        if let Some(Extent { rect: known, source: ExtentSource::Atlas(_) }) = Atlas::shipped().find(self.map)
            && known != *rect
        {
            self.warnings.push("its corners differ from the atlas; the map's own are used".to_owned());
        }
    }

    /// The first picture `levelshots/<stem>`, else the one that its shader names; decoded, with where it was.
    fn picture(&mut self, stem: &str) -> Option<(RgbaImage, String)> {
        let own = format!("levelshots/{stem}");
        // The game asks for the shaders; a file of the same name stands in for one that is not there.
        let shaders = ["_automap", "_trans", ""].map(|part| format!("{own}{part}"));
        self.picture_at(&own).or_else(|| {
            let named = shaders.iter().find_map(|shader| self.sources.shader_picture(shader))?;
            let stem = named.rsplit_once('.').map_or(named.as_str(), |(stem, _)| stem);
            self.picture_at(stem)
        })
    }

    /// The first picture of a path without its ending.
    fn picture_at(&mut self, stem: &str) -> Option<(RgbaImage, String)> {
        for ending in ENDINGS {
            let name = format!("{stem}.{ending}");
            let limits = PictureLimits::default();
            let Some(entry) = self.read(&name, limits.file_bytes) else { continue };
            match picture::decode(&entry.bytes, &name, &limits) {
                Ok(picture) => return Some((picture, format!("{name} in {}", entry.file))),
                Err(error) => self.warnings.push(error.to_string()),
            }
        }
        None
    }

    /// The game's own command map: `<map>_cc`, or the lowest layer's. Never the loading screen `<map>`.
    fn command_map(&mut self, has_corners: bool, has_layers: bool) -> Option<(RgbaImage, String)> {
        let layer = format!("{}_0_cc", self.map);
        let found = self.picture(&format!("{}_cc", self.map));
        let found = found.or_else(|| has_layers.then(|| self.picture(&layer)).flatten());
        if let (Some((_, from)), false) = (&found, has_corners) {
            let warning = format!("{from} is not used: the map does not say where its corners lie");
            self.warnings.push(warning);
            return None;
        }
        found
    }

    /// Keep the map's pictures: the command map and the overview, or the overview alone.
    fn pictures_of(
        &mut self,
        command_map: Option<(RgbaImage, String)>,
        overview: Option<&Overview>,
        extent: Option<&WorldRect>,
    ) -> Option<DescribedPicture> {
        let drawn = self.draw(overview, extent, FloorPlan::ALL);
        let main = MapFile::of(self.map, "png");
        let second = MapFile::part(self.map, "overview", "png");
        let (file, overview, from) = match (command_map, drawn) {
            (Some((picture, from)), drawn) => {
                let file = self.keep(main, picture)?;
                (file, drawn.and_then(|drawn| self.keep(second, drawn)), from)
            }
            (None, Some(drawn)) => {
                let file = self.keep(main, drawn)?;
                (file.clone(), Some(file), DRAWN.to_owned())
            }
            (None, None) => return None,
        };
        Some(DescribedPicture { file: Some(file), overview, from: Some(from) })
    }

    /// The layers with a picture each: the game's own, or an overview of that floor.
    fn layers_of(
        &mut self,
        ceilings: &[f32],
        overview: Option<&Overview>,
        extent: Option<&WorldRect>,
    ) -> Vec<DescribedLayer> {
        let layers = Layers::new(ceilings.iter().copied().map(Layer::up_to).collect());
        let describe = |i: usize| {
            let own = self.picture(&format!("{}_{i}_cc", self.map));
            let found = own.or_else(|| {
                let drawn = self.draw(overview, extent, FloorPlan::of_layer(&layers, i))?;
                Some((drawn, DRAWN.to_owned()))
            });
            let file = MapFile::part(self.map, i, "png");
            let kept = found.and_then(|(picture, from)| Some((self.keep(file, picture)?, from)));
            let (picture, from) = kept.unzip();
            DescribedLayer { ceiling: ceilings[i], picture, from }
        };
        (0..layers.len()).map(describe).collect()
    }

    fn draw(
        &mut self,
        overview: Option<&Overview>,
        extent: Option<&WorldRect>,
        floor: FloorPlan,
    ) -> Option<RgbaImage> {
        let (overview, extent) = (overview?, extent?);
        let pixels = f64::from(self.options.overview_pixels) / extent.width().max(extent.height());
        let side = |units: f64| ((units * pixels).round() as u32).max(1);
        let drawn = overview.draw(extent, side(extent.width()), side(extent.height()), floor, Tone::Picture);
        drawn.map_err(|error| self.warnings.push(error.to_string())).ok()
    }

    /// Keep a picture as a PNG file; its name.
    fn keep(&mut self, file: MapFile, picture: RgbaImage) -> Option<String> {
        match picture::encode(picture, file.as_str()) {
            Ok(bytes) => {
                let name = file.as_str().to_owned();
                self.pictures.push((file, bytes));
                Some(name)
            }
            Err(error) => {
                self.warnings.push(error.to_string());
                None
            }
        }
    }

    /// The map's full name in `scripts/<map>.arena`, else in any other.
    fn title(&mut self) -> Option<String> {
        let own = format!("scripts/{}.arena", self.map);
        let is_arena = |name: &str| name.strip_prefix("scripts/")?.strip_suffix(".arena").map(|_| ());
        let others = self.sources.names(|name| is_arena(name).is_some());
        let others = others.into_iter().rev().filter(|name| *name != own).take(MOST_ARENAS);
        std::iter::once(own.clone()).chain(others).find_map(|name| {
            let text = self.read_text(&name, TEXT)?;
            let title = plain_title(&arena_value(&text, self.map.as_str(), "longname")?);
            (!title.is_empty()).then_some(title)
        })
    }

    fn objectives(&mut self) -> Vec<DescribedObjective> {
        let text = self.read_text(&format!("maps/{}.objdata", self.map), TEXT).unwrap_or_default();
        objectives(&text).into_iter().map(|(side, text)| DescribedObjective { side, text }).collect()
    }

    /// Place names, from the first of the game's three files that is not empty.
    fn places(&mut self) -> Vec<MapLabel> {
        for part in ["_loc_local", "_loc_override", "_loc"] {
            let name = format!("maps/{}{part}.dat", self.map);
            let Some(text) = self.read_text(&name, TEXT).filter(|text| !text.is_empty()) else { continue };
            let PlaceFile { places, unread, beyond } = parse_places(&text);
            if let Some(first) = unread.first() {
                let lines = counted(unread.len() as u64, "line", "lines");
                self.warnings
                    .push(format!("entry {name}: {lines} could not be read, the first is line {first}"));
            }
            if beyond > 0 {
                let warning =
                    format!("entry {name}: the first {} places are used, as in the game", places.len());
                self.warnings.push(format!("{warning}; {beyond} more are not"));
            }
            return places;
        }
        Vec::new()
    }
}

fn describe_extent(extent: &Extent) -> DescribedExtent {
    let rect = extent.rect;
    DescribedExtent {
        mins: [rect.min_x(), rect.max_y()],
        maxs: [rect.max_x(), rect.min_y()],
        source: match extent.source {
            ExtentSource::Worldspawn => CornerSource::Worldspawn,
            _ => CornerSource::Geometry,
        },
        points: None,
        residual_units: None,
    }
}

fn describe_label(label: &MapLabel) -> DescribedLabel {
    DescribedLabel {
        kind: label.kind,
        side: label.side,
        text: label.text.clone(),
        at: [label.at.x, label.at.y, label.at.z],
    }
}
