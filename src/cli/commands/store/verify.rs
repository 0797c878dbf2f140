//! `verify`: whether every round of a store can be read as it was kept.

use anyhow::Result;
use clap::Args as Arguments;
use serde_json::json;

use crate::cli::Outcome;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::console::Console;
use crate::text::{counted, visible};

/// Arguments of `verify`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity verify --db sqlite:proximity.db")]
pub(crate) struct Args {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let url = args.database.url()?;
    let verified = args.database.open()?.verify()?;
    let outcome = if verified.is_whole() { Outcome::Done } else { Outcome::Faults };
    if args.json {
        let damaged = verified.damaged.iter().map(|round| {
            json!({
                "file": round.file_name, "map": round.map,
                "session": round.session_date.map(|date| date.to_string()), "reason": round.reason,
            })
        });
        let damaged: Vec<_> = damaged.collect();
        console.json(&json!({
            "database": url.to_string(), "rounds": verified.rounds, "damaged": damaged,
            "structure": verified.structure, "noted": verified.is_noted,
        }))?;
        return Ok(outcome);
    }
    for line in &verified.structure {
        console.complain(&format!("{url}: {line}"));
    }
    for round in &verified.damaged {
        let name = round.file_name.as_deref().unwrap_or("a round without a file name");
        let session = round.session_date.map_or_else(String::new, |date| format!(", {date}"));
        console.complain(&format!("damaged: {name} ({}{session}): {}", round.map, round.reason));
    }
    let rounds = counted(verified.rounds, "round", "rounds");
    if verified.damaged.is_empty() {
        console.say(&visible(&format!("{url}: {rounds} read, none is damaged")))?;
        if !verified.structure.is_empty() {
            console.complain("the file itself is damaged; import the tracker files into a new one");
        }
    } else {
        console.say(&visible(&format!("{url}: {rounds} read, {} damaged", verified.damaged.len())))?;
        console.complain(if verified.is_noted {
            "an import of the same files replaces the damaged rounds"
        } else {
            "the store cannot be written, so that the damaged rounds are not noted in it; verify it where it can, then \
             import the same files"
        });
    }
    Ok(outcome)
}
