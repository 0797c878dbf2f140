//! The keystone: whatever is played, what the players did is what [`proximity::format::read`] finds in the file.
#![allow(clippy::type_complexity, reason = "rows as the file has them, compared as they are")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use proximity::format::{TrackerFile, read, write};
use proximity::model::{Detail, Event, HEAT_CELL_UNITS, Round, Track};

use super::flawless_round;
use super::server::truth::{Hit, Life, Posture, RoundTruth, Turn};
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
            let name = format!("J{n}");
            if with_guid {
                game.join(&name, TEAMS[n % 2], CLASSES[class]);
                game
            } else {
                let slot = game.connect(&name, "");
                game.take_side(slot, TEAMS[n % 2], CLASSES[class])
            }
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

/// A fight as the rules make it of the hits; written anew, not from the module.
#[derive(Debug, PartialEq)]
struct Fight {
    target: String,
    start: i64,
    end: i64,
    outcome: &'static str,
    damage: i64,
    killer: Option<String>,
    /// GUID, damage, hits, first and last hit, kill, hits by weapon.
    attackers: Vec<(String, i64, i64, i64, i64, bool, BTreeMap<i64, i64>)>,
    crossfire: Option<(i64, Vec<String>)>,
}

fn fights_of(truth: &RoundTruth) -> Vec<Fight> {
    let mut fights: Vec<Fight> = truth.lives.iter().flat_map(|life| fights_in(life, truth)).collect();
    fights.sort_by(|a, b| (a.start, &a.target).cmp(&(b.start, &b.target)));
    fights
}

