//! Where players were killed, and from where, over all movement.

use serde::{Deserialize, Serialize};

use super::canvas::Canvas;
use super::layout::legend::{Legend, Mark, Row, Section};
use super::layout::scale_bar;
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use super::words::filter_words;
use super::words::number;
use crate::analysis::{
    Cells, Death, DeathKind, Deaths, Filter, Life, Lives, Occupancy, Places, Split, Weight,
};
use crate::geom::WorldPoint;
use crate::model::{LevelTime, Team};
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::plane::overlay;
use crate::scene::{Color, Item, Marker, Polyline, Shape, Stroke, Vertex};
use crate::theme::Theme;

/// Side of the cells of the movement below, units.
const CELL_UNITS: f64 = 48.0;
/// Opacity of the movement where most time was spent.
const MOVEMENT_OPACITY: f32 = 0.34;
/// A killer's last sample tells the killer's place if it is not older than this, ms.
const FRESH_MS: i64 = 1_500;

/// One death on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Kill {
    /// Where the victim died.
    pub at: WorldPoint,
    /// The player's side.
    pub team: Team,
    /// What happened.
    pub kind: DeathKind,
    /// Where the killer stood and on whose side, if an engagement names the killer and a track has the place.
    pub killer: Option<(WorldPoint, Team)>,
    /// The moment, on the file's own clock.
    pub time: LevelTime,
}

/// The deaths of a round's lives, each once, in the order of the lives: those that a revive followed, and certain ends.
pub fn kills(lives: &Lives<'_>) -> Vec<Kill> {
    let Some(first) = lives.lives.first() else { return Vec::new() };
    let deaths = Deaths::of(first.round());
    // A filter says whose deaths are shown, not who may have caused them.
    let everyone = crate::analysis::lives(first.round(), &Filter::everything());
    let places = Places::of(&everyone.lives);
    let kill = |life: &Life<'_>, index: usize, death: Death| {
        let (track, sample) = (life.track(), life.samples()[index]);
        let killer = death.killer.as_ref().and_then(|(guid, name)| {
            let (other, index) = places.fresh(guid, name, sample.time, FRESH_MS)?;
            Some((other.samples()[index].at, other.track().team.clone()))
        });
        Kill { at: sample.at, team: track.team.clone(), kind: death.kind, killer, time: sample.time }
    };
    lives
        .lives
        .iter()
        .flat_map(|life| deaths.of_life(life).into_iter().map(move |(index, death)| (life, index, death)))
        .map(|(life, index, death)| kill(life, index, death))
        .collect()
}

/// Everything that decides how the picture looks: nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KillsSpec {}

/// Collects movement and deaths.
#[derive(Debug, Clone)]
pub struct KillsAccumulator {
    movement: Option<Occupancy>,
    /// Each with its round's place in the input.
    kills: Vec<(u32, Kill)>,
    data_summary: DataSummary,
}

impl KillsAccumulator {
    /// Nothing yet.
    pub fn new(extent: crate::geom::WorldRect) -> Self {
        let cells = Cells::with_side(extent, CELL_UNITS);
        Self {
            movement: cells.map(|cells| Occupancy::new(cells, Split::Nothing, Weight::Time)),
            kills: Vec::new(),
            data_summary: DataSummary::new(extent),
        }
    }

    /// Adds the lives of the round at place `order` of the input, cleaned with `filter`.
    pub fn add_lives(&mut self, order: u32, round: &crate::model::Round, lives: &Lives<'_>, filter: &Filter) {
        self.data_summary.add(round, lives, filter);
        self.kills.extend(kills(lives).into_iter().map(|kill| (order, kill)));
        if let Some(movement) = &mut self.movement {
            lives.lives.iter().for_each(|life| movement.add(life));
        }
    }

    /// Adds what another accumulator of the same extent collected; the order does not matter.
    pub fn merge(&mut self, other: Self) {
        if let (Some(mine), Some(theirs)) = (&mut self.movement, other.movement) {
            // Both count over the same cells, so they always go together.
            let merged = mine.merge(theirs);
            debug_assert!(merged.is_ok(), "{merged:?}");
        }
        self.kills.extend(other.kills);
        self.data_summary.merge(other.data_summary);
    }

    /// The kills, in the order of the rounds.
    fn kills(&self) -> impl Iterator<Item = &Kill> {
        self.kills.iter().map(|(_, kill)| kill)
    }

    /// The picture.
    pub fn finish(mut self, spec: &KillsSpec, context: &Canvas<'_>) -> Drawing {
        self.kills.sort_by_key(|(order, _)| *order);
        let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
        let base = context.base_map(&frame);
        let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        if self.data_summary.counts().lives == 0 {
            items.extend(context.nothing_found());
        } else {
            // The movement below is faint: names may lie over it, but not over the marks.
            let marks: Vec<Item> = self.marks(&frame, sheet.scale(), theme).into_iter().collect();
            let map_labels = context.map_labels(&frame, &marks);
            items.extend(self.overlay(&frame, theme));
            items.extend(marks.into_iter().chain(map_labels));
        }
        let mut legend = Legend::new(context.title())
            .subtitle("Kills and deaths over the movement")
            .subtitle(context.subject_line(&self.data_summary))
            .section(self.deaths_legend(theme))
            .section(self.killers_legend(theme))
            .section(scale_bar::section(&sheet, &frame));
        for line in std::iter::once(self.data_summary.used_line()).chain(self.data_summary.dropped_lines()) {
            legend = legend.caption(line);
        }
        let unknown = self.kills().filter(|kill| by_someone(kill.kind) && kill.killer.is_none()).count();
        if unknown > 0 {
            legend = legend.caption(format!(
                "{} whose killer's place is not known",
                number::counted(unknown as u64, "death", "deaths")
            ));
        }
        for line in context.map_lines(base.kind()) {
            legend = legend.caption(line);
        }
        Drawing::new(
            sheet.compose(theme, context.background(), items, &legend),
            Recipe::new("kills", spec, context, &self.data_summary),
        )
    }

