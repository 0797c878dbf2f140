//! `demo tracks`: one tracker file, or one list of samples, for each round of demos.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::complain;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::demo::{LifeSource, Merged, RecordedRound, Source};
use crate::files;
use crate::format::{self, TrackerFile};
use crate::model::{Event, Track};
use crate::rounds::recordings::Recordings;
use crate::rounds::{self, Rounds, demos};
use crate::text::{counted, visible};

/// Arguments of `demo tracks`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line, each on its own")]
#[command(after_help = "Example:\n  proximity demo tracks match.tv_84 --out tracks --interval-ms 200")]
pub(super) struct Args {
    /// Demos (.dm_82 to .dm_84, .tv_84, .sv_84), also gzipped or zipped, or folders that are searched for them
    #[arg(required = true, value_name = "DEMO")]
    inputs: Vec<PathBuf>,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write one sample per line as JSON, with how each is known, for other programs
    #[arg(long)]
    jsonl: bool,
    /// Time between two samples of a life; as many as there are snapshots when not given
    #[arg(long, value_name = "MS", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u32).range(0..=60_000))]
    interval_ms: u32,
    /// Put recordings of one round together, each player from the source that knows best; tracker files may be named too
    #[arg(long)]
    merge: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// End with status 1 when anything was wrong with a demo
    #[arg(long)]
    strict: bool,
}

/// What was written so far.
struct Writer<'a> {
    args: &'a Args,
    names: demos::Names,
    written: Vec<Value>,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let mut writer = Writer { args, names: demos::Names::default(), written: Vec::new() };
    let (mut trackers, mut inputs) = (Vec::new(), Vec::new());
    for input in &args.inputs {
        if args.merge && input.is_dir() {
            let (files, _) = Rounds::search(input);
            let has_demos = files.is_empty() || !demos::below(input).paths.is_empty();
            trackers.extend(files);
            inputs.extend(has_demos.then(|| input.clone()));
        } else if args.merge && is_tracker_file(input) {
            trackers.push(input.clone());
        } else {
            inputs.push(input.clone());
        }
    }
    let mut recordings = Recordings::beside(&trackers);
    let (mut refused, mut faults) = (false, 0);
    for path in demos::find(&inputs)? {
        let mut lines = Vec::new();
        let outcomes = demos::read(&path, args.interval_ms, &mut |demo, recorded| {
            if !args.merge {
                lines.push(writer.write(recorded, &[("demo", json!(demo))])?);
            } else if let Some(merged) = recordings.add(recorded) {
                lines.push(writer.write_merged(merged)?);
            }
            Ok(())
        })?;
        refused |= complain(&outcomes, console);
        faults += outcomes.iter().filter_map(|o| o.read.as_ref().ok()).map(|s| s.faults).sum::<usize>();
        say(&lines, args, console)?;
    }
    while let Some(merged) = recordings.oldest() {
        say(&[writer.write_merged(merged)?], args, console)?;
    }
    let taken = recordings.taken();
    for path in trackers.iter().filter(|path| !taken.contains(&***path)) {
        console.complain(&format!("{}: no demo tells this round", path.display()));
    }
    if args.json {
        console.json(&json!({ "out": args.out.display().to_string(), "rounds": writer.written }))?;
    } else if writer.written.is_empty() {
        console.complain("no rounds in these demos");
    }
    Ok(if refused || (args.strict && faults > 0) { Outcome::Faults } else { Outcome::Done })
}

fn say(lines: &[String], args: &Args, console: &mut Console) -> Result<()> {
    lines.iter().filter(|_| !args.json).try_for_each(|line| console.say(&visible(line)))
}

fn is_tracker_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("_engagements.txt"))
}

/// Whether a file was written here before: a game server's own file is not replaced.
fn is_made_of_demos(path: &Path) -> bool {
    rounds::header(path).is_ok_and(|meta| meta.is_some_and(|meta| meta.recordings.is_some()))
}

