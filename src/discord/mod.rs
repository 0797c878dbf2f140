//! Discord: a message after each session, by outgoing HTTPS alone.
//!
//! `discord.toml` ([`Config`]) names the targets: webhooks, or channels of a bot. An [`Outbox`] looks at the sessions of a
//! store and sends each session that is over to each target, once: the row of a post is in the store before the message is
//! sent ([`crate::store::Post`]), and a late round edits that message. Secrets come from the environment or from files that
//! others cannot read; no error and no log shows them.

mod address;
#[cfg(feature = "discord")]
mod bot;
mod check;
mod client;
mod config;
mod error;
mod message;
mod outbox;
mod outcome;
mod session;
mod words;

pub use address::{Address, Secret};
#[cfg(feature = "discord")]
pub use bot::{Bot, GatewayError, Guild, run};
#[cfg(feature = "discord")]
pub use config::{BotConfig, GuildConfig};
pub use config::{Config, Target};
pub use error::DiscordError;
pub use message::Message;
pub use outbox::{Look, Outbox, Which};
pub use outcome::Told;
pub use session::Sessions;
pub use words::plain;
