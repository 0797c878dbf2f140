//! Lines of more lives than can be told apart: counted, and shaded by how many lie at a place.
//!
//! A line adds its length to the cells it crosses, by the colour it would have had; cells are as wide as a pixel of the
//! design, so nothing depends on the picture's size, and memory on neither lives nor rounds. A Gaussian as wide as the
//! line makes it one again: its height is the number of lines side by side.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::PathColor;
use super::life_path::{LifePath, Next, PathPoint};
use super::line::{self, LONG_LIFE_S, TOP_SPEED_UPS};
use crate::analysis::{
    CellSums, Cells, Change, KindSums, Lengths, NUMBERS, NarrowStep, PlayerKey, State, StepNumber, Who,
};
use crate::figure::layout::sheet::DESIGN_PX;
use crate::geom::{PixelPoint, WorldPoint, WorldRect};
use crate::model::Sample;
use crate::plane::MapFrame;
use crate::plane::oklab::{Curves, Lab};
use crate::plane::resample::Taps;
use crate::plane::sparse::{SparseField, SparseTaps};
use crate::scene::{Bitmap, Blend, Color, Item};
use crate::theme::{self, Theme};

/// Half the width of a line at 60 % of its height, cells: as wide as the lines of many lives are drawn.
const SIGMA_CELLS: f64 = 0.75;
/// This share of all places with a line has less than the full colour.
const FULL_SHARE: f64 = 0.995;
/// Fewest lines that have the full colour.
const LEAST_FULL: f32 = 8.0;
/// Opacity and strength of colour of a single line; those of the most lines are 1.
const SINGLE: (f32, f32) = (0.40, 0.45);
/// Chroma where no colour holds more than a quarter, and where one holds three quarters: greyer means mixed.
const CHROMA: (f32, f32) = (0.30, 1.0);
/// Steps of a colour that stands for a number.
const STEPS: usize = 256;

/// How lines are counted: over which cells, and by which colours.
#[derive(Debug, Clone)]
pub(super) struct Counting {
    cells: Cells,
    color: PathColor,
    /// The players with a colour of their own, in its order.
    players: Vec<PlayerKey>,
}

impl Counting {
    /// For pictures of `extent`; `None` for one that no grid can cover.
    pub(super) fn new(extent: WorldRect, color: PathColor, players: Vec<PlayerKey>) -> Option<Self> {
        Some(Self { cells: line_cells(extent)?, color, players })
    }

    /// The same cells by another colour, none of players.
    pub(super) fn by(&self, color: PathColor) -> Self {
        Self { cells: self.cells, color, players: Vec::new() }
    }

    /// Planes of the lengths: one for each colour, or the length and the length times the number that has a colour.
    pub(super) fn planes(&self) -> usize {
        match self.color {
            PathColor::State => State::ALL.len(),
            PathColor::Team => 3,
            PathColor::Player => self.players.len() + 1,
            PathColor::Time | PathColor::Speed | PathColor::Health => 2,
        }
    }

    /// The plane of a side, of which [`Who`] has the number.
    pub(super) fn side(team: u8) -> usize {
        [1, 0, 2][usize::from(team.min(2))]
    }

    /// Where the line from `point` on is added.
    fn parts(&self, path: &LifePath, point: &PathPoint, state: State) -> [(usize, u64); 2] {
        let player = || self.player(&path.player);
        self.parts_of(state, Who::team(&path.team), player, (point.ms, point.speed_ups, point.health))
    }

    /// The plane of a player.
    pub(super) fn player(&self, player: &PlayerKey) -> usize {
        self.players.iter().position(|known| known == player).unwrap_or(self.players.len())
    }

