//! Whatever a round holds, a file of any version that is made from it reads back as the same round.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proximity::format::{Read, ReadOptions, TrackerFile, content_hash, read, write};
use proximity::geom::WorldPoint;
use proximity::model::{
    Attacker, DeathType, Engagement, EngagementEvent, EngagementPoint, Event, Family, Guid, KillCell,
    LevelTime, MovementCell, ObjectiveDeed, ObjectiveEvent, Outcome, PlayerName, RecorderView, Recordings,
    Revive, RoundMeta, Sample, StateSource, Tails, Track, Weapon, WeaponHits,
};
use proximity::{Class, Round, Team};

const FAMILIES: [Family; 9] = [
    Family::V3,
    Family::V4_0,
    Family::V4_1,
    Family::V4_2Early,
    Family::V4_2Late,
    Family::V5Early,
    Family::V5_0,
    Family::V6,
    Family::V6_11,
];

fn tenths(range: std::ops::RangeInclusive<i32>) -> impl Strategy<Value = f32> {
    // A negative zero is written as such.
    range.prop_map(|tenths| if tenths == 1 { -0.0 } else { tenths as f32 / 10.0 })
}

fn place() -> impl Strategy<Value = WorldPoint> {
    let coordinate = || prop_oneof![tenths(-50_000..=50_000), tenths(-1_310_720..=1_310_720)];
    (coordinate(), coordinate(), coordinate()).prop_map(|(x, y, z)| WorldPoint::new(x, y, z))
}

fn time() -> impl Strategy<Value = LevelTime> {
    prop_oneof![-1_000..900_000, any::<i32>()].prop_map(LevelTime)
}

fn guid() -> impl Strategy<Value = Guid> {
    prop_oneof!["[0-9A-F]{32}", "SLOT[0-9]{1,2}", "OMNIBOT[0-9]{3} ", Just(String::new())]
        .prop_map(|g| Guid::from(&*g))
}

fn name() -> impl Strategy<Value = PlayerName> {
    r"[^;|,\t\r\n]{0,20}".prop_map(|name| PlayerName::from(&*name))
}

fn team() -> impl Strategy<Value = Team> {
    prop_oneof![Just(Team::Axis), Just(Team::Allies), Just(Team::Other("SPEC".into()))]
}

prop_compose! {
    fn sample()(
        time in time(), at in place(), speed_ups in tenths(0..=9_000), health in -i16::MAX..=i16::MAX,
        weapon in any::<u8>(), stance in 0_u8..3, sprint in 0_u8..2,
        event in prop_oneof![
            10 => Just(Event::Sample),
            3 => prop::sample::select(Event::KNOWN.map(|(_, event)| event).to_vec()),
            1 => Just(Event::Other(0)),
        ],
    ) -> Sample {
        Sample { time, at, speed_ups, health, weapon: Weapon(weapon), stance, sprint, event }
    }
}

prop_compose! {
    fn track()(
        guid in guid(), name in name(), team in team(),
        class in prop::sample::select(vec![Class::Soldier, Class::Medic, Class::Other("PILOT".into())]),
        spawn in time(), end in prop::option::of(time()), first_move in prop::option::of(time()),
        death_type in prop::sample::select(vec![DeathType::Killed, DeathType::Shutdown, DeathType::Other("x".into())]),
        samples in prop::collection::vec((sample(), prop::option::weighted(0.3, "[0-9,-]{1,9}")), 0..12),
        with_tails in any::<bool>(),
    ) -> Track {
        let mut tails = Tails::default();
        let last = samples.iter().rposition(|(_, tail)| tail.is_some()).filter(|_| with_tails);
        for (_, tail) in &samples[..last.map_or(0, |last| last + 1)] {
            tails.push(tail.as_deref().unwrap_or(""));
        }
        let samples: Vec<Sample> = samples.into_iter().map(|(sample, _)| sample).collect();
        if last.is_some() {
            (tails.len()..samples.len()).for_each(|_| tails.push(""));
        }
        let odd = samples.iter().any(|sample| sample.event == Event::Other(0));
        Track {
            guid, name, team, class, spawn, end, first_move,
            death_type: Some(death_type),
            declared_samples: samples.len() as u64,
            samples,
            other_events: if odd { vec!["climbed".into()] } else { Vec::new() },
            tails,
        }
    }
}

