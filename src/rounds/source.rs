//! INPUT: tracker files, folders of them, or a store; read in parallel, one round in memory per worker.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow};
use indicatif::ProgressBar;

use super::input;
use crate::analysis::duplicates;
use crate::analysis::{Filter, round_number, session_date, written_at};
use crate::cli::args::listed;
use crate::cli::console::Console;
use crate::format;
use crate::format::{OnBadRow, ReadOptions, Warning};
use crate::model::{Round, RoundMeta};
use crate::store;
use crate::store::{Create, DatabaseUrl, Store, StoredRound};
use crate::text::counted;

/// Enough of a file for its header.
const HEAD_BYTES: u64 = 16 * 1024;
/// Two files of one round without a start time were written at most this far apart, seconds.
const REWRITE_WITHIN_S: i64 = 60;

/// Rounds, in the order of their files' names (and so of time).
pub(crate) struct Source {
    /// Tracker files; none when the rounds come from a store.
    files: Vec<PathBuf>,
    /// What lay beside the files and could not be looked at, until it is told.
    passed_over: Mutex<Vec<String>>,
    /// A store and its rounds; none when they come from files.
    store: Option<(DatabaseUrl, Vec<StoredRound>)>,
}

/// A round that was read, or why it could not be, with everything that was found wrong on the way.
pub(crate) struct Outcome {
    /// The file.
    pub path: PathBuf,
    /// What it holds.
    pub read: Result<Round, format::ReadError>,
    /// What was dropped, each with its place.
    pub warnings: Vec<Warning>,
    /// How many faults there were; more than there are warnings in a very broken file.
    pub faults: usize,
}

/// What a worker reads with, from one round to the next.
#[derive(Default)]
struct WorkerState {
    /// The last file's text; its memory serves the next one.
    bytes: Vec<u8>,
    /// The worker's own connection.
    store: Option<Box<dyn Store>>,
}

/// What was wrong with the input of a command that goes on regardless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Faults {
    /// Files that could not be read at all.
    pub refused: usize,
    /// Faults in the others.
    pub inside: usize,
    /// Files that say the same as another one and were left out.
    pub doubles: usize,
}

impl Source {
    /// The tracker files under `inputs`: files as named, folders and archives searched for `*_engagements.txt`, each once;
    /// `-` is standard input.
    ///
    /// # Errors
    /// An input that is not there, or a folder without any tracker file.
    pub(crate) fn files(inputs: &[PathBuf]) -> Result<Self> {
        let (mut files, mut faults) = (Vec::new(), Vec::new());
        for input in inputs {
            files.extend(input::expand(input, &mut faults)?);
        }
        files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
        files.dedup();
        Ok(Self { files, passed_over: Mutex::new(faults), store: None })
    }

    /// Says, once, what lay beside the input and could not be looked at.
    pub(crate) fn tell(&self, console: &mut Console) {
        for fault in std::mem::take(&mut *lock(&self.passed_over)) {
            console.complain(&format!("passed over: {fault}"));
        }
    }

    /// The rounds of a store.
    ///
    /// # Errors
    /// A store that is not there, or of another version.
    pub(crate) fn store(url: DatabaseUrl) -> Result<Self> {
        let mut rounds = store::open(&url, Create::Never)?.rounds(&Filter::everything())?;
        rounds.sort_by(|a, b| {
            (&a.meta.file_name, &a.meta.content_hash).cmp(&(&b.meta.file_name, &b.meta.content_hash))
        });
        Ok(Self { files: Vec::new(), passed_over: Mutex::default(), store: Some((url, rounds)) })
    }

    /// Number of rounds.
    pub(crate) fn len(&self) -> usize {
        self.store.as_ref().map_or(self.files.len(), |(_, rounds)| rounds.len())
    }

    /// The files.
    pub(crate) fn paths(&self) -> &[PathBuf] {
        &self.files
    }

    /// The rounds of the store, if they come from one.
    pub(crate) fn stored(&self) -> Option<&[StoredRound]> {
        self.store.as_ref().map(|(_, rounds)| rounds.as_slice())
    }