    /// Where a line is added by its state, side, player, and the ms, speed and health at its beginning.
    fn parts_of(
        &self,
        state: State,
        team: u8,
        player: impl FnOnce() -> usize,
        (ms, speed_ups, health): (i32, f32, Option<i16>),
    ) -> [(usize, u64); 2] {
        let number = |color| (1, number(color, (ms, speed_ups, health)));
        let colored = |plane: usize| [(plane, 1), (plane, 0)];
        match self.color {
            PathColor::State => colored(state.index()),
            PathColor::Team => colored(Self::side(team)),
            PathColor::Player => colored(player()),
            // The mean of a place is of those that tell it.
            PathColor::Health if health.is_none() => [(0, 0), (1, 0)],
            PathColor::Time | PathColor::Speed | PathColor::Health => [(0, 1), number(self.color)],
        }
    }

    /// Whether a line's colour is its player's.
    pub(super) fn is_of_players(&self) -> bool {
        self.color == PathColor::Player
    }

    /// Whether each player with a colour is one of these.
    pub(super) fn knows_all(&self, players: &[PlayerKey]) -> bool {
        self.is_of_players() && self.players.iter().all(|player| players.contains(player))
    }

    /// The colour's place among [`STEP_NUMBERS`]; `None` for one that is no number.
    pub(super) fn number(&self) -> Option<usize> {
        NUMBER_COLORS.iter().position(|color| *color == self.color)
    }

    /// Whether sums of lines by state and side are those of this colour.
    pub(super) fn is_of_kinds(&self) -> bool {
        matches!(self.color, PathColor::State | PathColor::Team)
    }

    /// The colours of the planes, or of the steps of a number.
    fn colors(&self, theme: &Theme) -> Vec<Lab> {
        let steps = |color: &dyn Fn(f32) -> Color| {
            (0..STEPS).map(|i| theme::lab(color(i as f32 / (STEPS - 1) as f32))).collect()
        };
        match self.color {
            PathColor::State => State::ALL.iter().map(|state| theme::lab(theme.state(*state))).collect(),
            PathColor::Team => [theme.allies, theme.axis, theme.not_recorded]
                .iter()
                .map(|color| theme::lab(*color))
                .collect(),
            PathColor::Player => {
                let own = theme.players.iter().take(self.players.len());
                own.chain([&theme.not_recorded]).map(|color| theme::lab(*color)).collect()
            }
            PathColor::Time => steps(&|t| line::time_color(theme, t)),
            PathColor::Speed | PathColor::Health => steps(&|t| theme.ramp(t)),
        }
    }

    /// Whether a line's colour is the player's health at its beginning.
    pub(super) fn is_of_health(&self) -> bool {
        self.color == PathColor::Health
    }

    /// Whether the second plane holds numbers, of which a place shows the mean.
    pub(super) fn is_number(&self) -> bool {
        self.number().is_some()
    }
}

/// The colours that stand for a number.
const NUMBER_COLORS: [PathColor; NUMBERS] = [PathColor::Time, PathColor::Speed, PathColor::Health];

/// What lines are weighed by for each of [`NUMBER_COLORS`]. That of health is of no use where health is unknown anywhere.
pub(in crate::figure) const STEP_NUMBERS: [StepNumber; NUMBERS] = [
    |from, ms| step_number(PathColor::Time, from, ms),
    |from, ms| step_number(PathColor::Speed, from, ms),
    |from, ms| step_number(PathColor::Health, from, ms),
];

fn step_number(color: PathColor, from: &Sample, ms: i32) -> u64 {
    number(color, (ms, from.speed_ups, from.known_health()))
}

