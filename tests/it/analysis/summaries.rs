//! The figures of a life and of many lives.

use proptest::prelude::*;
use proximity::Round;
use proximity::State;
use proximity::analysis::stops;
use proximity::analysis::{DeathKind, Deaths, LifeSummary, PlayerKey, Tally, summaries, tally_by};
use proximity::format::{self, ReadOptions};
use proximity::model::{Event, Family, LevelTime, Track};

use super::corpus::{
    ALPHA, BRAVO, Dice, all, decimated, only, own_round, round, runner, sample, track, wanderers,
};

/// Two lives of tracker 4.2 at 200 ms: one that starts, sprints and is killed, one that crouches to the end.
const FEBRUARY: &str = "\
# PROXIMITY_TRACKER_V4
# map=etl_supply
# round=2
# crossfire_window=1000
# escape_time=5000
# escape_distance=300
# position_sample_interval=200
# round_start_unix=1771967400
# round_end_unix=1771967402
# ENGAGEMENTS
# id;start_time;end_time;duration;target_guid;target_name;target_team;outcome;total_damage;killer_guid;killer_name;num_attackers;is_crossfire;crossfire_delay;crossfire_participants;start_x;start_y;start_z;end_x;end_y;end_z;distance_traveled;positions;attackers
1;1250;1450;200;0F1E2D3C4B5A69788796A5B4C3D2E1F0;Alpha;ALLIES;killed;130;11AA22BB33CC44DD55EE66FF77001188;Bravo;1;0;;;-1850.8;300.0;24.1;-1780.4;300.0;24.1;70.4;1250,-1850.8,300.0,24.1,start|1450,-1780.4,300.0,24.1,death;11AA22BB33CC44DD55EE66FF77001188,Bravo,AXIS,130,2,1250,1450,1,3:2;

# PLAYER_TRACKS
# guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path
# path format: time,x,y,z,health,speed,weapon,stance,sprint,event separated by |
0F1E2D3C4B5A69788796A5B4C3D2E1F0;Alpha;ALLIES;MEDIC;525;1450;800;DEATH;7;525,-2000.0,300.0,33.1,124,0.0,8,2,0,spawn|600,-2000.0,300.0,24.1,124,0.0,8,2,0,sample|800,-1990.0,300.0,24.1,124,120.0,8,0,0,sample|1000,-1938.8,300.0,24.1,124,256.0,8,0,0,sample|1200,-1868.4,300.0,24.1,124,352.0,8,0,1,sample|1400,-1798.0,300.0,24.1,60,352.0,8,0,1,sample|1450,-1780.4,300.0,24.1,0,0.0,8,0,0,DEATH
11AA22BB33CC44DD55EE66FF77001188;Bravo;AXIS;SOLDIER;525;1500;;round_end;7;525,2000.0,-300.0,33.1,109,0.0,3,2,0,spawn|600,2000.0,-300.0,24.1,109,0.0,3,0,0,sample|800,2000.0,-300.0,24.1,109,0.0,3,0,0,sample|1000,2000.0,-300.0,24.1,109,0.0,3,1,0,sample|1200,2000.0,-300.0,24.1,109,0.0,3,1,0,sample|1400,2000.0,-300.0,24.1,109,0.0,3,1,0,sample|1500,64.0,64.0,512.0,109,0.0,3,0,0,round_end

# KILL_HEATMAP
# grid_x;grid_y;axis_kills;allies_kills

# MOVEMENT_HEATMAP
# grid_x;grid_y;traversal;combat;escape

# REACTION_METRICS
# engagement_id;target_guid;target_name;target_team;target_class;outcome;num_attackers;return_fire_ms;dodge_reaction_ms;support_reaction_ms;start_time;end_time;duration
";

fn february(death: &str) -> Round {
    let options = ReadOptions {
        file_name: Some("2026-02-24-221002-etl_supply-round-2_engagements.txt".into()),
        ..ReadOptions::default()
    };
    format::read(FEBRUARY.replace("DEATH", death).as_bytes(), &options).unwrap().file.round
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 0.001, "{value} is not {expected}");
}

