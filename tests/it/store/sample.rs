//! Tracker files to import: small, made up, always the same.

use std::fmt::Write;

use proximity::Round;
use proximity::analysis::session_date;
use proximity::format::{self, ReadOptions};
use proximity::store::{ImportFile, Storage, prepare};

/// What to make up.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// `2026-09-12-203000`
    pub stamp: &'static str,
    pub map: &'static str,
    pub round: i32,
    pub start_unix: i64,
    pub seed: u32,
    /// Lives of each of the six players.
    pub lives: usize,
    pub samples: usize,
    pub interval_ms: i32,
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            stamp: "2026-09-12-203000",
            map: "supply",
            round: 1,
            start_unix: 1_789_237_000,
            seed: 1,
            lives: 2,
            samples: 12,
            interval_ms: 200,
        }
    }
}

/// Guid, name, team, class.
pub const PLAYERS: [(&str, &str, &str, &str); 6] = [
    ("0F1E2D3C4B5A69788796A5B4C3D2E1F0", "^1Al^7pha", "ALLIES", "MEDIC"),
    ("11AA22BB33CC44DD55EE66FF77001188", "Bravo", "AXIS", "ENGINEER"),
    ("C0FFEE00C0FFEE11C0FFEE22C0FFEE33", "Cee", "ALLIES", "SOLDIER"),
    ("D00D00D00D00D00D00D00D00D00D00D0", "d'Ärtagnan; --", "AXIS", "FIELDOPS"),
    ("OMNIBOT0100000000000000000000000", "^o[BOT]^7Bob", "AXIS", "COVERTOPS"),
    ("SLOT5", "visitor", "ALLIES", "SOLDIER"),
];

const ENGAGEMENT: &str = "# id;start_time;end_time;duration;target_guid;target_name;target_team;outcome;total_damage;\
    killer_guid;killer_name;num_attackers;is_crossfire;crossfire_delay;crossfire_participants;start_x;start_y;start_z;\
    end_x;end_y;end_z;distance_traveled;positions;attackers";

impl Sheet {
    /// The file's name.
    pub fn name(&self) -> String {
        format!("{}-{}-round-{}_engagements.txt", self.stamp, self.map, self.round)
    }

    /// The file's text, in the shape of tracker 6.11.
    pub fn text(&self) -> String {
        let Self { map, round, start_unix, interval_ms, .. } = self;
        let mut out = format!(
            "# PROXIMITY_TRACKER_V6\n# map={map}\n# round={round}\n# crossfire_window=1000\n# escape_time=5000\n\
             # escape_distance=300\n# position_sample_interval={interval_ms}\n# round_start_unix={start_unix}\n\
             # round_end_unix={}\n# axis_spawn_interval=30000\n# allies_spawn_interval=20000\n\
             # tracker_version_full=6.11\n# test_mode=0\n# capabilities=engagement_tracking:1,shot_fired:0\n\
             # ENGAGEMENTS\n{ENGAGEMENT}\n",
            if *start_unix == 0 { 0 } else { start_unix + 60 },
        );
        let mut noise = Noise(self.seed);
        for engagement in 0..3 {
            self.engagement(&mut out, &mut noise, engagement);
        }
        out.push_str(
            "\n# PLAYER_TRACKS\n\
             # guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path\n\
             # death_type: killed|selfkill|fallen|world|teamkill|round_end|disconnect|unknown\n\
             # path format: time,x,y,z,health,speed,weapon,stance,sprint,event separated by |\n\
             # stance: 0=standing, 1=crouching, 2=prone | sprint: 0=no, 1=yes\n",
        );
        for life in 0..self.lives {
            for player in 0..PLAYERS.len() {
                self.life(&mut out, &mut noise, player, life);
            }
        }
        let _ = write!(
            out,
            "\n# KILL_HEATMAP\n# grid_x;grid_y;axis_kills;allies_kills\n-1;2;{};1\n3;-4;0;2\n\n\
             # MOVEMENT_HEATMAP\n# grid_x;grid_y;traversal;combat;escape\n-1;2;{};3;1\n0;0;7;0;0\n\n\
             # REVIVES\n# time;medic_guid;medic_name;revived_guid;revived_name;x;y;z;distance_to_enemy;\
             nearest_enemy_guid;under_fire\n2500;{};{};{};{};10.5;-20.0;24.1;300.0;{};0\n",
            self.seed,
            self.seed + 10,
            PLAYERS[0].0,
            PLAYERS[0].1,
            PLAYERS[2].0,
            PLAYERS[2].1,
            PLAYERS[1].0,
        );
        out
    }

