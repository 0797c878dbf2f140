//! Server commands: what changes between snapshots.

use super::config::{ConfigStrings, MAX_CONFIG};

/// The longest text that a config string may grow to in pieces, bytes.
const LONGEST_TEXT: usize = 8192;

/// What a server command did, as far as it matters to tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::demo) enum Update {
    /// The config string of this number changed.
    Config(usize),
    /// The same map starts again.
    Restart,
    /// Teammates' places and health: the numbers after `tinfo`.
    TeamInfo(Vec<i32>),
}

/// Executes a server command and notes what it did. Commands without a meaning for tracks do nothing; printed and
/// chatted texts are never kept.
pub(in crate::demo) fn execute(
    text: &str,
    config: &mut ConfigStrings,
    pieces: &mut String,
    updates: &mut Vec<Update>,
) {
    let mut words = Words(text);
    let number = |word: Option<&str>| word.and_then(|w| w.parse::<usize>().ok()).filter(|n| *n < MAX_CONFIG);
    let mut set = |number: Option<usize>, text: &str| {
        if let Some(number) = number {
            config.set(number, text);
            updates.push(Update::Config(number));
        }
    };
    match words.next() {
        Some("cs") => {
            let number = number(words.next());
            set(number, words.next().unwrap_or_default());
        }
        Some(piece @ ("bcs0" | "bcs1" | "bcs2")) => {
            let number = number(words.next());
            if piece == "bcs0" {
                pieces.clear();
            }
            let text = words.next().unwrap_or_default();
            if pieces.len() + text.len() <= LONGEST_TEXT {
                pieces.push_str(text);
            }
            if piece == "bcs2" {
                set(number, pieces);
                pieces.clear();
            }
        }
        Some("map_restart") => updates.push(Update::Restart),
        Some("tinfo") => {
            let numbers: Option<Vec<i32>> = words.map(|word| word.parse().ok()).collect();
            updates.extend(numbers.map(Update::TeamInfo));
        }
        _ => {}
    }
}

/// Words parted by blanks; `"…"` is one word, without escapes.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start_matches(|c: char| c <= ' ');
        if rest.is_empty() {
            return None;
        }
        let (word, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(|c: char| c <= ' ').unwrap_or(rest.len())),
        };
        self.0 = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(commands: &[&str]) -> (ConfigStrings, Vec<Update>) {
        let (mut config, mut pieces, mut updates) = (ConfigStrings::default(), String::new(), Vec::new());
        for command in commands {
            execute(command, &mut config, &mut pieces, &mut updates);
        }
        (config, updates)
    }

    #[test]
    fn a_config_string_comes_whole_or_in_pieces() {
        let (config, updates) = run(&[
            "cs 690 \"n\\Al pha\\t\\1\"\n",
            "bcs0 0 \"\\mapname\\oa\"",
            "bcs1 0 \"sis\\game\"",
            "bcs2 0 \"name\\legacy\"",
            "cs 691\n",
        ]);
        assert_eq!(config.info(690, "n"), "Al pha");
        assert_eq!(config.info(690, "t"), "1");
        assert_eq!(config.info(0, "mapname"), "oasis");
        assert_eq!(config.info(0, "gamename"), "legacy");
        assert_eq!(config.info(0, "name"), "");
        assert_eq!(updates, [Update::Config(690), Update::Config(0), Update::Config(691)]);
    }

    #[test]
    fn numbers_out_of_range_and_unknown_commands_do_nothing() {
        let (_, updates) =
            run(&["cs 1024 \"x\"", "cs -1 \"x\"", "cs", "print \"cs 1 2\"", "", "// cs 1 2", "tinfo a"]);
        assert_eq!(updates, []);
    }

    #[test]
    fn team_info_is_a_list_of_numbers() {
        assert_eq!(
            run(&["tinfo 1 3 -120 88 24 100 0"]).1,
            [Update::TeamInfo(vec![1, 3, -120, 88, 24, 100, 0])]
        );
        assert_eq!(run(&["map_restart\n"]).1, [Update::Restart]);
    }
}
