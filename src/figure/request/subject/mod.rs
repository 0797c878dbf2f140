//! What a picture shows: one type for each figure, which is its options and the way it is made.

pub(super) mod fields;
mod life;
pub(super) mod unreadable;

pub use life::{LifeCard, LifeData, LifeKey, WhichLife};

use serde::{Deserialize, Serialize};

use super::layout::PanelsWhen;
use super::recipe::Drawing;
use super::replay::Replay;
use super::sums::FigureSums;
use super::{Layout, Request, RequestError};
use crate::analysis::{Arrivals, Filter, HeatSums, Lives, StateSet};
use crate::error::Error;
use crate::figure::arrival::{self, ArrivalSpec};
use crate::figure::canvas::Canvas;
use crate::figure::exits::{self, ExitsData, ExitsSpec};
use crate::figure::heatmap::{By, HeatmapAccumulator, HeatmapSpec, Mode, Normalize, SpecError, VersusSpec};
use crate::figure::kills::{KillsAccumulator, KillsSpec};
use crate::figure::paths::{PathColor, PathsAccumulator, PathsSpec};
use crate::figure::words::data_summary::DataSummary;
use crate::geom::WorldRect;
use crate::map::WorldMap;
use crate::model::Team;
use crate::rounds::{RoundView, Selection};

/// What is drawn, with its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "figure", content = "options", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Subject {
    /// Where movement happened, how much, and in which state.
    Heatmap(Heatmap),
    /// One group of lives against another.
    Versus(Versus),
    /// Lives as lines.
    Paths(Paths),
    /// How players leave their spawns.
    Exits(Exits),
    /// Who was killed where, and from where.
    Kills(Kills),
    /// How early a side got where.
    Arrival(Arrival),
    /// The card of a single life.
    Life(LifeCard),
    /// Lives that move.
    Replay(Replay),
}

/// Adds sums, as far as a filter wants them, to what a figure collects.
pub type AddSums<D> = fn(&mut D, &HeatSums, &Filter);
/// What a figure collects from sums, and how sums are added to it.
pub type Sums<D> = Option<(D, AddSums<D>)>;

/// A figure: how rounds become a drawing. Empty from its options, then lives are added in any order, parts merged, and
/// the whole finished on a canvas.
pub trait Figure: Clone + Sync {
    /// What is collected while rounds pass by.
    type Data: Clone + Send + Sync;

    /// Nothing collected yet.
    ///
    /// # Errors
    /// Options that do not go together, or an extent too large for a grid.
    fn empty(&self, extent: &WorldRect) -> Result<Self::Data, SpecError>;

    /// Adds the lives of a round that `filter` let through.
    fn add(&self, data: &mut Self::Data, round: &RoundView<'_>, lives: &Lives<'_>, filter: &Filter);

    /// Adds what was collected elsewhere; the order does not matter.
    fn merge(&self, data: &mut Self::Data, other: Self::Data);

    /// For rounds that were summed before over the same grid, and a filter that their sums answer: what is collected from
    /// `kept`, and how the sums are added to it. Default: sums do not hold all that the figure collects.
    fn sums(
        &self,
        _empty: &Self::Data,
        _kept: Option<&FigureSums>,
        _filter: &Filter,
    ) -> Option<(Self::Data, AddSums<Self::Data>)> {
        None
    }

    /// Lays the drawing out.
    ///
    /// # Errors
    /// Lives that were asked for and are not there.
    fn finish(&self, data: Self::Data, canvas: &Canvas<'_>) -> Result<Drawing, RequestError>;

    /// The figure as a part of a request.
    fn subject(&self) -> Subject;

    /// Draws the figure of a selection on a map. Its request lies in the drawing.
    ///
    /// # Errors
    /// Input that cannot be read or does not match, options that do not go together.
    fn draw(&self, selection: &Selection<'_>, map: &WorldMap, layout: Layout) -> Result<Drawing, Error> {
        let request = Request::new(self.subject(), selection.filter().clone()).on(layout);
        Ok(request.draw(selection, map)?.drawing)
    }
}

/// A heatmap: where movement happened, how much, and in which state.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Heatmap {
    /// What it shows and how values become brightness.
    #[serde(flatten)]
    pub spec: HeatmapSpec,
    /// Whether floors get a panel each. Default: where they lie above each other.
    #[serde(skip_serializing_if = "super::is_default")]
    pub floors: PanelsWhen,
    /// Whether the movement is also shown from the side. Default: no.
    #[serde(skip_serializing_if = "super::is_default")]
    pub elevation: bool,
}

