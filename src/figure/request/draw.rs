//! From a request and rounds to a drawing: read, collect, compose. All figures go this way, wherever the rounds lie.

use std::cmp::Reverse;

use super::crop::Seen;
use super::floors::{Collected, FloorChoice};
use super::layout::PanelsWhen;
use super::map_data::{FloorsData, MapData, add_heights, all_floors, heat_grids};
use super::narrows::{Narrows, Placed};
use super::recipe::Drawing;
use super::sums::{FigureSums, Kept};
use super::{Crop, Figure, LifeCard, Request, RequestError, Subject, WhichLife};
use crate::analysis::{Filter, Floor, HeatSums, Heights, Lives, SumsWanted};
use crate::basemap::ink::HeightField;
use crate::error::Error;
use crate::figure::canvas::{Canvas, height_field};
use crate::figure::heatmap::{HeatmapAccumulator, Mode, VersusAccumulator};
use crate::figure::paths::life_path::LifePath;
use crate::figure::paths::{PathColor, PathsAccumulator, Tally};
use crate::geom::WorldRect;
use crate::map::WorldMap;
use crate::map::floors::SeenHeights;
use crate::progress::{Progress, Silent};
use crate::rounds::{EachRound, Faults, RoundView, Rounds, RoundsError, Selection, known_players};

/// A drawing, and what was wrong with the input it was made from.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// The drawing.
    pub drawing: Drawing,
    /// What was wrong with the input.
    pub faults: Faults,
}

/// A map that is loaded, and the floor of it that is asked for.
#[derive(Debug)]
pub(crate) struct LoadedMap {
    /// The map with its picture.
    pub map: MapData,
    /// The floor; `None` for all of them.
    pub floor: Option<Floor>,
}

impl LoadedMap {
    fn place(&self) -> (&MapData, Option<Floor>) {
        (&self.map, self.floor)
    }
}

impl Request {
    /// Draws what is asked for, of a selection of rounds. The selection's filter counts, not the request's own.
    ///
    /// # Errors
    /// Input that cannot be read or does not match; a picture that cannot be read; options that do not go together.
    pub fn draw(&self, selection: &Selection<'_>, map: &WorldMap) -> Result<Finished, Error> {
        let mut request = self.clone();
        request.filter = selection.filter().clone();
        if request.filter.maps.is_empty() {
            request.filter.maps.push(map.name.clone());
        }
        let wanted = selection.with_filter(request.rounds_filter()).rounds()?;
        let mut finished = request.draw_rounds(&wanted.rounds, map.clone(), &Silent)?;
        finished.faults.doubles = wanted.doubles;
        Ok(finished)
    }

