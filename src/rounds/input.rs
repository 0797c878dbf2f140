//! The bytes of tracker files: plain, gzipped as servers rotate them, in zip archives, or from standard input.
//!
//! A file in an archive has a path of its own: the archive's, and behind it the name in there. So everything that holds a
//! path (messages, pictures' recipes, lists of inputs) can hold one of these.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};
use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use crate::files::{self, FileError, Found, Kind, SearchLimits};
use crate::format;

/// The ending of tracker files.
const SUFFIX: &str = "_engagements.txt";
/// Standard input as an input's name.
const STDIN: &str = "-";
/// Entries of one archive that are looked at.
const MOST_ENTRIES: usize = 65_536;

/// Whether a file has a tracker file's name, plain or gzipped.
pub(crate) fn is_tracker_file(path: &Path) -> bool {
    file_name(path).is_some_and(|name| name.ends_with(SUFFIX))
}

fn has_ending(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted))
}

/// The name of a tracker file without the ending of its packing; `None` for standard input.
pub(crate) fn file_name(path: &Path) -> Option<String> {
    if path == Path::new(STDIN) {
        return None;
    }
    let name = path.file_name()?.to_string_lossy();
    Some(name.strip_suffix(".gz").unwrap_or(&name).to_owned())
}

/// The tracker files that an input means: a file as it is, those in an archive, those below a folder. What could not be
/// looked at is added to `faults`.
///
/// # Errors
/// An input that is not there, or that holds no tracker file.
pub(crate) fn expand(input: &Path, faults: &mut Vec<String>) -> Result<Vec<PathBuf>> {
    if input == Path::new(STDIN) {
        return Ok(vec![input.to_owned()]);
    }
    if input.is_dir() {
        let Found { paths, faults: found } = files::search(input, &SearchLimits::default(), |path, kind| {
            kind == Kind::File && (is_tracker_file(path) || has_ending(path, "zip"))
        });
        faults.extend(found.iter().map(ToString::to_string));
        let mut files = Vec::new();
        for path in paths {
            if !has_ending(&path, "zip") {
                files.push(path);
            } else {
                // An archive that cannot be opened costs itself alone.
                match entries(&path) {
                    Ok(entries) => files.extend(entries),
                    Err(error) => faults.push(format!("{error:#}")),
                }
            }
        }
        if files.is_empty() {
            bail!("no tracker files (*{SUFFIX}, also with .gz or in a .zip) in {}", input.display());
        }
        return Ok(files);
    }
    if archive_of(input).is_some() {
        return Ok(vec![input.to_owned()]);
    }
    files::Stamp::of(input)?;
    if !has_ending(input, "zip") {
        return Ok(vec![input.to_owned()]);
    }
    let entries = entries(input)?;
    if entries.is_empty() {
        bail!("no tracker files (*{SUFFIX}) in {}", input.display());
    }
    Ok(entries)
}

/// The tracker files of an archive, each as the archive's path and its name in there.
fn entries(archive: &Path) -> Result<Vec<PathBuf>> {
    let zip = open_zip(archive)?;
    let mut names = BTreeSet::new();
    for name in zip.file_names().take(MOST_ENTRIES) {
        // What macOS notes about other files has their names behind `._`.
        let Ok(name) = name else { continue };
        let path = Path::new(&*name);
        let is_note = file_name(path).is_some_and(|file| file.starts_with("._"));
        // A name that begins with a slash would leave the archive's path.
        if path.is_relative() && is_tracker_file(path) && !is_note {
            names.insert(archive.join(path));
        }
    }
    Ok(names.into_iter().collect())
}

fn open_zip(archive: &Path) -> Result<ZipArchive<std::fs::File>> {
    ZipArchive::new(files::open(archive)?)
        .with_context(|| format!("{} is no readable archive", archive.display()))
}

/// The archive and the name in it, if a path leads into one.
fn archive_of(path: &Path) -> Option<(&Path, String)> {
    let archive = path.ancestors().skip(1).find(|above| has_ending(above, "zip") && above.is_file())?;
    let name = path.strip_prefix(archive).ok()?;
    let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
    Some((archive, parts.join("/")))
}

/// The first bytes of a tracker file, unpacked: at most `most`.
///
/// # Errors
/// It cannot be opened or unpacked.
pub(crate) fn head(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_up_to(path, most, &mut bytes)?;
    Ok(bytes)
}

