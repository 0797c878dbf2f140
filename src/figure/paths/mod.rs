//! Lives as lines: cased, so that crossings read, with their direction, their ends and their breaks. Of more lives than
//! can be told apart the lines are counted.

mod bundle;
pub mod chevron;
mod counted;
mod legend;
pub mod life_path;
mod line;
pub mod marks;
mod narrowed;
mod sums;
mod tally;

use bundle::Bundle;
use chevron::{Spacing, Taken};
use counted::Counting;
pub(in crate::figure) use counted::{STEP_NUMBERS, line_cells};
use legend::PathsLegend;
use line::{BACKGROUND_OPACITY, Coloring, LineStyle};

use super::canvas::Canvas;
use super::layout::floor_panels::{ByFloor, OTHERS_OPACITY};
use super::request::RequestError;
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use super::words::number;
use super::words::state_legend;
use crate::analysis::lives;
use crate::analysis::{BreakReason, Filter, HeatSums, Lives, PlayerKey, PlayerPattern};
use crate::geom::WorldRect;
use crate::model::Round;
use crate::plane::MapFrame;
use crate::rounds::choices;
use crate::scene::{Color, Item};
use crate::text::near;
use crate::theme::Theme;
pub use bundle::MOST_LINES;
use life_path::LifePath;
pub(in crate::figure) use sums::PathSums;
pub use tally::Player;
pub(in crate::figure) use tally::Tally;

/// Above this number of lives a heatmap says more, and the caption says so.
pub const MANY_LIVES: usize = 150;

/// What a line's colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum PathColor {
    /// How the player moved.
    #[default]
    State,
    /// The player's side.
    Team,
    /// The player: eight hues, further players grey.
    Player,
    /// Time since spawn.
    Time,
    /// Horizontal speed.
    Speed,
    /// Health.
    Health,
}

impl PathColor {
    /// The words below the title.
    pub fn subtitle(self) -> &'static str {
        match self {
            Self::State => "Paths by state",
            Self::Team => "Paths by team",
            Self::Player => "Paths by player",
            Self::Time => "Paths by time since spawn",
            Self::Speed => "Paths by speed",
            Self::Health => "Paths by health",
        }
    }
}

/// Everything that decides how paths look.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PathsSpec {
    /// What a line's colour means. Default: state.
    pub color: PathColor,
    /// Names or GUIDs: their lives stand out against all others. Default: none, so all lives are equal.
    pub highlight: Vec<String>,
}

/// Collects lives to draw: each while they are few ([`MOST_LINES`]), by 24 bytes a sample; of more their lines are
/// counted, in memory that depends on neither lives nor rounds.
#[derive(Debug, Clone)]
pub struct PathsAccumulator {
    spec: PathsSpec,
    highlight: Vec<PlayerPattern>,
    extent: WorldRect,
    /// How lines are counted. `None`: every life is kept until the end.
    counting: Option<Counting>,
    /// Lives that stand out; all do when none is highlighted.
    front: Bundle,
    /// The others.
    back: Bundle,
    /// Lives on other floors, drawn faintly.
    others: Bundle,
    tally: Tally,
    /// The players in the order of their colours, if it does not follow from the lives here.
    players: Option<Vec<Player>>,
    /// How many lines have the full colour, if it does not follow from the lives here.
    full: Option<f32>,
    data_summary: DataSummary,
}

impl ByFloor for PathsAccumulator {
    fn join(&mut self, other: Self) {
        self.merge(other);
    }

    fn over(self, others: Self, whole: &Self) -> Self {
        let mut faint = others.front;
        faint.merge(others.back, self.counting.as_ref());
        Self { others: faint, players: Some(whole.players()), full: whole.full(), ..self }
    }
}

impl PathsAccumulator {
    /// Nothing yet; samples outside `extent` are counted as off the map.
    pub fn new(spec: PathsSpec, extent: WorldRect) -> Self {
        // Which players have a colour is known once all lives are.
        let known = spec.color != PathColor::Player;
        let counting = if known { Counting::new(extent, spec.color, Vec::new()) } else { None };
        Self {
            highlight: spec.highlight.iter().map(|typed| PlayerPattern::new(typed)).collect(),
            spec,
            extent,
            counting,
            front: Bundle::default(),
            back: Bundle::default(),
            others: Bundle::default(),
            tally: Tally::default(),
            players: None,
            full: None,
            data_summary: DataSummary::new(extent),
        }
    }

    /// The same, for a figure of its own that draws every life: none is counted.
    #[must_use]
    pub fn with_each_kept(self) -> Self {
        Self { counting: None, ..self }
    }

    /// The same with players' colours in this order: their lines need not be kept until all lives are known.
    #[must_use]
    pub fn with_players(self, players: Vec<Player>) -> Self {
        let counting = self.counting_by(&players);
        Self { counting, players: Some(players), ..self }
    }

