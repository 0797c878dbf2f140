//! Readers that were written for the original tracker: their rules, written down anew, on the module's file.
//!
//! They know headings by prefix, skip every other line that starts with `#`, take a track row by its number of fields
//! (9 or 10), and a sample by its first ten values.

use super::server::{Class, Gait, GameServer, Team, means};
use super::{flawless_round, lives_of};

const HEADINGS: [&str; 24] = [
    "ENGAGEMENTS",
    "PLAYER_TRACKS",
    "KILL_HEATMAP",
    "MOVEMENT_HEATMAP",
    "OBJECTIVE_FOCUS",
    "REACTION_METRICS",
    "SPAWN_TIMING",
    "TEAM_COHESION",
    "CROSSFIRE_OPPORTUNITIES",
    "FOCUS_FIRE",
    "TEAM_PUSHES",
    "TRADE_KILLS",
    "REVIVES",
    "WEAPON_ACCURACY",
    "KILL_OUTCOME",
    "HIT_REGIONS",
    "COMBAT_POSITIONS",
    "SHOT_FIRED",
    "AIM_LOCK",
    "CARRIER_EVENTS",
    "VEHICLE_PROGRESS",
    "ESCORT_CREDIT",
    "CONSTRUCTION_EVENTS",
    "OBJECTIVE_RUNS",
];

#[derive(Debug, Default)]
struct OldRound {
    map: String,
    round: i64,
    interval: i64,
    start_unix: i64,
    end_unix: i64,
    tracks: Vec<OldTrack>,
    engagements: Vec<Vec<String>>,
    kills: Vec<[i64; 4]>,
    moves: Vec<[i64; 5]>,
    revives: Vec<Vec<String>>,
}

#[derive(Debug)]
struct OldTrack {
    guid: String,
    name: String,
    spawn: i64,
    death: Option<i64>,
    first_move: Option<i64>,
    death_type: Option<String>,
    samples: i64,
    path: Vec<OldSample>,
}

#[derive(Debug)]
struct OldSample {
    time: i64,
    x: f64,
    y: f64,
    z: f64,
    health: i64,
    speed: f64,
    weapon: i64,
    stance: i64,
    sprint: i64,
    event: String,
}

fn whole(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("{text:?} is not a whole number"))
}

fn decimal(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{text:?} is not a number"))
}

fn old_sample(text: &str) -> Result<OldSample, String> {
    let v: Vec<&str> = text.split(',').collect();
    if v.len() < 10 {
        return Err(format!("{} values", v.len()));
    }
    Ok(OldSample {
        time: whole(v[0])?,
        x: decimal(v[1])?,
        y: decimal(v[2])?,
        z: decimal(v[3])?,
        health: whole(v[4])?,
        speed: decimal(v[5])?,
        weapon: whole(v[6])?,
        stance: whole(v[7])?,
        sprint: whole(v[8])?,
        event: v[9].to_owned(),
    })
}

/// A row of 9 or 10 fields; an error in one of a sample's whole numbers loses the row.
fn old_track(line: &str) -> Result<OldTrack, String> {
    let f: Vec<&str> = line.split(';').collect();
    let (death_type, samples, path) = match f[..] {
        [_, _, _, _, _, _, _, samples, path] => (None, samples, path),
        [_, _, _, _, _, _, _, death_type, samples, path] => (Some(death_type.to_owned()), samples, path),
        _ => return Err(format!("{} fields", f.len())),
    };
    let optional = |text: &str| if text.is_empty() { Ok(None) } else { whole(text).map(Some) };
    Ok(OldTrack {
        guid: f[0].to_owned(),
        name: f[1].to_owned(),
        spawn: whole(f[4])?,
        death: optional(f[5])?.filter(|&time| time != 0),
        first_move: optional(f[6])?,
        death_type,
        samples: whole(samples)?,
        path: path.split('|').filter(|s| !s.is_empty()).map(old_sample).collect::<Result<_, _>>()?,
    })
}

fn old_read(text: &str) -> Result<OldRound, String> {
    let mut round = OldRound::default();
    let mut section = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix('#') {
            let comment = comment.trim_start();
            if let Some(heading) = HEADINGS.into_iter().find(|heading| comment.starts_with(heading)) {
                section = heading;
            } else if let Some((key, value)) = comment.split_once('=').filter(|_| section.is_empty()) {
                match key {
                    "map" => value.clone_into(&mut round.map),
                    "round" => round.round = whole(value)?,
                    "position_sample_interval" => round.interval = whole(value)?,
                    "round_start_unix" => round.start_unix = whole(value)?,
                    "round_end_unix" => round.end_unix = whole(value)?,
                    "crossfire_window"
                    | "escape_time"
                    | "escape_distance"
                    | "axis_spawn_interval"
                    | "allies_spawn_interval"
                    | "test_mode" => drop(whole(value)?),
                    _ => {}
                }
            }
            continue;
        }
        let numbers = || line.split(';').map(whole).collect::<Result<Vec<i64>, String>>();
        match section {
            "ENGAGEMENTS" => round.engagements.push(line.splitn(24, ';').map(str::to_owned).collect()),
            "PLAYER_TRACKS" => round.tracks.push(old_track(line)?),
            "KILL_HEATMAP" => round.kills.push(numbers()?.try_into().map_err(|n| format!("{n:?}"))?),
            "MOVEMENT_HEATMAP" => round.moves.push(numbers()?.try_into().map_err(|n| format!("{n:?}"))?),
            "REVIVES" => round.revives.push(line.split(';').map(str::to_owned).collect()),
            other => return Err(format!("a row in {other:?}: {line}")),
        }
    }
    Ok(round)
}

