//! A player's name in the colours the player gave it.

use crate::model::PlayerName;

/// The game's colour table has so many entries; a code is the character after `^`, counted from `0` on.
const COLORS: u8 = 32;
/// The code of white, which a name begins with.
const WHITE: u8 = 7;

/// A part of a name in one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamePart {
    /// Its entry in the game's colour table; the style sheet has a class for each.
    pub color: u8,
    pub text: String,
}

/// A name as parts of one colour each; `unnamed` where nothing of it can be shown.
pub(crate) fn colored(name: &PlayerName) -> Vec<NamePart> {
    let mut parts: Vec<NamePart> = Vec::new();
    let mut color = WHITE;
    let mut chars = name.as_str().chars();
    while let Some(c) = chars.next() {
        if c == '^' {
            if let Some(code) = chars.next().filter(char::is_ascii) {
                color = (code as u8).wrapping_sub(b'0') % COLORS;
            }
        } else if !c.is_control() {
            match parts.last_mut() {
                Some(part) if part.color == color => part.text.push(c),
                _ => parts.push(NamePart { color, text: c.to_string() }),
            }
        }
    }
    if parts.iter().all(|part| part.text.trim().is_empty()) {
        return vec![NamePart { color: WHITE, text: "unnamed".to_owned() }];
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Vec<(u8, String)> {
        colored(&PlayerName::from(name)).into_iter().map(|part| (part.color, part.text)).collect()
    }

    #[test]
    fn a_name_keeps_its_colours() {
        assert_eq!(of("drift^3^1!"), [(7, "drift".to_owned()), (1, "!".to_owned())]);
        assert_eq!(of("^pab^Pc"), [(0, "abc".to_owned())]);
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        assert_eq!(of("^"), [(7, "unnamed".to_owned())]);
        assert_eq!(of("^é\u{1b}x"), [(7, "x".to_owned())]);
        assert!(of("^\u{7f}y^ z").iter().all(|(color, _)| *color < COLORS));
    }
}
