//! All sessions of an input: a folder for each, and a page that lists them.

use std::fs;
use std::path::Path;

use jiff::civil::Date;

use super::error::PublishError;
use super::folder::{self, Made, Options, Summary};
use super::sessions::{KnownFiles, by_date};
use crate::error::Error;
use crate::progress::Progress;
use crate::report::{AcrossPage, SessionEntry, across_pages, sessions_page};
use crate::rounds::{Faults, Rounds, RoundsError};
use crate::{files, text};

type Result<T> = std::result::Result<T, Error>;

/// What is known about the input's files, kept beside the list of sessions.
const KNOWN: &str = ".proximity-files.json";

/// What a batch came to: its sessions in the order of time, and those that could not be made.
pub struct Batch {
    /// Its sessions in the order of time.
    pub made: Vec<Made>,
    /// The folders of those that could not be made.
    pub failed: Vec<String>,
    /// What was wrong, a sentence each.
    pub complaints: Vec<String>,
}

/// Makes the folder of every session of the source, and the page that lists them. Sessions that are not `wanted` stay as
/// they are if they are whole. A session that cannot be made does not keep the others from being made.
///
/// # Errors
/// When nothing can be read or written.
pub fn batch(
    rounds: &Rounds,
    out: &Path,
    options: &Options<'_>,
    wanted: impl Fn(Option<Date>) -> bool,
    progress: &dyn Progress,
) -> Result<Batch> {
    folder::refuse_foreign(&out.join("index.html"))?;
    let mut known = KnownFiles::load(&out.join(KNOWN));
    let sessions = by_date(rounds)?;
    let mut batch = Batch { made: Vec::new(), failed: Vec::new(), complaints: Vec::new() };
    let mut nothing = None;
    for (nth, (date, part)) in sessions.iter().enumerate() {
        let folder = folder::folder(out, *date);
        if !wanted(*date)
            && let Some(summary) = folder::summary(&folder, part)
        {
            let summary = Summary { date: *date, ..summary };
            batch.made.push(Made { summary, drawn: 0, faults: Faults::default() });
            continue;
        }
        let what = format!("{} of {}", nth + 1, sessions.len());
        let address = options.address.as_ref().map(|all| format!("{all}{}/", folder::folder_name(*date)));
        let options = Options { address, ..options.clone() };
        match folder::make(part, &folder, &options, &mut known, &what, progress) {
            Ok(mut made) => {
                batch.complaints.append(&mut made.faults.complaints);
                made.summary.date = *date;
                batch.made.push(made);
            }
            // A filter may leave nothing of one session and something of another.
            Err(Error::Rounds(RoundsError::NothingMatches(said))) => nothing = Some(said),
            Err(error) => {
                let name = folder::folder_name(*date);
                batch.complaints.push(format!("session {name}: {}", text::with_causes(&error)));
                batch.failed.push(name);
            }
        }
    }
    if let (true, true, Some(said)) = (batch.made.is_empty(), batch.failed.is_empty(), nothing) {
        return Err(RoundsError::NothingMatches(said).into());
    }
    if batch.made.is_empty() {
        return Err(PublishError::NoSession { sessions: sessions.len(), complaints: batch.complaints }.into());
    }
    let entries: Vec<SessionEntry> = batch.made.iter().rev().map(|made| entry(&made.summary)).collect();
    let pages = across_pages(&entries)?;
    for page in &pages {
        write_changed(&out.join(&page.file), page.html.as_bytes())?;
    }
    remove_others(out, &pages);
    write_changed(&out.join("index.html"), sessions_page(&entries, &pages)?.as_bytes())?;
    write_changed(&out.join(KNOWN), &known.to_json()?)?;
    Ok(batch)
}

/// Writes a file unless it holds these bytes already.
fn write_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if files::read(path, files::KEPT).is_ok_and(|there| there == bytes) {
        Ok(())
    } else {
        Ok(files::replace(path, bytes)?)
    }
}

/// Removes pages of players and maps that no session names any more, but none that this program did not make.
fn remove_others(out: &Path, pages: &[AcrossPage]) {
    for folder in ["players", "maps"] {
        let Ok(entries) = fs::read_dir(out.join(folder)) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let is_page = path.extension().is_some_and(|extension| extension == "html");
            let is_wanted = pages.iter().any(|page| out.join(&page.file) == path);
            if is_page && !is_wanted && folder::refuse_foreign(&path).is_ok() {
                let _ = fs::remove_file(path);
            }
        }
    }
}

fn entry(summary: &Summary) -> SessionEntry {
    SessionEntry {
        folder: folder::folder_name(summary.date),
        date: summary.date,
        title: folder::title(summary.date),
        maps: summary.titles.clone(),
        rounds: summary.rounds as u64,
        players: summary.players as u64,
        lives: summary.lives,
        covers: summary.covers.clone(),
        players_on_maps: summary.players_on_maps.clone(),
    }
}
