//! What stance and sprint mean, version by version.

use jiff::civil::date;
use proximity::Round;
use proximity::State;
use proximity::analysis::{LowMeaning, Provenance, StateAudit, StateDecoder};
use proximity::model::{Event, Family, Sample, StateSource};

use super::corpus::{ALPHA, own_round, round, sample, track};

fn living(stance: u8, sprint: u8) -> Sample {
    Sample { stance, sprint, ..sample(700, 0.0, 0.0, Event::Sample) }
}

fn one_life(family: Family, samples: &[Sample]) -> Round {
    let mut all = vec![sample(500, 0.0, 0.0, Event::Spawn)];
    all.extend_from_slice(samples);
    all.push(sample(2_000, 0.0, 0.0, Event::Killed));
    round(family, vec![track(ALPHA, all)])
}

#[test]
fn each_version_knows_what_it_knows() {
    use Family::*;
    let sprint = |family| StateDecoder::of(&one_life(family, &[living(0, 0)])).sprint;
    assert_eq!([V4_0, V4_1].map(sprint), [Provenance::NotRecorded; 2]);
    assert_eq!([V4_2Late, V5Early, V5_0, V6, V6_11].map(sprint), [Provenance::Derived; 5]);
    let meaning = StateDecoder::of(&one_life(V6, &[living(0, 0)]));
    assert_eq!((meaning.stance, meaning.low), (Provenance::Recorded, LowMeaning::CrouchOrProne));
    let none = StateDecoder::of(&round(V3, Vec::new()));
    assert_eq!((none.stance, none.sprint), (Provenance::NotRecorded, Provenance::NotRecorded));
    assert_eq!(none.at(&living(0, 0)), State::Unknown);
}

#[test]
fn our_own_module_tells_prone_from_crouch() {
    let meaning = StateDecoder::of(&own_round(Vec::new()));
    assert_eq!(
        (meaning.stance, meaning.sprint, meaning.low),
        (Provenance::Recorded, Provenance::Derived, LowMeaning::Crouch)
    );
    let states = [(0, 0), (1, 0), (2, 0), (0, 1), (7, 0)].map(|(a, b)| meaning.at(&living(a, b)));
    assert_eq!(states, [State::Upright, State::Crouch, State::Prone, State::Sprint, State::Unknown]);
}

#[test]
fn the_original_tracker_never_says_prone() {
    let meaning = StateDecoder::of(&one_life(Family::V4_0, &[]));
    // 2 is the respawn hold, 1 is ducked, and a sprint flag of that time means limbo.
    let states = [(0, 0), (1, 0), (2, 0), (0, 1)].map(|(a, b)| meaning.at(&living(a, b)));
    assert_eq!(states, [State::Upright, State::Low, State::Upright, State::Upright]);
}

#[test]
fn another_source_is_not_believed() {
    let mut round = own_round(Vec::new());
    round.meta.state_source = StateSource::Other("guess".into());
    let meaning = StateDecoder::of(&round);
    assert_eq!((meaning.stance, meaning.sprint), (Provenance::NotRecorded, Provenance::NotRecorded));
}

#[test]
fn february_2026_is_judged_by_date_and_evidence() {
    let fast = Sample { speed_ups: 330.0, ..living(0, 0) };
    let limbo = Sample { health: 0, ..living(0, 1) };
    let cases = [
        // Before the 13th no sprint was recorded …
        (date(2026, 2, 10), vec![living(0, 0)], Provenance::NotRecorded),
        // … unless a living player's flag is set (a server that was ahead).
        (date(2026, 2, 10), vec![living(0, 1)], Provenance::Derived),
        // A flag of limbo is no evidence.
        (date(2026, 2, 10), vec![limbo], Provenance::NotRecorded),
        (date(2026, 2, 13), vec![living(0, 0)], Provenance::Derived),
        (date(2026, 2, 13), vec![living(0, 1), fast], Provenance::Derived),
        // A server that still ran the old script: a player was fast, and no flag is set.
        (date(2026, 2, 15), vec![fast], Provenance::NotRecorded),
    ];
    for (day, samples, expected) in cases {
        let mut round = one_life(Family::V4_2Early, &samples);
        round.meta.stamp = Some(day.at(21, 0, 0, 0));
        assert_eq!(StateDecoder::of(&round).sprint, expected, "{day} {samples:?}");
    }
}

