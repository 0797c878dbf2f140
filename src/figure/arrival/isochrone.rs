//! Lines of equal arrival time with their seconds, and the line where two sides meet.

use super::surface::{NEVER_S, Surface};
use crate::figure::heatmap::loops;
use crate::geom::{PixelPoint, WorldPoint};
use crate::plane::MapFrame;
use crate::plane::field::Field;
use crate::scene::{Align, Item, Label, PixelRect, Polyline, Stroke, Vertex, Weight, text};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// The times that have a line, s.
const LEVELS_S: [u32; 12] = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300];
/// Lines are drawn over ground that is reached at least so much: across a street, not along its walls.
const REACHED: f32 = 0.72;
/// Ground that is reached at least so much has a time of its own.
const KNOWN: f32 = 0.3;
/// Shorter lines say nothing, design pixels; and from so much on they carry their seconds.
const SHORTEST_PX: f32 = 16.0;
const LABELLED_PX: f32 = 20.0;
/// Size of the seconds, design pixels.
const LABEL_PX: f32 = 16.0;
/// Widths of a line and of the one where the sides meet, design pixels.
const LINE_PX: f32 = 1.6;
const MEETING_PX: f32 = 4.5;

/// A place takes the earliest time of so many cells round it: whoever runs down a street passes its walls too, though none
/// walks along them.
const STREET_CELLS: usize = 2;
/// Softening of the front, cells.
const SIGMA_CELLS: f64 = 1.4;
/// Equal times this near to each other need no second label, design pixels.
const SAME_LABEL_PX: f32 = 130.0;

/// The lines' times up to the latest that has a colour.
pub(super) fn levels(latest_s: u32) -> Vec<u32> {
    LEVELS_S.into_iter().filter(|level| *level <= latest_s).collect()
}

/// A line for each time, with its seconds where there is room beside `taken`.
pub(super) fn lines(
    surface: &Surface,
    levels: &[u32],
    taken: &[Item],
    frame: &MapFrame,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    let (width, height) = (surface.seconds.width(), surface.seconds.height());
    let early = surface.front().into_iter().map(|seconds| NEVER_S - seconds).collect();
    let Some(early) = Field::new(width, height, early) else { return Vec::new() };
    let mut rooms: Vec<PixelRect> = taken.iter().filter_map(|item| room(item, scale)).collect();
    let (mut lines, mut labels) = (Vec::new(), Vec::new());
    for level in levels {
        let mut labelled: Vec<PixelPoint> = Vec::new();
        for run in runs(&early, NEVER_S - *level as f32, |at| surface.reached_at(at) >= REACHED) {
            let points: Vec<PixelPoint> = run.iter().map(|at| frame.project(surface.world(*at))).collect();
            let length: f32 = points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
            if length < SHORTEST_PX * scale {
                continue;
            }
            lines.push(line(&points, LINE_PX * scale, 0.85, theme));
            let words = level.to_string();
            let size = LABEL_PX * scale;
            let middle = points[points.len() / 2];
            let wide = text::width(&words, size, Weight::SemiBold) + 6.0 * scale;
            let area = PixelRect::new(middle.x - wide / 2.0, middle.y - size / 2.0, wide, size);
            let inside = frame.rect.contains(PixelPoint::new(area.x, area.y))
                && frame.rect.contains(PixelPoint::new(area.right(), area.bottom()));
            let is_said = labelled.iter().any(|at| at.distance(middle) < SAME_LABEL_PX * scale);
            let is_free = inside && rooms.iter().all(|room| !room.meets(&area));
            if length < LABELLED_PX * scale || is_said || !is_free {
                continue;
            }
            rooms.push(area);
            labelled.push(middle);
            labels.push(Item::Label(Label {
                text: words,
                at: PixelPoint::new(middle.x, middle.y + size * 0.35),
                size,
                weight: Weight::SemiBold,
                color: theme.text,
                align: Align::Center,
                halo: Some(Stroke {
                    width: halo_width(LABEL_PX + 10.0) * scale,
                    color: theme.ink.opacity(HALO_OPACITY),
                }),
            }));
        }
    }
    lines.into_iter().chain(labels).collect()
}

/// The line where both sides came at the same time.
pub(super) fn meeting(a: &Surface, b: &Surface, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let (width, height) = (a.seconds.width(), a.seconds.height());
    let ahead = a.front().into_iter().zip(b.front()).map(|(a, b)| NEVER_S + b - a).collect();
    let Some(ahead) = Field::new(width, height, ahead) else { return Vec::new() };
    runs(&ahead, NEVER_S, |at| a.reached_at(at).min(b.reached_at(at)) >= REACHED)
        .iter()
        .map(|run| run.iter().map(|at| frame.project(a.world(*at))).collect::<Vec<PixelPoint>>())
        .filter(|points| {
            points.windows(2).map(|pair| pair[0].distance(pair[1])).sum::<f32>() > SHORTEST_PX * scale
        })
        .map(|points| line(&points, MEETING_PX * scale, 1.0, theme))
        .collect()
}

