//! A proof of a calibration: what was matched, how far off each point is, and whether the game's own places and the
//! tracks fall where they should.

use serde::Serialize;

use super::canvas::Canvas;
use super::layout::game_grid;
use super::layout::legend::{Mark, Row, Section};
use super::paths::life_path::LifePath;
use super::paths::{PathsAccumulator, marks};
use super::request::recipe::{Drawing, Recipe};
use super::words::number;
use crate::geom::{PixelPoint, WorldPoint};
use crate::map::Side;
use crate::map::calibrate::{Calibration, MatchedPoint};
use crate::model::Team;
use crate::plane::MapFrame;
use crate::scene::{Align, Item, Label, Marker, Polyline, Shape, Stroke, Vertex, Weight};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// Arrows of fewer design pixels would be dots, so they are left to the table.
const SHORTEST_ARROW_PX: f32 = 5.0;
/// Points with more than this many times the root mean square are worth a second look.
const SUSPICIOUS: f64 = 1.6;

/// A calibration to be judged by eye.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// What was found.
    pub calibration: &'a Calibration,
    /// What it was found from.
    pub points: &'a [MatchedPoint],
    /// The size of the picture that the points were picked on, before it was turned, pixels.
    pub picture_px: (u32, u32),
}

/// What the recipe keeps.
#[derive(Debug, Serialize)]
struct ProofOptions {
    points: usize,
    rms_units: f64,
}

