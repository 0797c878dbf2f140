//! One panel per floor: for maps that lie in floors, where one picture would lay upper floors over lower ones.

use std::collections::BTreeSet;

use super::sheet::{Orientation, Panels, Sheet, filled};
use crate::analysis::{
    BlockSums, Change, Depth, Filter, Floor, HeatSums, HeightSum, KindSums, Life, Lives, NarrowLife,
    NarrowRound, NarrowStep, NumberLines, PlacedRounds, PlayerLines, TakeSteps,
};
use crate::basemap::FloorMap;
use crate::figure::canvas::Canvas;
use crate::figure::request::recipe::{Drawing, FloorPanels};
use crate::figure::words::filter_words;
use crate::geom::{PixelPoint, WorldRect};
use crate::map::floors::{SeenHeights, Stacked};
use crate::map::{LabelKind, Layers, MapLabel};
use crate::scene::{Align, Item, Label, Stroke, Weight};
use crate::theme::{HALO_OPACITY, halo_width};

/// How strongly the other floors' movement shows in a floor's panel.
pub const OTHERS_OPACITY: f32 = 0.12;
/// A floor with more named places than this is not named after them.
const MOST_NAMED: usize = 2;

/// Something that collects movement, whole or floor by floor, and can be drawn either way.
pub trait ByFloor: Clone {
    /// Adds what another one of the same kind collected; the order does not matter.
    fn join(&mut self, other: Self);

    /// A floor's part of `whole`, to be drawn over faint traces of what happened on the other floors.
    #[must_use]
    fn over(self, others: Self, whole: &Self) -> Self;
}

/// What happened on one floor.
#[derive(Debug, Clone)]
pub struct FloorPart<'a, A> {
    /// Which floor.
    pub floor: Floor,
    /// What its panel is drawn on.
    pub map: &'a FloorMap,
    /// What was collected there.
    pub part: A,
}

/// The floors that a map's own layers part, the lowest first; none for fewer than two.
pub fn of_layers(layers: &Layers) -> Vec<Floor> {
    Floor::between(layers.iter().map(|layer| layer.ceiling))
}

/// Adds where the lives went, and for how long, in the states that their filter wants.
pub fn see(seen: &mut SeenHeights, lives: &Lives<'_>) {
    for segment in lives.lives.iter().flat_map(Life::segments) {
        seen.add(segment.from.at, segment.dt_ms.max(0) as u64);
    }
}

/// The same of rounds that were summed before.
pub fn see_sums(seen: &mut SeenHeights, sums: &HeatSums, filter: &Filter) {
    for sum in &sums.heights {
        if filter.states.contains(sum.state) && filter.refuses_who(sum.who).is_none() {
            seen.add(sum.middle(), sum.ms);
        }
    }
}

/// Gives all that a filter wants of the lives of rounds in memory to `to`, as [`PlacedRounds::narrowed`], and the heights of
/// it to `seen`.
pub(crate) fn narrowed(
    rounds: &PlacedRounds<'_>,
    (filter, extent): (&Filter, &WorldRect),
    depth: Depth,
    to: &mut impl TakeSteps,
    seen: Option<&mut SeenHeights>,
) -> Option<bool> {
    match seen {
        Some(seen) => rounds.narrowed(filter, extent, depth, &mut WithHeights { to, seen }),
        None => rounds.narrowed(filter, extent, depth, to),
    }
}

/// What takes steps, and the heights of their beginnings.
struct WithHeights<'a, T> {
    to: &'a mut T,
    seen: &'a mut SeenHeights,
}

impl<T: TakeSteps> TakeSteps for WithHeights<'_, T> {
    fn take_kind(&mut self, kind: &KindSums) {
        kind.heights.iter().for_each(|sum| self.seen.add(sum.middle(), sum.ms));
        self.to.take_kind(kind);
    }

    fn take_player(&mut self, lines: &PlayerLines) {
        self.to.take_player(lines);
    }

    fn take_numbers(&mut self, lines: &NumberLines) {
        self.to.take_numbers(lines);
    }

    fn take_block(&mut self, sums: &BlockSums) {
        sums.heights.iter().for_each(|sum| self.seen.add(sum.middle(), sum.ms));
        self.to.take_block(sums);
    }

    fn begin_life(&mut self, life: &Life<'_>) {
        self.to.begin_life(life);
    }

    fn take_step(&mut self, step: &NarrowStep<'_>) {
        match step.change {
            Change::Add => self.seen.add(step.from.at, step.ms),
            Change::Take => self.seen.take_away(step.from.at, step.ms),
        }
        self.to.take_step(step);
    }

    fn take_life(&mut self, life: &NarrowLife<'_, '_>) {
        self.to.take_life(life);
    }

    fn take_round(&mut self, round: &NarrowRound<'_>) {
        self.to.take_round(round);
    }
}

// Sums are by place and height: they stand for all points of one only where both count alike.
const _: () = assert!(
    HeightSum::PLACE_UNITS == SeenHeights::PLACE_UNITS && HeightSum::STEP_UNITS == SeenHeights::STEP_UNITS
);

/// The floors of a map with these `layers`, if one picture of all of them would hide some of what was `seen`
/// ([`Stacked::matters`]). On a map without layers they are found from where `all_players` went, so that a floor is the
/// same for every picture.
///
/// # Errors
/// Those of `all_players`, which is asked only when it matters.
pub fn overlapping<E>(
    mut seen: SeenHeights,
    layers: &Layers,
    all_players: impl FnOnce() -> Result<Vec<Floor>, E>,
) -> Result<Option<(Vec<Floor>, Stacked)>, E> {
    let mut floors = of_layers(layers);
    if floors.is_empty() {
        // Most maps end here: those who are shown have not been above each other, by their own heights.
        let own = of_layers(&seen.layers());
        if !stacked(&mut seen, &own).matters() {
            return Ok(None);
        }
        floors = all_players()?;
    }
    let stacked = stacked(&mut seen, &floors);
    Ok(stacked.matters().then_some((floors, stacked)))
}

