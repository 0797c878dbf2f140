//! Where movement happened, how much, and in which state.
//!
//! What is added is time, spread along each segment ([`Occupancy`]); brightness follows its density, colour what is
//! unusual at a place, or the largest share. Rounds go into a [`HeatmapAccumulator`] one by one, so memory does not grow with their number;
//! [`HeatmapAccumulator::finish`] lays the picture out.

mod category;
mod composition;
mod contour;
mod fields;
mod glow;
mod holds;
mod legend;
mod narrowed;
mod paint;
pub(super) mod scale;
mod shade;
mod spec;
mod versus;

use crate::analysis::lives;
use crate::analysis::{Cells, Filter, GridMismatch, HeatSums, Lives, Occupancy, TimeSum, Weight};
use crate::geom::WorldRect;
use crate::model::Round;

use super::canvas::Canvas;
use super::layout::floor_panels::ByFloor;
use super::layout::scale_bar;
use super::request::recipe::Drawing;
use super::words::data_summary::DataSummary;
use composition::Composition;
use holds::Stillness;

pub(in crate::figure) use contour::loops;
pub(in crate::figure) use glow::{Glow, Look};
pub(in crate::figure) use legend::Shading;
pub use scale::{Scale, weight_word};
pub use spec::{By, HeatmapSpec, Mode, Normalize, SpecError, parse_weight};
pub use versus::{VersusAccumulator, VersusSpec};

/// Most cells along the longer side of the map.
const MOST_CELLS: f64 = 1024.0;
/// Least side of a cell, units.
const TIME_CELL_UNITS: f64 = 8.0;
/// Side of a cell in which visits are counted, and of the cell that legends speak of, units.
const LEGEND_CELL_UNITS: f64 = 32.0;
/// Lives that must run along one line before it can look hot.
const FLOOR_LIVES: f64 = 3.0;

/// A heatmap in the making.
#[derive(Debug, Clone)]
pub struct HeatmapAccumulator {
    spec: HeatmapSpec,
    occupancy: Occupancy,
    data_summary: DataSummary,
    /// How many lives the legend's values are counted per hundred of, if not of its own: a floor's are those of all
    /// floors, so that the parts add up.
    lives_of_whole: Option<u64>,
    /// What happened on other floors, shown faintly.
    others: Option<Box<Occupancy>>,
    stillness: Stillness,
}

impl HeatmapAccumulator {
    /// An empty heatmap over a map's extent.
    ///
    /// # Errors
    /// [`SpecError`] when the spec's choices do not go together.
    pub fn new(spec: HeatmapSpec, extent: &WorldRect) -> Result<Self, SpecError> {
        spec.check()?;
        let cells = cells(spec.weight, extent).ok_or(SpecError::Number {
            what: "the map's extent",
            expected: "at least a unit and at most the world wide",
        })?;
        let occupancy = Occupancy::new(cells, spec.by.split(), spec.weight);
        Ok(Self {
            spec,
            occupancy,
            data_summary: DataSummary::new(*extent),
            lives_of_whole: None,
            others: None,
            stillness: Stillness::new(),
        })
    }

    /// Adds the lives of one round that the filter wants.
    pub fn add(&mut self, round: &Round, filter: &Filter) {
        if filter.matches_round(round) {
            self.add_lives(round, &lives(round, filter), filter);
        }
    }

    /// Adds lives that were cleaned before, with the filter that selected them.
    pub fn add_lives(&mut self, round: &Round, lives: &Lives<'_>, filter: &Filter) {
        self.data_summary.add(round, lives, filter);
        for life in &lives.lives {
            let (stillness, extent) = (&mut self.stillness, *self.occupancy.cells().extent());
            self.occupancy.add_and(life, |segment| stillness.add(segment, &extent));
            if self.spec.holds {
                stillness.add_holds(life);
            }
        }
    }

