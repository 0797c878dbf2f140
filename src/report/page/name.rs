//! A player's name in the colours the player gave it.

use crate::model::PlayerName;

/// The game's colour table has so many entries; a code is the character after `^`, counted from `0` on.
const COLORS: u8 = 32;
/// The code of white, which a name begins with.
const WHITE: u8 = 7;

/// The game's colour table, as `0xRRGGBB`; the style sheet has the same as `--c`.
const TABLE: [u32; COLORS as usize] = [
    0x00_00_00, 0xff_00_00, 0x00_ff_00, 0xff_ff_00, 0x00_00_ff, 0x00_ff_ff, 0xff_00_ff, 0xff_ff_ff,
    0xff_7f_00, 0x7f_7f_7f, 0xbf_bf_bf, 0xbf_bf_bf, 0x00_7f_00, 0x7f_7f_00, 0x00_00_7f, 0x7f_00_00,
    0x7f_3f_00, 0xff_99_19, 0x00_7f_7f, 0x7f_00_7f, 0x00_7f_ff, 0x7f_00_ff, 0x33_99_cc, 0xcc_ff_cc,
    0x00_66_33, 0xff_00_33, 0xb2_19_19, 0x99_33_00, 0xcc_99_33, 0x99_99_33, 0xff_ff_bf, 0xff_ff_7f,
];

/// A part of a name in one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamePart {
    /// Its entry in the game's colour table; the style sheet has a class for each.
    pub color: u8,
    pub text: String,
}

impl NamePart {
    /// Its colour as `0xRRGGBB`.
    pub(crate) fn rgb(&self) -> u32 {
        TABLE[usize::from(self.color % COLORS)]
    }
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
    fn the_style_sheet_has_the_same_colours() {
        let style = crate::report::page::STYLE;
        for (color, rgb) in TABLE.iter().enumerate() {
            let [r, g, b] = [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff];
            let long = format!("{{--c:#{rgb:06x}}}");
            let short = format!("{{--c:#{:x}{:x}{:x}}}", r >> 4, g >> 4, b >> 4);
            let rest = style
                .split_once(&format!(".c{color}{{"))
                .or_else(|| style.split_once(&format!(".c{color},")));
            let value = rest.and_then(|(_, rest)| rest.find("--c:").map(|at| format!("{{{}", &rest[at..])));
            let value = value.unwrap_or_default();
            assert!(value.starts_with(&long) || value.starts_with(&short), "colour {color}: {rgb:06x}");
        }
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        assert_eq!(of("^"), [(7, "unnamed".to_owned())]);
        assert_eq!(of("^é\u{1b}x"), [(7, "x".to_owned())]);
        assert!(of("^\u{7f}y^ z").iter().all(|(color, _)| *color < COLORS));
    }
}