    fn overlay(&self, frame: &MapFrame, theme: &Theme) -> Option<Item> {
        let movement = self.movement.as_ref()?;
        let cells = movement.cells();
        let (width, height) = (cells.columns() as usize, cells.rows() as usize);
        let values: Vec<f32> = movement.total().iter().map(|us| (*us as f64 / 1e6) as f32).collect();
        let smooth = Field::new(width, height, values)?.smoothed(1.0, 1.0);
        let mut used: Vec<f32> = smooth.values().iter().copied().filter(|v| *v > 0.0).collect();
        used.sort_unstable_by(f32::total_cmp);
        let most = *used.get(used.len().checked_sub(1)? * 97 / 100)?;
        let pixels = overlay::in_pixels(&smooth, cells.extent(), frame);
        overlay::item(frame, theme.heat_blend, |i| {
            let share = (pixels[i] / most).clamp(0.0, 1.0).sqrt();
            theme.muted.opacity(MOVEMENT_OPACITY * overlay::smoothstep(0.04, 1.0, share))
        })
    }

    fn marks(&self, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        // Many deaths are drawn smaller, so that a whole session still shows its places.
        let size = scale * (26.0 / (self.kills.len().max(1) as f32).sqrt()).clamp(0.62, 1.0);
        let faint = (7.0 / (self.kills.len().max(1) as f32).sqrt()).clamp(0.30, 0.8);
        let mut items = Vec::new();
        for kill in self.kills() {
            let Some((from, team)) = &kill.killer else { continue };
            let color = theme.team(team);
            let vertex = |at: WorldPoint, width: f32| Vertex { at: frame.project(at), color, width };
            // Wide where the shot came from, thin where it went.
            let vertices = vec![vertex(*from, 2.6 * size), vertex(kill.at, 0.8 * size)];
            let casing = Some(Stroke { width: 1.6 * size, color: theme.ink.opacity(0.5) });
            items.push(Item::Polyline(Polyline { vertices, opacity: faint, casing }));
        }
        for (at, team) in self.kills().filter_map(|kill| kill.killer.as_ref()) {
            let shape = team_shape(team);
            items.push(Item::Marker(Marker {
                at: frame.project(*at),
                shape,
                radius: 4.0 * size,
                fill: Some(theme.team(team).opacity(0.9)),
                stroke: None,
                casing: Some(Stroke { width: 2.0 * size, color: theme.ink.opacity(0.8) }),
            }));
        }
        for kill in self.kills() {
            items.push(cross(frame.project(kill.at), size, theme.team(&kill.team), theme));
        }
        items
    }

    fn deaths_legend(&self, theme: &Theme) -> Section {
        let died = |team: &Team| self.kills().filter(|kill| kill.team == *team).count() as u64;
        let mut section =
            Section::legend("Died").aside("cross").rows([Team::Allies, Team::Axis].iter().map(|team| {
                let mark = Mark::Line(theme.team(team));
                Row::entry(mark, filter_words::team(team), number::counted(died(team), "death", "deaths"))
            }));
        let others: Vec<(DeathKind, usize)> =
            [DeathKind::TeamKill, DeathKind::SelfKill, DeathKind::Fallen, DeathKind::World]
                .into_iter()
                .map(|kind| (kind, self.kills().filter(|kill| kill.kind == kind).count()))
                .filter(|(_, n)| *n > 0)
                .collect();
        if !others.is_empty() {
            let words: Vec<String> = others.iter().map(|(kind, n)| format!("{n} {}", kind.label())).collect();
            section = section.row(Row::Note(format!("of them {}", words.join(", "))));
        }
        section
    }

    fn killers_legend(&self, theme: &Theme) -> Section {
        let killed = |team: &Team| {
            let of_enemy = |kill: &&Kill| kill.kind == DeathKind::Killed;
            let by = |kill: &&Kill| kill.killer.as_ref().is_some_and(|(_, side)| side == team);
            self.kills().filter(of_enemy).filter(by).count()
        };
        Section::legend("Killed from")
            .aside("disc, square")
            .rows([Team::Allies, Team::Axis].iter().map(|team| {
                let mark = Mark::Shape { shape: team_shape(team), radius: 6.0, fill: Some(theme.team(team)) };
                Row::entry(
                    mark,
                    filter_words::team(team),
                    number::counted(killed(team) as u64, "kill", "kills"),
                )
            }))
            .row(Row::Note("where the place is known; a line leads to the death".to_owned()))
    }
}

fn by_someone(kind: DeathKind) -> bool {
    matches!(kind, DeathKind::Killed | DeathKind::TeamKill)
}

/// Allies are discs and Axis squares on every picture, so that colour is not the only cue.
fn team_shape(team: &Team) -> Shape {
    match team {
        Team::Axis => Shape::Square,
        Team::Allies | Team::Other(_) => Shape::Circle,
    }
}

fn cross(at: crate::geom::PixelPoint, scale: f32, color: Color, theme: &Theme) -> Item {
    Item::Marker(Marker {
        at,
        shape: Shape::Cross,
        radius: 5.0 * scale,
        fill: None,
        stroke: Some(Stroke { width: 2.2 * scale, color }),
        casing: Some(Stroke { width: 4.6 * scale, color: theme.ink }),
    })
}
