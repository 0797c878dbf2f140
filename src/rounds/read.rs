//! Reading rounds in parallel: one round in memory for each worker, results in the order of the input.

#[cfg(feature = "lake")]
use std::collections::BTreeSet;
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "store")]
use super::Loaded;
use super::error::RoundsError;
use super::{Places, Rounds, inputs};
use crate::analysis::{CleanedRound, Filter, HeatSums, Lives, SumsWanted, join, lives};
use crate::format::{self, ReadOptions, Warning};
#[cfg(feature = "lake")]
use crate::lake::LakeRound;
use crate::model::{Round, RoundMeta};
use crate::progress::Progress;
#[cfg(feature = "store")]
use crate::store::{self, Create, Storage};

/// Enough of a file for its header.
const HEAD_BYTES: u64 = 16 * 1024;

/// A round that was read, or why it could not be, with everything that was found wrong on the way.
#[derive(Debug)]
pub struct ReadRound {
    /// The file, or the name of the file that a stored round came from.
    pub path: PathBuf,
    /// What it holds.
    pub round: Result<Round, format::ReadError>,
    /// What was dropped, each with its place.
    pub warnings: Vec<Warning>,
    /// How many faults there were; more than there are warnings in a very broken file.
    pub faults: usize,
}

impl ReadRound {
    /// The same under the names of the recordings that it was read from: `match.tv_84 + other.dm_84: round 2`.
    fn by_its_recordings(self) -> Self {
        let named = self.round.as_ref().ok().and_then(|round| {
            let files = round.meta.recordings.as_ref()?.files.join(" + ");
            Some(PathBuf::from(format!("{files}: round {}", round.meta.round_raw.unwrap_or(1))))
        });
        Self { path: named.unwrap_or(self.path), ..self }
    }
}

/// What was wrong with the input of work that goes on regardless.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// Files that could not be read at all.
    pub refused: usize,
    /// Faults in the others.
    pub inside: usize,
    /// Files that say the same as another one and were left out.
    pub doubles: usize,
    /// A sentence about each file with a fault, in the order of the input.
    pub complaints: Vec<String>,
}

impl Faults {
    /// Counts what was wrong with a file, and puts it into one sentence.
    pub(crate) fn count(&mut self, read: &ReadRound) {
        let path = read.path.display();
        match &read.round {
            Err(error) => {
                self.refused += 1;
                self.complaints.push(format!("skipped {path}: {error}"));
            }
            Ok(_) if read.faults > 0 => {
                self.inside += read.faults;
                let faults = crate::text::counted(read.faults as u64, "fault", "faults");
                self.complaints.push(format!("{faults} in {path}; `proximity check` tells where"));
            }
            Ok(_) => {}
        }
    }

    /// Adds those of the rounds that follow.
    fn merge(&mut self, other: Self) {
        self.refused += other.refused;
        self.inside += other.inside;
        self.doubles += other.doubles;
        self.complaints.extend(other.complaints);
    }

    /// Whether anything was wrong.
    pub fn any(&self) -> bool {
        self.refused + self.inside > 0
    }
}

/// One round as it passes by, with its place in the input.
#[derive(Clone, Copy)]
pub struct RoundView<'a> {
    /// Its place in the input, from 0.
    pub order: u32,
    /// The round.
    pub round: &'a Round,
    /// What is known of its lives.
    pub known: KnownLives<'a>,
}

/// What is known of a round's lives before they are asked for.
#[derive(Clone, Copy)]
pub enum KnownLives<'a> {
    /// Nothing.
    Nothing,
    /// The round was cleaned.
    Cleaned(&'a Arc<CleanedRound>),
    /// Those that a filter lets through.
    Of(&'a Filter, &'a Lives<'a>),
}

/// Lives that were cleaned before, or now.
pub enum CleanedLives<'a> {
    /// Before.
    Kept(&'a Lives<'a>),
    /// Now.
    Own(Box<Lives<'a>>),
}

impl<'a> Deref for CleanedLives<'a> {
    type Target = Lives<'a>;

    fn deref(&self) -> &Lives<'a> {
        match self {
            Self::Kept(lives) => lives,
            Self::Own(lives) => lives,
        }
    }
}

