//! A scheduler and its executors as processes.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::cluster;

/// The longest that a node may take to be there.
const STARTS: Duration = Duration::from_secs(90);

/// A cluster that ends with its value.
pub struct Nodes {
    port: u16,
    scheduler: Child,
    pub executors: Vec<Child>,
}

impl Nodes {
    /// One scheduler and so many executors of one core each, all ready.
    pub fn start(executors: usize) -> Self {
        Self::start_with(executors, |_| {})
    }

    /// The same, with more in their environment.
    pub fn start_with(executors: usize, environment: impl Fn(&mut Command)) -> Self {
        let port = free_ports(1);
        let quiet = |arguments: &[&str]| {
            let mut command = quiet(arguments);
            environment(&mut command);
            command.spawn().unwrap()
        };
        let scheduler = quiet(&["scheduler", "--bind", &format!("127.0.0.1:{port}")]);
        let mut nodes = Self { port, scheduler, executors: Vec::new() };
        nodes.wait(0);
        for _ in 0..executors {
            let bind = format!("127.0.0.1:{}", free_ports(2));
            let arguments = ["executor", "--scheduler", &nodes.url(), "--bind", &bind, "--cores", "1"];
            nodes.executors.push(quiet(&arguments));
        }
        nodes.wait(executors);
        nodes
    }

    pub fn url(&self) -> String {
        format!("df://127.0.0.1:{}", self.port)
    }

    /// Kills an executor (-9).
    pub fn kill_executor(&mut self) {
        let mut executor = self.executors.pop().unwrap();
        executor.kill().unwrap();
        executor.wait().unwrap();
    }

    /// Kills the scheduler (-9) and starts another one in its place.
    pub fn restart_scheduler(&mut self) {
        self.scheduler.kill().unwrap();
        self.scheduler.wait().unwrap();
        let bind = format!("127.0.0.1:{}", self.port);
        self.scheduler = quiet(&["scheduler", "--bind", &bind]).spawn().unwrap();
    }

    /// Waits until the scheduler answers and knows so many executors.
    fn wait(&self, executors: usize) {
        let began = Instant::now();
        loop {
            let said = self.readiness().unwrap_or_default();
            let is_ready = match executors {
                0 => !said.is_empty(),
                some => said.contains(&format!("ready: {some} executors")),
            };
            if is_ready {
                return;
            }
            assert!(began.elapsed() < STARTS, "no {executors} executors after {STARTS:?}: {said}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn readiness(&self) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
        let mut said = String::new();
        stream.read_to_string(&mut said).ok()?;
        Some(said)
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for node in self.executors.iter_mut().chain([&mut self.scheduler]) {
            // One that a test killed is gone already.
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

fn quiet(arguments: &[&str]) -> Command {
    let mut command = cluster(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The first of so many free ports in a row. Each is given once.
pub fn free_ports(count: u16) -> u16 {
    static NEXT: Mutex<u16> = Mutex::new(0);
    let mut next = NEXT.lock().unwrap();
    if *next == 0 {
        // Processes of several runs begin at different places.
        *next = 21_000 + (std::process::id() % 9_000) as u16;
    }
    loop {
        let first = *next;
        *next += count;
        if (first..first + count).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
}
