//! The land: heights between the streets and hills, tinted and shaded, with contour lines, the river and trees.

use proximity::sim::plan::Plan;
use proximity::sim::plan::{Ground, Shape};
use tiny_skia::PremultipliedColorU8;

use super::paper::grain;
use super::sheet::{Sheet, corners};

/// Points of the height grid along a side.
const GRID: usize = 257;
/// From one contour line to the next, units.
const CONTOUR_UNITS: f64 = 32.0;
/// Every so many contour lines one is drawn heavier.
const HEAVY: i32 = 4;

/// Heights of the land.
pub struct Land<'a> {
    plan: &'a Plan,
    heights: Vec<f64>,
    step: f64,
}

impl<'a> Land<'a> {
    /// Heights between the plan's hills and its streets.
    pub fn new(plan: &'a Plan) -> Self {
        let step = (plan.maxs[0] - plan.mins[0]) / (GRID - 1) as f64;
        let mut land = Self { plan, heights: vec![0.0; GRID * GRID], step };
        let known = known_heights(plan);
        for row in 0..GRID {
            for column in 0..GRID {
                let [x, y] = land.place(column, row);
                // Places are moved about a little first: no hill is round.
                let (u, v) =
                    (x + 330.0 * grain(x / 760.0, y / 760.0, 6), y + 330.0 * grain(x / 760.0, y / 760.0, 7));
                let wave = 24.0 * grain(x / 620.0, y / 620.0, 1) + 10.0 * grain(x / 260.0, y / 260.0, 2);
                land.heights[row * GRID + column] = between(&known, u, v) + wave;
            }
        }
        for _ in 0..6 {
            land.soften();
        }
        for row in 0..GRID {
            for column in 0..GRID {
                let [x, y] = land.place(column, row);
                let shore = distance_to_line(&plan.river.line, x, y) - plan.river.width / 2.0;
                let rise = ease((shore + 30.0) / 330.0);
                let height = &mut land.heights[row * GRID + column];
                *height = plan.river.level - 24.0 + (*height - plan.river.level + 24.0) * rise;
            }
        }
        land
    }

    /// Draws everything that is not built.
    pub fn draw(&self, sheet: &mut Sheet) {
        self.tint(sheet);
        self.contours(sheet);
        self.river(sheet);
        self.fields(sheet);
        self.trees(sheet);
    }

    fn place(&self, column: usize, row: usize) -> [f64; 2] {
        [self.plan.mins[0] + column as f64 * self.step, self.plan.mins[1] - row as f64 * self.step]
    }

    /// Binomial smoothing, 1 2 1 on both axes.
    fn soften(&mut self) {
        for (along, across) in [(1, GRID), (GRID, 1)] {
            let old = self.heights.clone();
            for line in 0..GRID {
                for point in 1..GRID - 1 {
                    let at = line * across + point * along;
                    self.heights[at] = (old[at - along] + 2.0 * old[at] + old[at + along]) / 4.0;
                }
            }
        }
    }

    fn height(&self, x: f64, y: f64) -> f64 {
        let limit = (GRID - 2) as f64;
        let u = ((x - self.plan.mins[0]) / self.step).clamp(0.0, limit + 0.999);
        let v = ((self.plan.mins[1] - y) / self.step).clamp(0.0, limit + 0.999);
        let (column, row) = (u as usize, v as usize);
        let (fx, fy) = (u - column as f64, v - row as f64);
        let at = |dx: usize, dy: usize| self.heights[(row + dy) * GRID + column + dx];
        (at(0, 0) * (1.0 - fx) + at(1, 0) * fx) * (1.0 - fy) + (at(0, 1) * (1.0 - fx) + at(1, 1) * fx) * fy
    }

    /// Colours by height in soft bands, lit from the north-west.
    fn tint(&self, sheet: &mut Sheet) {
        const RAMP: [(f64, [f64; 3]); 7] = [
            (-130.0, [150.0, 150.0, 112.0]),
            (-40.0, [186.0, 180.0, 134.0]),
            (40.0, [203.0, 191.0, 145.0]),
            (110.0, [206.0, 180.0, 132.0]),
            (200.0, [198.0, 158.0, 114.0]),
            (320.0, [180.0, 132.0, 96.0]),
            (480.0, [158.0, 110.0, 82.0]),
        ];
        let side = sheet.side();
        for row in 0..side {
            for column in 0..side {
                let [x, y] = sheet.place(column, row);
                let height = self.height(x, y);
                let band = (height / CONTOUR_UNITS).floor() * CONTOUR_UNITS;
                let tone = band * 0.6 + height * 0.4;
                let after = RAMP.iter().position(|(z, _)| *z > tone).unwrap_or(RAMP.len() - 1).max(1);
                let ((low, dark), (high, light)) = (RAMP[after - 1], RAMP[after]);
                let share = ((tone - low) / (high - low)).clamp(0.0, 1.0);
                let slope = (self.height(x + 40.0, y - 40.0) - self.height(x - 40.0, y + 40.0)) / 110.0;
                let light_share = (1.0 - slope * 0.22).clamp(0.82, 1.14);
                let rgb = [0, 1, 2].map(|c| {
                    ((dark[c] + (light[c] - dark[c]) * share) * light_share).clamp(0.0, 255.0) as u8
                });
                let pixel = (row * side + column) as usize;
                if let Some(color) = PremultipliedColorU8::from_rgba(rgb[0], rgb[1], rgb[2], 255) {
                    sheet.pixels().pixels_mut()[pixel] = color;
                }
            }
        }
    }

