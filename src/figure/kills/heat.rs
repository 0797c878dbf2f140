//! Many deaths: how close they lie, per side, and the places where most of them happened.

use super::kill::Kill;
use crate::figure::canvas::Canvas;
use crate::figure::heatmap::{Glow, Look};
use crate::geom::{WorldPoint, WorldRect};
use crate::map::{GameGrid, LabelKind, WorldMap};
use crate::model::Team;
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::plane::oklab::{Curves, Lab};
use crate::plane::overlay;
use crate::scene::{Color, Item};
use crate::theme;

/// Cells along the longer side of the map.
const CELLS: f64 = 384.0;
/// The least sigma of the density: units, and design pixels.
const SIGMA_UNITS: f64 = 80.0;
const SIGMA_PX: f64 = 6.0;
/// The legend counts deaths in a square of this side, units.
pub(super) const LEGEND_CELL_UNITS: f64 = 256.0;
/// So many deaths on one spot before it can look hot.
const FLOOR_DEATHS: f64 = 6.0;
/// Brightness is whole at this share of all cells that hold anything worth mentioning.
const REFERENCE: f64 = 0.99;
/// Chroma of a place that both sides share, against one of a side alone.
const SHARED_CHROMA: f32 = 0.35;
/// Deaths this near belong to a place; places are at least twice as far apart, units.
const PLACE_UNITS: f64 = 256.0;
/// At most so many places are named, each with at least so many deaths.
const MOST_PLACES: usize = 5;
const LEAST_DEATHS: usize = 3;
/// A label farther away than this does not name a place, units.
const NAME_UNITS: f64 = 700.0;

/// The sides whose deaths have a colour of their own, in the order of the legend.
pub(super) const SIDES: [Team; 2] = [Team::Allies, Team::Axis];

/// How close deaths lie.
pub(super) struct DeathHeat {
    /// Deaths per square unit, smoothed, one field per side.
    sides: [Field; 2],
    extent: WorldRect,
    /// The density of the whole brightness.
    reference: f64,
    look: Look,
}

/// A place where many died.
#[derive(Debug, PartialEq)]
pub(super) struct DeathPlace {
    pub at: WorldPoint,
    pub deaths: usize,
    pub name: String,
}

impl DeathHeat {
    /// The heat of these deaths on a map; `None` for an extent without cells.
    pub(super) fn of<'k>(kills: impl Iterator<Item = &'k Kill>, canvas: &Canvas<'_>) -> Option<Self> {
        let extent = canvas.map.extent.rect;
        let side = extent.width().max(extent.height()) / CELLS;
        let size = |units: f64| ((units / side).ceil() as usize).max(1);
        let (width, height) = (size(extent.width()), size(extent.height()));
        let mut counts = [vec![0.0_f32; width * height], vec![0.0_f32; width * height]];
        for kill in kills.filter(|kill| extent.contains(kill.at)) {
            let Some(plane) = SIDES.iter().position(|side| *side == kill.team) else { continue };
            let share =
                |at: f64, units: f64, cells: usize| ((at / units * cells as f64) as usize).min(cells - 1);
            let x = share(f64::from(kill.at.x) - extent.min_x(), extent.width(), width);
            let y = share(extent.max_y() - f64::from(kill.at.y), extent.height(), height);
            counts[plane][y * width + x] += 1.0;
        }
        let design_px = canvas.frame().units_per_px() * f64::from(canvas.sheet.scale());
        let sigma = SIGMA_UNITS.max(SIGMA_PX * design_px);
        let cell = (extent.width() / width as f64, extent.height() / height as f64);
        let per_unit = (1.0 / (cell.0 * cell.1)) as f32;
        let smooth = |counts: Vec<f32>| {
            let density = counts.into_iter().map(|count| count * per_unit).collect();
            Some(Field::new(width, height, density)?.smoothed(sigma / cell.0, sigma / cell.1))
        };
        let [allies, axis] = counts;
        let sides = [smooth(allies)?, smooth(axis)?];
        let floor = FLOOR_DEATHS / (2.0 * std::f64::consts::PI * sigma * sigma);
        let mut values: Vec<f32> = sides[0].clone().plus(&sides[1]).values().to_vec();
        let most = values.iter().copied().fold(0.0, f32::max);
        values.retain(|value| *value > most / 100.0);
        values.sort_unstable_by(f32::total_cmp);
        let high = values.get((values.len() as f64 * REFERENCE) as usize).copied().unwrap_or(most);
        let look = Look::Glow(Glow::new(canvas.theme()));
        Some(Self { sides, extent, reference: f64::from(high).max(floor), look })
    }

    /// How brightness looks.
    pub(super) fn look(&self) -> &Look {
        &self.look
    }

    /// Deaths in a square of the legend's side at a brightness of 0 … 1.
    pub(super) fn value(&self, brightness: f64) -> f64 {
        brightness * brightness * self.reference * LEGEND_CELL_UNITS * LEGEND_CELL_UNITS
    }

    /// The heat over a frame: of each place in the colour of the side that died there more, greyer where both did.
    pub(super) fn item(&self, frame: &MapFrame, canvas: &Canvas<'_>) -> Option<Item> {
        let theme = canvas.theme();
        let planes = self.sides.each_ref().map(|side| overlay::in_pixels(side, &self.extent, frame));
        let hues: [Lab; 2] = SIDES.map(|side| theme::lab(theme.team(&side)));
        let reference = self.reference as f32;
        overlay::item(frame, theme.heat_blend, |i| {
            let [allies, axis] = [planes[0][i].max(0.0), planes[1][i].max(0.0)];
            let all = allies + axis;
            let v = (all / reference).clamp(0.0, 1.0).sqrt();
            if v <= self.look.invisible() {
                return theme.text.opacity(0.0);
            }
            let held = allies.max(axis) / all;
            let hue = if allies > axis { hues[0] } else { hues[1] };
            let alone = overlay::smoothstep(0.5, 0.75, held);
            let hue = hue.chroma_times(SHARED_CHROMA + (1.0 - SHARED_CHROMA) * alone);
            let [r, g, b] = Curves::get().bytes(self.look.color(hue, v));
            Color { r, g, b, a: 255 }.opacity(self.look.opacity(v))
        })
    }

    /// The places where most died, the worst first, of those that are shown.
    pub(super) fn places(
        &self,
        kills: &[&Kill],
        map: &WorldMap,
        is_shown: impl Fn(WorldPoint) -> bool,
    ) -> Vec<DeathPlace> {
        let all = self.sides[0].clone().plus(&self.sides[1]);
        let (width, height) = (all.width(), all.height());
        let grid = GameGrid::new(&self.extent);
        let middle = |cell: usize| {
            let share = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
            let x = self.extent.min_x() + share(cell % width, width) * self.extent.width();
            let y = self.extent.max_y() - share(cell / width, height) * self.extent.height();
            WorldPoint::new(x as f32, y as f32, 0.0)
        };
        let mut places: Vec<DeathPlace> = Vec::new();
        for _ in 0..MOST_PLACES {
            let free =
                |at: WorldPoint| places.iter().all(|place| place.at.distance_2d(at) > 2.0 * PLACE_UNITS);
            let candidates = (0..width * height)
                .filter(|&cell| all.values()[cell] > 0.0 && free(middle(cell)) && is_shown(middle(cell)));
            let most =
                candidates.max_by(|&a, &b| all.values()[a].total_cmp(&all.values()[b]).then(b.cmp(&a)));
            let Some(at) = most.map(middle) else { break };
            let deaths = kills.iter().filter(|kill| kill.at.distance_2d(at) <= PLACE_UNITS).count();
            if deaths < LEAST_DEATHS {
                break;
            }
            places.push(DeathPlace { at, deaths, name: name(at, map, &grid) });
        }
        places.sort_by_key(|place| std::cmp::Reverse(place.deaths));
        told_apart(places, &grid)
    }
}

