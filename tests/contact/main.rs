//! Contact sheets: every figure over maps of every kind, for eyes of every kind, at every size and number of lives. They are
//! pictures to look at, not to compare: one command makes them all (CONTRIBUTING.md).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

#[path = "../it/views.rs"]
mod views;

use std::fs;
use std::path::Path;

use image::imageops::{FilterType, overlay, resize};
use image::{Rgba, RgbaImage};
use palette::{LinSrgb, Srgb};
use proximity::basemap::BaseStyle;
use proximity::figure::MapData;
use proximity::format::{ReadOptions, TrackerFile, read, write};
use proximity::geom::PixelPoint;
use proximity::map::{MapLibrary, WorldMap};
use proximity::progress::Silent;
use proximity::raster::encode::{self, Effort};
use proximity::scene::{Align, Bitmap, Color, Item, Label, Scene, Weight};
use proximity::sim::{SampleOptions, SimulationOptions, write_session};
use proximity::{Request, Rounds, raster};

/// The figures, each as a request.
const FIGURES: [&str; 10] = [
    r#""figure":"heatmap","options":{"by":"none"}"#,
    r#""figure":"heatmap""#,
    r#""figure":"heatmap","options":{"by":"team"}"#,
    r#""figure":"heatmap","options":{"mode":"panels"}"#,
    r#""figure":"versus","options":{"against":{"team":["axis"]}},"filter":{"team":["allies"]}"#,
    r#""figure":"paths","options":{"color":"team"}"#,
    r#""figure":"exits""#,
    r#""figure":"kills""#,
    r#""figure":"arrival""#,
    r#""figure":"life""#,
];
/// Width of a picture on a sheet, pixels: that of a phone.
const PHONE: u32 = 390;
/// Side of the map square of the pictures, pixels.
const SIDE: u32 = 1080;
const GAP: u32 = 12;

/// A map picture of its own kind, made of the sample map's.
fn pictures(sample: &RgbaImage) -> [(&'static str, Option<RgbaImage>); 4] {
    let of = |side: u32, color: &dyn Fn(u32, u32, f32) -> [u8; 3]| {
        let mut picture = resize(sample, side, side, FilterType::Lanczos3);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let [r, g, b, _] = pixel.0.map(f32::from);
            let [r, g, b] = color(x, y, (r + g + b) / 765.0);
            *pixel = Rgba([r, g, b, 255]);
        }
        Some(picture)
    };
    let grey = |light: f32| [(light.clamp(0.0, 1.0) * 255.0) as u8; 3];
    let rooms = [[205, 60, 50], [60, 150, 70], [65, 80, 200], [220, 190, 60], [150, 60, 170]];
    let room = |x: u32, y: u32, light: f32| {
        rooms[((x / 128 + y / 128 * 3) % 5) as usize]
            .map(|c: u8| (f32::from(c) * (0.6 + light)).min(255.0) as u8)
    };
    [
        ("black", of(256, &|_, _, light| if light > 0.42 { grey(1.0) } else { grey(light * 0.1) })),
        ("pale", of(512, &|_, _, light| grey(0.55 + 0.2 * light))),
        ("saturated", of(1024, &room)),
        ("unknown", None),
    ]
}

/// Tracker files with at least so many lives in all, in a folder of their own.
fn session(home: &Path, lives: usize) -> Rounds {
    let folder = home.join(lives.to_string());
    fs::create_dir_all(&folder).unwrap();
    let play =
        SimulationOptions { rounds: 1 + lives / 60, round_seconds: 300, ..SimulationOptions::default() };
    let mut rest = lives;
    for (name, bytes) in write_session(&SampleOptions { play, ..SampleOptions::default() }).unwrap() {
        let mut round = read(&bytes, &ReadOptions::default()).unwrap().file.round;
        round.tracks.truncate(rest);
        rest -= round.tracks.len();
        fs::write(folder.join(name), write(&TrackerFile::from_round(round))).unwrap();
        if rest == 0 {
            break;
        }
    }
    Rounds::open(&folder).unwrap()
}

