//! How work grows with the number of lives: a season has tens of thousands of them. Each work is done on 1, 4 and 16 times
//! as many lives; the exponent of its growth is fitted, and one above 1.15 ends the bench with status 1.
//!
//! `cargo bench --bench growth`; with `--test` each work is done once on few lives.

#![allow(clippy::print_stdout, reason = "its figures are what it is for")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use proximity::analysis::{Area, Lives, Passes, lives, summaries};
use proximity::figure::kills::kills;
use proximity::format::{ReadOptions, read};
use proximity::model::LevelTime;
use proximity::{Filter, Round};

/// What is done with a round, by name.
type Work<'a> = (&'a str, &'a dyn Fn(&Round, &Lives<'_>));

/// Rounds behind each other at the smallest size.
const FEWEST: i32 = 8;
const SIZES: [i32; 3] = [1, 4, 16];
/// The quickest of so many runs counts: nothing but other programs makes one slower.
const RUNS: usize = 5;
const LARGEST_EXPONENT: f64 = 1.15;

fn main() -> ExitCode {
    let is_test = std::env::args().any(|word| word == "--test");
    let round = round();
    let everywhere = [(-9e3, -9e3), (9e3, -9e3), (9e3, 9e3), (-9e3, 9e3)];
    let area = Area::new(everywhere.to_vec()).expect("four corners make an area");
    let all: [Work<'_>; 4] = [
        ("cleaning", &|round, _| drop(black_box(lives(round, &Filter::everything())))),
        ("summing up", &|_, lives| drop(black_box(summaries(lives)))),
        ("kills", &|_, lives| drop(black_box(kills(lives, lives)))),
        ("passes", &|round, lives| Passes::default().add(round, lives, &area)),
    ];
    let rounds = SIZES.map(|size| over_and_over(&round, if is_test { size } else { FEWEST * size }));
    let cleaned = rounds.each_ref().map(|round| lives(round, &Filter::everything()));
    let mut too_fast_growing = 0;
    for (what, work) in all {
        let seconds: Vec<f64> = rounds
            .iter()
            .zip(&cleaned)
            .map(|(round, lives)| {
                let runs = (0..if is_test { 1 } else { RUNS }).map(|_| {
                    let begin = Instant::now();
                    work(round, lives);
                    begin.elapsed().as_secs_f64()
                });
                runs.fold(f64::INFINITY, f64::min)
            })
            .collect();
        let exponent = exponent(&seconds);
        let lives = cleaned.each_ref().map(|lives| lives.lives.len());
        let ms: Vec<f64> = seconds.iter().map(|seconds| seconds * 1e3).collect();
        println!("{what:<11} lives {lives:?}: {ms:.1?} ms, exponent {exponent:.2}");
        too_fast_growing += usize::from(!is_test && exponent > LARGEST_EXPONENT);
    }
    if too_fast_growing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The slope of the line through the logarithms of sizes and times, by least squares.
fn exponent(seconds: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> =
        SIZES.iter().zip(seconds).map(|(size, s)| (f64::from(*size).ln(), s.max(1e-9).ln())).collect();
    let n = points.len() as f64;
    let (x, y) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let along = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>();
    along / points.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>()
}

/// The largest round of the example session.
fn round() -> Round {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    let entries = std::fs::read_dir(folder).expect("the example session is in the tree");
    let files = entries
        .map(|entry| std::fs::read(entry.expect("a readable folder").path()).expect("a readable file"));
    let largest = files.max_by_key(Vec::len).expect("the session has rounds");
    read(&largest, &ReadOptions::default()).expect("a tracker file").file.round
}

/// A round that is played so many times over, one after the other: more lives of the same players.
fn over_and_over(round: &Round, times: i32) -> Round {
    let span = round.tracks.iter().filter_map(|track| track.end).max().map_or(0, |end| end.0) + 30_000;
    let mut long = Round { tracks: Vec::new(), engagements: Vec::new(), ..round.clone() };
    for nth in 0..times {
        let later = |time: &mut LevelTime| time.0 += span * nth;
        for mut track in round.tracks.clone() {
            later(&mut track.spawn);
            track.end.iter_mut().chain(&mut track.first_move).for_each(later);
            for sample in &mut track.samples {
                later(&mut sample.time);
            }
            long.tracks.push(track);
        }
        for mut engagement in round.engagements.clone() {
            later(&mut engagement.start);
            later(&mut engagement.end);
            long.engagements.push(engagement);
        }
    }
    long
}
