//! All lives of a player on one sheet: a small card for each, on one piece of the map and one scale of time.

use std::cmp::Reverse;
use std::sync::Arc;

use serde::Serialize;

use super::Card;
use super::card_legend::{self, DEATH_PX};
use super::card_map::{self, Bounds, KILL_SHAPE, kill_mark};
use super::moment::RoundMoments;
use crate::analysis::{Filter, Lives, State};
use crate::basemap::BaseMap;
use crate::figure::canvas::Canvas;
use crate::figure::layout::legend::{Mark, Row, Section};
use crate::figure::layout::scale_bar;
use crate::figure::layout::sheet::{Panels, filled};
use crate::figure::layout::window;
use crate::figure::paths::life_path::{LifePath, PathEnd};
use crate::figure::paths::marks;
use crate::figure::request::recipe::{Drawing, Recipe};
use crate::figure::words::data_summary::DataSummary;
use crate::figure::words::{names, number};
use crate::geom::{PixelPoint, WorldRect};
use crate::model::Round;
use crate::plane::MapFrame;
use crate::scene::text::width;
use crate::scene::{Align, Item, Label, PixelRect, Shape, Weight};
use crate::text::clock;
use crate::theme::Theme;

/// Most cards on a sheet: smaller ones would show nothing.
const MOST_CARDS: usize = 36;
/// Longest name of a player, characters.
const LONGEST_NAME: usize = 16;
/// Heights of a card's line of text and of its strip of time, and the room at their sides, design pixels.
const HEAD_PX: f32 = 26.0;
const STRIP_PX: f32 = 22.0;
const SIDE_PX: f32 = 8.0;
const TEXT_PX: f32 = 17.0;
/// Room round the paths, design pixels.
const MARGIN_PX: f32 = 18.0;
/// No card shows less of the world than this, units across.
const LEAST_UNITS: f64 = 512.0;

/// Collects the lives of one player, or of several.
#[derive(Debug, Clone)]
pub(in crate::figure) struct LifeSheet {
    /// The longest lives so far.
    cards: Vec<Card>,
    sums: Sums,
    data_summary: DataSummary,
}

/// What is added up over all lives, in whole numbers, so that their order does not matter.
#[derive(Debug, Clone, Default)]
struct Sums {
    lives: u64,
    away: u64,
    alive_ms: i64,
    longest_ms: i64,
    distance_units: u64,
    state_ms: [u64; State::ALL.len()],
    kills: u64,
    deaths: u64,
    /// Lives of rounds whose files tell of kills.
    tells_kills: u64,
}

/// What a recipe tells of a sheet.
#[derive(Debug, Serialize)]
struct LifeSheetOptions {
    which: &'static str,
    cards: usize,
}

impl LifeSheet {
    /// Nothing yet.
    pub(in crate::figure) fn new(extent: &WorldRect) -> Self {
        Self { cards: Vec::new(), sums: Sums::default(), data_summary: DataSummary::new(*extent) }
    }

    /// Adds the lives of the round at place `order` of the input, cleaned with `filter`.
    pub(in crate::figure) fn add(&mut self, order: u32, round: &Round, lives: &Lives<'_>, filter: &Filter) {
        self.data_summary.add(round, lives, filter);
        let moments = RoundMoments::of(lives, round);
        for life in &lives.lives {
            let card = Card::of(order, life, &moments, lives.clock.interval.effective_ms());
            self.sums.add(&card);
            if life.is_away() {
                self.sums.away += 1;
            } else {
                self.cards.push(card);
            }
        }
        self.forget();
    }

    /// Adds what another one of the same kind collected; the order does not matter.
    pub(in crate::figure) fn merge(&mut self, other: Self) {
        self.cards.extend(other.cards);
        self.sums.merge(&other.sums);
        self.data_summary.merge(other.data_summary);
        self.forget();
    }

    /// Keeps the longest lives, of equally long ones the first.
    fn forget(&mut self) {
        if self.cards.len() > MOST_CARDS {
            self.cards.sort_by_key(|card| (Reverse(card.summary.alive_ms), card.path.order));
            self.cards.truncate(MOST_CARDS);
        }
    }

