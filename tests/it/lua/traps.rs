//! The engine's traps, each as a test that the module passes and a module with the original's beliefs fails.

use proximity::Round;
use proximity::Team as Side;
use proximity::model::{DeathType, Event, Outcome, Track, Weapon};

use super::server::{CAMERA, Class, Gait, GameServer, MODULE, Team, means};
use super::{SEED_LIKE, last_round, lives_of};

/// What a trap finds: nothing, or what is wrong with the file.
type Verdict = Result<(), String>;

macro_rules! ensure {
    ($condition:expr, $($what:tt)+) => {
        // A comparison with NaN is false, and then something is wrong too.
        match $condition {
            true => {}
            false => return Err(format!($($what)+)),
        }
    };
}

macro_rules! traps {
    ($($name:ident),+ $(,)?) => {
        const TRAPS: &[(&str, fn(&mut GameServer) -> Verdict)] = &[$((stringify!($name), trap::$name)),+];

        $(#[test]
        fn $name() {
            let mut game = GameServer::with_module(MODULE);
            let verdict = trap::$name(&mut game);
            assert_eq!(game.faults(), [""; 0]);
            if let Err(what) = verdict {
                panic!("{what}");
            }
        })+
    };
}

traps!(
    prone_is_prone_and_the_respawn_hold_is_not,
    prone_is_not_crouching,
    sprint_shows_and_a_jump_does_not,
    adrenaline_hides_no_sprint,
    joining_in_play_starts_no_life,
    limbo_shows_another_players_state,
    spectators_have_no_life,
    a_revived_life_goes_on,
    the_death_after_a_revive_is_known,
    a_revived_player_has_the_right_health,
    survivors_end_where_they_stood,
    the_round_number_is_the_one_that_was_played,
    a_pause_is_no_time,
    times_are_the_levels_own,
    warm_up_is_not_recorded,
    a_restart_in_mid_round_loses_nothing,
    a_map_change_in_mid_round_loses_nothing,
    carbine_and_k98_kill,
    a_fall_is_a_fall,
    a_change_of_sides_is_no_self_kill,
    the_next_player_in_a_slot_is_another,
    an_empty_guid_is_no_guid,
    names_break_no_row,
    absurd_vectors_are_not_written,
    the_first_move_is_seen_when_it_happens,
    a_grenade_is_not_the_gun_in_hand,
    the_world_is_no_attacker,
    friendly_fire_is_no_engagement,
    a_self_kill_is_no_kill,
);

#[test]
fn each_trap_catches_a_module_with_the_original_beliefs() {
    for (name, trap) in TRAPS {
        let verdict = trap(&mut GameServer::with_module(SEED_LIKE));
        assert!(verdict.is_err(), "{name} finds nothing wrong");
    }
}

#[test]
fn a_module_with_the_original_beliefs_records_a_plain_life() {
    let mut game = GameServer::with_module(SEED_LIKE);
    let (alpha, bravo) = match_of_two(&mut game);
    game.go(alpha, Gait::Run, 90.0).run(2000).kill(alpha, bravo).run(500).end_round();
    let round = last_round(&game).unwrap();
    let life = lives_of(&round, "Alpha")[0];
    let truth = game.truth();
    assert_eq!(life.death_type, Some(DeathType::Killed));
    let end = life.samples.last().unwrap();
    assert!((f64::from(end.at.y) - truth.lives[0].end().at[1]).abs() < 0.1);
    assert_eq!(round.engagements.len(), 1);
    assert_eq!(game.faults(), [""; 0]);
}

/// A live match of Alpha (Axis, medic) and Bravo (Allies, soldier).
fn match_of_two(game: &mut GameServer) -> (usize, usize) {
    game.boot();
    let alpha = game.join("Alpha", Team::Axis, Class::Medic);
    let bravo = game.join("Bravo", Team::Allies, Class::Soldier);
    game.run(1000).start_match().run(1000);
    (alpha, bravo)
}

fn the_life<'a>(round: &'a Round, name: &str) -> Result<&'a Track, String> {
    match lives_of(round, name)[..] {
        [life] => Ok(life),
        ref lives => Err(format!("{name} has {} lives, expected one", lives.len())),
    }
}

/// Grid samples after `from`, ms since the life's beginning.
fn grid_after(life: &Track, from: i32) -> impl Iterator<Item = &proximity::model::Sample> {
    let start = life.spawn.0 + from;
    life.samples.iter().filter(move |s| s.event == Event::Sample && s.time.0 > start)
}

mod trap {
    use super::*;

