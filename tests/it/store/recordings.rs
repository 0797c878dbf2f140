//! Demos and tracker files of one round that come one after the other: one round is kept.

use proximity::model::{RecorderView, Recordings, Tails, Track};
use proximity::store::{Existing, Imported};
use proximity::{Filter, Round};

use super::on_each;
use super::sample::{Sheet, ready};

/// A player's demo of a sheet's round: the recorder whole, one more player in part, dated by the copy of its file.
fn demo_of(sheet: &Sheet) -> Round {
    let mut round = sheet.round();
    round.meta.stamp = Some(jiff::civil::date(2027, 2, 3).at(4, 5, 6, 0));
    round.meta.start_unix = None;
    round.meta.content_hash = "d".repeat(64).into();
    round.meta.recorder_view = Some(RecorderView { seen_ms: 3_000, alive_ms: 20_000 });
    let files = vec!["match.dm_84".into()];
    round.meta.recordings = Some(Recordings { files, conflicts: 0, dated_by_file: true });
    round.tracks.retain(|track| ["Bravo", "visitor"].contains(&track.name.as_str()));
    for track in &mut round.tracks {
        track.guid = "SLOT3_1".into();
        own_eyes(track);
    }
    round
}

/// As a demo shows its recorder: with what stands behind the ten values.
fn own_eyes(track: &mut Track) {
    track.tails = Tails::default();
    for _ in &track.samples {
        track.tails.push("90,15000,0,0,0,0,0");
    }
}

#[test]
fn a_demo_of_a_kept_round_is_no_second_round() {
    on_each(|backend| {
        let sheet = Sheet { samples: 40, ..Sheet::default() };
        let (tracked, demo) = (sheet.round(), demo_of(&sheet));
        let mut store = backend.ready();
        let file = ready(&tracked, &*store);
        assert_eq!(store.import(file).unwrap(), Imported::New);
        let file = ready(&demo, &*store);
        let kept = tracked.meta.file_name.as_deref().unwrap().to_owned();
        assert_eq!(store.import(file).unwrap(), Imported::AlreadyThere(Existing::Better(kept)));
        // Another round on the same map, told by a demo, is another round.
        let mut other = demo_of(&Sheet { seed: 9, ..sheet });
        other.meta.content_hash = "e".repeat(64).into();
        let file = ready(&other, &*store);
        assert_eq!(store.import(file).unwrap(), Imported::New);
        assert_eq!(store.rounds(&Filter::everything()).unwrap().len(), 2);
    });
}

#[test]
fn demos_of_one_file_time_that_come_apart_are_two_rounds() {
    on_each(|backend| {
        let sheet = Sheet { samples: 40, ..Sheet::default() };
        let mut store = backend.ready();
        let mut another = demo_of(&Sheet { seed: 9, ..sheet.clone() });
        another.meta.content_hash = "e".repeat(64).into();
        another.meta.recordings.as_mut().unwrap().files = vec!["another.dm_84".into()];
        another.tracks.iter_mut().for_each(|track| track.guid = "SLOT4_1".into());
        let first = ready(&demo_of(&sheet), &*store);
        assert_eq!(store.import(first).unwrap(), Imported::New);
        let second = ready(&another, &*store);
        assert_eq!(store.import(second).unwrap(), Imported::New);
        assert_eq!(store.rounds(&Filter::everything()).unwrap().len(), 2);
    });
}

#[test]
fn a_tracker_file_takes_the_place_of_a_demo_of_its_round() {
    on_each(|backend| {
        let sheet = Sheet { samples: 40, ..Sheet::default() };
        let mut store = backend.ready();
        let file = ready(&demo_of(&sheet), &*store);
        assert_eq!(store.import(file).unwrap(), Imported::New);
        let file = ready(&sheet.round(), &*store);
        assert!(matches!(store.import(file).unwrap(), Imported::Changed { .. }));
        let rounds = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(rounds.len(), 1);
        assert_eq!(rounds[0].meta.recordings, None);
    });
}

/// What one player's own demo of a sheet's round shows: that player alone.
fn demo_by(player: &str, letter: char, sheet: &Sheet) -> Round {
    let mut round = demo_of(sheet);
    round.meta.content_hash = letter.to_string().repeat(64).into();
    let files = vec![format!("{player}.dm_84").into()];
    round.meta.recordings = Some(Recordings { files, conflicts: 0, dated_by_file: true });
    round.tracks = sheet.round().tracks;
    // Both show a third player, by whom they are known to be of one round.
    round.tracks.retain(|track| [player, "Alpha"].contains(&&*track.name.display()));
    for track in &mut round.tracks {
        track.guid = format!("SLOT{letter}_1").as_str().into();
        own_eyes(track);
    }
    round
}

#[test]
fn demos_of_one_round_that_come_apart_are_put_together() {
    on_each(|backend| {
        let mut store = backend.ready();
        let mut whole = |round: i32, letters: [char; 2], order: [usize; 2]| {
            let sheet = Sheet { samples: 40, round, ..Sheet::default() };
            let demos = [demo_by("Bravo", letters[0], &sheet), demo_by("visitor", letters[1], &sheet)];
            let mut keep = |place: usize| {
                let file = ready(&demos[place], &*store);
                store.import(file).unwrap()
            };
            assert_eq!(keep(order[0]), Imported::New);
            let with = demos[order[0]].meta.file_name.as_deref().unwrap().to_owned();
            let second = keep(order[1]);
            assert!(
                matches!(&second, Imported::Together { with: other, .. } if *other == with),
                "{second:?}"
            );
            assert_eq!(keep(order[0]), Imported::AlreadyThere(Existing::BetterBefore));
            assert_eq!(keep(order[1]), Imported::AlreadyThere(Existing::SameBytes));
            let rounds = store.rounds(&Filter::everything()).unwrap();
            assert_eq!(rounds.len() as i32, round, "the other order's round is of another number");
            let rounds: Vec<_> =
                rounds.into_iter().filter(|kept| kept.number == Some(round as u32)).collect();
            let kept = store.load(rounds[0].key).unwrap();
            let recordings = kept.meta.recordings.clone().unwrap();
            assert_eq!((recordings.files.len(), recordings.conflicts), (2, 0));
            let mut lives: Vec<(String, usize)> = kept
                .tracks
                .iter()
                .map(|track| (track.name.display().into_owned(), track.samples.len()))
                .collect();
            lives.sort();
            lives
        };
        let one = whole(1, ['a', 'b'], [0, 1]);
        let other = whole(2, ['c', 'e'], [1, 0]);
        assert_eq!(one, other);
        let names = |name: &str| one.iter().any(|(of, _)| of == name);
        assert!(names("Bravo") && names("visitor") && names("Alpha"), "{one:?}");
    });
}