prop_compose! {
    fn attacker()(
        guid in guid(), name in name(), team in team(), damage in any::<i64>(), hits in 0_i64..100,
        first_hit in time(), last_hit in time(), got_kill in any::<bool>(),
        weapons in prop::collection::vec((any::<u8>(), 0_i64..50), 0..3),
    ) -> Attacker {
        let weapons = weapons.into_iter().map(|(weapon, hits)| WeaponHits { weapon: Weapon(weapon), hits });
        Attacker { guid, name, team, damage, hits, first_hit, last_hit, got_kill, weapons: weapons.collect() }
    }
}

prop_compose! {
    fn engagement()(
        (id, start, end, duration_ms) in (any::<i64>(), time(), time(), any::<i64>()),
        (target_guid, target_name, target_team) in (guid(), name(), team()),
        outcome in prop::sample::select(vec![Outcome::Killed, Outcome::Escaped, Outcome::Other("vanished".into())]),
        (total_damage, num_attackers, is_crossfire) in (any::<i64>(), any::<i64>(), any::<bool>()),
        killer in prop::option::of(("[0-9A-F]{32}", "[a-z^]{1,9}")),
        crossfire_delay_ms in prop::option::of(any::<i64>()),
        crossfire_participants in prop::collection::vec("[0-9A-F]{32}".prop_map(|g| Guid::from(&*g)), 0..3),
        (start_at, end_at, distance_units) in (place(), place(), tenths(0..=90_000)),
        positions in prop::collection::vec((time(), place(), prop::sample::select(vec![
            EngagementEvent::Start, EngagementEvent::Hit, EngagementEvent::Sample, EngagementEvent::Death,
            EngagementEvent::RoundEnd, EngagementEvent::Other("ducked".into()),
        ])), 0..6),
        attackers in prop::collection::vec(attacker(), 0..4),
    ) -> Engagement {
        Engagement {
            id, start, end, duration_ms, target_guid, target_name, target_team, outcome, total_damage,
            killer_guid: killer.as_ref().map(|(guid, _)| Guid::from(&**guid)),
            killer_name: killer.as_ref().map(|(_, name)| PlayerName::from(&**name)),
            num_attackers, is_crossfire, crossfire_delay_ms, crossfire_participants, start_at, end_at,
            distance_units,
            positions: positions.into_iter().map(|(time, at, event)| EngagementPoint { time, at, event }).collect(),
            attackers,
        }
    }
}

/// By time; at one time work before carries before returns.
fn in_order(event: &ObjectiveEvent) -> (LevelTime, u8) {
    let kind = match event.deed {
        ObjectiveDeed::Work(_) => 0,
        ObjectiveDeed::Carry { .. } => 1,
        ObjectiveDeed::Return => 2,
    };
    (event.time, kind)
}

prop_compose! {
    fn objective()(
        time in time(),
        until in prop::option::of(time()),
        axis in any::<bool>(),
        kind in 0..3,
        (objective, word) in ("[a-zA-Z '_.]{0,12}", "[a-z_]{0,9}"),
        at in prop::option::of(place()),
    ) -> ObjectiveEvent {
        let deed = match kind {
            0 => ObjectiveDeed::Work(word.into()),
            1 => ObjectiveDeed::Carry { until, outcome: word.into() },
            _ => ObjectiveDeed::Return,
        };
        let team = if axis { Team::Axis } else { Team::Allies };
        ObjectiveEvent { time, team, deed, objective: objective.into(), at }
    }
}

