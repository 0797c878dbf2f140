//! What a user waits for: a life card, a session's whole report. CPU time is wall time on one thread here; run it with
//! `cargo bench --bench session`.

use std::collections::BTreeMap;
use std::hint::black_box;

use proximity::Filter;
use proximity::Round;
use proximity::analysis::lives;
use proximity::basemap::BaseStyle;
use proximity::figure::MapData;
use proximity::figure::life::Card;
use proximity::figure::{Canvas, Orientation, Sheet};
use proximity::map::{MapLibrary, WorldMap};
use proximity::report::SessionReport;
use proximity::sim::{SampleOptions, SimulationOptions, write_session};
use proximity::{format, raster};

fn main() {
    divan::main();
}

/// Ten rounds of twelve players at 200 ms.
fn session(rounds: usize) -> Vec<Round> {
    let play = SimulationOptions { rounds, ..SimulationOptions::default() };
    let options = SampleOptions { play, interval_ms: Some(200), ..SampleOptions::default() };
    let files = write_session(&options).expect("the sample map's plan is part of the program");
    let read = |(name, bytes): (String, Vec<u8>)| {
        let options = format::ReadOptions { file_name: Some(name), ..format::ReadOptions::default() };
        format::read(&bytes, &options).expect("our own files").file.round
    };
    files.into_iter().map(read).collect()
}

fn map() -> WorldMap {
    let library = MapLibrary::open::<&str>(&[]).expect("no folders to open");
    library.find("proximity_demo").expect("the shipped map").expect("the shipped map")
}

fn sample_map() -> MapData {
    let map = map();
    MapData::load(map, BaseStyle::Dim, None).expect("the shipped picture")
}

#[divan::bench]
fn life_card(bencher: divan::Bencher<'_, '_>) {
    let (rounds, data, filter) = (session(1), sample_map(), Filter::default());
    let context = Canvas {
        map: &data.map,
        picture: data.picture.as_ref(),
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, 1080).expect("a size in bounds"),
        crop: None,
        imprint: None,
        filter: &filter,
        bases: None,
    };
    bencher.bench(|| {
        let all = lives(&rounds[0], &filter);
        let life = all.lives.iter().max_by_key(|life| life.alive_ms()).expect("a life");
        let (card, data_summary) = Card::with_data_summary(0, life, &filter, &data.map.extent.rect);
        let figure = card.figure(&context, &data_summary).expect("a place");
        let bitmap = raster::render(&figure.scene).expect("a size in bounds");
        black_box(raster::encode::png(&bitmap, &[], raster::encode::Effort::Fast).expect("a whole picture"))
    });
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn report_of_ten_rounds(bencher: divan::Bencher<'_, '_>) {
    let (rounds, map_data, filter) = (session(10), [sample_map()], Filter::default());
    let map_of = BTreeMap::from([("proximity_demo".to_owned(), 0)]);
    bencher.bench(|| {
        let report = SessionReport::plan(&rounds, &filter, &map_data, &map_of, BaseStyle::Dim)
            .expect("a map in bounds");
        for picture in report.pictures() {
            let drawing = report.figure(picture).expect("a life with a place").drawing;
            black_box(drawing.png().expect("a whole picture"));
        }
        black_box(report.page(&proximity::report::PageData::default()).expect("our own template"))
    });
}
