//! A scheduler as its clients see it: where it is, and whether it has executors.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::str::FromStr;
use std::time::{Duration, Instant};

use super::error::{ClusterError, Result};

/// Where a scheduler listens unless told otherwise.
pub(super) const DEFAULT_PORT: u16 = 50_050;
/// How long one look at it may take.
const LOOK: Duration = Duration::from_secs(3);
/// Time between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// How long executors may be away, and how long a scheduler may take to come back.
const PATIENCE: Duration = Duration::from_secs(30);

/// A scheduler's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduler {
    host: String,
    port: u16,
}

impl FromStr for Scheduler {
    type Err = ClusterError;

    /// Reads `df://HOST:PORT`; the port may be left out.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || ClusterError::Address(text.to_owned());
        let rest = text.strip_prefix("df://").ok_or_else(wrong)?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => (host, port.parse().map_err(|_| wrong())?),
            _ => (rest, DEFAULT_PORT),
        };
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
        if host.is_empty() || !host.chars().all(is_part) {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Scheduler {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "df://{}:{}", self.host, self.port)
    }
}

/// What a look at a scheduler finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    NoExecutors,
    Ready,
}

impl Scheduler {
    /// Its host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn http(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }

    fn look(&self) -> Seen {
        self.status_line().map_or(Seen::Nothing, |line| {
            if line.split(' ').nth(1) == Some("200") { Seen::Ready } else { Seen::NoExecutors }
        })
    }

    /// The first line of what it says about its readiness.
    fn status_line(&self) -> Option<String> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let address = (host, self.port).to_socket_addrs().ok()?.next()?;
        let mut stream = TcpStream::connect_timeout(&address, LOOK).ok()?;
        stream.set_read_timeout(Some(LOOK)).ok()?;
        stream.set_write_timeout(Some(LOOK)).ok()?;
        let request = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host);
        stream.write_all(request.as_bytes()).ok()?;
        let mut head = [0; 64];
        let read = stream.read(&mut head).ok()?;
        let text = std::str::from_utf8(head.get(..read)?).ok()?;
        text.starts_with("HTTP/").then(|| text.lines().next().unwrap_or_default().to_owned())
    }

    /// Waits until it has executors.
    ///
    /// # Errors
    /// [`ClusterError::NoScheduler`] at once where none answers, unless it `may_be_back`; [`ClusterError::NoExecutors`] after
    /// half a minute.
    pub(super) async fn wait(&self, may_be_back: bool) -> Result<()> {
        let began = Instant::now();
        loop {
            let late = began.elapsed() >= PATIENCE;
            match self.look_aside().await {
                Seen::Ready => return Ok(()),
                Seen::Nothing if late || !may_be_back => {
                    return Err(ClusterError::NoScheduler(self.to_string()));
                }
                Seen::NoExecutors if late => return Err(self.no_executors(began.elapsed())),
                Seen::Nothing | Seen::NoExecutors => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Ends when it has had no executors for half a minute, or could not be reached for as long: an answer will not come then.
    pub(super) async fn watch(&self) -> ClusterError {
        let mut last_ready = Instant::now();
        loop {
            tokio::time::sleep(PAUSE).await;
            let seen = self.look_aside().await;
            match seen {
                Seen::Ready => last_ready = Instant::now(),
                _ if last_ready.elapsed() < PATIENCE => {}
                Seen::Nothing => return ClusterError::NoScheduler(self.to_string()),
                Seen::NoExecutors => return self.no_executors(last_ready.elapsed()),
            }
        }
    }

    /// A look that holds nothing else up.
    async fn look_aside(&self) -> Seen {
        let scheduler = self.clone();
        tokio::task::spawn_blocking(move || scheduler.look()).await.unwrap_or(Seen::Nothing)
    }

    fn no_executors(&self, waited: Duration) -> ClusterError {
        ClusterError::NoExecutors { scheduler: self.to_string(), waited }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        let of = |text: &str| text.parse::<Scheduler>().map(|scheduler| scheduler.to_string());
        assert_eq!(of("df://10.0.0.1:50060").unwrap(), "df://10.0.0.1:50060");
        assert_eq!(of("df://cluster").unwrap(), "df://cluster:50050");
        for wrong in ["", "10.0.0.1:50050", "df://", "df://host:port", "df://a/b:1", "http://host:1"] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
    }
}
