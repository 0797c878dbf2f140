//! Lakes: what goes in comes out, exactly once, and what is forgotten is gone.

mod columns;
mod cube;
mod elsewhere;
mod heat;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use proximity::lake::{Grade, Lake, LakeWriter, Secret};
use proximity::model::{Guid, GuidKind, Tails};
use proximity::progress::Silent;
use proximity::{Filter, Round, Rounds};

use super::cli::{run, said, session};

/// A folder with a secret and an empty lake.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::write(home.secret_file(), "sixteen bytes of secret").unwrap();
        LakeWriter::init(home.lake(), &home.secret()).unwrap();
        home
    }

    fn lake(&self) -> PathBuf {
        self.0.path().join("lake")
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn secret_file(&self) -> PathBuf {
        self.0.path().join("secret")
    }

    fn secret(&self) -> Secret {
        Secret::of_file(&self.secret_file(), &self.lake()).unwrap()
    }

    fn add(&self, rounds: Vec<Round>) -> proximity::lake::Added {
        LakeWriter::open(self.lake()).unwrap().add(rounds, &self.secret()).unwrap()
    }

    /// The program's arguments to add a folder.
    fn add_words<'a>(input: &'a str, lake: &'a str, secret: &'a str) -> [&'a str; 7] {
        ["lake", "add", input, "--to", lake, "--secret-file", secret]
    }

    /// Every round of the lake by its hash.
    fn rounds(&self) -> BTreeMap<String, Round> {
        by_hash(Rounds::open(format!("lake:{}", self.lake().display())).unwrap().to_vec().unwrap())
    }

    /// Every value of every table, a line a row.
    fn text(&self) -> String {
        let mut text = String::new();
        for path in files(&self.lake()) {
            if path.extension().is_some_and(|ending| ending == "parquet") {
                let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
                for row in reader.get_row_iter(None).unwrap() {
                    text.push_str(&row.unwrap().to_string());
                    text.push('\n');
                }
            } else {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
        text
    }
}

fn by_hash(rounds: Vec<Round>) -> BTreeMap<String, Round> {
    let count = rounds.len();
    let map: BTreeMap<_, _> =
        rounds.into_iter().map(|round| (round.meta.content_hash.to_string(), round)).collect();
    assert_eq!(map.len(), count, "a round is there twice");
    map
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn session_rounds() -> Vec<Round> {
    Rounds::open(session()).unwrap().to_vec().unwrap()
}

/// A player who is in every round of the sample session.
fn player() -> (Guid, String) {
    let rounds = session_rounds();
    let track = rounds[0].tracks.iter().find(|track| track.guid.kind() == GuidKind::Person).unwrap();
    (track.guid.clone(), track.name.as_str().to_owned())
}

#[test]
fn what_goes_into_a_lake_comes_out() {
    let home = Home::new();
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/good");
    let mut inputs = session_rounds();
    inputs.extend(Rounds::open(good).unwrap().to_vec().unwrap());
    let added = home.add(inputs.clone());
    let found = home.rounds();
    assert!(added.new >= 8 && found.len() == added.new, "{added:?}");
    for round in &inputs {
        if let Some(found) = found.get(&*round.meta.content_hash) {
            assert!(found == round, "{:?} comes out otherwise", round.meta.file_name);
        }
    }
    let again = home.add(inputs);
    assert_eq!((again.new, again.known), (0, added.new + added.known));
    let checked = Lake::open(home.lake()).unwrap().check(&Silent);
    assert_eq!((checked.faults, checked.notes), (Vec::new(), Vec::new()));
    LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap();
    assert!(home.rounds() == found, "compacting changed a round");
}

#[test]
fn values_that_are_no_tenths_come_out_to_the_last_bit() {
    let home = Home::new();
    let mut round = session_rounds().swap_remove(0);
    let odd = [0.123_456, -0.0, 1e30, f32::MIN_POSITIVE, 131_072.06];
    for (sample, odd) in round.tracks[0].samples.iter_mut().zip(odd) {
        sample.at.x = odd;
        sample.speed_ups = odd;
    }
    home.add(vec![round.clone()]);
    let found = home.rounds().into_values().next().unwrap();
    for (a, b) in found.tracks[0].samples.iter().zip(&round.tracks[0].samples) {
        assert_eq!((a.at.x.to_bits(), a.speed_ups.to_bits()), (b.at.x.to_bits(), b.speed_ups.to_bits()));
    }
}

#[test]
fn columns_behind_the_ten_come_out_as_they_stood() {
    const TAILS: [&str; 12] = [
        "90,20000,0,16,-320,0,5",
        "-1,-2147483648,2147483647,0,-32768,32767,0",
        "1,2147483648,0,0,0,0,0",
        "32768,0,0,0,0,0,0",
        "007,0,0,0,0,0,0",
        "-0,0,0,0,0,0,0",
        "+1,0,0,0,0,0,0",
        "1,,0,0,0,0,0",
        "1,2,3,4,5,6,",
        "1,2,3,4,5,6,7,8",
        "1,2,3",
        "",
    ];
    let home = Home::new();
    let mut round = session_rounds().swap_remove(0);
    let track = &mut round.tracks[0];
    track.tails = Tails::default();
    for (_, tail) in track.samples.iter().zip(TAILS.into_iter().cycle()) {
        track.tails.push(tail);
    }
    assert!(track.tails.len() > TAILS.len());
    home.add(vec![round.clone()]);
    let found = home.rounds().into_values().next().unwrap();
    assert!(found.tracks[0].tails == round.tracks[0].tails);
}

#[test]
fn a_lakes_picture_is_its_files_picture() {
    let home = Home::new();
    // One by one, so that the rounds lie in several parts.
    for round in session_rounds() {
        home.add(vec![round]);
    }
    let (session, lake) = (session(), home.lake());
    let (session, lake) = (session.to_str().unwrap(), lake.to_str().unwrap());
    let (guid, _) = player();
    let commands: [&[&str]; 7] = [
        &["heatmap", "--mode", "panels", "--size", "256"],
        &["heatmap", "--weight", "visits", "--team", "axis", "--size", "256"],
        &["paths", "--round", "1", "--size", "256"],
        &["exits", "--size", "256"],
        &["kills", "--size", "256"],
        &["life", "--player", guid.as_str(), "--longest", "--size", "256"],
        &["replay", "--player", guid.as_str(), "--align", "spawn", "--size", "256", "--life-window", "0..3"],
    ];
    let together = Home::new();
    together.add(session_rounds().into_iter().take(2).collect());
    together.add(session_rounds());
    let compacted = together.at("lake");
    assert!(said(&["lake", "compact", &compacted]).contains("2 sets of files before, 1 now"));
    let (of_files, of_lake) = (home.at("files.png"), home.at("lake.png"));
    for words in commands {
        said(&[words, &[session, "--out", &of_files]].concat());
        let expected = fs::read(&of_files).unwrap();
        for lake in [lake, &compacted] {
            said(&[words, &["--lake", lake, "--out", &of_lake]].concat());
            assert!(fs::read(&of_lake).unwrap() == expected, "{words:?} differs");
        }
        said(&["redo", &of_files, "--lake", lake]);
        assert!(fs::read(&of_files).unwrap() == expected, "{words:?} made again");
    }
}

#[test]
fn a_better_copy_takes_the_place_of_a_worse_one() {
    let home = Home::new();
    let rounds = session_rounds();
    let mut cut = rounds[0].clone();
    cut.tracks.truncate(5);
    cut.meta.complete = false;
    cut.meta.content_hash = "0".repeat(64).into();
    home.add(vec![cut.clone(), rounds[1].clone()]);
    let added = home.add(vec![rounds[0].clone()]);
    assert_eq!((added.new, added.better), (1, 1));
    assert_eq!(home.rounds(), by_hash(rounds[..2].to_vec()));
    let again = home.add(vec![cut]);
    assert_eq!((again.new, again.known), (0, 1), "the worse copy does not come back");
    let checked = Lake::open(home.lake()).unwrap().check(&Silent);
    assert_eq!(checked.faults, Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_a_lake_that_is_asked_for_is_told() {
    let home = Home::new();
    let (lake, picture) = (home.at("lake"), home.at("x.png"));
    let said = |words: &[&str], code: i32| {
        let output = run(words);
        assert_eq!(output.status.code(), Some(code), "{words:?} {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for words in [
        &["heatmap", &lake, "--out", &picture][..],
        &["serve", &lake],
        &["check", &lake],
        &["watch", &lake, "--once"],
    ] {
        let said = said(words, 2);
        assert!(
            said.contains(&format!(
                "is a lake, not a folder of tracker files: pictures are drawn from it with --lake {lake}, \
                 and `proximity lake check {lake}` checks it"
            )),
            "{said}"
        );
    }
    let empty = format!("{lake} is an empty lake; `proximity lake add`");
    for words in [&["heatmap", "--lake", &lake, "--out", &picture][..], &["serve", "--lake", &lake]] {
        assert!(said(words, 2).contains(&empty), "{words:?}");
    }
    assert!(said(&["lake", "files", &lake], 0).contains(&empty));

    home.add(session_rounds());
    let files = |map: &str| said(&["lake", "files", &lake, "--map", map], 2);
    let near = files("proximity_demp");
    assert!(near.contains("no round of the map \"proximity_demp\"; did you mean proximity_demo?"), "{near}");
    assert!(files("goldrush").contains("there are: proximity_demo"), "{}", files("goldrush"));
    assert_eq!(said(&["lake", "files", &lake, "--map", "Proximity_Demo"], 0), "");
}

#[test]
fn an_unknown_player_is_told_before_and_after_the_confirmation() {
    let home = Home::new();
    home.add(session_rounds());
    let (lake, secret) = (home.at("lake"), home.at("secret"));
    let words = |guid: &str, more: &[&str]| -> Vec<String> {
        let words = ["lake", "forget", guid, "--lake", &lake, "--secret-file", &secret];
        [&words[..], more].concat().into_iter().map(str::to_owned).collect()
    };
    let done = |guid: &str, more: &[&str]| {
        let words = words(guid, more);
        run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let before = home.text();
    let unknown = "0".repeat(31) + "1";
    for more in [&[][..], &["--yes"], &["--erase"], &["--erase", "--yes"]] {
        let refused = done(&unknown, more);
        assert_eq!(refused.status.code(), Some(2), "{more:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(&unknown) && said.contains("--table players"), "{said}");
    }
    let guid = player().0.as_str().to_owned();
    let said = |more: &[&str]| {
        let output = done(&guid, more);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(said(&[]).contains("there under 1 name; this cannot be undone"));
    assert_eq!(home.text(), before, "nothing was confirmed");
    assert!(said(&["--yes"]).contains("forgotten under 1 name"));
    for more in [&[][..], &["--yes"]] {
        assert!(said(more).contains("forgotten already"));
    }
    assert!(said(&["--erase"]).contains("would forget and erase"), "lives are there still");
    assert!(said(&["--erase", "--yes"]).contains("erased"));
    assert!(said(&["--erase"]).contains("forgotten already"));
}

#[test]
fn a_forgotten_player_is_in_no_file() {
    let (guid, name) = player();
    for grade in [Grade::Name, Grade::Lives] {
        let home = Home::new();
        for round in session_rounds() {
            home.add(vec![round]);
        }
        LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap();
        let before = home.text();
        assert!(before.contains(guid.as_str()) && before.contains(&name));
        let lives = session_rounds().iter().flat_map(|r| &r.tracks).filter(|t| t.guid == guid).count();
        let small = Guid::new(guid.as_str().to_lowercase());
        let writer = LakeWriter::open(home.lake()).unwrap();
        let forgotten = writer.forget(&small, grade, &home.secret(), &Silent).unwrap();
        assert_eq!(forgotten.names, 1);
        assert_eq!(forgotten.lives, if grade == Grade::Lives { lives } else { 0 });
        let gone = |when: &str| {
            let text = home.text();
            assert!(!text.contains(guid.as_str()), "the guid is there {when}");
            assert!(!text.contains(&name), "the name is there {when}");
            for path in files(&home.lake()) {
                let bytes = fs::read(&path).unwrap();
                let holds = |text: &str| bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes());
                assert!(!holds(guid.as_str()) && !holds(&name), "{} holds it {when}", path.display());
            }
            let found = home.rounds();
            let tracks = found.values().map(|round| round.tracks.len()).sum::<usize>();
            let all = session_rounds().iter().map(|round| round.tracks.len()).sum::<usize>();
            assert_eq!(tracks, if grade == Grade::Lives { all - lives } else { all }, "{when}");
            let checked = Lake::open(home.lake()).unwrap().check(&Silent);
            assert_eq!((checked.faults, checked.notes), (Vec::new(), Vec::new()), "{when}");
        };
        gone("at once");
        assert_eq!(home.add(session_rounds()).new, 0);
        // A round that was not there before.
        let mut other = session_rounds().swap_remove(0);
        other.meta.content_hash = "1".repeat(64).into();
        other.meta.start_unix = other.meta.start_unix.map(|unix| unix + 86_400);
        assert_eq!(home.add(vec![other]).new, 1);
        let text = home.text();
        assert!(!text.contains(guid.as_str()) && !text.contains(&name), "an import brought the player back");
        LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap();
        let text = home.text();
        assert!(!text.contains(guid.as_str()) && !text.contains(&name), "compacting brought the player back");
    }
}

#[test]
fn a_name_in_the_words_of_objectives_is_forgotten_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/named_in_objectives");
    let round = Rounds::open(folder).unwrap().to_vec().unwrap().swap_remove(0);
    let guid = round.tracks[0].guid.clone();
    for grade in [Grade::Name, Grade::Lives] {
        let home = Home::new();
        home.add(vec![round.clone()]);
        LakeWriter::open(home.lake()).unwrap().forget(&guid, grade, &home.secret(), &Silent).unwrap();
        let mut other = round.clone();
        other.meta.content_hash = "1".repeat(64).into();
        other.meta.start_unix = other.meta.start_unix.map(|unix| unix + 86_400);
        assert_eq!(home.add(vec![other]).new, 1);
        let said = format!("{:?}", home.rounds()).to_lowercase();
        for gone in ["alpha's", "by_alpha", "al^7pha", &guid.as_str().to_lowercase()] {
            assert!(
                !said.contains(gone) && !home.text().to_lowercase().contains(gone),
                "{grade:?} {gone}: {said}"
            );
        }
        assert_eq!(said.matches("the alphabet gate, ").count(), 2, "{said}");
        let checked = Lake::open(home.lake()).unwrap().check(&Silent);
        assert_eq!((checked.faults, checked.notes), (Vec::new(), Vec::new()));
    }
}

#[test]
fn an_import_that_is_killed_anywhere_loses_nothing_and_doubles_nothing() {
    let home = Home::new();
    let (input, lake, secret) = (home.at("rounds"), home.at("lake"), home.at("secret"));
    let few = ["--rounds", "2", "--players", "3", "--round-seconds", "60", "--interval-ms", "500"];
    said(&[&["sample", "--out", &input][..], &few].concat());
    let expected = by_hash(Rounds::open(&input).unwrap().to_vec().unwrap());
    let words = Home::add_words(&input, &lake, &secret);
    let whole = {
        let other = Home::new();
        let began = Instant::now();
        said(&Home::add_words(&input, &other.at("lake"), &secret));
        began.elapsed()
    };
    for point in 0..50_u32 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proximity"));
        let mut child = command.args(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * point / 50);
        let _ = child.kill();
        child.wait().unwrap();
        // Whatever is there is whole, each round once.
        let found = home.rounds();
        assert!(found.is_empty() || found == expected, "point {point}: {} rounds", found.len());
        let checked = Lake::open(home.lake()).unwrap().check(&Silent);
        assert_eq!(checked.faults, Vec::<String>::new(), "point {point}");
        if found == expected {
            // From the beginning, so that later points are tried, too.
            fs::remove_dir_all(home.lake()).unwrap();
            LakeWriter::init(home.lake(), &home.secret()).unwrap();
        }
    }
    said(&words);
    assert!(home.rounds() == expected);
    let checked = Lake::open(home.lake()).unwrap().check(&Silent);
    assert_eq!(
        (checked.faults, checked.notes),
        (Vec::new(), Vec::new()),
        "what a killed import left is removed"
    );
}

#[test]
fn several_writers_with_the_same_rounds_add_them_once() {
    let home = Home::new();
    let (session, lake, secret) = (session(), home.at("lake"), home.at("secret"));
    let words = Home::add_words(session.to_str().unwrap(), &lake, &secret);
    let mut children: Vec<_> = (0..4)
        .map(|_| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_proximity"));
            command.args(words).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    assert_eq!(home.rounds(), by_hash(session_rounds()));
    let checked = Lake::open(home.lake()).unwrap().check(&Silent);
    assert_eq!((checked.faults, checked.notes), (Vec::new(), Vec::new()));
}

#[test]
fn a_writer_waits_for_the_one_before() {
    let home = Home::new();
    let first = LakeWriter::open(home.lake()).unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| home.add(session_rounds()));
        std::thread::sleep(Duration::from_millis(200));
        assert!(!second.is_finished());
        let added = first.add(session_rounds(), &home.secret()).unwrap();
        assert_eq!((added.new, second.join().unwrap().known), (4, 4));
    });
}

#[test]
fn the_secret_lies_outside_and_stays_the_same() {
    let home = Home::new();
    let inside = home.lake().join("secret");
    fs::copy(home.secret_file(), &inside).unwrap();
    let said = Secret::of_file(&inside, &home.lake()).unwrap_err().to_string();
    assert!(said.contains("outside of the lake"), "{said}");
    fs::write(home.secret_file(), "another secret of some bytes").unwrap();
    let writer = LakeWriter::open(home.lake()).unwrap();
    let said = writer.add(session_rounds(), &home.secret()).unwrap_err().to_string();
    assert!(said.contains("another secret"), "{said}");
    let lake = home.at("lake");
    let output = run(&["lake", "init", &lake, "--secret-file", &home.at("secret")]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("holds a lake already"));
}

#[test]
fn a_damaged_file_is_named() {
    let home = Home::new();
    home.add(session_rounds());
    let samples = files(&home.lake().join("samples")).swap_remove(0);
    let bytes = fs::read(&samples).unwrap();
    for cut in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&samples, &bytes[..cut]).unwrap();
        let checked = Lake::open(home.lake()).unwrap().check(&Silent);
        assert!(checked.faults.iter().any(|fault| fault.contains(samples.to_str().unwrap())), "{checked:?}");
    }
    // Whatever a byte becomes, it is found, reading ends, and no change carries it on.
    let guid = session_rounds()[0].tracks[0].guid.clone();
    let mut readable = 0;
    for place in (0..bytes.len()).step_by(bytes.len() / 60) {
        let mut other = bytes.clone();
        other[place] ^= 0x55;
        fs::write(&samples, other).unwrap();
        let lake = Lake::open(home.lake()).unwrap();
        let faults = lake.check(&Silent).faults;
        assert!(faults.len() == 1 && faults[0].contains("is not as it was written"), "{place}: {faults:?}");
        let forgotten =
            LakeWriter::open(home.lake()).unwrap().forget(&guid, Grade::Lives, &home.secret(), &Silent);
        let told = forgotten.unwrap_err().to_string();
        // Where all rounds can be read, none but the checksum knows.
        if lake.rounds().unwrap().iter().all(|round| lake.load(round).is_ok()) {
            readable += 1;
            assert!(told.contains("is not as it was written"), "{place}: {told}");
        }
    }
    assert!(readable > 0);
    let mut more = session_rounds().swap_remove(0);
    more.meta.content_hash = "2".repeat(64).into();
    more.meta.start_unix = more.meta.start_unix.map(|unix| unix + 86_400);
    assert_eq!(home.add(vec![more]).new, 1);
    let told = LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap_err().to_string();
    assert!(told.contains(samples.to_str().unwrap()) && told.contains("is not as it was written"), "{told}");
    fs::write(&samples, &bytes).unwrap();
    LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap();
}

#[test]
fn damage_to_a_small_table_is_found_before_it_is_read() {
    for table in ["rounds", "lives", "engagements", "players"] {
        let home = Home::new();
        home.add(session_rounds());
        let path = files(&home.lake().join(table)).swap_remove(0);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 3;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        let (lake, out) = (home.at("lake"), home.at("p.png"));
        // A heatmap needs no engagement.
        let figure = if table == "engagements" { "kills" } else { "heatmap" };
        let output = run(&[figure, "--lake", &lake, "--size", "256", "--out", &out]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains("is not as it was written"), "{table}: {told}");
        assert!(told.contains(path.to_str().unwrap()), "{table}: {told}");
    }
}

#[test]
fn maps_and_months_have_folders_of_their_own() {
    let home = Home::new();
    let mut rounds = session_rounds();
    rounds[0].meta.map = "Te/../st".into();
    rounds[1].meta.stamp = rounds[1].meta.stamp.map(|stamp| stamp.with().month(7).build().unwrap());
    home.add(rounds);
    let folders: Vec<String> = files(&home.lake().join("samples"))
        .iter()
        .map(|path| path.strip_prefix(home.lake()).unwrap().parent().unwrap().to_str().unwrap().to_owned())
        .collect();
    let wanted = [
        "samples/v=1/map=proximity_demo/month=2026-03",
        "samples/v=1/map=proximity_demo/month=2026-07",
        "samples/v=1/map=te%2F%2E%2E%2Fst/month=2026-03",
    ];
    assert_eq!(folders, wanted);
    let rounds = Rounds::open(format!("lake:{}", home.lake().display())).unwrap();
    let july = Filter::new().map("TE/../ST");
    assert_eq!(rounds.select(&july).rounds().unwrap().rounds.len(), 1);
}

#[test]
fn the_page_on_tables_says_what_the_columns_are() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/lake.md");
    let text = fs::read_to_string(page).unwrap();
    let tables = proximity::lake::markdown();
    assert!(text.ends_with(&tables), "schema/lake.md does not end with:\n{tables}");
}