impl<'a> RoundView<'a> {
    /// The lives that `filter` lets through.
    pub fn lives(&self, filter: &Filter) -> CleanedLives<'a> {
        match self.known {
            KnownLives::Of(known, lives) if self.is_same_question(known, filter) => CleanedLives::Kept(lives),
            KnownLives::Cleaned(round) => CleanedLives::Own(Box::new(round.lives(filter))),
            KnownLives::Of(..) | KnownLives::Nothing => {
                CleanedLives::Own(Box::new(lives(self.round, filter)))
            }
        }
    }

    /// The round, for those who need it when it has passed by: shared where it stays in memory anyway.
    pub fn to_keep(&self) -> Arc<CleanedRound> {
        match self.known {
            KnownLives::Cleaned(round) => Arc::clone(round),
            KnownLives::Of(..) | KnownLives::Nothing => Arc::new(CleanedRound::of(self.round.clone())),
        }
    }

    /// Whether two filters differ at most in the maps they name, both of which this round is on.
    fn is_same_question(&self, known: &Filter, filter: &Filter) -> bool {
        let here = |filter: &Filter| {
            filter.maps.is_empty()
                || filter.maps.iter().any(|map| map.eq_ignore_ascii_case(&self.round.meta.map))
        };
        here(known) && here(filter) && Filter { maps: known.maps.clone(), ..filter.clone() } == *known
    }
}

/// Rounds that pass by one after the other, wherever they lie: in files, in a store, or in memory.
pub trait EachRound: Sync {
    /// Adds every round to an accumulator. The result does not depend on the number of workers if adding commutes.
    ///
    /// # Errors
    /// A file that cannot be opened.
    fn look<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<A, RoundsError>;

    /// The same, and what was wrong with the input: once for all looks at it. Default: nothing was.
    ///
    /// # Errors
    /// A file that cannot be opened, or input of which nothing could be read.
    fn fold<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<(A, Faults), RoundsError> {
        Ok((self.look(progress, what, make, add, merge)?, Faults::default()))
    }

    /// The same rounds with nothing but their headers and lives. `None` where nothing is spared by that.
    fn lives_only(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Gives what is summed already of these rounds, in the wanted grids, to `take`, in parts whose order does not matter; and
    /// the rounds that are in no sum. `None` where nothing is summed. The sums are of all lives, whatever the filter wants.
    ///
    /// # Errors
    /// Sums that cannot be read.
    fn summed(
        &self,
        _wanted: &SumsWanted<'_>,
        _take: &mut dyn FnMut(&HeatSums),
    ) -> Result<Option<Self>, RoundsError>
    where
        Self: Sized,
    {
        Ok(None)
    }

    /// Sums now those of these rounds that lie in columns, and gives the sums to `take`, in parts whose order does not matter;
    /// and the rounds that are left. `None` where none lies so. The sums are of the lives that the filter wants, and the same
    /// as those of the rounds one by one.
    ///
    /// # Errors
    /// Columns that cannot be read.
    fn sum_columns(
        &self,
        _wanted: &SumsWanted<'_>,
        _progress: &dyn Progress,
        _take: &mut dyn FnMut(&HeatSums),
    ) -> Result<Option<Self>, RoundsError>
    where
        Self: Sized,
    {
        Ok(None)
    }
}

/// Whether a file's bytes are hashed, which costs about as much as reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Yes: the round will be told apart by its content.
    Taken,
    /// No: nothing asks for it.
    Left,
}

/// What a worker reads with, from one round to the next.
#[derive(Default)]
pub(super) struct WorkerState {
    /// The last file's text; its memory serves the next one.
    bytes: Vec<u8>,
    /// The worker's own connection.
    #[cfg(feature = "store")]
    store: Option<Box<dyn Storage>>,
}

impl EachRound for Rounds {
    fn look<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<A, RoundsError> {
        Ok(self.gather(progress, what, Hash::Left, make, add, merge)?.0)
    }

    fn fold<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<(A, Faults), RoundsError> {
        let (whole, faults) = self.gather(progress, what, Hash::Taken, make, add, merge)?;
        if faults.refused == self.spans().len() && !self.is_empty() {
            return Err(RoundsError::NothingReadable { complaints: faults.complaints });
        }
        Ok((whole, faults))
    }

    #[cfg(feature = "store")]
    fn lives_only(&self) -> Option<Self> {
        let Places::Store(url, rounds, _) = &self.places else { return None };
        Some(Self { places: Places::Store(url.clone(), rounds.clone(), Loaded::Lives), ..self.clone() })
    }

