//! Writing files: whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile};

use super::FileError;

/// Begin and end of a temporary file's name; between them are random letters.
const TEMPORARY: (&str, &str) = (".proximity-", ".part");
/// A temporary file this old was left by a run that was killed.
const ORPHAN: Duration = Duration::from_hours(24);
/// Links that lead to links are followed this far.
const MOST_LINKS: usize = 40;

/// Write a file that is in memory, as [`write_with`].
///
/// # Errors
/// As [`write_with`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_with(path, |out| out.write_all(bytes).map_err(|cause| FileError::io(path, cause)))
}

/// Write a file as it comes. Its folder is made if it is not there.
///
/// A regular file appears under its name only when it is whole and on the disk; one that was there keeps its mode. A
/// link is followed: what it points to is written. A pipe or device is written to and stays what it is.
///
/// # Errors
/// What `fill` says, or [`FileError`]: the path is a folder or socket, or the system refuses.
pub fn write_with<T, E: From<FileError>>(
    path: &Path,
    fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, E>,
) -> Result<T, E> {
    let path = &followed(path)?;
    match fs::metadata(path) {
        Ok(about) if about.is_file() => place(path, Some(&about), fill),
        Ok(about) if matches!(super::word(about.file_type()), "a pipe" | "a device") => {
            let failed = |cause| FileError::io(path, cause);
            let mut out = BufWriter::new(OpenOptions::new().write(true).open(path).map_err(failed)?);
            let made = fill(&mut out)?;
            out.flush().map_err(failed)?;
            Ok(made)
        }
        Ok(about) => Err(FileError::not_regular(path, about.file_type()).into()),
        Err(_) => place(path, None, fill),
    }
}

/// Put a file in the place of the one that has its name, or of a link: for names that are the program's own or another
/// machine's. A pipe of such a name is not written to, which could wait for ever.
///
/// # Errors
/// [`FileError`]: there is a folder, pipe, socket or device of that name, or the system refuses.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let there = fs::symlink_metadata(path).ok().filter(|about| !about.is_symlink());
    if let Some(about) = &there
        && !about.is_file()
    {
        return Err(FileError::not_regular(path, about.file_type()));
    }
    place(path, there.as_ref(), |out| out.write_all(bytes).map_err(|cause| FileError::io(path, cause)))
}

/// Write under a temporary name beside the file's own, then rename it.
fn place<T, E: From<FileError>>(
    path: &Path,
    before: Option<&Metadata>,
    fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, E>,
) -> Result<T, E> {
    let failed = |cause| FileError::io(path, or_full(cause));
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if path.is_dir() {
        return Err(FileError::NotRegular { path: path.to_owned(), kind: "a folder" }.into());
    }
    fs::create_dir_all(folder).map_err(|cause| FileError::io(folder, cause))?;
    sweep(folder);
    let mut file = temporary(folder).map_err(failed)?;
    let mut out = BufWriter::new(OnDisk(file.as_file_mut()));
    let made = fill(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    if let Some(before) = before {
        keep_owner(file.as_file(), before);
        file.as_file().set_permissions(before.permissions()).map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    #[cfg(unix)]
    // The new name is on the disk with its folder. Some file systems cannot sync a folder; the file itself is safe.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(made)
}

/// A file that says what is left when its disk is full.
struct OnDisk<W>(W);

impl<W: Write> Write for OnDisk<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(or_full)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(or_full)
    }
}

/// The system's reason; for a full disk, what became of the file.
fn or_full(cause: io::Error) -> io::Error {
    match cause.kind() {
        kind @ (ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            io::Error::new(kind, "no room is left on the disk; a file of this name is as it was")
        }
        _ => cause,
    }
}

/// A new file of an unguessable name that nothing else has, readable as the user's files usually are.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less the user's umask.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// A file that root overwrites keeps its owner. Where that is not allowed it belongs to the user who writes it.
fn keep_owner(file: &File, before: &Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let _ = fchown(file, Some(before.uid()), Some(before.gid()));
    }
    #[cfg(not(unix))]
    let _ = (file, before);
}

