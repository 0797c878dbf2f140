//! Charts of the page, by plotters, as SVG that stands in the page itself.
//!
//! They are drawn in the dark theme's colours; the style sheet gives each of these colours its value for light pages
//! and for paper. A chart is small: it says one thing.

use plotters::prelude::*;

use super::past::PastSession;
use crate::analysis::{Lives, State};
use crate::figure::layout::chart::{SceneBackend, fine};
use crate::geom::PixelPoint;
use crate::model::Team;
use crate::scene::{Align, Color, Item, Label, PixelRect, Scene, Weight};
use crate::svg;
use crate::text::counted;
use crate::theme::{DARK, Theme};

/// Size of a chart, pixels, and of the plot in it.
const WIDTH: f32 = 560.0;
const HEIGHT: f32 = 230.0;
const PLOT: PixelRect = PixelRect::new(46.0, 14.0, 500.0, 174.0);
/// Bars of the chart of life lengths: their width and number; the last takes all longer lives.
const BAR_S: i64 = 10;
const BARS: usize = 13;
/// How much of a life the chart of states shows, s.
const STATES_S: usize = 60;
/// Fewer lives than this leave no shares worth a chart.
const LEAST_LIVES: u32 = 5;

/// A chart as the page shows it.
pub(crate) struct Chart {
    /// What it shows.
    pub title: String,
    /// What must be known to read it.
    pub note: String,
    /// The same in words, for readers who do not see it.
    pub words: String,
    /// The drawing: an `svg` element.
    pub svg: String,
}

/// How long lives lasted, by side.
pub(crate) fn life_lengths<'l, 'a: 'l>(rounds: impl Iterator<Item = &'l Lives<'a>>) -> Option<Chart> {
    let mut counts = [[0_u32; BARS]; 2];
    let mut times: Vec<i64> = Vec::new();
    for life in rounds.flat_map(|lives| &lives.lives) {
        let side = match life.track().team {
            Team::Allies => 0,
            Team::Axis => 1,
            Team::Other(_) => continue,
        };
        let bar = (life.alive_ms() / 1000 / BAR_S).clamp(0, BARS as i64 - 1) as usize;
        counts[side][bar] += 1;
        times.push(life.alive_ms());
    }
    times.sort_unstable();
    let median = *times.get(times.len().checked_sub(1)? / 2)?;
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let mut canvas = Canvas::new();
    let step = nice_step(f64::from(most));
    let top = (f64::from(most) / step).ceil() * step;
    canvas.grid_y(top, step, &|v| format!("{v:.0}"));
    canvas.plot(0.0..BARS as f64, top, |chart| {
        for (side, team) in [Team::Allies, Team::Axis].iter().enumerate() {
            let fill = plain(DARK.team(team)).filled();
            let bars = counts[side].iter().enumerate().filter(|(_, n)| **n > 0).map(|(bar, n)| {
                let left = bar as f64 + 0.12 + 0.39 * side as f64;
                Rectangle::new([(left, 0.0), (left + 0.37, f64::from(*n))], fill)
            });
            let _ = chart.draw_series(bars);
        }
    });
    for bar in 0..=BARS {
        let text = match bar {
            BARS => "more".to_owned(),
            bar => (bar as i64 * BAR_S).to_string(),
        };
        if (bar % 2 == 0 && bar + 1 < BARS) || bar == BARS {
            let align = if bar == BARS { Align::Right } else { Align::Center };
            canvas.tick_x(bar as f32 / BARS as f32, &text, align);
        }
    }
    canvas.key(&[("Allies", DARK.allies), ("Axis", DARK.axis)], "seconds");
    let seconds = |ms: i64| crate::figure::words::number::seconds(ms as f64 / 1000.0);
    Some(Chart {
        title: "How long lives lasted".to_owned(),
        note: format!("Lives in each {BAR_S} seconds. Half of them were shorter than {}.", seconds(median)),
        words: format!("{}, median {}.", counted(times.len() as u64, "life", "lives"), seconds(median)),
        svg: canvas.finish(),
    })
}