    pub fn prone_is_prone_and_the_respawn_hold_is_not(game: &mut GameServer) -> Verdict {
        let (alpha, _) = match_of_two(game);
        game.run(1000).go(alpha, Gait::Crawl, 0.0).run(2000).end_round().run(1000);
        let round = last_round(game)?;
        let (crawler, other) = (the_life(&round, "Alpha")?, the_life(&round, "Bravo")?);
        let held: Vec<u8> = other.samples.iter().map(|s| s.stance).collect();
        ensure!(held.iter().all(|&stance| stance == 0), "someone who stands has the stances {held:?}");
        let prone = grid_after(crawler, 2200).all(|s| s.stance == 2);
        ensure!(prone, "someone who crawls is not prone");
        Ok(())
    }

    pub fn prone_is_not_crouching(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.go(alpha, Gait::Prone, 0.0).go(bravo, Gait::Sneak, 0.0).run(3000).end_round().run(1000);
        let round = last_round(game)?;
        let stances = |name: &str| -> Result<Vec<u8>, String> {
            Ok(grid_after(the_life(&round, name)?, 1200).map(|s| s.stance).collect())
        };
        let (prone, crouched) = (stances("Alpha")?, stances("Bravo")?);
        ensure!(prone.iter().all(|&s| s == 2), "prone is written as {prone:?}");
        ensure!(crouched.iter().all(|&s| s == 1), "crouching is written as {crouched:?}");
        Ok(())
    }

    pub fn sprint_shows_and_a_jump_does_not(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.go(alpha, Gait::Sprint, 90.0).go(bravo, Gait::Run, 90.0);
        for _ in 0..4 {
            game.jump(bravo).run(700);
        }
        game.end_round().run(1000);
        let round = last_round(game)?;
        let sprints = |name: &str| -> Result<Vec<u8>, String> {
            Ok(grid_after(the_life(&round, name)?, 1200).map(|s| s.sprint).collect())
        };
        let (sprinter, jumper) = (sprints("Alpha")?, sprints("Bravo")?);
        ensure!(sprinter.iter().all(|&s| s == 1), "sprinting is written as {sprinter:?}");
        ensure!(jumper.iter().all(|&s| s == 0), "running and jumping is written as {jumper:?}");
        Ok(())
    }

    pub fn adrenaline_hides_no_sprint(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.adrenaline(alpha).adrenaline(bravo);
        game.go(alpha, Gait::Sprint, 90.0).go(bravo, Gait::Run, 90.0).run(3000).end_round().run(1000);
        let round = last_round(game)?;
        let sprinter = grid_after(the_life(&round, "Alpha")?, 1200).all(|s| s.sprint == 1);
        ensure!(sprinter, "sprinting under adrenaline does not show");
        let runner = grid_after(the_life(&round, "Bravo")?, 1200).all(|s| s.sprint == 0);
        ensure!(runner, "running under adrenaline looks like sprinting");
        Ok(())
    }

    pub fn joining_in_play_starts_no_life(game: &mut GameServer) -> Verdict {
        match_of_two(game);
        game.join("Cee", Team::Allies, Class::Engineer);
        game.run(4000).end_round().run(1000);
        let round = last_round(game)?;
        ensure!(lives_of(&round, "Cee").is_empty(), "someone who waits in limbo has a life");
        ensure!(round.tracks.len() == 2, "{} lives, expected 2", round.tracks.len());
        Ok(())
    }

    pub fn limbo_shows_another_players_state(game: &mut GameServer) -> Verdict {
        let (_, bravo) = match_of_two(game);
        let cee = game.join("Cee", Team::Allies, Class::Engineer);
        game.go(bravo, Gait::Run, 0.0).run(3000).respawn(cee).run(2000).end_round().run(1000);
        let round = last_round(game)?;
        let life = the_life(&round, "Cee")?;
        let farthest = life.samples.iter().map(|s| s.at.distance_2d(life.samples[0].at)).fold(0.0, f64::max);
        ensure!(farthest < 1.0, "a player who never moved was seen {farthest} units from the spawn spot");
        Ok(())
    }

    pub fn spectators_have_no_life(game: &mut GameServer) -> Verdict {
        match_of_two(game);
        game.connect("Spec", "0123456789ABCDEF0123456789ABCDEF");
        game.run(2000).end_round().run(1000);
        let round = last_round(game)?;
        ensure!(lives_of(&round, "Spec").is_empty(), "a spectator has a life");
        Ok(())
    }