/// The step of a colour that stands for a number, by the ms since the spawn, speed and health; 0 for others.
fn number(color: PathColor, (ms, speed_ups, health): (i32, f32, Option<i16>)) -> u64 {
    let t = match color {
        PathColor::Time => ms as f32 / 1000.0 / LONG_LIFE_S,
        PathColor::Speed => speed_ups / TOP_SPEED_UPS,
        PathColor::Health => f32::from(health.unwrap_or_default()) / 100.0,
        PathColor::State | PathColor::Team | PathColor::Player => return 0,
    };
    (t.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as u64
}

/// The cells of lines over an extent; `None` for one that no grid can cover.
pub(in crate::figure) fn line_cells(extent: WorldRect) -> Option<Cells> {
    Cells::with_side(extent, extent.width().max(extent.height()) / f64::from(DESIGN_PX))
}

/// Whether a line is added or taken away, and its ends.
pub(super) type PlaneStep = (Change, [WorldPoint; 2]);

/// Lines, counted.
#[derive(Debug, Clone)]
pub(super) struct LineCounts {
    lengths: Lengths,
    /// Spawns by their cell.
    spawns: BTreeMap<usize, u64>,
}

/// [`LineCounts`] on their way from one process to another.
#[cfg(feature = "cluster")]
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct PackedLines {
    lengths: Vec<Vec<(usize, u64)>>,
    spawns: Vec<(usize, u64)>,
}

impl LineCounts {
    pub(super) fn new(counting: &Counting) -> Self {
        Self { lengths: Lengths::new(counting.cells, counting.planes()), spawns: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, path: &LifePath, counting: &Counting) {
        let several = usize::from(counting.is_number()) + 1;
        let mut begin = path.points.first().map(|point| self.lengths.point(point.at));
        for pair in path.points.windows(2) {
            let end = self.lengths.point(pair[1].at);
            if let (Some(begin), Next::Walk(state)) = (&begin, pair[0].next) {
                let parts = counting.parts(path, &pair[0], state);
                self.lengths.change(Change::Add, begin, &end, &parts[..several]);
            }
            begin = Some(end);
        }
        if let Some(first) = path.points.first().filter(|_| path.from_spawn) {
            self.add_spawn(first.at, counting);
        }
    }

    /// Adds lines that were summed for a kind of lives in a state, where the colour is not the player's.
    pub(super) fn add_kind(&mut self, kind: &KindSums, counting: &Counting) {
        let plane = if counting.is_number() {
            0
        } else {
            counting.parts_of(kind.state, kind.who.team, || 0, (0, 0.0, None))[0].0
        };
        self.lengths.add_cells(plane, &kind.lines);
    }

    /// Adds lines that were summed for a player, in this plane; `None` for a player without a colour.
    pub(super) fn add_player(&mut self, lines: &CellSums, plane: Option<usize>, counting: &Counting) {
        self.lengths.add_cells(plane.unwrap_or(counting.players.len()), lines);
    }

    /// Adds the same lines once more, each as many times as its number says, where that is the colour.
    pub(super) fn add_weighed(&mut self, lines: &CellSums) {
        self.lengths.add_cells(1, lines);
    }

    /// Adds the line of a step, or takes it away, where the colour is not the player's.
    pub(super) fn add_step(&mut self, step: &NarrowStep<'_>, counting: &Counting) {
        let (from, ms) = (step.from, step.from.time.since(step.spawn) as i32);
        let told = (ms, from.speed_ups, from.known_health());
        let parts = counting.parts_of(step.state, step.who.team, || 0, told);
        let several = usize::from(counting.is_number()) + 1;
        self.lengths.add_or_take(step.change, from.at, step.to.at, &parts[..several]);
    }

    /// Adds the lines of steps of one plane, or takes them away.
    pub(super) fn add_lines(&mut self, plane: usize, lines: impl IntoIterator<Item = PlaneStep>) {
        for (change, [from, to]) in lines {
            self.lengths.add_or_take(change, from, to, &[(plane, 1)]);
        }
    }

    /// Counts a spawn.
    pub(super) fn add_spawn(&mut self, at: WorldPoint, counting: &Counting) {
        if let Some(cell) = counting.cells.index(at) {
            *self.spawns.entry(cell).or_default() += 1;
        }
    }

    /// Forgets colours of which everything was taken away.
    pub(super) fn forget_nothing(&mut self) {
        self.lengths.forget_nothing();
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.lengths.merge(other.lengths);
        for (cell, n) in other.spawns {
            *self.spawns.entry(cell).or_default() += n;
        }
    }

    /// Adds lines that were counted by state; `planes` tells where those of each state go.
    pub(super) fn add_planes(&mut self, other: &Self, planes: [usize; State::ALL.len()]) {
        self.lengths.add_planes(&other.lengths, &planes);
        for (cell, n) in &other.spawns {
            *self.spawns.entry(*cell).or_default() += n;
        }
    }

    /// The same for another process.
    #[cfg(feature = "cluster")]
    pub(super) fn pack(&self) -> PackedLines {
        PackedLines {
            lengths: self.lengths.to_steps(),
            spawns: self.spawns.iter().map(|(cell, n)| (*cell, *n)).collect(),
        }
    }

    /// Adds what another process packed; `None` where it was counted in another way.
    #[cfg(feature = "cluster")]
    pub(super) fn add_packed(&mut self, packed: &PackedLines) -> Option<()> {
        let cells = self.lengths.cells().len();
        self.lengths.add_steps(&packed.lengths)?;
        for (cell, n) in &packed.spawns {
            let spawned = self.spawns.entry(Some(*cell).filter(|cell| *cell < cells)?).or_default();
            *spawned = spawned.checked_add(*n)?;
        }
        Some(())
    }

    /// About how much memory they take, bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.lengths.bytes() + self.spawns.len() as u64 * 32
    }

    /// Where lives began on a picture, and how many of them.
    pub(super) fn spawns(&self, frame: &MapFrame) -> Vec<(PixelPoint, u64)> {
        let cells = self.lengths.cells();
        self.spawns.iter().map(|(cell, n)| (frame.project(cells.center(*cell)), *n)).collect()
    }

    /// How many lines lie at each place.
    pub(super) fn density<'c>(&self, counting: &'c Counting) -> Density<'c> {
        let cells = self.lengths.cells();
        let (columns, rows) = (cells.columns() as usize, cells.rows() as usize);
        // A line of one unit in each cell becomes a ridge of this height.
        let height = 1.0 / ((2.0 * std::f64::consts::PI).sqrt() * SIGMA_CELLS);
        let unit = (1.0 / (Lengths::CELL * height)) as f32;
        let smooth = |plane: usize| {
            let row = |row: usize, cells: &mut [f32]| self.lengths.scaled_row(plane, row, unit, cells);
            SparseField::smoothed_rows((columns, rows), row, SIGMA_CELLS)
        };
        let there = (0..counting.planes()).filter(|plane| self.lengths.has(*plane));
        let fields: Vec<(usize, SparseField)> = there.map(|plane| (plane, smooth(plane))).collect();
        Density { extent: *cells.extent(), fields, counting }
    }
}

