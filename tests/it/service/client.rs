//! A running `proximity serve`, and a client that speaks HTTP/1.1 byte by byte.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The program, serving on a port of its own until it is dropped.
pub struct Server {
    child: Child,
    pub address: String,
    pub lines: Vec<String>,
    _out: BufReader<ChildStdout>,
    _cache: TempDir,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Server {
    /// Serves these inputs on loopback.
    pub fn of(input: &Path, arguments: &[&str], token: Option<&str>) -> Self {
        Self::start(&[input.as_os_str()], arguments, token)
    }

    /// Serves the rounds of a store on loopback.
    pub fn of_store(db: &str, arguments: &[&str]) -> Self {
        Self::start(&["--db".as_ref(), db.as_ref()], arguments, None)
    }

    /// Serves the rounds of a lake on loopback.
    #[cfg(feature = "lake")]
    pub fn of_lake(lake: &str, arguments: &[&str]) -> Self {
        Self::start(&["--lake".as_ref(), lake.as_ref()], arguments, None)
    }

    fn start(input: &[&OsStr], arguments: &[&str], token: Option<&str>) -> Self {
        let cache = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_proximity"));
        command
            .arg("serve")
            .args(input)
            .args(["--listen", "127.0.0.1:0", "--cache"])
            .arg(cache.path())
            .args(arguments)
            .env_remove("PROXIMITY_MAPS")
            .env_remove("PROXIMITY_DATABASE_URL")
            .env_remove("PROXIMITY_TOKEN")
            .env("XDG_DATA_HOME", "/nonexistent")
            .stdout(Stdio::piped());
        if let Some(token) = token {
            command.env("PROXIMITY_TOKEN", token);
        }
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        let address = loop {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "the server ended: {lines:?}");
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                break address.to_owned();
            }
            lines.push(line);
        };
        Self { child, address, lines, _out: out, _cache: cache }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    }

    pub fn get(&self, target: &str) -> Answer {
        self.get_with(target, &[])
    }

    pub fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", target, headers, "")
    }

    pub fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut head = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            let _ = write!(head, "Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "Content-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = self.connect();
        // A server that has read enough answers before it has read all, and closes.
        let _ = stream.write_all(head.as_bytes());
        read_answer(&mut stream)
    }

    /// The resident memory of the server once it no longer changes by itself, bytes: sums of the season are made while it
    /// answers.
    pub fn settled_memory(&self) -> u64 {
        let (mut before, begin) = (0, Instant::now());
        while begin.elapsed() < Duration::from_mins(1) {
            let now = self.memory();
            if now.abs_diff(before) < 1 << 18 {
                return now;
            }
            before = now;
            std::thread::sleep(Duration::from_secs(1));
        }
        panic!("its memory still changes: {before} bytes")
    }

    /// The resident memory of the server, bytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a connection says until it closes.
pub fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut all = Vec::new();
    // A reset after the answer does not take it back.
    let _ = stream.read_to_end(&mut all);
    let end =
        all.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("no answer: {all:?}"));
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: all[end + 4..].to_vec() }
}

/// A text as a value in a query.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