/// How lives move in their first minute: shares of states among the lives that still last.
pub(crate) fn states_after_spawn<'l, 'a: 'l>(rounds: impl Iterator<Item = &'l Lives<'a>>) -> Option<Chart> {
    const ORDER: [State; 6] =
        [State::Sprint, State::Upright, State::Crouch, State::Low, State::Prone, State::Unknown];
    let mut ms = [[0_i64; State::ALL.len()]; STATES_S];
    let mut lives_at = [0_u32; STATES_S];
    for life in rounds.flat_map(|lives| &lives.lives) {
        let spawn = life.track().spawn;
        let lasted = (life.alive_ms() / 1000).clamp(0, STATES_S as i64) as usize;
        lives_at[..lasted].iter_mut().for_each(|n| *n += 1);
        for segment in life.segments() {
            let (from, to) = (segment.from.time.since(spawn), segment.to.time.since(spawn));
            for second in (from / 1000).max(0)..=((to - 1) / 1000).min(STATES_S as i64 - 1) {
                let inside = to.min(second * 1000 + 1000) - from.max(second * 1000);
                ms[second as usize][segment.state.index()] += inside.max(0);
            }
        }
    }
    let last = lives_at.iter().rposition(|n| *n >= LEAST_LIVES).filter(|last| *last >= 9)? + 1;
    let share = |second: usize, states: &[State]| {
        let whole: i64 = ms[second].iter().sum();
        let part: i64 = states.iter().map(|state| ms[second][state.index()]).sum();
        if whole > 0 { 100.0 * part as f64 / whole as f64 } else { 0.0 }
    };
    let used: Vec<State> =
        ORDER.into_iter().filter(|state| (0..last).any(|s| ms[s][state.index()] > 0)).collect();
    let mut canvas = Canvas::new();
    canvas.plot(0.0..last as f64, 100.0, |chart| {
        // From the whole stack down, each area over the one below it.
        for n in (1..=used.len()).rev() {
            let fill = plain(DARK.state(used[n - 1])).filled();
            let shares: Vec<f64> = (0..last).map(|s| share(s, &used[..n])).collect();
            let _ = chart.draw_series([Polygon::new(stairs(&shares), fill)]);
        }
    });
    canvas.grid_y(100.0, 25.0, &|v| format!("{v:.0} %"));
    for second in (0..=last).step_by(10) {
        canvas.tick_x(second as f32 / last as f32, &second.to_string(), Align::Center);
    }
    let key: Vec<(&str, Color)> = used.iter().map(|state| (state.label(), DARK.state(*state))).collect();
    canvas.key(&key, "seconds since spawn");
    let first: Vec<String> =
        used.iter().map(|state| format!("{} {:.0} %", state.label(), share(0, &[*state]))).collect();
    Some(Chart {
        title: "How the first minute is moved".to_owned(),
        note: "Shares of the recorded time, among the lives that lasted so long.".to_owned(),
        words: format!("In the first second: {}.", first.join(", ")),
        svg: canvas.finish(),
    })
}

/// A player's speed over past sessions and this one, oldest first.
pub(crate) fn past_speed(past: &[PastSession], now: Option<f64>) -> Option<Chart> {
    let known: Vec<(usize, f64)> =
        past.iter().enumerate().filter_map(|(i, session)| Some((i, session.speed_ups?))).collect();
    let now = now?;
    if known.is_empty() {
        return None;
    }
    let count = past.len() + 1;
    let values = || known.iter().map(|(_, v)| *v).chain([now]);
    let (low, high) = values().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    let step = nice_step((high - low).max(20.0));
    let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step + 0.01);
    let mut canvas = Canvas::new();
    canvas.grid_y(high - low, step, &|v| format!("{:.0}", v + low));
    let at = |(i, v): (usize, f64)| (i as f64 + 0.5, v - low);
    let line: Vec<(f64, f64)> = known.iter().copied().chain([(count - 1, now)]).map(at).collect();
    canvas.plot(0.0..count as f64, high - low, |chart| {
        let _ =
            chart.draw_series(LineSeries::new(line.iter().copied(), plain(DARK.run).stroke_width(fine(2.0))));
        let dots = line.iter().map(|p| Circle::new(*p, fine(3.5), plain(DARK.run).filled()));
        let _ = chart.draw_series(dots);
        let last = line.last().map(|p| Circle::new(*p, fine(5.0), plain(DARK.sprint).filled()));
        let _ = chart.draw_series(last);
    });
    // Dates would touch each other: the first, the last and this one say enough.
    if let Some(first) = past.first() {
        canvas.tick_x(0.5 / count as f32, &crate::figure::words::number::date(first.date), Align::Center);
    }
    canvas.tick_x((count as f32 - 0.5) / count as f32, "now", Align::Center);
    canvas.key(&[("earlier sessions", DARK.run), ("this session", DARK.sprint)], "");
    Some(Chart {
        title: "Speed, session by session".to_owned(),
        note: "Mean of the lives' speed while moving, u/s.".to_owned(),
        words: format!(
            "{}, now {now:.0} units per second.",
            counted(known.len() as u64, "earlier session", "earlier sessions")
        ),
        svg: canvas.finish(),
    })
}

