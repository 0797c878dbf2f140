//! What the module promises beyond the engine's traps: options, files, moments at which rounds start and end.

use proximity::Round;
use proximity::format::{ReadOptions, read};
use proximity::model::{Event, GuidKind, ObjectiveDeed, ObjectiveEvent, StateSource};

use super::server::{Class, Gait, GameServer, Team, means};
use super::{flawless_round, lives_of};

/// A live match of two players, with these cvars.
fn game_with(cvars: &[(&str, &str)]) -> (GameServer, usize, usize) {
    let mut game = GameServer::new();
    for (name, value) in cvars {
        game.cvar(name, value);
    }
    game.boot();
    let alpha = game.join("Alpha", Team::Axis, Class::Medic);
    let bravo = game.join("Bravo", Team::Allies, Class::Soldier);
    game.run(1000).start_match().run(1000);
    (game, alpha, bravo)
}

/// A little of everything: a crossfire on Bravo, a kill, a revive, an escape.
fn a_bit_of_everything(cvars: &[(&str, &str)]) -> GameServer {
    let (mut game, alpha, bravo) = game_with(cvars);
    let delta = game.join("Delta", Team::Axis, Class::Medic);
    game.respawn(delta).go(bravo, Gait::Sprint, 20.0).run(1000);
    game.shoot(alpha, bravo, 10, means::MP40).run(300).shoot(delta, bravo, 10, means::MP40).run(8000);
    game.shoot(bravo, alpha, 500, means::THOMPSON).run(2000).revive(delta, alpha).run(4000);
    game.end_round().run(2000);
    assert_eq!(game.faults(), [""; 0]);
    game
}

fn grid_times(round: &Round, name: &str) -> Vec<i32> {
    let samples = lives_of(round, name)[0].samples.iter();
    samples.filter(|s| s.event == Event::Sample).map(|s| s.time.0).collect()
}

#[test]
fn the_header_says_who_wrote_the_file_and_what_is_in_it() {
    let game = a_bit_of_everything(&[]);
    let meta = flawless_round(&game).meta;
    assert!(meta.own_module && meta.complete);
    assert_eq!(meta.tracker_version.as_deref(), Some("1.0.0"));
    assert_eq!(meta.state_source, StateSource::EflagsStamina);
    assert_eq!((&*meta.map, meta.round_raw, meta.interval_ms), ("supply", Some(1), Some(500)));
    assert_eq!((meta.axis_spawn_interval_ms, meta.allies_spawn_interval_ms), (Some(30_000), Some(20_000)));
    assert!(meta.capabilities.iter().all(|(_, on)| *on), "{:?}", meta.capabilities);
    let seconds = meta.end_unix.unwrap() - meta.start_unix.unwrap();
    let last = flawless_round(&game).tracks.iter().filter_map(|t| t.end).max().unwrap();
    assert!((seconds - i64::from(last.0) / 1000).abs() <= 1, "{seconds} s, last time {last:?}");
}

#[test]
fn the_header_says_who_won_once_it_is_over() {
    let file_of = |side: &str, end: fn(&mut GameServer) -> &mut GameServer| {
        let (mut game, ..) = game_with(&[]);
        game.run(5000).winner(side);
        end(&mut game).run(2000);
        assert_eq!(game.faults(), [""; 0]);
        flawless_round(&game).meta.winner
    };
    assert_eq!(file_of("0", GameServer::end_round), Some(proximity::Team::Axis));
    assert_eq!(file_of("1", GameServer::end_round), Some(proximity::Team::Allies));
    assert_eq!(file_of("-1", GameServer::end_round), None);
    assert_eq!(
        file_of("0", GameServer::restart),
        None,
        "set beforehand, and the round was not played to its end"
    );
}

