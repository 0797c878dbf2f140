//! What a lake costs: `cargo bench --bench lake`, with `-- --rounds N` for another size, `-- --to FOLDER` to keep the lake.
//!
//! A sample session is multiplied over eight maps and ten months. Bytes a sample, compacted; processor seconds (of all
//! threads) to add, compact and sum, and to collect the heat of one map in eight and of all, from samples and from sums.
//! `--test` does it once with a few rounds.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]
#![allow(clippy::print_stdout, reason = "its figures are what it is for")]

use std::fs;
use std::path::{Path, PathBuf};

use proximity::figure::heat_grids;
use proximity::figure::heatmap::{HeatmapAccumulator, HeatmapSpec};
use proximity::format::{ReadOptions, read};
use proximity::lake::{Lake, LakeWriter, Secret};
use proximity::progress::Silent;
use proximity::sim::{SampleOptions, SimulationOptions, write_session};
use proximity::{EachRound as _, Filter, Maps, Round, Rounds};

/// Maps that the sample map's places fit into.
const MAPS: [&str; 8] = [
    "supply",
    "radar",
    "goldrush",
    "1944_beach",
    "1944_huertgen",
    "1944_nordwind2",
    "2hide",
    "ae_sniper_night",
];
const MONTHS: usize = 10;
/// Rounds that are simulated; the others are these, moved by up to 32 units.
const SIMULATED: usize = 24;
/// Rounds that are added at once.
const BATCH: usize = 40;
/// Seconds of a month that every month has.
const MONTH_S: i64 = 2_629_800;
/// A second has so many of the ticks that Linux counts processor time in.
const TICKS: f64 = 100.0;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let after = |word: &str| words.iter().skip_while(|w| *w != word).nth(1);
    let is_test = words.iter().any(|word| word == "--test");
    let rounds =
        after("--rounds").map_or(if is_test { MAPS.len() } else { 4_800 }, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let lake = after("--to").map_or_else(|| folder.path().join("lake"), PathBuf::from);
    let secret_file = folder.path().join("secret");
    fs::write(&secret_file, "sixteen bytes of secret").unwrap();
    let secret = Secret::of_file(&secret_file, &lake).unwrap();
    LakeWriter::init(&lake, &secret).unwrap();
    let writer = || LakeWriter::open(&lake).unwrap();

    let session = session();
    let ((), seconds) = cpu(|| {
        for first in (0..rounds).step_by(BATCH) {
            let some = (first..rounds.min(first + BATCH))
                .map(|number| copy(&session[number % session.len()], number));
            writer().add(some.collect(), &secret).unwrap();
        }
    });
    let [rounds, lives, samples] = Lake::open(&lake).unwrap().counts();
    println!("{rounds} rounds, {lives} lives, {samples} samples");
    let per = |bytes: u64| bytes as f64 / samples as f64;
    println!("adding      {seconds:6.2} CPU s   {:5.2} bytes a sample", per(bytes(&lake)));
    let (_, seconds) = cpu(|| writer().compact().unwrap());
    // What was replaced goes with the change after the next.
    writer().compact().unwrap();
    println!(
        "compacting  {seconds:6.2} CPU s   {:5.2} bytes a sample, {:.2} of them samples",
        per(bytes(&lake)),
        per(bytes(&lake.join("samples")))
    );
    let library = Maps::default().library().unwrap();
    let map = |name: &str| library.find(name).unwrap().unwrap();
    let from_samples = [heat(&lake, &MAPS[..1], &map), heat(&lake, &MAPS, &map)];
    let (_, seconds) = cpu(|| writer().sum(|name| heat_grids(&map(name).extent.rect)).unwrap());
    let sums: u64 = ["heat", "heat_grid", "heat_heights", "heat_ground", "heat_lives"]
        .map(|t| bytes(&lake.join(t)))
        .iter()
        .sum();
    println!("summing     {seconds:6.2} CPU s   {:5.2} bytes a sample", per(sums));
    let from_sums = [heat(&lake, &MAPS[..1], &map), heat(&lake, &MAPS, &map)];
    for (maps, (by_samples, by_sums)) in
        ["one map", "all maps"].iter().zip(from_samples.iter().zip(from_sums))
    {
        assert_eq!(by_samples.0, by_sums.0, "the same heat");
        println!(
            "{maps:<9} of all months: {:6.2} CPU s from samples, {:5.2} from sums",
            by_samples.1, by_sums.1
        );
    }
}

