//! Faces for letters that the embedded ones lack.
//!
//! The embedded faces know Latin, Greek and Cyrillic letters. Whoever runs the program may hand in a source of further
//! faces; without one, or for a letter that none of them has, a hollow box is drawn.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::face::{self, Face};
use super::{Item, Scene};

/// A face that has a letter.
#[derive(Debug, Clone)]
pub struct FallbackFace {
    /// Its number among the source's faces: one number, one face.
    pub number: u16,
    /// Its name, for a picture's recipe.
    pub name: String,
    /// Its font file.
    pub bytes: &'static [u8],
    /// Its place in the file, for collections.
    pub index: u32,
}

/// Finds the face for a letter. The same letter always gives the same face, whatever was asked before.
pub type FallbackSource = dyn Fn(char) -> Option<FallbackFace> + Send + Sync;

static SOURCE: OnceLock<(String, Box<FallbackSource>)> = OnceLock::new();
static FACES: Mutex<Faces> = Mutex::new(Faces { by_letter: BTreeMap::new(), by_number: BTreeMap::new() });

/// The faces that were asked for so far.
struct Faces {
    by_letter: BTreeMap<char, Option<u16>>,
    by_number: BTreeMap<u16, (&'static Face, String)>,
}

/// Where further faces come from, once for the whole process; another `identity` means that the same letters may look
/// another way. `false` if that was said before; the first source stays.
pub fn set_fallback(identity: String, source: Box<FallbackSource>) -> bool {
    SOURCE.set((identity, source)).is_ok()
}

/// What tells the source of further faces from another one; empty without one.
pub fn fallback_identity() -> &'static str {
    SOURCE.get().map_or("", |(identity, _)| identity)
}

/// The face that draws a letter which the embedded ones lack.
pub(crate) fn face_with(letter: char) -> Option<&'static Face> {
    look_up(letter).map(|(face, _)| face)
}

fn look_up(letter: char) -> Option<(&'static Face, String)> {
    let (_, source) = SOURCE.get()?;
    let mut faces = FACES.lock().unwrap_or_else(PoisonError::into_inner);
    let known = faces.by_letter.get(&letter).copied();
    let number = known.unwrap_or_else(|| {
        let found = source(letter).and_then(|found| {
            if let Entry::Vacant(place) = faces.by_number.entry(found.number) {
                // A face lives as long as the process, like the embedded ones.
                let face = Box::leak(Box::new(Face::fallback(found.bytes, found.index, found.number)?));
                place.insert((face, found.name));
            }
            Some(found.number)
        });
        faces.by_letter.insert(letter, found);
        found
    });
    faces.by_number.get(&number?).cloned()
}

/// The names of the faces beside the embedded ones that a scene's texts are drawn with, in order.
pub fn fallback_names(scene: &Scene) -> Vec<String> {
    fn texts<'a>(items: &'a [Item], out: &mut Vec<&'a str>) {
        for item in items {
            match item {
                Item::Label(label) => out.push(&label.text),
                Item::Clip { items, .. } => texts(items, out),
                _ => {}
            }
        }
    }
    if SOURCE.get().is_none() {
        return Vec::new();
    }
    let mut all = Vec::new();
    texts(&scene.items, &mut all);
    let letters = all.into_iter().flat_map(str::chars).filter(|c| face::is_missing(*c));
    let mut names: Vec<String> = letters.filter_map(look_up).map(|(_, name)| name).collect();
    names.sort();
    names.dedup();
    names
}