#[test]
fn stance_is_of_the_beginning_and_sprint_of_the_end() {
    let meaning = StateDecoder::of(&own_round(Vec::new()));
    let between =
        |from: (u8, u8), to: (u8, u8)| meaning.between(&living(from.0, from.1), &living(to.0, to.1));
    assert_eq!(between((1, 0), (0, 0)), State::Crouch);
    assert_eq!(between((0, 0), (2, 0)), State::Upright);
    // The flag at the end covers the interval before it; the flag at the beginning does not.
    assert_eq!(between((0, 0), (0, 1)), State::Sprint);
    assert_eq!(between((0, 1), (0, 0)), State::Upright);
    // A terminal sample's flags are 0 without having been measured: the stance goes on …
    let end = |sprint| Sample { event: Event::Killed, ..living(0, sprint) };
    assert_eq!(meaning.between(&living(1, 0), &end(0)), State::Crouch);
    assert_eq!(meaning.at(&end(0)), State::Unknown);
    // … but our own module measures, and its 1 is a 1.
    assert_eq!(meaning.between(&living(0, 0), &end(1)), State::Sprint);
}

#[test]
fn words_for_people() {
    let words = [Provenance::Recorded, Provenance::Derived, Provenance::NotRecorded].map(|k| k.to_string());
    assert_eq!(words, ["recorded", "derived", "not recorded"]);
    for (i, state) in State::ALL.into_iter().enumerate() {
        assert_eq!(state.index(), i);
    }
}

#[test]
fn a_sprint_column_that_players_outrun_was_not_recorded() {
    let long = |fast: usize, sprint: u8| {
        let speed = |i: usize| if i < fast { 352.0 } else { 256.0 };
        let run = |i| Sample { speed_ups: speed(i), ..living(if i == 0 { 2 } else { 0 }, 0) };
        let mut samples: Vec<Sample> = (0..1_000).map(run).collect();
        samples[500].sprint = sprint;
        one_life(Family::V6_11, &samples)
    };
    let audit = StateAudit::of(&long(11, 0));
    assert_eq!(audit.decoder.sprint, Provenance::NotRecorded);
    let doubts: Vec<String> = audit.doubts().map(|doubt| doubt.to_string()).collect();
    assert_eq!(
        doubts,
        ["sprint is 0 in all of 1001 samples, but 11 of them are faster than a run: it was not recorded"]
    );
    // Knock-back alone, and one true sprint.
    for round in [long(10, 0), long(500, 1)] {
        let audit = StateAudit::of(&round);
        assert_eq!((audit.decoder.sprint, audit.doubts().count()), (Provenance::Derived, 0));
    }
}

#[test]
fn a_stance_that_never_changes_was_not_recorded() {
    let long = |stances: &[u8]| {
        let samples: Vec<Sample> = (0..1_000).map(|i| living(stances[i % stances.len()], 0)).collect();
        let mut round = one_life(Family::V6, &samples);
        round.tracks[0].samples[0].stance = stances[0];
        round
    };
    let audit = StateAudit::of(&long(&[0]));
    assert_eq!(audit.decoder.at(&living(0, 0)), State::Unknown);
    let doubts: Vec<String> = audit.doubts().map(|doubt| doubt.to_string()).collect();
    assert_eq!(doubts, ["stance is 0 in all of 1001 samples: it was not recorded"]);
    assert_eq!(StateDecoder::of(&long(&[0, 1])).stance, Provenance::Recorded);
    // Players of our own module may stand for a whole round.
    let own = Round { meta: own_round(Vec::new()).meta, ..long(&[0]) };
    assert_eq!(StateDecoder::of(&own).stance, Provenance::Recorded);
}
