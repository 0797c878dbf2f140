//! `watch`: a folder's new files and demos go into a store as they come, and the report follows.
//!
//! The folder is looked at every few seconds, which works on network shares too. Nothing in it is ever moved, changed or
//! deleted: a faulty file stays where it is, and its message goes to stderr and into `set-aside.txt` beside the report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args as Arguments;
use jiff::civil::Date;

#[cfg(feature = "discord-post")]
use super::discord::posts::Posts;
use super::maps::MapsArgs;
use super::store::import::{self, Reader};
use crate::analysis::{Bots, Filter, session_date};
use crate::basemap::BaseStyle;
use crate::cli::Outcome;
#[cfg(not(feature = "discord-post"))]
use crate::cli::absent;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::args::zone::Zone;
use crate::cli::console::Console;
use crate::files::{self, FileError};
use crate::publish::batch::batch;
use crate::publish::folder::{Keep, Options};
use crate::publish::watch_state::{Look, Verdict, Wait, WatchState};
use crate::report::Sheets;
#[cfg(feature = "lake")]
use crate::rounds::RoundsError;
use crate::rounds::{Maps, Rounds, demos};
use crate::store::{DatabaseUrl, Imported, Storage, StoreError};
use crate::text::{counted, visible};

/// What is known about the folder's files, kept beside the report.
const STATE: &str = ".proximity-watch.json";
/// The faulty files and why.
const SET_ASIDE: &str = "set-aside.txt";

/// How many waiting files are named.
const WAITING_TOLD: usize = 10;

/// So many complaints are remembered as said.
const MOST_TOLD: usize = 1 << 12;

/// Arguments of `watch`.
#[derive(Debug, Arguments)]
#[command(after_help = "Examples:\n  \
    proximity watch ~/.etlegacy/legacy/proximity --db sqlite:proximity.db --report sessions\n  \
    proximity watch rounds/ --report sessions --once      # for cron\n  \
    proximity watch rounds/ --report sessions --post discord.toml")]
pub(crate) struct Args {
    /// The folder that the server writes to; its folders are looked through as well
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Send a message after each session; `proximity discord post --help` shows what this file holds
    #[cfg(feature = "discord-post")]
    #[arg(long, value_name = "FILE")]
    post: Option<PathBuf>,
    #[cfg(not(feature = "discord-post"))]
    #[arg(
        long = "post", hide = true, num_args = 0..=1, default_missing_value = "",
        value_parser = absent::option("--post", "discord-post")
    )]
    _post: Option<absent::Never>,
    /// Keep a report of every session up to date in this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// How often to look, seconds
    #[arg(long, value_name = "S", default_value_t = 5.0, value_parser = seconds)]
    interval: f64,
    /// A file without an end marker is complete when nothing was added for this many seconds
    #[arg(long, value_name = "S", default_value_t = 30.0, value_parser = seconds)]
    rest: f64,
    /// Look once, do what there is to do, say which files wait for the next time, and exit; a file dated in the future is
    /// looked at twice, `--rest` apart
    #[arg(long)]
    once: bool,
    /// Time zone of the server, for files whose name does not say when they were written: +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    timezone: Option<Zone>,
    /// Whether bots count in the report
    #[arg(long, value_name = "RULE", default_value = "exclude")]
    bots: Bots,
    #[command(flatten)]
    maps: MapsArgs,
    /// How the report's maps are drawn
    #[arg(long, value_name = "STYLE", default_value = "dim")]
    base: BaseStyle,
}

