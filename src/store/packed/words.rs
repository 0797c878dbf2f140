//! Words that stand as a number.

use crate::store::packed::bits::{put_number, put_text, take_number, take_text};
use crate::store::packed::corrupt::Corrupt;

/// The list. New words are added at its end only: their places are part of the form.
const WORDS: [&str; 27] = [
    "AXIS",
    "ALLIES",
    "SOLDIER",
    "MEDIC",
    "ENGINEER",
    "FIELDOPS",
    "COVERTOPS",
    "UNKNOWN",
    "killed",
    "selfkill",
    "fallen",
    "world",
    "teamkill",
    "round_end",
    "disconnect",
    "unknown",
    "shutdown",
    "teamchange",
    "escaped",
    "timeout",
    "start",
    "hit",
    "sample",
    "death",
    "escape",
    "SPEC",
    "",
];

pub(super) fn put(out: &mut Vec<u8>, word: &str) {
    if let Some(place) = WORDS.iter().position(|known| *known == word) {
        put_number(out, place as u64 + 1);
    } else {
        out.push(0);
        put_text(out, word);
    }
}

pub(super) fn take<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, Corrupt> {
    match take_number(bytes)? as usize {
        0 => take_text(bytes),
        place => WORDS.get(place - 1).copied().ok_or(Corrupt("a word is unknown")),
    }
}
