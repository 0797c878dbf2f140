//! The archives of an import, as one: the last that has an entry gives it.
//!
//! The order is the engine's (`FS_Startup`, `FS_AddGameDirectory` and `FS_PathCmp` in `files.c`): the base game `etmain`
//! comes before a mod's folder, in each the unpacked files come first, then the archives by their names in upper case, so
//! that `_` comes after every letter. Loose maps that were named themselves come last.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::is_loose_map;
use crate::files::{self, FileError};
use crate::gamefiles::pk3::{Pk3, Pk3Limits};
use crate::gamefiles::shader::command_map_pictures;
use crate::gamefiles::unpacked::UnpackedFolder;
use crate::map::MapName;
use crate::text::decode;

/// The base game's folder.
const BASE_GAME: &str = "etmain";
/// Archives within one archive that are opened.
const MOST_INNER: usize = 64;
/// Shader scripts that are searched for pictures of maps.
const MOST_SHADERS: usize = 4096;
/// The largest text entry that is read, bytes.
pub(crate) const TEXT: u64 = 1 << 20;
/// Maps in wrong places that are named for each archive.
const MOST_MISPLACED: usize = 16;

/// Where entries come from, each later kind before the earlier ones of the same game folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Unpacked,
    Archive,
    Loose,
}

enum Source {
    Archive(Pk3),
    /// A game folder or `.pk3dir`.
    Folder {
        folder: UnpackedFolder,
        /// The maps of it that are meant; `None` for all.
        only: Option<BTreeSet<String>>,
    },
    /// A `.bsp` that lies in no game folder, perhaps with its `.ent` beside it.
    Loose {
        path: PathBuf,
        map: MapName,
    },
}

/// The order of a source: base game or mod, kind, name in upper case, path.
type Place = (bool, Rank, String, PathBuf);

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
    all: Vec<Source>,
    limits: Pk3Limits,
    /// Pictures of command maps that shaders name, once they were asked for.
    shaders: Option<BTreeMap<String, String>>,
}

impl Sources {
    /// Open archives (`.pk3`, or `.zip` files that hold them), `.pk3dir` folders and loose maps; what cannot be opened is
    /// a fault and left out. Unpacked files of the game folders that these lie in are read as well.
    pub fn open<P: AsRef<Path>>(files: &[P], limits: Pk3Limits, faults: &mut Vec<String>) -> Self {
        let mut sources: Vec<(Place, Source)> = Vec::new();
        let mut folders: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        let files: BTreeSet<&Path> = files.iter().map(AsRef::as_ref).collect();
        for path in files {
            let home = parent(path);
            if is_loose_map(path) {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
                if home.file_name().is_some_and(|name| name.eq_ignore_ascii_case("maps")) {
                    folders.entry(parent(&home)).or_default().insert(stem);
                } else if let Some(map) = MapName::new(&stem) {
                    let source = Source::Loose { path: path.to_owned(), map };
                    sources.push((place(&home, Rank::Loose, path), source));
                } else {
                    faults.push(format!("{}: no name that a map can have", path.display()));
                }
            } else if path.is_dir() {
                let folder = unpacked(path, faults);
                sources.push((place(&home, Rank::Archive, path), Source::Folder { folder, only: None }));
            } else {
                folders.entry(home.clone()).or_default();
                match Pk3::open(path, limits) {
                    Ok(archive) => open_inner(archive, &home, &mut sources, faults),
                    Err(error) => faults.push(error.to_string()),
                }
            }
        }
        for (path, only) in folders {
            let folder = unpacked(&path, faults);
            if folder.names().next().is_some() {
                let source = Source::Folder { folder, only: Some(only) };
                sources.push((place(&path, Rank::Unpacked, &path), source));
            }
        }
        sources.sort_by(|a, b| a.0.cmp(&b.0));
        Self { all: sources.into_iter().map(|(_, source)| source).collect(), limits, shaders: None }
    }

