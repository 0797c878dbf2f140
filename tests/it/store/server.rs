//! A throw-away PostgreSQL, started once per test binary, gone when the binary is.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running server.
pub struct Server {
    /// Holds the server: it stops when the pipe to this process closes, however this process ends.
    _keeper: Child,
    pub port: u16,
    /// Its files; `ca.pem` is the authority of its certificate, where openssl is installed.
    pub folder: PathBuf,
}

/// Makes the server and waits until all readers have gone. TLS is on, with a certificate for `localhost` from
/// an authority of its own; all are trusted but the role `guarded`, who needs a password.
const KEEPER: &str = r#"
set -e
bin=$1 dir=$2 port=$3
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
cd "$dir"
as "$bin/initdb" -D "$dir/data" -U postgres -A trust --no-sync --locale=C.UTF-8 -E UTF8 >"$dir/initdb.log" 2>&1
if command -v openssl >/dev/null; then
    as openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem \
        -addext basicConstraints=critical,CA:TRUE 2>>openssl.log
    as openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout data/server.key -out server.csr 2>>openssl.log
    printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >ext
    as openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext \
        -out data/server.crt 2>>openssl.log
    chmod 600 data/server.key
    echo 'ssl = on' >>data/postgresql.conf
fi
{ echo 'host all guarded 127.0.0.1/32 scram-sha-256'; cat data/pg_hba.conf; } >hba
cat hba >data/pg_hba.conf
as "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/log" -o "-c listen_addresses=127.0.0.1 \
    -c unix_socket_directories=$dir -p $port -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c max_connections=200" start >/dev/null
echo ready
read -r _ || true
as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
cd /
rm -rf "$dir"
"#;

/// The server, or `None` where PostgreSQL is not installed (said once; an error on CI, where it must be).
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

fn start() -> Option<Server> {
    let Some(binaries) = binaries() else {
        assert!(std::env::var_os("CI").is_none(), "CI needs PostgreSQL (Debian package postgresql)");
        eprintln!("skipped: no PostgreSQL under /usr/lib/postgresql; install the package postgresql");
        return None;
    };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = std::env::temp_dir().join(format!("proximity-postgres-{}-{port}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let mut keeper = Command::new("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(binaries)
        .arg(&folder)
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n", "PostgreSQL does not start; see {}", folder.display());
    Some(Server { _keeper: keeper, port, folder })
}

/// The newest installed server's programs.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin"))).filter(|(_, bin)| bin.join("initdb").exists())
        })
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}

impl Server {
    /// A connection to a database, not through the store.
    pub fn client(&self, database: &str) -> postgres::Client {
        let parameters = format!("host=127.0.0.1 port={} user=postgres dbname={database}", self.port);
        postgres::Client::connect(&parameters, postgres::NoTls)
            .unwrap_or_else(|error| panic!("{error:?}; the server's log ends with\n{}", self.end_of_log()))
    }

    /// The last lines of the server's log: why it went down, if it did.
    fn end_of_log(&self) -> String {
        let log = std::fs::read(self.folder.join("data/log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// Makes an empty database and says its name.
    pub fn new_database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // Only one database at a time can be copied from the template.
        static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        // A test that failed in its turn says so itself.
        let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.client("postgres").batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        name
    }

    /// Makes the role `guarded`, who needs the password `pass:word`.
    pub fn guard(&self, database: &str) {
        let role = "DO $$ BEGIN CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'pass:word'; \
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
        self.client(database).batch_execute(role).unwrap();
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}
