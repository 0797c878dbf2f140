//! Drawing and encoding. Run with `RAYON_NUM_THREADS=1` to read the times as CPU time.

use divan::{Bencher, black_box};
use proximity::geom::PixelPoint;
use proximity::raster;
use proximity::raster::encode::{self, Effort, Frame, Palette};
use proximity::scene::{
    Align, Bitmap, Blend, Color, Item, Label, Marker, Polyline, Scene, Shape, Stroke, Vertex, Weight,
};

const INK: Color = Color::hex(0x0B_0E14);
const STATES: [Color; 4] =
    [Color::hex(0xFE_F19D), Color::hex(0x66_C3F6), Color::hex(0xE4_7424), Color::hex(0x7D_55DD)];

fn main() {
    divan::main();
}

/// Numerical Recipes' 32-bit generator: the same walks in every run.
struct Dice(u32);

impl Dice {
    fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 16_777_216.0
    }
}

/// A life's path: steps of about a running player's length at five samples a second, turning now and then.
fn life(dice: &mut Dice, side: f32, points: usize, width: f32) -> Polyline {
    let (mut x, mut y, mut heading) = (dice.roll() * side, dice.roll() * side, dice.roll() * 6.3);
    let vertices = (0..points)
        .map(|i| {
            heading += (dice.roll() - 0.5) * 0.9;
            let step = 9.0 + 5.0 * dice.roll();
            x = (x + step * heading.cos()).rem_euclid(side);
            y = (y + step * heading.sin()).clamp(0.0, side);
            Vertex { at: PixelPoint::new(x, y), color: STATES[i / 17 % 4], width }
        })
        .collect();
    Polyline { vertices, opacity: 0.7, casing: Some(Stroke { width: 2.6, color: INK.opacity(0.58) }) }
}

fn lives(side: u32, count: usize) -> Scene {
    let mut dice = Dice(7);
    let items = (0..count).map(|_| Item::Polyline(life(&mut dice, side as f32, 110, 1.5))).collect();
    Scene { width: side, height: side, background: Color::hex(0x1A_1C20), items }
}

/// A map-like ground: soft, dark, with edges.
fn ground(side: u32) -> Bitmap {
    let mut rgba = Vec::with_capacity((side * side * 4) as usize);
    for y in 0..side {
        for x in 0..side {
            let wall = (x / 37 * 7 + y / 53 * 13) % 11 * 3;
            let grain = (x * 31 + y * 17) % 7;
            rgba.extend([(28 + wall + grain) as u8, (27 + wall + grain) as u8, (24 + wall) as u8, 255]);
        }
    }
    Bitmap::new(side, side, rgba).expect("whole rows")
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn lines_of_5000_lives_2048_px(bencher: Bencher) {
    let scene = lives(2048, 5000);
    bencher.bench_local(|| raster::render(black_box(&scene)));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn lines_of_60_lives_1080_px(bencher: Bencher) {
    let scene = lives(1080, 60);
    bencher.bench_local(|| raster::render(black_box(&scene)));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn two_hundred_labels_with_halo(bencher: Bencher) {
    let items = (0..200_u16)
        .map(|i| {
            Item::Label(Label {
                text: format!("life {i} · 12 345 u"),
                at: PixelPoint::new(f32::from(i % 10) * 104.0, 20.0 + f32::from(i / 10) * 50.3),
                size: 20.0,
                weight: if i % 2 == 0 { Weight::Regular } else { Weight::SemiBold },
                color: STATES[0],
                align: Align::Left,
                halo: Some(Stroke { width: 1.6, color: INK.opacity(0.85) }),
            })
        })
        .collect();
    let scene = Scene { width: 1080, height: 1080, background: INK, items };
    bencher.bench_local(|| raster::render(black_box(&scene)));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn a_thousand_cased_chevrons(bencher: Bencher) {
    let mut dice = Dice(3);
    let items = (0..1000)
        .map(|_| {
            Item::Marker(Marker {
                at: PixelPoint::new(dice.roll() * 1080.0, dice.roll() * 1080.0),
                shape: Shape::Chevron { heading: dice.roll() * 6.3 },
                radius: 7.5,
                fill: None,
                stroke: Some(Stroke { width: 2.2, color: STATES[1] }),
                casing: Some(Stroke { width: 4.6, color: INK.opacity(0.8) }),
            })
        })
        .collect();
    let scene = Scene { width: 1080, height: 1080, background: INK, items };
    bencher.bench_local(|| raster::render(black_box(&scene)));
}

#[divan::bench(args = [Blend::Srgb, Blend::Linear], sample_count = 10, sample_size = 1)]
fn image_over_map_2048_px(bencher: Bencher, blend: Blend) {
    let map = std::sync::Arc::new(ground(2048));
    let mut rgba = map.rgba().to_vec();
    for (i, pixel) in rgba.chunks_exact_mut(4).enumerate() {
        pixel[3] = (i / 2048 % 240) as u8;
    }
    let heat = std::sync::Arc::new(Bitmap::new(2048, 2048, rgba).expect("whole rows"));
    let image = |bitmap, blend| Item::Image { x: 0, y: 0, bitmap, blend };
    let items = vec![image(map, Blend::Srgb), image(heat, blend)];
    let scene = Scene { width: 2048, height: 2048, background: INK, items };
    bencher.bench_local(|| raster::render(black_box(&scene)));
}

#[divan::bench(args = [Effort::Fast, Effort::Small], sample_count = 3, sample_size = 1)]
fn png_of_600_lives_2048_px(bencher: Bencher, effort: Effort) {
    let picture = raster::render(&lives(2048, 600)).expect("a size that can be drawn");
    bencher.bench_local(|| encode::png(black_box(&picture), &[("proximity", "{}")], effort));
}

/// Frames of an animation: a map, and twelve players with trails that move all over it.
fn frames(side: u32, count: usize) -> Vec<Frame> {
    let map = std::sync::Arc::new(ground(side));
    let mut dice = Dice(5);
    let ways: Vec<Polyline> = (0..12).map(|_| life(&mut dice, side as f32, count + 30, 4.0)).collect();
    (0..count)
        .map(|frame| {
            let mut items =
                vec![Item::Image { x: 0, y: 0, bitmap: std::sync::Arc::clone(&map), blend: Blend::Srgb }];
            for path in &ways {
                let vertices = path.vertices[frame..frame + 30].to_vec();
                items.push(Item::Polyline(Polyline { vertices, ..path.clone() }));
            }
            let scene = Scene { width: side, height: side, background: INK, items };
            Frame { bitmap: raster::render(&scene).expect("a size that can be drawn"), delay_ms: 100 }
        })
        .collect()
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn gif_of_300_frames_640_px(bencher: Bencher) {
    let frames = frames(640, 300);
    let colors = encode::median_cut(&frames[0].bitmap, 240);
    bencher
        .with_inputs(|| frames.clone())
        .bench_local_values(|frames| encode::gif(frames, Palette::new(colors.iter().copied().chain(STATES))));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn apng_of_300_frames_640_px(bencher: Bencher) {
    let frames = frames(640, 300);
    bencher
        .with_inputs(|| frames.clone())
        .bench_local_values(|frames| encode::apng(frames.into_iter(), &[], Effort::Fast));
}