/// A picture, or what is said instead where there is nothing that could be drawn.
fn draw(figure: &str, more: &str, rounds: &Rounds, map: &MapData) -> RgbaImage {
    let json = format!(r#"{{"version":1,"layout":{{"size_px":{SIDE}{more}}},{figure}}}"#);
    let request = Request::from_json(&json).unwrap();
    match request.draw_on(rounds, map, None, &Silent) {
        Ok(finished) => image_of(&raster::render(&finished.drawing.scene).unwrap()),
        Err(error) => image_of(&raster::render(&sentence(&error.to_string())).unwrap()),
    }
}

/// A picture of words.
fn sentence(words: &str) -> Scene {
    let label = Label {
        text: words.to_owned(),
        at: PixelPoint::new(SIDE as f32 / 2.0, SIDE as f32 / 4.0),
        size: 40.0,
        weight: Weight::Regular,
        color: Color { r: 230, g: 230, b: 230, a: 255 },
        align: Align::Center,
        halo: None,
    };
    let background = Color { r: 40, g: 40, b: 40, a: 255 };
    Scene { width: SIDE, height: SIDE / 2, background, items: vec![Item::Label(label)] }
}

fn image_of(bitmap: &Bitmap) -> RgbaImage {
    RgbaImage::from_raw(bitmap.width(), bitmap.height(), bitmap.rgba().to_vec()).unwrap()
}

fn narrow(picture: &RgbaImage, width: u32) -> RgbaImage {
    let height = picture.height() * width / picture.width();
    resize(picture, width, height, FilterType::Lanczos3)
}

/// A pixel as it looks in a view.
fn seen([r, g, b, a]: [u8; 4], view: &[[f32; 3]; 3]) -> [u8; 4] {
    let light = Srgb::new(r, g, b).into_linear();
    let [red, green, blue] = views::light_in([light.red, light.green, light.blue], view);
    let byte = Srgb::<u8>::from_linear(LinSrgb::new(red, green, blue));
    [byte.red, byte.green, byte.blue, a]
}

/// Pictures in rows, as `name.png`.
fn save(name: &str, rows: &[Vec<RgbaImage>]) {
    let high = |row: &Vec<RgbaImage>| row.iter().map(RgbaImage::height).max().unwrap_or(0) + GAP;
    let wide = |row: &Vec<RgbaImage>| row.iter().map(|picture| picture.width() + GAP).sum::<u32>();
    let width = rows.iter().map(wide).max().unwrap() + GAP;
    let mut sheet =
        RgbaImage::from_pixel(width, rows.iter().map(high).sum::<u32>() + GAP, Rgba([90, 90, 90, 255]));
    let mut y = GAP;
    for row in rows {
        let mut x = GAP;
        for picture in row {
            overlay(&mut sheet, picture, i64::from(x), i64::from(y));
            x += picture.width() + GAP;
        }
        y += high(row);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contact");
    fs::create_dir_all(&folder).unwrap();
    let bitmap = Bitmap::new(sheet.width(), sheet.height(), sheet.into_raw()).unwrap();
    fs::write(folder.join(format!("{name}.png")), encode::png(&bitmap, &[], Effort::Fast).unwrap()).unwrap();
}

#[test]
#[ignore = "pictures to look at, made by one command: see CONTRIBUTING.md"]
fn contact_sheets() {
    let home = tempfile::tempdir().unwrap();
    let map = || MapLibrary::open::<&str>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let sample = MapData::load(map(), BaseStyle::Dim, None).unwrap();
    let rounds = session(home.path(), 60);
    let load = |base, picture: Option<RgbaImage>| {
        let mut data =
            MapData::load(WorldMap { picture: None, overview: None, ..map() }, base, None).unwrap();
        data.picture = picture;
        data
    };
    let mut maps: Vec<MapData> = pictures(sample.picture.as_ref().unwrap())
        .into_iter()
        .map(|(_, picture)| load(BaseStyle::Dim, picture))
        .collect();
    maps.push(load(BaseStyle::None, None));
    let [mut over_maps, mut in_views, mut on_phone, mut of_lives] = [const { Vec::new() }; 4];
    let sessions = [1, 60, 600, 5_000].map(|lives| session(home.path(), lives));
    for figure in FIGURES {
        let whole = draw(figure, "", &rounds, &sample);
        let small = |picture: RgbaImage| narrow(&picture, PHONE);
        over_maps.push(maps.iter().map(|map| small(draw(figure, "", &rounds, map))).collect());
        let view = |(_, view): &(&str, [[f32; 3]; 3])| {
            let mut picture = narrow(&whole, PHONE);
            picture.pixels_mut().for_each(|pixel| *pixel = Rgba(seen(pixel.0, view)));
            picture
        };
        in_views.push(views::VIEWS.iter().map(view).collect());
        let portrait = draw(figure, r#","legend":"portrait""#, &rounds, &sample);
        on_phone.push(vec![small(portrait), small(whole.clone()), narrow(&whole, whole.width() / 2)]);
        let nothing = figure.replace(r#""filter":{"team":["allies"]}"#, r#""filter":{"player":["none"]}"#);
        let nothing = if nothing.contains("filter") {
            nothing
        } else {
            format!(r#"{nothing},"filter":{{"player":["none"]}}"#)
        };
        let row = [draw(&nothing, "", &rounds, &sample)]
            .into_iter()
            .chain(sessions.iter().map(|rounds| draw(figure, "", rounds, &sample)));
        of_lives.push(row.map(small).collect());
    }
    for (name, rows) in [("maps", over_maps), ("views", in_views), ("phone", on_phone), ("lives", of_lives)] {
        save(name, &rows);
    }
}
