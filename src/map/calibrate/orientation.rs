//! Orientations of a picture.

use image::{RgbaImage, imageops};

/// How a picture has to be turned to be north up: first mirrored left to right, if so, then clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation {
    /// Whether it is mirrored.
    pub is_mirrored: bool,
    /// Quarter turns clockwise, 0 to 3.
    pub quarter_turns: u8,
}

impl Orientation {
    pub(crate) const ALL: [Self; 8] = [
        Self::new(false, 0),
        Self::new(false, 1),
        Self::new(false, 2),
        Self::new(false, 3),
        Self::new(true, 0),
        Self::new(true, 1),
        Self::new(true, 2),
        Self::new(true, 3),
    ];

    const fn new(is_mirrored: bool, quarter_turns: u8) -> Self {
        Self { is_mirrored, quarter_turns }
    }

    /// Whether the picture is north up already.
    pub fn is_upright(self) -> bool {
        self == Self::default()
    }

    /// The picture, turned upright.
    pub fn upright(self, picture: &RgbaImage) -> RgbaImage {
        let picture = if self.is_mirrored { imageops::flip_horizontal(picture) } else { picture.clone() };
        match self.quarter_turns {
            1 => imageops::rotate90(&picture),
            2 => imageops::rotate180(&picture),
            3 => imageops::rotate270(&picture),
            _ => picture,
        }
    }

    /// Where a pixel of a picture of some size goes, and the size after turning.
    pub(crate) fn turn(self, (x, y): (f64, f64), (width, height): (f64, f64)) -> ((f64, f64), (f64, f64)) {
        let x = if self.is_mirrored { width - x } else { x };
        match self.quarter_turns {
            1 => ((height - y, x), (height, width)),
            2 => ((width - x, height - y), (width, height)),
            3 => ((y, width - x), (height, width)),
            _ => ((x, y), (width, height)),
        }
    }

    pub(crate) fn words(self) -> String {
        // Said of the picture as it is, so the other way round than it is put right.
        let turned = match self.quarter_turns {
            1 => "turned a quarter to the left",
            2 => "upside down",
            3 => "turned a quarter to the right",
            _ => "",
        };
        match (self.is_mirrored, turned) {
            (true, "") => "mirrored".to_owned(),
            (true, turned) => format!("mirrored and {turned}"),
            (false, turned) => turned.to_owned(),
        }
    }
}
