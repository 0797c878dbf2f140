//! What the page says of one player.

mod figures;
mod maps;

use std::collections::BTreeMap;

use self::figures::{Medians, OwnFigure};
use self::maps::OwnMap;
use super::PageData;
use super::name::{NamePart, colored};
use super::picture::PictureView;
use crate::figure::words::number;
use crate::report::charts;
use crate::report::charts::Chart;
use crate::report::model::{Person, SessionReport};
use crate::report::players::own::duels::{Duel, OwnDeath, OwnKill, duels};
use crate::report::players::own::ground::OwnGround;
use crate::report::players::own::ways_out::WayOut;
use crate::report::players::scoreboard::Score;
use crate::report::tables::state_bar;

pub(crate) use self::figures::{Trend, trend};

/// Opponents and spawn areas that a player's part lists, at most.
const MOST_OPPONENTS: usize = 8;
const MOST_AREAS: usize = 20;
/// Players whose part has maps, by time alive: with more of them the page would grow too large.
const MOST_WITH_MAPS: usize = 32;

/// The name of a player's part of the page, by the player's place.
pub(crate) fn anchor(place: usize) -> String {
    format!("player-{}", place + 1)
}

/// What all players' parts are made from.
pub(crate) struct Own {
    pub scores: BTreeMap<usize, Score>,
    pub kills: Vec<OwnKill>,
    pub deaths: Vec<OwnDeath>,
    /// By the player's place.
    duels: Vec<Vec<Duel>>,
    ranks: Ranks,
    /// Of all players.
    session: Medians,
    /// Each player's team, by the player's place, and the medians of each team.
    team_of: Vec<usize>,
    teams: Vec<Medians>,
    /// By the place of the map's part, of the players whose part has maps.
    pub ground: Vec<BTreeMap<usize, OwnGround>>,
    pub ways: Vec<Vec<WayOut>>,
}

pub(crate) struct PersonView {
    pub anchor: String,
    pub name: Vec<NamePart>,
    /// The name without its colours.
    pub plain: String,
    pub line: String,
    pub figures: Vec<OwnFigure>,
    /// Whether a store knows earlier sessions.
    pub has_past: bool,
    pub bar: Vec<(&'static str, u32)>,
    pub maps: Vec<OwnMap>,
    pub duels: Vec<DuelView>,
    pub ways: Vec<OwnWay>,
    pub cards: Vec<PictureView>,
    pub chart: Option<Chart>,
}

pub(crate) struct DuelView {
    pub anchor: String,
    pub name: Vec<NamePart>,
    pub kills: u64,
    pub deaths: u64,
}

/// How a player left one spawn area.
pub(crate) struct OwnWay {
    /// The map and the area: `Oasis: Axis · Garage`.
    pub spawn: String,
    /// Each way out that the player took: `north 4 of 5, side 84 %`.
    pub lanes: Vec<String>,
}

impl Own {
    /// The medians of a player's team.
    fn of_team(&self, person: usize) -> &Medians {
        &self.teams[self.team_of[person]]
    }
}

impl SessionReport<'_> {
    /// Computes what all players' parts are made from.
    pub(crate) fn own(&self) -> Own {
        let scores = self.scores(0..self.cleaned.len());
        let scores: BTreeMap<usize, Score> = scores.into_iter().map(|score| (score.person, score)).collect();
        let (kills, deaths, teams) = (self.own_kills(), self.own_deaths(), self.teams());
        let team = |members: &Vec<usize>| Medians::of(members.iter().filter_map(|mate| scores.get(mate)));
        Own {
            duels: duels(self.people.len(), &kills, &deaths),
            ranks: Ranks::of(&scores),
            session: Medians::of(scores.values()),
            teams: teams.members.iter().map(team).collect(),
            team_of: teams.of,
            scores,
            kills,
            deaths,
            ground: self.maps.iter().map(|part| self.own_ground(part, MOST_WITH_MAPS)).collect(),
            ways: self.maps.iter().map(|part| self.ways_out(part)).collect(),
        }
    }

    pub(crate) fn person_view(
        &self,
        place: usize,
        person: &Person,
        own: &Own,
        data: &PageData<'_>,
    ) -> PersonView {
        let (player, tally) = (&person.player, &person.player.tally);
        let past = data.past.map_or(&[][..], |past| past.of(person.key.guid()));
        let mut line = vec![number::counted(tally.lives, "life", "lives")];
        line.extend(own.scores.get(&place).map(|score| own.ranks.words(score)));
        if !past.is_empty() {
            line.push(format!(
                "{} before this one",
                number::counted(past.len() as u64, "session", "sessions")
            ));
        }
        let cards = person.cards.iter().map(|card| PictureView {
            replay: self.moment(card.round, card.since_live_ms, person.key.guid().as_str()),
            ..self.picture_view(&card.picture, &player.name, data)
        });
        let duel = |duel: &Duel| DuelView {
            anchor: anchor(duel.opponent),
            name: colored(&self.people[duel.opponent].player.written),
            kills: duel.kills,
            deaths: duel.deaths,
        };
        PersonView {
            anchor: anchor(place),
            plain: colored(&player.written).into_iter().map(|part| part.text).collect(),
            name: colored(&player.written),
            line: line.join(" · "),
            figures: figures::rows(place, own, past),
            has_past: !past.is_empty(),
            bar: state_bar(tally),
            maps: if place < MOST_WITH_MAPS { self.own_maps(place, own) } else { Vec::new() },
            duels: own.duels[place].iter().take(MOST_OPPONENTS).map(duel).collect(),
            ways: self.own_ways(place, own),
            cards: cards.collect(),
            chart: charts::past_speed(past, tally.mean_avg_speed_ups()),
        }
    }