    /// Alpha falls, is revived by Delta, runs on, and dies.
    fn fall_and_rise(game: &mut GameServer) -> Result<Round, String> {
        let (alpha, bravo) = match_of_two(game);
        let delta = game.join("Delta", Team::Axis, Class::Medic);
        game.respawn(delta).run(1000).kill(alpha, bravo).run(4000).revive(delta, alpha).run(3000);
        game.go(alpha, Gait::Run, 90.0).run(3000).kill(alpha, bravo).run(1000).end_round().run(1000);
        last_round(game)
    }

    pub fn a_revived_life_goes_on(game: &mut GameServer) -> Verdict {
        let round = fall_and_rise(game)?;
        let life = the_life(&round, "Alpha")?;
        let revived = life.samples.iter().position(|s| s.event == Event::Revived);
        let Some(revived) = revived else { return Err("the revive is not in the path".into()) };
        let after = life.samples[revived..].iter().filter(|s| s.event == Event::Sample).count();
        ensure!(after >= 11, "{after} samples in the six seconds after the revive");
        Ok(())
    }

    pub fn the_death_after_a_revive_is_known(game: &mut GameServer) -> Verdict {
        let round = fall_and_rise(game)?;
        let deaths =
            round.tracks.iter().flat_map(|t| &t.samples).filter(|s| s.event == Event::Killed).count();
        ensure!(deaths == 2, "{deaths} deaths in the tracks, expected 2");
        Ok(())
    }

    pub fn a_revived_player_has_the_right_health(game: &mut GameServer) -> Verdict {
        let round = fall_and_rise(game)?;
        let revived = round.tracks.iter().flat_map(|t| &t.samples).find(|s| s.event == Event::Revived);
        let health = revived.ok_or("the revive is not in the path")?.health;
        ensure!(health == 62, "health {health} at the revive, expected 62");
        Ok(())
    }

    pub fn survivors_end_where_they_stood(game: &mut GameServer) -> Verdict {
        let (alpha, _) = match_of_two(game);
        game.go(alpha, Gait::Sprint, 45.0).run(2000).end_round().run(1000);
        let round = last_round(game)?;
        for life in &game.truth().lives {
            let end = the_life(&round, &life.name)?.samples.last().ok_or("an empty path")?;
            let [x, y, _] = life.end().at;
            let away = (f64::from(end.at.x) - x).hypot(f64::from(end.at.y) - y);
            ensure!(away < 0.1, "{} ends {away} units from where the player stood", life.name);
            ensure!((f64::from(end.at.z) - CAMERA[2]).abs() > 1.0, "{} ends at the camera", life.name);
        }
        Ok(())
    }

    pub fn the_round_number_is_the_one_that_was_played(game: &mut GameServer) -> Verdict {
        match_of_two(game);
        game.run(1000).end_round().run(1000);
        let round = last_round(game)?;
        // Round 1 is 0 in the original's files, 1 in later ones.
        let played = i32::from(round.meta.own_module);
        ensure!(round.meta.round_raw == Some(played), "round {:?}, expected {played}", round.meta.round_raw);
        Ok(())
    }

    pub fn a_pause_is_no_time(game: &mut GameServer) -> Verdict {
        let (alpha, _) = match_of_two(game);
        game.go(alpha, Gait::Run, 90.0).run(1000).pause(60_000).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let life = the_life(&round, "Alpha")?;
        let long = life.end.ok_or("no end")?.since(life.spawn);
        ensure!(long < 4000, "a life of 3 s and a pause lasts {long} ms");
        let steps: Vec<f64> = life.samples.windows(2).map(|w| w[0].at.distance_2d(w[1].at)).collect();
        ensure!(
            steps.iter().filter(|&&step| step < 1.0).count() <= 3,
            "a run of identical positions: {steps:?}"
        );
        Ok(())
    }

    pub fn times_are_the_levels_own(game: &mut GameServer) -> Verdict {
        match_of_two(game);
        game.run(5000).end_round().run(1000);
        let round = last_round(game)?;
        for life in &game.truth().lives {
            let found = the_life(&round, &life.name)?;
            let (spawn, end) = (i64::from(found.spawn.0), found.end.map_or(-1, |t| i64::from(t.0)));
            ensure!(spawn == life.spawn.time, "spawn at {spawn}, expected {}", life.spawn.time);
            ensure!(end == life.end().time, "end at {end}, expected {}", life.end().time);
        }
        Ok(())
    }

