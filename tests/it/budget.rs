//! What reading and counting may cost in memory, held to figures: a change that costs more is seen without a clock.

use std::path::PathBuf;

use allocation_counter::measure;
use proximity::Filter;
use proximity::Round;
use proximity::analysis::{Area, Cells, Lives, Occupancy, Passes, Split, Weight, lives, summaries};
#[cfg(feature = "render")]
use proximity::figure::paths::{PathsAccumulator, PathsSpec};
use proximity::format::{ReadOptions, read};
use proximity::geom::WorldRect;
use proximity::model::LevelTime;

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

/// A round that is played so many times over, one after the other: more lives of the same players.
#[cfg(target_os = "linux")]
fn over_and_over(round: &Round, times: i32) -> Round {
    let span = round.tracks.iter().filter_map(|track| track.end).max().unwrap().0 + 30_000;
    let mut long = Round { tracks: Vec::new(), engagements: Vec::new(), ..round.clone() };
    for nth in 0..times {
        let later = |time: &mut LevelTime| time.0 += span * nth;
        for mut track in round.tracks.clone() {
            later(&mut track.spawn);
            track.end.iter_mut().chain(&mut track.first_move).for_each(later);
            track.samples.iter_mut().for_each(|sample| later(&mut sample.time));
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

/// Time that this thread was given by the processor, ns: waiting for other programs does not count.
#[cfg(target_os = "linux")]
fn processor_ns() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

#[cfg(all(feature = "render", target_os = "linux"))]
#[test]
fn sixteen_times_the_lives_are_sixteen_times_the_work() {
    let round = read(&text(), &ReadOptions::default()).unwrap().file.round;
    let everywhere = [(-9e3, -9e3), (9e3, -9e3), (9e3, 9e3), (-9e3, 9e3)];
    let area = Area::new(everywhere.to_vec()).unwrap();
    type Work<'a> = (&'a str, &'a dyn Fn(&Round, &Lives<'_>));
    let all: [Work<'_>; 4] = [
        ("cleaning", &|round, _| assert!(!lives(round, &Filter::everything()).lives.is_empty())),
        ("summing up", &|_, lives| assert!(!summaries(lives).is_empty())),
        ("kills", &|_, lives| assert!(!proximity::figure::kills::kills(lives).is_empty())),
        ("passes", &|round, lives| Passes::default().add(round, lives, &area)),
    ];
    let [few, many] = [8, 128].map(|times| over_and_over(&round, times));
    let cleaned = [&few, &many].map(|round| (round, lives(round, &Filter::everything())));
    assert!(cleaned[1].1.lives.len() > 5_000);
    for (what, work) in all {
        let [small, large] = [(0, 3), (1, 1)].map(|(size, tries): (usize, usize)| {
            let (round, lives) = &cleaned[size];
            let once = || {
                let begin = processor_ns();
                work(round, lives);
                processor_ns() - begin
            };
            (0..tries).map(|_| once()).min().unwrap()
        });
        // Work that grows with the square takes 256 times as long.
        assert!(large < 64 * small, "{what}: {small} ns for a sixteenth, {large} ns");
    }
}
