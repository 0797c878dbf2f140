//! The keystone: whatever is played, what the players did is what [`proximity::format::read`] finds in the file.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proximity::Round;
use proximity::analysis::BreakReason;
use proximity::format::{TrackerFile, read, write};
use proximity::model::{Detail, Event, HEAT_CELL_UNITS, Track};
use proximity::{Filter, analysis};

use super::engagements::{engagements_played, engagements_read};
use super::flawless_round;
use super::server::truth::{Life, Posture, RoundTruth, Turn};
use super::server::{Class, Gait, GameServer, Team, means};

/// One step of a script; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Go(usize, usize, u16),
    Jump(usize),
    Shoot(usize, usize, i64, usize),
    Harm(usize, bool),
    SlashKill(usize),
    Revive(usize, usize),
    TapOut(usize),
    Respawn(usize),
    ChangeTeam(usize, usize),
    Leave(usize),
    Join(usize, bool),
    Adrenaline(usize),
    Pause(i64),
    SlowFrame(i64),
    Wait(i64),
}

#[derive(Debug, Clone, Copy)]
enum Close {
    Intermission,
    Restart,
    MapChange,
    Stop,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..12_usize;
    prop_oneof![
        8 => (who.clone(), 0..8_usize, 0..360_u16).prop_map(|(w, g, h)| Step::Go(w, g, h)),
        3 => who.clone().prop_map(Step::Jump),
        10 => (who.clone(), who.clone(), 5..70_i64, 0..6_usize).prop_map(|(a, t, d, m)| Step::Shoot(a, t, d, m)),
        1 => (who.clone(), any::<bool>()).prop_map(|(w, fall)| Step::Harm(w, fall)),
        1 => who.clone().prop_map(Step::SlashKill),
        4 => (who.clone(), who.clone()).prop_map(|(m, p)| Step::Revive(m, p)),
        2 => who.clone().prop_map(Step::TapOut),
        5 => who.clone().prop_map(Step::Respawn),
        1 => (who.clone(), 0..3_usize).prop_map(|(w, t)| Step::ChangeTeam(w, t)),
        1 => who.clone().prop_map(Step::Leave),
        1 => (0..5_usize, any::<bool>()).prop_map(|(class, guid)| Step::Join(class, guid)),
        1 => who.prop_map(Step::Adrenaline),
        1 => (1..9000_i64).prop_map(Step::Pause),
        1 => (25..180_i64).prop_map(Step::SlowFrame),
        10 => (1..2500_i64).prop_map(Step::Wait),
    ]
}

fn close() -> impl Strategy<Value = Close> {
    prop_oneof![
        3 => Just(Close::Intermission),
        1 => Just(Close::Restart),
        1 => Just(Close::MapChange),
        1 => Just(Close::Stop),
    ]
}

const GAITS: [Gait; 8] =
    [Gait::Stand, Gait::Walk, Gait::Run, Gait::Sprint, Gait::Crouch, Gait::Sneak, Gait::Prone, Gait::Crawl];
const CLASSES: [Class; 5] =
    [Class::Soldier, Class::Medic, Class::Engineer, Class::FieldOps, Class::CovertOps];
const TEAMS: [Team; 3] = [Team::Axis, Team::Allies, Team::Spectator];
const MEANS: [i64; 6] =
    [means::MP40, means::THOMPSON, means::GRENADE, means::KNIFE, means::CARBINE, means::KAR98];

fn play(game: &mut GameServer, script: &[Step], close: Close) {
    game.boot();
    for n in 0..4 {
        game.join(&format!("^{n}P;{n}"), TEAMS[n % 2], CLASSES[n]);
    }
    game.run(700).start_match().run(300);
    for (n, step) in script.iter().enumerate() {
        perform(game, n, step);
        game.run(50 * (n as i64 % 3));
    }
    match close {
        Close::Intermission => game.end_round().run(3000),
        Close::Restart => game.restart(),
        Close::MapChange => game.change_map("radar"),
        Close::Stop => game.stop(),
    };
}

