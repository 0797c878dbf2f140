//! Where players were killed, and from where: few deaths as marks with a line from each killer, many as heat.

mod heat;
mod kill;
mod legend;
mod narrowed;
mod sums;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub(in crate::figure) use kill::killer_place;
pub use kill::{Kill, kills};
pub(in crate::figure) use sums::KillSums;

use super::canvas::Canvas;
use super::layout::legend::Mark;
use super::layout::placement::Placement;
use super::layout::scale_bar;
use super::request::RequestError;
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use super::words::filter_words;
use super::words::number;
use crate::analysis::{Cells, DropReason, Filter, HeatSums, Lives, Occupancy, PlayerPattern, Split, Weight};
use crate::geom::{PixelPoint, WorldPoint, WorldRect};
use crate::model::{Guid, PlayerName, Round, Team};
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::plane::overlay;
use crate::rounds::choices;
use crate::scene::{
    Align, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Stroke, Vertex, Weight as FontWeight,
};
use crate::theme::{self, Theme};
use heat::{DeathHeat, DeathPlace};

/// Side of the cells of the movement below, units.
const CELL_UNITS: f64 = 48.0;
/// Opacity of the movement where most time was spent, below marks and below heat.
const MOVEMENT_OPACITY: f32 = 0.34;
const MOVEMENT_BELOW_HEAT: f32 = 0.20;
/// More deaths than this are heat, and their killers' lines are drawn only for a single player.
const MOST_LINES: usize = 40;
/// From so many deaths on a dot takes the place of the cross, and beyond so many heat says it all.
const LEAST_DOTS: usize = 60;
const MOST_DOTS: usize = 1_000;
/// Radius of a place's ring and size of its letter, design pixels.
const RING_PX: f32 = 13.0;
const LETTER_PX: f32 = 20.0;
/// Most names of a choice that are kept for an answer.
const MOST_CHOICES: usize = 64;

/// Which deaths are shown, of the lives that the filter wants. Empty lists mean all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KillsSpec {
    /// Killed by one of these players, by name or GUID.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub killer: Vec<String>,
    /// Deaths of one of these players.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub victim: Vec<String>,
    /// Killed with one of these weapons, by their short names or how those begin.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weapon: Vec<String>,
}

impl KillsSpec {
    fn wants(&self, kill: &Kill, killers: &[PlayerPattern], victims: &[PlayerPattern]) -> bool {
        kill.is_by(killers) && kill.is_of(victims) && kill.is_with(&self.weapon)
    }

