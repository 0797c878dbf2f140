//! Small games, written down and read again: what becomes of them.

use super::writer::DemoWriter;
use crate::demo::delta::fields::{entity, player};
use crate::demo::delta::{Entity, PlayerState};
use crate::demo::state::Snapshot;
use crate::demo::{ReadOptions, RecordedRound, Source, Summary, merge_all, read};
use crate::model::{DeathType, Event, LevelTime, ObjectiveDeed, Outcome, RecorderView, Team};

const START: i32 = 20_000;
pub(super) const OBITUARY: u32 = 130;

/// A player of a scene.
#[derive(Debug, Clone, Copy)]
pub(super) struct Actor {
    slot: u8,
    pub(super) x: f32,
    health: i16,
    team: i16,
    spawns: i16,
    revives: i16,
    hurt: u32,
    attacker: i16,
    limbo: bool,
    /// Carries the red flag, of Axis.
    red_flag: bool,
}

pub(super) fn actor(slot: u8, team: i16) -> Actor {
    Actor {
        slot,
        x: f32::from(slot) * 100.0,
        health: 100,
        team,
        spawns: 1,
        revives: 0,
        hurt: 0,
        attacker: 0,
        limbo: false,
        red_flag: false,
    }
}

impl Actor {
    pub(super) fn state(&self) -> PlayerState {
        let mut state = PlayerState::ZERO;
        state.fields[player::CLIENT] = self.slot.into();
        state.fields[player::ORIGIN] = self.x.to_bits();
        state.fields[player::ORIGIN + 2] = 24.0_f32.to_bits();
        state.fields[player::WEAPON] = 3;
        state.fields[player::DAMAGE_EVENT] = self.hurt;
        state.fields[player::TYPE] = if self.health > 0 { 0 } else { 3 };
        state.fields[player::MOVE_FLAGS] = if self.limbo { 16384 } else { 0 };
        state.stats[0] = self.health;
        state.stats[8] = 20_000;
        state.persistant[3] = self.team;
        state.persistant[4] = self.spawns;
        state.persistant[5] = self.attacker;
        state.persistant[9] = self.revives;
        state.powerups[5] = self.red_flag.into();
        state
    }

    pub(super) fn body(&self) -> Entity {
        let mut body = Entity::zero(self.slot.into());
        body.fields[entity::TYPE] = 1;
        body.fields[entity::ORIGIN] = self.x.to_bits();
        body.fields[entity::ORIGIN + 2] = 24.0_f32.to_bits();
        body.fields[entity::FLAGS] = u32::from(self.health <= 0);
        body.fields[entity::WEAPON] = 8;
        body.fields[entity::POWERUPS] = u32::from(self.red_flag) << 5;
        body
    }
}

pub(super) fn obituary(number: u16, kind: u32, victim: u8, killer: u32, means: u32) -> Entity {
    let mut told = Entity::zero(number);
    told.fields[entity::TYPE] = kind;
    told.fields[entity::OTHER] = victim.into();
    told.fields[entity::OTHER_2] = killer;
    told.fields[entity::EVENT_PARAMETER] = means;
    told
}

fn config<'a>(info: &'a str, start: &'a str) -> [(usize, &'a str); 6] {
    [
        (0, info),
        (11, start),
        (21, r"\gamestate\0"),
        (689, r"n\^1Al^7pha\t\1\c\0"),
        (690, r"n\Beta\t\2\c\1"),
        (691, r"n\Gamma\t\1\c\2"),
    ]
}

pub(super) const LEGACY: &str = r"\mapname\oasis\gamename\legacy\mod_version\v2.83.2\g_gametype\3";

/// Writes a frame of a TV demo.
fn everyone(writer: &mut DemoWriter, ms: i32, commands: &[&str], actors: &[Actor], events: &[Entity]) {
    let mut frame = Snapshot::empty();
    frame.server_time = START + ms;
    frame.players = actors.iter().map(|actor| (actor.slot, actor.state())).collect();
    frame.entities = events.to_vec();
    frame.shared = vec![crate::demo::delta::Shared::default(); events.len()];
    writer.snapshot(commands, &frame);
}

