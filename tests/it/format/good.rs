//! Clean files of every version: what is in them, and that they are written again byte for byte.

use proximity::format::{content_hash, parse_file_name, write};
use proximity::model::{
    DeathType, Detail, EngagementEvent, Event, Family, GuidKind, LevelTime, ObjectiveDeed, Outcome,
    RoundMeta, StateSource, WeaponHits,
};
use proximity::{Round, Team};

use super::{file, files, read, read_strictly};

fn round(name: &str) -> Round {
    read_strictly(name, &file("good", name)).unwrap().file.round
}

#[test]
fn every_clean_file_is_written_as_it_was_read() {
    for (name, bytes) in files("good") {
        let read = read_strictly(&name, &bytes).unwrap();
        assert_eq!(read.warnings, [], "{name}");
        assert_eq!(read.faults, 0, "{name}");
        assert!(read.file.round.meta.complete, "{name}");
        assert_eq!(String::from_utf8_lossy(&write(&read.file)), String::from_utf8_lossy(&bytes), "{name}");
    }
}

/// One line per file, counted by hand from the text.
#[test]
fn everything_is_counted() {
    use Family::{V3, V4_0, V4_1, V4_2Early, V4_2Late, V5_0, V5Early, V6, V6_11};
    let expected = [
        // (file, family, tracks, samples, engagements, kill cells, movement cells, revives)
        ("2025-12-28-213015-supply-round-0", V3, [0, 0, 2, 1, 3, 0]),
        ("2025-12-29-220101-goldrush-round-1", V3, [0, 0, 1, 0, 1, 0]),
        ("2026-01-16-211502-supply-round-0", V4_0, [3, 16, 1, 1, 4, 0]),
        ("2026-01-16-213010-supply-round-1", V4_0, [3, 16, 1, 1, 4, 0]),
        ("2026-01-25-220940-radar-round-1", V4_1, [3, 17, 0, 0, 2, 0]),
        ("2026-02-10-203010-te_escape2-round-1", V4_2Early, [3, 8, 1, 1, 1, 0]),
        ("2026-02-24-221002-etl_supply-round-2", V4_2Late, [2, 14, 1, 1, 2, 0]),
        ("2026-03-01-214530-goldrush-round-2", V5Early, [2, 7, 1, 1, 2, 0]),
        ("2026-03-21-220045-radar-round-1", V5_0, [2, 3, 1, 0, 1, 2]),
        ("2026-04-06-204100-supply-round-1", V6, [2, 7, 0, 1, 2, 0]),
        ("2026-05-20-230101-te-round-2_B1-round-2", V6, [1, 3, 0, 0, 1, 0]),
        ("2026-08-22-201500-etl_supply-round-1", V6_11, [2, 11, 0, 0, 2, 0]),
        ("2026-09-05-200102-oasis-round-1", V6_11, [2, 8, 0, 0, 1, 0]),
        ("2027-01-09-201500-supply-round-1", V6_11, [2, 3, 0, 1, 0, 0]),
    ];
    let found = files("good").into_iter().map(|(name, bytes)| {
        let round = read(&name, &bytes).unwrap().file.round;
        let stem = name.strip_suffix("_engagements.txt").unwrap().to_owned();
        let samples = round.samples();
        let (kills, moves) = (round.kill_cells.len(), round.movement_cells.len());
        let counts =
            [round.tracks.len(), samples, round.engagements.len(), kills, moves, round.revives.len()];
        (stem, round.meta.family, counts)
    });
    assert_eq!(found.collect::<Vec<_>>(), expected.map(|(stem, family, n)| (stem.to_owned(), family, n)));
}

#[test]
fn the_file_name_agrees_with_the_header() {
    for (name, bytes) in files("good") {
        let meta = read(&name, &bytes).unwrap().file.round.meta;
        let parsed = parse_file_name(&name).unwrap();
        assert_eq!(meta.stamp, Some(parsed.stamp));
        assert_eq!(*meta.map, *parsed.map);
        assert_eq!(meta.round_raw, Some(parsed.round));
        assert_eq!(meta.file_name.as_deref(), Some(&*name));
    }
}

