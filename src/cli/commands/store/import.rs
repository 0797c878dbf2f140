//! `import`: tracker files into a store.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use anyhow::{Context, Result, bail};
use clap::Args as Arguments;
use rayon::prelude::*;
use serde_json::json;

use crate::analysis::session_date;
use crate::cli::Outcome;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::args::zone::Zone;
use crate::cli::console::Console;
use crate::format::OnBadRow;
use crate::rounds::source;
use crate::rounds::source::Source;
use crate::store::{Create, Form, ImportFile, Imported, Kept, Store, StoreError, open, prepare};
use crate::text::counted;

/// Arguments of `import`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity import rounds/ --db sqlite:proximity.db")]
pub(crate) struct Args {
    /// Tracker files, or folders that are searched for *_engagements.txt
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Time zone of the server, for files whose name does not say when they were written: +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    timezone: Option<Zone>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// End with status 1 when anything was wrong with the input
    #[arg(long)]
    strict: bool,
}

/// A file, read and made ready, or why it could not be.
pub(crate) struct Ready {
    path: PathBuf,
    pub(crate) file: Result<ImportFile>,
    pub(crate) faults: usize,
}

/// What an import came to.
#[derive(Debug, Default)]
struct Tally {
    new: usize,
    changed: usize,
    already_there: usize,
    refused: Vec<(PathBuf, String)>,
    faults: usize,
    lives: usize,
    samples: usize,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let url = args.database.url()?;
    let source = Source::files(&args.inputs)?;
    source.tell(console);
    let mut store = open(&url, Create::IfMissing)?;
    for migration in store.migrate()? {
        console.complain(&format!(
            "{url}: made the tables of version {} ({})",
            migration.version, migration.name
        ));
    }
    let bar = console.progress(source.len() as u64, "importing");
    let mut tally = Tally::default();
    let (sender, ready) = sync_channel(1);
    let form = store.form();
    let source_paths = source.paths();
    std::thread::scope(|scope| -> Result<()> {
        // Reading and packing goes on while the database writes.
        let zone = args.timezone.as_ref();
        // The sender goes along: when it is dropped, there is nothing more to come.
        scope.spawn(move || read_all(source_paths, form, zone, &sender));
        let kept = keep_all(&ready, &mut *store, &mut tally, console, &bar);
        // After a failure the reader must not wait for somebody to take its next batch.
        drop(ready);
        kept
    })?;
    bar.finish_and_clear();
    if tally.refused.len() == source.len() {
        bail!("none of the {} files could be imported", source.len());
    }
    report(args, &url.to_string(), source.len(), &tally, console)?;
    let faulty = args.strict && (tally.faults > 0 || !tally.refused.is_empty());
    Ok(if faulty { Outcome::Faults } else { Outcome::Done })
}

/// Reads files in their order, as many at once as there are cores, and hands them over.
fn read_all(paths: &[PathBuf], form: Form, zone: Option<&Zone>, ready: &SyncSender<Vec<Ready>>) {
    for some in paths.chunks(rayon::current_num_threads().max(1) * 2) {
        let batch: Vec<Ready> =
            some.par_iter().map_init(Vec::new, |bytes, path| read(path, form, zone, bytes)).collect();
        // The receiver is gone when the database failed.
        if ready.send(batch).is_err() {
            return;
        }
    }
}

/// Reads one file and makes it ready for the store.
pub(crate) fn read(path: &Path, form: Form, zone: Option<&Zone>, bytes: &mut Vec<u8>) -> Ready {
    let mut faults = 0;
    let mut make = || -> Result<ImportFile> {
        let outcome = source::read(path, OnBadRow::Skip, bytes)?;
        faults = outcome.faults;
        let mut round = outcome.read?;
        if let (None, Some(zone)) = (round.meta.stamp, zone) {
            let unix = round.meta.end_unix.or(round.meta.start_unix);
            round.meta.stamp = unix.and_then(|unix| zone.at(unix));
        }
        let date =
            session_date(&round.meta).context("neither its name nor its header says when it was played")?;
        Ok(prepare(round, date, form)?)
    };
    let file = make();
    Ready { path: path.to_owned(), file, faults }
}

/// Puts files into the store as they come. One that the store cannot keep is refused; when the store itself fails,
/// everything ends.
fn keep_all(
    ready: &Receiver<Vec<Ready>>,
    store: &mut dyn Store,
    tally: &mut Tally,
    console: &mut Console,
    bar: &indicatif::ProgressBar,
) -> Result<()> {
    while let Ok(batch) = ready.recv() {
        for Ready { path, file, faults } in batch {
            tally.faults += faults;
            let kept = match file {
                Err(error) => Err(error),
                Ok(file) => keep(store, file, tally, &path)?,
            };
            match kept {
                Ok(()) if faults > 0 => {
                    let many = if faults == 1 { "1 fault".into() } else { format!("{faults} faults") };
                    console.complain(&format!("{many} in {}; `proximity check` tells where", path.display()));
                }
                Ok(()) => {}
                Err(error) => {
                    console.complain(&format!("refused {}: {error:#}", path.display()));
                    tally.refused.push((path, format!("{error:#}")));
                }
            }
            bar.inc(1);
        }
    }
    Ok(())
}

fn keep(store: &mut dyn Store, file: ImportFile, tally: &mut Tally, path: &Path) -> Result<Result<()>> {
    let lives = file.round().tracks.len();
    let samples: usize = file.round().tracks.iter().map(|track| track.samples.len()).sum();
    match store.import(file) {
        Ok(Imported::New) => tally.new += 1,
        Ok(Imported::Changed { .. }) => tally.changed += 1,
        Ok(Imported::AlreadyThere(Kept::SameBytes | Kept::BetterBefore | Kept::Better(_))) => {
            tally.already_there += 1;
            return Ok(Ok(()));
        }
        Err(error @ StoreError::Unstorable(_)) => return Ok(Err(error.into())),
        Err(error) => return Err(error).with_context(|| format!("importing {}", path.display())),
    }
    tally.lives += lives;
    tally.samples += samples;
    Ok(Ok(()))
}

fn report(args: &Args, url: &str, files: usize, tally: &Tally, console: &mut Console) -> Result<()> {
    let Tally { new, changed, already_there, refused, lives, samples, faults } = tally;
    if args.json {
        let refused: Vec<_> = refused
            .iter()
            .map(|(path, message)| json!({"path": path.display().to_string(), "message": message}))
            .collect();
        return console.json(&json!({
            "database": url, "files": files, "new": new, "already_there": already_there, "changed": changed,
            "refused": refused, "faults": faults, "lives": lives, "samples": samples,
        }));
    }
    console.say(&format!(
        "{url}: {new} new · {already_there} already there · {changed} changed · {} refused · {} · {}",
        refused.len(),
        counted(*lives as u64, "life", "lives"),
        counted(*samples as u64, "sample", "samples")
    ))
}
