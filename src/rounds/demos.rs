//! Demos: plain, gzipped, or in zip archives. What a file is, its content decides.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use flate2::read::GzDecoder;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rayon::prelude::*;

use super::inputs::{STDIN, is_zip, stdin};
use crate::demo::{self, ReadOptions, RecordedRound, Summary};
use crate::files::{self, Found, Kind, SearchLimits};
use crate::format::{FileName, parse_file_name};
use crate::model::FileStamp;
use crate::text::counted;

/// What the endings of names begin with by which a folder is searched for demos.
const ENDINGS: [&str; 3] = ["dm_8", "tv_84", "sv_84"];
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
    pub(crate) read: Result<Summary>,
}

impl DemoOutcome {
    /// What was wrong with it, in a sentence; `None` when nothing was.
    pub(crate) fn complaint(&self) -> Option<String> {
        match &self.read {
            Err(error) => Some(format!("skipped: {error:#}")),
            Ok(summary) if summary.faults > 0 => {
                let first = summary.warnings.first().map(ToString::to_string).unwrap_or_default();
                Some(format!("{}, the first: {first}", counted(summary.faults as u64, "fault", "faults")))
            }
            Ok(_) => None,
        }
    }
}

/// A demo, and what was made of its rounds.
pub(crate) struct ReadDemo<T> {
    pub(crate) outcome: DemoOutcome,
    pub(crate) rounds: Vec<T>,
}

/// What a file is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zip,
}