/// Writes a frame of the demo of the first actor, who sees the others.
pub(super) fn own(
    writer: &mut DemoWriter,
    ms: i32,
    commands: &[&str],
    recorder: &PlayerState,
    others: &[Entity],
) {
    let mut frame = Snapshot::empty();
    frame.server_time = START + ms;
    frame.player = *recorder;
    frame.entities = others.to_vec();
    writer.snapshot(commands, &frame);
}

fn rounds(bytes: &[u8], options: &ReadOptions) -> (Summary, Vec<RecordedRound>) {
    let mut rounds = Vec::new();
    let summary = read(bytes, options, |round| rounds.push(round)).unwrap();
    assert!(summary.warnings.is_empty(), "{:?}", summary.warnings);
    (summary, rounds)
}

pub(super) fn begin(tv: bool, info: &str) -> DemoWriter {
    let mut writer = DemoWriter::new(tv);
    writer.gamestate(&config(info, "20000"), 0);
    writer
}

#[test]
fn a_life_goes_from_spawn_over_a_revive_to_its_death() {
    let mut writer = begin(true, LEGACY);
    let (mut alpha, mut beta) = (actor(0, 1), actor(1, 2));
    everyone(&mut writer, 500, &[], &[alpha, beta], &[]);
    beta.x += 2.0;
    everyone(&mut writer, 550, &[], &[alpha, beta], &[]);
    (beta.health, beta.hurt) = (82, 1);
    everyone(&mut writer, 600, &[], &[alpha, beta], &[]);
    beta.health = -5;
    beta.hurt = 2;
    let killed = obituary(200, OBITUARY, 1, 0, 8);
    everyone(&mut writer, 650, &[], &[alpha, beta], &[killed]);
    everyone(&mut writer, 700, &[], &[alpha, beta], &[killed]);
    (beta.health, beta.spawns, beta.revives) = (50, 2, 1);
    everyone(&mut writer, 750, &[], &[alpha, beta], &[killed]);
    beta.x = 140.0;
    everyone(&mut writer, 800, &[], &[alpha, beta], &[]);
    beta.health = 0;
    let fell = obituary(200, OBITUARY, 1, 1022, 32);
    everyone(&mut writer, 850, &[], &[alpha, beta], &[fell]);
    beta.limbo = true;
    everyone(&mut writer, 900, &[], &[alpha, beta], &[fell]);
    (beta.limbo, beta.health, beta.spawns, beta.x) = (false, 100, 3, 900.0);
    everyone(&mut writer, 950, &[], &[alpha, beta], &[]);
    alpha.x += 1.0;
    everyone(&mut writer, 1000, &["cs 21 \"\\gamestate\\3\""], &[alpha, beta], &[]);

    let (summary, rounds) = rounds(&writer.finish(), &ReadOptions::default());
    let [recorded] = &rounds[..] else { panic!("{summary:?}") };
    let round = &recorded.round;
    assert!(round.meta.complete);
    assert_eq!((&*round.meta.map, round.meta.round_raw), ("oasis", Some(1)));
    let [alpha, first, second] = &round.tracks[..] else { panic!("{:?}", round.tracks) };
    assert_eq!(alpha.death_type, Some(DeathType::RoundEnd));
    assert_eq!(alpha.end, Some(LevelTime(1000)));
    assert_eq!(alpha.first_move, None);
    assert_eq!((&first.team, first.spawn), (&Team::Allies, LevelTime(500)));
    assert_eq!(first.first_move, Some(LevelTime(550)));
    assert_eq!((&first.death_type, first.end), (&Some(DeathType::Fallen), Some(LevelTime(850))));
    let events: Vec<(i32, Event)> = first.samples.iter().map(|s| (s.time.0, s.event)).collect();
    let expected = [
        (500, Event::Spawn),
        (550, Event::Sample),
        (600, Event::Sample),
        (650, Event::Killed),
        (750, Event::Revived),
        (800, Event::Sample),
        (850, Event::Fallen),
    ];
    assert_eq!(events, expected);
    assert_eq!((second.spawn, second.samples[0].event), (LevelTime(950), Event::Spawn));
    assert_eq!(round.revives.len(), 1);
    let [engagement] = &round.engagements[..] else { panic!("{:?}", round.engagements) };
    assert_eq!((&engagement.outcome, engagement.total_damage), (&Outcome::Killed, 100));
    assert_eq!(engagement.killer_name.as_ref().unwrap().display(), "Alpha");
    assert_eq!((engagement.attackers[0].hits, engagement.attackers[0].got_kill), (2, true));
    let kinds: Vec<&DeathType> = recorded.kills.iter().map(|kill| &kill.kind).collect();
    assert_eq!(kinds, [&DeathType::Killed, &DeathType::Fallen]);
    assert_eq!(recorded.kills[0].means.name, "mp40");
    assert!(recorded.lives.iter().flat_map(|l| &l.samples).all(|s| s.health == Source::Recorded));
}

