//! The lanes of one spawn area as a flow map (Phan et al. 2005): lanes that run along each other share one trunk as wide as
//! all of them, and part where they part.
//!
//! All lanes have one colour, and a picture draws the outlines of all of them before the fills of all: where lanes cross
//! or meet, none hides another.

use crate::figure::paths::chevron::Arc;
use crate::geom::PixelPoint;
use crate::scene::{Color, Item, Polygon, Polyline, Stroke, Vertex};
use crate::theme::Theme;

/// Distance of a lane's points, and the reach of the smoothing that takes its corners off, design pixels.
const STEP: f32 = 4.0;
const SMOOTH: f32 = 12.0;
/// Over this length, widths and places go from one lane to the trunk and back, design pixels.
const TRANSITION: f32 = 16.0;
/// Lanes whose headings differ more than this (its cosine) cross each other and share nothing.
const ALONG: f32 = 0.4;
/// A lane that comes back stays on the trunk unless it goes this many times as far from it as lanes join.
const LEAVES: f32 = 2.5;
/// A lane comes into its head straight from the ring's middle over this length, design pixels.
const RUN_UP: f32 = 34.0;
/// Share of the chord to the next head that half of a head may take.
const HEAD_ROOM: f32 = 0.42;
/// Width of the outline, design pixels; half of it shows.
const OUTLINE: f32 = 4.5;

/// A lane before it is laid out.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// A real path, from the spawn to the ring, pixels.
    pub path: Vec<PixelPoint>,
    /// Share of the area's exits, 0 … 1.
    pub share: f32,
    /// Which gate it leads to.
    pub gate: usize,
}

/// The ring that all lanes begin in the middle of, pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    pub middle: PixelPoint,
    pub radius: f32,
    /// Pixels per design pixel of lanes and heads.
    pub scale: f32,
    /// Lanes no farther apart than this share a trunk, pixels.
    pub joins: f32,
}

/// A lane as it is drawn: from the middle to its gate's head.
#[derive(Debug, Clone)]
pub(super) struct Shaft {
    /// Its points, and the width there.
    pub points: Vec<(PixelPoint, f32)>,
}

/// A gate's head: it stands on the ring and points outwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// The middle of its base, on the ring.
    pub base: PixelPoint,
    pub tip: PixelPoint,
    pub corners: [PixelPoint; 2],
}

/// Width of a trunk that so large a share of the exits runs through, design pixels.
fn width(share: f32) -> f32 {
    5.0 + 30.0 * libm::powf(share.clamp(0.0, 1.0), 0.75)
}

/// The heads of gates on these places of the ring with these shares.
pub(super) fn heads(gates: &[(PixelPoint, f32)], ring: &Ring) -> Vec<Head> {
    let bases: Vec<PixelPoint> = gates.iter().map(|(at, _)| ring.project(*at)).collect();
    let head = |(i, (_, share)): (usize, &(PixelPoint, f32))| {
        let base = bases[i];
        let (dx, dy) = direction(ring.middle, base);
        let others = bases.iter().enumerate().filter(|(j, _)| *j != i);
        let room = others.map(|(_, other)| other.distance(base)).fold(f32::INFINITY, f32::min) * HEAD_ROOM;
        let wide = width(*share) * ring.scale;
        let half = (0.95 * wide).max(10.0 * ring.scale).min(room);
        let length = (1.25 * wide).max(16.0 * ring.scale).min(2.2 * half);
        Head {
            base,
            tip: PixelPoint::new(base.x + dx * length, base.y + dy * length),
            corners: [
                PixelPoint::new(base.x - dy * half, base.y + dx * half),
                PixelPoint::new(base.x + dy * half, base.y - dx * half),
            ],
        }
    };
    gates.iter().enumerate().map(head).collect()
}

