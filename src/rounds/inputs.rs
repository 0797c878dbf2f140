//! The bytes of tracker files: plain, gzipped as servers rotate them, in zip archives, or from standard input.
//!
//! A file in an archive has a path of its own: the archive's, and behind it the name in there. So everything that holds a
//! path (messages, pictures' recipes, lists of inputs) can hold one of these. Packed files are read with the feature `cli`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::error::{RoundsError, SUFFIX};
use crate::files::{self, FileError, Found, Kind, SearchLimits};
use crate::format;

/// Standard input as an input's name.
pub(super) const STDIN: &str = "-";
/// Entries of one archive that are looked at.
#[cfg(feature = "cli")]
const MOST_ENTRIES: usize = 65_536;

/// Files as named, folders and archives searched, each file once, in the order of their names; and what lay beside them
/// and could not be looked at.
pub(crate) fn files(inputs: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<String>), RoundsError> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for input in inputs {
        files.extend(expand(input, &mut faults)?);
    }
    sort(&mut files);
    files.dedup();
    Ok((files, faults))
}

/// The tracker files below a folder, in the order of their names, and what could not be looked at. Archives are not looked
/// into: what is in them has no time of its own.
pub(crate) fn search(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let found = files::search(folder, &SearchLimits::default(), |path, kind| {
        kind == Kind::File && is_tracker_file(path)
    });
    let mut files = found.paths;
    sort(&mut files);
    (files, found.faults.iter().map(ToString::to_string).collect())
}

fn sort(files: &mut [PathBuf]) {
    files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
}

/// Whether a file has a tracker file's name, plain or gzipped.
fn is_tracker_file(path: &Path) -> bool {
    file_name(path).is_some_and(|name| name.ends_with(SUFFIX))
}

pub(super) fn is_zip(path: &Path) -> bool {
    cfg!(feature = "cli") && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"))
}

/// The name of a tracker file without the ending of its packing; `None` for standard input.
pub(crate) fn file_name(path: &Path) -> Option<String> {
    if path == Path::new(STDIN) {
        return None;
    }
    let name = path.file_name()?.to_string_lossy();
    let plain = if cfg!(feature = "cli") { name.strip_suffix(".gz") } else { None };
    Some(plain.unwrap_or(&name).to_owned())
}

/// The tracker files that an input means: a file as it is, those in an archive, those below a folder.
fn expand(input: &Path, faults: &mut Vec<String>) -> Result<Vec<PathBuf>, RoundsError> {
    let none = || RoundsError::NoTrackerFiles(input.to_owned());
    if input == Path::new(STDIN) || archive_of(input).is_some() {
        return Ok(vec![input.to_owned()]);
    }
    if input.is_dir() {
        let Found { paths, faults: found } = files::search(input, &SearchLimits::default(), |path, kind| {
            kind == Kind::File && (is_tracker_file(path) || is_zip(path))
        });
        faults.extend(found.iter().map(ToString::to_string));
        let mut files = Vec::new();
        for path in paths {
            // An archive that cannot be opened costs itself alone.
            match if is_zip(&path) { entries(&path) } else { Ok(vec![path]) } {
                Ok(found) => files.extend(found),
                Err(error) => faults.push(error.to_string()),
            }
        }
        #[cfg(feature = "lake")]
        if files.is_empty() && crate::lake::is_lake(input) {
            return Err(RoundsError::IsLake(input.to_owned()));
        }
        return if files.is_empty() { Err(none()) } else { Ok(files) };
    }
    files::Stamp::of(input)?;
    if !is_zip(input) {
        return Ok(vec![input.to_owned()]);
    }
    let entries = entries(input)?;
    if entries.is_empty() { Err(none()) } else { Ok(entries) }
}

/// The tracker files of an archive, each as the archive's path and its name in there.
#[cfg(feature = "cli")]
fn entries(archive: &Path) -> Result<Vec<PathBuf>, RoundsError> {
    let zip = open_zip(archive)?;
    let mut names = std::collections::BTreeSet::new();
    for name in zip.file_names().take(MOST_ENTRIES) {
        let Ok(name) = name else { continue };
        let path = Path::new(&*name);
        // What macOS notes about other files has their names behind `._`.
        let is_note = file_name(path).is_some_and(|file| file.starts_with("._"));
        // A name that begins with a slash would leave the archive's path.
        if path.is_relative() && is_tracker_file(path) && !is_note {
            names.insert(archive.join(path));
        }
    }
    Ok(names.into_iter().collect())
}

