//! `forget`, `hide`, `unhide` and `anonymize`: players' names leave a store, or a copy of tracker files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args as Arguments;

use super::super::maps::MapsArgs;
use crate::cli::Outcome;
use crate::cli::args::database::DatabaseArgs;
use crate::cli::console::Console;
use crate::files;
use crate::format::rename;
use crate::model::{Guid, GuidKind, PlayerName};
use crate::publish::remake::remake;
use crate::rounds::{self, Maps, Rounds};
use crate::store::{DatabaseUrl, Leftover, Pseudonyms, Renamed, Salt};
use crate::text::{counted, visible};

/// The game's longest name, bytes.
const LONGEST_NAME: usize = 36;

/// Tracker files to copy.
#[derive(Debug, Arguments)]
struct FileArgs {
    /// Instead of a store: tracker files or folders of them, of which copies are written
    #[arg(long, value_name = "INPUT", num_args = 1.., requires = "out", conflicts_with = "published")]
    files: Vec<PathBuf>,
    /// The folder for the copies
    #[arg(long, value_name = "DIR", requires = "files")]
    out: Option<PathBuf>,
}

/// What was published from the store.
#[derive(Debug, Arguments)]
struct PublishedArgs {
    /// A folder of reports made from the store, or a cache of pictures; may be repeated. What shows the old names there is
    /// made anew, or named
    #[arg(long, value_name = "DIR")]
    published: Vec<PathBuf>,
    #[command(flatten)]
    maps: MapsArgs,
}

/// Arguments of `forget`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity forget 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --yes\n  \
                  proximity forget 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --yes --published sessions\n  \
                  proximity forget 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --files rounds/ --out copies/")]
pub(crate) struct ForgetArgs {
    /// The player's guid
    guid: String,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    published: PublishedArgs,
    /// Confirm; this cannot be undone
    #[arg(long)]
    yes: bool,
}

/// Arguments of `hide`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity hide 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --yes\n  \
                  proximity hide 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --yes --published sessions")]
pub(crate) struct HideArgs {
    /// The player's guid
    guid: String,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    published: PublishedArgs,
    /// Confirm; the names that the player had are not kept
    #[arg(long)]
    yes: bool,
}

/// Arguments of `unhide`.
#[derive(Debug, Arguments)]
#[command(after_help = "Example:\n  proximity unhide 0F1E2D3C4B5A69788796A5B4C3D2E1F0 --name kestrel")]
pub(crate) struct UnhideArgs {
    /// The player's guid
    guid: String,
    /// The name for all rounds so far; later rounds bring their own
    #[arg(long, value_name = "NAME", value_parser = own_name)]
    name: PlayerName,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    published: PublishedArgs,
}

/// A name that a player can have in the game.
fn own_name(text: &str) -> Result<PlayerName, String> {
    let name = PlayerName::from(text);
    if text.len() > LONGEST_NAME || text.contains(char::is_control) {
        return Err(format!("1 to {LONGEST_NAME} letters"));
    }
    if name.display().trim().is_empty() {
        return Err("a name of colour codes and spaces alone does not show".to_owned());
    }
    Ok(name)
}

/// Arguments of `anonymize`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Example:\n  head -c 32 /dev/urandom | base64 > salt\n  proximity anonymize --salt-file salt --yes"
)]
pub(crate) struct AnonymizeArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    published: PublishedArgs,
    /// A file with a secret of 16 bytes or more; the same secret gives the same pseudonyms. Keep it elsewhere
    #[arg(long, value_name = "FILE")]
    salt_file: PathBuf,
    /// Confirm; this cannot be undone
    #[arg(long)]
    yes: bool,
}