#[test]
fn a_folder_in_front_of_the_name_does_not_matter() {
    let name = "2026-01-25-220940-radar-round-1_engagements.txt";
    let bytes = file("good", name);
    for folder in ["/srv/proximity/", "C:\\server\\proximity\\", "../../"] {
        let meta = read(&format!("{folder}{name}"), &bytes).unwrap().file.round.meta;
        assert_eq!(meta.file_name.as_deref(), Some(name));
        assert!(meta.stamp.is_some());
    }
}

#[test]
fn version_3_has_engagements_only_and_names_with_any_character() {
    let round = round("2025-12-29-220101-goldrush-round-1_engagements.txt");
    let engagement = &round.engagements[0];
    assert_eq!(engagement.target_guid.kind(), GuidKind::FileLocal);
    assert_eq!(engagement.target_name.as_str(), "a,b|c");
    assert_eq!((engagement.start.0, engagement.end.0, engagement.duration_ms), (-40, 0, 40));
    assert_eq!(engagement.outcome, Outcome::RoundEnd);
    assert_eq!(engagement.attackers[0].name.as_str(), "x,y;z");
    assert_eq!(engagement.attackers[0].weapons, []);
    assert_eq!(round.meta.interval_ms, None);
}

#[test]
fn a_kill_with_its_attacker() {
    let round = round("2025-12-28-213015-supply-round-0_engagements.txt");
    let [escape, kill] = &round.engagements[..] else { panic!("two engagements") };
    assert_eq!((escape.outcome.as_str(), escape.killer_guid.as_ref()), ("escaped", None));
    assert_eq!(escape.positions.len(), 5);
    assert_eq!(escape.positions[4].event, EngagementEvent::Escape);
    assert_eq!(escape.distance_units.to_string(), "768");
    assert_eq!(kill.killer_name.as_ref().unwrap().as_str(), "Alpha");
    assert_eq!(kill.start_at.y.to_string(), "-80.5");
    assert_eq!(kill.attackers[0].weapons, [WeaponHits { weapon: proximity::model::Weapon(8), hits: 1 }]);
    assert!(kill.attackers[0].got_kill);
    assert_eq!((round.kill_cells[0].x, round.kill_cells[0].y, round.kill_cells[0].allies_kills), (1, -1, 1));
}

#[test]
fn a_life_of_nine_columns() {
    let round = round("2026-01-16-211502-supply-round-0_engagements.txt");
    let [alpha, cee, bravo] = &round.tracks[..] else { panic!("three lives") };
    assert_eq!((alpha.spawn.0, alpha.end.unwrap().0, alpha.first_move.unwrap().0), (-150, 2100, 850));
    assert_eq!((&*alpha.name.display(), alpha.name.as_str()), ("Alpha", "^1Al^7pha"));
    assert_eq!(alpha.death_type, None);
    assert_eq!(alpha.declared_samples, 6);
    let last = alpha.samples[5];
    assert_eq!((last.time.0, last.health, last.weapon.0, last.event), (2100, 0, 8, Event::Death));
    let sample = alpha.samples[4];
    assert_eq!((sample.at.x, sample.at.y, sample.at.z, sample.speed_ups), (-816.0, 640.0, 24.1, 352.0));
    assert_eq!((cee.guid.kind(), cee.first_move), (GuidKind::FileLocal, None));
    assert_eq!((bravo.samples[6].event, bravo.samples[3].stance), (Event::RoundEnd, 1));
    assert_eq!(round.meta.round_raw, Some(0));
    assert_eq!(round.meta.state_source, StateSource::PmFlags);
}

#[test]
fn carriage_returns_and_a_byte_order_mark_change_nothing() {
    let windows = file("good", "2026-01-16-213010-supply-round-1_engagements.txt");
    assert!(windows.starts_with(b"\xef\xbb\xbf# PROXIMITY_TRACKER_V4\r\n"));
    let windows = round("2026-01-16-213010-supply-round-1_engagements.txt");
    let unix = round("2026-01-16-211502-supply-round-0_engagements.txt");
    assert_eq!(windows.tracks, unix.tracks);
    assert_eq!(windows.engagements, unix.engagements);
    assert_eq!(windows.movement_cells, unix.movement_cells);
}

