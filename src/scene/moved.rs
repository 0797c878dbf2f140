//! Items moved to another place of the picture, for figures that stand side by side.

use super::{Item, PixelRect};
use crate::geom::PixelPoint;

impl Item {
    /// The same item, `dx` pixels to the right and `dy` down: whole pixels, so that bitmaps keep theirs.
    #[must_use]
    pub fn moved(self, dx: i32, dy: i32) -> Self {
        let (x, y) = (dx as f32, dy as f32);
        let point = |at: PixelPoint| PixelPoint::new(at.x + x, at.y + y);
        let area = |rect: PixelRect| PixelRect { x: rect.x + x, y: rect.y + y, ..rect };
        match self {
            Self::Image { x, y, bitmap, blend } => {
                Self::Image { x: x.saturating_add(dx), y: y.saturating_add(dy), bitmap, blend }
            }
            Self::Rect { rect, radius, fill, stroke } => {
                Self::Rect { rect: area(rect), radius, fill, stroke }
            }
            Self::Polyline(mut line) => {
                line.vertices.iter_mut().for_each(|vertex| vertex.at = point(vertex.at));
                Self::Polyline(line)
            }
            Self::Polygon(mut shape) => {
                shape.points.iter_mut().for_each(|at| *at = point(*at));
                Self::Polygon(shape)
            }
            Self::Marker(mut marker) => {
                marker.at = point(marker.at);
                Self::Marker(marker)
            }
            Self::Label(mut label) => {
                label.at = point(label.at);
                Self::Label(label)
            }
            Self::Clip { rect, items } => Self::Clip {
                rect: area(rect),
                items: items.into_iter().map(|item| item.moved(dx, dy)).collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_inside_a_clip_moves_with_it() {
        let rect = PixelRect::new(1.0, 2.0, 3.0, 4.0);
        let inside = Item::Rect { rect, radius: 0.0, fill: None, stroke: None };
        let moved = Item::Clip { rect, items: vec![inside] }.moved(10, -2);
        let Item::Clip { rect: clip, items } = moved else { panic!() };
        assert_eq!(clip, PixelRect::new(11.0, 0.0, 3.0, 4.0));
        assert!(matches!(items[0], Item::Rect { rect, .. } if rect == clip));
    }
}