    /// Marching squares (Lorensen and Cline 1987, in the plane), one short piece a cell.
    fn contours(&self, sheet: &mut Sheet) {
        let lowest = self.heights.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = self.heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for line in (lowest / CONTOUR_UNITS) as i32..=(highest / CONTOUR_UNITS) as i32 {
            let level = f64::from(line) * CONTOUR_UNITS + 0.01;
            let heavy = line % HEAVY == 0;
            let (width, ink) = if heavy { (8.0, (0x6b_3f22, 0.62)) } else { (5.5, (0x7a_4d2c, 0.40)) };
            for row in 0..GRID - 1 {
                for column in 0..GRID - 1 {
                    let ends = self.crossings(column, row, level);
                    for piece in ends.chunks_exact(2) {
                        sheet.round_stroke(sheet.line(piece), width, ink);
                    }
                }
            }
        }
    }

    /// Where a level crosses the edges of a grid cell, in pairs.
    fn crossings(&self, column: usize, row: usize, level: f64) -> Vec<[f64; 2]> {
        let corner = [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(dx, dy)| {
            (self.place(column + dx, row + dy), self.heights[(row + dy) * GRID + column + dx] - level)
        });
        let mut ends = Vec::new();
        for (from, to) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
            let ((a, high), (b, low)) = (corner[from], corner[to]);
            if (high > 0.0) != (low > 0.0) {
                let share = high / (high - low);
                ends.push([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]);
            }
        }
        ends
    }

    fn river(&self, sheet: &mut Sheet) {
        let river = &self.plan.river;
        let middle = sheet.curve(&river.line);
        sheet.stroke(middle.clone(), river.width + 52.0, (0x8a_7a50, 0.35));
        sheet.stroke(middle.clone(), river.width + 14.0, (0x2e_3a3a, 0.9));
        sheet.stroke(middle.clone(), river.width, (0x5c_7a7c, 1.0));
        sheet.stroke(middle.clone(), river.width - 60.0, (0x54_7275, 1.0));
        sheet.stroke(middle, river.width - 150.0, (0x4c_696d, 1.0));
        for (off, dash, opacity) in [
            (-150.0, [120.0, 90.0], 0.35),
            (-85.0, [200.0, 160.0], 0.22),
            (70.0, [170.0, 140.0], 0.22),
            (145.0, [110.0, 80.0], 0.35),
        ] {
            let shifted: Vec<[f64; 2]> = river.line.iter().map(|[x, y]| [x + off, y + off * 0.08]).collect();
            sheet.dashes(sheet.curve(&shifted), 5.0, dash, (0xa9_bdb6, opacity));
        }
    }

    /// Furrows that follow the longest side of each field.
    fn fields(&self, sheet: &mut Sheet) {
        for (index, field) in self.plan.fields.iter().enumerate() {
            let (ground, furrow) =
                [(0xa9_9a63, 0x6d_5c34), (0xb8_a468, 0x80_6a38), (0x9a_9a5e, 0x5f_6236)][index % 3];
            sheet.fill(sheet.ring(&field.polygon), (ground, 0.55));
            let (from, to) = longest_side(&field.polygon);
            let length =
                ((to[0] - from[0]) * (to[0] - from[0]) + (to[1] - from[1]) * (to[1] - from[1])).sqrt();
            let (dx, dy) = ((to[0] - from[0]) / length, (to[1] - from[1]) / length);
            let shape = Shape::Polygon(field.polygon.clone());
            for row in -60..=60 {
                let at = |along: f64| {
                    let off = f64::from(row) * 34.0;
                    [from[0] + dx * along - dy * off, from[1] + dy * along + dx * off]
                };
                let inside: Vec<[f64; 2]> = (-100..200)
                    .map(|step| at(f64::from(step) * 12.0))
                    .filter(|[x, y]| shape.contains(*x, *y))
                    .collect();
                if let [first, .., last] = inside[..] {
                    sheet.stroke(sheet.line(&[first, last]), 6.0, (furrow, 0.42));
                }
            }
            sheet.stroke(sheet.ring(&field.polygon), 7.0, (0x4a_3a20, 0.6));
        }
    }

    fn trees(&self, sheet: &mut Sheet) {
        for grove in &self.plan.groves {
            let wood = Shape::Polygon(grove.polygon.clone());
            let [west, south, east, north] = wood.bounds();
            let (columns, rows) =
                (((east - west) / grove.spacing) as i32, ((north - south) / grove.spacing) as i32);
            for (column, row) in (0..=columns).flat_map(|c| (0..=rows).map(move |r| (c, r))) {
                let chance = |salt| grain(f64::from(column) * 7.3 + west, f64::from(row) * 5.9 + south, salt);
                let x = west + (f64::from(column) + 0.5 + 0.42 * chance(3)) * grove.spacing;
                let y = south + (f64::from(row) + 0.5 + 0.42 * chance(4)) * grove.spacing;
                if wood.contains(x, y) && self.is_free(x, y) {
                    Self::tree(sheet, [x, y], 40.0 + 14.0 * chance(5));
                }
            }
        }
    }

    fn tree(sheet: &mut Sheet, [x, y]: [f64; 2], radius: f64) {
        sheet.disc([x + 12.0, y - 14.0], radius, (0x3a_3420, 0.28));
        sheet.disc([x, y], radius, (0x3c_3d22, 0.95));
        sheet.disc([x, y], radius - 7.0, (0x74_7a45, 1.0));
        sheet.disc([x - radius * 0.22, y + radius * 0.25], radius * 0.52, (0x8d_9156, 0.9));
    }

    /// Whether neither water nor anything built is near.
    fn is_free(&self, x: f64, y: f64) -> bool {
        let around = [(0.0, 0.0), (90.0, 0.0), (-90.0, 0.0), (0.0, 90.0), (0.0, -90.0)];
        let built = |dx: f64, dy: f64| {
            self.plan.areas.iter().any(|area| area.shape.contains(x + dx, y + dy))
                || self
                    .plan
                    .fields
                    .iter()
                    .any(|field| Shape::Polygon(field.polygon.clone()).contains(x + dx, y + dy))
                || self.plan.buildings.iter().any(|building| building.shape.contains(x + dx, y + dy))
        };
        distance_to_line(&self.plan.river.line, x, y) > self.plan.river.width / 2.0 + 70.0
            && !around.iter().any(|(dx, dy)| built(*dx, *dy))
    }
}