    pub fn warm_up_is_not_recorded(game: &mut GameServer) -> Verdict {
        game.boot();
        let alpha = game.join("Alpha", Team::Axis, Class::Medic);
        let bravo = game.join("Bravo", Team::Allies, Class::Soldier);
        game.run(5000).kill(alpha, bravo).run(1000).respawn(alpha).run(3000);
        game.go_live_without_restart().run(3000).end_round().run(1000);
        let round = last_round(game)?;
        ensure!(round.engagements.is_empty(), "an engagement of the warm-up is there");
        let longest = round.tracks.iter().filter_map(|t| Some(t.end?.since(t.spawn))).max().unwrap_or(0);
        ensure!((2000..=3100).contains(&longest), "in a round of 3 s a life lasts {longest} ms");
        Ok(())
    }

    pub fn a_restart_in_mid_round_loses_nothing(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.go(alpha, Gait::Run, 90.0).run(3000).kill(bravo, alpha).run(2000).restart();
        let round = last_round(game)?;
        ensure!(the_life(&round, "Bravo")?.death_type == Some(DeathType::Killed), "the kill is lost");
        let alpha = the_life(&round, "Alpha")?;
        ensure!(
            alpha.death_type == Some(DeathType::Shutdown),
            "the survivor ended as {:?}",
            alpha.death_type
        );
        ensure!(alpha.samples.len() >= 12, "{} samples of 6 seconds", alpha.samples.len());
        Ok(())
    }

    pub fn a_map_change_in_mid_round_loses_nothing(game: &mut GameServer) -> Verdict {
        let (alpha, _) = match_of_two(game);
        game.go(alpha, Gait::Run, 90.0).run(3000).change_map("radar");
        let round = last_round(game)?;
        ensure!(&*round.meta.map == "supply", "the round was played on {}", round.meta.map);
        ensure!(round.tracks.len() == 2, "{} lives, expected 2", round.tracks.len());
        Ok(())
    }

    pub fn carbine_and_k98_kill(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.shoot(bravo, alpha, 200, means::CARBINE).run(1000).limbo(alpha).respawn(alpha).run(1000);
        game.shoot(alpha, bravo, 200, means::KAR98).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        for name in ["Alpha", "Bravo"] {
            let end = lives_of(&round, name).first().and_then(|t| t.death_type.clone());
            ensure!(end == Some(DeathType::Killed), "{name}, shot with a rifle, ended as {end:?}");
        }
        Ok(())
    }

    pub fn a_fall_is_a_fall(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.harm(alpha, means::FALLING).harm(bravo, means::WATER).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let (fallen, drowned) = (the_life(&round, "Alpha")?, the_life(&round, "Bravo")?);
        ensure!(fallen.death_type == Some(DeathType::Fallen), "a fall is {:?}", fallen.death_type);
        ensure!(drowned.death_type == Some(DeathType::World), "drowning is {:?}", drowned.death_type);
        Ok(())
    }

    pub fn a_change_of_sides_is_no_self_kill(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.change_team(alpha, Team::Allies).slash_kill(bravo).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let (changed, killed) = (the_life(&round, "Alpha")?, the_life(&round, "Bravo")?);
        ensure!(
            changed.death_type == Some(DeathType::TeamChange),
            "a change of sides is {:?}",
            changed.death_type
        );
        ensure!(changed.team == Side::Axis, "the side then was {}", changed.team);
        ensure!(killed.death_type == Some(DeathType::SelfKill), "/kill is {:?}", killed.death_type);
        Ok(())
    }

    pub fn the_next_player_in_a_slot_is_another(game: &mut GameServer) -> Verdict {
        match_of_two(game);
        let first = game.connect("First", "");
        game.take_side(first, Team::Axis, Class::Soldier).respawn(first).run(1000).disconnect(first).run(500);
        let second = game.connect("Second", "");
        game.take_side(second, Team::Axis, Class::Soldier).respawn(second).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let guid = |name: &str| lives_of(&round, name).first().map(|life| life.guid.clone());
        ensure!(first == second && guid("First").is_some(), "the slot was not used twice");
        ensure!(guid("First") != guid("Second"), "two players share {:?}", guid("First"));
        Ok(())
    }

    pub fn an_empty_guid_is_no_guid(game: &mut GameServer) -> Verdict {
        match_of_two(game);
        let cee = game.connect("Cee", "");
        game.take_side(cee, Team::Axis, Class::Soldier).respawn(cee).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let lives = lives_of(&round, "Cee");
        let guid = lives.first().ok_or("no life")?.guid.as_str().to_owned();
        ensure!(guid.starts_with("SLOT"), "the GUID is {guid:?}");
        Ok(())
    }