impl Heatmap {
    /// Time by state: sprint, run, crouch, prone.
    pub fn by_state() -> Self {
        Self::default()
    }

    /// Time by side.
    pub fn by_team() -> Self {
        Self::by(By::Team)
    }

    /// Time by class.
    pub fn by_class() -> Self {
        Self::by(By::Class)
    }

    /// All time alike.
    pub fn plain() -> Self {
        Self::by(By::None)
    }

    fn by(by: By) -> Self {
        Self { spec: HeatmapSpec { by, ..HeatmapSpec::default() }, ..Self::default() }
    }

    /// How colours share a place.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.spec.mode = mode;
        self
    }

    /// How values become brightness.
    #[must_use]
    pub fn normalize(mut self, normalize: Normalize) -> Self {
        self.spec.normalize = normalize;
        self
    }
}

impl Figure for Heatmap {
    type Data = HeatmapAccumulator;

    fn empty(&self, extent: &WorldRect) -> Result<HeatmapAccumulator, SpecError> {
        HeatmapAccumulator::new(self.spec.clone(), extent)
    }

    fn add(&self, data: &mut HeatmapAccumulator, round: &RoundView<'_>, lives: &Lives<'_>, filter: &Filter) {
        data.add_lives(round.round, lives, filter);
    }

    fn sums(
        &self,
        empty: &HeatmapAccumulator,
        _kept: Option<&FigureSums>,
        _filter: &Filter,
    ) -> Option<(HeatmapAccumulator, AddSums<HeatmapAccumulator>)> {
        self.spec.takes_sums().then(|| (empty.clone(), HeatmapAccumulator::add_sums as AddSums<_>))
    }

    fn merge(&self, data: &mut HeatmapAccumulator, other: HeatmapAccumulator) {
        // Parts of one figure are clones of the same empty heatmap, so they always go together.
        let merged = data.merge(other);
        debug_assert!(merged.is_ok(), "{merged:?}");
    }

    fn finish(&self, data: HeatmapAccumulator, canvas: &Canvas<'_>) -> Result<Drawing, RequestError> {
        Ok(data.finish(canvas))
    }

    fn subject(&self) -> Subject {
        Subject::Heatmap(self.clone())
    }
}

/// One group of lives, the request's filter, against another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Versus {
    /// The other group.
    pub against: Filter,
    /// How the picture looks.
    #[serde(flatten)]
    pub spec: VersusSpec,
}

/// Lives as lines.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Paths {
    /// What a line's colour means, and whose lives stand out.
    #[serde(flatten)]
    pub spec: PathsSpec,
    /// Whether floors get a panel each. Default: where they lie above each other.
    #[serde(skip_serializing_if = "super::is_default")]
    pub floors: PanelsWhen,
    /// Whether the movement is also shown from the side. Default: no.
    #[serde(skip_serializing_if = "super::is_default")]
    pub elevation: bool,
}

impl Paths {
    /// Lines coloured by this.
    pub fn by(color: PathColor) -> Self {
        Self { spec: PathsSpec { color, ..PathsSpec::default() }, ..Self::default() }
    }
}

impl Figure for Paths {
    type Data = PathsAccumulator;

    fn empty(&self, extent: &WorldRect) -> Result<PathsAccumulator, SpecError> {
        Ok(PathsAccumulator::new(self.spec.clone(), *extent))
    }

