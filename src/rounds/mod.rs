//! Where rounds come from: tracker files, demos, folders of them, stores, and lakes.
//!
//! [`Rounds`] names them without reading them. [`Rounds::select`] puts a filter to them: the [`Selection`] is one value,
//! so that what is drawn and what a caption says cannot differ. Rounds are read in parallel, one in memory for each
//! worker ([`Rounds::fold`]).
//!
//! How often an input is opened for one picture: once for its header (which map, which rounds, which are doubles of
//! each other), once to be collected. It is opened once more in full where that cannot be avoided within the memory of
//! one round: files of one round are compared with each other; a map that is not known is fitted to all tracks; floors
//! that turn out to lie above each other get a panel each.

mod choose;
#[cfg(feature = "lake")]
mod cube;
#[cfg(feature = "cli")]
pub(crate) mod demos;
mod error;
mod in_memory;
mod inputs;
#[cfg(feature = "store")]
mod keep;
#[cfg(feature = "cli")]
pub(crate) mod kills;
#[cfg(feature = "cli")]
mod laid_out;
#[cfg(feature = "render")]
mod map;
mod players;
mod read;
#[cfg(feature = "cli")]
pub(crate) mod recordings;

pub use choose::{Selected, Selection, choices};
#[cfg(feature = "lake")]
pub use cube::CubeRounds;
pub use error::RoundsError;
pub(crate) use in_memory::{InMemory, Limit};
pub(crate) use inputs::content_hash;
#[cfg(feature = "cli")]
pub(crate) use inputs::file_name;
#[cfg(feature = "store")]
pub use keep::{Kept, Store};
#[cfg(feature = "render")]
pub use map::{Maps, add_bounds, fitted_to};
pub(crate) use players::known_players;
pub use read::{CleanedLives, EachRound, Faults, KnownLives, RoundView, header};
pub(crate) use read::{Hash, ReadRound};
#[cfg(feature = "cli")]
pub(crate) use read::{parse, read_bytes};

use std::path::{Path, PathBuf};
#[cfg(any(feature = "cli", feature = "lake"))]
use std::sync::Arc;

#[cfg(feature = "cli")]
use tempfile::TempDir;

use crate::analysis::Filter;
#[cfg(feature = "store")]
use crate::analysis::playing_order;
#[cfg(feature = "lake")]
use crate::lake::{Lake, LakeRound, Place};
use crate::model::{Round, RoundMeta};
use crate::progress::{Progress, Silent};
#[cfg(feature = "store")]
use crate::store::{self, Create, DatabaseUrl, StoredRound};

/// Rounds of files or of a store: once chosen in the order in which they were played, before in that of their files'
/// names. Nothing but headers is kept in memory.
#[derive(Debug, Clone)]
pub struct Rounds {
    places: Places,
    /// For each place, the first place of its round: parts of one round stand behind each other.
    first: Vec<usize>,
    /// What lay beside the files and could not be looked at.
    passed_over: Vec<String>,
    /// Where the rounds of demos lie as tracker files; it lasts as long as these rounds.
    #[cfg(feature = "cli")]
    laid_out: Option<Arc<TempDir>>,
    /// What was wrong with demos.
    #[cfg(feature = "cli")]
    demo_faults: Vec<String>,
}

/// What of a stored round is loaded.
#[cfg(feature = "store")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loaded {
    /// All that its file told.
    Whole,
    /// Its header and its lives.
    Lives,
}

/// Where the rounds lie.
#[derive(Debug, Clone)]
enum Places {
    /// Tracker files.
    Files(Vec<PathBuf>),
    /// A store and its rounds, and what of them is loaded.
    #[cfg(feature = "store")]
    Store(Box<DatabaseUrl>, Vec<StoredRound>, Loaded),
    /// A lake and its rounds.
    #[cfg(feature = "lake")]
    Lake(Arc<Lake>, Vec<LakeRound>),
}

