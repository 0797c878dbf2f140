//! Pictures of unknown origin, calibrated by matched points.

use image::{Rgba, RgbaImage, imageops};
use proximity::map::calibrate::{CalibrateError, Calibration, MatchedPoint, Turned, calibrate};
use proximity::map::{ExtentSource, MapLibrary, MapName};

const SIZE: (u32, u32) = (800, 600);

/// Where a place lies on a picture that shows −3200 … 3200 by −2000 … 2800, north up.
fn upright(x: f64, y: f64) -> (f64, f64) {
    ((x + 3200.0) / 8.0, (2800.0 - y) / 8.0)
}

/// What another orientation of the picture does to a pixel.
type Turn<'a> = &'a dyn Fn(f64, f64) -> (f64, f64);

fn points(pixel: impl Fn(f64, f64) -> (f64, f64)) -> Vec<MatchedPoint> {
    let worlds = [(-3000.0, 2500.0), (2500.0, -1500.0), (-2000.0, -1000.0), (1000.0, 2000.0)];
    worlds.map(|(x, y)| MatchedPoint { world: (x, y), pixel: pixel(x, y) }).to_vec()
}

fn edges(calibration: &Calibration) -> [i32; 4] {
    let rect = calibration.extent;
    [rect.min_x(), rect.min_y(), rect.max_x(), rect.max_y()].map(|edge| edge.round() as i32)
}

#[test]
fn two_points_are_enough() {
    let two = &points(upright)[..2];
    let found = calibrate(two, SIZE, Turned::Refuse).unwrap();
    assert_eq!(edges(&found), [-3200, -2000, 3200, 2800]);
    assert!(found.rms_units < 1e-6 && found.orientation.is_upright());
    assert!((found.scale.0 - 0.125).abs() < 1e-9);
}

#[test]
fn axes_have_their_own_scales() {
    let found =
        calibrate(&points(|x, y| ((x + 3200.0) / 8.0, (2800.0 - y) / 4.0)), (800, 1200), Turned::Refuse);
    let found = found.unwrap();
    assert_eq!(edges(&found), [-3200, -2000, 3200, 2800]);
    assert!((found.scale.1 / found.scale.0 - 2.0).abs() < 1e-9);
}

#[test]
fn a_bad_match_shows_in_its_residual() {
    let mut four = points(upright);
    four[3].pixel.0 += 10.0;
    let found = calibrate(&four, SIZE, Turned::Refuse).unwrap();
    let worst = found.residuals_units.iter().copied().fold(0.0, f64::max);
    assert!((worst - found.residuals_units[3]).abs() < 1e-9, "{:?}", found.residuals_units);
    assert!((10.0..80.0).contains(&found.rms_units), "{}", found.rms_units);
}