/// Where a path leads when its links are followed; the last one may name a file that is not there yet.
fn followed(path: &Path) -> Result<PathBuf, FileError> {
    let mut at = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&at) else { return Ok(at) };
        at = at.parent().unwrap_or(Path::new("")).join(target);
    }
    Err(FileError::Link { path: path.to_owned() })
}

/// Remove what killed runs have left in a folder, once in a process.
fn sweep(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        remove_orphans(folder);
    }
}

fn remove_orphans(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours =
            name.to_str().is_some_and(|name| name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1));
        let is_old = || {
            let about = entry.metadata().ok().filter(Metadata::is_file)?;
            Some(about.modified().ok()?.elapsed().ok()? > ORPHAN)
        };
        if is_ours && is_old() == Some(true) {
            // Another run may have removed it first.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/folder/a.txt");
        write(&path, b"one").unwrap();
        let failed: Result<(), FileError> = write_with(&path, |out| {
            out.write_all(b"half").unwrap();
            Err(FileError::Changed { path: "x".into() })
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(names(path.parent().unwrap()), ["a.txt"]);
        let folder = write(home.path(), b"x").unwrap_err().to_string();
        assert!(folder.ends_with("is a folder, not a file"), "{folder}");
    }

    #[test]
    fn a_full_disk_is_told_with_what_became_of_the_file() {
        /// A disk of two bytes.
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let room = bytes.len().min(2 - self.0);
                self.0 += room;
                if room == 0 { Err(ErrorKind::StorageFull.into()) } else { Ok(room) }
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(ErrorKind::PermissionDenied.into())
            }
        }
        let mut file = OnDisk(Full(0));
        let full = file.write_all(b"123").unwrap_err();
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        let said = FileError::io(Path::new("a.png"), full).to_string();
        assert_eq!(said, "a.png: no room is left on the disk; a file of this name is as it was");
        assert_eq!(file.flush().unwrap_err().kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn orphans_are_swept_after_a_day() {
        let home = tempfile::tempdir().unwrap();
        let old = SystemTime::now() - Duration::from_hours(25);
        for (name, modified) in [
            (".proximity-old.part", old),
            (".proximity-new.part", SystemTime::now()),
            ("own.part", old),
            (".proximity-own", old),
        ] {
            File::create(home.path().join(name)).unwrap().set_modified(modified).unwrap();
        }
        write(&home.path().join("a"), b"").unwrap();
        assert_eq!(names(home.path()), [".proximity-new.part", ".proximity-own", "a", "own.part"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_modes_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("far")).unwrap();
        fs::write(at("far/target"), "old").unwrap();
        fs::set_permissions(at("far/target"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("far/target", at("link")).unwrap();
        symlink("link", at("link2")).unwrap();
        write(&at("link2"), b"new").unwrap();
        assert_eq!(fs::read(at("far/target")).unwrap(), b"new");
        assert_eq!(fs::metadata(at("far/target")).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(at("link2")).unwrap().is_symlink());
        symlink("far/not yet", at("dangling")).unwrap();
        write(&at("dangling"), b"made").unwrap();
        assert_eq!(fs::read(at("far/not yet")).unwrap(), b"made");
        symlink("circle", at("circle")).unwrap();
        assert!(write(&at("circle"), b"").unwrap_err().to_string().contains("leads nowhere"));
        replace(&at("link"), b"own").unwrap();
        assert!(fs::symlink_metadata(at("link")).unwrap().is_file());
        assert_eq!(fs::read(at("far/target")).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_of_a_name_of_the_programs_own_is_refused() {
        use std::os::unix::fs::FileTypeExt;
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let refused = replace(&pipe, b"").unwrap_err().to_string();
        assert!(refused.ends_with("is a pipe, not a file"), "{refused}");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt;
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read(pipe).unwrap())
        };
        write(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    }
}
