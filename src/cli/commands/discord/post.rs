//! `discord post`: the message about a session, by hand.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args as Arguments;
use jiff::civil::Date;

use super::{ConfigArgs, is_switched_off, now, tell};
use crate::analysis::Filter;
use crate::cli::Outcome;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::discord::{Config, Look, Outbox, Sessions, Told, Which};
use crate::rounds::Maps;

/// Discord's own waits are waited for up to this long, seconds.
const LONGEST_WAIT_S: i64 = 120;

/// Arguments of `discord post`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Example:\n  proximity discord post --session 2026-03-14 --db sqlite:proximity.db\n\n\
    The file discord.toml has a table for each target:\n  \
    [[post]]\n  \
    name = \"league\"\n  \
    webhook_env = \"PROXIMITY_WEBHOOK\"   # the variable with the webhook's address; or: webhook_file = \"webhook\"\n  \
    quiet = \"45m\"                       # a session is over when nothing came for so long\n  \
    within = \"24h\"                      # watch tells of no older sessions\n  \
    min_rounds = 2                      # watch tells of no shorter ones\n  \
    public_url = \"https://…/sessions\"   # where others see the folder of reports\n  \
    thread = \"1234\"                     # a thread of the webhook's channel\n  \
    repeat_unsure = false               # whether to send again what may have arrived\n  \
    timeout = \"30s\"\n\n\
    A bot's channel in place of a webhook, which no crash can make write twice:\n  \
    channel = \"1234\"\n  \
    token_env = \"DISCORD_TOKEN\"         # or: token_file = \"token\"\n\n\
    PROXIMITY_ENABLED=false stops all messages."
)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
    /// The session
    #[arg(long, value_name = "DATE")]
    session: Date,
    /// Only to this target
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Send it even if it may have arrived before
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    maps: MapsArgs,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    if is_switched_off() {
        bail!("PROXIMITY_ENABLED says that nothing is to be sent");
    }
    let mut config = Config::load(&args.config.config)?;
    if let Some(name) = &args.target {
        config.targets.retain(|target| target.name == *name);
    }
    if config.targets.is_empty() {
        bail!("{} names no such target", args.config.config.display());
    }
    args.maps.check()?;
    let url = args.database.url()?;
    let mut store = args.database.open()?;
    let sessions = Sessions::of(&mut *store, &Filter::everything())?;
    if !sessions.holds(args.session) {
        bail!("{url} has no session of {}; `proximity status` says what it has", args.session);
    }
    let maps = Maps::in_folders(&args.maps.folders());
    let mut outbox = Outbox::new(config, url, maps)?;
    let mut which = Which::Session { date: args.session, even_unsure: args.again };
    let begin = now();
    let mut lines = Vec::new();
    loop {
        let mut told = |told| lines.push(told);
        outbox.look(&mut Look {
            store: &mut *store,
            sessions: &sessions,
            which: &which,
            clock: &now,
            told: &mut told,
        })?;
        let is_quiet = lines.is_empty();
        let has_failed = lines.iter().any(|told| matches!(told, Told::Trouble(_)));
        for line in lines.drain(..) {
            tell(line, console)?;
        }
        // Only what waits is tried again by itself.
        which = Which::Waiting(args.session);
        match outbox.next_try(&mut *store, args.session)? {
            Some(next) if next - begin <= LONGEST_WAIT_S => {
                std::thread::sleep(Duration::from_secs((next - now()).max(0) as u64));
            }
            Some(_) => {
                console.complain(
                    "it waits longer than this command does; try again, or let `watch --post` do it",
                );
                return Ok(Outcome::Faults);
            }
            None if is_quiet => {
                console.say(&format!("the message about {} is as it should be", args.session))?;
                return Ok(Outcome::Done);
            }
            None => return Ok(if has_failed { Outcome::Faults } else { Outcome::Done }),
        }
    }
}
