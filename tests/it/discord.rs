//! Discord, by the real program against a server on this machine that behaves as Discord's interface does.

#[cfg(feature = "discord")]
mod bot;
mod crash;
pub mod fake;
mod posts;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fake::Fake;
use tempfile::TempDir;

use crate::cli::session;

/// The secret half of every address in these tests.
const SECRET: &str = "hunter2-hunter2-hunter2-hunter2";

/// A folder with a store of the sample session and a configuration of one target.
struct Place {
    folder: TempDir,
    fake: Fake,
}

/// The date of the sample session.
const SESSION: &str = "2026-03-14";

impl Place {
    /// A target that is a webhook, with further lines of its configuration.
    fn webhook(lines: &str) -> Self {
        Self::with(&format!("webhook_env = \"W\"\n{lines}"))
    }

    /// A target that is a bot's channel.
    fn channel(lines: &str) -> Self {
        let place = Self::with("");
        let api = &place.fake.address;
        place.configure(&format!("channel = \"77\"\ntoken_env = \"T\"\napi = \"http://{api}\"\n{lines}"));
        place
    }

    fn with(lines: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap(), fake: Fake::start() };
        place.configure(lines);
        place
    }

    fn configure(&self, lines: &str) {
        let text = format!(
            "[[post]]\nname = \"league\"\nquiet = \"1s\"\nwithin = \"100000h\"\ntimeout = \"5s\"\n{lines}\n"
        );
        std::fs::write(self.path("discord.toml"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn db(&self) -> String {
        format!("sqlite:{}", self.path("p.db").display())
    }

    fn import(&self, from: &Path) {
        assert!(
            self.program(&["import", from.to_str().unwrap(), "--db", &self.db()])
                .output()
                .unwrap()
                .status
                .success()
        );
    }

    /// A place whose store holds the sample session.
    fn filled(self) -> Self {
        self.import(&session());
        self
    }

    /// The program with the secrets in its environment, and nothing of this machine's.
    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proximity"));
        command
            .args(words)
            .env("W", format!("http://{}/api/webhooks/12/{SECRET}", self.fake.address))
            .env("T", SECRET)
            .env("XDG_DATA_HOME", "/nonexistent")
            .env("PROXIMITY_CONFIG", "")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in
            ["PROXIMITY_MAPS", "PROXIMITY_DATABASE_URL", "PROXIMITY_ENABLED", "http_proxy", "HTTP_PROXY"]
        {
            command.env_remove(name);
        }
        command
    }

    /// `discord post` of the sample session.
    fn post(&self, more: &[&str]) -> Command {
        let (config, db) = (self.path("discord.toml"), self.db());
        let words =
            ["discord", "post", "--session", SESSION, "--config", config.to_str().unwrap(), "--db", &db];
        self.program(&[&words[..], more].concat())
    }

    fn posted(&self, more: &[&str]) -> Output {
        let output = self.post(more).output().unwrap();
        for stream in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(stream).contains(SECRET), "a secret is shown");
        }
        output
    }

    /// `watch`, looking at an empty folder or one that was filled.
    fn watch(&self, more: &[&str]) -> Command {
        let (rounds, config, db) = (self.path("rounds"), self.path("discord.toml"), self.db());
        std::fs::create_dir_all(&rounds).unwrap();
        let words = [
            "watch",
            rounds.to_str().unwrap(),
            "--db",
            &db,
            "--post",
            config.to_str().unwrap(),
            "--interval",
            "0.2",
            "--rest",
            "0.05",
        ];
        self.program(&[&words[..], more].concat())
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
