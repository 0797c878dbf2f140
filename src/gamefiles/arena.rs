//! `.arena` files, which hold a map's full name, and `.objdata` files, which hold its objectives.

use super::tokens::{Token, Tokens};
use crate::map::Side;
use crate::map::label::plain_text;

/// Most objectives of a map.
const MOST: usize = 64;
/// The longest text of an objective, characters: as much as one word of the engine's reader holds.
const LONGEST: usize = 1023;

/// What each side is to do: `wm_objective_axis_desc N "…"` and `wm_objective_allied_desc N "…"`.
///
/// `N` is the objective's number; the order of the file is kept. A text may go over several lines.
pub(crate) fn objectives(text: &str) -> Vec<(Side, String)> {
    let mut said = Vec::new();
    let mut tokens = Tokens::of(text);
    while let Some(token) = tokens.next() {
        let side = match token {
            Token::Text(key) if key.eq_ignore_ascii_case("wm_objective_axis_desc") => Side::Axis,
            Token::Text(key) if key.eq_ignore_ascii_case("wm_objective_allied_desc") => Side::Allies,
            _ => continue,
        };
        let is_number = |text: &str| text.parse::<u32>().is_ok();
        if !matches!(tokens.peek(), Some(Token::Text(number)) if is_number(number)) {
            continue;
        }
        tokens.next();
        let Some(words) = tokens.text_in_line() else { continue };
        // Line breaks are written as `*`.
        let words = plain_text(&words.replace('*', " "), LONGEST);
        if !words.is_empty() && said.len() < MOST {
            said.push((side, words));
        }
    }
    said
}

/// The value of a key in the block of a map; keys and the map's name in any case.
///
/// A file has blocks `{ map "supply" longname "Supply Depot" … }`; one without quotes around its words is read too. A
/// value stands in the line of its key, as in the engine.
pub(crate) fn arena_value(text: &str, map: &str, key: &str) -> Option<String> {
    let mut tokens = Tokens::of(text);
    let (mut is_map, mut value) = (false, None);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => (is_map, value) = (false, None),
            Token::Close if is_map => return value,
            Token::Text(word) if word.eq_ignore_ascii_case("map") => {
                is_map |= tokens.text_in_line().is_some_and(|name| name.eq_ignore_ascii_case(map));
            }
            Token::Text(word) if word.eq_ignore_ascii_case(key) => {
                value = value.or(tokens.text_in_line().map(str::to_owned));
            }
            Token::Text(_) => _ = tokens.text_in_line(),
            Token::Close | Token::Unclosed(_) => {}
        }
    }
    value.filter(|_| is_map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_said_by_side() {
        let text = "// x\nwm_mapdescription axis \"The depot\"\nwm_objective_axis_desc 1 \"Primary:*Hold the gate\"\n\
                    WM_OBJECTIVE_ALLIED_DESC 1 \"Steal it\"\nwm_objective_axis_desc 2\n/* wm_objective_axis_desc 3 \"x\" */";
        let said = [(Side::Axis, "Primary: Hold the gate".to_owned()), (Side::Allies, "Steal it".to_owned())];
        assert_eq!(objectives(text), said);
    }

    #[test]
    fn an_objective_is_kept_whole() {
        let long = "Escort the truck ".repeat(20);
        let text =
            format!("wm_objective_allied_desc 1 \"{long}\nto the port\"\r\nwm_objective_axis_desc 1 Hold");
        let said = objectives(&text);
        assert_eq!(said[0].1, format!("{long}to the port"));
        assert_eq!(said[1], (Side::Axis, "Hold".to_owned()));
    }

    #[test]
    fn the_block_of_the_map_answers() {
        let text = "{\nmap \"other\"\nlongname \"Other\"\n}\n{\n  Map \"Supply\" // a\n  longname \"Supply Depot\"\n}";
        assert_eq!(arena_value(text, "supply", "longname").as_deref(), Some("Supply Depot"));
        assert_eq!(arena_value(text, "radar", "longname"), None);
        assert_eq!(
            arena_value("{ map supply longname Depot }", "supply", "longname").as_deref(),
            Some("Depot")
        );
        assert_eq!(arena_value("{ map \"supply", "supply", "longname"), None);
        let odd = "{ map \"supply\"\ntype\nlongname \"The {old} Depot\" /* }\n*/ }";
        assert_eq!(arena_value(odd, "supply", "longname").as_deref(), Some("The {old} Depot"));
    }
}
