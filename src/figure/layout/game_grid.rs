//! The game's own grid over a map, as its command map shows it: players call places by it ("D,4").

use crate::geom::{PixelPoint, WorldPoint, WorldRect};
use crate::map::GameGrid;
use crate::plane::MapFrame;
use crate::scene::{Align, Item, Label, Polyline, Stroke, Vertex, Weight};
use crate::theme::{HALO_OPACITY, Theme, halo_width};

/// Size of the names along the edges, design pixels.
const NAME_PX: f32 = 17.0;
/// From the frame's edge to the middle of a name, design pixels.
const INSET_PX: f32 = 16.0;
/// Columns narrower than this get no names, design pixels.
const NARROWEST_PX: f32 = 24.0;

/// Lines and names of the grid of a map's `extent`, as far as `frame` shows it: letters along the north edge, numbers
/// along the west one.
pub fn items(extent: &WorldRect, frame: &MapFrame, scale: f32, theme: &Theme) -> Vec<Item> {
    let grid = GameGrid::new(extent);
    let rect = frame.rect;
    let at = |x: f64, y: f64| frame.project(WorldPoint::new(x as f32, y as f32, 0.0));
    let xs: Vec<f32> = grid.lines_x().iter().map(|x| at(*x, extent.max_y()).x).collect();
    let ys: Vec<f32> = grid.lines_y().iter().map(|y| at(extent.min_x(), *y).y).collect();
    let line = |from: PixelPoint, to: PixelPoint| {
        let vertices = [from, to].map(|at| Vertex { at, color: theme.text, width: scale }).to_vec();
        Item::Polyline(Polyline { vertices, opacity: 0.16, casing: None })
    };
    let name = |text: String, x: f32, y: f32| {
        let halo = Stroke { width: halo_width(NAME_PX) * scale, color: theme.ink.opacity(HALO_OPACITY) };
        Item::Label(Label {
            text,
            at: PixelPoint::new(x, y + NAME_PX * 0.35 * scale),
            size: NAME_PX * scale,
            weight: Weight::SemiBold,
            color: theme.muted,
            align: Align::Center,
            halo: Some(halo),
        })
    };
    let mut items = Vec::new();
    for &x in xs.iter().filter(|x| (rect.x..rect.right()).contains(x)) {
        items.push(line(PixelPoint::new(x, rect.y), PixelPoint::new(x, rect.bottom())));
    }
    for &y in ys.iter().filter(|y| (rect.y..rect.bottom()).contains(y)) {
        items.push(line(PixelPoint::new(rect.x, y), PixelPoint::new(rect.right(), y)));
    }
    let inset = INSET_PX * scale;
    // The square that a name stands in is asked for its name, so that the picture cannot disagree with the game.
    let named = |x: f32, y: f32| grid.name(frame.affine.unproject(PixelPoint::new(x, y), 0.0));
    for pair in xs.windows(2).filter(|pair| pair[1] - pair[0] >= NARROWEST_PX * scale) {
        let x = f32::midpoint(pair[0], pair[1]);
        if (rect.x + 2.0 * inset..rect.right() - inset / 2.0).contains(&x) {
            let column = char::from(b'A' + named(x, rect.y).column.min(25));
            items.push(name(column.to_string(), x, rect.y + inset));
        }
    }
    for pair in ys.windows(2).filter(|pair| pair[1] - pair[0] >= NARROWEST_PX * scale) {
        let y = f32::midpoint(pair[0], pair[1]);
        if (rect.y + 2.0 * inset..rect.bottom() - inset / 2.0).contains(&y) {
            items.push(name(named(rect.x, y).row.to_string(), rect.x + inset, y));
        }
    }
    items
}
