//! `lake`: rounds of many servers and years in a folder of Parquet files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args as Arguments, Subcommand};
use serde_json::json;

use crate::cli::Outcome;
use crate::cli::args::database;
use crate::cli::args::lake::place;
use crate::cli::commands::maps::MapsArgs;
use crate::cli::commands::store::forget::whole_guid_of;
use crate::cli::console::Console;
use crate::figure::heat_grids;
use crate::lake::{Added, Grade, Lake, LakeWriter, Place, SAMPLES_AT_ONCE, Secret};
use crate::model::Round;
use crate::rounds::{Faults, Hash, Maps, Rounds, RoundsError, choices};
use crate::text::{counted, near};

/// Arguments of `lake`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity lake add rounds/ --to lake/ --secret-file lake.secret")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an empty lake
    Init(InitArgs),
    /// Add rounds; what is there already stays as it is, and a better copy takes a worse one's place
    Add(AddArgs),
    /// Read everything and name what is damaged
    Check(CheckArgs),
    /// Put each map's and month's rounds together in few files
    Compact(CompactArgs),
    /// Print the files of a table that count, a line each, for other engines
    Files(FilesArgs),
    /// Remove a player's GUID and names, or lives, too
    Forget(ForgetArgs),
}

/// The secret of a lake.
#[derive(Debug, Arguments)]
struct SecretArgs {
    /// A file with a secret of 16 bytes or more, outside the lake; players' numbers are made with it
    #[arg(long, value_name = "FILE", env = "PROXIMITY_LAKE_SECRET_FILE")]
    secret_file: PathBuf,
}

/// Arguments of `lake init`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  head -c 32 /dev/urandom | base64 > lake.secret\n  \
                  proximity lake init lake/ --secret-file lake.secret")]
struct InitArgs {
    /// The folder
    #[arg(value_name = "LAKE")]
    lake: PathBuf,
    #[command(flatten)]
    secret: SecretArgs,
}

/// Arguments of `lake add`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity lake add rounds/ --to lake/ --secret-file lake.secret\n  \
                  proximity lake add --db sqlite:proximity.db --to lake/ --secret-file lake.secret")]
struct AddArgs {
    /// Tracker files (also .txt.gz), demos, .zip archives or folders of either
    #[arg(value_name = "INPUT", required_unless_present = "db")]
    inputs: Vec<PathBuf>,
    /// Or a store: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL", conflicts_with = "inputs")]
    db: Option<String>,
    /// The lake's folder
    #[arg(long, value_name = "LAKE")]
    to: PathBuf,
    #[command(flatten)]
    secret: SecretArgs,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Exit with status 1 if anything was wrong with the input
    #[arg(long)]
    strict: bool,
}