/// The heat of maps as one number of each, and the processor seconds that it took, the opening of the lake included.
fn heat(lake: &Path, maps: &[&str], map: &dyn Fn(&str) -> proximity::map::WorldMap) -> (Vec<u64>, f64) {
    cpu(|| {
        let rounds = Rounds::open(format!("lake:{}", lake.display())).unwrap();
        let of_map = |name: &&str| {
            let (filter, extent) = (Filter::new().map(name), map(name).extent.rect);
            let wanted = rounds.select(&filter).rounds().unwrap().rounds;
            let empty = HeatmapAccumulator::new(HeatmapSpec::default(), &extent).unwrap();
            let mut heat = empty.clone();
            let grids = heat_grids(&extent).unwrap();
            let rest = wanted.summed(&grids, &mut |sums| heat.add_sums(sums, &filter)).unwrap();
            let merge = |all: &mut HeatmapAccumulator, part| all.merge(part).unwrap();
            let rest = rest.as_ref().unwrap_or(&wanted);
            let read = rest.fold(
                &Silent,
                "",
                || empty.clone(),
                |heat, round| heat.add_lives(round.round, &round.lives(&filter), &filter),
                merge,
            );
            heat.merge(read.unwrap().0).unwrap();
            heat.data_summary().counts().samples
        };
        maps.iter().map(of_map).collect()
    })
}

fn session() -> Vec<Round> {
    let play = SimulationOptions { rounds: SIMULATED, ..SimulationOptions::default() };
    let options = SampleOptions { play, interval_ms: Some(200), ..SampleOptions::default() };
    let round = |(name, text): (String, Vec<u8>)| {
        let options = ReadOptions { file_name: Some(name), ..ReadOptions::default() };
        read(&text, &options).unwrap().file.round
    };
    write_session(&options).unwrap().into_iter().map(round).collect()
}

/// The round once more: another file, on one of the maps, in one of the months.
fn copy(round: &Round, number: usize) -> Round {
    let mut round = round.clone();
    let (map, month) = (MAPS[number % MAPS.len()], number / MAPS.len() % MONTHS);
    let start = 1_768_000_000 + month as i64 * MONTH_S + number as i64 * 301;
    round.meta.map = map.into();
    round.meta.content_hash = format!("{number:016x}{number:048x}").into();
    round.meta.start_unix = Some(start);
    round.meta.stamp =
        jiff::Timestamp::from_second(start).ok().map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).datetime());
    round.meta.file_name = Some(format!("{number:06}-{map}-round-1_engagements.txt").into());
    let by = |factor: usize| (number * factor % 641) as f32 / 10.0 - 32.0;
    let (east, north) = (by(37), by(101));
    for sample in round.tracks.iter_mut().flat_map(|track| &mut track.samples) {
        // Whole tenths, as trackers write them.
        sample.at.x = ((sample.at.x + east) * 10.0).round() / 10.0;
        sample.at.y = ((sample.at.y + north) * 10.0).round() / 10.0;
    }
    round
}

fn bytes(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return fs::metadata(path).map_or(0, |about| about.len()) };
    entries.map(|entry| bytes(&entry.unwrap().path())).sum()
}

/// What comes out, and the processor seconds of all threads that it took, user and system; 0 where the system does not tell.
fn cpu<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let ticks = || {
        let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let after_name = text.rsplit(')').next().unwrap_or_default();
        let field = |index: usize| after_name.split_whitespace().nth(index)?.parse::<f64>().ok();
        field(11).zip(field(12)).map_or(0.0, |(user, system)| user + system)
    };
    let before = ticks();
    let done = work();
    (done, (ticks() - before) / TICKS)
}