/// The bytes of a tracker file, unpacked, in place of what `bytes` holds. One byte more than a tracker file may have tells
/// the reader that there is too much.
///
/// # Errors
/// It cannot be opened or unpacked.
pub(crate) fn read(path: &Path, bytes: &mut Vec<u8>) -> Result<()> {
    bytes.clear();
    read_up_to(path, format::Limits::default().file_bytes as u64 + 1, bytes)
}

fn read_up_to(path: &Path, most: u64, bytes: &mut Vec<u8>) -> Result<()> {
    let failed = || format!("cannot read {}", path.display());
    if path == Path::new(STDIN) {
        let all = stdin().as_ref().map_err(|error| anyhow::anyhow!("cannot read standard input: {error}"))?;
        bytes.extend_from_slice(&all[..all.len().min(most as usize)]);
        return Ok(());
    }
    if let Some((archive, name)) = archive_of(path) {
        let mut zip = open_zip(archive)?;
        let entry = zip.by_name(&name).with_context(failed)?;
        return unpack(entry, &name, most, bytes).with_context(failed);
    }
    let file = files::open(path)?;
    let about = file.metadata().with_context(failed)?;
    if about.len() < most {
        bytes.reserve(about.len() as usize + 1);
    }
    unpack(&file, &path.to_string_lossy(), most, bytes).with_context(failed)?;
    let after = file.metadata().with_context(failed)?;
    if (about.len(), about.modified().ok()) != (after.len(), after.modified().ok()) {
        return Err(FileError::Changed { path: path.to_owned() }.into());
    }
    Ok(())
}

/// Reads at most `most` bytes, through gzip if the name says so.
fn unpack(from: impl Read, name: &str, most: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    if name.strip_suffix(".gz").is_some() {
        MultiGzDecoder::new(from).take(most).read_to_end(bytes)?;
    } else {
        from.take(most).read_to_end(bytes)?;
    }
    Ok(())
}

/// Standard input, read once: a round's header is asked for before the round.
fn stdin() -> &'static io::Result<Vec<u8>> {
    static STDIN: OnceLock<io::Result<Vec<u8>>> = OnceLock::new();
    STDIN.get_or_init(|| {
        let mut bytes = Vec::new();
        io::stdin().lock().take(format::Limits::default().file_bytes as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn packed_files_are_found_and_read_like_plain_ones() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("a_engagements.txt"), "plain").unwrap();
        fs::write(at("b_engagements.txt.gz"), gzipped(b"gzipped")).unwrap();
        fs::write(at("broken.zip"), "no archive").unwrap();
        fs::write(at("c_engagements.csv"), "other").unwrap();
        let mut zip = zip::ZipWriter::new(fs::File::create(at("d.zip")).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for (name, bytes) in [
            ("old/e_engagements.txt", b"zipped".to_vec()),
            ("f_engagements.txt.gz", gzipped(b"both")),
            ("__MACOSX/._e_engagements.txt", b"note".to_vec()),
            ("readme.txt", b"other".to_vec()),
        ] {
            zip.start_file(name, options).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap();
        let mut faults = Vec::new();
        let found = expand(home.path(), &mut faults).unwrap();
        assert!(faults.len() == 1 && faults[0].contains("broken.zip is no readable archive"), "{faults:?}");
        let read_all = |paths: &[PathBuf]| -> Vec<(String, String)> {
            let mut bytes = Vec::new();
            let read_one = |path: &PathBuf| {
                read(path, &mut bytes).unwrap();
                (file_name(path).unwrap(), String::from_utf8(bytes.clone()).unwrap())
            };
            paths.iter().map(read_one).collect()
        };
        let wanted = [("a", "plain"), ("b", "gzipped"), ("f", "both"), ("e", "zipped")];
        let wanted: Vec<_> =
            wanted.map(|(name, text)| (format!("{name}_engagements.txt"), text.to_owned())).into();
        assert_eq!(read_all(&found), wanted);
        assert_eq!(head(&found[1], 4).unwrap(), b"gzip");
        assert_eq!(
            expand(&found[3], &mut faults).unwrap(),
            found[3..],
            "a path into an archive names one file"
        );
        assert!(expand(&at("none.txt"), &mut faults).is_err());
    }

    #[test]
    fn a_small_file_that_unpacks_without_end_is_cut() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("bomb_engagements.txt.gz");
        fs::write(&path, gzipped(&vec![0; 8 << 20])).unwrap();
        assert_eq!(head(&path, 1000).unwrap().len(), 1000);
        fs::write(&path, &gzipped(b"cut off somewhere in the middle")[..20]).unwrap();
        assert!(head(&path, 1000).is_err());
    }
}
