//! Texts and numbers that do not fit a column of the original tracker's tables.
//!
//! Its columns have widths (a name 64, a guid 32 characters), and PostgreSQL keeps no NUL. A tracker writes
//! names of up to 256 characters, and a file may hold anything. Such a text stands in its column shortened, with a
//! `…` and twelve digits of its hash, so that it can be seen that something is missing and no two players become one; the
//! whole text stands in `long_text` and comes back when a round is loaded.

pub(in crate::store) use crate::text::hex;
use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Widths of the original tracker's columns, in characters.
pub(in crate::store) const GUID: usize = 32;
pub(in crate::store) const NAME: usize = 64;
pub(in crate::store) const MAP: usize = 64;
pub(in crate::store) const TEAM: usize = 10;
pub(in crate::store) const CLASS: usize = 16;
pub(in crate::store) const OUTCOME: usize = 20;
pub(in crate::store) const VERSION: usize = 64;

/// `…` and the digits of the hash.
const MARK: usize = 13;

/// Texts that were shortened, with what they were.
pub(in crate::store) type LongTexts = BTreeMap<String, String>;

/// The text as it stands in a column of `width` characters; a text that does not fit is noted in `long`.
pub(in crate::store) fn fit<'a>(text: &'a str, width: usize, long: &mut LongTexts) -> Cow<'a, str> {
    if fits(text, width) {
        return Cow::Borrowed(text);
    }
    let hash = Sha256::digest(text.as_bytes());
    let mut fitted: String = visible(text).take(width.saturating_sub(MARK)).collect();
    fitted.push('…');
    fitted.push_str(&hex(&hash)[..MARK - 1]);
    long.insert(fitted.clone(), text.to_owned());
    Cow::Owned(fitted)
}

/// SHA-256 of a text, in hexadecimal digits.
pub(in crate::store) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// A word as it stands in a column, cut visibly when it is too long. Its whole text is in the packed life or engagement.
pub(in crate::store) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.len() <= width && !text.contains('\0') {
        return Cow::Borrowed(text);
    }
    if text.chars().count() <= width {
        return Cow::Owned(visible(text).collect());
    }
    Cow::Owned(visible(text).take(width - 1).chain(['…']).collect())
}

/// Whether a text can stand as it is. One that looks like a shortened one cannot: it would be taken for it.
fn fits(text: &str, width: usize) -> bool {
    if text.contains('\0') {
        return false;
    }
    if text.is_ascii() {
        return text.len() <= width;
    }
    text.chars().count() <= width && text.chars().rev().nth(MARK - 1) != Some('…')
}

fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|character| if character == '\0' { '\u{fffd}' } else { character })
}

/// A number as it stands in a 32-bit column. The exact one is in the packed life or engagement.
pub(in crate::store) fn clamp(value: i64) -> i64 {
    value.clamp(i64::from(i32::MIN), i64::from(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stands_as_it_is() {
        let mut long = LongTexts::new();
        for text in ["", "^1Al^7pha", "ÄÖÜ…", &"x".repeat(64), &"é".repeat(64)] {
            assert_eq!(fit(text, NAME, &mut long), text);
        }
        assert!(long.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_shortened_visibly_and_kept_whole() {
        let mut long = LongTexts::new();
        let (first, second) = ("é".repeat(100) + "1", "é".repeat(100) + "2");
        let fitted = fit(&first, NAME, &mut long).into_owned();
        assert_eq!(fitted.chars().count(), NAME);
        assert!(fitted.starts_with("ééé") && fitted.contains('…'));
        assert_ne!(fitted, fit(&second, NAME, &mut long));
        // A text that pretends to be a shortened one is shortened itself.
        assert_ne!(fit(&fitted, NAME, &mut long), fitted);
        assert_ne!(fit("a\0b", NAME, &mut long), "a\0b");
        assert_eq!(long.get(&fitted), Some(&first));
        assert!(long.values().any(|whole| whole == "a\0b"));
    }

    #[test]
    fn words_are_cut() {
        assert_eq!(cut("ALLIES", TEAM), "ALLIES");
        assert_eq!(cut("SPECTATORSHIP", TEAM), "SPECTATOR…");
        assert_eq!(cut("a\0", TEAM), "a\u{fffd}");
    }
}