#[test]
fn a_life_without_samples_or_guid() {
    let round = round("2026-02-10-203010-te_escape2-round-1_engagements.txt");
    let [alpha, bravo, spec] = &round.tracks[..] else { panic!("three lives") };
    assert!(alpha.samples[0].at.y.is_sign_negative());
    assert_eq!(alpha.name.as_str(), "Ärger^4ß");
    assert_eq!((bravo.guid.as_str(), bravo.guid.kind()), ("", GuidKind::FileLocal));
    assert_eq!((&spec.team, &spec.death_type), (&Team::Other("SPEC".into()), &Some(DeathType::Unknown)));
    assert_eq!(spec.samples.len(), 0);
    let engagement = &round.engagements[0];
    assert_eq!(engagement.killer_guid.as_ref().unwrap().kind(), GuidKind::World);
    assert_eq!(engagement.killer_name, None);
}

#[test]
fn several_attackers_whose_weapons_end_in_semicolons() {
    let round = round("2026-03-21-220045-radar-round-1_engagements.txt");
    let engagement = &round.engagements[0];
    assert_eq!(
        (&engagement.outcome, engagement.is_crossfire, engagement.crossfire_delay_ms),
        (&Outcome::Timeout, true, Some(100))
    );
    assert_eq!(engagement.crossfire_participants.len(), 2);
    let weapons = engagement.attackers.iter().map(|attacker| attacker.weapons.len()).collect::<Vec<_>>();
    assert_eq!(weapons, [2, 0]);
    assert_eq!(round.meta.axis_spawn_interval_ms, None, "0 means unknown");
    assert_eq!(round.tracks[0].death_type, Some(DeathType::Shutdown));
    let revive = &round.revives[1];
    assert_eq!((revive.time.0, revive.at.x, revive.guid == revive.medic_guid), (700_700, -10.5, true));
}

#[test]
fn sections_that_are_only_kept() {
    let name = "2026-03-21-220045-radar-round-1_engagements.txt";
    let file = read(name, &file("good", name)).unwrap().file;
    let [revives, outcomes] = file.other_sections() else { panic!("two sections") };
    assert_eq!((revives.name(), revives.rows().count()), ("REVIVES", 2));
    assert_eq!(outcomes.columns().count(), 14);
    assert_eq!(outcomes.columns().nth(6), Some("outcome"));
    assert!(outcomes.text().starts_with("# KILL_OUTCOME\n# kill_time;"));
    assert!(file.header().any(|(key, value)| (key, value) == ("round_end_unix", "1774130700")));
}

#[test]
fn objectives_are_told_in_the_order_of_time_and_their_doers_by_the_paths() {
    let round = round("2026-04-06-204100-supply-round-1_engagements.txt");
    let told: Vec<_> = round
        .meta
        .objectives
        .iter()
        .map(|event| {
            let doer = event.at.and_then(|at| round.life_at(event.time, &event.team, at));
            (event.time.0, &event.deed, &*event.objective, doer.map(|life| life.name.as_str()))
        })
        .collect();
    let work = |kind: &str| ObjectiveDeed::Work(kind.into());
    let carry = ObjectiveDeed::Carry { until: Some(LevelTime(4000)), outcome: "killed".into() };
    assert_eq!(
        told,
        [
            (1990, &work("dynamite_planted"), "the Depot Gate", Some("^1Al^7pha")),
            (3000, &carry, "AXIS", Some("^1Al^7pha")),
            (5000, &work("objective_destroyed"), "the Depot Gate", None),
            (5900, &ObjectiveDeed::Return, "AXIS", Some("Bravo")),
        ]
    );
}