    /// Every map, by name. A map that the game would not find is a fault, with the reason.
    pub fn maps(&self, faults: &mut Vec<String>) -> Vec<MapName> {
        let mut maps = Vec::new();
        for source in &self.all {
            let stems = |name: &str| Some(name.strip_prefix("maps/")?.strip_suffix(".bsp")?.to_owned());
            let (stems, file): (Vec<String>, _) = match source {
                Source::Loose { map, .. } => {
                    maps.push(map.clone());
                    continue;
                }
                Source::Archive(archive) => {
                    faults.extend(misplaced(archive));
                    (archive.names().filter_map(stems).collect(), archive.file_name())
                }
                Source::Folder { folder, only } => {
                    let is_meant = |stem: &String| only.as_ref().is_none_or(|only| only.contains(stem));
                    (folder.names().filter_map(stems).filter(is_meant).collect(), folder.file_name())
                }
            };
            for stem in stems {
                match MapName::new(&stem) {
                    Some(map) => maps.push(map),
                    None => {
                        faults.push(format!("{file}: entry maps/{stem}.bsp has no name that a map can have"));
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
        let mut names: Vec<String> = Vec::new();
        for source in &self.all {
            let mut take = |name: &str| names.extend(wanted(name).then(|| name.to_owned()));
            match source {
                Source::Archive(archive) => archive.names().for_each(&mut take),
                Source::Folder { folder, .. } => folder.names().for_each(&mut take),
                Source::Loose { .. } => {}
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// An entry from the last archive that has it; `None` if none has.
    ///
    /// # Errors
    /// What is wrong with it, naming the file and the entry.
    pub fn read(&mut self, name: &str, most: u64) -> Result<Option<Entry>, String> {
        let limits = self.limits;
        for source in self.all.iter_mut().rev() {
            let (bytes, file) = match source {
                Source::Archive(archive) => {
                    (archive.read(name, most).map_err(|error| error.to_string()), archive.file_name())
                }
                Source::Folder { folder, .. } => {
                    let bytes = folder.read(name, most.min(limits.entry_bytes));
                    (bytes.map_err(|error| error.to_string()), folder.file_name())
                }
                Source::Loose { path, map } => {
                    let path = match name.strip_prefix("maps/").and_then(|name| name.rsplit_once('.')) {
                        Some((stem, "bsp")) if stem == map.as_str() => path.clone(),
                        Some((stem, "ent")) if stem == map.as_str() => path.with_extension("ent"),
                        _ => continue,
                    };
                    let bytes = match files::read(&path, most.min(limits.entry_bytes)) {
                        Err(error) if error.is_absent() => Ok(None),
                        read => read.map(Some).map_err(|error| error.to_string()),
                    };
                    (bytes, path.file_name().unwrap_or_default().to_string_lossy().into_owned())
                }
            };
            if let Some(bytes) = bytes? {
                return Ok(Some(Entry { bytes, name: name.to_owned(), file }));
            }
        }
        Ok(None)
    }

    /// The picture that a shader of a command map draws, as `levelshots/supply_cc_trans`.
    pub fn shader_picture(&mut self, shader: &str) -> Option<String> {
        if self.shaders.is_none() {
            let scripts = self.names(|name| {
                name.strip_prefix("scripts/").is_some_and(|name| name.strip_suffix(".shader").is_some())
            });
            let mut shaders = BTreeMap::new();
            for script in scripts.into_iter().take(MOST_SHADERS) {
                // A script that cannot be read names no picture; a map without one is drawn from its geometry.
                if let Ok(Some(entry)) = self.read(&script, TEXT) {
                    shaders.extend(command_map_pictures(&decode(&entry.bytes).0));
                }
            }
            self.shaders = Some(shaders);
        }
        self.shaders.as_ref()?.get(shader).cloned()
    }
}

/// An archive, or the archives in it.
fn open_inner(mut archive: Pk3, home: &Path, sources: &mut Vec<(Place, Source)>, faults: &mut Vec<String>) {
    faults.extend_from_slice(archive.refused());
    let inner: Vec<String> =
        archive.names().filter(|name| name.strip_suffix(".pk3").is_some()).map(str::to_owned).collect();
    if inner.len() > MOST_INNER {
        let (path, more) = (archive.path().display(), inner.len() - MOST_INNER);
        faults.push(format!("{path}: {more} of the archives in it are not read, at most {MOST_INNER} are"));
    }
    for name in inner.into_iter().take(MOST_INNER) {
        match archive.inner(&name) {
            Ok(Some(inner)) => {
                faults.extend_from_slice(inner.refused());
                sources.push((place(home, Rank::Archive, inner.path()), Source::Archive(inner)));
            }
            Ok(None) => {}
            Err(error) => faults.push(error.to_string()),
        }
    }
    sources.push((place(home, Rank::Archive, archive.path()), Source::Archive(archive)));
}

/// Maps of an archive that lie where the game does not look.
fn misplaced(archive: &Pk3) -> Vec<String> {
    let fault = |name: &str| {
        let (_, file) = name.strip_suffix(".bsp")?.rsplit_once("/maps/")?;
        let path = archive.path().display();
        Some(format!(
            "{path}: {name} lies too deep: the game looks for it at maps/{file}.bsp and does not find it"
        ))
    };
    archive.names().filter_map(fault).take(MOST_MISPLACED).collect()
}

fn unpacked(path: &Path, faults: &mut Vec<String>) -> UnpackedFolder {
    let mut found: Vec<FileError> = Vec::new();
    let folder = UnpackedFolder::open(path, &mut found);
    faults.extend(found.iter().map(ToString::to_string));
    folder
}

/// The folder that something lies in.
fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Where a source comes in the order. `home` is the game folder that it belongs to.
fn place(home: &Path, rank: Rank, path: &Path) -> Place {
    let full = home.canonicalize().unwrap_or_else(|_| home.to_owned());
    let is_mod = !full.iter().any(|part| part.eq_ignore_ascii_case(BASE_GAME));
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
    (is_mod, rank, name, path.to_owned())
}
