//! Demos of real rounds against the server's own log and the tracker's files of the same rounds.
//!
//! The demos hold texts of the game and are not part of the project. `PROXIMITY_DEMOS` names a folder with `recorded/`,
//! `tracker/` and `truth/`; then `cargo test --test it demo:: -- --ignored --nocapture` prints how much was compared.
#![allow(clippy::print_stderr, reason = "a run with --nocapture is to show what it counted")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use proximity::Round;
use proximity::demo::{ReadOptions, RecordedRound, Source, merge_all, read};
use proximity::format;
use proximity::model::{Event, Track};

fn folder() -> PathBuf {
    std::env::var_os("PROXIMITY_DEMOS").expect("PROXIMITY_DEMOS names the folder of real demos").into()
}

fn rounds(path: &Path, interval_ms: u32) -> Vec<RecordedRound> {
    let mut rounds = Vec::new();
    let summary =
        read(File::open(path).unwrap(), &ReadOptions::default().interval_ms(interval_ms), |round| {
            rounds.push(round);
        });
    let summary = summary.unwrap();
    assert!(summary.warnings.is_empty(), "{}: {:?}", path.display(), summary.warnings);
    rounds
}

/// The tracker's file of a series' first round.
fn tracked(folder: &Path, series: &str) -> Round {
    let files = fs::read_dir(folder.join("tracker")).unwrap().map(|entry| entry.unwrap().path());
    let name =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{series}_1"));
    let path = files.into_iter().find(name).unwrap();
    format::read(&fs::read(path).unwrap(), &format::ReadOptions::default()).unwrap().file.round
}

/// A row of the server's log: health, x, y, z, vx, vy, flags of movement, flags, stamina, weapon.
type Row = [f64; 12];

/// The server's log of a round while it was played, by time on the round's clock and slot.
fn truth(folder: &Path, series: &str) -> BTreeMap<(i64, u8), Vec<Row>> {
    let file = File::open(folder.join(format!("truth/{series}_1_frames.csv.gz"))).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut rows: BTreeMap<(i64, u8), Vec<Row>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let values: Vec<f64> = line.split(',').map(|value| value.parse().unwrap()).collect();
        if values[2] == 0.0 {
            let row = [6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 4, 12].map(|column| values[column]);
            rows.entry(((values[0] - values[1]) as i64, values[3] as u8)).or_default().push(row);
        }
    }
    rows
}

/// Whether a log's row shows a living player's own state.
fn is_alive(row: &Row) -> bool {
    let [health, .., move_flags, _, _, _, team, kind] = *row;
    (team == 1.0 || team == 2.0) && kind == 0.0 && health > 0.0 && move_flags as i32 & (4096 | 16384) == 0
}

/// How far a server's frame carries on a body whose player's commands are late, seconds.
const CARRIED_ON_S: f64 = 0.05;

/// Whether a sample is a row of the log, up to its last digits, `ahead_s` later.
fn is_like(track: &Track, place: usize, source: Source, row: &Row, ahead_s: f64) -> bool {
    let [health, x, y, z, vx, vy, move_flags, flags, stamina, weapon, ..] = *row;
    let sample = &track.samples[place];
    let near = |a: f64, b: f64, most: f64| (a - b).abs() <= most;
    let detail: Vec<Option<f64>> = track.tails.get(place).split(',').map(|text| text.parse().ok()).collect();
    // While following, the recorder's own flag is left out.
    let own = source != Source::Recorded
        || (f64::from(sample.health) == health
            && detail[1] == Some(stamina)
            && detail[2] == Some(move_flags));
    let speed = (vx * vx + vy * vy).sqrt();
    let digits = 0.006 + 0.05 * ahead_s;
    near(sample.at.x.into(), x + vx * ahead_s, digits)
        && near(sample.at.y.into(), y + vy * ahead_s, digits)
        && near(sample.at.z.into(), z, 0.006)
        && near(sample.speed_ups.into(), speed, 0.2)
        && detail[4].is_some_and(|found| near(found, vx, 0.6))
        && detail[5].is_some_and(|found| near(found, vy, 0.6))
        && detail[3] == Some(flags % 16_777_216.0)
        && f64::from(sample.weapon.0) == weapon
        && own
}

