//! Spawn exits: by which paths players leave their spawns, how many take each, and how long it takes them.

mod arrow;
pub(crate) mod exit_legend;
mod labels;
mod side_by_side;

use arrow::Size;
use labels::TipLabel;

use super::canvas::Canvas;
use super::layout::legend::{Legend, Section};
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use super::words::filter_words;
use crate::analysis::lives;
use crate::analysis::{Compass, ExitOptions, Life, Lives, RingFit, SpawnArea, spawn_exits};
use crate::geom::{PixelPoint, WorldPoint};
use crate::map::{Side, WorldMap};
use crate::model::{Round, Team};
use crate::plane::MapFrame;
use crate::scene::{Align, Color, Item, Label, Marker, Polyline, Shape, Stroke, Vertex, Weight};
use crate::theme::Theme;

/// Lanes with less of an area's exits are counted, not drawn.
const LEAST_SHARE: f64 = 0.05;
/// A spawn label farther away than this does not name an area, units.
const NAME_REACH_UNITS: f64 = 900.0;

/// A spawn area as the picture shows it.
#[derive(Debug, Clone)]
pub struct ExitArea {
    /// What it is called: the map's own name for it, else its place on the map.
    pub name: String,
    /// Whose it is.
    pub team: Team,
    /// Its middle.
    pub center: WorldPoint,
    /// Radius of the ring round it, units.
    pub ring_units: f64,
    /// Lives that began here.
    pub spawns: u64,
    /// Lives that got out after the limit.
    pub left_late: u64,
    /// Lives that never got out.
    pub never_left: u64,
    /// Lives whose exit path is not known.
    pub unknown: u64,
    /// Every exit path.
    paths: Vec<Vec<WorldPoint>>,
    /// The lanes that are drawn, largest first.
    pub lanes: Vec<ExitLane>,
    /// Lanes that are not drawn, and the exits by them.
    pub other_lanes: (u64, u64),
}

/// A lane as the picture shows it.
#[derive(Debug, Clone)]
pub struct ExitLane {
    /// The letter that ties arrow and table together.
    pub letter: char,
    /// A real path.
    medoid: Vec<WorldPoint>,
    /// Exits by it.
    pub exits: u64,
    /// Share of the area's exits, 0 … 1.
    pub share: f64,
    /// Median time from the first movement to the ring, ms.
    pub median_ms: i64,
    /// Where it leads.
    pub direction: Compass,
}

/// Everything that decides how exits look.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ExitsSpec {
    /// Radius of the ring that is crossed, units. Default: 1300, and less round an area that few leave so far.
    pub ring_units: Option<f64>,
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
    let options = match spec.ring_units {
        Some(ring_units) => ExitOptions { ring_units, ring_fit: RingFit::Fixed, ..ExitOptions::default() },
        None => ExitOptions::default(),
    };
    let mut data_summary = DataSummary::new(context.map.extent.rect);
    let found: Vec<&Lives<'a>> = rounds
        .map(|(round, lives)| {
            data_summary.add(round, lives, context.filter);
            lives
        })
        .collect();
    let all: Vec<&Life<'_>> = found.iter().flat_map(|lives| &lives.lives).collect();
    let mut areas = areas(&spawn_exits(&all, &options), context.map);
    let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
    let base = context.base_map(&frame);
    let mut caption = vec![
        "arrow width: share of that spawn's exits".to_owned(),
        format!("time: median, first movement to ring, within {} s", options.longest_ms / 1_000),
        exit_legend::rings(&areas, options.ring_units),
        "each arrow is one real path, moved aside where several share the way".to_owned(),
        data_summary.used_line(),
    ];
    caption.extend(data_summary.dropped_lines());
    caption.extend(context.map_lines(base.kind()));
    let distance = super::layout::scale_bar::section(&sheet, &frame);
    let legend = |sections: Vec<Section>| {
        let head = Legend::new(context.title())
            .subtitle("Spawn exits")
            .subtitle(context.subject_line(&data_summary));
        let legend = sections.into_iter().fold(head, Legend::section).section(distance.clone());
        caption.iter().fold(legend, Legend::caption)
    };
    exit_legend::fit(&mut areas, &sheet, theme, legend);
    let legend = legend(exit_legend::sections(&areas, theme));
    let mut drawn: Vec<Item> = base.item(&frame.rect).into_iter().collect();
    if all.is_empty() {
        drawn.extend(context.nothing_found());
    } else {
        let over = items(&areas, &frame, sheet.scale(), theme);
        let map_labels = context.map_labels(&frame, &over);
        drawn.extend(over.into_iter().chain(map_labels));
    }
    Drawing::new(
        sheet.compose(theme, context.background(), drawn, &legend),
        Recipe::new("exits", spec, context, &data_summary),
    )
}

/// Names the areas. Lanes have no letters yet.
fn areas(found: &[SpawnArea], map: &WorldMap) -> Vec<ExitArea> {
    found
        .iter()
        .map(|area| {
            let (drawn, small): (Vec<_>, Vec<_>) =
                area.lanes.iter().partition(|lane| lane.share >= LEAST_SHARE);
            let lanes = drawn
                .into_iter()
                .map(|lane| ExitLane {
                    letter: '+',
                    medoid: area.paths[lane.medoid].points.clone(),
                    exits: lane.paths.len() as u64,
                    share: lane.share,
                    median_ms: lane.median_exit_ms,
                    direction: lane.direction,
                })
                .collect();
            ExitArea {
                name: area_name(area, map),
                team: area.team.clone(),
                center: area.center,
                ring_units: area.ring_units,
                spawns: area.spawns.len() as u64,
                left_late: area.left_late as u64,
                never_left: area.never_left as u64,
                unknown: area.unknown as u64,
                paths: area.paths.iter().map(|path| path.points.clone()).collect(),
                lanes,
                other_lanes: (small.len() as u64, small.iter().map(|lane| lane.paths.len() as u64).sum()),
            }
        })
        .collect()
}

