//! Drawing the pictures of a report, and what each depends on.

pub(super) mod share;
pub(super) mod small;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::model::{Picture, SessionReport, Sheets};
use super::page::{SCRIPT, STYLE};
use crate::basemap::BaseStyle;
use crate::error::Error;
use crate::figure::request::{Finished, Layout};
use crate::figure::{Orientation, Recipe};
use crate::progress::Silent;
use crate::raster::{self, encode};
use crate::rounds::{InMemory, KnownLives, RoundView};
use crate::text::hex;

/// Qualities at which text on a sheet stays clean, and a small version too: on our pictures, JPEG takes a sixth of what
/// lossless PNG or WebP take.
const SMALL_QUALITY: u8 = 85;

/// A picture's files.
pub struct Drawn {
    /// The full sheet.
    pub sheet: Vec<u8>,
    /// The small version, a JPEG.
    pub small: Vec<u8>,
    /// The small version over a light map, likewise; `None` where the page has none.
    pub light: Option<Vec<u8>>,
    /// How it came about.
    pub recipe: Recipe,
}

impl<'a> SessionReport<'a> {
    /// A round as it passes by, with its lives.
    pub(super) fn view(&'a self, index: usize) -> RoundView<'a> {
        RoundView {
            order: index as u32,
            round: &self.rounds[index],
            known: KnownLives::Of(self.filter, &self.cleaned[index]),
        }
    }

    /// Some rounds of the report, cleaned before.
    pub(super) fn members(&'a self, indices: &[usize]) -> InMemory<'a> {
        InMemory::of(indices.iter().map(|&index| self.view(index)).collect())
    }

    /// What the page looks like in this version of the program, as text: it changes with every change of its form.
    pub fn look() -> String {
        let page = [include_str!("../templates/report.html"), STYLE, SCRIPT].concat();
        hex(&Sha256::digest(page.as_bytes()))
    }

    /// What a picture depends on, as one hash: its request, the version of its figure, its map, and its rounds, which are
    /// told apart by their content, names and file name. The same key means the same pixels.
    pub fn key(&self, picture: &Picture) -> String {
        let map = &self.map_data[picture.map];
        let looks = &self.fingerprints[picture.map];
        let mut text = format!("{} {} {looks}", env!("CARGO_PKG_VERSION"), picture.request.key());
        let mut add = |index: usize| {
            let meta = &self.rounds[index].meta;
            // Writing to a String cannot fail.
            let _ = write!(text, " {index} {} {:?}", meta.content_key(), meta.file_name);
        };
        picture.rounds.iter().copied().for_each(&mut add);
        if map.picture.is_none() {
            // The ground is drawn from all tracks.
            (0..self.rounds.len()).for_each(add);
        }
        hex(&Sha256::digest(text.as_bytes()))
    }

    /// Draws one picture: its full sheet, and its small version.
    ///
    /// # Errors
    /// A map's extent that is too large for a grid, a life without a place, or a picture too large to be encoded.
    pub fn draw(&self, picture: &Picture, sheets: Sheets) -> Result<Drawn, Error> {
        let drawing = self.figure(picture)?.drawing;
        let bitmap = raster::render(&drawing.scene)?;
        let small = small::version(picture, &bitmap).map(|small| encode::jpeg(&small, &[], SMALL_QUALITY));
        let sheet = match sheets {
            Sheets::Small => drawing.encoded_with_loss(&bitmap)?,
            Sheets::Full => drawing.encoded(bitmap)?,
        };
        let light = if picture.has_light { Some(self.light(picture)?) } else { None };
        Ok(Drawn { sheet, small: small.transpose()?.unwrap_or_default(), light, recipe: drawing.recipe })
    }

    /// The small version over a light map.
    fn light(&self, picture: &Picture) -> Result<Vec<u8>, Error> {
        let layout = Layout { legend: Orientation::Bare, size_px: small::SMALL_PX, ..picture.request.layout };
        let request = picture.request.clone().on(layout).over(BaseStyle::Light);
        let members = self.members(&picture.rounds);
        let dark = &self.map_data[picture.map];
        let part = self.maps.iter().find(|part| part.map == picture.map);
        let kept = part.map(|part| part.light_map.get_or_init(|| dark.over(BaseStyle::Light)));
        let drawn = request.draw_on(&members, kept.unwrap_or(dark), None, &Silent)?;
        Ok(encode::jpeg(&raster::render(&drawn.drawing.scene)?, &[], SMALL_QUALITY)?)
    }

    /// Draws one picture.
    ///
    /// # Errors
    /// A map's extent that is too large for a grid, or a life without a place.
    pub fn figure(&self, picture: &Picture) -> Result<Finished, Error> {
        let members = self.members(&picture.rounds);
        picture.request.draw_on(&members, &self.map_data[picture.map], None, &Silent)
    }
}