enum Happening<'a> {
    Hit(&'a Hit),
    Turn(&'a Turn),
    Frame(&'a Posture),
}

fn fights_in(life: &Life, truth: &RoundTruth) -> Vec<Fight> {
    let until = life.end().order;
    let hits = truth.hits.iter().filter(|h| h.target_slot == life.slot);
    let hits = hits.filter(|h| h.order > life.spawn.order && h.order < until);
    let mut happenings: Vec<(i64, usize, Happening)> =
        hits.map(|h| (h.time, h.order, Happening::Hit(h))).collect();
    // Within a frame players act first, then the module looks; a server stops after that.
    let place = |t: &Turn| if t.word == "shutdown" { usize::MAX } else { t.order };
    happenings.extend(life.turns.iter().map(|t| (t.time, place(t), Happening::Turn(t))));
    happenings.extend(life.postures.iter().map(|p| (p.time, usize::MAX - 1, Happening::Frame(p))));
    happenings.sort_by_key(|&(time, order, _)| (time, order));
    let (mut done, mut open): (Vec<Fight>, Option<(Fight, i64, [f64; 3])>) = (Vec::new(), None);
    for (time, _, happening) in happenings {
        match happening {
            Happening::Hit(hit) => {
                let (fight, last, place) = open.get_or_insert_with(|| (Fight::new(life, time), time, hit.at));
                fight.take(hit);
                (*last, *place) = (time, hit.at);
            }
            Happening::Turn(turn) if turn.word != "revived" => {
                if let Some((mut fight, ..)) = open.take() {
                    let kill = truth.kills.iter().find(|k| k.0 == time && k.2 == life.guid);
                    if let Some((_, killer, ..)) = kill.filter(|_| turn.word == "killed") {
                        fight.killer = Some(killer.clone());
                        let attacker = fight.attackers.iter_mut().find(|a| a.0 == *killer);
                        attacker.expect("a killer has hit").5 = true;
                    }
                    done.push(fight.close(time, turn.word));
                }
            }
            Happening::Turn(_) => {}
            Happening::Frame(posture) => {
                let Some((_, last, place)) = &open else { continue };
                let away: f64 =
                    posture.at.iter().zip(place).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                let word = match time - last {
                    5000.. if away >= 300.0 => "escaped",
                    15_000.. => "timeout",
                    _ => continue,
                };
                done.extend(open.take().map(|(fight, ..)| fight.close(time, word)));
            }
        }
    }
    done
}

impl Fight {
    fn new(life: &Life, start: i64) -> Self {
        Self {
            target: life.guid.clone(),
            start,
            end: start,
            outcome: "",
            damage: 0,
            killer: None,
            attackers: Vec::new(),
            crossfire: None,
        }
    }

    fn take(&mut self, hit: &Hit) {
        self.damage += hit.damage;
        let place = self.attackers.iter().position(|a| a.0 == hit.attacker);
        let place = place.unwrap_or_else(|| {
            let new = (hit.attacker.clone(), 0, 0, hit.time, hit.time, false, BTreeMap::new());
            self.attackers.push(new);
            self.attackers.len() - 1
        });
        let attacker = &mut self.attackers[place];
        attacker.1 += hit.damage;
        attacker.2 += 1;
        attacker.4 = hit.time;
        *attacker.6.entry(hit.weapon).or_default() += 1;
    }

    fn close(mut self, end: i64, outcome: &'static str) -> Self {
        (self.end, self.outcome) = (end, outcome);
        let first = self.attackers[0].3;
        let near: Vec<_> = self.attackers.iter().filter(|a| a.3 - first <= 1000).collect();
        if let [_, second, ..] = near[..] {
            self.crossfire = Some((second.3 - first, near.iter().map(|a| a.0.clone()).collect()));
        }
        self
    }
}

fn compare_fights(round: &Round, truth: &RoundTruth) {
    let mut found: Vec<Fight> = Vec::new();
    for e in &round.engagements {
        let time = |t: proximity::model::LevelTime| i64::from(t.0);
        let attackers = e.attackers.iter().map(|a| {
            let weapons = a.weapons.iter().map(|w| (i64::from(w.weapon.0), w.hits)).collect();
            let guid = a.guid.as_str().to_owned();
            (guid, a.damage, a.hits, time(a.first_hit), time(a.last_hit), a.got_kill, weapons)
        });
        let guids = || e.crossfire_participants.iter().map(|g| g.as_str().to_owned()).collect();
        assert_eq!(e.duration_ms, e.end.since(e.start));
        assert_eq!(e.num_attackers as usize, e.attackers.len());
        assert_eq!(e.is_crossfire, e.crossfire_delay_ms.is_some());
        let path: f64 = e.positions.windows(2).map(|w| w[0].at.distance_3d(w[1].at)).sum();
        assert!((path - f64::from(e.distance_units)).abs() < 0.2 * e.positions.len() as f64);
        found.push(Fight {
            target: e.target_guid.as_str().to_owned(),
            start: time(e.start),
            end: time(e.end),
            outcome: Box::leak(e.outcome.to_string().into_boxed_str()),
            damage: e.total_damage,
            killer: e.killer_guid.as_ref().map(|g| g.as_str().to_owned()),
            attackers: attackers.collect(),
            crossfire: e.crossfire_delay_ms.map(|delay| (delay, guids())),
        });
    }
    found.sort_by(|a, b| (a.start, &a.target).cmp(&(b.start, &b.target)));
    let mut expected = fights_of(truth);
    for fight in &mut expected {
        // The truth does not note who killed a team-mate.
        let same = found.iter().find(|f| f.start == fight.start && f.target == fight.target);
        if fight.outcome == "teamkill" {
            fight.killer = same.and_then(|f| f.killer.clone());
        }
    }
    assert_eq!(found, expected);
}

/// The file's own counts are those of its rows.
fn compare_cells(round: &Round, truth: &RoundTruth) {
    let cell = |v: f64| ((v * 10.0 + 0.5).floor() / 10.0 / f64::from(HEAT_CELL_UNITS)).floor() as i32;
    let mut kills: BTreeMap<(i32, i32), (i64, i64)> = BTreeMap::new();
    for (_, _, _, place, axis) in &truth.kills {
        let count = kills.entry((cell(place[0]), cell(place[1]))).or_default();
        *(if *axis { &mut count.0 } else { &mut count.1 }) += 1;
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
    // Whoever spawned in the very last frame was not seen alive any more, unless he was hit in it.
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
    compare_fights(&round, &truth);
    compare_cells(&round, &truth);
    let revives: Vec<_> = round
        .revives
        .iter()
        .map(|r| (i64::from(r.time.0), r.medic_guid.as_str().to_owned(), r.guid.as_str().to_owned()))
        .collect();
    assert_eq!(revives, truth.revives);
    assert_eq!(game.faults(), [""; 0]);
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
