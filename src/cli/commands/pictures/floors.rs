//! Floors in panels and the strip from the side: `--floors` and `--elevation`.

use anyhow::Result;
use clap::{Args, ValueEnum};
use image::RgbaImage;

use super::setup::PictureSetup;
use crate::analysis::lives;
use crate::analysis::{Filter, Floor, Lives};
use crate::basemap::ink::HeightField;
use crate::cli::console::Console;
use crate::figure::elevation::Elevation;
use crate::figure::layout::floor_panels;
use crate::figure::layout::floor_panels::{ByFloor, FloorPart};
use crate::figure::{Canvas, Figure};
use crate::map::floors::{SeenHeights, Stacked};
use crate::model::Round;
use crate::rounds::source::Faults;

/// How floors show.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Picture")]
pub(crate) struct FloorArgs {
    /// One panel for each floor: always, never, or where floors lie above each other. `--floors` alone means always
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        default_missing_value = "always",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "floor"
    )]
    floors: FloorsArg,
    /// Also show the movement from the side, in a strip below the map
    #[arg(long, conflicts_with = "floors")]
    elevation: bool,
}

impl FloorArgs {
    /// The same, with panels only if asked for.
    pub(crate) fn only_if_asked(self) -> Self {
        let floors = if self.floors == FloorsArg::Auto { FloorsArg::Never } else { self.floors };
        Self { floors, ..self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FloorsArg {
    /// Where the map has floors
    Always,
    /// Where at least a quarter of the time off the busiest floor lies above or below other floors' time
    Auto,
    /// All floors on one map
    Never,
}

/// One figure's collections: of the whole map, of each floor that gets a panel, and of the strip from the side.
pub(crate) struct FloorFigures<A> {
    pub whole: A,
    floors: Vec<(Floor, A)>,
    /// Why there are panels, if they were not asked for.
    stacked: Option<Stacked>,
    elevation: Option<Elevation>,
    /// Kept while it is not known whether floors get panels.
    seen: Option<SeenHeights>,
}

impl<A: ByFloor + Send + Sync> FloorFigures<A> {
    /// Reads the input into copies of `empty`, by `add`. What a picture of all floors would hide is measured while
    /// reading; only where that matters the input is read again, floor by floor.
    ///
    /// # Errors
    /// Input of which nothing could be read.
    pub(crate) fn read(
        empty: &A,
        stage: &PictureSetup,
        args: FloorArgs,
        console: &mut Console,
        add: impl Fn(&mut A, u32, &Round, &Lives<'_>, &Filter) + Sync,
    ) -> Result<(Self, Option<HeightField>, Faults)> {
        let parts = match args.floors {
            FloorsArg::Always => stage.floors(console)?,
            FloorsArg::Auto | FloorsArg::Never => Vec::new(),
        };
        let measures = args.floors == FloorsArg::Auto && stage.filter.floor.is_none() && !args.elevation;
        let make = |parts: &[Floor]| Self {
            whole: empty.clone(),
            floors: parts.iter().map(|floor| (*floor, empty.clone())).collect(),
            stacked: None,
            elevation: args.elevation.then(|| Elevation::new(stage.map.extent.rect)),
            seen: measures.then(SeenHeights::default),
        };
        let (mut all, heights, faults) = stage.fold(
            console,
            || make(&parts),
            |all, index, round| {
                let lives = lives(round, &stage.filter);
                add(&mut all.whole, index, round, &lives, &stage.filter);
                all.add_floors(index, round, stage, &add);
                if let Some(elevation) = &mut all.elevation {
                    elevation.add(round, &stage.filter);
                }
                if let Some(seen) = &mut all.seen {
                    floor_panels::see(seen, &lives);
                }
            },
            Self::merge,
        )?;
        let Some(seen) = all.seen.take() else { return Ok((all, heights, faults)) };
        let found = floor_panels::overlapping(seen, &stage.map.layers, || stage.floors(console))?;
        if let Some((parts, stacked)) = found {
            let floors = || parts.iter().map(|floor| (*floor, empty.clone())).collect();
            let by_floor = stage.source.look(
                console,
                "reading floors",
                || Self { floors: floors(), ..make(&[]) },
                |all, index, round| all.add_floors(index, round, stage, &add),
                Self::merge,
            )?;
            all.floors = by_floor.floors;
            all.stacked = Some(stacked);
        }
        Ok((all, heights, faults))
    }

    fn add_floors(
        &mut self,
        index: u32,
        round: &Round,
        stage: &PictureSetup,
        add: impl Fn(&mut A, u32, &Round, &Lives<'_>, &Filter),
    ) {
        for (floor, part) in &mut self.floors {
            let filter = Filter { floor: Some(*floor), ..stage.filter.clone() };
            add(part, index, round, &lives(round, &filter), &filter);
        }
    }

    fn merge(&mut self, other: Self) {
        self.whole.join(other.whole);
        for ((_, part), (_, more)) in self.floors.iter_mut().zip(other.floors) {
            part.join(more);
        }
        if let (Some(elevation), Some(more)) = (&mut self.elevation, other.elevation) {
            elevation.merge(more);
        }
        if let (Some(seen), Some(more)) = (&mut self.seen, other.seen) {
            seen.merge(more);
        }
    }

    /// Whether there is a panel for each floor.
    pub(crate) fn has_panels(&self) -> bool {
        !self.floors.is_empty()
    }

    /// The figure of the whole map, with its panels or its strip. `draw` draws one collection.
    ///
    /// # Errors
    /// A floor's picture that cannot be read.
    pub(crate) fn finish(
        self,
        stage: &PictureSetup,
        context: &Canvas<'_>,
        draw: impl Fn(A, &Canvas<'_>) -> Figure,
    ) -> Result<Figure> {
        if let Some(elevation) = self.elevation {
            return Ok(elevation.below(draw(self.whole, context), context));
        }
        let pictures: Vec<Option<RgbaImage>> =
            self.floors.iter().map(|(floor, _)| stage.picture_of(Some(floor))).collect::<Result<_>>()?;
        let parts: Vec<FloorPart<'_, A>> = self
            .floors
            .into_iter()
            .zip(&pictures)
            .map(|((floor, part), picture)| FloorPart { floor, picture: picture.as_ref(), part })
            .collect();
        Ok(floor_panels::figure(self.whole, &parts, self.stacked, context, draw))
    }
}