pub(crate) fn forget(args: &ForgetArgs, console: &mut Console) -> Result<Outcome> {
    let guid = guid_of(&args.guid)?;
    if let Some(folder) = &args.files.out {
        // Zeros would be a stand-in, and the lives no longer those of one player.
        let gone = "F".repeat(32);
        return copies(&args.files.files, folder, console, |found, name| {
            let is_meant = found.trim_end().eq_ignore_ascii_case(guid.as_str());
            if is_meant {
                (gone.clone(), "forgotten".to_owned())
            } else {
                (found.to_owned(), name.to_owned())
            }
        });
    }
    let url = args.database.url()?;
    let unknown = || {
        anyhow!(
            "no player in {url} has the guid {}; `proximity stats players --least-lives 1 --bots include` lists them",
            guid.as_str()
        )
    };
    if !args.yes {
        let names = args.database.open()?.names_of(&guid)?;
        // Pages may hold a guid that the store has no more.
        if names == 0 && !args.published.is_any() {
            return Err(unknown());
        }
        let under = counted(names, "name", "names");
        return console.would(&format!(
            "forget {} in {url}, there under {under}; this cannot be undone",
            guid.as_str()
        ));
    }
    let mut renamed = args.database.open()?.forget(&guid)?;
    // Pages may hold a guid that the store has no more.
    renamed.old.push((guid.as_str().to_owned(), String::new()));
    let published = args.published.remake(&url, &renamed, console)?;
    if let Some(left) = renamed.left {
        return Ok(say_left(&url, left, console));
    }
    if renamed.players == 0 && published == Outcome::Done && !args.published.is_any() {
        return Err(unknown());
    }
    console.say(&format!("{url}: forgotten under {}", counted(renamed.names, "name", "names")))?;
    Ok(published)
}

pub(crate) fn hide(args: &HideArgs, console: &mut Console) -> Result<Outcome> {
    let guid = whole_guid_of(&args.guid)?;
    let url = args.database.url()?;
    if !args.yes {
        let guid = guid.as_str();
        return console.would(&format!("show {guid} in {url} under another name, in rounds to come too"));
    }
    let renamed = args.database.open()?.hide(&guid)?;
    let published = args.published.remake(&url, &renamed, console)?;
    if let Some(left) = renamed.left {
        return Ok(say_left(&url, left, console));
    }
    // A player who is yet to come can be hidden, too.
    let shown = match renamed.names {
        0 => "no round there names this guid, or it is hidden already".to_owned(),
        names => format!("{} replaced", counted(names, "name", "names")),
    };
    console.say(&format!("{url}: hidden in rounds to come; {shown}"))?;
    Ok(published)
}

pub(crate) fn unhide(args: &UnhideArgs, console: &mut Console) -> Result<Outcome> {
    let guid = guid_of(&args.guid)?;
    let url = args.database.url()?;
    let Some(renamed) = args.database.open()?.unhide(&guid, &args.name)? else {
        bail!("the player with the guid {} is not hidden in {url}", guid.as_str());
    };
    let published = args.published.remake(&url, &renamed, console)?;
    console.say(&format!("{url}: shown as {}", visible(&args.name.display())))?;
    Ok(published)
}

/// The guid of a player.
fn guid_of(typed: &str) -> Result<Guid> {
    let guid = Guid::from(typed.trim());
    if !matches!(guid.kind(), GuidKind::Person | GuidKind::Bot) {
        bail!("{typed:?} is not the guid of a player");
    }
    Ok(guid)
}

/// The guid of a player who may be yet to come: only its form tells then that it is one.
pub(crate) fn whole_guid_of(typed: &str) -> Result<Guid> {
    let guid = guid_of(typed)?;
    if !guid.has_form_of_a_player() {
        bail!(
            "{typed:?} is no guid, which has 32 hexadecimal digits; `proximity stats players --least-lives 1 --bots include` lists them"
        );
    }
    Ok(guid)
}