fn perform(game: &mut GameServer, n: usize, step: &Step) {
    match *step {
        Step::Go(who, gait, heading) => game.go(who, GAITS[gait], f64::from(heading)),
        Step::Jump(who) => game.jump(who),
        Step::Shoot(attacker, target, damage, means) => game.shoot(attacker, target, damage, MEANS[means]),
        Step::Harm(who, fall) => game.harm(who, if fall { means::FALLING } else { means::WATER }),
        Step::SlashKill(who) => game.slash_kill(who),
        Step::Revive(medic, patient) => game.revive(medic, patient),
        Step::TapOut(who) => game.limbo(who),
        Step::Respawn(who) => game.respawn(who),
        Step::ChangeTeam(who, team) => game.change_team(who, TEAMS[team]),
        Step::Leave(who) => game.disconnect(who),
        Step::Join(class, with_guid) => {
            let crowded = game.world.borrow().clients.iter().filter(|c| c.connected == 2).count() >= 12;
            if crowded {
                return;
            }
            let guid = if with_guid { format!("{:032X}", n + 1) } else { String::new() };
            let slot = game.connect(&format!("J{n}"), &guid);
            game.take_side(slot, TEAMS[n % 2], CLASSES[class])
        }
        Step::Adrenaline(who) => game.adrenaline(who),
        Step::Pause(ms) => game.pause(ms),
        Step::SlowFrame(ms) => game.slow_frame(ms),
        Step::Wait(ms) => game.run(ms),
    };
}

/// Whether the file's 0.1 is this number.
fn near(written: f32, real: f64) -> bool {
    (f64::from(written) - real).abs() < 0.0501 + real.abs() * 1e-6
}

fn at(track: &Track, index: usize, place: [f64; 3]) {
    let found = track.samples[index].at;
    let same = near(found.x, place[0]) && near(found.y, place[1]) && near(found.z, place[2]);
    assert!(same, "{} sample {index}: {found:?}, was at {place:?}", track.name.as_str());
}

/// A life is a row: same player, same times, same places, same states.
fn compare_life(track: &Track, life: &Life, interval: i64) {
    let who = &life.name;
    assert_eq!(track.guid.as_str(), life.guid);
    assert_eq!(track.name.as_str(), life.name.replace(';', "_"));
    assert_eq!((track.team.as_str(), track.class.as_str()), (life.team, life.class));
    assert_eq!(i64::from(track.spawn.0), life.spawn.time, "{who}: spawn");
    assert_eq!(track.end.map(|t| i64::from(t.0)), Some(life.end().time), "{who}: end");
    assert_eq!(track.first_move.map(|t| i64::from(t.0)), life.first_move(), "{who}: first move");
    assert_eq!(track.death_type.as_ref().map(ToString::to_string).as_deref(), Some(life.end().word), "{who}");
    let postures: BTreeMap<i64, &Posture> = life.postures.iter().map(|p| (p.time, p)).collect();
    let mut turns = std::iter::once(&life.spawn).chain(&life.turns);
    let mut before = life.spawn.time;
    for (index, sample) in track.samples.iter().enumerate() {
        let time = i64::from(sample.time.0);
        if sample.event == Event::Sample {
            let posture = postures[&time];
            let frame_before = time - posture.frame_ms;
            assert!(
                time.div_euclid(interval) > frame_before.div_euclid(interval),
                "{who}: {time} is off the grid"
            );
            at(track, index, posture.at);
            compare_state(track, index, posture);
        } else {
            let turn: &Turn =
                turns.next().unwrap_or_else(|| panic!("{who}: {:?} did not happen", sample.event));
            let word = Event::KNOWN.iter().find(|(_, event)| *event == sample.event).map(|(word, _)| *word);
            assert_eq!((time, word), (turn.time, Some(turn.word)), "{who}");
            at(track, index, turn.at);
        }
        if !matches!(sample.event, Event::Spawn | Event::Revived) {
            let watched = life.postures.iter().filter(|p| p.time > before && p.time <= time);
            let (all, sprinted) = watched.fold((0, 0), |(all, sprinted), p| {
                (all + p.frame_ms, sprinted + if p.sprinted { p.frame_ms } else { 0 })
            });
            // Off the grid the last frames before an end may not have been looked at any more.
            let unseen = 50 + life.postures.iter().map(|p| p.frame_ms).max().unwrap_or(0);
            let clear = (2 * sprinted - all).abs() > 2 * unseen;
            if sample.event == Event::Sample || clear {
                assert_eq!(
                    sample.sprint == 1,
                    all > 0 && 2 * sprinted >= all,
                    "{who}: sprint {before}..{time}"
                );
            }
        }
        before = time;
    }
    assert!(turns.next().is_none(), "{who}: something is missing");
    let longest = interval + 200;
    let gaps = track
        .samples
        .windows(2)
        .filter(|w| w[1].time.since(w[0].time) > longest && !w[0].event.is_terminal());
    assert_eq!(gaps.count(), 0, "{who}: samples are missing");
}

