//! One session's folder: what is there already and still right is kept, the rest is made.
//!
//! A list in the folder (`.proximity.json`) says for each picture what it was made of. Every file is written whole or
//! not at all, and the list goes after the files, so a run that was broken off goes on where it stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::contents::Contents;
use super::error::PublishError;
use super::origin::Origin;
use super::sessions::{KnownFiles, identities};
use crate::analysis::{Filter, session_date};
use crate::basemap::BaseStyle;
use crate::error::Error;
use crate::figure::Recipe;
use crate::figure::words::filter_words::map_title;
use crate::figure::words::number;
use crate::files::{self, FileError, Stamp};
use crate::progress::Progress;
use crate::report::{Cover, PageData, Past, PlayerOnMap, SHARE_FILE, SessionReport, Sheets};
use crate::rounds::{Faults, Maps, Rounds};
use crate::store::{Create, DatabaseUrl, StoredRound, open};
use crate::text;

/// What can go wrong with a folder.
type Result<T> = std::result::Result<T, Error>;

/// The list of what a folder holds.
pub(super) const LIST: &str = ".proximity.json";
/// Raised when the list or the page changes its form.
const FORM: u32 = 2;
/// How often the list is written while pictures are drawn.
const LIST_EVERY: Duration = Duration::from_secs(2);

/// What every session of a run shares.
#[derive(Clone)]
pub struct Options<'a> {
    /// Which lives are shown.
    pub filter: &'a Filter,
    /// How the maps are drawn.
    pub base: BaseStyle,
    /// Where maps are looked for.
    pub maps: &'a Maps,
    /// Where the list of all sessions is, seen from a session's page.
    pub index: Option<&'static str>,
    /// The store that knows the players' earlier sessions.
    pub past: Option<DatabaseUrl>,
    /// Whether what is there already may stay.
    pub keep: Keep,
    /// What the full sheets are.
    pub sheets: Sheets,
    /// Where the folder will be on the web, with a `/` at its end: links to its page then unfold with a picture.
    pub address: Option<String>,
    /// Set to end: no further file is begun.
    pub stop: Option<&'a AtomicBool>,
}

impl Options<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// Whether what is there already may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What is still right stays.
    WhatIsRight,
    /// Everything is made anew.
    Nothing,
}

/// What a session's folder holds, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Told by the input, never kept.
    #[serde(skip)]
    pub date: Option<Date>,
    /// The maps, by name.
    pub maps: Vec<String>,
    /// The maps' names for people.
    pub titles: Vec<String>,
    /// Rounds.
    pub rounds: usize,
    /// Lives as recorded.
    pub tracks: usize,
    /// Lives that are shown.
    pub lives: u64,
    /// Players.
    pub players: usize,
    /// Pictures, by their names in the folder.
    pub pictures: Vec<String>,
    /// The first picture of each map.
    #[serde(default)]
    pub covers: Vec<Cover>,
    /// What each player did on each map.
    pub players_on_maps: Vec<PlayerOnMap>,
    /// Faults inside the files.
    pub faults: usize,
    /// Files that could not be read.
    pub refused: usize,
}

/// What was done for a session.
pub struct Made {
    /// The folder in numbers.
    pub summary: Summary,
    /// Files that had to be made.
    pub drawn: usize,
    /// What was wrong with the input.
    pub faults: Faults,
}

/// A file of the folder and what it was made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    key: String,
    bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipe: Option<Recipe>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct List {
    form: u32,
    /// What it was made from.
    #[serde(default)]
    pub(super) origin: Option<Origin>,
    /// See [`names_of`].
    #[serde(default)]
    names: String,
    /// What the whole folder was made of; empty while it is being made.
    key: String,
    summary: Summary,
    files: BTreeMap<String, Entry>,
}

impl List {
    pub(super) fn load(folder: &Path) -> Self {
        let list: Option<Self> = files::read(&folder.join(LIST), files::KEPT)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut list = list.filter(|list| list.form == FORM).unwrap_or_default();
        // The list is foreign text: no name of it may lead out of the folder.
        list.files.retain(|name, _| is_ours(name));
        list
    }

    fn save(&self, folder: &Path) -> Result<()> {
        Ok(files::replace(&folder.join(LIST), &serde_json::to_vec(self).map_err(PublishError::List)?)?)
    }

    /// Whether a file is there as it was made, and of the same things.
    fn holds(&self, folder: &Path, name: &str, key: &str) -> Option<&Entry> {
        let entry = self.files.get(name).filter(|entry| entry.key == key)?;
        let found = fs::metadata(folder.join(name)).ok()?;
        (found.is_file() && found.len() == entry.bytes).then_some(entry)
    }

