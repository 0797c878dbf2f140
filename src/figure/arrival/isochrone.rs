//! Lines of equal arrival time with their seconds, and the line where two sides meet.

use super::surface::{EDGE, NEVER_S, Surface};
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
/// The same where sides meet: nearly where the colours end.
const MEETING_REACHED: f32 = 0.5;
/// Cells of a surface are cut into so many along each side where the line of its colours is looked for …
const FINE: usize = 4;
/// … as long as there are no more of them along a side.
const MOST_FINE: usize = 1024;
/// Sides that are farther apart meet nowhere near, s.
const FARTHEST_S: f32 = 500.0;
/// Ground that is reached at least so much has a time of its own.
const KNOWN: f32 = 0.3;
/// Where the time changes by more than this from one place to the next, s per unit, no player walked from the one to the other:
/// a wall or a drop lies between them, and all lines would run along it together. Players run 256 units a second.
const STEEPEST: f32 = 1.0 / 32.0;
/// Shorter lines say nothing, design pixels.
const SHORTEST_PX: f32 = 16.0;
/// How much of a line shows on each side of its seconds, design pixels; those of a shorter line stand at its end, so far away.
const SHOWN_PX: f32 = 7.0;
const BESIDE_PX: f32 = 4.0;
/// Lines keep so far from the names of places, design pixels.
const CLEAR_PX: f32 = 2.0;
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
/// Room round the seconds that no other words come into, design pixels.
const ROOM_PX: f32 = 12.0;
/// Where along a line its seconds may stand, the best place first, shares of its length.
const PLACES: [f32; 5] = [0.5, 0.35, 0.65, 0.2, 0.8];

/// The lines' times up to the latest that has a colour.
pub(super) fn levels(latest_s: u32) -> Vec<u32> {
    LEVELS_S.into_iter().filter(|level| *level <= latest_s).collect()
}

/// Of each side a line for each time, over the ground that shows its colour, with its seconds beside `taken`: the names of places,
/// and lines that its words keep away from. A line whose seconds have no room, and no equal ones near, is left out.
pub(super) fn lines(
    surfaces: &[Surface],
    levels: &[u32],
    taken: &[Item],
    frame: &MapFrame,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    let mut words = rooms(taken, 0.0);
    words.extend(line_areas(taken));
    let names = rooms(taken, CLEAR_PX * scale);
    let (mut lines, mut labels) = (Vec::new(), Vec::new());
    for (side, surface) in surfaces.iter().enumerate() {
        let (width, height) = (surface.seconds.width(), surface.seconds.height());
        let early = surface.front().into_iter().map(|seconds| NEVER_S - seconds).collect();
        let Some(early) = Field::new(width, height, early) else { continue };
        let place = |at: (f32, f32)| frame.project(surface.world(at));
        let is_shown = |at: (f32, f32)| {
            surface.reached_at(at) >= REACHED
                && surfaces
                    .iter()
                    .enumerate()
                    .all(|(other, its)| other == side || !its.is_before(surface, at))
                && surface.slope(&early, at) <= STEEPEST
                && !names.iter().any(|name| name.contains(place(at)))
        };
        for level in levels {
            let mut labelled: Vec<PixelPoint> = Vec::new();
            for run in runs(&early, NEVER_S - *level as f32, is_shown) {
                let points: Vec<PixelPoint> = run.iter().map(|at| place(*at)).collect();
                let length: f32 = points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
                if length < SHORTEST_PX * scale {
                    continue;
                }
                let near_said = |at: &PixelPoint| {
                    labelled.iter().any(|other| other.distance(*at) < SAME_LABEL_PX * scale)
                };
                let spot = label_places(&points, length, *level, scale).into_iter().find_map(|at| {
                    let label = seconds(*level, at, scale, theme);
                    let area = words_area(&label)?;
                    let room = area.grown(ROOM_PX * scale);
                    let is_free = frame.rect.holds(&area) && !words.iter().any(|other| other.meets(&room));
                    (is_free && !near_said(&at)).then_some((at, area, label))
                });
                if spot.is_some() || points.iter().any(near_said) {
                    lines.push(line(&points, LINE_PX * scale, 0.85, theme));
                }
                if let Some((at, area, label)) = spot {
                    words.push(area);
                    labelled.push(at);
                    labels.push(label);
                }
            }
        }
    }
    lines.into_iter().chain(labels).collect()
}