fn compare_state(track: &Track, index: usize, posture: &Posture) {
    let sample = &track.samples[index];
    assert_eq!((sample.health.into(), sample.weapon.0.into()), (posture.health, posture.weapon));
    assert_eq!(sample.stance, posture.stance, "{} at {}", track.name.as_str(), posture.time);
    let [vx, vy, vz] = posture.velocity;
    assert!(near(sample.speed_ups, vx.hypot(vy)));
    let whole = |v: f64| (v + 0.5).floor() as i16;
    let detail = Detail {
        yaw_degrees: (posture.yaw + 0.5).floor() as i16 % 360,
        stamina: posture.stamina as i32,
        pm_flags: posture.pm_flags as i32,
        eflags: posture.eflags as i32,
        velocity: [whole(vx), whole(vy), whole(vz)],
    };
    assert_eq!(track.detail(index), Some(detail));
}

/// The file's own counts are those of its rows.
fn compare_cells(round: &Round, truth: &RoundTruth) {
    let cell = |v: f64| ((v * 10.0 + 0.5).floor() / 10.0 / f64::from(HEAT_CELL_UNITS)).floor() as i32;
    let mut kills: BTreeMap<(i32, i32), (i64, i64)> = BTreeMap::new();
    for kill in truth.kills.iter().filter(|kill| kill.of_enemy) {
        let count = kills.entry((cell(kill.at[0]), cell(kill.at[1]))).or_default();
        *(if kill.by_axis { &mut count.0 } else { &mut count.1 }) += 1;
    }
    let found: BTreeMap<_, _> =
        round.kill_cells.iter().map(|c| ((c.x, c.y), (c.axis_kills, c.allies_kills))).collect();
    assert_eq!(found, kills, "kill cells");
    let samples = round.tracks.iter().flat_map(|t| &t.samples).filter(|s| s.event == Event::Sample).count();
    let escapes = round.engagements.iter().filter(|e| e.outcome.as_str() == "escaped").count();
    let sum =
        |of: fn(&proximity::model::MovementCell) -> i64| round.movement_cells.iter().map(of).sum::<i64>();
    assert_eq!(sum(|c| c.traversal), samples as i64);
    assert_eq!(sum(|c| c.combat), truth.hits.len() as i64);
    assert_eq!(sum(|c| c.escape), escapes as i64);
}

