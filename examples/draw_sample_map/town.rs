//! What people built: streets, houses with their rooms, bridges, walls, and what stands about.

use proximity::sim::plan::Plan;
use proximity::sim::plan::{Area, Block, Building, Ground, Shape};

use super::roof;
use super::sheet::{Ink, Sheet, corners};

const INK: u32 = 0x2b_2620;

/// Draws the town over the land.
pub fn draw(plan: &Plan, sheet: &mut Sheet) {
    let at_ground = |ground: Ground| !matches!(ground, Ground::Upper | Ground::Rampart | Ground::Tunnel);
    let (entered, closed): (Vec<&Building>, Vec<&Building>) =
        plan.buildings.iter().partition(|b| is_entered(plan, b));
    tunnels(plan, sheet);
    soft_ground(plan, sheet);
    for (index, building) in closed.iter().enumerate() {
        roof::draw(sheet, &building.shape, [0x8f_8a7c, 0x9a_9282, 0x86_8276, 0x95_8b78][index % 4]);
    }
    for building in &entered {
        walls(sheet, building);
    }
    let hard: Vec<&Area> = plan
        .areas
        .iter()
        .filter(|a| at_ground(a.ground) && !is_soft(a.ground) && !is_over_water(a.ground))
        .collect();
    for area in &hard {
        sheet.shape(&area.shape, 7.0, (INK, 1.0));
    }
    for area in &hard {
        sheet.shape(&area.shape, 0.0, floor_ink(area));
    }
    paving(plan, sheet);
    plan.areas.iter().filter(|a| a.ground == Ground::Stairs).for_each(|area| treads(sheet, area, 26.0, 0.55));
    upper_floors(plan, sheet);
    plan.areas.iter().filter(|a| is_over_water(a.ground)).for_each(|area| bridge(sheet, area));
    plan.areas.iter().filter(|a| a.ground == Ground::Rampart).for_each(|area| rampart(sheet, area));
    towers(plan, sheet);
    plan.windows.iter().for_each(|window| {
        let [west, south, east, north] = window.rect;
        let along = if east - west > north - south {
            [[west, f64::midpoint(south, north)], [east, f64::midpoint(south, north)]]
        } else {
            [[f64::midpoint(west, east), south], [f64::midpoint(west, east), north]]
        };
        sheet.stroke(sheet.line(&along), 16.0, (0xd8_e0d8, 0.85));
    });
    plan.blocks.iter().for_each(|block| thing(sheet, block));
}

fn is_soft(ground: Ground) -> bool {
    matches!(ground, Ground::Grass | Ground::Bank | Ground::Ford)
}

fn is_over_water(ground: Ground) -> bool {
    matches!(ground, Ground::Bridge | Ground::Planks)
}

/// Whether any room lies in a building.
fn is_entered(plan: &Plan, building: &Building) -> bool {
    plan.areas.iter().filter(|area| area.ground == Ground::Floor).any(|area| {
        let [west, south, east, north] = area.shape.bounds();
        building.shape.contains(f64::midpoint(west, east), f64::midpoint(south, north))
    })
}

fn floor_ink(area: &Area) -> Ink {
    let rgb = match area.ground {
        Ground::Street => 0xd8_cda9,
        Ground::Square => 0xde_d4b3,
        Ground::Yard if area.name == "Castle Court" => 0xc9_bf9f,
        Ground::Yard => 0xcb_bd92,
        Ground::Stairs => 0xbf_b597,
        _ => 0xc4_bda8,
    };
    (rgb, 1.0)
}

/// Paths through grass, banks and the ford: no walls, so no hard outline.
fn soft_ground(plan: &Plan, sheet: &mut Sheet) {
    let soft = |ground: Ground| plan.areas.iter().filter(move |area| area.ground == ground);
    for area in soft(Ground::Grass).chain(soft(Ground::Bank)) {
        sheet.rounded(&area.shape, 9.0, (0x6b_4a28, 0.55));
    }
    for area in soft(Ground::Bank) {
        sheet.rounded(&area.shape, 0.0, (0xcd_be90, 1.0));
    }
    for area in soft(Ground::Grass) {
        sheet.rounded(&area.shape, 0.0, (0xb9_b583, 1.0));
        if let Shape::Path { .. } = area.shape {
            sheet.dashes(sheet.curve(&corners(&area.shape)), 10.0, [46.0, 34.0], (0x7c_6a42, 0.55));
        }
    }
    for area in soft(Ground::Ford) {
        sheet.shape(&area.shape, 0.0, (0x9f_b0a0, 0.75));
        for off in [-90.0, -45.0, 0.0, 45.0, 90.0] {
            let stones: Vec<[f64; 2]> = corners(&area.shape).iter().map(|[x, y]| [*x, y + off]).collect();
            sheet.dashes(sheet.line(&stones), 26.0, [30.0, 44.0 + off.abs() * 0.2], (0xd3_ceb4, 0.7));
        }
    }
}

