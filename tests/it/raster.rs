//! Scenes drawn to pixels.

use std::sync::Arc;

use proptest::prelude::*;
use proximity::geom::PixelPoint;
use proximity::raster::{self, Error};
use proximity::scene::{
    Align, Bitmap, Blend, Color, Item, Label, Marker, PixelRect, Polygon, Polyline, Scene, Shape, Stroke,
    Vertex, Weight,
};

use crate::golden;

const INK: Color = Color::hex(0x0B_0E14);
const PANEL: Color = Color::hex(0x12_161E);
const TEXT: Color = Color::hex(0xE8_ECF2);
const SPRINT: Color = Color::hex(0xFE_F19D);
const RUN: Color = Color::hex(0x66_C3F6);
const CROUCH: Color = Color::hex(0xE4_7424);
const ALLIES: Color = Color::hex(0x4C_9AFF);
const AXIS: Color = Color::hex(0xF0_604A);

fn at(x: f32, y: f32) -> PixelPoint {
    PixelPoint::new(x, y)
}

fn stroke(width: f32, color: Color) -> Option<Stroke> {
    Stroke { width, color }.into()
}

fn vertex(x: f32, y: f32, width: f32, color: Color) -> Vertex {
    Vertex { at: at(x, y), color, width }
}

fn line(points: &[(f32, f32)], width: f32, color: Color) -> Polyline {
    let vertices = points.iter().map(|(x, y)| vertex(*x, *y, width, color)).collect();
    Polyline { vertices, opacity: 1.0, casing: None }
}

fn label(text: &str, x: f32, y: f32, size: f32) -> Label {
    Label {
        text: text.to_owned(),
        at: at(x, y),
        size,
        weight: Weight::Regular,
        color: TEXT,
        align: Align::Left,
        halo: None,
    }
}

fn mark(shape: Shape, x: f32, y: f32, radius: f32) -> Marker {
    Marker { at: at(x, y), shape, radius, fill: None, stroke: stroke(2.2, TEXT), casing: stroke(4.8, INK) }
}

fn scene(width: u32, height: u32, items: Vec<Item>) -> Scene {
    Scene { width, height, background: PANEL, items }
}

fn draw(scene: &Scene) -> Bitmap {
    raster::render(scene).unwrap()
}

/// Draws on a pool of so many threads.
fn draw_on(threads: usize, scene: &Scene) -> Bitmap {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| draw(scene))
}

fn pixel(bitmap: &Bitmap, x: u32, y: u32) -> [u8; 4] {
    let start = (y * bitmap.width() + x) as usize * 4;
    bitmap.rgba()[start..start + 4].try_into().unwrap()
}

/// A soft hill of colour, like a heat grid.
fn hill(side: u32, color: Color) -> Arc<Bitmap> {
    let mut rgba = Vec::new();
    for y in 0..side {
        for x in 0..side {
            let from_middle = |v: u32| (i64::from(v) * 2 + 1 - i64::from(side)).pow(2);
            let reach = i64::from(side).pow(2);
            let height = (reach - from_middle(x) - from_middle(y)).max(0) * 235 / reach;
            rgba.extend([color.r, color.g, color.b, height as u8]);
        }
    }
    Arc::new(Bitmap::new(side, side, rgba).unwrap())
}

