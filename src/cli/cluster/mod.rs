//! `proximity-cluster`: a lake through an engine, on this machine or on many.

mod heat;
mod node;
mod paths;
mod sql;
mod stats;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use super::Outcome;
use super::args::lake::{cache, place};
use super::commands::{lake, licenses};
use super::console::Console;
use crate::cluster::{Engine, Scheduler};
use crate::lake::Place;

/// Asks lakes of rounds through an engine (DataFusion): on this machine, or on many (Ballista).
#[derive(Debug, Parser)]
#[command(
    name = "proximity-cluster",
    version,
    max_term_width = 100,
    after_help = "Scheduler and executors know no login: whoever reaches them can read every file that they can read. They \
                  listen on this machine alone unless told otherwise; give them other addresses only within a private \
                  network. All of them, and the client, must see the lake under the same path, or have the same keys to its bucket: \
                  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION in the environment, AWS_ENDPOINT_URL for services other \
                  than Amazon's. What is read of a bucket is kept in the user's cache, or in the folder PROXIMITY_LAKE_CACHE."
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
    /// Draw the same lines as `proximity paths --lake`, counted by the engine where they are many
    Paths(Box<paths::Args>),
    /// Print how much was played, by map or month
    Stats(stats::Args),
    /// Make and change lakes, in buckets, too
    Lake(lake::Args),
    /// Run a scheduler, which gives out work
    Scheduler(node::SchedulerArgs),
    /// Run an executor, which does it
    Executor(node::ExecutorArgs),
    /// Print the licences of what the program is built from
    Licenses(licenses::Args),
}

/// The lake, and who works on it.
#[derive(Debug, Args)]
struct LakeArgs {
    /// The lake's folder, or s3://BUCKET/FOLDER
    #[arg(value_name = "LAKE")]
    lake: PathBuf,
    /// Let the executors of this scheduler do the work: df://HOST:PORT
    #[arg(long, value_name = "URL")]
    scheduler: Option<Scheduler>,
}

impl LakeArgs {
    fn engine(&self) -> Result<Engine> {
        Ok(Engine::new(self.scheduler.clone(), &cache()?)?)
    }

    fn place(&self) -> Result<Place> {
        place(&self.lake)
    }
}

/// Runs what the process's arguments ask for.
pub(super) fn run(console: &mut Console) -> Result<Outcome> {
    match Cli::parse().command {
        Command::Sql(args) => sql::run(&args, console),
        Command::Heat(args) => heat::run(&args, console),
        Command::Paths(args) => paths::run(&args, console),
        Command::Stats(args) => stats::run(&args, console),
        Command::Lake(args) => lake::run(&args, console),
        Command::Scheduler(args) => node::scheduler(&args, console),
        Command::Executor(args) => node::executor(&args, console),
        Command::Licenses(args) => licenses::run(&args, console),
    }
}