fn tunnels(plan: &Plan, sheet: &mut Sheet) {
    for area in plan.areas.iter().filter(|area| area.ground == Ground::Tunnel) {
        if let Shape::Path { line, width } = &area.shape {
            let line: Vec<[f64; 2]> = line.iter().map(|p| [p[0], p[1]]).collect();
            sheet.stroke(sheet.line(&line), width + 14.0, (INK, 0.75));
            sheet.stroke(sheet.line(&line), *width, (0x7d_7660, 1.0));
            sheet.dashes(sheet.line(&line), width - 20.0, [9.0, 40.0], (INK, 0.28));
        }
    }
}

fn walls(sheet: &mut Sheet, building: &Building) {
    let ring = corners(&building.shape);
    let shadow: Vec<[f64; 2]> = ring.iter().map(|[x, y]| [x + 24.0, y - 28.0]).collect();
    sheet.fill(sheet.ring(&shadow), (0x2a_2212, 0.34));
    sheet.stroke(sheet.ring(&ring), 14.0, (INK, 1.0));
    let rgb = if building.name == "Fortress" { 0x6f_6a60 } else { 0x7c_766a };
    sheet.fill(sheet.ring(&ring), (rgb, 1.0));
}

/// Flagstones on squares: faint rings and rows.
fn paving(plan: &Plan, sheet: &mut Sheet) {
    for area in plan.areas.iter().filter(|a| a.ground == Ground::Square || a.name == "Castle Court") {
        let [west, south, east, north] = area.shape.bounds();
        let mut y = south + 64.0;
        while y < north {
            let stones = ((east - west) / 16.0) as i32;
            let mut row = (0..=stones)
                .map(|stone| west + f64::from(stone) * 16.0)
                .filter(|x| area.shape.contains(*x, y));
            let (from, to) = (row.next().unwrap_or(west), row.next_back().unwrap_or(west));
            sheet.dashes(
                sheet.line(&[[from + 14.0, y], [to - 14.0, y]]),
                4.0,
                [70.0, 26.0],
                (0x8c_7f5c, 0.30),
            );
            y += 64.0;
        }
    }
}

/// Lines across a stair, one every `every` units.
fn treads(sheet: &mut Sheet, area: &Area, every: f64, opacity: f32) {
    let Shape::Path { line, width } = &area.shape else { return };
    for ends in line.windows(2) {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let length = (dx * dx + dy * dy).sqrt();
        let (nx, ny) = (-dy / length * (width / 2.0 - 5.0), dx / length * (width / 2.0 - 5.0));
        let mut along = every / 2.0;
        while along < length {
            let (x, y) = (ends[0][0] + dx / length * along, ends[0][1] + dy / length * along);
            sheet.stroke(sheet.line(&[[x - nx, y - ny], [x + nx, y + ny]]), 5.5, (INK, opacity));
            along += every;
        }
    }
}

/// Upper rooms: their walls dashed over the rooms below.
fn upper_floors(plan: &Plan, sheet: &mut Sheet) {
    let upper: Vec<&Area> = plan.areas.iter().filter(|area| area.ground == Ground::Upper).collect();
    for area in &upper {
        sheet.shape(&area.shape, 0.0, (0xe6_e0cd, 0.55));
    }
    for area in upper {
        let mut ring = corners(&area.shape);
        ring.push(ring[0]);
        sheet.dashes(sheet.line(&ring), 5.0, [26.0, 16.0], (INK, 0.5));
    }
}

fn bridge(sheet: &mut Sheet, area: &Area) {
    let Shape::Path { line, width } = &area.shape else { return };
    let line: Vec<[f64; 2]> = line.iter().map(|p| [p[0], p[1]]).collect();
    let shadow: Vec<[f64; 2]> = line.iter().map(|[x, y]| [x + 20.0, y - 34.0]).collect();
    sheet.stroke(sheet.line(&shadow), *width, (0x10_1a1c, 0.35));
    sheet.stroke(sheet.line(&line), width + 22.0, (INK, 1.0));
    if area.ground == Ground::Bridge {
        sheet.stroke(sheet.line(&line), width + 8.0, (0xa7_9e86, 1.0));
        sheet.stroke(sheet.line(&line), width - 22.0, (INK, 0.8));
        sheet.stroke(sheet.line(&line), width - 30.0, (0xd6_ccb0, 1.0));
        treads(sheet, area, 58.0, 0.16);
    } else {
        sheet.stroke(sheet.line(&line), *width, (0xae_9263, 1.0));
        treads(sheet, area, 24.0, 0.5);
    }
}

