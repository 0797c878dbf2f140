//! Names that players have for places: `maps/<map>_loc.dat` and its kin.
//!
//! The grammar is that of the game's own reader (`cg_locations.c`): a line is `x y z name`. Quotes around the name may
//! be missing, a bare `@` repeats the name before, `//` and `/* */` are comments, and a place at `0 0 0` is none.
//! Unlike the game's reader this one also knows comments after the first line, as the authors of the files meant them.

use crate::geom::WorldPoint;
use crate::map::{LabelKind, MapLabel};

/// Most places the game keeps.
const MOST: usize = 1024;

/// The places of a file, and what of it is not among them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaceFile {
    /// The places, at most 1024, as in the game.
    pub places: Vec<MapLabel>,
    /// Lines, from 1, that are neither a place nor a comment.
    pub unread: Vec<usize>,
    /// Places beyond the first 1024.
    pub beyond: usize,
}

/// The places of a text.
pub fn parse_places(text: &str) -> PlaceFile {
    let mut file = PlaceFile::default();
    let mut last = String::new();
    let mut is_comment = false;
    let last_close = lines(text).enumerate().filter(|(_, line)| line.contains("*/")).last();
    let last_close = last_close.map_or(0, |(number, _)| number);
    for (number, line) in lines(text).enumerate() {
        let line = without_comments(line, &mut is_comment, number < last_close);
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let Some((at, name)) = place(line) else {
            file.unread.push(number + 1);
            continue;
        };
        if name != "@" {
            last = name;
        }
        if at == WorldPoint::default() {
            continue;
        }
        match MapLabel::new(LabelKind::Place, None, &last, at) {
            Some(_) if file.places.len() == MOST => file.beyond += 1,
            Some(label) => file.places.push(label),
            None => file.unread.push(number + 1),
        }
    }
    file
}

/// The lines of a text, however they end: `\n`, `\r\n`, or `\r` alone.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// A line without what is commented out. A comment begins at the line's start or after a blank, and not within quotes.
/// One that is never closed ends with its line: the places below it are meant to be read.
fn without_comments(line: &str, is_comment: &mut bool, closes_below: bool) -> String {
    let mut kept = String::new();
    let mut rest = line;
    let mut is_quoted = false;
    loop {
        if *is_comment {
            let Some((_, after)) = rest.split_once("*/") else { return kept };
            (*is_comment, rest) = (false, after);
            kept.push(' ');
        }
        let may_begin = !is_quoted && kept.chars().next_back().is_none_or(char::is_whitespace);
        if may_begin && rest.starts_with("//") {
            return kept;
        }
        if may_begin && let Some(comment) = rest.strip_prefix("/*") {
            if !comment.contains("*/") && !closes_below {
                return kept;
            }
            (*is_comment, rest) = (true, comment);
            continue;
        }
        let Some(letter) = rest.chars().next() else { return kept };
        is_quoted ^= letter == '"';
        kept.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
}

/// Three numbers and a name; quotes are no part of it.
fn place(line: &str) -> Option<(WorldPoint, String)> {
    let mut rest = line;
    let mut number = || {
        let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
        let number: f32 = rest[..end].parse().ok().filter(|n: &f32| n.is_finite())?;
        rest = rest[end..].trim_start();
        Some(number)
    };
    let at = WorldPoint::new(number()?, number()?, number()?);
    let name: String = rest.chars().filter(|c| *c != '"').collect();
    Some((at, name.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(file: &PlaceFile) -> Vec<&str> {
        file.places.iter().map(|place| place.text.as_str()).collect()
    }

    #[test]
    fn every_form_of_the_games_files_is_read() {
        let text = "// names\r\n-100 20.5 8 \"^3Sea^7wall\"\r\n0 -900 24 @\r\n1 2 3 \"@\"\r\n4 5 6 Old  Town\r\n\
                    5 5 5 \"Gate\" // the main one\r\n/* 1 2 3 \"off\"\r\n1 2 3 off */ 6 6 6 \"On\"\r\n\
                    7\t8  9\t\"a \"quoted\" name\"\r\n7 8 9 \"http://x\"\r\n0 0 0 \"no place\"\r\n1 1 1 @\r\n\
                    7 8 9 \"open end";
        let file = parse_places(text);
        let wanted = [
            "Seawall",
            "Seawall",
            "Seawall",
            "Old Town",
            "Gate",
            "On",
            "a quoted name",
            "http://x",
            "no place",
            "open end",
        ];
        assert_eq!(names(&file), wanted);
        assert_eq!(file.places[0].at, WorldPoint::new(-100.0, 20.5, 8.0));
        assert_eq!((file.unread, file.beyond), (Vec::new(), 0));
        assert_eq!(names(&parse_places("1 2 3 \"old Macs\"\r4 5 6 @")), ["old Macs", "old Macs"]);
    }

    #[test]
    fn lines_that_are_no_place_are_counted() {
        let text = "1 1 1 @\n4 5 \"no z\"\nx y z \"no number\"\n\n1e9 0 0 \"beyond the world\"\n1 2 3 \"^1\"\n\
                    /* never closed\n1 2 3 \"Gate\"\nnan 0 0 \"x\"";
        let file = parse_places(text);
        assert_eq!(file.unread, [1, 2, 3, 5, 6, 9]);
        assert_eq!(names(&file), ["Gate"]);
    }

    #[test]
    fn the_game_keeps_1024_places() {
        let file = parse_places(&"1 2 3 \"a\"\n".repeat(3000));
        assert_eq!((file.places.len(), file.beyond), (1024, 1976));
    }

    #[test]
    fn many_comments_that_never_close_are_read_in_time() {
        let file = parse_places(&"/* x\n".repeat(200_000));
        assert_eq!(file, PlaceFile::default());
    }
}
