//! Where a database is.

#[cfg(feature = "postgres")]
pub(super) mod password;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::store::error::StoreError;

/// A parsed database URL: `sqlite:PATH` or `postgres://[USER[:PASSWORD]@]HOST[:PORT]/NAME[?KEY=VALUE&…]`.
///
/// Keys for both: `wait` (how long a writer waits for another one, seconds; default 20). Keys for SQLite: `mode=ro`
/// (read only), `sync=normal` (faster, and a power cut may cost the last rounds). Keys for PostgreSQL: `sslmode` (`disable`, `prefer`, `require`,
/// `verify-ca`, `verify-full`), `sslrootcert` (a PEM file), `passfile`, `host` (a folder with a socket),
/// `connect_timeout` (seconds), `application_name`, `options`. Parts may be percent-encoded.
///
/// Neither `Display` nor `Debug` shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    pub(in crate::store) place: Place,
    /// How long a writer waits for another one.
    pub(in crate::store) lock_timeout: Duration,
}

/// Whether a database that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    /// It must be there: for everything that only reads.
    Never,
    /// A SQLite file is made when it is missing; PostgreSQL's databases are made by its administrator.
    IfMissing,
}

/// A writer waits so long for another one, unless its URL says otherwise.
const LOCK_TIMEOUT: Duration = Duration::from_secs(20);

/// Longest lock_timeout, a day: databases count it in 32-bit milliseconds.
const LONGEST_LOCK_TIMEOUT_S: u64 = 86_400;

#[derive(Clone, PartialEq, Eq)]
pub(in crate::store) enum Place {
    Sqlite(SqliteFile),
    Postgres(Server),
}

/// A SQLite file.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::store) struct SqliteFile {
    pub path: PathBuf,
    pub read_only: bool,
    pub sync: Sync,
}

/// When what is written must have reached the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Sync {
    /// At the end of each transaction: a power cut costs nothing that was said to be kept.
    Full,
    /// Now and then: a power cut may cost the last transactions, never the file.
    Normal,
}

/// A PostgreSQL database.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::store) struct Server {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub database: String,
    pub password: Option<String>,
    pub tls: Tls,
    pub root_certificate: Option<PathBuf>,
    pub password_file: Option<PathBuf>,
    pub connect_timeout_s: Option<u64>,
    pub application_name: Option<String>,
    pub options: Option<String>,
}

/// How a connection to PostgreSQL is protected. Certificates are always checked, against the system's authorities or
/// `sslrootcert`; there is no mode that encrypts without knowing with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Never. The default on this machine (loopback and sockets).
    Disable,
    /// If the server offers it.
    Prefer,
    /// Always; the certificate's authority must be known. The default for every other host.
    VerifyCa,
    /// Always; the certificate must also carry the host's name (`require` means this too).
    VerifyFull,
}

impl DatabaseUrl {
    /// A SQLite file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        let file = SqliteFile { path: path.into(), read_only: false, sync: Sync::Full };
        Self { place: Place::Sqlite(file), lock_timeout: LOCK_TIMEOUT }
    }

    /// The same database, where a writer waits so long for another one (at most a day). Default: 20 seconds.
    #[must_use]
    pub fn with_lock_timeout(mut self, lock_timeout: Duration) -> Self {
        self.lock_timeout = lock_timeout.min(Duration::from_secs(LONGEST_LOCK_TIMEOUT_S));
        self
    }

    /// The same database with this password, unless the URL has one itself.
    #[must_use]
    pub fn with_password(mut self, password: Option<&str>) -> Self {
        if let Place::Postgres(server) = &mut self.place
            && server.password.is_none()
        {
            server.password = password.map(Into::into);
        }
        self
    }

    /// Whether the URL itself holds a password.
    pub fn has_password(&self) -> bool {
        matches!(&self.place, Place::Postgres(server) if server.password.is_some())
    }

    /// The file of a SQLite database.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &self.place {
            Place::Sqlite(file) => Some(&file.path),
            Place::Postgres(_) => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// # Errors
    /// [`StoreError::Url`], which repeats at most the part that is wrong and never a password.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return sqlite(rest);
        }
        match text.split_once("://") {
            Some(("postgres" | "postgresql", rest)) => server(rest),
            _ if !text.is_empty() && !text.contains([':', '@']) => Err(StoreError::Url(format!(
                "a database is sqlite:PATH or postgres://USER@HOST/NAME: sqlite:{text}?"
            ))),
            _ => Err(wrong("a database is sqlite:PATH or postgres://USER@HOST/NAME")),
        }
    }
}

fn wrong(message: &str) -> StoreError {
    StoreError::Url(message.to_owned())
}

