//! What whoever publishes a picture adds to its legend: a title and subtitle of their own, and a logo.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbaImage;
use image::imageops::{FilterType, resize};
use serde::{Deserialize, Serialize};

use super::RequestError;
use crate::map::PictureLimits;
use crate::map::picture::{PictureError, decode, encode};

/// The longest title and subtitle, characters.
const LONGEST: usize = 200;
/// A logo is kept at most this large, pixels: sharp on a sheet of twice the usual size.
const LOGO_PX: (u32, u32) = (768, 192);
/// What a logo's file may be.
const LOGO_FILE: PictureLimits =
    PictureLimits { side_pixels: 4096, pixels: 4096 * 4096, file_bytes: 16 << 20 };
/// What a kept logo may be: no larger than raw pixels would be.
const KEPT: PictureLimits =
    PictureLimits { side_pixels: LOGO_PX.0, pixels: (LOGO_PX.0 * LOGO_PX.1) as u64, file_bytes: 640 << 10 };

/// What is added to a legend. Default: nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Imprint {
    /// Takes the place of the figure's own title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Takes the place of the lines below the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// A logo at the foot of the legend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Logo>,
}

impl Imprint {
    /// Checks the lengths.
    pub(super) fn check(&self) -> Result<(), RequestError> {
        for (what, text) in [("--title", &self.title), ("--subtitle", &self.subtitle)] {
            if text.as_ref().is_some_and(|text| text.trim().is_empty() || text.chars().count() > LONGEST) {
                return Err(RequestError::Range {
                    what: what.to_owned(),
                    expected: format!("1 to {LONGEST} characters"),
                });
            }
        }
        Ok(())
    }
}

/// A picture at the foot of a legend. As JSON it is the Base64 text of a PNG file.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Logo {
    png: Arc<[u8]>,
    picture: Arc<RgbaImage>,
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.size_px();
        write!(f, "Logo({width} × {height} px)")
    }
}

impl Logo {
    /// The largest file that a logo is made of, bytes.
    pub const MOST_FILE_BYTES: u64 = LOGO_FILE.file_bytes;

    /// A logo from the bytes of a PNG or JPEG file, reduced to what a legend needs. `name` is used in messages.
    ///
    /// # Errors
    /// Bytes that are no such picture, or too large a picture.
    pub fn new(file: &[u8], name: &str) -> Result<Self, PictureError> {
        let picture = decode(file, name, &LOGO_FILE)?;
        let (width, height) = picture.dimensions();
        let (most_wide, most_high) = LOGO_PX;
        let factor = (f64::from(most_wide) / f64::from(width)).min(f64::from(most_high) / f64::from(height));
        let picture = if factor < 1.0 {
            let side = |px: u32| ((f64::from(px) * factor) as u32).max(1);
            resize(&picture, side(width), side(height), FilterType::Lanczos3)
        } else {
            picture
        };
        let png = encode(picture.clone(), name)?.into();
        Ok(Self { png, picture: Arc::new(picture) })
    }

    /// Width and height, pixels.
    pub fn size_px(&self) -> (u32, u32) {
        self.picture.dimensions()
    }

    /// Its pixels.
    pub(crate) fn picture(&self) -> &Arc<RgbaImage> {
        &self.picture
    }
}

impl TryFrom<String> for Logo {
    type Error = RequestError;

    fn try_from(text: String) -> Result<Self, RequestError> {
        let refused = |why: String| RequestError::Range {
            what: "mark".to_owned(),
            expected: format!(
                "the Base64 text of a PNG of at most {} × {} pixels: {why}",
                LOGO_PX.0, LOGO_PX.1
            ),
        };
        if text.len() as u64 > KEPT.file_bytes * 4 / 3 + 4 {
            return Err(refused(format!("{} bytes are too many", text.len())));
        }
        let png = STANDARD.decode(text).map_err(|error| refused(error.to_string()))?;
        let picture = decode(&png, "mark", &KEPT).map_err(|error| refused(error.to_string()))?;
        Ok(Self { png: png.into(), picture: Arc::new(picture) })
    }
}

impl From<Logo> for String {
    fn from(logo: Logo) -> Self {
        STANDARD.encode(&logo.png)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(width: u32, height: u32) -> Vec<u8> {
        encode(RgbaImage::from_fn(width, height, |x, y| image::Rgba([x as u8, y as u8, 9, 255])), "x")
            .unwrap()
    }

    #[test]
    fn a_logo_is_reduced_and_comes_back_from_its_text() {
        let logo = Logo::new(&file(2000, 100), "logo.png").unwrap();
        assert_eq!(logo.size_px(), (768, 38));
        let text = String::from(logo.clone());
        assert_eq!(Logo::try_from(text).unwrap(), logo);
        assert_eq!(Logo::new(&file(40, 30), "logo.png").unwrap().size_px(), (40, 30));
    }

    #[test]
    fn what_is_no_small_picture_is_no_logo() {
        assert!(Logo::new(b"GIF89a", "logo.gif").is_err());
        assert!(Logo::new(&file(4097, 1), "logo.png").is_err());
        let refused = |text: String| Logo::try_from(text).unwrap_err().to_string();
        assert!(refused("no base64!".to_owned()).contains("768 × 192"));
        assert!(refused(STANDARD.encode(file(769, 10))).contains("too many"));
        assert!(refused("A".repeat(2 << 20)).contains("too many"));
    }
}
