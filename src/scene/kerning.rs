//! How much closer or wider two neighbouring glyphs stand, from a face's own GPOS table.

use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{GlyphId, Tag};

/// The pair adjustments of a face's `kern` feature.
#[derive(Default)]
pub(super) struct Kerning {
    /// For each lookup its subtables in order; the first one that knows a pair decides.
    lookups: Vec<Vec<PairAdjustment<'static>>>,
}

impl Kerning {
    /// Reads the lookups that any script's `kern` feature names. Without a GPOS table nothing is kerned.
    pub(super) fn of(font: &'static [u8]) -> Self {
        let gpos = ttf_parser::Face::parse(font, 0).ok().and_then(|face| face.tables().gpos);
        let Some(gpos) = gpos else { return Self { lookups: Vec::new() } };
        let mut indices: Vec<u16> = gpos
            .features
            .into_iter()
            .filter(|feature| feature.tag == Tag::from_bytes(b"kern"))
            .flat_map(|feature| feature.lookup_indices)
            .collect();
        indices.sort_unstable();
        indices.dedup();
        let pairs = |subtable| match subtable {
            PositioningSubtable::Pair(pairs) => Some(pairs),
            _ => None,
        };
        let lookups = indices.into_iter().filter_map(|index| gpos.lookups.get(index));
        Self {
            lookups: lookups.map(|lookup| lookup.subtables.into_iter().filter_map(pairs).collect()).collect(),
        }
    }

    /// Font units to add between two glyphs; mostly 0 or negative.
    pub(super) fn between(&self, first: u16, second: u16) -> i64 {
        let (first, second) = (GlyphId(first), GlyphId(second));
        let advance =
            |lookup: &Vec<PairAdjustment>| lookup.iter().find_map(|pairs| adjusted(pairs, first, second));
        self.lookups.iter().filter_map(advance).map(i64::from).sum()
    }
}

/// What a subtable says of a pair; `None` when it does not know it. (OpenType 1.9, "Pair adjustment positioning".)
fn adjusted(pairs: &PairAdjustment, first: GlyphId, second: GlyphId) -> Option<i16> {
    let place = pairs.coverage().get(first)?;
    match pairs {
        PairAdjustment::Format1 { sets, .. } => {
            sets.get(place)?.get(second).map(|(value, _)| value.x_advance)
        }
        // Classes cover every second glyph: this table decides, if only for 0.
        PairAdjustment::Format2 { classes, matrix, .. } => {
            let pair = (classes.0.get(first), classes.1.get(second));
            Some(matrix.get(pair).map_or(0, |(value, _)| value.x_advance))
        }
    }
}
