//! `discord run | register | invite | check`: the bot.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args as Arguments;
use jiff::civil::Date;

use super::{ConfigArgs, OFF, is_switched_off};
use crate::analysis::{Filter, session_date};
use crate::cli::Outcome;
use crate::cli::args::cache::CacheArgs;
use crate::cli::args::database;
use crate::cli::commands::maps::MapsArgs;
use crate::cli::console::Console;
use crate::discord::{self, Bot, Config, DiscordError, Guild, GuildConfig};
use crate::progress::Silent;
use crate::rounds::{Maps, Rounds};
use crate::service::{Season, Service};
use crate::store::DatabaseUrl;
use crate::text::{counted, with_causes};

/// The switch that stops the bot's commands.
const SWITCH: &str = "PROXIMITY_DISCORD_COMMANDS";
const MEBIBYTE: u64 = 1 << 20;
/// What the bot needs in a channel: to see it, to send messages, to attach files.
const PERMISSIONS: u64 = 1024 + 2048 + 32_768;
/// Requests of one user, and of one server, on their way.
const PER_USER: usize = 2;
const PER_GUILD: usize = 8;

/// Arguments of `discord run`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Example:\n  DISCORD_TOKEN=$(cat token) proximity discord run --config discord.toml\n\n\
    The file discord.toml:\n  \
    [bot]\n  \
    application = \"1234\"               # the developer portal's \"Application ID\"\n  \
    token_env = \"DISCORD_TOKEN\"        # the variable with the bot's token; or: token_file = \"token\"\n\n  \
    [[guild]]                          # a server whose members may ask; all others get a sentence\n  \
    id = \"5678\"\n  \
    db = \"sqlite:proximity.db\"         # its rounds; by default those of --db\n  \
    public_url = \"https://…/sessions\"\n  \
    maps = [\"goldrush\", \"supply\"]     # only rounds of these maps; by default of all\n  \
    sessions = \"2026-01-01..2026-06-30\" # only those of these days\n\n\
    PROXIMITY_DISCORD_COMMANDS=false or PROXIMITY_ENABLED=false stops it."
)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    bot: BotArgs,
    /// How often to look for new rounds, seconds
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
}

/// The bot's rounds and maps.
#[derive(Debug, Arguments)]
pub(crate) struct BotArgs {
    #[command(flatten)]
    pub(super) config: ConfigArgs,
    #[command(flatten)]
    database: database::DatabaseArgs,
    /// Keep rounds in memory up to this size for each server, MiB
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    memory: u64,
    #[command(flatten)]
    cache: CacheArgs,
    #[command(flatten)]
    maps: MapsArgs,
}

/// Arguments of `discord register`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Example:\n  proximity discord register --guild 5678    # at once, on one server; without: everywhere, within an hour"
)]
pub(crate) struct RegisterArgs {
    #[command(flatten)]
    bot: BotArgs,
    /// Only on this server
    #[arg(long, value_name = "ID")]
    guild: Option<u64>,
}

