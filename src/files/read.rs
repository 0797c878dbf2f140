//! Reading regular files, never more than is allowed.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
#[cfg(feature = "lake")]
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::SystemTime;

use super::{FileError, identity};

/// Bytes that are hashed at once.
#[cfg(feature = "lake")]
const HASHED_AT_ONCE: usize = 1 << 16;

/// By what a file that was seen is known again: if all of it is equal, the content is taken to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes.
    pub length: u64,
    /// When it was written; `None` where the system does not tell.
    pub modified: Option<SystemTime>,
    /// Device and number; `None` where the system has none.
    pub identity: Option<(u64, u64)>,
}

impl Stamp {
    /// The stamp of a file, links followed.
    ///
    /// # Errors
    /// [`FileError`] if it is not there, or no regular file.
    pub fn of(path: &Path) -> Result<Self, FileError> {
        let about = fs::metadata(path).map_err(|cause| FileError::io(path, cause))?;
        if about.is_file() {
            Ok(Self::new(&about))
        } else {
            Err(FileError::not_regular(path, about.file_type()))
        }
    }

    fn new(about: &Metadata) -> Self {
        Self { length: about.len(), modified: about.modified().ok(), identity: identity(about) }
    }
}

/// The CRC-32 of a file.
///
/// # Errors
/// It cannot be read.
#[cfg(feature = "lake")]
pub(crate) fn crc32(path: &Path) -> Result<u32, FileError> {
    let failed = |cause| FileError::io(path, cause);
    let mut file = BufReader::with_capacity(HASHED_AT_ONCE, open(path)?);
    let mut hash = crc32fast::Hasher::new();
    loop {
        let bytes = file.fill_buf().map_err(failed)?;
        if bytes.is_empty() {
            return Ok(hash.finalize());
        }
        hash.update(bytes);
        let read = bytes.len();
        file.consume(read);
    }
}

/// Open a regular file for reading.
///
/// # Errors
/// [`FileError`]: it is not there, may not be read, or is a folder, pipe, socket or device.
pub fn open(path: &Path) -> Result<File, FileError> {
    // Opening a device can already do something, so it is asked what it is first.
    Stamp::of(path)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // If a pipe has taken the file's place since, opening it does not wait for a writer.
        options.custom_flags(libc::O_NONBLOCK);
    }
    let file = options.open(path).map_err(|cause| FileError::io(path, cause))?;
    let about = file.metadata().map_err(|cause| FileError::io(path, cause))?;
    if about.is_file() { Ok(file) } else { Err(FileError::not_regular(path, about.file_type())) }
}

/// The bytes of a regular file, at most `most` of them.
///
/// # Errors
/// [`FileError`]: as [`open`]; it is larger, or it changed meanwhile.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let failed = |cause| FileError::io(path, cause);
    let file = open(path)?;
    let before = Stamp::new(&file.metadata().map_err(failed)?);
    let too_large = || FileError::TooLarge { path: path.to_owned(), most };
    if before.length > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(before.length as usize);
    // One byte more than allowed shows that there is more, whatever the system says of its length.
    (&file).take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    let after = Stamp::new(&file.metadata().map_err(failed)?);
    if before != after || (before.length > 0 && bytes.len() as u64 != before.length) {
        return Err(FileError::Changed { path: path.to_owned() });
    }
    Ok(bytes)
}

/// The text of a small regular file: a configuration, a list, a description.
///
/// # Errors
/// As [`read`], or it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String, FileError> {
    String::from_utf8(read(path, most)?)
        .map_err(|error| FileError::io(path, io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(
            read(&path, 4).unwrap_err().to_string(),
            format!("{} is larger than 4 bytes", path.display())
        );
        assert!(read(&home.path().join("b"), 5).unwrap_err().is_absent());
        let folder = read(home.path(), 5).unwrap_err().to_string();
        assert!(folder.ends_with("is a folder, not a file"), "{folder}");
        let before = Stamp::of(&path).unwrap();
        fs::write(&path, "123456").unwrap();
        assert_ne!(Stamp::of(&path).unwrap(), before);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_sockets_and_devices_are_refused_without_waiting() {
        let home = tempfile::tempdir().unwrap();
        let (pipe, socket, link) = (home.path().join("p"), home.path().join("s"), home.path().join("l"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for (path, kind) in [(&pipe, "a pipe"), (&socket, "a socket"), (&link, "a device")] {
            let said = read(path, 10).unwrap_err().to_string();
            assert_eq!(said, format!("{} is {kind}, not a file", path.display()));
        }
    }
}
