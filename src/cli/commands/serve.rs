//! `serve`: the explorer, reports and pictures over HTTP.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Scope;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args as Arguments;

use super::maps::MapsArgs;
use crate::cli::Outcome;
use crate::cli::args::cache::CacheArgs;
use crate::cli::args::{InputArgs, listening};
use crate::cli::console::Console;
use crate::files::Stamp;
use crate::progress::{Progress, Silent};
use crate::rounds::{Maps, Rounds};
use crate::service::{Season, Service};
use crate::text::{counted, visible};
use crate::web::{Access, Limits, Pages, Site, serve};

/// The variable that holds the token. It is no option: other users of the machine see those.
const TOKEN: &str = "PROXIMITY_TOKEN";
const MEBIBYTE: u64 = 1 << 20;
/// The exit code of a program that was interrupted, as shells have it.
const INTERRUPTED: i32 = 130;

/// Arguments of `serve`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity serve examples/session\n  \
    proximity serve --db sqlite:proximity.db --reports sessions\n  \
    PROXIMITY_TOKEN=$(cat token) proximity serve rounds/ --listen 0.0.0.0:8080")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Where to listen; beyond this machine a token in PROXIMITY_TOKEN is needed
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = listening)]
    listen: SocketAddr,
    /// Also serve this folder of reports, as `report` or `watch` makes it
    #[arg(long, value_name = "DIR")]
    reports: Option<PathBuf>,
    /// Keep rounds and sums of them in memory up to this size, MiB; the others are read for each picture. While sums are made
    /// more is taken: about 0.7 GiB for 300 rounds
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    memory: u64,
    #[command(flatten)]
    cache: CacheArgs,
    /// How often to look for new rounds and pages, seconds
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
    #[command(flatten)]
    maps: MapsArgs,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let token = std::env::var(TOKEN).ok();
    let access = Access::new(args.listen, token.as_deref())?;
    args.maps.check()?;
    if let Some(folder) = args.reports.as_deref().filter(|folder| !folder.is_dir()) {
        bail!("{} is not a folder", folder.display());
    }
    // The address is taken before the rounds are read: that it is in use is told at once.
    let listener =
        TcpListener::bind(args.listen).with_context(|| format!("cannot listen on {}", args.listen))?;
    let log = |line: &str| Console::new().complain(line);
    let site = Arc::new(Site::new(access, pages(args), Box::new(log)));
    let stop = Arc::new(AtomicBool::new(false));
    let (flag, watched) = (Arc::clone(&stop), Arc::clone(&site));
    let end = move || match watched.service() {
        Some(_) => flag.store(true, Ordering::Relaxed),
        // Reading is not broken off, and there is nothing to lose.
        None => std::process::exit(INTERRUPTED),
    };
    ctrlc::set_handler(end).context("cannot be told when to end")?;
    std::thread::scope(|scope| {
        let (site, stop) = (&site, &*stop);
        let address = listener.local_addr()?;
        // Whoever comes while the rounds are read is told so.
        let served = scope.spawn(move || {
            let served = serve(site, listener, Limits::default(), stop);
            stop.store(true, Ordering::Relaxed);
            served
        });
        let followed = open(args, site, console).and_then(|seen| {
            let Some(mut seen) = seen else { return Ok(Outcome::Faults) };
            console.say(&format!("listening on http://{address}"))?;
            scope.spawn(move || sum(site));
            scope.spawn(move || follow(args, site, &mut seen, (stop, scope)));
            Ok(Outcome::Done)
        });
        if !matches!(followed, Ok(Outcome::Done)) {
            stop.store(true, Ordering::Relaxed);
        }
        // A panic of the server's is a fault of the program, not of its input.
        let served = served.join().unwrap_or_else(|_| Err(std::io::Error::other("the server broke off")));
        let outcome = followed?;
        served.context("the server cannot go on")?;
        console.say("the server ended")?;
        Ok(outcome)
    })
}

/// Reads the rounds and opens the site. Returns by what they are known; `None` where faults in them are not allowed.
fn open(args: &Args, site: &Site, console: &mut Console) -> Result<Option<Vec<String>>> {
    let begin = Instant::now();
    let rounds = args.input.rounds(console)?;
    let seen = seen(&rounds);
    let season = season(args, rounds, console.progress())?;
    for complaint in season.complaints() {
        console.complain(complaint);
    }
    if args.input.strict && season.has_faults() {
        console.complain("with --strict nothing is served as long as the input has faults");
        return Ok(None);
    }
    let told = format!(
        "{}, {} of them in memory ({} MiB), read in {:.1} s",
        counted(season.len() as u64, "round", "rounds"),
        season.kept(),
        season.kept_bytes().div_ceil(MEBIBYTE),
        begin.elapsed().as_secs_f64(),
    );
    site.open(Arc::new(Service::open(season, &args.cache.options()?)?));
    console.say(&visible(&told))?;
    Ok(Some(seen))
}

/// Sums the rounds, which makes pictures of all of them fast, while the first are asked for.
fn sum(site: &Site) {
    let Some(service) = site.service() else { return };
    if let Err(error) = service.sum() {
        Console::new().complain(&crate::text::with_causes(&error));
    }
}

/// Looks for new rounds and pages until the end.
fn follow<'s>(
    args: &Args,
    site: &'s Site,
    seen: &mut Vec<String>,
    (stop, scope): (&AtomicBool, &'s Scope<'s, '_>),
) {
    let mut looked = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        if looked.elapsed() < Duration::from_secs(args.interval) {
            continue;
        }
        if args.reports.is_some() {
            site.replace_pages(pages(args));
        }
        if let Err(error) = look(args, site, seen, scope) {
            // What was read before is still served; a share that is away comes back.
            Console::new().complain(&format!("{error:#}"));
        }
        looked = Instant::now();
    }
    if let Some(service) = site.service() {
        service.season().end_summing();
    }
}

/// Reads the season again if its rounds are others than before.
fn look<'s>(args: &Args, site: &'s Site, before: &mut Vec<String>, scope: &'s Scope<'s, '_>) -> Result<()> {
    let rounds = args.input.rounds(&mut Console::new())?;
    let now = seen(&rounds);
    if *before != now
        && let Some(service) = site.service()
    {
        let season = season(args, rounds, &Silent)?;
        service.replace(season);
        if before.iter().any(|round| !now.contains(round)) {
            // A round that is gone, or has other names: none of its pictures stays.
            service.forget_pictures();
        }
        scope.spawn(|| sum(site));
        *before = now;
    }
    Ok(())
}

/// By what it is known whether the rounds are the same: of files their stamps, of a store the rounds' hashes, of a lake its sets
/// of files.
fn seen(rounds: &Rounds) -> Vec<String> {
    #[cfg(feature = "lake")]
    if let Some(state) = rounds.lake_state() {
        return state;
    }
    match rounds.stored() {
        Some(stored) => stored.iter().map(|round| round.meta.content_key()).collect(),
        None => rounds
            .paths()
            .iter()
            .map(|path| format!("{} {:?}", path.display(), Stamp::of(path).ok()))
            .collect(),
    }
}

fn season(args: &Args, rounds: Rounds, progress: &dyn Progress) -> Result<Season> {
    let maps = Maps::in_folders(&args.maps.folders());
    Ok(Season::load(rounds, &maps, args.memory.saturating_mul(MEBIBYTE), progress)?)
}

fn pages(args: &Args) -> Pages {
    args.reports.as_deref().map(Pages::of).unwrap_or_default()
}
