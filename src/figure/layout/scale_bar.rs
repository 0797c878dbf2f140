//! The distance section of a legend: a bar of the map's own scale, in units, metres and seconds on foot.

use super::legend::{Row, Section};
use super::sheet::{Orientation, PORTRAIT_TEXT, Sheet};
use crate::figure::words::number;
use crate::plane::MapFrame;

/// The bar's length before it is made to fit, units.
const UNITS: f64 = 1024.0;
/// Longest and shortest bar, design pixels.
const LONGEST: f64 = 380.0;
const SHORTEST: f64 = 24.0;
/// Speeds on foot, units per second: what a player runs and sprints with an ordinary weapon.
pub const RUN_UPS: f64 = 256.0;
/// See [`RUN_UPS`].
pub const SPRINT_UPS: f64 = 352.0;

/// The section for a map at the scale of `frame`.
pub fn section(sheet: &Sheet, frame: &MapFrame) -> Section {
    let text = if sheet.orientation() == Orientation::Portrait { PORTRAIT_TEXT } else { 1.0 };
    let px_per_unit = frame.affine.scale_x();
    let units = bar_units(px_per_unit / f64::from(sheet.scale() * text));
    Section::legend("Distance")
        .row(Row::Ruler { length_px: (units * px_per_unit) as f32 })
        .row(Row::Text(format!("{} u = {}", plain_units(units), number::metres(units))))
        .row(Row::Note(format!(
            "run {} · sprint {}",
            number::seconds(units / RUN_UPS),
            number::seconds(units / SPRINT_UPS)
        )))
}

/// 1024 units, halved until the bar fits the legend, or doubled until its ticks can be told apart.
fn bar_units(design_px_per_unit: f64) -> f64 {
    let mut units = UNITS;
    while units * design_px_per_unit > LONGEST && units > 1.0 {
        units /= 2.0;
    }
    while units * design_px_per_unit < SHORTEST && units < 1e9 {
        units *= 2.0;
    }
    units
}

/// Bar lengths are powers of two that players know by heart: no gap in 1024.
fn plain_units(units: f64) -> String {
    if units < 10_000.0 { format!("{units:.0}") } else { number::count(units as u64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fit_the_legend() {
        assert_eq!(bar_units(1080.0 / 6400.0), 1024.0);
        assert_eq!(bar_units(1080.0 / 2000.0), 512.0);
        assert_eq!(bar_units(1080.0 / 150_000.0), 4096.0);
        assert_eq!(bar_units(0.0), 1e9_f64.log2().ceil().exp2());
    }
}
