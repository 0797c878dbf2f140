//! Our own module's files say exactly what was played.

use proximity::analysis::Deaths;
use proximity::analysis::lives;
use proximity::analysis::{DropReason, LifeSummary, Provenance};
use proximity::format::{self, ReadOptions};
use proximity::model::{Event, Family, Outcome, Sample, StateSource};
use proximity::sim::truth::RoundTruth;
use proximity::sim::truth::{Frame, Life, LifeEnd, Phase};
use proximity::sim::{Stance, Tracker, file_name, record};
use proximity::{Bots, Filter, State};
use proximity::{Round, Team};

use super::session::{plan, rounds};

/// Reads what a tracker writes of a round; the file must be without fault and survive being written again.
pub fn read_back(truth: &RoundTruth, tracker: Tracker, interval_ms: u32) -> Round {
    let bytes = format::write(&record(truth, &plan(), tracker, interval_ms));
    let name = file_name(truth, tracker);
    let read =
        format::read(&bytes, &ReadOptions { file_name: Some(name), ..ReadOptions::default() }).unwrap();
    assert_eq!(read.warnings, []);
    assert!(format::write(&read.file) == bytes, "a file must be written as it was read");
    assert!(read.file.round.meta.complete);
    read.file.round
}

/// Bots too.
pub fn all_players() -> Filter {
    Filter { bots: Bots::Include, ..Filter::default() }
}

fn stance_of(frame: &Frame) -> u8 {
    match frame.stance {
        Stance::Stand => 0,
        Stance::Crouch => 1,
        Stance::Prone => 2,
    }
}

/// Frames in which a sampling tracker sees a life: alive, after the first.
fn on_grid<'l>(life: &'l Life, round: &RoundTruth, interval_ms: i32) -> impl Iterator<Item = &'l Frame> {
    let last = life.end_ms();
    let closes = matches!(life.end, LifeEnd::RoundEnd | LifeEnd::Disconnect);
    let duration_ms = round.duration_ms;
    life.frames.iter().filter(move |frame| {
        frame.phase == Phase::Alive
            && frame.time_ms % interval_ms == 0
            && frame.time_ms < duration_ms
            && !(closes && frame.time_ms == last)
    })
}

#[test]
fn the_header_is_our_own_modules() {
    let truth = &rounds()[1];
    let meta = read_back(truth, Tracker::Own, 500).meta;
    assert_eq!((meta.family, meta.own_module, meta.round_raw), (Family::V6_11, true, Some(2)));
    assert_eq!(meta.tracker_version.as_deref(), Some("1.0.0"));
    assert_eq!(meta.state_source, StateSource::EflagsStamina);
    assert_eq!((meta.start_unix, meta.end_unix), (Some(truth.start_unix), Some(truth.end_unix())));
    assert_eq!(&*meta.map, "proximity_demo");
    assert_eq!(meta.stamp.map(jiff::civil::DateTime::date), Some(jiff::civil::date(2026, 3, 14)));
}

#[test]
fn every_sample_is_what_the_player_did() {
    for (truth, interval_ms) in rounds().iter().zip([200, 500, 50, 1_000]) {
        let round = read_back(truth, Tracker::Own, interval_ms);
        assert_eq!(round.tracks.len(), truth.lives.len());
        for (track, life) in round.tracks.iter().zip(&truth.lives) {
            assert_eq!(track.guid, truth.players[life.player].guid);
            assert_eq!((track.spawn.0, track.end.map(|end| end.0)), (life.spawn_ms(), Some(life.end_ms())));
            let grid: Vec<&Sample> = track.samples.iter().filter(|s| s.event == Event::Sample).collect();
            let expected: Vec<&Frame> = on_grid(life, truth, interval_ms as i32).collect();
            assert_eq!(grid.len(), expected.len(), "{} at {}", track.name.display(), track.spawn.0);
            for (sample, frame) in grid.into_iter().zip(expected) {
                assert_eq!(sample.time.0, frame.time_ms);
                let off = [sample.at.x - frame.at[0], sample.at.y - frame.at[1], sample.at.z - frame.at[2]];
                assert!(off.iter().all(|o| o.abs() < 0.06), "{sample:?} {frame:?}");
                assert_eq!((sample.stance, sample.health), (stance_of(frame), frame.health));
                assert_eq!(sample.weapon, frame.weapon);
                assert!((sample.speed_ups - frame.velocity[0].hypot(frame.velocity[1])).abs() < 0.06);
            }
            for (index, sample) in track.samples.iter().enumerate() {
                let detail = track.detail(index).unwrap();
                if let Some(frame) = life.frame(sample.time.0).filter(|_| sample.event != Event::RoundEnd) {
                    assert_eq!(detail.stamina, frame.stamina);
                    assert_eq!(detail.eflags & 0x8_0000 != 0, frame.stance == Stance::Prone, "EF_PRONE");
                }
            }
        }
    }
}

