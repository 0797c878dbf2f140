//! How early one side got where: a map of first arrivals, with a line at each round number of seconds.

use serde::Serialize;

use super::census::Census;
use super::context::SheetContext;
use super::distance;
use super::field::Field;
use super::heatmap::contour;
use super::number;
use super::rail::{Rail, Row, Section};
use super::recipe::{Figure, Recipe};
use super::sheet::MapFrame;
use super::subject;
use super::theme::Theme;
use super::veil;
use crate::analysis::{Arrivals, Cells};
use crate::geom::{WorldPoint, WorldRect};
use crate::model::Team;
use crate::scene::{Color, Item, Polyline, Vertex};

/// Side of the cells in which arrivals are told apart, units: nearly two bodies.
pub const CELL_UNITS: f64 = 64.0;
/// Softening of the cells' edges, cells.
const SIGMA_CELLS: f64 = 0.8;
/// Places later than this share of all places use the last colour.
const LATE: f64 = 0.95;
/// The strongest colour's opacity.
const OPACITY: f32 = 0.82;
/// Distances between the lines, s; the first that needs at most [`MOST_LINES`].
const STEPS_S: [u32; 8] = [5, 10, 15, 20, 30, 60, 120, 300];
const MOST_LINES: u32 = 6;
/// Lines round islands smaller than this are not drawn, units.
const ISLAND_UNITS: f32 = 220.0;

/// Everything that decides how arrivals look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArrivalSpec {
    /// Whose arrivals: `AXIS` or `ALLIES`.
    #[serde(serialize_with = "word")]
    pub team: Team,
    /// Where the colours end, s. Default: the side's own latest places.
    pub latest_s: Option<u32>,
}

fn word<S: serde::Serializer>(team: &Team, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&subject::team(team).to_lowercase())
}

/// The grid that arrivals over `extent` are counted in; `None` where there is nothing to count in.
pub fn cells(extent: &WorldRect) -> Option<Cells> {
    Cells::with_side(*extent, CELL_UNITS.max(extent.width().max(extent.height()) / 512.0))
}

/// The last time that tells places apart for these sides, rounded up to a line, s; `None` when nobody got anywhere.
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

/// The picture of one side's arrivals. `census` counts the lives that `arrivals` was made of.
pub fn figure(
    arrivals: &Arrivals,
    spec: &ArrivalSpec,
    census: &Census,
    context: &SheetContext<'_>,
) -> Figure {
    let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
    let base = context.base_map(&frame);
    let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
    let latest = spec.latest_s.or_else(|| latest_s(arrivals, std::slice::from_ref(&spec.team)));
    let side = subject::team(&spec.team);
    let mut rail = Rail::new(context.title())
        .subtitle(format!("First arrival · {side}"))
        .subtitle(context.subject_line(census));
    if let Some(latest) = latest {
        let surface = Surface::of(arrivals, &spec.team);
        items.extend(surface.items(latest, &frame, sheet.scale(), theme));
        rail = rail.section(legend(latest, arrivals.rounds(), theme));
    } else {
        items.extend(context.nothing_found());
    }
    rail = rail.section(distance::section(&sheet, &frame));
    for line in std::iter::once(census.used_line()).chain(census.dropped_lines()) {
        rail = rail.caption(line);
    }
    rail = rail.caption(format!("cells of {CELL_UNITS:.0} u · clock from the first spawn"));
    for line in context.map_lines(base.kind()) {
        rail = rail.caption(line);
    }
    Figure {
        scene: sheet.compose(theme, context.background(), items, &rail),
        recipe: Recipe::new("arrival", spec, context, census),
    }
}

fn legend(latest_s: u32, rounds: usize, theme: &Theme) -> Section {
    let bar = (0..=64).map(|i| color(theme, i as f32 / 64.0)).collect();
    let step = step_s(latest_s);
    let tick = |s: u32| {
        let text = if s == latest_s { format!("≥ {s}") } else { s.to_string() };
        (s as f32 / latest_s as f32, text)
    };
    let ticks = (0..=latest_s / step).map(|i| tick(i * step)).collect();
    let rounds = match rounds {
        1 => "in this round".to_owned(),
        2 => "in one of the two rounds".to_owned(),
        n => format!("in at least {} of {n} rounds", n.div_ceil(2)),
    };
    Section::legend("Had been here by")
        .row(Row::Ramp { bars: vec![bar], thickness: 22.0, ticks })
        .row(Row::Note(format!("seconds on the round's clock, {rounds}")))
        .row(Row::Note(format!("a line each {}", number::seconds(f64::from(step)))))
}