#[test]
fn bots_and_far_corners() {
    let round = round("2026-05-20-230101-te-round-2_B1-round-2_engagements.txt");
    assert_eq!(round.tracks[0].guid.kind(), GuidKind::Bot);
    assert_eq!(round.tracks[0].guid.as_str().len(), 34, "trailing blanks belong to it");
    assert_eq!(round.tracks[0].samples[0].at.x, -13000.5);
}

#[test]
fn our_own_module_writes_more() {
    let name = "2026-09-05-200102-oasis-round-1_engagements.txt";
    let file = read(name, &file("good", name)).unwrap().file;
    let meta = &file.round.meta;
    assert!(meta.own_module);
    assert_eq!(meta.tracker_version.as_deref(), Some("1.0"));
    assert_eq!(meta.state_source, StateSource::EflagsStamina);
    assert_eq!(meta.capabilities.len(), 3);
    assert_eq!(meta.capabilities[2], ("shot_fired".into(), false));
    assert!(file.header().any(|(key, value)| (key, value) == ("server", "Saturday night")));
    let [alpha, bravo] = &file.round.tracks[..] else { panic!("two lives") };
    let detail = Detail { yaw_degrees: -3, stamina: 19_000, pm_flags: 0, eflags: 0, velocity: [352, 1, -2] };
    assert_eq!(alpha.detail(3), Some(detail));
    assert_eq!(alpha.samples[4].event, Event::Revived);
    assert_eq!((bravo.detail(0).is_some(), bravo.detail(1), bravo.tails.len()), (true, None, 2));
}

#[test]
fn words_and_columns_of_a_later_tracker() {
    let round = round("2027-01-09-201500-supply-round-1_engagements.txt");
    let track = &round.tracks[0];
    assert_eq!((track.team.as_str(), track.class.as_str()), ("HOMETEAM", "PILOT"));
    assert_eq!(track.death_type, Some(DeathType::Other("teleported".into())));
    assert_eq!(track.samples[1].event, Event::Other(0));
    assert_eq!(track.other_events, ["jumped".into(), "teleported".into()]);
    assert_eq!((round.kill_cells[0].x, round.kill_cells[0].y), (-1, 2), "columns go by name");
}

#[test]
fn two_copies_of_a_file_have_one_hash() {
    // The example of FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(content_hash(b"abc"), abc);
    assert_ne!(content_hash(b"abc\n"), abc);
}

#[test]
fn odd_numbers_are_read_without_a_warning() {
    let name = "2026-01-25-220940-radar-round-1_engagements.txt";
    let text = String::from_utf8(file("good", name)).unwrap();
    let odd = text
        .replace("640,640.0,1280.0", "620.0,640,1280")
        .replace(
            "620,640.0,1280.0,33.1,100,0.0,24,2,0,spawn",
            "620.0,640,1.28e3,33.10,100.0,.0,24.0,2.0,0.00,spawn",
        )
        .replace(";selfkill;5;", ";selfkill;5.0;")
        .replace("round=1", "round=1.0");
    assert_ne!(odd, text);
    let (odd, plain) = (read_strictly(name, odd.as_bytes()).unwrap(), round(name));
    assert_eq!(odd.warnings, []);
    assert_eq!(odd.file.round.tracks, plain.tracks);
    let content_hash = plain.meta.content_hash.clone();
    assert_eq!(RoundMeta { content_hash, ..odd.file.round.meta }, plain.meta);
}

#[test]
fn a_name_that_is_not_utf_8_is_windows_1252() {
    let name = "2026-01-16-211502-supply-round-0_engagements.txt";
    let text = file("good", name);
    let places: Vec<usize> = (0..text.len() - 3).filter(|&at| &text[at..at + 3] == b"Cee").collect();
    let mut bytes = text;
    for at in places {
        bytes[at + 1] = 0xe9;
    }
    let read = read(name, &bytes).unwrap();
    let names: Vec<&str> = read.file.round.tracks.iter().map(|track| track.name.as_str()).collect();
    assert!(names.contains(&"Cée"), "{names:?}");
    assert!(
        read.warnings
            .iter()
            .all(|warning| warning.message == "name is not UTF-8; it is read as Windows-1252")
    );
    assert_eq!(read.warnings.len(), 1);
}