#[test]
fn sprint_is_more_than_half_of_the_time_before_the_sample() {
    let truth = &rounds()[0];
    let round = read_back(truth, Tracker::Own, 200);
    let mut sprints = 0;
    for (track, life) in round.tracks.iter().zip(&truth.lives) {
        for pair in track.samples.windows(2).filter(|pair| pair[0].event == Event::Sample) {
            if pair[1].event == Event::Sample && pair[1].time.since(pair[0].time) == 200 {
                let frames = (1..=4).filter_map(|i| life.frame(pair[0].time.0 + i * 50));
                let sprinting = frames.filter(|frame| frame.is_sprinting).count();
                assert_eq!(pair[1].sprint == 1, sprinting >= 2, "{} ms", pair[1].time.0);
                sprints += usize::from(pair[1].sprint);
            }
        }
    }
    assert!(sprints > 200, "{sprints} sprints");
}

#[test]
fn revived_lives_go_on_with_death_and_revive_in_their_path() {
    let mut revived = 0;
    for truth in rounds() {
        let round = read_back(truth, Tracker::Own, 500);
        let count =
            |event: Event| round.tracks.iter().flat_map(|t| &t.samples).filter(|s| s.event == event).count();
        assert_eq!(count(Event::Revived), truth.revives.len());
        assert_eq!(count(Event::Killed) + count(Event::SelfKill), truth.deaths.len());
        assert_eq!(round.revives.len(), truth.revives.len());
        for (row, revival) in round.revives.iter().zip(&truth.revives) {
            assert_eq!((row.time.0, &row.guid), (revival.time_ms, &truth.players[revival.player].guid));
            assert_eq!(row.medic_guid, truth.players[revival.medic].guid);
        }
        for track in &round.tracks {
            for pair in track.samples.windows(2).filter(|pair| pair[1].event == Event::Revived) {
                assert_eq!(
                    pair[0].event,
                    Event::Killed,
                    "the player fell, and nothing else was seen until the revive"
                );
                assert!(pair[0].at.distance_2d(pair[1].at) < 0.2, "in place");
                revived += 1;
            }
        }
    }
    assert!(revived >= 3, "{revived} revives");
}