fn a_match() -> GameServer {
    let mut game = GameServer::new();
    game.boot();
    let alpha = game.join("^1Al;pha", Team::Axis, Class::Medic);
    let bravo = game.join("Bra|vo", Team::Allies, Class::Soldier);
    let cee = game.join("Cee", Team::Axis, Class::Medic);
    game.run(1000).start_match().run(1000);
    game.go(bravo, Gait::Sprint, 20.0).shoot(alpha, bravo, 10, means::MP40).run(500);
    game.shoot(cee, bravo, 500, means::MP40).run(1500).limbo(bravo).respawn(bravo);
    game.shoot(bravo, alpha, 500, means::KAR98).run(2000).revive(cee, alpha).run(3000);
    game.end_round().run(2000);
    game
}

#[test]
fn a_reader_of_nine_or_ten_columns_finds_everything() {
    let game = a_match();
    let (_, bytes) = game.files().pop().unwrap();
    let old = old_read(std::str::from_utf8(&bytes).unwrap()).unwrap();
    let new = flawless_round(&game);
    assert_eq!((old.map.as_str(), old.round, old.interval), ("supply", 1, 500));
    assert!(old.start_unix > 0 && old.end_unix > old.start_unix);
    assert_eq!(old.tracks.len(), new.tracks.len());
    for (o, n) in old.tracks.iter().zip(&new.tracks) {
        assert_eq!((o.guid.as_str(), o.name.as_str()), (n.guid.as_str(), n.name.as_str()));
        assert_eq!(o.spawn, i64::from(n.spawn.0));
        assert_eq!(o.death, n.end.map(|t| i64::from(t.0)));
        assert_eq!(o.first_move, n.first_move.map(|t| i64::from(t.0)));
        assert_eq!(o.death_type.as_deref(), n.death_type.as_ref().map(proximity::model::DeathType::as_str));
        assert_eq!((o.samples as usize, o.path.len()), (n.samples.len(), n.samples.len()));
        for (o, n) in o.path.iter().zip(&n.samples) {
            assert_eq!((o.time, o.health), (n.time.0.into(), n.health.into()));
            assert_eq!((o.weapon, o.stance, o.sprint), (n.weapon.0.into(), n.stance.into(), n.sprint.into()));
            assert!((o.x - f64::from(n.at.x)).abs() < 1e-3 && (o.y - f64::from(n.at.y)).abs() < 1e-3);
            assert!(
                (o.z - f64::from(n.at.z)).abs() < 1e-3 && (o.speed - f64::from(n.speed_ups)).abs() < 1e-3
            );
            assert!(!o.event.is_empty() && o.event.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        }
    }
    assert!(old.engagements.iter().all(|row| row.len() == 24));
    assert_eq!(old.engagements.len(), new.engagements.len());
    assert_eq!((old.kills.len(), old.moves.len()), (new.kill_cells.len(), new.movement_cells.len()));
    assert!(old.revives.iter().all(|row| row.len() == 11) && old.revives.len() == 1);
    assert_eq!(lives_of(&new, "Al_pha").len(), 1);
}

#[test]
fn the_sections_stand_where_old_readers_look_for_them() {
    let game = a_match();
    let (_, bytes) = game.files().pop().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let upper = |line: &&str| line.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# ")).filter(upper).collect();
    assert_eq!(headings, ["ENGAGEMENTS", "PLAYER_TRACKS", "KILL_HEATMAP", "MOVEMENT_HEATMAP", "REVIVES"]);
    assert!(text.starts_with("# PROXIMITY_TRACKER_V6\n# map="));
    let last = text.lines().last().unwrap();
    assert!(text.ends_with('\n') && last.starts_with("# END tracks="), "{last}");
    let keys: Vec<&str> = text.lines().skip(1).take_while(|line| *line != "# ENGAGEMENTS").collect();
    assert!(keys.iter().all(|line| line.starts_with("# ") && line.matches('=').count() == 1), "{keys:?}");
}

#[test]
fn the_old_rules_refuse_what_they_always_refused() {
    assert!(old_track("G;N;AXIS;MEDIC;1;2;3;killed;1;1,0.0,0.0,0.0,100.5,0.0,3,0,0,spawn").is_err());
    assert!(old_track("G;N;AXIS;MEDIC;1;2;3;killed;extra;1;path").is_err());
    assert!(old_read("# KILL_HEATMAP\n1;2;3\n").is_err());
}
