//! Demos: plain, gzipped, or in zip archives. What a file is, its content decides.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::demo::{self, ReadError, ReadOptions, RecordedRound, Summary};
use crate::model::FileStamp;

/// Parts of names by which a folder is searched for demos.
const NAME_PARTS: [&str; 3] = [".dm_8", ".tv_84", ".sv_84"];
/// Deeper folders than this are not searched; a link that leads back up ends here too.
const MAX_DEPTH: usize = 16;
/// Enough of a file to know whether it is a demo.
const HEAD_BYTES: u64 = 64;
/// More than this comes out of no honest archive, bytes.
const MOST_UNPACKED: u64 = 4 << 30;
/// Entries of one archive that are looked at.
const MOST_ENTRIES: usize = 10_000;

/// What one demo came to.
pub(crate) struct DemoOutcome {
    /// The file's path; for a demo in an archive, followed by its name in there.
    pub(crate) name: String,
    /// What it is, or why it could not be read.
    pub(crate) read: Result<Summary, ReadError>,
}

/// What a file is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zip,
}

/// The demos under `inputs`: files as named, folders searched by name, each once and in order.
///
/// # Errors
/// An input that is not there, or a folder without any demo.
pub(crate) fn find(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        let kind = fs::metadata(input).with_context(|| format!("cannot read {}", input.display()))?;
        if kind.is_dir() {
            let before = files.len();
            search(input, 0, &mut files)?;
            if files.len() == before {
                bail!(
                    "no demos (*.dm_84, *.tv_84, *.sv_84, or those with .gz or .zip) in {}",
                    input.display()
                );
            }
        } else {
            files.push(input.clone());
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn search(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let cannot = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_dir() {
            if depth < MAX_DEPTH {
                search(&path, depth + 1, files)?;
            }
        } else if path.file_name().is_some_and(|name| is_demo_name(&name.to_string_lossy())) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_demo_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAME_PARTS.iter().any(|part| name.contains(part))
}

/// Reads every demo in a file and gives each round to `each`, with its demo's name. What cannot be read is in the
/// outcome; other demos of an archive are read all the same.
///
/// # Errors
/// A file that cannot be opened, or an archive without a demo.
pub(crate) fn read(
    path: &Path,
    interval_ms: u32,
    each: &mut dyn FnMut(&str, RecordedRound) -> Result<()>,
) -> Result<Vec<DemoOutcome>> {
    let cannot = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(cannot)?;
    let shown = path.display().to_string();
    let options = |name: &str, modified| {
        ReadOptions::default().interval_ms(interval_ms).file_name(name).modified(modified)
    };
    let changed = modified(&file);
    match packing(&mut file).with_context(cannot)? {
        Packing::Plain => Ok(vec![one(file, &shown, &options(&shown, changed), each)?]),
        Packing::Gzip => {
            let unpacked = GzDecoder::new(BufReader::new(file)).take(MOST_UNPACKED);
            Ok(vec![one(unpacked, &shown, &options(&shown, changed), each)?])
        }
        Packing::Zip => {
            let mut archive = zip::ZipArchive::new(BufReader::new(file)).with_context(cannot)?;
            let mut outcomes = Vec::new();
            for index in 0..archive.len().min(MOST_ENTRIES) {
                let mut entry = archive.by_index(index).with_context(cannot)?;
                if !entry.is_file() {
                    continue;
                }
                let inside = entry.name().with_context(cannot)?.into_owned();
                let mut head = Vec::new();
                if entry.by_ref().take(HEAD_BYTES).read_to_end(&mut head).is_err() || !demo::is_demo(&head) {
                    continue;
                }
                let name = format!("{shown}: {inside}");
                let whole = io::Cursor::new(head).chain(entry).take(MOST_UNPACKED);
                outcomes.push(one(whole, &name, &options(&inside, changed), each)?);
            }
            if outcomes.is_empty() {
                bail!("{shown}: no demo in this archive");
            }
            Ok(outcomes)
        }
    }
}

fn one(
    input: impl Read,
    name: &str,
    options: &ReadOptions,
    each: &mut dyn FnMut(&str, RecordedRound) -> Result<()>,
) -> Result<DemoOutcome> {
    let mut stopped = Ok(());
    let read = demo::read(input, options, |round| {
        if stopped.is_ok() {
            stopped = each(name, round);
        }
    });
    stopped?;
    Ok(DemoOutcome { name: name.to_owned(), read })
}

/// When a file was changed last, in UTC: a demo does not say in which time zone it was recorded.
fn modified(file: &File) -> Option<FileStamp> {
    let changed = Timestamp::try_from(file.metadata().ok()?.modified().ok()?).ok()?;
    Some(TimeZone::UTC.to_datetime(changed))
}

fn packing(file: &mut File) -> io::Result<Packing> {
    let mut head = Vec::new();
    file.take(4).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(match head[..] {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [b'P', b'K', 3, 4] => Packing::Zip,
        _ => Packing::Plain,
    })
}