    /// The part of it that holds only the files or rounds whose places are wanted.
    pub(crate) fn part(&self, wanted: impl Fn(usize) -> bool) -> Self {
        fn kept<T: Clone>(list: &[T], wanted: impl Fn(usize) -> bool) -> Vec<T> {
            list.iter()
                .enumerate()
                .filter(|(index, _)| wanted(*index))
                .map(|(_, item)| item.clone())
                .collect()
        }
        Self {
            files: kept(&self.files, &wanted),
            passed_over: Mutex::default(),
            store: self.store.as_ref().map(|(url, rounds)| (url.clone(), kept(rounds, &wanted))),
        }
    }

    /// The headers of the files, `None` for a file that is no tracker file. Reads only the beginning of each.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub(crate) fn headers(&self) -> Result<Vec<Option<RoundMeta>>> {
        if let Some((_, rounds)) = &self.store {
            return Ok(rounds.iter().map(|round| Some(round.meta.clone())).collect());
        }
        self.files.iter().map(|path| header(path)).collect()
    }

    /// Leaves out the rounds that the filter refuses by their header, and files that write down a round again which
    /// another one tells better. Gives the number of the latter.
    ///
    /// # Errors
    /// A file that cannot be opened, or a filter that leaves nothing.
    pub(crate) fn choose(&mut self, filter: &Filter) -> Result<usize> {
        if let Some((_, rounds)) = &mut self.store {
            // A store keeps the best copy of each round already.
            let all: Vec<RoundMeta> = rounds.iter().map(|round| round.meta.clone()).collect();
            rounds.retain(|round| filter.matches_meta(&round.meta));
            return if rounds.is_empty() { Err(nothing_chosen(&all)) } else { Ok(0) };
        }
        let headers = self.headers()?;
        let wanted: Vec<bool> =
            headers.iter().map(|meta| meta.as_ref().is_none_or(|meta| filter.matches_meta(meta))).collect();
        let doubles = self.doubles(&headers, &wanted)?;
        let mut index = 0;
        self.files.retain(|_| {
            index += 1;
            wanted[index - 1] && !doubles.contains(&(index - 1))
        });
        if self.files.is_empty() {
            return Err(nothing_chosen(&headers.into_iter().flatten().collect::<Vec<_>>()));
        }
        Ok(doubles.len())
    }

    /// Files that are doubles of others. Only files whose headers say the same are read whole.
    fn doubles(&self, headers: &[Option<RoundMeta>], wanted: &[bool]) -> Result<BTreeSet<usize>> {
        let mut groups: BTreeMap<(String, Option<i32>), Vec<usize>> = BTreeMap::new();
        for (index, meta) in headers.iter().enumerate() {
            if let (Some(meta), true) = (meta, wanted[index]) {
                groups.entry((meta.map.to_ascii_lowercase(), meta.round_raw)).or_default().push(index);
            }
        }
        let alike = |a: &RoundMeta, b: &RoundMeta| match (a.start_unix, b.start_unix) {
            (Some(a), Some(b)) => a == b,
            _ => written_at(a)
                .zip(written_at(b))
                .is_none_or(|(a, b)| a.duration_since(b).as_secs().abs() <= REWRITE_WITHIN_S),
        };
        let mut doubles = BTreeSet::new();
        for group in groups.into_values() {
            let suspects: Vec<usize> = group
                .iter()
                .copied()
                .filter(|i| {
                    group.iter().any(|j| match (&headers[*i], &headers[*j]) {
                        (Some(a), Some(b)) => i != j && alike(a, b),
                        _ => false,
                    })
                })
                .collect();
            let mut rounds = Vec::with_capacity(suspects.len());
            let mut bytes = Vec::new();
            for index in suspects {
                if let Ok(round) = read(&self.files[index], OnBadRow::Skip, &mut bytes)?.read {
                    rounds.push((index, round));
                }
            }
            let found = duplicates(&rounds.iter().map(|(_, round)| round).collect::<Vec<_>>());
            doubles.extend(found.iter().map(|double| rounds[double.drop].0));
        }
        Ok(doubles)
    }

    /// Reads every file and gives each outcome, with its place in the input, to `take`, on as many workers as there are
    /// cores; results come back in the order of the files, whatever the number of workers.
    ///
    /// # Errors
    /// A file that cannot be opened, or the first error of `take`.
    pub(crate) fn map<T: Send>(
        &self,
        on_bad_row: OnBadRow,
        bar: &ProgressBar,
        take: impl Fn(u32, Outcome) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let (done, _) = self.work(bar, on_bad_row, || (), |(), index, outcome| take(index, outcome));
        done.into_iter().collect()
    }

    /// Adds every round that can be read to an accumulator, one per worker, and merges these; what cannot be read is
    /// complained about. The result does not depend on the number of workers if adding commutes.
    ///
    /// # Errors
    /// A file that cannot be opened, or input of which nothing could be read.
    pub(crate) fn fold<A: Send>(
        &self,
        console: &mut Console,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, u32, &Round) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<(A, Faults)> {
        self.tell(console);
        let (whole, done) = self.gather(console, what, make, add, merge);
        let mut faults = Faults::default();
        for outcome in done {
            faults.count(&outcome?, console);
        }
        if faults.refused == self.len() && self.len() > 0 {
            return Err(nothing_read(self.len()));
        }
        Ok((whole, faults))
    }

    /// The same for one look more at input that [`Source::fold`] reads as well: what is wrong with it is said there.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub(crate) fn look<A: Send>(
        &self,
        console: &Console,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, u32, &Round) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<A> {
        let (whole, done) = self.gather(console, what, make, add, merge);
        done.into_iter().collect::<Result<Vec<Outcome>>>()?;
        Ok(whole)
    }

    fn gather<A: Send>(
        &self,
        console: &Console,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, u32, &Round) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> (A, Vec<Result<Outcome>>) {
        let bar = console.progress(self.len() as u64, what);
        let (done, parts) = self.work(&bar, OnBadRow::Skip, &make, |part, index, outcome| {
            if let Ok(round) = &outcome.read {
                add(part, index, round);
            }
            Ok(Outcome { read: outcome.read.map(|round| Round { tracks: Vec::new(), ..round }), ..outcome })
        });
        let mut whole = make();
        for part in parts {
            merge(&mut whole, part);
        }
        (whole, done)
    }

    /// Reads every round into memory, in order; what cannot be read is complained about.
    ///
    /// # Errors
    /// As [`Source::fold`].
    pub(crate) fn rounds(&self, console: &mut Console) -> Result<(Vec<Round>, Faults)> {
        self.tell(console);
        let bar = console.progress(self.len() as u64, "reading");
        let outcomes = self.map(OnBadRow::Skip, &bar, |_, outcome| Ok(outcome))?;
        let mut faults = Faults::default();
        let mut rounds = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            faults.count(&outcome, console);
            rounds.extend(outcome.read);
        }
        if rounds.is_empty() && self.len() > 0 {
            return Err(nothing_read(self.len()));
        }
        Ok((rounds, faults))
    }

    /// Spreads the rounds over workers, each with a state of its own. Results in the order of the rounds.
    fn work<S: Send, T: Send>(
        &self,
        bar: &ProgressBar,
        on_bad_row: OnBadRow,
        make: impl Fn() -> S + Sync,
        step: impl Fn(&mut S, u32, Outcome) -> Result<T> + Sync,
    ) -> (Vec<Result<T>>, Vec<S>) {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<T>)>> = Mutex::new(Vec::with_capacity(self.len()));
        let states: Mutex<Vec<S>> = Mutex::new(Vec::new());
        let workers = rayon::current_num_threads().clamp(1, self.len().max(1));
        let worker = || {
            let mut state = make();
            let mut worker_state = WorkerState::default();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= self.len() {
                    break;
                }
                let outcome = self.read(index, on_bad_row, &mut worker_state);
                let result = outcome.and_then(|outcome| step(&mut state, index as u32, outcome));
                bar.inc(1);
                lock(&done).push((index, result));
            }
            lock(&states).push(state);
        };
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(worker);
            }
        });
        bar.finish_and_clear();
        let mut done = std::mem::take(&mut *lock(&done));
        done.sort_by_key(|(index, _)| *index);
        let states = std::mem::take(&mut *lock(&states));
        (done.into_iter().map(|(_, result)| result).collect(), states)
    }
}

