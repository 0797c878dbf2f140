//! Text to coverage: glyph outlines fitted to the pixel rows, their halos, and one layer for each label.

use std::collections::HashMap;
use std::sync::Arc;

use ab_glyph::{Font, GlyphId, Outline, OutlineCurve, OutlinedGlyph, Point, PxScaleFactor, Rect, point};
use tiny_skia::{LineCap, LineJoin, Path, PathBuilder};

use super::canvas::Window;
use super::coverage::Coverage;
use super::path::{self, Brush};
use crate::scene::face::Face;
use crate::scene::text::{Line, MISSING_EM, width};
use crate::scene::{Align, Color, Label};

/// Largest em, pixels.
const MAX_SIZE: f32 = 1024.0;

/// Largest em whose glyphs are kept for the next label, pixels.
const MAX_KEPT_SIZE: f32 = 128.0;

/// So many glyphs are kept from one picture to the next: a few megabytes in the sizes of a sheet.
const MOST_KEPT: usize = 4096;

/// Places within a pixel at which a glyph may start.
const SUBPIXELS: i32 = 4;

/// What makes one cut glyph differ from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    face: u32,
    glyph: Option<GlyphId>,
    size_bits: u32,
    subpixel: i32,
    halo_bits: u32,
}

/// Cuts labels into coverage; remembers glyphs from label to label.
#[derive(Default)]
pub(super) struct Cutter {
    kept: HashMap<Key, Arc<Coverage>>,
    brush: Brush,
}

impl Cutter {
    /// Forgets its glyphs where they have become many.
    pub fn tidy(&mut self) {
        if self.kept.len() > MOST_KEPT {
            self.kept.clear();
        }
    }

    /// The layers of a label from the lowest: its halo, if any, then its fill. Only what `clip` shows is cut.
    pub fn cut(&mut self, label: &Label, clip: Window) -> Vec<(Coverage, Color)> {
        let size = label.size.min(MAX_SIZE);
        if size.is_nan() || size <= 0.0 || !label.at.x.is_finite() || !label.at.y.is_finite() {
            return Vec::new();
        }
        let share = match label.align {
            Align::Left => 0.0,
            Align::Center => 0.5,
            Align::Right => 1.0,
        };
        let text_width = width(&label.text, size, label.weight);
        let start = label.at.x - share * text_width;
        // A baseline between two pixel rows would blur every level stroke.
        let baseline = label.at.y.round();
        let halo = label.halo.filter(|halo| halo.width > 0.0 && halo.width <= size && halo.color.a > 0);
        let margin = halo.map_or(0.0, |halo| halo.width) + 1.0;
        let window = Window::around(
            start - size * 0.5 - margin,
            baseline - size * 1.3 - margin,
            start + text_width + size * 0.5 + margin,
            baseline + size * 0.5 + margin,
        )
        .intersect(clip);
        if window.is_empty() {
            return Vec::new();
        }

        let face = Face::of(label.weight);
        let scale = size / face.units_per_em;
        let mut fill = Coverage::empty(window);
        let mut round = halo.map(|halo| (halo, Coverage::empty(window)));
        for placed in Line::new(&label.text, label.weight) {
            let x = start + placed.x_units * scale;
            if x + 2.0 * size + margin < window.left as f32 {
                continue;
            }
            if x - size - margin > window.right as f32 {
                break;
            }
            let steps = (x * SUBPIXELS as f32).round() as i32;
            let at = (steps.div_euclid(SUBPIXELS), baseline as i32);
            let mut key = Key {
                face: placed.face.id,
                glyph: placed.glyph,
                size_bits: size.to_bits(),
                subpixel: steps.rem_euclid(SUBPIXELS),
                halo_bits: 0,
            };
            // Neighbours that touch add up to a whole pixel; halos overlap and must not.
            fill.join(&self.glyph(key, placed.face, size, 0.0), at, u8::saturating_add);
            if let Some((halo, layer)) = &mut round {
                key.halo_bits = halo.width.to_bits();
                layer.join(&self.glyph(key, placed.face, size, halo.width), at, u8::max);
            }
        }
        round.into_iter().map(|(halo, layer)| (layer, halo.color)).chain([(fill, label.color)]).collect()
    }

    /// One glyph round its origin: its fill when `halo` is 0, else the stroke of its outline.
    fn glyph(&mut self, key: Key, face: &Face, size: f32, halo: f32) -> Arc<Coverage> {
        if let Some(kept) = self.kept.get(&key) {
            return Arc::clone(kept);
        }
        let shift = key.subpixel as f32 / SUBPIXELS as f32;
        let outline = match key.glyph {
            Some(id) => fitted_outline(face, id, size),
            None => missing_outline(size),
        };
        let cut = match outline {
            None => Coverage::empty(Window::new(0, 0, 0, 0)),
            Some(outline) if halo > 0.0 => self.halo(&outline, shift, halo),
            Some(outline) => fill(outline, shift),
        };
        let cut = Arc::new(cut);
        if size <= MAX_KEPT_SIZE {
            self.kept.insert(key, Arc::clone(&cut));
        }
        cut
    }

