//! Where messages go, and the secrets that open the way.

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::DiscordError;
use crate::files;
use crate::text::hex;

/// Discord's interface. Its version stands in the address.
pub(super) const API: &str = "https://discord.com/api/v10";
/// A file with a secret holds a line, bytes.
const LARGEST_SECRET: u64 = 4096;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Secret {
    /// The value of an environment variable.
    pub(super) fn of_variable(name: &str) -> Result<Self, DiscordError> {
        match std::env::var(name) {
            Ok(value) if !value.trim().is_empty() => Ok(Self(value.trim().to_owned())),
            _ => Err(DiscordError::NotSet(name.to_owned())),
        }
    }

    /// The line that a file holds which no other user may read.
    pub(super) fn of_file(path: &Path) -> Result<Self, DiscordError> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let about = std::fs::metadata(path)
                .map_err(|cause| files::FileError::Io { path: path.to_owned(), cause })?;
            if about.permissions().mode() & 0o077 != 0 {
                return Err(DiscordError::Readable(path.to_owned()));
            }
        }
        Ok(Self(files::read_text(path, LARGEST_SECRET)?.trim().to_owned()))
    }

    /// The text, for the request that needs it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it can be a bot's token: it becomes a line of a request's head.
    pub(super) fn is_token(&self) -> bool {
        self.0.len() >= 16 && self.0.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    }
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// A channel's webhook; whoever knows its address may write there.
    Webhook {
        /// `https://discord.com/api/v10/webhooks/NUMBER/TOKEN`
        url: Secret,
        /// The thread within the channel.
        thread: Option<String>,
    },
    /// A channel in which a bot may write.
    Channel {
        /// The bot's token.
        token: Secret,
        /// The channel's number.
        channel: String,
        /// Where Discord's interface is.
        api: String,
    },
}

impl Address {
    /// By what it is known whether an address is another one.
    pub fn fingerprint(&self) -> String {
        let text = match self {
            Self::Webhook { url, thread } => format!("{} {thread:?}", url.reveal()),
            Self::Channel { channel, token, .. } => format!("{channel} {}", token.reveal()),
        };
        hex(&Sha256::digest(text))
    }

    /// Whether the same message can be sent again without appearing twice.
    pub(super) fn knows_nonces(&self) -> bool {
        matches!(self, Self::Channel { .. })
    }

    /// What messages are sent to, where Discord tells of it.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Webhook { url, .. } => url.reveal().to_owned(),
            Self::Channel { channel, api, .. } => format!("{api}/channels/{channel}"),
        }
    }

    /// Where a new message is sent.
    pub(super) fn new_message(&self) -> String {
        match self {
            Self::Webhook { url, thread } => {
                format!("{}?wait=true{}", url.reveal(), in_thread('&', thread.as_deref()))
            }
            Self::Channel { channel, api, .. } => format!("{api}/channels/{channel}/messages"),
        }
    }

    /// Where a message is changed.
    pub(super) fn message(&self, id: &str) -> String {
        match self {
            Self::Webhook { url, thread } => {
                format!("{}/messages/{id}{}", url.reveal(), in_thread('?', thread.as_deref()))
            }
            Self::Channel { channel, api, .. } => format!("{api}/channels/{channel}/messages/{id}"),
        }
    }

    /// What proves that the sender may, if it is not the address itself.
    pub(super) fn authorization(&self) -> Option<String> {
        match self {
            Self::Webhook { .. } => None,
            Self::Channel { token, .. } => Some(format!("Bot {}", token.reveal())),
        }
    }
}

fn in_thread(sign: char, thread: Option<&str>) -> String {
    thread.map(|thread| format!("{sign}thread_id={thread}")).unwrap_or_default()
}

/// The address of a webhook as Discord shows it, brought to the interface's version; `None` for any other address.
pub(super) fn webhook(secret: &Secret) -> Option<Secret> {
    let (origin, path) = split(secret.reveal())?;
    let path = path.split(['?', '#']).next()?;
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (id, token) = match parts.as_slice() {
        ["api", "webhooks", id, token] => (id, token),
        ["api", version, "webhooks", id, token] if version.starts_with('v') => (id, token),
        _ => return None,
    };
    let is_token = token.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    let is_right = is_number(id) && !token.is_empty() && is_token && is_of_discord(origin);
    is_right.then(|| Secret(format!("{origin}/api/v10/webhooks/{id}/{token}")))
}

/// Whether a text is one of Discord's numbers.
pub(super) fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether an address is Discord's own, or one on this machine that stands before it.
fn is_of_discord(origin: &str) -> bool {
    let hosts = ["discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com"];
    origin.strip_prefix("https://").is_some_and(|host| hosts.contains(&host)) || is_of_this_machine(origin)
}

/// Whether an address is `http://` on this machine, where nothing needs to be kept secret on the way.
pub(super) fn is_of_this_machine(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://") else { return false };
    let (host, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    ["127.0.0.1", "localhost", "[::1]"].contains(&host) && port.parse::<u16>().is_ok()
}

/// An address as its origin (`https://host:port`) and the path after it.
fn split(url: &str) -> Option<(&str, &str)> {
    let start = url.find("://")? + 3;
    let end = start + url.get(start..)?.find('/')?;
    Some(url.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_webhook_is_discords_or_this_machines() {
        let of = |url: &str| webhook(&Secret(url.into())).map(|secret| secret.0);
        let whole = "https://discord.com/api/v10/webhooks/12/a-B_c";
        assert_eq!(of("https://discord.com/api/webhooks/12/a-B_c").as_deref(), Some(whole));
        assert_eq!(of("https://discord.com/api/v9/webhooks/12/a-B_c?wait=true").as_deref(), Some(whole));
        assert!(of("http://127.0.0.1:81/api/webhooks/1/a").is_some());
        for wrong in [
            "",
            "discord.com/api/webhooks/1/a",
            "http://discord.com/api/webhooks/1/a",
            "https://discord.com.example/api/webhooks/1/a",
            "https://discord.com@example/api/webhooks/1/a",
            "http://127.0.0.1:99999999/api/webhooks/1/a",
            "https://discord.com/api/webhooks/x/a",
            "https://discord.com/api/webhooks/1/a/../b",
            "https://discord.com/api/webhooks/1/",
            "https://discord.com/api/webhooks/1/a b",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret("hunter2".into());
        let address = Address::Webhook { url: secret.clone(), thread: None };
        assert!(!format!("{secret:?} {address:?}").contains("hunter"));
    }
}
