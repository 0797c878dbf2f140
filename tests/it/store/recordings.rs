//! Demos and tracker files of one round that come one after the other: one round is kept.

use proximity::model::{RecorderView, Recordings};
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
    }
    round
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