    pub fn names_break_no_row(game: &mut GameServer) -> Verdict {
        match_of_two(game);
        let cee = game.join("a;b|c,d\te\nf\r^1g", Team::Axis, Class::Soldier);
        game.respawn(cee).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let names: Vec<&str> = round.tracks.iter().map(|t| t.name.as_str()).collect();
        ensure!(names.contains(&"a_b_c_d_e_f_^1g"), "the names are {names:?}");
        Ok(())
    }

    pub fn absurd_vectors_are_not_written(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        for (who, origin) in [(alpha, [f64::NAN, 0.0, 0.0]), (bravo, [1e10, 0.0, 6e24])] {
            game.world.borrow_mut().clients[who].false_origin = Some(origin);
        }
        game.run(1000);
        for who in [alpha, bravo] {
            let client = &mut game.world.borrow_mut().clients[who];
            client.false_origin = None;
            client.false_velocity = Some([f64::INFINITY, f64::NAN, -1e30]);
        }
        game.run(1000);
        for who in [alpha, bravo] {
            game.world.borrow_mut().clients[who].false_velocity = None;
        }
        game.run(1000).end_round().run(1000);
        let (_, bytes) = game.files().pop().ok_or("no file")?;
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        ensure!(!text.contains("nan") && !text.contains("inf,"), "a number that is none was written");
        let round = last_round(game)?;
        let good =
            round.tracks.iter().flat_map(|t| &t.samples).all(|s| s.at.is_plausible() && s.speed_ups < 2000.0);
        ensure!(good, "an absurd position was written");
        ensure!(round.tracks.iter().all(|t| t.samples.len() >= 5), "more was left out than was absurd");
        Ok(())
    }

    pub fn the_first_move_is_seen_when_it_happens(game: &mut GameServer) -> Verdict {
        let (alpha, _) = match_of_two(game);
        game.run(350).go(alpha, Gait::Walk, 10.0).run(2000).end_round().run(1000);
        let round = last_round(game)?;
        for life in &game.truth().lives {
            let found = the_life(&round, &life.name)?.first_move.map(|t| i64::from(t.0));
            ensure!(
                found == life.first_move(),
                "{} first moved at {found:?}, not {:?}",
                life.name,
                life.first_move()
            );
        }
        Ok(())
    }

    pub fn a_grenade_is_not_the_gun_in_hand(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.shoot(alpha, bravo, 200, means::GRENADE).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let engagement = round.engagements.first().ok_or("no engagement")?;
        let weapons: Vec<Weapon> = engagement.attackers[0].weapons.iter().map(|w| w.weapon).collect();
        ensure!(weapons == [Weapon(4)], "a grenade is {weapons:?}");
        Ok(())
    }

    pub fn the_world_is_no_attacker(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.shoot(bravo, alpha, 20, means::THOMPSON).run(500).harm(alpha, means::FALLING);
        game.run(1000).end_round().run(1000);
        let round = last_round(game)?;
        let engagement = round.engagements.first().ok_or("no engagement")?;
        ensure!(engagement.attackers.len() == 1, "{} attackers, expected 1", engagement.attackers.len());
        ensure!(
            engagement.outcome == Outcome::Fallen && engagement.killer_guid.is_none(),
            "the fall ended as {}",
            engagement.outcome
        );
        Ok(())
    }

    pub fn friendly_fire_is_no_engagement(game: &mut GameServer) -> Verdict {
        let (alpha, _) = match_of_two(game);
        let delta = game.join("Delta", Team::Axis, Class::Soldier);
        game.respawn(delta).run(1000).shoot(delta, alpha, 20, means::MP40).run(500);
        game.shoot(delta, alpha, 300, means::MP40).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        ensure!(round.engagements.is_empty(), "shots at a team-mate are an engagement");
        let end = the_life(&round, "Alpha")?.death_type.clone();
        ensure!(end == Some(DeathType::TeamKill), "killed by a team-mate is {end:?}");
        Ok(())
    }

    pub fn a_self_kill_is_no_kill(game: &mut GameServer) -> Verdict {
        let (alpha, bravo) = match_of_two(game);
        game.slash_kill(alpha).shoot(bravo, bravo, 300, means::GRENADE).run(1000).end_round().run(1000);
        let round = last_round(game)?;
        ensure!(round.kill_cells.is_empty(), "the kill heatmap has {:?}", round.kill_cells);
        ensure!(round.engagements.is_empty(), "a self kill is an engagement");
        for name in ["Alpha", "Bravo"] {
            let end = the_life(&round, name)?.death_type.clone();
            ensure!(end == Some(DeathType::SelfKill), "{name} ended as {end:?}");
        }
        Ok(())
    }
}
