//! What of a session is read before anything is drawn: its rounds, the filter that says whose lives are shown, its maps.

use std::collections::BTreeMap;

use crate::analysis::{Filter, lives};
use crate::basemap::BaseStyle;
use crate::error::Error;
use crate::figure::request::MapData;
use crate::map::{MapLibrary, WorldMap, fit};
use crate::model::Round;
use crate::progress::{Progress, Silent};
use crate::report::SessionReport;
use crate::rounds::{Faults, InMemory, Maps, Rounds, RoundsError, add_bounds, fitted_to, known_players};

type Result<T> = std::result::Result<T, Error>;

/// A session, read.
pub(crate) struct Contents {
    pub rounds: Vec<Round>,
    pub faults: Faults,
    pub filter: Filter,
    pub maps: Vec<MapData>,
    map_of: BTreeMap<String, usize>,
    base: BaseStyle,
}

impl Contents {
    /// Reads a session's rounds and maps.
    ///
    /// # Errors
    /// Input of which nothing can be read, or of which the filter leaves nothing; a map's picture that cannot be read.
    pub fn read(
        rounds: &Rounds,
        filter: &Filter,
        base: BaseStyle,
        maps: &Maps,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let (rounds, faults) = rounds.read_all(progress)?;
        if rounds.is_empty() {
            return Err(RoundsError::Empty.into());
        }
        let filter = shown(&rounds, filter, progress)?;
        let (maps, map_of) = maps_of(&rounds, &filter, base, &maps.library()?)?;
        Ok(Self { rounds, faults, filter, maps, map_of, base })
    }

    /// Its report, planned.
    ///
    /// # Errors
    /// A map's extent that is too large for a grid.
    pub fn report(&self) -> Result<SessionReport<'_>> {
        Ok(SessionReport::plan(&self.rounds, &self.filter, &self.maps, &self.map_of, self.base)?)
    }
}

/// The filter whose lives are shown: a part of a name that only one player has stands for that player.
///
/// # Errors
/// A filter that leaves no life, though without it there are some.
fn shown(rounds: &[Round], filter: &Filter, progress: &dyn Progress) -> Result<Filter> {
    let none = |filter: &Filter| rounds.iter().all(|round| lives(round, filter).lives.is_empty());
    let whole = Filter { maps: filter.maps.clone(), bots: filter.bots, ..Filter::default() };
    if !none(filter) || *filter == whole || none(&whole) {
        return Ok(filter.clone());
    }
    let in_memory = InMemory::new(rounds.iter().collect());
    let known = known_players(&in_memory, filter, progress)?;
    Ok(known.ok_or_else(|| RoundsError::NothingMatches("no life matches the filters".to_owned()))?)
}

/// Every map of the session with its picture or, where there is none, its ground; and which of them a name means.
fn maps_of(
    rounds: &[Round],
    filter: &Filter,
    base: BaseStyle,
    library: &MapLibrary,
) -> Result<(Vec<MapData>, BTreeMap<String, usize>)> {
    let mut maps = Vec::new();
    let mut map_of = BTreeMap::new();
    for round in rounds {
        let name = round.meta.map.to_ascii_lowercase();
        if map_of.contains_key(&name) {
            continue;
        }
        let here: Vec<&Round> =
            rounds.iter().filter(|other| other.meta.map.eq_ignore_ascii_case(&name)).collect();
        // A map without a single place has nothing to draw; its rounds still count in the tables.
        let Some(map) = map_named(&name, &here, library)? else { continue };
        let here = InMemory::new(here);
        map_of.insert(name.clone(), maps.len());
        let filter = Filter { maps: vec![name], ..filter.clone() };
        maps.push(MapData::measured(map, base, &here, &filter, &Silent)?);
    }
    Ok((maps, map_of))
}

/// A map as it is known, else fitted to all tracks; `None` where neither is possible.
fn map_named(name: &str, rounds: &[&Round], library: &MapLibrary) -> Result<Option<WorldMap>> {
    if let Some(map) = library.find(name)? {
        return Ok(Some(map));
    }
    let all_players = Filter { maps: vec![name.to_owned()], ..Filter::everything() };
    let mut bounds = fit::Bounds::default();
    for round in rounds {
        add_bounds(&mut bounds, round, &all_players);
    }
    Ok(fitted_to(name, &bounds).ok())
}
