//! Work that grows with the number of lives and not with its square: a season has tens of thousands.

use proximity::analysis::{Area, Lives, Passes, lives, summaries};
use proximity::figure::kills::kills;
use proximity::format::{ReadOptions, read};
use proximity::model::LevelTime;
use proximity::{Filter, Round};

/// What is done with a round, by name.
type Work<'a> = (&'a str, &'a dyn Fn(&Round, &Lives<'_>));

/// The largest round of the example session.
fn round() -> Round {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    read(&files.max_by_key(Vec::len).unwrap(), &ReadOptions::default()).unwrap().file.round
}

/// A round that is played so many times over, one after the other: more lives of the same players.
fn over_and_over(round: &Round, times: i32) -> Round {
    let span = round.tracks.iter().filter_map(|track| track.end).max().unwrap().0 + 30_000;
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

/// Time that this thread was given by the processor, ns: waiting for other programs does not count.
fn processor_ns() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn sixteen_times_the_lives_are_sixteen_times_the_work() {
    let round = round();
    let everywhere = [(-9e3, -9e3), (9e3, -9e3), (9e3, 9e3), (-9e3, 9e3)];
    let area = Area::new(everywhere.to_vec()).unwrap();
    let all: [Work<'_>; 4] = [
        ("cleaning", &|round, _| assert!(!lives(round, &Filter::everything()).lives.is_empty())),
        ("summing up", &|_, lives| assert!(!summaries(lives).is_empty())),
        ("kills", &|_, lives| assert!(!kills(lives).is_empty())),
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
