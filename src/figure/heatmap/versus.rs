//! Two groups of lives against each other: where one spends more of its time than the other.

use serde::Serialize;

use super::contour;
use super::fields::{Counts, Plane};
use super::glow::Look;
use super::scale::{Curve, Scale};
use super::spec::SpecError;
use crate::analysis::PermutationTest;
use crate::analysis::grid::permutation::{CellTimes, p_values};
use crate::analysis::lives;
use crate::analysis::{Cells, Filter, Life, Occupancy, Split, Weight};
use crate::figure::canvas::Canvas;
use crate::figure::layout::legend::{Mark, Row, Section};
use crate::figure::layout::scale_bar;
use crate::figure::request::recipe::{Drawing, Recipe};
use crate::figure::words::data_summary::DataSummary;
use crate::figure::words::filter_words;
use crate::figure::words::number;
use crate::figure::words::number::UNIT_GAP;
use crate::figure::words::recorder_view;
use crate::geom::{PixelPoint, WorldPoint, WorldRect};
use crate::model::{Round, Team};
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::plane::overlay;
use crate::scene::{Color, Item, Polyline, Vertex};
use crate::theme::Theme;

/// The colours of the two groups: of equal lightness, far apart in every kind of colour vision. Allies have the first, Axis the
/// second, whichever group is theirs.
const HUES: [Color; 2] = [Color::hex(0x59_B8_FF), Color::hex(0xF5_89_3D)];
/// Edges of the seven classes of (a − b) / (a + b), and the strength of the four on each side of nothing.
const EDGES: [f32; 3] = [0.1, 0.33, 0.6];
const STRENGTH: [f32; 4] = [0.0, 0.45, 0.75, 1.0];
/// Steps of the legend's bar.
const BAR_STEPS: usize = 256;
/// Strength of what chance may explain, the p from which it may, and the p from which nothing is shown.
const FAINT: f32 = 0.35;
const CHANCE: f32 = 0.05;
const NOTHING: f32 = 0.2;
/// Places with fewer lives than this, of the side that has more of them, are hatched.
const LEAST_LIVES: u32 = 5;
/// Side of the cells in which lives are counted and the test is made, units.
const TEST_CELL_UNITS: f64 = 96.0;
/// Differences beyond this are outlined, because grey prints do not tell the sides apart.
const OUTLINE: f32 = 0.33;

/// Everything that decides how the picture looks.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct VersusSpec {
    /// Sigma of the density's Gaussian, units. Default: 48 or 3.5 px, whichever is wider.
    pub sigma_units: Option<f64>,
    /// How lives are dealt in the permutation test. Default: see [`PermutationTest`].
    #[serde(skip)]
    pub test: PermutationTest,
}

/// One of the two groups.
#[derive(Debug, Clone)]
struct Group {
    filter: Filter,
    occupancy: Occupancy,
    data_summary: DataSummary,
    /// Each life's time by test cell, with its place in the input.
    lives: Vec<((u32, u32), CellTimes)>,
}

/// Two groups in the making.
#[derive(Debug, Clone)]
pub struct VersusAccumulator {
    spec: VersusSpec,
    test: Cells,
    a: Group,
    b: Group,
}

impl VersusAccumulator {
    /// Two empty groups over a map's extent, chosen by two filters.
    ///
    /// # Errors
    /// [`SpecError`] when sigma is out of bounds, or the extent too large for a grid.
    pub fn new(spec: VersusSpec, a: Filter, b: Filter, extent: &WorldRect) -> Result<Self, SpecError> {
        let plain =
            super::spec::HeatmapSpec { sigma_units: spec.sigma_units, ..super::spec::HeatmapSpec::default() };
        plain.check()?;
        let longer = extent.width().max(extent.height());
        let grid = |least: f64, most: f64| {
            Cells::with_side(*extent, least.max(longer / most)).ok_or(SpecError::Number {
                what: "the map's extent",
                expected: "at least a unit and at most the world wide",
            })
        };
        let cells = grid(super::TIME_CELL_UNITS, super::MOST_CELLS)?;
        let test = grid(TEST_CELL_UNITS, 256.0)?;
        let group = |filter: Filter| Group {
            filter,
            occupancy: Occupancy::new(cells, Split::Nothing, Weight::Time),
            data_summary: DataSummary::new(*extent),
            lives: Vec::new(),
        };
        Ok(Self { spec, test, a: group(a), b: group(b) })
    }