#[test]
#[ignore = "needs real demos: PROXIMITY_DEMOS=FOLDER"]
fn every_sample_equals_the_servers_own_log() {
    let folder = folder();
    for name in [
        "B_r1_al_one.dm_84",
        "D_fall_water.dm_84",
        "F_adrenaline.dm_84",
        "T_r1_human_a.dm_84",
        "T_r1_human_lossy.dm_84",
        "T_r1_watcher.dm_84",
        "T_both_rounds_etltv.tv_84",
        "T_r1_server.sv_84",
    ] {
        let truth = truth(&folder, &name[..1]);
        let recorded = rounds(&folder.join("recorded").join(name), 0).remove(0);
        let (mut own, mut seen, mut carried, mut different) = (0, 0, 0, Vec::new());
        let (mut frames, mut told) = (BTreeSet::new(), BTreeSet::new());
        for (track, life) in recorded.round.tracks.iter().zip(&recorded.lives) {
            for (place, sample) in track.samples.iter().enumerate() {
                let source = life.samples[place].place;
                let measured = matches!(sample.event, Event::Spawn | Event::Sample | Event::Revived);
                if source == Source::Coarse || !measured {
                    continue;
                }
                let key = (i64::from(sample.time.0), life.slot);
                frames.insert(key.0);
                let rows = truth.get(&key).map_or(&[][..], Vec::as_slice);
                let is = |ahead_s| rows.iter().any(|row| is_like(track, place, source, row, ahead_s));
                match source {
                    Source::Recorded if is(0.0) => {
                        own += 1;
                        told.insert(key);
                    }
                    Source::Seen if is(0.0) => seen += 1,
                    Source::Seen if is(CARRIED_ON_S) => carried += 1,
                    _ => different.push((
                        track.name.clone(),
                        sample.time,
                        track.tails.get(place).to_owned(),
                        rows,
                    )),
                }
            }
        }
        // Every frame of the recorder, and in TV and server demos of every player, is there.
        let is_whole = |slot: u8| {
            let known = recorded.lives.iter().any(|life| life.slot == slot);
            known && recorded.sights.iter().all(|sight| sight.slot != slot)
        };
        let first = frames.first().copied().unwrap();
        let living = truth.iter().filter(|((time, slot), rows)| {
            *time >= first && frames.contains(time) && is_whole(*slot) && rows.iter().all(is_alive)
        });
        let missing: Vec<_> = living.map(|(key, _)| key).filter(|key| !told.contains(key)).collect();
        eprintln!(
            "{name}: {own} recorded and {seen} seen samples equal the log, {carried} were carried on, {} differ, {} are missing",
            different.len(),
            missing.len()
        );
        assert!(own > 500, "{name}");
        assert!(carried < 10, "{name}");
        assert!(different.is_empty(), "{name}: {:?}", &different[..different.len().min(3)]);
        assert!(missing.is_empty(), "{name}: {:?}", &missing[..missing.len().min(3)]);
    }
}

#[test]
#[ignore = "needs real demos: PROXIMITY_DEMOS=FOLDER"]
fn the_others_time_alive_is_that_of_the_servers_log() {
    let folder = folder();
    for name in ["B_r1_al_one.dm_84", "T_r1_human_a.dm_84", "T_r1_human_lossy.dm_84", "T_r1_watcher.dm_84"] {
        let recorded = rounds(&folder.join("recorded").join(name), 0).remove(0);
        let samples = || recorded.round.tracks.iter().flat_map(|track| &track.samples);
        let times = || samples().map(|s| i64::from(s.time.0));
        let span = times().min().unwrap()..=times().max().unwrap();
        let others: Vec<u8> = recorded.sights.iter().map(|sight| sight.slot).collect();
        let log = truth(&folder, &name[..1]);
        let living = log.iter().filter(|((time, slot), rows)| {
            span.contains(time) && others.contains(slot) && rows.iter().all(is_alive)
        });
        let alive_ms = living.count() as u64 * 50;
        let view = recorded.round.meta.recorder_view.unwrap();
        eprintln!("{name}: {view:?}, {:.3}; alive by the log {alive_ms} ms", view.share());
        let apart = view.alive_ms.abs_diff(alive_ms) as f64 / alive_ms as f64;
        assert!(apart < 0.05, "{name}: {view:?}, and by the log {alive_ms}");
    }
}

