//! `demo kills`: who killed whom, when, with what and where.

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::clock;
use crate::analysis::PlayerPattern;
use crate::cli::Outcome;
use crate::cli::args::database;
use crate::cli::console::Console;
use crate::geom::WorldPoint;
use crate::model::{DeathType, PlayerName, Weapon};
use crate::rounds::demos;
use crate::rounds::kills::{self, ToldKill, ToldKills};
use crate::store::{Create, DemoFile, DemoParty, KillSearch, open};
use crate::text::{counted, visible};

/// Arguments of `demo kills`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  proximity demo kills match.tv_84 --player Kestrel --multi 3\n  \
    proximity demo kills demos/ --db sqlite:proximity.db --player Kestrel   # only new demos are read")]
pub(super) struct Args {
    /// Demos (.dm_82 to .dm_84, .tv_84, .sv_84), also gzipped or zipped, or folders that are searched for them; with --db
    /// alone, every demo that was read before
    #[arg(value_name = "DEMO")]
    inputs: Vec<PathBuf>,
    /// Keep the kills in this store (sqlite:PATH or postgres://…), and read only demos that are new or have changed
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// Only kills by this player: a name, whatever its colours and case; may be repeated
    #[arg(long, value_name = "NAME")]
    player: Vec<String>,
    /// Only runs of at least this many kills, each at most three seconds after the one before
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true)]
    multi: u32,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let killers = args.player.iter().map(|typed| PlayerPattern::new(typed)).collect();
    let search = KillSearch { killers, run: args.multi };
    let mut told = ToldKills::default();
    let refused = match &args.db {
        None if args.inputs.is_empty() => bail!("name demos or folders of them, or a store with --db"),
        None => {
            let files = demos::find(&args.inputs)?;
            let mut refused = false;
            for (path, read) in files.iter().zip(kills::read_all(&files)?) {
                let shown = path.display().to_string();
                refused |= complain(&shown, &read.file, console);
                for kill in read.kills.into_iter().filter(|kill| search.wants(kill)) {
                    told.add(kills::name_of(&shown, &kill), kill);
                }
            }
            refused
        }
        Some(url) => {
            let mut store = open(&database::url(Some(url))?, Create::IfMissing)?;
            store.migrate()?;
            let indexed = kills::index(&args.inputs, &mut *store, console.progress())?;
            let mut refused = false;
            // A demo's faults are told when it is read; one that cannot be read is named whenever it is asked for.
            for (key, (shown, file)) in indexed.files.iter().filter(|_| !args.inputs.is_empty()) {
                if file.refused || indexed.read.contains(key) {
                    refused |= complain(shown, file, console);
                }
            }
            indexed.search(&search, &mut *store, &mut |demo, kill| told.add(demo, kill))?;
            if !args.inputs.is_empty() {
                let all = counted(indexed.files.len() as u64, "demo file", "demo files");
                console.complain(&format!("{all}, {} read now", indexed.read.len()));
            }
            refused
        }
    };
    let told = told.into_kills();
    if args.json {
        console.json(&json!({ "kills": told.iter().map(kill_json).collect::<Vec<_>>() }))?;
    } else if told.is_empty() {
        console.complain("no kills that are asked for");
    } else {
        for kill in &told {
            console.say(&visible(&kill_line(kill)))?;
        }
    }
    Ok(if refused { Outcome::Faults } else { Outcome::Done })
}

/// Says what was wrong with a file; whether it could not be read.
fn complain(shown: &str, file: &DemoFile, console: &mut Console) -> bool {
    for complaint in &file.complaints {
        console.complain(&format!("{shown}: {complaint}"));
    }
    file.refused
}

fn display(party: &DemoParty) -> String {
    PlayerName::from(party.name.as_str()).display().into_owned()
}

fn kill_line(ToldKill { kill, demos }: &ToldKill) -> String {
    let victim = display(&kill.victim);
    let weapon = kill.weapon.map(|weapon| Weapon(weapon).name().into_owned());
    let with = weapon.unwrap_or_else(|| kill.means.replace('_', " "));
    let what = match (DeathType::from(kill.kind.as_str()), &kill.killer) {
        (DeathType::Killed, Some(killer)) => format!("{} killed {victim} ({with})", display(killer)),
        (DeathType::TeamKill, Some(killer)) => {
            format!("{} killed a team-mate, {victim} ({with})", display(killer))
        }
        (DeathType::SelfKill, _) => format!("{victim} died by their own hand ({with})"),
        (DeathType::Fallen, _) => format!("{victim} fell"),
        _ => format!("{victim} died ({with})"),
    };
    let head = if kill.head_shot { " · head shot" } else { "" };
    let multi = if kill.run > 1 { format!(" · {} of {}", kill.nth, kill.run) } else { String::new() };
    let also = match demos.len() - 1 {
        0 => String::new(),
        more => format!(" · also in {}", counted(more as u64, "other demo", "other demos")),
    };
    format!(
        "{}: {} round {} · {} · {what}{head}{multi}{also}",
        demos[0],
        kill.map,
        kill.round.unwrap_or(1),
        clock(kill.time_ms)
    )
}

fn kill_json(ToldKill { kill, demos }: &ToldKill) -> Value {
    let at = |at: Option<WorldPoint>| at.map(|at| json!([at.x, at.y, at.z]));
    let party = |party: &DemoParty| json!({"slot": party.slot, "name": party.name, "team": party.team, "at": at(party.at)});
    json!({
        "demo": demos[0], "also_in": demos[1..], "map": kill.map, "round": kill.round,
        "time": kill.time_ms, "server_time": kill.server_time_ms, "kind": kill.kind,
        "means": kill.means, "weapon": kill.weapon, "head_shot": kill.head_shot,
        "victim": party(&kill.victim), "killer": kill.killer.as_ref().map(party),
        "multi": if kill.nth > 0 { json!({"nth": kill.nth, "of": kill.run}) } else { Value::Null },
    })
}
