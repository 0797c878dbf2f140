//! Spawn exits: through which gates players leave their spawns, how many take each, and how long it takes them.
//!
//! Each spawn area has a panel of its own, zoomed to its ring; a locator shows where on the map they lie.

mod exit_area;
pub(crate) mod exit_legend;
mod flow;
mod kept;
mod labels;
mod locator;
#[cfg(test)]
mod overlaps;
mod panel;
mod sums;
mod trails;

pub(crate) use exit_area::area_names;
pub use exit_area::{ExitArea, ExitGate, areas};
pub(in crate::figure) use kept::ExitsKept;
pub use sums::ExitsData;

use locator::Place;
use panel::Panel;

use super::canvas::Canvas;
use super::layout::legend::{Legend, Section};
use super::layout::sheet::{Panels, Sheet};
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use crate::analysis::lives;
use crate::analysis::{ExitOptions, Life, Lives, RingFit};
use crate::model::Round;
use crate::scene::{Item, PixelRect};

/// A sheet shows at most so many areas; the others are in the legend.
const MOST_PANELS: usize = 4;
/// Side of a locator that lies over panels, and its distance from the sheet's corner, design pixels.
const INSET_PX: f32 = 168.0;
const INSET_MARGIN_PX: f32 = 16.0;
/// Where a single panel shows more of the map than this, a locator would tell nothing.
const LOCATOR_MOST: f64 = 0.6;

/// Everything that decides how exits look.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ExitsSpec {
    /// Radius of the ring that is crossed, units. Default: 1300, and less round an area that few leave so far.
    pub ring_units: Option<f64>,
}

impl ExitsSpec {
    /// What counts as an exit.
    pub fn options(&self) -> ExitOptions {
        match self.ring_units {
            Some(ring_units) => {
                ExitOptions { ring_units, ring_fit: RingFit::Fixed, ..ExitOptions::default() }
            }
            None => ExitOptions::default(),
        }
    }
}

/// The picture of all exits of `rounds` that the context's filter selects.
pub fn figure(rounds: &[Round], spec: &ExitsSpec, context: &Canvas<'_>) -> Drawing {
    let found: Vec<Lives<'_>> = rounds.iter().map(|round| lives(round, context.filter)).collect();
    figure_of(rounds.iter().zip(&found), spec, context)
}

/// The same for lives that were cleaned before, with the context's filter.
pub fn figure_of<'l, 'a: 'l>(
    rounds: impl Iterator<Item = (&'a Round, &'l Lives<'a>)>,
    spec: &ExitsSpec,
    context: &Canvas<'_>,
) -> Drawing {
    let options = spec.options();
    let mut data_summary = DataSummary::new(context.map.extent.rect);
    let found: Vec<&Lives<'a>> = rounds
        .map(|(round, lives)| {
            data_summary.add(round, lives, context.filter);
            lives
        })
        .collect();
    let all: Vec<&Life<'_>> = found.iter().flat_map(|lives| &lives.lives).collect();
    figure_of_areas(areas(&all, &options, context.map), spec, &data_summary, context)
}

/// The picture of what was collected.
pub(in crate::figure) fn figure_of_data(data: ExitsData, spec: &ExitsSpec, context: &Canvas<'_>) -> Drawing {
    if let Some(summed) = data.summed {
        return figure_of_areas(summed.areas(context.map), spec, &summed.data_summary, context);
    }
    let mut rounds = data.rounds;
    rounds.sort_by_key(|(order, _)| *order);
    let lives: Vec<Lives<'_>> = rounds.iter().map(|(_, round)| round.lives(context.filter)).collect();
    figure_of(rounds.iter().map(|(_, round)| round.round()).zip(&lives), spec, context)
}