fn compare(game: &GameServer) {
    let mut truth = game.truth();
    // A player who spawned in the very last frame was not seen alive, unless hit in it.
    let hits = truth.hits.clone();
    truth.lives.retain(|life| {
        let seen_later = life.seen().any(|p| p.time > life.spawn.time);
        let hit = hits.iter().any(|h| h.target_slot == life.slot && h.order > life.spawn.order);
        seen_later || hit || !matches!(life.end().word, "round_end" | "shutdown")
    });
    let round = flawless_round(game);
    assert!(round.meta.complete);
    let mut tracks: Vec<&Track> = round.tracks.iter().collect();
    tracks.sort_by(|a, b| (a.spawn, &a.guid).cmp(&(b.spawn, &b.guid)));
    truth.lives.sort_by(|a, b| (a.spawn.time, &a.guid).cmp(&(b.spawn.time, &b.guid)));
    let names = |life: &Life| (life.guid.clone(), life.spawn.time, life.end().time);
    let found = |track: &&Track| {
        (track.guid.as_str().to_owned(), track.spawn.0.into(), track.end.map_or(-1, |t| t.0.into()))
    };
    let (found, expected): (Vec<_>, Vec<_>) =
        (tracks.iter().map(found).collect(), truth.lives.iter().map(names).collect());
    assert_eq!(found, expected);
    for (track, life) in tracks.into_iter().zip(&truth.lives) {
        compare_life(track, life, i64::from(round.meta.interval_ms.unwrap()));
    }
    assert_eq!(engagements_read(&round), engagements_played(&truth));
    compare_cells(&round, &truth);
    let revives: Vec<_> = round
        .revives
        .iter()
        .map(|r| (i64::from(r.time.0), r.medic_guid.as_str().to_owned(), r.guid.as_str().to_owned()))
        .collect();
    assert_eq!(revives, truth.revives);
    compare_lines(&round);
    assert_eq!(game.faults(), [""; 0]);
}

/// A picture of the file shows all of it, and breaks a line where a player lay wounded and nowhere else.
fn compare_lines(round: &Round) {
    let lives = analysis::lives(round, &Filter::default());
    assert_eq!(lives.dropped, analysis::Dropped::default());
    for life in &lives.lives {
        let revived = life.samples().iter().filter(|s| s.event == Event::Revived).count();
        let breaks: Vec<BreakReason> = life.breaks().map(|b| b.reason).collect();
        assert_eq!(breaks, vec![BreakReason::Revive; revived]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_played_is_what_is_read(
        script in prop::collection::vec(step(), 10..70),
        close in close(),
        frame_ms in prop::sample::select(vec![25, 50]),
        interval in prop::sample::select(vec!["", "200", "330"]),
        tells_of_revives in any::<bool>(),
    ) {
        let mut game = GameServer::new();
        game.cvar("proximity_interval", interval);
        (game.frame_ms, game.tells_of_revives) = (frame_ms, tells_of_revives);
        play(&mut game, &script, close);
        compare(&game);
    }
}

#[test]
fn a_file_of_the_module_is_laid_out_as_the_library_lays_it_out() {
    let mut game = GameServer::new();
    let script = [
        Step::Go(0, 3, 45),
        Step::Wait(3000),
        Step::Shoot(1, 0, 30, 1),
        Step::Shoot(3, 0, 30, 2),
        Step::Wait(7000),
        Step::Shoot(0, 1, 60, 0),
        Step::Shoot(0, 1, 60, 0),
        Step::Wait(2000),
        Step::Respawn(1),
        Step::Wait(2000),
    ];
    play(&mut game, &script, Close::Intermission);
    compare(&game);
    let (_, bytes) = game.files().pop().expect("a file");
    let file = read(&bytes, &super::ReadOptions::default()).expect("readable").file;
    assert_eq!(String::from_utf8_lossy(&write(&file)), String::from_utf8_lossy(&bytes));
    let again = write(&TrackerFile::from_round(file.round));
    assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&bytes));
}

/// Adrenaline fills the stamina bar in the frame in which it is taken, a rise that says nothing of the legs; here that
/// frame is most of the time between two samples.
#[test]
fn the_frame_of_the_adrenaline_counts_whole() {
    let mut game = GameServer::new();
    game.frame_ms = 25;
    let script = [
        Step::Go(1, 0, 0),
        Step::Go(1, 0, 0),
        Step::Go(0, 0, 0),
        Step::SlowFrame(100),
        Step::Go(0, 0, 0),
        Step::Wait(126),
        Step::Wait(1801),
        Step::SlashKill(1),
        Step::Go(0, 0, 0),
        Step::Jump(0),
        Step::Go(1, 0, 0),
        Step::Wait(451),
        Step::Go(0, 3, 0),
        Step::Adrenaline(0),
        Step::Go(1, 0, 0),
        Step::SlowFrame(125),
    ];
    play(&mut game, &script, Close::Intermission);
    compare(&game);
}
