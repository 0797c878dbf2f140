//! A highlight as a small picture: the player's path on the part of the map where it happened.

use std::fmt::Write as _;

use crate::analysis::PlayerKey;
use crate::geom::{PixelPoint, WorldPoint};
use crate::report::model::{MapPart, SessionReport};
use crate::report::pictures::small;
use crate::report::players::highlights::Highlight;
use crate::scene::PixelRect;

/// Width and height of a card's picture.
const ASPECT: [f32; 2] = [24.0, 10.0];
/// A part of the map narrower than this shows no place, units.
const LEAST_UNITS: f32 = 1_800.0;
/// The path takes up at most this share of the part.
const MOST_SHARE: f32 = 0.8;
/// A path's corners lie at least so far apart, as a share of the part's width.
const STEP: f32 = 1.0 / 48.0;

/// A part of a map's small picture, and the path across it in the picture's pixels.
pub(crate) struct Shot {
    pub small: String,
    pub light: Option<String>,
    pub width: u32,
    pub height: u32,
    /// The part: left, top, width and height.
    pub view: String,
    /// The path, as an SVG path of lines.
    pub path: String,
    /// Where it ends, likewise.
    pub here: String,
}

/// A picture of a whole map, and where the world lies on it.
struct Ground<'a> {
    small: String,
    light: Option<String>,
    size: [u32; 2],
    units_per_px: f32,
    project: Box<dyn Fn(WorldPoint) -> PixelPoint + 'a>,
}

impl SessionReport<'_> {
    /// A highlight's picture; `None` where nothing of its path is known.
    pub(super) fn shot(&self, part: &MapPart, highlight: &Highlight) -> Option<Shot> {
        let ground = self.shot_ground(part)?;
        let mut lines = self.path_of(highlight, &ground);
        let last = *lines.iter().flatten().next_back()?;
        let view = view(lines.iter().flatten(), last, &ground);
        for line in &mut lines {
            thin(line, STEP * view.width);
        }
        let mut path = String::new();
        for line in &lines {
            for (nth, at) in line.iter().enumerate() {
                // Writing to a String cannot fail.
                let _ = write!(path, "{}{:.1} {:.1}", if nth == 0 { "M" } else { "L" }, at.x, at.y);
            }
        }
        Some(Shot {
            small: ground.small,
            light: ground.light,
            width: ground.size[0],
            height: ground.size[1],
            view: format!("{:.0} {:.0} {:.0} {:.0}", view.x, view.y, view.width, view.height),
            path,
            here: format!("M{:.1} {:.1}h0", last.x, last.y),
        })
    }

    /// The map's heat, which the page loads in any case; of a map with panels for its floors, the map alone.
    fn shot_ground(&self, part: &MapPart) -> Option<Ground<'_>> {
        let data = &self.map_data[part.map];
        let heat = part.pictures.first()?;
        if data.floors.as_ref().is_some_and(|floors| !floors.floors.is_empty()) {
            let size = self.ground_size(part);
            let extent = data.map.extent.rect;
            let scale = [extent.width() / f64::from(size[0]), extent.height() / f64::from(size[1])];
            let project = move |at: WorldPoint| {
                let [x, y] = [f64::from(at.x) - extent.min_x(), extent.max_y() - f64::from(at.y)];
                PixelPoint::new((x / scale[0]) as f32, (y / scale[1]) as f32)
            };
            let units_per_px = scale[0] as f32;
            return Some(Ground {
                small: part.ground.clone(),
                light: None,
                size,
                units_per_px,
                project: Box::new(project),
            });
        }
        let sheet = heat.request.layout.sheet().ok()?;
        let frame = data.canvas(sheet, &heat.request.filter, None).frame();
        let side = heat.request.layout.size_px;
        let size = small::size(heat, [side; 2]);
        let scale = size[0] as f32 / side as f32;
        Some(Ground {
            small: heat.small(),
            light: heat.light(),
            size,
            units_per_px: frame.units_per_px() as f32 / scale,
            project: Box::new(move |at| {
                let at = frame.project(at);
                PixelPoint::new(at.x * scale, at.y * scale)
            }),
        })
    }

    /// The player's path while the highlight lasts, in pixels: a line for each stretch without a gap.
    fn path_of(&self, highlight: &Highlight, ground: &Ground<'_>) -> Vec<Vec<PixelPoint>> {
        let lives = &self.cleaned[highlight.round];
        let [from, to] = highlight.path_ms;
        let key = &self.people[highlight.person].key;
        let is_own = |life: &&crate::analysis::Life<'_>| {
            let track = life.track();
            PlayerKey::of(life.round(), &track.guid, track.name.as_str()) == *key
        };
        let mut lines: Vec<Vec<PixelPoint>> = Vec::new();
        for life in lives.lives.iter().filter(is_own) {
            let mut before = None;
            for segment in life.segments() {
                let [begun, ended] =
                    [segment.from.time, segment.to.time].map(|time| lives.clock.since_live_ms(time));
                if ended < from || begun > to {
                    continue;
                }
                let [a, b] = [segment.from.at, segment.to.at].map(&ground.project);
                match lines.last_mut() {
                    Some(line) if before.is_some_and(|index| index + 1 == segment.index) => line.push(b),
                    _ => lines.push(vec![a, b]),
                }
                before = Some(segment.index);
            }
        }
        lines
    }
}

