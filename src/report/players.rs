//! The players of a session, each with the lives worth a card.

use std::collections::BTreeMap;

use super::subject::{Picture, Subject};
use super::tables;
use super::tables::Player;
use crate::analysis::{Life, Lives, PlayerKey};
use crate::model::{Guid, LevelTime, Outcome};

/// Side of the map's square on a player's cards, pixels.
const CARD_PX: u32 = 720;
/// Players that get cards, by time alive; the tables show all.
const MOST_CARDS: usize = 64;

/// A player's part of the page.
pub(crate) struct Person {
    /// The player.
    pub key: PlayerKey,
    /// The player's figures.
    pub player: Player,
    /// Kills that engagements tell of.
    pub kills: u64,
    /// Cards of the longest life and of the one with most kills, which may be the same.
    pub cards: Vec<Card>,
}

/// A life that has a card.
pub(crate) struct Card {
    /// The picture.
    pub picture: Picture,
    /// The round it belongs to.
    pub round: usize,
    /// Its beginning, ms since the round went live.
    pub since_live_ms: i64,
}

/// A life and what it is measured by.
#[derive(Clone, Copy)]
struct Found {
    round: usize,
    track: usize,
    kills: u64,
    alive_ms: i64,
    since_live_ms: i64,
}

/// Every player of the report, longest time alive first; `map_of` gives the map of a round.
pub(crate) fn people(rounds: &[Lives<'_>], map_of: &BTreeMap<usize, usize>) -> Vec<Person> {
    let mut lives: BTreeMap<PlayerKey, Vec<Found>> = BTreeMap::new();
    for (round, cleaned) in rounds.iter().enumerate() {
        let kills = kills_by_player(cleaned);
        for life in &cleaned.lives {
            let track = life.track();
            let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
            lives.entry(key).or_default().push(Found {
                round,
                track: life.track_index(),
                kills: kills.get(&track.guid).map_or(0, |ends| within(ends, life)),
                alive_ms: life.alive_ms(),
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
        let drawable: Vec<Found> = lives
            .get(&person.key)
            .into_iter()
            .flatten()
            .filter(|life| map_of.contains_key(&life.round))
            .copied()
            .collect();
        person.cards = cards(place, &drawable, map_of);
    }
    people
}

fn cards(place: usize, lives: &[Found], map_of: &BTreeMap<usize, usize>) -> Vec<Card> {
    // The first of equals, so that the choice does not depend on the order of files.
    let first = |life: &Found| std::cmp::Reverse((life.round, life.track));
    let longest = lives.iter().max_by_key(|life| (life.alive_ms, first(life)));
    let best = lives
        .iter()
        .filter(|life| life.kills > 0)
        .max_by_key(|life| (life.kills, std::cmp::Reverse(life.alive_ms), first(life)));
    let kills = |n: u64| crate::figure::words::number::counted(n, "kill", "kills");
    let card = |name: &str, title: String, life: &Found| Card {
        picture: Picture {
            file: format!("pictures/player-{:02}-{name}.png", place + 1),
            title,
            subject: Subject::Life { round: life.round, track: life.track },
            rounds: vec![life.round],
            map: map_of.get(&life.round).copied().unwrap_or_default(),
            size_px: CARD_PX,
        },
        round: life.round,
        since_live_ms: life.since_live_ms,
    };
    let same = |a: &Found, b: &Found| (a.round, a.track) == (b.round, b.track);
    match (longest, best) {
        (Some(longest), Some(best)) if same(longest, best) => {
            vec![card(
                "longest",
                format!("Longest life, and most kills in one: {}", kills(best.kills)),
                longest,
            )]
        }
        (longest, best) => longest
            .map(|life| card("longest", format!("Longest life: {}", tables::clock(life.alive_ms)), life))
            .into_iter()
            .chain(
                best.map(|life| card("best", format!("Most kills in one life: {}", kills(life.kills)), life)),
            )
            .collect(),
    }
}

/// When each player killed another, by the engagements of a round.
fn kills_by_player<'a>(lives: &Lives<'a>) -> BTreeMap<&'a Guid, Vec<LevelTime>> {
    let mut kills: BTreeMap<&Guid, Vec<LevelTime>> = BTreeMap::new();
    let Some(first) = lives.lives.first() else { return kills };
    for engagement in &first.round().engagements {
        if let (Outcome::Killed, Some(killer)) = (&engagement.outcome, &engagement.killer_guid)
            && *killer != engagement.target_guid
        {
            kills.entry(killer).or_default().push(engagement.end);
        }
    }
    kills
}

fn within(ends: &[LevelTime], life: &Life<'_>) -> u64 {
    ends.iter().filter(|end| (life.start()..=life.end()).contains(*end)).count() as u64
}