#[test]
#[ignore = "needs real demos: PROXIMITY_DEMOS=FOLDER"]
fn lives_of_tv_and_server_demos_are_the_trackers() {
    const FRAME_MS: i64 = 50;
    let folder = folder();
    let tracked = tracked(&folder, "T");
    for name in ["T_both_rounds_etltv.tv_84", "T_r1_server.sv_84"] {
        let recorded = rounds(&folder.join("recorded").join(name), 200).remove(0).round;
        let begin = recorded.tracks[0].samples[0].time;
        let (mut lives, mut samples) = (0, 0);
        for life in tracked.tracks.iter().filter(|track| track.end.unwrap() > begin) {
            let same = recorded.tracks.iter().find(|other| {
                other.name == life.name && other.end.unwrap().since(life.end.unwrap()).abs() <= FRAME_MS
            });
            let same = same.unwrap_or_else(|| panic!("{name}: no life of {:?}", life.name));
            assert_eq!(
                (&same.death_type, &same.team, &same.class),
                (&life.death_type, &life.team, &life.class)
            );
            if life.spawn > begin {
                assert!(same.spawn.since(life.spawn).abs() <= FRAME_MS, "{name}: {:?}", life.name);
                assert!(same.first_move.unwrap().since(life.first_move.unwrap()).abs() <= FRAME_MS);
            }
            for (place, sample) in life.samples.iter().enumerate().filter(|(_, s)| s.event == Event::Sample) {
                let Some(other) =
                    same.samples.iter().position(|s| s.time == sample.time && s.event == Event::Sample)
                else {
                    continue;
                };
                let s = &same.samples[other];
                assert!(s.at.distance_3d(sample.at) < 0.1, "{name}: {:?} at {:?}", life.name, sample.time);
                assert_eq!((s.health, s.weapon), (sample.health, sample.weapon));
                assert_eq!((s.stance, s.sprint), (sample.stance, sample.sprint), "{name}: {:?}", sample.time);
                assert_eq!(same.tails.get(other), life.tails.get(place));
                samples += 1;
            }
            lives += 1;
        }
        eprintln!("{name}: {lives} lives and {samples} samples equal the tracker's");
        assert!(lives >= 13 && samples > 4_000);
        let ends = |round: &Round| -> Vec<(String, String, i64)> {
            let engagements = round.engagements.iter().filter(|e| e.start > begin);
            engagements
                .map(|e| (e.target_name.as_str().into(), e.outcome.to_string(), e.end.since(begin)))
                .collect()
        };
        assert_eq!(ends(&recorded), ends(&tracked), "{name}: engagements");
    }
}

#[test]
#[ignore = "needs real demos: PROXIMITY_DEMOS=FOLDER"]
fn many_eyes_see_one_round_without_a_conflict() {
    let folder = folder();
    let of = |name: &str| rounds(&folder.join("recorded").join(name), 0).remove(0);
    let eyes =
        ["T_r1_human_a.dm_84", "T_r1_human_lossy.dm_84", "T_r1_watcher.dm_84", "T_both_rounds_etltv.tv_84"];
    let mut recordings: Vec<RecordedRound> = eyes.iter().map(|name| of(name)).collect();
    recordings.push(of("B_r1_al_one.dm_84"));
    recordings.push(RecordedRound::from_tracker(tracked(&folder, "T")));
    let alone = of("T_r1_human_a.dm_84");
    let merged = merge_all(recordings);
    let [all, other] = &merged[..] else { panic!("{} rounds", merged.len()) };
    assert_eq!((all.sources, other.sources), (5, 1));
    assert_eq!(all.conflicts, 0);
    let tracks = &all.recorded.round.tracks;
    let samples = |tracks: &[Track]| tracks.iter().map(|track| track.samples.len()).sum::<usize>();
    eprintln!(
        "five recordings: {} lives, {} samples; one of them: {} samples",
        tracks.len(),
        samples(tracks),
        samples(&alone.round.tracks)
    );
    let tracker = tracked(&folder, "T");
    assert_eq!(tracks.len(), tracker.tracks.len());
    for (life, known) in tracks.iter().zip(&tracker.tracks) {
        assert!(
            tracker.tracks.iter().any(|k| k.guid == life.guid && k.spawn == life.spawn && k.end == life.end)
        );
        assert!(life.samples.len() >= known.samples.len().min(2));
        assert!(life.samples.windows(2).all(|pair| pair[0].time <= pair[1].time));
    }
}
