//! The part of the world that a zoomed picture shows, moved into the map: beside the map there is nothing to see.

use crate::geom::WorldRect;

/// A window of this aspect that shows all of `wanted`, moved into the map as far as it loses nothing of it.
pub(crate) fn around(wanted: &WorldRect, map: &WorldRect, (width, height): (f32, f32)) -> Option<WorldRect> {
    let (width, height) = (f64::from(width), f64::from(height));
    let units_per_px = (wanted.width() / width).max(wanted.height() / height);
    holding(wanted, map, (width / 2.0 * units_per_px, height / 2.0 * units_per_px))
}

/// The window of twice `half` with `kept` in its middle, moved into the map as far as it keeps all of it.
pub(crate) fn holding(kept: &WorldRect, map: &WorldRect, half: (f64, f64)) -> Option<WorldRect> {
    let x = slid((kept.min_x(), kept.max_x()), (map.min_x(), map.max_x()), half.0);
    let y = slid((kept.min_y(), kept.max_y()), (map.min_y(), map.max_y()), half.1);
    WorldRect::new(x - half.0, y - half.1, x + half.0, y + half.1)
}

/// The middle of a window of twice `half` along one axis: that of what it keeps, moved into the map where the window fits it
/// and to the map's middle where it does not, but never so far that it loses what it keeps.
fn slid(kept: (f64, f64), map: (f64, f64), half: f64) -> f64 {
    let middle = if map.1 - map.0 < 2.0 * half {
        f64::midpoint(map.0, map.1)
    } else {
        f64::midpoint(kept.0, kept.1).clamp(map.0 + half, map.1 - half)
    };
    middle.max(kept.1 - half).min(kept.0 + half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_stay_on_the_map_while_they_hold_what_they_show() {
        let map = (0.0, 1000.0);
        assert_eq!(slid((400.0, 500.0), map, 100.0), 450.0, "in the middle");
        assert_eq!(slid((20.0, 80.0), map, 100.0), 100.0, "moved inwards");
        assert_eq!(slid((-60.0, 20.0), map, 100.0), 40.0, "off the map: the path decides");
        assert_eq!(slid((20.0, 80.0), map, 600.0), 500.0, "wider than the map: all of it");
        assert_eq!(slid((-200.0, 80.0), map, 600.0), 400.0, "wider than the map, and the path leaves it");
    }
}