impl Proof<'_> {
    /// The sheet. `context` must show the turned picture over the found extent; `tracks` may be empty.
    pub fn figure(&self, tracks: &PathsAccumulator, context: &Canvas<'_>) -> Drawing {
        let (theme, sheet, frame) = (context.theme(), context.sheet, context.frame());
        let scale = sheet.scale();
        let base = context.base_map(&frame);
        let mut items: Vec<Item> = base.item(&frame.rect).into_iter().collect();
        items.extend(game_grid::items(&context.map.extent.rect, &frame, scale, theme));
        for path in tracks.paths() {
            items.extend(thin(path, &frame, scale, theme));
        }
        for spot in &context.map.spawns {
            items.push(spawn(frame.project(spot.at), spot.side, scale, theme));
        }
        for (nth, point) in self.points.iter().enumerate() {
            items.extend(self.point(nth, point, &frame, scale, theme));
        }
        let options = ProofOptions { points: self.points.len(), rms_units: self.calibration.rms_units };
        let mut legend = context
            .legend(context.title())
            .subtitle("Proof of a calibration")
            .subtitle(format!("{} matched points", self.points.len()))
            .section(self.table(theme))
            .section(Self::legend(context, tracks.paths(), theme))
            .section(super::layout::scale_bar::section(&sheet, &frame))
            .caption(context.map.extent.sentence());
        if !self.calibration.orientation.is_upright() {
            legend = legend.caption("the picture was turned to be north up");
        }
        if !tracks.paths().is_empty() {
            legend = legend.caption(tracks.data_summary().used_line());
        }
        Drawing::new(
            sheet.compose(theme, context.background(), items, &legend),
            Recipe::new("proof", &options, context, tracks.data_summary()),
        )
    }

    /// One matched point: a cross where its place lies by the calibration, a ring where it was picked, and an arrow
    /// from where it was picked to where it should be.
    fn point(
        &self,
        nth: usize,
        point: &MatchedPoint,
        frame: &MapFrame,
        scale: f32,
        theme: &Theme,
    ) -> Vec<Item> {
        let world = |(x, y): (f64, f64)| frame.project(WorldPoint::new(x as f32, y as f32, 0.0));
        let meant = world(point.world);
        let picked = world(self.calibration.shown_at(point.pixel, self.picture_px));
        let mut items = vec![marks::mark(picked, Shape::Circle, 10.0, scale, theme)];
        if picked.distance(meant) >= SHORTEST_ARROW_PX * scale {
            let vertex = |at| Vertex { at, color: theme.crouch, width: 2.6 * scale };
            let casing = Some(Stroke { width: 2.6 * scale, color: theme.ink });
            let vertices = vec![vertex(picked), vertex(meant)];
            items.push(Item::Polyline(Polyline { vertices, opacity: 1.0, casing }));
            items.push(Item::Marker(Marker {
                at: meant,
                shape: Shape::Chevron { heading: libm::atan2f(meant.y - picked.y, meant.x - picked.x) },
                radius: 9.0 * scale,
                fill: None,
                stroke: Some(Stroke { width: 2.6 * scale, color: theme.crouch }),
                casing: Some(Stroke { width: 2.6 * scale, color: theme.ink }),
            }));
        } else {
            items.push(marks::mark(meant, Shape::Cross, 5.0, scale, theme));
        }
        let size = 20.0;
        // Beside the mark, on the side where the sheet has room.
        let (dx, align) = if picked.x + 40.0 * scale < frame.rect.right() {
            (16.0, Align::Left)
        } else {
            (-16.0, Align::Right)
        };
        // A point on the very edge still shows its letter whole.
        let baseline = (picked.y + 7.0 * scale).min(frame.rect.bottom() - 6.0 * scale);
        items.push(Item::Label(Label {
            text: letter(nth).to_string(),
            at: PixelPoint::new(picked.x + dx * scale, baseline.max(frame.rect.y + 20.0 * scale)),
            size: size * scale,
            weight: Weight::SemiBold,
            color: theme.text,
            align,
            halo: Some(Stroke { width: halo_width(size) * scale, color: theme.ink.opacity(HALO_OPACITY) }),
        }));
        items
    }

    fn table(&self, theme: &Theme) -> Section {
        let rms = self.calibration.rms_units;
        let mut section = Section::table("Residuals").aside("u");
        let far = |residual: f64| self.points.len() > 2 && residual > SUSPICIOUS * rms && residual > 1.0;
        for (nth, (point, residual)) in self.points.iter().zip(&self.calibration.residuals_units).enumerate()
        {
            let color = if far(*residual) { theme.crouch } else { theme.text };
            let label = format!("{}, {}", tenth(point.world.0), tenth(point.world.1));
            section = section.row(Row::entry(Mark::Letter(letter(nth), color), label, tenth(*residual)));
        }
        section = section.row(Row::total("root mean square", tenth(rms)));
        let note = if self.points.len() == 2 {
            "two points always fit: a third one shows how well"
        } else {
            "how far each point lies from where the calibration puts it"
        };
        section.row(Row::Note(note.to_owned()))
    }

    fn legend(context: &Canvas<'_>, paths: &[LifePath], theme: &Theme) -> Section {
        let shape = |shape, radius, fill| Mark::Shape { shape, radius, fill };
        let mut section = Section::legend("Marks").row(Row::Pair([
            (shape(Shape::Circle, 8.0, None), "as picked".to_owned()),
            (shape(Shape::Cross, 6.0, None), "as calibrated".to_owned()),
        ]));
        if !context.map.spawns.is_empty() {
            section = section.row(Row::Pair([
                (shape(Shape::Circle, 5.0, Some(theme.allies)), "Allied spawn".to_owned()),
                (shape(Shape::Square, 4.5, Some(theme.axis)), "Axis spawn".to_owned()),
            ]));
        }
        if !paths.is_empty() {
            let lives = number::counted(paths.len() as u64, "life", "lives");
            section = section.row(Row::entry(Mark::Line(theme.muted), "tracks", lives));
        }
        section.row(Row::Note("grid as on the game's command map".to_owned()))
    }
}

/// A number to a tenth, as people write coordinates.
fn tenth(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// A, B, … Z, then A again.
fn letter(nth: usize) -> char {
    char::from(b'A' + (nth % 26) as u8)
}

fn thin(path: &LifePath, frame: &MapFrame, scale: f32, theme: &Theme) -> impl Iterator<Item = Item> {
    path.runs().map(move |run| {
        let vertex = |point: &super::paths::life_path::PathPoint| Vertex {
            at: frame.project(point.at),
            color: theme.team(&path.team),
            width: 1.6 * scale,
        };
        let vertices = run.iter().map(vertex).collect();
        Item::Polyline(Polyline { vertices, opacity: 0.45, casing: None })
    })
}

/// A spawn spot: the side by shape and colour.
fn spawn(at: PixelPoint, side: Side, scale: f32, theme: &Theme) -> Item {
    let (team, shape, radius) = match side {
        Side::Allies => (Team::Allies, Shape::Circle, 5.0),
        Side::Axis => (Team::Axis, Shape::Square, 4.5),
    };
    Item::Marker(Marker {
        at,
        shape,
        radius: radius * scale,
        fill: Some(theme.team(&team)),
        stroke: None,
        casing: Some(Stroke { width: 3.0 * scale, color: theme.ink.opacity(0.8) }),
    })
}
