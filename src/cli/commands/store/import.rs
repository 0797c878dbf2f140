//! `import`: tracker files into a store.

use std::collections::BTreeSet;
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
use crate::format;
use crate::rounds;
use crate::rounds::Rounds;
use crate::store::{
    Create, DatabaseUrl, Existing, Form, ImportFile, Imported, Storage, StoreError, open, prepare,
};
use crate::text::counted;

/// Arguments of `import`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity import rounds/ --db sqlite:proximity.db")]
pub(crate) struct Args {
    /// Tracker files and demos, also gzipped or zipped, or folders that are searched for them
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
    /// Exit with status 1 if anything was wrong with the input
    #[arg(long)]
    strict: bool,
}

/// A file, read and made ready, or why it could not be.
pub(crate) struct Ready {
    path: PathBuf,
    pub(crate) file: Result<Look>,
    /// Hash of the file's bytes; none when they could not be read.
    pub(crate) hash: Option<String>,
    pub(crate) faults: usize,
}

/// What a look at a file's bytes gave.
pub(crate) enum Look {
    /// The store has seen these bytes.
    Known,
    /// They are a round to import.
    Round(Box<ImportFile>),
}

/// How files are made ready.
pub(crate) struct Reader<'a> {
    /// The store's form of paths.
    pub form: Form,
    /// For files whose name does not say when they were written.
    pub zone: Option<&'a Zone>,
    /// Hashes of files that need not be read any further.
    pub known: BTreeSet<String>,
}

/// What an import came to.
#[derive(Debug, Default)]
struct Tally {
    new: usize,
    changed: usize,
    together: usize,
    repaired: usize,
    already_there: usize,
    refused: Vec<(PathBuf, String)>,
    faults: usize,
    lives: usize,
    samples: usize,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let url = args.database.url()?;
    let source = Rounds::files(&args.inputs)?;
    console.passed_over(&source);
    let mut store = open_ready(&url, console)?;
    let bar = console.progress().bar("importing", source.len() as u64);
    let mut tally = Tally::default();
    let (sender, ready) = sync_channel(1);
    // What is wrong inside a file is found by reading it, known or not.
    let known = if args.strict { BTreeSet::new() } else { store.known()? };
    let reader = Reader { form: store.form(), zone: args.timezone.as_ref(), known };
    let paths = source.paths();
    std::thread::scope(|scope| -> Result<()> {
        // Reading and packing goes on while the database writes.
        // The sender goes along: when it is dropped, there is nothing more to come.
        scope.spawn(move || reader.read_all(paths, &sender));
        let kept = keep_all(&ready, &mut *store, &mut tally, console, &bar);
        // After a failure the reader must not wait until its next batch is taken.
        drop(ready);
        // The files before a failure are kept, so their figures count.
        let settled = store.settle();
        kept?;
        Ok(settled?)
    })?;
    bar.finish_and_clear();
    if tally.refused.len() == source.len() {
        bail!("nothing could be imported from {}", counted(source.len() as u64, "file", "files"));
    }
    report(args, &url.to_string(), source.len(), &tally, console)?;
    let faulty = args.strict && (tally.faults > 0 || !tally.refused.is_empty());
    Ok(if faulty { Outcome::Faults } else { Outcome::Done })
}

/// Opens a store, makes its tables where they are missing, and says so.
pub(crate) fn open_ready(url: &DatabaseUrl, console: &mut Console) -> Result<Box<dyn Storage>> {
    let mut store = open(url, Create::IfMissing)?;
    match &store.migrate()?[..] {
        [] => {}
        [first, .., last] if first.version == 1 => {
            console.complain(&format!("{url}: created the tables, version {}", last.version));
        }
        migrations => {
            for migration in migrations {
                console.complain(&format!(
                    "{url}: brought the tables to version {} ({})",
                    migration.version, migration.name
                ));
            }
        }
    }
    Ok(store)
}