/// The outline of stairs over the axis, a step for each value; equal neighbours are one step.
fn stairs(values: &[f64]) -> Vec<(f64, f64)> {
    let mut corners = vec![(0.0, 0.0)];
    let mut from = 0;
    for level in values.chunk_by(|a, b| a == b) {
        let to = from + level.len();
        corners.extend([(from as f64, level[0]), (to as f64, level[0])]);
        from = to;
    }
    corners.push((from as f64, 0.0));
    corners
}

/// Steps between lines so that there are two to five of them.
fn nice_step(span: f64) -> f64 {
    let mut step = 1.0;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            if span / (step * factor) <= 5.0 {
                return step * factor;
            }
        }
        step *= 10.0;
    }
}

fn plain(color: Color) -> ShapeStyle {
    ShapeStyle { color: RGBAColor(color.r, color.g, color.b, 1.0), filled: false, stroke_width: 1 }
}

type Plot<'a, 'b> = ChartContext<
    'a,
    SceneBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// A chart in the making.
struct Canvas {
    items: Vec<Item>,
    theme: &'static Theme,
}

impl Canvas {
    fn new() -> Self {
        Self { items: Vec::new(), theme: &DARK }
    }

    fn text(&mut self, text: &str, x: f32, y: f32, align: Align) {
        self.items.push(Item::Label(Label {
            text: text.to_owned(),
            at: PixelPoint::new(x, y),
            size: 13.0,
            weight: Weight::Regular,
            color: self.theme.muted,
            align,
            halo: None,
        }));
    }

    /// Lines at whole steps, each with its value.
    fn grid_y(&mut self, top: f64, step: f64, word: &dyn Fn(f64) -> String) {
        let lines = (top / step + 0.001) as usize;
        for n in 0..=lines {
            let value = n as f64 * step;
            let y = PLOT.bottom() - PLOT.height * (value / top) as f32;
            let rect = PixelRect::new(PLOT.x, y - 0.5, PLOT.width, 1.0);
            self.items.push(Item::Rect { rect, radius: 0.0, fill: Some(self.theme.rule), stroke: None });
            self.text(&word(value), PLOT.x - 8.0, y + 4.5, Align::Right);
        }
    }

    fn tick_x(&mut self, share: f32, text: &str, align: Align) {
        self.text(text, PLOT.x + PLOT.width * share, PLOT.bottom() + 18.0, align);
    }

    /// Swatches with their words, and what the axis counts.
    fn key(&mut self, entries: &[(&str, Color)], unit: &str) {
        let y = HEIGHT - 8.0;
        let mut x = PLOT.x;
        for (word, color) in entries {
            let rect = PixelRect::new(x, y - 10.0, 11.0, 11.0);
            self.items.push(Item::Rect { rect, radius: 2.0, fill: Some(*color), stroke: None });
            self.text(word, x + 17.0, y, Align::Left);
            x += 17.0 + crate::scene::text::width(word, 13.0, Weight::Regular) + 20.0;
        }
        self.text(unit, PLOT.right(), y, Align::Right);
    }

    fn plot(&mut self, across: std::ops::Range<f64>, top: f64, draw: impl FnOnce(&mut Plot<'_, '_>)) {
        let area = SceneBackend::new(PLOT, &mut self.items).into_drawing_area();
        // The backend cannot fail, and the ranges are not empty: plotters has nothing to refuse.
        if let Ok(mut chart) = ChartBuilder::on(&area).build_cartesian_2d(across, 0.0..top) {
            draw(&mut chart);
        }
    }

    fn finish(self) -> String {
        let scene = Scene {
            width: WIDTH as u32,
            height: HEIGHT as u32,
            background: self.theme.panel.opacity(0.0),
            items: self.items,
        };
        // Inside of a page an svg element needs no namespace, its size and font come from the page, and its texts, all of
        // them the program's own, need no care for their direction.
        let svg = svg::write(&scene).replace(r#" unicode-bidi="isolate" xml:space="preserve""#, "");
        let (_, marks) = svg.split_once('>').unwrap_or_default();
        format!(r#"<svg aria-hidden="true" viewBox="0 0 {WIDTH} {HEIGHT}">{marks}"#)
    }
}
