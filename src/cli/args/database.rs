//! Which database is meant: `--db`, the environment, the configuration file, else a file in this folder.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::files;
use crate::store::{Create, DatabaseUrl, Store, open};

/// The database of somebody who says nothing.
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
    pub(crate) fn open(&self) -> Result<Box<dyn Store>> {
        Ok(open(&self.url()?, Create::Never)?)
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

/// A command's words as a picture's recipe keeps them: without its places for a picture that can be made again and for
/// those of a report, which are passed on; otherwise without a database's password.
pub(crate) fn recorded(words: &[String]) -> Vec<String> {
    match words.first().map(String::as_str) {
        Some(command) if PICTURES.contains(&command) || REPORTS.contains(&command) => without_places(words),
        _ => without_password(words.iter().cloned()),
    }
}

/// The commands that make reports.
const REPORTS: [&str; 2] = ["report", "watch"];

/// The commands whose pictures can be made again.
pub(crate) const PICTURES: [&str; 5] = ["heatmap", "paths", "exits", "life", "replay"];

/// Options that say where something lies or how to talk about it, not what the picture shows.
const PLACES: [&str; 7] = ["db", "font", "out", "report", "scale-out", "json", "strict"];

/// A picture command without its input and outputs: the same rounds give the same words, and so the same bytes,
/// whether they come from files or a store, and no path of anybody's disk gets into a picture that he passes on.
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

fn without_password(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut is_url = false;
    let shown = |url: &str| url.parse::<DatabaseUrl>().map_or_else(|_| "…".to_owned(), |url| url.to_string());
    words
        .map(|word| {
            if std::mem::replace(&mut is_url, word == "--db") {
                return shown(&word);
            }
            match word.strip_prefix("--db=") {
                Some(url) => format!("--db={}", shown(url)),
                None => word,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_has_no_password() {
        let words =
            ["heatmap", "--db", "postgres://u:s3cret@h/d", "--map", "m", "--db=postgres://u:s3cret@h/d"];
        let shown = without_password(words.map(String::from).into_iter());
        assert_eq!(
            shown,
            ["heatmap", "--db", "postgres://u@h:5432/d", "--map", "m", "--db=postgres://u@h:5432/d"]
        );
    }

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
        let words = ["report", "rounds/", "--out", "/home/a", "--map", "m", "--db", "sqlite:b"];
        assert_eq!(recorded(&words.map(String::from)), ["report", "--map", "m"]);
    }
}
