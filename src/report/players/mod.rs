//! The players of a session, each with the lives worth a card.

pub(super) mod highlights;
pub(super) mod own;
pub(super) mod scoreboard;

use std::collections::BTreeMap;

use crate::analysis::{Life, Lives, Moments, PlayerKey};
use crate::figure::request::Request;
use crate::report::model::{Card, Person, Picture};
use crate::report::tables;

/// Players that get cards, by time alive; the tables show all.
const MOST_CARDS: usize = 64;

/// A life and what it is measured by.
#[derive(Clone, Copy)]
struct Found {
    round: usize,
    /// Its place in the lives of the round.
    life: usize,
    kills: u64,
    alive_ms: i64,
    away: bool,
    since_live_ms: i64,
}

/// Every player of the rounds, longest time alive first. `card` gives the map of a life's round and the request for its
/// card; `None` for a round whose map cannot be drawn.
pub(crate) fn people(
    rounds: &[Lives<'_>],
    card: impl Fn(usize, &Life<'_>) -> Option<(usize, Request)>,
) -> Vec<Person> {
    let mut lives: BTreeMap<PlayerKey, Vec<Found>> = BTreeMap::new();
    for (round, cleaned) in rounds.iter().enumerate() {
        let kills = Moments::kills(cleaned);
        for (place, life) in cleaned.lives.iter().enumerate() {
            let track = life.track();
            let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
            lives.entry(key).or_default().push(Found {
                round,
                life: place,
                kills: kills.as_ref().map_or(0, |kills| kills.of_life(life).len() as u64),
                alive_ms: life.alive_ms(),
                away: life.is_away(),
                since_live_ms: life.start_since_live_ms(),
            });
        }
    }
    let mut people: Vec<Person> = tables::players(rounds)
        .into_iter()
        .map(|(key, player)| {
            let kills = lives.get(&key).map_or(0, |lives| lives.iter().map(|life| life.kills).sum());
            Person { key, player, kills, cards: Vec::new() }
        })
        .collect();
    people.sort_by(|a, b| {
        b.player.tally.alive_ms.cmp(&a.player.tally.alive_ms).then_with(|| a.key.cmp(&b.key))
    });
    for (place, person) in people.iter_mut().take(MOST_CARDS).enumerate() {
        let found = lives.get(&person.key).map_or(&[][..], Vec::as_slice);
        person.cards = cards(place, found, |found| card(found.round, &rounds[found.round].lives[found.life]));
    }
    people
}

fn cards(place: usize, lives: &[Found], request: impl Fn(&Found) -> Option<(usize, Request)>) -> Vec<Card> {
    let lives: Vec<(&Found, (usize, Request))> =
        lives.iter().filter_map(|found| Some((found, request(found)?))).collect();
    // The first of equals, so that the choice does not hang on the order of files.
    let first = |life: &Found| std::cmp::Reverse((life.round, life.life));
    let longest =
        lives.iter().filter(|(life, _)| !life.away).max_by_key(|(life, _)| (life.alive_ms, first(life)));
    let best = lives
        .iter()
        .filter(|(life, _)| life.kills > 0)
        .max_by_key(|(life, _)| (life.kills, std::cmp::Reverse(life.alive_ms), first(life)));
    let kills = |n: u64| crate::figure::words::number::counted(n, "kill", "kills");
    let card = |name: &str, title: String, (life, (map, request)): &(&Found, (usize, Request))| Card {
        picture: Picture {
            file: format!("pictures/player-{:02}-{name}.png", place + 1),
            title,
            request: request.clone(),
            rounds: vec![life.round],
            map: *map,
            has_light: false,
        },
        round: life.round,
        since_live_ms: life.since_live_ms,
    };
    let longest_title = |life: &Found| format!("Longest life: {}", tables::clock(life.alive_ms));
    let best_title = |life: &Found| format!("Most kills in one life: {}", kills(life.kills));
    let same = |a: &Found, b: &Found| (a.round, a.life) == (b.round, b.life);
    match (longest, best) {
        (Some(longest), Some(best)) if same(longest.0, best.0) => {
            let title = format!("Longest life, and most kills in one: {}", kills(best.0.kills));
            vec![card("longest", title, longest)]
        }
        (longest, best) => {
            let longest = longest.map(|found| card("longest", longest_title(found.0), found));
            let best = best.map(|found| card("best", best_title(found.0), found));
            longest.into_iter().chain(best).collect()
        }
    }
}
