//! Foreign data: what a name may do, what a number may be, and what stays whole.

use proximity::Filter;
use proximity::analysis::{PlayerPattern, session_date};
use proximity::model::{Guid, PlayerName};
use proximity::store::{Form, Stats, StoreError, prepare};
use proximity::{Round, Team};

use super::sample::{Sheet, ready};
use super::{on_both, on_each};

/// A round whose players have these names and guids.
fn round_of(people: &[(&str, &str)]) -> Round {
    let mut round = Sheet::default().round();
    for (index, track) in round.tracks.iter_mut().enumerate() {
        let (guid, name) = people[index % people.len()];
        track.guid = Guid::from(guid);
        track.name = PlayerName::from(name);
    }
    for (index, engagement) in round.engagements.iter_mut().enumerate() {
        let (guid, name) = people[index % people.len()];
        engagement.target_guid = Guid::from(guid);
        engagement.target_name = PlayerName::from(name);
        for attacker in &mut engagement.attackers {
            attacker.guid = Guid::from(guid);
            attacker.name = PlayerName::from(name);
        }
        engagement.crossfire_participants = vec![Guid::from(guid), Guid::from("another one")];
    }
    round.revives[0].name = PlayerName::from(people[0].1);
    round.revives[0].medic_guid = Guid::from(people[0].0);
    round
}

#[test]
fn strange_texts_are_kept_whole_and_harm_nothing() {
    let long_name = "ü".repeat(256);
    let long_guid = "G".repeat(10_000);
    let people = [
        ("'; DROP TABLE player_track; --", "Robert'); DROP TABLE player_track;--"),
        (long_guid.as_str(), long_name.as_str()),
        ("NUL\0GUID", "nul\0name"),
        ("{\"guid\":1}", "\\u0000 \" ' \\ $1 %s ${x} {list $1}"),
        ("0F1E2D3C4B5A69788796A5B4C3D2E1F0", "\u{202e}evil\u{7f}\u{1b}[31m"),
        ("", ""),
    ];
    // Recorded before a player is forgotten, whose stand-in is random.
    on_each(|backend| {
        let mut store = backend.ready();
        let mut round = round_of(&people);
        round.tracks[0].team = Team::Other("a team's name that is far too long\0".into());
        round.tracks[0].other_events = vec!["odd\0event\"".into()];
        round.tracks[0].samples[1].event = proximity::model::Event::Other(0);
        round.meta.map = "x'; DROP TABLE tracker_file; --\0".repeat(10).into();
        round.meta.tracker_version = Some("9\0".repeat(100).into());
        round.meta.capabilities = vec![("a\0b".into(), true)];
        store.import(ready(&round, &*store)).unwrap();
        let stored = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(store.load(stored[0].key).unwrap(), round);
        // Two players whose names begin alike are still two.
        let table = store.stats(Stats::Players { least_lives: 1 }, &Filter::everything()).unwrap();
        assert_eq!(table.rows.len(), 5);
        backend.record("strange_texts");
        for (guid, name) in people {
            let filter = Filter { players: vec![PlayerPattern::new(name)], ..Filter::everything() };
            store.stats(Stats::Movers, &filter).unwrap();
            store.forget(&Guid::from(guid)).unwrap();
        }
        let map = Filter { maps: vec!["x' OR '1'='1".into()], ..Filter::everything() };
        assert!(store.rounds(&map).unwrap().is_empty());
        insta::assert_snapshot!("strange", store.status().unwrap().maps[0].map);
    });
}

#[test]
fn numbers_may_be_absurd() {
    on_both(|backend| {
        let mut store = backend.ready();
        let mut round = Sheet::default().round();
        let track = &mut round.tracks[0];
        track.declared_samples = u64::MAX;
        track.spawn.0 = i32::MIN;
        track.end = Some(proximity::model::LevelTime(i32::MAX));
        track.first_move = Some(proximity::model::LevelTime(i32::MAX));
        track.samples[3].at.x = 1e30;
        track.samples[4].at.y = -0.0;
        track.samples[5].speed_ups = f32::MAX;
        let engagement = &mut round.engagements[0];
        (engagement.id, engagement.duration_ms, engagement.total_damage, engagement.num_attackers) =
            (i64::MAX, i64::MIN, i64::MAX, i64::MAX);
        engagement.distance_units = 1e38;
        engagement.attackers[0].damage = i64::MAX;
        engagement.attackers[0].hits = i64::MIN;
        round.meta.round_raw = Some(i32::MAX);
        round.meta.start_unix = Some(i64::MAX);
        round.meta.end_unix = Some(i64::MIN);
        round.meta.interval_ms = Some(u32::MAX);
        store.import(ready(&round, &*store)).unwrap();
        let stored = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(store.load(stored[0].key).unwrap(), round);
    });
}

#[test]
fn a_round_must_say_when_it_was() {
    let sheet = Sheet { start_unix: 0, ..Sheet::default() };
    let date = session_date(&sheet.round().meta).unwrap();
    let mut nameless = sheet.round();
    nameless.meta.stamp = None;
    let mut ancient = sheet.round();
    ancient.meta.stamp = Some("0001-01-01T00:00:00".parse().unwrap());
    let mut far = sheet.round();
    far.meta.stamp = Some("9999-12-31T23:59:59".parse().unwrap());
    let mut unhashed = sheet.round();
    unhashed.meta.content_hash = "".into();
    let messages: Vec<String> = [nameless, ancient, far, unhashed]
        .into_iter()
        .map(|round| match prepare(round, date, Form::Packed) {
            Err(error @ StoreError::Unstorable(_)) => error.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_crossfire_of_thousands_is_bounded() {
    on_both(|backend| {
        let mut store = backend.ready();
        let mut round = Sheet::default().round();
        round.engagements[1].crossfire_participants =
            (0..3_000).map(|n| Guid::from(format!("{n:032}").as_str())).collect();
        store.import(ready(&round, &*store)).unwrap();
        let stored = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(store.load(stored[0].key).unwrap(), round);
        let pairs = store.stats(Stats::Pairs, &Filter::everything()).unwrap().rows.len();
        assert_eq!(pairs, 0, "none of them was in the round");
    });
}