    /// The sheet; `None` when there is no life with a place.
    pub(in crate::figure) fn figure(mut self, canvas: &Canvas<'_>) -> Option<Drawing> {
        self.cards.sort_by_key(|card| card.path.order);
        let context = &Canvas { sheet: canvas.sheet.divided(Panels::Cards(self.cards.len())), ..*canvas };
        let (theme, sheet) = (context.theme(), context.sheet);
        let places = sheet.panel_places();
        let small = SmallCard::new(places.first()?, sheet.scale());
        let window = self.window(context, &small)?;
        // Every card has the same piece of the map: it is drawn once.
        let first = small.frame(places.first()?, &window);
        let base = context.base_map(&first);
        let longest_ms = self.cards.iter().map(|card| card.axis_ms).max()?;
        let mut items = vec![filled(sheet.map_area(), 0.0, theme.ink)];
        for (card, place) in self.cards.iter().zip(&places) {
            let frame = small.frame(place, &window);
            items.extend(small.items(card, place, &frame, &base, longest_ms, &self.heads(card), theme));
        }
        let about: Vec<String> = [context.title()].into_iter().chain(self.data_summary.when()).collect();
        let mut legend = context
            .legend(self.title())
            .subtitle(about.join(" · "))
            .section(self.totals())
            .section(card_legend::states(&self.sums.state_ms, &self.data_summary, theme))
            .section(keys(theme))
            .section(scale_bar::section(&sheet, &first));
        for line in self.caption(longest_ms, context) {
            legend = legend.caption(line);
        }
        let context = &Canvas { crop: Some(first.extent), ..*context };
        let options = LifeSheetOptions { which: "all", cards: self.cards.len() };
        let mut recipe = Recipe::new("life", &options, context, &self.data_summary);
        recipe.calibration.rect_px = [first.rect.x, first.rect.y, first.rect.width, first.rect.height];
        Some(Drawing::new(sheet.compose(theme, context.background(), items, &legend), recipe))
    }

    /// The piece of the world that all cards show: what is asked for, or all paths with room round them.
    fn window(&self, context: &Canvas<'_>, small: &SmallCard) -> Option<WorldRect> {
        let map = &context.map.extent.rect;
        let (wide, high) = (small.map_size.0 / small.scale, small.map_size.1 / small.scale);
        if let Some(wanted) = &context.crop {
            return window::around(wanted, map, (wide, high));
        }
        let Bounds { west, south, east, north } = Bounds::of(self.cards.iter().map(|card| &card.path));
        let per_px = |units: f64, pixels: f32| units / f64::from(pixels - 2.0 * MARGIN_PX).max(1.0);
        let units_per_px =
            per_px(east - west, wide).max(per_px(north - south, high)).max(LEAST_UNITS / f64::from(wide));
        let (x, y) = (f64::midpoint(west, east), f64::midpoint(south, north));
        let (across, up) = (units_per_px * f64::from(wide) / 2.0, units_per_px * f64::from(high) / 2.0);
        window::around(&WorldRect::new(x - across, y - up, x + across, y + up)?, map, (wide, high))
    }

    /// The player, if all lives are one's.
    fn only_player(&self) -> Option<&LifePath> {
        let first = &self.cards.first()?.path;
        self.cards.iter().all(|card| card.path.player == first.player).then_some(first)
    }

    fn title(&self) -> String {
        let Some(path) = self.only_player() else { return "Lives".to_owned() };
        let name = names::shown(&path.name, path.player.guid().as_str(), LONGEST_NAME);
        if name.is_empty() { "unnamed".to_owned() } else { name }
    }

    /// What stands over a card: whose life and when it began, and how long it was with its kills; shorter words for less
    /// room behind the long ones.
    fn heads(&self, card: &Card) -> Heads {
        let mut when = Vec::new();
        if self.only_player().is_none() {
            when.push(names::shown(&card.path.name, card.path.player.guid().as_str(), LONGEST_NAME));
        }
        let rounds = self.cards.iter().any(|other| other.path.order.0 != card.path.order.0);
        if let (true, Some(round)) = (rounds, card.round) {
            when.push(format!("R{round}"));
        }
        when.push(clock(card.since_live_ms));
        let alive = number::seconds(card.summary.alive_ms as f64 / 1000.0);
        let kills = card.kill_count();
        let told = (kills > 0).then(|| format!("{alive} · {}", number::counted(kills, "kill", "kills")));
        Heads { when: when.join(" "), what: told.into_iter().chain([alive]).collect() }
    }

