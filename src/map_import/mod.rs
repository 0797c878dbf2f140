//! From the game's archives to a maps folder: `proximity maps import etmain/*.pk3`.
//!
//! Of several archives the later one in the engine's order wins, entry by entry; unpacked folders count as archives. Each
//! `maps/<map>.bsp`
//! gives `<map>.toml` (corners, layers, labels, spawn spots, and where each came from), `<map>.png` (the game's own
//! command map, or else a drawing of the geometry) and, beside a command map, `<map>_overview.png`.
//!
//! Importing again changes nothing. What a person has edited stays: the last line of a description holds the hashes
//! of what was written, and a file that no longer fits them is not touched.
//!
//! ```
//! use std::fs;
//!
//! use proximity::map_import::{ImportOptions, import};
//!
//! # let home = tempfile::tempdir()?;
//! # let (archive, maps) = (home.path().join("pak0.pk3"), home.path().join("maps"));
//! fs::write(&archive, "no archive at all")?;
//! let report = import(&[&archive], &maps, &ImportOptions::default(), |nth, of, map| {
//!     println!("{nth}/{of} {}: {:?}", map.name, map.outcome);
//! })?;
//! assert!(report.maps.is_empty());
//! assert!(report.faults[0].contains("pak0.pk3: not a readable pk3"), "a fault costs its archive, and is told");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod gather;
pub(crate) mod seal;
pub(crate) mod sources;

use std::path::Path;

use crate::files::FileError;
use crate::gamefiles::pk3::Pk3Limits;
use crate::map::Extent;
use crate::map::MapName;
use crate::map::library::folder::{MapFile, MapsFolder};

use gather::Gathered;
use seal::Seal;
use sources::Sources;

/// How maps are imported.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOptions {
    /// The longer side of drawn overviews, pixels. Default: 1024.
    pub overview_pixels: u32,
    /// What happens to files that a person has edited. Default: they stay.
    pub edited: Edited,
    /// Import only these maps. Default: all.
    pub only: Option<Vec<MapName>>,
    /// How much is read from an archive. Default: see [`Pk3Limits`].
    pub limits: Pk3Limits,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { overview_pixels: 1024, edited: Edited::Keep, only: None, limits: Pk3Limits::default() }
    }
}

/// What happens to files in the maps folder that a person has edited or put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// They stay as they are.
    Keep,
    /// They are replaced.
    Replace,
}

/// What an import did.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// Every map that was found and could be read, by name.
    pub maps: Vec<ImportedMap>,
    /// What could not be read: an archive, or a map in one. Each names the file and what is wrong in it.
    pub faults: Vec<String>,
}

/// One imported map.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedMap {
    /// Its name.
    pub name: String,
    /// What became of its files.
    pub outcome: ImportOutcome,
    /// Its extent; `None` if neither corners nor geometry tell it.
    pub extent: Option<Extent>,
    /// What its picture is, for people; `None` without one.
    pub picture: Option<String>,
    /// How many layers, labels and spawn spots it has.
    pub counts: [usize; 3],
    /// What is odd about it.
    pub warnings: Vec<String>,
}

/// What became of a map's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The map was not there before.
    New,
    /// It was there, and something of it changed.
    Updated,
    /// Everything was there already.
    Unchanged,
    /// A person has edited its description: nothing was touched.
    Kept,
}

/// Import every map of some archives (or loose `.bsp` files) into `folder`, which is made if it is not there.
/// `each` is told of every map as it is done: which one in order it is, of how many, and what became of it.
///
/// # Errors
/// [`FileError`] if the folder cannot be read or written. Everything that is wrong with the archives is in the
/// report instead, and does not keep other maps from being imported.
pub fn import<P: AsRef<Path>>(
    files: &[P],
    folder: &Path,
    options: &ImportOptions,
    mut each: impl FnMut(usize, usize, &ImportedMap),
) -> Result<ImportReport, FileError> {
    let mut report = ImportReport::default();
    let mut folder = MapsFolder::open(folder)?;
    let mut sources = Sources::open(files, options.limits, &mut report.faults);
    let mut maps = sources.maps(&mut report.faults);
    maps.retain(|map| options.only.as_ref().is_none_or(|only| only.contains(map)));
    let of = maps.len();
    for (before, map) in maps.into_iter().enumerate() {
        match Gathered::of(&map, &mut sources, options) {
            Ok(gathered) => {
                let imported = save(&map, gathered, &mut folder, options.edited)?;
                each(before + 1, of, &imported);
                report.maps.push(imported);
            }
            Err(fault) => report.faults.push(fault),
        }
    }
    Ok(report)
}

/// Write what was gathered about a map, as far as it differs from what is there.
fn save(
    map: &MapName,
    mut gathered: Gathered,
    folder: &mut MapsFolder,
    edited: Edited,
) -> Result<ImportedMap, FileError> {
    let described = MapFile::of(map, "toml");
    let before = folder.read(&described)?;
    let seal = before.as_deref().map(Seal::read).unwrap_or_default();
    let mut outcome = if before.is_some() { ImportOutcome::Unchanged } else { ImportOutcome::New };
    if before.is_some() && !seal.is_whole() && edited == Edited::Keep {
        outcome = ImportOutcome::Kept;
    } else {
        for (file, bytes) in &gathered.pictures {
            let there = folder.read(file)?;
            if there.as_ref() == Some(bytes) {
                continue;
            }
            let is_ours = there.as_deref().is_none_or(|there| seal.holds(file.as_str(), there));
            if !is_ours && edited == Edited::Keep {
                let warning = format!("{} was not made by an import and stays", file.as_str());
                gathered.warnings.push(warning);
                continue;
            }
            folder.write(file, bytes)?;
            if outcome == ImportOutcome::Unchanged {
                outcome = ImportOutcome::Updated;
            }
        }
        let text = Seal::of(&gathered.description.to_toml(), &gathered.pictures);
        if before.as_deref() != Some(text.as_bytes()) {
            folder.write(&described, text.as_bytes())?;
            if outcome == ImportOutcome::Unchanged {
                outcome = ImportOutcome::Updated;
            }
        }
    }
    let Gathered { description, extent, warnings, .. } = gathered;
    let counts = [description.layers.len(), description.labels.len(), description.spawns.len()];
    let picture = description.picture.and_then(|picture| picture.from);
    Ok(ImportedMap { name: map.to_string(), outcome, extent, picture, counts, warnings })
}

/// The file of a loose map: `<map>.bsp`.
fn is_loose_map(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("bsp"))
}
