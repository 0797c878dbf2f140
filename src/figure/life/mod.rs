//! The card of a single life: its path on the map, second by second, over strips of speed, state, health and weapon.

pub(crate) mod card_legend;
mod card_map;
mod life_sheet;
mod moment;
pub mod span;
mod strips;
mod time_axis;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) use life_sheet::LifeSheet;
use moment::{Moment, RoundMoments};
use serde::Serialize;
use span::{Span, spans, walked};

use super::canvas::Canvas;
use super::layout::window;
use super::paths::life_path::{LifePath, Next};
use super::request::recipe::{Drawing, Recipe};
use super::words::data_summary::DataSummary;
use crate::analysis::{BreakReason, DropReason, Filter, Life, LifeSummary, State, Stop};
use crate::analysis::{lives, stops};
use crate::basemap::BaseMap;
use crate::geom::{PixelPoint, WorldRect};
use crate::model::{Class, Weapon};
use crate::plane::MapFrame;
use crate::scene::{Color, Item, PixelRect, Polyline, Stroke, Vertex};
use crate::theme::Theme;

/// The locator's side, and its distance from the corner, design pixels.
const LOCATOR_PX: f32 = 150.0;
const LOCATOR_INSET_PX: f32 = 16.0;
/// Where the card shows more of the map than this, a locator would tell nothing.
const LOCATOR_MOST: f64 = 0.6;

/// Everything a card shows, free of the round it came from.
#[derive(Debug, Clone)]
pub struct Card {
    /// The way.
    pub path: LifePath,
    /// The figures.
    pub summary: LifeSummary,
    /// Class at spawn.
    pub class: Class,
    /// Which of the player's lives in the round, from 1, and of how many.
    pub number: (u32, u32),
    /// Round number, if known.
    pub round: Option<u32>,
    /// When the life began, ms since the round went live.
    pub since_live_ms: i64,
    /// The sampling interval, ms.
    pub interval_ms: u32,
    stops: Vec<Stop>,
    state_spans: Vec<Span<State>>,
    weapon_spans: Vec<Span<Weapon>>,
    gaps: Vec<Span<BreakReason>>,
    /// Kills and deaths, in the order of time.
    moments: Vec<Moment>,
    /// Whether the file tells of kills.
    knows_kills: bool,
    axis_ms: i32,
}

impl Card {
    /// The card of a life of the round at place `order` of the input.
    fn of(order: u32, life: &Life<'_>, moments: &RoundMoments<'_>, interval_ms: u32) -> Self {
        let path = LifePath::of(order, life);
        let state_spans = spans(walked(&path, |i| match path.points[i].next {
            Next::Walk(state) => Some(state),
            Next::Hidden | Next::Break(_) => None,
        }));
        let samples = life.samples();
        let weapon_spans = spans(walked(&path, |i| Some(samples[i].weapon)));
        let weapon_spans = by_name(&weapon_spans);
        let gaps = spans(path.breaks().map(|(reason, from, to)| (from.ms, to.ms, Some(reason))));
        let axis_ms = path.points.last().map_or(0, |p| p.ms).max(1);
        Self {
            summary: LifeSummary::of(life, &moments.deaths),
            class: life.track().class.clone(),
            number: (life.number(), life.of()),
            round: crate::analysis::round_number(&life.round().meta),
            since_live_ms: life.start_since_live_ms(),
            interval_ms,
            stops: stops(life),
            state_spans,
            weapon_spans,
            gaps,
            moments: moments.of_life(life, &path),
            knows_kills: !life.round().engagements.is_empty(),
            axis_ms,
            path,
        }
    }

    /// The card, and the data summary of this one life within its round: all others are not selected, and what was left out
    /// of theirs is not told.
    pub fn with_data_summary(
        order: u32,
        life: &Life<'_>,
        filter: &Filter,
        extent: &WorldRect,
    ) -> (Self, DataSummary) {
        let round = life.round();
        let mut lives = lives(round, filter);
        let moments = RoundMoments::of(&lives, round);
        lives.dropped = lives.dropped_of(life.track_index());
        let others = round.tracks.iter().enumerate().filter(|(index, _)| *index != life.track_index());
        for (_, other) in others {
            lives.dropped.add_life(DropReason::Filtered, other.samples.len());
        }
        lives.lives.retain(|other| other.track_index() == life.track_index());
        let mut data_summary = DataSummary::new(*extent);
        data_summary.add(round, &lives, filter);
        let card = Self::of(order, life, &moments, lives.clock.interval.effective_ms());
        (card, data_summary)
    }

    /// Enemies killed, those after the death included.
    fn kill_count(&self) -> u64 {
        self.moments.iter().filter(|moment| moment.is_kill()).count() as u64
    }

    /// The map's frame on a sheet, in whole pixels: the path's surroundings, or what is to be shown.
    fn frame(&self, context: &Canvas<'_>) -> Option<MapFrame> {
        let (sheet, map) = (context.sheet, &context.map.extent.rect);
        let rect =
            PixelRect::new(0.0, 0.0, sheet.px(card_map::WIDTH).floor(), sheet.px(card_map::HEIGHT).floor());
        let window = match &context.crop {
            Some(wanted) => window::around(wanted, map, (card_map::WIDTH, card_map::HEIGHT)),
            None => card_map::window(&self.path, map),
        };
        Some(MapFrame::fit(rect, &window?))
    }