    /// Adds rounds that were summed before over the same cells, for a filter that the sums answer.
    pub fn add_sums(&mut self, sums: &HeatSums, filter: &Filter) {
        for round in &sums.rounds {
            let (occupancy, stillness) = (&mut self.occupancy, &mut self.stillness);
            self.data_summary.add_sums(round, filter, |life| {
                occupancy.add_lives(1, life.samples);
                stillness.add_sums(life, filter.states);
            });
        }
        if let Some(elsewhere) = &sums.elsewhere {
            self.data_summary.add_elsewhere(elsewhere);
            self.occupancy.add_lives(elsewhere.lives, 0);
        }
        for times in sums.times.chunk_by(|a, b| (a.who, a.state) == (b.who, b.state)) {
            let Some(TimeSum { who, state, .. }) = times.first() else { continue };
            if filter.states.contains(*state) && filter.refuses_who(*who).is_none() {
                self.occupancy.add_times(*who, *state, times.iter().map(|time| (time.cell, time.us)));
            }
        }
    }

    /// Adds another heatmap of the same spec and extent; the order does not matter.
    ///
    /// # Errors
    /// [`GridMismatch`] when they do not count the same thing over the same cells; nothing is changed then.
    pub fn merge(&mut self, other: Self) -> Result<(), GridMismatch> {
        self.occupancy.merge(other.occupancy)?;
        self.data_summary.merge(other.data_summary);
        self.stillness.merge(other.stillness);
        Ok(())
    }

    /// The same heatmap on this scale.
    #[must_use]
    pub fn on_scale(mut self, scale: Scale) -> Self {
        self.spec.normalize = Normalize::FromScale(scale);
        self
    }

    /// What went in so far.
    pub fn data_summary(&self) -> &DataSummary {
        &self.data_summary
    }

    /// The scale that the picture in `context` would have: to draw several pictures with one scale.
    pub fn scale(&self, context: &Canvas<'_>) -> Scale {
        Composition::new(self, context).scale
    }

    /// Lays the picture out.
    pub fn finish(&self, context: &Canvas<'_>) -> Drawing {
        Composition::new(self, context).figure()
    }
}

impl ByFloor for HeatmapAccumulator {
    fn join(&mut self, other: Self) {
        // Parts of one picture are clones of the same empty heatmap, so they always go together.
        let merged = self.merge(other);
        debug_assert!(merged.is_ok(), "{merged:?}");
    }

    fn over(self, others: Self, whole: &Self) -> Self {
        let lives_of_whole = Some(whole.occupancy.lives());
        Self { others: Some(Box::new(others.occupancy)), lives_of_whole, ..self }
    }
}

/// The cells of a heatmap over an extent; `None` where it holds none.
pub(super) fn cells(weight: Weight, extent: &WorldRect) -> Option<Cells> {
    let least = match weight {
        Weight::Time => TIME_CELL_UNITS,
        Weight::Visits | Weight::Players => LEGEND_CELL_UNITS,
    };
    Cells::with_side(*extent, least.max(extent.width().max(extent.height()) / MOST_CELLS))
}

/// The legend's unit per unit of a density: seconds in a 32 u cell per 100 lives, lives through one per 100 lives, or
/// players through one.
fn unit(weight: Weight, cells: &Cells, lives: u64) -> f64 {
    let per_hundred = 100.0 / lives.max(1) as f64;
    match weight {
        Weight::Time => 1e-6 * LEGEND_CELL_UNITS * LEGEND_CELL_UNITS / cells.area() * per_hundred,
        Weight::Visits => per_hundred,
        Weight::Players => 1.0,
    }
}

/// The least reference, in the legend's unit: what a few lives leave that run one straight line.
fn floor(weight: Weight, sigma_units: f64, lives: u64) -> f64 {
    // Across the line their time (or number) lies under a Gaussian; this is its height.
    let height = FLOOR_LIVES / ((2.0 * std::f64::consts::PI).sqrt() * sigma_units);
    let per_hundred = 100.0 / lives.max(1) as f64;
    match weight {
        Weight::Time => height / scale_bar::RUN_UPS * LEGEND_CELL_UNITS * LEGEND_CELL_UNITS * per_hundred,
        Weight::Visits => height * LEGEND_CELL_UNITS * per_hundred,
        Weight::Players => height * LEGEND_CELL_UNITS,
    }
}

fn unit_line(weight: Weight, cells: &Cells) -> String {
    let side = cells.area().sqrt();
    match weight {
        Weight::Time => format!("seconds in a {LEGEND_CELL_UNITS:.0} u cell, per 100 lives"),
        Weight::Visits => format!("lives through a {side:.0} u cell, per 100 lives"),
        Weight::Players => format!("players through a {side:.0} u cell"),
    }
}