    /// Adds the lives of the round at place `order` of the input to the groups whose filters want them.
    pub fn add(&mut self, order: u32, round: &Round) {
        for group in [&mut self.a, &mut self.b] {
            if !group.filter.matches_round(round) {
                continue;
            }
            let found = lives(round, &group.filter);
            group.data_summary.add(round, &found, &group.filter);
            for life in &found.lives {
                group.occupancy.add(life);
                group.lives.push(((order, life.track_index() as u32), times(&self.test, life)));
            }
        }
    }

    /// Adds what another accumulator of the same groups collected; the order does not matter.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in [(&mut self.a, other.a), (&mut self.b, other.b)] {
            // Every part counts over the same cells, so they always go together.
            let merged = mine.occupancy.merge(theirs.occupancy);
            debug_assert!(merged.is_ok(), "{merged:?}");
            mine.data_summary.merge(theirs.data_summary);
            mine.lives.extend(theirs.lives);
        }
    }

    /// Whether neither group has a life.
    pub fn is_empty(&self) -> bool {
        self.a.lives.is_empty() && self.b.lives.is_empty()
    }

    /// What both sides are counted from.
    fn both(&self) -> DataSummary {
        let mut both = self.a.data_summary.clone();
        both.merge(self.b.data_summary.clone());
        both
    }

    /// The picture.
    pub fn finish(mut self, context: &Canvas<'_>) -> Drawing {
        for group in [&mut self.a, &mut self.b] {
            group.lives.sort_by_key(|(place, _)| *place);
        }
        let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
        let base = context.base_map(&frame);
        let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        let empty = [&self.a, &self.b].iter().any(|group| group.lives.is_empty());
        let surface = (!empty).then(|| Surface::of(&self, &frame, f64::from(sheet.scale())));
        let hues = self.hues();
        match &surface {
            Some(surface) => items.extend(surface.items(hues, &frame, sheet.scale(), theme)),
            None => items.extend(self.nothing_to_compare(context)),
        }
        let mut legend = context
            .legend(context.title())
            .subtitle("Time per life, A against B")
            .subtitle(filter_words::joined(&self.both().when()))
            .section(self.groups());
        if let Some(surface) = &surface {
            legend = legend.section(ramp(hues, theme)).section(surface.strength(theme));
        }
        legend = legend.section(scale_bar::section(&sheet, &frame));
        for (letter, group) in [("A", &self.a), ("B", &self.b)] {
            legend = legend.caption(format!("{letter}: {}", group.data_summary.used_line()));
        }
        if let Some(line) = self.both().view_line() {
            legend = legend.caption(line).caption(recorder_view::HEAT);
        }
        if surface.is_some() {
            let PermutationTest { count, seed } = self.spec.test;
            legend = legend.caption(format!(
                "faint: chance may explain it, p ≥ .05 in {TEST_CELL_UNITS:.0} u cells; empty: p ≥ .2; {count} shuffles of the lives, seed {seed}"
            ));
        }
        for line in context.map_lines() {
            legend = legend.caption(line);
        }
        let data_summary = self.both();
        let options = Options {
            a: words(&self.a.filter),
            b: words(&self.b.filter),
            sigma_units: self.spec.sigma_units,
            shuffles: self.spec.test.count,
            seed: self.spec.test.seed,
            lives_a: self.a.lives.len(),
            lives_b: self.b.lives.len(),
        };
        Drawing::new(
            sheet.compose(theme, context.background(), items, &legend),
            Recipe::new("versus", &options, context, &data_summary),
        )
    }

    /// What stands on the map when a group is empty: which one, and who it would be.
    fn nothing_to_compare(&self, context: &Canvas<'_>) -> Vec<Item> {
        let empty: Vec<(&str, &Group)> = [("A", &self.a), ("B", &self.b)]
            .into_iter()
            .filter(|(_, group)| group.lives.is_empty())
            .collect();
        let letters: Vec<&str> = empty.iter().map(|(letter, _)| *letter).collect();
        let lines: Vec<String> = empty
            .iter()
            .map(|(letter, group)| {
                format!("{letter}: {}", filter_words::conditions(&group.filter).join(" · "))
            })
            .collect();
        context.notice_of(&format!("no lives match {}", letters.join(" and ")), &lines)
    }

    fn groups(&self) -> Section {
        let row = |letter: &str, group: &Group, color: Color| {
            let lives = number::counted(group.lives.len() as u64, "life", "lives");
            Row::entry(Mark::Swatch(color), format!("{letter}: {}", words(&group.filter)), lives)
        };
        let [a, b] = self.hues();
        Section::table("Groups").row(row("A", &self.a, a)).row(row("B", &self.b, b))
    }

    /// The colours of A and B.
    fn hues(&self) -> [Color; 2] {
        let [first, second] = HUES;
        let is_only = |group: &Group, team| group.filter.teams == [team];
        let is_second = is_only(&self.a, Team::Axis) || is_only(&self.b, Team::Allies);
        let is_first = is_only(&self.a, Team::Allies) || is_only(&self.b, Team::Axis);
        if is_second && !is_first { [second, first] } else { [first, second] }
    }
}