#[test]
fn the_analysis_finds_what_was_played() {
    for truth in rounds() {
        let round = read_back(truth, Tracker::Own, 200);
        let lives = lives(&round, &all_players());
        let deaths = Deaths::of(&round);
        assert_eq!(lives.lives.len(), truth.lives.len());
        assert_eq!((lives.meaning.stance, lives.meaning.sprint), (Provenance::Recorded, Provenance::Derived));
        let (mut found_ms, mut true_ms) = ([0_i64; 4], [0_i64; 4]);
        let (mut found_units, mut true_units) = (0.0, 0.0);
        for (life, played) in lives.lives.iter().zip(&truth.lives) {
            let summary = LifeSummary::of(life, &deaths);
            let states = [State::Prone, State::Crouch, State::Upright, State::Sprint];
            for (sum, state) in found_ms.iter_mut().zip(states) {
                *sum += summary.state_ms[state.index()];
            }
            found_units += summary.total_distance_units;
            for pair in played.frames.windows(2).filter(|pair| pair[1].phase != Phase::Down) {
                if pair[1].phase != Phase::Revived {
                    let state = if pair[1].is_sprinting { 3 } else { 2 - usize::from(stance_of(&pair[0])) };
                    true_ms[state] += 50;
                    let step = |axis: usize| f64::from(pair[1].at[axis] - pair[0].at[axis]).powi(2);
                    true_units += (step(0) + step(1) + step(2)).sqrt();
                }
            }
            let moved = summary.time_to_first_move_ms.is_some();
            assert_eq!(moved, played.frames.iter().any(|f| f.velocity[0] != 0.0 || f.velocity[1] != 0.0));
        }
        for ((found, real), state) in
            found_ms.iter().zip(true_ms).zip(["prone", "crouch", "upright", "sprint"])
        {
            let off = (found - real).abs() as f64 / real.max(4_000) as f64;
            assert!(off < 0.06, "{state}: {found} ms found, {real} ms played");
        }
        // 200 ms chords cut corners, jumps and dodges; they cannot be longer than the path itself.
        assert!(found_units <= true_units + 1.0, "{found_units} of {true_units}");
        assert!(found_units > 0.93 * true_units, "{found_units} of {true_units}");
    }
}

#[test]
fn engagements_add_up() {
    for truth in rounds() {
        let round = read_back(truth, Tracker::Own, 500);
        let damage: i64 = round.engagements.iter().map(|engagement| engagement.total_damage).sum();
        assert_eq!(damage, truth.hits.iter().map(|hit| i64::from(hit.damage)).sum::<i64>());
        let hits: i64 = round.engagements.iter().flat_map(|f| &f.attackers).map(|a| a.hits).sum();
        assert_eq!(hits, truth.hits.len() as i64);
        let kills = truth.deaths.iter().filter(|death| death.killer != death.victim).count();
        assert_eq!(round.engagements.iter().filter(|f| f.outcome == Outcome::Killed).count(), kills);
        let cells: i64 = round.kill_cells.iter().map(|cell| cell.axis_kills + cell.allies_kills).sum();
        assert_eq!(cells, kills as i64);
        let samples =
            round.tracks.iter().flat_map(|t| &t.samples).filter(|s| s.event == Event::Sample).count();
        assert_eq!(round.movement_cells.iter().map(|cell| cell.traversal).sum::<i64>(), samples as i64);
        assert_eq!(round.movement_cells.iter().map(|cell| cell.combat).sum::<i64>(), hits);
        for engagement in &round.engagements {
            assert_eq!(engagement.num_attackers, engagement.attackers.len() as i64);
            assert_eq!(engagement.total_damage, engagement.attackers.iter().map(|a| a.damage).sum::<i64>());
            assert_eq!(engagement.is_crossfire, engagement.crossfire_participants.len() > 1);
            assert!(engagement.attackers.iter().all(|attacker| attacker.team != engagement.target_team));
            assert!(matches!(engagement.target_team, Team::Axis | Team::Allies));
        }
    }
    let all: Vec<Outcome> = rounds()
        .iter()
        .flat_map(|truth| read_back(truth, Tracker::Own, 500).engagements)
        .map(|f| f.outcome)
        .collect();
    for outcome in [Outcome::Killed, Outcome::Escaped, Outcome::RoundEnd] {
        assert!(all.contains(&outcome), "no engagement ended as {outcome}");
    }
    assert!(
        rounds().iter().any(|t| read_back(t, Tracker::Own, 500).engagements.iter().any(|f| f.is_crossfire))
    );
}

#[test]
fn wounded_players_are_not_counted_as_walking() {
    let truth = rounds().iter().find(|truth| !truth.revives.is_empty()).unwrap();
    let round = read_back(truth, Tracker::Own, 200);
    let dropped = lives(&round, &all_players()).dropped;
    assert_eq!(dropped.lives(DropReason::Limbo) + dropped.lives(DropReason::Empty), 0);
}