#[test]
fn every_figure_of_a_life_by_hand() {
    let round = february("killed");
    let lives = all(&round);
    let [alpha, bravo] = summaries(&lives).try_into().unwrap();

    assert_eq!((alpha.duration_ms, alpha.time_to_first_move_ms), (Some(925), Some(275)));
    assert_eq!((alpha.sample_count, alpha.declared_samples), (7, 7));
    // 9.0 down, then 10 + 51.2 + 70.4 + 70.4 + 17.6 east.
    near(alpha.total_distance_units, 228.6);
    near(alpha.horizontal_distance_units, 219.6);
    // 120 · 200 + 256 · 200 + 352 · 200 + 352 · 50 over 650 ms; the two zeros do not count.
    near(alpha.avg_speed_ups.unwrap(), 163_200.0 / 650.0);
    near(alpha.mean_speed_ups.unwrap(), 219.6 / 0.925);
    near(alpha.peak_speed_ups, 352.0);
    // The flags at 1200 and 1400 cover 1000 … 1400.
    near(alpha.sprint_percentage.unwrap(), 100.0 * 400.0 / 925.0);
    assert_eq!(alpha.in_state_ms(State::Sprint), 400);
    assert_eq!((alpha.upright_ms(), alpha.recorded_ms, alpha.gap_ms()), (925, 925, 0));
    // Only the first 75 ms; then 10 u in 200 ms is 50 u/s.
    assert_eq!(alpha.still_ms, 75);
    assert_eq!(alpha.damage_taken, Some(124));

    assert_eq!((bravo.duration_ms, bravo.time_to_first_move_ms), (Some(975), None));
    // The camera point adds nothing: 9 units of settling down.
    near(bravo.total_distance_units, 9.0);
    assert_eq!((bravo.sample_count, bravo.avg_speed_ups, bravo.mean_speed_ups), (7, Some(0.0), Some(0.0)));
    assert_eq!(bravo.in_state_ms(State::Low), 400);
    assert_eq!(bravo.in_state_ms(State::Upright), 475);
    assert_eq!((bravo.recorded_ms, bravo.alive_ms, bravo.damage_taken), (875, 975, Some(0)));
    assert_eq!(bravo.sprint_percentage, Some(0.0));
    assert_eq!(bravo.death.kind, DeathKind::Survived);
}

#[test]
fn a_life_without_known_sprint_has_no_percentage() {
    let round = round(Family::V4_1, vec![runner(ALPHA, 500, (0.0, 0.0), 256.0, 2_000, 500)]);
    let summary = &summaries(&all(&round))[0];
    assert_eq!(summary.sprint_percentage, None);
    near(summary.avg_speed_ups.unwrap(), 256.0);
}

#[test]
fn carbine_and_k98_are_kills_when_an_engagement_tells() {
    let death = |word: &str, change: fn(&mut Round)| {
        let mut round = february(word);
        change(&mut round);
        let death = Deaths::of(&round).of_track(&round.tracks[0]);
        (death.kind, death.corrected, death.killer.map(|(_, name)| name.as_str().to_owned()))
    };
    let bravo = Some("Bravo".to_owned());
    assert_eq!(death("killed", |_| ()), (DeathKind::Killed, false, bravo.clone()));
    assert_eq!(death("selfkill", |_| ()), (DeathKind::Killed, true, bravo.clone()));
    assert_eq!(death("fallen", |_| ()), (DeathKind::Killed, true, bravo.clone()));
    // A killer of the victim's side.
    let friendly = |round: &mut Round| round.engagements[0].attackers[0].team = "ALLIES".into();
    assert_eq!(death("selfkill", friendly), (DeathKind::TeamKill, true, bravo.clone()));
    // Killer = target is a real suicide.
    let suicide = |round: &mut Round| round.engagements[0].killer_guid = Some(ALPHA.into());
    assert_eq!(death("selfkill", suicide), (DeathKind::SelfKill, false, None));
    // Another engagement, at another time.
    let earlier = |round: &mut Round| round.engagements[0].end = LevelTime(1_349);
    assert_eq!(death("selfkill", earlier), (DeathKind::SelfKill, false, None));
    // These two write the truth.
    let branch = |round: &mut Round| round.meta.family = Family::V5Early;
    assert_eq!(death("selfkill", branch), (DeathKind::SelfKill, false, bravo.clone()));
    let own = |round: &mut Round| round.meta.own_module = true;
    assert_eq!(death("fallen", own), (DeathKind::Fallen, false, bravo.clone()));
    assert_eq!(death("world", |_| ()).0, DeathKind::World);
    assert_eq!(death("round_end", |_| ()), (DeathKind::Survived, false, None));
}

#[test]
fn tracker_4_0_says_death_for_a_kill_and_for_leaving() {
    let mut round = february("killed");
    for life in &mut round.tracks {
        life.death_type = None;
        life.samples.last_mut().unwrap().event = Event::Death;
    }
    let deaths = Deaths::of(&round);
    assert_eq!(deaths.of_track(&round.tracks[0]).kind, DeathKind::Killed);
    assert_eq!(deaths.of_track(&round.tracks[1]).kind, DeathKind::DiedOrLeft);
}

