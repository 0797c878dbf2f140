//! Where results go: a file, written whole or not at all, or stdout.

use std::path::PathBuf;

use anyhow::Result;

use super::console::Console;
use crate::files;
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
    /// Writes `bytes`; see [`files::write`].
    pub(crate) fn write(&self, bytes: &[u8], console: &mut Console) -> Result<()> {
        match self {
            Self::Stdout => console.write(bytes),
            Self::File(path) => Ok(files::write(path, bytes)?),
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
