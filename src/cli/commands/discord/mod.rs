//! `discord`: messages in Discord channels.

#[cfg(feature = "discord")]
mod bot;
mod check;
mod post;
pub(crate) mod posts;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args as Arguments, Subcommand};

use crate::cli::Outcome;
#[cfg(not(feature = "discord"))]
use crate::cli::absent;
use crate::cli::console::Console;
use crate::discord::Told;

/// The switch that stops everything that this program does by itself; another value than these leaves it on.
const SWITCH: &str = "PROXIMITY_ENABLED";
const OFF: [&str; 4] = ["false", "0", "no", "off"];

/// What `--help` says where there is no bot.
#[cfg(not(feature = "discord"))]
const WITHOUT_BOT: &str =
    "The bot (run, register, invite) is in a program that was built with `--features discord`.";

/// Arguments of `discord`.
#[derive(Debug, Arguments)]
#[cfg_attr(not(feature = "discord"), command(after_help = WITHOUT_BOT))]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Send or change the message about a session
    Post(post::Args),
    /// Run a bot that answers commands
    #[cfg(feature = "discord")]
    Run(bot::RunArgs),
    /// Tell Discord which commands the bot has
    #[cfg(feature = "discord")]
    Register(bot::RegisterArgs),
    /// Print the address that invites the bot to a server
    #[cfg(feature = "discord")]
    Invite(bot::InviteArgs),
    /// Say what is missing for messages and for the bot to work
    Check(check::Args),
    #[cfg(not(feature = "discord"))]
    #[command(hide = true)]
    Run(absent::Args),
    #[cfg(not(feature = "discord"))]
    #[command(hide = true)]
    Register(absent::Args),
    #[cfg(not(feature = "discord"))]
    #[command(hide = true)]
    Invite(absent::Args),
}

/// Where the targets are written down.
#[derive(Debug, Arguments)]
pub(crate) struct ConfigArgs {
    /// The targets and how to reach them
    #[arg(long, value_name = "FILE", default_value = "discord.toml")]
    config: PathBuf,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    match &args.command {
        Command::Post(args) => post::run(args, console),
        #[cfg(feature = "discord")]
        Command::Run(args) => bot::run(args, console),
        #[cfg(feature = "discord")]
        Command::Register(args) => bot::register(args, console),
        #[cfg(feature = "discord")]
        Command::Invite(args) => bot::invite(args, console),
        Command::Check(args) => check::run(args, console),
        #[cfg(not(feature = "discord"))]
        Command::Run(args) => absent::run(args, "discord run", "discord"),
        #[cfg(not(feature = "discord"))]
        Command::Register(args) => absent::run(args, "discord register", "discord"),
        #[cfg(not(feature = "discord"))]
        Command::Invite(args) => absent::run(args, "discord invite", "discord"),
    }
}

/// Whether the switch stops messages.
pub(crate) fn is_switched_off() -> bool {
    std::env::var(SWITCH).is_ok_and(|value| OFF.contains(&value.trim().to_ascii_lowercase().as_str()))
}

/// Says what became of a post.
pub(crate) fn tell(told: Told, console: &mut Console) -> Result<()> {
    match told {
        Told::Done(line) => console.say(&crate::text::visible(&line)),
        Told::Trouble(line) => {
            console.complain(&line);
            Ok(())
        }
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
