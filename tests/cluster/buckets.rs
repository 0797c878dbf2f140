//! A lake in a bucket: a server that speaks as S3 does (moto, from PyPI) on loopback, and real processes that read and change it.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::foreign::python;
use super::nodes::{Nodes, free_ports};
use super::rounds::World;
use super::{Running, complaint, program, proximity, said};

/// The longest that the server may take to be there.
const STARTS: Duration = Duration::from_secs(90);

/// A server with an empty bucket `lakes`, which ends with its value.
struct Server {
    port: u16,
    process: Child,
    home: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let port = free_ports(1);
        let arguments = ["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()];
        let process = Command::new(python())
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { port, process, home: tempfile::tempdir().unwrap() };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < STARTS, "no server after {STARTS:?}");
            thread::sleep(Duration::from_millis(100));
        }
        server.python("s3.create_bucket(Bucket='lakes')");
        server
    }

    /// What a line of Python says that has a client of the server as `s3`.
    fn python(&self, line: &str) -> String {
        let client =
            "import boto3, os; s3 = boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT_URL'])\n";
        let mut command = Command::new(python());
        said(self.with_keys(&mut command).args(["-c", &format!("{client}{line}")]))
    }

    fn with_keys<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port))
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-test")
            .env("AWS_DEFAULT_REGION", "us-east-1")
    }

    /// The program as a machine of this name runs it: its cache is its own.
    fn cluster(&self, machine: &str, arguments: &[&str]) -> Command {
        let mut command = program(env!("CARGO_BIN_EXE_proximity-cluster"));
        command.args(arguments).env("PROXIMITY_LAKE_CACHE", self.home.path().join(machine));
        self.with_keys(&mut command);
        command
    }

    fn lake(&self, machine: &str, arguments: &[&str]) -> String {
        let secret = World::get().at("secret");
        let takes_secret = ["init", "add", "forget"].contains(&arguments[0]);
        let secret: &[&str] = if takes_secret { &["--secret-file", &secret] } else { &[] };
        said(&mut self.cluster(machine, &[&["lake"], arguments, secret].concat()))
    }

    /// Every object's name.
    fn objects(&self) -> Vec<String> {
        let line = "for page in s3.get_paginator('list_objects_v2').paginate(Bucket='lakes'):\n  \
                    for object in page.get('Contents', []): print(object['Key'])";
        self.python(line).lines().map(str::to_owned).collect()
    }

    /// Copies every object into a folder.
    fn copy(&self, name: &str) -> String {
        let to = self.home.path().join(name);
        for key in self.objects() {
            let file = to.join(key);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            let [key, file] = [key_of(&file, &to), file.to_str().unwrap().to_owned()];
            self.python(&format!("s3.download_file('lakes', {key:?}, {file:?})"));
        }
        to.join("et").to_str().unwrap().to_owned()
    }
}

