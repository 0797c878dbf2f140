//! Standing still: how much of the time, and the places where most of it was spent.

use crate::analysis::{Change, Holds, Life, Segment, State, StateSet, UsedLife, is_still};
use crate::figure::canvas::Canvas;
use crate::figure::layout::legend::{Mark, Row, Section};
use crate::figure::layout::placement::Placement;
use crate::figure::words::number;
use crate::geom::{PixelPoint, WorldRect};
use crate::plane::MapFrame;
use crate::scene::{Align, Item, Label, Marker, PixelRect, Shape, Stroke, Weight};
use crate::theme;

/// Most places that are marked.
const MOST_PLACES: usize = 12;
/// Radius of a place's ring and size of its seconds, design pixels.
const RING_PX: f32 = 13.0;
const LABEL_PX: f32 = 20.0;
/// Share of the distance to the nearest other place that a ring may take.
const NEAREST_RINGS: f32 = 0.42;

/// What is known of standing still.
#[derive(Debug, Clone, Default)]
pub(super) struct Stillness {
    /// Upright and [`is_still`], and all time within the extent, ms.
    still_ms: i64,
    all_ms: i64,
    /// Collected only for pictures that show them.
    holds: Holds,
}

impl Stillness {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a segment.
    #[inline]
    pub(super) fn add(&mut self, segment: &Segment<'_>, extent: &WorldRect) {
        if extent.contains(segment.from.at) && extent.contains(segment.to.at) {
            self.all_ms += segment.dt_ms;
            if segment.state == State::Upright && is_still(segment) {
                self.still_ms += segment.dt_ms;
            }
        }
    }

    /// Adds the places that a life held, for pictures that show them.
    pub(super) fn add_holds(&mut self, life: &Life<'_>) {
        self.holds.add(life);
    }

    /// Adds a life of which sums are known, in these states.
    pub(super) fn add_sums(&mut self, life: &UsedLife, states: StateSet) {
        for state in State::ALL.into_iter().filter(|state| states.contains(*state)) {
            self.all_ms = self.all_ms.saturating_add_unsigned(life.inside_ms[state.index()]);
        }
        if states.contains(State::Upright) {
            self.still_ms = self.still_ms.saturating_add_unsigned(life.still_ms);
        }
    }

    /// Adds time within the extent in a state, and what of it was spent still; or takes it away.
    pub(super) fn add_or_take(&mut self, change: Change, state: State, inside_ms: u64, still_ms: u64) {
        let signed = |ms: u64| if change == Change::Add { ms as i64 } else { -(ms as i64) };
        self.all_ms += signed(inside_ms);
        if state == State::Upright {
            self.still_ms += signed(still_ms);
        }
    }

    /// Adds what another picture of the same spec knows.
    pub(super) fn merge(&mut self, other: Self) {
        self.still_ms += other.still_ms;
        self.all_ms += other.all_ms;
        self.holds.merge(other.holds);
    }

    /// The share of all time that players stood still upright, written; `None` without any.
    pub(super) fn share(&self) -> Option<String> {
        (self.all_ms > 0 && self.still_ms > 0)
            .then(|| number::percent(self.still_ms as f64 / self.all_ms as f64))
    }
}

/// The held places inside a frame, each with its seconds per 100 lives.
pub(super) fn marks(stillness: &Stillness, lives: u64, frame: &MapFrame, canvas: &Canvas<'_>) -> Vec<Item> {
    let theme = canvas.theme();
    let px = |design: f32| canvas.sheet.px(design);
    let radius = px(RING_PX);
    let mut placement = Placement::new(frame.rect, canvas.sheet.scale(), Vec::new());
    let places: Vec<(PixelPoint, f64)> = stillness
        .holds
        .places(MOST_PLACES)
        .into_iter()
        .filter(|hold| frame.extent.contains(hold.at))
        .map(|hold| (frame.project(hold.at), hold.total_ms as f64 / 10.0 / lives.max(1) as f64))
        .collect();
    let radii: Vec<f32> = (0..places.len()).map(|i| ring(i, &places, radius)).collect();
    for (at, _) in &places {
        placement.reserve(PixelRect::new(at.x - radius, at.y - radius, 2.0 * radius, 2.0 * radius));
    }
    let mut items = Vec::new();
    for ((at, seconds), radius) in places.iter().zip(radii) {
        items.push(Item::Marker(Marker {
            at: *at,
            shape: Shape::Circle,
            radius,
            fill: None,
            stroke: Some(Stroke { width: px(2.4), color: theme.text }),
            casing: Some(Stroke { width: px(5.0), color: theme.ink }),
        }));
        let words = format!("{}{}s", number::significant(*seconds), number::UNIT_GAP);
        let placed = placement.place(*at, &words, px(LABEL_PX), Weight::SemiBold);
        let halo =
            Stroke { width: px(theme::halo_width(LABEL_PX)), color: theme.ink.opacity(theme::HALO_OPACITY) };
        items.push(Item::Label(Label {
            text: words,
            at: placed.baseline,
            size: px(LABEL_PX),
            weight: Weight::SemiBold,
            color: theme.text,
            align: Align::Center,
            halo: Some(halo),
        }));
    }
    items
}

/// The radius of a place's ring: smaller where another place is so near that their rings would cross.
fn ring(place: usize, places: &[(PixelPoint, f64)], radius: f32) -> f32 {
    let (at, _) = places[place];
    let others = places.iter().enumerate().filter(|(other, _)| *other != place);
    let nearest = others.map(|(_, (other, _))| other.distance(at)).fold(f32::INFINITY, f32::min);
    radius.min(NEAREST_RINGS * nearest)
}

/// What the rings mean.
pub(super) fn section(stillness: &Stillness) -> Section {
    let section = Section::legend("Held places");
    match stillness.holds.places(MOST_PLACES).len() {
        0 => section.row(Row::Note("no place where three lives stood still for 3 s".to_owned())),
        _ => section
            .row(Row::key(
                Mark::Shape { shape: Shape::Circle, radius: RING_PX * 0.7, fill: None },
                "seconds stood still, per 100 lives",
            ))
            .row(Row::Note("stops of 3 s or more, by three lives or more".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_of_places_near_each_other_do_not_cross() {
        let places = [(0.0, 0.0), (15.0, 0.0), (300.0, 40.0)].map(|(x, y)| (PixelPoint::new(x, y), 9.0));
        let radii: Vec<f32> = (0..3).map(|i| ring(i, &places, RING_PX)).collect();
        assert!(radii[0] + radii[1] < 15.0, "{radii:?}");
        assert_eq!(radii[2], RING_PX, "alone");
    }
}
