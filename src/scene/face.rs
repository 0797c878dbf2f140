//! Typefaces: the two that are part of the program, and further ones.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef};

use super::Weight;
use super::kerning::Kerning;

/// One face with the numbers measuring needs.
pub(crate) struct Face {
    pub(crate) font: FontRef<'static>,
    pub(crate) units_per_em: f32,
    /// What tells it from the others: 0 regular, 1 semi-bold, then the further ones.
    pub(crate) id: u32,
    pub(super) kerning: Kerning,
    /// Heights of x, H, d and depth of p, font units; `None` for a further face, whose letters may have none of these.
    pub(super) heights: Option<[f32; 4]>,
}

static REGULAR: LazyLock<Face> =
    LazyLock::new(|| Face::embedded(include_bytes!("font/IBMPlexSans-Regular.ttf"), 0));
static SEMI_BOLD: LazyLock<Face> =
    LazyLock::new(|| Face::embedded(include_bytes!("font/IBMPlexSans-SemiBold.ttf"), 1));

impl Face {
    fn embedded(bytes: &'static [u8], id: u32) -> Self {
        let font = FontRef::try_from_slice(bytes).expect("the embedded face is whole");
        let units_per_em = font.units_per_em().unwrap_or(1000.0);
        // ab_glyph's boxes are upside down: `min` is the upper left corner, y up.
        let bounds = |letter: char| font.outline(font.glyph_id(letter)).map(|outline| outline.bounds);
        let top = |letter: char| bounds(letter).map_or(0.7 * units_per_em, |b| b.min.y);
        let depth = bounds('p').map_or(-0.2 * units_per_em, |b| b.max.y);
        let heights = [top('x'), top('H'), top('d'), depth];
        Self { font, units_per_em, id, kerning: Kerning::of(bytes), heights: Some(heights) }
    }

    /// A further face; `None` if the file is damaged.
    pub(crate) fn fallback(bytes: &'static [u8], index: u32, number: u16) -> Option<Self> {
        let font = FontRef::try_from_slice_and_index(bytes, index).ok()?;
        let units_per_em = font.units_per_em().filter(|units| units.is_finite() && *units >= 1.0)?;
        Some(Self {
            font,
            units_per_em,
            id: 2 + u32::from(number),
            kerning: Kerning::default(),
            heights: None,
        })
    }

    /// Where the face's level edges go at an em size.
    pub(crate) fn rows(&self, size: f32) -> Rows {
        let scale = size / self.units_per_em;
        self.heights.map_or(Rows { scale, knots: Vec::new() }, |heights| Rows::new(heights, scale))
    }

    /// The face of a weight.
    pub(crate) fn of(weight: Weight) -> &'static Self {
        match weight {
            Weight::Regular => &REGULAR,
            Weight::SemiBold => &SEMI_BOLD,
        }
    }
}

/// How far round letters reach beyond the flat ones, font units.
const OVERSHOOT: f32 = 16.0;

/// A map from heights in font units to pixels that puts the baseline and the tops of small letters, capitals and
/// ascenders on whole pixel rows, and round letters' overshoot with them while it is less than half a pixel.
///
/// What lies between moves with them; widths stay as they are.
pub(crate) struct Rows {
    scale: f32,
    /// Height in font units and in pixels, rising.
    knots: Vec<(f32, f32)>,
}

impl Rows {
    fn new([small, capital, ascender, depth]: [f32; 4], scale: f32) -> Self {
        let flat = OVERSHOOT * scale < 0.5;
        let mut knots: Vec<(f32, f32)> = Vec::with_capacity(10);
        for (height, outward) in [
            (depth, -OVERSHOOT),
            (0.0, -OVERSHOOT),
            (small, OVERSHOOT),
            (capital, OVERSHOOT),
            (ascender, OVERSHOOT),
        ] {
            let row = (height * scale).round();
            let beyond = (height + outward, row);
            let exact = (height, row);
            match (flat, outward < 0.0) {
                (false, _) => knots.push(exact),
                (true, true) => knots.extend([beyond, exact]),
                (true, false) => knots.extend([exact, beyond]),
            }
        }
        Self { scale, knots }
    }

    /// Pixels above the baseline of a height in font units.
    pub(crate) fn fit(&self, y: f32) -> f32 {
        let above = self.knots.partition_point(|knot| knot.0 <= y);
        match (above.checked_sub(1).and_then(|i| self.knots.get(i)), self.knots.get(above)) {
            (Some(low), Some(high)) => low.1 + (high.1 - low.1) * (y - low.0) / (high.0 - low.0),
            (Some(end), None) | (None, Some(end)) => end.1 + (y - end.0) * self.scale,
            (None, None) => y * self.scale,
        }
    }
}

/// The character that is drawn for another one.
pub(super) fn drawn(c: char) -> char {
    if c.is_whitespace() && c != '\u{a0}' { plain_space(c) } else { c }
}

/// Whether the embedded faces lack a character that should be seen.
pub(super) fn is_missing(c: char) -> bool {
    !is_invisible(c) && REGULAR.font.glyph_id(drawn(c)).0 == 0
}

/// White space the faces lack (tab, line break, exotic gaps) becomes a plain space.
fn plain_space(c: char) -> char {
    match c {
        '\u{2000}'..='\u{200a}' | '\u{202f}' | ' ' => c,
        _ => ' ',
    }
}

/// Control, direction and joining characters: they have no picture of their own.
pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}