/// The lanes to `heads`, laid over each other where they run along each other. Lanes come largest first.
pub(super) fn shafts(ways: &[Way], heads: &[Head], ring: &Ring) -> Vec<Shaft> {
    let lines: Vec<Vec<PixelPoint>> = ways
        .iter()
        .map(|way| into_head(&smooth(&from_middle(&way.path, ring), ring), &heads[way.gate], ring))
        .collect();
    let mut network = Network::default();
    for (line, way) in lines.iter().zip(ways) {
        let met = network.met(line, ring);
        network.add(laid_over(line, &met, &network), met, way.share);
    }
    let widths = |lane: usize| -> Vec<f32> {
        let flow = (0..network.lines[lane].len()).map(|i| {
            let (line, at) = network.met[lane][i].unwrap_or((lane, i));
            width(network.flow[line][at]) * ring.scale
        });
        flow.collect()
    };
    let reach = TRANSITION / STEP;
    (0..ways.len())
        .map(|lane| {
            let widths = blurred(&widths(lane), reach);
            Shaft { points: network.lines[lane].iter().copied().zip(widths).collect() }
        })
        .collect()
}

/// The lanes that were laid already.
#[derive(Default)]
struct Network {
    lines: Vec<Vec<PixelPoint>>,
    /// The share of the exits that runs through each point.
    flow: Vec<Vec<f32>>,
    /// For each point that lies on an earlier lane, which of that lane's own points it is.
    met: Vec<Vec<Option<(usize, usize)>>>,
}

impl Network {
    /// For each point of `line` the point of the network that it runs along.
    fn met(&self, line: &[PixelPoint], ring: &Ring) -> Vec<Option<(usize, usize)>> {
        let near: Vec<Option<(f32, (usize, usize))>> =
            (0..line.len()).map(|i| self.nearest(line, i, LEAVES * ring.joins)).collect();
        let mut along: Vec<bool> =
            near.iter().map(|near| near.is_some_and(|(distance, _)| distance <= ring.joins)).collect();
        // A lane leaves the trunk only if it goes far from it: small loops beside a trunk tell nothing.
        for (from, to) in runs(&along).into_iter().filter(|(from, _)| !along[*from]).collect::<Vec<_>>() {
            if near[from..to].iter().all(Option::is_some) {
                along[from..to].fill(true);
            }
        }
        // Lanes that only touch share nothing.
        let short = (1.5 * ring.joins / (STEP * ring.scale)) as usize;
        for (from, to) in runs(&along).into_iter().filter(|(from, _)| along[*from]).collect::<Vec<_>>() {
            if from > 0 && to < line.len() && to - from < short {
                along[from..to].fill(false);
            }
        }
        let met = near.into_iter().zip(along).map(|(near, along)| near.filter(|_| along));
        met.map(|near| near.map(|(_, at)| at)).collect()
    }

    /// The point of the network that is nearest to a point of `line` and leads the same way, if one is near enough.
    fn nearest(&self, line: &[PixelPoint], i: usize, reach: f32) -> Option<(f32, (usize, usize))> {
        let heading = heading(line, i);
        let mut best: Option<(f32, (usize, usize))> = None;
        for (l, other) in self.lines.iter().enumerate() {
            for (j, at) in other.iter().enumerate() {
                let distance = at.distance(line[i]);
                if self.met[l][j].is_some() || distance > best.map_or(reach, |(least, _)| least) {
                    continue;
                }
                let towards = self::heading(other, j);
                if i < 3 || heading.0 * towards.0 + heading.1 * towards.1 > ALONG {
                    best = Some((distance, (l, j)));
                }
            }
        }
        best
    }

