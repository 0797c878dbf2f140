//! Which database is meant: `--db`, the environment, the configuration file, else a file in this folder.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::cli::console::Console;
use crate::files;
use crate::store::{Create, DatabaseUrl, Storage, open};

/// The database where none is named.
pub(crate) const DEFAULT: &str = "sqlite:proximity.db";

/// `--db`
#[derive(Debug, Args)]
pub(crate) struct DatabaseArgs {
    /// The database: sqlite:PATH or postgres://USER@HOST/NAME; by default sqlite:proximity.db
    #[arg(long, value_name = "URL", env = "PROXIMITY_DATABASE_URL", hide_env_values = true)]
    db: Option<String>,
}

impl DatabaseArgs {
    /// The database's place.
    pub(crate) fn url(&self) -> Result<DatabaseUrl> {
        url(self.db.as_deref())
    }

    /// Opens a database that must be there.
    pub(crate) fn open(&self) -> Result<Box<dyn Storage>> {
        Ok(open(&self.url()?, Create::Never)?)
    }
}

/// Warns of a password in the command line: other users of the machine see it in the list of processes.
pub(crate) fn warn_of_password(console: &mut Console) {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let given =
        words.iter().zip(words.iter().skip(1)).filter(|(word, _)| *word == "--db").map(|(_, url)| &**url);
    let joined = words.iter().filter_map(|word| word.strip_prefix("--db="));
    let mut urls = given.chain(joined).filter_map(|url| url.parse::<DatabaseUrl>().ok());
    if urls.any(|url| url.has_password()) {
        console.complain(
            "other users of this machine can see the password after --db; PGPASSWORD, ~/.pgpass or \
             PROXIMITY_DATABASE_URL keep it from them",
        );
    }
}

/// The place that `given` names, else the configuration file, else the default; with the configured password.
pub(crate) fn url(given: Option<&str>) -> Result<DatabaseUrl> {
    let configured = configuration()?;
    let text = given.or(configured.url.as_deref()).unwrap_or(DEFAULT);
    Ok(text.parse::<DatabaseUrl>()?.with_password(configured.password.as_deref()))
}

/// The place that the environment or the configuration file names; `None`: neither does.
pub(crate) fn configured() -> Result<Option<DatabaseUrl>> {
    let said = std::env::var("PROXIMITY_DATABASE_URL").ok().filter(|text| !text.is_empty());
    match said.or(configuration()?.url) {
        Some(text) => url(Some(&text)).map(Some),
        None => Ok(None),
    }
}

/// `[database]` of the configuration file.
#[derive(Debug, Default, Deserialize)]
struct Configured {
    url: Option<String>,
    password: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct ConfigFile {
    #[serde(default)]
    database: Configured,
}

/// What `PROXIMITY_CONFIG`, or `proximity/config.toml` among the user's configuration files, says.
fn configuration() -> Result<Configured> {
    let asked = std::env::var_os("PROXIMITY_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
    let is_asked = asked.is_some();
    let usual =
        || Some(etcetera::choose_base_strategy().ok()?.config_dir().join("proximity").join("config.toml"));
    let Some(path) = asked.or_else(usual) else { return Ok(Configured::default()) };
    let text = match files::read_text(&path, files::WRITTEN_BY_HAND) {
        Ok(text) => text,
        Err(_) if !is_asked => return Ok(Configured::default()),
        Err(error) => return Err(error.into()),
    };
    // The parser's own message would repeat the faulty line, which may hold the password.
    let file: ConfigFile = toml::from_str(&text).map_err(|error: toml::de::Error| {
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
        let line = before.matches('\n').count() + 1;
        anyhow::anyhow!(
            "{}, line {line}: not understood; expected [database] with url and password",
            path.display()
        )
    })?;
    Ok(file.database)
}

/// Options that say where something lies or how to talk about it, not what the picture shows.
const PLACES: [&str; 9] = ["db", "font", "lake", "mark", "out", "report", "scale-out", "json", "strict"];

/// A picture command without its input and outputs: the same rounds give the same words, and so the same bytes,
/// whether they come from files or a store, and no path of the disk gets into a picture.
pub(crate) fn without_places(words: &[String]) -> Vec<String> {
    let program = crate::cli::Cli::command();
    let mut words = words.iter();
    let Some(name) = words.next() else { return Vec::new() };
    let Some(command) = program.find_subcommand(name) else { return Vec::new() };
    let mut kept = vec![name.clone()];
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        let Some(option) = word.strip_prefix("--") else { continue };
        let (option, has_value) =
            option.split_once('=').map_or((option, false), |(option, _)| (option, true));
        let known = command.get_arguments().find(|known| known.get_long() == Some(option));
        let takes_value = known.is_some_and(|known| known.get_action().takes_values());
        let value = if takes_value && !has_value { words.next() } else { None };
        if !PLACES.contains(&option) {
            kept.push(word.clone());
            kept.extend(value.cloned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_names_no_places() {
        let words = [
            "heatmap",
            "--map",
            "m",
            "a/b",
            "--db=postgres://u:s3cret@h/d",
            "--out",
            "/etc/a",
            "--by=team",
            "--strict",
            "c",
            "--size",
            "200",
            "--scale-out=/etc/b",
            "--json",
            "--",
            "--map",
        ];
        let kept = without_places(&words.map(String::from));
        assert_eq!(kept, ["heatmap", "--map", "m", "--by=team", "--size", "200"]);
        assert!(without_places(&["nonsense".to_owned()]).is_empty());
    }
}