fn sqlite(rest: &str) -> Result<DatabaseUrl, StoreError> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.rsplit_once('?').unwrap_or((rest, ""));
    let mut file = SqliteFile { path: path.into(), read_only: false, sync: Sync::Full };
    let mut lock_timeout = LOCK_TIMEOUT;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("mode", "ro")) => file.read_only = true,
            Some(("mode", "rw")) => file.read_only = false,
            Some(("sync", "full")) => file.sync = Sync::Full,
            Some(("sync", "normal")) => file.sync = Sync::Normal,
            Some(("wait", seconds)) => lock_timeout = wait(seconds)?,
            _ => {
                let message = format!("sqlite: knows mode=ro, sync=normal and wait=SECONDS, not {pair:?}");
                return Err(StoreError::Url(message));
            }
        }
    }
    if path.is_empty() || path.contains('\0') {
        return Err(wrong("sqlite: needs a path, as in sqlite:proximity.db"));
    }
    if path == ":memory:" {
        return Err(wrong(
            "sqlite::memory: is gone when the command ends; name a file, as in sqlite:proximity.db",
        ));
    }
    if path == "~" || path.starts_with("~/") {
        return Err(wrong(
            "the shell leaves ~ after sqlite: as it is; write sqlite:$HOME/… or the whole path",
        ));
    }
    Ok(DatabaseUrl { place: Place::Sqlite(file), lock_timeout })
}

/// The value of `wait`: seconds, with or without a fraction.
fn wait(text: &str) -> Result<Duration, StoreError> {
    let seconds = text.parse().ok().filter(|seconds| (0.0..=LONGEST_LOCK_TIMEOUT_S as f64).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| wrong("wait is a number of seconds, at most a day"))
}

/// Keys of a PostgreSQL URL.
const KEYS: [&str; 12] = [
    "sslmode",
    "sslrootcert",
    "passfile",
    "host",
    "port",
    "user",
    "dbname",
    "password",
    "application_name",
    "options",
    "wait",
    "connect_timeout",
];

fn server(rest: &str) -> Result<DatabaseUrl, StoreError> {
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = place.split_once('/').unwrap_or((place, ""));
    // A password with a / or a ? of its own ends the host too early: what follows then still holds the @. Which part
    // is secret cannot be told, so none is shown.
    if database.contains(['@', '/']) || query.contains('@') {
        return Err(wrong(
            "postgres://…: an @, / or ? stands where none can be; if the password holds one, write it percent-encoded \
             (%40, %2F, %3F) or use PGPASSWORD",
        ));
    }
    // A password may hold an @ that is not encoded.
    let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, Some(decoded(password, "password")?)),
        None => (login, None),
    };
    let (host, port) = split_port(host)?;
    let mut server = Server {
        host: decoded(host, "host")?,
        port,
        user: decoded(user, "user")?,
        database: decoded(database, "database name")?,
        password,
        tls: Tls::Disable,
        root_certificate: None,
        password_file: None,
        connect_timeout_s: None,
        application_name: None,
        options: None,
    };
    let (mut tls, mut lock_timeout) = (None, LOCK_TIMEOUT);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A key that is not known may be a part of a password.
        let known = KEYS.iter().find(|known| **known == key).ok_or_else(|| {
            StoreError::Url(format!("the database URL has an unknown key; known are {}", KEYS.join(", ")))
        })?;
        let value = decoded(value, known)?;
        match key {
            "sslmode" => tls = Some(tls_mode(&value)?),
            "sslrootcert" => server.root_certificate = Some(value.into()),
            "passfile" => server.password_file = Some(value.into()),
            "host" => server.host = value,
            "port" => server.port = port_number(&value)?,
            "user" => server.user = value,
            "dbname" => server.database = value,
            "password" => server.password = Some(value),
            "application_name" => server.application_name = Some(value),
            "options" => server.options = Some(value),
            "wait" => lock_timeout = wait(&value)?,
            // The last of the keys.
            _ => {
                let seconds = value.parse().map_err(|_| wrong("connect_timeout is a number of seconds"))?;
                server.connect_timeout_s = Some(seconds);
            }
        }
    }
    if server.host.is_empty() {
        server.host = "localhost".into();
    }
    if server.user.is_empty() {
        server.user = ["PGUSER", "USER", "LOGNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
            .filter(|user| !user.is_empty())
            .ok_or_else(|| wrong("the database URL names no user, as in postgres://USER@HOST/NAME"))?;
    }
    if server.database.is_empty() {
        server.database.clone_from(&server.user);
    }
    server.tls = tls.unwrap_or(if server.is_here() { Tls::Disable } else { Tls::VerifyFull });
    Ok(DatabaseUrl { place: Place::Postgres(server), lock_timeout })
}

fn split_port(host: &str) -> Result<(&str, u16), StoreError> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (name, port) =
                rest.split_once(']').ok_or_else(|| wrong("the host's address lacks its closing ]"))?;
            (name, port.strip_prefix(':').unwrap_or(port))
        }
        None => host.rsplit_once(':').unwrap_or((host, "")),
    };
    Ok((name, if port.is_empty() { 5432 } else { port_number(port)? }))
}