    /// The filter that decides which rounds are read: with two groups of lives, those that either wants.
    pub fn rounds_filter(&self) -> Filter {
        let Subject::Versus(versus) = &self.subject else { return self.filter.clone() };
        let mut both = self.filter.clone();
        if both.round != versus.against.round {
            both.round = None;
        }
        both.sessions = match (both.sessions, versus.against.sessions) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            _ => None,
        };
        both
    }

    /// The map that the picture is about: the filter's, else the only one of the rounds. The longest life of all is about
    /// the map that it was lived on.
    ///
    /// # Errors
    /// Rounds of several maps, a player who is not there, or input that cannot be read.
    pub fn map_name(&self, rounds: &Rounds, progress: &dyn Progress) -> Result<String, Error> {
        if let Some(map) = self.filter.maps.first() {
            return Ok(map.clone());
        }
        let several = match rounds.only_map(progress) {
            Err(several @ RoundsError::SeveralMaps { .. }) => several,
            only => return Ok(only?),
        };
        if self.subject != Subject::Life(LifeCard { which: WhichLife::Longest }) {
            return Err(several.into());
        }
        let mut longest = map_of_longest(rounds, &self.filter, progress)?;
        if longest.is_none()
            && let Some(known) = known_players(rounds, &self.filter, progress)?
        {
            longest = map_of_longest(rounds, &known, progress)?;
        }
        Ok(longest.ok_or(RequestError::NoLives)?)
    }

    /// Draws what is asked for, of these rounds, all of which are on the map.
    ///
    /// # Errors
    /// As [`Request::draw`]; [`RequestError::NoLives`] when no life matches, or the names that are near
    /// a player's who is not there. A part of a name that only one player has is enough.
    pub fn draw_rounds(
        &self,
        rounds: &impl EachRound,
        map: WorldMap,
        progress: &dyn Progress,
    ) -> Result<Finished, Error> {
        self.draw_loaded(rounds, &self.load_map(rounds, map, progress)?, Kept::default(), progress)
    }

    /// The same on a map that is loaded, and with what is kept of all of these rounds.
    ///
    /// # Errors
    /// As [`Request::draw_rounds`].
    pub(crate) fn draw_loaded(
        &self,
        rounds: &impl EachRound,
        loaded: &LoadedMap,
        kept: Kept<'_>,
        progress: &dyn Progress,
    ) -> Result<Finished, Error> {
        match self.draw_kept(rounds, loaded.place(), kept, progress) {
            Ok(finished) if finished.drawing.recipe.counts.lives > 0 => Ok(finished),
            Ok(_) | Err(Error::Request(RequestError::NoLives)) => {
                let filter = known_players(rounds, &self.filter, progress)?.ok_or(RequestError::NoLives)?;
                Self { filter, ..self.clone() }.draw_kept(rounds, loaded.place(), kept, progress)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the picture may be drawn of lines that were counted elsewhere ([`FigureSums::of_paths`]).
    #[cfg(feature = "cluster")]
    pub(crate) fn takes_path_sums(&self) -> bool {
        let Subject::Paths(paths) = &self.subject else { return false };
        let is_of_one_map = paths.floors != PanelsWhen::Always && !paths.elevation;
        let is_whole = self.crop.is_none() && self.floor.is_none();
        is_of_one_map && is_whole && FigureSums::paths_answer(&paths.spec, &self.filter)
    }

    /// The map with its picture, and the floor that is asked for.
    ///
    /// # Errors
    /// A picture that cannot be read, or a floor that the map does not have.
    pub(crate) fn load_map(
        &self,
        rounds: &impl EachRound,
        map: WorldMap,
        progress: &dyn Progress,
    ) -> Result<LoadedMap, Error> {
        let floor = match self.floor {
            Some(number) => {
                let floors = all_floors(&map, rounds, progress)?;
                let missing = || RequestError::NoSuchFloor {
                    floor: number,
                    map: map.name.clone(),
                    floors: floors.len(),
                };
                Some(*floors.get(number).ok_or_else(missing)?)
            }
            None => self.filter.floor,
        };
        Ok(LoadedMap { map: MapData::load(map, self.base, floor.as_ref())?, floor })
    }

    /// Draws what is asked for, of these rounds, on a map that is loaded. What the map's data lack (its ground, its
    /// floors) is measured on the way.
    ///
    /// # Errors
    /// As [`Request::draw`].
    pub fn draw_on(
        &self,
        rounds: &impl EachRound,
        map: &MapData,
        floor: Option<Floor>,
        progress: &dyn Progress,
    ) -> Result<Finished, Error> {
        self.draw_kept(rounds, (map, floor), Kept::default(), progress)
    }

    fn draw_kept(
        &self,
        rounds: &impl EachRound,
        (map, floor): (&MapData, Option<Floor>),
        kept: Kept<'_>,
        progress: &dyn Progress,
    ) -> Result<Finished, Error> {
        self.check()?;
        let filter = Filter { floor, ..self.filter.clone() };
        let placed = kept.rounds.map(|rounds| Placed { rounds, of_map: kept.of_map });
        let kept = kept.figures.filter(|sums| sums.extent == map.map.extent.rect);
        let lean = match &self.subject {
            Subject::Heatmap(_) | Subject::Paths(_) => rounds.lives_only(),
            _ => None,
        };
        let rounds = lean.as_ref().unwrap_or(rounds);
        let job = Job { request: self, rounds, map, filter, kept, placed, progress };
        let choice = |panels, elevation| FloorChoice { panels, elevation };
        let mut finished = match &self.subject {
            Subject::Heatmap(heatmap) => {
                // Panels of panels would be too small to read: then floors get panels only when asked for.
                let panels = match heatmap.floors {
                    PanelsWhen::Auto if heatmap.spec.mode == Mode::Panels => PanelsWhen::Never,
                    when => when,
                };
                // All floors share the scale of the whole map, whose legend stands beside them.
                let draw = |whole: &HeatmapAccumulator, canvas: &Canvas<'_>| whole.scale(canvas);
                let empty = heatmap.empty(&map.map.extent.rect)?;
                job.by_floor(
                    heatmap,
                    &empty,
                    choice(panels, heatmap.elevation),
                    draw,
                    |heat, scale, canvas| {
                        let in_panel = canvas.filter.floor.is_some() && floor.is_none();
                        let heat = match scale.filter(|_| in_panel) {
                            Some(scale) => heat.on_scale(scale.clone()),
                            None => heat,
                        };
                        Ok(heat.finish(canvas))
                    },
                )?
            }
            Subject::Paths(paths) => {
                let choice = choice(paths.floors, paths.elevation);
                let mut empty = paths.empty(&map.map.extent.rect)?;
                if paths.spec.color == PathColor::Player {
                    empty = job.with_players(empty)?;
                }
                job.by_floor(paths, &empty, choice, |_, _| (), |data, _, canvas| paths.finish(data, canvas))?
            }
            Subject::Exits(exits) => job.plain(exits)?,
            Subject::Kills(kills) => job.plain(kills)?,
            Subject::Arrival(arrival) => job.plain(arrival)?,
            Subject::Life(life) => job.plain(life)?,
            Subject::Versus(versus) => job.versus(versus)?,
            Subject::Replay(_) => {
                return Err(
                    RequestError::Meaningless("a replay is an animation, not a single drawing").into()
                );
            }
        };
        finished.drawing.recipe.request = Some(Box::new(self.clone()));
        Ok(finished)
    }
}

/// A request on its way.
struct Job<'a, R> {
    request: &'a Request,
    rounds: &'a R,
    map: &'a MapData,
    filter: Filter,
    /// Of all of these rounds.
    kept: Option<&'a FigureSums>,
    /// The rounds of the map, if these are in memory.
    placed: Option<Placed<'a>>,
    progress: &'a dyn Progress,
}

/// What was collected in one look at the rounds.
struct Read<A> {
    data: A,
    surroundings: Surroundings,
    faults: Faults,
}

/// What a picture's map is drawn by, besides what the figure collects.
#[derive(Debug, Clone)]
struct Surroundings {
    /// The ground, where it is drawn from the tracks.
    heights: Option<Heights>,
    /// What the part of the map that is shown depends on.
    seen: Option<Seen>,
}

impl Surroundings {
    fn add_round(&mut self, round: &RoundView<'_>, filter: &Filter) {
        if let Some(heights) = &mut self.heights {
            add_heights(heights, round, filter);
        }
    }

    /// Adds the ground of rounds that were summed before.
    fn add_sums(&mut self, sums: &HeatSums) {
        if let Some(heights) = &mut self.heights {
            sums.ground.iter().for_each(|sum| heights.add_sum(sum));
        }
    }

    fn add_lives(&mut self, lives: &Lives<'_>, extent: &WorldRect) {
        if let Some(seen) = &mut self.seen {
            seen.add(lives, extent);
        }
    }

    fn height_field(&self) -> Option<HeightField> {
        self.heights.as_ref().and_then(height_field)
    }

    fn merge(&mut self, other: Self) {
        if let (Some(heights), Some(more)) = (&mut self.heights, other.heights) {
            heights.merge(&more);
        }
        if let (Some(seen), Some(more)) = (&mut self.seen, other.seen) {
            seen.merge(more);
        }
    }
}

impl<R: EachRound> Job<'_, R> {
    /// Collects by `add`, and the ground if it has to be drawn.
    fn read<A: Send>(
        &self,
        rounds: &R,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>, &Lives<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<Read<A>, Error> {
        let surroundings = self.surroundings();
        let ((data, surroundings), faults) = rounds.fold(
            self.progress,
            "reading",
            || (make(), surroundings.clone()),
            |(part, surroundings), round| {
                let lives = round.lives(&self.filter);
                add(part, round, &lives);
                surroundings.add_round(round, &self.filter);
                surroundings.add_lives(&lives, &self.map.map.extent.rect);
            },
            |(whole, all), (part, surroundings)| {
                merge(whole, part);
                all.merge(surroundings);
            },
        )?;
        Ok(Read { data, surroundings, faults })
    }

    /// Nothing seen yet of what the map is drawn by.
    fn surroundings(&self) -> Surroundings {
        let cells = if self.map.heights.is_some() { None } else { self.map.ink_cells() };
        Surroundings {
            heights: cells.map(Heights::new),
            seen: self.request.crop.as_ref().and_then(Crop::needs),
        }
    }

    /// A figure of the whole map.
    fn plain<F: Narrows>(&self, figure: &F) -> Result<Finished, Error> {
        let empty = figure.empty(&self.map.map.extent.rect)?;
        let summed = match figure.sums(&empty, self.kept, &self.filter) {
            Some((data, add)) => self.summed(data, false, |data, sums| add(data, sums, &self.filter))?,
            None => None,
        };
        let narrowed = if summed.is_none() { self.narrowed(figure, &empty, None)? } else { None };
        let rest = summed.as_ref().map_or(self.rounds, |(_, rest)| rest);
        let mut read = match narrowed {
            Some((data, surroundings)) => Read { data, surroundings, faults: Faults::default() },
            None => self.read(
                rest,
                || empty.clone(),
                |data, round, lives| figure.add(data, round, lives, &self.filter),
                |data, other| figure.merge(data, other),
            )?,
        };
        if let Some((sums, _)) = summed {
            figure.merge(&mut read.data, sums.data);
            read.surroundings.merge(sums.surroundings);
        }
        let heights = read.surroundings.height_field();
        let canvas = self.canvas(&read.surroundings, heights.as_ref())?;
        Ok(Finished { drawing: figure.finish(read.data, &canvas)?, faults: read.faults })
    }

    /// What the rounds' sums say, added by `add` to what is empty, and the rounds that are left to read; `None` where there
    /// are no sums that answer the question. `heights` are wanted in them or not.
    fn summed<A>(
        &self,
        empty: A,
        heights: bool,
        add: impl Fn(&mut A, &HeatSums),
    ) -> Result<Option<(Read<A>, R)>, Error> {
        let surroundings = self.surroundings();
        let grids = heat_grids(&self.map.map.extent.rect);
        let (Some(grids), None, true) = (grids, &surroundings.seen, self.filter.tells_lives()) else {
            return Ok(None);
        };
        let ground = surroundings.heights.is_some();
        let mut read = Read { data: empty, surroundings, faults: Faults::default() };
        let mut take = |sums: &HeatSums| {
            add(&mut read.data, sums);
            read.surroundings.add_sums(sums);
        };
        let wanted = SumsWanted { grids, filter: &self.filter, heights, ground };
        let known = if self.filter.tells_kinds() { self.rounds.summed(&wanted, &mut take)? } else { None };
        let rest = known.as_ref().unwrap_or(self.rounds).sum_columns(&wanted, self.progress, &mut take)?;
        Ok(rest.or(known).map(|rest| (read, rest)))
    }

    /// Paths whose colours are those of the players of the lives that are shown.
    fn with_players(&self, empty: PathsAccumulator) -> Result<PathsAccumulator, Error> {
        let kept = self.kept.and_then(|sums| sums.paths.as_ref()?.players(&self.filter));
        if let Some(players) = kept {
            return Ok(empty.with_players(players));
        }
        let extent = &self.map.map.extent.rect;
        let placed = self.placed.and_then(|placed| empty.players_of(placed.rounds, (&self.filter, extent)));
        if let Some((players, in_time)) = placed {
            in_time.then_some(()).ok_or(RoundsError::TooSlow)?;
            return Ok(empty.with_players(players));
        }
        let tally = self.rounds.look(
            self.progress,
            "looking for players",
            Tally::default,
            |tally, round| {
                for life in &round.lives(&self.filter).lives {
                    tally.add(&LifePath::of(round.order, life));
                }
            },
            Tally::merge,
        )?;
        Ok(empty.with_players(tally.by_lives()))
    }

    /// What a figure of the whole map collects of rounds in memory, and the heights where players were, into `seen`; `None`
    /// where its rounds have to be gone through as they are.
    fn narrowed<F: Narrows>(
        &self,
        figure: &F,
        empty: &F::Data,
        seen: Option<&mut SeenHeights>,
    ) -> Result<Option<(F::Data, Surroundings)>, Error> {
        let (surroundings, extent) = (self.surroundings(), &self.map.map.extent.rect);
        let is_plain = surroundings.seen.is_none() && surroundings.heights.is_none();
        let Some(placed) = self.placed.filter(|_| is_plain) else { return Ok(None) };
        match figure.narrowed(empty, placed, (&self.filter, extent), seen) {
            Some((_, false)) => Err(RoundsError::TooSlow.into()),
            Some((data, true)) => Ok(Some((data, surroundings))),
            None => Ok(None),
        }
    }

    /// A figure with a panel for each floor where floors lie above each other. `of_whole` takes from the whole what all
    /// panels share; `draw` draws one of them.
    fn by_floor<F: Narrows<Data: crate::figure::layout::floor_panels::ByFloor>, S>(
        &self,
        figure: &F,
        empty: &F::Data,
        choice: FloorChoice,
        of_whole: impl Fn(&F::Data, &Canvas<'_>) -> S,
        draw: impl Fn(F::Data, Option<&S>, &Canvas<'_>) -> Result<Drawing, RequestError>,
    ) -> Result<Finished, Error> {
        let map = self.map;
        let measured;
        // Floors that are known before reading are collected with the whole.
        let mut floors: &FloorsData = match (&map.floors, choice.panels) {
            (_, PanelsWhen::Always) => {
                let all = all_floors(&map.map, self.rounds, self.progress)?;
                measured = FloorsData { floors: map.with_pictures(all)?, stacked: None };
                &measured
            }
            (Some(known), PanelsWhen::Auto) if self.filter.floor.is_none() && !choice.elevation => known,
            _ => &FloorsData::default(),
        };
        let measures = choice.panels == PanelsWhen::Auto
            && map.floors.is_none()
            && self.filter.floor.is_none()
            && !choice.elevation;
        let known: Vec<Floor> = floors.floors.iter().map(|floor| floor.floor).collect();
        let make = || Collected::new(empty, map, &known, choice, measures);
        let summed = match figure.sums(empty, self.kept, &self.filter) {
            Some((whole, add)) if known.is_empty() && !choice.elevation => {
                self.summed(make().with(whole), measures, |part, sums| {
                    part.add_sums(add, sums, &self.filter);
                })?
            }
            _ => None,
        };
        let mut narrow = make();
        let narrowed = match &summed {
            None if known.is_empty() && !choice.elevation => {
                self.narrowed(figure, empty, narrow.seen.as_mut())?
            }
            _ => None,
        };
        let rest = summed.as_ref().map_or(self.rounds, |(_, rest)| rest);
        let mut read = match narrowed {
            Some((whole, surroundings)) => {
                Read { data: narrow.with(whole), surroundings, faults: Faults::default() }
            }
            None => self.read(
                rest,
                make,
                |part, round, lives| part.add(figure, round, lives, &self.filter),
                |all, part| all.merge(figure, part),
            )?,
        };
        if let Some((sums, _)) = summed {
            read.data.merge(figure, sums.data);
            read.surroundings.merge(sums.surroundings);
        }
        let found;
        if let Some(seen) = read.data.seen.take()
            && let Some(stacked) = map.overlapping(seen, self.rounds, self.progress)?
        {
            let parts: Vec<Floor> = stacked.floors.iter().map(|floor| floor.floor).collect();
            read.data.read_floors(figure, empty, &parts, &self.filter, self.rounds, self.progress)?;
            found = stacked;
            floors = &found;
        }
        let heights = read.surroundings.height_field();
        let canvas = self.canvas(&read.surroundings, heights.as_ref())?;
        let shared = (!floors.floors.is_empty()).then(|| of_whole(&read.data.whole, &canvas));
        let drawing =
            read.data.finish(floors, &canvas, |data, canvas| draw(data, shared.as_ref(), canvas))?;
        Ok(Finished { drawing, faults: read.faults })
    }

    /// One group of lives against another.
    fn versus(&self, versus: &super::Versus) -> Result<Finished, Error> {
        let against = Filter { maps: self.filter.maps.clone(), ..versus.against.clone() };
        let extent = &self.map.map.extent.rect;
        let empty = VersusAccumulator::new(versus.spec.clone(), self.filter.clone(), against, extent)?;
        let surroundings = self.surroundings();
        let crops = surroundings.seen.is_some();
        let ((data, surroundings), faults) = self.rounds.fold(
            self.progress,
            "reading",
            || (empty.clone(), surroundings.clone()),
            |(part, surroundings), round| {
                part.add(round.order, round.round);
                surroundings.add_round(round, &self.filter);
                if crops {
                    surroundings.add_lives(&round.lives(&self.filter), extent);
                    surroundings.add_lives(&round.lives(&versus.against), extent);
                }
            },
            |(whole, all), (part, surroundings)| {
                whole.merge(part);
                all.merge(surroundings);
            },
        )?;
        let heights = surroundings.height_field();
        let canvas = self.canvas(&surroundings, heights.as_ref())?;
        Ok(Finished { drawing: data.finish(&canvas), faults })
    }

    fn canvas<'c>(
        &'c self,
        surroundings: &Surroundings,
        heights: Option<&'c HeightField>,
    ) -> Result<Canvas<'c>, Error> {
        let canvas = self.map.canvas(self.request.layout.sheet()?, &self.filter, heights);
        let window = |crop: &Crop| crop.window(&self.map.map, surroundings.seen.clone());
        let crop = self.request.crop.as_ref().map(window).transpose()?;
        Ok(Canvas { crop: crop.flatten(), imprint: Some(&self.request.imprint), ..canvas })
    }
}

/// The map, in lower case, on which the longest life was lived that matches; of equally long ones the first.
fn map_of_longest(
    rounds: &Rounds,
    filter: &Filter,
    progress: &dyn Progress,
) -> Result<Option<String>, RoundsError> {
    let longest = rounds.look(
        progress,
        "looking for the longest life",
        || None,
        |longest, round| {
            let lives = &round.lives(filter).lives;
            let best = lives.iter().map(|life| (!life.is_away(), life.alive_ms())).max();
            let best =
                best.map(|rank| (rank, Reverse(round.order), round.round.meta.map.to_ascii_lowercase()));
            *longest = longest.take().max(best);
        },
        |longest, other| *longest = longest.take().max(other),
    )?;
    Ok(longest.map(|(_, _, map)| map))
}