    fn add(&mut self, line: Vec<PixelPoint>, met: Vec<Option<(usize, usize)>>, share: f32) {
        let mut from = 0;
        while from < met.len() {
            let Some((trunk, _)) = met[from] else {
                from += 1;
                continue;
            };
            let same = |i: &usize| met[*i].is_some_and(|(line, _)| line == trunk);
            let to = (from..met.len()).find(|i| !same(i)).unwrap_or(met.len());
            let places = || met[from..to].iter().flatten().map(|(_, at)| *at);
            let (first, last) = (places().min().unwrap_or(0), places().max().unwrap_or(0));
            for flow in &mut self.flow[trunk][first..=last] {
                *flow += share;
            }
            from = to;
        }
        self.flow.push(vec![share; line.len()]);
        self.lines.push(line);
        self.met.push(met);
    }
}

/// The runs of equal values, from and to.
fn runs(values: &[bool]) -> Vec<(usize, usize)> {
    let mut from = 0;
    let run = |run: &[bool]| {
        from += run.len();
        (from - run.len(), from)
    };
    values.chunk_by(|a, b| a == b).map(run).collect()
}

/// `line` moved onto the network where it runs along it; it leaves it and comes to it gently.
fn laid_over(line: &[PixelPoint], met: &[Option<(usize, usize)>], network: &Network) -> Vec<PixelPoint> {
    let aside: Vec<PixelPoint> = line
        .iter()
        .zip(met)
        .map(|(at, met)| match met {
            Some((l, j)) => {
                let on = network.lines[*l][*j];
                PixelPoint::new(on.x - at.x, on.y - at.y)
            }
            None => PixelPoint::new(0.0, 0.0),
        })
        .collect();
    let part = |pick: fn(&PixelPoint) -> f32| {
        let values: Vec<f32> = aside.iter().map(pick).collect();
        blurred(&values, TRANSITION / STEP)
    };
    let (xs, ys) = (part(|p| p.x), part(|p| p.y));
    let mut moved: Vec<PixelPoint> =
        line.iter().zip(xs.iter().zip(&ys)).map(|(at, (x, y))| PixelPoint::new(at.x + x, at.y + y)).collect();
    // Its ends stay: the middle, and its own head.
    if let (Some(first), Some(last)) = (moved.first_mut(), line.first()) {
        *first = *last;
    }
    let n = moved.len();
    let run_up = ((RUN_UP / STEP) as usize).min(n);
    for i in n - run_up..n {
        let share = (n - 1 - i) as f32 / run_up as f32;
        moved[i] = between(line[i], moved[i], share);
    }
    moved
}

/// A path that begins in the ring's middle: where it comes nearest to it, what came before is left out.
fn from_middle(path: &[PixelPoint], ring: &Ring) -> Vec<PixelPoint> {
    let nearest = (0..path.len())
        .min_by(|&a, &b| {
            path[a].distance(ring.middle).total_cmp(&path[b].distance(ring.middle)).then(b.cmp(&a))
        })
        .unwrap_or(0);
    std::iter::once(ring.middle).chain(path.iter().skip(nearest).copied()).collect()
}

/// The path at even distances, its corners off; its ends stay.
fn smooth(path: &[PixelPoint], ring: &Ring) -> Vec<PixelPoint> {
    let arc = Arc::of(path);
    let n = ((arc.length() / (STEP * ring.scale)) as usize).clamp(8, 4_000);
    let even: Vec<PixelPoint> = (0..=n).map(|i| arc.point(arc.length() * i as f32 / n as f32)).collect();
    let values = |pick: fn(&PixelPoint) -> f32| -> Vec<f32> { even.iter().map(pick).collect() };
    let (xs, ys) = (blurred(&values(|p| p.x), SMOOTH / STEP), blurred(&values(|p| p.y), SMOOTH / STEP));
    xs.into_iter().zip(ys).map(|(x, y)| PixelPoint::new(x, y)).collect()
}