#[test]
fn turned_and_mirrored_pictures_are_refused_unless_asked_for() {
    let (w, h) = (f64::from(SIZE.0), f64::from(SIZE.1));
    let turns: [(&str, Turn<'_>, bool); 4] = [
        ("upside down", &|x, y| (w - x, h - y), false),
        ("mirrored", &|x, y| (w - x, y), false),
        ("turned a quarter to the left", &|x, y| (y, w - x), true),
        ("turned a quarter to the right", &|x, y| (h - y, x), true),
    ];
    for (words, turn, is_quarter) in turns {
        let turned = points(|x, y| {
            let (px, py) = upright(x, y);
            turn(px, py)
        });
        let size = if is_quarter { (SIZE.1, SIZE.0) } else { SIZE };
        let error = calibrate(&turned, size, Turned::Refuse).unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        let found = calibrate(&turned, size, Turned::Accept).unwrap();
        assert_eq!(edges(&found), [-3200, -2000, 3200, 2800], "{words}");

        // The picture itself is turned alike.
        let mut original = RgbaImage::new(SIZE.0, SIZE.1);
        original.put_pixel(5, 7, Rgba([255; 4]));
        let held = match words {
            "upside down" => imageops::rotate180(&original),
            "mirrored" => imageops::flip_horizontal(&original),
            "turned a quarter to the left" => imageops::rotate270(&original),
            _ => imageops::rotate90(&original),
        };
        assert_eq!(found.orientation.upright(&held), original, "{words}");
    }
    let askew = points(|x, y| {
        let (px, py) = upright(x, y);
        let (sin, cos) = 30_f64.to_radians().sin_cos();
        (400.0 + cos * px - sin * py, sin * px + cos * py)
    });
    match calibrate(&askew, (1200, 1200), Turned::Accept).unwrap_err() {
        CalibrateError::Angle { degrees } => assert!((degrees - 30.0).abs() < 0.1, "{degrees}"),
        other => panic!("{other}"),
    }
}

#[test]
fn points_that_say_nothing_are_refused() {
    let point = |text: &str| text.parse::<MatchedPoint>();
    assert_eq!(point(" -3200, 3200.5=0 ,7").unwrap().world, (-3200.0, 3200.5));
    for bad in ["", "1,2", "1,2=3", "1,2=3,x", "nan,2=3,4", "1e9,2=3,4", "1,2=3,4,5"] {
        assert!(point(bad).is_err(), "{bad}");
    }
    let of = |texts: &[&str]| {
        let points: Vec<_> = texts.iter().map(|text| point(text).unwrap()).collect();
        calibrate(&points, SIZE, Turned::Refuse).unwrap_err()
    };
    assert_eq!(of(&["0,0=1,1"]), CalibrateError::TooFew { count: 1 });
    assert_eq!(of(&["0,0=1,1", "0,500=1,400"]), CalibrateError::Flat { axis: "x" });
    assert_eq!(of(&["0,7=1,1", "800,7=500,9"]), CalibrateError::Flat { axis: "y" });
    let (what, x, y) = ("place", 800.0, 7.0);
    assert_eq!(of(&["0,0=1,1", "800,7=500,9", "800,7=500,9"]), CalibrateError::Twice { what, x, y });
    let (what, x, y) = ("pixel", 1.0, 1.0);
    assert_eq!(of(&["0,0=1,1", "800,700=1,1"]), CalibrateError::Twice { what, x, y });
    let swapped = of(&["100,100=-800,900", "700,500=2400,-1100"]);
    assert!(
        swapped.to_string().contains("pixel (-800, 900) lies outside the picture of 800 × 600"),
        "{swapped}"
    );
    let chaos = of(&["0,0=1,1", "900,900=1,2", "0,900=700,300", "900,0=650,10", "400,300=3,590"]);
    assert!(matches!(chaos, CalibrateError::NoFit { .. } | CalibrateError::Angle { .. }), "{chaos}");
}

#[test]
fn a_calibration_is_kept_beside_what_is_known() {
    let home = tempfile::tempdir().unwrap();
    let map = MapName::new("mymap").unwrap();
    std::fs::write(home.path().join("MyMap.toml"), "title = \"Mine\"\nlayer = [{ ceiling = 9 }]\n").unwrap();
    let found = calibrate(&points(upright), SIZE, Turned::Refuse).unwrap();
    let picture = RgbaImage::from_pixel(SIZE.0, SIZE.1, Rgba([1, 2, 3, 255]));
    found.save(home.path(), &map, &picture).unwrap();
    let world = MapLibrary::open(&[home.path()]).unwrap().find("mymap").unwrap().unwrap();
    assert_eq!(world.title.as_deref(), Some("Mine"));
    assert_eq!(world.layers.len(), 1);
    assert_eq!(world.picture.unwrap().name(), "mymap.png");
    assert!(matches!(world.extent.source, ExtentSource::Calibrated { points: 4, .. }));
    assert!((world.extent.rect.min_x() + 3200.0).abs() < 1e-6);
    std::fs::write(home.path().join("MyMap.toml"), "title = ").unwrap();
    let error = found.save(home.path(), &map, &picture).unwrap_err().to_string();
    assert!(error.contains("MyMap.toml"), "{error}");
}
