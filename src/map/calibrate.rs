//! An extent for a picture of unknown origin: matched points, least squares.
//!
//! Somebody names places in the world and where they are on the picture. Two points are enough; each further one
//! shows how well the others were matched.

use std::path::{Path, PathBuf};

use image::{RgbaImage, imageops};

use super::description::{CornerSource, DescribedExtent, DescribedPicture, MapDescription};
use super::extent::{Extent, ExtentSource};
use super::folder::{FolderError, MapFile, MapsFolder};
use super::name::MapName;
use super::picture::{self, PictureError};
use crate::geom::{WORLD_LIMIT, WorldRect};

/// Another way of holding the picture is believed only if it fits this many times better, or the upright one fits
/// not at all.
const MUCH_BETTER: f64 = 4.0;
/// Points that fit worse than this share of the distance between them do not fit.
const WORST: f64 = 0.08;
/// Below this share of it they fit well, whatever else might fit better.
const GOOD: f64 = 0.01;

/// A place in the world and on the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchedPoint {
    /// World x and y, units.
    pub world: (f64, f64),
    /// Pixels from the picture's left and top edge.
    pub pixel: (f64, f64),
}

/// What to do with a picture that is not north up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turned {
    /// It is an error.
    #[default]
    Refuse,
    /// It is turned upright.
    Accept,
}

/// How a picture has to be turned to be north up: first mirrored left to right, if so, then clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation {
    /// Whether it is mirrored.
    pub is_mirrored: bool,
    /// Quarter turns clockwise, 0 to 3.
    pub quarter_turns: u8,
}

/// What a picture shows, found by matched points.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The part of the world that the upright picture shows.
    pub extent: WorldRect,
    /// How the picture has to be turned first.
    pub orientation: Orientation,
    /// How far each point is from where it should be, units, in the order of the points.
    pub residuals_units: Vec<f64>,
    /// Root mean square of these.
    pub rms_units: f64,
    /// Pixels a unit along x and along y of the upright picture.
    pub scale: (f64, f64),
}

/// Why points do not calibrate a picture.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibrateError {
    /// Not `x,y=px,py`.
    #[error("{text:?} is no matched point: expected \"x,y=px,py\", as \"-3200,3200=0,0\"")]
    Syntax {
        /// The text.
        text: String,
    },
    /// Fewer than two points.
    #[error("two matched points or more are needed, {count} given")]
    TooFew {
        /// Points given.
        count: usize,
    },
    /// All points share an x or a y, so that one axis has no scale.
    #[error("the points all have nearly the same {axis}; choose points that lie apart on both axes")]
    Flat {
        /// Which.
        axis: &'static str,
    },
    /// The picture is turned or mirrored.
    #[error(
        "the picture is not north up but {how}; turn it, or ask for it to be turned (the points fit to {rms_units:.0} units then)"
    )]
    Turned {
        /// How.
        how: String,
        /// How well the points fit when the picture is turned, units.
        rms_units: f64,
    },
    /// The picture is turned by an angle that is no quarter turn.
    #[error("the picture seems to be turned by {degrees:.0}° clockwise; straighten it first")]
    Angle {
        /// The angle.
        degrees: f64,
    },
    /// The points contradict each other.
    #[error("the points do not fit together: they miss each other by {rms_units:.0} units")]
    NoFit {
        /// Root mean square of what is left, units.
        rms_units: f64,
    },
    /// The picture would show more than the world.
    #[error("by these points the picture would reach beyond the world; check their numbers")]
    BeyondTheWorld,
}

/// Why a calibration cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The picture cannot be encoded.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The map's description is there but broken; it is not overwritten.
    #[error("{}: {source}", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: super::DescriptionError,
    },
}

impl std::str::FromStr for MatchedPoint {
    type Err = CalibrateError;

