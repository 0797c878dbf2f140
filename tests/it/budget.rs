//! What reading and counting may cost in memory, held to figures: a change that costs more is seen without a clock.

use std::path::PathBuf;

use allocation_counter::measure;
use proximity::Filter;
use proximity::Round;
use proximity::analysis::{Cells, Occupancy, Split, Weight, lives};
#[cfg(feature = "render")]
use proximity::figure::kills::kills;
#[cfg(feature = "render")]
use proximity::figure::paths::{PathsAccumulator, PathsSpec};
use proximity::format::{ReadOptions, read};
#[cfg(feature = "render")]
use proximity::geom::WorldPoint;
use proximity::geom::WorldRect;
#[cfg(feature = "render")]
use proximity::map::floors::SeenHeights;

/// The largest round of the example session.
fn text() -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.max_by_key(Vec::len).unwrap()
}

fn samples(round: &Round) -> u64 {
    round.tracks.iter().map(|track| track.samples.len() as u64).sum()
}

#[test]
fn reading_allocates_by_life_and_engagement_and_not_by_sample() {
    let (text, options) = (text(), ReadOptions { content_hash: false, ..ReadOptions::default() });
    let mut found = None;
    let cost = measure(|| found = read(&text, &options).ok());
    let round = found.unwrap().file.round;
    let attackers: usize = round.engagements.iter().map(|engagement| engagement.attackers.len()).sum();
    let rows = round.tracks.len() + round.engagements.len() + attackers;
    assert!(samples(&round) > 2_000, "a round long enough to tell");
    assert!(cost.count_total <= 6 * rows as u64 + 200, "{} allocations for {rows} rows", cost.count_total);
    // 28 bytes are the sample, 4 its place in the tails; the rest is tails, engagements, and names.
    let per_sample = cost.bytes_total as f64 / samples(&round) as f64;
    assert!(per_sample < 140.0, "{per_sample:.1} bytes per sample");
}

#[test]
fn counting_time_takes_memory_only_where_players_were() {
    let round = read(&text(), &ReadOptions::default()).unwrap().file.round;
    let lives = lives(&round, &Filter::default());
    let cells =
        Cells::new(WorldRect::new(-4_096.0, -4_096.0, 4_096.0, 4_096.0).unwrap(), 2_048, 2_048).unwrap();
    let mut grid = None;
    let cost = measure(|| grid = Some(Occupancy::of(cells, Split::State, Weight::Time, &lives.lives)));
    assert!(grid.unwrap().lives() > 0);
    // A whole plane would have 32 MB.
    assert!(cost.bytes_max < 8 << 20, "{} bytes", cost.bytes_max);
}

#[cfg(feature = "render")]
#[test]
fn heights_that_are_seen_again_take_no_memory() {
    let mut heights = SeenHeights::default();
    let mut walk = |samples: u16| {
        for i in 0..samples {
            // Round and round through a hundred places on three floors.
            let (place, floor) = (f32::from(i % 100), f32::from(i / 100 % 3));
            heights.add(WorldPoint::new(place * 64.0, 0.0, floor * 160.0), 200);
        }
    };
    walk(300);
    let cost = measure(|| walk(60_000));
    assert!(cost.bytes_total < 200_000, "{} bytes", cost.bytes_total);
}

#[cfg(feature = "render")]
#[test]
fn counted_lines_take_no_more_memory_for_more_lives() {
    let round = read(&text(), &ReadOptions::default()).unwrap().file.round;
    let extent = WorldRect::new(-4_096.0, -4_096.0, 4_096.0, 4_096.0).unwrap();
    let cost_of = |rounds: u32| {
        measure(|| {
            let mut paths = PathsAccumulator::new(PathsSpec::default(), extent);
            for order in 0..rounds {
                paths.add(order, &round, &Filter::default());
            }
        })
    };
    let lives = lives(&round, &Filter::default()).lives.len() as u32;
    let (few, many) = (cost_of(1_000 / lives), cost_of(4_000 / lives));
    assert!(many.count_total > 3 * few.count_total, "four times as many lives were added");
    assert!(many.bytes_max < few.bytes_max * 11 / 10, "{} bytes after {}", many.bytes_max, few.bytes_max);
}

#[cfg(feature = "render")]
#[test]
fn deaths_are_found_without_cleaning_the_round_again() {
    let round = read(&text(), &ReadOptions::default()).unwrap().file.round;
    let everyone = lives(&round, &Filter::everything());
    let mut found = Vec::new();
    let cost = measure(|| found = kills(&everyone, &everyone));
    assert!(found.len() > 20, "deaths enough to tell");
    // GUIDs and names of killer and victim, and what both are looked up by.
    let (deaths, lives) = (found.len() as u64, everyone.lives.len() as u64);
    assert!(cost.count_total <= 7 * deaths + 2 * lives, "{} for {deaths} of {lives}", cost.count_total);
}
