//! One picture of the whole session, for a chat in which a link to the report unfolds: the scoreboard's first players
//! beside the heat of every map.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::basemap::BaseStyle;
use crate::error::Error;
use crate::figure::Names;
use crate::figure::layout::sheet::filled;
use crate::figure::request::{Figure, Heatmap, Layout, Request};
use crate::figure::words::number;
use crate::geom::PixelPoint;
use crate::progress::Silent;
use crate::raster::{self, encode};
use crate::report::model::SessionReport;
use crate::report::page::name::colored;
use crate::report::players::scoreboard::Score;
use crate::scene::{Align, Bitmap, Blend, Color, Item, Label, PixelRect, Scene, Weight, text};
use crate::text::hex;
use crate::theme::{self, DARK};

/// Its name within a report's folder.
pub const SHARE_FILE: &str = "pictures/share.png";
/// Its width and height, pixels: what chats and social sites show without cutting.
pub const SHARE_PX: [u32; 2] = [1200, 630];
/// Raised when it looks different.
const FORM: u32 = 1;

/// Players on it, and maps, at most.
const PLAYERS: usize = 5;
const MAPS: usize = 9;
/// Where the maps lie, and where the scoreboard begins and ends beside them.
const MAPS_LEFT: u32 = 560;
const BOARD: [f32; 2] = [56.0, 600.0];
/// Right edges of the columns: kills, deaths, kills for each death.
const COLUMNS: [f32; 3] = [384.0, 484.0, 584.0];
/// The maps fade in over this width, pixels.
const FADE: u32 = 150;
/// Names in a game's dark colours are made at least so light (OKLab).
const LEAST_LIGHTNESS: f32 = 0.68;

/// A picture to be posted, with what it says for those who cannot see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharePicture {
    /// The picture, 1200 × 630, as a PNG file.
    pub png: Vec<u8>,
    /// The same in words.
    pub alt: String,
}

