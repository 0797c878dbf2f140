//! Who plays in which slot.

use crate::demo::meaning::{class, team};
use crate::demo::state::ConfigStrings;
use crate::model::{Class, Guid, PlayerName, Team};

/// A player in a slot, from joining to leaving.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Player {
    pub(super) guid: Guid,
    pub(super) name: PlayerName,
    pub(super) team: Option<Team>,
    pub(super) class: Class,
}

/// What a change of a player's config string was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The slot is taken now.
    Joined,
    /// The slot is free now.
    Left,
    /// The same player: a new name, class or side, or nothing.
    Same,
}

/// The players by slot.
#[derive(Debug)]
pub(super) struct Roster {
    players: Vec<Option<Player>>,
    /// How many players each slot has had: part of the identity, since a slot is used again.
    connections: Vec<u32>,
}

impl Default for Roster {
    fn default() -> Self {
        Self {
            players: vec![None; ConfigStrings::MAX_PLAYERS],
            connections: vec![0; ConfigStrings::MAX_PLAYERS],
        }
    }
}

impl Roster {
    pub(super) fn get(&self, slot: u8) -> Option<&Player> {
        self.players.get(usize::from(slot))?.as_ref()
    }

    /// Reads a slot's config string.
    pub(super) fn read(&mut self, slot: u8, config: &ConfigStrings) -> Change {
        let place = usize::from(slot);
        let number = ConfigStrings::PLAYERS + place;
        if config.get(number).is_empty() {
            return if self.players[place].take().is_some() { Change::Left } else { Change::Same };
        }
        let info = |key| config.info(number, key);
        let number_of = |key| info(key).parse().unwrap_or(-1);
        let name = info("n");
        let joined = self.players[place].is_none();
        self.connections[place] += u32::from(joined);
        let guid = match self.players[place].take() {
            Some(player) => player.guid,
            None => guid(slot, self.connections[place], name),
        };
        self.players[place] = Some(Player {
            guid,
            name: PlayerName::from(name),
            team: team(number_of("t")),
            class: class(number_of("c")).unwrap_or(Class::Unknown),
        });
        if joined { Change::Joined } else { Change::Same }
    }

    /// Reads all slots, at a new gamestate.
    pub(super) fn read_all(&mut self, config: &ConfigStrings) {
        for slot in 0..ConfigStrings::MAX_PLAYERS {
            self.read(slot as u8, config);
        }
    }
}

/// A demo holds no GUIDs. A bot of ET: Legacy gets the one that its server gives it; people get one that is theirs within
/// this demo.
fn guid(slot: u8, connection: u32, name: &str) -> Guid {
    let plain = PlayerName::from(name);
    if plain.display().starts_with("[BOT]") {
        Guid::new(format!("{:0<32}", format!("OMNIBOT{slot:02}")))
    } else {
        Guid::new(format!("SLOT{slot}_{connection}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_keeps_the_player_and_a_new_connection_does_not() {
        let mut config = ConfigStrings::default();
        let mut roster = Roster::default();
        let mut read = |text: &str, roster: &mut Roster| {
            config.set(692, text);
            roster.read(3, &config)
        };
        assert_eq!(read(r"n\Alpha\t\1\c\2", &mut roster), Change::Joined);
        let first = roster.get(3).cloned().unwrap();
        assert_eq!((first.team, first.class), (Some(Team::Axis), Class::Engineer));
        assert_eq!(read(r"n\^1Beta\t\2\c\2", &mut roster), Change::Same);
        assert_eq!(roster.get(3).unwrap().guid, first.guid);
        assert_eq!(read("", &mut roster), Change::Left);
        assert_eq!(read("", &mut roster), Change::Same);
        assert_eq!(read(r"n\Alpha\t\1\c\2", &mut roster), Change::Joined);
        assert_eq!(roster.get(3).unwrap().guid.as_str(), "SLOT3_2");
        assert_eq!(guid(10, 1, "^o[BOT]^7Halfwit").as_str(), "OMNIBOT1000000000000000000000000");
    }
}