/// The picture of areas; `data_summary` counts the lives that they were found from.
fn figure_of_areas(
    mut found: Vec<ExitArea>,
    spec: &ExitsSpec,
    data_summary: &DataSummary,
    context: &Canvas<'_>,
) -> Drawing {
    let options = spec.options();
    // Areas are zoomed anyway: a part of the map says which of them are shown.
    found.retain(|area| context.crop.is_none_or(|window| window.contains(area.center)));
    let (mut shown, rest) = shown(found);
    let theme = context.theme();
    let sheet = if shown.len() > 1 { context.sheet.divided(Panels::Categories(4)) } else { context.sheet };
    let map_lines = context.map_lines();
    let context = &Canvas { sheet, crop: None, ..*context };
    let mut caption = vec![
        "width: share of that spawn's exits".to_owned(),
        format!("median and fastest tenth, first movement to ring, at most {} s", options.longest_ms / 1_000),
        "real paths, joined where they share the way".to_owned(),
        data_summary.used_line(),
    ];
    caption.extend(data_summary.dropped_lines());
    caption.extend(map_lines);
    let legend = |sections: Vec<Section>| {
        let head = context
            .legend(context.title())
            .subtitle("Spawn exits")
            .subtitle(context.subject_line(data_summary));
        let legend = sections.into_iter().fold(head, Legend::section);
        caption.iter().fold(legend, Legend::caption)
    };
    exit_area::letter(&mut shown);
    let room = exit_legend::fit(&shown, &rest, &sheet, theme, legend);
    let (squares, place) = arrangement(shown.len(), &sheet);
    let covered = match place {
        Some(Place::Inset(area)) => Some(area),
        _ => None,
    };
    let panels: Vec<Panel> = shown
        .iter_mut()
        .zip(&squares)
        .filter_map(|(area, square)| {
            Panel::of(area, &context.map.extent.rect, *square, covered, sheet.scale())
        })
        .collect();
    let mut drawn: Vec<Item> = Vec::new();
    for (panel, area) in panels.iter().zip(&shown) {
        drawn.push(panel.items(area, context));
    }
    let legend = legend(exit_legend::sections(&shown, &rest, &room, theme));
    let mut recipe = Recipe::new("exits", spec, context, data_summary);
    if let Some(first) = panels.first() {
        let (window, rect) = (first.frame.extent, first.frame.rect);
        recipe.calibration.window_units = [window.min_x(), window.min_y(), window.max_x(), window.max_y()];
        recipe.calibration.rect_px = [rect.x, rect.y, rect.width, rect.height];
        let whole = &context.map.extent.rect;
        let most_of_it = panels.len() == 1
            && window.width() * window.height() > LOCATOR_MOST * whole.width() * whole.height();
        if let Some(place) = place.filter(|_| !most_of_it) {
            drawn.extend(locator::items(&shown, place, context));
        }
    } else {
        let frame = context.frame();
        drawn.extend(context.base_map(&frame).item(&frame.rect));
        drawn.extend(if data_summary.counts().lives == 0 {
            context.nothing_found()
        } else {
            context.notice(if context.crop.is_some() {
                "no spawn area lies in this part of the map"
            } else {
                "no life begins in what is shown"
            })
        });
    }
    Drawing::new(sheet.compose(theme, context.background(), drawn, &legend), recipe)
}

/// The areas with a panel each, and the others: those with most spawns have one, first of all where exits could be grouped.
fn shown(areas: Vec<ExitArea>) -> (Vec<ExitArea>, Vec<ExitArea>) {
    let any = areas.iter().any(|area| !area.gates.is_empty());
    let mut order: Vec<usize> = (0..areas.len()).filter(|&i| !any || !areas[i].gates.is_empty()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(areas[i].spawns));
    order.truncate(MOST_PANELS);
    let mut areas: Vec<Option<ExitArea>> = areas.into_iter().map(Some).collect();
    let shown = order.iter().filter_map(|&i| areas[i].take()).collect();
    (shown, areas.into_iter().flatten().collect())
}

/// The squares of so many panels, and the place of the locator.
fn arrangement(panels: usize, sheet: &Sheet) -> (Vec<PixelRect>, Option<Place>) {
    let places = sheet.panel_places();
    let side = sheet.px(INSET_PX).round();
    let area = sheet.map_area();
    match (panels, places.as_slice()) {
        (2, [_, _, left, right]) => {
            let below = PixelRect::new(area.x, left.y, right.right() - area.x, left.height);
            (places[..2].to_vec(), Some(Place::Own(below)))
        }
        (3, [.., last]) => (places[..3].to_vec(), Some(Place::Own(*last))),
        (4, _) => {
            let (x, y) = (area.x + (area.width - side) / 2.0, area.y + (area.height - side) / 2.0);
            (places, Some(Place::Inset(PixelRect::new(x.round(), y.round(), side, side))))
        }
        _ => {
            let margin = sheet.px(INSET_MARGIN_PX).round();
            let x = area.right() - side - margin;
            (places, Some(Place::Inset(PixelRect::new(x, area.y + margin, side, side))))
        }
    }
}
