//! The store: every test body runs on both backends.
#![allow(
    clippy::print_stderr,
    clippy::unused_self,
    clippy::items_after_statements,
    reason = "a test says which database it runs on, and keeps its lock where it is taken"
)]

mod hostile;
mod import;
mod january;
mod packed;
#[cfg(feature = "cli")]
mod pictures;
mod privacy;
#[cfg(feature = "cli")]
mod process;
mod sample;
mod server;
mod trouble;

use proximity::store::{Create, DatabaseUrl, Store, open};

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
    pub fn open(&self) -> Box<dyn Store> {
        open(&self.url, Create::IfMissing).unwrap()
    }

    /// Opens the database with its tables made.
    pub fn ready(&self) -> Box<dyn Store> {
        let mut store = self.open();
        store.migrate().unwrap();
        store
    }
}

/// Runs a test body on each backend.
pub fn on_both(body: impl Fn(&Backend)) {
    for backend in Backend::all() {
        eprintln!("on {}", backend.name);
        body(&backend);
    }
}
