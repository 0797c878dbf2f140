//! One panel per floor: for maps that lie in storeys, where one picture would lay upper floors over lower ones.

use super::context::SheetContext;
use super::recipe::Figure;
use super::sheet::{Orientation, Sheet, filled};
use super::subject;
use super::theme::{HALO_OPACITY, halo_width};
use crate::analysis::Floor;
use crate::geom::PixelPoint;
use crate::scene::{Align, Item, Label, Stroke, Weight};

/// The bare sheet that each of `count` floors is drawn on, so that all of them fit into the map square of `sheet`;
/// `None` when they would be too small to read.
pub fn panel_sheet(context: &SheetContext<'_>, count: usize) -> Option<Sheet> {
    let side = context.panels(count)?.first()?.width;
    Sheet::new(Orientation::Bare, side as u32)
}

/// `whole` with its map replaced by one panel per floor. `whole` is the figure of all floors, whose rail stays as it is;
/// each panel must have been drawn on [`panel_sheet`], with the scale of `whole`.
pub fn panels(mut whole: Figure, panels: Vec<(Floor, Figure)>, context: &SheetContext<'_>) -> Figure {
    let Some(places) = context.panels(panels.len()) else { return whole };
    let theme = context.theme();
    let sheet = context.sheet;
    let mut items = Vec::new();
    if context.background() == super::Background::Ground {
        items.push(filled(sheet.map_square(), 0.0, theme.ink));
    }
    // The lowest floor comes last: a building is read from its roof down.
    for (place, (floor, figure)) in places.iter().zip(panels.into_iter().rev()) {
        items.extend(figure.scene.items.into_iter().map(|item| item.moved(place.x as i32, place.y as i32)));
        let label = |text: String, y: f32, size: f32, weight: Weight| {
            let halo = Stroke { width: sheet.px(halo_width(size)), color: theme.ink.opacity(HALO_OPACITY) };
            Item::Label(Label {
                text,
                at: PixelPoint::new(place.x + sheet.px(16.0), place.y + sheet.px(y)),
                size: sheet.px(size),
                weight,
                color: theme.text,
                align: Align::Left,
                halo: Some(halo),
            })
        };
        let words = subject::floor(&floor);
        let (name, heights) = words.split_once(", ").unwrap_or((&words, ""));
        let lives = super::number::counted(figure.recipe.counts.lives, "life", "lives");
        items.push(label(subject::joined(&[name.to_owned()]), 38.0, 26.0, Weight::SemiBold));
        items.push(label(format!("{heights} · {lives}"), 62.0, 20.0, Weight::Regular));
    }
    if let Some(map) = whole.scene.items.first_mut() {
        *map = Item::Clip { rect: sheet.map_square(), items };
    }
    whole
}
