//! What every picture command sets up: the map, its picture, the sheet.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use image::RgbaImage;

use crate::analysis::lives;
use crate::analysis::{Cells, Filter, Floor, Heights};
use crate::basemap::BaseStyle;
use crate::basemap::ink::HeightField;
use crate::cli::args::{FilterArgs, InputArgs};
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::figure::layout::floor_panels;
use crate::figure::{Canvas, GridLines, MapLabels, Names, Orientation, Sheet};
use crate::geom::WorldRect;
use crate::map::floors::SeenHeights;
use crate::map::{PictureLimits, WorldMap, fit};
use crate::model::Round;
use crate::rounds::source::{Faults, Source};

/// Cells along the longer side of the grid that an ink map is drawn from.
const INK_CELLS: f64 = 512.0;

/// How the sheet looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Picture")]
pub(crate) struct PictureArgs {
    #[command(flatten)]
    pub maps: MapsArgs,
    /// How the map below is drawn
    #[arg(long, value_name = "STYLE", default_value = "dim")]
    pub base: BaseArg,
    /// Side of the map's square, pixels; the legend comes on top
    #[arg(long, value_name = "PX", default_value_t = 1080)]
    pub size: u32,
    /// Where the legend goes
    #[arg(long, value_name = "LAYOUT", default_value = "landscape")]
    pub layout: LayoutArg,
    /// Which names stand on the map
    #[arg(long, value_name = "WHICH", default_value = "key")]
    pub labels: LabelsArg,
    /// Draw the game's own grid (C,4) over the map
    #[arg(long)]
    pub grid: bool,
    /// Only movement on this floor, on that floor's picture; 0 is the lowest
    #[arg(long, value_name = "N")]
    pub floor: Option<usize>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum BaseArg {
    /// The picture, held back so that the data stands out
    #[value(alias = "picture")]
    Dim,
    /// The picture as it is
    Original,
    /// Pale, for print
    Light,
    /// A plan drawn from the map's geometry
    Overview,
    /// Drawn from the tracks
    Ink,
    /// Transparent
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LabelsArg {
    /// No names
    None,
    /// Spawn areas and objectives
    Key,
    /// Also the players' names for places, as far as there is room
    #[value(alias = "places")]
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LayoutArg {
    /// Beside the map
    Landscape,
    /// Below the map, larger: for phones
    Portrait,
    /// No legend, the map alone
    Bare,
}

impl PictureArgs {
    pub(crate) fn sheet(&self) -> Result<Sheet> {
        let orientation = match self.layout {
            LayoutArg::Landscape => Orientation::Landscape,
            LayoutArg::Portrait => Orientation::Portrait,
            LayoutArg::Bare => Orientation::Bare,
        };
        let sheet = Sheet::new(orientation, self.size).with_context(|| {
            let sizes = Sheet::SIZES;
            format!("--size {}: expected {} to {} pixels", self.size, sizes.start(), sizes.end())
        })?;
        let names = match self.labels {
            LabelsArg::None => Names::None,
            LabelsArg::Key => Names::Key,
            LabelsArg::All => Names::All,
        };
        let grid = if self.grid { GridLines::Shown } else { GridLines::Hidden };
        Ok(sheet.with_map_labels(MapLabels { names, grid }))
    }
}

impl From<BaseArg> for BaseStyle {
    fn from(base: BaseArg) -> Self {
        match base {
            BaseArg::Dim => Self::Dim,
            BaseArg::Original => Self::Original,
            BaseArg::Light => Self::Light,
            BaseArg::Overview => Self::Overview,
            BaseArg::Ink => Self::Ink,
            BaseArg::None => Self::None,
        }
    }
}

/// Everything a picture needs before the first round is read.
pub(crate) struct PictureSetup {
    pub source: Source,
    pub filter: Filter,
    pub map: WorldMap,
    pub sheet: Sheet,
    pub base: BaseStyle,
    picture: Option<RgbaImage>,
    doubles: usize,
}

impl PictureSetup {
    /// Finds the files, the map they are about and its picture. Without `--map` the input must be about one map.
    ///
    /// # Errors
    /// No input, several maps, or a maps folder or picture that cannot be read.
    pub(crate) fn set(
        input: &InputArgs,
        filter: &FilterArgs,
        picture: &PictureArgs,
        console: &mut Console,
    ) -> Result<Self> {
        let mut source = input.source()?;
        let mut filter = filter.filter();
        let doubles = source.choose(&filter)?;
        if filter.maps.is_empty() {
            filter.maps.push(only_map(&source, console)?);
        }
        let name = filter.maps[0].clone();
        let known = picture.maps.open()?.find(&name)?;
        let map = match known {
            Some(map) => map,
            None => fitted(&source, &filter, &name, console)?,
        };
        let base = BaseStyle::from(picture.base);
        let sheet = picture.sheet()?;
        let mut stage = Self { picture: None, source, filter, sheet, base, map, doubles };
        if let Some(number) = picture.floor {
            let floors = stage.floors(console)?;
            let floor = floors.get(number).with_context(|| match floors.len() {
                0 => format!("--floor {number}: the map {name} has a single floor"),
                many => format!("--floor {number}: the map {name} has floors 0 to {}", many - 1),
            })?;
            stage.filter.floor = Some(*floor);
        }
        stage.picture = stage.picture_of(stage.filter.floor.as_ref())?;
        Ok(stage)
    }

    /// The map's floors, the lowest first: by its own layers, else found from the heights of all tracks; none for a map
    /// that does not lie in floors.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub(crate) fn floors(&self, console: &Console) -> Result<Vec<Floor>> {
        let floors = floor_panels::of_layers(&self.map.layers);
        if !floors.is_empty() {
            return Ok(floors);
        }
        let all_players = Filter { maps: self.filter.maps.clone(), ..Filter::everything() };
        let mut seen = self.source.look(
            console,
            "measuring",
            SeenHeights::default,
            |seen, _, round| floor_panels::see(seen, &lives(round, &all_players)),
            SeenHeights::merge,
        )?;
        Ok(floor_panels::of_layers(&seen.layers()))
    }

    /// The picture of the map or of one of its floors, loaded; `None` if the base map is made of none.
    ///
    /// # Errors
    /// A picture that cannot be read.
    pub(crate) fn picture_of(&self, floor: Option<&Floor>) -> Result<Option<RgbaImage>> {
        let picture = self.base.picture_of(&self.map, floor);
        Ok(picture.map(|picture| picture.load(&PictureLimits::default())).transpose()?)
    }

    /// Reads the input into an accumulator and, where an ink map has to be drawn, into a height field.
    ///
    /// # Errors
    /// Input of which nothing could be read.
    pub(crate) fn fold<A: Send>(
        &self,
        console: &mut Console,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, u32, &Round) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<(A, Option<HeightField>, Faults)> {
        let heights = || self.ink_cells().map(Heights::new);
        let ((whole, heights), mut faults) = self.source.fold(
            console,
            "reading",
            || (make(), heights()),
            |(part, heights), index, round| {
                add(part, index, round);
                if let Some(heights) = heights {
                    add_heights(heights, round, &self.filter);
                }
            },
            |(whole, all), (part, heights)| {
                merge(whole, part);
                if let (Some(all), Some(heights)) = (all, heights) {
                    all.merge(&heights);
                }
            },
        )?;
        faults.doubles = self.doubles;
        Ok((whole, heights.as_ref().and_then(crate::figure::canvas::height_field), faults))
    }

    /// Reads all rounds into memory, and the height field if an ink map has to be drawn.
    ///
    /// # Errors
    /// Input of which nothing could be read.
    pub(crate) fn rounds(&self, console: &mut Console) -> Result<(Vec<Round>, Option<HeightField>, Faults)> {
        let (rounds, mut faults) = self.source.rounds(console)?;
        faults.doubles = self.doubles;
        let heights = self.ink_cells().and_then(|cells| heights_of(&rounds, &self.filter, cells));
        Ok((rounds, heights, faults))
    }

    /// Cells for an ink map, if one has to be drawn.
    fn ink_cells(&self) -> Option<Cells> {
        let drawn = self.picture.is_none() && self.base != BaseStyle::None;
        if drawn { ink_cells(self.map.extent.rect) } else { None }
    }

    /// What figures are drawn in.
    pub(crate) fn context<'a>(&'a self, heights: Option<&'a HeightField>) -> Canvas<'a> {
        Canvas {
            map: &self.map,
            picture: self.picture.as_ref(),
            heights,
            base: self.base,
            sheet: self.sheet,
            crop: None,
            filter: &self.filter,
        }
    }
}

/// The grid that an ink map of `extent` is drawn from.
pub(crate) fn ink_cells(extent: WorldRect) -> Option<Cells> {
    Cells::with_side(extent, extent.width().max(extent.height()) / INK_CELLS)
}

/// Where the lives of `rounds` went and how high it is.
pub(crate) fn heights_of<'a>(
    rounds: impl IntoIterator<Item = &'a Round>,
    filter: &Filter,
    cells: Cells,
) -> Option<HeightField> {
    let mut heights = Heights::new(cells);
    for round in rounds {
        add_heights(&mut heights, round, filter);
    }
    crate::figure::canvas::height_field(&heights)
}

fn add_heights(heights: &mut Heights, round: &Round, filter: &Filter) {
    // All tracks tell where the ground is, not only those the picture is about.
    let all_players = Filter { maps: filter.maps.clone(), floor: filter.floor, ..Filter::everything() };
    for life in &lives(round, &all_players).lives {
        heights.add(life);
    }
}

fn only_map(source: &Source, console: &mut Console) -> Result<String> {
    let maps: BTreeSet<String> =
        source.headers()?.into_iter().flatten().map(|meta| meta.map.to_ascii_lowercase()).collect();
    match maps.iter().collect::<Vec<_>>().as_slice() {
        // No file has a header: reading them says what is wrong with each.
        [] => match source.rounds(console)?.0.first() {
            Some(round) => Ok(round.meta.map.to_ascii_lowercase()),
            None => bail!("the input holds no rounds"),
        },
        [one] => Ok((*one).clone()),
        several => {
            let names: Vec<&str> = several.iter().take(8).map(|name| name.as_str()).collect();
            let more = if several.len() > names.len() { ", …" } else { "" };
            Err(anyhow!(
                "the input has rounds of {} maps; choose one with --map: {}{more}",
                several.len(),
                names.join(", ")
            ))
        }
    }
}

/// An unknown map: fitted to all tracks.
fn fitted(source: &Source, filter: &Filter, name: &str, console: &Console) -> Result<WorldMap> {
    let all_players = Filter { maps: filter.maps.clone(), ..Filter::everything() };
    let bounds = source.look(
        console,
        "measuring",
        fit::Bounds::default,
        |bounds, _, round| add_bounds(bounds, round, &all_players),
        |all, bounds| all.merge(&bounds),
    )?;
    fitted_to(name, &bounds)
}

/// Adds the places of a round's lives.
pub(crate) fn add_bounds(bounds: &mut fit::Bounds, round: &Round, filter: &Filter) {
    for life in &lives(round, filter).lives {
        life.samples().iter().for_each(|sample| bounds.add(sample.at));
    }
}

/// The map that bounds tell of.
pub(crate) fn fitted_to(name: &str, bounds: &fit::Bounds) -> Result<WorldMap> {
    let rect = bounds.rect().with_context(|| {
        format!("nothing is known about the map {name:?}, and no life in the input tells where it lies")
    })?;
    Ok(WorldMap::fitted(name, &rect))
}
