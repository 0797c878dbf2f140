//! The original tracker's files of the same play are wrong in its own ways, and the analysis sees through them.

use proximity::Round;
use proximity::analysis::lives;
use proximity::analysis::{DeathKind, Deaths};
use proximity::analysis::{DropReason, LowMeaning, Provenance};
use proximity::geom::WorldPoint;
use proximity::model::{DeathType, Event, Family, Track};
use proximity::sim::truth::RoundTruth;
use proximity::sim::truth::{LifeEnd, Phase};
use proximity::sim::{Tracker, file_name};

use super::files::{all_players, read_back};
use super::session::{plan, rounds};

/// The tracks that are no phantoms, in the order of the truth's lives.
fn real(round: &Round) -> Vec<&Track> {
    let phantom = |track: &Track| track.samples.iter().any(|s| s.event == Event::Sample && s.health <= 0);
    round.tracks.iter().filter(|track| !phantom(track)).collect()
}

#[test]
fn the_shape_is_the_originals() {
    let truth = &rounds()[0];
    let (old, new) = (read_back(truth, Tracker::V4_0, 500), read_back(truth, Tracker::V4_1, 500));
    assert_eq!((old.meta.family, new.meta.family), (Family::V4_0, Family::V4_1));
    assert_eq!((old.meta.round_raw, old.meta.start_unix), (Some(0), None));
    assert!(file_name(truth, Tracker::V4_1).ends_with("-proximity_demo-round-0_engagements.txt"));
    assert!(old.tracks.iter().all(|track| track.death_type.is_none()));
    assert!(new.tracks.iter().all(|track| track.death_type.is_some() && track.tails.is_empty()));
    let words = |round: &Round| {
        let last = round.tracks.iter().filter_map(|track| track.samples.last());
        last.map(|sample| sample.event).filter(|event| *event != Event::RoundEnd).collect::<Vec<_>>()
    };
    assert!(words(&old).iter().all(|event| *event == Event::Death));
    assert!(words(&new).contains(&Event::Killed) && !words(&new).contains(&Event::Death));
}

#[test]
fn prone_reads_as_crouched_and_respawned_as_prone() {
    for truth in rounds() {
        let round = read_back(truth, Tracker::V4_1, 500);
        assert!(round.tracks.iter().all(|track| track.samples[0].stance == 2), "every spawn looks prone");
        for (track, life) in real(&round).into_iter().zip(&truth.lives) {
            let offset = track.spawn.0 - life.spawn_ms();
            for sample in track.samples.iter().filter(|sample| sample.event == Event::Sample) {
                let frame = life.frame(sample.time.0 - offset).unwrap();
                let fresh = frame.pm_flags & 512 != 0;
                let low = frame.pm_flags & 1 != 0;
                assert_eq!(sample.stance, if fresh { 2 } else { u8::from(low) });
                assert_eq!(sample.sprint, 0);
            }
        }
        let meaning = lives(&round, &all_players()).meaning;
        assert_eq!((meaning.sprint, meaning.low), (Provenance::NotRecorded, LowMeaning::CrouchOrProne));
    }
}

#[test]
fn survivors_end_at_the_camera_and_are_cut_there() {
    let [x, y, z] = plan().intermission.map(|c| c as f32);
    for truth in rounds() {
        let round = read_back(truth, Tracker::V4_1, 500);
        let survivors = truth.lives.iter().filter(|life| {
            let fell = life.frames.iter().any(|frame| frame.phase == Phase::Death);
            life.end == LifeEnd::RoundEnd && !fell
        });
        let at_camera =
            round.tracks.iter().filter_map(|t| t.samples.last()).filter(|s| s.event == Event::RoundEnd);
        assert_eq!(at_camera.clone().count(), survivors.count());
        assert!(at_camera.clone().all(|sample| sample.at == WorldPoint::new(x, y, z)));
        let lives = lives(&round, &all_players());
        assert_eq!(lives.dropped.samples(DropReason::CameraEnd), at_camera.count() as u64);
    }
}

#[test]
fn a_revive_leaves_a_hole() {
    let holes = |truth: &RoundTruth| {
        let round = read_back(truth, Tracker::V4_1, 500);
        assert!(round.revives.is_empty());
        let mut revived = 0;
        for (track, life) in real(&round).into_iter().zip(&truth.lives) {
            let first = life.frames.iter().find(|frame| frame.phase == Phase::Death);
            let end = track.end.unwrap().since(track.spawn);
            let expected = first.map_or(life.end_ms(), |frame| frame.time_ms) - life.spawn_ms();
            assert_eq!(end, i64::from(expected));
            revived += usize::from(life.frames.iter().any(|frame| frame.phase == Phase::Revived));
        }
        revived
    };
    assert!(rounds().iter().map(holes).sum::<usize>() > 2);
}

#[test]
fn who_joins_late_leaves_a_phantom_that_the_analysis_drops() {
    let truth = rounds().iter().find(|truth| !truth.joins.is_empty()).unwrap();
    let round = read_back(truth, Tracker::V4_1, 200);
    assert_eq!(round.tracks.len(), truth.lives.len() + 1);
    let phantom = round.tracks.iter().find(|track| track.death_type == Some(DeathType::Unknown)).unwrap();
    assert_eq!(phantom.guid, truth.players[truth.joins[0].player].guid);
    assert!(phantom.samples.iter().skip(1).all(|sample| sample.health == 0 && sample.sprint == 1));
    let lives = lives(&round, &all_players());
    assert_eq!(lives.dropped.lives(DropReason::Limbo), 1);
    assert_eq!(lives.lives.len(), truth.lives.len());
}

#[test]
fn carbine_and_k98_kills_are_written_wrongly_and_put_right_by_the_engagements() {
    let mut wrong = 0;
    for truth in rounds() {
        let round = read_back(truth, Tracker::V4_1, 500);
        let deaths = Deaths::of(&round);
        for (track, life) in real(&round).into_iter().zip(&truth.lives) {
            let first = truth.deaths.iter().find(|death| {
                death.victim == life.player && (life.spawn_ms()..=life.end_ms()).contains(&death.time_ms)
            });
            let Some(death) = first else { continue };
            let written = match death.means {
                33 | 37 => DeathType::SelfKill,
                38 => DeathType::Fallen,
                _ => DeathType::Killed,
            };
            assert_eq!(track.death_type, Some(written));
            let kind = if death.killer == death.victim { DeathKind::SelfKill } else { DeathKind::Killed };
            assert_eq!(deaths.of_track(track).kind, kind);
            wrong += usize::from(matches!(death.means, 37 | 38));
        }
    }
    assert!(wrong > 2, "{wrong} kills by rifle");
}
