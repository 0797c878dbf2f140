//! Everything of a map that shows in a picture: what is known, its picture, and what follows from the rounds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use image::RgbaImage;

use crate::analysis::{Cells, Filter, Floor, HeatGrids, Heights, Weight};
use crate::basemap::ink::HeightField;
use crate::basemap::{BaseMaps, BaseStyle, FloorMap};
use crate::error::Error;
use crate::figure::canvas::{Canvas, height_field};
use crate::figure::heatmap;
use crate::figure::layout::floor_panels;
use crate::figure::layout::sheet::Sheet;
use crate::geom::WorldRect;
use crate::map::floors::{SeenHeights, Stacked};
use crate::map::{PictureLimits, WorldMap};
use crate::progress::{Progress, Silent};
use crate::rounds::{EachRound, RoundView};

/// Cells along the longer side of the grid that an ink map is drawn from.
const INK_CELLS: f64 = 512.0;

/// A map with everything that is needed to draw on it.
#[derive(Debug)]
pub struct MapData {
    /// The map.
    pub map: WorldMap,
    /// How it is drawn.
    pub base: BaseStyle,
    /// Its picture, loaded. `None`: there is none, or none is wanted.
    pub picture: Option<RgbaImage>,
    /// The ground, if it is drawn from the tracks and they have been seen.
    pub heights: Option<HeightField>,
    /// Its floors, if it is known which of them get panels of their own.
    pub floors: Option<FloorsData>,
    /// Base maps that were drawn already.
    bases: BaseMaps,
    /// Those of floors, by the floor.
    floor_maps: Mutex<BTreeMap<FloorKey, Arc<FloorMap>>>,
}

/// What a floor is told from others by: its number, and between which heights it lies.
type FloorKey = (usize, [Option<i32>; 2]);

/// So many floors' pictures are kept: a map has no more, but which they are may follow from the rounds.
const MOST_FLOORS: usize = 8;

/// Floors that get panels of their own.
#[derive(Debug, Clone, Default)]
pub struct FloorsData {
    /// The lowest first; empty where one map shows everything.
    pub floors: Vec<FloorData>,
    /// How they lie above each other where people went; `None` if panels were asked for.
    pub stacked: Option<Stacked>,
}

/// A floor that gets a panel of its own.
#[derive(Debug, Clone)]
pub struct FloorData {
    /// Which floor.
    pub floor: Floor,
    /// What its panel is drawn on.
    pub map: Arc<FloorMap>,
}

impl MapData {
    /// A map with its picture, on one floor of it or on all.
    ///
    /// # Errors
    /// A picture that cannot be read.
    pub fn load(map: WorldMap, base: BaseStyle, floor: Option<&Floor>) -> Result<Self, Error> {
        let picture = picture_of(&map, base, floor)?;
        let (bases, floor_maps) = (BaseMaps::default(), Mutex::default());
        Ok(Self { map, base, picture, heights: None, floors: None, bases, floor_maps })
    }

    /// The same, with the ground of these rounds where it is drawn from the tracks: equal rounds, equal ground.
    ///
    /// # Errors
    /// A picture that cannot be read, or input that cannot be.
    pub(crate) fn on_ground_of(
        map: WorldMap,
        base: BaseStyle,
        rounds: &impl EachRound,
    ) -> Result<Self, Error> {
        let mut data = Self::load(map, base, None)?;
        if let Some(cells) = data.ink_cells() {
            let filter = Filter { maps: vec![data.map.name.clone()], ..Filter::everything() };
            let heights = rounds.look(
                &Silent,
                "measuring",
                || Heights::new(cells),
                |heights, round| add_heights(heights, round, &filter),
                |all, heights| all.merge(&heights),
            )?;
            data.heights = height_field(&heights);
        }
        Ok(data)
    }

    /// The same, with all that follows from the rounds of `filter`: its ground, and which floors get panels.
    ///
    /// # Errors
    /// A picture that cannot be read.
    pub(crate) fn measured(
        map: WorldMap,
        base: BaseStyle,
        rounds: &impl EachRound,
        filter: &Filter,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let mut data = Self::load(map, base, None)?;
        let cells = data.ink_cells();
        let (seen, heights) = rounds.look(
            progress,
            "measuring",
            || (SeenHeights::default(), cells.map(Heights::new)),
            |(seen, heights), round| {
                floor_panels::see(seen, &round.lives(filter));
                if let Some(heights) = heights {
                    add_heights(heights, round, filter);
                }
            },
            |(seen, heights), (more, higher)| {
                seen.merge(more);
                if let (Some(heights), Some(higher)) = (heights, higher) {
                    heights.merge(&higher);
                }
            },
        )?;
        data.heights = heights.as_ref().and_then(height_field);
        data.floors = Some(data.overlapping(seen, rounds, progress)?.unwrap_or_default());
        Ok(data)
    }

    /// The floors that one picture of all of them would lay over each other, each with its picture; `None` for any other
    /// map.
    pub(super) fn overlapping(
        &self,
        seen: SeenHeights,
        rounds: &impl EachRound,
        progress: &dyn Progress,
    ) -> Result<Option<FloorsData>, Error> {
        let all_players = || all_floors(&self.map, rounds, progress);
        let Some((floors, stacked)) = floor_panels::overlapping(seen, &self.map.layers, all_players)? else {
            return Ok(None);
        };
        Ok(Some(FloorsData { floors: self.with_pictures(floors)?, stacked: Some(stacked) }))
    }