/// Every kind of item once or more, as the figures use them.
pub fn every_item() -> Scene {
    let mut items = vec![
        Item::Image { x: 8, y: 8, bitmap: hill(96, RUN), blend: Blend::Srgb },
        Item::Image { x: 112, y: 8, bitmap: hill(96, RUN), blend: Blend::Linear },
        Item::Image { x: -20, y: 130, bitmap: hill(60, CROUCH), blend: Blend::Linear },
        Item::Rect {
            rect: PixelRect::new(220.0, 8.0, 57.0, 30.0),
            radius: 4.0,
            fill: Some(SPRINT),
            stroke: None,
        },
        Item::Rect {
            rect: PixelRect::new(285.5, 8.5, 57.0, 30.0),
            radius: 0.0,
            fill: None,
            stroke: stroke(1.0, TEXT),
        },
        Item::Rect {
            rect: PixelRect::new(220.25, 46.25, 57.0, 30.0),
            radius: 12.0,
            fill: Some(RUN.opacity(0.4)),
            stroke: stroke(2.4, SPRINT),
        },
        Item::Rect {
            rect: PixelRect::new(285.25, 46.75, 57.5, 29.5),
            radius: 0.0,
            fill: Some(CROUCH),
            stroke: None,
        },
    ];
    let mut path =
        line(&[(20.0, 120.0), (80.0, 150.0), (90.0, 118.0), (170.0, 160.0), (196.0, 121.0)], 6.0, RUN);
    path.vertices[1].color = SPRINT;
    path.vertices[3].color = CROUCH;
    path.casing = stroke(3.5, INK.opacity(0.85));
    items.push(Item::Polyline(path));
    let mut faint = line(&[(20.0, 170.0), (60.0, 200.0), (20.0, 200.0), (64.0, 166.0)], 8.0, SPRINT);
    faint.opacity = 0.5;
    items.push(Item::Polyline(faint));
    let trail = (0..12_u8).map(|i| {
        let color = RUN.opacity(f32::from(i) / 11.0);
        vertex(80.0 + 9.0 * f32::from(i), 190.0 + 14.0 * f32::from(i % 3), 1.0 + f32::from(i) * 0.5, color)
    });
    let casing = stroke(2.4, INK);
    items.push(Item::Polyline(Polyline { vertices: trail.collect(), opacity: 1.0, casing }));

    let arrow =
        [(214.0, 180.0), (214.0, 160.0), (260.0, 164.0), (256.0, 146.0), (292.0, 170.0), (258.0, 196.0)];
    items.push(Item::Polygon(Polygon {
        points: arrow.iter().map(|(x, y)| at(*x, *y)).chain([at(262.0, 178.0)]).collect(),
        fill: Some(ALLIES),
        outline: stroke(4.5, INK.opacity(0.8)),
    }));

    let disc = Marker { fill: Some(ALLIES), ..mark(Shape::Circle, 232.0, 104.0, 9.0) };
    let square = Marker { fill: Some(AXIS), ..mark(Shape::Square, 262.0, 104.0, 8.0) };
    let health = Shape::Arc { start: -std::f32::consts::FRAC_PI_2, sweep: 4.4 };
    let triangle = Shape::Triangle { heading: 0.7 };
    items.extend(
        [
            disc,
            square,
            mark(Shape::Cross, 292.0, 104.0, 4.8),
            mark(Shape::Chevron { heading: 0.3 }, 318.0, 104.0, 7.5),
            mark(health, 232.0, 104.0, 15.0),
            Marker { fill: Some(TEXT), stroke: None, casing: None, ..mark(triangle, 250.0, 122.0, 5.0) },
            mark(Shape::Circle, 340.0, 104.0, 4.5),
        ]
        .map(Item::Marker),
    );

    items.push(Item::Label(Label { weight: Weight::SemiBold, ..label("Oasis", 216.0, 232.0, 40.0) }));
    items.push(Item::Label(label("27\u{202f}809 samples · 5.5 s", 8.0, 262.0, 17.0)));
    items.push(Item::Label(Label {
        halo: stroke(1.6, INK.opacity(0.85)),
        align: Align::Center,
        ..label("halo ÄЖΩ", 60.0, 60.0, 18.0)
    }));
    items.push(Item::Label(Label {
        halo: stroke(2.6, INK.opacity(0.85)),
        align: Align::Right,
        weight: Weight::SemiBold,
        ..label("51 %", 200.0, 70.0, 26.0)
    }));
    items.push(Item::Label(label("名 \u{1f600}", 296.0, 262.0, 20.0)));

    let window = PixelRect::new(300.0, 130.0, 44.0, 50.0);
    let across = line(&[(290.0, 120.0), (360.0, 190.0)], 10.0, SPRINT);
    let inner = Item::Clip {
        rect: PixelRect::new(320.0, 100.0, 100.0, 60.0),
        items: vec![Item::Label(label("clipped", 305.0, 158.0, 30.0))],
    };
    let ground = Item::Rect {
        rect: PixelRect::new(0.0, 0.0, 999.0, 999.0),
        radius: 0.0,
        fill: Some(AXIS.opacity(0.3)),
        stroke: None,
    };
    items.push(Item::Clip { rect: window, items: vec![ground, Item::Polyline(across), inner] });
    scene(352, 272, items)
}

