//! A calibration kept in a maps folder.

use std::path::{Path, PathBuf};

use image::RgbaImage;

use super::Calibration;
use crate::files::FileError;
use crate::map::description::DescriptionError;
use crate::map::description::{CornerSource, DescribedExtent, DescribedPicture, MapDescription};
use crate::map::library::folder::{MapFile, MapsFolder};
use crate::map::name::MapName;
use crate::map::picture::{self, PictureError};

/// Why a calibration cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The picture cannot be encoded.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// The map's description is there but broken; it is not overwritten.
    #[error("{}: {source}", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: DescriptionError,
    },
}

impl Calibration {
    /// Keep the picture, turned upright, and its extent in a maps folder. What the map's description says otherwise
    /// (title, layers, labels) stays. Returns the description's path.
    ///
    /// # Errors
    /// [`SaveError`].
    pub fn save(&self, folder: &Path, map: &MapName, picture: &RgbaImage) -> Result<PathBuf, SaveError> {
        let mut folder = MapsFolder::open(folder)?;
        let described = MapFile::of(map, "toml");
        let before = folder.read(&described)?;
        let text = before.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let mut description = MapDescription::parse(&text)
            .map_err(|source| SaveError::Description { path: folder.path(&described), source })?;
        let file = MapFile::of(map, "png");
        let bytes = picture::encode(self.orientation.upright(picture), file.as_str())?;
        let rect = self.extent;
        // A thousandth of a unit is far finer than a hand can point, and can be read.
        let readable = |units: f64| (units * 1000.0).round() / 1000.0;
        description.extent = Some(DescribedExtent {
            mins: [rect.min_x(), rect.max_y()].map(readable),
            maxs: [rect.max_x(), rect.min_y()].map(readable),
            source: CornerSource::Calibrated,
            points: Some(self.residuals_units.len() as u32),
            residual_units: Some((self.rms_units * 10.0).round() / 10.0),
        });
        // An overview and layers drawn over another extent would no longer fit.
        for layer in &mut description.layers {
            (layer.picture, layer.from) = (None, None);
        }
        description.picture =
            Some(DescribedPicture { file: Some(file.as_str().to_owned()), ..DescribedPicture::default() });
        folder.write(&file, &bytes)?;
        Ok(folder.write(&described, description.to_toml().as_bytes())?)
    }
}
