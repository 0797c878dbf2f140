//! What is worth a name on a map.

use serde::{Deserialize, Serialize};

use crate::geom::WorldPoint;

/// One of the two sides, as maps write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Axis (red).
    Axis,
    /// Allies (blue).
    Allies,
}

impl Side {
    /// The word in a description file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Axis => "axis",
            Self::Allies => "allies",
        }
    }
}

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// An area where a side spawns.
    SpawnArea,
    /// A flag pole both sides can take.
    Checkpoint,
    /// Something to destroy, build, steal or escort.
    Objective,
    /// Something an engineer builds.
    Constructible,
    /// A command post.
    CommandPost,
    /// Something to steal and carry.
    Item,
    /// Where a stolen thing is brought.
    Delivery,
    /// A health or ammunition cabinet.
    Cabinet,
    /// A place that players have a name for.
    Place,
}

impl LabelKind {
    /// The word in a description file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SpawnArea => "spawn_area",
            Self::Checkpoint => "checkpoint",
            Self::Objective => "objective",
            Self::Constructible => "constructible",
            Self::CommandPost => "command_post",
            Self::Item => "item",
            Self::Delivery => "delivery",
            Self::Cabinet => "cabinet",
            Self::Place => "place",
        }
    }
}

/// A named place of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapLabel {
    /// What it names.
    pub kind: LabelKind,
    /// Whose it is; `None` for both or neither.
    pub side: Option<Side>,
    /// The name for people: no colour codes, no control characters, at most [`MapLabel::LONGEST`] characters.
    pub text: String,
    /// Where it is.
    pub at: WorldPoint,
}

impl MapLabel {
    /// The longest text kept, in characters.
    pub const LONGEST: usize = 64;

    /// A label with its text made fit to show; `None` if nothing of it is left or the place is off the world.
    pub fn new(kind: LabelKind, side: Option<Side>, text: &str, at: WorldPoint) -> Option<Self> {
        let text = plain_text(text, Self::LONGEST);
        (!text.is_empty() && at.is_plausible()).then_some(Self { kind, side, text, at })
    }
}

/// One spot where a player of a side appears.
#[derive(Debug, Clone, PartialEq)]
pub struct SpawnSpot {
    /// Whose spot it is.
    pub side: Side,
    /// Where it is.
    pub at: WorldPoint,
    /// The spawn area's name, if the map names one.
    pub area: Option<String>,
}

/// A map's full name made fit to show.
pub(crate) fn plain_title(text: &str) -> String {
    plain_text(text, MapLabel::LONGEST)
}

/// A text of a map made fit to show: `^x` colour codes and control characters dropped, white space joined, cut at
/// `longest` characters.
pub(crate) fn plain_text(text: &str, longest: usize) -> String {
    let mut shown = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '^' => {
                letters.next();
            }
            letter if letter.is_whitespace() || letter.is_control() => {
                if !shown.is_empty() && !shown.ends_with(' ') {
                    shown.push(' ');
                }
            }
            letter => shown.push(letter),
        }
    }
    shown.chars().take(longest).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_colours_and_controls() {
        assert_eq!(plain_text("^1Old ^7City\n\t Bank\u{7}  ", 64), "Old City Bank");
        assert_eq!(plain_text("^", 64), "");
        assert_eq!(plain_text(&"ä".repeat(200), 64).chars().count(), 64);
        let nowhere = WorldPoint::new(f32::NAN, 0.0, 0.0);
        assert_eq!(MapLabel::new(LabelKind::Place, None, "x", nowhere), None);
    }
}