/// The walk on top of a wall, with its teeth on the outer side.
fn rampart(sheet: &mut Sheet, area: &Area) {
    sheet.shape(&area.shape, 6.0, (INK, 1.0));
    sheet.shape(&area.shape, 0.0, (0x9d_9585, 1.0));
    let [west, south, east, north] = area.shape.bounds();
    let teeth = if east - west > north - south {
        [[west, south + 8.0], [east, south + 8.0]]
    } else {
        [[west + 8.0, south], [west + 8.0, north]]
    };
    if area.name != "Rampart landing" {
        sheet.dashes(sheet.line(&teeth), 16.0, [22.0, 20.0], (INK, 0.85));
    }
}

fn towers(plan: &Plan, sheet: &mut Sheet) {
    let Some(fortress) = plan.buildings.iter().find(|building| building.name == "Fortress") else { return };
    for [x, y] in [
        [1040.0, 992.0],
        [2240.0, 1000.0],
        [1056.0, 2040.0],
        [1180.0, 2532.0],
        [2216.0, 2536.0],
        [2672.0, 1920.0],
        [2672.0, 1096.0],
    ] {
        debug_assert!(fortress.shape.contains(x, y));
        sheet.disc([x + 24.0, y - 28.0], 84.0, (0x2a_2212, 0.34));
        sheet.disc([x, y], 84.0, (INK, 1.0));
        sheet.disc([x, y], 76.0, (0x78_7266, 1.0));
        sheet.disc([x - 8.0, y + 8.0], 54.0, (0x9b_9484, 1.0));
        sheet.circle([x, y], 56.0, 5.0, (INK, 0.6));
    }
}

fn thing(sheet: &mut Sheet, block: &Block) {
    let [west, south, east, north] = block.shape.bounds();
    let middle = [f64::midpoint(west, east), f64::midpoint(south, north)];
    let radius = (east - west) / 2.0;
    match block.kind.as_str() {
        "fountain" | "well" => {
            sheet.disc([middle[0] + 10.0, middle[1] - 12.0], radius, (0x2a_2212, 0.3));
            sheet.disc(middle, radius, (INK, 1.0));
            sheet.disc(middle, radius - 7.0, (0xb5_ad97, 1.0));
            sheet.disc(middle, radius * 0.68, (INK, 0.9));
            sheet.disc(middle, radius * 0.60, (0x5c_7a7c, 1.0));
            sheet.disc(middle, radius * 0.20, (0xd6_ccb0, 1.0));
        }
        "hay" => {
            sheet.disc(middle, radius, (INK, 0.9));
            sheet.disc(middle, radius - 7.0, (0xbf_9c4e, 1.0));
            sheet.circle(middle, radius * 0.55, 4.0, (0x7a_5c22, 0.7));
        }
        "statue" | "pillar" => {
            sheet.disc(middle, radius, (INK, 1.0));
            sheet.disc(middle, radius - 7.0, (0x8b_8576, 1.0));
            sheet.disc(middle, radius * 0.4, (INK, 0.7));
        }
        kind => {
            let (rgb, ribs) = match kind {
                "logs" => (0x8d_6b40, 4),
                "graves" => (0x8f_8b80, 0),
                "truck" => (0x59_6048, 1),
                "pews" | "table" | "desks" | "shelves" | "beds" => (0x7b_6244, 1),
                _ => (0x96_7a4c, 1),
            };
            let ring = corners(&block.shape);
            let shadow: Vec<[f64; 2]> = ring.iter().map(|[x, y]| [x + 9.0, y - 11.0]).collect();
            sheet.fill(sheet.ring(&shadow), (0x2a_2212, 0.3));
            sheet.fill(sheet.ring(&ring), (rgb, 1.0));
            for rib in 1..=ribs {
                let share = f64::from(rib) / f64::from(ribs + 1);
                let (x, y) = (west + (east - west) * share, south + (north - south) * share);
                let across = if north - south > east - west && ribs == 1 {
                    [[west, y], [east, y]]
                } else {
                    [[x, south], [x, north]]
                };
                sheet.stroke(sheet.line(&across), 4.0, (INK, 0.6));
            }
            sheet.stroke(sheet.ring(&ring), 7.0, (INK, 1.0));
        }
    }
}
