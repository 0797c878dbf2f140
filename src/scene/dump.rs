//! A scene as text, one mark a line, for tests that compare and people who look.

use std::fmt::Write as _;

use super::{
    Align, Blend, Color, Item, Label, Marker, PixelRect, Polygon, Polyline, Scene, Shape, Stroke, Weight,
};
use crate::geom::PixelPoint;

/// Describes a scene: one line for each item, coordinates to a tenth of a pixel, bitmaps by size and hash.
///
/// A snapshot of this text changes when the picture does, and not when only a last digit moved.
pub fn dump(scene: &Scene) -> String {
    let mut text = format!("scene {} x {} on {}\n", scene.width, scene.height, color(scene.background));
    items(&mut text, &scene.items, 1);
    text
}

fn items(text: &mut String, list: &[Item], depth: usize) {
    for item in list {
        let indent = "  ".repeat(depth);
        let line = match item {
            Item::Image { x, y, bitmap, blend } => {
                let blend = match blend {
                    Blend::Srgb => "srgb",
                    Blend::Linear => "linear",
                };
                format!("image at {x} {y} {bitmap:?} {blend}")
            }
            Item::Rect { rect: r, radius, fill, stroke: line } => {
                format!("rect {} radius {}{}", rect(*r), number(*radius), paint(*fill, *line))
            }
            Item::Polyline(line) => polyline(line),
            Item::Polygon(shape) => polygon(shape),
            Item::Marker(mark) => marker(mark),
            Item::Label(words) => label(words),
            Item::Clip { rect: window, items: _ } => format!("clip {}", rect(*window)),
        };
        // Writing to a string can't fail.
        let _ = writeln!(text, "{indent}{line}");
        if let Item::Clip { items: inner, .. } = item {
            items(text, inner, depth + 1);
        }
    }
}

fn polyline(line: &Polyline) -> String {
    let mut text = format!("polyline opacity {:.2}", line.opacity);
    if let Some(casing) = line.casing {
        let _ = write!(text, " casing {}", stroke(casing));
    }
    text.push(':');
    let (mut last_color, mut last_width) = (None, String::new());
    for vertex in &line.vertices {
        let _ = write!(text, " {}", point(vertex.at));
        let width = number(vertex.width);
        if width != last_width {
            let _ = write!(text, " w{width}");
            last_width = width;
        }
        if last_color != Some(vertex.color) {
            let _ = write!(text, " {}", color(vertex.color));
            last_color = Some(vertex.color);
        }
    }
    text
}

fn polygon(shape: &Polygon) -> String {
    let points: Vec<_> = shape.points.iter().map(|p| point(*p)).collect();
    format!("polygon{}: {}", paint(shape.fill, shape.outline), points.join(" "))
}

fn marker(mark: &Marker) -> String {
    let name = match mark.shape {
        Shape::Circle => "circle".to_owned(),
        Shape::Square => "square".to_owned(),
        Shape::Cross => "cross".to_owned(),
        Shape::Chevron { heading } => format!("chevron {heading:.2}"),
        Shape::Arc { start, sweep } => format!("arc {start:.2} by {sweep:.2}"),
        Shape::Triangle { heading } => format!("triangle {heading:.2}"),
    };
    let casing = mark.casing.map(|casing| format!(" casing {}", stroke(casing))).unwrap_or_default();
    format!("{name} at {} r {}{}{casing}", point(mark.at), number(mark.radius), paint(mark.fill, mark.stroke))
}

fn label(words: &Label) -> String {
    let weight = match words.weight {
        Weight::Regular => "regular",
        Weight::SemiBold => "semi-bold",
    };
    let align = match words.align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    };
    let halo = words.halo.map(|halo| format!(" halo {}", stroke(halo))).unwrap_or_default();
    format!(
        "label {:?} at {} {align} {} {weight} {}{halo}",
        words.text,
        point(words.at),
        number(words.size),
        color(words.color)
    )
}

fn paint(fill: Option<Color>, line: Option<Stroke>) -> String {
    let fill = fill.map(|fill| format!(" fill {}", color(fill))).unwrap_or_default();
    let line = line.map(|line| format!(" stroke {}", stroke(line))).unwrap_or_default();
    fill + &line
}

fn stroke(line: Stroke) -> String {
    format!("{} {}", number(line.width), color(line.color))
}

fn rect(r: PixelRect) -> String {
    format!("{} {} {} x {}", number(r.x), number(r.y), number(r.width), number(r.height))
}

fn point(p: PixelPoint) -> String {
    format!("{},{}", number(p.x), number(p.y))
}

/// To a tenth, without a negative zero.
fn number(value: f32) -> String {
    let text = format!("{value:.1}");
    if text == "-0.0" { "0.0".to_owned() } else { text }
}

/// `#rrggbb`, with `@share` when not opaque.
fn color(c: Color) -> String {
    let hex = format!("#{:02x}{:02x}{:02x}", c.r, c.g, c.b);
    if c.a == 255 { hex } else { format!("{hex}@{:.2}", f32::from(c.a) / 255.0) }
}