/// Early is light, late is dark.
fn color(theme: &Theme, t: f32) -> Color {
    theme.ramp(1.0 - t)
}

fn step_s(latest_s: u32) -> u32 {
    STEPS_S.into_iter().find(|step| latest_s.div_ceil(*step) <= MOST_LINES).unwrap_or(600)
}

/// Arrival times without the corners of cells.
struct Surface {
    /// How much of a place was reached, 0 … 1.
    reached: Field,
    /// The time there, s; meaningless where little was reached.
    seconds: Field,
    extent: WorldRect,
}

impl Surface {
    fn of(arrivals: &Arrivals, team: &Team) -> Self {
        let cells = arrivals.cells();
        let (width, height) = (cells.columns() as usize, cells.rows() as usize);
        let times: Vec<Option<u32>> = (0..cells.len()).map(|cell| arrivals.by_ms(team, cell)).collect();
        let field = |value: &dyn Fn(u32) -> f32| {
            let values = times.iter().map(|time| time.map_or(0.0, value)).collect();
            let field = Field::new(width, height, values).unwrap_or_else(|| Field::nothing(width, height));
            field.smoothed(SIGMA_CELLS, SIGMA_CELLS)
        };
        let reached = field(&|_| 1.0);
        let sums = field(&|ms| ms as f32 / 1000.0);
        let means = sums.values().iter().zip(reached.values());
        let means = means.map(|(sum, n)| if *n > 1e-3 { sum / n } else { 0.0 }).collect();
        let seconds = Field::new(width, height, means).unwrap_or_else(|| Field::nothing(width, height));
        Self { reached, seconds, extent: *cells.extent() }
    }

    fn items(&self, latest_s: u32, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let reached = veil::in_pixels(&self.reached, &self.extent, frame);
        let seconds = veil::in_pixels(&self.seconds, &self.extent, frame);
        let ramp: Vec<Color> = (0..=255).map(|i| color(theme, i as f32 / 255.0)).collect();
        let mut items = Vec::new();
        items.extend(veil::item(frame, theme.heat_blend, |i| {
            let t = (seconds[i] / latest_s as f32).clamp(0.0, 1.0);
            ramp[(t * 255.0 + 0.5) as usize].opacity(OPACITY * veil::smoothstep(0.28, 0.62, reached[i]))
        }));
        let step = step_s(latest_s);
        for n in 1..=latest_s / step {
            items.extend(self.lines((n * step) as f32, latest_s as f32, frame, scale, theme));
        }
        items
    }

    /// The edge of what was reached before `by_s`.
    fn lines(&self, by_s: f32, latest_s: f32, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let (width, height) = (self.seconds.width(), self.seconds.height());
        // What came earlier stands higher; what was never reached is the sea.
        let early = self.seconds.values().iter().zip(self.reached.values());
        let early = early.map(|(s, n)| if *n > 0.45 { (2.0 * latest_s - s).max(0.0) } else { 0.0 }).collect();
        let Some(early) = Field::new(width, height, early) else { return Vec::new() };
        let world = |(x, y): &(f32, f32)| {
            WorldPoint::new(
                (self.extent.min_x() + f64::from(*x) / width as f64 * self.extent.width()) as f32,
                (self.extent.max_y() - f64::from(*y) / height as f64 * self.extent.height()) as f32,
                0.0,
            )
        };
        let mut items = Vec::new();
        for points in contour::loops(&early, 2.0 * latest_s - by_s) {
            let line: Vec<WorldPoint> = points.iter().chain(points.first()).map(world).collect();
            let (west, east) = line.iter().fold((f32::MAX, f32::MIN), |(a, b), p| (a.min(p.x), b.max(p.x)));
            let (south, north) = line.iter().fold((f32::MAX, f32::MIN), |(a, b), p| (a.min(p.y), b.max(p.y)));
            if (east - west).max(north - south) < ISLAND_UNITS {
                continue;
            }
            let vertex =
                |p: &WorldPoint| Vertex { at: frame.project(*p), color: theme.ink, width: 1.3 * scale };
            let vertices = line.iter().map(vertex).collect();
            items.push(Item::Polyline(Polyline { vertices, opacity: 0.62, casing: None }));
        }
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_few_and_round() {
        assert_eq!(step_s(30), 5);
        assert_eq!(step_s(31), 10);
        assert_eq!(step_s(61), 15);
        assert_eq!(step_s(3000), 600);
    }
}