    fn totals(&self) -> Section {
        let sums = &self.sums;
        let seconds = |ms: i64| number::seconds(ms as f64 / 1000.0);
        let span = |ms: i64| if ms < 100_000 { seconds(ms) } else { clock(ms) };
        let section = Section::legend("Totals")
            .row(Row::total("lives", number::count(sums.lives)))
            .row(Row::total("alive", span(sums.alive_ms)))
            .row(Row::total("a life, mean · longest", {
                let mean = sums.alive_ms / i64::try_from(sums.lives.max(1)).unwrap_or(i64::MAX);
                format!("{} · {}", span(mean), span(sums.longest_ms))
            }))
            .row(Row::total(
                "distance",
                format!(
                    "{} u · {}",
                    number::count(sums.distance_units),
                    number::metres(sums.distance_units as f64)
                ),
            ));
        if sums.tells_kills > 0 {
            let counts = format!("{} · {}", number::count(sums.kills), number::count(sums.deaths));
            section.row(Row::total("kills · deaths", counts))
        } else {
            section.row(Row::total("deaths", number::count(sums.deaths)))
        }
    }

    fn caption(&self, longest_ms: i32, context: &Canvas<'_>) -> Vec<String> {
        let longest = number::seconds(f64::from(longest_ms) / 1000.0);
        let mut lines = vec![format!("bars: one scale of time, {longest} across")];
        let (shown, played) = (self.cards.len() as u64, self.sums.lives - self.sums.away);
        if shown < played {
            lines.push(format!(
                "the {shown} longest of {} are shown",
                number::counted(played, "life", "lives")
            ));
        }
        if self.sums.away > 0 {
            let away = number::counted(self.sums.away, "life", "lives");
            lines.push(format!("no card: {away} without a move"));
        }
        lines.push(self.data_summary.used_line());
        lines.extend(self.data_summary.states_line());
        lines.extend(self.data_summary.dropped_lines());
        lines.extend(context.map_lines());
        lines
    }
}

impl Sums {
    fn add(&mut self, card: &Card) {
        let summary = &card.summary;
        self.lives += 1;
        self.alive_ms += summary.alive_ms;
        self.longest_ms = self.longest_ms.max(summary.alive_ms);
        self.distance_units += (summary.total_distance_units + 0.5) as u64;
        for (sum, ms) in self.state_ms.iter_mut().zip(summary.state_ms) {
            *sum += ms.max(0) as u64;
        }
        self.kills += card.kill_count();
        self.deaths += summary.deaths;
        self.tells_kills += u64::from(card.knows_kills);
    }

    fn merge(&mut self, other: &Self) {
        self.lives += other.lives;
        self.away += other.away;
        self.alive_ms += other.alive_ms;
        self.longest_ms = self.longest_ms.max(other.longest_ms);
        self.distance_units += other.distance_units;
        for (sum, ms) in self.state_ms.iter_mut().zip(other.state_ms) {
            *sum += ms;
        }
        self.kills += other.kills;
        self.deaths += other.deaths;
        self.tells_kills += other.tells_kills;
    }
}

/// What the marks on the cards mean.
fn keys(theme: &Theme) -> Section {
    let key = |shape, radius, fill, label: &str| (Mark::Shape { shape, radius, fill }, label.to_owned());
    Section::legend("Marks")
        .row(Row::Pair([
            key(Shape::Circle, 6.0, None, "spawn"),
            key(KILL_SHAPE, 8.0, Some(theme.text), "kill"),
        ]))
        .row(Row::Pair([
            key(Shape::Cross, DEATH_PX, None, "death"),
            key(Shape::Square, 6.0, None, "alive at the end"),
        ]))
}

/// The words over a card.
struct Heads {
    when: String,
    /// The first that fits is taken.
    what: Vec<String>,
}

/// The layout that all cards of a sheet share, pixels.
struct SmallCard {
    scale: f32,
    map_size: (f32, f32),
    /// Lines and marks are larger on large cards.
    weight: f32,
}

impl SmallCard {
    fn new(place: &PixelRect, scale: f32) -> Self {
        let high = (place.height - (HEAD_PX + STRIP_PX) * scale).floor().max(1.0);
        Self { scale, map_size: (place.width, high), weight: (place.width / scale / 360.0).clamp(0.62, 1.4) }
    }

    fn frame(&self, place: &PixelRect, window: &WorldRect) -> MapFrame {
        let top = place.y + (HEAD_PX * self.scale).floor();
        MapFrame::fit(PixelRect::new(place.x, top, self.map_size.0, self.map_size.1), window)
    }