/// Arguments of `lake check`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity lake check lake/")]
struct CheckArgs {
    /// The folder
    #[arg(value_name = "LAKE")]
    lake: PathBuf,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `lake compact`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity lake compact lake/\n  proximity lake compact lake/ --heat")]
struct CompactArgs {
    /// The folder
    #[arg(value_name = "LAKE")]
    lake: PathBuf,
    /// Also sum each month of each map for heatmaps: whole months are then drawn without reading their samples
    #[arg(long)]
    heat: bool,
    #[command(flatten)]
    maps: MapsArgs,
}

/// Arguments of `lake files`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity lake files lake/ --table heat --map supply")]
struct FilesArgs {
    /// The folder
    #[arg(value_name = "LAKE")]
    lake: PathBuf,
    /// The table, as in schema/lake.md
    #[arg(long, value_name = "TABLE", default_value = "samples")]
    table: String,
    /// Only this map's; players are of all maps
    #[arg(long, value_name = "NAME")]
    map: Option<String>,
}

/// Arguments of `lake forget`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  \
    proximity lake forget 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --lake lake/ --secret-file lake.secret --yes\n  \
    proximity lake forget 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --lake lake/ --secret-file lake.secret --erase --yes")]
struct ForgetArgs {
    /// The player's guid
    guid: String,
    /// The lake's folder
    #[arg(long, value_name = "LAKE")]
    lake: PathBuf,
    #[command(flatten)]
    secret: SecretArgs,
    /// Remove the player's lives and engagements, too, not only GUID and names
    #[arg(long)]
    erase: bool,
    /// Confirm; this cannot be undone
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    match &args.command {
        Command::Init(args) => init(args, console),
        Command::Add(args) => add(args, console),
        Command::Check(args) => check(args, console),
        Command::Compact(args) => compact(args, console),
        Command::Files(args) => files(args, console),
        Command::Forget(args) => forget(args, console),
    }
}

fn init(args: &InitArgs, console: &mut Console) -> Result<Outcome> {
    LakeWriter::init(place(&args.lake)?, &args.secret.of(&args.lake)?)?;
    console.say(&format!("{}: an empty lake", args.lake.display()))?;
    Ok(Outcome::Done)
}

impl SecretArgs {
    fn of(&self, lake: &Path) -> Result<Secret> {
        Ok(Secret::of_file(&self.secret_file, lake)?)
    }
}

fn add(args: &AddArgs, console: &mut Console) -> Result<Outcome> {
    let secret = args.secret.of(&args.to)?;
    let to = place(&args.to)?;
    // Before anything is read.
    Lake::open(&to)?;
    let source = match &args.db {
        Some(db) => Rounds::store(database::url(Some(db))?)?,
        None => Rounds::files(&args.inputs)?,
    };
    console.passed_over(&source);
    let bar = console.progress().bar("adding", source.len() as u64);
    let (mut total, mut faults) = (Added::default(), Faults::default());
    let (mut rounds, mut samples) = (Vec::new(), 0);
    let step = rayon::current_num_threads().max(1) * 4;
    for first in (0..source.len()).step_by(step) {
        let some = source.part(|index| (first..first + step).contains(&index));
        let read = some
            .each(Hash::Taken, &crate::progress::Silent, "reading", |_, read| Ok::<_, RoundsError>(read))?;
        for read in read {
            faults.count(&read);
            samples += read.round.as_ref().map_or(0, Round::samples);
            rounds.extend(read.round);
            bar.inc(1);
        }
        if samples >= SAMPLES_AT_ONCE {
            total.join(added(&to, std::mem::take(&mut rounds), &secret)?);
            samples = 0;
        }
    }
    total.join(added(&to, rounds, &secret)?);
    bar.finish_and_clear();
    console.complaints(&faults);
    for line in &total.refused {
        console.complain(&format!("refused {line}"));
    }
    let refused = total.refused.len() + faults.refused;
    if refused == source.len() && refused > 0 {
        bail!("nothing could be added from {}", counted(source.len() as u64, "round", "rounds"));
    }
    let lake = Lake::open(&to)?;
    let [rounds, lives, samples] = lake.counts();
    if args.json {
        console.json(&json!({
            "lake": args.to.display().to_string(), "new": total.new, "better": total.better, "known": total.known,
            "refused": refused, "faults": faults.inside, "rounds": rounds, "lives": lives, "samples": samples,
        }))?;
    } else {
        console.say(&format!(
            "{}: {} new{} · {} already there · {refused} refused · now {}, {}, {}",
            args.to.display(),
            total.new,
            match total.better {
                0 => String::new(),
                better => format!(", {better} of them better than what was there"),
            },
            total.known,
            counted(rounds, "round", "rounds"),
            counted(lives, "life", "lives"),
            counted(samples, "sample", "samples"),
        ))?;
    }
    Ok(if args.strict && (refused > 0 || faults.any()) { Outcome::Faults } else { Outcome::Done })
}

/// Adds rounds in one change. Elsewhere it may have to be done again, so they are kept until it is done.
fn added(to: &Place, rounds: Vec<Round>, secret: &Secret) -> Result<Added> {
    Ok(if to.is_elsewhere() {
        LakeWriter::change(to, |writer| writer.add(rounds.clone(), secret))?
    } else {
        LakeWriter::open(to)?.add(rounds, secret)?
    })
}

fn check(args: &CheckArgs, console: &mut Console) -> Result<Outcome> {
    let checked = Lake::open(place(&args.lake)?)?.check(console.progress());
    let outcome = if checked.faults.is_empty() { Outcome::Done } else { Outcome::Faults };
    if args.json {
        console.json(&json!({
            "lake": args.lake.display().to_string(), "rounds": checked.rounds, "samples": checked.samples,
            "faults": checked.faults, "notes": checked.notes,
        }))?;
        return Ok(outcome);
    }
    for line in checked.faults.iter().chain(&checked.notes) {
        console.complain(line);
    }
    console.say(&format!(
        "{}: {} with {} read, {}",
        args.lake.display(),
        counted(checked.rounds, "round", "rounds"),
        counted(checked.samples, "sample", "samples"),
        match checked.faults.len() {
            0 => "nothing is damaged".to_owned(),
            faults => counted(faults as u64, "fault", "faults"),
        }
    ))?;
    Ok(outcome)
}

fn compact(args: &CompactArgs, console: &mut Console) -> Result<Outcome> {
    let lake = place(&args.lake)?;
    let compacted = LakeWriter::change(&lake, |writer| writer.compact(console.progress()))?;
    console.say(&format!(
        "{}: {} before, {} now",
        args.lake.display(),
        counted(compacted.before as u64, "set of files", "sets of files"),
        compacted.after
    ))?;
    if args.heat {
        args.maps.check()?;
        let library = Maps::in_folders(&args.maps.folders()).library()?;
        let mut grids = BTreeMap::new();
        for map in Lake::open(&lake)?.maps() {
            let extent = library.find(&map)?.map(|known| known.extent.rect);
            grids.extend(extent.as_ref().and_then(heat_grids).map(|grids| (map, grids)));
        }
        let summed = LakeWriter::change(&lake, |writer| {
            writer.sum(|map| grids.get(map).copied(), console.progress())
        })?;
        for map in &summed.unknown {
            console.complain(&format!("nothing is known about the map {map}: its months are not summed"));
        }
        console.say(&format!(
            "{}: {} summed, {} summed before",
            args.lake.display(),
            counted(summed.new as u64, "month of a map", "months of maps"),
            summed.known
        ))?;
    }
    Ok(Outcome::Done)
}

fn files(args: &FilesArgs, console: &mut Console) -> Result<Outcome> {
    let lake = Lake::open(place(&args.lake)?)?;
    let files = lake.files(&args.table, args.map.as_deref());
    let files =
        files.with_context(|| format!("a lake has no table {:?}; schema/lake.md lists them", args.table))?;
    let maps = lake.maps();
    if maps.is_empty() {
        console.complain(&format!(
            "{} is an empty lake; `proximity lake add` puts rounds into it",
            args.lake.display()
        ));
        return Ok(Outcome::Done);
    }
    if let Some(map) =
        args.map.as_deref().filter(|map| !maps.iter().any(|known| known.eq_ignore_ascii_case(map)))
    {
        let near = near(map, maps.iter().map(String::as_str));
        let hint = if near.is_empty() {
            format!("there are: {}", choices(maps))
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        bail!("the lake has no round of the map {map:?}; {hint}");
    }
    if files.is_empty() {
        console.complain(
            "no file of this table counts there; `proximity lake compact LAKE --heat` makes those of sums",
        );
    }
    for path in files {
        console.say(&lake.name_of(&path).display().to_string())?;
    }
    Ok(Outcome::Done)
}

fn forget(args: &ForgetArgs, console: &mut Console) -> Result<Outcome> {
    let (guid, lake) = (whole_guid_of(&args.guid)?, args.lake.display());
    let secret = args.secret.of(&args.lake)?;
    let (grade, what) = if args.erase { (Grade::Lives, "forget and erase") } else { (Grade::Name, "forget") };
    let Some((names, left)) = Lake::open(place(&args.lake)?)?.knows(&guid, &secret)? else {
        bail!(
            "no player in {lake} has the guid {}; `proximity lake files {lake} --table players` prints the files that list them",
            guid.as_str()
        );
    };
    if left >= grade {
        console.say(&format!("{lake}: the player with this guid is forgotten already"))?;
        return Ok(Outcome::Done);
    }
    if !args.yes {
        let under = counted(names as u64, "name", "names");
        return console.would(&format!(
            "{what} {} in {lake}, there under {under}; this cannot be undone",
            guid.as_str()
        ));
    }
    let forgotten = LakeWriter::change(place(&args.lake)?, |writer| {
        writer.forget(&guid, grade, &secret, console.progress())
    })?;
    let names = counted(forgotten.names as u64, "name", "names");
    console.say(&match grade {
        Grade::Lives => {
            let lives = counted(forgotten.lives as u64, "life", "lives");
            format!("{lake}: forgotten under {names}, {lives} erased")
        }
        _ => format!("{lake}: forgotten under {names}"),
    })?;
    Ok(Outcome::Done)
}
