//! An extent for a picture of unknown origin: matched points, least squares.
//!
//! The user names places in the world and where they are on the picture. Two points are enough; each further one
//! shows how well the others were matched.

mod keep;
mod orientation;

pub use keep::SaveError;
pub use orientation::Orientation;

use super::extent::{Extent, ExtentSource, corners};
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
    /// One place or one pixel is given twice.
    #[error("{what} ({x}, {y}) is given twice; a point counts once")]
    Twice {
        /// Place or pixel.
        what: &'static str,
        /// Its first number.
        x: f64,
        /// Its second number.
        y: f64,
    },
    /// A pixel that the picture does not have.
    #[error(
        "pixel ({x}, {y}) lies outside the picture of {width} × {height} pixels; a point is world=pixel, \"x,y=px,py\""
    )]
    Outside {
        /// Column.
        x: f64,
        /// Row.
        y: f64,
        /// The picture's width, pixels.
        width: f64,
        /// The picture's height, pixels.
        height: f64,
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
    let size = (f64::from(width.max(1)), f64::from(height.max(1)));
    check(points, size)?;
    let apart = spread(points)?;
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
    let rect = found.extent;
    if corners([rect.min_x(), rect.max_y()], [rect.max_x(), rect.min_y()]).is_none() {
        return Err(CalibrateError::BeyondTheWorld);
    }
    Ok(found.clone())
}

/// Refuses points that say the same thing twice, and pixels that are not there: most often the two sides of a point are
/// swapped then.
fn check(points: &[MatchedPoint], (width, height): (f64, f64)) -> Result<(), CalibrateError> {
    for (nth, point) in points.iter().enumerate() {
        let (x, y) = point.pixel;
        if !(0.0..=width).contains(&x) || !(0.0..=height).contains(&y) {
            return Err(CalibrateError::Outside { x, y, width, height });
        }
        for other in &points[..nth] {
            let twice = [("place", other.world, point.world), ("pixel", other.pixel, point.pixel)];
            if let Some((what, (x, y), _)) = twice.into_iter().find(|(_, a, b)| a == b) {
                return Err(CalibrateError::Twice { what, x, y });
            }
        }
    }
    Ok(())
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

    /// The place in the world (x, y) that a pixel of the picture shows. `size_px` is the picture's as it was picked
    /// on, before it is turned.
    pub fn shown_at(&self, pixel: (f64, f64), size_px: (u32, u32)) -> (f64, f64) {
        let size = (f64::from(size_px.0.max(1)), f64::from(size_px.1.max(1)));
        let ((x, y), _) = self.orientation.turn(pixel, size);
        (self.extent.min_x() + x / self.scale.0, self.extent.max_y() - y / self.scale.1)
    }

    /// The extent with its origin.
    pub fn to_extent(&self) -> Extent {
        let points = self.residuals_units.len() as u32;
        let source = ExtentSource::Calibrated { points, residual_units: self.rms_units };
        Extent { rect: self.extent, source }
    }
}