    /// Floors, each with its picture.
    pub(super) fn with_pictures(&self, floors: Vec<Floor>) -> Result<Vec<FloorData>, Error> {
        floors.into_iter().map(|floor| Ok(FloorData { map: self.floor_map(&floor)?, floor })).collect()
    }

    fn floor_map(&self, floor: &Floor) -> Result<Arc<FloorMap>, Error> {
        let key = (floor.number, [floor.above_units, floor.up_to_units]);
        let lock = || self.floor_maps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(FloorMap::of(picture_of(&self.map, self.base, Some(floor))?));
        let mut kept = lock();
        if kept.len() >= MOST_FLOORS {
            kept.clear();
        }
        Ok(Arc::clone(kept.entry(key).or_insert(made)))
    }

    /// Cells for an ink map, if one has to be drawn.
    pub(crate) fn ink_cells(&self) -> Option<Cells> {
        let is_drawn = self.picture.is_none() && self.base != BaseStyle::None;
        if is_drawn { ink_cells(self.map.extent.rect) } else { None }
    }

    /// What figures are drawn on.
    pub fn canvas<'a>(
        &'a self,
        sheet: Sheet,
        filter: &'a Filter,
        heights: Option<&'a HeightField>,
    ) -> Canvas<'a> {
        Canvas {
            map: &self.map,
            picture: self.picture.as_ref(),
            heights: heights.or(self.heights.as_ref()),
            base: self.base,
            sheet,
            crop: None,
            imprint: None,
            filter,
            bases: heights.is_none().then_some(&self.bases),
        }
    }

    /// The same map and ground, drawn in another style of the same picture.
    pub(crate) fn over(&self, base: BaseStyle) -> Self {
        let floors = self.floors.as_ref().map(|known| {
            let over = |floor: &FloorData| FloorData {
                floor: floor.floor,
                map: Arc::new(FloorMap::of(floor.map.picture.clone())),
            };
            FloorsData { floors: known.floors.iter().map(over).collect(), stacked: known.stacked }
        });
        Self {
            map: self.map.clone(),
            base,
            picture: self.picture.clone(),
            heights: self.heights.clone(),
            floors,
            bases: BaseMaps::default(),
            floor_maps: Mutex::default(),
        }
    }

    /// Everything of the map that shows in a picture, as text for a hash. The ground is not in it: it follows from the
    /// rounds.
    pub fn fingerprint(&self) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        let mut text = String::new();
        let map = &self.map;
        // Writing to a String cannot fail.
        let _ = write!(text, "{:?} {:?} {:?} {:?}", map.name, map.title, map.extent, map.labels);
        hash.update(text.as_bytes());
        let floors = self.floors.iter().flat_map(|floors| &floors.floors);
        for FloorData { floor, .. } in floors.clone() {
            hash.update(format!("{floor:?}").as_bytes());
        }
        for picture in self.picture.iter().chain(floors.flat_map(|floor| &floor.map.picture)) {
            hash.update(picture.width().to_le_bytes());
            hash.update(picture.as_raw());
        }
        crate::text::hex(&hash.finalize())
    }
}

/// The map's floors, the lowest first: by its own layers, else found from the heights of all tracks; none for a map that
/// does not lie in floors.
pub(super) fn all_floors(
    map: &WorldMap,
    rounds: &impl EachRound,
    progress: &dyn Progress,
) -> Result<Vec<Floor>, Error> {
    let floors = floor_panels::of_layers(&map.layers);
    if !floors.is_empty() {
        return Ok(floors);
    }
    let all_players = Filter::everything();
    let mut seen = rounds.look(
        progress,
        "measuring",
        SeenHeights::default,
        |seen, round| floor_panels::see(seen, &round.lives(&all_players)),
        SeenHeights::merge,
    )?;
    Ok(floor_panels::of_layers(&seen.layers()))
}

/// The picture of a map or of one of its floors, loaded; `None` if the base map is made of none.
fn picture_of(map: &WorldMap, base: BaseStyle, floor: Option<&Floor>) -> Result<Option<RgbaImage>, Error> {
    let picture = base.picture_of(map, floor);
    Ok(picture.map(|picture| picture.load(&PictureLimits::default())).transpose()?)
}

/// The grids in which rounds of a map with this extent are summed, so that pictures can be made of the sums; `None` where
/// it holds no cells.
pub fn heat_grids(extent: &WorldRect) -> Option<HeatGrids> {
    Some(HeatGrids { time: heatmap::cells(Weight::Time, extent)?, ground: ink_cells(*extent)? })
}

/// The grid that an ink map of `extent` is drawn from.
fn ink_cells(extent: WorldRect) -> Option<Cells> {
    Cells::with_side(extent, extent.width().max(extent.height()) / INK_CELLS)
}

/// Adds where a round's lives went and how high it is. All tracks tell where the ground is, whoever the picture is about.
pub(crate) fn add_heights(heights: &mut Heights, round: &RoundView<'_>, filter: &Filter) {
    let all_players = Filter { maps: filter.maps.clone(), floor: filter.floor, ..Filter::everything() };
    for life in &round.lives(&all_players).lives {
        heights.add(life);
    }
}
