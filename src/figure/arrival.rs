//! How early one side got where: a map of first arrivals, with the times at named places.

use serde::{Deserialize, Serialize};

use super::canvas::Canvas;
use super::layout::legend::{Row, Section};
use super::layout::scale_bar;
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use super::words::filter_words;
use super::words::number;
use crate::analysis::{Arrivals, Cells};
use crate::geom::{PixelPoint, WorldRect};
use crate::map::{LabelKind, MapLabel};
use crate::model::Team;
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::plane::overlay;
use crate::scene::text::width;
use crate::scene::{Align, Color, Item, Label, PixelRect, Stroke, Weight};
use crate::theme::Theme;

/// Side of the cells in which arrivals are told apart, units: nearly two bodies.
pub const CELL_UNITS: f64 = 64.0;
/// Softening of the cells' edges, cells.
const SIGMA_CELLS: f64 = 0.8;
/// Places later than this share of all places use the last colour.
const LATE: f64 = 0.85;
/// The strongest colour's opacity.
const OPACITY: f32 = 0.82;
/// Distances between the legend's ticks, s; the first that needs at most [`MOST_TICKS`].
const STEPS_S: [u32; 8] = [5, 10, 15, 20, 30, 60, 120, 300];
const MOST_TICKS: u32 = 6;
/// Being this near to a named place is being there, units.
pub const NEAR_UNITS: f64 = 256.0;

/// Everything that decides how arrivals look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalSpec {
    /// Whose arrivals: `axis` or `allies`.
    #[serde(serialize_with = "word", deserialize_with = "side")]
    pub team: Team,
    /// Where the colours end, s. Default: the side's own latest places.
    #[serde(default)]
    pub latest_s: Option<u32>,
}

fn word<S: serde::Serializer>(team: &Team, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&filter_words::team(team).to_lowercase())
}

fn side<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Team, D::Error> {
    let word = String::deserialize(from)?;
    crate::analysis::filter::words::parse_team(&word).map_err(serde::de::Error::custom)
}

/// The grid that arrivals over `extent` are counted in; `None` where there is nothing to count in.
pub fn cells(extent: &WorldRect) -> Option<Cells> {
    Cells::with_side(*extent, CELL_UNITS.max(extent.width().max(extent.height()) / 512.0))
}

/// The last time that tells places apart for these sides, rounded up to a tick, s; `None` without any arrival.
pub fn latest_s(arrivals: &Arrivals, teams: &[Team]) -> Option<u32> {
    let mut times: Vec<u32> = teams
        .iter()
        .flat_map(|team| (0..arrivals.cells().len()).filter_map(|cell| arrivals.by_ms(team, cell)))
        .collect();
    times.sort_unstable();
    let last = *times.get((times.len().checked_sub(1)? as f64 * LATE) as usize)?;
    let seconds = last.div_ceil(1000).max(1);
    Some(seconds.next_multiple_of(step_s(seconds)))
}

/// The picture of one side's arrivals. `data summary` counts the lives that `arrivals` was made of.
pub fn figure(
    arrivals: &Arrivals,
    spec: &ArrivalSpec,
    data_summary: &DataSummary,
    context: &Canvas<'_>,
) -> Drawing {
    let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
    let base = context.base_map(&frame);
    let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
    let latest = spec.latest_s.or_else(|| latest_s(arrivals, std::slice::from_ref(&spec.team)));
    let side = filter_words::team(&spec.team);
    let mut legend = context
        .legend(context.title())
        .subtitle(format!("First arrival · {side}"))
        .subtitle(context.subject_line(data_summary));
    if let Some(latest) = latest {
        items.extend(Surface::of(arrivals, &spec.team).item(latest, &frame, theme));
        items.extend(times(arrivals, &spec.team, context, &frame));
        legend = legend.section(ramp(latest, arrivals.rounds(), theme));
    } else {
        items.extend(context.nothing_found());
    }
    legend = legend.section(scale_bar::section(&sheet, &frame));
    for line in std::iter::once(data_summary.used_line()).chain(data_summary.dropped_lines()) {
        legend = legend.caption(line);
    }
    legend = legend.caption(format!("cells of {CELL_UNITS:.0} u · clock from the first spawn"));
    for line in context.map_lines(base.kind()) {
        legend = legend.caption(line);
    }
    Drawing::new(
        sheet.compose(theme, context.background(), items, &legend),
        Recipe::new("arrival", spec, context, data_summary),
    )
}

fn ramp(latest_s: u32, rounds: usize, theme: &Theme) -> Section {
    let bar = (0..=64).map(|i| color(theme, i as f32 / 64.0)).collect();
    let step = step_s(latest_s);
    let tick = |s: u32| {
        let text = if s == latest_s { format!("≥ {s}") } else { s.to_string() };
        (s as f32 / latest_s as f32, text)
    };
    // The last tick but one would run into the last one's words.
    let steps = latest_s / step;
    let ticks =
        (0..=steps).filter(|i| *i == steps || steps < 5 || i + 1 < steps).map(|i| tick(i * step)).collect();
    let rounds = match rounds {
        1 => "in this round".to_owned(),
        2 => "in one of the two rounds".to_owned(),
        n => format!("in at least {} of {n} rounds", n.div_ceil(2)),
    };
    Section::legend("Had been here by")
        .row(Row::Ramp { bars: vec![bar], thickness: 22.0, ticks })
        .row(Row::Note(format!("seconds on the round's clock, {rounds}")))
        .row(Row::Note(format!("named places: by when a player was within {}", number::metres(NEAR_UNITS))))
}

