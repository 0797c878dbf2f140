//! `stats`: how much was played.

use anyhow::Result;
use clap::{Args as Arguments, ValueEnum};

use super::LakeArgs;
use super::sql::{Printed, print};
use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::cluster::Answer;
use crate::lake::Lake;

/// Arguments of `stats`.
#[derive(Debug, Arguments)]
#[command(after_help = "Lives, players and minutes are of people, not of bots.\n\nExamples:\n  \
    proximity-cluster stats lake/\n  proximity-cluster stats lake/ --by month --format csv")]
pub(super) struct Args {
    #[command(flatten)]
    lake: LakeArgs,
    /// What a line is about
    #[arg(long, value_name = "WHAT", default_value = "map")]
    by: By,
    /// How lines are printed
    #[arg(long, value_name = "HOW", default_value = "table")]
    format: Printed,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// A map
    Map,
    /// A month
    Month,
}

impl By {
    /// Both tables are summed by themselves first: a round has many lives.
    fn sql(self) -> String {
        let by = match self {
            Self::Map => "map",
            Self::Month => "month",
        };
        format!(
            "SELECT rounds.{by}, rounds, first, last, coalesce(lives, 0) AS lives, coalesce(players, 0) AS players, \
             coalesce(minutes, 0) AS minutes, samples \
             FROM (SELECT {by}, count(*) AS rounds, min(session_date) AS first, max(session_date) AS last, \
             sum(samples) AS samples FROM rounds GROUP BY {by}) AS rounds \
             LEFT JOIN (SELECT {by}, count(*) AS lives, count(DISTINCT player) AS players, \
             sum(alive_us) / 60000000 AS minutes FROM lives WHERE used_samples > 0 AND NOT bot GROUP BY {by}) AS lives \
             ON rounds.{by} = lives.{by} ORDER BY rounds.{by}"
        )
    }
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome> {
    let answer = Answer::to(&args.by.sql(), &Lake::open(args.lake.place()?)?, &args.lake.engine()?)?;
    print(&answer, args.format.into(), console)
}
