//! The bot's commands as data: what Discord is told of them, and what is understood of their options.

use serde_json::{Value, json};

/// A command's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// A picture of this figure; for only those who asked, if so.
    Picture(&'static str, Audience),
    /// One group of lives against another.
    Versus,
    /// Lives that move.
    Replay,
    /// A table of a store's figures.
    Table(Table),
    /// What the message after a session says.
    Session,
    /// What admins may do.
    Admin,
}

/// Who sees an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// All in the channel, unless the asker wants it otherwise.
    Channel,
    /// The asker.
    Asker,
}

/// A table of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Movers,
    Reaction,
    Sprint,
}

/// What is offered while an option is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    Maps,
    Players,
    Sessions,
    Words(&'static [&'static str]),
    Nothing,
}

/// An option of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opt {
    pub name: &'static str,
    description: &'static str,
    pub offer: Offer,
    is_required: bool,
    kind: Kind,
}

/// Discord's number of an option's type.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text = 3,
    Number = 4,
    Flag = 5,
    Channel = 7,
}

/// A command.
#[derive(Debug)]
pub(super) struct Command {
    pub name: &'static str,
    description: &'static str,
    pub work: Work,
    pub options: &'static [Opt],
}

const fn text(name: &'static str, description: &'static str, offer: Offer) -> Opt {
    Opt { name, description, offer, is_required: false, kind: Kind::Text }
}

const fn required(option: Opt) -> Opt {
    Opt { is_required: true, ..option }
}

const MAP: Opt = text("map", "The map", Offer::Maps);
const PLAYER: Opt = text("player", "Only this player", Offer::Players);
const SESSION: Opt =
    text("session", "Only this session, or from the first to the last: D..D", Offer::Sessions);
const TEAM: Opt = text("team", "Only this side", Offer::Words(&["axis", "allies"]));
const CLASS: Opt = text(
    "class",
    "Only this class",
    Offer::Words(&["soldier", "medic", "engineer", "fieldops", "covertops"]),
);
const STATE: Opt = text("state", "Only this state", Offer::Words(&["sprint", "run", "crouch", "prone"]));
const LIFE_WINDOW: Opt = text("life_window", "Only these seconds of each life: 0..10", Offer::Nothing);
const ROUND: Opt = Opt {
    name: "round",
    description: "Only round 1 or 2",
    offer: Offer::Nothing,
    is_required: false,
    kind: Kind::Number,
};
const ONLY_ME: Opt = Opt {
    name: "only_me",
    description: "Show the answer to you alone",
    offer: Offer::Nothing,
    is_required: false,
    kind: Kind::Flag,
};
const TOP: Opt = Opt {
    name: "top",
    description: "How many rows, 1 to 20",
    offer: Offer::Nothing,
    is_required: false,
    kind: Kind::Number,
};
const BY: Opt = text("by", "What the colours tell apart", Offer::Words(&["state", "team", "class", "none"]));
/// The filter's options that every picture has.
const PICTURE: [Opt; 9] = [required(MAP), PLAYER, TEAM, CLASS, STATE, SESSION, ROUND, LIFE_WINDOW, ONLY_ME];

/// What replays are made as, the usual first.
pub(super) const REPLAY_FILES: &[&str] = if cfg!(feature = "video") { &["video", "gif"] } else { &["gif"] };

/// All of them.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        name: "heatmap",
        description: "Where players were, for how long, and in which state",
        work: Work::Picture("heatmap", Audience::Channel),
        options: &[required(MAP), PLAYER, TEAM, CLASS, STATE, BY, SESSION, ROUND, LIFE_WINDOW, ONLY_ME],
    },
    Command {
        name: "paths",
        description: "Lives as lines",
        work: Work::Picture("paths", Audience::Channel),
        options: &PICTURE,
    },
    Command {
        name: "exits",
        description: "How players leave their spawns",
        work: Work::Picture("exits", Audience::Channel),
        options: &PICTURE,
    },
    Command {
        name: "kills",
        description: "Who was killed where, and from where",
        work: Work::Picture("kills", Audience::Channel),
        options: &PICTURE,
    },
    Command {
        name: "arrival",
        description: "How early one side got where",
        work: Work::Picture("arrival", Audience::Channel),
        options: &[required(MAP), required(TEAM), PLAYER, CLASS, SESSION, ROUND, ONLY_ME],
    },
    Command {
        name: "life",
        description: "The longest life of a player as a card",
        work: Work::Picture("life", Audience::Channel),
        options: &[required(PLAYER), MAP, TEAM, CLASS, SESSION, ROUND, ONLY_ME],
    },
    Command {
        name: "versus",
        description: "One group of lives against another; what is not said of the other is as in the first",
        work: Work::Versus,
        options: &[
            required(MAP),
            PLAYER,
            TEAM,
            CLASS,
            SESSION,
            text("versus_player", "The other player", Offer::Players),
            text("versus_team", "The other side", Offer::Words(&["axis", "allies"])),
            text(
                "versus_class",
                "The other class",
                Offer::Words(&["soldier", "medic", "engineer", "fieldops", "covertops"]),
            ),
            text("versus_session", "The other session", Offer::Sessions),
            ONLY_ME,
        ],
    },
    Command {
        name: "replay",
        description: "A round as a moving picture, four times as fast",
        work: Work::Replay,
        options: &[
            required(MAP),
            SESSION,
            ROUND,
            text("round_window", "Only these seconds of the round: 60..180", Offer::Nothing),
            text("follow", "Let the camera follow this player", Offer::Players),
            text("file", "What kind of file", Offer::Words(REPLAY_FILES)),
            ONLY_ME,
        ],
    },
    Command {
        name: "me",
        description: "Where you were, shown to you alone; say which player you are",
        work: Work::Picture("heatmap", Audience::Asker),
        options: &[required(MAP), required(PLAYER), TEAM, CLASS, STATE, SESSION, ROUND, LIFE_WINDOW],
    },
    Command {
        name: "movers",
        description: "The lives that covered the most",
        work: Work::Table(Table::Movers),
        options: &[MAP, SESSION, PLAYER, TEAM, CLASS, TOP, ONLY_ME],
    },
    Command {
        name: "reaction",
        description: "Time from the spawn to the first move, by class",
        work: Work::Table(Table::Reaction),
        options: &[MAP, SESSION, PLAYER, TEAM, ONLY_ME],
    },
    Command {
        name: "sprint",
        description: "Share of the time spent sprinting, by class",
        work: Work::Table(Table::Sprint),
        options: &[MAP, SESSION, PLAYER, TEAM, ONLY_ME],
    },
    Command {
        name: "session",
        description: "A session: a picture, three numbers, who moved most",
        work: Work::Session,
        options: &[text("date", "The session; by default the latest", Offer::Sessions), ONLY_ME],
    },
    Command { name: "proximity", description: "For admins", work: Work::Admin, options: &[] },
];