#[test]
fn who_is_out_of_sight_leaves_a_gap() {
    let mut writer = begin(false, LEGACY);
    let alpha = actor(0, 1);
    let (mut beta, mut gamma) = (actor(1, 2), actor(2, 1));
    for ms in (500..700).step_by(50) {
        own(&mut writer, ms, &[], &alpha.state(), &[beta.body(), gamma.body()]);
        beta.x += 5.0;
    }
    // Beta is not in view; a teammate is heard of once a second.
    for ms in (700..3000).step_by(50) {
        gamma.x += 1.0;
        let tell = format!("tinfo 1 2 {} 0 24 77 0 48", gamma.x as i32);
        let commands: &[&str] = if ms % 1000 == 0 { &[&tell] } else { &[] };
        own(&mut writer, ms, commands, &alpha.state(), &[]);
    }
    beta.x += 300.0;
    own(&mut writer, 3000, &[], &alpha.state(), &[beta.body()]);
    own(&mut writer, 3050, &[], &alpha.state(), &[]);
    for ms in (3100..3600).step_by(50) {
        own(&mut writer, ms, &[], &alpha.state(), &[]);
    }
    own(&mut writer, 3600, &[], &alpha.state(), &[obituary(300, OBITUARY, 1, 2, 8)]);
    let (_, rounds) = rounds(&writer.finish(), &ReadOptions::default());
    let recorded = &rounds[0];
    let [alpha, beta, gamma] = &recorded.round.tracks[..] else { panic!("{:?}", recorded.round.tracks) };
    assert_eq!(alpha.samples.len(), recorded.lives[0].samples.len());
    let times: Vec<i32> = beta.samples.iter().map(|s| s.time.0).collect();
    assert_eq!(times, [500, 550, 600, 650, 3000]);
    assert_eq!((&beta.death_type, beta.end), (&Some(DeathType::Killed), Some(LevelTime(3600))));
    assert!(
        recorded.lives[1].samples.iter().all(|s| s.place == Source::Seen && s.health == Source::NotVisible)
    );
    let heard: Vec<(i32, i16)> = gamma.samples[4..].iter().map(|s| (s.time.0, s.health)).collect();
    assert_eq!(heard, [(1000, 77), (2000, 77)]);
    let known: Vec<Source> = recorded.lives[2].samples.iter().map(|s| s.place).collect();
    assert_eq!(known[3..], [Source::Seen, Source::Coarse, Source::Coarse]);
    // The tails of bodies say what a body shows, and leave stamina and movement flags empty.
    assert_eq!(beta.tails.get(0), "0,,,0,0,0,0");
    assert_eq!(gamma.tails.get(4), "");
    assert_eq!(recorded.kills[0].victim.at, None);
    assert!(!recorded.round.meta.capabilities.iter().any(|(name, on)| &**name == "all_players" && *on));
}

#[test]
fn the_others_time_alive_and_in_view_is_counted() {
    let info = r"\mapname\oasis\gamename\legacy\mod_version\v2.83.2\g_redlimbotime\2000\g_bluelimbotime\1000";
    let mut writer = begin(false, info);
    let alpha = actor(0, 1);
    let (beta, gamma) = (actor(1, 2), actor(2, 1));
    for ms in (0..=4000).step_by(50) {
        // Beta is in view for a second, dies unseen at two and may be back a second later. Gamma, in view after half a
        // second, is reported dead at three and leaves the game.
        let mut others = Vec::new();
        others.extend((ms <= 1000).then(|| beta.body()));
        others.extend((500..3000).contains(&ms).then(|| gamma.body()));
        others.extend((ms == 2000).then(|| obituary(200, OBITUARY, 1, 0, 8)));
        let commands: &[&str] = match ms {
            3000 => &["tinfo 1 2 0 0 24 0 0 48"],
            3500 => &["cs 691 \"\""],
            _ => &[],
        };
        own(&mut writer, ms, commands, &alpha.state(), &others);
    }
    let (_, rounds) = rounds(&writer.finish(), &ReadOptions::default());
    let times = rounds[0].sights.iter().map(|sight| (sight.slot, sight.seen.ms(), sight.alive.ms()));
    assert_eq!(times.collect::<Vec<_>>(), [(1, 1000, 3000), (2, 2500, 2950)]);
    let view = rounds[0].round.meta.recorder_view.unwrap();
    assert_eq!((view.seen_ms, view.alive_ms), (3500, 5950));
}

