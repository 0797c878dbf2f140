//! Passwords: found wherever they are kept, shown nowhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::sample::Sheet;
use super::{Backend, program, server};

/// A place where a password can stand: what it is called, the database's URL, and the settings that go with it.
struct Place {
    what: &'static str,
    url: String,
    settings: Vec<(&'static str, PathBuf)>,
}

impl Place {
    /// Every place, with this password in it.
    fn all(folder: &Path, address: &str, password: &str) -> Vec<Self> {
        let write = |name: &str, text: String| {
            let file = folder.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, text).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
            }
            file
        };
        let encoded = password.replace(':', "%3A");
        let line = format!("*:*:*:guarded:{}\n", password.replace(':', "\\:"));
        let passfile = write("pgpass", line.clone());
        write("home/.pgpass", line);
        let config = write("config.toml", format!("[database]\npassword = \"{password}\"\n"));
        let place = |what, url: String, settings| Self { what, url, settings };
        let plain = format!("postgres://guarded@{address}");
        vec![
            place("the URL", format!("postgres://guarded:{encoded}@{address}"), vec![]),
            place("the URL's query", format!("{plain}?password={encoded}"), vec![]),
            place("PGPASSWORD", plain.clone(), vec![("PGPASSWORD", password.into())]),
            place("PGPASSFILE", plain.clone(), vec![("PGPASSFILE", passfile.clone())]),
            place("passfile=", format!("{plain}?passfile={}", passfile.display()), vec![]),
            place("~/.pgpass", plain.clone(), vec![("HOME", folder.join("home"))]),
            place("the configuration", plain, vec![("PROXIMITY_CONFIG", config)]),
        ]
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = program(words);
        command.args(["--db", &self.url]).envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }
}

#[test]
fn a_password_is_found_in_every_place_and_shown_in_none() {
    let Some(backend) = Backend::all().into_iter().nth(1) else { return };
    let (server, database) = (server::server().unwrap(), backend.database.clone().unwrap());
    backend.ready();
    server.guard(&database);
    let address = format!("127.0.0.1:{}/{database}", server.port);
    let folder = tempfile::tempdir().unwrap();
    let sheet = Sheet { samples: 60, ..Sheet::default() };
    std::fs::write(folder.path().join(sheet.name()), sheet.text()).unwrap();
    let (rounds, picture) = (folder.path().to_str().unwrap(), folder.path().join("heat.png"));
    let commands: [&[&str]; 6] = [
        &["import", rounds],
        &["status"],
        &["stats", "movers", "--json"],
        &["schema", "migrate"],
        &["export", "--jsonl", "--out", "-"],
        &["heatmap", "--map", "supply", "--size", "256", "--out", picture.to_str().unwrap()],
    ];
    for (password, is_right) in [("pass:word", true), ("s3cret:word", false)] {
        for place in Place::all(folder.path(), &address, password) {
            for words in commands {
                let output = place.program(words).output().unwrap();
                let shown = [output.stdout, output.stderr]
                    .map(|text| String::from_utf8_lossy(&text).into_owned())
                    .concat();
                let what = format!("{words:?} with the password {password} in {}", place.what);
                assert_eq!(output.status.code(), Some(if is_right { 0 } else { 2 }), "{what}: {shown}");
                for secret in [password, "3Aword"] {
                    assert!(!shown.contains(secret), "{what}: {shown}");
                }
                assert!(is_right || shown.contains("password authentication failed"), "{what}: {shown}");
            }
            if is_right {
                let bytes = std::fs::read(&picture).unwrap();
                assert!(!bytes.windows(4).any(|part| part == b"word"), "the picture's recipe has it");
            }
        }
    }
    // Without any password the message says where to put it.
    let output = program(&["status", "--db", &format!("postgres://guarded@{address}")]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("PGPASSWORD or ~/.pgpass"), "{complaint}");
}
