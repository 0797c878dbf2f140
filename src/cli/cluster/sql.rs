//! `sql`: a statement over a lake's tables.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args as Arguments, ValueEnum};

use super::LakeArgs;
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::cluster::{Answer, ClusterError, Format};
use crate::files::{self, FileError};
use crate::lake::Lake;
use crate::text::counted;

/// Arguments of `sql`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "The tables are those of the lake (schema/lake.md), with the columns map and month. Beside the engine's own functions\n\
    there is the aggregate occupancy(x, y, dx, dy, dt, step, GRID): time by state and cell, each step spread along its\n\
    way as in a picture; GRID is a map's name, or west,south,east,north,columns,rows.\n\n\
    Examples:\n  \
    proximity-cluster sql lake/ \"SELECT map, count(*) AS rounds FROM rounds GROUP BY map\"\n  \
    proximity-cluster sql lake/ --out sums.parquet \"SELECT s['state'] AS state, s['cell'] AS cell, s['us'] AS us \
    FROM (SELECT unnest(occupancy(x, y, dx, dy, dt, step, 'supply')) AS s FROM samples WHERE map = 'supply' AND NOT bot)\""
)]
pub(super) struct Args {
    #[command(flatten)]
    lake: LakeArgs,
    /// The statement; it may begin with a comment
    #[arg(value_name = "SQL", allow_hyphen_values = true)]
    sql: String,
    /// Write the rows to a file: .csv, or .parquet, which `proximity heatmap --cube` reads
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How rows are printed
    #[arg(long, value_name = "HOW", default_value = "table", conflicts_with = "out")]
    format: Printed,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Printed {
    /// In columns, for people
    Table,
    /// Comma-separated, for programs
    Csv,
}

impl From<Printed> for Format {
    fn from(printed: Printed) -> Self {
        match printed {
            Printed::Table => Self::Table,
            Printed::Csv => Self::Csv,
        }
    }
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let ending = args
        .out
        .as_deref()
        .map(|file| file.extension().and_then(|ending| ending.to_str()).unwrap_or_default());
    let format = match ending {
        None => args.format.into(),
        Some("csv") => Format::Csv,
        Some("parquet") => Format::Parquet,
        Some(_) => bail!("rows are written as .csv or .parquet; name the file so"),
    };
    let answer = Answer::to(&args.sql, &Lake::open(args.lake.place()?)?, &args.lake.engine()?)?;
    let Some(file) = &args.out else { return print(&answer, format, console) };
    files::write_with(file, |out| answer.write(format, out).map_err(Failed::Answer))
        .map_err(Failed::into_error)?;
    console.say(&format!("{}: {}", file.display(), counted(answer.rows() as u64, "row", "rows")))?;
    Ok(Outcome::Done)
}

/// Prints an answer.
pub(super) fn print(answer: &Answer, format: Format, console: &mut Console) -> Result<Outcome> {
    let mut text = Vec::new();
    answer.write(format, &mut text)?;
    console.write(&text)?;
    Ok(Outcome::Done)
}

/// Why a file of rows was not written.
enum Failed {
    Answer(ClusterError),
    File(FileError),
}

impl From<FileError> for Failed {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl Failed {
    fn into_error(self) -> anyhow::Error {
        match self {
            Self::Answer(error) => error.into(),
            Self::File(error) => error.into(),
        }
    }
}
