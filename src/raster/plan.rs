//! A scene resolved into marks that need no more thought: one window and one thing to fill each.

use std::sync::Arc;

use tiny_skia::{LineCap, LineJoin, Path};

use super::canvas::Window;
use super::glyph::Cutter;
use super::path::{self, Area};
use super::stamp::{Stamp, Stamps};
use crate::scene::{Bitmap, Blend, Color, Item, Label, Marker, PixelRect, Polygon, Polyline, Shape, Stroke};

/// One thing to fill and the only pixels it may touch.
pub(super) struct Mark<'s> {
    pub window: Window,
    pub figure: Figure<'s>,
}

/// What a mark fills.
pub(super) enum Figure<'s> {
    Image { x: i32, y: i32, bitmap: &'s Bitmap, blend: Blend },
    Area { area: Area, color: Color },
    Path { path: Path, color: Color },
    Line(&'s Polyline),
    Stamp(Stamp),
}

impl Mark<'_> {
    /// Windows that together hold all it can touch; a long line has several, which leave out most of what it passes by.
    pub fn windows(&self) -> Vec<Window> {
        match &self.figure {
            Figure::Line(line) => {
                let parts = super::polyline::windows_of(line).map(|window| window.intersect(self.window));
                parts.filter(|window| !window.is_empty()).collect()
            }
            _ => vec![self.window],
        }
    }
}

/// Resolves items: nested clips are intersected, strokes become outlines, text becomes coverage.
/// What can't be seen in `window` is left out.
pub(super) fn resolve<'s>(items: &'s [Item], window: Window, cutter: &mut Cutter) -> Vec<Mark<'s>> {
    plan(items, window, Tools::Cutter(cutter))
}

/// The same for what moves from picture to picture: markers and labels stand at the nearest quarter of a pixel.
pub(super) fn resolve_moving<'s>(items: &'s [Item], window: Window, stamps: &mut Stamps) -> Vec<Mark<'s>> {
    plan(items, window, Tools::Stamps(stamps))
}

fn plan<'s>(items: &'s [Item], window: Window, tools: Tools<'_>) -> Vec<Mark<'s>> {
    let mut plan = Plan { marks: Vec::with_capacity(items.len()), tools };
    plan.items(items, window);
    plan.marks
}

/// Where texts and markers come from.
enum Tools<'t> {
    Cutter(&'t mut Cutter),
    Stamps(&'t mut Stamps),
}

struct Plan<'s, 't> {
    marks: Vec<Mark<'s>>,
    tools: Tools<'t>,
}

impl<'s> Plan<'s, '_> {
    fn items(&mut self, items: &'s [Item], clip: Window) {
        for item in items {
            match item {
                Item::Image { x, y, bitmap, blend } => self.image((*x, *y), bitmap, *blend, clip),
                Item::Rect { rect, radius, fill, stroke } => self.rect(*rect, *radius, *fill, *stroke, clip),
                Item::Polyline(line) => self.polyline(line, clip),
                Item::Polygon(shape) => self.polygon(shape, clip),
                Item::Marker(marker) => self.marker(marker, clip),
                Item::Label(label) => self.label(label, clip),
                Item::Clip { rect, items } => {
                    let inner = clip.intersect(Window::of_clip(rect));
                    if !inner.is_empty() {
                        self.items(items, inner);
                    }
                }
            }
        }
    }

    fn push(&mut self, bounds: Window, clip: Window, figure: Figure<'s>) {
        let window = bounds.intersect(clip);
        if !window.is_empty() {
            self.marks.push(Mark { window, figure });
        }
    }

    fn stamp(&mut self, stamp: Stamp, clip: Window) {
        let (x, y) = stamp.at;
        self.push(stamp.coverage.window().moved(x, y), clip, Figure::Stamp(stamp));
    }

    fn label(&mut self, label: &Label, clip: Window) {
        let cutter = match &mut self.tools {
            Tools::Cutter(cutter) => cutter,
            Tools::Stamps(stamps) => match stamps.label(label) {
                Some(stamps) => return stamps.into_iter().for_each(|stamp| self.stamp(stamp, clip)),
                None => &mut stamps.cutter,
            },
        };
        for (coverage, color) in cutter.cut(label, clip) {
            self.stamp(Stamp { coverage: Arc::new(coverage), at: (0, 0), color }, clip);
        }
    }

    fn image(&mut self, (x, y): (i32, i32), bitmap: &'s Bitmap, blend: Blend, clip: Window) {
        let [width, height] =
            [bitmap.width(), bitmap.height()].map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        let bounds = Window::new(x, y, x.saturating_add(width), y.saturating_add(height));
        self.push(bounds, clip, Figure::Image { x, y, bitmap, blend });
    }

    fn path(&mut self, path: Option<Path>, color: Option<Color>, clip: Window) {
        if let (Some(path), Some(color)) = (path, color.filter(|color| color.a > 0)) {
            self.push(path::window_of(&path), clip, Figure::Path { path, color });
        }
    }

    fn area(&mut self, area: Area, color: Option<Color>, clip: Window) {
        if let Some(color) = color.filter(|color| color.a > 0) {
            self.push(area.window(), clip, Figure::Area { area, color });
        }
    }

    fn rect(
        &mut self,
        rect: PixelRect,
        radius: f32,
        fill: Option<Color>,
        line: Option<Stroke>,
        clip: Window,
    ) {
        let Some(outline) = path::rounded(rect, radius) else {
            self.area(Area::filled(rect), fill, clip);
            if let Some(line) = line.filter(|line| line.width > 0.0 && line.width.is_finite()) {
                self.area(Area::frame(rect, line.width), Some(line.color), clip);
            }
            return;
        };
        let edge = line.and_then(|line| path::outline(&outline, line.width, LineCap::Butt, LineJoin::Round));
        self.path(Some(outline), fill, clip);
        self.path(edge, line.map(|line| line.color), clip);
    }

    fn polygon(&mut self, shape: &Polygon, clip: Window) {
        let Some(corners) = path::polygon(&shape.points) else { return };
        let edge = shape
            .outline
            .and_then(|line| path::outline(&corners, line.width, LineCap::Round, LineJoin::Round));
        self.path(edge, shape.outline.map(|line| line.color), clip);
        self.path(Some(corners), shape.fill, clip);
    }

    fn marker(&mut self, marker: &Marker, clip: Window) {
        if let Tools::Stamps(stamps) = &mut self.tools
            && let Some(stamps) = stamps.marker(marker)
        {
            return stamps.into_iter().for_each(|stamp| self.stamp(stamp, clip));
        }
        let Some(shape) = path::marker(marker) else { return };
        let (cap, join) = path::ends(marker.shape);
        let stroked =
            |line: Option<Stroke>| line.and_then(|line| path::outline(&shape, line.width, cap, join));
        let (casing, edge) = (stroked(marker.casing), stroked(marker.stroke));
        self.path(casing, marker.casing.map(|line| line.color), clip);
        // Open lines have no inside.
        let closed = matches!(marker.shape, Shape::Circle | Shape::Square | Shape::Triangle { .. });
        self.path(Some(shape), marker.fill.filter(|_| closed), clip);
        self.path(edge, marker.stroke.map(|line| line.color), clip);
    }

    fn polyline(&mut self, line: &'s Polyline, clip: Window) {
        self.push(super::polyline::window_of(line), clip, Figure::Line(line));
    }
}
