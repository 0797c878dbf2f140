//! The archives of an import, as one: the last that has an entry gives it.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{file_name, in_order, is_loose_map};
use crate::gamefiles::pk3::{Pk3, Pk3Limits};
use crate::map::MapName;

/// Where entries come from.
enum Source {
    Archive(Pk3),
    /// A `.bsp` that lies in a folder, perhaps with its `.ent` beside it.
    Loose {
        path: PathBuf,
        map: MapName,
    },
}

/// An entry that was found.
pub(crate) struct Entry {
    pub bytes: Vec<u8>,
    /// Its name.
    pub name: String,
    /// The file it was in.
    pub file: String,
}

/// All archives of an import.
pub(crate) struct Sources {
    sources: Vec<Source>,
    limits: Pk3Limits,
}

impl Sources {
    /// Open archives; what cannot be opened is a fault and left out.
    pub fn open<P: AsRef<Path>>(files: &[P], limits: Pk3Limits, faults: &mut Vec<String>) -> Self {
        let mut sources = Vec::new();
        for path in in_order(files) {
            if is_loose_map(&path) {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                match MapName::new(&stem) {
                    Some(map) => sources.push(Source::Loose { path, map }),
                    None => faults.push(format!("{}: no name that a map can have", path.display())),
                }
            } else {
                match Pk3::open(&path, limits) {
                    Ok(archive) => {
                        faults.extend_from_slice(archive.refused());
                        sources.push(Source::Archive(archive));
                    }
                    Err(error) => faults.push(error.to_string()),
                }
            }
        }
        Self { sources, limits }
    }

    /// Every map, by name.
    pub fn maps(&self, faults: &mut Vec<String>) -> Vec<MapName> {
        let mut maps = Vec::new();
        for source in &self.sources {
            match source {
                Source::Loose { map, .. } => maps.push(map.clone()),
                Source::Archive(archive) => {
                    let stems = archive.names().filter_map(|name| name.strip_prefix("maps/"));
                    for stem in stems.filter_map(|name| name.strip_suffix(".bsp")) {
                        match MapName::new(stem) {
                            Some(map) => maps.push(map),
                            None => faults.push(format!(
                                "{}: entry maps/{stem}.bsp has no name that a map can have",
                                archive.file_name()
                            )),
                        }
                    }
                }
            }
        }
        maps.sort();
        maps.dedup();
        maps
    }

    /// Names of all entries that `wanted` takes, in order and each once.
    pub fn names(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let archives = self.sources.iter().filter_map(|source| match source {
            Source::Archive(archive) => Some(archive),
            Source::Loose { .. } => None,
        });
        let mut names: Vec<String> =
            archives.flat_map(Pk3::names).filter(|name| wanted(name)).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    }

    /// An entry from the last archive that has it; `None` if none has.
    ///
    /// # Errors
    /// What is wrong with it, naming the file and the entry.
    pub fn read(&mut self, name: &str, most: u64) -> Result<Option<Entry>, String> {
        for source in self.sources.iter_mut().rev() {
            let found = match source {
                Source::Archive(archive) => {
                    let bytes = archive.read(name, most).map_err(|error| error.to_string())?;
                    bytes.map(|bytes| (bytes, archive.file_name()))
                }
                Source::Loose { path, map } => {
                    let path = match name.strip_prefix("maps/").and_then(|name| name.rsplit_once('.')) {
                        Some((stem, "bsp")) if stem == map.as_str() => Some(path.clone()),
                        Some((stem, "ent")) if stem == map.as_str() => Some(path.with_extension("ent")),
                        _ => None,
                    };
                    let path = path.filter(|path| path.is_file());
                    path.map(|path| read_loose(&path, most.min(self.limits.entry_bytes))).transpose()?
                }
            };
            if let Some((bytes, file)) = found {
                return Ok(Some(Entry { bytes, name: name.to_owned(), file }));
            }
        }
        Ok(None)
    }
}

fn read_loose(path: &Path, most: u64) -> Result<(Vec<u8>, String), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(failed)?.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(format!("{}: larger than {most} bytes", path.display()));
    }
    Ok((bytes, file_name(path)))
}