    fn is_whole(&self, folder: &Path) -> bool {
        self.files.iter().all(|(name, entry)| self.holds(folder, name, &entry.key).is_some())
    }
}

/// A name that this program gives: `index.html`, or plain letters within one of its own folders.
fn is_ours(name: &str) -> bool {
    let plain = |part: &str| {
        !part.starts_with('.')
            && !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    match name.split_once('/') {
        None => name == "index.html",
        Some((folder, file)) => ["pictures", "replays", "data"].contains(&folder) && plain(file),
    }
}

/// Makes the folder `out` of a session, or leaves it alone when nothing has changed. Says what was
/// done.
///
/// # Errors
/// Input of which nothing can be read, a folder that cannot be written or holds a page that is not ours.
pub fn make(
    rounds: &Rounds,
    out: &Path,
    options: &Options<'_>,
    known: &mut KnownFiles,
    what: &str,
    progress: &dyn Progress,
) -> Result<Made> {
    let mut list = match options.keep {
        Keep::WhatIsRight => List::load(out),
        Keep::Nothing => List::default(),
    };
    let date = rounds.headers()?.iter().flatten().filter_map(session_date).min();
    let past = past_of(date, options)?;
    let key = key_of(rounds, options, past.as_ref(), known)?;
    if list.key == key && list.is_whole(out) {
        let (refused, inside) = (list.summary.refused, list.summary.faults);
        let faults = Faults { refused, inside, ..Faults::default() };
        return Ok(Made { summary: Summary { date, ..list.summary }, drawn: 0, faults });
    }
    refuse_foreign(&out.join("index.html"))?;
    refuse_irregular(&out.join(LIST))?;
    let origin = Origin {
        store: rounds.store_url().map(ToString::to_string),
        filter: options.filter.clone(),
        base: options.base,
        is_listed: options.index.is_some(),
        has_past: options.past.is_some(),
        sheets: options.sheets,
        address: options.address.clone(),
    };
    let names = names_of(rounds);
    let contents = Contents::read(rounds, options.filter, options.base, options.maps, progress)?;
    let (report, faults) = (contents.report()?, contents.faults.clone());
    let (rounds, maps) = (&contents.rounds, &contents.maps);
    list.key.clear();
    list.form = FORM;
    list.origin = Some(origin);
    let drawn = FolderBuilder { report: &report, out, options, list: Mutex::new((list, Instant::now())) }
        .make(progress, what)?;
    let Drawn { mut list, made } = drawn;

    let recipes = report.pictures().filter_map(|picture| {
        let entry = list.files.get(&picture.sheet(options.sheets))?;
        Some((picture.file.clone(), entry.recipe.clone()?))
    });
    let downloads = report.downloads();
    let data = PageData {
        recipes: recipes.collect(),
        past: past.as_ref(),
        downloads: downloads.iter().map(|(name, _)| *name).collect(),
        index: options.index,
        sheets: options.sheets,
        address: options.address.as_deref(),
    };
    let page = report.page(&data)?.into_bytes();
    for (name, bytes) in downloads.iter().map(|(name, bytes)| (*name, bytes)).chain([("index.html", &page)]) {
        files::replace(&out.join(name), bytes)?;
        list.files
            .insert(name.to_owned(), Entry { key: String::new(), bytes: bytes.len() as u64, recipe: None });
    }
    list.summary = Summary {
        date,
        maps: maps.iter().map(|data| data.map.name.clone()).collect(),
        titles: maps
            .iter()
            .map(|data| data.map.title.clone().unwrap_or_else(|| map_title(&data.map.name)))
            .collect(),
        rounds: rounds.len(),
        tracks: rounds.iter().map(|round| round.tracks.len()).sum(),
        lives: report.lives(),
        players: report.players(),
        pictures: report.pictures().map(|picture| picture.sheet(options.sheets)).collect(),
        covers: report.covers(&data.recipes),
        players_on_maps: report.players_on_maps(),
        faults: faults.inside,
        refused: faults.refused,
    };
    list.key = key;
    list.names = names;
    list.save(out)?;
    Ok(Made { summary: list.summary, drawn: made, faults })
}

/// Refuses to write over a page that this program did not make.
///
/// # Errors
/// The page is not ours.
pub fn refuse_foreign(page: &Path) -> Result<()> {
    let mut file = match files::open(page) {
        Err(error) if error.is_absent() => return Ok(()),
        opened => opened?,
    };
    let mut head = Vec::new();
    if file.by_ref().take(4096).read_to_end(&mut head).is_ok()
        && String::from_utf8_lossy(&head).contains(r#"content="proximity "#)
    {
        return Ok(());
    }
    Err(PublishError::Foreign(page.to_owned()).into())
}

/// Refuses a folder whose list could not be written, before anything is drawn.
fn refuse_irregular(list: &Path) -> Result<()> {
    match Stamp::of(list) {
        Err(error @ FileError::NotRegular { .. }) => Err(error.into()),
        _ => Ok(()),
    }
}

/// What the list of a folder says, if the folder is whole and shows the names that the store has for these rounds.
pub fn summary(folder: &Path, rounds: &Rounds) -> Option<Summary> {
    let list = List::load(folder);
    let is_right = !list.key.is_empty() && list.names == names_of(rounds) && list.is_whole(folder);
    is_right.then_some(list.summary)
}

/// What tells the names that a store has for these rounds from those it had before; nothing for files.
fn names_of(rounds: &Rounds) -> String {
    let renamed = |round: &StoredRound| round.meta.renamed.as_deref().unwrap_or_default().to_owned();
    let names = rounds.stored().into_iter().flatten().map(renamed).filter(|mark| !mark.is_empty());
    names.collect::<Vec<_>>().join(" ")
}

/// The players' earlier sessions, if a store knows any.
fn past_of(date: Option<Date>, options: &Options<'_>) -> Result<Option<Past>> {
    let (Some(url), Some(date)) = (&options.past, date) else { return Ok(None) };
    let mut store = open(url, Create::Never)?;
    Ok(Some(Past::before(&mut *store, date, options.filter)?))
}

/// What the whole folder follows from, as one hash.
fn key_of(
    rounds: &Rounds,
    options: &Options<'_>,
    past: Option<&Past>,
    known: &mut KnownFiles,
) -> Result<String> {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    add(&format!("{} {FORM}", env!("CARGO_PKG_VERSION")));
    add(&SessionReport::look());
    add(&format!("{:?} {:?} {:?}", options.filter, options.base, options.index));
    add(&format!("{:?} {:?}", options.sheets, options.address));
    identities(rounds, known)?.iter().for_each(|identity| add(identity));
    past.into_iter().flat_map(Past::rounds).for_each(|round| add(round));
    // A map's picture or description that comes, goes or changes.
    for folder in options.maps.folders() {
        let unreadable = |source| PublishError::Unreadable { path: folder.clone(), source };
        let mut entries: Vec<String> = fs::read_dir(folder)
            .map_err(unreadable)?
            .flatten()
            .map(|entry| {
                let about = entry.metadata().ok().map(|about| (about.len(), about.modified().ok()));
                format!("{} {about:?}", entry.path().display())
            })
            .collect();
        entries.sort_unstable();
        for entry in &entries {
            add(entry);
        }
    }
    let digest: [u8; 32] = hash.finalize().into();
    Ok(text::hex(&digest))
}

/// Where a folder's files are made.
struct FolderBuilder<'a> {
    report: &'a SessionReport<'a>,
    out: &'a Path,
    options: &'a Options<'a>,
    list: Mutex<(List, Instant)>,
}

/// The list of what is there now, and how many files had to be made for it.
struct Drawn {
    list: List,
    made: usize,
}

/// A file to be made.
enum Job<'a> {
    Picture(&'a crate::report::Picture),
    Ground(usize),
    Share,
    Replay(crate::report::ReplayFile),
}

impl FolderBuilder<'_> {
    fn make(self, progress: &dyn Progress, what: &str) -> Result<Drawn> {
        let report = self.report;
        let pictures = report
            .pictures()
            .map(|picture| (picture.sheet(self.options.sheets), report.key(picture), Job::Picture(picture)));
        let replays = report
            .replays()
            .map(|replay| (replay.file.clone(), report.replay_key(&replay), Job::Replay(replay)));
        let grounds = report.grounds().map(|(map, file, key)| (file, key, Job::Ground(map)));
        let share = (SHARE_FILE.to_owned(), report.share_key(), Job::Share);
        let jobs: Vec<(String, String, Job<'_>)> =
            pictures.chain(replays).chain(grounds).chain([share]).collect();
        let small = report.pictures().flat_map(|picture| [Some(picture.small()), picture.light()]).flatten();
        let wanted: BTreeSet<String> = jobs.iter().map(|(file, ..)| file.clone()).chain(small).collect();
        let missing: Vec<&(String, String, Job<'_>)> = {
            let (list, _) = &*self.list.lock().unwrap_or_else(PoisonError::into_inner);
            let is_there = |file: &str, key: &str| list.holds(self.out, file, key).is_some();
            let is_whole = |(file, key, job): &&(String, String, Job<'_>)| {
                let small_is_there = match job {
                    Job::Picture(picture) => {
                        let versions = [Some(picture.small()), picture.light()];
                        versions.iter().flatten().all(|file| is_there(file, key))
                    }
                    Job::Replay(_) | Job::Ground(_) | Job::Share => true,
                };
                is_there(file, key) && small_is_there
            };
            jobs.iter().filter(|job| !is_whole(job)).collect()
        };
        let bar = progress.begin(what, missing.len() as u64);
        let failed: Mutex<Vec<String>> = Mutex::new(Vec::new());
        missing.par_iter().for_each(|(file, key, job)| {
            if self.options.is_stopped() {
                return;
            }
            if let Err(error) = self.one(file, key, job) {
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.push(format!("{file}: {}", text::with_causes(&error)));
            }
            bar.step();
        });
        drop(bar);
        let mut failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (mut list, _) = self.list.into_inner().unwrap_or_else(PoisonError::into_inner);
        // What the session does not show any more goes, but nothing that this program did not make.
        let gone: Vec<String> = list.files.keys().filter(|name| !wanted.contains(*name)).cloned().collect();
        for name in gone {
            list.files.remove(&name);
            if name.starts_with("pictures/") || name.starts_with("replays/") {
                let _ = fs::remove_file(self.out.join(&name));
            }
        }
        if self.options.is_stopped() {
            list.save(self.out)?;
            return Err(PublishError::Ended.into());
        }
        failed.sort_unstable();
        if let Some(first) = failed.first() {
            list.save(self.out)?;
            return Err(PublishError::Files {
                failed: failed.len(),
                wanted: missing.len(),
                first: first.clone(),
            }
            .into());
        }
        Ok(Drawn { list, made: missing.len() })
    }

    fn one(&self, file: &str, key: &str, job: &Job<'_>) -> Result<()> {
        let made = match job {
            Job::Picture(picture) => {
                let drawn = self.report.draw(picture, self.options.sheets)?;
                let light = picture.light().zip(drawn.light).map(|(name, bytes)| (name, bytes, None));
                let sheet = (file.to_owned(), drawn.sheet, Some(drawn.recipe));
                [sheet, (picture.small(), drawn.small, None)].into_iter().chain(light).collect()
            }
            Job::Ground(map) => {
                let ground =
                    self.report.ground(*map).map_err(|source| PublishError::Replay(source.into()))?;
                vec![(file.to_owned(), ground, None)]
            }
            Job::Share => vec![(file.to_owned(), self.report.share_picture()?.png, None)],
            Job::Replay(replay) => {
                let page = self.report.replay(replay).map_err(PublishError::Replay)?;
                vec![(file.to_owned(), page.into_bytes(), None)]
            }
        };
        for (file, bytes, _) in &made {
            files::replace(&self.out.join(file), bytes)?;
        }
        let mut guard = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let (list, saved) = &mut *guard;
        for (file, bytes, recipe) in made {
            list.files.insert(file, Entry { key: key.to_owned(), bytes: bytes.len() as u64, recipe });
        }
        if saved.elapsed() >= LIST_EVERY {
            *saved = Instant::now();
            list.save(self.out)?;
        }
        Ok(())
    }
}

/// A session's title for people.
pub fn title(date: Option<Date>) -> String {
    date.map_or("Without a date".to_owned(), number::date)
}

/// A session's folder within a batch.
pub fn folder(out: &Path, date: Option<Date>) -> PathBuf {
    out.join(folder_name(date))
}

/// Its name: the date.
pub fn folder_name(date: Option<Date>) -> String {
    date.map_or("undated".to_owned(), |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_list_leads_nowhere_but_into_its_folder() {
        for ours in ["index.html", "pictures/01-supply-heat.png", "replays/01-x-02.html", "data/lives.csv"] {
            assert!(is_ours(ours), "{ours}");
        }
        for not in [
            "../x",
            "pictures/../../x",
            "/etc/passwd",
            "pictures/.x",
            "pictures/",
            "x.html",
            "a/b",
            "pictures/a/b",
        ] {
            assert!(!is_ours(not), "{not}");
        }
    }
}
