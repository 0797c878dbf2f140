//! The rounds that all tests are about: two maps, two months, as files, as a lake, and as a lake whose months are summed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::proximity;

/// Four weeks, s.
const FOUR_WEEKS: i64 = 28 * 24 * 3_600;

pub struct World {
    home: tempfile::TempDir,
    /// The tracker files.
    pub files: Vec<PathBuf>,
}

impl World {
    pub fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::new)
    }

    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut world = Self { home, files: Vec::new() };
        fs::write(world.at("secret"), "sixteen bytes of secret").unwrap();
        let session = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
        for file in fs::read_dir(session).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_name().unwrap().to_str().unwrap();
            if !name.ends_with("_engagements.txt") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let supply = text.replace("# map=proximity_demo", "# map=supply");
            world.write(&name.replace("proximity_demo", "supply"), &later(&supply));
            world.write(name, &text);
            world.write(&name.replace("2026-03-14", "2026-04-11"), &later(&text));
        }
        world.files.sort();
        for lake in [world.lake(), world.summed()] {
            proximity(&["lake", "init", &lake, "--secret-file", &world.at("secret")]);
        }
        // One by one, so that there are many sets of files to divide.
        for file in &world.files {
            world.add(file.to_str().unwrap(), &world.lake());
        }
        world.add(&world.rounds(), &world.summed());
        proximity(&["lake", "compact", &world.at("summed"), "--heat"]);
        world
    }

    fn write(&mut self, name: &str, text: &str) {
        let path = self.home.path().join("rounds").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self.files.push(path);
    }

    fn add(&self, input: &str, lake: &str) {
        proximity(&["lake", "add", input, "--to", lake, "--secret-file", &self.at("secret")]);
    }

    pub fn at(&self, name: &str) -> String {
        self.home.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn rounds(&self) -> String {
        self.at("rounds")
    }

    /// A lake of many small sets of files.
    pub fn lake(&self) -> String {
        self.at("lake")
    }

    /// The same rounds, compacted and summed.
    pub fn summed(&self) -> String {
        self.at("summed")
    }
}

/// The same round four weeks later.
fn later(text: &str) -> String {
    let line = |line: &str| {
        let unix = line.strip_prefix("# round_start_unix=").map(|number| ("start", number));
        match unix.or_else(|| line.strip_prefix("# round_end_unix=").map(|number| ("end", number))) {
            Some((which, number)) => {
                format!("# round_{which}_unix={}", number.parse::<i64>().unwrap() + FOUR_WEEKS)
            }
            None => line.to_owned(),
        }
    };
    text.lines().map(line).map(|line| line + "\n").collect()
}