/// What a recipe keeps.
#[derive(Serialize)]
struct Options {
    a: String,
    b: String,
    sigma_units: Option<f64>,
    shuffles: u32,
    seed: u64,
    lives_a: usize,
    lives_b: usize,
}

/// A group's filter in words, without the map, which both share.
fn words(filter: &Filter) -> String {
    let mut rest = Filter { maps: Vec::new(), ..filter.clone() };
    rest.bots = crate::analysis::Bots::Include;
    let lines: Vec<String> =
        filter_words::conditions(&rest).into_iter().filter(|line| line != "with bots").collect();
    if lines.is_empty() { "all lives".to_owned() } else { lines.join(" · ") }
}

/// A life's time by cell.
fn times(cells: &Cells, life: &Life<'_>) -> CellTimes {
    let mut found: CellTimes = Vec::new();
    for segment in life.segments() {
        let us = segment.dt_ms.max(0) as u64 * 1000;
        cells.spread(segment.from.at, segment.to.at, us, |cell, part| found.push((cell as u32, part)));
    }
    found.sort_unstable();
    found.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    found
}

/// The two densities and what can be said of their difference, in the pixels of the map.
struct Surface {
    /// (a − b) / (a + b), −1 … 1.
    difference: Vec<f32>,
    /// Opacity of a + b.
    opacity: Vec<f32>,
    /// How surely it is more than chance, 0 … 1.
    sure: Vec<f32>,
    /// How surely it is worth showing at all, 0 … 1.
    likely: Vec<f32>,
    /// How surely there are lives enough, 0 … 1.
    enough: Vec<f32>,
    /// The difference where anything shows, for outlines.
    outlined: Plane,
    reference: f64,
}

