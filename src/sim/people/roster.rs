//! Who plays: invented players.

use crate::map::Side;
use crate::model::{Class, Guid, PlayerName};
use crate::sim::random::Random;

/// A player of the simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Player {
    /// The identity in every file.
    pub guid: Guid,
    /// The name with colour codes.
    pub name: PlayerName,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// The class the player plays.
    pub class: Class,
    /// The team the player belongs to.
    pub crew: Crew,
    /// How well the player aims: 1 is average.
    pub(crate) skill: f64,
    /// How boldly the player moves, 0 … 1.
    pub(crate) nerve: f64,
    /// How much the player sprints, 0 … 1.
    pub(crate) haste: f64,
}

/// The two teams of a session; they change sides after every round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crew {
    /// Attacks first.
    First,
    /// Defends first.
    Second,
}

impl Crew {
    /// The side a team plays in a round: Allies attack on this map.
    pub fn side(self, round_number: u8) -> Side {
        match (self, round_number % 2) {
            (Self::First, 1) | (Self::Second, 0) => Side::Allies,
            _ => Side::Axis,
        }
    }
}

/// Names with their colours; the first two always play.
const NAMES: [&str; 24] = [
    "^3Kes^7trel",
    "^5\u{17c}ubr",
    "^1Hazel^7nut",
    "^dtide^7walker",
    "^3K\u{e4}uz^7chen",
    "^2moor^7hen",
    "^7quiet^9.^7Oak",
    "^4blau^7er_Dunst",
    "^8north^7lamp",
    "^1r^3u^2s^4t^7y",
    "^mPepper^7corn",
    "^7tin.^1kettle",
    "^ofern^7weh",
    "^6Old^7Badger",
    "^7\u{0420}\u{044b}\u{0441}\u{044c}",
    "^2gravel",
    "^cLow^7Tide",
    "^7seven^1stairs",
    "^3wick",
    "^5Marsh^7mallow",
    "^7Brass^3Button",
    "^xslow^7worm",
    "^1b\u{f8}lge",
    "^4half^7penny",
];

/// The classes of each six players: one medic at least, one engineer at least.
const CLASSES: [Class; 6] =
    [Class::Medic, Class::Engineer, Class::FieldOps, Class::Soldier, Class::CovertOps, Class::Medic];

/// `count` players in two teams of the same size (the first has one more if `count` is odd). From four on, the last
/// one is a bot.
pub(crate) fn gather(count: usize, random: &mut Random) -> Vec<Player> {
    let mut names: Vec<String> = (0..count.max(NAMES.len())).map(name).collect();
    random.shuffle(&mut names[2..NAMES.len()]);
    let player = |(index, name): (usize, String)| {
        let is_bot = count >= 4 && index + 1 == count;
        let crew = if index % 2 == 0 { Crew::First } else { Crew::Second };
        let class = CLASSES[index / 2 % CLASSES.len()].clone();
        let guid = if is_bot {
            "OMNIBOT0100000000000000000000000".to_owned()
        } else {
            format!("{:016X}{:016X}", random.next(), random.next())
        };
        let name = if is_bot { "^o[BOT]^7Quill".to_owned() } else { name };
        Player {
            guid: Guid::new(guid),
            name: PlayerName(name.into()),
            is_bot,
            class,
            crew,
            skill: if is_bot { 0.62 } else { (1.0 + 0.16 * random.bell()).clamp(0.7, 1.4) },
            nerve: random.between(0.15, 0.95),
            haste: if is_bot { 0.2 } else { random.between(0.35, 1.0) },
        }
    };
    names.into_iter().take(count).enumerate().map(player).collect()
}

/// The name of player `index`: one of the list, then the list again with a number.
fn name(index: usize) -> String {
    let name = NAMES[index % NAMES.len()];
    if index < NAMES.len() { name.to_owned() } else { format!("{name}^7{}", index / NAMES.len() + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GuidKind;

    #[test]
    fn each_player_has_a_name_and_an_identity_of_their_own() {
        let players = gather(64, &mut Random::new(1, 0));
        let mut names: Vec<&str> = players.iter().map(|p| p.name.as_str()).collect();
        let mut guids: Vec<&str> = players.iter().map(|p| p.guid.as_str()).collect();
        names.sort_unstable();
        guids.sort_unstable();
        names.dedup();
        guids.dedup();
        assert_eq!((names.len(), guids.len()), (64, 64));
        assert!(guids.iter().all(|guid| guid.len() == 32));
        assert_eq!(players.iter().filter(|p| p.guid.kind() == GuidKind::Bot).count(), 1);
        for crew in [Crew::First, Crew::Second] {
            let team = players.iter().filter(|p| p.crew == crew);
            assert_eq!(team.clone().count(), 32);
            assert!(
                team.clone().any(|p| p.class == Class::Medic)
                    && team.clone().any(|p| p.class == Class::Engineer)
            );
        }
    }

    #[test]
    fn teams_change_sides() {
        assert_eq!([1, 2, 1].map(|round| Crew::First.side(round)), [Side::Allies, Side::Axis, Side::Allies]);
        assert_eq!(Crew::Second.side(2), Side::Allies);
    }
}