prop_compose! {
    fn meta()(
        family in prop::sample::select(FAMILIES.to_vec()),
        (map, round) in ("[a-z_0-9=-]{1,12}", prop::option::of(1..3)),
        numbers in prop::array::uniform5(prop::option::of(1_u32..100_000)),
        (start_unix, end_unix) in (prop::option::of(1_i64..2_000_000_000), prop::option::of(1_i64..2_000_000_000)),
        version in "[0-9.]{1,5}",
        capabilities in prop::collection::vec(("[a-z_]{1,9}", any::<bool>()), 0..3),
        own_module in any::<bool>(),
        winner in prop::option::of(any::<bool>()),
        mut objectives in prop::collection::vec(objective(), 0..4),
        seen in prop::option::of((any::<u64>(), any::<u64>())),
        recordings in prop::option::of((prop::collection::vec("[a-zż0-9 ._=-]{1,12}", 1..4), any::<u32>(), any::<bool>())),
    ) -> RoundMeta {
        let own_module = own_module && family == Family::V6_11;
        objectives.sort_by_key(in_order);
        let [interval, crossfire, escape, axis, allies] = numbers;
        let (unix, waves) = (family >= Family::V4_2Early, family >= Family::V5Early);
        RoundMeta {
            map: map.into(),
            round_raw: if family == Family::V4_2Early { Some(1) } else { round },
            family,
            tracker_version: (family == Family::V6_11).then(|| version.into()),
            state_source: if own_module { StateSource::EflagsStamina } else { StateSource::PmFlags },
            own_module,
            // Without it a file that lost its tracks looks like version 3.
            interval_ms: if family == Family::V3 { None } else { Some(interval.unwrap_or(200)) },
            crossfire_window_ms: crossfire,
            escape_time_ms: escape,
            escape_distance_units: escape,
            start_unix: start_unix.filter(|_| unix),
            end_unix: end_unix.filter(|_| unix),
            axis_spawn_interval_ms: axis.filter(|_| waves),
            allies_spawn_interval_ms: allies.filter(|_| waves),
            capabilities: match family {
                Family::V6_11 => capabilities.into_iter().map(|(name, on)| (name.into(), on)).collect(),
                _ => Vec::new(),
            },
            stamp: None,
            file_name: None,
            content_hash: "".into(),
            complete: true,
            winner: winner.map(|axis| if axis { Team::Axis } else { Team::Allies }),
            objectives: if family >= Family::V6 { objectives } else { Vec::new() },
            recorder_view: seen.map(|(seen_ms, alive_ms)| RecorderView { seen_ms, alive_ms }),
            recordings: recordings.map(|(files, conflicts, dated_by_file)| Recordings {
                files: files.into_iter().map(Into::into).collect(),
                conflicts,
                dated_by_file,
            }),
            parts: Vec::new(),
            renamed: None,
        }
    }
}

prop_compose! {
    /// A round, with nothing that its family has no place for.
    fn round()(
        meta in meta(),
        mut tracks in prop::collection::vec(track(), 0..5),
        engagements in prop::collection::vec(engagement(), 0..4),
        kills in prop::collection::vec((any::<i32>(), any::<i32>(), any::<i64>(), any::<i64>()), 0..4),
        cells in prop::collection::vec((any::<i32>(), any::<i32>(), 100_i64..200, 0_i64..9, 0_i64..9), 0..4),
        revives in prop::collection::vec((time(), guid(), name(), guid(), place()), 0..3),
    ) -> Round {
        let family = meta.family;
        if family == Family::V3 {
            tracks.clear();
        }
        if family == Family::V4_0 {
            for track in &mut tracks {
                track.death_type = None;
            }
        }
        if meta.recordings.is_some() {
            for sample in tracks.iter_mut().flat_map(|track| &mut track.samples).step_by(3) {
                sample.health = Sample::UNKNOWN_HEALTH;
            }
        }
        // The last cell counts at least what the rows show, as in every whole file.
        let mut movement_cells: Vec<MovementCell> = cells.into_iter()
            .map(|(x, y, traversal, combat, escape)| MovementCell { x, y, traversal, combat, escape }).collect();
        movement_cells.push(MovementCell { x: 0, y: 0, traversal: 100, combat: 100, escape: 100 });
        let revives = revives.into_iter()
            .map(|(time, guid, name, medic_guid, at)| Revive { time, guid, name, medic_guid, at });
        Round {
            revives: if family >= Family::V5_0 { revives.collect() } else { Vec::new() },
            meta, tracks, engagements,
            kill_cells: kills.into_iter()
                .map(|(x, y, axis_kills, allies_kills)| KillCell { x, y, axis_kills, allies_kills }).collect(),
            movement_cells,
        }
    }
}