/// The line led to the base of its head, into which it comes straight from the middle.
fn into_head(line: &[PixelPoint], head: &Head, ring: &Ring) -> Vec<PixelPoint> {
    let (dx, dy) = direction(ring.middle, head.base);
    let last = line.len() - 1;
    let end = line[last];
    // A way that ends beside the head is drawn aside, the more the nearer it is to its end.
    let reach = (end.distance(head.base) * 2.0).max(RUN_UP * ring.scale).min(0.8 * ring.radius);
    let arc = Arc::of(line);
    let step = arc.length() / last.max(1) as f32;
    line.iter()
        .enumerate()
        .map(|(i, at)| {
            let left = (last - i) as f32 * step;
            let aside = smoothstep(1.0 - left / reach);
            let led =
                PixelPoint::new(at.x + (head.base.x - end.x) * aside, at.y + (head.base.y - end.y) * aside);
            let straight = PixelPoint::new(head.base.x - dx * left, head.base.y - dy * left);
            ring.inside(between(led, straight, smoothstep(1.0 - left / (RUN_UP * ring.scale))))
        })
        .collect()
}

impl Ring {
    /// The place of the ring in the direction of a point.
    fn project(&self, at: PixelPoint) -> PixelPoint {
        let (dx, dy) = direction(self.middle, at);
        PixelPoint::new(self.middle.x + dx * self.radius, self.middle.y + dy * self.radius)
    }

    /// The point, or the place on the ring below it.
    fn inside(&self, at: PixelPoint) -> PixelPoint {
        if at.distance(self.middle) > self.radius { self.project(at) } else { at }
    }
}

fn smoothstep(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn between(a: PixelPoint, b: PixelPoint, share: f32) -> PixelPoint {
    PixelPoint::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
}

/// The unit vector from one point to another; upwards if they are the same.
pub(super) fn direction(from: PixelPoint, to: PixelPoint) -> (f32, f32) {
    let length = from.distance(to);
    if length > 1e-6 { ((to.x - from.x) / length, (to.y - from.y) / length) } else { (0.0, -1.0) }
}

fn heading(line: &[PixelPoint], i: usize) -> (f32, f32) {
    direction(line[i.saturating_sub(3)], line[(i + 3).min(line.len() - 1)])
}

/// Gaussian means over neighbours; the first and the last value stay, and the reach shrinks towards them.
fn blurred(values: &[f32], sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma) as usize;
    let weights: Vec<f32> =
        (0..=reach).map(|d| libm::expf(-(d as f32 * d as f32) / (2.0 * sigma * sigma))).collect();
    let last = values.len().saturating_sub(1);
    (0..values.len())
        .map(|i| {
            let reach = reach.min(i).min(last - i);
            let (mut sum, mut weight) = (0.0, 0.0);
            for j in i - reach..=i + reach {
                let w = weights[i.abs_diff(j)];
                sum += values[j] * w;
                weight += w;
            }
            sum / weight
        })
        .collect()
}

/// The lanes and heads: all outlines, then all fills.
pub(super) fn items(shafts: &[Shaft], heads: &[Head], ring: &Ring, color: Color, theme: &Theme) -> Vec<Item> {
    let outline = Stroke { width: OUTLINE * ring.scale, color: theme.ink };
    let line = |shaft: &Shaft, color: Color, wider: f32| {
        let vertices =
            shaft.points.iter().map(|(at, width)| Vertex { at: *at, color, width: width + wider }).collect();
        Item::Polyline(Polyline { vertices, opacity: 1.0, casing: None })
    };
    let head = |head: &Head, fill: Option<Color>, outline: Option<Stroke>| {
        let points = vec![head.corners[0], head.tip, head.corners[1]];
        Item::Polygon(Polygon { points, fill, outline })
    };
    let mut items: Vec<Item> = shafts.iter().map(|shaft| line(shaft, outline.color, outline.width)).collect();
    items.extend(heads.iter().map(|at| head(at, Some(outline.color), Some(outline))));
    items.extend(shafts.iter().map(|shaft| line(shaft, color, 0.0)));
    items.extend(heads.iter().map(|at| head(at, Some(color), None)));
    items
}
