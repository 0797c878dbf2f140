//! Roofs of houses without an entrance.

use proximity::sim::plan::Shape;

use super::sheet::{Sheet, corners};

const INK: u32 = 0x2b_2620;

/// Draws a house: shadow, roof in facets, outline.
pub fn draw(sheet: &mut Sheet, shape: &Shape, tone: u32) {
    let ring = corners(shape);
    let shadow: Vec<[f64; 2]> = ring.iter().map(|[x, y]| [x + 22.0, y - 26.0]).collect();
    sheet.fill(sheet.ring(&shadow), (0x2a_2212, 0.32));
    sheet.fill(sheet.ring(&ring), (tone, 1.0));
    if let Shape::Rect(rect) = shape {
        hip_roof(sheet, *rect);
    } else {
        flat_roof(sheet, &ring);
    }
    sheet.stroke(sheet.ring(&ring), 11.0, (INK, 1.0));
}

/// Two long and two short facets that meet in a ridge, lit from the north-west.
fn hip_roof(sheet: &mut Sheet, [west, south, east, north]: [f64; 4]) {
    let half = (east - west).min(north - south) / 2.0;
    let [nw, ne, se, sw] = [[west, north], [east, north], [east, south], [west, south]];
    let (lit, shaded, ridge, hips) = if east - west > north - south {
        let (a, b) = ([west + half, south + half], [east - half, south + half]);
        (
            [vec![nw, ne, b, a], vec![nw, a, sw]],
            [vec![sw, a, b, se], vec![ne, se, b]],
            [a, b],
            [[nw, a], [sw, a], [ne, b], [se, b]],
        )
    } else {
        let (a, b) = ([west + half, south + half], [west + half, north - half]);
        (
            [vec![nw, b, a, sw], vec![nw, ne, b]],
            [vec![ne, se, a, b], vec![sw, a, se]],
            [a, b],
            [[nw, b], [ne, b], [sw, a], [se, a]],
        )
    };
    for facet in &lit {
        sheet.fill(sheet.ring(facet), (0xf4_ecd8, 0.14));
    }
    for facet in &shaded {
        sheet.fill(sheet.ring(facet), (0x1c_1812, 0.20));
    }
    for hip in &hips {
        sheet.stroke(sheet.line(hip), 5.0, (INK, 0.45));
    }
    sheet.stroke(sheet.line(&ridge), 6.0, (INK, 0.6));
}

/// A parapet all round, and a lighter roof inside it.
fn flat_roof(sheet: &mut Sheet, ring: &[[f64; 2]]) {
    let middle = ring
        .iter()
        .fold([0.0, 0.0], |[x, y], p| [x + p[0] / ring.len() as f64, y + p[1] / ring.len() as f64]);
    for (share, ink) in [(0.86, (0xf4_ecd8, 0.10)), (0.5, (0xf4_ecd8, 0.10))] {
        let inner: Vec<[f64; 2]> = ring
            .iter()
            .map(|p| [middle[0] + (p[0] - middle[0]) * share, middle[1] + (p[1] - middle[1]) * share])
            .collect();
        sheet.fill(sheet.ring(&inner), ink);
        sheet.stroke(sheet.ring(&inner), 4.0, (INK, 0.35));
    }
}
