//! Floors in panels, and the strip from the side: what is collected for them beside the whole map.

use super::layout::PanelsWhen;
use super::map_data::{FloorsData, MapData};
use super::recipe::Drawing;
use super::subject::AddSums;
use super::{Figure, RequestError};
use crate::analysis::{Filter, Floor, HeatSums, Lives};
use crate::error::Error;
use crate::figure::canvas::Canvas;
use crate::figure::elevation::Elevation;
use crate::figure::layout::floor_panels::{self, ByFloor, FloorPart};
use crate::map::floors::SeenHeights;
use crate::progress::Progress;
use crate::rounds::{EachRound, RoundView};

/// What one figure collects: of the whole map, of each floor that gets a panel, and of the strip from the side.
#[derive(Clone)]
pub(super) struct Collected<A> {
    pub whole: A,
    floors: Vec<(Floor, A)>,
    elevation: Option<Elevation>,
    /// Kept while it is not known whether floors get panels.
    pub seen: Option<SeenHeights>,
}

/// How floors show in a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct FloorChoice {
    pub panels: PanelsWhen,
    pub elevation: bool,
}

impl<A: Clone> Collected<A> {
    /// Nothing collected yet. Floors whose panels are known already are collected at once.
    pub(super) fn new(
        empty: &A,
        map: &MapData,
        floors: &[Floor],
        choice: FloorChoice,
        measures: bool,
    ) -> Self {
        Self {
            whole: empty.clone(),
            floors: floors.iter().map(|floor| (*floor, empty.clone())).collect(),
            elevation: choice.elevation.then(|| Elevation::new(map.map.extent.rect)),
            seen: measures.then(SeenHeights::default),
        }
    }

    /// The same with this of the whole map.
    pub(super) fn with(self, whole: A) -> Self {
        Self { whole, ..self }
    }

    pub(super) fn add<F: Figure<Data = A>>(
        &mut self,
        figure: &F,
        round: &RoundView<'_>,
        lives: &Lives<'_>,
        filter: &Filter,
    ) {
        figure.add(&mut self.whole, round, lives, filter);
        self.add_floors(figure, round, filter);
        if let Some(elevation) = &mut self.elevation {
            elevation.add_lives(lives);
        }
        if let Some(seen) = &mut self.seen {
            floor_panels::see(seen, lives);
        }
    }

    /// Adds rounds that were summed before by `add`. Sums know neither floors nor the strip from the side.
    pub(super) fn add_sums(&mut self, add: AddSums<A>, sums: &HeatSums, filter: &Filter) {
        add(&mut self.whole, sums, filter);
        if let Some(seen) = &mut self.seen {
            floor_panels::see_sums(seen, sums, filter);
        }
    }

    fn add_floors<F: Figure<Data = A>>(&mut self, figure: &F, round: &RoundView<'_>, filter: &Filter) {
        for (floor, part) in &mut self.floors {
            let filter = Filter { floor: Some(*floor), ..filter.clone() };
            figure.add(part, round, &round.lives(&filter), &filter);
        }
    }

    pub(super) fn merge<F: Figure<Data = A>>(&mut self, figure: &F, other: Self) {
        figure.merge(&mut self.whole, other.whole);
        for ((_, part), (_, more)) in self.floors.iter_mut().zip(other.floors) {
            figure.merge(part, more);
        }
        if let (Some(elevation), Some(more)) = (&mut self.elevation, other.elevation) {
            elevation.merge(more);
        }
        if let (Some(seen), Some(more)) = (&mut self.seen, other.seen) {
            seen.merge(more);
        }
    }

    /// Reads the rounds once more, floor by floor, because what was seen lies above each other.
    pub(super) fn read_floors<F: Figure<Data = A>>(
        &mut self,
        figure: &F,
        empty: &A,
        floors: &[Floor],
        filter: &Filter,
        rounds: &impl EachRound,
        progress: &dyn Progress,
    ) -> Result<(), Error>
    where
        A: Send + Sync,
    {
        let make = || Self {
            whole: empty.clone(),
            floors: floors.iter().map(|floor| (*floor, empty.clone())).collect(),
            elevation: None,
            seen: None,
        };
        let by_floor = rounds.look(
            progress,
            "reading floors",
            make,
            |part, round| part.add_floors(figure, round, filter),
            |all, part| all.merge(figure, part),
        )?;
        self.floors = by_floor.floors;
        Ok(())
    }

    /// The figure of the whole map, with its panels or its strip.
    pub(super) fn finish(
        self,
        floors: &FloorsData,
        canvas: &Canvas<'_>,
        draw: impl Fn(A, &Canvas<'_>) -> Result<Drawing, RequestError>,
    ) -> Result<Drawing, RequestError>
    where
        A: ByFloor,
    {
        if let Some(elevation) = self.elevation {
            return Ok(elevation.below(draw(self.whole, canvas)?, canvas));
        }
        let parts: Vec<FloorPart<'_, A>> = self
            .floors
            .into_iter()
            .zip(&floors.floors)
            .map(|((floor, part), data)| FloorPart { floor, map: &data.map, part })
            .collect();
        floor_panels::figure(self.whole, &parts, floors.stacked, canvas, draw)
    }
}
