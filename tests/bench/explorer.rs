//! What each picture of the explorer takes of the processor, for a season of 300 rounds in memory: every figure, with every
//! filter that has a control. One that takes longer than 150 ms ends the bench with status 1, as does work or memory for the sums
//! behind them that grows faster than the rounds.
//!
//! `cargo bench --bench explorer [-- WORD] [--rounds=DIR] [--any=N]`, of pictures whose name holds the word alone (`growth`: of
//! none), of other rounds of the sample map, and then of N pictures with the controls set at random; with `--test` each is drawn
//! once of few rounds.

#![allow(clippy::print_stdout, reason = "its figures are what it is for")]

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use proximity::progress::Silent;
use proximity::service::Season;
use proximity::sim::{SampleOptions, SimulationOptions, write_session};
use proximity::{Maps, Request, Rounds};

const ROUNDS: usize = 300;
/// Each picture is drawn so often; the median counts, without the first.
const RUNS: u32 = 6;
const MOST_MS: f64 = 150.0;
/// As much memory as `serve` takes where nothing is said.
const MEMORY: u64 = 1 << 30;
/// Sums are made of all rounds, a quarter and a sixteenth of them.
const PARTS: [usize; 3] = [16, 4, 1];
const LARGEST_EXPONENT: f64 = 1.15;

