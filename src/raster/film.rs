//! Pictures one after another: marks that move over a ground that seldom changes.
//!
//! What the marks of the last picture covered is taken from the ground again, then the new marks are drawn. Of the
//! ground itself only what lies below an item that came or went is drawn anew. The ground's pixels are those of
//! [`super::render`]; markers and labels that move stand at the nearest quarter of a pixel, where they are cut once.

use super::canvas::{Band, Window};
use super::plan::{self, Figure, Mark};
use super::stamp::Stamps;
use super::{Brushes, Error, Part, blank, draw_mark};
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
    stamps: Stamps,
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
            stamps: Stamps::default(),
        })
    }

    /// Draws the next picture: the ground's items, then the marks.
    pub fn draw(&mut self, ground: Vec<Item>, marks: &[Item]) {
        let renewed = self.renew(ground);
        let marks = plan::resolve_moving(marks, self.window(), &mut self.stamps);
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
        let mut band = Band::new(width as u32, 0, self.picture.rgba_mut());
        for mark in &marks {
            match &mark.figure {
                Figure::Path { path, color } => {
                    self.brushes.path.draw_again(&mut band, mark.window, path, *color);
                }
                _ => draw_mark(&mut band, mark.window, mark, &mut self.brushes),
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
        let gone = other
            .into_iter()
            .map(|item| plan::resolve(std::slice::from_ref(item), all, &mut self.stamps.cutter));
        let mut windows: Vec<Window> = gone.flatten().flat_map(|mark| mark.windows()).collect();
        let area = |window: &Window| window.width() * window.height();
        if windows.iter().map(area).sum::<usize>() > area(&all) {
            windows = vec![all];
        }
        let marks = plan::resolve(&items, all, &mut self.stamps.cutter);
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
    fn a_film_shows_what_a_new_one_would() {
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
            let mut new = Film::new(WIDTH, HEIGHT, background).unwrap();
            new.draw(ground, &marks);
            let whole = new.picture().clone();
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

    /// The largest difference between a film's and a scene's picture of some marks, and the sum of all.
    fn differences(marks: &[Item]) -> (u8, u64) {
        let background = Color::hex(0x40_5060);
        let mut film = Film::new(WIDTH, HEIGHT, background).unwrap();
        film.draw(vec![ghost(1)], marks);
        let items = [&[ghost(1)], marks].concat();
        let scene = render(&Scene { width: WIDTH, height: HEIGHT, background, items }).unwrap();
        let bytes = film.picture().rgba().iter().zip(scene.rgba()).map(|(a, b)| a.abs_diff(*b));
        (bytes.clone().max().unwrap_or(0), bytes.map(u64::from).sum())
    }

    #[test]
    fn marks_stand_within_an_eighth_of_a_pixel_of_their_place() {
        let marker = |x, y, shape| {
            let line = |width, color| Some(Stroke { width, color: Color::hex(color) });
            let (fill, stroke) = (Some(Color::hex(0xf0_604a)), line(3.0, 0xe8_ecf2));
            let casing = line(6.0, 0x0b_0e14);
            Item::Marker(Marker { at: PixelPoint::new(x, y), shape, radius: 12.0, fill, stroke, casing })
        };
        let shapes = |x, y| {
            let of_turn = std::f32::consts::TAU / 16.0;
            [
                marker(x, y, Shape::Square),
                marker(x + 60.0, y, Shape::Cross),
                marker(x + 120.0, y, Shape::Triangle { heading: 3.0 * of_turn }),
                marker(x, y + 60.0, Shape::Chevron { heading: -5.0 * of_turn }),
                marker(x + 60.0, y + 60.0, Shape::Arc { start: 1.0, sweep: 4.0 }),
            ]
        };
        let (largest, _) = differences(&shapes(40.25, 90.5));
        assert!(largest <= 4, "at a quarter of a pixel nothing moves, but {largest}");
        // An eighth of a pixel moves an edge between the two farthest colours by 29 of 232.
        let (largest, sum) = differences(&shapes(40.12, 90.37));
        assert!((1..=64).contains(&largest) && sum > 0, "{largest}");
    }

    #[test]
    fn what_is_too_large_or_nowhere_is_drawn_as_in_a_scene() {
        let circle = |at: PixelPoint, radius| {
            let fill = Some(Color::hex(0xff_ffff));
            Item::Marker(Marker { at, shape: Shape::Circle, radius, fill, stroke: None, casing: None })
        };
        let large = circle(PixelPoint::new(100.1, 30.2), 80.0);
        let (largest, _) = differences(&[large]);
        assert_eq!(largest, 0);
        let nowhere = [f32::NAN, f32::INFINITY, 1e30].map(|x| circle(PixelPoint::new(x, 5.0), 9.0));
        assert_eq!(differences(&nowhere), (0, 0));
        let turned = Shape::Triangle { heading: f32::NAN };
        let marker = Marker {
            at: PixelPoint::new(9.0, 9.0),
            shape: turned,
            radius: 9.0,
            fill: Some(Color::hex(0xff_ffff)),
            stroke: None,
            casing: None,
        };
        assert_eq!(differences(&[Item::Marker(marker)]), (0, 0));
        let long = Item::Label(Label {
            text: "long ".repeat(30),
            at: PixelPoint::new(10.3, 50.6),
            size: 15.0,
            weight: Weight::SemiBold,
            color: Color::hex(0xff_ffff),
            align: Align::Left,
            halo: None,
        });
        assert_eq!(differences(&[long]), (0, 0));
    }
}
