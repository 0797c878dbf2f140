//! Names on a map: spawn areas, objectives and the players' own names for places, where they do not cover the data.

use super::cover::{Cover, TABOO};
use super::game_grid;
use crate::geom::PixelPoint;
use crate::map::{LabelKind, MapLabel, Side, WorldMap};
use crate::model::Team;
use crate::plane::MapFrame;
use crate::scene::{Align, Color, Item, Label, Marker, PixelRect, Shape, Stroke, Weight, text};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// Which names a map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Names {
    /// None.
    None,
    /// Spawn areas, flags and objectives: what a round is about.
    #[default]
    Key,
    /// These, then command posts and the players' names for places, as far as there is room.
    #[cfg_attr(feature = "cli", value(alias = "places"))]
    All,
}

/// Whether the game's own grid is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GridLines {
    /// No.
    #[default]
    Hidden,
    /// Its lines, letters along the north edge and numbers along the west one.
    Shown,
}

/// What is written over a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MapLabels {
    /// Names of places. Default: the key ones.
    pub names: Names,
    /// The game's grid. Default: hidden.
    pub grid: GridLines,
}

impl MapLabels {
    /// Nothing at all.
    pub const NONE: Self = Self { names: Names::None, grid: GridLines::Hidden };
}

/// More names than this on one map are clutter.
const MOST_NAMES: usize = 64;
/// A name within this distance of an equal one names the same thing, units.
const SAME_UNITS: f64 = 700.0;
/// From a place to the near edge of its name, design pixels.
const DISTANCES: [f32; 5] = [11.0, 22.0, 36.0, 54.0, 76.0];
/// Beside it first, then below and above, then the corners.
const DIRECTIONS: [(f32, f32); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7)];
/// A name without a mark of its own stays at most so far from its place, design pixels: farther away it would name another.
const UNMARKED_PX: f32 = 36.0;
/// Room round a name that no other words and no marks come into, design pixels.
const ROOM_PX: f32 = 5.0;
/// What being farther away costs per design pixel, in units of cover (255 is opaque data).
const FAR: f32 = 0.6;
/// Names that would cover more than this are left out, key ones and others.
const MOST_COVER: [u32; 2] = [215, 70];

/// How a kind of label is written.
struct Style {
    size: f32,
    weight: Weight,
    color: Color,
    most_cover: u32,
    /// Whether the place gets a mark of its own; names of areas stand alone.
    is_marked: bool,
}

/// The grid and the names of `map` as far as `frame` shows them, clear of `over`: what is drawn above the base map.
pub(crate) fn items(
    map_labels: MapLabels,
    map: &WorldMap,
    frame: &MapFrame,
    over: &[Item],
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    let mut items = match map_labels.grid {
        GridLines::Hidden => Vec::new(),
        GridLines::Shown => game_grid::items(&map.extent.rect, frame, scale, theme),
    };
    let labels = wanted(map_labels.names, map);
    if labels.is_empty() {
        return items;
    }
    let mut cover = Cover::of(over, frame.rect, 6.0 * scale);
    // A place below a title would have its name beside words that are about something else.
    let words: Vec<PixelRect> = over
        .iter()
        .filter_map(|item| match item {
            // Titles and notes are set flush left; a count in a mark is centred, and the place's own.
            Item::Label(label) if label.align == Align::Left => {
                Some(label.area().grown(2.0 * ROOM_PX * scale))
            }
            _ => None,
        })
        .collect();
    for label in items.iter().filter(|item| matches!(item, Item::Label(_))) {
        if let Item::Label(label) = label {
            let width = label.size;
            cover.reserve(&PixelRect::new(label.at.x - width / 2.0, label.at.y - width, width, width));
        }
    }
    for label in labels {
        let at = frame.project(label.at);
        if frame.rect.contains(at) && !words.iter().any(|area| area.contains(at)) {
            items.extend(place(label, at, &mut cover, scale, theme));
        }
    }
    items
}

