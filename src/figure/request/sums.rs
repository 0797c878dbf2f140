//! What figures find in all lives of a map, kept for many pictures.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::map_data::heat_grids;
#[cfg(feature = "cluster")]
use crate::analysis::lives;
use crate::analysis::{
    Arrivals, Bots, CleanedRound, Filter, PlacedRounds, SliceSpec, Who, round_number, session_date,
};
use crate::figure::arrival::{self, ArrivalSpec};
use crate::figure::exits::{ExitsData, ExitsKept, ExitsSpec};
use crate::figure::kills::{KillSums, movement_cells};
#[cfg(feature = "cluster")]
use crate::figure::paths::PathsSpec;
use crate::figure::paths::{PathSums, STEP_NUMBERS, line_cells};
use crate::figure::words::data_summary::DataSummary;
use crate::geom::WorldRect;
use crate::model::Class;
#[cfg(feature = "cluster")]
use crate::model::Round;
use crate::progress::Silent;
use crate::rounds::{EachRound, RoundsError};

/// The classes that players choose.
const CLASSES: [Class; 5] =
    [Class::Soldier, Class::Medic, Class::Engineer, Class::FieldOps, Class::CovertOps];
/// Of more sessions the exits are found when they are asked for: each is a small part of all rounds.
const MOST_SESSIONS: usize = 16;

/// What is kept of a picture's rounds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Kept<'s> {
    /// Of all of these rounds.
    pub figures: Option<&'s FigureSums>,
    /// Of all rounds of the map, whichever are asked for.
    pub of_map: Option<&'s FigureSums>,
    /// The rounds of the map, if all of them are in memory.
    pub rounds: Option<&'s PlacedRounds<'s>>,
}

/// What [`Slices`](crate::analysis::Slices) of rounds of a map with this extent are of; `None` where it holds no cells.
pub(crate) fn slice_spec(extent: &WorldRect) -> Option<SliceSpec> {
    let grids = [heat_grids(extent)?.time, line_cells(*extent)?, movement_cells(*extent)?];
    Some(SliceSpec { grids, numbers: Some(STEP_NUMBERS) })
}

/// Lines, deaths, exits and arrivals of all lives of some rounds on one map: with the rounds'
/// [`HeatSums`](crate::analysis::HeatSums) they answer what filters ask that tell lives apart by kind alone.
#[derive(Debug)]
pub struct FigureSums {
    /// Of the map.
    pub(super) extent: WorldRect,
    pub(super) paths: Option<PathSums>,
    pub(super) kills: Option<KillSums>,
    exits: ExitsKept,
    /// Whether any life is a bot's.
    has_bots: bool,
    /// By the round's clock: of people, and of bots too.
    arrivals: Option<[Arrivals; 2]>,
}

