//! Where results go: a file, written whole or not at all, or stdout.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::console::Console;
use crate::text::visible;

/// Where `--out` points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `-`
    Stdout,
    /// A path.
    File(PathBuf),
}

impl From<&str> for Target {
    fn from(text: &str) -> Self {
        if text == "-" { Self::Stdout } else { Self::File(text.into()) }
    }
}

impl Target {
    /// Writes `bytes`; a file appears under its name only when it is whole.
    pub(crate) fn write(&self, bytes: &[u8], console: &mut Console) -> Result<()> {
        match self {
            Self::Stdout => console.write(bytes),
            Self::File(path) => write_file(path, bytes),
        }
    }

    /// Says in a line what was made; to stderr when the result itself went to stdout.
    pub(crate) fn summary(&self, line: &str, console: &mut Console) -> Result<()> {
        match self {
            Self::File(_) => console.say(&visible(line)),
            Self::Stdout => {
                console.complain(line);
                Ok(())
            }
        }
    }

    /// The same as JSON.
    pub(crate) fn report(&self, value: &serde_json::Value, console: &mut Console) -> Result<()> {
        match self {
            Self::File(_) => console.json(value),
            Self::Stdout => {
                console.complain(&value.to_string());
                Ok(())
            }
        }
    }

    /// The ending of the file's name in lower case, if it has one.
    pub(crate) fn extension(&self) -> Option<String> {
        match self {
            Self::Stdout => None,
            Self::File(path) => path.extension().map(|e| e.to_string_lossy().to_lowercase()),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Writes a file that is in memory; a reader never sees half of it.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    stream_file(path, |out| Ok(out.write_all(bytes)?))
}

/// Writes a file as it comes, under a temporary name beside its own, then renames it: a reader never sees half of it.
pub(crate) fn stream_file<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T>,
) -> Result<T> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if path.is_dir() {
        bail!("{} is a folder; name a file in it", path.display());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let name = path.file_name().with_context(|| format!("{} is not a file name", path.display()))?;
    let mut temporary = name.to_os_string();
    temporary.push(format!(".{}.part", std::process::id()));
    let temporary = folder.join(temporary);
    let attempt = || -> Result<T> {
        let mut out = BufWriter::new(File::create(&temporary)?);
        let made = write(&mut out)?;
        out.flush()?;
        fs::rename(&temporary, path)?;
        Ok(made)
    };
    let made = attempt();
    if made.is_err() {
        // The half-written file is ours alone; failing to remove it must not hide the first error.
        let _ = fs::remove_file(&temporary);
    }
    made.with_context(|| format!("cannot write {}", path.display()))
}
