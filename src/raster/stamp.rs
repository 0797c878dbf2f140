//! Marks that move, cut once for each quarter of a pixel and laid where they go.
//!
//! A mark that moves smoothly stands at another fraction of a pixel in every picture, and scan conversion is most of what
//! drawing it costs. A quarter of a pixel cannot be seen in a mark that moves.

use std::collections::HashMap;
use std::f32::consts::TAU;
use std::sync::Arc;

use super::canvas::Window;
use super::coverage::Coverage;
use super::glyph::Cutter;
use super::path::{self, Brush};
use crate::geom::PixelPoint;
use crate::scene::text::width;
use crate::scene::{Align, Color, Label, Marker, Shape, Stroke, Weight};

/// Places within a pixel, along either axis, at which a mark may stand.
const PLACES: i32 = 4;

/// Headings that a mark may have, in a turn: at a radius of 10 pixels a quarter of a pixel apart.
const HEADINGS: f32 = 256.0;

/// Largest radius or em that is kept, pixels, and the longest text, bytes.
const MAX_SIZE: f32 = 64.0;
const MAX_TEXT: usize = 64;

/// Farthest from the picture's corner that a mark is laid, pixels.
const FAR: f32 = 65_536.0;

/// Most that is kept, bytes: beyond it all is forgotten, and cut again when needed.
const MAX_BYTES: usize = 16 << 20;

/// A coverage moved to a place, and its colour.
pub(super) struct Stamp {
    pub coverage: Arc<Coverage>,
    pub at: (i32, i32),
    pub color: Color,
}

/// What was cut so far.
#[derive(Default)]
pub(super) struct Stamps {
    pub cutter: Cutter,
    brush: Brush,
    markers: HashMap<MarkerKey, Arc<Coverage>>,
    labels: HashMap<LabelKey, HashMap<String, Kept>>,
    bytes: usize,
}

/// One layer of a marker, told from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct MarkerKey {
    shape: Form,
    place: (i32, i32),
    radius_bits: u32,
    /// `None`: its inside.
    line_bits: Option<u32>,
}

/// A [`Shape`] with one of the headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Circle,
    Square,
    Cross,
    Chevron(u32),
    Arc { start_bits: u32, sweep_bits: u32 },
    Triangle(u32),
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct LabelKey {
    size_bits: u32,
    is_bold: bool,
    halo_bits: Option<u32>,
}

/// A text: its length in pixels, and for each place its layers, without colours.
struct Kept {
    width: f32,
    places: [Option<Vec<Arc<Coverage>>>; PLACES as usize],
}

impl Stamps {
    /// The layers of a marker from the lowest, at the nearest place; `None` for one that is too large to be kept.
    pub fn marker(&mut self, marker: &Marker) -> Option<Vec<Stamp>> {
        let PixelPoint { x, y } = marker.at;
        // False for what is not a number.
        if !(marker.radius <= MAX_SIZE && x.abs() <= FAR && y.abs() <= FAR) {
            return None;
        }
        let is_wide = |line: Option<Stroke>| line.is_some_and(|line| line.width > MAX_SIZE);
        if is_wide(marker.casing) || is_wide(marker.stroke) {
            return None;
        }
        self.forget_too_much();
        let ((left, x), (top, y)) = (place(x), place(y));
        let at = PixelPoint::new(x as f32 / PLACES as f32, y as f32 / PLACES as f32);
        let (form, shape) = form(marker.shape);
        let marker = Marker { at, shape, ..*marker };
        let closed = matches!(shape, Shape::Circle | Shape::Square | Shape::Triangle { .. });
        let layers = [
            marker.casing.map(|line| (Some(line.width), line.color)),
            marker.fill.filter(|_| closed).map(|color| (None, color)),
            marker.stroke.map(|line| (Some(line.width), line.color)),
        ];
        let mut stamps = Vec::with_capacity(layers.len());
        for (line, color) in layers.into_iter().flatten().filter(|(_, color)| color.a > 0) {
            let key = MarkerKey {
                shape: form,
                place: (x, y),
                radius_bits: marker.radius.to_bits(),
                line_bits: line.map(f32::to_bits),
            };
            let coverage = if let Some(kept) = self.markers.get(&key) {
                Arc::clone(kept)
            } else {
                let cut = Arc::new(self.cut(&marker, line));
                self.bytes += cut.size();
                self.markers.insert(key, Arc::clone(&cut));
                cut
            };
            stamps.push(Stamp { coverage, at: (left, top), color });
        }
        Some(stamps)
    }