impl Writer<'_> {
    /// Writes a round that recordings were put together for; gives a line about it.
    fn write_merged(&mut self, merged: Merged) -> Result<String> {
        let Merged { recorded, sources, conflicts, .. } = merged;
        let line = self.write(recorded, &[("sources", json!(sources)), ("conflicts", json!(conflicts))])?;
        let of = counted(sources as u64, "recording", "recordings");
        Ok(format!("{line} · {of}, {}", counted(conflicts as u64, "conflict", "conflicts")))
    }

    /// Writes a round; gives a line about it. `more` is added to its summary.
    fn write(&mut self, recorded: RecordedRound, more: &[(&str, Value)]) -> Result<String> {
        let name = self.names.free(&recorded);
        let name = if self.args.jsonl {
            format!("{}.jsonl", name.trim_end_matches("_engagements.txt"))
        } else {
            name
        };
        let path = self.args.out.join(&name);
        let round = &recorded.round;
        let (lives, samples) = (round.tracks.len(), samples(&recorded));
        let mut summary = json!({
            "path": path.display().to_string(), "map": round.meta.map, "round": round.meta.round_raw,
            "lives": lives, "samples": samples, "deaths": recorded.kills.len(),
        });
        for (key, value) in more {
            summary[key] = value.clone();
        }
        self.written.push(summary);
        if self.args.jsonl {
            write_lines(&path, &recorded)?;
        } else {
            if path.exists() && !is_made_of_demos(&path) {
                bail!("{} is there already and was not made of demos; choose another --out", path.display());
            }
            files::write(&path, &format::write(&TrackerFile::from_round(recorded.round)))?;
        }
        Ok(format!(
            "{}: {} · {}",
            path.display(),
            counted(lives as u64, "life", "lives"),
            counted(samples as u64, "sample", "samples"),
        ))
    }
}

fn samples(recorded: &RecordedRound) -> usize {
    recorded.round.samples()
}

fn write_lines(path: &Path, recorded: &RecordedRound) -> Result<()> {
    files::write_with(path, |out| {
        for (index, (track, known)) in recorded.round.tracks.iter().zip(&recorded.lives).enumerate() {
            for place in 0..track.samples.len() {
                serde_json::to_writer(&mut *out, &line(recorded, (index, track, known), place))?;
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    })
}

/// One sample. What is not known is null.
fn line(recorded: &RecordedRound, (life, track, known): (usize, &Track, &LifeSource), place: usize) -> Value {
    let sample = &track.samples[place];
    let source = known.samples[place];
    let tail = track.tails.get(place);
    let mut detail = tail.split(',').map(|text| text.parse::<i32>().ok());
    let mut next = || detail.next().flatten();
    let (yaw, stamina, _, flags) = (next(), next(), next(), next());
    let velocity = [next(), next(), next()];
    let meta = &recorded.round.meta;
    let known_place = source.place != Source::Coarse;
    json!({
        "map": meta.map, "round": meta.round_raw, "life": life, "slot": known.slot, "name": track.name.as_str(),
        "team": track.team.as_str(), "class": track.class.as_str(),
        "time": sample.time.0, "server_time": recorded.server_time_at(sample.time),
        "x": thousandth(sample.at.x), "y": thousandth(sample.at.y), "z": thousandth(sample.at.z),
        "velocity": if known_place { json!(velocity) } else { Value::Null },
        "yaw": yaw, "eflags": flags,
        "health": sample.known_health(),
        "stamina": stamina,
        "weapon": if known_place { json!(sample.weapon.0) } else { Value::Null },
        "stance": if known_place { json!(sample.stance) } else { Value::Null },
        "sprint": if known_place { json!(sample.sprint) } else { Value::Null },
        "event": word(sample.event), "source": source.place.label(), "health_source": source.health.label(),
    })
}

/// A coordinate, units, without the digits that a 32-bit float does not have.
fn thousandth(units: f32) -> f64 {
    (f64::from(units) * 1000.0).round() / 1000.0
}

fn word(event: Event) -> &'static str {
    Event::KNOWN.iter().find(|(_, known)| *known == event).map_or("sample", |(word, _)| word)
}
