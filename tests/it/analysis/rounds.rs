//! Numbers, sessions, doubles, and rounds that were not played.

use jiff::civil::{DateTime, date};
use proximity::Round;
use proximity::analysis::{RoundFlag, round_number, session_date, written_at};
use proximity::analysis::{are_parts, duplicates, playing_order, round_flags, sessions};
use proximity::model::{Family, RoundMeta};

use super::corpus::{ALPHA, BRAVO, meta, own_round, round, runner};

#[test]
fn each_version_counts_rounds_by_its_own_rule() {
    use Family::*;
    let number = |family, raw, stamp: Option<DateTime>| {
        round_number(&RoundMeta { round_raw: Some(raw), stamp, ..meta(family) })
    };
    let on = |month, day| Some(date(2026, month, day).at(21, 0, 0, 0));
    for family in [V3, V4_0, V4_1] {
        assert_eq!([0, 1].map(|raw| number(family, raw, on(1, 20))), [Some(1), Some(2)]);
    }
    // Always 1 until 2026-02-20: not known.
    for family in [V4_2Early, V4_2Late] {
        assert_eq!(number(family, 1, on(2, 20)), None);
        assert_eq!([1, 2].map(|raw| number(family, raw, on(2, 21))), [Some(1), Some(2)]);
        assert_eq!(number(family, 2, on(2, 20)), Some(2));
    }
    assert_eq!((number(V4_2Early, 1, None), number(V4_2Late, 1, None)), (None, Some(1)));
    for family in [V5Early, V5_0, V6, V6_11] {
        assert_eq!([1, 2].map(|raw| number(family, raw, on(6, 9))), [Some(1), Some(2)]);
        assert_eq!([0, -1, i32::MAX].map(|raw| number(family, raw, None)), [None; 3]);
    }
    assert_eq!(number(V3, i32::MAX, None), None);
    assert_eq!(round_number(&RoundMeta { round_raw: None, ..meta(V6) }), None);
}

#[test]
fn an_session_does_not_end_at_midnight() {
    let on = |day, hour| {
        session_date(&RoundMeta { stamp: Some(date(2026, 6, day).at(hour, 59, 59, 0)), ..meta(Family::V6) })
    };
    assert_eq!(on(9, 23), Some(date(2026, 6, 9)));
    assert_eq!(on(10, 5), Some(date(2026, 6, 9)));
    assert_eq!(on(10, 6), Some(date(2026, 6, 10)));
    // Without a file name the Unix keys tell, as UTC: 1779216345 is 2026-05-19 18:45:45.
    let unix = RoundMeta { stamp: None, end_unix: Some(1_779_216_345), ..meta(Family::V6) };
    assert_eq!(written_at(&unix), Some(date(2026, 5, 19).at(18, 45, 45, 0)));
    assert_eq!(session_date(&RoundMeta { stamp: None, ..meta(Family::V6) }), None);
    let absurd = RoundMeta { stamp: None, end_unix: Some(i64::MAX), ..meta(Family::V6) };
    assert_eq!(session_date(&absurd), None);
}

/// A ten-minute round written at some time.
fn played(map: &str, stamp: Option<DateTime>) -> Round {
    let mut round = own_round(vec![runner(ALPHA, 500, (0.0, 0.0), 10.0, 600_000, 500)]);
    round.meta.map = map.into();
    round.meta.stamp = stamp;
    round
}

#[test]
fn silence_ends_a_session() {
    let at = |day, hour, minute| Some(date(2026, 6, day).at(hour, minute, 0, 0));
    let rounds = [
        played("d", at(10, 0, 26)),
        played("a", at(9, 21, 0)),
        played("none", None),
        // 3 h 4 min later.
        played("e", at(10, 3, 30)),
        // 3 h 11 min later, of which the round itself took ten.
        played("f", at(10, 6, 41)),
        played("b", at(9, 21, 15)),
    ];
    let found = sessions(&rounds.iter().collect::<Vec<_>>());
    let shape: Vec<_> = found.iter().map(|s| (s.date, s.rounds.clone())).collect();
    assert_eq!(
        shape,
        [
            (Some(date(2026, 6, 9)), vec![1, 5]),
            (Some(date(2026, 6, 9)), vec![0, 3]),
            (Some(date(2026, 6, 10)), vec![4]),
            (None, vec![2]),
        ]
        .map(|(d, r)| (d, r))
    );
}