fn seconds(text: &str) -> Result<f64> {
    let value: f64 = text.parse().ok().with_context(|| format!("{text:?} is not a number of seconds"))?;
    if !(0.05..=86_400.0).contains(&value) {
        bail!("expected 0.05 to 86400 seconds");
    }
    Ok(value)
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    #[cfg(feature = "lake")]
    ensure!(!crate::lake::is_lake(&args.folder), RoundsError::IsLake(args.folder.clone()));
    if !args.folder.is_dir() {
        bail!("{} is not a folder", args.folder.display());
    }
    let url = args.database.url()?;
    let (stop, woken) = signals()?;
    let state_file = args.report.as_ref().map(|folder| folder.join(STATE));
    let state = WatchState::load(state_file.as_deref(), &url.to_string());
    let mut watch = Watch {
        args,
        url,
        store: None,
        state,
        state_file,
        stop,
        due: Due::Missing,
        known: BTreeSet::new(),
        told: BTreeSet::new(),
        #[cfg(feature = "discord-post")]
        posts: Posts::new(args.post.as_deref(), &args.database, &args.maps, console)?,
    };
    watch.store = Some(import::open_ready(&watch.url, console)?);
    if args.once {
        watch.once(&woken, console)?;
        return Ok(Outcome::Done);
    }
    console.say(&visible(&format!("watching {} into {}", args.folder.display(), watch.url)))?;
    // The last complaint: what goes wrong at every look is told once.
    let mut trouble = String::new();
    loop {
        match watch.look(console) {
            Ok(_) if trouble.is_empty() => {}
            Ok(_) => {
                console.complain("it goes on");
                trouble.clear();
            }
            // A share that is away or a database that restarts: the next look may go better.
            Err(error) => {
                let again = format!("{error:#}");
                if again != trouble {
                    console.complain(&again);
                    trouble = again;
                }
            }
        }
        if watch.is_stopped() {
            break;
        }
        match woken.recv_timeout(Duration::from_secs_f64(args.interval)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    console.say("the watch ended")?;
    Ok(Outcome::Done)
}

/// SIGINT, SIGTERM and SIGHUP: a flag for work that goes on, a message for a sleeping watch.
fn signals() -> Result<(Arc<AtomicBool>, Receiver<()>)> {
    let stop = Arc::new(AtomicBool::new(false));
    let (wake, woken) = sync_channel(1);
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        flag.store(true, Ordering::Relaxed);
        // Full means that the watch is being woken already.
        let _ = wake.try_send(());
    })
    .context("cannot be told when to end")?;
    Ok((stop, woken))
}

/// Whether another try may read the file.
fn may_pass(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.is::<std::io::Error>() || cause.is::<FileError>())
}

/// Which sessions' folders have to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Due {
    /// Those that are missing or not whole: after a start.
    Missing,
    /// These, besides.
    Sessions(BTreeSet<Option<Date>>),
    /// None.
    Nothing,
}

struct Watch<'a> {
    args: &'a Args,
    url: DatabaseUrl,
    /// A server's database between two looks.
    store: Option<Box<dyn Storage>>,
    state: WatchState,
    state_file: Option<PathBuf>,
    stop: Arc<AtomicBool>,
    due: Due,
    /// Hashes of the files that the store had at the last look.
    known: BTreeSet<String>,
    /// Lines about what lies in the folder and cannot be read now: each is said once, not at every look.
    told: BTreeSet<String>,
    /// The messages after sessions.
    #[cfg(feature = "discord-post")]
    posts: Option<Posts>,
}