impl SessionReport<'_> {
    /// What [`SessionReport::share_picture`] depends on, as one hash.
    pub fn share_key(&self) -> String {
        let heats = self.maps.iter().filter_map(|map| map.pictures.first());
        let mut text = format!("share {FORM} {}", self.cover().0);
        heats.for_each(|heat| text.push_str(&self.key(heat)));
        hex(&Sha256::digest(text.as_bytes()))
    }

    /// The session in one picture: the scoreboard's first five players beside the heat of its maps.
    ///
    /// # Errors
    /// A map's extent that is too large for a grid.
    pub fn share_picture(&self) -> Result<SharePicture, Error> {
        let scores = self.scores(0..self.cleaned.len());
        let scores = &scores[..scores.len().min(PLAYERS)];
        let [width, height] = SHARE_PX;
        let mut items = self.mosaic()?;
        items.push(fade());
        self.write_head(&mut items);
        for (nth, score) in scores.iter().enumerate() {
            self.write_row(nth, score, scores[0].kills, &mut items);
        }
        let scene = Scene { width, height, background: DARK.panel, items };
        let png = encode::png(&raster::render(&scene)?, &[], encode::Effort::Fast)?;
        Ok(SharePicture { png, alt: self.share_words(scores) })
    }

    /// What the share picture says, as a sentence or two.
    pub(crate) fn share_alt(&self) -> String {
        let scores = self.scores(0..self.cleaned.len());
        self.share_words(&scores[..scores.len().min(PLAYERS)])
    }

    fn share_words(&self, scores: &[Score]) -> String {
        let maps: Vec<String> = self.maps.iter().map(|part| self.map_title(part.map)).collect();
        let rows = scores.iter().enumerate().map(|(nth, score)| {
            format!(
                "{}. {}, {}, {}",
                nth + 1,
                self.plain_name(score),
                number::counted(score.kills, "kill", "kills"),
                number::counted(score.tally.deaths, "death", "deaths")
            )
        });
        let board = rows.collect::<Vec<_>>().join("; ");
        format!("{}. {board}. Beside it, where time was spent on {}.", self.cover().0, maps.join(", "))
    }

    fn plain_name(&self, score: &Score) -> String {
        let parts = colored(&self.people[score.person].player.written);
        parts.into_iter().map(|part| part.text).collect()
    }

    /// Every map's heat, each in a part of the right half.
    fn mosaic(&self) -> Result<Vec<Item>, Error> {
        let played = self.maps.iter().filter(|map| !map.pictures.is_empty()).take(MAPS);
        let maps: Vec<_> = played.collect();
        let mut items = Vec::new();
        for (part, [x, y, width, height]) in maps.iter().zip(places(maps.len() as u32)) {
            let Some(heat) = part.pictures.first() else { continue };
            let layout = Layout { labels: Names::None, ..Layout::bare(width.max(height).max(128)) };
            let request = Request::new(Heatmap::by_state().subject(), heat.request.filter.clone())
                .on(layout)
                .over(BaseStyle::Dim);
            let members = self.members(&heat.rounds);
            let drawn = request.draw_on(&members, &self.map_data[part.map], None, &Silent)?;
            let map = Arc::new(raster::render(&drawn.drawing.scene)?);
            let offset = |from: u32, of: u32| (of as i32 - from as i32) / 2;
            let image = Item::Image {
                x: x as i32 + offset(map.width(), width),
                y: y as i32 + offset(map.height(), height),
                bitmap: map,
                blend: Blend::Srgb,
            };
            let rect = PixelRect::new(x as f32, y as f32, width as f32, height as f32);
            items.push(Item::Clip { rect, items: vec![image] });
        }
        Ok(items)
    }

    fn write_head(&self, items: &mut Vec<Item>) {
        let [left, right] = BOARD;
        let (title, subtitle) = self.cover();
        let size = [38.0, 32.0, 27.0, 23.0]
            .into_iter()
            .find(|size| text::width(&title, *size, Weight::SemiBold) <= right - left)
            .unwrap_or(20.0);
        let title = text::ellipsize(&title, size, Weight::SemiBold, right - left);
        items.push(line(title, [left, 86.0], size, Weight::SemiBold, DARK.text));
        // The times of a session are no news to those who played it.
        let subtitle = subtitle.split(" · ").skip(1).collect::<Vec<_>>().join(" · ");
        items.push(line(subtitle, [left, 124.0], 21.0, Weight::Regular, DARK.muted));
        for (head, x) in ["kills", "deaths", "K/D"].into_iter().zip(COLUMNS) {
            items.push(right_aligned(head.to_owned(), [x, 190.0], 19.0, Weight::Regular, DARK.muted));
        }
        let maps: Vec<String> = self.maps.iter().map(|part| self.map_title(part.map)).collect();
        let maps = text::ellipsize(&maps.join(" · "), 19.0, Weight::Regular, right - left);
        items.push(line(maps, [left, 588.0], 19.0, Weight::Regular, DARK.muted));
    }

    fn write_row(&self, nth: usize, score: &Score, most: u64, items: &mut Vec<Item>) {
        let [left, _] = BOARD;
        let y = 238.0 + 66.0 * nth as f32;
        items.push(filled(PixelRect::new(left, y - 42.0, COLUMNS[2] - left, 1.0), 0.0, DARK.rule));
        items.push(line((nth + 1).to_string(), [left, y], 20.0, Weight::Regular, DARK.muted));
        let mut x = left + 34.0;
        // A name ends well before the kills' column, whatever they are.
        let mut room = COLUMNS[0] - 70.0 - x;
        for part in colored(&self.people[score.person].player.written) {
            let shown = text::ellipsize(&part.text, 27.0, Weight::SemiBold, room);
            let width = text::width(&shown, 27.0, Weight::SemiBold);
            items.push(line(shown, [x, y], 27.0, Weight::SemiBold, light(part.rgb())));
            (x, room) = (x + width, room - width);
        }
        let ratio = score.kills_per_death();
        let cells = [
            (number::count(score.kills), Weight::SemiBold, DARK.text),
            (number::count(score.tally.deaths), Weight::Regular, DARK.text),
            (format!("{ratio:.2}"), Weight::SemiBold, if ratio >= 1.0 { DARK.health[0] } else { DARK.muted }),
        ];
        for ((words, weight, color), x) in cells.into_iter().zip(COLUMNS) {
            items.push(right_aligned(words, [x, y], 27.0, weight, color));
        }
        let bar = 96.0 * score.kills as f32 / most.max(1) as f32;
        items.push(filled(PixelRect::new(COLUMNS[0] - bar, y + 10.0, bar, 4.0), 2.0, DARK.allies));
    }
}

