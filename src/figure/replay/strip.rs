//! The strip below a replay: the clock, who is alive, what the colours mean. It never moves or resizes.

use super::{Align, STRIP_PX, TrailLength};
use crate::analysis::State;
use crate::geom::PixelPoint;
use crate::scene::{
    Align as TextAlign, Color, Item, Label, Marker, PixelRect, Polyline, Shape, Vertex, Weight,
};
use crate::theme::Theme;

/// What the strip says at one moment.
pub(super) struct Strip {
    pub clock_ms: i64,
    pub progress: f32,
    pub title: String,
    pub subtitle: String,
    pub speed: f64,
    pub trail: TrailLength,
    pub align: Align,
    /// Whether rings round the players show their health.
    pub rings: bool,
    /// Alive, and in all: players, or lives where all begin together.
    pub allies: (usize, usize),
    pub axis: (usize, usize),
}

/// Draws it below a map of `side` pixels.
pub(super) fn items(strip: &Strip, side: f32, scale: f32, theme: &Theme) -> Vec<Item> {
    let mut pen = Pen { top: side, scale, items: Vec::new() };
    pen.fill(PixelRect::new(0.0, side, side, STRIP_PX * scale + 1.0), theme.panel);
    pen.fill(PixelRect::new(0.0, side, side, 4.0 * scale), theme.rule);
    pen.fill(PixelRect::new(0.0, side, side * strip.progress.clamp(0.0, 1.0), 4.0 * scale), theme.text);
    pen.text(&clock(strip.clock_ms), 20.0, 46.0, 38.0, Weight::SemiBold, theme.text, TextAlign::Left);
    let speed = format!("{}× speed", trimmed(strip.speed));
    let below = match strip.align {
        Align::Clock => format!("round time · {speed}"),
        Align::Spawn => format!("since spawn · {speed}"),
    };
    pen.text(&below, 20.0, 77.0, 17.0, Weight::Regular, theme.muted, TextAlign::Left);
    for (y, shape, color, name, (alive, all)) in [
        (33.0, Shape::Circle, theme.allies, "Allies", strip.allies),
        (77.0, Shape::Square, theme.axis, "Axis", strip.axis),
    ] {
        if all == 0 {
            continue;
        }
        let radius = if shape == Shape::Square { 7.0 } else { 8.0 };
        pen.mark(PixelPoint::new(230.0, y - 6.0), shape, radius, color);
        pen.text(
            &match strip.align {
                Align::Clock => format!("{name} {alive} of {all}"),
                // Lives, which are many: no room for the side's name, which the mark tells.
                Align::Spawn => format!("{alive} of {all} lives"),
            },
            247.0,
            y,
            18.0,
            Weight::Regular,
            theme.text,
            TextAlign::Left,
        );
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
    let title = crate::scene::text::ellipsize(&strip.title, 20.0 * scale, Weight::SemiBold, 190.0 * scale);
    pen.text(&title, 780.0, 33.0, 20.0, Weight::SemiBold, theme.text, TextAlign::Right);
    let subtitle =
        crate::scene::text::ellipsize(&strip.subtitle, 16.0 * scale, Weight::Regular, 210.0 * scale);
    pen.text(&subtitle, 780.0, 57.0, 16.0, Weight::Regular, theme.muted, TextAlign::Right);
    let trail = match strip.trail {
        TrailLength::Full => "trail: whole path".to_owned(),
        TrailLength::SoFar => "trail: path so far".to_owned(),
        TrailLength::Last(ms) => format!("trail: last {} s", trimmed(ms as f64 / 1000.0)),
    };
    let trail = if strip.rings { format!("{trail} · ring: health") } else { trail };
    pen.text(&trail, 780.0, 80.0, 16.0, Weight::Regular, theme.muted, TextAlign::Right);
    pen.items
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
fn clock(ms: i64) -> String {
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
