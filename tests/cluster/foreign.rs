//! Other engines over the same files: DuckDB and Polars from PyPI, with the queries of `schema/lake.md`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use super::rounds::World;
use super::{PATIENCE, Running, cluster, proximity, said};

const DOC: &str = include_str!("../../schema/lake.md");
const PACKAGES: [&str; 3] = ["duckdb==2.0.1", "polars==2.1.0", "moto[server]==5.2.5"];

/// An interpreter with both engines and a server that speaks as S3 does, installed once for each target folder.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign");
        let python = home.join("bin/python");
        let has_all = "import duckdb, moto.server, polars";
        let is_there = |python: &Path| {
            python.exists()
                && Command::new(python).args(["-c", has_all]).status().is_ok_and(|status| status.success())
        };
        if !is_there(&python) {
            said(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
            said(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES));
        }
        python
    })
}

/// What a program in Python says, run where the lake's `heat.txt` and `samples.txt` are.
fn run(folder: &Path, program: &str) -> String {
    let output = Running::of(Command::new(python()).current_dir(folder).args(["-c", program])).end(PATIENCE);
    assert!(output.status.success(), "{program}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The code of the page from the line that begins so to the next empty line, without its indentation.
fn code(first: &str) -> String {
    let lines = DOC.lines().skip_while(|line| !line.trim_start().starts_with(first));
    let code: Vec<&str> = lines.take_while(|line| !line.is_empty()).map(str::trim_end).collect();
    assert!(!code.is_empty(), "schema/lake.md has no code that begins with {first:?}");
    code.iter().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// A folder with the lists of files that the page's queries read.
fn lists() -> tempfile::TempDir {
    let world = World::get();
    let folder = tempfile::tempdir().unwrap();
    for table in ["heat", "samples"] {
        let arguments = ["lake", "files", &world.summed(), "--table", table, "--map", "supply"];
        fs::write(folder.path().join(format!("{table}.txt")), proximity(&arguments)).unwrap();
    }
    folder
}

/// Our own answer.
fn ours(sql: &str) -> String {
    said(&mut cluster(&["sql", &World::get().summed(), sql, "--format", "csv"]))
}

/// A file of sums as text, read by DuckDB.
const PRINT: &str = "import duckdb\n\
    for row in duckdb.sql(\"SELECT state, cell, team, class, us FROM 'sums.parquet' ORDER BY ALL\").fetchall():\n    \
    print(*row, sep=',')";

#[test]
fn duckdb_and_polars_sum_a_season_as_we_do() {
    let expected = ours(
        "SELECT state, cell, team, class, sum(us) AS us FROM heat WHERE map = 'supply' AND NOT bot \
         AND month BETWEEN '2026-01' AND '2026-10' GROUP BY state, cell, team, class ORDER BY 1, 2, 3, 4",
    );
    let expected = expected.split_once('\n').unwrap().1;
    assert!(expected.lines().count() > 100, "{expected}");
    let folder = lists();
    let duckdb = format!("import duckdb\nduckdb.execute('''{}''')", code("-- DuckDB, with heat.txt"));
    let polars = format!("import polars as pl\n{}", code("# Polars, with heat.txt"));
    for program in [duckdb, polars] {
        run(folder.path(), &program);
        let found = run(folder.path(), PRINT);
        assert!(found == expected, "other sums by\n{program}");
        fs::remove_file(folder.path().join("sums.parquet")).unwrap();
    }
}

#[test]
fn duckdb_and_polars_count_samples_by_place_as_we_do() {
    let sql =
        code("-- the same preview").replace("FROM samples WHERE", "FROM samples WHERE map = 'supply' AND");
    let expected = ours(&sql);
    let expected = expected.split_once('\n').unwrap().1;
    assert!(expected.lines().count() > 100, "{expected}");
    let folder = lists();
    let duckdb = format!(
        "import duckdb\nduckdb.execute('''{}''')\nfor row in duckdb.fetchall(): print(*row, sep=',')",
        code("-- DuckDB, with samples.txt")
    );
    let polars = format!(
        "import polars as pl\nrows = {}\nfor row in rows.rows(): print(*row, sep=',')",
        code("# Polars, with samples.txt").split_once('\n').unwrap().1
    );
    for program in [duckdb, polars] {
        assert!(run(folder.path(), &program) == expected, "other sums by\n{program}");
    }
}

#[test]
fn an_interpreter_that_hangs_would_end() {
    let began = std::time::Instant::now();
    let asked = Running::of(Command::new("sleep").arg("60"));
    let ended =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| asked.end(Duration::from_millis(100))));
    assert!(ended.is_err() && began.elapsed() < Duration::from_secs(10));
}