/// The number of lines at each place, by colour.
pub(super) struct Density<'c> {
    extent: WorldRect,
    pub(super) fields: Vec<(usize, SparseField)>,
    counting: &'c Counting,
}

impl Density<'_> {
    /// The number of lines that has the full colour: so many lie in few places only.
    pub(super) fn full(&self) -> f32 {
        let counted = if self.counting.is_number() { 1 } else { self.fields.len() };
        let Some((_, first)) = self.fields.first() else { return LEAST_FULL };
        let mut sums: Vec<f32> = Vec::new();
        let mut row = vec![0.0_f32; first.padded_width()];
        for y in 0..first.height() {
            row.fill(0.0);
            for (_, field) in self.fields.iter().take(counted) {
                field.add_row(y, 1.0, &mut row);
            }
            sums.extend(row.iter().filter(|sum| **sum >= 0.5));
        }
        let place = ((sums.len() as f64 * FULL_SHARE) as usize).min(sums.len().saturating_sub(1));
        if sums.is_empty() {
            return LEAST_FULL;
        }
        sums.select_nth_unstable_by(place, f32::total_cmp).1.max(LEAST_FULL)
    }

    /// The lines over `frame`, at an opacity of their own. `full` lines at a place have the full colour.
    pub(super) fn item(&self, frame: &MapFrame, theme: &Theme, full: f32, opacity: f32) -> Option<Item> {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let (_, first) = self.fields.first()?;
        let [across, down] = Taps::onto(frame, (first.width(), first.height()), &self.extent);
        let taps = SparseTaps::new([&across, &down], first, width);
        let (curves, ink) = (Curves::get(), theme::lab(theme.ink));
        let (colors, is_number) = (self.counting.colors(theme), self.counting.is_number());
        let most = libm::log1pf(full);
        let mut rgba = vec![0_u8; width * height * 4];
        rgba.par_chunks_exact_mut(width * 4).enumerate().for_each_init(
            || (Places::new(width), vec![0.0_f32; first.padded_width()]),
            |(places, narrow), (y, row)| {
                places.clear();
                for (plane, field) in &self.fields {
                    for run in taps.row(field, y, narrow, &mut places.row) {
                        match (is_number, *plane) {
                            (true, 0) => places.add_all(run),
                            (true, _) => places.add_numbers(run),
                            (false, plane) => places.add_lines(plane, run),
                        }
                    }
                }
                for (x, pixel) in row.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                    let lines = places.all[x];
                    if lines <= 0.01 {
                        continue;
                    }
                    let color = if is_number {
                        let mean = (places.most[x] / lines + 0.5).clamp(0.0, (STEPS - 1) as f32);
                        colors[mean as usize]
                    } else {
                        colors[places.plane[x] as usize].chroma_times(chroma(places.most[x] / lines))
                    };
                    let strength = (libm::log1pf(lines) / most).min(1.0);
                    let [r, g, b] = curves.bytes(ink.mix(color, SINGLE.1 + (1.0 - SINGLE.1) * strength));
                    let alpha = lines.min(1.0) * (SINGLE.0 + (1.0 - SINGLE.0) * strength) * opacity;
                    *pixel = [r, g, b, (alpha * 255.0 + 0.5) as u8];
                }
            },
        );
        let bitmap = Arc::new(Bitmap::new(frame.width(), frame.height(), rgba)?);
        Some(Item::Image { x: frame.rect.x as i32, y: frame.rect.y as i32, bitmap, blend: Blend::Srgb })
    }
}

