//! A finished drawing to bytes: PNG with its recipe inside, or SVG.

use std::path::Path;

use super::recipe::Drawing;
use crate::error::Error;
use crate::raster::{self, encode};
use crate::scene::{Bitmap, Scene};

/// Keyword of the text chunk that holds a picture's recipe.
pub const RECIPE: &str = "proximity";

/// Of JPEG files: letters of a legend keep their edges.
const JPEG_QUALITY: u8 = 82;

impl Drawing {
    /// The draw list: flat, resolved, in pixels.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The bytes of a PNG that carries its recipe.
    ///
    /// # Errors
    /// A picture too large to be drawn or encoded.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        self.encoded(raster::render(&self.scene)?)
    }

    /// The same of pixels that were rendered before.
    ///
    /// # Errors
    /// A picture too large to be encoded.
    pub(crate) fn encoded(&self, bitmap: Bitmap) -> Result<Vec<u8>, Error> {
        Ok(encode::last_png(bitmap, &[(RECIPE, &self.recipe.to_json())], encode::Effort::Fast)?)
    }

    /// The bytes of a JPEG that carries its recipe: about a quarter of a PNG's, with a loss that a magnifier finds.
    ///
    /// # Errors
    /// A picture too large to be drawn or encoded.
    pub fn jpeg(&self) -> Result<Vec<u8>, Error> {
        self.encoded_with_loss(&raster::render(&self.scene)?)
    }

    /// The same of pixels that were rendered before.
    ///
    /// # Errors
    /// A picture too large to be encoded.
    pub(crate) fn encoded_with_loss(&self, bitmap: &Bitmap) -> Result<Vec<u8>, Error> {
        Ok(encode::jpeg(bitmap, &[(RECIPE, &self.recipe.to_json())], JPEG_QUALITY)?)
    }

    /// The text of an SVG.
    pub fn svg(&self) -> String {
        crate::svg::write(&self.scene)
    }

    /// Writes the picture under this name, whole or not at all: an SVG for `.svg`, else a PNG.
    ///
    /// # Errors
    /// A picture that cannot be drawn, or a file that cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let is_svg = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
        let bytes = if is_svg { self.svg().into_bytes() } else { self.png()? };
        Ok(crate::files::write(path, &bytes)?)
    }
}
