//! The store: every test body runs on both backends.
#![allow(
    clippy::print_stderr,
    clippy::unused_self,
    clippy::items_after_statements,
    reason = "a test says which database it runs on, and keeps its lock where it is taken"
)]

#[cfg(feature = "cli")]
mod copies;
mod demos;
mod figures;
mod foreign;
mod hostile;
mod import;
mod january;
mod packed;
#[cfg(feature = "cli")]
mod passwords;
#[cfg(feature = "cli")]
mod pictures;
mod posts;
mod privacy;
#[cfg(feature = "cli")]
mod process;
mod recordings;
mod safety;
mod sample;
mod server;
#[cfg(feature = "cli")]
mod trouble;

use proximity::store::{Create, DatabaseUrl, Storage, open};

/// A fresh database.
pub struct Backend {
    pub name: &'static str,
    pub url: DatabaseUrl,
    /// What the server calls it; none for SQLite.
    pub database: Option<String>,
    _folder: tempfile::TempDir,
}

impl Backend {
    /// A new, empty database of each kind.
    pub fn all() -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("test.db"));
        let mut backends = vec![Self { name: "SQLite", url, database: None, _folder: folder }];
        if let Some(server) = server::server() {
            let database = server.new_database();
            backends.push(Self {
                name: "PostgreSQL",
                url: server.url(&database).parse().unwrap(),
                database: Some(database),
                _folder: tempfile::tempdir().unwrap(),
            });
        }
        backends
    }

    /// Opens the database.
    pub fn open(&self) -> Box<dyn Storage> {
        open(&self.url, Create::IfMissing).unwrap()
    }

    /// Opens the database with its tables made.
    pub fn ready(&self) -> Box<dyn Storage> {
        let mut store = self.open();
        store.migrate().unwrap();
        store
    }
}

/// Runs a test body on each backend. In the end every table must be as the body's snapshot has it, on both.
pub fn on_both<F: Fn(&Backend)>(body: F) {
    on_each(|backend| {
        body(backend);
        // The closure is called after the test that it stands in: `it::store::import::a_test::{{closure}}`.
        let name = std::any::type_name::<F>().rsplit("::").find(|part| !part.starts_with('{')).unwrap();
        backend.record(name);
    });
}

/// Runs a test body on each backend, where it does not end with tables that are always and everywhere the same.
pub fn on_each(body: impl Fn(&Backend)) {
    for backend in Backend::all() {
        eprintln!("on {}", backend.name);
        body(&backend);
    }
}

/// Larger dumps are recorded as a line for each table.
const LARGEST_RECORD: usize = 16_384;

impl Backend {
    /// Compares every table with a snapshot.
    pub fn record(&self, name: &str) {
        let mut dump = self.open().dump().unwrap();
        if dump.len() > LARGEST_RECORD {
            let tables = dump.split("== ").skip(1).map(|table| {
                let (name, rows) = table.split_once('\n').unwrap();
                let hash = proximity::format::content_hash(rows.as_bytes());
                format!("{name}: {} rows, {hash}\n", rows.lines().count())
            });
            dump = tables.collect();
        }
        insta::assert_snapshot!(format!("dump-{name}"), dump);
    }
}

/// The program, without this machine's settings.
#[cfg(feature = "cli")]
pub fn program(words: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_proximity"));
    command
        .args(words)
        .env("PROXIMITY_CONFIG", "")
        .env("XDG_DATA_HOME", "/nonexistent")
        .env("HOME", "/nonexistent");
    for name in ["PROXIMITY_DATABASE_URL", "PROXIMITY_MAPS", "PGPASSWORD", "PGPASSFILE"] {
        command.env_remove(name);
    }
    command
}

/// What the program prints when it ends well.
#[cfg(feature = "cli")]
pub fn answer(words: &[&str]) -> String {
    let output = program(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