#[test]
fn a_carried_objective_is_told_with_its_end() {
    let (mut game, alpha, bravo) = game_with(&[]);
    game.go(bravo, Gait::Run, 90.0)
        .run(1000)
        .carry(bravo, Some(Team::Axis))
        .run(3000)
        .carry(bravo, None)
        .run(1000);
    game.carry(bravo, Some(Team::Axis)).run(2000).kill(bravo, alpha).run(3000).end_round().run(2000);
    assert_eq!(game.faults(), [""; 0]);
    let round = flawless_round(&game);
    let told = |outcome: &str| {
        let of = |event: &&ObjectiveEvent| matches!(&event.deed, ObjectiveDeed::Carry { outcome: is, .. } if **is == *outcome);
        let event = round.meta.objectives.iter().find(of).expect("one of each");
        let ObjectiveDeed::Carry { until: Some(until), .. } = event.deed else { panic!("it has an end") };
        let doer = round.life_at(event.time, &event.team, event.at.unwrap()).unwrap();
        assert_eq!((doer.name.as_str(), &*event.objective), ("Bravo", "AXIS"));
        until.since(event.time)
    };
    assert_eq!(round.meta.objectives.len(), 2);
    assert!((2500..=3500).contains(&told("released")) && (1500..=2500).contains(&told("killed")));
}

#[test]
fn a_crash_keeps_what_was_carried() {
    let (mut game, _, bravo) = game_with(&[]);
    game.carry(bravo, Some(Team::Axis)).run(20_000).crash().boot().run(1000);
    let round = super::last_round(&game).unwrap();
    let [event] = &round.meta.objectives[..] else { panic!("it was taken once") };
    assert_eq!(event.deed, ObjectiveDeed::Carry { until: None, outcome: "".into() });
}

/// Everything in a file that is neither a row nor a value: keys, headings, comments, blank lines.
fn frame_of(text: &str) -> Vec<String> {
    let mut lines = text.lines().filter(|line| line.is_empty() || line.starts_with('#'));
    let magic = lines.next().map(str::to_owned);
    let rest = lines.map(|line| match line.split_once('=') {
        Some((key @ ("# capabilities" | "# tracker" | "# tracker_version" | "# state_source"), _)) => {
            format!("{key}={}", &line[key.len() + 1..])
        }
        Some((key, _)) if !line.contains(',') => key.to_owned(),
        _ => line.to_owned(),
    });
    magic.into_iter().chain(rest).collect()
}

#[test]
fn the_sample_session_is_of_the_kind_that_the_module_writes() {
    let (_, bytes) = a_bit_of_everything(&[]).files().pop().unwrap();
    let ours = frame_of(std::str::from_utf8(&bytes).unwrap());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension() != Some("txt".as_ref()) {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(frame_of(&text), ours);
        files += 1;
    }
    assert!(files > 0);
}