    fn counting_by(&self, players: &[Player]) -> Option<Counting> {
        let keys = players.iter().take(COLORED_PLAYERS).map(|(key, ..)| key.clone()).collect();
        Counting::new(self.extent, self.spec.color, keys)
    }

    /// Adds the lives of the round at place `order` of the input.
    pub fn add(&mut self, order: u32, round: &Round, filter: &Filter) {
        self.add_lives(order, round, &lives(round, filter), filter);
    }

    /// Adds the lives of a round at place `order` of the input, cleaned with `filter`.
    pub fn add_lives(&mut self, order: u32, round: &Round, lives: &Lives<'_>, filter: &Filter) {
        self.data_summary.add(round, lives, filter);
        for path in lives.lives.iter().map(|life| LifePath::of(order, life)) {
            self.tally.add(&path);
            let stands_out =
                self.highlight.is_empty() || self.highlight.iter().any(|pattern| path.is_of(pattern));
            let bundle = if stands_out { &mut self.front } else { &mut self.back };
            bundle.add(path, self.counting.as_ref());
        }
    }

    /// Counts rounds of which [`PathSums`] gave the lines.
    pub(in crate::figure) fn add_sums(&mut self, sums: &HeatSums, filter: &Filter) {
        self.data_summary.add_rounds(sums, filter);
    }

    /// Adds what another accumulator collected; which one comes first does not matter.
    pub fn merge(&mut self, other: Self) {
        self.front.merge(other.front, self.counting.as_ref());
        self.back.merge(other.back, self.counting.as_ref());
        self.tally.merge(other.tally);
        self.data_summary.merge(other.data_summary);
    }

    /// The lives that are kept, in the order in which they came.
    pub fn paths(&self) -> &[LifePath] {
        &self.front.each
    }

    /// What went in so far.
    pub fn data_summary(&self) -> &DataSummary {
        &self.data_summary
    }

    /// The players in the order of their colours: those with the most lives first.
    pub fn players(&self) -> Vec<Player> {
        self.players.clone().unwrap_or_else(|| self.tally.by_lives())
    }

    /// The number of lines that has the full colour; `None` while no line is counted.
    fn full(&self) -> Option<f32> {
        let (counts, counting) = (self.front.counts.as_ref()?, self.counting.as_ref()?);
        Some(counts.density(counting).full())
    }

    /// Checks that every player who is to stand out is there.
    ///
    /// # Errors
    /// The first who is not, with the names of those who are.
    pub fn check_highlights(&self) -> Result<(), RequestError> {
        for (typed, pattern) in self.spec.highlight.iter().zip(&self.highlight) {
            if !self.tally.holds(pattern) {
                let names: Vec<String> = self.tally.names().collect();
                let near = near(typed, names.iter().map(String::as_str));
                let hint = if near.is_empty() {
                    format!("there are: {}", choices(names))
                } else {
                    format!("did you mean {}?", near.join(", "))
                };
                return Err(RequestError::NotFound(format!(
                    "--highlight {typed}: no player of that name is shown; {hint}"
                )));
            }
        }
        Ok(())
    }

    /// The picture.
    pub fn finish(mut self, context: &Canvas<'_>) -> Drawing {
        let players = self.players();
        let counting = self.counting.take().or_else(|| self.counting_by(&players));
        for bundle in [&mut self.front, &mut self.back, &mut self.others] {
            bundle.settle(counting.as_ref());
            bundle.each.sort_by_key(|path| path.order);
        }
        let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
        let base = context.base_map(&frame);
        let pen = Pen {
            color: self.spec.color,
            players: &players,
            counting: counting.as_ref(),
            frame: &frame,
            scale: sheet.scale(),
            theme,
            full: self.full,
        };
        let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        let mut full = None;
        if self.tally.lives == 0 {
            items.extend(context.nothing_found());
        } else {
            let mut over = pen.faint(&self.others);
            full = pen.lines(&self.back, &self.front, &mut over);
            let map_labels = context.map_labels(&frame, &over);
            items.extend(over.into_iter().chain(map_labels));
        }
        let mut legend = context
            .legend(context.title())
            .subtitle(self.spec.color.subtitle())
            .subtitle(context.subject_line(&self.data_summary));
        let counted = full.is_some();
        let rows =
            PathsLegend { color: self.spec.color, counted, tally: &self.tally, players: &players, theme };
        // Nothing is drawn that lines and marks could explain where no life matches.
        if self.tally.lives > 0 {
            legend = legend.section(rows.lines(&self.data_summary)).section(legend::marks(counted));
        }
        legend = legend.section(super::layout::scale_bar::section(&sheet, &context.panel_frame()));
        for line in self.caption(full, context) {
            legend = legend.caption(line);
        }
        Drawing::new(
            sheet.compose(theme, context.background(), items, &legend),
            Recipe::new("paths", &self.spec, context, &self.data_summary),
        )
    }