#[test]
fn a_followed_players_state_is_that_players() {
    let mut writer = begin(false, LEGACY);
    let (alpha, mut beta) = (actor(0, 1), actor(1, 2));
    own(&mut writer, 500, &[], &alpha.state(), &[beta.body()]);
    for ms in [550, 600] {
        beta.x += 4.0;
        let mut copy = beta.state();
        copy.fields[player::MOVE_FLAGS] = 4096;
        own(&mut writer, ms, &[], &copy, &[]);
    }
    let mut free = alpha.state();
    free.fields[player::TYPE] = 2;
    own(&mut writer, 650, &[], &free, &[]);
    let (_, rounds) = rounds(&writer.finish(), &ReadOptions::default());
    let [alpha, beta] = &rounds[0].round.tracks[..] else { panic!("{:?}", rounds[0].round.tracks) };
    assert_eq!((alpha.samples.len(), &alpha.death_type), (1, &Some(DeathType::Unknown)));
    let sources: Vec<Source> = rounds[0].lives[1].samples.iter().map(|s| s.place).collect();
    assert_eq!(sources[..3], [Source::Seen, Source::Recorded, Source::Recorded]);
    assert!(beta.tails.get(1).starts_with("0,20000,0,"), "{}", beta.tails.get(1));
}

#[test]
fn enemies_moved_below_the_recorder_are_not_believed() {
    let mut writer = begin(false, LEGACY);
    let (alpha, mut beta) = (actor(0, 1), actor(1, 2));
    own(&mut writer, 500, &[], &alpha.state(), &[beta.body()]);
    beta.x = alpha.x;
    let mut moved = beta.body();
    moved.fields[entity::ORIGIN + 2] = (-400.0_f32).to_bits();
    own(&mut writer, 550, &[], &alpha.state(), &[moved]);
    let (_, rounds) = rounds(&writer.finish(), &ReadOptions::default());
    let beta = &rounds[0].round.tracks[1];
    assert!(beta.samples.iter().all(|s| s.at.z == 24.0), "{:?}", beta.samples);
}

#[test]
fn the_clock_stands_still_in_a_pause_and_a_restart_begins_a_new_round() {
    let mut writer = begin(true, LEGACY);
    let mut alpha = actor(0, 1);
    let mut step = |writer: &mut DemoWriter, ms: i32, commands: &[&str]| {
        alpha.x += 5.0;
        everyone(writer, ms, commands, &[alpha], &[]);
    };
    step(&mut writer, 500, &["cs 14 \"\\w\\0\""]);
    step(&mut writer, 550, &["cs 32 \"16\""]);
    step(&mut writer, 600, &[]);
    step(&mut writer, 10_550, &["cs 11 \"30000\"", "cs 32 \"0\""]);
    step(&mut writer, 10_600, &[]);
    step(
        &mut writer,
        20_000,
        &["map_restart", "cs 11 \"40000\"", "cs 21 \"\\gamestate\\0\\g_currentRound\\1\""],
    );
    step(&mut writer, 20_500, &[]);
    step(&mut writer, 20_550, &["cs 14 \"\\w\\1\"", "cs 21 \"\\gamestate\\3\\g_currentRound\\0\""]);
    step(&mut writer, 20_600, &[]);
    let (_, rounds) = rounds(&writer.finish(), &ReadOptions::default());
    let times = |of: usize| -> Vec<i32> {
        rounds[of].round.tracks.iter().flat_map(|t| &t.samples).map(|s| s.time.0).collect()
    };
    assert_eq!(rounds.len(), 2);
    assert_eq!(times(0)[..3], [500, 550, 600]);
    assert_eq!(times(1)[..2], [0, 500]);
    let numbers: Vec<Option<i32>> = rounds.iter().map(|r| r.round.meta.round_raw).collect();
    assert_eq!(numbers, [Some(1), Some(2)]);
    assert!(rounds[1].round.meta.complete && !rounds[0].round.meta.complete);
    let winners: Vec<Option<Team>> = rounds.iter().map(|r| r.round.meta.winner.clone()).collect();
    assert_eq!(winners, [None, Some(Team::Allies)], "what a map sets beforehand is no result");
    let hashes: Vec<&str> = rounds.iter().map(|r| &*r.round.meta.content_hash).collect();
    assert_ne!(hashes[0], hashes[1]);
}