fn key_of(file: &Path, folder: &Path) -> String {
    file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const LAKE: &str = "s3://lakes/et";

#[test]
fn a_lake_in_a_bucket_gives_the_answers_and_pictures_of_its_files() {
    let world = World::get();
    let server = Server::start();
    server.lake("one", &["init", LAKE]);
    // Two machines, each with a part, at once.
    let (first, second) = world.files.split_at(world.files.len() / 2);
    let secret = world.at("secret");
    let add = |machine: &str, files: &[std::path::PathBuf]| {
        let files = files.iter().map(|file| file.to_str().unwrap());
        let words: Vec<&str> = ["lake", "add"]
            .into_iter()
            .chain(files)
            .chain(["--to", LAKE, "--secret-file", &secret])
            .collect();
        Running::of(&mut server.cluster(machine, &words))
    };
    let adding = [add("one", first), add("two", second), add("three", first)];
    for running in adding {
        let output = running.end(super::PATIENCE);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(server.lake("one", &["compact", LAKE]).contains("sets of files"));
    let checked = server.lake("four", &["check", LAKE]);
    assert!(checked.contains("nothing is damaged"), "{checked}");
    assert!(checked.contains(&format!("{} rounds", world.files.len())), "{checked}");

    let nodes = Nodes::start_with(2, |command| {
        server.with_keys(command).env("PROXIMITY_LAKE_CACHE", server.home.path().join("executors"));
    });
    let there = ["--scheduler", &nodes.url()];
    let sql = "SELECT map, step, count(*) AS n, sum(dt) AS ms, sum(x) AS x FROM samples GROUP BY map, step ORDER BY 1, 2";
    let expected = said(&mut super::cluster(&["sql", &world.lake(), sql, "--format", "csv"]));
    let question = ["sql", LAKE, sql, "--format", "csv"];
    assert_eq!(said(&mut server.cluster("five", &question)), expected);
    assert_eq!(said(server.cluster("five", &question).args(there)), expected);
    let read = server.home.path().join("five");
    assert!(!holds(&read, "samples"), "the engine reads a bucket where it is");
    let outside: Vec<String> = server.objects().into_iter().filter(|key| !key.starts_with("et/")).collect();
    assert!(outside.is_empty(), "{outside:?}");

    let at = |name: &str| server.home.path().join(name).to_str().unwrap().to_owned();
    let picture = |command: &mut Command, name: &str| {
        said(command.args(["--map", "supply", "--out", &at(name)]));
        fs::read(at(name)).unwrap()
    };
    let expected =
        picture(program(env!("CARGO_BIN_EXE_proximity")).args(["heatmap", &world.rounds()]), "files.png");
    assert!(picture(&mut server.cluster("six", &["heat", LAKE]), "here.png") == expected);
    let asked = &mut server.cluster("seven", &["heat", LAKE, there[0], there[1]]);
    assert!(picture(asked, "there.png") == expected);
    assert!(!holds(&server.home.path().join("seven"), "samples"), "executors read samples, not who asks");
    assert!(holds(&server.home.path().join("executors"), "samples"));
}

/// Whether a cache holds files of a table.
fn holds(cache: &Path, table: &str) -> bool {
    let lakes = fs::read_dir(cache).into_iter().flatten().flatten();
    lakes.map(|lake| lake.path().join(table)).any(|folder| folder.exists())
}

#[test]
fn an_import_into_a_bucket_that_is_killed_doubles_nothing_and_forgetting_leaves_nothing() {
    let world = World::get();
    let server = Server::start();
    server.lake("one", &["init", LAKE]);
    let secret = world.at("secret");
    let rounds = world.rounds();
    let words = ["lake", "add", &rounds, "--to", LAKE, "--secret-file", &secret];
    let began = Instant::now();
    let mut point = 0;
    // From before its first request to after its last.
    loop {
        let mut child =
            server.cluster("one", &words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(150 * point));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        point += 1;
        assert!(began.elapsed() < super::PATIENCE, "it never came to its end");
    }
    server.lake("two", &["add", &rounds, "--to", LAKE]);
    let stats = said(&mut server.cluster("two", &["stats", LAKE, "--format", "csv"]));
    assert_eq!(stats, said(&mut super::cluster(&["stats", &world.lake(), "--format", "csv"])));
    // What the killed ones left goes with the next change.
    server.lake("two", &["compact", LAKE]);
    server.lake("two", &["compact", LAKE]);
    let copy = server.copy("copy");
    let checked = proximity(&["lake", "check", &copy]);
    assert!(checked.contains("nothing is damaged"), "{checked}");

    let players = "SELECT guid, name FROM players WHERE guid LIKE '________________________________' AND length(name) > 3 ORDER BY 1 LIMIT 1";
    let line = said(&mut server.cluster("two", &["sql", LAKE, players, "--format", "csv"]));
    let (guid, name) = line.lines().nth(1).unwrap().split_once(',').unwrap();
    server.lake("two", &["forget", guid, "--lake", LAKE, "--erase", "--yes"]);
    let copy = server.copy("forgotten");
    let mut seen = 0;
    for file in files(Path::new(&copy)) {
        let bytes = fs::read(&file).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes());
        assert!(!holds(guid) && !holds(name), "{} holds {guid} or {name}", file.display());
        seen += 1;
    }
    assert!(seen > 5, "{seen} objects");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_bucket_that_cannot_be_read_is_said_and_the_key_is_not() {
    let server = Server::start();
    let said = complaint(&mut server.cluster("one", &["stats", LAKE]));
    assert!(said.contains("there is no lake in s3://lakes/et"), "{said}");
    let said = complaint(&mut server.cluster("one", &["stats", "s3://nowhere/et"]));
    assert!(said.contains("s3://nowhere/et") && !said.contains("a-secret-of-the-test"), "{said}");
    let said = complaint(&mut server.cluster("one", &["stats", "s3://lakes/../et"]));
    assert!(said.contains("expected s3://BUCKET/FOLDER"), "{said}");
}