fn read_back(bytes: &[u8]) -> Read {
    read(bytes, &ReadOptions { content_hash: false, ..ReadOptions::default() }).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_round_survives_its_file(round in round()) {
        let file = TrackerFile::from_round(round.clone());
        let bytes = write(&file);
        let read = read_back(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(&read.warnings, &[], "{}", text);
        prop_assert_eq!(&read.file.round, &round, "{}", text);
        prop_assert_eq!(write(&read.file), bytes);
    }
}

fn plain_round(family: Family) -> Round {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut round = loop {
        let round = round().new_tree(&mut runner).unwrap().current();
        if round.meta.family == family && !round.tracks.is_empty() && !round.engagements.is_empty() {
            break round;
        }
    };
    round.engagements.truncate(1);
    round.tracks.truncate(1);
    round
}

#[cfg(feature = "serde")]
#[test]
fn a_round_comes_back_from_its_json() {
    for family in [Family::V4_0, Family::V6_11] {
        let mut round = plain_round(family);
        round.tracks[0].class = Class::Other("PILOT".into());
        let json = serde_json::to_string(&round).unwrap();
        assert!(json.contains(r#""class":"PILOT""#), "{json}");
        assert_eq!(serde_json::from_str::<Round>(&json).unwrap(), round);
    }
}

#[test]
fn names_are_cleaned_for_every_reader() {
    let mut round = plain_round(Family::V6_11);
    round.tracks[0].name = PlayerName::from("a;b|c,d\te\nf");
    round.tracks[0].guid = Guid::from("SLOT;1");
    round.engagements[0].target_name = PlayerName::from("\r\n# END");
    let bytes = write(&TrackerFile::from_round(round.clone()));
    let read = read_back(&bytes);
    assert_eq!(read.warnings, []);
    assert_eq!(read.file.round.tracks[0].name.as_str(), "a_b_c_d_e_f");
    assert_eq!(read.file.round.tracks[0].guid.as_str(), "SLOT_1");
    assert_eq!(read.file.round.engagements[0].target_name.as_str(), "__# END");
    // Names put in later cannot break the file either.
    let mut file = TrackerFile::from_round(round);
    file.round.tracks[0].name = PlayerName::from("a;b\nc");
    assert_eq!(read_back(&write(&file)).file.round.tracks[0].name.as_str(), "a_b_c");
}

#[test]
fn our_own_files_end_with_a_marker() {
    let mut round = plain_round(Family::V6_11);
    round.meta.own_module = true;
    round.meta.tracker_version = Some("1.0".into());
    let samples = round.tracks[0].samples.len();
    let text = String::from_utf8(write(&TrackerFile::from_round(round))).unwrap();
    assert!(
        text.contains("# tracker_version_full=6.11\n") && text.contains("# tracker_version=1.0\n"),
        "{text}"
    );
    assert!(text.ends_with(&format!("# END tracks=1 samples={samples}\n")), "{text}");
}

#[test]
fn numbers_that_no_reader_takes_are_not_written() {
    let mut round = plain_round(Family::V4_1);
    round.engagements[0].distance_units = f32::NAN;
    let read = read_back(&write(&TrackerFile::from_round(round)));
    assert_eq!(read.warnings, []);
    assert_eq!(read.file.round.engagements[0].distance_units.to_string(), "0");
}

#[test]
fn a_copy_under_another_name_has_the_same_hash() {
    let bytes = write(&TrackerFile::from_round(plain_round(Family::V4_0)));
    let read_as = |name: &str| {
        let options = ReadOptions { file_name: Some(name.to_owned()), ..ReadOptions::default() };
        read(&bytes, &options).unwrap().file.round.meta
    };
    let (one, other) = (read_as("a_engagements.txt"), read_as("b_engagements.txt"));
    assert_ne!(one.file_name, other.file_name);
    assert_eq!((&*one.content_hash, &*other.content_hash), (&*content_hash(&bytes), &*content_hash(&bytes)));
    assert_eq!(&*read_back(&bytes).file.round.meta.content_hash, "", "not asked for");
}
