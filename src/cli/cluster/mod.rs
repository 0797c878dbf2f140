//! `proximity-cluster`: a lake through an engine, on this machine or on many.

mod heat;
mod node;
mod sql;
mod stats;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use super::Outcome;
use super::console::Console;
use crate::cluster::{Engine, Scheduler};

/// Asks lakes of rounds through an engine (DataFusion): on this machine, or on many (Ballista).
#[derive(Debug, Parser)]
#[command(
    name = "proximity-cluster",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Scheduler and executors know no login: whoever reaches them can read every file that they can read. They \
                  listen on this machine alone unless told otherwise; give them other addresses only within a private \
                  network. All of them, and the client, must see the lake under the same path."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask a lake's tables in SQL
    Sql(sql::Args),
    /// Draw the same heatmap as `proximity heatmap --lake`, summed by the engine
    Heat(Box<heat::Args>),
    /// Print how much was played, by map or month
    Stats(stats::Args),
    /// Run a scheduler, which gives out work
    Scheduler(node::SchedulerArgs),
    /// Run an executor, which does it
    Executor(node::ExecutorArgs),
}

/// The lake, and who works on it.
#[derive(Debug, Args)]
struct LakeArgs {
    /// The lake's folder
    #[arg(value_name = "LAKE")]
    lake: PathBuf,
    /// Let the executors of this scheduler do the work: df://HOST:PORT
    #[arg(long, value_name = "URL")]
    scheduler: Option<Scheduler>,
}

impl LakeArgs {
    fn engine(&self) -> Result<Engine> {
        Ok(Engine::new(self.scheduler.clone())?)
    }
}

/// Runs what the process's arguments ask for.
pub(super) fn run(console: &mut Console) -> Result<Outcome> {
    match Cli::parse().command {
        Command::Sql(args) => sql::run(&args, console),
        Command::Heat(args) => heat::run(&args, console),
        Command::Stats(args) => stats::run(&args, console),
        Command::Scheduler(args) => node::scheduler(&args, console),
        Command::Executor(args) => node::executor(&args, console),
    }
}
