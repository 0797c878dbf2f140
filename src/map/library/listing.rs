//! What a maps folder holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::error::LibraryError;
use crate::files;
use crate::map::atlas::Atlas;
use crate::map::description;
use crate::map::name::MapName;
use crate::map::picture::Picture;
use crate::text::decode;

/// Endings of pictures in the order in which the engine looks for them.
pub(crate) const ENDINGS: [&str; 4] = ["png", "tga", "jpg", "jpeg"];
/// More entries than this in one folder are not looked at.
const MOST_ENTRIES: usize = 65_536;

/// What a maps folder holds: lower-case names of plain files and their paths, listed once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folder {
    pub files: BTreeMap<String, PathBuf>,
    pub levelshots: BTreeMap<String, PathBuf>,
    pub atlas: Atlas,
}

impl Folder {
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        let failed = |source| LibraryError::Folder { path: path.to_owned(), source };
        let home = fs::canonicalize(path).map_err(failed)?;
        let files = list(&home, &home).map_err(failed)?;
        // A folder without levelshots is usual; one that cannot be read holds nothing for us.
        let levelshots = list(&home.join("levelshots"), &home).unwrap_or_default();
        let atlas = match files.get("atlas.toml") {
            Some(path) => Atlas::parse(&read_text(path)?)
                .map_err(|source| LibraryError::Atlas { path: path.clone(), source })?,
            None => Atlas::default(),
        };
        Ok(Self { files, levelshots, atlas })
    }

    /// A picture that a description names. Only plain files of this folder have a name here, so nothing outside can
    /// be meant.
    pub fn named(&self, file: &str) -> Option<Picture> {
        self.files.get(&file.to_ascii_lowercase()).map(Picture::file)
    }

    /// The maps that have a description or a picture here.
    pub fn names(&self) -> BTreeSet<String> {
        let described = self.files.keys().filter_map(|file| file.strip_suffix(".toml"));
        let described: BTreeSet<&str> = described.filter(|name| *name != "atlas").collect();
        let pictured = |file: &str| {
            let (stem, ending) = file.rsplit_once('.')?;
            ENDINGS.contains(&ending).then(|| stem.to_owned())
        };
        // `<map>_cc`; `<map>_0_cc` is a layer of `<map>`.
        let command_map = |stem: &str| {
            let map = stem.strip_suffix("_cc")?;
            let is_layer = map.rsplit_once('_').is_some_and(|(_, number)| number.parse::<u8>().is_ok());
            (!is_layer).then(|| map.to_owned())
        };
        // `<map>_overview` and `<map>_0` belong to a described `<map>`.
        let is_part = |stem: &str| {
            stem.rsplit_once('_').is_some_and(|(map, part)| {
                described.contains(map) && (part == "overview" || part.parse::<u8>().is_ok())
            })
        };
        let here = self.files.keys().filter_map(|file| pictured(file)).filter_map(|stem| {
            if stem.ends_with("_cc") { command_map(&stem) } else { (!is_part(&stem)).then_some(stem) }
        });
        let shots = self.levelshots.keys().filter_map(|file| command_map(&pictured(file)?));
        let names = described.iter().map(|name| (*name).to_owned());
        names
            .chain(here)
            .chain(shots)
            .filter_map(|stem| Some(MapName::of_file_stem(&stem)?.to_string()))
            .collect()
    }
}

/// The plain files of a folder by lower-case name. A link counts as what it points to, if that lies under `home`.
fn list(folder: &Path, home: &Path) -> std::io::Result<BTreeMap<String, PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)?.take(MOST_ENTRIES) {
        paths.push(entry?.path());
    }
    paths.sort();
    let mut files = BTreeMap::new();
    for path in paths {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Ok(real) = fs::canonicalize(&path) else { continue };
        if real.starts_with(home) && real.is_file() {
            files.entry(name.to_ascii_lowercase()).or_insert(real);
        }
    }
    Ok(files)
}

/// A small text file, its size limited.
pub(crate) fn read_text(path: &Path) -> Result<String, LibraryError> {
    Ok(decode(&files::read(path, description::LARGEST)?).0.into_owned())
}
