//! What a watch knows of the files it has seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::error::PublishError;
use super::sessions::named_by_text;
use crate::error::Error;
use crate::files;
use crate::format;
use crate::text::visible;

/// A file's size and time of change: another look means another content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    bytes: u64,
    /// Nanoseconds since 1970; 0 where the system does not say.
    changed_ns: u64,
}

impl Look {
    /// A file as it is now.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        let about = fs::metadata(path)?;
        let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Self { bytes: about.len(), changed_ns: changed.map_or(0, |time| time.as_nanos() as u64) })
    }

    /// How long ago it was changed, by this machine's clock; `None` where clocks disagree.
    fn age(self) -> Option<Duration> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        (self.changed_ns > 0).then(|| now.checked_sub(Duration::from_nanos(self.changed_ns)))?
    }
}

/// Why a file is left alone for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing was written yet.
    Empty,
    /// It has no end marker and was changed this long ago.
    Changed(Duration),
    /// It has no end marker, and its date is in the future: only a second look can tell whether it grows.
    OtherClock,
}

impl fmt::Display for Wait {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("it is empty"),
            Self::Changed(ago) => write!(out, "it has no end marker and was changed {} s ago", ago.as_secs()),
            Self::OtherClock => out.write_str("it has no end marker and is dated in the future"),
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// The store has it, or a better copy of its round.
    Kept,
    /// The store has it, but rows of it are faulty.
    KeptWithFaults(String),
    /// It cannot be imported as it is.
    SetAside(String),
}

impl Verdict {
    fn message(&self) -> Option<&str> {
        match self {
            Self::Kept => None,
            Self::KeptWithFaults(message) | Self::SetAside(message) => Some(message),
        }
    }
}

/// A file that has its verdict.
#[derive(Debug, Serialize, Deserialize)]
struct Seen {
    look: Look,
    verdict: Verdict,
    /// Hash of its bytes, by which the store knows it; none when they could not be read.
    hash: Option<String>,
}

/// The files seen so far.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct WatchState {
    /// The store they went to: another store knows nothing of them.
    store: String,
    #[serde(serialize_with = "named_by_text")]
    files: BTreeMap<PathBuf, Seen>,
    /// Files that may still grow: since when they look as they do.
    #[serde(skip)]
    growing: BTreeMap<PathBuf, (Look, Instant)>,
}

impl WatchState {
    /// What was kept at `path` for this store; nothing when there is nothing, or it is not understood.
    pub(crate) fn load(path: Option<&Path>, store: &str) -> Self {
        let kept: Option<Self> = path
            .and_then(|path| files::read(path, files::KEPT).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        kept.filter(|state| state.store == store)
            .unwrap_or_else(|| Self { store: store.to_owned(), ..Self::default() })
    }

    /// Keeps it.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Error> {
        Ok(files::replace(path, &serde_json::to_vec(self).map_err(PublishError::List)?)?)
    }

    /// Whether a file has its verdict, and looks as it did then.
    pub(crate) fn is_settled(&self, path: &Path, look: Look) -> bool {
        self.files.get(path).is_some_and(|seen| seen.look == look)
    }

    /// Why more may be added to a file; `None` when it ends with its end marker (a tracker file's, a demo's), or has been
    /// at rest for so long. A file dated in the future is judged by the time between two looks.
    pub(crate) fn waits(&mut self, path: &Path, look: Look, rest: Duration) -> Option<Wait> {
        if look.bytes == 0 {
            return Some(Wait::Empty);
        }
        let since = match self.growing.get(path) {
            Some((seen, since)) if *seen == look => *since,
            _ => {
                let now = Instant::now();
                self.growing.insert(path.to_owned(), (look, now));
                now
            }
        };
        let age = look.age();
        if since.elapsed() >= rest
            || age.is_some_and(|age| age >= rest)
            || has_end_marker(path).unwrap_or(false)
        {
            return None;
        }
        Some(age.map_or(Wait::OtherClock, Wait::Changed))
    }

    /// Gives a file its verdict.
    pub(crate) fn settle(&mut self, path: &Path, look: Look, verdict: Verdict, hash: Option<String>) {
        self.growing.remove(path);
        self.files.insert(path.to_owned(), Seen { look, verdict, hash });
    }

    /// Takes the verdict from files that the store should have and has not, and says how many these are: a store may
    /// have been lost, replaced, or restored from a copy. `known` are the hashes of the files that it has.
    pub(crate) fn believe(&mut self, known: &BTreeSet<String>) -> usize {
        let before = self.files.len();
        self.files.retain(|_, seen| match (&seen.verdict, &seen.hash) {
            (Verdict::SetAside(_), _) => true,
            (_, Some(hash)) => known.contains(hash),
            (_, None) => false,
        });
        before - self.files.len()
    }

