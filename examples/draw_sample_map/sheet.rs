//! The sheet to draw on: shapes in units become pixels.

use std::error::Error;

use proximity::sim::plan::Plan;
use proximity::sim::plan::Shape;
use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapMut, Stroke, StrokeDash, Transform,
};

/// A colour: `0xRRGGBB` and opacity.
pub type Ink = (u32, f32);

/// A picture with the world's scale.
pub struct Sheet {
    pixmap: Pixmap,
    west: f64,
    north: f64,
    /// Pixels per unit.
    scale: f64,
}

impl Sheet {
    /// An empty sheet of `side` pixels over the whole plan.
    pub fn new(plan: &Plan, side: u32) -> Result<Self, Box<dyn Error>> {
        let pixmap = Pixmap::new(side, side).ok_or("a picture needs at least one pixel")?;
        let scale = f64::from(side) / (plan.maxs[0] - plan.mins[0]);
        Ok(Self { pixmap, west: plan.mins[0], north: plan.mins[1], scale })
    }

    /// Side, pixels.
    pub fn side(&self) -> u32 {
        self.pixmap.width()
    }

    /// The pixels.
    pub fn pixmap(&self) -> &Pixmap {
        &self.pixmap
    }

    /// The pixels, to set one by one.
    pub fn pixels(&mut self) -> PixmapMut<'_> {
        self.pixmap.as_mut()
    }

    /// The place under the middle of a pixel.
    pub fn place(&self, column: u32, row: u32) -> [f64; 2] {
        let units = |pixels: u32| (f64::from(pixels) + 0.5) / self.scale;
        [self.west + units(column), self.north - units(row)]
    }

    fn x(&self, x: f64) -> f32 {
        ((x - self.west) * self.scale) as f32
    }

    fn y(&self, y: f64) -> f32 {
        ((self.north - y) * self.scale) as f32
    }

    /// A line through places.
    pub fn line(&self, points: &[[f64; 2]]) -> Option<Path> {
        let mut path = PathBuilder::new();
        for (index, [x, y]) in points.iter().enumerate() {
            if index == 0 {
                path.move_to(self.x(*x), self.y(*y));
            } else {
                path.line_to(self.x(*x), self.y(*y));
            }
        }
        path.finish()
    }

    /// A closed shape with these corners.
    pub fn ring(&self, corners: &[[f64; 2]]) -> Option<Path> {
        let mut path = PathBuilder::new();
        for (index, [x, y]) in corners.iter().enumerate() {
            if index == 0 {
                path.move_to(self.x(*x), self.y(*y));
            } else {
                path.line_to(self.x(*x), self.y(*y));
            }
        }
        path.close();
        path.finish()
    }

    /// A smooth line through places (Catmull–Rom, 1974).
    pub fn curve(&self, points: &[[f64; 2]]) -> Option<Path> {
        let mut path = PathBuilder::new();
        let at = |index: i32| points[index.clamp(0, points.len() as i32 - 1) as usize];
        path.move_to(self.x(at(0)[0]), self.y(at(0)[1]));
        for index in 0..points.len() as i32 - 1 {
            let [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
            let lead = |axis: usize| from[axis] + (to[axis] - before[axis]) / 6.0;
            let tail = |axis: usize| to[axis] - (after[axis] - from[axis]) / 6.0;
            path.cubic_to(
                self.x(lead(0)),
                self.y(lead(1)),
                self.x(tail(0)),
                self.y(tail(1)),
                self.x(to[0]),
                self.y(to[1]),
            );
        }
        path.finish()
    }

    /// Fills a path.
    pub fn fill(&mut self, path: Option<Path>, ink: Ink) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, &paint(ink), FillRule::Winding, Transform::identity(), None);
        }
    }

    /// Draws along a path; `width` in units.
    pub fn stroke(&mut self, path: Option<Path>, width: f64, ink: Ink) {
        self.draw_stroke(path, width, ink, LineCap::Butt, None);
    }

    /// Draws along a path with round ends; `width` in units.
    pub fn round_stroke(&mut self, path: Option<Path>, width: f64, ink: Ink) {
        self.draw_stroke(path, width, ink, LineCap::Round, None);
    }

    /// Draws dashes along a path; all lengths in units.
    pub fn dashes(&mut self, path: Option<Path>, width: f64, dash: [f64; 2], ink: Ink) {
        let dash = dash.map(|length| (length * self.scale) as f32);
        self.draw_stroke(path, width, ink, LineCap::Butt, StrokeDash::new(dash.to_vec(), 0.0));
    }

    fn draw_stroke(
        &mut self,
        path: Option<Path>,
        width: f64,
        ink: Ink,
        line_cap: LineCap,
        dash: Option<StrokeDash>,
    ) {
        let width = (width * self.scale) as f32;
        let stroke = Stroke { width, line_cap, line_join: LineJoin::Round, dash, ..Stroke::default() };
        if let Some(path) = path {
            self.pixmap.stroke_path(&path, &paint(ink), &stroke, Transform::identity(), None);
        }
    }

    /// Fills a shape of the plan, grown by `grow` units on every side.
    pub fn shape(&mut self, shape: &Shape, grow: f64, ink: Ink) {
        match shape {
            Shape::Path { line, width } => {
                let line: Vec<[f64; 2]> = line.iter().map(|p| [p[0], p[1]]).collect();
                self.stroke(self.line(&line), width + 2.0 * grow, ink);
            }
            Shape::Circle([x, y, radius]) => self.disc([*x, *y], radius + grow, ink),
            Shape::Rect(_) | Shape::Polygon(_) => {
                let ring = self.ring(&corners(shape));
                if grow > 0.0 {
                    self.stroke(ring.clone(), grow * 2.0, ink);
                }
                self.fill(ring, ink);
            }
        }
    }

    /// Fills a shape, with round ends if it is a path.
    pub fn rounded(&mut self, shape: &Shape, grow: f64, ink: Ink) {
        if let Shape::Path { width, .. } = shape {
            self.round_stroke(self.line(&corners(shape)), width + 2.0 * grow, ink);
        } else {
            self.shape(shape, grow, ink);
        }
    }

    /// Fills a circle.
    pub fn disc(&mut self, at: [f64; 2], radius: f64, ink: Ink) {
        let circle = PathBuilder::from_circle(self.x(at[0]), self.y(at[1]), (radius * self.scale) as f32);
        self.fill(circle, ink);
    }

    /// Draws round a circle.
    pub fn circle(&mut self, at: [f64; 2], radius: f64, width: f64, ink: Ink) {
        let circle = PathBuilder::from_circle(self.x(at[0]), self.y(at[1]), (radius * self.scale) as f32);
        self.stroke(circle, width, ink);
    }
}

/// Corners of a rectangle or polygon; the points of a path's line; the middle of a circle.
pub fn corners(shape: &Shape) -> Vec<[f64; 2]> {
    match shape {
        Shape::Rect([west, south, east, north]) => {
            vec![[*west, *north], [*east, *north], [*east, *south], [*west, *south]]
        }
        Shape::Polygon(corners) => corners.clone(),
        Shape::Path { line, .. } => line.iter().map(|p| [p[0], p[1]]).collect(),
        Shape::Circle([x, y, _]) => vec![[*x, *y]],
    }
}

fn paint((rgb, opacity): Ink) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8, (opacity * 255.0) as u8);
    paint
}
