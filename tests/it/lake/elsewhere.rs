//! A lake that lies elsewhere: read from there, changed by several programs at once, and whole whenever one of them ends.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use proximity::lake::{Added, Grade, Lake, LakeError, LakeWriter, Place, Secret, Snapshot, Source};
use proximity::progress::Silent;
use proximity::{Round, Rounds};

use super::{by_hash, files, player, session_rounds};

/// Requests for a manifest are answered one by one, as a service does.
static ONE_BY_ONE: Mutex<()> = Mutex::new(());

/// A service that keeps files, in a folder, and breaks off after so many requests.
#[derive(Debug)]
struct Service {
    folder: PathBuf,
    left: AtomicUsize,
    fetched: Mutex<BTreeSet<PathBuf>>,
}

impl Service {
    fn ask(&self) -> io::Result<()> {
        let spend = |left: usize| left.checked_sub(1);
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend) {
            Ok(_) => Ok(()),
            Err(_) => Err(io::Error::other("the connection is gone")),
        }
    }

    fn manifest_now(&self) -> Option<Snapshot> {
        let text = fs::read_to_string(self.folder.join("_lake.json")).ok()?;
        let tag = format!("{:08x}", crc32fast::hash(text.as_bytes()));
        Some(Snapshot { text, tag })
    }
}

impl Source for Service {
    fn address(&self) -> &'static str {
        "over://there"
    }

    fn manifest(&self) -> io::Result<Option<Snapshot>> {
        self.ask()?;
        let _alone = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.manifest_now())
    }

    fn replace_manifest(&self, text: &str, tag: Option<&str>) -> io::Result<bool> {
        self.ask()?;
        let _alone = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
        if self.manifest_now().map(|found| found.tag).as_deref() != tag {
            return Ok(false);
        }
        fs::create_dir_all(&self.folder)?;
        fs::write(self.folder.join("_lake.json"), text).map(|()| true)
    }

    fn fetch(&self, file: &Path, out: &mut (dyn Write + Send)) -> io::Result<()> {
        self.ask()?;
        assert!(self.fetched.lock().unwrap().insert(file.to_owned()), "{} is fetched twice", file.display());
        out.write_all(&fs::read(self.folder.join(file))?)
    }

    fn send(&self, file: &Path, from: &Path) -> io::Result<()> {
        self.ask()?;
        let to = self.folder.join(file);
        assert!(!to.exists(), "{} is there already", file.display());
        fs::create_dir_all(to.parent().unwrap())?;
        fs::copy(from, to).map(|_| ())
    }

    fn files(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.ask()?;
        let folder = self.folder.join(folder);
        let found = if folder.is_dir() { files(&folder) } else { Vec::new() };
        Ok(found.iter().map(|path| path.strip_prefix(&self.folder).unwrap().to_owned()).collect())
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.ask()?;
        match fs::remove_file(self.folder.join(file)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        fs::write(world.0.path().join("secret"), "sixteen bytes of secret").unwrap();
        LakeWriter::init(world.place("first").1, &world.secret()).unwrap();
        world
    }

    fn secret(&self) -> Secret {
        Secret::of_file(&self.0.path().join("secret"), &self.there()).unwrap()
    }

    fn there(&self) -> PathBuf {
        self.0.path().join("there")
    }

    /// The lake as a program sees it that keeps what it has read in a folder of this name.
    fn place(&self, here: &str) -> (Arc<Service>, Place) {
        let service = Arc::new(Service {
            folder: self.there(),
            left: AtomicUsize::new(usize::MAX),
            fetched: Mutex::default(),
        });
        (service.clone(), Place::elsewhere(service, self.0.path().join(here)))
    }

    fn add(&self, here: &str, rounds: &[Round]) -> Added {
        let secret = self.secret();
        LakeWriter::change(self.place(here).1, |writer| writer.add(rounds.to_vec(), &secret)).unwrap()
    }

    /// What is there when it is read as a folder, which must be whole.
    fn check(&self, expected: &[Round], when: &str) {
        let checked = Lake::open(self.there()).unwrap().check(&Silent);
        assert_eq!(checked.faults, Vec::<String>::new(), "{when}");
        let found = Rounds::lake(self.there()).unwrap().to_vec().unwrap();
        assert_eq!(by_hash(found), by_hash(expected.to_vec()), "{when}");
    }

    fn notes(&self) -> Vec<String> {
        Lake::open(self.there()).unwrap().check(&Silent).notes
    }
}

#[test]
fn it_is_read_and_changed_as_one_in_a_folder() {
    let world = World::new();
    let rounds = session_rounds();
    assert_eq!(world.add("one", &rounds[..2]).new, 2);
    let added = world.add("two", &rounds);
    assert_eq!((added.new, added.known), (rounds.len() - 2, 2));
    world.check(&rounds, "after two imports");
    let (service, place) = world.place("three");
    let read = Rounds::lake(&place).unwrap().to_vec().unwrap();
    assert_eq!(by_hash(read), by_hash(rounds.clone()));
    // What is here already is not fetched again.
    let fetched = service.fetched.lock().unwrap().len();
    Rounds::lake(&place).unwrap().to_vec().unwrap();
    assert_eq!(service.fetched.lock().unwrap().len(), fetched);
    LakeWriter::change(&place, |writer| writer.compact(&Silent)).unwrap();
    LakeWriter::change(&place, |writer| writer.compact(&Silent)).unwrap();
    world.check(&rounds, "compacted");
    assert_eq!(world.notes(), Vec::<String>::new());
    let error = LakeWriter::init(&place, &world.secret()).unwrap_err();
    assert!(error.to_string().contains("over://there holds a lake already"), "{error}");
}