    fn add(&self, data: &mut PathsAccumulator, round: &RoundView<'_>, lives: &Lives<'_>, filter: &Filter) {
        data.add_lives(round.order, round.round, lives, filter);
    }

    fn sums(
        &self,
        empty: &PathsAccumulator,
        kept: Option<&FigureSums>,
        filter: &Filter,
    ) -> Option<(PathsAccumulator, AddSums<PathsAccumulator>)> {
        let paths = kept?.paths.as_ref()?;
        Some((paths.collected(empty, filter)?, PathsAccumulator::add_sums))
    }

    fn merge(&self, data: &mut PathsAccumulator, other: PathsAccumulator) {
        data.merge(other);
    }

    fn finish(&self, data: PathsAccumulator, canvas: &Canvas<'_>) -> Result<Drawing, RequestError> {
        data.check_highlights()?;
        Ok(data.finish(canvas))
    }

    fn subject(&self) -> Subject {
        Subject::Paths(self.clone())
    }
}

/// How players leave their spawns.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Exits {
    /// Where a spawn is left.
    #[serde(flatten)]
    pub spec: ExitsSpec,
}

impl Figure for Exits {
    type Data = ExitsData;

    fn empty(&self, _extent: &WorldRect) -> Result<ExitsData, SpecError> {
        Ok(ExitsData::default())
    }

    fn add(&self, data: &mut ExitsData, round: &RoundView<'_>, _lives: &Lives<'_>, _filter: &Filter) {
        data.rounds.push((round.order, round.to_keep()));
    }

    fn merge(&self, data: &mut ExitsData, other: ExitsData) {
        data.merge(other);
    }

    fn finish(&self, data: ExitsData, canvas: &Canvas<'_>) -> Result<Drawing, RequestError> {
        Ok(exits::figure_of_data(data, &self.spec, canvas))
    }

    fn subject(&self) -> Subject {
        Subject::Exits(*self)
    }
}

/// Where players were killed, and from where, over all movement.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kills {
    /// Which deaths are shown.
    #[serde(flatten)]
    pub spec: KillsSpec,
}

impl Figure for Kills {
    type Data = KillsAccumulator;

    fn empty(&self, extent: &WorldRect) -> Result<KillsAccumulator, SpecError> {
        Ok(KillsAccumulator::new(self.spec.clone(), *extent))
    }

    fn add(&self, data: &mut KillsAccumulator, round: &RoundView<'_>, lives: &Lives<'_>, filter: &Filter) {
        let everyone = round.lives(&Filter::everything());
        data.add_lives(round.order, round.round, lives, &everyone, filter);
    }

    fn sums(
        &self,
        empty: &KillsAccumulator,
        kept: Option<&FigureSums>,
        filter: &Filter,
    ) -> Option<(KillsAccumulator, AddSums<KillsAccumulator>)> {
        Some((kept?.kills.as_ref()?.collected(empty, filter)?, KillsAccumulator::add_sums))
    }

    fn merge(&self, data: &mut KillsAccumulator, other: KillsAccumulator) {
        data.merge(other);
    }

    fn finish(&self, data: KillsAccumulator, canvas: &Canvas<'_>) -> Result<Drawing, RequestError> {
        data.check()?;
        Ok(data.finish(canvas))
    }

    fn subject(&self) -> Subject {
        Subject::Kills(self.clone())
    }
}

/// How early a side got where, or both. Of one side the request's filter names that side alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrival {
    /// Whose arrivals, and where the colours end.
    #[serde(flatten)]
    pub spec: ArrivalSpec,
}

impl Arrival {
    /// The arrivals of a side.
    pub fn of(team: Team) -> Self {
        Self { spec: ArrivalSpec { team: Some(team), ..ArrivalSpec::default() } }
    }
}

impl Figure for Arrival {
    /// When each place was reached, and what went in; `None` where the extent holds no cells.
    type Data = Option<(Arrivals, DataSummary)>;

