//! Finding a password: the URL, `PGPASSWORD`, then the password file, as `psql` does.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files;
use crate::store::error::{Result, StoreError};
use crate::store::url::Server;

/// The password for a server, if there is any.
///
/// # Errors
/// When a password file that was asked for cannot be read, or others may read it.
pub(in crate::store) fn find(server: &Server) -> Result<Option<String>> {
    if server.password.is_some() {
        return Ok(server.password.clone());
    }
    if let Some(password) = variable("PGPASSWORD") {
        return Ok(Some(password));
    }
    let asked = server.password_file.clone().or_else(|| variable("PGPASSFILE").map(PathBuf::from));
    let is_asked = asked.is_some();
    let Some(path) = asked.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".pgpass"))) else {
        return Ok(None);
    };
    let text = match files::read_text(&path, files::WRITTEN_BY_HAND) {
        Ok(text) => text,
        Err(_) if !is_asked => return Ok(None),
        Err(error) => return Err(StoreError::Url(format!("password file: {error}"))),
    };
    check_permissions(&path)?;
    Ok(look_up(&text, server))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A password that others can read is no secret; `psql` ignores such a file too, but silently.
#[cfg(unix)]
fn check_permissions(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0, |meta| meta.permissions().mode());
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    Err(StoreError::Url(format!("others can read the password file {0}; run: chmod 600 {0}", path.display())))
}

#[cfg(not(unix))]
fn check_permissions(_: &Path) -> Result<()> {
    Ok(())
}

/// Lines are `host:port:database:user:password`; `*` matches anything, a backslash takes the next character as it is.
/// The first line that matches counts.
fn look_up(text: &str, server: &Server) -> Option<String> {
    let host = if server.host.starts_with('/') { "localhost" } else { &server.host };
    let port = server.port.to_string();
    let wanted = [host, &port, &server.database, &server.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut fields = split(line).into_iter();
        let matches =
            wanted.iter().all(|wanted| fields.next().is_some_and(|field| field == "*" || field == **wanted));
        if matches { fields.next() } else { None }
    })
}

fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut().into_iter().for_each(|field| field.extend(characters.next())),
            _ => fields.last_mut().into_iter().for_each(|field| field.push(character)),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::DatabaseUrl;
    use crate::store::url::Place;

    fn server(url: &str) -> Server {
        match url.parse::<DatabaseUrl>().unwrap().place {
            Place::Postgres(server) => server,
            Place::Sqlite { .. } => panic!(),
        }
    }

    #[test]
    fn the_first_matching_line_counts() {
        let text = "# db.example:5432:et:reader:no\n\
                    db.example:5432:other:reader:wrong\n\
                    db.example:*:et:reader:pass\\:wo\\\\rd:rest\n\
                    *:*:*:*:fallback\n";
        let password = |url| look_up(text, &server(url));
        assert_eq!(password("postgres://reader@db.example/et").as_deref(), Some("pass:wo\\rd:rest"));
        assert_eq!(password("postgres://writer@db.example/et").as_deref(), Some("fallback"));
        assert_eq!(look_up("db.example:5432:et\n", &server("postgres://reader@db.example/et")), None);
    }
}
