//! Kills of demos: read from the files, or from a store's index that keeps what was read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::demos::{self, DemoOutcome};
use crate::demo::{Kill, Party, RecordedRound, multi_kills};
use crate::progress::Progress;
use crate::store::{DemoFile, DemoKill, DemoParty, DemoStamp, KillSearch, Storage};

/// Version of what an index keeps: files are read again when it changes.
const READER: i32 = 1;
/// Kills of one run are at most this far apart, ms.
const RUN_WITHIN_MS: i64 = 3_000;
/// An obituary comes to all clients with the same snapshot, or with the next when that one is lost.
const SAME_KILL_MS: i64 = 150;
/// One sample a second is enough: kills are told by themselves.
const INTERVAL_MS: u32 = 1_000;
/// Files that are kept in one transaction.
const KEPT_AT_ONCE: usize = 64;

/// What was read of a file, and a line for each demo in which something was wrong.
pub(crate) struct FileKills {
    /// The file, by its path from the root.
    pub(crate) file: DemoFile,
    pub(crate) kills: Vec<DemoKill>,
}

/// Reads the kills of files, as many at once as there are cores; in the order of the files.
pub(crate) fn read_all(files: &[PathBuf]) -> Result<Vec<FileKills>> {
    files.par_iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<FileKills> {
    // Before it is read: a file that grows meanwhile is read again.
    let stamp = stamp(path);
    let shown = path.display().to_string();
    let mut kills = Vec::new();
    let outcomes = demos::read(path, INTERVAL_MS, &mut |name, recorded| {
        let entry = name.strip_prefix(&shown).unwrap_or_default().trim_start_matches(": ");
        kills.extend(of_round(entry, &recorded));
        Ok(())
    })?;
    let refused = outcomes.iter().any(|outcome| outcome.read.is_err());
    let complaints = outcomes.iter().filter_map(|outcome| complaint(outcome, &shown)).collect();
    let file = DemoFile { path: key(path)?, stamp: stamp.unwrap_or(NO_STAMP), refused, complaints };
    Ok(FileKills { file, kills })
}

/// That of a file that cannot be looked at; no file has it, so it is tried again.
const NO_STAMP: DemoStamp = DemoStamp { bytes: -1, modified_ms: 0, reader: READER };

/// The path under which an index keeps a file.
fn key(path: &Path) -> Result<String> {
    let absolute = std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?;
    Ok(absolute.to_string_lossy().into_owned())
}

fn stamp(path: &Path) -> Option<DemoStamp> {
    let about = fs::metadata(path).ok()?;
    let modified = about.modified().ok()?;
    let since = modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Some(DemoStamp {
        bytes: i64::try_from(about.len()).ok()?,
        modified_ms: i64::try_from(since).ok()?,
        reader: READER,
    })
}

/// What was wrong with a demo, without its file's path.
fn complaint(outcome: &DemoOutcome, shown: &str) -> Option<String> {
    let entry = outcome.name.strip_prefix(shown).unwrap_or(&outcome.name);
    let text = outcome.complaint()?;
    Some(format!("{entry}: {text}").trim_start_matches(": ").to_owned())
}

/// The deaths of a round, each with its place in a run of kills.
fn of_round(entry: &str, recorded: &RecordedRound) -> Vec<DemoKill> {
    let (kills, meta) = (&recorded.kills, &recorded.round.meta);
    let nths = multi_kills(kills, RUN_WITHIN_MS);
    let of = |place: usize| {
        let kill = &kills[place];
        DemoKill {
            entry: entry.to_owned(),
            map: meta.map.to_string(),
            round: meta.round_raw,
            time_ms: kill.time.0,
            server_time_ms: kill.server_time,
            kind: kill.kind.as_str().to_owned(),
            means: kill.means.name.to_owned(),
            weapon: kill.weapon.map(|weapon| weapon.0),
            head_shot: kill.head_shot,
            victim: party(&kill.victim),
            killer: kill.killer.as_ref().map(party),
            nth: nths[place],
            run: length_of_run(kills, &nths, place),
        }
    };
    (0..kills.len()).map(of).collect()
}

fn party(party: &Party) -> DemoParty {
    DemoParty {
        slot: party.slot,
        name: party.name.as_str().to_owned(),
        team: party.team.as_ref().map(|team| team.as_str().to_owned()),
        at: party.at,
    }
}

/// How many kills the run has that a kill belongs to; 1 for a death that is no kill of an enemy.
fn length_of_run(kills: &[Kill], runs: &[u32], place: usize) -> u32 {
    let killer = |place: usize| kills[place].killer.as_ref().map(|killer| &killer.guid);
    if runs[place] == 0 {
        return 1;
    }
    let later = (place + 1..kills.len()).filter(|later| runs[*later] > 0 && killer(*later) == killer(place));
    let last = later.scan(runs[place], |last, later| {
        (runs[later] == *last + 1).then(|| {
            *last = runs[later];
            *last
        })
    });
    last.last().unwrap_or(runs[place])
}

/// Files of an index as they were named, and what was done for it.
pub(crate) struct Indexed {
    /// By the path under which the index has a file: as it was named, and what was wrong with it.
    pub(crate) files: BTreeMap<String, (String, DemoFile)>,
    /// The paths of those that had to be read.
    pub(crate) read: BTreeSet<String>,
}

/// Brings a store's index up to date with the demos among `inputs`: reads those that are new or have changed, and takes
/// those out that are gone from a folder. Without inputs, gives the index as it is.
pub(crate) fn index(inputs: &[PathBuf], store: &mut dyn Storage, progress: &dyn Progress) -> Result<Indexed> {
    let mut known: BTreeMap<String, DemoFile> =
        store.demos()?.into_iter().map(|file| (file.path.clone(), file)).collect();
    if inputs.is_empty() {
        let files = known.into_iter().map(|(path, file)| (path.clone(), (path, file))).collect();
        return Ok(Indexed { files, read: BTreeSet::new() });
    }
    let (mut files, mut unread) = (BTreeMap::new(), Vec::new());
    for path in demos::find(inputs)? {
        let key = key(&path)?;
        match known.remove(&key).filter(|file| stamp(&path) == Some(file.stamp)) {
            Some(file) => {
                files.insert(key, (path.display().to_string(), file));
            }
            None => unread.push(path),
        }
    }
    let folders: Vec<PathBuf> = inputs
        .iter()
        .filter(|input| input.is_dir())
        .filter_map(|input| std::path::absolute(input).ok())
        .collect();
    let gone: Vec<String> = known
        .into_keys()
        .filter(|path| folders.iter().any(|folder| Path::new(path).starts_with(folder)))
        .filter(|path| !unread.iter().any(|other| key(other).is_ok_and(|other| other == *path)))
        .collect();
    store.keep_demos(&[], &gone)?;
    let mut now = BTreeSet::new();
    let bar = progress.begin("reading demos", unread.len() as u64);
    for some in unread.chunks(KEPT_AT_ONCE) {
        let read: Vec<(DemoFile, Vec<DemoKill>)> = read_all(some)?
            .into_iter()
            .map(|FileKills { file, kills }| {
                bar.step();
                (file, kills)
            })
            .collect();
        store.keep_demos(&read, &[])?;
        for (path, (file, _)) in some.iter().zip(read) {
            now.insert(file.path.clone());
            files.insert(file.path.clone(), (path.display().to_string(), file));
        }
    }
    Ok(Indexed { files, read: now })
}

impl Indexed {
    /// Gives each kill that is asked for to `take`, with its demo's name, in the order of the files' paths.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn search(
        &self,
        search: &KillSearch,
        store: &mut dyn Storage,
        take: &mut dyn FnMut(String, DemoKill),
    ) -> Result<()> {
        Ok(store.demo_kills(search, &mut |path, kill| {
            if let Some((shown, _)) = self.files.get(path) {
                take(name_of(shown, &kill), kill);
            }
            Ok(())
        })?)
    }
}

