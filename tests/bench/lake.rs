//! What a lake costs: `cargo bench --bench lake`, with `-- --rounds N` for another size, `-- --to FOLDER` to keep the lake.
//!
//! A sample session is multiplied over eight maps and ten months. Bytes a sample, compacted; processor seconds (of all
//! threads) and memory to add, compact and sum, and to collect the heat of one map in eight, of all, and of a player, from
//! samples and from sums; beside DuckDB on the same files, where `--python FILE` has it. `--test` does it once with a few rounds.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]
#![allow(clippy::print_stdout, reason = "its figures are what it is for")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use proximity::analysis::{HeatSums, SumsWanted};
use proximity::figure::heat_grids;
use proximity::figure::heatmap::{HeatmapAccumulator, HeatmapSpec};
use proximity::format::{ReadOptions, read};
use proximity::lake::{Lake, LakeWriter, SAMPLES_AT_ONCE, Secret};
use proximity::map::WorldMap;
use proximity::progress::Silent;
use proximity::sim::{SampleOptions, SimulationOptions, write_session};
use proximity::{EachRound as _, Filter, Maps, Round, RoundView, Rounds};

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
    let mut adding = Cost::default();
    let mut some = Vec::new();
    for number in 0..rounds {
        some.push(copy(&session, number, rounds));
        if number + 1 == rounds || some.iter().map(Round::samples).sum::<usize>() >= SAMPLES_AT_ONCE {
            let (_, cost) = measured(|| writer().add(std::mem::take(&mut some), &secret).unwrap());
            adding.add(&cost);
        }
    }
    let [rounds, lives, samples] = Lake::open(&lake).unwrap().counts();
    println!("{rounds} rounds, {lives} lives, {samples} samples");
    let per = |bytes: u64| bytes as f64 / samples as f64;
    let line = |what: &str, cost: &Cost, rest: &str| println!("{what:<44} {cost}   {rest}");
    line("adding", &adding, &format!("{:.2} bytes a sample", per(bytes(&lake))));
    let (_, cost) = measured(|| writer().compact(&Silent).unwrap());
    // What was replaced goes with the change after the next.
    writer().compact(&Silent).unwrap();
    line("compacting", &cost, &format!("{:.2} bytes a sample", per(bytes(&lake))));
    for (what, bytes) in by_columns(&lake.join("samples")) {
        println!("  {what:<42} {:5.2} bytes a sample", per(bytes));
    }
    let library = Maps::default().library().unwrap();
    let map = |name: &str| library.find(name).unwrap().unwrap();
    let player = Filter::new().player(session[0].tracks[0].guid.as_str());
    let questions: [(&str, &[&str], &Filter); 3] = [
        ("one map of all months", &MAPS[..1], &Filter::new()),
        ("all maps of all months", &MAPS, &Filter::new()),
        ("one player, one map of all months", &MAPS[..1], &player),
    ];
    let ask = |from: &str| {
        questions.map(|(what, maps, filter)| {
            let (counts, cost) = measured(|| heat(&lake, maps, filter, &map));
            line(&format!("{what}, {from}"), &cost, "");
            counts
        })
    };
    let from_samples = ask("from samples");
    let (_, cost) = measured(|| writer().sum(|name| heat_grids(&map(name).extent.rect), &Silent).unwrap());
    let sums: u64 = ["heat", "heat_grid", "heat_heights", "heat_ground", "heat_lives"]
        .map(|t| bytes(&lake.join(t)))
        .iter()
        .sum();
    line("summing", &cost, &format!("{:.2} bytes a sample", per(sums)));
    assert_eq!(from_samples, ask("from sums"), "the same heat");
    duckdb(&lake, after("--python").map_or(Path::new("target/peers/bin/python"), Path::new));
}

/// The same questions to DuckDB, as far as it can answer them: point by point, not spread along the steps.
fn duckdb(lake: &Path, python: &Path) {
    const SCRIPT: &str = "
import sys, resource
try:
    import duckdb
except ImportError:
    sys.exit(3)
lake, what = sys.argv[1:]
db = duckdb.connect()
db.execute('SET threads = 2')
def table(name, map):
    return f\"read_parquet('{lake}/{name}/v=1/map={map}/*/*.parquet', hive_partitioning = true)\"
cells = lambda side: f'(x + 2000000) // {side * 10} AS column, (y + 2000000) // {side * 10} AS row'
sql = {
    'one map, 8 u, by points':
        f\"SELECT step, {cells(8)}, sum(dt) FROM {table('samples', 'supply')} WHERE step BETWEEN 0 AND 5 AND NOT bot GROUP BY ALL\",
    'all maps, 32 u, by points':
        f\"SELECT map, step, {cells(32)}, sum(dt) FROM {table('samples', '*')} WHERE step BETWEEN 0 AND 5 AND NOT bot GROUP BY ALL\",
    'one map, from sums':
        f\"SELECT state, cell, sum(us) FROM {table('heat', 'supply')} WHERE NOT bot GROUP BY ALL\",
}[what]
db.execute(sql).fetchnumpy() if 'numpy' in sys.modules else db.execute(f'SELECT count(*) FROM ({sql})').fetchall()
used = resource.getrusage(resource.RUSAGE_SELF)
print(f'{used.ru_utime + used.ru_stime:7.2f} CPU s {used.ru_maxrss // 1024:6} MB')
";
    for what in ["one map, 8 u, by points", "all maps, 32 u, by points", "one map, from sums"] {
        let asked = Command::new(python).args(["-c", SCRIPT]).arg(lake).arg(what).output();
        match asked {
            Ok(said) if said.status.success() => {
                println!(
                    "{:<44} {}",
                    format!("DuckDB: {what}"),
                    String::from_utf8_lossy(&said.stdout).trim_end()
                );
            }
            Ok(said) if said.status.code() != Some(3) => {
                panic!("DuckDB: {}", String::from_utf8_lossy(&said.stderr))
            }
            _ => {
                println!("DuckDB is not there: --python names a Python that has it (pip install duckdb)");
                return;
            }
        }
    }
}