#[test]
fn an_import_fetches_nothing_but_the_headers_of_its_months() {
    let world = World::new();
    let rounds = session_rounds();
    world.add("one", &rounds[..3]);
    let (service, place) = world.place("two");
    LakeWriter::open(place).unwrap().add(rounds[3..].to_vec(), &world.secret()).unwrap();
    let fetched = service.fetched.lock().unwrap().clone();
    let tables: BTreeSet<&str> =
        fetched.iter().map(|file| file.iter().next().unwrap().to_str().unwrap()).collect();
    assert_eq!(tables, BTreeSet::from(["players", "rounds"]));
}

#[test]
fn several_programs_at_once_add_each_round_once() {
    let world = World::new();
    let rounds = session_rounds();
    // Neighbours share rounds.
    let shares: Vec<Vec<Round>> =
        (0..4).map(|of| [&rounds[of..=of], &rounds[(of + 1) % 4..=(of + 1) % 4]].concat()).collect();
    let new: usize = std::thread::scope(|scope| {
        let world = &world;
        let writers: Vec<_> = (shares.iter().enumerate())
            .map(|(of, share)| scope.spawn(move || world.add(&of.to_string(), share).new))
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    assert_eq!(new, 4);
    world.check(&rounds[..4], "after all of them");
    LakeWriter::change(world.place("last").1, |writer| writer.compact(&Silent)).unwrap();
    LakeWriter::change(world.place("last").1, |writer| writer.compact(&Silent)).unwrap();
    assert_eq!(world.notes(), Vec::<String>::new(), "those who had to begin anew left nothing");
}

#[test]
fn a_change_that_came_too_late_says_so_and_leaves_nothing() {
    let world = World::new();
    let rounds = session_rounds();
    let late = LakeWriter::open(world.place("late").1).unwrap();
    world.add("early", &rounds[..1]);
    let error = late.add(rounds[1..].to_vec(), &world.secret()).unwrap_err();
    assert!(matches!(error, LakeError::Changed(_)), "{error}");
    world.check(&rounds[..1], "after the early one");
    assert_eq!(world.notes(), Vec::<String>::new());
}

#[test]
fn a_change_that_breaks_off_anywhere_loses_nothing_and_doubles_nothing() {
    let world = World::new();
    let rounds = session_rounds();
    world.add("before", &rounds[..1]);
    for requests in 0.. {
        let (service, place) = world.place(&format!("broken {requests}"));
        service.left.store(requests, Ordering::SeqCst);
        let secret = world.secret();
        let done = LakeWriter::open(place).and_then(|writer| writer.add(rounds.clone(), &secret));
        let there = Rounds::lake(world.there()).unwrap().len();
        assert!(there == 1 || there == rounds.len(), "{there} rounds after {requests} requests");
        world.check(&rounds[..there], &format!("after {requests} requests"));
        if done.is_ok() {
            break;
        }
    }
    world.add("after", &rounds);
    LakeWriter::change(world.place("after").1, |writer| writer.compact(&Silent)).unwrap();
    LakeWriter::change(world.place("after").1, |writer| writer.compact(&Silent)).unwrap();
    world.check(&rounds, "after all of it");
    assert_eq!(world.notes(), Vec::<String>::new(), "what was left is removed");
}

#[test]
fn a_player_who_is_forgotten_there_is_in_no_file() {
    let (guid, name) = player();
    let world = World::new();
    let rounds = session_rounds();
    world.add("one", &rounds[..2]);
    // An import that began before must not bring the player back.
    let late = LakeWriter::open(world.place("late").1).unwrap();
    let secret = world.secret();
    let forget = |writer: LakeWriter| writer.forget(&guid, Grade::Lives, &secret, &Silent);
    let forgotten = LakeWriter::change(world.place("forget").1, forget).unwrap();
    assert!(forgotten.lives > 0, "{forgotten:?}");
    late.add(rounds[2..].to_vec(), &secret).unwrap_err();
    world.add("again", &rounds);
    for folder in [world.there(), world.0.path().join("forget"), world.0.path().join("again")] {
        for path in files(&folder) {
            let bytes = fs::read(&path).unwrap();
            let holds = |text: &str| bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes());
            assert!(!holds(guid.as_str()) && !holds(&name), "{} holds it", path.display());
        }
    }
    assert_eq!(world.notes(), Vec::<String>::new());
}

#[test]
fn what_is_no_part_of_the_lake_any_more_is_not_kept_here() {
    let world = World::new();
    let rounds = session_rounds();
    world.add("one", &rounds[..1]);
    world.add("one", &rounds);
    let (_, place) = world.place("reader");
    Rounds::lake(&place).unwrap().to_vec().unwrap();
    let here = world.0.path().join("reader");
    let kept = files(&here);
    for _ in 0..2 {
        LakeWriter::change(world.place("writer").1, |writer| writer.compact(&Silent)).unwrap();
    }
    Lake::open(&place).unwrap();
    assert_eq!(files(&here), kept, "another program may still read them");
    let before = SystemTime::now() - Duration::from_hours(2);
    for path in &kept {
        fs::File::options().write(true).open(path).unwrap().set_modified(before).unwrap();
    }
    Lake::open(&place).unwrap();
    let left = files(&here);
    assert!(left.len() < kept.len(), "{left:?}");
    assert_eq!(by_hash(Rounds::lake(&place).unwrap().to_vec().unwrap()), by_hash(rounds));
}

#[test]
fn no_lake_there_is_said_with_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let world = World(folder);
    let error = Lake::open(world.place("here").1).unwrap_err().to_string();
    assert!(error.contains("there is no lake in over://there"), "{error}");
    // A fault of the way is not an empty lake.
    let (service, place) = world.place("here");
    service.left.store(0, Ordering::SeqCst);
    let error = Lake::open(place).unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("the connection is gone"), "{error}: {why}");
}
