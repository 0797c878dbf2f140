//! `check`: what is in tracker files and what is wrong with them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::json;

use crate::analysis::StateAudit;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::figure::words::{recorder_view, recordings};
use crate::model::{GuidKind, Round, Track};
use crate::rounds::{Hash, ReadRound, Rounds, RoundsError, choices};
use crate::text::{counted, visible};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  proximity check examples/session --json")]
pub(crate) struct Args {
    /// Tracker files and demos, also gzipped or zipped, or folders that are searched for them
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
    /// Exit with status 1 if anything at all is wrong
    #[arg(long)]
    strict: bool,
}

/// What one file came to.
struct Finding {
    json: serde_json::Value,
    lines: Vec<String>,
    tracks: usize,
    samples: usize,
    engagements: usize,
    warnings: usize,
    refused: bool,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let rounds = Rounds::files(&args.inputs)?;
    console.passed_over(&rounds);
    let found = |_, read| Ok::<_, RoundsError>(finding(&read));
    let findings = rounds.each(Hash::Left, console.progress(), "checking", found)?;
    let sum = |count: fn(&Finding) -> usize| findings.iter().map(count).sum::<usize>();
    let (tracks, samples) = (sum(|f| f.tracks), sum(|f| f.samples));
    let engagements = sum(|f| f.engagements);
    let warnings = sum(|f| f.warnings) + rounds.demo_faults().len();
    if args.json {
        console.json(&json!({
            "files": findings.iter().map(|f| &f.json).collect::<Vec<_>>(),
            "totals": {
                "files": findings.len(), "tracks": tracks, "samples": samples,
                "engagements": engagements, "warnings": warnings,
            },
        }))?;
    } else {
        for line in findings.iter().flat_map(|f| &f.lines) {
            console.say(&visible(line))?;
        }
        console.say(&format!(
            "{} · {} · {}",
            counted(findings.len() as u64, "file", "files"),
            inside(tracks, samples, engagements),
            counted(warnings as u64, "warning", "warnings"),
        ))?;
    }
    let refused = findings.iter().any(|f| f.refused);
    Ok(if refused || (args.strict && warnings > 0) { Outcome::Faults } else { Outcome::Done })
}

fn finding(outcome: &ReadRound) -> Finding {
    let path = outcome.path.display().to_string();
    let mut warnings: Vec<serde_json::Value> = outcome
        .warnings
        .iter()
        .map(|w| json!({"line": w.line, "column": w.column, "message": w.message}))
        .collect();
    match &outcome.round {
        Ok(round) => {
            let audit = StateAudit::of(round);
            let meaning = audit.decoder;
            let view = recorder_view::line(round.meta.recorder_view.into_iter(), 1);
            let recorded = recordings::lines(round.meta.recordings.iter());
            let notes: Vec<String> = audit
                .doubts()
                .map(|doubt| doubt.to_string())
                .chain(no_own_guid(round))
                .chain(view)
                .chain(recorded)
                .collect();
            let tracks = round.tracks.len();
            let samples = round.tracks.iter().map(|t| t.samples.len()).sum::<usize>();
            let mut lines = vec![format!(
                "{path}: {} · {} · {} · stance {}, sprint {}{}",
                round.meta.family.name(),
                round.meta.map,
                inside(tracks, samples, round.engagements.len()),
                meaning.stance,
                meaning.sprint,
                if round.meta.complete { "" } else { " · cut short" },
            )];
            lines.extend(outcome.warnings.iter().map(|w| format!("  {w}")));
            lines.extend(notes.iter().map(|note| format!("  note: {note}")));
            Finding {
                json: json!({
                    "path": path,
                    "tracker": round.meta.family.name(),
                    "map": round.meta.map,
                    "round": round.meta.round_raw,
                    "complete": round.meta.complete,
                    "tracks": tracks,
                    "samples": samples,
                    "engagements": round.engagements.len(),
                    "states": {"stance": meaning.stance.to_string(), "sprint": meaning.sprint.to_string()},
                    "warnings": warnings,
                    "notes": notes,
                }),
                lines,
                tracks,
                samples,
                engagements: round.engagements.len(),
                warnings: outcome.faults,
                refused: false,
            }
        }
        Err(error) => {
            warnings.push(json!({"line": error.line, "column": error.column, "message": error.to_string()}));
            Finding {
                json: json!({
                    "path": path, "tracker": null, "map": null, "round": null, "complete": false,
                    "tracks": 0, "samples": 0, "engagements": 0,
                    "states": {"stance": "not recorded", "sprint": "not recorded"},
                    "warnings": warnings, "notes": [],
                }),
                lines: vec![format!("{path}: {error}")],
                tracks: 0,
                samples: 0,
                engagements: 0,
                warnings: 1,
                refused: true,
            }
        }
    }
}

/// Lives whose guid is no player's own, in words.
fn no_own_guid(round: &Round) -> Option<String> {
    let is_shared = |track: &&Track| track.guid.kind() == GuidKind::FileLocal;
    let guids: BTreeSet<String> =
        round.tracks.iter().filter(is_shared).map(|track| format!("{:?}", track.guid.as_str())).collect();
    let lives = round.tracks.iter().filter(is_shared).count();
    (lives > 0).then(|| {
        let have = if lives == 1 { "has" } else { "have" };
        format!(
            "{} {have} no guid of the player's own ({}): told apart by name, and not joined with other files",
            counted(lives as u64, "life", "lives"),
            choices(guids)
        )
    })
}

/// What files hold, in words.
fn inside(tracks: usize, samples: usize, engagements: usize) -> String {
    let parts = [
        counted(tracks as u64, "life", "lives"),
        counted(samples as u64, "sample", "samples"),
        counted(engagements as u64, "engagement", "engagements"),
    ];
    parts.join(" · ")
}