    /// Forgets files that are not there any more.
    pub(crate) fn keep_only(&mut self, there: &[PathBuf]) {
        let there: BTreeSet<&Path> = there.iter().map(PathBuf::as_path).collect();
        self.files.retain(|path, _| there.contains(path.as_path()));
        self.growing.retain(|path, _| there.contains(path.as_path()));
    }

    /// Every file that is faulty, with its message, one to a line.
    pub(crate) fn faults(&self) -> String {
        let line = |(path, Seen { verdict, .. }): (&PathBuf, &Seen)| {
            let kept = if matches!(verdict, Verdict::SetAside(_)) { "set aside" } else { "kept, but" };
            Some(format!("{}: {kept}: {}\n", visible(&path.display().to_string()), verdict.message()?))
        };
        self.files.iter().filter_map(line).collect()
    }
}

fn has_end_marker(path: &Path) -> io::Result<bool> {
    let mut tail = Vec::new();
    let mut file = files::open(path).map_err(io::Error::other)?;
    let bytes = file.metadata()?.len();
    file.seek(SeekFrom::Start(bytes.saturating_sub(format::END_MARKER_BYTES)))?;
    file.take(format::END_MARKER_BYTES).read_to_end(&mut tail)?;
    // A demo ends with a sequence number and a length of -1.
    Ok(format::ends_with_marker(&tail) || tail.ends_with(&[0xff; 8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    #[test]
    fn a_file_is_complete_with_its_marker_or_at_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a_engagements.txt");
        let mut state = WatchState::default();
        let mut waits = |text: &str, rest| {
            fs::write(&path, text).unwrap();
            state.waits(&path, Look::at(&path).unwrap(), rest)
        };
        assert_eq!(waits("", Duration::ZERO), Some(Wait::Empty), "an empty file has not begun");
        assert!(matches!(waits("# PROXIMITY\n", LONG), Some(Wait::Changed(_))));
        assert_eq!(waits("# PROXIMITY\n", Duration::ZERO), None);
        assert_eq!(waits("# PROXIMITY\n# END tracks=0 samples=0\n", LONG), None);
    }

    #[test]
    fn a_file_dated_in_the_future_is_judged_by_two_looks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a_engagements.txt");
        let mut state = WatchState::default();
        let ahead = SystemTime::now() + 3 * LONG;
        let mut waits = |text: &str, rest| {
            fs::write(&path, text).unwrap();
            fs::File::options().write(true).open(&path).unwrap().set_modified(ahead).unwrap();
            state.waits(&path, Look::at(&path).unwrap(), rest)
        };
        assert_eq!(waits("# PROXIMITY\n", LONG), Some(Wait::OtherClock));
        assert_eq!(waits("# PROXIMITY_TRACKER_V6\n", LONG), Some(Wait::OtherClock), "it grew");
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(waits("# PROXIMITY_TRACKER_V6\n", Duration::from_millis(5)), None, "it did not");
    }

    #[test]
    fn another_store_knows_nothing_of_these_files() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, path) = (folder.path().join("state"), folder.path().join("a"));
        fs::write(&path, "x").unwrap();
        let look = Look::at(&path).unwrap();
        let mut state = WatchState::load(None, "sqlite:a");
        state.settle(&path, look, Verdict::SetAside("it is no tracker file".into()), None);
        state.save(&kept).unwrap();
        let state = WatchState::load(Some(&kept), "sqlite:a");
        assert!(state.is_settled(&path, look));
        assert!(state.faults().ends_with("set aside: it is no tracker file\n"));
        assert!(!WatchState::load(Some(&kept), "sqlite:b").is_settled(&path, look));
        fs::write(&kept, "{").unwrap();
        assert!(!WatchState::load(Some(&kept), "sqlite:a").is_settled(&path, look));
    }

    #[test]
    fn a_file_that_the_store_lost_has_no_verdict() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = WatchState::default();
        let mut look = |name: &str, verdict, hash: Option<&str>| {
            let path = folder.path().join(name);
            fs::write(&path, name).unwrap();
            let look = Look::at(&path).unwrap();
            state.settle(&path, look, verdict, hash.map(str::to_owned));
            (path, look)
        };
        let kept = look("kept", Verdict::Kept, Some("1"));
        let lost = look("lost", Verdict::KeptWithFaults("1 fault".into()), Some("2"));
        let faulty = look("faulty", Verdict::SetAside("no".into()), None);
        assert_eq!(state.believe(&BTreeSet::from(["1".to_owned()])), 1);
        let is_settled = |(path, look): &(PathBuf, Look)| state.is_settled(path, *look);
        assert!(is_settled(&kept) && is_settled(&faulty) && !is_settled(&lost));
    }
}
