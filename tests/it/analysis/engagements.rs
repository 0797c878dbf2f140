//! Team play and crossfire pairs.

use jiff::civil::date;
use proptest::prelude::*;
use proximity::analysis::{CrossfirePair, Crossfires, Teamplay};
use proximity::geom::WorldPoint;
use proximity::model::{Attacker, Engagement, Guid, LevelTime, Outcome, PlayerName};
use proximity::{Round, Team};

use super::corpus::{ALPHA, BRAVO, CEE, own_round};

const DELTA: &str = "DD00DD00DD00DD00DD00DD00DD00DD00";

fn attacker(guid: &str, name: &str, damage: i64, got_kill: bool) -> Attacker {
    Attacker {
        guid: guid.into(),
        name: PlayerName::from(name),
        team: Team::Axis,
        damage,
        hits: 1,
        first_hit: LevelTime(0),
        last_hit: LevelTime(0),
        got_kill,
        weapons: Vec::new(),
    }
}

fn engagement(target: &str, outcome: Outcome, attackers: Vec<Attacker>) -> Engagement {
    Engagement {
        id: 1,
        start: LevelTime(1_000),
        end: LevelTime(3_000),
        duration_ms: 2_000,
        target_guid: target.into(),
        target_name: PlayerName::from("target"),
        target_team: Team::Allies,
        outcome,
        total_damage: attackers.iter().map(|a| a.damage).sum(),
        killer_guid: attackers.iter().find(|a| a.got_kill).map(|a| a.guid.clone()),
        killer_name: None,
        num_attackers: attackers.len() as i64,
        is_crossfire: false,
        crossfire_delay_ms: None,
        crossfire_participants: Vec::new(),
        start_at: WorldPoint::default(),
        end_at: WorldPoint::default(),
        distance_units: 300.5,
        positions: Vec::new(),
        attackers,
    }
}

fn crossfire(target: &str, outcome: Outcome, delay_ms: i64, attackers: Vec<Attacker>) -> Engagement {
    let participants = attackers.iter().take(2).map(|a| a.guid.clone()).collect();
    Engagement {
        is_crossfire: true,
        crossfire_delay_ms: Some(delay_ms),
        crossfire_participants: participants,
        ..engagement(target, outcome, attackers)
    }
}

fn session() -> Vec<Round> {
    let round = |hour, engagements| {
        let mut round = own_round(Vec::new());
        round.meta.stamp = Some(date(2026, 6, 9).at(hour, 0, 0, 0));
        round.engagements = engagements;
        round
    };
    vec![
        round(
            20,
            vec![
                // Bravo and Cee together, Cee kills; Delta hits later and is no part of the crossfire.
                crossfire(
                    ALPHA,
                    Outcome::Killed,
                    400,
                    vec![
                        attacker(BRAVO, "b1", 60, false),
                        attacker(CEE, "c1", 40, true),
                        attacker(DELTA, "d", 9, false),
                    ],
                ),
                engagement(ALPHA, Outcome::Escaped, vec![attacker(BRAVO, "b1", 30, false)]),
                engagement(ALPHA, Outcome::Killed, vec![attacker(BRAVO, "b1", 100, true)]),
                engagement(BRAVO, Outcome::RoundEnd, vec![attacker(ALPHA, "a", 10, false)]),
            ],
        ),
        round(
            21,
            vec![
                crossfire(
                    ALPHA,
                    Outcome::Escaped,
                    100,
                    vec![attacker(CEE, "c2", 20, false), attacker(BRAVO, "b2", 10, false)],
                ),
                // A stand-in is no known player: no row, no pair.
                crossfire(
                    DELTA,
                    Outcome::Killed,
                    50,
                    vec![attacker("SLOT3", "s", 20, true), attacker(BRAVO, "b2", 10, false)],
                ),
            ],
        ),
    ]
}