#[test]
fn an_unknown_mods_obituaries_are_found_by_who_dies() {
    let mut writer = begin(true, r"\mapname\oasis\gamename\mystery");
    let alpha = actor(0, 1);
    for round in 0..3 {
        let mut beta = actor(1, 2);
        let ms = 500 + round * 1000;
        beta.spawns += round as i16;
        everyone(&mut writer, ms, &[], &[alpha, beta], &[obituary(400, 140, 1, 0, 9)]);
        beta.health = 0;
        everyone(&mut writer, ms + 50, &[], &[alpha, beta], &[obituary(401, 127, 1, 0, 9)]);
        everyone(&mut writer, ms + 100, &[], &[alpha, beta], &[]);
    }
    let (_, rounds) = rounds(&writer.finish(), &ReadOptions::default());
    let kills = &rounds[0].kills;
    assert_eq!(kills.len(), 3);
    assert!(
        kills.iter().all(|kill| kill.kind == DeathType::Killed && kill.means.name == "mp40"),
        "{kills:?}"
    );
}

#[test]
fn samples_lie_on_the_grid_that_is_asked_for() {
    let mut writer = begin(true, LEGACY);
    let mut alpha = actor(0, 1);
    for ms in (0..2000).step_by(50) {
        alpha.x += 5.0;
        everyone(&mut writer, ms, &[], &[alpha], &[]);
    }
    let (_, rounds) = rounds(&writer.finish(), &ReadOptions::default().interval_ms(500));
    let times: Vec<i32> = rounds[0].round.tracks[0].samples.iter().map(|s| s.time.0).collect();
    assert_eq!(times, [0, 500, 1000, 1500, 1950]);
    assert_eq!(rounds[0].round.meta.interval_ms, Some(500));
}

#[test]
fn a_hole_in_the_file_loses_its_snapshots_and_no_more() {
    let mut writer = begin(true, LEGACY);
    let alpha = actor(0, 1);
    for ms in (0..500).step_by(50) {
        everyone(&mut writer, ms, &[], &[alpha], &[]);
    }
    writer.lose(3);
    everyone(&mut writer, 700, &[], &[alpha], &[]);
    let read = read(&writer.finish()[..], &ReadOptions::default(), |_| {}).unwrap();
    assert_eq!((read.snapshots, read.lost_snapshots, read.bad_messages), (10, 1, 0));
    assert_eq!(read.warnings[0].record, 12);
}

#[test]
fn two_demos_of_one_round_become_one() {
    let (mut first, mut second) = (begin(false, LEGACY), DemoWriter::new(false));
    second.gamestate(&config(LEGACY, "20000"), 1);
    let (mut alpha, mut beta) = (actor(0, 1), actor(1, 2));
    for ms in (500..3000).step_by(50) {
        alpha.x += 5.0;
        beta.x += 6.0;
        let together = ms < 1800;
        let seen = |body: Entity| if together { vec![body] } else { Vec::new() };
        let moving = |actor: &Actor| {
            let mut state = actor.state();
            state.fields[player::VELOCITY] = 100.0_f32.to_bits();
            state
        };
        let body = |actor: &Actor| {
            let mut body = actor.body();
            body.fields[entity::VELOCITY] = 100.0_f32.to_bits();
            body
        };
        own(&mut first, ms, &[], &moving(&alpha), &seen(body(&beta)));
        own(&mut second, ms, &[], &moving(&beta), &seen(body(&alpha)));
    }
    let mut recordings = rounds(&first.finish(), &ReadOptions::default()).1;
    recordings.extend(rounds(&second.finish(), &ReadOptions::default()).1);
    let merged = merge_all(recordings);
    let [one] = &merged[..] else { panic!("{} rounds", merged.len()) };
    assert_eq!((one.sources, one.conflicts), (2, 0));
    // Both recorded themselves; the third player was never in view.
    let view = RecorderView { seen_ms: 0, alive_ms: 2450 };
    assert_eq!(one.recorded.round.meta.recorder_view, Some(view));
    assert_eq!(one.recorded.round.tracks.len(), 2);
    for (track, life) in one.recorded.round.tracks.iter().zip(&one.recorded.lives) {
        assert!(life.samples.iter().all(|s| s.place == Source::Recorded), "{:?}", life.samples);
        assert_eq!(track.samples.len(), 51, "every moment once, and the end");
    }
}

