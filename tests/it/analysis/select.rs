//! The one filter.

use jiff::civil::date;
use proximity::analysis::lives;
use proximity::analysis::{PlayerPattern, StateSet};
use proximity::model::PlayerName;
use proximity::{Bots, Filter, State};
use proximity::{Class, Team};

use super::corpus::{ALPHA, own_round, runner, wanderers};

#[test]
fn players_by_name_without_colours_or_by_guid() {
    let name = PlayerName::from("^1Al^7pha ^oBÄR");
    let matches = |typed: &str| PlayerPattern::new(typed).matches(ALPHA, &name);
    assert!(["alpha bär", " Alpha BÄR ", "^3ALPHA bär", ALPHA, "0f1e2d3c"].iter().all(|t| matches(t)));
    assert!(
        !["alpha", "", "^1", "0f1e2d3", "0f1e2d3d", "0F1E2D3C4B5A69788796A5B4C3D2E1F0F"]
            .iter()
            .any(|t| matches(t))
    );
    // A short stand-in is a whole word.
    assert!(PlayerPattern::new("slot5").matches("SLOT5", &name));
    assert!(!PlayerPattern::new("SLOT5").matches("SLOT52", &name));
}

#[test]
fn rounds_by_map_session_and_number() {
    let mut round = own_round(Vec::new());
    round.meta.stamp = Some(date(2026, 6, 10).at(0, 30, 0, 0));
    let on = |filter: Filter| filter.matches_round(&round);
    assert!(on(Filter { maps: vec!["oasis".into(), "SUPPLY".into()], ..Filter::default() }));
    assert!(!on(Filter { maps: vec!["oasis".into()], ..Filter::default() }));
    // Half past midnight belongs to the session before.
    let session = |first: i8, last: i8| Filter {
        sessions: Some((date(2026, 6, first), date(2026, 6, last))),
        ..Filter::default()
    };
    assert!(on(session(9, 9)) && on(session(1, 30)) && !on(session(10, 10)));
    assert!(on(Filter { round: Some(1), ..Filter::default() }));
    assert!(!on(Filter { round: Some(2), ..Filter::default() }));
    assert!(lives(&wanderers(1, 9), &Filter { round: Some(2), ..Filter::everything() }).lives.is_empty());
}

#[test]
fn lives_by_side_class_and_bot_rule() {
    let round = wanderers(5, 60);
    let count = |filter: Filter| lives(&round, &filter).lives.len();
    let everything = count(Filter::everything());
    let bots = count(Filter { bots: Bots::Only, ..Filter::default() });
    assert!(bots > 0);
    assert_eq!(count(Filter::default()) + bots, everything);
    let side = |team| count(Filter { teams: vec![team], ..Filter::everything() });
    assert_eq!(side(Team::Axis) + side(Team::Allies), everything);
    let classes = [Class::Soldier, Class::Medic, Class::Engineer];
    let by_class: usize =
        classes.iter().map(|c| count(Filter { classes: vec![c.clone()], ..Filter::everything() })).sum();
    assert_eq!(by_class, everything);
    assert_eq!(count(Filter { classes: classes.to_vec(), ..Filter::everything() }), everything);
}

#[test]
fn unwanted_states_are_hidden_not_forgotten() {
    let round = wanderers(7, 20);
    let filter = Filter { states: StateSet::of(&[State::Prone]), ..Filter::everything() };
    let all = lives(&round, &Filter::everything());
    for (life, whole) in lives(&round, &filter).lives.iter().zip(&all.lives) {
        assert!(life.segments().all(|s| s.state == State::Prone));
        let prone = whole.segments().filter(|s| s.state == State::Prone).count();
        assert_eq!(life.segments().count(), prone);
        assert_eq!(life.steps().count(), whole.steps().count());
    }
}

#[test]
fn a_life_knows_its_number_even_when_others_are_filtered() {
    let lives_of = |class: Class| {
        let mut tracks = Vec::new();
        for (i, c) in [Class::Medic, Class::Engineer, Class::Medic].into_iter().enumerate() {
            let mut life = runner(ALPHA, 500 + 5_000 * i as i32, (0.0, 0.0), 100.0, 2_000, 200);
            life.class = c;
            tracks.push(life);
        }
        let round = own_round(tracks);
        let filter = Filter { classes: vec![class], ..Filter::default() };
        lives(&round, &filter).lives.iter().map(|l| (l.number(), l.of())).collect::<Vec<_>>()
    };
    assert_eq!(lives_of(Class::Medic), [(1, 3), (3, 3)]);
    assert_eq!(lives_of(Class::Engineer), [(2, 3)]);
}