    /// The inside of a marker, or a line along its outline.
    fn cut(&mut self, marker: &Marker, line: Option<f32>) -> Coverage {
        let (cap, join) = path::ends(marker.shape);
        let path = path::marker(marker).and_then(|shape| match line {
            Some(width) => path::outline(&shape, width, cap, join),
            None => Some(shape),
        });
        let nothing = Window::new(0, 0, 0, 0);
        let (Some(path), window) = (&path, path.as_ref().map_or(nothing, path::window_of)) else {
            return Coverage::empty(nothing);
        };
        if window.is_empty() {
            return Coverage::empty(nothing);
        }
        Coverage::new(window, self.brush.rasterise(path, window).to_vec()).trimmed()
    }

    /// The layers of a label from the lowest, at the nearest place; `None` for one that is too large to be kept.
    pub fn label(&mut self, label: &Label) -> Option<Vec<Stamp>> {
        let PixelPoint { x, y } = label.at;
        if !(label.size > 0.0 && label.size <= MAX_SIZE && x.abs() <= FAR && y.abs() <= FAR)
            || label.text.len() > MAX_TEXT
        {
            return None;
        }
        self.forget_too_much();
        let key = LabelKey {
            size_bits: label.size.to_bits(),
            is_bold: label.weight == Weight::SemiBold,
            halo_bits: label.halo.map(|halo| halo.width.to_bits()),
        };
        let of_style = self.labels.entry(key).or_default();
        if !of_style.contains_key(&label.text) {
            let width = width(&label.text, label.size, label.weight);
            of_style.insert(label.text.clone(), Kept { width, places: [const { None }; PLACES as usize] });
        }
        let kept = of_style.get_mut(&label.text)?;
        let share = match label.align {
            Align::Left => 0.0,
            Align::Center => 0.5,
            Align::Right => 1.0,
        };
        let (left, x) = place(label.at.x - share * kept.width);
        let layers = kept.places.get_mut(x as usize)?;
        if layers.is_none() {
            // Opaque, so that no layer is left out whose colour is clear this time.
            let halo = label.halo.map(|halo| Stroke { color: Color::hex(0), ..halo });
            let at = PixelPoint::new(x as f32 / PLACES as f32, 0.0);
            let label = Label { at, align: Align::Left, halo, ..label.clone() };
            let reach = FAR as i32;
            let cut = self.cutter.cut(&label, Window::new(-reach, -reach, reach, reach));
            let cut: Vec<_> = cut.into_iter().map(|(coverage, _)| Arc::new(coverage.trimmed())).collect();
            self.bytes += cut.iter().map(|coverage| coverage.size()).sum::<usize>() + label.text.len();
            *layers = Some(cut);
        }
        let layers = layers.as_ref()?;
        let colors = [label.halo.map(|halo| halo.color), Some(label.color)].into_iter().flatten();
        // A halo that the cutter leaves out leaves the fill alone.
        let colors = colors.skip(usize::from(layers.len() < 2 && label.halo.is_some()));
        let at = (left, label.at.y.round() as i32);
        let stamp =
            |(coverage, color): (&Arc<Coverage>, Color)| Stamp { coverage: Arc::clone(coverage), at, color };
        Some(layers.iter().zip(colors).map(stamp).collect())
    }

    fn forget_too_much(&mut self) {
        if self.bytes > MAX_BYTES {
            self.markers.clear();
            self.labels.clear();
            self.bytes = 0;
        }
    }
}

/// The whole pixel and the place in it that are nearest to a coordinate.
fn place(at: f32) -> (i32, i32) {
    let steps = (at * PLACES as f32).round() as i32;
    (steps.div_euclid(PLACES), steps.rem_euclid(PLACES))
}

/// A shape with the nearest of the headings.
fn form(shape: Shape) -> (Form, Shape) {
    let step = |heading: f32| (heading.rem_euclid(TAU) * (HEADINGS / TAU)).round() as u32 % HEADINGS as u32;
    let turned = |step: u32| step as f32 * (TAU / HEADINGS);
    match shape {
        Shape::Circle => (Form::Circle, shape),
        Shape::Square => (Form::Square, shape),
        Shape::Cross => (Form::Cross, shape),
        // What is not a number stays so: it draws nothing.
        Shape::Chevron { heading } if heading.is_finite() => {
            let step = step(heading);
            (Form::Chevron(step), Shape::Chevron { heading: turned(step) })
        }
        Shape::Triangle { heading } if heading.is_finite() => {
            let step = step(heading);
            (Form::Triangle(step), Shape::Triangle { heading: turned(step) })
        }
        Shape::Chevron { .. } => (Form::Chevron(u32::MAX), shape),
        Shape::Triangle { .. } => (Form::Triangle(u32::MAX), shape),
        Shape::Arc { start, sweep } => {
            (Form::Arc { start_bits: start.to_bits(), sweep_bits: sweep.to_bits() }, shape)
        }
    }
}