/// Arguments of `discord invite`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity discord invite")]
pub(crate) struct InviteArgs {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(crate) fn run(args: &RunArgs, console: &mut Console) -> Result<Outcome> {
    if is_switched_off()
        || std::env::var(SWITCH).is_ok_and(|value| OFF.contains(&value.trim().to_ascii_lowercase().as_str()))
    {
        bail!("PROXIMITY_ENABLED or {SWITCH} says that the bot is not to run");
    }
    let _one = one_of(&args.bot)?;
    let bot = Arc::new(open(&args.bot, console)?);
    if bot.register(None).map_err(|reason| anyhow::anyhow!("the commands are not registered: {reason}"))? {
        console.say("commands registered")?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("cannot be told when to end")?;
    for guild in bot.guilds() {
        console.say(&format!(
            "server {}: {}",
            guild.id,
            counted(guild.service.season().len() as u64, "round", "rounds")
        ))?;
    }
    std::thread::scope(|scope| {
        let (bot, stop) = (&bot, &*stop);
        let (summed, wanted) = channel();
        scope.spawn(move || sum(&wanted, stop));
        for guild in bot.guilds() {
            let _ = summed.send(guild);
        }
        scope.spawn(move || follow(args, bot, (stop, &summed)));
        let ended = discord::run(bot, stop);
        stop.store(true, Ordering::Relaxed);
        bot.guilds().for_each(|guild| guild.service.season().end_summing());
        ended
    })?;
    console.say("the bot ended")?;
    Ok(Outcome::Done)
}

pub(crate) fn register(args: &RegisterArgs, console: &mut Console) -> Result<Outcome> {
    let bot = open(&args.bot, console)?;
    let guild = args.guild.map(|guild| guild.to_string());
    let is_new = bot.register(guild.as_deref()).map_err(|reason| anyhow::anyhow!("{reason}"))?;
    console.say(if is_new { "commands registered" } else { "the commands are registered already" })?;
    Ok(Outcome::Done)
}

pub(crate) fn invite(args: &InviteArgs, console: &mut Console) -> Result<Outcome> {
    let config = Config::load(&args.config.config)?;
    console.say(&format!(
        "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={PERMISSIONS}",
        config.application()?
    ))?;
    Ok(Outcome::Done)
}

/// The bot with its servers and their rounds.
pub(super) fn open(args: &BotArgs, console: &mut Console) -> Result<Bot> {
    let config = Config::load(&args.config.config)?;
    config.bot()?;
    args.maps.check()?;
    let guilds = config.guilds()?.into_iter().map(|guild| open_guild(args, guild, console));
    bot_of(args, &config, guilds.collect::<Result<_>>()?)
}

fn bot_of(args: &BotArgs, config: &Config, guilds: Vec<Guild>) -> Result<Bot> {
    let log = Box::new(|line: &str| Console::new().complain(line));
    let maps = Maps::in_folders(&args.maps.folders());
    Ok(Bot::new(config, guilds, maps, log)?)
}

/// A server with its rounds.
fn open_guild(args: &BotArgs, guild: GuildConfig, console: &mut Console) -> Result<Guild> {
    let url = match &guild.db {
        Some(db) => database::url(Some(db))?,
        None => args.database.url()?,
    };
    let season = season(args, &url, &guild.rounds).with_context(|| format!("server {}", guild.id))?;
    season.complaints().iter().for_each(|line| console.complain(line));
    let mut options = args.cache.options()?;
    options.cache = options.cache.join(format!("discord-{}", guild.id));
    options.limits.per_asker = PER_USER;
    options.limits.per_place = PER_GUILD;
    Ok(Guild::new(guild, url, Service::open(season, &options)?))
}

/// What is right and what is missing for the bot, a line each. A token or a store that is not there is one of them.
pub(super) fn check(args: &BotArgs, config: &Config, console: &mut Console) -> Result<Vec<(bool, String)>> {
    args.maps.check()?;
    let token = config.bot();
    let (mut guilds, mut missing) = (Vec::new(), Vec::new());
    match &token {
        Err(error @ DiscordError::Value { .. }) => bail!("{error}"),
        Err(error) => missing.push((false, format!("the bot: {}", with_causes(error)))),
        Ok(_) => {}
    }
    for guild in config.guilds()? {
        match open_guild(args, guild, console) {
            Ok(guild) => guilds.push(guild),
            Err(error) => missing.push((false, format!("{error:#}"))),
        }
    }
    let found = if token.is_ok() { bot_of(args, config, guilds)?.check() } else { Vec::new() };
    Ok([found, missing].concat())
}

fn season(args: &BotArgs, url: &DatabaseUrl, wanted: &Filter) -> Result<Season> {
    let maps = Maps::in_folders(&args.maps.folders());
    let rounds = Rounds::store(url.clone())?.select(wanted).rounds()?.rounds;
    Ok(Season::load(rounds, &maps, args.memory.saturating_mul(MEBIBYTE), &Silent)?)
}

/// Of several bots with one token each would get each command: the configuration is held as long as one runs.
fn one_of(args: &BotArgs) -> Result<File> {
    let path: &Path = &args.config.config;
    let file = File::open(path).with_context(|| path.display().to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => bail!("a bot runs with {} already", path.display()),
        Err(std::fs::TryLockError::Error(error)) => Err(error).context(path.display().to_string()),
    }
}

/// Sums servers' rounds, one server after the other: sums in the making take memory, and half of the cores each. Until then,
/// pictures come from the rounds themselves.
fn sum(wanted: &Receiver<&Guild>, stop: &AtomicBool) {
    for guild in wanted.iter().take_while(|_| !stop.load(Ordering::Relaxed)) {
        if let Err(error) = guild.service.sum() {
            Console::new().complain(&with_causes(&error));
        }
    }
}

/// Looks for new rounds, and for answers to remove, until the end.
fn follow<'s>(args: &RunArgs, bot: &'s Bot, (stop, summed): (&AtomicBool, &Sender<&'s Guild>)) {
    let mut seen: Vec<Seen> =
        bot.guilds().map(|guild| Seen { rounds: rounds_of(guild).ok(), came: BTreeMap::new() }).collect();
    let mut looked = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        if looked.elapsed() < Duration::from_secs(args.interval) {
            continue;
        }
        for (guild, seen) in bot.guilds().zip(&mut seen) {
            if let Err(error) = look(&args.bot, guild, seen, summed) {
                // What was read before still answers; a store that is away comes back.
                Console::new().complain(&format!("{error:#}"));
            }
            bot.post_sessions(guild, &seen.came);
        }
        bot.remove_answers();
        looked = Instant::now();
    }
}

/// What is known of a server's store.
struct Seen {
    /// Its rounds by their content, with their sessions; `None` when it could not be read.
    rounds: Option<BTreeMap<String, Option<Date>>>,
    /// When rounds of a session came last, seconds since 1970.
    came: BTreeMap<Date, i64>,
}

/// Reads a server's rounds again if they are others than before.
fn look<'s>(args: &BotArgs, guild: &'s Guild, seen: &mut Seen, summed: &Sender<&'s Guild>) -> Result<()> {
    let now = rounds_of(guild)?;
    if seen.rounds.as_ref() == Some(&now) {
        return Ok(());
    }
    let season = season(args, &guild.url, &guild.rounds)?;
    guild.service.replace(season);
    let before = seen.rounds.take().unwrap_or_default();
    if before.keys().any(|round| !now.contains_key(round)) {
        // A round that is gone, or has other names: none of its pictures stays.
        guild.service.forget_pictures();
    }
    // Whoever sums is there as long as rounds are looked for.
    let _ = summed.send(guild);
    let new = now.iter().filter(|(round, _)| !before.contains_key(*round));
    seen.came.extend(new.filter_map(|(_, session)| Some(((*session)?, super::now()))));
    seen.rounds = Some(now);
    Ok(())
}

/// By what it is known whether a server's rounds are the same, and the session of each.
fn rounds_of(guild: &Guild) -> Result<BTreeMap<String, Option<Date>>> {
    let rounds = Rounds::store(guild.url.clone())?;
    let stored = rounds.stored().unwrap_or_default().iter();
    let wanted = stored.filter(|round| guild.rounds.matches_meta(&round.meta));
    Ok(wanted.map(|round| (round.meta.content_key(), session_date(&round.meta))).collect())
}
