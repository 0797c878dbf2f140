//! Pictures one after another: marks that move over a ground that seldom changes.
//!
//! What the marks of the last picture covered is taken from the ground again, then the new marks are drawn. Of the
//! ground itself only what lies below an item that came or went is drawn anew. The pixels are those of
//! [`super::render`].

use super::canvas::{Band, Window};
use super::glyph::Cutter;
use super::plan::{self, Figure, Mark};
use super::{BAND_ROWS, Brushes, Error, Part, blank, draw_mark};
use crate::scene::{Bitmap, Color, Item};

/// The pictures of an animation, one at a time.
pub struct Film {
    background: Color,
    /// What lies below the marks, and its pixels.
    items: Vec<Item>,
    ground: Bitmap,
    picture: Bitmap,
    /// Where the picture is not the ground.
    marked: Vec<Window>,
    changed: Vec<Part>,
    brushes: Brushes,
    cutter: Cutter,
}

impl Film {
    /// A film that begins with an empty picture.
    ///
    /// # Errors
    /// When the picture is empty or larger than [`super::render`] allows.
    pub fn new(width: u32, height: u32, background: Color) -> Result<Self, Error> {
        let ground = blank(width, height, background)?;
        Ok(Self {
            background,
            items: Vec::new(),
            picture: ground.clone(),
            ground,
            marked: Vec::new(),
            changed: vec![Part::whole(width as usize, height as usize)],
            brushes: Brushes::default(),
            cutter: Cutter::default(),
        })
    }

    /// Draws the next picture: the ground's items, then the marks.
    pub fn draw(&mut self, ground: Vec<Item>, marks: &[Item]) {
        let renewed = self.renew(ground);
        let marks = plan::resolve(marks, self.window(), &mut self.cutter);
        let marked: Vec<Window> = marks.iter().flat_map(Mark::windows).collect();
        let width = self.picture.width() as usize;
        let before = std::mem::replace(&mut self.marked, marked);
        let mut changed: Vec<Part> = before.iter().chain(&renewed).map(|window| window.part()).collect();
        for part in &changed {
            for row in part.rows(width) {
                let bytes = row.start * 4..row.end * 4;
                self.picture.rgba_mut()[bytes.clone()].copy_from_slice(&self.ground.rgba()[bytes]);
            }
        }
        // In the bands of a picture that is drawn as a whole: where a path is cut shows in its last bits.
        for (i, rows) in self.picture.rgba_mut().chunks_mut(width * 4 * BAND_ROWS).enumerate() {
            let mut band = Band::new(width as u32, (i * BAND_ROWS) as i32, rows);
            for mark in &marks {
                match &mark.figure {
                    Figure::Path { path, color } => {
                        let window = mark.window.intersect(band.window());
                        if !window.is_empty() {
                            self.brushes.path.draw_again(&mut band, window, path, *color);
                        }
                    }
                    _ => draw_mark(&mut band, mark.window, mark, &mut self.brushes),
                }
            }
        }
        self.brushes.path.next_picture();
        changed.extend(self.marked.iter().map(|window| window.part()));
        self.changed = changed;
    }

    /// The picture that was drawn last.
    pub fn picture(&self) -> &Bitmap {
        &self.picture
    }

    /// The parts outside of which the picture is the one before it.
    pub fn changed(&self) -> &[Part] {
        &self.changed
    }

    fn window(&self) -> Window {
        Window::new(0, 0, self.picture.width() as i32, self.picture.height() as i32)
    }

    /// Brings the ground up to date; the windows that were drawn anew.
    fn renew(&mut self, items: Vec<Item>) -> Vec<Window> {
        let other = unmatched(&self.items, &items);
        if other.is_empty() {
            return Vec::new();
        }
        let all = self.window();
        let gone =
            other.into_iter().map(|item| plan::resolve(std::slice::from_ref(item), all, &mut self.cutter));
        let mut windows: Vec<Window> = gone.flatten().flat_map(|mark| mark.windows()).collect();
        let area = |window: &Window| window.width() * window.height();
        if windows.iter().map(area).sum::<usize>() > area(&all) {
            windows = vec![all];
        }
        let marks = plan::resolve(&items, all, &mut self.cutter);
        let [r, g, b, a] = [self.background.r, self.background.g, self.background.b, self.background.a];
        let mut band = Band::new(self.ground.width(), 0, self.ground.rgba_mut());
        for window in &windows {
            for y in window.top..window.bottom {
                band.row(y, window.left, window.right).fill([r, g, b, a]);
            }
            for mark in &marks {
                draw_mark(&mut band, *window, mark, &mut self.brushes);
            }
        }
        drop(marks);
        self.items = items;
        windows
    }
}