impl Rounds {
    /// A tracker file, a folder of them, a store by its URL (`sqlite:PATH`, `postgres://…`), or a lake (`lake:FOLDER`).
    ///
    /// ```
    /// let rounds = proximity::Rounds::open("examples/session")?;
    /// assert_eq!(rounds.len(), 4);
    /// # Ok::<(), proximity::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`RoundsError`]: an input that is not there, a folder without tracker files, a store that cannot be opened.
    pub fn open(input: impl AsRef<Path>) -> Result<Self, crate::Error> {
        let input = input.as_ref();
        #[cfg(feature = "lake")]
        if let Some(folder) = input.to_str().and_then(|text| text.strip_prefix("lake:")) {
            return Ok(Self::lake(Path::new(folder))?);
        }
        #[cfg(feature = "store")]
        if let Some(text) = input.to_str()
            && ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme))
        {
            return Ok(Self::store(text.parse::<DatabaseUrl>().map_err(crate::Error::Store)?)?);
        }
        Ok(Self::files(&[input.to_owned()])?)
    }

    /// The tracker files under `inputs`: files as named, folders and archives searched for `*_engagements.txt`, each once;
    /// `-` is standard input. Demos among them are read and stand for their rounds (with the feature `cli`): named ones,
    /// and those in folders. Recordings of one round become one, a tracker file of it among them.
    ///
    /// # Errors
    /// An input that is not there, or a folder without any tracker file or demo.
    pub fn files(inputs: &[PathBuf]) -> Result<Self, RoundsError> {
        #[cfg(feature = "cli")]
        let laid_out = laid_out::lay_out(inputs)?;
        #[cfg(feature = "cli")]
        let inputs = &laid_out.inputs;
        let (files, passed_over) = inputs::files(inputs)?;
        #[cfg(feature = "cli")]
        let passed_over = [laid_out.passed_over, passed_over].concat();
        Ok(Self {
            first: (0..files.len()).collect(),
            places: Places::Files(files),
            passed_over,
            #[cfg(feature = "cli")]
            laid_out: laid_out.folder,
            #[cfg(feature = "cli")]
            demo_faults: laid_out.faults,
        })
    }

    /// The tracker files below a folder, plain or gzipped, and a line about each thing that could not be looked at.
    pub fn search(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
        inputs::search(folder)
    }

    /// A line about each thing that lay beside the files and could not be looked at: what is no regular file, folders
    /// that may not be read, links that lead nowhere.
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// A line about each demo in which something was wrong; the rest of it was read.
    #[cfg(feature = "cli")]
    pub(crate) fn demo_faults(&self) -> &[String] {
        &self.demo_faults
    }

    /// The rounds of a store.
    ///
    /// # Errors
    /// A store that is not there, or of another version.
    #[cfg(feature = "store")]
    pub fn store(url: DatabaseUrl) -> Result<Self, RoundsError> {
        let failed = |source| RoundsError::Store { url: url.to_string(), source };
        let rounds = store::open(&url, Create::Never)
            .and_then(|mut store| store.rounds(&Filter::everything()))
            .map_err(failed)?;
        let order = playing_order(&rounds.iter().map(|round| &round.meta).collect::<Vec<_>>());
        let rounds: Vec<StoredRound> = order.into_iter().map(|index| rounds[index].clone()).collect();
        Ok(Self {
            first: (0..rounds.len()).collect(),
            places: Places::Store(Box::new(url), rounds, Loaded::Whole),
            passed_over: Vec::new(),
            #[cfg(feature = "cli")]
            laid_out: None,
            #[cfg(feature = "cli")]
            demo_faults: Vec::new(),
        })
    }

    /// The rounds of the lake in a folder, or at another place.
    ///
    /// # Errors
    /// A lake that is not there, of a newer version, or damaged.
    #[cfg(feature = "lake")]
    pub fn lake(place: impl Into<Place>) -> Result<Self, RoundsError> {
        let lake = Lake::open(place)?;
        let rounds = lake.rounds()?;
        let order = playing_order(&rounds.iter().map(|round| &round.meta).collect::<Vec<_>>());
        let rounds: Vec<_> = order.into_iter().map(|index| rounds[index].clone()).collect();
        Ok(Self {
            first: (0..rounds.len()).collect(),
            places: Places::Lake(Arc::new(lake), rounds),
            passed_over: Vec::new(),
            #[cfg(feature = "cli")]
            laid_out: None,
            #[cfg(feature = "cli")]
            demo_faults: Vec::new(),
        })
    }

    /// Number of files or stored rounds; each part of a round that was recorded in several counts.
    pub fn len(&self) -> usize {
        match &self.places {
            Places::Files(files) => files.len(),
            #[cfg(feature = "store")]
            Places::Store(_, rounds, _) => rounds.len(),
            #[cfg(feature = "lake")]
            Places::Lake(_, rounds) => rounds.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The files; none when the rounds come from a store or a lake.
    pub fn paths(&self) -> &[PathBuf] {
        match &self.places {
            Places::Files(files) => files,
            #[cfg(feature = "store")]
            Places::Store(..) => &[],
            #[cfg(feature = "lake")]
            Places::Lake(..) => &[],
        }
    }

    /// The store that they come from, if they do.
    #[cfg(feature = "store")]
    pub fn store_url(&self) -> Option<&DatabaseUrl> {
        match &self.places {
            Places::Store(url, ..) => Some(url),
            Places::Files(_) => None,
            #[cfg(feature = "lake")]
            Places::Lake(..) => None,
        }
    }

    /// The rounds of the store, if they come from one.
    #[cfg(feature = "store")]
    pub fn stored(&self) -> Option<&[StoredRound]> {
        match &self.places {
            Places::Files(_) => None,
            Places::Store(_, rounds, _) => Some(rounds),
            #[cfg(feature = "lake")]
            Places::Lake(..) => None,
        }
    }

    /// What tells this state of the lake that they come from from every other one, if they come from one.
    #[cfg(feature = "lake")]
    pub(crate) fn lake_state(&self) -> Option<Vec<String>> {
        match &self.places {
            Places::Lake(lake, _) => Some(lake.names()),
            Places::Files(_) | Places::Store(..) => None,
        }
    }

    /// The lake that they come from, with its rounds, if they do.
    #[cfg(feature = "cluster")]
    pub(crate) fn of_lake(&self) -> Option<(&Lake, &[LakeRound])> {
        match &self.places {
            Places::Lake(lake, rounds) => Some((lake, rounds)),
            Places::Files(_) | Places::Store(..) => None,
        }
    }

    /// These rounds with a question put to them. Nothing is read before the answer is drawn.
    pub fn select<'r>(&'r self, filter: &Filter) -> Selection<'r> {
        Selection::new(self, filter.clone())
    }

    /// The part of it that holds only the files or rounds whose places are wanted.
    #[must_use]
    pub fn part(&self, wanted: impl Fn(usize) -> bool) -> Self {
        self.in_order((0..self.len()).filter(|index| wanted(*index)).collect())
    }

    /// The files or rounds at these places, in this order.
    fn in_order(&self, order: Vec<usize>) -> Self {
        let mut first: Vec<usize> = Vec::with_capacity(order.len());
        for (place, index) in order.iter().enumerate() {
            let same = |before: &usize| self.first[order[*before]] == self.first[*index];
            first.push(place.checked_sub(1).filter(same).map_or(place, |before| first[before]));
        }
        let places = match &self.places {
            Places::Files(files) => {
                Places::Files(order.into_iter().map(|index| files[index].clone()).collect())
            }
            #[cfg(feature = "store")]
            Places::Store(url, rounds, loaded) => {
                let rounds = order.into_iter().map(|index| rounds[index].clone()).collect();
                Places::Store(url.clone(), rounds, *loaded)
            }
            #[cfg(feature = "lake")]
            Places::Lake(lake, rounds) => {
                let rounds = order.into_iter().map(|index| rounds[index].clone()).collect();
                Places::Lake(lake.clone(), rounds)
            }
        };
        Self {
            places,
            first,
            passed_over: Vec::new(),
            #[cfg(feature = "cli")]
            laid_out: self.laid_out.clone(),
            #[cfg(feature = "cli")]
            demo_faults: Vec::new(),
        }
    }

    /// Whether a file was laid out for a demo.
    fn is_laid_out(&self, path: &Path) -> bool {
        #[cfg(feature = "cli")]
        return self.laid_out.as_ref().is_some_and(|folder| path.starts_with(folder.path()));
        #[cfg(not(feature = "cli"))]
        return {
            let _ = (self, path);
            false
        };
    }

    /// The places of each round: one, or those of its parts.
    fn spans(&self) -> Vec<std::ops::Range<usize>> {
        let mut spans: Vec<std::ops::Range<usize>> = Vec::new();
        for (place, first) in self.first.iter().enumerate() {
            match spans.last_mut() {
                Some(span) if span.start == *first => span.end = place + 1,
                _ => spans.push(place..place + 1),
            }
        }
        spans
    }

    /// The headers of the rounds, `None` for a file that is no tracker file. Reads only the beginning of each.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn headers(&self) -> Result<Vec<Option<RoundMeta>>, RoundsError> {
        match &self.places {
            Places::Files(files) => files.iter().map(|path| header(path)).collect(),
            #[cfg(feature = "store")]
            Places::Store(_, rounds, _) => Ok(rounds.iter().map(|round| Some(round.meta.clone())).collect()),
            #[cfg(feature = "lake")]
            Places::Lake(_, rounds) => Ok(rounds.iter().map(|round| Some(round.meta.clone())).collect()),
        }
    }

    /// The SHA-256 of each round's file, in hexadecimal.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn content_hashes(&self) -> Result<Vec<String>, RoundsError> {
        match &self.places {
            Places::Files(files) => files.iter().map(|path| content_hash(path)).collect(),
            #[cfg(feature = "store")]
            Places::Store(_, rounds, _) => {
                Ok(rounds.iter().map(|round| round.meta.content_hash.to_string()).collect())
            }
            #[cfg(feature = "lake")]
            Places::Lake(_, rounds) => {
                Ok(rounds.iter().map(|round| round.meta.content_hash.to_string()).collect())
            }
        }
    }

    /// All rounds that can be read, in memory.
    ///
    /// # Errors
    /// Input of which nothing could be read.
    pub fn to_vec(&self) -> Result<Vec<Round>, crate::Error> {
        Ok(self.read_all(&Silent)?.0)
    }

    /// Reads every round into memory, in order, and tells what was wrong.
    ///
    /// # Errors
    /// As [`Rounds::fold`].
    pub fn read_all(&self, progress: &dyn Progress) -> Result<(Vec<Round>, Faults), RoundsError> {
        let read = self.each(Hash::Taken, progress, "reading", |_, read| Ok::<_, RoundsError>(read))?;
        let mut faults = Faults::default();
        let mut rounds = Vec::with_capacity(read.len());
        for read in read {
            faults.count(&read);
            rounds.extend(read.round);
        }
        if rounds.is_empty() && !self.is_empty() {
            return Err(RoundsError::NothingReadable { complaints: faults.complaints });
        }
        Ok((rounds, faults))
    }
}
