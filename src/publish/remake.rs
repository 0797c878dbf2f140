//! Published folders after the names in their store have changed: those made from it are made anew, as they were made, and
//! what still holds an old name is found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::batch::{Batch, batch};
use super::folder::{self, Keep, LIST, List, Made, Options};
use super::origin::Origin;
use super::sessions::KnownFiles;
use crate::error::Error;
use crate::figure::request::RECIPE;
use crate::files::{self, Kind, SearchLimits};
use crate::progress::Progress;
use crate::raster::encode::read_text;
use crate::rounds::{Maps, Rounds};
use crate::store::DatabaseUrl;
use crate::text;

type Result<T> = std::result::Result<T, Error>;

/// Larger files are not looked through, bytes.
const MOST_BYTES: u64 = 1 << 30;
/// Shorter names stand in too many texts by chance, bytes.
const SHORTEST_NAME: usize = 3;

/// What became of published folders.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Remade {
    /// Folders that were looked at.
    pub folders: usize,
    /// Files that had to be made anew.
    pub drawn: usize,
    /// What still holds an old name or could not be looked at, a line each.
    pub left: Vec<String>,
}

/// Brings every published folder at or below `top` up to date that was made from this store, as it was made, and looks
/// through all files there for the old guids and names.
///
/// # Errors
/// A store that cannot be read.
pub fn remake(
    top: &Path,
    url: &DatabaseUrl,
    old: &[(String, String)],
    maps: &Maps,
    progress: &dyn Progress,
) -> Result<Remade> {
    let mut remade = Remade::default();
    let everything = files::search(top, &SearchLimits::default(), |_, kind| kind == Kind::File);
    remade.left.extend(everything.faults.iter().map(ToString::to_string));
    let is_list = |path: &&PathBuf| path.file_name().is_some_and(|name| name == LIST);
    let rounds = Rounds::store(url.clone())?;
    let mut known = KnownFiles::default();
    // Sessions that a list links to are made with their list, which has players' names, too.
    let mut lists: BTreeMap<PathBuf, Origin> = BTreeMap::new();
    for list in everything.paths.iter().filter(is_list) {
        let Some(folder) = list.parent() else { continue };
        remade.folders += 1;
        // What was made of files keeps its names, and is looked through like anything else.
        let Some(origin) = List::load(folder).origin.filter(|origin| origin.is_of(url)) else { continue };
        if let Some(above) = folder.parent().filter(|_| origin.is_listed) {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            lists.entry(above.to_owned()).or_insert_with(|| origin.of_list(&name));
        } else {
            let made = one(folder, &origin, &rounds, url, maps, &mut known, progress);
            remade.note(folder, made.map(|made| made.drawn));
        }
    }
    for (folder, origin) in lists {
        let (drawn, complaints) = match all(&folder, &origin, &rounds, url, maps, progress) {
            Ok(batch) => (Ok(batch.made.iter().map(|made| made.drawn).sum()), batch.complaints),
            Err(error) => (Err(error), Vec::new()),
        };
        remade.left.extend(complaints);
        remade.note(&folder, drawn);
    }
    let needles = Needles::new(old);
    let there = files::search(top, &SearchLimits::default(), |_, kind| kind == Kind::File);
    for path in there.paths {
        match needles.within(&path) {
            Ok(false) => {}
            Ok(true) => remade.left.push(format!("{} holds an old name or guid", path.display())),
            Err(error) => remade.left.push(error.to_string()),
        }
    }
    Ok(remade)
}

impl Remade {
    fn note(&mut self, folder: &Path, drawn: Result<usize>) {
        match drawn {
            Ok(drawn) => self.drawn += drawn,
            Err(error) => self.left.push(format!("{}: {}", folder.display(), text::with_causes(&error))),
        }
    }
}

/// Brings one session's folder up to date.
fn one(
    out: &Path,
    origin: &Origin,
    rounds: &Rounds,
    url: &DatabaseUrl,
    maps: &Maps,
    known: &mut KnownFiles,
    progress: &dyn Progress,
) -> Result<Made> {
    let mut rounds = rounds.clone();
    rounds.choose(&origin.filter)?;
    folder::make(&rounds, out, &options(origin, url, maps), known, "drawing", progress)
}

/// Brings all sessions of a folder up to date, and their list.
fn all(
    out: &Path,
    origin: &Origin,
    rounds: &Rounds,
    url: &DatabaseUrl,
    maps: &Maps,
    progress: &dyn Progress,
) -> Result<Batch> {
    let mut rounds = rounds.clone();
    rounds.choose(&origin.filter)?;
    batch(&rounds, out, &options(origin, url, maps), |_| false, progress)
}

/// The options that a folder was made with.
fn options<'a>(origin: &'a Origin, url: &DatabaseUrl, maps: &'a Maps) -> Options<'a> {
    Options {
        filter: &origin.filter,
        base: origin.base,
        maps,
        index: origin.is_listed.then_some("../index.html"),
        past: origin.has_past.then(|| url.clone()),
        keep: Keep::WhatIsRight,
        sheets: origin.sheets,
        address: origin.address.clone(),
        stop: None,
    }
}

/// Old guids and names, in every spelling that this program publishes them in.
struct Needles {
    texts: BTreeSet<String>,
}

impl Needles {
    fn new(old: &[(String, String)]) -> Self {
        let mut texts = BTreeSet::new();
        for (guid, name) in old {
            let guid = guid.trim();
            texts.extend([guid.to_owned(), guid.to_ascii_lowercase(), guid.to_ascii_uppercase()]);
            for name in [name.clone(), crate::model::PlayerName::from(name.as_str()).display().into_owned()] {
                let html = name.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
                let html = html.replace('"', "&#34;").replace('\'', "&#39;");
                let json = serde_json::to_string(&name).unwrap_or_default();
                texts.extend([html, json.trim_matches('"').to_owned(), name]);
            }
        }
        texts.retain(|text| text.len() >= SHORTEST_NAME);
        Self { texts }
    }

    /// Whether a file holds one of them, as a word of its own.
    fn within(&self, path: &Path) -> std::result::Result<bool, files::FileError> {
        let bytes = files::read(path, MOST_BYTES)?;
        // A picture's recipe is packed.
        let recipe = read_text(&bytes, RECIPE).ok().flatten().unwrap_or_default();
        Ok(self
            .texts
            .iter()
            .any(|text| [&bytes, recipe.as_bytes()].iter().any(|bytes| holds_word(bytes, text.as_bytes()))))
    }
}

/// Whether bytes hold a word that no letter or digit goes on.
fn holds_word(bytes: &[u8], word: &[u8]) -> bool {
    let goes_on = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    memchr::memmem::find_iter(bytes, word).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !goes_on(before) && !goes_on(bytes.get(at + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_in_every_spelling() {
        let needles = Needles::new(&[("00AB".into(), "^1Al<x>".into()), (String::new(), "Me".into())]);
        let file = tempfile::NamedTempFile::new().unwrap();
        let holds = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            needles.within(file.path()).unwrap()
        };
        assert!(holds("guid,00ab,1") && holds("<b>Al&#60;x&#62;</b>") && holds("\"^1Al<x>\""));
        assert!(!holds("Some men") && !holds("x00abc") && !holds("Al<xy"));
    }
}