#[test]
fn the_columns_of_player_teamplay_stats_by_hand() {
    let teamplay = Teamplay::of(&session());
    assert_eq!(teamplay.players.len(), 4);

    let alpha = &teamplay.players[&Guid::from(ALPHA)];
    assert_eq!((alpha.times_targeted, alpha.times_focused), (4, 2));
    assert_eq!((alpha.focus_deaths, alpha.focus_escapes), (1, 1));
    assert_eq!((alpha.solo_deaths, alpha.solo_escapes), (1, 1));
    assert_eq!(alpha.total_damage_taken, 109 + 30 + 100 + 30);
    assert_eq!(alpha.avg_escape_distance(), Some(300.5));
    assert_eq!(alpha.avg_engagement_duration_ms(), Some(2_000.0));
    assert_eq!((alpha.solo_engagements, alpha.solo_kills), (1, 0));
    assert_eq!((alpha.crossfire_participations, alpha.avg_crossfire_delay_ms()), (0, None));

    let bravo = &teamplay.players[&Guid::from(BRAVO)];
    assert_eq!((bravo.crossfire_participations, bravo.crossfire_kills), (3, 2));
    assert_eq!((bravo.crossfire_damage, bravo.total_damage_dealt_crossfire()), (80, 80));
    assert_eq!(bravo.crossfire_final_blows, 0);
    assert_eq!(bravo.avg_crossfire_delay_ms(), Some(550.0 / 3.0));
    assert_eq!((bravo.solo_engagements, bravo.solo_kills), (2, 1));
    // An engagement that the round's end cut short is neither an escape nor a death.
    assert_eq!((bravo.times_targeted, bravo.solo_escapes, bravo.solo_deaths), (1, 0, 0));
    assert_eq!(bravo.avg_escape_distance(), None);
    assert_eq!((bravo.name.as_ref().unwrap().as_str(), bravo.rounds), ("b2", 2));
    let day = date(2026, 6, 9);
    assert_eq!((bravo.first_seen, bravo.last_seen), (Some(day.at(20, 0, 0, 0)), Some(day.at(21, 0, 0, 0))));

    let cee = &teamplay.players[&Guid::from(CEE)];
    assert_eq!((cee.crossfire_participations, cee.crossfire_kills, cee.crossfire_final_blows), (2, 1, 1));
    let delta = &teamplay.players[&Guid::from(DELTA)];
    assert_eq!((delta.crossfire_participations, delta.solo_engagements, delta.times_focused), (0, 0, 1));
}

#[test]
fn the_columns_of_crossfire_pairs_by_hand() {
    let crossfires = Crossfires::of(&session());
    assert_eq!(crossfires.pairs.len(), 1);
    let ((first, second), pair) = crossfires.pairs.first_key_value().unwrap();
    assert_eq!((first.as_str(), second.as_str()), (BRAVO, CEE));
    assert_eq!((pair.crossfire_count, pair.crossfire_kills, pair.games_together()), (2, 1, 2));
    assert_eq!((pair.total_combined_damage, pair.avg_delay_ms()), (130, Some(250.0)));
    let names = [&pair.player1_name, &pair.player2_name].map(|n| n.as_ref().unwrap().as_str().to_owned());
    assert_eq!(names, ["b2", "c2"]);
    let day = date(2026, 6, 9);
    assert_eq!((pair.first_played, pair.last_played), (Some(day.at(20, 0, 0, 0)), Some(day.at(21, 0, 0, 0))));
}

#[test]
fn parts_of_a_round_are_one_game_together() {
    let mut rounds = session();
    let games =
        |rounds: &[Round]| Crossfires::of(rounds).pairs.values().map(CrossfirePair::games_together).sum();
    for (second, together) in [(1_000, 1_u64), (1_002, 1), (1_003, 2), (4_000, 2)] {
        rounds[0].meta.start_unix = Some(1_000);
        rounds[1].meta.start_unix = Some(second);
        let found: u64 = games(&rounds);
        assert_eq!(found, together, "starts 1000 and {second}");
    }
}

#[test]
fn extremes_do_not_overflow() {
    let mut rounds = session();
    for round in &mut rounds {
        for engagement in &mut round.engagements {
            engagement.total_damage = i64::MAX;
            engagement.duration_ms = i64::MAX;
            engagement.crossfire_delay_ms = Some(i64::MAX);
            for a in &mut engagement.attackers {
                a.damage = i64::MAX;
            }
            // Named twice, and by hundreds.
            let many = (0..300).map(|i| Guid::from(format!("{:032X}", i / 2).as_str()));
            engagement.crossfire_participants.extend(many);
        }
    }
    assert!(Teamplay::of(&rounds).players.len() > 150);
    assert!(Crossfires::of(&rounds).pairs.len() <= 64 * 63 * 4);
}

proptest! {
    #[test]
    fn the_order_of_rounds_does_not_matter(turn in 0_usize..6) {
        let mut rounds = session();
        rounds.extend(session().into_iter().map(|mut round| {
            round.meta.stamp = None;
            round
        }));
        rounds.extend(session());
        let first = (Teamplay::of(&rounds), Crossfires::of(&rounds));
        rounds.rotate_left(turn);
        prop_assert_eq!(&first, &(Teamplay::of(&rounds), Crossfires::of(&rounds)));
        rounds.reverse();
        prop_assert_eq!(&first, &(Teamplay::of(&rounds), Crossfires::of(&rounds)));
    }
}
