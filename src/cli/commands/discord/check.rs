//! `discord check`: what is missing for messages and for the bot.

use anyhow::{Result, bail};
use clap::Args as Arguments;

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::discord::Config;

/// Arguments of `discord check`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity discord check")]
pub(crate) struct Args {
    #[cfg(feature = "discord")]
    #[command(flatten)]
    bot: super::bot::BotArgs,
    #[cfg(not(feature = "discord"))]
    #[command(flatten)]
    config: super::ConfigArgs,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    #[cfg(feature = "discord")]
    let file = &args.bot.config.config;
    #[cfg(not(feature = "discord"))]
    let file = &args.config.config;
    let config = Config::load(file)?;
    if config.targets.is_empty() && !config.has_bot() {
        bail!("{} names neither a target for messages ([[post]]) nor a [bot]", file.display());
    }
    let mut lines = Vec::new();
    if config.has_bot() {
        #[cfg(feature = "discord")]
        lines.extend(super::bot::check(&args.bot, &config, console)?);
        #[cfg(not(feature = "discord"))]
        lines.push((false, crate::cli::absent::without("the bot", "discord")));
    }
    lines.extend(config.targets.iter().map(crate::discord::Target::check));
    let mut outcome = Outcome::Done;
    for (is_right, line) in lines {
        let word = if is_right { "ok     " } else { "missing" };
        console.say(&crate::text::visible(&format!("{word} {line}")))?;
        if !is_right {
            outcome = Outcome::Faults;
        }
    }
    Ok(outcome)
}