impl FigureSums {
    /// Those of rounds on a map with this extent, which stay in memory meanwhile; exits take `room` bytes at most, and no more
    /// of them are found once it is late.
    ///
    /// # Errors
    /// Input that cannot be read.
    pub(crate) fn of(
        rounds: &impl EachRound,
        extent: WorldRect,
        (room, is_late): (u64, &dyn Fn() -> bool),
    ) -> Result<Self, RoundsError> {
        let (mut all, mut kept) = rounds.look(
            &Silent,
            "summing",
            || {
                let (paths, kills) = (PathSums::new(extent), Some(KillSums::new(extent)));
                let arrivals = arrival::cells(&extent).map(|cells| {
                    let none = ArrivalSpec::default().count_in(cells);
                    [none.clone(), none]
                });
                let exits = ExitsKept::default();
                (Self { extent, paths, kills, exits, has_bots: false, arrivals }, Vec::new())
            },
            |(sums, kept): &mut (Self, Vec<(u32, Arc<CleanedRound>)>), round| {
                let lives = round.lives(&Filter::everything());
                let has_bots = lives.lives.iter().any(|life| Who::of(life.track()).is_bot);
                sums.has_bots |= has_bots;
                if let Some(kills) = &mut sums.kills {
                    kills.add(round.order, &lives);
                }
                if let Some(paths) = &mut sums.paths {
                    paths.add(round.order, &lives);
                }
                if let Some([people, all]) = &mut sums.arrivals {
                    people.add(round.order, &round.lives(&Filter::default()));
                    if has_bots {
                        all.add(round.order, &lives);
                    } else {
                        all.add_as_in(round.order, people);
                    }
                }
                kept.push((round.order, round.to_keep()));
            },
            |(all, rounds), (sums, more)| {
                all.has_bots |= sums.has_bots;
                if let (Some(mine), Some(theirs)) = (&mut all.kills, sums.kills) {
                    mine.merge(theirs);
                }
                if let (Some(mine), Some(theirs)) = (&mut all.paths, sums.paths) {
                    mine.merge(theirs);
                }
                if let (Some(mine), Some(theirs)) = (&mut all.arrivals, sums.arrivals) {
                    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| mine.merge(theirs));
                }
                rounds.extend(more);
            },
        )?;
        kept.sort_by_key(|(order, _)| *order);
        let kept: Vec<Arc<CleanedRound>> = kept.into_iter().map(|(_, round)| round).collect();
        all.keep_exits(&kept, room, is_late);
        Ok(all)
    }

    /// The lines alone, of rounds that other processes counted with [`FigureSums::pack_paths`]; `None` where what they packed
    /// is nothing of these.
    #[cfg(feature = "cluster")]
    pub(crate) fn of_paths<'p>(
        extent: WorldRect,
        packed: impl IntoIterator<Item = &'p [u8]>,
    ) -> Option<Self> {
        let mut paths = PathSums::new(extent)?;
        packed.into_iter().try_for_each(|packed| paths.add_packed(packed))?;
        let exits = ExitsKept::default();
        Some(Self { extent, paths: Some(paths), kills: None, exits, has_bots: false, arrivals: None })
    }

    /// The lines of rounds on a map with this extent, each with its place in the input, for [`FigureSums::of_paths`];
    /// `None` for an extent that no grid can cover.
    #[cfg(feature = "cluster")]
    pub(crate) fn pack_paths<E>(
        extent: WorldRect,
        rounds: impl IntoIterator<Item = Result<(u32, Round), E>>,
    ) -> Result<Option<Vec<u8>>, E> {
        let Some(mut paths) = PathSums::new(extent) else { return Ok(None) };
        for round in rounds {
            let (order, round) = round?;
            paths.add(order, &lives(&round, &Filter::everything()));
        }
        Ok(paths.pack().ok())
    }

    /// Whether the lines alone may be enough for a picture of paths.
    #[cfg(feature = "cluster")]
    pub(super) fn paths_answer(spec: &PathsSpec, filter: &Filter) -> bool {
        PathSums::answer(spec, filter)
    }

    /// Finds the exits that are asked for first: of everything, and of what a single control says.
    fn keep_exits(&mut self, rounds: &[Arc<CleanedRound>], room: u64, is_late: &dyn Fn() -> bool) {
        self.exits = ExitsKept::new(room);
        let people = Filter::new();
        let mut asked: Vec<Filter> = CLASSES.map(|class| people.clone().class(class)).into();
        let headers = || rounds.iter().map(|round| &round.round().meta);
        let numbers: BTreeSet<u32> = headers().filter_map(round_number).collect();
        asked.extend(numbers.into_iter().map(|number| people.clone().round(number)));
        let dates: BTreeSet<_> = headers().filter_map(session_date).collect();
        if dates.len() <= MOST_SESSIONS {
            asked.extend(dates.into_iter().map(|date| people.clone().sessions(date, date)));
        }
        // What is kept last goes last.
        asked.push(people);
        for filter in asked {
            if is_late() {
                return;
            }
            let wanted =
                rounds.iter().map(|round| &**round).filter(|round| filter.matches_round(round.round()));
            self.exits.of(&filter, wanted);
        }
    }

    /// A filter without what changes nothing here: bots, where there are none.
    fn plain(&self, filter: &Filter) -> Filter {
        let bots = if self.has_bots { filter.bots } else { Filter::default().bots };
        Filter { bots, ..filter.clone() }
    }

    /// What an exits picture collects of rounds in memory, but for its data summary; `None` where that cannot be told.
    pub(super) fn exits_of(
        &self,
        spec: &ExitsSpec,
        (filter, extent): (&Filter, &WorldRect),
        rounds: &PlacedRounds<'_>,
    ) -> Option<ExitsData> {
        let is_usual = self.extent == *extent && *spec == ExitsSpec::default();
        let exits = is_usual.then(|| self.exits.of(&self.plain(filter), ExitsKept::wanted(rounds)))?;
        Some(exits.collected(*extent, &filter.teams))
    }

    /// What a picture of arrivals collects of all rounds, but for its data summary; `None` where that cannot be told.
    pub(super) fn arrivals_of(&self, spec: &ArrivalSpec, filter: &Filter) -> Option<(Arrivals, DataSummary)> {
        let arrivals = filter.tells_kinds().then(|| self.arrivals_by_kind(spec, filter))??;
        Some((arrivals.of_side(spec.team.as_ref()), DataSummary::new(self.extent)))
    }

    /// The arrivals of those of the rounds that a filter wants, which may choose rounds; `None` where that cannot be told.
    pub(super) fn arrivals_of_rounds(
        &self,
        spec: &ArrivalSpec,
        (filter, extent): (&Filter, &WorldRect),
        rounds: &PlacedRounds<'_>,
    ) -> Option<Arrivals> {
        let any_round = Filter { sessions: None, round: None, ..filter.clone() };
        let arrivals = (self.extent == *extent).then(|| self.arrivals_by_kind(spec, &any_round))??;
        let order = |place: u32| rounds.rounds.get(place as usize)?.0;
        arrivals.of_side(spec.team.as_ref()).of_rounds(order)
    }

    fn arrivals_by_kind(&self, spec: &ArrivalSpec, filter: &Filter) -> Option<&Arrivals> {
        // How much of it is shown is no question of what is counted, nor is whose of it: a round counts when any player moved.
        let counted = ArrivalSpec { latest_s: None, team: None, ..spec.clone() };
        let asked = Filter { teams: Vec::new(), ..self.plain(filter) };
        let all = Filter { maps: filter.maps.clone(), ..Filter::default() };
        let [people, with_bots] = self.arrivals.as_ref()?;
        match (counted == ArrivalSpec::default(), asked.bots) {
            (true, Bots::Exclude) => (asked == all).then_some(people),
            (true, Bots::Include) => (asked == all.bots(Bots::Include)).then_some(with_bots),
            _ => None,
        }
    }

    /// About how much memory they take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let paths = self.paths.as_ref().map_or(0, PathSums::bytes);
        let arrivals: u64 = self.arrivals.iter().flatten().map(Arrivals::bytes).sum();
        let kills = self.kills.as_ref().map_or(0, KillSums::bytes);
        paths + kills + self.exits.bytes() + arrivals
    }
}
