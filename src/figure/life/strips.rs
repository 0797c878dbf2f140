//! The strips below a life card's map: speed, state, health and weapon over one axis of time, drawn with plotters.

use std::borrow::Cow;

use plotters::prelude::*;

use super::moment::Moment;
use super::span::Span;
use super::{Card, card_map, time_axis};
use crate::analysis::State;
use crate::figure::layout::chart::{SceneBackend, fine};
use crate::figure::paths::life_path::{Next, PathPoint};
use crate::figure::paths::marks;
use crate::figure::words::data_summary::DataSummary;
use crate::figure::words::state_legend;
use crate::geom::PixelPoint;
use crate::scene::text::width;
use crate::scene::{Align, Color, Item, Label, PixelRect, Shape, Weight};
use crate::theme::Theme;

/// Left and right end of every plot, design pixels.
const LEFT: f32 = 92.0;
const RIGHT: f32 = 1052.0;
/// Top and height of each strip, design pixels. Kills and deaths have one of their own below the speed if there are any.
const SPEED: (f32, f32) = (726.0, 140.0);
const SPEED_ABOVE_MOMENTS: (f32, f32) = (726.0, 110.0);
const MOMENTS: (f32, f32) = (842.0, 28.0);
const STATE: (f32, f32) = (877.0, 30.0);
const HEALTH: (f32, f32) = (919.0, 64.0);
const WEAPON: (f32, f32) = (995.0, 28.0);
/// Radius of the mark of a kill on the axis of time, design pixels.
const MOMENT_PX: f32 = 8.0;
/// The axis of the speed plot, u/s, and its guides: crouch, run, sprint.
const TOP_SPEED_UPS: f64 = 400.0;
const GUIDES_UPS: [(f64, &str); 3] = [(352.0, "352"), (256.0, "256"), (80.0, "80")];

/// Draws the strips of a card whose design pixels are `scale` pixels; `data summary` knows what the card's file tells.
pub(super) fn items(card: &Card, data_summary: &DataSummary, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut strips = Strips { card, scale, theme, items: Vec::new() };
    strips.ground();
    strips.speed();
    strips.bands(STATE, &card.state_spans, |span| {
        // Upright is running as well as standing; where that does not fit, "run" alone would be wrong.
        let short = if span.value == State::Upright { "up" } else { span.value.short_label() };
        (theme.state(span.value), vec![state_legend::label(span.value, data_summary).into(), short.into()])
    });
    strips.health();
    strips.bands(WEAPON, &card.weapon_spans, |span| (theme.bands[span.index % 2], vec![span.value.name()]));
    strips.gaps();
    strips.moments();
    strips.axis();
    strips.items
}

struct Strips<'a> {
    card: &'a Card,
    scale: f32,
    theme: &'a Theme,
    items: Vec<Item>,
}