impl Source {
    /// Reads one round, from its file or over a worker's own connection to the store.
    fn read(&self, index: usize, on_bad_row: OnBadRow, worker_state: &mut WorkerState) -> Result<Outcome> {
        let Some((url, rounds)) = &self.store else {
            return read(&self.files[index], on_bad_row, &mut worker_state.bytes);
        };
        let store = match &mut worker_state.store {
            Some(store) => store,
            None => worker_state.store.insert(store::open(url, Create::Never)?),
        };
        let round = store.load(rounds[index].key).with_context(|| url.to_string())?;
        let path = round.meta.file_name.as_deref().unwrap_or("(a stored round)").into();
        Ok(Outcome { path, read: Ok(round), warnings: Vec::new(), faults: 0 })
    }
}

impl Faults {
    /// Counts what was wrong with a file, and says so in one line.
    fn count(&mut self, outcome: &Outcome, console: &mut Console) {
        let path = outcome.path.display();
        match &outcome.read {
            Err(error) => {
                self.refused += 1;
                console.complain(&format!("skipped {path}: {error}"));
            }
            Ok(_) if outcome.faults > 0 => {
                self.inside += outcome.faults;
                let faults =
                    if outcome.faults == 1 { "1 fault".into() } else { format!("{} faults", outcome.faults) };
                console.complain(&format!("{faults} in {path}; `proximity check` tells where"));
            }
            Ok(_) => {}
        }
    }