    fn own_ways(&self, person: usize, own: &Own) -> Vec<OwnWay> {
        let mut found: Vec<(u64, OwnWay)> = Vec::new();
        for (part, ways) in self.maps.iter().zip(&own.ways) {
            for area in ways.chunk_by(|a, b| a.area == b.area) {
                let lanes = lanes(area, person);
                let exits = lanes.iter().map(|lane| lane.own).sum();
                let spawn = format!("{}: {}", self.map_title(part.map), area[0].area);
                found.push((exits, OwnWay { spawn, lanes: lanes.iter().map(ToString::to_string).collect() }));
            }
        }
        found.retain(|(exits, _)| *exits > 0);
        // The most used of all maps; those that stay keep the order of the maps.
        let mut counts: Vec<u64> = found.iter().map(|(exits, _)| *exits).collect();
        counts.sort_unstable_by_key(|exits| std::cmp::Reverse(*exits));
        let least = counts.get(MOST_AREAS - 1).copied().unwrap_or_default();
        found.retain(|(exits, _)| *exits >= least);
        found.truncate(MOST_AREAS);
        found.into_iter().map(|(_, way)| way).collect()
    }
}

/// A direction in which a player left a spawn area, and how often the player and the side did.
struct Lane {
    direction: &'static str,
    own: u64,
    /// All exits of the player from the area.
    of_own: u64,
    /// Exits of the side in this direction, and in all.
    side: [u64; 2],
}

impl std::fmt::Display for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [part, whole] = self.side;
        let share = number::percent(part as f64 / whole.max(1) as f64);
        write!(f, "{} {} of {}, side {share}", self.direction, self.own, self.of_own)
    }
}

/// The directions in which a player left an area: gates that lie in one direction are one.
fn lanes(area: &[WayOut], person: usize) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for way in area {
        let [own, of_own] = way.players.get(&person).copied().unwrap_or_default();
        match lanes.iter_mut().find(|lane| lane.direction == way.direction) {
            Some(lane) => {
                lane.own += own;
                lane.of_own = lane.of_own.max(of_own);
                lane.side[0] += way.exits[0];
            }
            None => lanes.push(Lane { direction: way.direction, own, of_own, side: way.exits }),
        }
    }
    lanes.retain(|lane| lane.own > 0);
    lanes.sort_by_key(|lane| std::cmp::Reverse(lane.own));
    lanes
}

/// All players' kills and kills for each death, in ascending order.
struct Ranks {
    kills: Vec<u64>,
    ratios: Vec<f64>,
}

impl Ranks {
    fn of(scores: &BTreeMap<usize, Score>) -> Self {
        let mut kills: Vec<u64> = scores.values().map(|score| score.kills).collect();
        let mut ratios: Vec<f64> = scores.values().map(Score::kills_per_death).collect();
        kills.sort_unstable();
        ratios.sort_unstable_by(f64::total_cmp);
        Self { kills, ratios }
    }

    /// The player's place by kills and by kills for each death: `2nd of 14 by kills, 5th by K/D`.
    fn words(&self, score: &Score) -> String {
        let players = self.kills.len();
        let by_kills = 1 + players - self.kills.partition_point(|kills| *kills <= score.kills);
        let ratio = score.kills_per_death();
        let by_ratio = 1 + players - self.ratios.partition_point(|one| *one <= ratio);
        format!("{} of {players} by kills, {} by K/D", ordinal(by_kills), ordinal(by_ratio))
    }
}

fn ordinal(n: usize) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_in_one_direction_are_one_way() {
        let way = |direction, exits, own: Option<[u64; 2]>| WayOut {
            area: "Axis · Mill".to_owned(),
            direction,
            exits: [exits, 20],
            median_ms: 0,
            players: own.into_iter().map(|own| (3, own)).collect(),
            first: None,
        };
        let area = [
            way("east", 6, Some([1, 4])),
            way("north", 9, None),
            way("west", 3, Some([2, 4])),
            way("east", 2, Some([1, 4])),
        ];
        let said: Vec<String> =
            lanes(&area, 3).iter().map(|lane| lane.to_string().replace('\u{2009}', " ")).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(
            said[0].starts_with("east 2 of 4, side 40") && said[1].starts_with("west 2 of 4, side 15"),
            "{said:?}"
        );
        assert!(lanes(&area, 1).is_empty());
    }

    #[test]
    fn places_are_written_as_they_are_said() {
        let said = [1, 2, 3, 4, 11, 12, 13, 21, 102, 113].map(ordinal);
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "113th"]);
    }
}
