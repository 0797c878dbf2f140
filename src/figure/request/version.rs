//! One version number for each figure: part of a kept picture's key, so that a picture is drawn again when its figure
//! looks different. A test holds each number to the figure's golden pictures.

use super::subject::Subject;

/// Raised with everything that changes all figures: sheet, legend, labels, base map, raster.
const ALL: u32 = 5;

/// Raised with everything that changes one figure.
const OWN: [(&str, u32); 8] = [
    ("heatmap", 3),
    ("versus", 2),
    ("paths", 3),
    ("exits", 4),
    ("kills", 5),
    ("arrival", 5),
    ("life", 3),
    ("replay", 4),
];

/// The version of a subject's figure, as text.
pub fn version_of(subject: &Subject) -> String {
    let own = OWN.iter().find(|(name, _)| *name == subject.name()).map_or(0, |(_, own)| *own);
    format!("{} {ALL}.{own}", subject.name())
}
