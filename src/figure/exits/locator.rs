//! The whole map, small, with every ring on it.

use super::exit_area::ExitArea;
use crate::figure::canvas::Canvas;
use crate::figure::layout::placement::Placement;
use crate::figure::layout::sheet::filled;
use crate::geom::PixelPoint;
use crate::plane::MapFrame;
use crate::scene::{Align, Color, Item, Label, Marker, PixelRect, Shape, Stroke, Weight};
use crate::theme::{HALO_OPACITY, halo_width};

/// Where a locator stands on a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// In a part of the sheet of its own, with names.
    Own(PixelRect),
    /// Over the panels.
    Inset(PixelRect),
}

/// Size of the areas' names, design pixels.
const NAME_SIZE: f32 = 20.0;

/// The locator's marks: the map, and the areas' rings.
pub(super) fn items(areas: &[ExitArea], place: Place, context: &Canvas<'_>) -> Vec<Item> {
    let (theme, scale) = (context.theme(), context.sheet.scale());
    let whole = Canvas { crop: None, ..*context };
    let (Place::Own(room) | Place::Inset(room)) = place;
    let frame = MapFrame::fit(room, &context.map.extent.rect);
    let area = match place {
        Place::Own(room) => room,
        Place::Inset(_) => frame.rect,
    };
    let mut items = vec![filled(area, 0.0, theme.strip[0])];
    items.extend(whole.base_map(&frame).item(&frame.rect));
    let ring = |at: &ExitArea| (frame.project(at.center), (at.ring_units / frame.units_per_px()) as f32);
    for at in areas {
        let (middle, radius) = ring(at);
        let color = theme.team(&at.team);
        let circle = |radius: f32, fill: Option<Color>, width: f32| {
            Item::Marker(Marker {
                at: middle,
                shape: Shape::Circle,
                radius,
                fill,
                stroke: Some(Stroke { width: width * scale, color }),
                casing: Some(Stroke { width: (width + 2.4) * scale, color: theme.ink.opacity(0.6) }),
            })
        };
        items.push(circle(radius, Some(color.opacity(0.10)), 2.0));
        items.push(circle(2.5 * scale, Some(color), 1.0));
    }
    match place {
        Place::Own(_) => {
            let mut placement = Placement::new(area, scale, Vec::new());
            for at in areas {
                let (middle, _) = ring(at);
                let reach = 6.0 * scale;
                placement.reserve(PixelRect::new(
                    middle.x - reach,
                    middle.y - reach,
                    2.0 * reach,
                    2.0 * reach,
                ));
            }
            for at in areas {
                let placed = placement.place(ring(at).0, &at.name, NAME_SIZE * scale, Weight::SemiBold);
                items.push(Item::Label(Label {
                    text: at.name.clone(),
                    at: PixelPoint::new(placed.baseline.x, placed.baseline.y),
                    size: NAME_SIZE * scale,
                    weight: Weight::SemiBold,
                    color: theme.text,
                    align: Align::Center,
                    halo: Some(Stroke {
                        width: halo_width(NAME_SIZE) * scale,
                        color: theme.ink.opacity(HALO_OPACITY),
                    }),
                }));
            }
            vec![Item::Clip { rect: area, items }]
        }
        Place::Inset(_) => {
            let edge = Some(Stroke { width: 2.0 * scale, color: theme.muted });
            vec![
                Item::Clip { rect: area, items },
                Item::Rect { rect: area, radius: 0.0, fill: None, stroke: edge },
            ]
        }
    }
}