    #[expect(clippy::too_many_arguments, reason = "what all cards share, and what is one's own")]
    fn items(
        &self,
        card: &Card,
        place: &PixelRect,
        frame: &MapFrame,
        base: &Arc<BaseMap>,
        longest_ms: i32,
        heads: &Heads,
        theme: &Theme,
    ) -> Vec<Item> {
        let mut items = vec![filled(*place, 0.0, theme.panel)];
        let mut map: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        map.extend(self.path(card, frame, theme));
        items.push(Item::Clip { rect: frame.rect, items: map });
        items.extend(self.head(place, heads, theme));
        items.extend(self.strip(card, place, longest_ms, theme));
        items
    }

    fn head(&self, place: &PixelRect, heads: &Heads, theme: &Theme) -> Vec<Item> {
        let s = self.scale;
        let label = |text: &str, x: f32, weight, color, align| {
            Item::Label(Label {
                text: text.to_owned(),
                at: PixelPoint::new(x, place.y + 19.0 * s),
                size: TEXT_PX * s,
                weight,
                color,
                align,
                halo: None,
            })
        };
        let (left, right) = (place.x + SIDE_PX * s, place.right() - SIDE_PX * s);
        let used = width(&heads.when, TEXT_PX * s, Weight::SemiBold) + 10.0 * s;
        let mut items = vec![label(&heads.when, left, Weight::SemiBold, theme.text, Align::Left)];
        let fits = |what: &&String| width(what, TEXT_PX * s, Weight::Regular) + used <= right - left;
        if let Some(what) = heads.what.iter().find(fits) {
            items.push(label(what, right, Weight::Regular, theme.muted, Align::Right));
        }
        items
    }

    /// The path with its breaks, kills and end.
    fn path(&self, card: &Card, frame: &MapFrame, theme: &Theme) -> Vec<Item> {
        let scale = self.scale * self.weight;
        let path = &card.path;
        let widths = [4.4, 3.0].map(|px| px * scale);
        let mut items: Vec<Item> = path.runs().map(|run| card_map::line(run, frame, widths, theme)).collect();
        for (_, from, to) in path.breaks().filter(|(reason, ..)| marks::is_dotted(*reason)) {
            items.extend(marks::dots(frame.project(from.at), frame.project(to.at), scale, theme));
        }
        if let (Some(first), true) = (path.points.first(), path.from_spawn) {
            items.push(marks::mark(frame.project(first.at), Shape::Circle, 6.0, scale, theme));
        }
        let placed = card.moments.iter().filter_map(|moment| Some((moment, frame.project(moment.at?))));
        items.extend(placed.map(|(moment, at)| {
            if moment.is_kill() {
                kill_mark(at, 7.5, scale, theme)
            } else {
                marks::mark(at, Shape::Cross, 7.0, scale, theme)
            }
        }));
        if let (Some(last), PathEnd::Alive) = (path.points.last(), path.end) {
            items.push(marks::mark(frame.project(last.at), Shape::Square, 6.0, scale, theme));
        }
        items
    }

    /// The states along the time of the longest life, with kills and deaths.
    fn strip(&self, card: &Card, place: &PixelRect, longest_ms: i32, theme: &Theme) -> Vec<Item> {
        let s = self.scale;
        let (left, wide) = (place.x + SIDE_PX * s, place.width - 2.0 * SIDE_PX * s);
        let x = |ms: i32| left + wide * (f64::from(ms) / f64::from(longest_ms.max(1))) as f32;
        let (top, high) = (place.bottom() - 16.0 * s, 10.0 * s);
        let bar = |from: i32, to: i32, color| {
            filled(PixelRect::new(x(from), top, x(to) - x(from), high), 0.0, color)
        };
        let mut items = vec![bar(0, longest_ms, theme.ink), bar(0, card.axis_ms, theme.rule)];
        items.extend(
            card.state_spans.iter().map(|span| bar(span.from_ms, span.to_ms, theme.state(span.value))),
        );
        let shown = card.moments.iter().filter(|moment| moment.ms <= card.axis_ms);
        items.extend(shown.map(|moment| {
            let at = PixelPoint::new(x(moment.ms), top + high / 2.0);
            if moment.is_kill() {
                kill_mark(at, 6.0, s, theme)
            } else {
                marks::mark(at, Shape::Cross, 5.0, s, theme)
            }
        }));
        items
    }
}