#[test]
fn a_round_written_twice_is_known() {
    let at = |second| Some(date(2026, 6, 9).at(21, 0, second, 0));
    let whole = || {
        own_round(vec![
            runner(ALPHA, 500, (0.0, 0.0), 10.0, 6_000, 200),
            runner(BRAVO, 500, (0.0, 0.0), 10.0, 6_000, 200),
        ])
    };
    let mut cut = whole();
    cut.tracks.truncate(1);
    cut.meta.complete = false;
    cut.meta.stamp = at(0);
    let mut full = whole();
    full.meta.stamp = at(15);
    let pairs = |rounds: &[&Round]| duplicates(rounds).iter().map(|d| (d.drop, d.keep)).collect::<Vec<_>>();

    // The pattern that was seen: a cut file, and the whole one 15 s later.
    assert_eq!(pairs(&[&cut, &full]), [(0, 1)]);
    assert_eq!(pairs(&[&full, &cut]), [(1, 0)]);
    // Too late, another map, another number, other lives: another round.
    let change = |change: fn(&mut Round)| {
        let mut other = full.clone();
        change(&mut other);
        pairs(&[&cut, &other])
    };
    assert_eq!(change(|r| r.meta.stamp = Some(date(2026, 6, 9).at(21, 1, 1, 0))), []);
    assert_eq!(change(|r| r.meta.map = "oasis".into()), []);
    assert_eq!(change(|r| r.meta.round_raw = Some(2)), []);
    assert_eq!(change(|r| r.tracks[0].spawn.0 += 1), []);
    // Same Unix start: the same round, whenever it was written.
    let mut early = cut.clone();
    let mut late = full.clone();
    for round in [&mut early, &mut late] {
        round.meta.start_unix = Some(1_779_216_087);
    }
    late.meta.stamp = Some(date(2026, 6, 12).at(9, 0, 0, 0));
    assert_eq!(pairs(&[&early, &late]), [(0, 1)]);
    late.meta.start_unix = Some(1_779_216_088);
    assert_eq!(pairs(&[&early, &late]), []);
    // The same bytes under two names.
    let copy = |second, hash: &str| {
        let mut round = full.clone();
        (round.meta.content_hash, round.meta.stamp) = (hash.into(), at(second));
        round.meta.map = format!("map{second}").into();
        round
    };
    assert_eq!(pairs(&[&copy(1, "aa"), &copy(2, "bb"), &copy(3, "aa")]), [(0, 2)]);
    assert_eq!(pairs(&[&copy(1, ""), &copy(2, ""), &copy(3, "")]), []);
}

#[test]
fn rounds_that_were_not_played_are_flagged() {
    let of = |length_ms: i32, guid: &str| {
        round_flags(&own_round(vec![runner(guid, 500, (0.0, 0.0), 10.0, length_ms, 200)]))
    };
    assert_eq!(of(54_500, ALPHA), []);
    assert_eq!(of(54_499, ALPHA), [RoundFlag::Short]);
    assert_eq!(of(4_999, ALPHA), [RoundFlag::Short, RoundFlag::Aborted]);
    assert_eq!(of(90_000, "OMNIBOT0100000000000000000000000"), [RoundFlag::BotsOnly]);
    let mut empty = round(Family::V6, Vec::new());
    empty.meta.complete = false;
    assert_eq!(round_flags(&empty), [RoundFlag::Short, RoundFlag::NoLives, RoundFlag::Cut]);
}

#[test]
fn the_clock_that_goes_back_does_not_change_the_order() {
    // 00:30 UTC is 02:30 in summer, and an hour later it is 02:30 again.
    let at = |minutes: i64, stamp: (i8, i8)| {
        let mut round = played("supply", Some(date(2026, 10, 25).at(stamp.0, stamp.1, 0, 0)));
        round.meta.start_unix = Some(1_792_888_200 + minutes * 60);
        round
    };
    let rounds = [at(60, (2, 40)), at(0, (2, 40)), at(30, (2, 10)), at(90, (3, 10))];
    let metas: Vec<&RoundMeta> = rounds.iter().map(|round| &round.meta).collect();
    assert_eq!(playing_order(&metas), [1, 2, 0, 3]);
    let sessions = sessions(&rounds.iter().collect::<Vec<_>>());
    assert_eq!(sessions.iter().map(|session| session.rounds.clone()).collect::<Vec<_>>(), [[1, 2, 0, 3]]);
}

#[test]
fn a_round_without_unix_time_is_placed_by_its_neighbours() {
    let mut rounds = [20, 21, 22].map(|hour| played("supply", Some(date(2026, 6, 9).at(hour, 0, 0, 0))));
    // Two hours ahead of UTC.
    rounds[0].meta.start_unix = Some(1_781_028_000);
    rounds[2].meta.start_unix = Some(1_781_028_000 + 7_200);
    let metas: Vec<&RoundMeta> = rounds.iter().rev().map(|round| &round.meta).collect();
    assert_eq!(playing_order(&metas), [2, 1, 0]);
}

#[test]
fn parts_of_one_round_are_not_the_same_round_twice() {
    let part = |spawn| {
        let mut round = own_round(vec![runner(ALPHA, spawn, (0.0, 0.0), 10.0, 60_000, 500)]);
        round.meta.start_unix = Some(1_781_028_000);
        round
    };
    let (first, second, again) = (part(500), part(90_000), part(500));
    assert!(are_parts(&first, &second) && !are_parts(&first, &again));
    let found: Vec<(usize, usize)> =
        duplicates(&[&first, &second, &again]).iter().map(|double| (double.drop, double.keep)).collect();
    assert_eq!(found, [(2, 0)]);
}
