//! What the panels of random sets of ways hide: nothing.

use super::exit_area::ExitArea;
use super::panel::Panel;
use super::trails::Trails;
use crate::analysis::exits::gate::gates;
use crate::analysis::{ExitOptions, ExitPath, SpawnArea};
use crate::geom::{PixelPoint, WorldPoint, WorldRect};
use crate::map::WorldMap;
use crate::model::Team;
use crate::scene::PixelRect;

const RING: f64 = 1_300.0;
/// Side of a panel, pixels.
const SIDE: usize = 400;

/// SplitMix64 (Steele, Lea & Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.next()
    }
}

/// Ways that bend, out of a spawn through one to nine places of a ring, some of them by several corridors.
fn ways(dice: &mut Dice) -> Vec<ExitPath> {
    let gates: Vec<f64> =
        (0..=(dice.next() * 9.0) as usize).map(|_| dice.between(0.0, std::f64::consts::TAU)).collect();
    let bends: Vec<f64> = (0..2 * gates.len()).map(|_| dice.between(-900.0, 900.0)).collect();
    (0..20 + (dice.next() * 120.0) as usize)
        .map(|life| {
            let gate = (dice.next() * dice.next() * gates.len() as f64) as usize;
            let stray = dice.next() < 0.1;
            let angle = if stray {
                dice.between(0.0, std::f64::consts::TAU)
            } else {
                gates[gate] + dice.between(-0.08, 0.08)
            };
            let bend = bends[2 * gate + usize::from(dice.next() < 0.3)] + dice.between(-60.0, 60.0);
            let (sin, cos) = libm::sincos(angle);
            let from = (dice.between(-150.0, 150.0), dice.between(-150.0, 150.0));
            let point = |t: f64| {
                // Straight from the spawn to the gate, bent aside by a parabola.
                let (along, aside) = (RING * t, bend * 4.0 * t * (1.0 - t) * 0.6);
                let (x, y) = (along * cos - aside * sin, along * sin + aside * cos);
                let (x, y) = (x + from.0 * (1.0 - t), y + from.1 * (1.0 - t));
                let far = (x * x + y * y).sqrt().max(1.0);
                let in_ring = (RING * if t >= 1.0 { 1.0 } else { 0.99 } / far).min(1.0);
                WorldPoint::new((x * in_ring) as f32, (y * in_ring) as f32, 0.0)
            };
            let points = (0..=24).map(|i| point(f64::from(i) / 24.0)).collect();
            ExitPath { life, points, wait_ms: 0, exit_ms: dice.between(3_000.0, 12_000.0) as i64 }
        })
        .collect()
}

fn area(paths: Vec<ExitPath>, map: &WorldMap) -> ExitArea {
    let center = WorldPoint::new(0.0, 0.0, 0.0);
    let found = SpawnArea {
        team: Team::Allies,
        center,
        ring_units: RING,
        spawns: (0..paths.len()).collect(),
        gates: gates(&paths, center, RING, &ExitOptions::default()),
        paths,
        left_late: 0,
        never_left: 0,
        never_moved: 0,
        unknown: 0,
    };
    ExitArea::of(&found, Trails::Each(Vec::new()), map)
}

/// What lies on the pixels of a panel.
struct Pixels {
    side: usize,
    owners: Vec<Vec<u32>>,
}