/// What a place is called: by the map's nearest name, else by the game's grid.
fn name(at: WorldPoint, map: &WorldMap, grid: &GameGrid) -> String {
    map.labels
        .iter()
        .filter(|label| label.kind != LabelKind::Cabinet)
        .map(|label| (label.at.distance_2d(at), &label.text))
        .filter(|(distance, _)| *distance <= NAME_UNITS)
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)))
        .map_or_else(|| format!("grid {}", grid.name(at)), |(_, name)| name.clone())
}

/// Places near the same label, told apart by the square of the game's grid that each lies in.
fn told_apart(mut places: Vec<DeathPlace>, grid: &GameGrid) -> Vec<DeathPlace> {
    let names: Vec<String> = places.iter().map(|place| place.name.clone()).collect();
    let same = |names: &[String], name: &String| names.iter().filter(|other| *other == name).count();
    for (place, name) in places.iter_mut().zip(&names).filter(|(_, name)| same(&names, name) > 1) {
        // A name that is a square of the grid says it already.
        let square = grid.name(place.at).to_string();
        if !name.ends_with(&square) {
            place.name = format!("{name} · {square}");
        }
    }
    // Two in one square have numbers.
    let names: Vec<String> = places.iter().map(|place| place.name.clone()).collect();
    for (i, place) in places.iter_mut().enumerate().filter(|(i, _)| same(&names, &names[*i]) > 1) {
        place.name = format!("{} ({})", place.name, same(&names[..=i], &names[i]));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_places_have_one_name() {
        let extent = WorldRect::new(0.0, 0.0, 4_000.0, 4_000.0).unwrap();
        let place = |x: f32, name: &str| DeathPlace {
            at: WorldPoint::new(x, 2_000.0, 0.0),
            deaths: 3,
            name: name.to_owned(),
        };
        let grid = GameGrid::new(&extent);
        let bridge = || place(100.0, "Bridge");
        let places = vec![bridge(), place(3_900.0, "Bridge"), place(2_000.0, "Gate"), bridge()];
        let found: Vec<String> = told_apart(places, &grid).into_iter().map(|place| place.name).collect();
        let square = |x: f32| grid.name(WorldPoint::new(x, 2_000.0, 0.0));
        let west = square(100.0);
        let named =
            [format!("Bridge · {west} (1)"), format!("Bridge · {}", square(3_900.0)), "Gate".to_owned()];
        assert_eq!(found[..3], named);
        assert_eq!(found[3], format!("Bridge · {west} (2)"));
    }
}