#[test]
fn every_kind_of_item_looks_as_it_should() {
    golden::check("scene", &draw(&every_item()));
}

#[test]
fn a_clear_ground_stays_clear() {
    let mut scene = every_item();
    scene.background = Color { r: 0, g: 0, b: 0, a: 0 };
    let picture = draw(&scene);
    assert_eq!(pixel(&picture, 0, 0), [0, 0, 0, 0]);
    golden::check("scene_clear", &picture);
}

#[test]
fn any_number_of_threads_draws_the_same() {
    let mut scene = every_item();
    // Several bands.
    scene.height = 700;
    for i in 0..40_u8 {
        let offset = f32::from(i) * 15.0;
        let mut path = line(&[(5.0, offset), (340.0, 690.0 - offset), (20.0, 300.0)], 2.5, RUN);
        path.casing = stroke(2.6, INK.opacity(0.7));
        path.opacity = 0.7;
        scene.items.push(Item::Polyline(path));
    }
    let alone = draw_on(1, &scene);
    for threads in [2, 3, 8] {
        assert!(draw_on(threads, &scene) == alone, "{threads} threads");
    }
}

#[test]
fn bands_leave_no_seam() {
    // A steep line, a disc and a text across the border of two bands at row 128, once there and once 64 rows lower.
    let picture = |shift: f32| {
        let mut path = line(&[(10.0, 20.0 + shift), (60.0, 230.0 + shift)], 5.0, RUN);
        path.casing = stroke(3.0, INK);
        let items = vec![
            Item::Polyline(path),
            Item::Marker(Marker { fill: Some(ALLIES), ..mark(Shape::Circle, 90.0, 128.0 + shift, 15.0) }),
            Item::Label(Label { halo: stroke(2.0, INK), ..label("seam", 70.0, 136.0 + shift, 22.0) }),
        ];
        draw(&scene(128, 320, items))
    };
    let (here, lower) = (picture(0.0), picture(64.0));
    let row = 128 * 4;
    assert!(here.rgba()[..256 * row] == lower.rgba()[64 * row..]);
}

#[test]
fn a_halo_lies_below_the_fill_and_is_one_layer() {
    let halo = |color| Label {
        halo: stroke(3.0, color),
        weight: Weight::SemiBold,
        ..label("mmmm", 20.0, 60.0, 40.0)
    };
    let plain = draw(&scene(200, 80, vec![Item::Label(Label { halo: None, ..halo(INK) })]));
    let white = Color::hex(0xFF_FFFF);
    let solid = draw(&scene(200, 80, vec![Item::Label(halo(white))]));
    let half = draw(&scene(200, 80, vec![Item::Label(halo(white.opacity(0.5)))]));
    let mut around = 0;
    for y in 0..80 {
        for x in 0..200 {
            if pixel(&plain, x, y) == [TEXT.r, TEXT.g, TEXT.b, 255] {
                assert_eq!(pixel(&solid, x, y), pixel(&plain, x, y), "fill at {x}, {y}");
            }
            if pixel(&solid, x, y) == [255; 4] {
                // Neighbours' halos overlap here: laid on one by one, half of white would become three quarters. What
                // is brighter is the fill's own edge.
                let [r, g, ..] = pixel(&half, x, y);
                if pixel(&plain, x, y) == [PANEL.r, PANEL.g, PANEL.b, 255] {
                    assert!((r, g) == (137, 139), "{r} {g} at {x}, {y}");
                    around += 1;
                }
            }
        }
    }
    assert!(around > 500, "{around} pixels of halo");
}