/// What an area is called: its side, and the map's own name for it or its place on the map.
pub(crate) fn area_name(area: &SpawnArea, map: &WorldMap) -> String {
    let side = match area.team {
        Team::Axis => Some(Side::Axis),
        Team::Allies => Some(Side::Allies),
        Team::Other(_) => None,
    };
    let labelled = map
        .labels
        .iter()
        .filter(|label| {
            label.kind == crate::map::LabelKind::SpawnArea && (label.side.is_none() || label.side == side)
        })
        .map(|label| (label.at.distance_2d(area.center), label.text.as_str()));
    let named = map
        .spawns
        .iter()
        .filter(|spot| Some(spot.side) == side)
        .filter_map(|spot| Some((spot.at.distance_2d(area.center), spot.area.as_deref()?)));
    let nearest = labelled.chain(named).filter(|(distance, _)| *distance < NAME_REACH_UNITS);
    let place = nearest.min_by(|a, b| a.0.total_cmp(&b.0)).map_or_else(
        || {
            let rect = &map.extent.rect;
            let (x, y) =
                (f64::midpoint(rect.min_x(), rect.max_x()), f64::midpoint(rect.min_y(), rect.max_y()));
            let (dx, dy) = (f64::from(area.center.x) - x, f64::from(area.center.y) - y);
            Compass::of(dx / rect.width(), dy / rect.height()).label().to_owned()
        },
        |(_, name)| name.to_owned(),
    );
    format!("{} · {place}", filter_words::team(&area.team))
}

/// Everything over the base map, in order from below.
pub fn items(areas: &[ExitArea], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for area in areas {
        let color = theme.team(&area.team);
        let center = frame.project(area.center);
        for path in &area.paths {
            items.push(thin_path(path, frame, scale, color));
        }
        items.push(Item::Marker(Marker {
            at: center,
            shape: Shape::Circle,
            radius: (area.ring_units / frame.units_per_px()) as f32,
            fill: None,
            stroke: Some(Stroke { width: 1.6 * scale, color: color.opacity(0.5) }),
            casing: None,
        }));
    }
    items.extend(lane_items(areas, frame, scale, theme));
    items
}

/// The arrows, the spawns' discs, and the labels.
fn lane_items(areas: &[ExitArea], frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut lanes: Vec<(&ExitArea, &ExitLane, String)> = areas
        .iter()
        .flat_map(|area| area.lanes.iter().zip(area.percents()).map(move |(lane, share)| (area, lane, share)))
        .collect();
    lanes.sort_by(|a, b| b.1.share.total_cmp(&a.1.share));
    let lines: Vec<(Vec<PixelPoint>, Size)> = lanes
        .iter()
        .map(|(_, lane, _)| {
            let path: Vec<PixelPoint> = lane.medoid.iter().map(|at| frame.project(*at)).collect();
            (arrow::smooth(&path), Size::of(lane.share, scale))
        })
        .collect();
    let placed = side_by_side::beside_each_other(&lines, scale);
    let mut arrows = Vec::new();
    let mut tips = Vec::new();
    for (((area, lane, share), (_, size)), line) in lanes.into_iter().zip(&lines).zip(&placed) {
        let color = theme.team(&area.team);
        let (item, tip) = arrow::arrow(line, *size, color, theme);
        arrows.push(item);
        tips.push(TipLabel {
            tip,
            spawn: frame.project(area.center),
            letter: lane.letter,
            share,
            median_ms: lane.median_ms,
            color,
            shaft: arrow::shaft(line, 8.0 * scale),
        });
    }
    // The largest on top: what most players do is never hidden.
    let mut items: Vec<Item> = arrows.into_iter().rev().collect();
    for area in areas {
        items.extend(spawn_disc(area, frame, scale, theme));
    }
    let spawns: Vec<PixelPoint> = areas.iter().map(|area| frame.project(area.center)).collect();
    items.extend(labels::items(&tips, &spawns, frame.rect, scale, theme));
    items
}

fn thin_path(path: &[WorldPoint], frame: &MapFrame, scale: f32, color: Color) -> Item {
    let vertices =
        path.iter().map(|at| Vertex { at: frame.project(*at), color, width: 1.6 * scale }).collect();
    Item::Polyline(Polyline { vertices, opacity: 0.22, casing: None })
}

fn spawn_disc(area: &ExitArea, frame: &MapFrame, scale: f32, theme: &Theme) -> [Item; 2] {
    let at = frame.project(area.center);
    [
        Item::Marker(Marker {
            at,
            shape: Shape::Circle,
            radius: 17.0 * scale,
            fill: Some(theme.ink),
            stroke: Some(Stroke { width: 3.0 * scale, color: theme.team(&area.team) }),
            casing: Some(Stroke { width: 6.0 * scale, color: theme.ink.opacity(0.8) }),
        }),
        Item::Label(Label {
            text: area.spawns.to_string(),
            at: PixelPoint::new(at.x, at.y + 7.0 * scale),
            size: 20.0 * scale,
            weight: Weight::SemiBold,
            color: theme.text,
            align: Align::Center,
            halo: None,
        }),
    ]
}