pub(crate) fn anonymize(args: &AnonymizeArgs, console: &mut Console) -> Result<Outcome> {
    let secret = files::read(&args.salt_file, files::WRITTEN_BY_HAND)?;
    let salt = Salt::new(&secret).with_context(|| {
        format!("{}: a salt has at least {} bytes", args.salt_file.display(), Salt::SHORTEST)
    })?;
    if let Some(folder) = &args.files.out {
        let pseudonyms = Pseudonyms::new(&salt);
        return copies(&args.files.files, folder, console, |guid, name| {
            let guid = Guid::from(guid);
            let called = pseudonyms.name(&guid, &PlayerName::from(name));
            (pseudonyms.guid(&guid).as_str().to_owned(), called.as_str().to_owned())
        });
    }
    let url = args.database.url()?;
    if !args.yes {
        console.say(&format!(
            "would give every player in {url} a pseudonym; there is no way back; --yes does it"
        ))?;
        return Ok(Outcome::Done);
    }
    let renamed = args.database.open()?.anonymize(&salt)?;
    let published = args.published.remake(&url, &renamed, console)?;
    if let Some(left) = renamed.left {
        return Ok(say_left(&url, left, console));
    }
    console.say(&format!(
        "{url}: new pseudonyms for {} under {}",
        counted(renamed.players, "player", "players"),
        counted(renamed.names, "name", "names")
    ))?;
    Ok(published)
}

impl PublishedArgs {
    fn is_any(&self) -> bool {
        !self.published.is_empty()
    }

    /// Brings what was published up to date, and says what still shows an old name.
    fn remake(&self, url: &DatabaseUrl, renamed: &Renamed, console: &mut Console) -> Result<Outcome> {
        if !self.is_any() && renamed.players > 0 {
            console.complain(
                "reports that were made of the store show the old names until they are made anew: name their folders with \
                 --published, or make them again",
            );
        }
        let maps = Maps::in_folders(&self.maps.folders());
        let mut outcome = Outcome::Done;
        for folder in &self.published {
            let remade = remake(folder, url, &renamed.old, &maps, console.progress())?;
            console.say(&format!(
                "{}: {}, {} made anew",
                visible(&folder.display().to_string()),
                counted(remade.folders as u64, "report", "reports"),
                counted(remade.drawn as u64, "file", "files")
            ))?;
            for line in &remade.left {
                console.complain(line);
                outcome = Outcome::Faults;
            }
        }
        Ok(outcome)
    }
}

/// Says what is still on the disk, and what to do about it.
fn say_left(url: &DatabaseUrl, left: Leftover, console: &mut Console) -> Outcome {
    let why = match left {
        Leftover::LogInUse => {
            "another program reads the store, and its log holds the old text; end that program"
        }
        Leftover::SeenBySession => {
            "another session of the database still sees the old rows, and so they stay on its disk; end that session"
        }
        Leftover::NotOwner => {
            "the old rows are still on the server's disk, and only the owner of the tables can have them written anew; \
             use the owner's login"
        }
    };
    console.complain(&format!(
        "{url}: no table holds the old guids and names any more, but {why}, then do this again"
    ));
    Outcome::Faults
}

/// Writes a copy of each file with other guids and names.
fn copies(
    inputs: &[PathBuf],
    folder: &Path,
    console: &mut Console,
    new: impl Fn(&str, &str) -> (String, String),
) -> Result<Outcome> {
    let source = Rounds::files(inputs)?;
    console.passed_over(&source);
    let mut bytes = Vec::new();
    for path in source.paths() {
        let name = rounds::file_name(path).with_context(|| format!("{} is not a file", path.display()))?;
        let copy = folder.join(name);
        if fs::canonicalize(&copy)
            .ok()
            .is_some_and(|copy| fs::canonicalize(path).is_ok_and(|path| path == copy))
        {
            bail!("{} would be written over itself; choose another folder", path.display());
        }
        rounds::read_bytes(path, &mut bytes)?;
        let renamed = rename(&bytes, &new).with_context(|| path.display().to_string())?;
        files::write(&copy, &renamed)?;
    }
    console.say(&format!("{}: {}", folder.display(), counted(source.len() as u64, "file", "files")))?;
    Ok(Outcome::Done)
}