/// Bytes of the columns of the table of samples, by what they are for.
fn by_columns(folder: &Path) -> [(&'static str, u64); 3] {
    let mut sums = [
        ("what pictures are drawn from", 0),
        ("steps, for other engines", 0),
        ("our own tracker's further columns", 0),
    ];
    for path in files(folder) {
        let file = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
        for column in file.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns) {
            let of = match column.column_path().string().as_str() {
                "dx" | "dy" => 1,
                "yaw" | "stamina" | "pm_flags" | "eflags" | "vx" | "vy" | "vz" => 2,
                _ => 0,
            };
            sums[of].1 += column.compressed_size() as u64;
        }
    }
    sums
}

/// The heat of maps as a few numbers of each, the opening of the lake included.
fn heat(lake: &Path, maps: &[&str], filter: &Filter, map: &dyn Fn(&str) -> WorldMap) -> Vec<[u64; 3]> {
    let rounds = Rounds::open(format!("lake:{}", lake.display())).unwrap();
    let of_map = |name: &&str| {
        let (filter, extent) = (filter.clone().map(name), map(name).extent.rect);
        let wanted = rounds.select(&filter).rounds().unwrap().rounds;
        let empty = HeatmapAccumulator::new(HeatmapSpec::default(), &extent).unwrap();
        let mut heat = empty.clone();
        let grids = heat_grids(&extent).unwrap();
        let mut take = |sums: &HeatSums| heat.add_sums(sums, &filter);
        let needed = SumsWanted::times(grids, &filter);
        let rest = if filter.players.is_empty() { wanted.summed(&needed, &mut take).unwrap() } else { None };
        let left = rest.as_ref().unwrap_or(&wanted);
        let more = left.sum_columns(&needed, &Silent, &mut take).unwrap();
        let left = more.as_ref().unwrap_or(left);
        let merge = |all: &mut HeatmapAccumulator, part| all.merge(part).unwrap();
        let add = |heat: &mut HeatmapAccumulator, round: &RoundView<'_>| {
            heat.add_lives(round.round, &round.lives(&filter), &filter);
        };
        heat.merge(left.fold(&Silent, "", || empty.clone(), add, merge).unwrap().0).unwrap();
        let counts = heat.data_summary().counts();
        [counts.samples, counts.lives, counts.players]
    };
    maps.iter().map(of_map).collect()
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

/// A round of the session once more: another file, on one of the maps, in one of the months, of which one follows the other.
fn copy(session: &[Round], number: usize, rounds: usize) -> Round {
    let mut round = session[number % session.len()].clone();
    let (map, month) = (MAPS[number % MAPS.len()], number * MONTHS / rounds);
    let start = 1_768_000_000 + month as i64 * MONTH_S + (number % rounds.div_ceil(MONTHS)) as i64 * 301;
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

fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return vec![path.to_owned()] };
    entries.flat_map(|entry| files(&entry.unwrap().path())).collect()
}

fn bytes(path: &Path) -> u64 {
    files(path).iter().map(|file| fs::metadata(file).map_or(0, |about| about.len())).sum()
}

/// What work took: processor seconds of all threads, user and system; seconds; the most memory there was at once, MB. 0 where
/// the system does not tell.
#[derive(Default)]
struct Cost {
    cpu_s: f64,
    wall_s: f64,
    peak_mb: u64,
}

impl Cost {
    fn add(&mut self, more: &Self) {
        self.cpu_s += more.cpu_s;
        self.wall_s += more.wall_s;
        self.peak_mb = self.peak_mb.max(more.peak_mb);
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:7.2} CPU s {:6} MB {:7.2} s", self.cpu_s, self.peak_mb, self.wall_s)
    }
}

fn measured<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let ticks = || {
        let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let after_name = text.rsplit(')').next().unwrap_or_default();
        let field = |index: usize| after_name.split_whitespace().nth(index)?.parse::<f64>().ok();
        field(11).zip(field(12)).map_or(0.0, |(user, system)| user + system)
    };
    let peak_kb = || {
        let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default()
    };
    // Linux counts the peak anew from here on; elsewhere it is that of the whole process so far.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let (before, began) = (ticks(), Instant::now());
    let done = work();
    let cost = Cost {
        cpu_s: (ticks() - before) / TICKS,
        wall_s: began.elapsed().as_secs_f64(),
        peak_mb: peak_kb() >> 10,
    };
    (done, cost)
}