    /// Whether anything was wrong.
    pub(crate) fn any(self) -> bool {
        self.refused + self.inside > 0
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn header(path: &Path) -> Result<Option<RoundMeta>> {
    let head = input::head(path, HEAD_BYTES)?;
    let options = ReadOptions { file_name: input::file_name(path), ..ReadOptions::default() };
    Ok(format::read(&head, &options).ok().map(|read| read.file.round.meta))
}

/// Reads one tracker file, through `bytes`.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn read(path: &Path, on_bad_row: OnBadRow, bytes: &mut Vec<u8>) -> Result<Outcome> {
    input::read(path, bytes)?;
    let options = ReadOptions { on_bad_row, file_name: input::file_name(path), ..ReadOptions::default() };
    Ok(match format::read(bytes, &options) {
        Ok(read) => {
            let mut round = read.file.round;
            round.meta.content_hash = format::content_hash(bytes).into();
            Outcome { path: path.to_owned(), read: Ok(round), warnings: read.warnings, faults: read.faults }
        }
        Err(error) => Outcome { path: path.to_owned(), read: Err(error), warnings: Vec::new(), faults: 1 },
    })
}

/// What to say when a filter leaves nothing of these rounds: what there is to choose from.
fn nothing_chosen(rounds: &[RoundMeta]) -> anyhow::Error {
    let maps = rounds.iter().map(|meta| meta.map.to_ascii_lowercase());
    let dates = rounds.iter().filter_map(session_date).map(|date| date.to_string());
    let numbers = rounds.iter().filter_map(round_number).map(|number| number.to_string());
    let known = [("map", listed(maps)), ("session", listed(dates)), ("round", listed(numbers))];
    let parts = known.iter().filter(|(_, known)| !known.is_empty());
    anyhow!(
        "no round matches the filters; of {} in the input there are: {}",
        counted(rounds.len() as u64, "round", "rounds"),
        parts.map(|(word, known)| format!("--{word} {known}")).collect::<Vec<_>>().join("; ")
    )
}

/// What to say when there were `files` and not one was of use.
fn nothing_read(files: usize) -> anyhow::Error {
    match files {
        1 => anyhow!("the only file cannot be read"),
        _ => anyhow!("none of the {files} files can be read"),
    }
}