impl Strips<'_> {
    fn rect(&self, (top, height): (f32, f32)) -> PixelRect {
        let s = self.scale;
        PixelRect::new(LEFT * s, top * s, (RIGHT - LEFT) * s, height * s)
    }

    fn x(&self, ms: i32) -> f32 {
        let share = f64::from(ms) / f64::from(self.card.axis_ms.max(1));
        (f64::from(LEFT) + f64::from(RIGHT - LEFT) * share) as f32 * self.scale
    }

    fn text(&mut self, words: &str, x: f32, y: f32, size: f32, color: Color, align: Align) {
        let s = self.scale;
        self.items.push(Item::Label(Label {
            text: words.to_owned(),
            at: PixelPoint::new(x * s, y * s),
            size: size * s,
            weight: Weight::Regular,
            color,
            align,
            halo: None,
        }));
    }

    fn fill(&mut self, rect: PixelRect, color: Color) {
        self.items.push(Item::Rect { rect, radius: 0.0, fill: Some(color), stroke: None });
    }

    /// Kills and deaths that lie on the axis of time.
    fn shown_moments(&self) -> impl Iterator<Item = &Moment> {
        self.card.moments.iter().filter(|moment| moment.ms <= self.card.axis_ms)
    }

    fn speed_strip(&self) -> (f32, f32) {
        if self.shown_moments().next().is_some() { SPEED_ABOVE_MOMENTS } else { SPEED }
    }

    fn ground(&mut self) {
        let s = self.scale;
        self.fill(PixelRect::new(0.0, 700.0 * s, 1080.0 * s, 380.0 * s), self.theme.strip[0]);
        for strip in [self.speed_strip(), HEALTH] {
            self.fill(self.rect(strip), self.theme.strip[1]);
        }
        if self.shown_moments().next().is_some() {
            self.fill(self.rect(MOMENTS), self.theme.strip[1]);
        }
        for (top, name) in [(STATE.0 + 21.0, "state"), (WEAPON.0 + 20.0, "weapon")] {
            self.text(name, LEFT - 13.0, top, 18.0, self.theme.muted, Align::Right);
        }
    }

    /// Runs `draw` on a plotters chart over a strip, 0 … `top` upwards and the life's time along.
    fn chart(&mut self, strip: (f32, f32), top: f64, draw: impl FnOnce(&mut Chart<'_, '_>)) {
        let area = SceneBackend::new(self.rect(strip), &mut self.items).into_drawing_area();
        let time = 0.0..f64::from(self.card.axis_ms.max(1));
        // The backend cannot fail, and the ranges are not empty: plotters has nothing to refuse.
        if let Ok(mut chart) = ChartBuilder::on(&area).build_cartesian_2d(time, 0.0..top) {
            draw(&mut chart);
        }
    }

    fn speed(&mut self) {
        let (scale, theme, path) = (self.scale, self.theme, &self.card.path);
        let rule = style(theme.rule, 1.0).stroke_width(fine(scale));
        let outline = style(theme.text, 1.0).stroke_width(fine(1.4 * scale));
        let end = f64::from(self.card.axis_ms);
        let strip = self.speed_strip();
        self.chart(strip, TOP_SPEED_UPS, |chart| {
            let guides =
                GUIDES_UPS.iter().map(|(ups, _)| PathElement::new(vec![(0.0, *ups), (end, *ups)], rule));
            let _ = chart.draw_series(guides);
            for run in path.runs() {
                let at = |p: &PathPoint| (f64::from(p.ms), f64::from(p.speed_ups).clamp(0.0, TOP_SPEED_UPS));
                // One area for each stretch of a state: areas that only touch would show their seams.
                let mut first = 0;
                for stretch in run.chunk_by(|a, b| a.next == b.next) {
                    let last = (first + stretch.len()).min(run.len() - 1);
                    if let Next::Walk(state) = stretch[0].next {
                        let fill = style(theme.state(state), 0.85).filled();
                        let _ =
                            chart.draw_series(AreaSeries::new(run[first..=last].iter().map(at), 0.0, fill));
                    }
                    first = last;
                }
                let _ = chart.draw_series(LineSeries::new(run.iter().map(at), outline));
            }
        });
        let (top, height) = strip;
        for (ups, word) in GUIDES_UPS {
            let y = top + height * (1.0 - (ups / TOP_SPEED_UPS) as f32);
            self.text(word, LEFT - 13.0, y + 6.0, 18.0, theme.muted, Align::Right);
        }
        self.text("u/s", LEFT - 13.0, top + height * 0.62, 18.0, theme.muted, Align::Right);
    }

    /// A mark for each kill and death, and beside it the other player's name where that hides no other mark or name and
    /// meets no gap.
    fn moments(&mut self) {
        let (s, theme) = (self.scale, self.theme);
        let marks: Vec<(f32, &Moment)> =
            self.shown_moments().map(|moment| (self.x(moment.ms) / s, moment)).collect();
        if marks.is_empty() {
            return;
        }
        let (radius, apart) = (MOMENT_PX, 4.0);
        let mut taken: Vec<(f32, f32)> =
            marks.iter().map(|(x, _)| (x - radius - apart, x + radius + apart)).collect();
        taken.extend(self.card.gaps.iter().map(|gap| (self.x(gap.from_ms) / s, self.x(gap.to_ms) / s)));
        let middle = MOMENTS.0 + MOMENTS.1 / 2.0;
        let mut items = Vec::new();
        let mut names = Vec::new();
        // A death is told first: there are few.
        let (kills, deaths): (Vec<_>, Vec<_>) = marks.iter().partition(|(_, moment)| moment.is_kill());
        for (x, moment) in deaths.into_iter().chain(kills) {
            let at = PixelPoint::new(x * s, middle * s);
            items.push(if moment.is_kill() {
                card_map::kill_mark(at, radius, s, theme)
            } else {
                marks::mark(at, Shape::Cross, radius * 0.9, s, theme)
            });
            let name = moment.short();
            let wide = width(&name, 17.0, Weight::Regular);
            let reach = radius + apart;
            let sides = [(x + reach, x + reach + wide), (x - reach - wide, x - reach)];
            let is_free = |(from, to): &(f32, f32)| {
                *from >= LEFT && *to <= RIGHT && taken.iter().all(|(a, b)| *to <= *a || *from >= *b)
            };
            if let Some((from, to)) = sides.into_iter().find(is_free) {
                taken.push((from - apart, to + apart));
                names.push((name, from));
            }
        }
        let has_kills = marks.iter().any(|(_, moment)| moment.is_kill());
        self.fill(self.rect(MOMENTS), theme.strip[1]);
        self.items.extend(items);
        for (name, x) in names {
            self.text(&name, x, middle + 6.0, 17.0, theme.text, Align::Left);
        }
        let word = if has_kills { "kills" } else { "deaths" };
        self.text(word, LEFT - 13.0, middle + 6.0, 18.0, theme.muted, Align::Right);
    }

    fn health(&mut self) {
        let (scale, theme, path) = (self.scale, self.theme, &self.card.path);
        let known = |point: &PathPoint| point.health.map(|health| f64::from(health.max(0)));
        let highest = path.points.iter().filter_map(|point| point.health).max();
        let top = f64::from(highest.unwrap_or_default().max(100)) * 1.12;
        let guide = style(theme.rule, 1.0).stroke_width(fine(scale));
        let line = style(theme.health[0], 1.0).stroke_width(fine(2.2 * scale));
        let end = f64::from(self.card.axis_ms);
        self.chart(HEALTH, top, |chart| {
            let _ = chart.draw_series([PathElement::new(vec![(0.0, 100.0), (end, 100.0)], guide)]);
            let told = |run| <[PathPoint]>::chunk_by(run, |a, b| a.health.is_some() == b.health.is_some());
            for run in path.runs().flat_map(told).filter(|run| run[0].health.is_some()) {
                // A hit happens at once: steps, not slopes.
                let mut steps = Vec::with_capacity(run.len() * 2);
                for pair in run.windows(2) {
                    let level = known(&pair[0]).unwrap_or_default();
                    steps.extend([(f64::from(pair[0].ms), level), (f64::from(pair[1].ms), level)]);
                }
                if let Some(last) = run.last() {
                    steps.push((f64::from(last.ms), known(last).unwrap_or_default()));
                }
                let area = AreaSeries::new(steps.iter().copied(), 0.0, style(theme.health[1], 0.3).filled());
                let _ = chart.draw_series(area);
                let _ = chart.draw_series(LineSeries::new(steps, line));
            }
        });
        let bottom = HEALTH.0 + HEALTH.1;
        let hundred = bottom - HEALTH.1 * (100.0 / top) as f32;
        for (y, size, word) in
            [(hundred, 16.0, "100"), (f32::midpoint(hundred, bottom), 18.0, "health"), (bottom, 16.0, "0")]
        {
            self.text(word, LEFT - 13.0, y + size / 3.0, size, self.theme.muted, Align::Right);
        }
        if highest.is_none() {
            let middle = HEALTH.0 + HEALTH.1 / 2.0;
            self.text("not recorded", LEFT + 13.0, middle + 6.0, 18.0, self.theme.muted, Align::Left);
        }
    }

    /// A band of spans, each with the first of its words that fits.
    fn bands<'w, V>(
        &mut self,
        strip: (f32, f32),
        spans: &[Span<V>],
        look: impl Fn(&Span<V>) -> (Color, Vec<Cow<'w, str>>),
    ) {
        let s = self.scale;
        for span in spans {
            let (x0, x1) = (self.x(span.from_ms), self.x(span.to_ms));
            let (color, words) = look(span);
            self.fill(PixelRect::new(x0, strip.0 * s, x1 - x0, strip.1 * s), color);
            let fits = |word: &&Cow<'w, str>| width(word, 17.0 * s, Weight::Regular) + 10.0 * s < x1 - x0;
            if let Some(word) = words.iter().find(fits) {
                let ink = readable_on(color, self.theme);
                let middle = f32::midpoint(x0, x1) / s;
                self.text(word, middle, strip.0 + strip.1 / 2.0 + 6.0, 17.0, ink, Align::Center);
            }
        }
    }

    /// What was not recorded: hatched through all strips, so that it is not taken for standing still.
    fn gaps(&mut self) {
        let s = self.scale;
        let (top, bottom) = (SPEED.0 * s, (WEAPON.0 + WEAPON.1) * s);
        for gap in &self.card.gaps {
            let (x0, x1) = (self.x(gap.from_ms), self.x(gap.to_ms));
            let window =
                PixelRect::new(x0.floor(), top.floor(), (x1 - x0).ceil().max(1.0), (bottom - top).ceil());
            let mut hatch =
                vec![Item::Rect { rect: window, radius: 0.0, fill: Some(self.theme.strip[0]), stroke: None }];
            let height = window.height;
            let mut x = window.x - height;
            while x < window.right() {
                hatch.push(super::straight(
                    PixelPoint::new(x, window.bottom()),
                    PixelPoint::new(x + height, window.y),
                    1.2 * s,
                    self.theme.rule,
                ));
                x += 8.0 * s;
            }
            self.items.push(Item::Clip { rect: window, items: hatch });
            if x1 - x0 > 44.0 * s {
                let middle = f32::midpoint(x0, x1) / s;
                self.text("gap", middle, SPEED.0 + 158.0, 18.0, self.theme.muted, Align::Center);
            }
        }
    }

    fn axis(&mut self) {
        let s = self.scale;
        let y = (WEAPON.0 + WEAPON.1) * s;
        let life_ms = self.card.axis_ms;
        let step = time_axis::step_s(life_ms);
        for seconds in (0..=life_ms / 1000).step_by(step as usize) {
            let x = self.x(seconds * 1000);
            let (a, b) = (PixelPoint::new(x, y), PixelPoint::new(x, y + 7.0 * s));
            self.items.push(super::straight(a, b, 1.2 * s, self.theme.muted));
            let mut word = time_axis::words(seconds, life_ms);
            if seconds == 0 && time_axis::is_in_seconds(life_ms) {
                word.push_str(" s");
            }
            self.text(&word, x / s, y / s + 27.0, 18.0, self.theme.muted, Align::Center);
        }
    }
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SceneBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn style(color: Color, opacity: f64) -> ShapeStyle {
    ShapeStyle { color: RGBAColor(color.r, color.g, color.b, opacity), filled: false, stroke_width: 1 }
}

/// Ink or text, whichever reads on a fill.
fn readable_on(fill: Color, theme: &Theme) -> Color {
    let lightness = crate::theme::lab(fill).l;
    let (ink, text) = (theme.ink, theme.text);
    let distance = |c: Color| (crate::theme::lab(c).l - lightness).abs();
    if distance(ink) > distance(text) { ink } else { text }
}
