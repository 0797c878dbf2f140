//! What a picture shows: one type for each figure, which is its options and the way it is made.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::layout::PanelsWhen;
use super::recipe::Drawing;
use super::replay::Replay;
use super::sums::FigureSums;
use super::{Layout, Request, RequestError};
use crate::analysis::{Arrivals, CleanedRound, Filter, HeatSums, Lives, StateSet};
use crate::error::Error;
use crate::figure::arrival::{self, ArrivalSpec};
use crate::figure::canvas::Canvas;
use crate::figure::exits::{self, ExitsData, ExitsSpec};
use crate::figure::heatmap::{By, HeatmapAccumulator, HeatmapSpec, Mode, Normalize, SpecError, VersusSpec};
use crate::figure::kills::{KillsAccumulator, KillsSpec};
use crate::figure::life::{Card, LifeSheet};
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

/// The card of a single life of the player whom the request's filter names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LifeCard {
    /// Which of the lives that match. Default: the longest.
    pub which: WhichLife,
}

/// Which of several lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhichLife {
    /// The longest; of equally long ones the first.
    #[default]
    Longest,
    /// The one that began at this time of the file's clock, ms.
    SpawnTime(i32),
    /// In order of time, from 1.
    Nth(usize),
    /// All of them, each on a small card.
    All,
}

/// A life among which one is chosen: its place in time, and how long it lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LifeKey {
    order: u32,
    start_ms: i64,
    track: usize,
    spawn: i32,
    /// Whether it was played at all; a life without a move is chosen only if there is no other.
    is_played: bool,
    alive_ms: i64,
}

/// The lives to choose from, and the rounds that the choice may lie in.
#[derive(Debug, Clone, Default)]
pub struct LifeData {
    keys: Vec<LifeKey>,
    rounds: Vec<(u32, Arc<CleanedRound>)>,
    /// Instead of both where all lives are wanted.
    sheet: Option<LifeSheet>,
}

impl LifeData {
    /// The longest life; of equally long ones the first.
    fn longest(&self) -> Option<LifeKey> {
        let rank = |key: &LifeKey| (key.is_played, key.alive_ms);
        let longest = self.keys.iter().map(rank).max()?;
        self.keys.iter().filter(|key| rank(key) == longest).min().copied()
    }

    /// Forgets the rounds that cannot hold the chosen life any more.
    fn forget(&mut self, which: WhichLife) {
        let wanted = match which {
            WhichLife::Longest => self.longest().map(|key| key.order),
            // Which one is the Nth is known in the end.
            WhichLife::Nth(_) | WhichLife::All => return,
            WhichLife::SpawnTime(time) => {
                self.keys.iter().filter(|key| key.spawn == time).min().map(|key| key.order)
            }
        };
        self.rounds.retain(|(order, _)| Some(*order) == wanted);
    }
}

impl Figure for LifeCard {
    type Data = LifeData;

    fn empty(&self, extent: &WorldRect) -> Result<LifeData, SpecError> {
        let sheet = (self.which == WhichLife::All).then(|| LifeSheet::new(extent));
        Ok(LifeData { sheet, ..LifeData::default() })
    }

    fn add(&self, data: &mut LifeData, round: &RoundView<'_>, lives: &Lives<'_>, filter: &Filter) {
        if let Some(sheet) = &mut data.sheet {
            sheet.add(round.order, round.round, lives, filter);
            return;
        }
        if lives.lives.is_empty() {
            return;
        }
        data.keys.extend(lives.lives.iter().map(|life| LifeKey {
            order: round.order,
            start_ms: life.start_since_live_ms(),
            track: life.track_index(),
            spawn: life.track().spawn.0,
            is_played: !life.is_away(),
            alive_ms: life.alive_ms(),
        }));
        data.rounds.push((round.order, round.to_keep()));
        data.forget(self.which);
    }

    fn merge(&self, data: &mut LifeData, other: LifeData) {
        if let (Some(sheet), Some(more)) = (&mut data.sheet, other.sheet) {
            sheet.merge(more);
        }
        data.keys.extend(other.keys);
        data.rounds.extend(other.rounds);
        data.forget(self.which);
    }

    fn finish(&self, mut data: LifeData, canvas: &Canvas<'_>) -> Result<Drawing, RequestError> {
        if let Some(sheet) = data.sheet {
            return sheet.figure(canvas).ok_or(RequestError::NoLives);
        }
        data.keys.sort_unstable();
        let all = data.keys.len();
        if all == 0 {
            return Err(RequestError::NoLives);
        }
        let chosen = match self.which {
            WhichLife::Longest | WhichLife::All => data.longest(),
            WhichLife::Nth(nth) => nth.checked_sub(1).and_then(|i| data.keys.get(i)).copied(),
            WhichLife::SpawnTime(time) => data.keys.iter().find(|key| key.spawn == time).copied(),
        };
        let chosen = chosen.ok_or_else(|| {
            RequestError::NotFound(match self.which {
                WhichLife::SpawnTime(time) => {
                    let times: Vec<String> =
                        data.keys.iter().take(12).map(|key| key.spawn.to_string()).collect();
                    format!("no life began at {time} ms; these did: {}", times.join(", "))
                }
                _ if all == 1 => "there is one life, so --nth is 1".to_owned(),
                _ => format!("there are {all} lives, so --nth goes from 1 to {all}"),
            })
        })?;
        let nowhere = || RequestError::NotFound("this life has no place that could be drawn".to_owned());
        let (order, round) =
            data.rounds.iter().find(|(order, _)| *order == chosen.order).ok_or_else(nowhere)?;
        let lives = round.lives(canvas.filter);
        let life = lives.lives.iter().find(|life| life.track_index() == chosen.track).ok_or_else(nowhere)?;
        let (card, summary) = Card::with_data_summary(*order, life, canvas.filter, &canvas.map.extent.rect);
        card.figure(canvas, &summary).ok_or_else(nowhere)
    }

    fn subject(&self) -> Subject {
        Subject::Life(*self)
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
            Self::Arrival(Arrival { spec: ArrivalSpec { quantile: Some(share), .. } }) => range(
                format!("--quantile {share}"),
                "a share above 0 and up to 1",
                *share > 0.0 && *share <= 1.0,
            ),
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
