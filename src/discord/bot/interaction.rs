//! Interactions as Discord sends them: the parts that are of use here. Fields that are new are passed over.

use serde::Deserialize;
use serde_json::Value;

/// Kinds of interactions.
pub(super) const COMMAND: u8 = 2;
pub(super) const AUTOCOMPLETE: u8 = 4;
/// Where it is not said, a file may be this large, bytes.
const USUAL_LIMIT: u64 = 10 << 20;

/// A message from the gateway.
#[derive(Debug, Deserialize)]
pub(super) struct Dispatch {
    pub t: Option<String>,
    pub d: Option<Value>,
}

/// A command, or what is typed of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Interaction {
    pub id: String,
    pub application_id: String,
    #[serde(rename = "type")]
    pub kind: u8,
    pub token: String,
    pub guild_id: Option<String>,
    pub channel_id: Option<String>,
    pub member: Option<Member>,
    #[serde(default)]
    pub data: Data,
    #[serde(default = "usual_limit")]
    pub attachment_size_limit: u64,
}

fn usual_limit() -> u64 {
    USUAL_LIMIT
}

/// Who gave a command.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Member {
    pub user: User,
    /// What the member may do, bits.
    #[serde(default)]
    pub permissions: String,
}

/// A user of Discord. Of users nothing is kept.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub id: String,
}

/// A command's name and options.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Data {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub options: Vec<Given>,
}

/// An option as it was given.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Given {
    pub name: String,
    #[serde(default)]
    pub value: Value,
    #[serde(default)]
    pub focused: bool,
    #[serde(default)]
    pub options: Vec<Given>,
}

/// The bit of those who may manage a server, and that of administrators.
const MANAGES: u64 = 0x20 | 0x8;

impl Interaction {
    /// Whether the member may manage the server. Discord shows the command to no other; it is looked at again here.
    pub(super) fn is_of_admin(&self) -> bool {
        let bits = self.member.as_ref().and_then(|member| member.permissions.parse::<u64>().ok());
        bits.is_some_and(|bits| bits & MANAGES != 0)
    }

    /// A text that was given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.data.options.iter().find(|given| given.name == name)?.value.as_str()
    }

    /// A flag that was given.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.data.options.iter().any(|given| given.name == name && given.value == true)
    }
}