/// The line where both sides came at the same time, as far as it meets none of the words in `taken`.
pub(super) fn meeting(
    [a, b]: [&Surface; 2],
    taken: &[Item],
    frame: &MapFrame,
    scale: f32,
    theme: &Theme,
) -> Vec<Item> {
    let names = rooms(taken, CLEAR_PX * scale);
    // Where the one colour ends and the other begins: of the times that are coloured, not of those that lines are drawn of.
    let side = a.seconds.width().max(a.seconds.height());
    let [a, b] = [a, b].map(|surface| surface.enlarged((MOST_FINE / side).clamp(1, FINE)));
    let (width, height) = (a.seconds.width(), a.seconds.height());
    let times = a.seconds.values().iter().zip(b.seconds.values());
    let ahead = times.map(|(a, b)| FARTHEST_S + (b - a).clamp(-FARTHEST_S, FARTHEST_S)).collect();
    let Some(ahead) = Field::new(width, height, ahead) else { return Vec::new() };
    let is_shown = |at| {
        let place = frame.project(a.world(at));
        a.reached_at(at).min(b.reached_at(at)) >= MEETING_REACHED
            && !names.iter().any(|name| name.contains(place))
    };
    runs(&ahead, FARTHEST_S, is_shown)
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

/// Where a line's seconds may stand, the best place first: on it while enough of it shows beside them, else at its ends.
fn label_places(points: &[PixelPoint], length: f32, level: u32, scale: f32) -> Vec<PixelPoint> {
    let wide = text::width(&level.to_string(), LABEL_PX * scale, Weight::SemiBold);
    let last = points.len() - 1;
    if length >= wide + 2.0 * SHOWN_PX * scale {
        return PLACES.into_iter().map(|share| points[(share * last as f32 + 0.5) as usize]).collect();
    }
    let beyond = |end: PixelPoint, inner: PixelPoint| {
        let far = end.distance(inner).max(1e-3);
        let (x, y) = ((end.x - inner.x) / far, (end.y - inner.y) / far);
        // From the middle of the words to their edge in this direction, and a little more.
        let reach = (wide / 2.0 * x.abs()).max(LABEL_PX * scale / 2.0 * y.abs()) + BESIDE_PX * scale;
        PixelPoint::new(end.x + x * reach, end.y + y * reach)
    };
    let inner = last.min(2);
    vec![beyond(points[last], points[last - inner]), beyond(points[0], points[inner])]
}

/// The seconds of a line, written over this place of it.
fn seconds(level: u32, at: PixelPoint, scale: f32, theme: &Theme) -> Item {
    let size = LABEL_PX * scale;
    let halo = Stroke { width: halo_width(LABEL_PX + 10.0) * scale, color: theme.ink.opacity(HALO_OPACITY) };
    Item::Label(Label {
        text: level.to_string(),
        at: PixelPoint::new(at.x, at.y + size * 0.35),
        size,
        weight: Weight::SemiBold,
        color: theme.text,
        align: Align::Center,
        halo: Some(halo),
    })
}

/// What the labels among `items` cover with so much room round them.
fn rooms(items: &[Item], room: f32) -> Vec<PixelRect> {
    items.iter().filter_map(words_area).map(|area| area.grown(room)).collect()
}

/// What a label's letters cover.
fn words_area(item: &Item) -> Option<PixelRect> {
    let Item::Label(label) = item else { return None };
    Some(label.area())
}

/// What the lines among `items` cover, piece by piece.
fn line_areas(items: &[Item]) -> impl Iterator<Item = PixelRect> {
    let lines =
        items.iter().filter_map(|item| if let Item::Polyline(line) = item { Some(line) } else { None });
    lines.flat_map(|line| &line.vertices).map(|Vertex { at, width, .. }| {
        PixelRect::new(at.x - width / 2.0, at.y - width / 2.0, *width, *width)
    })
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
    fn reached_at(&self, at: (f32, f32)) -> f32 {
        value_at(&self.reached, at)
    }

    /// Whether a place in cells shows the colour of this side, not of the other.
    fn is_before(&self, other: &Self, at: (f32, f32)) -> bool {
        self.reached_at(at) > EDGE.0 && value_at(&self.seconds, at) < value_at(&other.seconds, at)
    }

    /// How much a field changes at a place in cells, per unit of the world.
    fn slope(&self, field: &Field, (x, y): (f32, f32)) -> f32 {
        let (width, height) = (field.width(), field.height());
        let cell = |at: f32, cells: usize| (at.max(0.0) as usize).min(cells.saturating_sub(1));
        let (x, y) = (cell(x, width), cell(y, height));
        let at = |x: usize, y: usize| field.row(y).get(x).copied().unwrap_or_default();
        let (left, right) = (x.saturating_sub(1), (x + 1).min(width.saturating_sub(1)));
        let (up, down) = (y.saturating_sub(1), (y + 1).min(height.saturating_sub(1)));
        let units = |cells: usize, extent: f64, all: usize| (cells as f64 * extent / all as f64) as f32;
        let across = units((right - left).max(1), self.extent.width(), width);
        let along = units((down - up).max(1), self.extent.height(), height);
        let (dx, dy) = ((at(right, y) - at(left, y)) / across, (at(x, down) - at(x, up)) / along);
        (dx * dx + dy * dy).sqrt()
    }

    /// A place in cells on the map.
    fn world(&self, (x, y): (f32, f32)) -> WorldPoint {
        let share = |at: f32, cells: usize| f64::from(at) / cells as f64;
        let across = share(x, self.reached.width()) * self.extent.width();
        let down = share(y, self.reached.height()) * self.extent.height();
        WorldPoint::new((self.extent.min_x() + across) as f32, (self.extent.max_y() - down) as f32, 0.0)
    }
}

fn value_at(field: &Field, (x, y): (f32, f32)) -> f32 {
    let cell = |at: f32, cells: usize| (at.max(0.0) as usize).min(cells.saturating_sub(1));
    field.row(cell(y, field.height())).get(cell(x, field.width())).copied().unwrap_or_default()
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

    #[test]
    fn sides_meet_where_their_colours_do() {
        // They come towards each other on one street, a cell a second: one from its left end, one from its right.
        let (width, height) = (40, 9);
        let surface = |seconds: &dyn Fn(usize) -> f32| {
            let cells = || (0..width * height).map(|cell| (cell % width, cell / width));
            let is_street =
                |(x, y): (usize, usize)| (1..width - 1).contains(&x) && (1..height - 1).contains(&y);
            let reached = cells().map(|cell| f32::from(u8::from(is_street(cell)))).collect();
            let field = |values| Field::new(width, height, values).unwrap();
            let extent = crate::geom::WorldRect::new(0.0, 0.0, 4_000.0, 900.0).unwrap();
            Surface {
                reached: field(reached),
                seconds: field(cells().map(|(x, _)| seconds(x)).collect()),
                extent,
            }
        };
        for late in [0.0, 7.0] {
            let (left, right) = (surface(&|x| x as f32), surface(&|x| late + (width - 1 - x) as f32));
            let frame = MapFrame::fit(PixelRect::new(0.0, 0.0, 4_000.0, 4_000.0), &left.extent);
            let found = meeting([&left, &right], &[], &frame, 1.0, &crate::theme::DARK);
            let place = frame.project(WorldPoint::new(100.0 * (width as f32 + late) / 2.0, 450.0, 0.0)).x;
            let lines: Vec<&Polyline> = found
                .iter()
                .filter_map(|item| if let Item::Polyline(line) = item { Some(line) } else { None })
                .collect();
            let xs: Vec<f32> = lines.iter().flat_map(|line| &line.vertices).map(|at| at.at.x).collect();
            assert!(!xs.is_empty() && xs.iter().all(|x| (x - place).abs() < 10.0), "{place}: {xs:?}");
        }
    }

    #[test]
    fn a_line_tells_the_time_of_the_side_whose_colour_it_crosses() {
        // One side comes from the left, a cell a second, the other stands at the right end of the same street.
        let (width, height) = (24, 9);
        let surface = |seconds: &dyn Fn(usize) -> f32, from: usize| {
            let field = |of: &dyn Fn(usize, bool) -> f32| {
                let is_there = |x: usize, y: usize| (from..23).contains(&x) && (1..8).contains(&y);
                let cells = (0..width * height).map(|cell| (cell % width, cell / width));
                Field::new(width, height, cells.map(|(x, y)| of(x, is_there(x, y))).collect()).unwrap()
            };
            Surface {
                reached: field(&|_, is_there| if is_there { 1.0 } else { 0.2 }),
                seconds: field(&|x, _| seconds(x)),
                extent: crate::geom::WorldRect::new(0.0, 0.0, 2_400.0, 900.0).unwrap(),
            }
        };
        let runner = surface(&|x| x as f32, 1);
        let guard = surface(&|_| 1.0, 17);
        assert!(guard.is_before(&runner, (20.0, 3.0)) && !guard.is_before(&runner, (12.0, 3.0)));
        assert!(!runner.is_before(&guard, (20.0, 3.0)));
        let frame = MapFrame::fit(PixelRect::new(0.0, 0.0, 2_400.0, 2_400.0), &runner.extent);
        let found = lines(&[runner, guard], &[5, 10, 20], &[], &frame, 1.0, &crate::theme::DARK);
        let told: Vec<(String, f32)> = found
            .iter()
            .filter_map(|item| match item {
                Item::Label(label) => Some((label.text.clone(), label.at.x)),
                _ => None,
            })
            .collect();
        assert_eq!(told.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["5", "10"], "{told:?}");
        assert!(told.is_sorted_by(|a, b| a.1 < b.1) && told.iter().all(|(_, x)| *x < 1_700.0), "{told:?}");
    }
}