#[test]
fn jumps_add_no_distance_and_gaps_add_their_lower_bound() {
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 100.0, 4_000, 200);
    for s in &mut life.samples[5..] {
        s.at.x += 5_000.0;
    }
    for s in &mut life.samples[10..] {
        s.time.0 += 6_000;
        s.at.x += 600.0;
    }
    life.end = Some(life.samples.last().unwrap().time);
    let round = own_round(vec![life]);
    let summary = &summaries(&all(&round))[0];
    // 20 steps of 20 u; the one with the jump is lost, the one over the gap is 620 u.
    near(summary.total_distance_units, 18.0 * 20.0 + 620.0);
    assert_eq!(summary.break_ms, [6_200, 0, 0, 200, 0]);
    assert_eq!((summary.gap_ms(), summary.recorded_ms, summary.alive_ms), (6_400, 3_600, 10_000));
    // Known ways only: 18 steps of 20 u in 3.6 s.
    near(summary.mean_speed_ups.unwrap(), 100.0);
}

#[test]
fn a_revived_life_of_our_own_module_goes_on() {
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 100.0, 6_000, 200);
    // Killed at 1500 with 60 health left before, revived in place 3 s later with 50, then runs on.
    (life.samples[4].health, life.samples[5].health) = (60, 0);
    life.samples[5].event = Event::Killed;
    for (i, s) in life.samples.iter_mut().enumerate().skip(6) {
        s.event =
            [Event::Sample, Event::Revived, Event::Killed][usize::from(i == 6) + 2 * usize::from(i == 30)];
        s.time.0 += 2_800;
        s.at.x -= 20.0;
        s.health = if i == 30 { 0 } else { 50 };
    }
    life.end = Some(life.samples[30].time);
    let round = own_round(vec![life]);
    let summary = &summaries(&all(&round))[0];
    assert_eq!((summary.revives, summary.damage_taken), (1, Some(100 + 50)));
    // 3 s down; 29 steps of 20 u walked.
    assert_eq!(
        (summary.break_ms, summary.recorded_ms, summary.alive_ms),
        ([0, 0, 3_000, 0, 0], 5_800, 8_800)
    );
    near(summary.total_distance_units, 580.0);
}

#[test]
fn impossible_times_have_no_duration() {
    let mut life = runner(ALPHA, 500, (0.0, 0.0), 100.0, 4_000, 200);
    life.end = None;
    let unknown = own_round(vec![life.clone()]);
    assert_eq!(summaries(&all(&unknown))[0].duration_ms, None);
    life.end = Some(LevelTime(0));
    let negative = own_round(vec![life.clone()]);
    assert_eq!(summaries(&all(&negative))[0].duration_ms, None);
    // Zero is a time like any other.
    let zero = own_round(vec![runner(ALPHA, -4_000, (0.0, 0.0), 100.0, 4_000, 200)]);
    assert_eq!(summaries(&all(&zero))[0].duration_ms, Some(4_000));
}

#[test]
fn stays_of_three_seconds_are_stops() {
    let mut samples = vec![sample(500, 0.0, 0.0, Event::Spawn)];
    // 4 s still, 2 s run, 2.8 s still, then crouched for 5 s, drifting at 10 u/s, then a run.
    for t in (700..20_000).step_by(200) {
        let moving_ms = (t - 4_500).clamp(0, 2_000) + (t - 14_300).max(0);
        let drift_ms = (t - 9_300).clamp(0, 5_000);
        let mut s = sample(t, moving_ms as f32 * 0.25 + drift_ms as f32 * 0.01, 0.0, Event::Sample);
        s.stance = u8::from((9_300..14_300).contains(&t));
        samples.push(s);
    }
    let round = own_round(vec![track(ALPHA, samples)]);
    let life = only(&round);
    let found: Vec<_> = stops(&life).iter().map(|s| (s.duration_ms, s.at.x, s.state)).collect();
    // The second stay is 2.8 s upright and 5 s crouched: one stay, held longest crouched.
    assert_eq!(found, [(4_000, 0.0, State::Upright), (7_800, 510.0, State::Crouch)]);
}

#[test]
fn the_seeds_averages_count_each_life_once() {
    let mut slow = runner(ALPHA, 500, (0.0, 0.0), 100.0, 1_000, 200);
    let mut fast = runner(BRAVO, 500, (0.0, 0.0), 300.0, 9_000, 200);
    (slow.first_move, fast.first_move) = (Some(LevelTime(700)), Some(LevelTime(1_100)));
    for s in &mut fast.samples[1..45] {
        s.sprint = 1;
    }
    let round = own_round(vec![slow, fast, runner("SLOT5", 500, (0.0, 9.0), 0.0, 2_000, 200)]);
    let lives = all(&round);
    let tally = tally_by([&lives], |_| ()).remove(&()).unwrap();
    assert_eq!(tally.lives, 3);
    near(tally.mean_duration_ms().unwrap(), 4_000.0);
    near(tally.mean_avg_speed_ups().unwrap(), 400.0 / 3.0);
    assert_eq!(
        (tally.mean_first_move_ms(), tally.median_first_move_ms(), tally.moved_lives()),
        (Some(400.0), Some(200), 2)
    );
    near(tally.distance_units(), 2_800.0);
    // The fast life's end is not measured: 8.8 of 9 s.
    near(tally.mean_sprint_percentage().unwrap(), 100.0 * 8.8 / 9.0 / 3.0);
    near(tally.sprint_percentage().unwrap(), 100.0 * 8.8 / 12.0);
    assert_eq!(tally.peak_speed_ups(), 300.0);
    near(tally.mean_speed_ups().unwrap(), 2_800.0 / 12.0);
    near(tally.state_share(State::Sprint), 8.8 / 12.0);
}