#[test]
fn warm_up_leaves_no_file_although_the_gamestate_is_the_next_ones_when_it_ends() {
    let mut game = GameServer::new();
    game.boot();
    let alpha = game.join("Alpha", Team::Axis, Class::Medic);
    let bravo = game.join("Bravo", Team::Allies, Class::Soldier);
    game.run(5000).kill(alpha, bravo).run(2000).start_match();
    assert_eq!(game.files(), []);
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn a_round_without_players_leaves_no_file() {
    let mut game = GameServer::new();
    game.boot();
    game.connect("Spec", "0123456789ABCDEF0123456789ABCDEF");
    game.run(1000).start_match().run(60_000).end_round().run(3000).stop();
    assert!(game.world.borrow().disk.files.is_empty());
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn a_kill_in_the_frame_in_which_the_round_ends_is_a_kill() {
    let (mut game, alpha, bravo) = game_with(&[]);
    game.kill(alpha, bravo).end_round().run(1000);
    let round = flawless_round(&game);
    assert_eq!(lives_of(&round, "Alpha")[0].samples.last().unwrap().event, Event::Killed);
    assert_eq!(lives_of(&round, "Bravo")[0].samples.last().unwrap().event, Event::RoundEnd);
}

#[test]
fn the_second_round_is_the_second_and_a_file_of_its_own() {
    let (mut game, ..) = game_with(&[]);
    game.run(2000).end_round().run(5000).start_match().run(3000).end_round().run(2000);
    let names: Vec<String> = game.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].contains("-supply-round-1_") && names[1].contains("-supply-round-2_"), "{names:?}");
    assert_eq!(flawless_round(&game).meta.round_raw, Some(2));
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn other_game_types_have_one_round() {
    for game_type in ["2", "4", "5", "6"] {
        let (mut game, ..) = game_with(&[("g_gametype", game_type), ("g_currentRound", "1")]);
        game.run(1000).end_round().run(1000);
        assert_eq!(flawless_round(&game).meta.round_raw, Some(1));
    }
}

#[test]
fn the_interval_is_the_cvars_and_keeps_its_grid() {
    let times = |interval: &str| {
        let (mut game, ..) = game_with(&[("proximity_interval", interval)]);
        game.run(4000).end_round().run(1000);
        let round = flawless_round(&game);
        (round.meta.interval_ms.unwrap(), grid_times(&round, "Alpha"))
    };
    assert_eq!(times("200").1[..4], [400, 600, 800, 1000]);
    // Frames of 50 ms: the first one at or after each multiple, without drifting away.
    let (interval, uneven) = times("330");
    assert_eq!(interval, 330);
    assert_eq!(uneven[..5], [700, 1000, 1350, 1650, 2000]);
    for (asked, given) in
        [("1", 50), ("-7", 50), ("99999", 5000), ("0.5e3", 500), ("often", 500), ("nan", 500)]
    {
        assert_eq!(times(asked).0, given, "{asked}");
    }
}

#[test]
fn sprint_is_told_at_every_interval() {
    for interval in ["50", "200", "1000"] {
        let (mut game, alpha, bravo) = game_with(&[("proximity_interval", interval)]);
        game.go(alpha, Gait::Sprint, 0.0).go(bravo, Gait::Run, 0.0).run(3000).end_round().run(1000);
        let round = flawless_round(&game);
        for (name, sprints) in [("Alpha", 1), ("Bravo", 0)] {
            let late = lives_of(&round, name)[0]
                .samples
                .iter()
                .filter(|s| s.event == Event::Sample && s.time.0 > 2400);
            assert!(
                late.clone().count() > 0 && late.clone().all(|s| s.sprint == sprints),
                "{name} at {interval} ms"
            );
        }
    }
}

#[test]
fn commands_in_lumps_lose_no_sprint_and_an_empty_bar_shows_none() {
    for lump_ms in [50, 100, 200, 400] {
        let (mut game, alpha, bravo) = game_with(&[("proximity_interval", "500")]);
        game.lumps(alpha, lump_ms).lumps(bravo, lump_ms);
        game.go(alpha, Gait::Sprint, 0.0).go(bravo, Gait::Run, 0.0).run(700).jump(bravo).run(8_000);
        game.end_round().run(1000);
        let round = flawless_round(&game);
        let sprints = |name: &str, from: i32, to: i32| -> Vec<u8> {
            let samples = lives_of(&round, name)[0].samples.iter();
            samples
                .filter(|s| s.event == Event::Sample && (from..to).contains(&s.time.0))
                .map(|s| s.sprint)
                .collect()
        };
        // Four seconds of sprinting empty the bar.
        let (first, last) = (sprints("Alpha", 1_600, 4_000), sprints("Alpha", 6_000, 9_000));
        assert!(first.len() > 3 && first.iter().all(|s| *s == 1), "{lump_ms} ms: {first:?}");
        assert!(last.len() > 3 && last.iter().all(|s| *s == 0), "{lump_ms} ms: {last:?}");
        let jumper = sprints("Bravo", 600, 9_000);
        assert!(jumper.iter().all(|s| *s == 0), "{lump_ms} ms: {jumper:?}");
    }
}

#[test]
fn one_cvar_switches_the_module_off() {
    let (mut game, alpha, bravo) = game_with(&[("proximity_enabled", "0")]);
    game.kill(alpha, bravo).run(3000).end_round().run(3000).stop();
    assert!(game.world.borrow().disk.files.is_empty());
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn switched_off_in_mid_round_it_keeps_what_it_has_and_can_be_switched_on_again() {
    let (mut game, alpha, _) = game_with(&[]);
    game.go(alpha, Gait::Run, 90.0).run(3000).cvar("proximity_enabled", "0");
    game.run(5000);
    let first = flawless_round(&game);
    assert_eq!(first.tracks.len(), 2);
    let stopped = first.tracks[0].end.unwrap().0;
    assert!((4000..5500).contains(&stopped), "{stopped}");
    game.cvar("proximity_enabled", "1").run(5000).end_round().run(1000);
    assert_eq!(game.files().len(), 2);
    let second = flawless_round(&game);
    assert_eq!(first.meta.start_unix, second.meta.start_unix);
    // No spawn was seen, so no sample claims to be one; the clock is still the round's.
    assert!(second.tracks.iter().all(|t| t.samples[0].event == Event::Sample && t.spawn.0 > 9000));
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn lua_restart_in_mid_round_loses_nothing() {
    let (mut game, alpha, bravo) = game_with(&[]);
    game.go(alpha, Gait::Run, 90.0).run(3000).lua_restart().run(3000);
    game.kill(bravo, alpha).run(1000).end_round().run(1000);
    assert_eq!(game.files().len(), 2);
    let round = flawless_round(&game);
    let alpha = lives_of(&round, "Alpha")[0];
    assert_eq!((alpha.samples[0].event, alpha.samples[0].time.0), (Event::Sample, 4900));
    assert_eq!(lives_of(&round, "Bravo")[0].samples.last().unwrap().event, Event::Killed);
    assert_eq!(round.meta.round_raw, Some(1));
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn every_part_of_a_round_names_its_start_and_the_parts_become_one_round() {
    let (mut game, alpha, _) = game_with(&[]);
    let start = game.world.borrow().unix();
    // A pause moves the level's start, and a module that is loaded anew has not seen it.
    game.go(alpha, Gait::Run, 90.0).run(3000).pause(20_000).run(2000).lua_restart().run(3000);
    game.cvar("proximity_enabled", "0").run(4000).cvar("proximity_enabled", "1").run(3000);
    game.end_round().run(1000);
    let parts: Vec<Round> = game
        .files()
        .iter()
        .map(|(_, bytes)| read(bytes, &ReadOptions::default()).unwrap().file.round)
        .collect();
    assert_eq!(parts.len(), 3);
    for part in &parts {
        assert!(part.meta.start_unix.unwrap().abs_diff(start) <= 1, "{:?} {start}", part.meta.start_unix);
    }
    assert_eq!(proximity::analysis::parts(&parts.iter().collect::<Vec<_>>()), [[0, 1, 2]]);
    // A new level is a new round.
    game.run(30_000).start_match().run(4000).end_round().run(1000);
    assert!(flawless_round(&game).meta.start_unix.unwrap() > start + 30);
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn switched_on_late_the_module_still_knows_when_the_round_began() {
    let (mut game, _, _) = game_with(&[("proximity_enabled", "0")]);
    let start = game.world.borrow().unix();
    game.run(2000).pause(20_000).run(1000).cvar("proximity_enabled", "1").run(4000).end_round().run(1000);
    let round = flawless_round(&game);
    assert!(round.meta.start_unix.unwrap().abs_diff(start) <= 1);
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn every_feature_can_be_switched_off_by_itself() {
    let with = |name: &str| flawless_round(&a_bit_of_everything(&[(name, "0")]));
    let all = flawless_round(&a_bit_of_everything(&[]));
    assert_eq!(all.engagements.len(), 2);
    assert_eq!(all.engagements.iter().map(|e| e.outcome.as_str()).collect::<Vec<_>>(), ["escaped", "killed"]);
    assert!(all.engagements[0].is_crossfire && all.engagements[0].crossfire_delay_ms == Some(300));
    assert_eq!((all.revives.len(), all.kill_cells.len()), (1, 1));
    assert!(all.tracks.iter().all(|t| t.detail(0).is_some()));

    let round = with("proximity_engagements");
    assert_eq!((round.engagements.len(), round.kill_cells.len()), (0, 1));
    let round = with("proximity_crossfires");
    assert!(round.engagements.len() == 2 && !round.engagements.iter().any(|e| e.is_crossfire));
    let round = with("proximity_escapes");
    assert_eq!(round.engagements[0].outcome.as_str(), "round_end");
    let round = with("proximity_heatmaps");
    assert_eq!((round.kill_cells.len(), round.movement_cells.len()), (0, 0));
    assert_eq!(with("proximity_revives").revives.len(), 0);
    let (mut game, _, bravo) = game_with(&[("proximity_carriers", "0")]);
    game.carry(bravo, Some(Team::Axis)).run(3000).end_round().run(2000);
    assert_eq!(flawless_round(&game).meta.objectives, []);
    let round = with("proximity_detail");
    assert!(round.tracks.iter().all(|t| t.tails.is_empty()));
    for (name, _) in &all.meta.capabilities {
        assert!(all.meta.capabilities.contains(&(name.clone(), true)));
    }
    let off = round.meta.capabilities.iter().filter(|(_, on)| !on).map(|(name, _)| &**name);
    assert_eq!(off.collect::<Vec<_>>(), ["sample_detail"]);
}

#[test]
fn without_a_journal_the_file_is_the_same() {
    let (mut game, alpha, bravo) = game_with(&[("proximity_journal", "0")]);
    for _ in 0..20 {
        game.go(alpha, Gait::Run, 90.0).run(1000);
        let files: Vec<String> = game.world.borrow().disk.files.keys().cloned().collect();
        assert_eq!(files, [""; 0]);
    }
    game.kill(alpha, bravo).run(1000).end_round().run(2000);
    let without = game.files();
    let (mut game, alpha, bravo) = game_with(&[]);
    game.go(alpha, Gait::Run, 90.0).run(20_000).kill(alpha, bravo).run(1000).end_round().run(2000);
    assert_eq!(game.files(), without);
}

#[test]
fn the_folder_can_be_chosen_but_not_outside_the_game() {
    for (asked, given) in [
        ("stats/rounds/", "stats/rounds"),
        ("../elsewhere", "proximity"),
        ("/etc", "proximity"),
        ("a\\b", "a/b"),
        ("a;b", "proximity"),
        ("a/../../b", "proximity"),
    ] {
        let (mut game, ..) = game_with(&[("proximity_output", asked)]);
        game.run(1000).end_round().run(1000);
        let files: Vec<String> = game.world.borrow().disk.files.keys().cloned().collect();
        assert_eq!(files.len(), 1, "{asked}: {files:?}");
        assert!(files[0].starts_with(&format!("{given}/2026-")), "{asked}: {files:?}");
    }
}

#[test]
fn a_maps_name_is_no_path_and_no_header() {
    let (mut game, ..) = game_with(&[("mapname", "../a/b\nround=7;c=d")]);
    game.run(1000).end_round().run(1000);
    let (name, _) = game.files().pop().unwrap();
    assert!(name.ends_with("-__a_b_round_7_c_d-round-1_engagements.txt"), "{name}");
    assert_eq!(flawless_round(&game).meta.round_raw, Some(1));
}

#[test]
fn no_file_is_overwritten() {
    let name = {
        let (mut game, ..) = game_with(&[]);
        game.run(1000).end_round().run(1000);
        game.files().pop().unwrap().0
    };
    let (mut game, ..) = game_with(&[]);
    game.world.borrow_mut().disk.files.insert(format!("proximity/{name}"), b"another server's".to_vec());
    game.run(1000).end_round().run(1000);
    let files = game.files();
    assert_eq!(files.len(), 2);
    assert_eq!(files[0], (name, b"another server's".to_vec()));
}

#[test]
fn wave_times_that_are_no_whole_numbers_break_nothing() {
    let (mut game, ..) = game_with(&[("g_redlimbotime", "20000.5"), ("g_bluelimbotime", "")]);
    game.run(1000).end_round().run(1000);
    let meta = flawless_round(&game).meta;
    assert_eq!((meta.axis_spawn_interval_ms, meta.allies_spawn_interval_ms), (Some(20_000), None));
    assert_eq!(game.faults(), [""; 0]);
}

#[test]
fn bots_keep_their_mark() {
    let (mut game, ..) = game_with(&[]);
    let bot = game.connect("[BOT]Bob", "OMNIBOT01          ");
    game.take_side(bot, Team::Allies, Class::Soldier).respawn(bot).run(1000).end_round().run(1000);
    let round = flawless_round(&game);
    assert_eq!(lives_of(&round, "[BOT]Bob")[0].guid.kind(), GuidKind::Bot);
}

#[test]
fn a_reader_of_the_folder_never_sees_half_a_file() {
    let (mut game, alpha, _) = game_with(&[("proximity_interval", "50"), ("sv_maxclients", "20")]);
    for n in 0..10 {
        let slot = game.join(&format!("P{n}"), [Team::Axis, Team::Allies][n % 2], Class::Soldier);
        game.respawn(slot).go(slot, Gait::Run, 36.0 * n as f64);
    }
    game.go(alpha, Gait::Run, 90.0).run(40_000).end_round();
    let mut frames = 0;
    while game.files().is_empty() {
        game.run(50);
        frames += 1;
        assert!(frames < 200, "the file never comes");
    }
    assert!(frames > 5, "written in {frames} frames");
    assert!(flawless_round(&game).meta.complete);
    let longest = game.world.borrow().disk.longest_write;
    assert!(longest < 200_000, "{longest} bytes in one write");
    let others: Vec<String> = game.world.borrow().disk.files.keys().cloned().collect();
    assert_eq!(others.len(), 1, "{others:?}");
}

#[test]
fn a_full_disk_is_told_once_and_the_next_round_is_recorded() {
    let (mut game, ..) = game_with(&[]);
    game.world.borrow_mut().disk.refuses_writes = true;
    game.run(30_000).end_round().run(5000);
    let told = game.world.borrow().console.iter().filter(|line| line.contains("cannot write")).count();
    assert_eq!(told, 1);
    assert_eq!(game.files(), []);
    game.world.borrow_mut().disk.refuses_writes = false;
    game.start_match().run(3000).end_round().run(1000);
    assert_eq!(game.files().len(), 1);
    let names: Vec<usize> = flawless_round(&game).tracks.iter().map(|t| t.samples.len()).collect();
    assert_eq!(names.len(), 2, "each life once");
}

#[test]
fn an_error_in_a_callback_neither_floods_the_console_nor_loses_the_round() {
    let (mut game, alpha, _) = game_with(&[]);
    game.go(alpha, Gait::Run, 90.0).run(12_000);
    // A server whose fields are others than the module knows.
    game.world.borrow_mut().lacks_field = Some("ps.stats");
    game.run(20_000).end_round().run(1000);
    let told = game.world.borrow().console.iter().filter(|line| line.contains("error")).count();
    assert!((1..=2).contains(&told), "{told} messages");
    game.world.borrow_mut().lacks_field = None;
    game.start_match().run(1000);
    let round = flawless_with_faults(&game);
    assert!(lives_of(&round, "Alpha")[0].samples.len() > 15);
}

/// The first file's round; it may be cut.
fn flawless_with_faults(game: &GameServer) -> Round {
    let (_, bytes) = game.files().remove(0);
    read(&bytes, &ReadOptions::default()).unwrap().file.round
}
