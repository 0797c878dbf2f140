//! Players' names on pictures, told apart even where their letters cannot be drawn.

use crate::scene::text;

/// Letters of a name that is drawn as boxes, before what tells it apart.
const BOXES: usize = 8;
/// What a legend says about such names.
pub const BOXES_NOTE: &str =
    "Boxes are letters that the typeface lacks; behind them stands the end of the GUID. --font shows them.";

/// A name as a picture can show it, at most `longest` letters and then "…".
///
/// A name with letters that no face has is followed by the end of the player's GUID: two names of boxes would look the
/// same.
pub fn shown(name: &str, guid: &str, longest: usize) -> String {
    if text::has_boxes(name) {
        return format!("{} {}", cut(name, BOXES.min(longest)), tag(name, guid));
    }
    cut(name, longest)
}

fn cut(name: &str, longest: usize) -> String {
    match name.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// The last four digits of a GUID; of one that is none (`NO_GUID`, zeros), the first letters' code points.
fn tag(name: &str, guid: &str) -> String {
    let is_digits = guid.len() >= 8 && guid.bytes().all(|b| b.is_ascii_hexdigit());
    if is_digits && guid.bytes().any(|b| b != b'0') {
        return guid[guid.len() - 4..].to_ascii_uppercase();
    }
    let points: Vec<String> = name.chars().take(2).map(|c| format!("{:04X}", u32::from(c))).collect();
    points.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_boxes_are_told_apart() {
        let guid = |end: &str| format!("0123456789ABCDEF0123456789AB{end}");
        assert_eq!(shown("Zoée", &guid("1F4C"), 16), "Zoée");
        assert_eq!(shown("A name of many letters", &guid("1F4C"), 6), "A name…");
        assert_eq!(shown("日本の人", &guid("1f4c"), 16), "日本の人 1F4C");
        assert_ne!(shown("日本", &guid("1F4C"), 16), shown("中国", &guid("9A11"), 16));
        assert_eq!(shown("日本", "NO_GUID", 16), "日本 65E5 672C");
        assert_eq!(shown("日本", &"0".repeat(32), 16), "日本 65E5 672C");
        assert_eq!(shown(&"日".repeat(30), &guid("1F4C"), 16), format!("{}… 1F4C", "日".repeat(8)));
    }
}