#[test]
fn missing_glyphs_are_hollow_boxes() {
    let picture = draw(&scene(60, 60, vec![Item::Label(label("漢", 10.0, 50.0, 50.0))]));
    let ground = [PANEL.r, PANEL.g, PANEL.b, 255];
    // Advance 30 px: the box reaches from 14 to 36, 35 px high.
    assert_eq!(pixel(&picture, 25, 32), ground, "the middle is hollow");
    assert_ne!(pixel(&picture, 15, 32), ground, "left side");
    assert_ne!(pixel(&picture, 34, 32), ground, "right side");
    assert_ne!(pixel(&picture, 25, 48), ground, "lower side");
    assert_ne!(pixel(&picture, 25, 16), ground, "upper side");
    assert_eq!(pixel(&picture, 8, 32), ground);
    assert_eq!(pixel(&picture, 42, 32), ground);
}

#[test]
fn a_clip_shows_its_window_only() {
    let flood = Item::Rect {
        rect: PixelRect::new(-1e9, -1e9, 2e9, 2e9),
        radius: 0.0,
        fill: Some(AXIS),
        stroke: None,
    };
    let inner = Item::Clip { rect: PixelRect::new(10.0, 10.0, 500.0, 5.0), items: vec![flood] };
    let clip = Item::Clip { rect: PixelRect::new(5.0, 5.0, 10.0, 50.0), items: vec![inner] };
    let picture = draw(&scene(40, 40, vec![clip]));
    for y in 0..40 {
        for x in 0..40 {
            let inside = (10..15).contains(&x) && (10..15).contains(&y);
            let expected = if inside { AXIS } else { PANEL };
            assert_eq!(pixel(&picture, x, y), [expected.r, expected.g, expected.b, 255], "{x}, {y}");
        }
    }
}

#[test]
fn sharp_rectangles_cover_exactly() {
    let rect = PixelRect::new(2.25, 3.0, 4.5, 1.5);
    let white = Color::hex(0xFF_FFFF);
    let items = vec![Item::Rect { rect, radius: 0.0, fill: Some(white), stroke: None }];
    let picture = draw(&Scene { background: Color::hex(0), ..scene(10, 8, items) });
    let row: Vec<u8> = (0..10).map(|x| pixel(&picture, x, 3)[0]).collect();
    assert_eq!(row, [0, 0, 191, 255, 255, 255, 191, 0, 0, 0]);
    assert_eq!(pixel(&picture, 4, 4)[0], 128);
    assert_eq!(pixel(&picture, 4, 5)[0], 0);
}

#[test]
fn a_faint_line_has_no_beads() {
    // Many short segments: wherever the core is full, the colour is the same.
    let points: Vec<(f32, f32)> = (0..60_u8).map(|i| (10.0 + 3.0 * f32::from(i), 30.0)).collect();
    let mut path = line(&points, 10.0, Color::hex(0xFF_FFFF));
    path.opacity = 0.5;
    let picture = draw(&Scene { background: Color::hex(0), ..scene(200, 60, vec![Item::Polyline(path)]) });
    for x in 12..180 {
        for y in 26..34 {
            assert_eq!(pixel(&picture, x, y)[0], 128, "{x}, {y}");
        }
    }
}

#[test]
fn thin_lines_get_fainter_not_wider() {
    let light = |width: f32| {
        let path = line(&[(10.0, 20.0), (90.0, 27.0)], width, Color::hex(0xFF_FFFF));
        let picture =
            draw(&Scene { background: Color::hex(0), ..scene(100, 50, vec![Item::Polyline(path)]) });
        picture.rgba().chunks_exact(4).map(|p| f64::from(p[0])).sum::<f64>() / 255.0
    };
    let one = light(1.0);
    assert!((one / 80.3 - 1.0).abs() < 0.05, "{one}");
    for width in [0.25_f32, 0.5, 2.0, 3.0] {
        let expected = f64::from(width) * 80.3;
        assert!((light(width) / expected - 1.0).abs() < 0.08, "{width}: {} for {expected}", light(width));
    }
}

