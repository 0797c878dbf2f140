//! How wide text is, so that figures can place, shorten and wrap it before anything is drawn.
//!
//! The faces are IBM Plex Sans Regular and `SemiBold`, unmodified under the SIL Open Font License (`font/LICENSE`).
//! Their digits are all 0.6 em wide, so columns of numbers align. A character the faces lack is drawn with a further face
//! ([`super::set_fallback`]) or takes a hollow box of 0.6 em; control and direction characters take nothing. Text runs from
//! left to right in the order it is stored.

use ab_glyph::{Font, GlyphId};

use super::face::{Face, drawn, is_invisible, is_missing};
use super::{Weight, fallback};

/// Advance of the box drawn for a missing glyph, in em.
pub const MISSING_EM: f32 = 0.6;

/// What shortened text ends with.
const ELLIPSIS: char = '…';

/// One glyph of a line and where its origin lies from the line's start.
#[derive(Clone, Copy)]
pub(crate) struct Placed {
    /// The face it is of.
    pub(crate) face: &'static Face,
    /// The glyph; `None` is the hollow box.
    pub(crate) glyph: Option<GlyphId>,
    /// From the start of the line, font units of the line's own face.
    pub(crate) x_units: f32,
}

/// Lays the glyphs of one line out from left to right.
pub(crate) struct Line<'t> {
    face: &'static Face,
    chars: std::str::Chars<'t>,
    // Whole font units: a sum that does not depend on how a line is cut.
    pen_units: i64,
    /// The glyph before the pen, while the next one may move towards it.
    before: Option<GlyphId>,
}

impl<'t> Line<'t> {
    pub(crate) fn new(text: &'t str, weight: Weight) -> Self {
        Self { face: Face::of(weight), chars: text.chars(), pen_units: 0, before: None }
    }

    fn advance_units(&self, face: &Face, glyph: Option<GlyphId>) -> i64 {
        match glyph {
            Some(id) if face.id == self.face.id => face.font.h_advance_unscaled(id) as i64,
            Some(id) => {
                (face.font.h_advance_unscaled(id) / face.units_per_em * self.face.units_per_em).round() as i64
            }
            None => (MISSING_EM * self.face.units_per_em) as i64,
        }
    }
}

impl Iterator for Line<'_> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        let c = self.chars.find(|c| !is_invisible(*c))?;
        let id = self.face.font.glyph_id(drawn(c));
        let own = (id.0 != 0).then_some(id);
        let further = if own.is_none() { fallback::face_with(c) } else { None };
        let (face, glyph) = match further {
            Some(face) => (face, Some(face.font.glyph_id(c))),
            None => (self.face, own),
        };
        // White space separates, and what is cut off ends with "…" wherever the cut is: neither is kerned, so a line's
        // width is the sum of its words' and spaces'.
        let kerned = own.filter(|_| !c.is_whitespace() && c != ELLIPSIS);
        if let (Some(before), Some(id)) = (self.before, kerned) {
            self.pen_units += self.face.kerning.between(before.0, id.0);
        }
        self.before = kerned;
        let x_units = self.pen_units as f32;
        self.pen_units += self.advance_units(face, glyph);
        Some(Placed { face, glyph, x_units })
    }
}

/// Whether a text has characters for which a hollow box is drawn.
pub fn has_boxes(text: &str) -> bool {
    text.chars().any(|c| is_missing(c) && fallback::face_with(c).is_none())
}

fn usable(size: f32) -> bool {
    size.is_finite() && size > 0.0
}

/// Width of one line of text at an em size, both in pixels; 0 for a size that is not positive.
pub fn width(text: &str, size: f32, weight: Weight) -> f32 {
    if !usable(size) {
        return 0.0;
    }
    let mut line = Line::new(text, weight);
    line.by_ref().for_each(drop);
    line.pen_units as f32 * size / line.face.units_per_em
}

/// Height of a capital above the baseline at an em size, pixels: half of it centres a line on a mark.
pub fn cap_height(size: f32, weight: Weight) -> f32 {
    let face = Face::of(weight);
    face.heights.map_or(0.7 * size, |heights| heights[1] / face.units_per_em * size)
}

/// The longest beginning of `text` that fits into `max_width` pixels, ended by "…" when something was cut.
///
/// Empty when not even the "…" fits.
pub fn ellipsize(text: &str, size: f32, weight: Weight, max_width: f32) -> String {
    if width(text, size, weight) <= max_width {
        return text.to_owned();
    }
    let room = max_width - width("…", size, weight);
    if room.is_nan() || room < 0.0 {
        return String::new();
    }
    let mut shortened = text[..fitting_bytes(text, size, weight, room)].trim_end().to_owned();
    shortened.push(ELLIPSIS);
    shortened
}

/// How many bytes from the start of `text` fit into `room` pixels.
fn fitting_bytes(text: &str, size: f32, weight: Weight, room: f32) -> usize {
    let mut line = Line::new(text, weight);
    let scale = size / line.face.units_per_em;
    loop {
        let before = text.len() - line.chars.as_str().len();
        if line.next().is_none() {
            return text.len();
        }
        // A NaN room fits nothing.
        if room.is_nan() || line.pen_units as f32 * scale > room {
            return before;
        }
    }
}