/// Hills, and the open floors every 96 units.
fn known_heights(plan: &Plan) -> Vec<[f64; 4]> {
    let mut known: Vec<[f64; 4]> =
        plan.hills.iter().map(|hill| [hill.at[0], hill.at[1], hill.z, 5.0]).collect();
    for area in &plan.areas {
        let land = [Ground::Yard, Ground::Grass, Ground::Bank, Ground::Street, Ground::Square];
        if !land.contains(&area.ground) {
            continue;
        }
        let [west, south, east, north] = area.shape.bounds();
        let steps = |low: f64, high: f64| {
            (0..=((high - low) / 96.0) as i32).map(move |i| low + 48.0 + f64::from(i) * 96.0)
        };
        for (x, y) in steps(west, east).flat_map(|x| steps(south, north).map(move |y| (x, y))) {
            if area.shape.contains(x, y) {
                known.push([x, y, area.height(x, y), 1.0]);
            }
        }
    }
    known.extend(
        plan.buildings
            .iter()
            .filter(|b| b.name == "Fortress")
            .flat_map(|b| corners(&b.shape).into_iter().map(|[x, y]| [x, y, 200.0, 2.0])),
    );
    known
}

/// Inverse distance weighting (Shepard 1968), power 3.
fn between(known: &[[f64; 4]], x: f64, y: f64) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for [kx, ky, z, weight] in known {
        let square = (x - kx) * (x - kx) + (y - ky) * (y - ky) + 150.0 * 150.0;
        let share = weight / (square * square.sqrt());
        sum += z * share;
        weights += share;
    }
    sum / weights
}

fn longest_side(corners: &[[f64; 2]]) -> ([f64; 2], [f64; 2]) {
    let side = |index: usize| (corners[index], corners[(index + 1) % corners.len()]);
    let square = |(a, b): ([f64; 2], [f64; 2])| (b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1]);
    (1..corners.len())
        .map(side)
        .fold(side(0), |best, next| if square(next) > square(best) { next } else { best })
}

fn distance_to_line(line: &[[f64; 2]], x: f64, y: f64) -> f64 {
    let square = line.windows(2).map(|ends| {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let share = (((x - ends[0][0]) * dx + (y - ends[0][1]) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let (ox, oy) = (x - ends[0][0] - dx * share, y - ends[0][1] - dy * share);
        ox * ox + oy * oy
    });
    square.fold(f64::INFINITY, f64::min).sqrt()
}

/// 0 below 0, 1 above 1, smooth between.
fn ease(share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
