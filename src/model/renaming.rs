//! Players' names within a file's own words: trackers write what a map's script says, and that may say a name.

use super::objective::{ObjectiveDeed, ObjectiveEvent};
use super::player::PlayerName;

/// What takes the place of GUIDs and names that stand within other words.
///
/// A name counts as a whole word, with and without its colours, in capitals or not. A player who is called like a thing
/// costs the thing its name: what is left of a player's name would be worse.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renaming {
    /// What was written, and what is written instead; longer words first, of which shorter ones may be a part.
    changes: Vec<(String, String)>,
}

impl Renaming {
    /// From GUIDs and names as they were, each with those that take their places.
    pub(crate) fn of<'a>(changes: impl IntoIterator<Item = ([&'a str; 2], [&'a str; 2])>) -> Self {
        let mut all = Vec::new();
        let mut change = |old: &str, new: &str| {
            if !old.trim().is_empty() && old.trim() != new.trim() {
                all.push((old.trim().to_owned(), new.trim().to_owned()));
            }
        };
        for ([guid, name], [new_guid, new_name]) in changes {
            change(guid, new_guid);
            change(name, new_name);
            if name != new_name {
                change(&PlayerName::from(name).display(), new_name);
            }
        }
        all.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup_by(|(a, _), (b, _)| a == b);
        Self { changes: all }
    }

    /// The words with the changes, if any is in them.
    pub(crate) fn apply(&self, words: &str) -> Option<String> {
        let mut changed: Option<String> = None;
        let mut rest = words;
        let mut before = None;
        while let Some(first) = rest.chars().next() {
            let change = self.changes.iter().find(|(old, _)| begins_with_word(rest, old, before));
            if let Some((old, new)) = change {
                let (found, after) = rest.split_at(old.len());
                changed.get_or_insert_with(|| words[..words.len() - rest.len()].to_owned()).push_str(new);
                before = found.chars().next_back();
                rest = after;
            } else {
                if let Some(changed) = &mut changed {
                    changed.push(first);
                }
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        changed
    }

    /// Changes the own words of objectives. Gives whether any was changed.
    pub(crate) fn apply_to(&self, objectives: &mut [ObjectiveEvent]) -> bool {
        let mut any = false;
        let mut change = |words: &mut Box<str>| {
            if let Some(changed) = self.apply(words) {
                *words = changed.into();
                any = true;
            }
        };
        for event in objectives {
            change(&mut event.objective);
            match &mut event.deed {
                ObjectiveDeed::Work(words) | ObjectiveDeed::Carry { outcome: words, .. } => change(words),
                ObjectiveDeed::Return => {}
            }
        }
        any
    }
}

/// Whether a text begins with a word, and neither the letter before nor the one behind belongs to it.
fn begins_with_word(text: &str, word: &str, before: Option<char>) -> bool {
    let is_there = text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let goes_on = |a: Option<char>, b: Option<char>| {
        a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
    };
    is_there
        && !goes_on(before, word.chars().next())
        && !goes_on(word.chars().next_back(), text[word.len()..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_within_words_is_replaced_and_no_part_of_another_word() {
        let renaming = Renaming::of([
            (["0F1E2D3C4B5A69788796A5B4C3D2E1F0", "^1Al^7pha"], ["F", "forgotten"]),
            (["", "Al"], ["", "other"]),
            (["WORLD_1022", "8"], ["WORLD_1022", "8"]),
        ]);
        let apply = |words: &str| renaming.apply(words).unwrap_or_else(|| words.to_owned());
        assert_eq!(apply("the Depot Gate 8"), "the Depot Gate 8");
        assert_eq!(apply("planted by ^1Al^7pha (ALPHA)!"), "planted by forgotten (forgotten)!");
        assert_eq!(apply("Alphabet, Al's gate, al"), "Alphabet, other's gate, other");
        assert_eq!(apply("0f1e2d3c4b5a69788796a5b4c3d2e1f0:é"), "F:é");
        assert_eq!(renaming.apply("Alphabet é"), None);
    }
}