    fn caption(&self, full: Option<f32>, context: &Canvas<'_>) -> Vec<String> {
        let tally = &self.tally;
        let mut lines = vec![self.data_summary.used_line()];
        if tally.died > 0 {
            lines.push(format!("{} ended in death", number::count(tally.died)));
        }
        lines.extend(self.data_summary.dropped_lines());
        lines.extend(self.data_summary.states_line());
        if self.spec.color == PathColor::State && !self.data_summary.sprint_is_known() {
            lines.push(state_legend::UPRIGHT_NOTE.to_owned());
        }
        lines.push(format!("{} · straight lines between samples", breaks_words(&tally.breaks)));
        if let Some(full) = full {
            let most = number::count((full + 0.5) as u64);
            lines.push(format!("lines are counted: full colour from {most} side by side"));
        } else if tally.lives > MANY_LIVES as u64 {
            lines.push(format!("{MANY_LIVES}+ lives: the heat map reads better"));
        }
        lines.extend(context.map_lines());
        lines
    }
}

/// `breaks: 9 gaps, 2 jumps`, or `no breaks`.
pub fn breaks_words(counts: &[u64; BreakReason::ALL.len()]) -> String {
    let words: Vec<String> = BreakReason::ALL
        .iter()
        .zip(counts)
        .filter(|(_, n)| **n > 0)
        .map(|(reason, n)| number::counted(*n, reason.label(), &format!("{}s", reason.label())))
        .collect();
    if words.is_empty() { "no breaks".to_owned() } else { format!("breaks: {}", words.join(", ")) }
}

/// What lives of one picture are drawn with.
struct Pen<'a> {
    color: PathColor,
    players: &'a [Player],
    counting: Option<&'a Counting>,
    frame: &'a MapFrame,
    scale: f32,
    theme: &'a Theme,
    full: Option<f32>,
}

impl Pen<'_> {
    /// Everything over the base map, in order from below: lines, chevrons, marks. Returns how many lines have the full
    /// colour, if those in front are counted.
    fn lines(&self, back: &Bundle, front: &Bundle, items: &mut Vec<Item>) -> Option<f32> {
        let style = LineStyle::for_lives(front.each.len());
        items.extend(self.counted(back, BACKGROUND_OPACITY).and_then(|(item, _)| item));
        items.extend(self.each(back, style.background()));
        let counted = self.counted(front, 1.0);
        let full = counted.as_ref().map(|(_, full)| *full);
        items.extend(counted.and_then(|(item, _)| item));
        items.extend(self.each(front, style));
        if let Some(counts) = &front.counts {
            let spawned = counts.spawns(self.frame);
            items.extend(marks::spawns(&spawned, marks::MERGE_MANY_PX, self.scale, self.theme));
            return full;
        }
        let (right, bottom) = (self.frame.rect.right(), self.frame.rect.bottom());
        let mut taken = Taken::new(right, bottom, Spacing::PATHS.apart * self.scale);
        for run in front.each.iter().flat_map(LifePath::runs) {
            let points = line::projected(run, self.frame);
            items.extend(chevron::along(&points, Spacing::PATHS, self.scale, self.theme, &mut taken));
        }
        items.extend(marks::marks(&front.each, self.frame, self.scale, self.theme));
        None
    }

    /// The lines alone, faint: lives of floors that the picture is not about.
    fn faint(&self, others: &Bundle) -> Vec<Item> {
        let style = LineStyle { opacity: OTHERS_OPACITY, ..LineStyle::for_lives(others.each.len()) };
        let counted = self.counted(others, OTHERS_OPACITY).and_then(|(item, _)| item);
        counted.into_iter().chain(self.each(others, style)).collect()
    }

    /// Lives one by one.
    fn each(&self, bundle: &Bundle, style: LineStyle) -> impl Iterator<Item = Item> {
        bundle.each.iter().flat_map(move |path| {
            let coloring =
                Coloring { color: self.color, theme: self.theme, player: self.player_color(&path.player) };
            line::lines(path, self.frame, self.scale, style, &coloring)
        })
    }

    /// Lives whose lines are counted, and how many lines have the full colour.
    fn counted(&self, bundle: &Bundle, opacity: f32) -> Option<(Option<Item>, f32)> {
        let density = bundle.counts.as_ref()?.density(self.counting?);
        let full = self.full.unwrap_or_else(|| density.full());
        Some((density.item(self.frame, self.theme, full, opacity), full))
    }

    fn player_color(&self, player: &PlayerKey) -> Color {
        player_color(self.players, player, self.theme)
    }
}

/// Players that have a colour of their own.
const COLORED_PLAYERS: usize = 8;

/// The colour of a player by the place among all.
fn player_color(players: &[Player], player: &PlayerKey, theme: &Theme) -> Color {
    let place = players.iter().position(|(key, ..)| key == player);
    place.and_then(|i| theme.players.get(i)).copied().unwrap_or(theme.not_recorded)
}
