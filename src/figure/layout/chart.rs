//! Charts by plotters, drawn as scene items: its axes and series, our antialiasing, and SVG for nothing.
//!
//! plotters counts whole pixels. The backend claims to be [`FINE`] times larger in each direction and divides again when
//! it emits an item, so a chart is exact to an eighth of a pixel.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use crate::geom::PixelPoint;
use crate::scene::text::width;
use crate::scene::{Align, Color, Item, Label, PixelRect, Polygon, Polyline, Stroke, Vertex, Weight};

/// Steps per pixel.
pub const FINE: u32 = 8;

/// A plotters backend that adds items to a list, inside a rectangle of the picture.
pub struct SceneBackend<'a> {
    area: PixelRect,
    items: &'a mut Vec<Item>,
}

impl<'a> SceneBackend<'a> {
    /// Draws into `area`, at the end of `items`.
    pub fn new(area: PixelRect, items: &'a mut Vec<Item>) -> Self {
        Self { area, items }
    }

    fn point(&self, (x, y): BackendCoord) -> PixelPoint {
        let fine = FINE as f32;
        PixelPoint::new(self.area.x + x as f32 / fine, self.area.y + y as f32 / fine)
    }

    fn rect(&self, (x0, y0): BackendCoord, (x1, y1): BackendCoord) -> PixelRect {
        let (a, b) = (self.point((x0.min(x1), y0.min(y1))), self.point((x0.max(x1), y0.max(y1))));
        PixelRect::new(a.x, a.y, b.x - a.x, b.y - a.y)
    }

    fn line(&mut self, points: impl Iterator<Item = BackendCoord>, style: &impl BackendStyle) {
        let (color, width) = (color(style.color()), style.stroke_width() as f32 / FINE as f32);
        let vertices: Vec<Vertex> = points.map(|p| Vertex { at: self.point(p), color, width }).collect();
        self.items.push(Item::Polyline(Polyline { vertices, opacity: 1.0, casing: None }));
    }
}

/// A length in pixels as plotters should be told it.
pub fn fine(pixels: f32) -> u32 {
    (pixels * FINE as f32 + 0.5) as u32
}

fn color(c: BackendColor) -> Color {
    Color { r: c.rgb.0, g: c.rgb.1, b: c.rgb.2, a: 255 }.opacity(c.alpha as f32)
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for SceneBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (fine(self.area.width), fine(self.area.height))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, c: BackendColor) -> Drawn {
        let rect = self.rect(point, (point.0 + 1, point.1 + 1));
        self.items.push(Item::Rect { rect, radius: 0.0, fill: Some(color(c)), stroke: None });
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.line([from, to].into_iter(), style);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        filled: bool,
    ) -> Drawn {
        let rect = self.rect(a, b);
        let color = color(style.color());
        let (fill, stroke) = if filled {
            (Some(color), None)
        } else {
            (None, Some(Stroke { width: style.stroke_width() as f32 / FINE as f32, color }))
        };
        self.items.push(Item::Rect { rect, radius: 0.0, fill, stroke });
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.line(path.into_iter(), style);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        filled: bool,
    ) -> Drawn {
        let color = color(style.color());
        let stroke = Stroke { width: style.stroke_width() as f32 / FINE as f32, color };
        self.items.push(Item::Marker(crate::scene::Marker {
            at: self.point(center),
            shape: crate::scene::Shape::Circle,
            radius: radius as f32 / FINE as f32,
            fill: filled.then_some(color),
            stroke: (!filled).then_some(stroke),
            casing: None,
        }));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        let points = corners.into_iter().map(|p| self.point(p)).collect();
        self.items.push(Item::Polygon(Polygon { points, fill: Some(color(style.color())), outline: None }));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let size = style.size() as f32 / FINE as f32;
        let anchor = style.anchor();
        let mut at = self.point(at);
        // plotters anchors the box of a text; a label is anchored on its baseline.
        at.y += match anchor.v_pos {
            VPos::Top => 0.8 * size,
            VPos::Center => 0.35 * size,
            VPos::Bottom => -0.2 * size,
        };
        let align = match anchor.h_pos {
            HPos::Left => Align::Left,
            HPos::Center => Align::Center,
            HPos::Right => Align::Right,
        };
        let (weight, color) = (weight(style.style()), color(style.color()));
        self.items.push(Item::Label(Label {
            text: text.to_owned(),
            at,
            size,
            weight,
            color,
            align,
            halo: None,
        }));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let size = style.size() as f32;
        Ok(((width(text, size, weight(style.style())) + 0.5) as u32, (size + 0.5) as u32))
    }

    fn blit_bitmap(&mut self, _: BackendCoord, _: (u32, u32), _: &[u8]) -> Drawn {
        Ok(())
    }
}

fn weight(style: FontStyle) -> Weight {
    if matches!(style, FontStyle::Bold) { Weight::SemiBold } else { Weight::Regular }
}