/// `text` as lines of at most `max_width` pixels, broken at white space; a longer word is broken inside.
///
/// No-break spaces (U+00A0, U+202F) and the thin spaces of numbers (U+2004 … U+200A) hold their neighbours together. Never empty lines; at least one character
/// a line, even when `max_width` is too small for it.
pub fn wrap(text: &str, size: f32, weight: Weight, max_width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut line_width = 0.0;
    let space = width(" ", size, weight);
    for word in text.split(breaks_line).filter(|w| !w.is_empty()) {
        let word_width = width(word, size, weight);
        if !line.is_empty() {
            if line_width + space + word_width <= max_width {
                line.push(' ');
                line.push_str(word);
                line_width += space + word_width;
                continue;
            }
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        loop {
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let cut = fitting_bytes(rest, size, weight, max_width).max(first);
            if cut >= rest.len() {
                break;
            }
            lines.push(rest[..cut].to_owned());
            rest = &rest[cut..];
        }
        line.push_str(rest);
        line_width = width(rest, size, weight);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn breaks_line(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2004}'..='\u{200a}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_align() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            for number in 0..1000 {
                let number = format!("{number:03}");
                assert!((width(&number, 20.0, weight) - 36.0).abs() < 1e-4, "{number}");
            }
        }
    }

    #[test]
    fn pairs_are_kerned() {
        let units = |text| width(text, 1000.0, Weight::Regular).round() as i32;
        assert!(units("AV") < units("A") + units("V"), "AV");
        assert!(units("To") < units("T") + units("o"), "To");
        assert_eq!(units("HH"), 2 * units("H"));
        assert_eq!(units("A V"), units("A") + units(" ") + units("V"));
    }

    #[test]
    fn capitals_have_the_height_the_face_says() {
        // OS/2 table: sCapHeight 698 of 1000.
        assert!((cap_height(100.0, Weight::Regular) - 69.8).abs() < 0.1);
        assert!((cap_height(100.0, Weight::SemiBold) - 69.8).abs() < 0.1);
    }

    #[test]
    fn level_edges_fall_on_pixel_rows() {
        let face = Face::of(Weight::Regular);
        for size in [10.0, 17.0, 18.0, 20.0, 22.0, 26.0, 40.0, 96.0] {
            let rows = face.rows(size);
            for height in face.heights.into_iter().flatten().chain([0.0]) {
                let row = rows.fit(height);
                assert!((row - row.round()).abs() < 1e-5, "{height} at {size}: {row}");
                assert!((row - height * size / 1000.0).abs() <= 0.501, "{height} at {size}: {row}");
            }
            let fitted: Vec<f32> = (-300..900).map(|y| rows.fit(y as f32)).collect();
            assert!(fitted.windows(2).all(|pair| pair[0] <= pair[1]), "order at {size}");
        }
    }

    #[test]
    fn width_counts_boxes_and_skips_controls() {
        assert!((width("日本", 10.0, Weight::Regular) - 12.0).abs() < 1e-4);
        let bits = |text, size| width(text, size, Weight::Regular).to_bits();
        assert_eq!(bits("a\u{202e}\u{7}b", 10.0), bits("ab", 10.0));
        assert_eq!(bits("a\tb\n", 10.0), bits("a b ", 10.0));
        assert_eq!(bits("abc", f32::NAN), 0);
        assert_eq!(bits("", 10.0), 0);
    }

    #[test]
    fn ellipsized_text_fits() {
        let name = "A very long player's name, even longer than that";
        for max in [0.0, 5.0, 9.0, 40.0, 123.0, 1000.0] {
            let short = ellipsize(name, 20.0, Weight::SemiBold, max);
            assert!(width(&short, 20.0, Weight::SemiBold) <= max, "{short} at {max}");
        }
        assert_eq!(ellipsize(name, 20.0, Weight::SemiBold, 1000.0), name);
        assert_eq!(ellipsize("Wanderer of ways", 20.0, Weight::Regular, 110.0), "Wanderer…");
        assert_eq!(ellipsize(name, 20.0, Weight::Regular, f32::NAN), "");
    }

    #[test]
    fn wrapped_lines_fit_and_keep_every_word() {
        let text =
            "60 lives (18 died) · 12 players · 6\u{202f}611 samples used Donaudampfschifffahrtsgesellschaft";
        let lines = wrap(text, 17.0, Weight::Regular, 120.0);
        assert!(lines.iter().all(|l| width(l, 17.0, Weight::Regular) <= 120.0), "{lines:?}");
        let strip = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
        assert_eq!(strip(&lines.concat()), strip(text));
        assert_eq!(wrap("ab", 17.0, Weight::Regular, 1.0), ["a", "b"]);
        assert!(wrap(" \n", 17.0, Weight::Regular, 10.0).is_empty());
        assert_eq!(wrap("a b", 17.0, Weight::Regular, f32::NAN).concat(), "ab");
    }
}