impl Surface {
    fn of(versus: &VersusAccumulator, frame: &MapFrame, scale: f64) -> Self {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let design_px = frame.units_per_px() * scale;
        let sigma = versus.spec.sigma_units.unwrap_or_else(|| super::composition::SIGMA.over(design_px));
        // Seconds in a legend's cell per 100 lives of the group, so that groups of any size compare.
        let density = |group: &Group| {
            let counts = Counts::read(
                &group.occupancy,
                versus.spec.sigma_units.unwrap_or(super::composition::SIGMA.units),
            );
            let unit = super::unit(Weight::Time, group.occupancy.cells(), group.occupancy.lives());
            counts.density(0, sigma).times(unit as f32)
        };
        let (a, b) = (density(&versus.a), density(&versus.b));
        let sum: Vec<f32> = a.values().iter().zip(b.values()).map(|(a, b)| a + b).collect();
        let fewer = versus.a.lives.len().min(versus.b.lives.len()) as u64;
        let floor = super::floor(Weight::Time, sigma, fewer);
        let scale = Scale::by_percentile(Curve::Root, Weight::Time, &sum, 1.0, floor);
        let rows = |plane: &Plane| {
            let panel = plane.panel(&frame.extent, width, height);
            let mut pixels = vec![0.0_f32; width * height];
            for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
                panel.row(y, 0, row);
            }
            pixels
        };
        let (in_a, in_b) = (rows(&a), rows(&b));
        let mut brightness: Vec<f32> = in_a.iter().zip(&in_b).map(|(a, b)| a.max(0.0) + b.max(0.0)).collect();
        scale.table(1.0, Look::Flat.invisible()).brighten(&mut brightness);
        let Judged { sure, likely, enough } = judged(versus);
        let pixels = |field: &Field| {
            let mut pixels = overlay::in_pixels(field, versus.test.extent(), frame);
            for v in &mut pixels {
                *v = overlay::smoothstep(0.3, 0.6, *v);
            }
            pixels
        };
        let visible = scale.value(f64::from(Look::Flat.invisible())) as f32;
        // What chance explains is not outlined: a line claims more than a faint colour.
        let (columns, plane) = (a.field().width(), &a);
        let claim = |(i, (a, b)): (usize, (&f32, &f32))| {
            let place = plane.world((i % columns) as f32 + 0.5, (i / columns) as f32 + 0.5);
            let shown = overlay::smoothstep(visible, visible * 2.5, a + b);
            relative(*a, *b) * shown * overlay::smoothstep(0.25, 0.75, between(&sure, &versus.test, place))
        };
        let outlined = a.with_values(a.values().iter().zip(b.values()).enumerate().map(claim).collect());
        Self {
            difference: in_a.iter().zip(&in_b).map(|(a, b)| relative(*a, *b)).collect(),
            opacity: brightness.iter().map(|v| Look::Flat.opacity(*v)).collect(),
            sure: pixels(&sure),
            likely: pixels(&likely),
            enough: pixels(&enough),
            outlined,
            reference: scale.reference(),
        }
    }

    fn items(&self, hues: [Color; 2], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let mut items = Vec::new();
        let width = frame.width() as usize;
        let period = (8.0 * scale).round().max(3.0) as usize;
        let thick = (1.2 * scale).round().max(1.0) as usize;
        let pixel = |i: usize| {
            let d = self.difference[i];
            let shown = FAINT * self.likely[i] + (1.0 - FAINT) * self.sure[i];
            let color = if d > 0.0 { hues[0] } else { hues[1] };
            let is_hatched = self.enough[i] < 0.5 && (i % width + i / width) % period < thick;
            if is_hatched && self.opacity[i] > 0.05 && class(d) > 0 {
                theme.ink.opacity(0.6)
            } else {
                color.opacity(self.opacity[i] * STRENGTH[class(d)] * shown)
            }
        };
        items.extend(overlay::item(frame, theme.heat_blend, pixel));
        items.extend(self.outlines(1.0, frame, scale, theme));
        items.extend(self.outlines(-1.0, frame, scale, theme));
        items
    }

    /// The edges of strong differences: a whole line for A (`sign` 1), dashes for B (`sign` −1).
    fn outlines(&self, sign: f32, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let plane = &self.outlined;
        let field = plane.field();
        let values = field.values().iter().map(|v| (v * sign).max(0.0)).collect();
        let Some(field) = Field::new(field.width(), field.height(), values) else { return Vec::new() };
        let mut items = Vec::new();
        for points in contour::loops(&field, OUTLINE) {
            let path: Vec<PixelPoint> = points
                .iter()
                .chain(points.first())
                .map(|(x, y)| frame.project(plane.world(*x, *y)))
                .collect();
            let length: f32 = path.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
            if length < 60.0 * scale {
                continue;
            }
            let dashes = if sign > 0.0 { vec![path] } else { dashed(&path, 7.0 * scale, 5.0 * scale) };
            for dash in dashes {
                let vertex = |at: PixelPoint| Vertex { at, color: theme.text, width: 1.4 * scale };
                let vertices = dash.into_iter().map(vertex).collect();
                items.push(Item::Polyline(Polyline { vertices, opacity: 0.75, casing: None }));
            }
        }
        items
    }

    fn strength(&self, theme: &Theme) -> Section {
        Section::legend("Time spent, A and B")
            .row(Row::Note(format!(
                "stronger = more time; full from {} s in a {:.0} u cell, per 100 lives of each",
                number::significant(self.reference),
                super::LEGEND_CELL_UNITS
            )))
            .row(Row::key(Mark::Line(theme.text), "surely twice as much"))
            .row(Row::Note("whole line: A; dashes: B".to_owned()))
            .row(Row::Note(format!("hatched: neither side has {LEAST_LIVES} lives there")))
    }
}

/// What the permutation test says of each test cell, softened.
struct Judged {
    /// Whether it found more than chance.
    sure: Field,
    /// Whether chance is not the likely reason.
    likely: Field,
    /// Whether there are lives enough.
    enough: Field,
}

