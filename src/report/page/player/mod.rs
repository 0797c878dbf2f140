//! What the page says of one player.

mod figures;
mod maps;

use std::collections::BTreeMap;

use self::figures::OwnFigure;
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

/// Opponents and ways out that a player's part lists, at most.
const MOST_OPPONENTS: usize = 8;
const MOST_WAYS: usize = 12;
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
    pub teams: Vec<Vec<usize>>,
    /// By the place of the map's part.
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

/// A lane that a player took, beside how often all of the side took it.
pub(crate) struct OwnWay {
    pub map: String,
    pub area: String,
    pub direction: &'static str,
    pub own: String,
    pub share: String,
    pub side_share: String,
}

impl SessionReport<'_> {
    /// Computes what all players' parts are made from.
    pub(crate) fn own(&self) -> Own {
        let scores = self.scores(0..self.cleaned.len());
        Own {
            scores: scores.into_iter().map(|score| (score.person, score)).collect(),
            kills: self.own_kills(),
            deaths: self.own_deaths(),
            teams: self.teams(),
            ground: self.maps.iter().map(|part| self.own_ground(part)).collect(),
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
        line.extend(own.scores.get(&place).map(|score| rank(score, own)));
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
        let duel = |duel: Duel| DuelView {
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
            duels: duels(place, &own.kills, &own.deaths).into_iter().take(MOST_OPPONENTS).map(duel).collect(),
            ways: self.own_ways(place, own),
            cards: cards.collect(),
            chart: charts::past_speed(past, tally.mean_avg_speed_ups()),
        }
    }

    fn own_ways(&self, person: usize, own: &Own) -> Vec<OwnWay> {
        let mut found: Vec<(u64, OwnWay)> = Vec::new();
        for (part, ways) in self.maps.iter().zip(&own.ways) {
            for way in ways {
                let Some([exits, of_area]) = way.players.get(&person) else { continue };
                let share = |[part, whole]: [u64; 2]| number::percent(part as f64 / whole.max(1) as f64);
                found.push((
                    *exits,
                    OwnWay {
                        map: self.map_title(part.map),
                        area: way.area.clone(),
                        direction: way.direction,
                        own: number::count(*exits),
                        share: share([*exits, *of_area]),
                        side_share: share(way.exits),
                    },
                ));
            }
        }
        // The most used of all maps; those that stay keep the order of the maps.
        let mut counts: Vec<u64> = found.iter().map(|(exits, _)| *exits).collect();
        counts.sort_unstable_by_key(|exits| std::cmp::Reverse(*exits));
        let least = counts.get(MOST_WAYS - 1).copied().unwrap_or_default();
        found.retain(|(exits, _)| *exits >= least);
        found.truncate(MOST_WAYS);
        found.into_iter().map(|(_, way)| way).collect()
    }
}

/// The player's place by kills and by kills for each death: `2nd of 14 by kills, 5th by K/D`.
fn rank(score: &Score, own: &Own) -> String {
    let place =
        |is_before: &dyn Fn(&Score) -> bool| 1 + own.scores.values().filter(|one| is_before(one)).count();
    let by_kills = place(&|one| one.kills > score.kills);
    let by_ratio = place(&|one| one.kills_per_death() > score.kills_per_death());
    format!("{} of {} by kills, {} by K/D", ordinal(by_kills), own.scores.len(), ordinal(by_ratio))
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
    use super::ordinal;

    #[test]
    fn places_are_written_as_they_are_said() {
        let said = [1, 2, 3, 4, 11, 12, 13, 21, 102, 113].map(ordinal);
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "113th"]);
    }
}
