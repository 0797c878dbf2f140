//! The last line of an imported description: by it we know our own files again.

use sha2::{Digest, Sha256};

use crate::map::library::folder::MapFile;
use crate::text::hex;

const MARK: &str =
    "# Imported by proximity. An edited file is never overwritten; the hashes show whether it is. ";

/// The hashes that a description carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seal {
    is_whole: bool,
    pictures: Vec<(String, String)>,
}

impl Seal {
    /// A description's text with its seal.
    pub fn of(text: &str, pictures: &[(MapFile, Vec<u8>)]) -> String {
        let pictures = pictures.iter().map(|(file, bytes)| format!(" {}={}", file.as_str(), sha256(bytes)));
        format!("{text}{MARK}text={}{}\n", sha256(text.as_bytes()), pictures.collect::<String>())
    }

    /// The seal of a file as it is now; one without a seal was not written by us.
    pub fn read(file: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(file) else { return Self::default() };
        let Some(at) = text.rfind(MARK) else { return Self::default() };
        let mut words = text[at + MARK.len()..].split_whitespace().filter_map(|word| word.split_once('='));
        let is_whole = words.next() == Some(("text", &sha256(&file[..at])));
        let pictures = words.map(|(file, hash)| (file.to_owned(), hash.to_owned())).collect();
        Self { is_whole, pictures }
    }

    /// Whether the text above the seal is the one that was sealed.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether a picture is the one that was written with the description.
    pub fn holds(&self, file: &str, bytes: &[u8]) -> bool {
        self.pictures.iter().any(|(name, hash)| name == file && *hash == sha256(bytes))
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::MapName;

    #[test]
    fn a_seal_breaks_when_the_text_is_edited() {
        let picture = MapFile::of(&MapName::new("x").unwrap(), "png");
        let sealed = Seal::of("title = \"A\"\n", &[(picture, vec![1, 2, 3])]);
        let seal = Seal::read(sealed.as_bytes());
        assert!(seal.is_whole());
        assert!(seal.holds("x.png", &[1, 2, 3]));
        assert!(!seal.holds("x.png", &[1, 2]) && !seal.holds("y.png", &[1, 2, 3]));
        assert!(!Seal::read(sealed.replace("\"A\"", "\"B\"").as_bytes()).is_whole());
        assert!(!Seal::read(b"title = \"A\"\n").is_whole());
        assert!(sha256(b"abc").starts_with("ba7816bf"));
    }
}
