//! The strip below a replay: the clock, who is alive, what the colours mean. It never moves or resizes.

use super::{Align, STRIP_PX, TrailLength};
use crate::analysis::State;
use crate::geom::PixelPoint;
use crate::scene::text::ellipsize;
use crate::scene::{
    Align as TextAlign, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Vertex, Weight,
};
use crate::text::counted;
use crate::theme::Theme;

/// What the strip says all the time.
pub(super) struct Strip {
    pub title: String,
    pub subtitle: String,
    pub speed: f64,
    pub trail: TrailLength,
    pub align: Align,
    /// Whether rings round the players show their health.
    pub rings: bool,
    /// How many take part: players, or lives where all begin together.
    pub allies: usize,
    pub axis: usize,
}

/// What it says at one moment.
pub(super) struct Moment {
    pub clock_ms: i64,
    pub progress: f32,
    /// How many are alive.
    pub allies: usize,
    pub axis: usize,
}

/// Where the counts of the two sides stand.
const ALLIES_Y: f32 = 33.0;
const AXIS_Y: f32 = 77.0;

impl Strip {
    /// What never changes, below a map of `side` pixels.
    pub fn ground(&self, side: f32, scale: f32, theme: &Theme) -> Vec<Item> {
        let mut pen = Pen { top: side, scale, items: Vec::new() };
        pen.fill(PixelRect::new(0.0, side, side, STRIP_PX * scale + 1.0), theme.panel);
        pen.fill(PixelRect::new(0.0, side, side, 4.0 * scale), theme.rule);
        let speed = format!("{}× speed", trimmed(self.speed));
        let below = match self.align {
            Align::Clock => format!("round time · {speed}"),
            Align::Spawn => format!("since spawn · {speed}"),
        };
        pen.text(&below, 20.0, 77.0, 17.0, Weight::Regular, theme.muted, TextAlign::Left);
        for (y, shape, color, radius, all) in [
            (ALLIES_Y, Shape::Circle, theme.allies, 8.0, self.allies),
            (AXIS_Y, Shape::Square, theme.axis, 7.0, self.axis),
        ] {
            if all > 0 {
                pen.mark(PixelPoint::new(230.0, y - 6.0), shape, radius, color);
            }
        }
        let states = [
            (395.0, 33.0, State::Sprint),
            (505.0, 33.0, State::Upright),
            (395.0, 77.0, State::Crouch),
            (505.0, 77.0, State::Prone),
        ];
        for (x, y, state) in states {
            pen.stroke(x, y - 6.0, 26.0, theme.state(state));
            pen.text(state.short_label(), x + 35.0, y, 18.0, Weight::Regular, theme.text, TextAlign::Left);
        }
        let title = ellipsize(&self.title, 20.0 * scale, Weight::SemiBold, 190.0 * scale);
        pen.text(&title, 780.0, 33.0, 20.0, Weight::SemiBold, theme.text, TextAlign::Right);
        let subtitle = ellipsize(&self.subtitle, 16.0 * scale, Weight::Regular, 210.0 * scale);
        pen.text(&subtitle, 780.0, 57.0, 16.0, Weight::Regular, theme.muted, TextAlign::Right);
        let trail = match self.trail {
            TrailLength::Full => "trail: whole path".to_owned(),
            TrailLength::SoFar => "trail: path so far".to_owned(),
            TrailLength::Last(ms) => format!("trail: last {} s", trimmed(ms as f64 / 1000.0)),
        };
        let trail = if self.rings { format!("{trail} · ring: health") } else { trail };
        pen.text(&trail, 780.0, 80.0, 16.0, Weight::Regular, theme.muted, TextAlign::Right);
        pen.items
    }

    /// What it says at a moment: the clock, how much is over, who is alive.
    pub fn marks(&self, moment: &Moment, side: f32, scale: f32, theme: &Theme) -> Vec<Item> {
        let mut pen = Pen { top: side, scale, items: Vec::new() };
        pen.fill(PixelRect::new(0.0, side, side * moment.progress.clamp(0.0, 1.0), 4.0 * scale), theme.text);
        pen.text(&clock(moment.clock_ms), 20.0, 46.0, 38.0, Weight::SemiBold, theme.text, TextAlign::Left);
        for (y, name, alive, all) in
            [(ALLIES_Y, "Allies", moment.allies, self.allies), (AXIS_Y, "Axis", moment.axis, self.axis)]
        {
            let words = match self.align {
                _ if all == 0 => continue,
                Align::Clock => format!("{name} {alive} of {all}"),
                // Lives, which are many: no room for the side's name, which the mark tells.
                Align::Spawn => format!("{alive} of {}", counted(all as u64, "life", "lives")),
            };
            pen.text(&words, 247.0, y, 18.0, Weight::Regular, theme.text, TextAlign::Left);
        }
        pen.items
    }
}

struct Pen {
    top: f32,
    scale: f32,
    items: Vec<Item>,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> PixelPoint {
        PixelPoint::new(x * self.scale, self.top + y * self.scale)
    }

    fn fill(&mut self, rect: PixelRect, color: Color) {
        self.items.push(Item::Rect { rect, radius: 0.0, fill: Some(color), stroke: None });
    }

    #[allow(clippy::too_many_arguments, reason = "a text's place and look, each named at the call")]
    fn text(
        &mut self,
        words: &str,
        x: f32,
        y: f32,
        size: f32,
        weight: Weight,
        color: Color,
        align: TextAlign,
    ) {
        let at = self.at(x, y);
        let size = size * self.scale;
        self.items.push(Item::Label(Label {
            text: words.to_owned(),
            at,
            size,
            weight,
            color,
            align,
            halo: None,
        }));
    }

    fn mark(&mut self, at: PixelPoint, shape: Shape, radius: f32, color: Color) {
        let at = self.at(at.x, at.y);
        let radius = radius * self.scale;
        self.items.push(Item::Marker(Marker {
            at,
            shape,
            radius,
            fill: Some(color),
            stroke: None,
            casing: None,
        }));
    }

    fn stroke(&mut self, x: f32, y: f32, length: f32, color: Color) {
        let width = 4.0 * self.scale;
        let vertices = [x, x + length].map(|x| Vertex { at: self.at(x, y), color, width }).to_vec();
        self.items.push(Item::Polyline(Polyline { vertices, opacity: 1.0, casing: None }));
    }
}

/// `m:ss.t`
pub(super) fn clock(ms: i64) -> String {
    let sign = if ms < 0 { "−" } else { "" };
    let tenths = ms.abs() / 100;
    format!("{sign}{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

fn trimmed(value: f64) -> String {
    if value.fract().abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_count_tenths_and_know_before_zero() {
        assert_eq!(clock(31_540), "0:31.5");
        assert_eq!(clock(600_000), "10:00.0");
        assert_eq!(clock(-2_300), "−0:02.3");
    }
}
