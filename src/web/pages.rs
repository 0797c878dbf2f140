//! The pages of reports: a folder that was looked through beforehand, so that a request's path is only looked up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::files::{self, Kind, SearchLimits};

/// The files of a folder by the path that a request names them with.
#[derive(Debug, Default)]
pub struct Pages {
    files: BTreeMap<String, PathBuf>,
}

impl Pages {
    /// The files below a folder; those whose names begin with a dot are not shown.
    pub fn of(folder: &Path) -> Self {
        let found = files::search(folder, &SearchLimits::default(), |_, kind| kind == Kind::File);
        let named = |path: PathBuf| {
            let inside = path.strip_prefix(folder).ok()?;
            let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
            let parts = parts.filter(|parts| parts.iter().all(|part| !part.starts_with('.')))?;
            Some((parts.join("/"), path))
        };
        Self { files: found.paths.into_iter().filter_map(named).collect() }
    }

    /// The file of a path, `index.html` where the path names a folder.
    pub(super) fn file(&self, path: &str) -> Option<&Path> {
        let index = if path.is_empty() || path.ends_with('/') { "index.html" } else { "" };
        self.files.get(&format!("{path}{index}")).map(PathBuf::as_path)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// What a file is, by its name.
pub(super) fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("csv") => "text/csv; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_folders_own_files_have_a_path() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("reports");
        std::fs::create_dir_all(folder.join("2026-11-20")).unwrap();
        std::fs::write(home.path().join("secret.txt"), "").unwrap();
        for name in ["index.html", ".proximity.json", "2026-11-20/index.html", "2026-11-20/a b.png"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let pages = Pages::of(&folder);
        for path in ["", "index.html", "2026-11-20/", "2026-11-20/a b.png"] {
            assert!(pages.file(path).is_some(), "{path}");
        }
        for path in
            ["../secret.txt", "2026-11-20/../index.html", ".proximity.json", "/etc/passwd", "2026-11-20"]
        {
            assert!(pages.file(path).is_none(), "{path}");
        }
    }
}
