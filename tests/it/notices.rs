//! The notices of what the programs are built from: none is missing.
//!
//! `UPDATE_NOTICES=1 cargo test --features discord,video --test it notices` writes `licenses/third-party.txt` anew after a
//! dependency has changed, `UPDATE_NOTICES=1 cargo test --no-default-features --features cluster --test cluster notices`
//! `licenses/cluster.txt`; the run fails then, so that the new text is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const NOTICES: &str = if cfg!(feature = "cluster") {
    include_str!("../../licenses/cluster.txt")
} else {
    include_str!("../../licenses/third-party.txt")
};
/// Where they stand.
const FILE: &str =
    if cfg!(feature = "cluster") { "licenses/cluster.txt" } else { "licenses/third-party.txt" };
/// How files with a licence's text are called.
const NAMES: [&str; 5] = ["license", "licence", "copying", "unlicense", "notice"];

/// The features whose crates are looked at. Those that the build lacks may not be on this machine.
const FEATURES: &[&str] = if cfg!(feature = "cluster") {
    &["--no-default-features", "--features", "cluster"]
} else if cfg!(all(feature = "discord", feature = "video")) {
    &["--features", "discord,video"]
} else {
    &[]
};

/// What cargo says, about the crates of this system and no others.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(FEATURES)
        .args(["--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The crates that are linked into the program: name, version and licence.
fn linked() -> BTreeSet<(String, String, String)> {
    let tree = cargo(&["tree", "-e", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}\t{l}"]);
    let crate_of = |line: &str| {
        let (package, license) = line.split_once('\t')?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let license = license.trim_end_matches(" (*)");
        (name != "proximity").then(|| (name.to_owned(), version.to_owned(), license.to_owned()))
    };
    tree.lines().filter_map(crate_of).collect()
}

/// Where each crate's source lies, by name and version.
fn folders() -> BTreeMap<(String, String), PathBuf> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--filter-platform", &host()]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let folder = |package: &serde_json::Value| {
        let text = |key: &str| package[key].as_str().unwrap().to_owned();
        let manifest = PathBuf::from(text("manifest_path"));
        ((text("name"), text("version")), manifest.parent().unwrap().to_owned())
    };
    metadata["packages"].as_array().unwrap().iter().map(folder).collect()
}

fn host() -> String {
    let said = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    said.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// The licence texts of a crate, and of a library in another language that it builds. Of several to choose from the MIT licence alone, if it is among them.
fn texts(folder: &Path) -> Vec<String> {
    let folders = [folder.to_owned(), folder.join("upstream")];
    let entries =
        folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        let name = file.file_name().unwrap().to_str().unwrap_or_default().to_lowercase();
        file.is_file() && NAMES.iter().any(|start| name.starts_with(start))
    });
    files.sort();
    let is_mit = |file: &PathBuf| file.to_str().unwrap().to_lowercase().ends_with("mit");
    if files.iter().any(is_mit) {
        files.retain(is_mit);
    }
    let text = |file: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(file).unwrap()).replace('\r', "");
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
    };
    files.iter().map(text).collect()
}

/// The notices, crates with one text together.
fn notices() -> String {
    let folders = folders();
    let mut by_text: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (name, version, license) in linked() {
        let texts = texts(&folders[&(name.clone(), version.clone())]);
        by_text.entry(texts).or_default().push(format!("{name} {version} ({license})"));
    }
    let mut groups: Vec<(Vec<String>, Vec<String>)> =
        by_text.into_iter().map(|(texts, crates)| (crates, texts)).collect();
    groups.sort();
    let font =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scene/font/LICENSE")).unwrap();
    groups.push((vec!["IBM Plex Sans (OFL-1.1)".to_owned()], vec![font.trim().to_owned()]));
    let mut out = String::from("Proximity contains the following works of others.\n");
    for (crates, texts) in groups {
        let _ = write!(out, "\n{}\n{}\n", "=".repeat(80), crates.join("\n"));
        let texts = if texts.is_empty() {
            vec!["(The crate names its licence and has no text of it.)".to_owned()]
        } else {
            texts
        };
        for text in texts {
            let _ = write!(out, "{}\n{text}\n", "-".repeat(80));
        }
    }
    out
}

#[test]
fn every_crate_in_the_program_has_its_notice() {
    if std::env::var_os("UPDATE_NOTICES").is_some() {
        assert!(!FEATURES.is_empty(), "with discord and video, or their crates go missing");
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE), notices()).unwrap();
        panic!("{FILE} was written anew; look at it, then test again");
    }
    let named: BTreeSet<&str> = NOTICES.lines().collect();
    let missing: Vec<String> = linked()
        .into_iter()
        .map(|(name, version, license)| format!("{name} {version} ({license})"))
        .filter(|line| !named.contains(line.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "the head of tests/it/notices.rs says how to write {FILE} anew\nmissing: {missing:#?}"
    );
    assert!(named.contains("IBM Plex Sans (OFL-1.1)"));
}
