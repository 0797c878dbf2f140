//! Players as they were typed: whole names and GUIDs, unique parts of names, and what was probably meant.

use std::collections::BTreeSet;

use super::choose::choices;
use super::error::RoundsError;
use super::read::EachRound;
use crate::analysis::{Bots, Filter, PlayerPattern};
use crate::progress::Progress;
use crate::text;

/// The filter with every player in it that these rounds know: a part of a name that only one player has becomes that name.
/// `None` when it is the filter already, and so no player is the reason why it leaves nothing.
///
/// # Errors
/// A player who is not there, or a part that several names have; says which names are near.
pub fn known_players(
    rounds: &impl EachRound,
    filter: &Filter,
    progress: &dyn Progress,
) -> Result<Option<Filter>, RoundsError> {
    if filter.players.is_empty() {
        return Ok(None);
    }
    let (names, matched) = found(rounds, filter, filter.bots, progress)?;
    if names.is_empty() || matched.iter().all(|matched| *matched) {
        return Ok(None);
    }
    let player = |(player, matched): (&PlayerPattern, &bool)| {
        if *matched { Ok(player.clone()) } else { named(player.as_str(), &names) }
    };
    let players: Result<Vec<_>, _> = filter.players.iter().zip(&matched).map(player).collect();
    if players.is_err() && filter.bots == Bots::Exclude {
        let (_, of_bots) = found(rounds, filter, Bots::Only, progress)?;
        let bot = filter
            .players
            .iter()
            .zip(matched)
            .zip(of_bots)
            .find(|((_, matched), is_bot)| *is_bot && !matched);
        if let Some(((bot, _), _)) = bot {
            return Err(RoundsError::NothingMatches(format!(
                "{} is a bot, and bots are left out unless they are asked for (`--bots include`)",
                bot.as_str()
            )));
        }
    }
    Ok(Some(Filter { players: players?, ..filter.clone() }))
}

/// The names of all players that a filter wants but for theirs, with or without bots, and which of the filter's players are among
/// them.
fn found(
    rounds: &impl EachRound,
    filter: &Filter,
    bots: Bots,
    progress: &dyn Progress,
) -> Result<(BTreeSet<String>, Vec<bool>), RoundsError> {
    let any_player = Filter { players: Vec::new(), bots, ..filter.clone() };
    rounds.look(
        progress,
        "looking for players",
        || (BTreeSet::new(), vec![false; filter.players.len()]),
        |(names, matched), round| {
            for life in &round.lives(&any_player).lives {
                let track = life.track();
                for (matched, player) in matched.iter_mut().zip(&filter.players) {
                    *matched |= player.matches(track.guid.as_str(), &track.name);
                }
                names.insert(track.name.display().into_owned());
            }
        },
        |(all, any): &mut (BTreeSet<String>, Vec<bool>), (names, matched)| {
            all.extend(names);
            any.iter_mut().zip(matched).for_each(|(any, matched)| *any |= matched);
        },
    )
}

/// The one player whose name has this part.
fn named(typed: &str, names: &BTreeSet<String>) -> Result<PlayerPattern, RoundsError> {
    let part = typed.to_lowercase();
    let mut holding = names.iter().filter(|name| !part.is_empty() && name.to_lowercase().contains(&part));
    if let (Some(name), None) = (holding.next(), holding.next()) {
        return Ok(PlayerPattern::new(name));
    }
    let near = text::near(typed, names.iter().map(String::as_str));
    let there = || choices(names.iter().cloned());
    Err(RoundsError::NothingMatches(if typed.is_empty() {
        format!("a player is asked for without a name or GUID; there are: {}", there())
    } else if near.is_empty() {
        format!("no life of {typed} matches the filters; there are: {}", there())
    } else {
        format!("no player is called {typed}; did you mean {}?", near.join(", "))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_one_name_has_is_that_name() {
        let names = BTreeSet::from(["Kestrel".to_owned()]);
        assert_eq!(named("estr", &names).unwrap(), PlayerPattern::new("Kestrel"));
        let said = |typed| named(typed, &names).unwrap_err().to_string();
        assert!(said("").contains("without a name or GUID; there are: Kestrel"), "{}", said(""));
        assert!(said("kestral").contains("did you mean Kestrel?"), "{}", said("kestral"));
    }
}