    fn empty(&self, extent: &WorldRect) -> Result<Self::Data, SpecError> {
        Ok(arrival::cells(extent).map(|cells| (self.spec.count_in(cells), DataSummary::new(*extent))))
    }

    fn add(&self, data: &mut Self::Data, round: &RoundView<'_>, lives: &Lives<'_>, filter: &Filter) {
        let Some((arrivals, summary)) = data else { return };
        // A round counts when any player moved in it: a side that got nowhere was late, not absent.
        arrivals.add(round.order, &round.lives(&Filter { teams: Vec::new(), ..filter.clone() }));
        summary.add(round.round, lives, filter);
    }

    fn sums(&self, _: &Self::Data, kept: Option<&FigureSums>, filter: &Filter) -> Sums<Self::Data> {
        Some((Some(kept?.arrivals_of(&self.spec, filter)?), arrival::add_sums))
    }

    fn merge(&self, data: &mut Self::Data, other: Self::Data) {
        if let (Some((arrivals, summary)), Some((more, counted))) = (data, other) {
            arrivals.merge(more);
            summary.merge(counted);
        }
    }

    fn finish(&self, data: Self::Data, canvas: &Canvas<'_>) -> Result<Drawing, RequestError> {
        let (arrivals, summary) =
            data.ok_or(RequestError::Meaningless("the map's extent holds no cells to count arrivals in"))?;
        Ok(arrival::figure(&arrivals, &self.spec, &summary, canvas))
    }

    fn subject(&self) -> Subject {
        Subject::Arrival(self.clone())
    }
}

impl Subject {
    /// Its word: the command that draws it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Heatmap(_) => "heatmap",
            Self::Versus(_) => "versus",
            Self::Paths(_) => "paths",
            Self::Exits(_) => "exits",
            Self::Kills(_) => "kills",
            Self::Arrival(_) => "arrival",
            Self::Life(_) => "life",
            Self::Replay(_) => "replay",
        }
    }

    /// Checks the options, and that the filter means something to the figure.
    ///
    /// # Errors
    /// The first that does not.
    pub(super) fn check(&self, filter: &Filter) -> Result<(), RequestError> {
        let range = |what: String, expected: &str, holds: bool| {
            if holds { Ok(()) } else { Err(RequestError::Range { what, expected: expected.to_owned() }) }
        };
        let all_states = filter.states == StateSet::ALL;
        match self {
            Self::Heatmap(heatmap) => Ok(heatmap.spec.check()?),
            Self::Arrival(Arrival { spec }) => {
                if let Some(share) = spec.quantile {
                    let holds = share > 0.0 && share <= 1.0;
                    range(format!("--quantile {share}"), "a share above 0 and up to 1", holds)?;
                }
                if let Some(latest) = spec.latest_s {
                    range(
                        format!("--latest {latest}"),
                        "1 to 86400 seconds",
                        (1..=86_400).contains(&latest),
                    )?;
                }
                Ok(())
            }
            Self::Exits(exits) => {
                if let Some(ring) = exits.spec.ring_units {
                    range(
                        format!("--ring {ring}"),
                        "100 to 20000 units",
                        (100.0..=20_000.0).contains(&ring),
                    )?;
                }
                if all_states {
                    return Ok(());
                }
                Err(RequestError::Meaningless(
                    "exits are paths out of a spawn, in whatever state: --state means nothing here",
                ))
            }
            Self::Life(_) if !all_states => Err(RequestError::Meaningless(
                "a life's card shows all of its states: --state means nothing here",
            )),
            Self::Replay(replay) => {
                let Replay { speed, zoom, fps, .. } = replay;
                range(format!("--speed {speed}"), "0.1 to 100", (0.1..=100.0).contains(speed))?;
                range(format!("--zoom {zoom}"), "1 to 16", (1.0..=16.0).contains(zoom))?;
                range(format!("--fps {fps}"), "1 to 50", (1..=50).contains(fps))
            }
            _ => Ok(()),
        }
    }
}