/// What admins may do: its name, what it does, and its option.
pub(super) const ADMIN: [(&str, &str, Option<Opt>); 5] = [
    ("status", "What there is, and what the bot did", None),
    (
        "post",
        "Send or change the message about a session",
        Some(required(text("date", "The session", Offer::Sessions))),
    ),
    (
        "forget",
        "Remove a player's name and GUID from the store",
        Some(required(text("player", "The player", Offer::Players))),
    ),
    (
        "hide",
        "Show a player under another name, in rounds to come too",
        Some(required(text("player", "The player", Offer::Players))),
    ),
    (
        "channel",
        "Choose where messages about sessions go; without a channel, nowhere",
        Some(Opt {
            name: "channel",
            description: "The channel",
            offer: Offer::Nothing,
            is_required: false,
            kind: Kind::Channel,
        }),
    ),
];

/// A command by its name.
pub(super) fn of_name(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// What Discord is told of all commands. Those for admins are shown to those who may manage the server.
pub(super) fn registration() -> Value {
    COMMANDS
        .iter()
        .map(|command| {
            let is_admin = command.work == Work::Admin;
            let options: Value = if is_admin {
                ADMIN
                    .iter()
                    .map(|(name, description, option)| {
                        json!({
                            "type": 1, "name": name, "description": description,
                            "options": option.iter().map(registered).collect::<Value>(),
                        })
                    })
                    .collect()
            } else {
                command.options.iter().map(registered).collect()
            };
            json!({
                "name": command.name, "type": 1, "description": command.description, "options": options,
                "contexts": [0], "integration_types": [0],
                "default_member_permissions": if is_admin { json!("32") } else { Value::Null },
            })
        })
        .collect()
}

fn registered(option: &Opt) -> Value {
    let mut value = json!({
        "type": option.kind as u8, "name": option.name, "description": option.description, "required": option.is_required,
    });
    match option.offer {
        Offer::Maps | Offer::Players | Offer::Sessions => value["autocomplete"] = json!(true),
        Offer::Words(words) => {
            value["choices"] = words.iter().map(|word| json!({"name": word, "value": word})).collect();
        }
        Offer::Nothing => {}
    }
    value
}

/// Whether the commands that Discord has are these: what is not said there has its default.
pub(super) fn are_registered(there: &Value) -> bool {
    let (Some(there), Some(here)) = (there.as_array(), registration().as_array().cloned()) else {
        return false;
    };
    let same =
        |wanted: &Value| there.iter().any(|known| known["name"] == wanted["name"] && agrees(known, wanted));
    there.len() == here.len() && here.iter().all(same)
}

fn agrees(known: &Value, wanted: &Value) -> bool {
    match (known, wanted) {
        (_, Value::Object(wanted)) => wanted.iter().all(|(key, value)| agrees(&known[key], value)),
        (Value::Array(known), Value::Array(wanted)) => {
            known.len() == wanted.len()
                && known.iter().zip(wanted).all(|(known, wanted)| agrees(known, wanted))
        }
        // Discord leaves out what is empty or false.
        (Value::Null, Value::Array(wanted)) => wanted.is_empty(),
        (Value::Null, Value::Bool(wanted)) => !wanted,
        (known, wanted) => known == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_keep_discords_limits() {
        let is_name = |name: &str| {
            (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        let commands = registration();
        for command in commands.as_array().unwrap() {
            let name = command["name"].as_str().unwrap();
            let options = command["options"].as_array().unwrap();
            assert!(is_name(name) && options.len() <= 25 && command.to_string().len() < 8000, "{name}");
            let mut is_optional = false;
            for option in options {
                let description = option["description"].as_str().unwrap();
                assert!(is_name(option["name"].as_str().unwrap()), "{name}");
                assert!((1..=100).contains(&description.chars().count()), "{name}: {description}");
                let is_required = option["required"] == true;
                assert!(!(is_required && is_optional), "{name}: required options come first");
                is_optional |= option["type"] != 1 && !is_required;
                assert!(option["choices"].is_null() || option["autocomplete"].is_null(), "{name}");
            }
        }
    }

    #[test]
    fn commands_are_registered_again_only_when_they_changed() {
        let mut there = registration();
        for command in there.as_array_mut().unwrap() {
            command["id"] = json!("1");
            if command["options"].as_array().is_some_and(Vec::is_empty) {
                command.as_object_mut().unwrap().remove("options");
            }
        }
        assert!(are_registered(&there));
        there[0]["options"][0]["description"] = json!("Another");
        assert!(!are_registered(&there));
        assert!(!are_registered(&json!([])));
    }
}
