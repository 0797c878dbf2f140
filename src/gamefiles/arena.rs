//! `.arena` files, which hold a map's full name, and `.objdata` files, which hold its objectives.

use crate::map::Side;
use crate::map::label::plain_text;

/// Most objectives of a map.
const MOST: usize = 64;

/// What each side is to do: lines `wm_objective_axis_desc N "…"` and `wm_objective_allied_desc N "…"`.
///
/// `N` is the objective's number; the lines' order is kept.
pub(crate) fn objectives(text: &str) -> Vec<(Side, String)> {
    let objective = |line: &str| {
        let (key, rest) = line.trim().split_once(char::is_whitespace)?;
        let side = match key.to_ascii_lowercase().as_str() {
            "wm_objective_axis_desc" => Side::Axis,
            "wm_objective_allied_desc" => Side::Allies,
            _ => return None,
        };
        // Line breaks are written as `*`.
        let said = rest.split('"').nth(1)?.replace('*', " ");
        let said = plain_text(&said);
        (!said.is_empty()).then_some((side, said))
    };
    text.lines().filter_map(objective).take(MOST).collect()
}

/// The value of a key in the block of a map; keys and the map's name in any case.
///
/// A file has blocks `{ map "supply" longname "Supply Depot" … }`; one without quotes around its words is read too.
pub(crate) fn arena_value(text: &str, map: &str, key: &str) -> Option<String> {
    for block in text.split('{').skip(1) {
        let block = block.split('}').next().unwrap_or_default();
        let words = words(block);
        let value = |key: &str| {
            words
                .chunks_exact(2)
                .find(|pair| pair[0].eq_ignore_ascii_case(key))
                .map(|pair| pair[1].to_owned())
        };
        if value("map").is_some_and(|name| name.eq_ignore_ascii_case(map)) {
            return value(key);
        }
    }
    None
}

fn words(block: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for line in block.lines() {
        let mut rest = line.split("//").next().unwrap_or_default().trim();
        while !rest.is_empty() {
            let (word, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
            };
            words.push(word);
            rest = after.trim_start();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_said_by_side() {
        let text = "// x\nwm_mapdescription axis \"The depot\"\nwm_objective_axis_desc 1 \"Primary:*Hold the gate\"\n\
                    WM_OBJECTIVE_ALLIED_DESC 1 \"Steal it\"\nwm_objective_axis_desc 2";
        let said = [(Side::Axis, "Primary: Hold the gate".to_owned()), (Side::Allies, "Steal it".to_owned())];
        assert_eq!(objectives(text), said);
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
    }
}
