//! `demo kills`: who killed whom.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::{clock, complain};
use crate::analysis::filter::select::PlayerPattern;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::demo::{Kill, Party, RecordedRound, multi_kills};
use crate::geom::WorldPoint;
use crate::model::DeathType;
use crate::rounds::demos;
use crate::text::visible;

/// Kills of one player that follow each other within this time are told as one run, ms.
const RUN_WITHIN_MS: i64 = 3_000;

/// Arguments of `demo kills`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  proximity demo kills demos/ --player alpha --multi 3")]
pub(super) struct Args {
    /// Demos (.dm_82 to .dm_84, .tv_84, .sv_84), also gzipped or zipped, or folders that are searched for them
    #[arg(required = true, value_name = "DEMO")]
    inputs: Vec<PathBuf>,
    /// Only kills by this player, by name (colour codes and case do not count); may be repeated
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
    let players: Vec<PlayerPattern> = args.player.iter().map(|typed| PlayerPattern::new(typed)).collect();
    let wanted = |kill: &Kill, run: u32| {
        let by = |killer: &Party| players.iter().any(|p| p.matches(killer.guid.as_str(), &killer.name));
        run >= args.multi && (players.is_empty() || kill.killer.as_ref().is_some_and(by))
    };
    // One sample a second is enough: kills are told by themselves.
    let files = demos::find(&args.inputs)?;
    let demos = demos::read_all(&files, 1_000, |demo, recorded| {
        let runs = multi_kills(&recorded.kills, RUN_WITHIN_MS);
        let places =
            (0..recorded.kills.len()).map(|place| (place, length_of_run(&recorded.kills, &runs, place)));
        let chosen = places.filter(|(place, run)| wanted(&recorded.kills[*place], *run));
        let told = chosen.map(|(place, run)| {
            let (kill, multi) = (&recorded.kills[place], (runs[place], run));
            (kill_line(demo, &recorded, kill, multi), kill_json(demo, &recorded, kill, multi))
        });
        Ok(told.collect::<Vec<_>>())
    })?;
    let refused = complain(demos.iter().map(|demo| &demo.outcome), console);
    let (lines, list): (Vec<String>, Vec<Value>) =
        demos.into_iter().flat_map(|demo| demo.rounds).flatten().unzip();
    for line in lines.iter().filter(|_| !args.json) {
        console.say(&visible(line))?;
    }
    if args.json {
        console.json(&json!({ "kills": list }))?;
    }
    Ok(if refused { Outcome::Faults } else { Outcome::Done })
}

/// How many kills the run has that a kill belongs to; 1 for a death that is no kill of an enemy.
fn length_of_run(kills: &[Kill], runs: &[u32], place: usize) -> u32 {
    let killer = |place: usize| kills[place].killer.as_ref().map(|killer| &killer.guid);
    if runs[place] == 0 {
        return 1;
    }
    let later = (place + 1..kills.len()).filter(|later| runs[*later] > 0 && killer(*later) == killer(place));
    let last = later.scan(runs[place], |last, later| {
        (runs[later] == *last + 1).then(|| {
            *last = runs[later];
            *last
        })
    });
    last.last().unwrap_or(runs[place])
}

fn kill_line(demo: &str, recorded: &RecordedRound, kill: &Kill, (nth, run): (u32, u32)) -> String {
    let round = &recorded.round.meta;
    let victim = kill.victim.name.display();
    let weapon = kill.weapon.map(|weapon| weapon.name().into_owned());
    let with = weapon.unwrap_or_else(|| kill.means.name.replace('_', " "));
    let what = match (&kill.kind, &kill.killer) {
        (DeathType::Killed, Some(killer)) => format!("{} killed {victim} ({with})", killer.name.display()),
        (DeathType::TeamKill, Some(killer)) => {
            format!("{} killed a team-mate, {victim} ({with})", killer.name.display())
        }
        (DeathType::SelfKill, _) => format!("{victim} died by their own hand ({with})"),
        (DeathType::Fallen, _) => format!("{victim} fell"),
        _ => format!("{victim} died ({with})"),
    };
    let head = if kill.head_shot { " · head shot" } else { "" };
    let multi = if run > 1 { format!(" · {nth} of {run}") } else { String::new() };
    format!(
        "{demo}: {} round {} · {} · {what}{head}{multi}",
        round.map,
        round.round_raw.unwrap_or(1),
        clock(kill.time.0)
    )
}

fn kill_json(demo: &str, recorded: &RecordedRound, kill: &Kill, (nth, run): (u32, u32)) -> Value {
    let at = |at: Option<WorldPoint>| at.map(|at| json!([at.x, at.y, at.z]));
    let party = |party: &Party| {
        json!({
            "slot": party.slot, "name": party.name.as_str(), "team": party.team.as_ref().map(crate::model::Team::as_str),
            "at": at(party.at),
        })
    };
    json!({
        "demo": demo, "map": recorded.round.meta.map, "round": recorded.round.meta.round_raw,
        "time": kill.time.0, "server_time": kill.server_time, "kind": kill.kind.as_str(),
        "means": kill.means.name, "weapon": kill.weapon.map(|weapon| weapon.0), "head_shot": kill.head_shot,
        "victim": party(&kill.victim), "killer": kill.killer.as_ref().map(party),
        "multi": if nth > 0 { json!({"nth": nth, "of": run}) } else { Value::Null },
    })
}