    fn engagement(&self, out: &mut String, noise: &mut Noise, number: i32) {
        let (target, first, second) = (PLAYERS[number as usize % 2], PLAYERS[2], PLAYERS[3]);
        let start = 1_000 + 400 * number + noise.below(100);
        let (x, y) = (noise.below(2_000), noise.below(2_000));
        let is_crossfire = number == 1;
        let outcome = ["killed", "killed", "escaped"][number as usize];
        let damage = 30 + noise.below(90);
        let killer = if outcome == "killed" { (first.0, first.1) } else { ("", "") };
        let second_row = |start: i32| {
            format!("|{},{},{},17,1,{start},{start},0,8:1;", second.0, clean(second.1), second.2)
        };
        let _ = writeln!(
            out,
            "{id};{start};{end};300;{};{};{};{outcome};{damage};{};{};{};{};{};{};{x}.0;{y}.5;24.1;{x}.0;{y}.5;24.1;\
             {}.5;{start},{x}.0,{y}.5,24.1,start|{end},{x}.0,{y}.5,24.1,{};{},{},{},{damage},2,{start},{end},{},3:2;{}",
            target.0,
            target.1,
            target.2,
            killer.0,
            killer.1,
            1 + i32::from(is_crossfire),
            u8::from(is_crossfire),
            if is_crossfire { "120" } else { "" },
            if is_crossfire { format!("{},{}", first.0, second.0) } else { String::new() },
            noise.below(500),
            if outcome == "killed" { "death" } else { "escape" },
            first.0,
            clean(first.1),
            first.2,
            u8::from(outcome == "killed"),
            if is_crossfire { second_row(start + 120) } else { String::new() },
            id = number + 1,
            end = start + 300,
        );
    }

    fn life(&self, out: &mut String, noise: &mut Noise, player: usize, life: usize) {
        let (guid, name, team, class) = PLAYERS[player];
        let step = self.interval_ms;
        let spawn = 500 + life as i32 * (self.samples as i32 + 4) * step;
        let end = spawn + self.samples as i32 * step + 70;
        let survives = player == 1;
        let word = if survives { "round_end" } else { "killed" };
        let _ = write!(
            out,
            "{guid};{};{team};{class};{spawn};{end};{};{word};{};",
            clean(name),
            spawn + 2 * step,
            self.samples + 2
        );
        let (mut x, mut y) = (noise.below(20_000) - 10_000, noise.below(20_000) - 10_000);
        let mut sample =
            |time: i32, health: i32, speed: i32, state: (i32, i32), word: &str, separator: &str| {
                x += speed / 7;
                y += noise.below(60) - 30;
                let tenths = |value: i32| {
                    format!("{}{}.{}", if value < 0 { "-" } else { "" }, value.abs() / 10, value.abs() % 10)
                };
                let _ = write!(
                    out,
                    "{separator}{time},{},{},24.1,{health},{},8,{},{},{word}",
                    tenths(x),
                    tenths(y),
                    tenths(speed),
                    state.0,
                    state.1
                );
            };
        sample(spawn, 100, 0, (2, 0), "spawn", "");
        for index in 0..self.samples as i32 {
            let speed = if index < 2 { 0 } else { 2_200 + index % 5 * 300 };
            let sprint = i32::from(index % 4 == 3);
            sample(
                spawn + 30 + index * step,
                100 - index,
                speed,
                (i32::from(index % 5 == 1), sprint),
                "sample",
                "|",
            );
        }
        sample(end, if survives { 40 } else { 0 }, 0, (0, 0), word, "|");
        out.push('\n');
    }

    /// The file as read.
    pub fn round(&self) -> Round {
        read(&self.name(), self.text().as_bytes())
    }
}

/// As the tracker cleans names.
fn clean(name: &str) -> String {
    name.replace([';', '|', ','], "_")
}

/// Reads a tracker file as the program does.
pub fn read(name: &str, bytes: &[u8]) -> Round {
    let options = ReadOptions { file_name: Some(name.to_owned()), ..ReadOptions::default() };
    format::read(bytes, &options).unwrap().file.round
}

/// Makes a round ready for a store.
pub fn ready(round: &Round, store: &dyn Storage) -> ImportFile {
    prepare(round.clone(), session_date(&round.meta).unwrap(), store.form()).unwrap()
}

/// Small numbers without rhyme or reason, always the same.
struct Noise(u32);

impl Noise {
    fn below(&mut self, limit: i32) -> i32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((self.0 >> 16) as i32).rem_euclid(limit)
    }
}

/// A session: two maps, two rounds each.
pub fn session() -> Vec<Sheet> {
    let rounds = [
        ("2026-09-12-203000", "supply", 1),
        ("2026-09-12-204500", "supply", 2),
        ("2026-09-12-235800", "etl_frostbite", 1),
        ("2026-09-13-001500", "etl_frostbite", 2),
    ];
    rounds
        .iter()
        .enumerate()
        .map(|(index, (stamp, map, round))| Sheet {
            stamp,
            map,
            round: *round,
            start_unix: 1_789_237_000 + 900 * index as i64,
            seed: index as u32 + 1,
            ..Sheet::default()
        })
        .collect()
}
