//! Where a lake lies: in a folder of this machine, or elsewhere, with a folder that stands for it here.

use std::fmt::Debug;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::error::{LakeError, Result};
use super::manifest::{self, Manifest};
use crate::files::{self, FileError};

/// How long a file stays here after it was written, even if it is no part of the lake.
const KEPT_FOR: Duration = Duration::from_hours(1);

/// Where a lake lies. A path is the lake's folder.
#[derive(Debug, Clone)]
pub struct Place {
    folder: PathBuf,
    source: Option<Arc<dyn Source>>,
}

/// A lake that lies elsewhere, in a bucket of S3 for one. All files are named as in the lake's folder, `players/v=1/….parquet`.
///
/// No file ever changes under its name, but for `_lake.json`, which is replaced only by who has read it as it is: so all
/// programs that change a lake at once do so one after the other, and whoever reads it sees whole changes.
pub trait Source: Debug + Send + Sync {
    /// Its address, as messages tell it.
    fn address(&self) -> &str;

    /// `_lake.json` as it is now; `None` where there is no lake.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    fn manifest(&self) -> io::Result<Option<Snapshot>>;

    /// Puts another `_lake.json` in the place of the one with this tag, or of none. Gives whether that one was still there.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    fn replace_manifest(&self, text: &str, tag: Option<&str>) -> io::Result<bool>;

    /// Copies a file into `out`.
    ///
    /// # Errors
    /// There is no such file, or it cannot be reached.
    fn fetch(&self, file: &Path, out: &mut (dyn Write + Send)) -> io::Result<()>;

    /// Writes a file, whole or not at all.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    fn send(&self, file: &Path, from: &Path) -> io::Result<()>;

    /// The files in a folder and in the folders within.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    fn files(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    fn remove(&self, file: &Path) -> io::Result<()>;
}

/// `_lake.json` at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its text.
    pub text: String,
    /// What tells this state of it from every other one.
    pub tag: String,
}

impl From<PathBuf> for Place {
    fn from(folder: PathBuf) -> Self {
        Self { folder, source: None }
    }
}

impl From<&PathBuf> for Place {
    fn from(folder: &PathBuf) -> Self {
        folder.clone().into()
    }
}

impl From<&Path> for Place {
    fn from(folder: &Path) -> Self {
        folder.to_owned().into()
    }
}

impl From<&Self> for Place {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}

impl Place {
    /// A lake that lies elsewhere. `folder` keeps the files that were read, and may keep those of earlier times.
    pub fn elsewhere(source: Arc<dyn Source>, folder: PathBuf) -> Self {
        Self { folder, source: Some(source) }
    }

    /// The folder that holds the lake, or stands for it here.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the lake lies elsewhere.
    pub fn is_elsewhere(&self) -> bool {
        self.source.is_some()
    }

    #[cfg(feature = "cluster")]
    pub(super) fn source(&self) -> Option<&Arc<dyn Source>> {
        self.source.as_ref()
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> PathBuf {
        self.source.as_ref().map_or_else(|| self.folder.clone(), |source| source.address().into())
    }

    /// Makes an empty lake.
    pub(super) fn init(&self, secret: String) -> Result<()> {
        let Some(source) = &self.source else { return manifest::init(&self.folder, secret) };
        let failed = |source| LakeError::Io { path: self.name(), source };
        let is_new = source.replace_manifest(&Manifest::new(secret).seal(), None).map_err(failed)?;
        if is_new { Ok(()) } else { Err(LakeError::AlreadyThere(self.name())) }
    }

    /// The manifest, and what tells this state of it from another one where the lake lies elsewhere.
    pub(super) fn manifest(&self) -> Result<(Manifest, Option<String>)> {
        let Some(source) = &self.source else { return Ok((Manifest::read(&self.folder)?, None)) };
        match source.manifest() {
            Ok(Some(snapshot)) => Ok((Manifest::parse(&snapshot.text, &self.name())?, Some(snapshot.tag))),
            Ok(None) => Err(LakeError::NotThere(self.name())),
            Err(error) => Err(LakeError::Io { path: self.name(), source: error }),
        }
    }

    /// Removes what is kept here of a lake that lies elsewhere and is no part of it any more. What was written a moment ago may be
    /// another program's that is about to make it part of the lake.
    pub(super) fn tidy(&self, manifest: &Manifest) {
        let is_old = |path: &Path| {
            let written = fs::metadata(path).and_then(|about| about.modified());
            written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > KEPT_FOR))
        };
        if self.is_elsewhere() {
            for path in manifest.orphans(&self.folder).iter().filter(|path| is_old(path)) {
                // Another program may have been faster, and the next look tries again.
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Brings a file of the folder here, if the lake lies elsewhere and it is not here yet.
    pub(super) fn bring(&self, path: &Path) -> Result<()> {
        let Some(source) = &self.source else { return Ok(()) };
        if path.exists() {
            return Ok(());
        }
        let file = self.within(path);
        let made = files::write_with(path, |out| source.fetch(file, out).map_err(Brought::Not));
        made.map_err(|error| match error {
            Brought::Not(error) => LakeError::Io { path: self.name().join(file), source: error },
            Brought::Unwritten(error) => error.into(),
        })
    }

    /// A path in the folder as the lake names it.
    pub(super) fn within<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.folder).unwrap_or(path)
    }

    /// What names of new files are mixed with. Writers elsewhere know nothing of each other and may begin at the same state:
    /// what they write must not have the same name.
    pub(super) fn salt(&self) -> Vec<u8> {
        match self.source {
            Some(_) => RandomState::new().hash_one(std::process::id()).to_le_bytes().to_vec(),
            None => Vec::new(),
        }
    }

    /// Makes what a change wrote the lake's, where it lies elsewhere: files first, `_lake.json` then; what it does not name is
    /// removed last.
    pub(super) fn publish(&self, before: &Manifest, tag: Option<&str>, next: &mut Manifest) -> Result<()> {
        let Some(source) = &self.source else { return Ok(()) };
        let failed = |file: &Path| {
            let path = self.name().join(file);
            move |source| LakeError::Io { path, source }
        };
        // Of what others write from now on nothing is removed.
        let mut there = Vec::new();
        for table in super::schema::TABLES {
            there.extend(source.files(Path::new(table)).map_err(failed(Path::new(table)))?);
        }
        let old = before.paths(&self.folder);
        let mut new = next.paths(&self.folder);
        new.retain(|path| !old.contains(path));
        for path in &new {
            let file = self.within(path);
            source.send(file, path).map_err(failed(file))?;
        }
        let text = next.seal();
        if !source.replace_manifest(&text, tag).map_err(failed(Path::new("_lake.json")))? {
            // What another program has just removed must not come back in a file that is left.
            for file in new.iter().map(|path| self.within(path)) {
                source.remove(file).map_err(failed(file))?;
            }
            return Err(LakeError::Changed(self.name()));
        }
        let live = next.paths(Path::new(""));
        for file in there.iter().filter(|file| is_table(file) && !live.contains(file)) {
            source.remove(file).map_err(failed(file))?;
            let here = self.folder.join(file);
            if here.exists() {
                fs::remove_file(&here).map_err(|source| LakeError::Io { path: here, source })?;
            }
        }
        Ok(())
    }
}

/// Whether a file is a table's by its name: others that lie beside them are not ours.
fn is_table(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "parquet")
}

enum Brought {
    Not(io::Error),
    Unwritten(FileError),
}

impl From<FileError> for Brought {
    fn from(error: FileError) -> Self {
        Self::Unwritten(error)
    }
}