#[cfg(not(feature = "cli"))]
#[allow(clippy::unnecessary_wraps, reason = "the same shape as where archives are read")]
fn entries(_: &Path) -> Result<Vec<PathBuf>, RoundsError> {
    Ok(Vec::new())
}

#[cfg(feature = "cli")]
fn open_zip(archive: &Path) -> Result<zip::ZipArchive<std::fs::File>, RoundsError> {
    zip::ZipArchive::new(files::open(archive)?)
        .map_err(|error| RoundsError::Archive { path: archive.to_owned(), what: error.to_string() })
}

/// The archive and the name in it, if a path leads into one.
fn archive_of(path: &Path) -> Option<(&Path, String)> {
    let archive = path.ancestors().skip(1).find(|above| is_zip(above) && above.is_file())?;
    let name = path.strip_prefix(archive).ok()?;
    let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
    Some((archive, parts.join("/")))
}

/// The first bytes of a tracker file, unpacked: at most `most`.
pub(crate) fn head(path: &Path, most: u64) -> Result<Vec<u8>, RoundsError> {
    let mut bytes = Vec::new();
    read_up_to(path, most, &mut bytes)?;
    Ok(bytes)
}

/// The bytes of a tracker file, unpacked, in place of what `bytes` holds. One byte more than a tracker file may have tells
/// the reader that there is too much.
pub(crate) fn read(path: &Path, bytes: &mut Vec<u8>) -> Result<(), RoundsError> {
    bytes.clear();
    read_up_to(path, format::Limits::default().file_bytes as u64 + 1, bytes)
}

/// The SHA-256 of a tracker file's bytes, unpacked, in hexadecimal.
pub(crate) fn content_hash(path: &Path) -> Result<String, RoundsError> {
    let mut bytes = Vec::new();
    read(path, &mut bytes)?;
    Ok(format::content_hash(&bytes))
}

fn read_up_to(path: &Path, most: u64, bytes: &mut Vec<u8>) -> Result<(), RoundsError> {
    let failed = |source| RoundsError::Unreadable { path: path.to_owned(), source };
    if path == Path::new(STDIN) {
        let all = stdin().as_ref().map_err(|error| failed(error.kind().into()))?;
        bytes.extend_from_slice(&all[..all.len().min(most as usize)]);
        return Ok(());
    }
    if let Some((archive, name)) = archive_of(path) {
        return read_entry(archive, &name, most, bytes)
            .map_err(|what| RoundsError::Archive { path: path.to_owned(), what });
    }
    let file = files::open(path)?;
    let about = file.metadata().map_err(failed)?;
    if about.len() < most {
        bytes.reserve(about.len() as usize + 1);
    }
    unpack(&file, &path.to_string_lossy(), most, bytes).map_err(failed)?;
    let after = file.metadata().map_err(failed)?;
    if (about.len(), about.modified().ok()) != (after.len(), after.modified().ok()) {
        return Err(FileError::Changed { path: path.to_owned() }.into());
    }
    Ok(())
}

#[cfg(feature = "cli")]
fn read_entry(archive: &Path, name: &str, most: u64, bytes: &mut Vec<u8>) -> Result<(), String> {
    let mut zip = open_zip(archive).map_err(|error| error.to_string())?;
    let entry = zip.by_name(name).map_err(|error| error.to_string())?;
    unpack(entry, name, most, bytes).map_err(|error| error.to_string())
}

#[cfg(not(feature = "cli"))]
#[allow(clippy::unnecessary_wraps, reason = "the same shape as where archives are read")]
fn read_entry(_: &Path, _: &str, _: u64, _: &mut Vec<u8>) -> Result<(), String> {
    Ok(())
}

/// Reads at most `most` bytes, through gzip if the name says so.
fn unpack(from: impl Read, name: &str, most: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    #[cfg(feature = "cli")]
    if name.strip_suffix(".gz").is_some() {
        flate2::read::MultiGzDecoder::new(from).take(most).read_to_end(bytes)?;
        return Ok(());
    }
    let _ = name;
    from.take(most).read_to_end(bytes)?;
    Ok(())
}

/// Standard input, read once: a round's header is asked for before the round.
pub(super) fn stdin() -> &'static io::Result<Vec<u8>> {
    static STDIN: OnceLock<io::Result<Vec<u8>>> = OnceLock::new();
    STDIN.get_or_init(|| {
        let mut bytes = Vec::new();
        io::stdin().lock().take(format::Limits::default().file_bytes as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

#[cfg(all(test, feature = "cli"))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]
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
        assert!(faults.len() == 1 && faults[0].contains("broken.zip: no readable archive"), "{faults:?}");
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