/// Early is light, late is dark.
fn color(theme: &Theme, t: f32) -> Color {
    theme.ramp(1.0 - t)
}

fn step_s(latest_s: u32) -> u32 {
    STEPS_S.into_iter().find(|step| latest_s.div_ceil(*step) <= MOST_TICKS).unwrap_or(600)
}

/// Arrival times without the corners of cells.
struct Surface {
    /// How much of a place was reached, 0 … 1.
    reached: Field,
    /// The time there, s; meaningless where nothing was reached.
    seconds: Field,
    extent: WorldRect,
}

impl Surface {
    fn of(arrivals: &Arrivals, team: &Team) -> Self {
        let cells = arrivals.cells();
        let (width, height) = (cells.columns() as usize, cells.rows() as usize);
        let times: Vec<Option<u32>> = (0..cells.len()).map(|cell| arrivals.by_ms(team, cell)).collect();
        // Players do not walk along the edge of a street, so a cell takes the earliest time of those around it too: a body
        // beside a line is there as well.
        let earliest = |cell: usize| {
            let (x, y) = (cell % width, cell / width);
            let rows = y.saturating_sub(1)..(y + 2).min(height);
            let columns = x.saturating_sub(1)..(x + 2).min(width);
            rows.flat_map(|y| columns.clone().map(move |x| y * width + x))
                .filter_map(|near| times[near])
                .min()
        };
        let times: Vec<Option<u32>> = (0..cells.len()).map(earliest).collect();
        let field = |values: Vec<f32>| {
            Field::new(width, height, values).unwrap_or_else(|| Field::nothing(width, height))
        };
        let smooth = |value: &dyn Fn(u32) -> f32| {
            field(times.iter().map(|time| time.map_or(0.0, value)).collect())
                .smoothed(SIGMA_CELLS, SIGMA_CELLS)
        };
        let reached = smooth(&|_| 1.0);
        let sums = smooth(&|ms| ms as f32 / 1000.0);
        let means = sums.values().iter().zip(reached.values());
        let seconds = field(means.map(|(sum, n)| if *n > 1e-3 { sum / n } else { 0.0 }).collect());
        Self { reached, seconds, extent: *cells.extent() }
    }

    fn item(&self, latest_s: u32, frame: &MapFrame, theme: &Theme) -> Option<Item> {
        let reached = overlay::in_pixels(&self.reached, &self.extent, frame);
        let seconds = overlay::in_pixels(&self.seconds, &self.extent, frame);
        let ramp: Vec<Color> = (0..=255).map(|i| color(theme, i as f32 / 255.0)).collect();
        overlay::item(frame, theme.heat_blend, |i| {
            let t = (seconds[i] / latest_s as f32).clamp(0.0, 1.0);
            ramp[(t * 255.0 + 0.5) as usize].opacity(OPACITY * overlay::smoothstep(0.38, 0.8, reached[i]))
        })
    }
}

/// The times at the map's named places, where their words do not meet.
fn times(arrivals: &Arrivals, team: &Team, context: &Canvas<'_>, frame: &MapFrame) -> Vec<Item> {
    let (theme, scale) = (context.theme(), context.sheet.scale());
    let places = context.map.labels.iter().filter(|label| label.kind != LabelKind::Cabinet);
    let mut found: Vec<(u32, &MapLabel)> =
        places.filter_map(|label| Some((arrivals.near_ms(team, label.at, NEAR_UNITS)?, label))).collect();
    found.sort_by(|a, b| (a.0, &a.1.text).cmp(&(b.0, &b.1.text)));
    let mut taken: Vec<PixelRect> = Vec::new();
    let mut items = Vec::new();
    for (ms, label) in found {
        let at = frame.project(label.at);
        let clock = format!("{}:{:02}", ms / 60_000, ms / 1000 % 60);
        let (small, large) = (15.0 * scale, 21.0 * scale);
        let wide = width(&label.text, small, Weight::Regular).max(width(&clock, large, Weight::SemiBold));
        let room = PixelRect::new(
            at.x - wide / 2.0 - 4.0 * scale,
            at.y - large,
            wide + 8.0 * scale,
            large + 1.6 * small,
        );
        let inside = frame.rect.contains(PixelPoint::new(room.x, room.y))
            && frame.rect.contains(PixelPoint::new(room.right(), room.bottom()));
        if !inside || taken.iter().any(|other| other.meets(&room)) {
            continue;
        }
        taken.push(room);
        let mut word = |text: String, y: f32, size: f32, weight: Weight| {
            let halo = Stroke { width: 2.2 * scale, color: theme.ink.opacity(crate::theme::HALO_OPACITY) };
            items.push(Item::Label(Label {
                text,
                at: PixelPoint::new(at.x, y),
                size,
                weight,
                color: theme.text,
                align: Align::Center,
                halo: Some(halo),
            }));
        };
        word(clock, at.y, large, Weight::SemiBold);
        word(label.text.clone(), at.y + 1.2 * small, small, Weight::Regular);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_round() {
        assert_eq!(step_s(30), 5);
        assert_eq!(step_s(31), 10);
        assert_eq!(step_s(61), 15);
        assert_eq!(step_s(3000), 600);
    }
}
