//! Packed paths: back to the last bit, small, and unharmed by damage.

use std::fmt::Write as _;

use proptest::prelude::*;
use proximity::geom::WorldPoint;
use proximity::model::{
    Attacker, DeathType, Engagement, EngagementPoint, Event, Guid, LevelTime, Outcome, PlayerName, Sample,
    Tails, Track, Weapon, WeaponHits,
};
use proximity::store::packed::{
    Corrupt, Participants, pack_engagement, pack_life, unpack_engagement, unpack_life,
};
use proximity::{Class, Team};

fn track(samples: Vec<Sample>) -> Track {
    Track {
        guid: Guid::from("0F1E2D3C4B5A69788796A5B4C3D2E1F0"),
        name: PlayerName::from("^1Al^7pha"),
        team: Team::Allies,
        class: Class::Medic,
        spawn: LevelTime(-150),
        end: Some(LevelTime(0)),
        first_move: None,
        death_type: Some(DeathType::Killed),
        declared_samples: samples.len() as u64,
        samples,
        other_events: Vec::new(),
        tails: Tails::default(),
    }
}

/// A walk at 200 ms as the tracker writes it: decimals with one digit.
fn walk(steps: usize) -> Track {
    let decimal = |tenths: i32| (f64::from(tenths) / 10.0) as f32;
    let mut noise = 12_345_u32;
    let mut random = |below: i32| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((noise >> 16) as i32).rem_euclid(below)
    };
    let (mut x, mut y) = (-12_000, 6_400);
    let samples = (0..steps)
        .map(|step| {
            x += 480 + random(60);
            y += random(90) - 45;
            Sample {
                time: LevelTime(600 + 200 * step as i32),
                at: WorldPoint::new(decimal(x), decimal(y), decimal(241)),
                speed_ups: decimal(2_500 + random(60)),
                health: if step < steps / 2 { 124 } else { 80 },
                weapon: Weapon(8),
                stance: 0,
                sprint: u8::from(step % 40 > 30),
                event: if step == 0 { Event::Spawn } else { Event::Sample },
            }
        })
        .collect();
    track(samples)
}

/// Packed and unpacked.
fn there_and_back(life: &Track) -> Track {
    unpack_life(&pack_life(life), life.guid.clone(), life.name.clone()).unwrap()
}

fn unpack(bytes: &[u8]) -> Result<Track, Corrupt> {
    unpack_life(bytes, Guid::from(""), PlayerName::from(""))
}

fn someone() -> (Guid, PlayerName) {
    (Guid::from("11AA22BB33CC44DD55EE66FF77001188"), PlayerName::from("Bravo"))
}

/// The people of a engagement.
fn participants_of(engagement: &Engagement) -> Participants {
    Participants {
        target: (engagement.target_guid.clone(), engagement.target_name.clone()),
        killer: (engagement.killer_guid.clone(), engagement.killer_name.clone()),
        attackers: engagement.attackers.iter().map(|a| (a.guid.clone(), a.name.clone())).collect(),
        participants: engagement.crossfire_participants.clone(),
    }
}

fn assert_same(left: &Track, right: &Track) {
    // Debug text, because a NaN is not equal to itself and -0.0 is equal to 0.0.
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
    let bits = |t: &Track| -> Vec<u32> {
        t.samples.iter().flat_map(|s| [s.at.x, s.at.y, s.at.z, s.speed_ups]).map(f32::to_bits).collect()
    };
    assert_eq!(bits(left), bits(right));
}

#[test]
fn a_walk_needs_under_five_bytes_a_sample() {
    let life = walk(139);
    let packed = pack_life(&life);
    assert!(packed.len() < 139 * 5, "{} bytes for 139 samples", packed.len());
    assert_same(&life, &there_and_back(&life));
}

#[test]
fn a_life_without_samples_keeps_what_it_declared() {
    let life = Track { declared_samples: u64::MAX, ..track(Vec::new()) };
    assert_same(&life, &there_and_back(&life));
}

#[test]
fn tails_of_our_module_come_back_and_need_little() {
    let mut life = walk(139);
    for index in 0..139 {
        let stamina = 20_000 - 50 * index;
        life.tails.push(&format!("{},{stamina},0,8,{},{},0", index % 360, 240 + index % 7, index % 5));
    }
    let packed = pack_life(&life);
    assert!(packed.len() < 139 * 8, "{} bytes for 139 samples with tails", packed.len());
    assert_same(&life, &there_and_back(&life));
}