#[test]
fn stand_ins_are_never_joined_across_files() {
    let file = |hash: &str| {
        let mut round = own_round(vec![
            runner("SLOT5", 500, (0.0, 0.0), 100.0, 2_000, 200),
            runner(ALPHA, 500, (0.0, 0.0), 100.0, 2_000, 200),
        ]);
        round.meta.content_hash = hash.into();
        round
    };
    let (a, b) = (file("aa"), file("bb"));
    let rounds = [all(&a), all(&b)];
    let players =
        tally_by(&rounds, |life| PlayerKey::of(life.round(), &life.track().guid, life.track().name.as_str()));
    let counts: Vec<u64> = players.values().map(|t| t.lives).collect();
    assert_eq!((players.len(), counts.iter().sum::<u64>()), (3, 4));
    assert_eq!(players[&PlayerKey::Known(ALPHA.into())].lives, 2);
}

/// A walk along one straight line at constant speed with standing at its end, in one state each.
fn straight(dice: &mut Dice) -> Track {
    let (dx, dy) = (dice.between(-200.0, 200.0), dice.between(-200.0, 200.0));
    let walk_ms = 5_000 * (1 + dice.roll() % 6) as i32;
    let mut samples = Vec::new();
    for t in (0..=walk_ms + 10_000).step_by(200) {
        let seconds = t.min(walk_ms) as f32 / 1_000.0;
        let event = if t == 0 { Event::Spawn } else { Event::Sample };
        let mut s = sample(1_000 + t, dx * seconds, dy * seconds, event);
        s.speed_ups = if t < walk_ms { (dx * dx + dy * dy).sqrt() } else { 0.0 };
        s.sprint = u8::from(t > 0 && t <= walk_ms);
        s.stance = if t >= walk_ms { 2 } else { 0 };
        samples.push(s);
    }
    let mut last = *samples.last().unwrap();
    last.event = Event::Killed;
    last.health = 0;
    samples.push(last);
    track(ALPHA, samples)
}

proptest! {
    /// A file at 500 or 1000 ms says the same about a straight walk as one at 200 ms.
    #[test]
    fn the_sampling_interval_changes_nothing(seed: u64, step in prop::sample::select(vec![5_usize, 25])) {
        let fine = straight(&mut Dice(seed));
        let coarse = decimated(&fine, step);
        let of = |life: &Track| {
            let round = own_round(vec![life.clone()]);
            let lives = all(&round);
            LifeSummary::of(&lives.lives[0], &Deaths::of(&round))
        };
        let (a, b) = (of(&fine), of(&coarse));
        prop_assert_eq!((a.duration_ms, a.recorded_ms, a.state_ms), (b.duration_ms, b.recorded_ms, b.state_ms));
        prop_assert_eq!((a.still_ms, a.damage_taken), (b.still_ms, b.damage_taken));
        for (x, y) in [
            (a.total_distance_units, b.total_distance_units),
            (a.mean_speed_ups.unwrap(), b.mean_speed_ups.unwrap()),
            (a.avg_speed_ups.unwrap(), b.avg_speed_ups.unwrap()),
            (a.sprint_percentage.unwrap(), b.sprint_percentage.unwrap()),
            (a.peak_speed_ups, b.peak_speed_ups),
        ] {
            prop_assert!((x - y).abs() <= 0.01 + x.abs() * 1e-4, "{x} and {y}");
        }
    }

    /// Neither the order of lives nor the grouping of sums changes a tally.
    #[test]
    fn order_does_not_matter(seed in 0_u64..1_000, turn in 0_usize..40, split in 0_usize..40) {
        let mut round = wanderers(seed, 40);
        let tally = |round: &Round| tally_by([&all(round)], |life| life.track().class.clone());
        let first = tally(&round);
        let list = summaries(&all(&round));
        round.tracks.rotate_left(turn);
        round.tracks[..turn].reverse();
        prop_assert_eq!(&first, &tally(&round));

        let sum = |part: &[LifeSummary]| part.iter().fold(Tally::default(), |mut t, s| { t.add(s); t });
        let (left, right) = list.split_at(split.min(list.len()));
        let mut merged = sum(right);
        merged.merge(&sum(left));
        prop_assert_eq!(merged, sum(&list));
    }
}
