//! One version number for each figure: part of a kept picture's key, so that a picture is drawn again when its figure
//! looks different. A test holds each number to the figure's golden pictures.

use super::subject::Subject;

/// Raised with everything that changes all figures: sheet, legend, labels, base map, raster.
const ALL: u32 = 3;

/// The version of a subject's figure, as text.
pub fn version_of(subject: &Subject) -> String {
    let own = match subject {
        Subject::Heatmap(_) | Subject::Versus(_) => 1,
        Subject::Paths(_) => 1,
        Subject::Exits(_) => 1,
        Subject::Kills(_) => 1,
        Subject::Arrival(_) => 1,
        Subject::Life(_) => 1,
        Subject::Replay(_) => 1,
    };
    format!("{} {ALL}.{own}", subject.name())
}