impl Watch<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Looks once. A SQLite file is closed between two looks: one that is open cannot be taken away, or put back from a copy, without
    /// harm to what the other program put there.
    fn look(&mut self, console: &mut Console) -> Result<Vec<(PathBuf, Wait)>> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => import::open_ready(&self.url, console)?,
        };
        let waiting = self.pass(&mut *store, console)?;
        if self.url.sqlite_path().is_none() {
            self.store = Some(store);
        }
        Ok(waiting)
    }

    /// What becomes of a file that cannot be read; `None` when it has to be tried again.
    fn refuse(&mut self, path: &Path, error: &anyhow::Error, console: &mut Console) -> Option<Verdict> {
        if may_pass(error) {
            self.tell_once(format!("{}: {error:#}; it will be tried again", path.display()), console);
            return None;
        }
        console.complain(&format!("set aside {}: {error:#}", path.display()));
        Some(Verdict::SetAside(visible(&format!("{error:#}"))))
    }

    /// A complaint that each look would come to anew.
    fn tell_once(&mut self, line: String, console: &mut Console) {
        if self.told.len() >= MOST_TOLD {
            self.told.clear();
        }
        if !self.told.contains(&line) {
            console.complain(&line);
            self.told.insert(line);
        }
    }

    /// Forgets what is known of files that the store has lost: they are imported again.
    fn believe(&mut self, store: &mut dyn Storage, console: &mut Console) -> Result<()> {
        let known = store.known()?;
        let lost = self.state.believe(&known);
        if lost > 0 {
            let files = counted(lost as u64, "file is", "files are");
            console.complain(&format!("{files} no longer in {} and will be imported again", self.url));
        }
        #[cfg(feature = "discord-post")]
        if let Some(posts) = &mut self.posts
            && known != self.known
        {
            posts.store_has_changed();
        }
        self.known = known;
        Ok(())
    }

    /// One look, and a second one after a rest when the first cannot tell whether a file still grows. Says which files
    /// wait for the next time, and why.
    fn once(&mut self, woken: &Receiver<()>, console: &mut Console) -> Result<()> {
        let mut waiting = self.look(console)?;
        let rest = Duration::from_secs_f64(self.args.rest);
        if waiting.iter().any(|(_, why)| *why == Wait::OtherClock)
            && woken.recv_timeout(rest) == Err(RecvTimeoutError::Timeout)
        {
            waiting = self.look(console)?;
        }
        for (path, why) in waiting.iter().take(WAITING_TOLD) {
            console.complain(&format!("{} waits: {why}", path.display()));
        }
        if let Some(more) = waiting.len().checked_sub(WAITING_TOLD).filter(|more| *more > 0) {
            console.complain(&format!("and {}", counted(more as u64, "other file", "other files")));
        }
        Ok(())
    }

    /// One look at the folder and everything that follows from it; the files that may still grow.
    fn pass(&mut self, store: &mut dyn Storage, console: &mut Console) -> Result<Vec<(PathBuf, Wait)>> {
        let (mut files, passed_over) = Rounds::search(&self.args.folder);
        files.extend(demos::below(&self.args.folder).paths);
        for line in passed_over {
            self.tell_once(format!("passed over: {line}"), console);
        }
        self.state.keep_only(&files);
        self.believe(store, console)?;
        let rest = Duration::from_secs_f64(self.args.rest);
        let (mut settled, mut waiting) = (0_usize, Vec::new());
        let mut bytes = Vec::new();
        let known = std::mem::take(&mut self.known);
        let reader = Reader { form: store.form(), zone: self.args.timezone.as_ref(), known };
        for path in &files {
            if self.is_stopped() {
                break;
            }
            // A file that was taken away between two looks is no fault.
            let Ok(look) = Look::at(path) else { continue };
            if self.state.is_settled(path, look) {
                continue;
            }
            match self.state.waits(path, look, rest) {
                Some(why) => waiting.push((path.clone(), why)),
                None => settled += usize::from(self.import(path, look, &reader, &mut bytes, store, console)?),
            }
        }
        self.known = reader.known;
        if settled > 0 {
            store.settle()?;
            self.write_state()?;
        }
        // A message links to the session's page, so the page is made first.
        self.refresh(console)?;
        #[cfg(feature = "discord-post")]
        if let Some(posts) = &mut self.posts
            && !self.stop.load(Ordering::Relaxed)
        {
            posts.look(store, console)?;
        }
        Ok(waiting)
    }

    /// Imports one file; `false` when it has to be tried again.
    fn import(
        &mut self,
        path: &Path,
        look: Look,
        reader: &Reader<'_>,
        bytes: &mut Vec<u8>,
        store: &mut dyn Storage,
        console: &mut Console,
    ) -> Result<bool> {
        let ready = if demos::is_demo_file(path) {
            reader.read_demo(path, bytes)
        } else {
            Ok(vec![reader.read(path, bytes)])
        };
        if Look::at(path).ok() != Some(look) {
            // It went on growing while it was read.
            return Ok(false);
        }
        let ready = ready.and_then(|ready| {
            ensure!(!ready.is_empty(), "no round is played in this demo");
            Ok(ready)
        });
        let (mut verdict, mut hash) = (Verdict::Kept, None);
        match ready {
            Err(error) => match self.refuse(path, &error, console) {
                Some(refused) => verdict = refused,
                None => return Ok(false),
            },
            Ok(ready) => {
                for one in ready {
                    hash = hash.or_else(|| one.hash.clone());
                    match self.keep(path, one, store, console)? {
                        Some(Verdict::Kept) => {}
                        Some(other) => verdict = other,
                        None => return Ok(false),
                    }
                }
            }
        }
        self.state.settle(path, look, verdict, hash);
        Ok(true)
    }

    /// Keeps the round of a file, or one of a demo's rounds; `None` when the file has to be tried again.
    fn keep(
        &mut self,
        path: &Path,
        ready: import::Ready,
        store: &mut dyn Storage,
        console: &mut Console,
    ) -> Result<Option<Verdict>> {
        let file = match ready.file {
            Err(error) => return Ok(self.refuse(path, &error, console)),
            Ok(import::Look::Known) => return Ok(Some(Verdict::Kept)),
            Ok(import::Look::Round(file)) => file,
        };
        let mut date = session_date(&file.round().meta);
        let word = match store.import_unsettled(*file) {
            Ok(Imported::New) => "imported",
            Ok(Imported::Changed { .. }) => "imported in place of an earlier copy",
            Ok(Imported::Together { session, .. }) => {
                date = Some(session);
                "imported, together with another recording of its round"
            }
            Ok(Imported::Repaired) => "imported in place of a damaged copy",
            Ok(Imported::AlreadyThere(_)) => "",
            Err(error @ StoreError::Unstorable(_)) => return Ok(self.refuse(path, &error.into(), console)),
            Err(error) => return Err(error).with_context(|| format!("importing {}", path.display())),
        };
        if !word.is_empty() {
            self.add_due(date);
            console.say(&visible(&format!("{}: {word}", path.display())))?;
        }
        Ok(Some(match ready.faults {
            0 => Verdict::Kept,
            n => {
                let faults = counted(n as u64, "fault", "faults");
                let message = format!("{faults}; `proximity check` tells where");
                console.complain(&format!("{}: {message}", path.display()));
                Verdict::KeptWithFaults(message)
            }
        }))
    }

    fn add_due(&mut self, date: Option<Date>) {
        #[cfg(feature = "discord-post")]
        if let (Some(posts), Some(date)) = (&mut self.posts, date) {
            posts.came(date);
        }
        match &mut self.due {
            Due::Sessions(dates) => {
                dates.insert(date);
            }
            Due::Missing | Due::Nothing => self.due = Due::Sessions(BTreeSet::from([date])),
        }
    }

    fn write_state(&self) -> Result<()> {
        let Some(file) = &self.state_file else { return Ok(()) };
        self.state.save(file)?;
        let (faults, list) = (self.state.faults(), file.with_file_name(SET_ASIDE));
        if faults.is_empty() {
            // Usually it is not there.
            let _ = std::fs::remove_file(&list);
            Ok(())
        } else {
            Ok(files::replace(&list, faults.as_bytes())?)
        }
    }

    /// Makes the sessions' folders that are due.
    fn refresh(&mut self, console: &mut Console) -> Result<()> {
        let (Some(out), false) = (&self.args.report, self.due == Due::Nothing || self.is_stopped()) else {
            return Ok(());
        };
        let mut source = Rounds::store(self.url.clone())?;
        if source.is_empty() {
            return Ok(());
        }
        let bots = Filter { bots: self.args.bots, ..Filter::default() };
        source.choose(&bots)?;
        self.args.maps.check()?;
        let maps = Maps::in_folders(&self.args.maps.folders());
        let options = Options {
            filter: &bots,
            base: self.args.base,
            maps: &maps,
            index: Some("../index.html"),
            past: Some(self.url.clone()),
            keep: Keep::WhatIsRight,
            sheets: Sheets::default(),
            address: None,
            stop: Some(&self.stop),
        };
        let wanted = |date| matches!(&self.due, Due::Sessions(dates) if dates.contains(&date));
        let done = batch(&source, out, &options, wanted, console.progress());
        if self.is_stopped() {
            // Whatever is missing is made after the next start.
            return Ok(());
        }
        let done = done?;
        for line in &done.complaints {
            console.complain(line);
        }
        let drawn: usize = done.made.iter().map(|made| made.drawn).sum();
        if drawn > 0 {
            console.say(&visible(&format!(
                "{}: {} drawn",
                out.join("index.html").display(),
                counted(drawn as u64, "file", "files")
            )))?;
        }
        self.due = Due::Nothing;
        Ok(())
    }
}
