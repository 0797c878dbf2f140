//! A path as a line: width and opacity by the number of lives, colour by what the picture is about.

use super::life_path::{LifePath, Next, PathPoint};
use crate::analysis::State;
use crate::geom::PixelPoint;
use crate::plane::MapFrame;
use crate::scene::{Color, Item, Polyline, Stroke, Vertex};
use crate::theme::{Theme, mix};

use super::PathColor;

/// Extra width of the casing, both sides together, design pixels.
const CASING_PX: f32 = 2.6;
/// Opacity of lives that are not the highlighted ones.
pub(super) const BACKGROUND_OPACITY: f32 = 0.14;
/// Speeds beyond this share the ramp's end, u/s.
pub(super) const TOP_SPEED_UPS: f32 = 400.0;
/// Times since spawn beyond this share the ramp's end, s.
pub(super) const LONG_LIFE_S: f32 = 60.0;

/// How all lives of one picture are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LineStyle {
    /// Width of the core, design pixels.
    pub width: f32,
    /// Opacity of the core.
    pub opacity: f32,
}

impl LineStyle {
    /// For `n` lives: many lives are thin and let the map through.
    pub(super) fn for_lives(n: usize) -> Self {
        let root = (n.max(1) as f32).sqrt();
        Self { width: (3.6 - 0.16 * root).clamp(2.0, 3.4), opacity: (6.0 / root).clamp(0.35, 0.92) }
    }

    /// The same line for a life that others are highlighted against.
    pub(super) fn background(self) -> Self {
        Self { opacity: BACKGROUND_OPACITY, ..self }
    }
}

/// What decides a segment's colour.
pub(super) struct Coloring<'a> {
    pub color: PathColor,
    pub theme: &'a Theme,
    /// The colour of the life's player, where players have colours.
    pub player: Color,
}

impl Coloring<'_> {
    fn of(&self, path: &LifePath, point: &PathPoint, state: State) -> Color {
        match self.color {
            PathColor::State => self.theme.state(state),
            PathColor::Team => self.theme.team(&path.team),
            PathColor::Player => self.player,
            PathColor::Time => time_color(self.theme, point.ms as f32 / 1000.0 / LONG_LIFE_S),
            PathColor::Speed => self.theme.ramp(point.speed_ups / TOP_SPEED_UPS),
            PathColor::Health => match point.health {
                Some(health) => self.theme.ramp(f32::from(health) / 100.0),
                None => self.theme.not_recorded,
            },
        }
    }
}

/// Time since spawn, 0 … 1: one hue from light to dark.
pub(super) fn time_color(theme: &Theme, t: f32) -> Color {
    let t = t.clamp(0.0, 1.0);
    let middle = theme.state(State::Upright);
    if t < 0.5 { mix(theme.text, middle, t * 2.0) } else { mix(middle, theme.prone, t * 2.0 - 1.0) }
}

/// A path's lines, one for each run that was walked.
pub(super) fn lines(
    path: &LifePath,
    frame: &MapFrame,
    scale: f32,
    style: LineStyle,
    coloring: &Coloring<'_>,
) -> Vec<Item> {
    let width = style.width * scale;
    let casing =
        Stroke { width: CASING_PX * scale, color: coloring.theme.ink.opacity(0.7 * style.opacity.sqrt()) };
    path.runs()
        .map(|run| {
            let mut vertices: Vec<Vertex> = Vec::with_capacity(run.len());
            for point in run {
                let state = match point.next {
                    Next::Walk(state) => state,
                    Next::Hidden | Next::Break(_) => State::Unknown,
                };
                let (at, color) = (frame.project(point.at), coloring.of(path, point, state));
                // A player who stands still adds no segments: only a change of colour or place is worth a vertex.
                match vertices.last_mut() {
                    Some(last) if last.at.distance(at) < 0.25 && vertices_may_merge(last.color, color) => {}
                    _ => vertices.push(Vertex { at, color, width }),
                }
            }
            if let [only] = vertices[..] {
                vertices.push(only);
            }
            Item::Polyline(Polyline { vertices, opacity: style.opacity, casing: Some(casing) })
        })
        .collect()
}

fn vertices_may_merge(before: Color, now: Color) -> bool {
    before == now
}

/// The projected points of a run.
pub(super) fn projected(run: &[PathPoint], frame: &MapFrame) -> Vec<PixelPoint> {
    run.iter().map(|point| frame.project(point.at)).collect()
}