#[test]
fn sizes_are_refused_not_tried() {
    let sized = |width, height| raster::render(&scene(width, height, Vec::new()));
    assert_eq!(sized(0, 10).unwrap_err(), Error::Empty { width: 0, height: 10 });
    assert_eq!(sized(10, 0).unwrap_err(), Error::Empty { width: 10, height: 0 });
    assert_eq!(sized(50_000, 10).unwrap_err(), Error::TooLarge { width: 50_000, height: 10 });
    assert_eq!(sized(16_000, 16_000).unwrap_err(), Error::TooLarge { width: 16_000, height: 16_000 });
    assert_eq!(sized(u32::MAX, u32::MAX).unwrap_err(), Error::TooLarge { width: u32::MAX, height: u32::MAX });
    assert_eq!(sized(16_384, 1).unwrap().width(), 16_384);
    assert!(raster::render(&scene(50_000, 1, Vec::new())).unwrap_err().to_string().contains("50000 x 1"));
}

#[test]
fn hostile_text_draws_something_and_ends() {
    let names = [
        "\u{0}\u{1}\u{7f}\u{9f}\r\n\t".to_owned(),
        "\u{202e}drow\u{202c} \u{200f}שלום".to_owned(),
        "مرحبا 👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301}".to_owned(),
        "W".repeat(300_000),
        "<script>alert('&\"')</script>]]>".to_owned(),
        "\u{feff}\u{ffff}\u{10ffff}\u{e000}".to_owned(),
    ];
    for text in names {
        for align in [Align::Left, Align::Center, Align::Right] {
            for size in [0.0, 0.3, 17.0, 5000.0, f32::NAN, f32::INFINITY, -3.0] {
                let words = Label { align, halo: stroke(2.0, INK), ..label(&text, 50.0, 30.0, size) };
                draw(&scene(100, 40, vec![Item::Label(words)]));
            }
        }
    }
}

/// On the heap: items hold so many of them that a test's stack could overflow.
fn coordinate() -> BoxedStrategy<f32> {
    let any = prop_oneof![
        6 => -50.0_f32..150.0,
        1 => -1e5_f32..1e5,
        2 => proptest::num::f32::ANY,
        1 => Just(f32::MAX),
        1 => Just(f32::NAN),
        1 => Just(f32::NEG_INFINITY),
        1 => Just(65_536.0),
        1 => Just(0.0),
    ];
    any.boxed()
}

fn any_color() -> impl Strategy<Value = Color> {
    any::<[u8; 4]>().prop_map(|[r, g, b, a]| Color { r, g, b, a })
}

fn any_stroke() -> impl Strategy<Value = Option<Stroke>> {
    proptest::option::of((coordinate(), any_color()).prop_map(|(width, color)| Stroke { width, color }))
}

fn any_shape() -> impl Strategy<Value = Shape> {
    (0..6, coordinate(), coordinate()).prop_map(|(kind, a, b)| match kind {
        0 => Shape::Circle,
        1 => Shape::Square,
        2 => Shape::Cross,
        3 => Shape::Chevron { heading: a },
        4 => Shape::Arc { start: a, sweep: b },
        _ => Shape::Triangle { heading: a },
    })
}

