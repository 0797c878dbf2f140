//! How fast rounds get into a store and out again: `cargo bench --bench store`.
//!
//! A hundred rounds are read from files and imported into each database; the same rows go into a plain table by Python's
//! `executemany` in the same run; heat is added up from the files and from the SQLite store. Wall time, best of three.
//! `--test` does it once with two rounds.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its figures are what it is for")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use proximity::Filter;
use proximity::Round;
use proximity::figure::heatmap::{HeatmapAccumulator, HeatmapSpec};
use proximity::format;
use proximity::geom::WorldRect;
use proximity::sim::{SampleOptions, SimulationOptions, write_session};
use proximity::store::{Create, DatabaseUrl, open, path_json};

#[allow(dead_code, reason = "its clients are for tests that look behind the store")]
#[path = "../it/store/server.rs"]
mod server;

/// Rounds as files in a folder.
struct Corpus {
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
    bytes: u64,
    samples: u64,
}

impl Corpus {
    fn new(rounds: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let play = SimulationOptions { rounds, ..SimulationOptions::default() };
        let options = SampleOptions { play, interval_ms: Some(150), ..SampleOptions::default() };
        let (mut files, mut bytes) = (Vec::new(), 0);
        for (name, text) in write_session(&options).unwrap() {
            files.push(folder.path().join(name));
            bytes += text.len() as u64;
            fs::write(files.last().unwrap(), text).unwrap();
        }
        let mut corpus = Self { folder, files, bytes, samples: 0 };
        let rounds = corpus.files.iter().map(|file| read(file));
        corpus.samples = rounds.map(|round| samples(&round)).sum();
        corpus
    }

    /// Megabytes of tracker text in a second.
    fn speed(&self, seconds: f64) -> String {
        format!("{:6.1} MB/s ({seconds:.2} s)", self.bytes as f64 / 1e6 / seconds)
    }

    /// One JSON row for each life, as Python keeps them.
    fn rows(&self) -> (PathBuf, u64) {
        let path = self.folder.path().join("rows.jsonl");
        let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
        let mut lives = 0;
        for track in self.files.iter().flat_map(|file| read(file).tracks) {
            let row = serde_json::json!([
                track.guid.as_str(),
                track.name.as_str(),
                format!("{:?}", track.team),
                format!("{:?}", track.class),
                track.spawn.0,
                track.end.map(|t| t.0),
                track.first_move.map(|t| t.0),
                track.samples.len(),
                path_json(&track),
            ]);
            writeln!(file, "{row}").unwrap();
            lives += 1;
        }
        (path, lives)
    }
}

fn read(path: &Path) -> Round {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let options = format::ReadOptions { file_name: Some(name), ..format::ReadOptions::default() };
    format::read(&bytes, &options).unwrap().file.round
}

fn samples(round: &Round) -> u64 {
    round.tracks.iter().map(|track| track.samples.len() as u64).sum()
}

/// Imports by the program, as a user does; gives the seconds.
fn import(corpus: &Corpus, url: &str) -> f64 {
    let begin = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_proximity"))
        .args(["import", corpus.folder.path().to_str().unwrap(), "--db", url])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    begin.elapsed().as_secs_f64()
}

/// Python's seconds for the same rows; `None` where it, or its driver, is missing.
fn executemany(rows: &Path, connection: Option<&str>) -> Option<f64> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/executemany.py");
    let _ = fs::remove_file(format!("{}.db", rows.display()));
    let output = Command::new("python3").arg(script).arg(rows).args(connection).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn best(times: usize, mut run: impl FnMut() -> f64) -> f64 {
    (0..times).map(|_| run()).fold(f64::INFINITY, f64::min)
}

/// Seconds in which all rounds are heat.
fn heat(rounds: impl Iterator<Item = Round>) -> f64 {
    let begin = Instant::now();
    let world = WorldRect::new(-3072.0, -3072.0, 3072.0, 3072.0).unwrap();
    let mut heat = HeatmapAccumulator::new(HeatmapSpec::default(), &world).unwrap();
    for round in rounds {
        heat.add(&round, &Filter::everything());
    }
    std::hint::black_box(heat);
    begin.elapsed().as_secs_f64()
}

fn main() {
    let is_test = std::env::args().any(|word| word == "--test");
    let (corpus, times) = if is_test { (Corpus::new(2), 1) } else { (Corpus::new(100), 3) };
    let (rows, lives) = corpus.rows();
    println!(
        "{} rounds, {lives} lives, {} samples, {} bytes",
        corpus.files.len(),
        corpus.samples,
        corpus.bytes
    );
    let plain = |seconds: Option<f64>| match seconds {
        Some(seconds) => corpus.speed(seconds),
        None => "skipped: python3 or its driver is missing".to_owned(),
    };

    let file = corpus.folder.path().join("store.db");
    let sqlite = DatabaseUrl::sqlite(&file);
    let seconds = best(times, || {
        for ending in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{ending}", file.display()));
        }
        import(&corpus, &sqlite.to_string())
    });
    println!("import, SQLite                 {}", corpus.speed(seconds));
    println!("executemany alone, SQLite      {}", plain(executemany(&rows, None)));
    let size = fs::metadata(&file).unwrap().len();
    println!("SQLite file                    {:6.2} bytes a sample", size as f64 / corpus.samples as f64);

    if let Some(server) = server::server() {
        let seconds = best(times, || import(&corpus, &server.url(&server.new_database())));
        println!("import, PostgreSQL             {}", corpus.speed(seconds));
        let database = server.new_database();
        let connection = format!("host=127.0.0.1 port={} user=postgres dbname={database}", server.port);
        println!("executemany alone, PostgreSQL  {}", plain(executemany(&rows, Some(&connection))));
    } else {
        println!("PostgreSQL                     skipped: not installed");
    }

    let from_files = best(times, || heat(corpus.files.iter().map(|file| read(file))));
    let from_store = best(times, || {
        let mut store = open(&sqlite, Create::Never).unwrap();
        let keys: Vec<_> =
            store.rounds(&Filter::everything()).unwrap().iter().map(|round| round.key).collect();
        heat(keys.into_iter().map(|key| store.load(key).unwrap()))
    });
    println!("heat from files, one core      {from_files:6.3} s");
    println!("heat from the SQLite store     {from_store:6.3} s, {:.2} times", from_store / from_files);
}