/// File names that were given to rounds.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// A tracker file's name for a round. Where another round has it, this one is dated to the next second that is free: a name
    /// with a number added to it would not be read as that of a tracker file.
    pub(crate) fn free(&mut self, recorded: &RecordedRound) -> String {
        const ENDING: &str = "_engagements.txt";
        let wanted = recorded.round.meta.file_name.as_deref().unwrap_or("undated-round_engagements.txt");
        let stem = wanted.trim_end_matches(ENDING);
        let later = parse_file_name(wanted).into_iter().flat_map(|FileName { stamp, map, round }| {
            let stamps = (1_i64..).map_while(move |n| stamp.checked_add(n.seconds()).ok());
            stamps.map(move |stamp| {
                format!("{}-{map}-round-{round}{ENDING}", stamp.strftime("%Y-%m-%d-%H%M%S"))
            })
        });
        let counted = (2_u32..).map(|n| format!("{stem}_{n}{ENDING}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(later).chain(counted);
        let name = candidates.find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

/// The demos below a folder, by their names and in order, and what could not be looked at.
pub(crate) fn below(folder: &Path) -> Found {
    files::search(folder, &SearchLimits::default(), |path, kind| {
        let is_named = path.file_name().is_some_and(|name| is_demo_name(&name.to_string_lossy()));
        // An archive of another name is looked into.
        kind == Kind::File && (is_named || (is_zip(path) && is_demo_file(path)))
    })
}

/// Whether a file is a demo, or an archive that holds one.
pub(crate) fn is_demo_file(path: &Path) -> bool {
    // To open and close a pipe would cost its writer the reader.
    let Ok((mut file, _)) = open(path) else { return false };
    let begins = |input: &mut dyn Read| {
        let mut head = Vec::new();
        input.take(HEAD_BYTES).read_to_end(&mut head).is_ok() && demo::is_demo(&head)
    };
    match packing(&mut file) {
        Ok(Packing::Plain) => begins(&mut file),
        Ok(Packing::Gzip) => begins(&mut GzDecoder::new(BufReader::new(file))),
        Ok(Packing::Zip) => zip::ZipArchive::new(BufReader::new(file)).is_ok_and(|mut archive| {
            (0..archive.len().min(MOST_ENTRIES))
                .any(|index| archive.by_index(index).is_ok_and(|mut entry| begins(&mut entry)))
        }),
        Err(_) => false,
    }
}

/// The demos under `inputs`: files as named, folders searched by name, each once and in order.
///
/// # Errors
/// An input that is not there, or a folder without any demo.
pub(crate) fn find(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        if !input.is_dir() {
            if input != Path::new(STDIN) {
                files::Stamp::of(input)?;
            }
            files.push(input.clone());
            continue;
        }
        let Found { paths, faults } = below(input);
        if paths.is_empty() {
            if let Some(fault) = faults.into_iter().next() {
                return Err(fault.into());
            }
            #[cfg(feature = "lake")]
            if crate::lake::is_lake(input) {
                return Err(super::error::RoundsError::IsLake(input.clone()).into());
            }
            bail!("no demos (*.dm_84, *.tv_84, *.sv_84, or those with .gz or .zip) in {}", input.display());
        }
        files.extend(paths);
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn is_demo_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name =
        name.rsplit_once('(').filter(|_| name.ends_with(')')).map_or(&*name, |(name, _)| name.trim_end());
    let unpacked = [".gz", ".zip"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(name);
    let ending = unpacked.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.iter().any(|begin| ending.starts_with(begin))
}

/// Reads every demo of these files, on as many workers as there are cores, and makes something of each round. In the
/// order of the files, whatever the number of workers.
///
/// # Errors
/// The first error of `take`.
pub(crate) fn read_all<T: Send>(
    files: &[PathBuf],
    interval_ms: u32,
    take: impl Fn(&str, RecordedRound) -> Result<T> + Sync,
) -> Result<Vec<ReadDemo<T>>> {
    let read_one = |path: &PathBuf| -> Result<Vec<ReadDemo<T>>> {
        let mut rounds: Vec<(String, T)> = Vec::new();
        let outcomes = read(path, interval_ms, &mut |name, recorded| {
            rounds.push((name.to_owned(), take(name, recorded)?));
            Ok(())
        })?;
        let mut rounds = rounds.into_iter().peekable();
        let read = outcomes.into_iter().map(|outcome| {
            let own = std::iter::from_fn(|| rounds.next_if(|(name, _)| *name == outcome.name));
            ReadDemo { rounds: own.map(|(_, made)| made).collect(), outcome }
        });
        Ok(read.collect())
    };
    let read: Vec<Vec<ReadDemo<T>>> = files.par_iter().map(read_one).collect::<Result<_>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// Reads every demo in a file and gives each round to `each`, with its demo's name. What cannot be read is in the
/// outcome; other demos of an archive are read all the same.
///
/// # Errors
/// The first error of `each`.
pub(crate) fn read(
    path: &Path,
    interval_ms: u32,
    each: &mut dyn FnMut(&str, RecordedRound) -> Result<()>,
) -> Result<Vec<DemoOutcome>> {
    let shown = path.display().to_string();
    let refused = |error: anyhow::Error| vec![DemoOutcome { name: shown.clone(), read: Err(error) }];
    let opened = open(path).and_then(|(mut file, changed)| Ok((packing(&mut file)?, file, changed)));
    let (packing, file, changed) = match opened {
        Ok(opened) => opened,
        Err(error) => return Ok(refused(error)),
    };
    let options = ReadOptions::default().interval_ms(interval_ms).file_name(&shown).modified(changed);
    match packing {
        Packing::Plain => Ok(vec![one(file, &shown, &options, each)?]),
        Packing::Gzip => {
            let unpacked = GzDecoder::new(BufReader::new(file)).take(MOST_UNPACKED);
            Ok(vec![one(unpacked, &shown, &options, each)?])
        }
        Packing::Zip => match zip::ZipArchive::new(BufReader::new(file)) {
            Ok(mut archive) => read_archive(&mut archive, &shown, &options, each),
            Err(error) => Ok(refused(error.into())),
        },
    }
}

/// Reads every demo in an archive.
fn read_archive(
    archive: &mut zip::ZipArchive<BufReader<Box<dyn Input>>>,
    shown: &str,
    options: &ReadOptions,
    each: &mut dyn FnMut(&str, RecordedRound) -> Result<()>,
) -> Result<Vec<DemoOutcome>> {
    let mut outcomes = Vec::new();
    for index in 0..archive.len().min(MOST_ENTRIES) {
        let Ok(mut entry) = archive.by_index(index) else { continue };
        let Some(inside) = entry.name().ok().map(std::borrow::Cow::into_owned).filter(|_| entry.is_file())
        else {
            continue;
        };
        let mut head = Vec::new();
        if entry.by_ref().take(HEAD_BYTES).read_to_end(&mut head).is_err() || !demo::is_demo(&head) {
            continue;
        }
        let name = format!("{shown}: {inside}");
        let whole = io::Cursor::new(head).chain(entry).take(MOST_UNPACKED);
        outcomes.push(one(whole, &name, &options.clone().file_name(&inside), each)?);
    }
    if outcomes.is_empty() {
        let read = Err(anyhow!("no demo in this archive"));
        outcomes.push(DemoOutcome { name: shown.to_owned(), read });
    }
    Ok(outcomes)
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
    Ok(DemoOutcome { name: name.to_owned(), read: read.map_err(Into::into) })
}

/// What a demo, or an archive of demos, is read from.
trait Input: Read + Seek {}

impl<T: Read + Seek> Input for T {}

/// Opens a file, or standard input, and says when the file was changed last.
fn open(path: &Path) -> Result<(Box<dyn Input>, Option<FileStamp>)> {
    if path == Path::new(STDIN) {
        let bytes = stdin().as_ref().map_err(|error| io::Error::from(error.kind()))?;
        return Ok((Box::new(io::Cursor::new(bytes)), None));
    }
    let file = files::open(path)?;
    let changed = modified(&file);
    Ok((Box::new(file), changed))
}

/// When a file was changed last, in UTC: a demo does not say in which time zone it was recorded.
fn modified(file: &File) -> Option<FileStamp> {
    let changed = Timestamp::try_from(file.metadata().ok()?.modified().ok()?).ok()?;
    Some(TimeZone::UTC.to_datetime(changed))
}

fn packing(file: &mut impl Input) -> io::Result<Packing> {
    let mut head = Vec::new();
    file.take(4).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(match head[..] {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [b'P', b'K', 3, 4] => Packing::Zip,
        _ => Packing::Plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demos_are_known_by_how_their_names_end() {
        for name in ["a.dm_84", "A.TV_84", "a.sv_84", "a.dm_82", "a.dm_84.gz", "a.dm_84.zip"] {
            assert!(is_demo_name(name), "{name}");
            // As browsers write what is there already.
            assert!(is_demo_name(&format!("{name}(1)")) && is_demo_name(&format!("{name} (2)")), "{name}");
        }
        for name in ["a.dm_84.truth.json", "dm_84", "a_dm_84", "a.zip", "", "a.dm_84.txt.gz"] {
            assert!(!is_demo_name(name), "{name}");
        }
    }
}
