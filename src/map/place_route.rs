//! A path told by the names of the places it leads past: "Mill Camp → South Street → Stone Bridge".

use super::library::WorldMap;
use crate::geom::WorldPoint;

/// A place farther away than this is not where one is, units.
const REACH_UNITS: f64 = 640.0;
/// A place is passed only if so many points in a row are nearest to it: to graze it is not enough.
const LEAST_POINTS: usize = 2;

impl WorldMap {
    /// The places that a path leads past, in order; a place counts again when the path comes back to it from another.
    /// Empty where the map names no places.
    ///
    /// The path's points should lie close together, as samples of a track do.
    pub fn route(&self, path: impl IntoIterator<Item = WorldPoint>) -> Vec<&str> {
        let mut route: Vec<&str> = Vec::new();
        let mut near: (Option<&str>, usize) = (None, 0);
        if self.labels.is_empty() {
            return route;
        }
        for at in path {
            let name = self.place(at, REACH_UNITS).map(|label| label.text.as_str());
            near = if name == near.0 { (name, near.1 + 1) } else { (name, 1) };
            if let Some(name) = name
                && near.1 >= LEAST_POINTS
                && route.last() != Some(&name)
            {
                route.push(name);
            }
        }
        route
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::WorldRect;
    use crate::map::label::{LabelKind, MapLabel};

    #[test]
    fn grazed_places_do_not_count_and_those_come_back_to_do() {
        let rect = WorldRect::new(-4000.0, -4000.0, 4000.0, 4000.0).unwrap();
        let mut map = WorldMap::fitted("x", &rect);
        let at = |x: f32| WorldPoint::new(x, 0.0, 0.0);
        assert!(map.route([at(0.0), at(1.0)]).is_empty());
        let label = |name, x| MapLabel::new(LabelKind::Place, None, name, at(x));
        map.labels.extend([label("Seawall", 0.0), label("Flag", 1000.0)].into_iter().flatten());
        let path = [0.0, 50.0, 1000.0, 60.0, 80.0, 2500.0, 2600.0, 900.0, 990.0, 100.0, 90.0];
        assert_eq!(map.route(path.map(at)), ["Seawall", "Flag", "Seawall"]);
    }
}