#[test]
fn where_a_recording_stops_no_life_ends() {
    let (mut whole, mut stopped) = (begin(false, LEGACY), DemoWriter::new(false));
    stopped.gamestate(&config(LEGACY, "20000"), 1);
    let (mut alpha, mut beta) = (actor(0, 1), actor(1, 2));
    let moving = |actor: &Actor| {
        let (mut state, mut body) = (actor.state(), actor.body());
        state.fields[player::VELOCITY] = 100.0_f32.to_bits();
        body.fields[entity::VELOCITY] = 100.0_f32.to_bits();
        (state, body)
    };
    for ms in (500..4000).step_by(50) {
        alpha.x += 5.0;
        beta.x += 6.0;
        let (of_alpha, of_beta) = (moving(&alpha), moving(&beta));
        own(&mut whole, ms, &[], &of_alpha.0, &[of_beta.1]);
        if ms < 2000 {
            own(&mut stopped, ms, &[], &of_beta.0, &[of_alpha.1]);
        }
    }
    let mut recordings = rounds(&stopped.finish(), &ReadOptions::default()).1;
    recordings.extend(rounds(&whole.finish(), &ReadOptions::default()).1);
    let merged = merge_all(recordings);
    let [one] = &merged[..] else { panic!("{} rounds", merged.len()) };
    let tracks = &one.recorded.round.tracks;
    assert_eq!(tracks.len(), 2, "each player has one life");
    for track in tracks {
        let ends = track.samples.iter().filter(|sample| sample.event.is_terminal()).count();
        assert_eq!((track.samples.len(), ends), (71, 1), "{:?}", track.name);
    }
}

/// What a demo tells of objectives: when, of which side, until when, how it ended.
fn carried(bytes: &[u8]) -> Vec<(i32, String, Option<i32>, String)> {
    let (_, rounds) = rounds(bytes, &ReadOptions::default());
    let events = rounds[0].round.meta.objectives.iter().map(|event| match &event.deed {
        ObjectiveDeed::Carry { until, outcome } => {
            (event.time.0, event.objective.to_string(), until.map(|until| until.0), outcome.to_string())
        }
        other => panic!("{other:?}"),
    });
    events.collect()
}

#[test]
fn a_carried_objective_is_seen_on_the_player_and_on_a_body_in_view() {
    let (mut tv, mut client) = (begin(true, LEGACY), begin(false, LEGACY));
    let (alpha, mut beta) = (actor(0, 1), actor(1, 2));
    for ms in (500..900).step_by(50) {
        beta.red_flag = (600..750).contains(&ms) || ms >= 800;
        beta.x += 5.0;
        everyone(&mut tv, ms, &[], &[alpha, beta], &[]);
        own(&mut client, ms, &[], &alpha.state(), &[beta.body()]);
    }
    beta.health = -5;
    let told = [obituary(70, OBITUARY, 1, 0, 8)];
    everyone(&mut tv, 900, &[], &[alpha, beta], &told);
    own(&mut client, 900, &[], &alpha.state(), &[beta.body(), told[0]]);
    let carry = |from, until, outcome: &str| (from, "AXIS".to_owned(), Some(until), outcome.to_owned());
    for bytes in [tv.finish(), client.finish()] {
        assert_eq!(carried(&bytes), [carry(600, 750, "released"), carry(800, 900, "killed")]);
    }
}
