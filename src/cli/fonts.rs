//! `--font`: typefaces for names in letters that the program's own faces lack.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::files::{self, Kind, SearchLimits, Stamp};
use crate::scene::{FallbackFace, set_fallback};

/// What allows the system's fonts.
const SYSTEM: &str = "system";
/// The largest font file that is read, bytes; collections of Chinese, Japanese and Korean faces have some 20 MiB.
const LARGEST: u64 = 64 << 20;
/// Font files of the system that are looked at.
const MOST_FILES: usize = 4096;
/// Faces of one collection.
const MOST_FACES: u32 = 64;

/// A font file, looked into when a letter is asked for.
struct FontFile {
    path: PathBuf,
    /// For each face the ranges of letters that it has.
    faces: OnceLock<Vec<Vec<(u32, u32)>>>,
    bytes: OnceLock<Option<&'static [u8]>>,
}

/// Makes the fonts known to everything that draws: files, and the system's where `system` is among them.
///
/// # Errors
/// A file that is no font.
pub(crate) fn install(named: &[PathBuf]) -> Result<()> {
    let mut fonts: Vec<FontFile> = Vec::new();
    for path in named {
        if path == Path::new(SYSTEM) {
            fonts.extend(system_fonts().into_iter().map(FontFile::at));
        } else {
            let font = FontFile::at(path.clone());
            let bytes = files::read(path, LARGEST)?;
            if coverage(&bytes).is_empty() {
                bail!("{} is no font: a TrueType or OpenType file is needed", path.display());
            }
            fonts.push(font);
        }
    }
    if !fonts.is_empty() {
        // The files' sizes and times, as for everything that is read once.
        let stamps =
            fonts.iter().map(|font| format!("{} {:?}\n", font.path.display(), Stamp::of(&font.path).ok()));
        let identity = stamps.collect();
        set_fallback(identity, Box::new(move |letter| find(&fonts, letter)));
    }
    Ok(())
}

/// The first face of the first file that has a letter.
fn find(fonts: &[FontFile], letter: char) -> Option<FallbackFace> {
    let mut number = 0_usize;
    for font in fonts {
        let faces = font.faces();
        let code = u32::from(letter);
        let has = |ranges: &Vec<(u32, u32)>| {
            let after = ranges.partition_point(|(first, _)| *first <= code);
            after > 0 && ranges[after - 1].1 >= code
        };
        if let Some(index) = faces.iter().position(has) {
            let name = font.path.file_name()?.to_string_lossy().into_owned();
            let number = u16::try_from(number + index).ok()?;
            return Some(FallbackFace { number, name, bytes: font.bytes()?, index: index as u32 });
        }
        number += faces.len();
    }
    None
}

impl FontFile {
    fn at(path: PathBuf) -> Self {
        Self { path, faces: OnceLock::new(), bytes: OnceLock::new() }
    }

    /// What its faces have; the file itself is not kept.
    fn faces(&self) -> &[Vec<(u32, u32)>] {
        self.faces.get_or_init(|| {
            files::read(&self.path, LARGEST).map(|bytes| coverage(&bytes)).unwrap_or_default()
        })
    }

    /// The file, kept as long as the process: a face that is drawn with is never given up.
    fn bytes(&self) -> Option<&'static [u8]> {
        *self.bytes.get_or_init(|| Some(Box::leak(files::read(&self.path, LARGEST).ok()?.into_boxed_slice())))
    }
}

/// The letters of each face of a font file, as ranges in order. A face that cannot be read has none.
fn coverage(bytes: &[u8]) -> Vec<Vec<(u32, u32)>> {
    let count = ttf_parser::fonts_in_collection(bytes).unwrap_or(1).min(MOST_FACES);
    let mut faces = Vec::new();
    for index in 0..count {
        let Ok(face) = ttf_parser::Face::parse(bytes, index) else {
            faces.push(Vec::new());
            continue;
        };
        let mut letters: Vec<u32> = Vec::new();
        for table in face
            .tables()
            .cmap
            .iter()
            .flat_map(|cmap| cmap.subtables)
            .filter(ttf_parser::cmap::Subtable::is_unicode)
        {
            table.codepoints(|code| {
                if char::from_u32(code).is_some_and(|c| face.glyph_index(c).is_some_and(|id| id.0 != 0)) {
                    letters.push(code);
                }
            });
        }
        letters.sort_unstable();
        letters.dedup();
        let ranges = letters.chunk_by(|a, b| a + 1 == *b).map(|run| (run[0], run[run.len() - 1]));
        faces.push(ranges.collect());
    }
    if faces.iter().all(Vec::is_empty) { Vec::new() } else { faces }
}

/// The system's font files, in the order of their paths.
fn system_fonts() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let windows = std::env::var_os("WINDIR").map_or_else(|| PathBuf::from("C:/Windows"), PathBuf::from);
    let folders: Vec<PathBuf> = if cfg!(windows) {
        vec![windows.join("Fonts")]
    } else if cfg!(target_os = "macos") {
        vec!["/System/Library/Fonts".into(), "/Library/Fonts".into(), home.join("Library/Fonts")]
    } else {
        vec![
            "/usr/share/fonts".into(),
            "/usr/local/share/fonts".into(),
            home.join(".local/share/fonts"),
            home.join(".fonts"),
        ]
    };
    let is_font = |path: &Path, kind| {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        kind == Kind::File
            && ["ttf", "otf", "ttc", "otc"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    };
    let found = folders.iter().filter(|folder| folder.is_dir());
    let mut files: Vec<PathBuf> =
        found.flat_map(|folder| files::search(folder, &SearchLimits::deep(8), is_font).paths).collect();
    files.truncate(MOST_FILES);
    files
}