    /// `x,y=px,py`
    fn from_str(text: &str) -> Result<Self, CalibrateError> {
        let pair = |text: &str| {
            let (x, y) = text.split_once(',')?;
            let number = |word: &str| word.trim().parse().ok().filter(|n: &f64| n.is_finite());
            Some((number(x)?, number(y)?))
        };
        let point = text
            .split_once('=')
            .and_then(|(world, pixel)| Some(Self { world: pair(world)?, pixel: pair(pixel)? }));
        let limit = f64::from(WORLD_LIMIT);
        let is_near = |(x, y): (f64, f64)| x.abs() <= limit && y.abs() <= limit;
        point
            .filter(|point| is_near(point.world) && is_near(point.pixel))
            .ok_or_else(|| CalibrateError::Syntax { text: text.to_owned() })
    }
}

impl Orientation {
    const ALL: [Self; 8] = [
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
    fn turn(self, (x, y): (f64, f64), (width, height): (f64, f64)) -> ((f64, f64), (f64, f64)) {
        let x = if self.is_mirrored { width - x } else { x };
        match self.quarter_turns {
            1 => ((height - y, x), (height, width)),
            2 => ((width - x, height - y), (width, height)),
            3 => ((y, width - x), (height, width)),
            _ => ((x, y), (width, height)),
        }
    }

    fn words(self) -> String {
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

/// Find what a picture of `width` × `height` pixels shows.
///
/// Each axis has its own scale, as in the game. With a picture that is not north up, `turned` decides.
///
/// # Errors
/// [`CalibrateError`].
pub fn calibrate(
    points: &[MatchedPoint],
    (width, height): (u32, u32),
    turned: Turned,
) -> Result<Calibration, CalibrateError> {
    if points.len() < 2 {
        return Err(CalibrateError::TooFew { count: points.len() });
    }
    let apart = spread(points)?;
    let size = (f64::from(width.max(1)), f64::from(height.max(1)));
    let fits = Orientation::ALL.map(|orientation| fit(points, orientation, size));
    let [upright, ..] = &fits;
    // Two points fit several ways of holding the picture: then the one that distorts it least.
    let cost = |fit: &Calibration| (fit.rms_units.max(GOOD * apart), fit.distortion());
    let best = fits.iter().flatten().min_by(|a, b| {
        let ((a, a_bent), (b, b_bent)) = (cost(a), cost(b));
        a.total_cmp(&b).then(a_bent.total_cmp(&b_bent))
    });
    let found = match (upright, best) {
        (Some(upright), _) if upright.rms_units <= GOOD * apart => upright,
        (Some(upright), Some(best)) if upright.rms_units <= MUCH_BETTER * best.rms_units => upright,
        (_, Some(best)) => best,
        (_, None) => return Err(CalibrateError::NoFit { rms_units: apart }),
    };
    if found.rms_units > WORST * apart {
        return Err(match angle(points) {
            Some(degrees) => CalibrateError::Angle { degrees },
            None => CalibrateError::NoFit { rms_units: found.rms_units },
        });
    }
    if !found.orientation.is_upright() && turned == Turned::Refuse {
        let how = found.orientation.words();
        return Err(CalibrateError::Turned { how, rms_units: found.rms_units });
    }
    let limit = 4.0 * f64::from(WORLD_LIMIT);
    if found.extent.width().max(found.extent.height()) > limit {
        return Err(CalibrateError::BeyondTheWorld);
    }
    Ok(found.clone())
}

/// Root mean square distance of the points from their middle, units; an error if an axis has none.
fn spread(points: &[MatchedPoint]) -> Result<f64, CalibrateError> {
    let x = deviations(points.iter().map(|p| p.world.0));
    let y = deviations(points.iter().map(|p| p.world.1));
    let both = ((x * x + y * y) / points.len() as f64).sqrt();
    for (axis, length) in [("x", x), ("y", y)] {
        if length < 1.0 || length < both * 0.01 {
            return Err(CalibrateError::Flat { axis });
        }
    }
    Ok(both)
}

/// Root of the sum of squared deviations from the mean.
fn deviations(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = numbers.clone().count() as f64;
    let mean = numbers.clone().sum::<f64>() / count;
    numbers.map(|n| (n - mean) * (n - mean)).sum::<f64>().sqrt()
}

/// The best extent for one way of holding the picture; `None` if an axis would run backwards.
fn fit(points: &[MatchedPoint], orientation: Orientation, size: (f64, f64)) -> Option<Calibration> {
    let turned = |p: &MatchedPoint| orientation.turn(p.pixel, size);
    let (_, (width, height)) = turned(points.first()?);
    let (ax, bx) = line(points.iter().map(|p| (p.world.0, turned(p).0.0)));
    let (ay, by) = line(points.iter().map(|p| (p.world.1, turned(p).0.1)));
    // East is right and north is up.
    if !(ax > 1e-6 && ay < -1e-6) {
        return None;
    }
    let extent = WorldRect::new(-bx / ax, (height - by) / ay, (width - bx) / ax, -by / ay)?;
    let residuals_units: Vec<f64> = points
        .iter()
        .map(|p| {
            let ((px, py), _) = turned(p);
            let (dx, dy) = ((px - bx) / ax - p.world.0, (py - by) / ay - p.world.1);
            (dx * dx + dy * dy).sqrt()
        })
        .collect();
    let squares: f64 = residuals_units.iter().map(|r| r * r).sum();
    let rms_units = (squares / points.len() as f64).sqrt();
    Some(Calibration { extent, orientation, residuals_units, rms_units, scale: (ax, -ay) })
}

/// The straight line `p = a·w + b` with the least squares.
fn line(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let count = pairs.clone().count() as f64;
    let (w, p) = pairs.clone().fold((0.0, 0.0), |(w, p), pair| (w + pair.0, p + pair.1));
    let (w, p) = (w / count, p / count);
    let sums =
        pairs.fold((0.0, 0.0), |(ww, wp), (wi, pi)| (ww + (wi - w) * (wi - w), wp + (wi - w) * (pi - p)));
    let a = sums.1 / sums.0;
    (a, p - a * w)
}

/// The angle by which a picture is turned clockwise, if turning it would make three points or more fit.
fn angle(points: &[MatchedPoint]) -> Option<f64> {
    if points.len() < 3 {
        return None;
    }
    let count = points.len() as f64;
    let mean = |f: &dyn Fn(&MatchedPoint) -> f64| points.iter().map(f).sum::<f64>() / count;
    let middle = [
        mean(&|p| p.world.0),
        mean(&|p| p.world.1),
        mean(&|p| p.pixel.0),
        // Rows run down, north runs up.
        mean(&|p| -p.pixel.1),
    ];
    // A similarity: scale and angle as one complex number.
    let (mut real, mut imaginary, mut world, mut pixel) = (0.0, 0.0, 0.0, 0.0);
    for p in points {
        let (x, y) = (p.world.0 - middle[0], p.world.1 - middle[1]);
        let (u, v) = (p.pixel.0 - middle[2], -p.pixel.1 - middle[3]);
        real += x * u + y * v;
        imaginary += x * v - y * u;
        world += x * x + y * y;
        pixel += u * u + v * v;
    }
    let explained = (real * real + imaginary * imaginary) / (world * pixel);
    let degrees = -libm::atan2(imaginary, real).to_degrees();
    (explained > 0.995).then_some(degrees)
}

impl Calibration {
    /// How many times longer a unit is on one axis than on the other, at least 1.
    fn distortion(&self) -> f64 {
        let (x, y) = self.scale;
        (x / y).max(y / x)
    }

    /// The extent with its origin.
    pub fn to_extent(&self) -> Extent {
        let points = self.residuals_units.len() as u32;
        let source = ExtentSource::Calibrated { points, residual_units: self.rms_units };
        Extent { rect: self.extent, source }
    }

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
        description.extent = Some(DescribedExtent {
            mins: [rect.min_x(), rect.max_y()],
            maxs: [rect.max_x(), rect.min_y()],
            source: CornerSource::Calibrated,
            points: Some(self.residuals_units.len() as u32),
            residual_units: Some((self.rms_units * 10.0).round() / 10.0),
        });
        // An overview drawn over another extent would no longer fit.
        description.picture =
            Some(DescribedPicture { file: Some(file.as_str().to_owned()), ..DescribedPicture::default() });
        folder.write(&file, &bytes)?;
        Ok(folder.write(&described, description.to_toml().as_bytes())?)
    }
}