/// The labels that are to be shown, the most important first, each name once per place.
fn wanted(names: Names, map: &WorldMap) -> Vec<&MapLabel> {
    let rank = |kind: LabelKind| match kind {
        LabelKind::SpawnArea => Some(0),
        LabelKind::Objective | LabelKind::Checkpoint | LabelKind::Item | LabelKind::Delivery => Some(1),
        LabelKind::Constructible | LabelKind::CommandPost => Some(2),
        LabelKind::Place => Some(3),
        LabelKind::Cabinet => None,
    };
    let last = match names {
        Names::None => return Vec::new(),
        Names::Key => 1,
        Names::All => 3,
    };
    let mut ranked: Vec<(i32, &MapLabel)> = map
        .labels
        .iter()
        .filter_map(|label| Some((rank(label.kind).filter(|rank| *rank <= last)?, label)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut wanted: Vec<&MapLabel> = Vec::new();
    for (_, label) in ranked {
        let is_same = |other: &&MapLabel| {
            other.text.eq_ignore_ascii_case(&label.text) && other.at.distance_2d(label.at) < SAME_UNITS
        };
        if wanted.len() < MOST_NAMES && !wanted.iter().any(is_same) {
            wanted.push(label);
        }
    }
    wanted
}

fn style(kind: LabelKind, theme: &Theme) -> Style {
    let key = matches!(
        kind,
        LabelKind::SpawnArea
            | LabelKind::Objective
            | LabelKind::Checkpoint
            | LabelKind::Item
            | LabelKind::Delivery
    );
    if key {
        let weight = if kind == LabelKind::SpawnArea { Weight::SemiBold } else { Weight::Regular };
        Style { size: 18.0, weight, color: theme.text, most_cover: MOST_COVER[0], is_marked: true }
    } else {
        Style {
            size: 15.0,
            weight: Weight::Regular,
            color: theme.muted,
            most_cover: MOST_COVER[1],
            is_marked: kind != LabelKind::Place,
        }
    }
}

/// The cheapest place for a label's name near `at`; nothing if every place covers too much.
fn place(label: &MapLabel, at: PixelPoint, cover: &mut Cover, scale: f32, theme: &Theme) -> Vec<Item> {
    let style = style(label.kind, theme);
    let size = style.size * scale;
    let longest = 260.0 * scale;
    let words = text::ellipsize(&label.text, size, style.weight, longest);
    let (width, height) = (text::width(&words, size, style.weight), size);
    let margin = ROOM_PX * scale;
    let area = |middle: PixelPoint| {
        PixelRect::new(
            middle.x - width / 2.0 - margin,
            middle.y - height / 2.0 - margin / 2.0,
            width + 2.0 * margin,
            height + margin,
        )
    };
    let r = 5.0 * scale;
    let spot = PixelRect::new(at.x - r, at.y - r, 2.0 * r, 2.0 * r);
    // Where the figure has a mark of its own, such as a spawn disc, the name belongs to that. Asked before the name
    // itself takes its place beside the spot.
    let is_free = cover.mean(&spot).is_some_and(|covered| covered < TABOO / 3);
    let is_marked = style.is_marked && is_free;
    // A place without a mark is named where it is, if that is free.
    let own = (!style.is_marked).then_some((at, 0.0));
    let farthest = if is_marked { f32::INFINITY } else { UNMARKED_PX };
    let around = DISTANCES.iter().filter(|distance| **distance <= farthest).flat_map(|distance| {
        DIRECTIONS.iter().map(move |(dx, dy)| {
            let reach = distance * scale;
            let x = at.x + dx * reach + dx.signum() * f32::from(*dx != 0.0) * width / 2.0;
            let y = at.y + dy * (reach + height * 0.4);
            (PixelPoint::new(x, y), *distance)
        })
    });
    let found = own
        .into_iter()
        .chain(around)
        .filter_map(|(middle, distance)| {
            let covered = cover.mean(&area(middle))?;
            Some((covered as f32 + distance * FAR, covered, middle))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let Some((_, _, middle)) = found.filter(|(_, covered, _)| *covered <= style.most_cover) else {
        return Vec::new();
    };
    cover.reserve(&area(middle));
    let mut items = Vec::new();
    if is_marked {
        cover.reserve(&spot);
        items.push(mark(label.side, label.kind, at, scale, theme));
    }
    let halo = Stroke { width: halo_width(style.size) * scale, color: theme.ink.opacity(HALO_OPACITY) };
    items.push(Item::Label(Label {
        text: words,
        at: PixelPoint::new(middle.x, middle.y + height * 0.35),
        size,
        weight: style.weight,
        color: style.color,
        align: Align::Center,
        halo: Some(halo),
    }));
    items
}

/// A small mark at the place: filled and of the side's shape for a spawn, hollow for an objective.
fn mark(side: Option<Side>, kind: LabelKind, at: PixelPoint, scale: f32, theme: &Theme) -> Item {
    let (shape, color) = match side {
        Some(Side::Allies) => (Shape::Circle, theme.team(&Team::Allies)),
        Some(Side::Axis) => (Shape::Square, theme.team(&Team::Axis)),
        None => (Shape::Circle, theme.text),
    };
    let radius = if shape == Shape::Square { 4.2 } else { 4.8 } * scale;
    let is_spawn = kind == LabelKind::SpawnArea;
    let width = if is_spawn { 0.0 } else { 2.2 * scale };
    Item::Marker(Marker {
        at,
        shape,
        radius,
        fill: Some(if is_spawn { color } else { theme.ink.opacity(0.8) }),
        stroke: (!is_spawn).then_some(Stroke { width, color }),
        casing: Some(Stroke { width: width + 3.0 * scale, color: theme.ink.opacity(0.85) }),
    })
}
