//! One work on rounds in memory, done over and over: `in_memory WORK FOLDER REPEATS`. What one more time costs is told by two
//! runs; `tests/bench/peers` does that, beside programs that do the same.

#![allow(clippy::expect_used, reason = "a benchmark that cannot go on must stop")]

use std::hint::black_box;
use std::path::Path;

use proximity::Drawing;
use proximity::Filter;
use proximity::Round;
use proximity::basemap::BaseStyle;
use proximity::figure::heatmap::{HeatmapAccumulator, HeatmapSpec};
use proximity::figure::paths::{PathsAccumulator, PathsSpec};
use proximity::figure::{Canvas, MapData, Orientation, Sheet};
use proximity::format::{ReadOptions, read};
use proximity::map::MapLibrary;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [work, folder, repeats, ..] = words.as_slice() else { return };
    let repeats: usize = repeats.parse().expect("how many times");
    let rounds = rounds(Path::new(folder));
    let map = MapLibrary::open::<&str>(&[]).expect("no folders to open");
    let map = map.find("proximity_demo").expect("the shipped map").expect("the shipped map");
    let data = MapData::load(map, BaseStyle::Dim, None).expect("the shipped picture");
    let draw: fn(&[Round], &MapData) -> Drawing = match work.as_str() {
        "heat" => heat,
        "lines" => lines,
        other => panic!("no work is called {other}"),
    };
    for _ in 0..repeats {
        black_box(draw(&rounds, &data).png().expect("a picture in bounds"));
    }
}

fn rounds(folder: &Path) -> Vec<Round> {
    let entries =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a readable folder").path());
    let files = entries.filter(|path| path.to_string_lossy().ends_with("_engagements.txt"));
    let round = |path| {
        let bytes = std::fs::read(path).expect("a readable file");
        read(&bytes, &ReadOptions::default()).expect("a tracker file").file.round
    };
    files.map(round).collect()
}

fn canvas<'a>(data: &'a MapData, filter: &'a Filter) -> Canvas<'a> {
    let sheet = Sheet::new(Orientation::Landscape, 2048).expect("a size in bounds");
    // Each picture draws its own base map, as the first of a program does.
    Canvas { bases: None, ..data.canvas(sheet, filter, None) }
}

fn heat(rounds: &[Round], data: &MapData) -> Drawing {
    let filter = Filter::default();
    let mut heat =
        HeatmapAccumulator::new(HeatmapSpec::default(), &data.map.extent.rect).expect("a grid in bounds");
    for round in rounds {
        heat.add(round, &filter);
    }
    heat.finish(&canvas(data, &filter))
}

fn lines(rounds: &[Round], data: &MapData) -> Drawing {
    let filter = Filter::default();
    let mut paths = PathsAccumulator::new(PathsSpec::default(), data.map.extent.rect);
    for (order, round) in (0..).zip(rounds) {
        paths.add(order, round, &filter);
    }
    paths.finish(&canvas(data, &filter))
}
