//! How fast tracker files are read and written: `cargo bench --bench read`.
//!
//! `from_files` and `wc_l` go through the same files in the same run, so that their ratio means something on any
//! machine. The text is made here: rounds of the usual size and shape, without real players' data.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]

use std::fmt::Write;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;

use divan::Bencher;
use divan::counter::BytesCount;
use proximity::format::{ReadOptions, read, write};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// Lives of a round of twelve minutes, and samples of a life at 200 ms.
const LIVES: usize = 80;
const SAMPLES: usize = 139;
const ENGAGEMENTS: usize = 110;
/// Copies of the round for the benches that read files.
const FILES: usize = 64;

#[divan::bench]
fn from_memory(bencher: Bencher) {
    let text = round(Tail::None);
    bencher.counter(BytesCount::of_slice(&text)).bench(|| read_text(black_box(&text)));
}

#[divan::bench]
fn from_memory_with_detail(bencher: Bencher) {
    let text = round(Tail::Detail);
    bencher.counter(BytesCount::of_slice(&text)).bench(|| read_text(black_box(&text)));
}

#[divan::bench]
fn to_memory(bencher: Bencher) {
    let text = round(Tail::None);
    let file = read_text(&text).file;
    bencher.counter(BytesCount::of_slice(&text)).bench(|| write(black_box(&file)));
}

#[divan::bench(sample_count = 20)]
fn from_files(bencher: Bencher) {
    let (_folder, paths, bytes) = files();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let mut buffer = Vec::new();
        for path in &paths {
            buffer.clear();
            File::open(path).unwrap().read_to_end(&mut buffer).unwrap();
            black_box(read_text(&buffer));
        }
    });
}

#[divan::bench(sample_count = 20)]
fn wc_l(bencher: Bencher) {
    let (_folder, paths, bytes) = files();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let output = Command::new("wc").arg("-l").args(&paths).output().unwrap();
        assert!(output.status.success());
    });
}

fn read_text(text: &[u8]) -> proximity::format::Read {
    let read = read(text, &ReadOptions::default()).unwrap();
    assert_eq!((read.file.round.tracks.len(), read.warnings.len()), (LIVES, 0));
    read
}

fn files() -> (TempDir, Vec<PathBuf>, usize) {
    let (folder, text) = (TempDir::new().unwrap(), round(Tail::None));
    let paths: Vec<PathBuf> = (0..FILES).map(|index| folder.path().join(format!("{index}.txt"))).collect();
    for path in &paths {
        std::fs::write(path, &text).unwrap();
    }
    (folder, paths, text.len() * FILES)
}

/// Whether samples have what our own module writes after their tenth value.
#[derive(Clone, Copy)]
enum Tail {
    None,
    Detail,
}

/// A player who walks about: the numbers change as little from sample to sample as in a real file.
struct Walker {
    state: u64,
    at: [i64; 3],
    step: [i64; 2],
    health: i64,
}

impl Walker {
    fn new(seed: u64) -> Self {
        Self { state: seed * 2 + 1, at: [0, 0, 241], step: [400, 0], health: 124 }
    }

    /// The next number below `below` of a linear congruential generator (Knuth's MMIX).
    fn next(&mut self, below: u64) -> i64 {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.state >> 33) % below) as i64
    }

    fn walk(&mut self) {
        if self.next(5) == 0 {
            self.step = [self.next(700) - 350, self.next(700) - 350];
            self.at[2] += self.next(200) - 100;
        }
        if self.next(20) == 0 {
            self.health = 20 + self.next(105);
        }
        for axis in 0..2 {
            self.at[axis] = (self.at[axis] + self.step[axis] + self.next(9)).clamp(-40_000, 40_000);
        }
    }

    fn place(&self) -> String {
        let [x, y, z] = self.at.map(tenths);
        format!("{x},{y},{z}")
    }
}

fn tenths(value: i64) -> String {
    format!("{}{}.{}", if value < 0 { "-" } else { "" }, value.abs() / 10, value.abs() % 10)
}

fn round(tail: Tail) -> Vec<u8> {
    let mut text = "# PROXIMITY_TRACKER_V6\n# map=supply\n# round=1\n# position_sample_interval=200\n\
                    # round_start_unix=1791663000\n# round_end_unix=1791663363\n# axis_spawn_interval=30000\n\
                    # allies_spawn_interval=20000\n# tracker_version_full=6.11\n# ENGAGEMENTS\n\
                    # id;start_time;end_time;duration;target_guid;target_name;target_team;outcome;total_damage;\
                    killer_guid;killer_name;num_attackers;is_crossfire;crossfire_delay;crossfire_participants;\
                    start_x;start_y;start_z;end_x;end_y;end_z;distance_traveled;positions;attackers\n"
        .to_owned();
    for id in 0..ENGAGEMENTS {
        let mut walker = Walker::new(id as u64);
        let start = 2_000 + id * 3_000;
        let guid = format!("{:032X}", id * 7_919);
        write!(
            text,
            "{id};{start};{};3600;{guid};^1na^7me{};AXIS;escaped;36;;;1;0;;;",
            start + 3_600,
            id % 12
        )
        .unwrap();
        text.push_str("0.0;0.0;24.1;512.0;-80.5;24.1;608.6;");
        for position in 0..24 {
            walker.walk();
            let event = if position % 6 == 0 { "hit" } else { "sample" };
            write!(text, "{},{},{event}|", start + position * 150, walker.place()).unwrap();
        }
        writeln!(
            text,
            "{},{},escape;{guid},other,ALLIES,36,2,{start},{start},0,8:2;",
            start + 3_600,
            walker.place()
        )
        .unwrap();
    }
    text.push_str(
        "\n# PLAYER_TRACKS\n# guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path\n",
    );
    for life in 0..LIVES {
        let mut walker = Walker::new(1_000 + life as u64);
        let spawn = 500 + life * 4_000;
        let end = spawn + SAMPLES * 200;
        write!(
            text,
            "{:032X};^1na^7me{};AXIS;MEDIC;{spawn};{end};{};killed;{SAMPLES};",
            life,
            life % 12,
            spawn + 400
        )
        .unwrap();
        for sample in 0..SAMPLES {
            walker.walk();
            let (first, last) = (sample == 0, sample + 1 == SAMPLES);
            let event = if first {
                "spawn"
            } else if last {
                "killed"
            } else {
                "sample"
            };
            let (speed, stance) = (walker.step[0].abs() + walker.step[1].abs(), walker.next(12) / 10);
            let (time, place, health) = (spawn + sample * 200, walker.place(), walker.health);
            write!(text, "{time},{place},{health},{},8,{stance},0,{event}", tenths(speed * 5)).unwrap();
            if let Tail::Detail = tail {
                let (dx, dy) = (walker.step[0] / 2, walker.step[1] / 2);
                write!(text, ",{},{},0,0,{dx},{dy},0", walker.next(360), 20_000 - walker.next(9_000))
                    .unwrap();
            }
            text.push(if last { '\n' } else { '|' });
        }
    }
    let cells = (LIVES * SAMPLES, ENGAGEMENTS * 4, ENGAGEMENTS);
    write!(
        text,
        "\n# KILL_HEATMAP\n# grid_x;grid_y;axis_kills;allies_kills\n0;0;40;40\n\
         \n# MOVEMENT_HEATMAP\n# grid_x;grid_y;traversal;combat;escape\n0;0;{};{};{}\n",
        cells.0, cells.1, cells.2
    )
    .unwrap();
    text.into_bytes()
}