    #[cfg(feature = "lake")]
    fn summed(
        &self,
        wanted: &SumsWanted<'_>,
        take: &mut dyn FnMut(&HeatSums),
    ) -> Result<Option<Self>, RoundsError> {
        let Places::Lake(lake, rounds) = &self.places else { return Ok(None) };
        let mut left: BTreeSet<usize> = (0..rounds.len()).collect();
        // One month's sums after the other in the same memory.
        let mut room = Vec::new();
        for month in lake.summed(self.alone().into_iter().map(|place| (place, &rounds[place]))) {
            let of: Vec<&LakeRound> = month.places.iter().map(|place| &rounds[*place]).collect();
            if let Some(sums) = lake.sums(&month, &of, wanted, std::mem::take(&mut room))? {
                take(&sums);
                room = sums.times;
                for place in &month.places {
                    left.remove(place);
                }
            }
        }
        Ok((left.len() < rounds.len()).then(|| self.part(|place| left.contains(&place))))
    }

    #[cfg(feature = "lake")]
    fn sum_columns(
        &self,
        wanted: &SumsWanted<'_>,
        progress: &dyn Progress,
        take: &mut dyn FnMut(&HeatSums),
    ) -> Result<Option<Self>, RoundsError> {
        let Places::Lake(lake, rounds) = &self.places else { return Ok(None) };
        let alone = self.alone().into_iter().map(|place| (place, &rounds[place]));
        let (sums, summed) = lake.sum_columns(alone, wanted, progress)?;
        sums.iter().for_each(take);
        Ok((!summed.is_empty()).then(|| self.part(|place| !summed.contains(&place))))
    }
}

impl Rounds {
    /// The places of the rounds that were recorded in one file each. Those in several are cleaned as a whole.
    #[cfg(feature = "lake")]
    pub(crate) fn alone(&self) -> Vec<usize> {
        self.spans().into_iter().filter(|span| span.len() == 1).map(|span| span.start).collect()
    }

    /// Reads every round and gives it, with its place in the input, to `take`, on as many workers as there are cores;
    /// results come back in the order of the input, whatever the number of workers.
    ///
    /// # Errors
    /// A file that cannot be opened, or the first error of `take`.
    pub(crate) fn each<T: Send, E: From<RoundsError> + Send>(
        &self,
        hash: Hash,
        progress: &dyn Progress,
        what: &str,
        take: impl Fn(u32, ReadRound) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let (done, _) = self.work(progress, what, hash, || (), |(), index, read| take(index, read));
        done.into_iter().collect()
    }

    fn gather<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        hash: Hash,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<(A, Faults), RoundsError> {
        let (done, parts) = self.work(progress, what, hash, &make, |part, order, read| {
            if let Ok(round) = &read.round {
                add(part, &RoundView { order, round, known: KnownLives::Nothing });
            }
            let mut faults = Faults::default();
            faults.count(&read);
            Ok::<_, RoundsError>(faults)
        });
        let mut faults = Faults::default();
        for of_round in done {
            faults.merge(of_round?);
        }
        let mut whole = make();
        for part in parts {
            merge(&mut whole, part);
        }
        Ok((whole, faults))
    }