/// A row of pixels while its planes pass by.
struct Places {
    /// The plane that passes by.
    row: Vec<f32>,
    /// Lines of all planes.
    all: Vec<f32>,
    /// Those of the plane that has most, or the sum of the numbers.
    most: Vec<f32>,
    /// That plane; as wide as the numbers beside it, so that several are compared at once.
    plane: Vec<u32>,
}

impl Places {
    fn new(width: usize) -> Self {
        let zeros = || vec![0.0; width];
        Self { row: zeros(), all: zeros(), most: zeros(), plane: vec![0; width] }
    }

    fn clear(&mut self) {
        self.all.fill(0.0);
        self.most.fill(0.0);
        self.plane.fill(0);
    }

    fn add_lines(&mut self, plane: usize, run: Range<usize>) {
        let plane = plane as u32;
        let (all, most, of) =
            (&mut self.all[run.clone()], &mut self.most[run.clone()], &mut self.plane[run.clone()]);
        for (lines, ((all, most), of)) in self.row[run].iter().zip(all.iter_mut().zip(most).zip(of)) {
            // Interpolation undershoots a little beside steep slopes.
            let lines = lines.max(0.0);
            *all += lines;
            // Without a choice whether to write: the processor would have to guess what cannot be foreseen.
            let is_more = u32::from(lines > *most).wrapping_neg();
            *most = most.max(lines);
            *of = (*of & !is_more) | (plane & is_more);
        }
    }

    fn add_all(&mut self, run: Range<usize>) {
        for (all, lines) in self.all[run.clone()].iter_mut().zip(&self.row[run]) {
            *all += lines.max(0.0);
        }
    }

    fn add_numbers(&mut self, run: Range<usize>) {
        self.most[run.clone()].copy_from_slice(&self.row[run]);
    }
}

/// Chroma of a colour that holds this share of a place.
fn chroma(held: f32) -> f32 {
    CHROMA.0 + (CHROMA.1 - CHROMA.0) * ((held - 0.25) / 0.5).clamp(0.0, 1.0)
}