impl Pixels {
    fn mark(&mut self, owner: u32, bounds: (PixelPoint, PixelPoint), holds: impl Fn(PixelPoint) -> bool) {
        let clamp = |v: f32| (v.max(0.0) as usize).min(self.side - 1);
        for y in clamp(bounds.0.y)..=clamp(bounds.1.y) {
            for x in clamp(bounds.0.x)..=clamp(bounds.1.x) {
                let owners = &mut self.owners[y * self.side + x];
                if holds(PixelPoint::new(x as f32 + 0.5, y as f32 + 0.5)) && !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
    }

    fn disc(&mut self, owner: u32, at: PixelPoint, radius: f32) {
        let corner = |by: f32| PixelPoint::new(at.x + by, at.y + by);
        self.mark(owner, (corner(-radius), corner(radius)), |p| p.distance(at) <= radius);
    }

    fn triangle(&mut self, owner: u32, [a, b, c]: [PixelPoint; 3]) {
        let side = |p: PixelPoint, q: PixelPoint, r: PixelPoint| {
            (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
        };
        let low = PixelPoint::new(a.x.min(b.x).min(c.x), a.y.min(b.y).min(c.y));
        let high = PixelPoint::new(a.x.max(b.x).max(c.x), a.y.max(b.y).max(c.y));
        self.mark(owner, (low, high), |p| {
            let (x, y, z) = (side(a, b, p), side(b, c, p), side(c, a, p));
            (x >= 0.0 && y >= 0.0 && z >= 0.0) || (x <= 0.0 && y <= 0.0 && z <= 0.0)
        });
    }

    fn rect(&mut self, owner: u32, area: &PixelRect) {
        let (low, high) = (PixelPoint::new(area.x, area.y), PixelPoint::new(area.right(), area.bottom()));
        self.mark(owner, (low, high), |p| area.contains(p));
    }

    fn line(&mut self, owner: u32, a: PixelPoint, b: PixelPoint) {
        let steps = (a.distance(b) * 2.0) as usize + 1;
        for i in 0..=steps {
            let t = i as f32 / steps as f32;
            self.disc(owner, PixelPoint::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t), 0.8);
        }
    }

    /// How many pixels two kinds of owners share, of different gates.
    fn shared(&self, kinds: (u32, u32)) -> usize {
        let meet = |owners: &&Vec<u32>| {
            owners.iter().any(|a| owners.iter().any(|b| (a / 100, b / 100) == kinds && a % 100 != b % 100))
        };
        self.owners.iter().filter(meet).count()
    }
}

/// Kinds of owners: a hundred times these, and the gate.
const HEAD: u32 = 1;
const LABEL: u32 = 2;
const LEADER: u32 = 3;
const LANE: u32 = 4;
const ANY_LANE: u32 = 5;
const TAKEN: u32 = 6;

fn pixels(panel: &Panel, side: usize) -> Pixels {
    let mut pixels = Pixels { side, owners: vec![Vec::new(); side * side] };
    for (gate, head) in (0_u32..).zip(&panel.heads) {
        pixels.triangle(100 * HEAD + gate, [head.corners[0], head.tip, head.corners[1]]);
    }
    for (gate, (_, place)) in (0_u32..).zip(&panel.labels) {
        pixels.rect(100 * LABEL + gate, &place.area);
        pixels.line(100 * LEADER + gate, place.leader.0, place.leader.1);
    }
    for shaft in &panel.shafts {
        let end = shaft.points[shaft.points.len() - 1].0;
        let apart = |gate: &usize| panel.heads[*gate].base.distance(end);
        let gate = (0..panel.heads.len()).min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap();
        for (at, width) in &shaft.points {
            pixels.disc(100 * LANE + gate as u32, *at, width / 2.0 - 0.5);
            // For labels and leaders a lane is no gate's: they may not even cover their own.
            pixels.disc(100 * ANY_LANE + 99, *at, width / 2.0 - 0.5);
        }
    }
    for taken in &panel.taken {
        pixels.rect(100 * TAKEN + 98, taken);
    }
    pixels
}

/// By turns the middle of a map, its west edge and its corner, in which no way leads over the edge.
fn place(set: usize, ways: &mut [ExitPath]) -> WorldRect {
    let near = -250.0;
    let (west, south) = ([-4_000.0, near, near][set % 3], [-4_000.0, -4_000.0, near][set % 3]);
    for at in ways.iter_mut().flat_map(|way| &mut way.points) {
        at.x = if west < -1_000.0 { at.x } else { at.x.abs() };
        at.y = if south < -1_000.0 { at.y } else { at.y.abs() };
    }
    WorldRect::new(west, south, west + 8_000.0, south + 8_000.0).unwrap()
}

#[test]
fn no_head_lane_or_label_hides_another_on_200_random_sets_of_ways() {
    let mut dice = Dice(18);
    let (mut gates_found, mut gates_shown) = (0, 0);
    let (mut at_edges, mut inside_map) = (0, 0);
    for set in 0..200 {
        let mut ways = ways(&mut dice);
        let rect = place(set, &mut ways);
        let mut area = area(ways, &WorldMap::fitted("test", &rect));
        gates_found += area.gates.len();
        // By turns one of four panels, and the whole sheet with a locator in its corner.
        let scale = if set % 2 == 0 { SIDE as f32 / 536.0 } else { SIDE as f32 / 1_080.0 };
        let square = PixelRect::new(0.0, 0.0, SIDE as f32, SIDE as f32);
        let inset = PixelRect::new(SIDE as f32 - 184.0 * scale, 16.0 * scale, 168.0 * scale, 168.0 * scale);
        let covered = (set % 2 == 1).then_some(inset);
        let panel = Panel::of(&mut area, &rect, square, covered, scale).unwrap();
        let window = panel.frame.extent;
        let beside = (rect.min_x() - window.min_x()).max(rect.min_y() - window.min_y());
        at_edges += usize::from(set % 3 > 0);
        inside_map += usize::from(set % 3 > 0 && beside < 1.0);
        gates_shown += area.gates.len();
        assert_eq!((panel.heads.len(), panel.labels.len()), (area.gates.len(), area.gates.len()));
        let pixels = pixels(&panel, SIDE);
        let bad = [
            (HEAD, HEAD),
            (HEAD, LANE),
            (HEAD, LABEL),
            (LABEL, LABEL),
            (LABEL, ANY_LANE),
            (LABEL, TAKEN),
            (LEADER, LEADER),
            (LEADER, LABEL),
            (LEADER, HEAD),
            (LEADER, ANY_LANE),
            (HEAD, TAKEN),
            (ANY_LANE, TAKEN),
        ];
        for kinds in bad {
            assert_eq!(pixels.shared(kinds), 0, "set {set}: pixels of kinds {kinds:?}");
        }
        for (label, (_, place)) in area.gates.iter().zip(&panel.labels) {
            let inside = place.area.x >= 0.0 && place.area.right() <= SIDE as f32 && place.area.y >= 0.0;
            assert!(inside && place.area.bottom() <= SIDE as f32, "set {set}: {}", label.letter);
        }
        for shaft in &panel.shafts {
            let (first, last) = (shaft.points[0].0, shaft.points[shaft.points.len() - 1].0);
            assert!(first.distance(panel.ring.middle) < 1.0, "a lane begins at the area's mark");
            assert!(panel.heads.iter().any(|head| head.base.distance(last) < 1.0), "a lane ends in a head");
        }
    }
    assert!(inside_map * 100 >= at_edges * 80, "{inside_map} of {at_edges} panels show the map alone");
    assert!(gates_shown * 100 >= gates_found * 97, "{gates_shown} of {gates_found} gates are shown");
}