    /// Spreads the rounds over workers, each with a state of its own. Results in the order of the rounds.
    fn work<S: Send, T: Send, E: From<RoundsError> + Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        hash: Hash,
        make: impl Fn() -> S + Sync,
        step: impl Fn(&mut S, u32, ReadRound) -> Result<T, E> + Sync,
    ) -> (Vec<Result<T, E>>, Vec<S>) {
        let spans = self.spans();
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<T, E>)>> = Mutex::new(Vec::with_capacity(spans.len()));
        let states: Mutex<Vec<S>> = Mutex::new(Vec::new());
        let workers = rayon::current_num_threads().clamp(1, spans.len().max(1));
        let bar = progress.begin(what, spans.len() as u64);
        let worker = || {
            let mut state = make();
            let mut worker_state = WorkerState::default();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(span) = spans.get(index) else { break };
                let read = self.read_round(span.clone(), hash, &mut worker_state).map_err(E::from);
                let result = read.and_then(|read| step(&mut state, index as u32, read));
                bar.step();
                lock(&done).push((index, result));
            }
            lock(&states).push(state);
        };
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(worker);
            }
        });
        let mut done = std::mem::take(&mut *lock(&done));
        done.sort_by_key(|(index, _)| *index);
        let states = std::mem::take(&mut *lock(&states));
        (done.into_iter().map(|(_, result)| result).collect(), states)
    }

    /// Reads one round: its file, or its parts, which become one. A part that cannot be read costs the others.
    fn read_round(
        &self,
        span: Range<usize>,
        hash: Hash,
        worker_state: &mut WorkerState,
    ) -> Result<ReadRound, RoundsError> {
        let first = self.read_one(span.start, hash, worker_state)?;
        let (mut warnings, mut faults) = (first.warnings, first.faults);
        let mut others = Vec::with_capacity(span.len() - 1);
        for index in span.skip(1) {
            let part = self.read_one(index, hash, worker_state)?;
            warnings.extend(part.warnings);
            faults += part.faults;
            match part.round {
                Ok(round) => others.push(round),
                Err(error) => return Ok(ReadRound { path: part.path, round: Err(error), warnings, faults }),
            }
        }
        let round = first.round.map(|first| join(first, others));
        Ok(ReadRound { path: first.path, round, warnings, faults })
    }

    /// Reads one file or stored round, from its file or over a worker's own connection to the store.
    pub(super) fn read_one(
        &self,
        index: usize,
        hash: Hash,
        worker_state: &mut WorkerState,
    ) -> Result<ReadRound, RoundsError> {
        match &self.places {
            Places::Files(files) => {
                let read = read_file(&files[index], hash, &mut worker_state.bytes)?;
                Ok(if self.is_laid_out(&files[index]) { read.by_its_recordings() } else { read })
            }
            #[cfg(feature = "store")]
            Places::Store(url, rounds, loaded) => {
                let failed = |source| RoundsError::Store { url: url.to_string(), source };
                let store = match &mut worker_state.store {
                    Some(store) => store,
                    None => worker_state.store.insert(store::open(url, Create::Never).map_err(failed)?),
                };
                let round = match loaded {
                    Loaded::Whole => store.load(rounds[index].key),
                    Loaded::Lives => store.load_lives(rounds[index].key),
                };
                let round = round.map_err(failed)?;
                let path = round.meta.file_name.as_deref().unwrap_or("(a stored round)").into();
                Ok(ReadRound { path, round: Ok(round), warnings: Vec::new(), faults: 0 })
            }
            #[cfg(feature = "lake")]
            Places::Lake(lake, rounds) => {
                let round = lake.load(&rounds[index])?;
                let path = round.meta.file_name.as_deref().unwrap_or("(a round of a lake)").into();
                Ok(ReadRound { path, round: Ok(round), warnings: Vec::new(), faults: 0 })
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file's header; `None` when it is no tracker file.
///
/// # Errors
/// A file that cannot be opened.
pub fn header(path: &Path) -> Result<Option<RoundMeta>, RoundsError> {
    let head = inputs::head(path, HEAD_BYTES)?;
    let options =
        ReadOptions { file_name: inputs::file_name(path), content_hash: false, ..ReadOptions::default() };
    Ok(format::read(&head, &options).ok().map(|read| read.file.round.meta))
}

/// Reads one tracker file, through `bytes`, whose memory serves from one file to the next.
///
/// # Errors
/// A file that cannot be opened.
pub fn read_file(path: &Path, hash: Hash, bytes: &mut Vec<u8>) -> Result<ReadRound, RoundsError> {
    read_bytes(path, bytes)?;
    let hash = (hash == Hash::Taken).then(|| format::content_hash(bytes));
    Ok(parse(path, bytes, hash))
}

/// Reads a file's bytes, no more than a tracker file may have and one.
///
/// # Errors
/// A file that cannot be opened.
pub(crate) fn read_bytes(path: &Path, bytes: &mut Vec<u8>) -> Result<(), RoundsError> {
    inputs::read(path, bytes)
}

/// Parses a file's bytes. `hash` is what is known of their content.
pub(crate) fn parse(path: &Path, bytes: &[u8], hash: Option<String>) -> ReadRound {
    let options =
        ReadOptions { file_name: inputs::file_name(path), content_hash: false, ..ReadOptions::default() };
    match format::read(bytes, &options) {
        Ok(read) => {
            let mut round = read.file.round;
            if let Some(hash) = hash {
                round.meta.content_hash = hash.into();
            }
            ReadRound {
                path: path.to_owned(),
                round: Ok(round),
                warnings: read.warnings,
                faults: read.faults,
            }
        }
        Err(error) => ReadRound { path: path.to_owned(), round: Err(error), warnings: Vec::new(), faults: 1 },
    }
}