/// The items of either list that the other one lacks, or has in another order.
fn unmatched<'i>(before: &'i [Item], after: &'i [Item]) -> Vec<&'i Item> {
    let mut other = Vec::new();
    let mut rest = before;
    for item in after {
        match rest.iter().position(|known| known == item) {
            Some(at) => {
                other.extend(&rest[..at]);
                rest = &rest[at + 1..];
            }
            None => other.push(item),
        }
    }
    other.extend(rest);
    other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::PixelPoint;
    use crate::raster::render;
    use crate::scene::{Align, Label, Marker, PixelRect, Polyline, Scene, Shape, Stroke, Vertex, Weight};

    const WIDTH: u32 = 300;
    const HEIGHT: u32 = 280;

    fn line(steps: &[(f32, f32)], opacity: f32) -> Item {
        let vertex = |(x, y): &(f32, f32)| Vertex {
            at: PixelPoint::new(*x, *y),
            color: Color::hex(0x66_c3f6),
            width: 3.5,
        };
        let casing = Some(Stroke { width: 2.4, color: Color::hex(0x0b_0e14).opacity(0.7) });
        Item::Polyline(Polyline { vertices: steps.iter().map(vertex).collect(), opacity, casing })
    }

    /// A path that lies on the ground from one frame to another.
    fn ghost(number: usize) -> Item {
        let at = |i: usize| ((i * 37 + number * 91) % 310) as f32 - 5.0;
        line(&(0..40).map(|i| (at(i), at(i * 3 + 7))).collect::<Vec<_>>(), 0.1)
    }

    /// A trail, a marker and a name at a place.
    fn player(x: f32, y: f32) -> [Item; 3] {
        let at = PixelPoint::new(x, y);
        let ink = Some(Stroke { width: 5.0, color: Color::hex(0x0b_0e14) });
        [
            line(&[(x - 60.0, y - 20.0), (x - 31.5, y), (x, y)], 1.0),
            Item::Marker(Marker {
                at,
                shape: Shape::Circle,
                radius: 9.0,
                fill: Some(Color::hex(0x4c_9aff)),
                stroke: None,
                casing: ink,
            }),
            Item::Label(Label {
                text: "Kestrel".to_owned(),
                at: PixelPoint::new(x, y - 14.0),
                size: 15.0,
                weight: Weight::Regular,
                color: Color::hex(0xe8_ecf2),
                align: Align::Center,
                halo: Some(Stroke { width: 1.6, color: Color::hex(0x0b_0e14).opacity(0.85) }),
            }),
        ]
    }

    #[test]
    fn a_film_shows_what_each_scene_would() {
        let background = Color::hex(0x11_151c);
        let panel = PixelRect::new(0.0, 240.0, 300.0, 41.0);
        let mut film = Film::new(WIDTH, HEIGHT, background).unwrap();
        let mut before: Option<Bitmap> = None;
        for frame in 0..40_usize {
            // Paths come and go in the middle of the list; in one frame they change places.
            let mut ground: Vec<Item> = (frame / 7..frame / 5 + 3).map(ghost).collect();
            if frame == 20 {
                ground.reverse();
            }
            ground.push(Item::Rect {
                rect: panel,
                radius: 0.0,
                fill: Some(Color::hex(0x12_161e)),
                stroke: None,
            });
            let mut marks: Vec<Item> = (0..frame % 4)
                .flat_map(|i| {
                    player((frame * 9 + i * 101) as f32 % 330.0 - 10.3, (frame * 5 + i * 70) as f32 % 260.0)
                })
                .collect();
            if frame % 9 < 7 {
                // One that stands still for some frames, across the edge of two bands.
                marks.extend(player(203.4, 126.6));
            }
            film.draw(ground.clone(), &marks);
            let items = ground.into_iter().chain(marks).collect();
            let whole = render(&Scene { width: WIDTH, height: HEIGHT, background, items }).unwrap();
            assert!(*film.picture() == whole, "frame {frame}");
            if let Some(mut shown) = before.replace(whole.clone()) {
                for row in film.changed().iter().flat_map(|part| part.rows(WIDTH as usize)) {
                    let bytes = row.start * 4..row.end * 4;
                    shown.rgba_mut()[bytes.clone()].copy_from_slice(&whole.rgba()[bytes]);
                }
                assert!(shown == whole, "frame {frame} differs outside of what is said to have changed");
            }
        }
    }
}