#[test]
fn what_velocities_foretell_needs_no_room() {
    // Steady flight, and the view turns round and round: nearly nothing is news.
    let mut life = walk(200);
    for (index, sample) in life.samples.iter_mut().enumerate() {
        sample.at = WorldPoint::new(20.0 * index as f32, -10.0 * index as f32, 24.0);
        sample.speed_ups = 111.8;
        life.tails.push(&format!("{},{},0,0,100,-50,0", index * 7 % 360, (index * 60).min(9_000)));
    }
    let packed = pack_life(&life);
    assert!(packed.len() < 200, "{} bytes for 200 samples", packed.len());
    assert_same(&life, &there_and_back(&life));
}

#[test]
fn what_was_packed_by_version_1_is_still_read() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/store");
    let life = unpack(&std::fs::read(format!("{data}/life_version_1.bin")).unwrap()).unwrap();
    let engagement = std::fs::read(format!("{data}/engagement_version_1.bin")).unwrap();
    let engagement = unpack_engagement(
        &engagement,
        Participants { attackers: vec![someone(); 5], ..participants_of(&self::engagement(Vec::new(), 0)) },
    )
    .unwrap();
    let mut text = format!("{:?} {:?} {:?} {:?}\n", life.team, life.class, life.spawn, life.death_type);
    for (index, s) in life.samples.iter().enumerate() {
        let line = format!(
            "{} {} {} {} | {} {} | {} {} {} {:?} | {}\n",
            s.time.0,
            s.at.x,
            s.at.y,
            s.at.z,
            s.health,
            s.speed_ups,
            s.weapon.0,
            s.stance,
            s.sprint,
            s.event,
            life.tails.get(index)
        );
        text.push_str(&line);
    }
    for point in &engagement.positions {
        writeln!(text, "{} {} {} {} {}", point.time.0, point.at.x, point.at.y, point.at.z, point.event)
            .unwrap();
    }
    insta::assert_snapshot!(text);
    assert_same(&life, &there_and_back(&life));
}

#[test]
fn what_was_packed_by_version_2_is_still_read() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/store");
    let packed = std::fs::read(format!("{data}/life_version_2.bin")).unwrap();
    let life = unpack(&packed).unwrap();
    assert!(life.samples.len() > 20 && life.tails.len() == life.samples.len());
    // Today's form is the same but for its number and its checksum.
    let today = pack_life(&life);
    assert_eq!((packed[0], today[0]), (2, 3));
    assert_eq!(packed[1..], today[1..today.len() - 4]);
    let packed = std::fs::read(format!("{data}/engagement_version_2.bin")).unwrap();
    let who = Participants { attackers: vec![someone(); 2], ..participants_of(&engagement(Vec::new(), 0)) };
    let today = pack_engagement(&unpack_engagement(&packed, who).unwrap());
    assert_eq!(packed[1..], today[1..today.len() - 4]);
}

#[test]
fn a_count_that_would_fill_the_memory_is_refused() {
    // Version 1, 2^40 samples.
    let bytes = [1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0, 0];
    assert!(unpack(&bytes).is_err());
    assert!(unpack_engagement(&bytes, participants_of(&engagement(Vec::new(), 0))).is_err());
}

fn engagement(positions: Vec<EngagementPoint>, attackers: i64) -> Engagement {
    let attacker = |number: i64| Attacker {
        guid: someone().0,
        name: someone().1,
        team: Team::Other("SPEC".into()),
        damage: 40 * number,
        hits: i64::MAX,
        first_hit: LevelTime(-5),
        last_hit: LevelTime(i32::MAX),
        got_kill: number == 1,
        weapons: (0..number).map(|n| WeaponHits { weapon: Weapon(n as u8), hits: -n }).collect(),
    };
    Engagement {
        id: i64::MIN,
        start: LevelTime(41_250),
        end: LevelTime(46_300),
        duration_ms: 5_050,
        target_guid: Guid::from("0F1E2D3C4B5A69788796A5B4C3D2E1F0"),
        target_name: PlayerName::from("Alpha"),
        target_team: Team::Allies,
        outcome: Outcome::Other("vanished".into()),
        total_damage: 34,
        killer_guid: None,
        killer_name: Some(PlayerName::from("")),
        num_attackers: 7,
        is_crossfire: attackers > 1,
        crossfire_delay_ms: (attackers > 1).then_some(400),
        crossfire_participants: vec![someone().0],
        start_at: WorldPoint::new(-1000.0, -0.0, f32::NAN),
        end_at: WorldPoint::new(0.25, 640.1, 24.1),
        distance_units: 768.0,
        positions,
        attackers: (0..attackers).map(attacker).collect(),
    }
}

