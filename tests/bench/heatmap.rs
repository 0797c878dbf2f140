//! One million samples to a finished heatmap.
//!
//! Run with `RAYON_NUM_THREADS=1` to read the times as CPU time.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]

use std::fmt::Write;
use std::hint::black_box;

use image::{Rgba, RgbaImage};
use proximity::Drawing;
use proximity::Filter;
use proximity::Round;
use proximity::basemap::BaseStyle;
use proximity::figure::heatmap::{HeatmapAccumulator, HeatmapSpec, Mode};
use proximity::figure::{Canvas, Orientation, Sheet};
use proximity::format::{self, ReadOptions};
use proximity::geom::WorldRect;
use proximity::map::{Extent, ExtentSource, WorldMap};
use proximity::raster::encode::Effort;
use proximity::raster::{self, encode};

const FILES: u32 = 10;
const LIVES: u32 = 100;
const SAMPLES: u32 = 1000;
const SIDE: f64 = 8192.0;

fn main() {
    divan::main();
}

/// A walk that turns now and then, reflected at the map's edges.
struct Walk {
    seed: u64,
    at: [f64; 2],
    heading: f64,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut walk =
            Self { seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, at: [0.0; 2], heading: 0.0 };
        walk.at = [walk.random() * SIDE, walk.random() * SIDE];
        walk.heading = walk.random() * std::f64::consts::TAU;
        walk
    }

    fn random(&mut self) -> f64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn step(&mut self, units: f64) -> [f64; 2] {
        if self.random() < 0.05 {
            self.heading += (self.random() - 0.5) * 2.5;
        }
        let path = [self.heading.cos(), self.heading.sin()];
        for (at, path) in self.at.iter_mut().zip(path) {
            *at += path * units;
            if *at < 200.0 || *at > SIDE - 200.0 {
                self.heading += 0.7;
                *at = at.clamp(200.0, SIDE - 200.0);
            }
        }
        self.at
    }
}

/// A tracker file of 100 000 samples.
fn file(number: u32) -> String {
    let mut text = String::from(
        "# PROXIMITY_TRACKER_V6\n# map=bench\n# round=1\n# crossfire_window=1000\n# escape_time=5000\n\
         # escape_distance=300\n# position_sample_interval=200\n# round_start_unix=1791663000\n\
         # round_end_unix=1791663363\n# tracker_version_full=6.11\n# tracker=proximity\n\
         # state_source=eflags+stamina\n# ENGAGEMENTS\n# PLAYER_TRACKS\n\
         # guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path\n",
    );
    for life in 0..LIVES {
        let mut walk = Walk::new(u64::from(number * LIVES + life + 1));
        let (team, start) = (["ALLIES", "AXIS"][life as usize % 2], 1000 + life * 400);
        let end = start + SAMPLES * 200;
        let _ = write!(text, "{life:032X};p{life};{team};MEDIC;{start};{end};{start};killed;{SAMPLES};");
        for sample in 0..SAMPLES {
            let (stance, sprint) = match sample / 40 % 8 {
                0 => (1, 0),
                1 => (2, 0),
                2 | 3 => (0, 1),
                _ => (0, 0),
            };
            let speed = [256.0, 80.0, 67.0][stance as usize] + f64::from(sprint) * 96.0;
            let [x, y] = walk.step(speed * 0.2);
            let event = if sample == 0 {
                "spawn"
            } else if sample + 1 == SAMPLES {
                "killed"
            } else {
                "sample"
            };
            let separator = if sample == 0 { "" } else { "|" };
            let time = start + sample * 200;
            let _ = write!(
                text,
                "{separator}{time},{x:.1},{y:.1},24.0,100,{speed:.1},8,{stance},{sprint},{event}"
            );
        }
        text.push('\n');
    }
    text.push_str(
        "# KILL_HEATMAP\n# MOVEMENT_HEATMAP\n# grid_x;grid_y;traversal;combat;escape\n0;0;99800;0;0\n",
    );
    text
}

