//! Scene to SVG: the same marks as text, sharp at any size.
//!
//! Bitmaps go in as PNG data URIs, text stays text. A line with one colour and width is one path with round joins;
//! one that changes is a path for each run of its segments, in a group that fades as a whole. Nothing that came from
//! a file becomes markup: text is escaped, and what XML can't hold is left out.
//!
//! ```
//! use proximity::scene::{Color, Scene};
//!
//! let scene = Scene { width: 3, height: 2, background: Color::hex(0xff_80_00), items: Vec::new() };
//! assert!(proximity::svg::write(&scene).contains("#ff8000"));
//! ```

use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::geom::PixelPoint;
use crate::raster::encode::{self, Effort};
use crate::scene::{
    Align, Bitmap, Color, Item, Label, Marker, PixelRect, Polygon, Polyline, Scene, Shape, Stroke, Vertex,
    Weight,
};

/// The faces that stand in when IBM Plex Sans is not installed.
const FONTS: &str = "'IBM Plex Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

/// Writes a scene as an SVG document.
///
/// Marks with coordinates that are not numbers are left out. Bitmaps laid on in linear light are mixed in sRGB here:
/// SVG viewers have nothing else for it.
pub fn write(scene: &Scene) -> String {
    let (w, h) = (scene.width, scene.height);
    let mut svg = Svg { text: String::new(), clips: 0 };
    let _ = write!(
        svg.text,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" font-family="{FONTS}">"#
    );
    svg.text.push('\n');
    if scene.background.a > 0 {
        let _ = write!(svg.text, r#"<rect width="{w}" height="{h}"{}/>"#, fill(scene.background));
        svg.text.push('\n');
    }
    svg.items(&scene.items);
    svg.text.push_str("</svg>\n");
    svg.text
}

/// A document that grows. Writing to a string can't fail, so results are dropped.
struct Svg {
    text: String,
    clips: usize,
}

impl Svg {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Image { x, y, bitmap, .. } => self.image(*x, *y, bitmap),
                Item::Rect { rect, radius, fill, stroke } => self.rect(*rect, *radius, *fill, *stroke),
                Item::Polyline(line) => self.polyline(line),
                Item::Polygon(shape) => self.polygon(shape),
                Item::Marker(mark) => self.marker(mark),
                Item::Label(label) => self.label(label),
                Item::Clip { rect, items } => self.clip(*rect, items),
            }
        }
    }

    fn image(&mut self, x: i32, y: i32, bitmap: &Bitmap) {
        // An empty bitmap has no PNG and shows nothing.
        let Ok(png) = encode::png(bitmap, &[], Effort::Fast) else { return };
        let (w, h) = (bitmap.width(), bitmap.height());
        let _ = write!(
            self.text,
            r#"<image x="{x}" y="{y}" width="{w}" height="{h}" href="data:image/png;base64,"#
        );
        BASE64_STANDARD.encode_string(&png, &mut self.text);
        self.text.push_str("\"/>\n");
    }

    fn rect(&mut self, r: PixelRect, radius: f32, filled: Option<Color>, line: Option<Stroke>) {
        if ![r.x, r.y, r.width, r.height].iter().all(|v| v.is_finite()) || r.width < 0.0 || r.height < 0.0 {
            return;
        }
        let _ = write!(
            self.text,
            r#"<rect x="{}" y="{}" width="{}" height="{}""#,
            number(r.x),
            number(r.y),
            number(r.width),
            number(r.height)
        );
        if radius > 0.0 && radius.is_finite() {
            let _ = write!(self.text, r#" rx="{}""#, number(radius));
        }
        let _ = writeln!(self.text, "{}{}/>", paint(filled), line.map(stroke).unwrap_or_default());
    }

    fn polyline(&mut self, line: &Polyline) {
        let usable =
            |v: &Vertex| v.at.x.is_finite() && v.at.y.is_finite() && v.width >= 0.0 && v.width.is_finite();
        let runs: Vec<&[Vertex]> = line.vertices.split(|v| !usable(v)).filter(|run| run.len() > 1).collect();
        // False for NaN as well.
        let visible = line.opacity > 0.0;
        if !visible || runs.is_empty() {
            return;
        }
        self.text.push_str("<g fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n");
        if let Some(casing) = line.casing.filter(|casing| casing.width > 0.0 && casing.width.is_finite()) {
            // One opacity for the group, or overlaps would show.
            let _ = writeln!(self.text, r#"<g opacity="{}">"#, share(f32::from(casing.color.a) / 255.0));
            let ink = |vertex: &Vertex| Color { a: vertex.color.a, ..casing.color };
            self.segments(&runs, casing.width, ink);
            self.text.push_str("</g>\n");
        }
        let _ = writeln!(self.text, r#"<g opacity="{}">"#, share(line.opacity));
        self.segments(&runs, 0.0, |vertex| vertex.color);
        self.text.push_str("</g>\n</g>\n");
    }

    /// One path for each stretch of segments of one colour and width.
    fn segments(&mut self, runs: &[&[Vertex]], extra: f32, color: impl Fn(&Vertex) -> Color) {
        for run in runs {
            let width = |pair: &[Vertex]| number(f32::midpoint(pair[0].width, pair[1].width) + extra);
            let mut pairs = run.windows(2).peekable();
            while let Some(pair) = pairs.next() {
                let look = (color(&pair[0]), width(pair));
                let mut points = vec![pair[0].at, pair[1].at];
                while let Some(next) = pairs.next_if(|next| (color(&next[0]), width(next)) == look) {
                    points.push(next[1].at);
                }
                let _ = writeln!(
                    self.text,
                    r#"<path d="{}"{} stroke-width="{}"/>"#,
                    path(&points),
                    ink("stroke", look.0),
                    look.1
                );
            }
        }
    }

    fn polygon(&mut self, shape: &Polygon) {
        let points: Vec<_> =
            shape.points.iter().copied().filter(|p| p.x.is_finite() && p.y.is_finite()).collect();
        if points.len() < 2 {
            return;
        }
        let outline = shape.outline.map(stroke).unwrap_or_default();
        let joined = if outline.is_empty() { "" } else { r#" stroke-linejoin="round" paint-order="stroke""# };
        let _ =
            writeln!(self.text, r#"<path d="{}Z"{}{outline}{joined}/>"#, path(&points), paint(shape.fill));
    }

    fn marker(&mut self, mark: &Marker) {
        let points = mark.points();
        let shape = match (mark.shape, points.as_slice()) {
            (Shape::Circle, [at]) => {
                format!(r#"circle cx="{}" cy="{}" r="{}""#, number(at.x), number(at.y), number(mark.radius))
            }
            (Shape::Square | Shape::Triangle { .. }, [_, ..]) => format!(r#"path d="{}Z""#, path(&points)),
            (Shape::Cross, [a, b, c, d]) => format!(r#"path d="{}{}""#, path(&[*a, *b]), path(&[*c, *d])),
            (Shape::Chevron { .. }, [_, ..]) => format!(r#"path d="{}""#, path(&points)),
            (Shape::Arc { sweep, .. }, [from, middle, to]) => {
                // Two halves: one arc of a whole turn would have no length.
                let (r, turn) = (number(mark.radius), u8::from(sweep > 0.0));
                let half = |to: PixelPoint| format!("A{r} {r} 0 0 {turn} {} {}", number(to.x), number(to.y));
                format!(r#"path d="M{} {}{}{}""#, number(from.x), number(from.y), half(*middle), half(*to))
            }
            _ => return,
        };
        let round = match mark.shape {
            Shape::Cross | Shape::Chevron { .. } => r#" stroke-linecap="round" stroke-linejoin="round""#,
            _ => "",
        };
        let closed = matches!(mark.shape, Shape::Circle | Shape::Square | Shape::Triangle { .. });
        if let Some(casing) = mark.casing {
            let _ = writeln!(self.text, r#"<{shape} fill="none"{}{round}/>"#, stroke(casing));
        }
        let line = mark.stroke.map(stroke).unwrap_or_default();
        let _ = writeln!(self.text, "<{shape}{}{line}{round}/>", paint(mark.fill.filter(|_| closed)));
    }

    fn label(&mut self, label: &Label) {
        let (PixelPoint { x, y }, size) = (label.at, label.size);
        if !(x.is_finite() && y.is_finite() && size.is_finite()) || size <= 0.0 {
            return;
        }
        let _ =
            write!(self.text, r#"<text x="{}" y="{}" font-size="{}""#, number(x), number(y), number(size));
        self.text.push_str(match label.weight {
            Weight::Regular => "",
            Weight::SemiBold => r#" font-weight="600""#,
        });
        self.text.push_str(match label.align {
            Align::Left => "",
            Align::Center => r#" text-anchor="middle""#,
            Align::Right => r#" text-anchor="end""#,
        });
        self.text.push_str(&fill(label.color));
        if let Some(halo) = label.halo {
            let both_sides = Stroke { width: halo.width * 2.0, ..halo };
            let _ =
                write!(self.text, r#"{} stroke-linejoin="round" paint-order="stroke""#, stroke(both_sides));
        }
        // Names from a game may hold marks that turn the writing direction; they stay inside of their own text.
        self.text.push_str(r#" unicode-bidi="isolate" xml:space="preserve">"#);
        escape(&label.text, &mut self.text);
        self.text.push_str("</text>\n");
    }

    fn clip(&mut self, r: PixelRect, items: &[Item]) {
        self.clips += 1;
        let id = self.clips;
        let [left, top, right, bottom] = [r.x, r.y, r.right(), r.bottom()].map(f32::round);
        let window = PixelRect::new(left, top, right - left, bottom - top);
        let _ = write!(self.text, r#"<clipPath id="clip{id}">"#);
        // Left out when it is not a number; an empty clip path hides everything, as it should.
        self.rect(window, 0.0, Some(Color::hex(0)), None);
        let _ = writeln!(self.text, "</clipPath>\n<g clip-path=\"url(#clip{id})\">");
        self.items(items);
        self.text.push_str("</g>\n");
    }
}

/// ` fill="…"`, or none.
fn paint(color: Option<Color>) -> String {
    color.map_or_else(|| r#" fill="none""#.to_owned(), fill)
}

fn fill(color: Color) -> String {
    ink("fill", color)
}

fn stroke(line: Stroke) -> String {
    // False for NaN as well.
    let visible = line.width > 0.0 && line.width.is_finite();
    if visible {
        format!(r#"{} stroke-width="{}""#, ink("stroke", line.color), number(line.width))
    } else {
        String::new()
    }
}

fn ink(attribute: &str, color: Color) -> String {
    let hex = format!(r##" {attribute}="#{:02x}{:02x}{:02x}""##, color.r, color.g, color.b);
    if color.a == 255 {
        return hex;
    }
    format!(r#"{hex} {attribute}-opacity="{}""#, share(f32::from(color.a) / 255.0))
}

fn path(points: &[PixelPoint]) -> String {
    let mut data = String::with_capacity(points.len() * 12);
    for (i, p) in points.iter().enumerate() {
        data.push(if i == 0 { 'M' } else { 'L' });
        let _ = write!(data, "{} {}", number(p.x), number(p.y));
    }
    data
}

/// To a hundredth of a pixel, without zeros that say nothing; what lies beyond any picture stays just beyond it.
fn number(value: f32) -> String {
    trimmed(format!("{:.2}", value.clamp(-1e7, 1e7)))
}

/// A share of 0 … 1 to a thousandth.
fn share(value: f32) -> String {
    trimmed(format!("{:.3}", value.clamp(0.0, 1.0)))
}

fn trimmed(mut text: String) -> String {
    let end = text.trim_end_matches('0').trim_end_matches('.').len();
    text.truncate(end);
    if text == "-0" { "0".to_owned() } else { text }
}

/// Text that can't end an element or an attribute; characters XML 1.0 has no room for are left out, and other
/// control characters with them.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([1.0, 0.5, -0.001, 100.0, 12.345].map(number), ["1", "0.5", "0", "100", "12.35"]);
    }
}