fn judged(versus: &VersusAccumulator) -> Judged {
    let cells = &versus.test;
    let of = |group: &Group| group.lives.iter().map(|(_, times)| times.clone()).collect::<Vec<CellTimes>>();
    let (a, b) = (of(&versus.a), of(&versus.b));
    let p = p_values(&a, &b, cells.len(), versus.spec.test);
    let count = |lives: &[CellTimes]| {
        let mut counts = vec![0_u32; cells.len()];
        for (cell, _) in lives.iter().flatten() {
            counts[*cell as usize] += 1;
        }
        counts
    };
    let (in_a, in_b) = (count(&a), count(&b));
    let field = |value: &dyn Fn(usize) -> bool| {
        let values = (0..cells.len()).map(|cell| f32::from(u8::from(value(cell)))).collect();
        let (width, height) = (cells.columns() as usize, cells.rows() as usize);
        let field = Field::new(width, height, values).unwrap_or_else(|| Field::nothing(width, height));
        field.smoothed(0.5, 0.5)
    };
    Judged {
        sure: field(&|cell| p[cell] < CHANCE),
        likely: field(&|cell| p[cell] < NOTHING),
        enough: field(&|cell| in_a[cell].max(in_b[cell]) >= LEAST_LIVES),
    }
}

/// The value of a field of cells at a place, bilinear between the middles of the cells.
fn between(field: &Field, cells: &Cells, place: WorldPoint) -> f32 {
    let extent = cells.extent();
    let x = (f64::from(place.x) - extent.min_x()) / extent.width() * field.width() as f64 - 0.5;
    let y = (extent.max_y() - f64::from(place.y)) / extent.height() * field.height() as f64 - 0.5;
    let last = |size: usize| (size - 1) as f64;
    let (x, y) = (x.clamp(0.0, last(field.width())), y.clamp(0.0, last(field.height())));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(field.width() - 1), (top + 1).min(field.height() - 1));
    let (u, v) = ((x - left as f64) as f32, (y - top as f64) as f32);
    let along = |row: &[f32]| row[left] + (row[right] - row[left]) * u;
    along(field.row(top)) + (along(field.row(bottom)) - along(field.row(top))) * v
}

fn relative(a: f32, b: f32) -> f32 {
    let (a, b) = (a.max(0.0), b.max(0.0));
    if a + b > 0.0 { (a - b) / (a + b) } else { 0.0 }
}

/// Which of the four strengths a difference has.
fn class(d: f32) -> usize {
    EDGES.iter().filter(|edge| d.abs() >= **edge).count()
}

/// A line cut into dashes of `on` pixels with gaps of `off`.
fn dashed(path: &[PixelPoint], on: f32, off: f32) -> Vec<Vec<PixelPoint>> {
    let mut dashes: Vec<Vec<PixelPoint>> = Vec::new();
    let (mut left, mut is_on) = (on, true);
    let mut current: Vec<PixelPoint> = path.first().copied().into_iter().collect();
    for pair in path.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let rest = from.distance(to);
            if rest <= left {
                left -= rest;
                if is_on {
                    current.push(to);
                }
                break;
            }
            let t = left / rest;
            from = PixelPoint::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t);
            if is_on {
                current.push(from);
                dashes.push(std::mem::take(&mut current));
            } else {
                current = vec![from];
            }
            is_on = !is_on;
            left = if is_on { on } else { off };
        }
    }
    if is_on && current.len() > 1 {
        dashes.push(current);
    }
    dashes
}

/// The seven classes, equally wide, with their edges: all of them have room for their words.
fn ramp([more_a, more_b]: [Color; 2], theme: &Theme) -> Section {
    const CLASSES: usize = 2 * STRENGTH.len() - 1;
    let color = |i: usize| {
        let class = i * CLASSES / BAR_STEPS;
        let (side, strength) = match class.checked_sub(STRENGTH.len() - 1) {
            Some(above) => (more_b, STRENGTH[above]),
            None => (more_a, STRENGTH[STRENGTH.len() - 1 - class]),
        };
        crate::theme::mix(theme.panel, side, strength)
    };
    let edge = |i: usize| i as f32 / CLASSES as f32;
    let times = |edge: f32| {
        let ratio = format!("{:.1}", (1.0 + edge) / (1.0 - edge));
        format!("×{UNIT_GAP}{}", ratio.trim_end_matches(".0"))
    };
    let [least, middle, most] = EDGES.map(times);
    let ticks = [
        (0, "A".to_owned()),
        (1, most.clone()),
        (2, middle.clone()),
        (3, least.clone()),
        (4, least),
        (5, middle),
        (6, most),
        (7, "B".to_owned()),
    ];
    let ticks = ticks.into_iter().map(|(i, words)| (edge(i), words)).collect();
    let bar = (0..BAR_STEPS).map(color).collect();
    Section::legend("Who was here longer")
        .row(Row::Ramp { bars: vec![bar], thickness: 22.0, ticks })
        .row(Row::Note("times as long; the ends: mostly or only A, mostly or only B".to_owned()))
}