/// Leaves out corners that lie near the one before; the first and the last stay.
fn thin(line: &mut Vec<PixelPoint>, step_px: f32) {
    let is_near = |a: PixelPoint, b: PixelPoint| {
        let [x, y] = [a.x - b.x, a.y - b.y];
        x * x + y * y < step_px * step_px
    };
    let last = line.last().copied();
    line.dedup_by(|next, kept| is_near(*next, *kept));
    line.extend(last.filter(|last| line.last() != Some(last)));
}

/// The part of the map around a path that ends at `last`, in the proportions of a card.
fn view<'a>(path: impl Iterator<Item = &'a PixelPoint>, last: PixelPoint, ground: &Ground<'_>) -> PixelRect {
    let [left, top, right, bottom] = path
        .fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |[l, t, r, b], at| {
            [l.min(at.x), t.min(at.y), r.max(at.x), b.max(at.y)]
        });
    let aspect = ASPECT[0] / ASPECT[1];
    let sides = [(right - left) / MOST_SHARE, (bottom - top) / MOST_SHARE * aspect];
    let width = sides.into_iter().fold(LEAST_UNITS / ground.units_per_px, f32::max);
    // A long path may leave the part, but beside the map there is nothing to see.
    let width = width.min(ground.size[0] as f32).min(ground.size[1] as f32 * aspect);
    let height = width / aspect;
    // Around the middle of the path, but with its end in sight.
    let begin = |middle: f32, last: f32, part: f32, whole: u32| {
        let margin = part * (1.0 - MOST_SHARE) / 2.0;
        let begin = (middle - part / 2.0).clamp(last + margin - part, last - margin);
        begin.clamp(0.0, (whole as f32 - part).max(0.0))
    };
    PixelRect::new(
        begin(f32::midpoint(left, right), last.x, width, ground.size[0]),
        begin(f32::midpoint(top, bottom), last.y, height, ground.size[1]),
        width,
        height,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground() -> Ground<'static> {
        let project = Box::new(|at: WorldPoint| PixelPoint::new(at.x, at.y));
        Ground { small: String::new(), light: None, size: [540, 540], units_per_px: 10.0, project }
    }

    #[test]
    fn a_part_holds_the_path_and_stays_on_the_map() {
        for path in [
            [PixelPoint::new(0.0, 0.0), PixelPoint::new(8.0, 3.0)],
            [PixelPoint::new(500.0, 20.0), PixelPoint::new(539.0, 500.0)],
            [PixelPoint::new(30.0, 530.0), PixelPoint::new(400.0, 540.0)],
        ] {
            let part = view(path.iter(), path[1], &ground());
            assert!((part.width / part.height - 2.4).abs() < 1e-3 && part.width >= 180.0, "{part:?}");
            assert!(
                part.x >= 0.0 && part.right() <= 540.01 && part.y >= 0.0 && part.bottom() <= 540.01,
                "{part:?}"
            );
            let is_seen = |at: &PixelPoint| {
                at.x >= part.x && at.x <= part.right() && at.y >= part.y && at.y <= part.bottom()
            };
            assert!(is_seen(&path[1]) && (part.width >= 540.0 || path.iter().all(is_seen)), "{part:?}");
        }
    }

    #[test]
    fn a_path_keeps_its_ends() {
        let mut line: Vec<PixelPoint> = (0..100).map(|x| PixelPoint::new(x as f32, 0.0)).collect();
        thin(&mut line, 25.0);
        assert!(line.len() < 8, "{line:?}");
        assert_eq!((line[0].x, line[line.len() - 1].x), (0.0, 99.0));
    }
}