impl Reader<'_> {
    /// Reads files in their order, as many at once as there are cores, and hands them over.
    fn read_all(&self, paths: &[PathBuf], ready: &SyncSender<Vec<Ready>>) {
        for some in paths.chunks(rayon::current_num_threads().max(1) * 2) {
            let batch: Vec<Ready> =
                some.par_iter().map_init(Vec::new, |bytes, path| self.read(path, bytes)).collect();
            // The receiver is gone when the database failed.
            if ready.send(batch).is_err() {
                return;
            }
        }
    }

    /// Reads a demo and makes its rounds ready for the store.
    pub(crate) fn read_demo(&self, path: &Path, bytes: &mut Vec<u8>) -> Result<Vec<Ready>> {
        // The rounds lie in its temporary folder as long as it lives.
        let rounds = Rounds::files(&[path.to_owned()])?;
        Ok(rounds.paths().iter().map(|round| self.read(round, bytes)).collect())
    }

    /// Reads one file and makes it ready for the store.
    pub(crate) fn read(&self, path: &Path, bytes: &mut Vec<u8>) -> Ready {
        let (mut faults, mut read) = (0, None);
        let mut look = || -> Result<Look> {
            rounds::read_bytes(path, bytes)?;
            let hash = format::content_hash(bytes);
            read = Some(hash.clone());
            if self.known.contains(&hash) {
                return Ok(Look::Known);
            }
            let outcome = rounds::parse(path, bytes, Some(hash));
            faults = outcome.faults;
            let mut round = outcome.round?;
            if let (None, Some(zone)) = (round.meta.stamp, self.zone) {
                let unix = round.meta.end_unix.or(round.meta.start_unix);
                round.meta.stamp = unix.and_then(|unix| zone.at(unix));
            }
            let date = session_date(&round.meta)
                .context("neither its name nor its header says when it was played")?;
            Ok(Look::Round(Box::new(prepare(round, date, self.form)?)))
        };
        let file = look();
        Ready { path: path.to_owned(), file, hash: read, faults }
    }
}

/// Puts files into the store as they come. One that the store cannot keep is refused; when the store itself fails,
/// everything ends.
fn keep_all(
    ready: &Receiver<Vec<Ready>>,
    store: &mut dyn Storage,
    tally: &mut Tally,
    console: &mut Console,
    bar: &indicatif::ProgressBar,
) -> Result<()> {
    while let Ok(batch) = ready.recv() {
        for Ready { path, file, faults, .. } in batch {
            tally.faults += faults;
            let kept = match file {
                Err(error) => Err(error),
                Ok(Look::Known) => {
                    tally.already_there += 1;
                    Ok(())
                }
                Ok(Look::Round(file)) => keep(store, *file, tally, &path)?,
            };
            match kept {
                Ok(()) if faults > 0 => {
                    let many = counted(faults as u64, "fault", "faults");
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

fn keep(store: &mut dyn Storage, file: ImportFile, tally: &mut Tally, path: &Path) -> Result<Result<()>> {
    let lives = file.round().tracks.len();
    let samples = file.round().samples();
    match store.import_unsettled(file) {
        Ok(Imported::New) => tally.new += 1,
        Ok(Imported::Changed { .. }) => tally.changed += 1,
        Ok(Imported::Together { .. }) => tally.together += 1,
        Ok(Imported::Repaired) => tally.repaired += 1,
        Ok(Imported::AlreadyThere(Existing::SameBytes | Existing::BetterBefore | Existing::Better(_))) => {
            tally.already_there += 1;
            return Ok(Ok(()));
        }
        Err(error @ StoreError::Unstorable(_)) => return Ok(Err(error.into())),
        Err(error) => {
            let kept = tally.new + tally.changed + tally.together + tally.repaired;
            let before = match kept {
                0 => String::new(),
                _ => format!("; {} before it is kept", counted(kept as u64, "round", "rounds")),
            };
            return Err(error).with_context(|| format!("importing {}{before}", path.display()));
        }
    }
    tally.lives += lives;
    tally.samples += samples;
    Ok(Ok(()))
}

fn report(args: &Args, url: &str, files: usize, tally: &Tally, console: &mut Console) -> Result<()> {
    let Tally { new, changed, together, repaired, already_there, refused, lives, samples, faults } = tally;
    if args.json {
        let refused: Vec<_> = refused
            .iter()
            .map(|(path, message)| json!({"path": path.display().to_string(), "message": message}))
            .collect();
        return console.json(&json!({
            "database": url, "files": files, "new": new, "already_there": already_there, "changed": changed,
            "together": together, "repaired": repaired,
            "refused": refused, "faults": faults, "lives": lives, "samples": samples,
        }));
    }
    console.say(&format!(
        "{url}: {new} new · {already_there} already there · {changed} changed{}{} · {} refused · {} · {}",
        if *together > 0 { format!(" · {together} put together") } else { String::new() },
        if *repaired > 0 { format!(" · {repaired} repaired") } else { String::new() },
        refused.len(),
        counted(*lives as u64, "life", "lives"),
        counted(*samples as u64, "sample", "samples")
    ))
}
