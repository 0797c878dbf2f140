//! `schema`: the tables of a store.

use anyhow::Result;
use clap::{Args as Arguments, Subcommand};

use crate::cli::Outcome;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::console::Console;
use crate::store::{Create, ddl, open};

/// Arguments of `schema`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity schema print --db postgres://et@db.example/stats > tables.sql")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the statements that make the tables
    #[command(
        after_help = "Example:\n  proximity schema print --db postgres://et@db.example/stats > tables.sql"
    )]
    Print(Place),
    /// Bring the tables to this program's version; a database of January 2026 is taken over in place
    #[command(after_help = "Example:\n  proximity schema migrate --db sqlite:proximity.db")]
    Migrate(Place),
    /// Undo the last migration; data that only it has room for is lost
    #[command(after_help = "Example:\n  proximity schema rollback --db sqlite:proximity.db --yes")]
    Rollback(RollbackArgs),
}

#[derive(Debug, Arguments)]
struct Place {
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Arguments)]
struct RollbackArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Confirm; data is lost
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    match &args.command {
        Command::Print(place) => console.write(ddl(&place.database.url()?).as_bytes())?,
        Command::Migrate(place) => {
            let url = place.database.url()?;
            let applied = open(&url, Create::IfMissing)?.migrate()?;
            if applied.is_empty() {
                console.say(&format!("{url}: the tables are up to date"))?;
            }
            for migration in applied {
                console.say(&format!("{url}: now at version {} ({})", migration.version, migration.name))?;
            }
        }
        Command::Rollback(rollback) => {
            let url = rollback.database.url()?;
            if !rollback.yes {
                console.say(&format!("{url}: a rollback loses data; confirm with --yes"))?;
                return Ok(Outcome::Done);
            }
            match rollback.database.open()?.rollback()? {
                Some(taken) => {
                    console.say(&format!("{url}: version {} ({}) rolled back", taken.version, taken.name))?;
                }
                None => console.say(&format!("{url}: nothing to roll back"))?,
            }
        }
    }
    Ok(Outcome::Done)
}