fn rounds() -> Vec<Round> {
    let read = |n| format::read(file(n).as_bytes(), &ReadOptions::default()).unwrap();
    (0..FILES)
        .map(|n| {
            let read = read(n);
            assert_eq!(read.warnings, []);
            assert_eq!(read.file.round.tracks.len(), LIVES as usize);
            read.file.round
        })
        .collect()
}

fn map() -> (WorldMap, RgbaImage) {
    let rect = WorldRect::new(0.0, 0.0, SIDE, SIDE).unwrap();
    let picture = RgbaImage::from_fn(1024, 1024, |x, y| {
        let level = ((x / 13 * 7 + y / 29 * 11) % 200) as u8;
        Rgba([level, level / 2 + 40, 255 - level, 255])
    });
    (WorldMap::bare("bench", Extent { rect, source: ExtentSource::Fitted }), picture)
}

fn accumulated(spec: HeatmapSpec, rounds: &[Round], map: &WorldMap) -> HeatmapAccumulator {
    let mut heat = HeatmapAccumulator::new(spec, &map.extent.rect).unwrap();
    for round in rounds {
        heat.add(round, &Filter::everything());
    }
    heat
}

fn finished(heat: &HeatmapAccumulator, map: &WorldMap, picture: &RgbaImage) -> Drawing {
    heat.finish(&Canvas {
        map,
        picture: Some(picture),
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, 2048).unwrap(),
        crop: None,
        imprint: None,
        filter: &Filter::everything(),
        bases: None,
    })
}

/// From ten files on disk to the bytes of a 2883 × 2048 PNG.
#[divan::bench(sample_count = 10)]
fn million_samples_to_png(bencher: divan::Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..FILES)
        .map(|n| {
            let path = folder.path().join(format!("{n}.txt"));
            std::fs::write(&path, file(n)).unwrap();
            path
        })
        .collect();
    let (map, picture) = map();
    bencher.bench_local(|| {
        let mut heat = HeatmapAccumulator::new(HeatmapSpec::default(), &map.extent.rect).unwrap();
        for path in &paths {
            let read = format::read(&std::fs::read(path).unwrap(), &ReadOptions::default()).unwrap();
            heat.add(&read.file.round, &Filter::everything());
        }
        let figure = finished(&heat, &map, &picture);
        let bitmap = raster::render(&figure.scene).unwrap();
        encode::png(&bitmap, &[("proximity", &figure.recipe.to_json())], Effort::Fast).unwrap()
    });
}

/// Cleaning lives and spreading their time over the grid.
#[divan::bench(sample_count = 10)]
fn accumulate_a_million(bencher: divan::Bencher) {
    let (rounds, (map, _)) = (rounds(), map());
    bencher.bench_local(|| black_box(accumulated(HeatmapSpec::default(), &rounds, &map)));
}

/// From the grid to a scene of 2883 × 2048 pixels.
#[divan::bench(sample_count = 10, args = ["auto", "majority", "blend", "panels"])]
fn finish(bencher: divan::Bencher, mode: &str) {
    let (rounds, (map, picture)) = (rounds(), map());
    let spec = HeatmapSpec { mode: mode.parse::<Mode>().unwrap(), ..HeatmapSpec::default() };
    let heat = accumulated(spec, &rounds, &map);
    bencher.bench_local(|| finished(black_box(&heat), &map, &picture));
}

/// Pixels and their compression, for comparison.
#[divan::bench(sample_count = 10)]
fn draw_and_encode(bencher: divan::Bencher) {
    let (rounds, (map, picture)) = (rounds(), map());
    let figure = finished(&accumulated(HeatmapSpec::default(), &rounds, &map), &map, &picture);
    bencher.bench_local(|| {
        let bitmap = raster::render(&figure.scene).unwrap();
        encode::png(&bitmap, &[], Effort::Fast).unwrap()
    });
}