/// How `floors` lie above each other where people went.
fn stacked(seen: &mut SeenHeights, floors: &[Floor]) -> Stacked {
    seen.stacked(|z| floors.iter().position(|floor| floor.holds(z)).unwrap_or_default())
}

/// The figure of the whole map in `context` if there are no `parts` or no room for them, else with one panel for each.
/// `draw` draws what was collected on the whole map or on one floor. `stacked`: why there are panels, if they were not
/// asked for.
///
/// # Errors
/// Those of `draw`.
pub fn figure<A: ByFloor, E>(
    whole: A,
    parts: &[FloorPart<'_, A>],
    stacked: Option<Stacked>,
    context: &Canvas<'_>,
    draw: impl Fn(A, &Canvas<'_>) -> Result<Drawing, E>,
) -> Result<Drawing, E> {
    let divided = context.sheet.divided(Panels::Floors(parts.len()));
    let Some(sheet) = panel_sheet(&divided) else { return draw(whole, context) };
    let mut panels = Vec::with_capacity(parts.len());
    for (i, FloorPart { floor, map, part }) in parts.iter().enumerate() {
        let mut others =
            parts.iter().enumerate().filter(|(other, _)| *other != i).map(|(_, other)| &other.part);
        let mut part = part.clone();
        if let Some(mut all) = others.next().cloned() {
            others.for_each(|other| all.join(other.clone()));
            part = part.over(all, &whole);
        }
        let filter = Filter { floor: Some(*floor), ..context.filter.clone() };
        // Base maps of this ground alone are kept, as those of the whole map are.
        let bases = context.bases.map(|_| &map.bases);
        let picture = map.picture.as_ref();
        let context = Canvas { picture, sheet, filter: &filter, bases, ..*context };
        panels.push((*floor, draw(part, &context)?));
    }
    let context = &Canvas { sheet: divided, ..*context };
    let mut figure = laid_out(draw(whole, context)?, panels, context);
    figure.recipe.floors = Some(FloorPanels {
        floors: parts.iter().map(|part| filter_words::floor(&part.floor)).collect(),
        stacked_percent: stacked.map(|stacked| stacked.percent()),
    });
    Ok(figure)
}

/// A floor of so many by its place among them, with the named places of a floor that has only a few.
fn name(floor: &Floor, floors: usize, labels: &[MapLabel]) -> String {
    let word = match (floor.number, floors) {
        (0, 2..) => "Lower".to_owned(),
        (number, _) if number + 1 == floors => "Upper".to_owned(),
        (1, 3) => "Middle".to_owned(),
        (number, _) => format!("Floor {number}"),
    };
    let places = labels.iter().filter(|label| label.kind != LabelKind::Cabinet && floor.holds(label.at.z));
    let places: BTreeSet<&str> = places.map(|label| label.text.as_str()).collect();
    if places.len() > MOST_NAMED {
        return word;
    }
    [word.as_str()].into_iter().chain(places).collect::<Vec<_>>().join(" · ")
}

/// The bare sheet that each panel of `divided` is drawn on; `None` for a single panel and for panels too small to read.
fn panel_sheet(divided: &Sheet) -> Option<Sheet> {
    match divided.panel_places().as_slice() {
        [first, _, ..] => Sheet::new(Orientation::Bare, first.width as u32),
        _ => None,
    }
}

/// `whole` with its map replaced by one panel per floor. `whole` is the figure of all floors, whose legend stays as it is;
/// each panel must have been drawn on [`panel_sheet`], with the scale of `whole`.
fn laid_out(mut whole: Drawing, panels: Vec<(Floor, Drawing)>, context: &Canvas<'_>) -> Drawing {
    let theme = context.theme();
    let sheet = context.sheet;
    let places = sheet.panel_places();
    let mut items = Vec::new();
    if context.background() == super::sheet::Background::Ground {
        items.push(filled(sheet.map_area(), 0.0, theme.ink));
    }
    // The lowest floor comes last: a building is read from its roof down.
    for (place, (floor, figure)) in places.iter().zip(panels.into_iter().rev()) {
        items.extend(figure.scene.items.into_iter().map(|item| item.moved(place.x as i32, place.y as i32)));
        let label = |text: String, y: f32, size: f32, weight: Weight| {
            let halo = Stroke { width: sheet.px(halo_width(size)), color: theme.ink.opacity(HALO_OPACITY) };
            Item::Label(Label {
                text,
                at: PixelPoint::new(place.x + sheet.px(16.0), place.y + sheet.px(y)),
                size: sheet.px(size),
                weight,
                color: theme.text,
                align: Align::Left,
                halo: Some(halo),
            })
        };
        let words = filter_words::floor(&floor);
        let (_, heights) = words.split_once(", ").unwrap_or((&words, ""));
        let name = name(&floor, places.len(), &context.map.labels);
        let lives = crate::figure::words::number::counted(figure.recipe.counts.lives, "life", "lives");
        items.push(label(name, 38.0, 26.0, Weight::SemiBold));
        items.push(label(format!("{heights} · {lives}"), 62.0, 20.0, Weight::Regular));
    }
    if let Some(map) = whole.scene.items.first_mut() {
        *map = Item::Clip { rect: sheet.map_area(), items };
    }
    whole
}