/// Figures and their options as the explorer asks for them; where a `STATE` has no meaning, that is said.
const FIGURES: [(&str, &str, bool); 14] = [
    ("heat by state", r#""figure":"heatmap","options":{"by":"state","mode":"auto"}"#, true),
    ("heat by side", r#""figure":"heatmap","options":{"by":"team","mode":"auto"}"#, true),
    ("heat by class", r#""figure":"heatmap","options":{"by":"class","mode":"auto"}"#, true),
    ("heat in panels", r#""figure":"heatmap","options":{"by":"state","mode":"panels"}"#, true),
    ("paths by state", r#""figure":"paths","options":{"color":"state"}"#, true),
    ("paths by side", r#""figure":"paths","options":{"color":"team"}"#, true),
    ("paths by player", r#""figure":"paths","options":{"color":"player"}"#, true),
    ("paths by speed", r#""figure":"paths","options":{"color":"speed"}"#, true),
    ("paths by time", r#""figure":"paths","options":{"color":"time"}"#, true),
    ("paths by health", r#""figure":"paths","options":{"color":"health"}"#, true),
    ("exits", r#""figure":"exits","options":{}"#, false),
    ("kills", r#""figure":"kills","options":{}"#, true),
    ("arrival", r#""figure":"arrival","options":{}"#, true),
    ("arrival of axis", r#""figure":"arrival","options":{"team":"axis"}"#, true),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let is_test = words.iter().any(|word| word == "--test");
    let wanted = words.iter().find(|word| !word.starts_with("--"));
    let folder = tempfile::tempdir().expect("a folder for the rounds");
    let given = words.iter().find_map(|word| word.strip_prefix("--rounds="));
    if given.is_none() {
        write_rounds(folder.path(), if is_test { 2 } else { ROUNDS });
    }
    let rounds = Rounds::open(given.map_or(folder.path(), Path::new)).expect("a folder of rounds");
    let begin = Instant::now();
    let season = Season::load(rounds, &Maps::default(), MEMORY, &Silent).expect("rounds that can be read");
    told("read", season.kept_bytes(), begin);
    let begin = Instant::now();
    season.sum().expect("rounds that can be read");
    told("summed", season.sums_bytes(), begin);
    let filters = filters(&season);
    let mut too_slow = 0;
    for (figure, subject, has_states) in FIGURES {
        for (filter, json) in &filters {
            let name = format!("{figure}, {filter}");
            let is_wanted = wanted.is_none_or(|word| name.contains(word.as_str()));
            if !is_wanted || (!has_states && json.contains("\"state\"")) {
                continue;
            }
            let request = format!(
                r#"{{"version":1,{subject},"filter":{{"map":["proximity_demo"]{json}}},"layout":{{"legend":"landscape","size_px":900}}}}"#
            );
            let request = Request::from_json(&request).expect("a request");
            let ms = draw(&season, &request, if is_test { 1 } else { RUNS });
            let slow = !is_test && ms > MOST_MS;
            println!("{name:<44} {ms:>6.0} ms{}", if slow { "  too slow" } else { "" });
            too_slow += usize::from(slow);
        }
    }
    println!("{too_slow} too slow, resident {} MiB", resident() >> 20);
    if let Some(number) = words.iter().find_map(|word| word.strip_prefix("--any=")) {
        any(&season, number.parse().expect("a number of pictures"));
    }
    drop(season);
    if wanted.is_none_or(|word| word == "growth") {
        let exponents = growth(if is_test { PARTS[0] } else { ROUNDS });
        too_slow += usize::from(!is_test && exponents.iter().any(|exponent| *exponent > LARGEST_EXPONENT));
    }
    if too_slow == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Draws pictures with the controls set at random, each as likely to be left alone; tells the slow ones and how all of them fare.
fn any(season: &Season, number: usize) {
    let contents = season.contents();
    let mut seed = 7_u64;
    // Numbers that look random and are the same each time (D. Lehmer's generator).
    let mut random = |below: usize| {
        seed = seed * 48_271 % 0x7fff_ffff;
        seed as usize % below
    };
    let mut times = Vec::new();
    for _ in 0..number {
        let (figure, subject, has_states) = FIGURES[random(FIGURES.len())];
        let mut json = String::new();
        let player = serde_json::to_string(&contents.players[random(contents.players.len())].name);
        let (from, to) = (random(40), random(40) + 41);
        for (set, control) in [
            (4, format!(r#","session":"{}""#, contents.sessions[random(contents.sessions.len())].date)),
            (4, format!(r#","round":{}"#, random(2) + 1)),
            (6, format!(r#","player":[{}]"#, player.expect("a text"))),
            (3, format!(r#","team":["{}"]"#, ["axis", "allies"][random(2)])),
            (
                3,
                format!(
                    r#","class":["{}"]"#,
                    ["soldier", "medic", "engineer", "fieldops", "covertops"][random(5)]
                ),
            ),
            (3, format!(r#","state":["{}"]"#, ["sprint", "upright", "crouch", "prone"][random(4)])),
            (5, r#","bots":"include""#.to_owned()),
            (3, format!(r#","life_window":"{from}..{to}""#)),
            (3, format!(r#","round_window":"{}..{}""#, from * 2, to * 3)),
        ] {
            if random(set) == 0 && (has_states || !control.contains("\"state\"")) {
                json.push_str(&control);
            }
        }
        let request = format!(
            r#"{{"version":1,{subject},"filter":{{"map":["proximity_demo"]{json}}},"layout":{{"legend":"landscape","size_px":900}}}}"#
        );
        let ms = draw(season, &Request::from_json(&request).expect("a request"), 4);
        if ms > MOST_MS {
            println!("{figure}{json}: {ms:.0} ms");
        }
        times.push(ms);
    }
    times.sort_by(f64::total_cmp);
    let slow = times.iter().filter(|ms| **ms > MOST_MS).count();
    let [median, most] = [times.len() / 2, times.len() - 1].map(|place| times[place]);
    println!(
        "of {number} with any controls: median {median:.0} ms, at most {most:.0} ms, {slow} above {MOST_MS:.0} ms"
    );
}

/// Sums parts of a season; returns the exponents by which the processor's time and memory grow with the rounds.
fn growth(rounds: usize) -> [f64; 2] {
    let sums = PARTS.map(|part| {
        let folder = tempfile::tempdir().expect("a folder for the rounds");
        write_rounds(folder.path(), rounds / part);
        let rounds = Rounds::open(folder.path()).expect("a folder of rounds");
        let season =
            Season::load(rounds, &Maps::default(), MEMORY, &Silent).expect("rounds that can be read");
        let begin = cpu();
        season.sum().expect("rounds that can be read");
        let seconds = cpu().saturating_sub(begin).as_secs_f64();
        let mebibytes = season.sums_bytes() as f64 / f64::from(1 << 20);
        println!("sums of {:>3} rounds: {seconds:>5.1} s, {mebibytes:>4.0} MiB", season.len());
        [seconds.max(0.01), mebibytes.max(0.01)]
    });
    let exponents = [0, 1].map(|what| {
        let [few, .., all] = sums.map(|sum| sum[what].ln());
        (all - few) / (PARTS[0] as f64 / PARTS[2] as f64).ln()
    });
    println!("exponents of their growth: time {:.2}, memory {:.2}", exponents[0], exponents[1]);
    exponents
}

/// Rounds of twelve players at 200 ms.
fn write_rounds(folder: &Path, rounds: usize) {
    let play = SimulationOptions { rounds, seed: 5, ..SimulationOptions::default() };
    let options = SampleOptions { play, interval_ms: Some(200), ..SampleOptions::default() };
    for (name, bytes) in write_session(&options).expect("the sample map's plan is part of the program") {
        std::fs::write(folder.join(name), bytes).expect("a folder that can be written");
    }
}

/// Filters as the controls set them, each as the rest of a JSON object.
fn filters(season: &Season) -> Vec<(&'static str, String)> {
    let contents = season.contents();
    let session = contents.sessions.iter().max_by_key(|session| session.rounds).expect("a session");
    let player = contents.players.first().expect("a player");
    let player = serde_json::to_string(&player.name).expect("a text");
    vec![
        ("everything", String::new()),
        ("a session", format!(r#","session":"{}""#, session.date)),
        ("a round number", r#","round":2"#.to_owned()),
        ("a player", format!(r#","player":[{player}]"#)),
        ("a side", r#","team":["axis"]"#.to_owned()),
        ("a class", r#","class":["medic"]"#.to_owned()),
        ("a state", r#","state":["sprint"]"#.to_owned()),
        ("bots too", r#","bots":"include""#.to_owned()),
        ("ten seconds of each life", r#","life_window":"0..10""#.to_owned()),
        ("each life from 5 s to 60 s", r#","life_window":"5..60""#.to_owned()),
        ("each life from 3 s on", r#","life_window":"3..""#.to_owned()),
        ("a minute of each round", r#","round_window":"60..120""#.to_owned()),
        ("each round from 15 s on", r#","round_window":"15..""#.to_owned()),
        ("both windows", r#","life_window":"0..20","round_window":"30..180""#.to_owned()),
        (
            "a side, a class and a state",
            r#","team":["allies"],"class":["medic"],"state":["upright"]"#.to_owned(),
        ),
        (
            "a side, a class and a window",
            r#","team":["axis"],"class":["engineer"],"life_window":"0..15""#.to_owned(),
        ),
        ("a player and a window", format!(r#","player":[{player}],"round_window":"0..120""#)),
        ("a session and a window", format!(r#","session":"{}","life_window":"0..30""#, session.date)),
        ("a session and a round's window", format!(r#","session":"{}","round_window":"60..""#, session.date)),
        ("a state and a window", r#","state":["upright"],"life_window":"5..""#.to_owned()),
        ("a round number and a class", r#","round":1,"class":["medic"]"#.to_owned()),
    ]
}

/// The processor's time that a picture takes, ms: the median of some, behind a first one.
fn draw(season: &Season, request: &Request, runs: u32) -> f64 {
    let late = Instant::now() + Duration::from_mins(10);
    // A request that finds no life has a picture, too: it says so.
    let once = || {
        let begin = cpu();
        drop(black_box(season.draw(request, late)));
        cpu().saturating_sub(begin).as_secs_f64() * 1e3
    };
    let first = once();
    let mut times: Vec<f64> = (1..runs).map(|_| once()).collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(first)
}

fn told(what: &str, bytes: u64, begin: Instant) {
    println!("{what} in {:.1} s: {} MiB", begin.elapsed().as_secs_f64(), bytes >> 20);
}

/// The processor's time of this process so far, of all its threads.
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// Resident memory, bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells what a process takes");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line about memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("kilobytes") << 10
}