/// The lines of a field's level as far as `keeps` wants their points, in cells.
fn runs(field: &Field, level: f32, keeps: impl Fn((f32, f32)) -> bool) -> Vec<Vec<(f32, f32)>> {
    let mut runs = Vec::new();
    for mut points in loops(field, level) {
        // Begin at a gap, so that no line is cut where its loop happens to begin.
        let gap = points.iter().position(|at| !keeps(*at)).unwrap_or_default();
        points.rotate_left(gap);
        runs.extend(points.split(|at| !keeps(*at)).filter(|run| run.len() > 1).map(<[_]>::to_vec));
    }
    runs
}

fn line(points: &[PixelPoint], width: f32, opacity: f32, theme: &Theme) -> Item {
    let vertices = points.iter().map(|at| Vertex { at: *at, color: theme.text, width }).collect();
    let casing = Some(Stroke { width: 0.9 * width, color: theme.ink.opacity(0.7) });
    Item::Polyline(Polyline { vertices, opacity, casing })
}

/// What a label covers.
fn room(item: &Item, scale: f32) -> Option<PixelRect> {
    let Item::Label(label) = item else { return None };
    let wide = text::width(&label.text, label.size, label.weight) + 8.0 * scale;
    Some(PixelRect::new(label.at.x - wide / 2.0, label.at.y - label.size, wide, 1.3 * label.size))
}

impl Surface {
    /// The time by which a side had come this far, s, in the order of the cells; [`NEVER_S`] beside the reached ground.
    fn front(&self) -> Vec<f32> {
        let (width, height) = (self.seconds.width(), self.seconds.height());
        let known = |cell: &usize| self.reached.values()[*cell] > KNOWN;
        let earliest = |cell: usize| {
            let (x, y) = (cell % width, cell / width);
            let rows = y.saturating_sub(STREET_CELLS)..(y + STREET_CELLS + 1).min(height);
            let columns = x.saturating_sub(STREET_CELLS)..(x + STREET_CELLS + 1).min(width);
            let near = rows.flat_map(|y| columns.clone().map(move |x| y * width + x));
            near.filter(known).map(|near| self.seconds.values()[near]).min_by(f32::total_cmp)
        };
        let times: Vec<Option<f32>> =
            (0..width * height).map(|cell| known(&cell).then(|| earliest(cell)).flatten()).collect();
        let smooth = |value: &dyn Fn(f32) -> f32| {
            let values = times.iter().map(|time| time.map_or(0.0, value)).collect();
            let field = Field::new(width, height, values).unwrap_or_else(|| Field::nothing(width, height));
            field.smoothed(SIGMA_CELLS, SIGMA_CELLS)
        };
        let (sums, counts) = (smooth(&|time| time), smooth(&|_| 1.0));
        let means = sums.values().iter().zip(counts.values());
        means.map(|(sum, count)| if *count > 1e-3 { sum / count } else { NEVER_S }).collect()
    }

    /// How much of the ground was reached at a place in cells.
    fn reached_at(&self, (x, y): (f32, f32)) -> f32 {
        let cell = |at: f32, cells: usize| (at.max(0.0) as usize).min(cells.saturating_sub(1));
        let row = cell(y, self.reached.height());
        self.reached.row(row).get(cell(x, self.reached.width())).copied().unwrap_or_default()
    }

    /// A place in cells on the map.
    fn world(&self, (x, y): (f32, f32)) -> WorldPoint {
        let share = |at: f32, cells: usize| f64::from(at) / cells as f64;
        let across = share(x, self.reached.width()) * self.extent.width();
        let down = share(y, self.reached.height()) * self.extent.height();
        WorldPoint::new((self.extent.min_x() + across) as f32, (self.extent.max_y() - down) as f32, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_no_ground_is_reached() {
        // A street of five cells that goes on to the right: reached at 0, 1, 2 … s.
        let rows: Vec<f32> = (0..7)
            .flat_map(|y| (0..8).map(move |x| if (1..6).contains(&y) { NEVER_S - x as f32 } else { 0.0 }))
            .collect();
        let field = Field::new(8, 7, rows).unwrap();
        let street = |(x, y): (f32, f32)| x > 1.0 && (2.0..5.0).contains(&y);
        let found = runs(&field, NEVER_S - 4.5, street);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].iter().all(|(x, _)| (*x - 5.0).abs() < 0.01), "{found:?}");
        assert_eq!(levels(30), [5, 10, 15, 20, 30]);
    }
}