/// Where each of `count` maps lies: rows of parts that are about as wide as high, the last row's wider.
fn places(count: u32) -> Vec<[u32; 4]> {
    let [width, height] = [SHARE_PX[0] - MAPS_LEFT, SHARE_PX[1]];
    let columns = (1..=count).find(|columns| columns * columns >= count).unwrap_or(1);
    let rows = count.div_ceil(columns).max(1);
    // Both edges are rounded from the same fraction, so that parts meet.
    let edge = |nth: u32, of: u32, length: u32| nth * length / of;
    (0..count)
        .map(|nth| {
            let (row, column) = (nth / columns, nth % columns);
            let in_row = columns.min(count - row * columns);
            let (x, y) = (edge(column, in_row, width), edge(row, rows, height));
            let right = edge(column + 1, in_row, width);
            let gap = u32::from(column + 1 < in_row) * 2;
            let below = u32::from(row + 1 < rows) * 2;
            [MAPS_LEFT + x, y, right - x - gap, edge(row + 1, rows, height) - y - below]
        })
        .collect()
}

/// The scoreboard's ground, which ends softly over the maps.
fn fade() -> Item {
    let height = SHARE_PX[1];
    let Color { r, g, b, .. } = DARK.panel;
    let row: Vec<u8> = (0..FADE)
        .flat_map(|x| {
            let t = 1.0 - x as f32 / FADE as f32;
            [r, g, b, (255.0 * t * t * (3.0 - 2.0 * t)) as u8]
        })
        .collect();
    match Bitmap::new(FADE, height, row.repeat(height as usize)) {
        Some(bitmap) => {
            Item::Image { x: MAPS_LEFT as i32, y: 0, bitmap: Arc::new(bitmap), blend: Blend::Srgb }
        }
        None => unreachable!("as many bytes as pixels ask for"),
    }
}

/// A colour that can be read on the dark ground.
fn light(rgb: u32) -> Color {
    let color = Color::hex(rgb);
    let l = theme::lab(color).l;
    theme::mix(color, Color::hex(0xff_ff_ff), ((LEAST_LIGHTNESS - l) / (1.0 - l).max(0.01)).clamp(0.0, 1.0))
}

fn line(text: String, [x, y]: [f32; 2], size: f32, weight: Weight, color: Color) -> Item {
    let at = PixelPoint::new(x, y);
    Item::Label(Label { text, at, size, weight, color, align: Align::Left, halo: None })
}

fn right_aligned(text: String, at: [f32; 2], size: f32, weight: Weight, color: Color) -> Item {
    match line(text, at, size, weight, color) {
        Item::Label(label) => Item::Label(Label { align: Align::Right, ..label }),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_fill_their_half_and_do_not_meet() {
        for count in 1..=MAPS as u32 {
            let places = places(count);
            assert_eq!(places.len(), count as usize);
            let rects: Vec<PixelRect> = places
                .iter()
                .map(|[x, y, w, h]| PixelRect::new(*x as f32, *y as f32, *w as f32, *h as f32))
                .collect();
            for (nth, rect) in rects.iter().enumerate() {
                assert!(rects[nth + 1..].iter().all(|other| !rect.meets(other)), "{count}: {rects:?}");
                assert!(rect.right() <= 1200.0 && rect.bottom() <= 630.0);
            }
            let area: f32 = rects.iter().map(|rect| rect.width * rect.height).sum();
            assert!(area > 0.97 * 640.0 * 630.0, "{count}: {area}");
        }
    }

    #[test]
    fn dark_names_can_be_read() {
        for rgb in [0, 0x00_00_ff, 0x7f_00_00, 0xff_ff_ff] {
            assert!(theme::lab(light(rgb)).l >= LEAST_LIGHTNESS - 0.01, "{rgb:06x}");
        }
    }
}
