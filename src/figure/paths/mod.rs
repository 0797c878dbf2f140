//! Lives as lines: cased, so that crossings read, with their direction, their ends and their breaks.

pub mod chevron;
pub mod life_path;
mod line;
pub mod marks;

use std::collections::BTreeMap;

use chevron::{Spacing, Taken};
use line::{Coloring, LONG_LIFE_S, LineStyle, TOP_SPEED_UPS};

use super::canvas::Canvas;
use super::layout::floor_panels::{ByFloor, OTHERS_OPACITY};
use super::layout::legend::{Legend, Mark, Row, Section};
use super::request::RequestError;
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use super::words::state_legend;
use super::words::state_legend::Entry;
use super::words::{names, number};
use crate::analysis::lives;
use crate::analysis::{BreakReason, Filter, Lives, PlayerKey, PlayerPattern, State};
use crate::geom::WorldRect;
use crate::model::{Round, Team};
use crate::plane::MapFrame;
use crate::rounds::choices;
use crate::scene::text::has_boxes;
use crate::scene::{Color, Item, Shape};
use crate::text::near;
use crate::theme::Theme;
use life_path::{LifePath, Next};

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

impl PathsSpec {
    /// Checks that every player who is to stand out is there.
    ///
    /// # Errors
    /// The first who is not, with the names of those who are.
    pub fn check_highlights(&self, paths: &PathsAccumulator) -> Result<(), RequestError> {
        for typed in &self.highlight {
            let pattern = PlayerPattern::new(typed);
            if !paths.paths().iter().any(|path| path.is_of(&pattern)) {
                let near = near(typed, paths.paths().iter().map(|path| &*path.name));
                let hint = if near.is_empty() {
                    format!("there are: {}", choices(paths.paths().iter().map(|path| path.name.to_string())))
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
}

/// Collects lives to draw. Grows with the lives, by 24 bytes a sample.
#[derive(Debug, Clone)]
pub struct PathsAccumulator {
    paths: Vec<LifePath>,
    /// Lives on other floors, drawn faintly.
    others: Vec<LifePath>,
    /// The players in the order of their colours, if it does not follow from the lives here.
    players: Option<Vec<Player>>,
    data_summary: DataSummary,
}

impl ByFloor for PathsAccumulator {
    fn join(&mut self, other: Self) {
        self.merge(other);
    }

    fn over(self, others: Self, whole: &Self) -> Self {
        Self { others: others.paths, players: Some(by_lives(&whole.paths)), ..self }
    }
}

/// A player, the name, and the number of lives.
type Player = (PlayerKey, String, u64);

/// The players of `paths`, those with the most lives first.
fn by_lives(paths: &[LifePath]) -> Vec<Player> {
    let mut lives: BTreeMap<&PlayerKey, (&str, u64)> = BTreeMap::new();
    for path in paths {
        let entry = lives.entry(&path.player).or_default();
        *entry = (&path.name, entry.1 + 1);
    }
    let mut players: Vec<Player> =
        lives.into_iter().map(|(key, (name, n))| (key.clone(), name.to_owned(), n)).collect();
    players.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    players
}

impl PathsAccumulator {
    /// Nothing yet; samples outside `extent` are counted as off the map.
    pub fn new(extent: WorldRect) -> Self {
        Self { paths: Vec::new(), others: Vec::new(), players: None, data_summary: DataSummary::new(extent) }
    }

    /// Adds the lives of the round at place `order` of the input.
    pub fn add(&mut self, order: u32, round: &Round, filter: &Filter) {
        self.add_lives(order, round, &lives(round, filter), filter);
    }

    /// Adds the lives of a round at place `order` of the input, cleaned with `filter`.
    pub fn add_lives(&mut self, order: u32, round: &Round, lives: &Lives<'_>, filter: &Filter) {
        self.data_summary.add(round, lives, filter);
        self.paths.extend(lives.lives.iter().map(|life| LifePath::of(order, life)));
    }

    /// Adds what another accumulator collected; which one comes first does not matter.
    pub fn merge(&mut self, other: Self) {
        self.paths.extend(other.paths);
        self.data_summary.merge(other.data_summary);
    }

    /// The lives so far, in the order in which they came.
    pub fn paths(&self) -> &[LifePath] {
        &self.paths
    }

    /// What went in so far.
    pub fn data_summary(&self) -> &DataSummary {
        &self.data_summary
    }

    /// The picture.
    pub fn finish(mut self, spec: &PathsSpec, context: &Canvas<'_>) -> Drawing {
        self.paths.sort_by_key(|path| path.order);
        self.others.sort_by_key(|path| path.order);
        let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
        let base = context.base_map(&frame);
        let mut paths = Paths::new(&self.paths, spec);
        let mut others = Paths::new(&self.others, spec);
        if let Some(players) = self.players.take() {
            others.players.clone_from(&players);
            paths.players = players;
        }
        let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        if self.paths.is_empty() {
            items.extend(context.nothing_found());
        } else {
            let mut over = others.faint_items(&frame, sheet.scale(), theme);
            over.extend(paths.items(&frame, sheet.scale(), theme));
            let map_labels = context.map_labels(&frame, &over);
            items.extend(over.into_iter().chain(map_labels));
        }
        let mut legend = Legend::new(context.title())
            .subtitle(spec.color.subtitle())
            .subtitle(context.subject_line(&self.data_summary));
        for section in paths.legend(theme, &self.data_summary) {
            legend = legend.section(section);
        }
        legend = legend.section(super::layout::scale_bar::section(&sheet, &context.panel_frame()));
        for line in self.caption(spec.color, context, base.kind()) {
            legend = legend.caption(line);
        }
        Drawing::new(
            sheet.compose(theme, context.background(), items, &legend),
            Recipe::new("paths", spec, context, &self.data_summary),
        )
    }

    fn caption(
        &self,
        color: PathColor,
        context: &Canvas<'_>,
        base: crate::basemap::base::BaseKind,
    ) -> Vec<String> {
        let died = self.paths.iter().filter(|path| path.end == life_path::PathEnd::Death).count() as u64;
        let mut lines = vec![self.data_summary.used_line()];
        if died > 0 {
            lines.push(format!("{} ended in death", number::count(died)));
        }
        lines.extend(self.data_summary.dropped_lines());
        lines.extend(self.data_summary.states_line());
        if color == PathColor::State && !self.data_summary.sprint_is_known() {
            lines.push(state_legend::UPRIGHT_NOTE.to_owned());
        }
        let mut breaks = [0_u64; BreakReason::ALL.len()];
        for (reason, ..) in self.paths.iter().flat_map(LifePath::breaks) {
            breaks[reason as usize] += 1;
        }
        lines.push(format!("{} · straight lines between samples", breaks_words(&breaks)));
        if self.paths.len() > MANY_LIVES {
            lines.push(format!("{MANY_LIVES}+ lives: the heat map reads better"));
        }
        lines.extend(context.map_lines(base));
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

/// Lives that are about to be drawn, in the order of time.
pub struct Paths<'a> {
    lives: &'a [LifePath],
    color: PathColor,
    highlight: Vec<PlayerPattern>,
    players: Vec<Player>,
}

impl<'a> Paths<'a> {
    /// Lines for `paths`, which must be sorted by their order.
    pub fn new(paths: &'a [LifePath], spec: &PathsSpec) -> Self {
        let highlight = spec.highlight.iter().map(|typed| PlayerPattern::new(typed)).collect();
        Self { lives: paths, color: spec.color, highlight, players: by_lives(paths) }
    }

    /// Everything over the base map, in order from below: lines, chevrons, marks.
    pub fn items(&self, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let (front, back): (Vec<&LifePath>, Vec<&LifePath>) =
            self.lives.iter().partition(|path| self.stands_out(path));
        let style = LineStyle::for_lives(front.len());
        let mut items = Vec::new();
        for (paths, style) in [(&back, style.background()), (&front, style)] {
            for path in paths {
                let player = self.player_color(&path.player, theme);
                let coloring = Coloring { color: self.color, theme, player };
                items.extend(line::lines(path, frame, scale, style, &coloring));
            }
        }
        let mut taken = Taken::new(frame.rect.right(), frame.rect.bottom(), Spacing::PATHS.apart * scale);
        for path in &front {
            for run in path.runs() {
                items.extend(chevron::along(
                    &line::projected(run, frame),
                    Spacing::PATHS,
                    scale,
                    theme,
                    &mut taken,
                ));
            }
        }
        items.extend(marks::marks(&front, frame, scale, theme));
        items
    }

    /// The lines alone, faint: lives of floors that the picture is not about.
    fn faint_items(&self, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let style = LineStyle { opacity: OTHERS_OPACITY, ..LineStyle::for_lives(self.lives.len()) };
        let lines = |path: &'a LifePath| {
            let coloring =
                Coloring { color: self.color, theme, player: self.player_color(&path.player, theme) };
            line::lines(path, frame, scale, style, &coloring)
        };
        self.lives.iter().flat_map(lines).collect()
    }

    /// Whether a life is drawn in full; all are when none is highlighted.
    fn stands_out(&self, path: &LifePath) -> bool {
        self.highlight.is_empty() || self.highlight.iter().any(|pattern| path.is_of(pattern))
    }

    fn player_color(&self, player: &PlayerKey, theme: &Theme) -> Color {
        let place = self.players.iter().position(|(key, ..)| key == player);
        place.and_then(|i| theme.players.get(i)).copied().unwrap_or(theme.not_recorded)
    }

    /// The legend of lines and of marks; `data summary` knows what the files tell.
    pub fn legend(&self, theme: &Theme, data_summary: &DataSummary) -> [Section; 2] {
        [self.lines_legend(theme, data_summary), Self::marks_legend()]
    }

    fn lines_legend(&self, theme: &Theme, data_summary: &DataSummary) -> Section {
        match self.color {
            PathColor::State => self.states_legend(theme, data_summary),
            PathColor::Team => {
                let lives = |team: &Team| self.lives.iter().filter(|path| path.team == *team).count() as u64;
                Section::legend("Line").rows([Team::Allies, Team::Axis].iter().map(|team| {
                    let n = number::counted(lives(team), "life", "lives");
                    Row::entry(Mark::Line(theme.team(team)), super::words::filter_words::team(team), n)
                }))
            }
            PathColor::Player => {
                let shown = theme.players.len();
                let mut section =
                    Section::table("Line").rows(self.players.iter().take(shown).map(|(key, name, n)| {
                        let guid = key.guid().as_str();
                        let name = if name.is_empty() {
                            "unnamed".to_owned()
                        } else {
                            names::shown(name, guid, usize::MAX)
                        };
                        Row::entry(
                            Mark::Line(self.player_color(key, theme)),
                            name,
                            number::counted(*n, "life", "lives"),
                        )
                    }));
                if self.players.len() > shown {
                    let rest: u64 = self.players[shown..].iter().map(|(.., n)| n).sum();
                    let label = format!("{} more players", self.players.len() - shown);
                    section = section.row(Row::entry(
                        Mark::Line(theme.not_recorded),
                        label,
                        number::counted(rest, "life", "lives"),
                    ));
                }
                if self.players.iter().take(shown).any(|(_, name, _)| has_boxes(name)) {
                    section = section.row(Row::Note(names::BOXES_NOTE.to_owned()));
                }
                section
            }
            PathColor::Time => ramp("Time since spawn", "s", LONG_LIFE_S, |t| line::time_color(theme, t)),
            PathColor::Speed => ramp("Speed", "u/s, horizontal", TOP_SPEED_UPS, |t| theme.ramp(t)),
            PathColor::Health => ramp("Health", "points", 100.0, |t| theme.ramp(t)),
        }
    }

    fn states_legend(&self, theme: &Theme, data_summary: &DataSummary) -> Section {
        let mut times = [0_u64; State::ALL.len()];
        for pair in self.lives.iter().flat_map(|path| path.points.windows(2)) {
            if let Next::Walk(state) = pair[0].next {
                times[state.index()] += i64::from(pair[1].ms - pair[0].ms).max(0) as u64;
            }
        }
        let entries = state_legend::entries(&times, data_summary);
        let low = entries.iter().any(|entry| entry.state == State::Low);
        let row = |entry: Entry| Row::entry(Mark::Line(theme.state(entry.state)), entry.label, entry.share);
        let section = Section::legend("Line").rows(entries.into_iter().map(row));
        if low { section.row(Row::Note(state_legend::LOW_NOTE.to_owned())) } else { section }
    }

    fn marks_legend() -> Section {
        let shape = |shape, radius| Mark::Shape { shape, radius, fill: None };
        Section::legend("Marks")
            .row(Row::Pair([
                (shape(Shape::Circle, 6.0), "spawn (count)".to_owned()),
                (shape(Shape::Cross, 6.0), "death".to_owned()),
            ]))
            .row(Row::Pair([
                (shape(Shape::Square, 5.5), "alive at the end".to_owned()),
                (shape(Shape::Chevron { heading: 0.0 }, 7.5), "direction".to_owned()),
            ]))
            .row(Row::key(Mark::Dots, "not recorded (gap, revive)"))
    }
}

fn ramp(heading: &str, unit: &str, top: f32, color: impl Fn(f32) -> Color) -> Section {
    let bar = (0..=64).map(|i| color(i as f32 / 64.0)).collect();
    let tick = |t: f32| {
        let value = number::count((top * t + 0.5) as u64);
        (t, if t < 1.0 { value } else { format!("≥ {value}") })
    };
    Section::legend(heading)
        .row(Row::Ramp {
            bars: vec![bar],
            thickness: 22.0,
            ticks: [0.0, 0.25, 0.5, 0.75, 1.0].map(tick).to_vec(),
        })
        .row(Row::Note(unit.to_owned()))
}
