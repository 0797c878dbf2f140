//! What is wrong with a configuration. No message holds a secret.

use std::path::PathBuf;

use crate::files::FileError;

/// What is wrong with a configuration of Discord.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscordError {
    /// A file that cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no configuration.
    #[error("{} is not there; `proximity discord post --help` shows what to write into it for messages, `proximity discord run --help` for a bot", .0.display())]
    Missing(PathBuf),
    /// A configuration that is not understood. The parser's own words would repeat the line, which may hold a secret.
    #[error("{}, line {line}: not understood; `proximity discord post --help` shows what may stand there", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A value that cannot be.
    #[error("{}: {what}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Which, and what it may be.
        what: String,
    },
    /// A file with a secret that others can read.
    #[error("{} can be read by other users of this machine; `chmod 600` keeps the secret in it", .0.display())]
    Readable(PathBuf),
    /// A variable with a secret that is not set.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// A text that is no address of a webhook.
    #[error("{0} holds no address of a webhook: expected https://discord.com/api/webhooks/NUMBER/TOKEN")]
    NoWebhook(String),
    /// A text that is no token.
    #[error("{0} holds no token: expected one line of letters, digits, points, - and _")]
    NoToken(String),
}