/// A kill, and the demos that tell it.
pub(crate) struct ToldKill {
    pub(crate) kill: DemoKill,
    /// The demos' names, at least one.
    pub(crate) demos: Vec<String>,
}

/// Kills as they come in, each once however many demos tell it: all clients of a server share its clock.
#[derive(Default)]
pub(crate) struct ToldKills {
    kills: Vec<ToldKill>,
    known: BTreeMap<Deed, Vec<usize>>,
}

/// What two recordings of one kill agree in, beside its time: map, round, victim, killer, means.
type Deed = (String, Option<i32>, (u8, String), Option<(u8, String)>, String);

impl ToldKills {
    /// Adds a kill that a demo tells.
    pub(crate) fn add(&mut self, demo: String, kill: DemoKill) {
        let party = |party: &DemoParty| (party.slot, party.name.clone());
        let deed = (
            kill.map.to_ascii_lowercase(),
            kill.round,
            party(&kill.victim),
            kill.killer.as_ref().map(party),
            kill.means.clone(),
        );
        let places = self.known.entry(deed).or_default();
        let is_it = |place: &&usize| {
            let told = &self.kills[**place];
            let apart = i64::from(told.kill.server_time_ms) - i64::from(kill.server_time_ms);
            apart.abs() <= SAME_KILL_MS && !told.demos.contains(&demo)
        };
        if let Some(place) = places.iter().find(is_it) {
            let told = &mut self.kills[*place];
            told.demos.push(demo);
            // One recorder saw what another did not.
            told.kill.victim.at = told.kill.victim.at.or(kill.victim.at);
            if let (Some(killer), Some(other)) = (&mut told.kill.killer, kill.killer) {
                killer.at = killer.at.or(other.at);
            }
            return;
        }
        places.push(self.kills.len());
        self.kills.push(ToldKill { kill, demos: vec![demo] });
    }

    /// All of them, in the order in which each came first.
    pub(crate) fn into_kills(self) -> Vec<ToldKill> {
        self.kills
    }
}

/// A kill's demo: its file, and its name in there if that is an archive.
pub(crate) fn name_of(shown: &str, kill: &DemoKill) -> String {
    if kill.entry.is_empty() { shown.to_owned() } else { format!("{shown}: {}", kill.entry) }
}
