//! `scheduler` and `executor`: the processes of a cluster.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args as Arguments;

use crate::cli::Outcome;
use crate::cli::args::lake::cache;
use crate::cli::args::listening;
use crate::cli::console::Console;
use crate::cluster::{ExecutorOptions, Scheduler, run_executor, run_scheduler};

/// Arguments of `scheduler`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "There is no login: whoever reaches the address can have files read. Listen on a private network only.\n\n\
    Examples:\n  \
    proximity-cluster scheduler\n  \
    proximity-cluster scheduler --bind 10.0.0.1:50050"
)]
pub(super) struct SchedulerArgs {
    /// The address to listen at
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50050", value_parser = listening)]
    bind: SocketAddr,
    /// The name or address by which executors reach it, if it is another
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
}

/// Arguments of `executor`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "There is no login: whoever reaches the address can have files read. Listen on a private network only.\n\n\
    Examples:\n  \
    proximity-cluster executor\n  \
    proximity-cluster executor --scheduler df://10.0.0.1:50050 --bind 10.0.0.2:50060 --cores 16 --work-dir /var/tmp/executor"
)]
pub(super) struct ExecutorArgs {
    /// The scheduler that gives it work
    #[arg(long, value_name = "URL", default_value = "df://127.0.0.1:50050")]
    scheduler: Scheduler,
    /// The address to listen at; the next port is used, too
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50060", value_parser = listening)]
    bind: SocketAddr,
    /// The name or address by which others reach it, if it is another
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// How many tasks it works on at once; without it, as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    cores: Option<u16>,
    /// Where it keeps results until they are fetched; without it, a folder that goes when the executor ends
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
}

pub(super) fn scheduler(args: &SchedulerArgs, console: &mut Console) -> Result<Outcome> {
    let SchedulerArgs { bind, host } = args;
    let name = host.clone().unwrap_or_else(|| bind.ip().to_string());
    console.say(&format!("scheduler at df://{name}:{}", bind.port()))?;
    run_scheduler(*bind, host.clone())?;
    Ok(Outcome::Done)
}

pub(super) fn executor(args: &ExecutorArgs, console: &mut Console) -> Result<Outcome> {
    let made;
    let work_dir: &Path = if let Some(folder) = &args.work_dir {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        folder
    } else {
        made = tempfile::tempdir().context("a folder for results")?;
        made.path()
    };
    let cores =
        args.cores.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    console.say(&format!("executor at {} for {}", args.bind, args.scheduler))?;
    run_executor(&ExecutorOptions {
        scheduler: args.scheduler.clone(),
        bind: args.bind,
        host: args.host.clone(),
        cores,
        work_dir,
        cache: &cache()?,
    })?;
    Ok(Outcome::Done)
}