    fn halo(&mut self, outline: &Outline, shift: f32, halo: f32) -> Coverage {
        let stroked = outline_path(outline, shift)
            .and_then(|path| path::outline(&path, halo * 2.0, LineCap::Round, LineJoin::Round));
        let Some(path) = stroked else { return Coverage::empty(Window::new(0, 0, 0, 0)) };
        let window = path::window_of(&path);
        if window.is_empty() {
            return Coverage::empty(window);
        }
        Coverage::new(window, self.brush.rasterise(&path, window).to_vec())
    }
}

/// Exact coverage of an outline in pixels, y up, whose origin lies `shift` right of a pixel's edge.
fn fill(outline: Outline, shift: f32) -> Coverage {
    let glyph = GlyphId(0).with_scale_and_position(1.0, point(shift, 0.0));
    let outlined = OutlinedGlyph::new(glyph, outline, PxScaleFactor { horizontal: 1.0, vertical: 1.0 });
    let bounds = outlined.px_bounds();
    let mut coverage =
        Coverage::empty(Window::around(bounds.min.x, bounds.min.y, bounds.max.x, bounds.max.y));
    outlined.draw(|x, y, share| coverage.set(x, y, (share.clamp(0.0, 1.0) * 255.0 + 0.5) as u8));
    coverage
}

/// A glyph's outline in pixels, y up (its box upside down, as `ab_glyph` has it), its level edges moved onto pixel rows so that small text stays crisp.
fn fitted_outline(face: &Face, id: GlyphId, size: f32) -> Option<Outline> {
    let outline = face.font.outline(id)?;
    let scale = size / face.units_per_em;
    let rows = face.rows(size);
    let fit = |p: Point| point(p.x * scale, rows.fit(p.y));
    let curves = outline
        .curves
        .iter()
        .map(|curve| match curve {
            OutlineCurve::Line(a, b) => OutlineCurve::Line(fit(*a), fit(*b)),
            OutlineCurve::Quad(a, b, c) => OutlineCurve::Quad(fit(*a), fit(*b), fit(*c)),
            OutlineCurve::Cubic(a, b, c, d) => OutlineCurve::Cubic(fit(*a), fit(*b), fit(*c), fit(*d)),
        })
        .collect();
    let bounds = Rect { min: fit(outline.bounds.min), max: fit(outline.bounds.max) };
    Some(Outline { bounds, curves })
}

/// The hollow box that stands for a missing glyph, in pixels, y up.
fn missing_outline(size: f32) -> Option<Outline> {
    let (left, right) = (0.08 * size, (MISSING_EM - 0.08) * size);
    let top = (0.7 * size).round();
    let line = (size * 0.07).max(1.0);
    let mut curves = Vec::new();
    let mut ring = |corners: [Point; 4]| {
        for (i, from) in corners.iter().enumerate() {
            curves.push(OutlineCurve::Line(*from, corners[(i + 1) % 4]));
        }
    };
    ring([point(left, 0.0), point(right, 0.0), point(right, top), point(left, top)]);
    if right - left > 2.0 * line && top > 2.0 * line {
        // The other way round: a hole.
        let (x0, x1, y0, y1) = (left + line, right - line, line, top - line);
        ring([point(x0, y0), point(x0, y1), point(x1, y1), point(x1, y0)]);
    }
    // Text under a pixel in size has no box.
    (top > 0.0).then(|| Outline { bounds: Rect { min: point(left, top), max: point(right, 0.0) }, curves })
}

/// An outline as a path with y down.
fn outline_path(outline: &Outline, shift: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut last: Option<Point> = None;
    for curve in &outline.curves {
        let (first, end) = match curve {
            OutlineCurve::Line(a, b) | OutlineCurve::Quad(a, _, b) | OutlineCurve::Cubic(a, _, _, b) => {
                (*a, *b)
            }
        };
        if last != Some(first) {
            if last.is_some() {
                path.close();
            }
            path.move_to(first.x + shift, -first.y);
        }
        match curve {
            OutlineCurve::Line(_, p) => path.line_to(p.x + shift, -p.y),
            OutlineCurve::Quad(_, c, p) => path.quad_to(c.x + shift, -c.y, p.x + shift, -p.y),
            OutlineCurve::Cubic(_, c, d, p) => {
                path.cubic_to(c.x + shift, -c.y, d.x + shift, -d.y, p.x + shift, -p.y);
            }
        }
        last = Some(end);
    }
    path.close();
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Weight;

    #[test]
    fn glyphs_are_kept_until_they_are_many() {
        let mut cutter = Cutter::default();
        let mut write = |size: f32| {
            let text = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".to_owned();
            let (at, color) = (crate::geom::PixelPoint::new(0.0, 10.0), Color::hex(0));
            let label =
                Label { text, at, size, weight: Weight::Regular, color, align: Align::Left, halo: None };
            cutter.tidy();
            cutter.cut(&label, Window::new(0, 0, 1000, 20));
            cutter.kept.len()
        };
        let first = write(4.0);
        assert!(first >= 26 && write(4.0) == first, "the same glyphs");
        let most = (0..200).map(|step| write(4.0 + step as f32 / 64.0)).max().unwrap();
        assert!(most > MOST_KEPT / 2 && most <= MOST_KEPT + 26, "{most}");
    }
}