fn decimal() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => (-1_310_720..1_310_720_i32).prop_map(|tenths| (f64::from(tenths) / 10.0) as f32),
        1 => any::<f32>(),
        1 => prop_oneof![Just(-0.0_f32), Just(f32::NAN), Just(f32::INFINITY), Just(1e30), Just(0.25)],
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0..Event::KNOWN.len()).prop_map(|index| Event::KNOWN[index].1),
        any::<u8>().prop_map(Event::Other),
    ]
}

prop_compose! {
    fn sample()(
        time in any::<i32>(),
        at in (decimal(), decimal(), decimal()),
        speed_ups in decimal(),
        health in any::<i16>(),
        bytes in any::<(u8, u8, u8)>(),
        event in event(),
    ) -> Sample {
        let at = WorldPoint::new(at.0, at.1, at.2);
        Sample { time: LevelTime(time), at, speed_ups, health, weapon: Weapon(bytes.0), stance: bytes.1, sprint: bytes.2, event }
    }
}

proptest! {
    #[test]
    fn any_life_comes_back(
        samples in prop::collection::vec(sample(), 0..60),
        declared in any::<u64>(),
        words in prop::collection::vec(".{0,12}", 0..4),
        tails in prop::collection::vec(prop_oneof![8 => "-?[0-9]{1,3}(,-?[0-9]{1,4}){3}(,-?[1-3]?[0-9]{1,4}){3}", 1 => ".{0,20}", 1 => Just(String::new())], 1..70),
        one_each in any::<bool>(),
    ) {
        // With a tail for each sample, positions are told apart from where the velocities lead.
        let tails: Vec<&String> =
            if one_each { tails.iter().cycle().take(samples.len()).collect() } else { tails.iter().collect() };
        let mut life = track(samples);
        life.declared_samples = declared;
        life.other_events = words.iter().map(|word| word.as_str().into()).collect();
        for tail in tails {
            life.tails.push(tail);
        }
        assert_same(&life, &there_and_back(&life));
    }

    #[test]
    fn any_engagement_comes_back(
        attackers in 0..4_i64,
        rows in prop::collection::vec((any::<i32>(), decimal(), decimal(), decimal(), "hit|sample|start|[a-z_]{0,9}"), 0..40),
    ) {
        let points: Vec<EngagementPoint> = rows
            .into_iter()
            .map(|(time, x, y, z, event)| EngagementPoint { time: LevelTime(time), at: WorldPoint::new(x, y, z), event: event.as_str().into() })
            .collect();
        let whole = engagement(points, attackers);
        let back = unpack_engagement(&pack_engagement(&whole), participants_of(&whole)).unwrap();
        prop_assert_eq!(format!("{whole:?}"), format!("{back:?}"));
    }

    #[test]
    fn damaged_bytes_never_panic(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut life = walk(40);
        for index in 0..40 {
            life.tails.push(&format!("{index},1,2,3,4,5,6"));
        }
        let mut packed = pack_life(&life);
        let cut = cut.index(packed.len());
        prop_assert!(unpack(&packed[..cut]).is_err());
        let at = at.index(packed.len());
        let is_damaged = packed[at] != value;
        packed[at] = value;
        // Version 1 and 2 had no checksum: with their number, anything may come out.
        prop_assert!(unpack(&packed).is_err() || !is_damaged || (at == 0 && (1..3).contains(&value)));
        let _ = unpack_engagement(&packed, participants_of(&engagement(Vec::new(), 0)));
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = unpack(&bytes);
        let _ = unpack_engagement(&bytes, participants_of(&engagement(Vec::new(), 1)));
    }
}