    /// What was asked for, in words.
    fn words(&self) -> Option<String> {
        let list = |before: &str, names: &[String]| {
            (!names.is_empty()).then(|| format!("{before} {}", names.join(", ")))
        };
        let parts =
            [list("killed by", &self.killer), list("victim", &self.victim), list("with", &self.weapon)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

/// How a death is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marks {
    Crosses,
    Dots,
    None,
}

/// The cells of movement over an extent; `None` for one without.
pub(in crate::figure) fn movement_cells(extent: WorldRect) -> Option<Cells> {
    Cells::with_side(extent, CELL_UNITS)
}

/// No movement yet; `None` for an extent without cells.
fn movement(extent: WorldRect) -> Option<Occupancy> {
    Some(Occupancy::new(movement_cells(extent)?, Split::Nothing, Weight::Time))
}

/// Collects movement and deaths.
#[derive(Debug, Clone)]
pub struct KillsAccumulator {
    spec: KillsSpec,
    movement: Option<Occupancy>,
    /// Each with its round's place in the input.
    kills: Vec<(u32, Kill)>,
    /// Killers, victims and weapons of deaths that were not wanted, for an answer that names what there is.
    others: [BTreeSet<String>; 3],
    data_summary: DataSummary,
}

impl KillsAccumulator {
    /// Nothing yet.
    pub fn new(spec: KillsSpec, extent: WorldRect) -> Self {
        Self {
            spec,
            movement: movement(extent),
            kills: Vec::new(),
            others: Default::default(),
            data_summary: DataSummary::new(extent),
        }
    }

    /// Adds the lives of the round at place `order` of the input, cleaned with `filter`; `everyone` are all of its lives.
    pub fn add_lives(
        &mut self,
        order: u32,
        round: &Round,
        lives: &Lives<'_>,
        everyone: &Lives<'_>,
        filter: &Filter,
    ) {
        self.data_summary.add(round, lives, filter);
        self.add_kills(kills(lives, everyone).into_iter().map(|kill| (order, kill)));
        if let Some(movement) = &mut self.movement {
            lives.lives.iter().for_each(|life| movement.add(life));
        }
    }

    /// Counts rounds of which [`KillSums`] gave movement and deaths.
    pub(in crate::figure) fn add_sums(&mut self, sums: &HeatSums, filter: &Filter) {
        self.data_summary.add_rounds(sums, filter);
    }

    /// Adds the deaths that are wanted, each with its round's place in the input.
    fn add_kills(&mut self, kills: impl Iterator<Item = (u32, Kill)>) {
        let patterns = |names: &[String]| names.iter().map(|name| PlayerPattern::new(name)).collect();
        let (killers, victims): (Vec<_>, Vec<_>) = (patterns(&self.spec.killer), patterns(&self.spec.victim));
        for (order, kill) in kills {
            if self.spec.wants(&kill, &killers, &victims) {
                self.kills.push((order, kill));
                continue;
            }
            let shown = |player: &(Guid, PlayerName)| player.1.display().into_owned();
            let names = [
                kill.by.as_ref().map(shown),
                Some(shown(&kill.victim)),
                kill.weapon.map(|weapon| weapon.name().into_owned()),
            ];
            for (set, name) in self.others.iter_mut().zip(names) {
                set.extend(name);
                // The first ones, whatever the order they came in.
                while set.len() > MOST_CHOICES {
                    set.pop_last();
                }
            }
        }
    }

    /// Adds what another accumulator of the same spec and extent collected; the order does not matter.
    pub fn merge(&mut self, other: Self) {
        if let (Some(mine), Some(theirs)) = (&mut self.movement, other.movement) {
            // Both count over the same cells, so they always go together.
            let merged = mine.merge(theirs);
            debug_assert!(merged.is_ok(), "{merged:?}");
        }
        self.kills.extend(other.kills);
        for (mine, theirs) in self.others.iter_mut().zip(other.others) {
            mine.extend(theirs);
            while mine.len() > MOST_CHOICES {
                mine.pop_last();
            }
        }
        self.data_summary.merge(other.data_summary);
    }

    /// The deaths that are shown.
    pub fn kills(&self) -> impl Iterator<Item = &Kill> {
        self.kills.iter().map(|(_, kill)| kill)
    }

    /// Checks that there are deaths of those that were asked for.
    ///
    /// # Errors
    /// There are none; says which there are.
    pub fn check(&self) -> Result<(), RequestError> {
        let Some(words) = self.spec.words() else { return Ok(()) };
        if !self.kills.is_empty() || self.data_summary.counts().lives == 0 {
            return Ok(());
        }
        let asked = [&self.spec.killer, &self.spec.victim, &self.spec.weapon];
        let known = ["killers", "victims", "weapons"].iter().zip(&self.others).zip(asked);
        let known: Vec<String> = known
            .filter(|(_, asked)| !asked.is_empty())
            .map(|((what, names), _)| format!("{what}: {}", choices(names.iter().cloned())))
            .collect();
        Err(RequestError::NotFound(format!("no death matches ({words}); there are {}", known.join("; "))))
    }

    /// The picture.
    pub fn finish(mut self, context: &Canvas<'_>) -> Drawing {
        self.kills.sort_by_key(|(order, _)| *order);
        let kills: Vec<&Kill> = self.kills().collect();
        let theme = context.theme();
        let (sheet, frame) = (context.sheet, context.frame());
        let shows_lines = kills.len() <= MOST_LINES || self.is_of_one_player(context.filter);
        let heat =
            (kills.len() > MOST_LINES).then(|| DeathHeat::of(kills.iter().copied(), context)).flatten();
        let marks = match kills.len() {
            ..LEAST_DOTS => Marks::Crosses,
            LEAST_DOTS..=MOST_DOTS => Marks::Dots,
            _ => Marks::None,
        };
        let is_shown = |at: WorldPoint| frame.rect.contains(frame.project(at));
        let places = heat.as_ref().map_or_else(Vec::new, |heat| heat.places(&kills, context.map, is_shown));
        let base = context.base_map(&frame);
        let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        if self.data_summary.counts().lives == 0 {
            items.extend(context.nothing_found());
        } else {
            let scale = sheet.scale();
            let mut over: Vec<Item> =
                heat.as_ref().and_then(|heat| heat.item(&frame, context)).into_iter().collect();
            if shows_lines {
                over.extend(lines(&kills, &frame, scale, theme));
            }
            over.extend(death_marks(&kills, marks, &frame, scale, theme));
            over.extend(rings(&places, &frame, scale, theme));
            // The movement below is faint: names may lie over it, but not over the marks.
            let map_labels = context.map_labels(&frame, &over);
            let movement = if heat.is_some() { MOVEMENT_BELOW_HEAT } else { MOVEMENT_OPACITY };
            items.extend(self.movement_item(&frame, movement, theme));
            items.extend(over.into_iter().chain(map_labels));
            if !kills.iter().any(|kill| is_shown(kill.at)) {
                items.extend(context.notice(if context.crop.is_some() {
                    "no player died in this part of the map"
                } else {
                    "no player died in what is shown"
                }));
            }
        }
        let headline = if shows_lines { "Kills and deaths" } else { "Deaths" };
        let mut legend = context.legend(context.title()).subtitle(headline);
        legend = self
            .spec
            .words()
            .into_iter()
            .fold(legend, |legend, words| legend.subtitle(filter_words::joined(&[words])));
        legend = legend.subtitle(context.subject_line(&self.data_summary)).section(legend::deaths(
            &kills,
            heat.as_ref(),
            marks,
            theme,
        ));
        if let Some(heat) = &heat {
            legend = legend.section(legend::scale(heat, theme));
        }
        if shows_lines {
            legend = legend.section(legend::killers(&kills, theme));
        }
        if let Some(section) = legend::places(&places, theme) {
            legend = legend.section(section);
        }
        legend = legend.section(scale_bar::section(&sheet, &frame));
        for line in std::iter::once(self.data_summary.used_line()).chain(self.data_summary.dropped_lines()) {
            legend = legend.caption(line);
        }
        let unknown = kills.iter().filter(|kill| kill.is_by_player() && kill.killer.is_none()).count();
        if unknown > 0 {
            legend = legend.caption(format!(
                "{} whose killer's place is not known",
                number::counted(unknown as u64, "death", "deaths")
            ));
        }
        if !self.spec.killer.is_empty() && self.data_summary.leaves_out(DropReason::Bot) {
            legend = legend.caption("kills of bots are left out with them");
        }
        for line in context.map_lines() {
            legend = legend.caption(line);
        }
        Drawing::new(
            sheet.compose(theme, context.background(), items, &legend),
            Recipe::new("kills", &self.spec, context, &self.data_summary),
        )
    }

    /// Whether one player was asked for, as victim or as killer.
    fn is_of_one_player(&self, filter: &Filter) -> bool {
        [filter.players.len(), self.spec.killer.len(), self.spec.victim.len()].contains(&1)
    }

    fn movement_item(&self, frame: &MapFrame, opacity: f32, theme: &Theme) -> Option<Item> {
        let movement = self.movement.as_ref()?;
        let cells = movement.cells();
        let (width, height) = (cells.columns() as usize, cells.rows() as usize);
        let values: Vec<f32> = movement.total().iter().map(|us| (*us as f64 / 1e6) as f32).collect();
        let smooth = Field::new(width, height, values)?.smoothed(1.0, 1.0);
        let mut used: Vec<f32> = smooth.values().iter().copied().filter(|v| *v > 0.0).collect();
        let nearly_most = used.len().checked_sub(1)? * 97 / 100;
        let most = *used.select_nth_unstable_by(nearly_most, f32::total_cmp).1;
        let pixels = overlay::in_pixels(&smooth, cells.extent(), frame);
        let clear = theme.muted.opacity(0.0);
        overlay::item(frame, theme.heat_blend, |i| {
            // Most of a map.
            if pixels[i] <= 0.0 {
                return clear;
            }
            let share = (pixels[i] / most).clamp(0.0, 1.0).sqrt();
            theme.muted.opacity(opacity * overlay::smoothstep(0.04, 1.0, share))
        })
    }
}

/// A line from each killer to the death, wide where the shot came from, thin where it went, and the killer's mark.
fn lines(kills: &[&Kill], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let known = || kills.iter().filter_map(|kill| Some((kill.at, kill.killer.as_ref()?)));
    // Many are drawn smaller and fainter, so that their places still show.
    let size = scale * (26.0 / (kills.len().max(1) as f32).sqrt()).clamp(0.62, 1.0);
    let opacity = (7.0 / (kills.len().max(1) as f32).sqrt()).clamp(0.30, 0.8);
    let line = |(to, (from, team)): (WorldPoint, &(WorldPoint, Team))| {
        let color = theme.team(team);
        let vertex = |at: WorldPoint, width: f32| Vertex { at: frame.project(at), color, width };
        let vertices = vec![vertex(*from, 2.6 * size), vertex(to, 0.8 * size)];
        let casing = Some(Stroke { width: 1.6 * size, color: theme.ink.opacity(0.5) });
        Item::Polyline(Polyline { vertices, opacity, casing })
    };
    let stand = |(_, (from, team)): (WorldPoint, &(WorldPoint, Team))| {
        Item::Marker(Marker {
            at: frame.project(*from),
            shape: team_shape(team),
            radius: 4.0 * size,
            fill: Some(theme.team(team).opacity(0.9)),
            stroke: None,
            casing: Some(Stroke { width: 2.0 * size, color: theme.ink.opacity(0.8) }),
        })
    };
    known().map(line).chain(known().map(stand)).collect()
}

fn death_marks(kills: &[&Kill], marks: Marks, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let mark = |kill: &&Kill| {
        let (at, color) = (frame.project(kill.at), theme.team(&kill.team));
        match marks {
            Marks::Crosses => Some(cross(at, scale, color, theme)),
            Marks::Dots => Some(Item::Marker(Marker {
                at,
                shape: team_shape(&kill.team),
                radius: dot_radius(&kill.team) * scale,
                fill: Some(color),
                stroke: None,
                casing: Some(Stroke { width: 2.4 * scale, color: theme.ink.opacity(0.85) }),
            })),
            Marks::None => None,
        }
    };
    kills.iter().filter_map(mark).collect()
}

/// A ring round each place where many died, with its letter.
fn rings(places: &[DeathPlace], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let radius = RING_PX * scale;
    let places: Vec<(char, PixelPoint)> =
        ('A'..='Z').zip(places).map(|(letter, place)| (letter, frame.project(place.at))).collect();
    let mut placement = Placement::new(frame.rect, scale, Vec::new());
    for (_, at) in &places {
        placement.reserve(PixelRect::new(at.x - radius, at.y - radius, 2.0 * radius, 2.0 * radius));
    }
    let mut items = Vec::new();
    for (letter, at) in places {
        items.push(Item::Marker(Marker {
            at,
            shape: Shape::Circle,
            radius,
            fill: None,
            stroke: Some(Stroke { width: 2.2 * scale, color: theme.text }),
            casing: Some(Stroke { width: 5.0 * scale, color: theme.ink }),
        }));
        let size = LETTER_PX * scale;
        let placed = placement.place(at, &letter.to_string(), size, FontWeight::SemiBold);
        let width = theme::halo_width(LETTER_PX) * scale;
        items.push(Item::Label(Label {
            text: letter.to_string(),
            at: placed.baseline,
            size,
            weight: FontWeight::SemiBold,
            color: theme.text,
            align: Align::Center,
            halo: Some(Stroke { width, color: theme.ink.opacity(theme::HALO_OPACITY) }),
        }));
    }
    items
}

/// Allies are discs and Axis squares on every picture, so that colour is not the only cue.
pub(in crate::figure) fn team_shape(team: &Team) -> Shape {
    match team {
        Team::Axis => Shape::Square,
        Team::Allies | Team::Other(_) => Shape::Circle,
    }
}

fn cross(at: PixelPoint, scale: f32, color: Color, theme: &Theme) -> Item {
    Item::Marker(Marker {
        at,
        shape: Shape::Cross,
        radius: 5.0 * scale,
        fill: None,
        stroke: Some(Stroke { width: 2.2 * scale, color }),
        casing: Some(Stroke { width: 4.6 * scale, color: theme.ink }),
    })
}

fn cross_mark(color: Color) -> Mark {
    Mark::Shape { shape: Shape::Cross, radius: 6.0, fill: Some(color) }
}

/// A dot's radius, design pixels: squares of a disc's radius look larger.
fn dot_radius(team: &Team) -> f32 {
    if team_shape(team) == Shape::Square { 2.4 } else { 2.6 }
}
