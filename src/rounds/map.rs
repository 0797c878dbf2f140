//! Which map rounds are about: known, or fitted to all tracks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Rounds;
use super::error::RoundsError;
use super::read::EachRound;
use crate::analysis::{Filter, lives};
use crate::map::{MapLibrary, WorldMap, fit};
use crate::model::Round;
use crate::progress::{Progress, Silent};

/// Most map names in a message.
const MOST_NAMES: usize = 8;

/// Where maps are looked for: the caller's own folders first, then the maps and the atlas that come with the program.
#[derive(Debug, Clone, Default)]
pub struct Maps {
    folders: Vec<PathBuf>,
}

impl Maps {
    /// Also look in these folders of pictures and descriptions; the first one wins.
    pub fn in_folders<P: AsRef<Path>>(folders: &[P]) -> Self {
        Self { folders: folders.iter().map(|folder| folder.as_ref().to_owned()).collect() }
    }

    /// The caller's own folders.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Everything that is known.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn library(&self) -> Result<MapLibrary, crate::Error> {
        Ok(MapLibrary::open(&self.folders)?)
    }

    /// The one map that `rounds` are about: as it is known, else fitted to all their tracks (its extent says so).
    ///
    /// ```
    /// use proximity::{Maps, Rounds};
    ///
    /// let map = Maps::default().for_rounds(&Rounds::open("examples/session")?)?;
    /// assert_eq!(map.name, "proximity_demo");
    /// # Ok::<(), proximity::Error>(())
    /// ```
    ///
    /// # Errors
    /// Rounds of several maps, a map that nothing is known about, a folder that cannot be read.
    pub fn for_rounds(&self, rounds: &Rounds) -> Result<WorldMap, crate::Error> {
        let name = rounds.only_map(&Silent)?;
        self.find(&name, rounds, &Silent)
    }

    /// The map of this name: as it is known, else fitted to all tracks of `rounds` on it.
    ///
    /// # Errors
    /// A map that nothing is known about, a folder that cannot be read.
    pub fn find(
        &self,
        name: &str,
        rounds: &Rounds,
        progress: &dyn Progress,
    ) -> Result<WorldMap, crate::Error> {
        match self.library()?.find(name)? {
            Some(map) => Ok(map),
            None => Ok(rounds.fitted(name, progress)?),
        }
    }
}

impl Rounds {
    /// The name of the one map of these rounds, in lower case.
    ///
    /// # Errors
    /// Rounds of several maps, or none that can be read.
    pub fn only_map(&self, progress: &dyn Progress) -> Result<String, RoundsError> {
        let maps: BTreeSet<String> =
            self.headers()?.into_iter().flatten().map(|meta| meta.map.to_ascii_lowercase()).collect();
        match maps.iter().collect::<Vec<_>>().as_slice() {
            // No file has a header: reading them says what is wrong with each.
            [] => match self.read_all(progress)?.0.first() {
                Some(round) => Ok(round.meta.map.to_ascii_lowercase()),
                None => Err(RoundsError::Empty),
            },
            [one] => Ok((*one).clone()),
            several => {
                let names: Vec<&str> = several.iter().take(MOST_NAMES).map(|name| name.as_str()).collect();
                let more = if several.len() > names.len() { ", …" } else { "" };
                Err(RoundsError::SeveralMaps {
                    count: several.len(),
                    names: format!("{}{more}", names.join(", ")),
                })
            }
        }
    }

    /// A map that is not known: fitted to all tracks.
    fn fitted(&self, name: &str, progress: &dyn Progress) -> Result<WorldMap, RoundsError> {
        let all_players = Filter { maps: vec![name.to_owned()], ..Filter::everything() };
        let bounds = self.look(
            progress,
            "measuring",
            fit::Bounds::default,
            |bounds, round| add_bounds(bounds, round.round, &all_players),
            |all, bounds| all.merge(&bounds),
        )?;
        fitted_to(name, &bounds)
    }
}

/// Adds the places of a round's lives.
pub fn add_bounds(bounds: &mut fit::Bounds, round: &Round, filter: &Filter) {
    for life in &lives(round, filter).lives {
        life.samples().iter().for_each(|sample| bounds.add(sample.at));
    }
}

/// The map that bounds tell of.
///
/// # Errors
/// Bounds of nothing.
pub fn fitted_to(name: &str, bounds: &fit::Bounds) -> Result<WorldMap, RoundsError> {
    let rect = bounds.rect().ok_or_else(|| RoundsError::UnknownMap(name.to_owned()))?;
    Ok(WorldMap::fitted(name, &rect))
}