fn port_number(text: &str) -> Result<u16, StoreError> {
    text.parse().ok().filter(|&port| port > 0).ok_or_else(|| wrong("the port is a number from 1 to 65535"))
}

fn tls_mode(value: &str) -> Result<Tls, StoreError> {
    match value {
        "disable" => Ok(Tls::Disable),
        "allow" | "prefer" => Ok(Tls::Prefer),
        "verify-ca" => Ok(Tls::VerifyCa),
        "require" | "verify-full" => Ok(Tls::VerifyFull),
        _ => Err(wrong("sslmode is disable, prefer, require, verify-ca or verify-full")),
    }
}

/// Percent-decoding; the error names the part, not its text.
fn decoded(text: &str, part: &str) -> Result<String, StoreError> {
    let fault = || StoreError::Url(format!("the {part} of the database URL is not well percent-encoded"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let (digits, after) = rest.split_at_checked(2).ok_or_else(fault)?;
            let digits =
                std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
            bytes.push(digits.and_then(|d| u8::from_str_radix(d, 16).ok()).ok_or_else(fault)?);
            rest = after;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or_else(fault)
}

impl Server {
    /// Whether the server is this machine.
    pub(in crate::store) fn is_here(&self) -> bool {
        self.host.starts_with('/')
            || self.host == "localhost"
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Sqlite(file) => {
                write!(f, "sqlite:{}{}", file.path.display(), if file.read_only { "?mode=ro" } else { "" })
            }
            Place::Postgres(server) if server.host.starts_with('/') => {
                write!(f, "postgres://{}@/{}?host={}", server.user, server.database, server.host)
            }
            Place::Postgres(server) => {
                write!(f, "postgres://{}@{}:{}/{}", server.user, server.host, server.port, server.database)
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Server {
        match text.parse::<DatabaseUrl>().unwrap().place {
            Place::Postgres(server) => server,
            Place::Sqlite { .. } => panic!("{text} is not PostgreSQL"),
        }
    }

    #[test]
    fn every_part_is_found() {
        let server = parsed(
            "postgresql://re%40der:p%3A%2F@db.example:6543/et%20stats?sslmode=verify-ca&sslrootcert=/ca.pem",
        );
        assert_eq!((server.user.as_str(), server.password.as_deref()), ("re@der", Some("p:/")));
        assert_eq!((server.host.as_str(), server.port), ("db.example", 6543));
        assert_eq!((server.database.as_str(), server.tls), ("et stats", Tls::VerifyCa));
        assert_eq!(server.root_certificate, Some("/ca.pem".into()));
    }

    #[test]
    fn tls_is_off_here_and_on_elsewhere() {
        for here in ["localhost", "127.0.0.1", "[::1]:5433", "/?host=/run/postgresql"] {
            assert_eq!(parsed(&format!("postgres://u@{here}")).tls, Tls::Disable, "{here}");
        }
        assert_eq!(parsed("postgres://u@db.example/x").tls, Tls::VerifyFull);
        assert_eq!(parsed("postgres://u@db.example/x?sslmode=disable").tls, Tls::Disable);
    }

    #[test]
    fn a_password_is_never_shown() {
        for text in [
            "postgres://u:s3cret@h/d",
            "postgres://u:s3c%ZZret@h/d",
            "postgres://u:s3cret@h:port/d",
            "postgres://u:s3cret@h/d?passwort=s3cret",
            "postgres://u:s3@cret@h/d?sslmode=please",
            "postgres://h/d?user=u&password=s3cret",
            "mysql://u:s3cret@h/d",
        ] {
            let shown = match text.parse::<DatabaseUrl>() {
                Ok(url) => format!("{url} {url:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains("cret"), "{shown}");
        }
    }

    #[test]
    fn patience_is_told_in_seconds() {
        let lock_timeout = |text: &str| text.parse::<DatabaseUrl>().map(|url| url.lock_timeout.as_millis());
        assert_eq!(lock_timeout("sqlite:x").ok(), Some(20_000));
        assert_eq!(lock_timeout("sqlite:x?mode=ro&wait=0.5").ok(), Some(500));
        assert_eq!(lock_timeout("postgres://u@h/d?wait=60").ok(), Some(60_000));
        for text in ["sqlite:x?wait=-1", "sqlite:x?wait=nan", "postgres://u@h/d?wait=1e9", "sqlite:x?wait="] {
            assert!(lock_timeout(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sqlite_paths() {
        let url: DatabaseUrl = "sqlite:a b/c.db?mode=ro".parse().unwrap();
        assert_eq!(url.sqlite_path(), Some(Path::new("a b/c.db")));
        assert_eq!(url.to_string(), "sqlite:a b/c.db?mode=ro");
        assert!("sqlite:".parse::<DatabaseUrl>().is_err());
        assert!("sqlite:x?mode=w".parse::<DatabaseUrl>().is_err());
        assert!("proximity.db".parse::<DatabaseUrl>().is_err());
    }
}