    /// The picture. `context` is the map's; `data summary` counts this one life. `None` when the way has no finite place.
    pub fn figure(&self, context: &Canvas<'_>, data_summary: &DataSummary) -> Option<Drawing> {
        let (theme, sheet) = (context.theme(), context.sheet);
        let frame = self.frame(context)?;
        let base = context.base_map(&frame);
        let path = card_map::along(&self.path, &frame, sheet.scale());
        let locator = Locator::place(&frame, &context.map.extent.rect, &path, sheet.scale())
            .map(|place| Locator { base: context.base_map(&place), frame: place });
        let items = self.items(context, data_summary, &frame, &base, locator.as_ref());
        let distance = super::layout::scale_bar::section(&sheet, &frame);
        let mut legend = self.legend(context, data_summary, distance);
        for line in data_summary.dropped_lines().into_iter().chain(context.map_lines()) {
            legend = legend.caption(line);
        }
        let context = Canvas { crop: Some(frame.extent), ..*context };
        let options =
            LifeOptions { player: &self.path.name, number: self.number, since_live_ms: self.since_live_ms };
        let mut recipe = Recipe::new("life", &options, &context, data_summary);
        recipe.calibration.rect_px = [frame.rect.x, frame.rect.y, frame.rect.width, frame.rect.height];
        Some(Drawing::new(sheet.compose(theme, context.background(), items, &legend), recipe))
    }

    /// Everything left of the legend: the map cut-out over `base` (drawn for `frame`), the path, a locator, the strips.
    fn items(
        &self,
        context: &Canvas<'_>,
        data_summary: &DataSummary,
        frame: &MapFrame,
        base: &BaseMap,
        whole: Option<&Locator>,
    ) -> Vec<Item> {
        let (theme, scale) = (context.theme(), context.sheet.scale());
        let mut map: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        let covered = whole.map(|locator| locator.frame.rect);
        let mut over = card_map::items(self, frame, covered, scale, theme);
        if let Some(locator) = whole {
            over.extend(locator.items(frame, scale, theme));
        }
        let map_labels = context.map_labels(frame, &over);
        map.extend(over.into_iter().chain(map_labels));
        let mut items = vec![Item::Clip { rect: frame.rect, items: map }];
        items.extend(strips::items(self, data_summary, scale, theme));
        items
    }
}

/// Which life a recipe is about.
#[derive(Debug, Serialize)]
struct LifeOptions<'a> {
    player: &'a str,
    number: (u32, u32),
    since_live_ms: i64,
}

/// The whole map, small, with the card's part marked.
struct Locator {
    /// Where it stands and what it shows.
    frame: MapFrame,
    /// Its base map, drawn for `frame`.
    base: Arc<BaseMap>,
}

impl Locator {
    /// Where a locator stands on a card's map: in the corner that hides least of `path`, points at equal distances.
    /// `None` when the card shows most of the map anyway.
    fn place(card: &MapFrame, extent: &WorldRect, path: &[PixelPoint], scale: f32) -> Option<MapFrame> {
        let shown = card.extent.width() * card.extent.height();
        let whole = extent.width() * extent.height();
        let (side, inset) = ((LOCATOR_PX * scale).floor(), (LOCATOR_INSET_PX * scale).floor());
        if shown >= LOCATOR_MOST * whole || side < 1.0 {
            return None;
        }
        let size = MapFrame::fit(PixelRect::new(0.0, 0.0, side, side), extent).rect;
        let (left, top) = (card.rect.x + inset, card.rect.y + inset);
        let (right, bottom) =
            (card.rect.right() - inset - size.width, card.rect.bottom() - inset - size.height);
        let hidden = |(x, y): &(f32, f32)| {
            let area =
                PixelRect::new(x - inset, y - inset, size.width + 2.0 * inset, size.height + 2.0 * inset);
            path.iter().filter(|at| area.contains(**at)).count()
        };
        let corners = [(right, top), (left, top), (right, bottom), (left, bottom)];
        let (x, y) = corners.into_iter().min_by_key(hidden)?;
        Some(MapFrame::fit(PixelRect::new(x, y, size.width, size.height), extent))
    }

    fn items(&self, card: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
        let rect = self.frame.rect;
        let corner =
            |x: f64, y: f64| self.frame.project(crate::geom::WorldPoint::new(x as f32, y as f32, 0.0));
        let (a, b) = (
            corner(card.extent.min_x(), card.extent.max_y()),
            corner(card.extent.max_x(), card.extent.min_y()),
        );
        let window = PixelRect::new(a.x, a.y, b.x - a.x, b.y - a.y);
        let outline = |width: f32, color: Color| Some(Stroke { width: width * scale, color });
        let mut inside = vec![Item::Rect { rect, radius: 0.0, fill: Some(theme.ground), stroke: None }];
        inside.extend(self.base.item(&rect));
        inside.push(Item::Rect { rect: window, radius: 0.0, fill: None, stroke: outline(2.4, theme.sprint) });
        vec![
            Item::Clip { rect, items: inside },
            Item::Rect { rect, radius: 0.0, fill: None, stroke: outline(2.0, theme.muted) },
        ]
    }
}

/// Spans of weapons that share a name (scoped, deployed, paired) joined, with places counted anew.
fn by_name(weapons: &[Span<Weapon>]) -> Vec<Span<Weapon>> {
    let mut first_of: BTreeMap<String, Weapon> = BTreeMap::new();
    let named = weapons.iter().map(|span| {
        let weapon = *first_of.entry(span.value.name().into_owned()).or_insert(span.value);
        (span.from_ms, span.to_ms, Some(weapon))
    });
    spans(named)
}

/// A plain line between two pixels.
fn straight(from: PixelPoint, to: PixelPoint, width: f32, color: Color) -> Item {
    let vertices = [from, to].map(|at| Vertex { at, color, width }).to_vec();
    Item::Polyline(Polyline { vertices, opacity: 1.0, casing: None })
}