fn any_item() -> impl Strategy<Value = Item> {
    let place = || (coordinate(), coordinate()).prop_map(|(x, y)| at(x, y));
    let rect = || {
        (coordinate(), coordinate(), coordinate(), coordinate())
            .prop_map(|(x, y, w, h)| PixelRect::new(x, y, w, h))
    };
    let leaf = prop_oneof![
        (any::<i32>(), -60..120_i32, any_color(), any::<bool>()).prop_map(|(far, y, color, linear)| {
            Item::Image {
                x: if linear { far } else { far % 100 },
                y,
                bitmap: hill(40, color),
                blend: if linear { Blend::Linear } else { Blend::Srgb },
            }
        }),
        (rect(), coordinate(), proptest::option::of(any_color()), any_stroke())
            .prop_map(|(rect, radius, fill, stroke)| Item::Rect { rect, radius, fill, stroke }),
        (proptest::collection::vec((place(), coordinate(), any_color()), 0..9), coordinate(), any_stroke())
            .prop_map(|(points, opacity, casing)| {
                let vertices =
                    points.into_iter().map(|(at, width, color)| Vertex { at, color, width }).collect();
                Item::Polyline(Polyline { vertices, opacity, casing })
            }),
        (proptest::collection::vec(place(), 0..9), proptest::option::of(any_color()), any_stroke())
            .prop_map(|(points, fill, outline)| Item::Polygon(Polygon { points, fill, outline })),
        (place(), any_shape(), coordinate(), any_color(), any_stroke(), any_stroke()).prop_map(
            |(at, shape, radius, fill, stroke, casing)| {
                Item::Marker(Marker { at, shape, radius, fill: Some(fill), stroke, casing })
            }
        ),
        (".{0,12}", place(), coordinate(), any_color(), any_stroke()).prop_map(
            |(text, at, size, color, halo)| {
                Item::Label(Label { at, color, halo, ..label(&text, 0.0, 0.0, size) })
            }
        ),
    ];
    leaf.prop_recursive(2, 8, 4, move |inner| {
        (rect(), proptest::collection::vec(inner, 0..4)).prop_map(|(rect, items)| Item::Clip { rect, items })
    })
}

/// Scenes of anything at all.
pub fn any_scene() -> impl Strategy<Value = Scene> {
    (1..140_u32, 1..300_u32, any_color(), proptest::collection::vec(any_item(), 0..8))
        .prop_map(|(width, height, background, items)| Scene { width, height, background, items })
}

/// Points on a grid of 1/64 pixel, where a line and its mirror image have the same coordinates exactly.
fn path() -> impl Strategy<Value = Vec<(f32, f32)>> {
    let step = || (0..100 * 64_i32).prop_map(|v| v as f32 / 64.0);
    proptest::collection::vec((step(), step()), 2..9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_scene_is_too_strange(scene in any_scene()) {
        let picture = draw(&scene);
        prop_assert_eq!((picture.width(), picture.height()), (scene.width, scene.height));
    }

    #[test]
    fn a_line_covers_the_same_in_both_directions(points in path(), width in 0.5_f32..12.0) {
        let mut reversed = points.clone();
        reversed.reverse();
        let cased = |points: &[(f32, f32)]| {
            let path = Polyline { casing: stroke(3.0, INK), opacity: 0.7, ..line(points, width, RUN) };
            draw(&scene(100, 100, vec![Item::Polyline(path)]))
        };
        prop_assert!(cased(&points) == cased(&reversed));
    }

    #[test]
    fn a_mirrored_line_covers_the_mirror_image(points in path(), width in 0.5_f32..12.0) {
        let mirrored: Vec<_> = points.iter().map(|(x, y)| (100.0 - x, *y)).collect();
        let picture = |points: &[(f32, f32)]| draw(&scene(100, 100, vec![Item::Polyline(line(points, width, RUN))]));
        let (plain, mirror) = (picture(&points), picture(&mirrored));
        for y in 0..100 {
            for x in 0..100 {
                let (a, b) = (pixel(&plain, x, y), pixel(&mirror, 99 - x, y));
                // The last bit of a distance may fall on either side of a step of 1/128 pixel.
                let most = a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max();
                prop_assert!(most <= Some(3), "{x}, {y}: {a:?} and {b:?}");
            }
        }
    }
}
