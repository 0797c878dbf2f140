//! Sums of whole months: pictures are the same with them, without them, and from files.

use std::fs;
use std::path::{Path, PathBuf};

use proximity::analysis::SumsWanted;
use proximity::figure::heatmap::{By, HeatmapSpec, Mode, Normalize};
use proximity::figure::{Crop, heat_grids};
use proximity::lake::{Grade, Lake, LakeWriter, Summed};
use proximity::model::Guid;
use proximity::progress::Silent;
use proximity::{
    Bots, Class, Drawing, EachRound as _, Figure, Filter, Heatmap, Layout, Maps, Rounds, State, Team,
};

use super::{Home, files, player, session};
use crate::cli::{run, said};

/// The sample session's rounds on three maps in two months: one whose extent holds them, one that is too small for them, and
/// one that lies beside them in part.
const ROUNDS: [(&str, &str); 4] =
    [("proximity_demo", "03"), ("2dom1", "03"), ("adlernest", "03"), ("proximity_demo", "04")];
const MAPS: [&str; 3] = ["proximity_demo", "2dom1", "adlernest"];
/// Seconds from March to April.
const MONTH_S: i64 = 31 * 86_400;

/// Writes the rounds as files. Gives the folder.
fn season(home: &Home) -> PathBuf {
    let folder = PathBuf::from(home.at("season"));
    fs::create_dir_all(&folder).unwrap();
    for (path, (map, month)) in
        files(&session()).iter().filter(|path| path.extension().unwrap() == "txt").zip(ROUNDS)
    {
        let mut text = fs::read_to_string(path).unwrap().replace("map=proximity_demo", &format!("map={map}"));
        if month == "04" {
            for key in ["# round_start_unix=", "# round_end_unix="] {
                let at = text.find(key).unwrap() + key.len();
                let end = at + text[at..].find('\n').unwrap();
                let later = text[at..end].trim().parse::<i64>().unwrap() + MONTH_S;
                text.replace_range(at..end, &later.to_string());
            }
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let name = name.replace("proximity_demo", map).replace("2026-03", &format!("2026-{month}"));
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

impl Home {
    /// Sums every month as the program does.
    fn sum(&self) -> Summed {
        let library = Maps::default().library().unwrap();
        let grids = |map: &str| heat_grids(&library.find(map).unwrap()?.extent.rect);
        LakeWriter::open(self.lake()).unwrap().sum(grids, &Silent).unwrap()
    }

    fn open(&self) -> Rounds {
        Rounds::open(format!("lake:{}", self.lake().display())).unwrap()
    }

    fn faults(&self) -> Vec<String> {
        let checked = Lake::open(self.lake()).unwrap().check(&Silent);
        assert_eq!(checked.notes, Vec::<String>::new());
        checked.faults
    }

    /// Takes the samples out of the lake, or puts them back: what is drawn then is drawn from sums.
    fn without_samples<T>(&self, draw: impl FnOnce() -> T) -> T {
        let (there, away) = (self.lake().join("samples"), self.0.path().join("away"));
        fs::rename(&there, &away).unwrap();
        let drawn = draw();
        fs::rename(&away, &there).unwrap();
        drawn
    }
}

fn draw(rounds: &Rounds, heatmap: &Heatmap, filter: &Filter) -> Result<Drawing, proximity::Error> {
    let map = Maps::default().library()?.find(&filter.maps[0])?.unwrap();
    heatmap.draw(&rounds.select(filter), &map, Layout::landscape(128))
}

/// Questions that sums answer.
fn questions() -> Vec<(Heatmap, Filter)> {
    let spec = |spec: HeatmapSpec| Heatmap { spec, ..Heatmap::default() };
    let contour =
        HeatmapSpec { normalize: Normalize::Log, contour_percent: Some(50.0), ..HeatmapSpec::default() };
    let all = Filter::new;
    vec![
        (Heatmap::by_state(), all()),
        (Heatmap::plain(), all().bots(Bots::Include)),
        (Heatmap::by_team(), all().bots(Bots::Only)),
        (Heatmap::by_class(), all().bots(Bots::Include)),
        (Heatmap::by_state().mode(Mode::Panels), all().team(Team::Axis)),
        (Heatmap::by_team(), all().class(Class::Medic).class(Class::Engineer)),
        (Heatmap::by_state().mode(Mode::Share(State::Sprint)), all().team(Team::Allies).bots(Bots::Include)),
        (Heatmap::by_class(), all().states(&[State::Sprint])),
        (Heatmap::by_state(), all().states(&[State::Prone, State::Crouch]).class(Class::Soldier)),
        (spec(contour), all()),
        (
            spec(HeatmapSpec { by: By::None, sigma_units: Some(90.0), ..HeatmapSpec::default() }),
            all().team(Team::Axis),
        ),
    ]
}

#[test]
fn a_heatmap_is_the_same_with_sums_without_and_from_files() {
    let home = Home::new();
    let folder = season(&home);
    let from_files = Rounds::open(&folder).unwrap();
    home.add(from_files.to_vec().unwrap());
    let without = home.open();
    let of_map = |(heatmap, filter): (Heatmap, Filter), map: &str| (heatmap, filter.map(map));
    let mut expected = Vec::new();
    for map in MAPS {
        // All of them on one map.
        let most = if map == MAPS[0] { usize::MAX } else { 4 };
        for (heatmap, filter) in questions().into_iter().take(most).map(|question| of_map(question, map)) {
            let drawn = draw(&from_files, &heatmap, &filter);
            let again = draw(&without, &heatmap, &filter);
            match (drawn, again) {
                (Ok(drawn), Ok(again)) => {
                    assert!(drawn == again, "without sums: {map} {filter:?}");
                    expected.push((heatmap, filter, drawn));
                }
                // Not every kind of life is on every map.
                (Err(drawn), Err(again)) => assert_eq!(drawn.to_string(), again.to_string()),
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(expected.len() > 15, "{}", expected.len());
    assert!(expected.iter().any(|(.., drawing)| drawing.recipe.counts.off_map > 0));
    let summed = home.sum();
    assert_eq!((summed.new, summed.known, summed.unknown), (4, 0, Vec::new()));
    assert_eq!(home.sum().known, 4, "they are there already");
    assert_eq!(home.faults(), Vec::<String>::new());
    let with = home.open();
    home.without_samples(|| {
        for (heatmap, filter, drawing) in &expected {
            let drawn = draw(&with, heatmap, filter).unwrap();
            assert!(drawn.recipe == drawing.recipe, "with sums: {:#?} {:#?}", drawn.recipe, drawing.recipe);
            assert!(drawn.scene == drawing.scene, "with sums: {filter:?}");
        }
        let filter = Filter::new().map("2dom1").life_window(0..5_000);
        draw(&with, &Heatmap::by_state(), &filter).unwrap_err();
    });
    // To the last byte of the file.
    let (of_files, of_lake) = (home.at("files.png"), home.at("lake.png"));
    let words = ["heatmap", "--map", "adlernest", "--team", "axis", "--size", "256", "--out"];
    said(&[&words[..], &[&of_files, folder.to_str().unwrap()]].concat());
    home.without_samples(|| said(&[&words[..], &[&of_lake, "--lake", &home.at("lake")]].concat()));
    assert!(fs::read(of_files).unwrap() == fs::read(of_lake).unwrap());
}

#[test]
fn what_sums_do_not_answer_is_read_from_samples() {
    let home = Home::new();
    let from_files = Rounds::open(season(&home)).unwrap();
    home.add(from_files.to_vec().unwrap());
    home.sum();
    let (guid, _) = player();
    let heat = Heatmap::by_state;
    let holds = HeatmapSpec { holds: true, ..HeatmapSpec::default() };
    let visits = HeatmapSpec { weight: proximity::analysis::Weight::Visits, ..HeatmapSpec::default() };
    let map = || Filter::new().map("proximity_demo");
    let [one, other] = ["2026-03-14", "2026-04-14"].map(|date| date.parse().unwrap());
    for (heatmap, filter) in [
        (heat(), map().player(guid.as_str())),
        (heat(), map().life_window(0..10_000)),
        (heat(), map().round_window(0..60_000)),
        (Heatmap { elevation: true, ..heat() }, map()),
        (Heatmap { spec: holds, ..heat() }, map()),
        (Heatmap { spec: visits, ..heat() }, map()),
        // One month of the two, and a round of each.
        (heat(), map().sessions(one, one)),
        (heat(), map().sessions(other, other)),
        (heat(), map().round(1)),
        (heat(), map().team(Team::Other("SPECTATOR".into())).bots(Bots::Include)),
    ] {
        let (expected, drawn) = (draw(&from_files, &heatmap, &filter), draw(&home.open(), &heatmap, &filter));
        match (expected, drawn) {
            (Ok(expected), Ok(drawn)) => assert!(expected == drawn, "{filter:?}"),
            (Err(expected), Err(drawn)) => assert_eq!(expected.to_string(), drawn.to_string()),
            other => panic!("{other:?}"),
        }
    }
    let crop = |rounds: &Rounds| {
        let request =
            proximity::Request::new(heat_subject(), map()).on(Layout::landscape(128)).cropped(Crop::Data);
        let map = Maps::default().library().unwrap().find("proximity_demo").unwrap().unwrap();
        request.draw(&rounds.select(&request.filter), &map).unwrap().drawing
    };
    assert!(crop(&from_files) == crop(&home.open()));
}

fn heat_subject() -> proximity::Subject {
    Heatmap::by_state().subject()
}

#[test]
fn rounds_that_come_later_are_added_to_the_sums() {
    let home = Home::new();
    let from_files = Rounds::open(season(&home)).unwrap();
    let mut rounds = from_files.to_vec().unwrap();
    let filter = Filter::new().map("proximity_demo");
    let expected = draw(&from_files, &Heatmap::by_state(), &filter).unwrap();
    let last = rounds.pop().unwrap();
    // The last round lies in the first one's month, so that its month has a part with sums and one without.
    let first = rounds.iter().position(|round| &*round.meta.map == "proximity_demo").unwrap();
    let first = rounds.remove(first);
    home.add(vec![first]);
    assert_eq!(home.sum().new, 1);
    home.add(vec![last]);
    home.add(rounds);
    assert!(draw(&home.open(), &Heatmap::by_state(), &filter).unwrap() == expected);
    LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap();
    assert!(draw(&home.open(), &Heatmap::by_state(), &filter).unwrap() == expected);
    let said = said(&["lake", "compact", &home.at("lake"), "--heat"]);
    assert!(said.contains("3 months of maps summed, 1 summed before"), "{said}");
    assert!(draw(&home.open(), &Heatmap::by_state(), &filter).unwrap() == expected);
    assert_eq!(home.faults(), Vec::<String>::new());
}

#[test]
fn sums_go_with_the_rounds_that_they_are_of() {
    let home = Home::new();
    let rounds = super::session_rounds();
    let mut cut = rounds[0].clone();
    cut.tracks.truncate(5);
    cut.meta.complete = false;
    cut.meta.content_hash = "0".repeat(64).into();
    home.add(vec![cut, rounds[1].clone()]);
    home.sum();
    let heat = || files(&home.lake().join("heat")).len();
    assert_eq!(heat(), 1);
    let expected = |rounds: &[proximity::Round]| {
        let other = Home::new();
        other.add(rounds.to_vec());
        draw(&other.open(), &Heatmap::by_state(), &Filter::new().map("proximity_demo")).unwrap()
    };
    let drawn = || draw(&home.open(), &Heatmap::by_state(), &Filter::new().map("proximity_demo")).unwrap();
    // A better copy of a round.
    home.add(vec![rounds[0].clone()]);
    assert!(drawn().scene == expected(&rounds[..2]).scene);
    home.sum();
    assert!(drawn().scene == expected(&rounds[..2]).scene);
    // A player's lives.
    let (guid, _) = player();
    let without: Vec<_> = rounds[..2]
        .iter()
        .cloned()
        .map(|mut round| {
            round.tracks.retain(|track| track.guid != guid);
            round
        })
        .collect();
    let writer = LakeWriter::open(home.lake()).unwrap();
    writer.forget(&guid, Grade::Lives, &home.secret(), &Silent).unwrap();
    assert_eq!(heat(), 0, "sums of what is forgotten are gone");
    home.sum();
    assert!(drawn().scene == expected(&without).scene);
    // A bot without its name counts as a player.
    let bot = rounds[0].tracks.iter().find(|track| track.guid.as_str().starts_with("OMNIBOT")).unwrap();
    let writer = LakeWriter::open(home.lake()).unwrap();
    writer.forget(&Guid::new(bot.guid.as_str()), Grade::Name, &home.secret(), &Silent).unwrap();
    let from_samples = drawn();
    home.sum();
    assert!(drawn() == from_samples);
    assert_eq!(home.faults(), Vec::<String>::new());
}

#[test]
fn a_round_in_several_files_is_never_summed_in_parts() {
    let home = Home::new();
    let parts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/parts");
    let from_files = Rounds::open(&parts).unwrap();
    let map = from_files.to_vec().unwrap()[0].meta.map.to_string();
    home.add(from_files.to_vec().unwrap());
    let map = Maps::default().find(&map, &from_files, &Silent).unwrap();
    let grids = heat_grids(&map.extent.rect).unwrap();
    let summed = LakeWriter::open(home.lake()).unwrap().sum(|_| Some(grids), &Silent).unwrap();
    assert!(summed.new > 0);
    let filter = Filter::new().map(&map.name);
    let draw = |rounds: &Rounds| {
        Heatmap::by_state().draw(&rounds.select(&filter), &map, Layout::landscape(128)).unwrap()
    };
    assert!(draw(&from_files) == draw(&home.open()));
    assert_eq!(home.faults(), Vec::<String>::new());
}

#[test]
fn sums_that_are_damaged_or_of_other_rounds_are_found() {
    let (home, other) = (Home::new(), Home::new());
    let mut rounds = super::session_rounds();
    home.add(rounds.clone());
    rounds[0].tracks[3].samples[5].at.x += 40.0;
    other.add(rounds);
    home.sum();
    other.sum();
    let heat = files(&home.lake().join("heat")).swap_remove(0);
    let (bytes, others) =
        (fs::read(&heat).unwrap(), fs::read(files(&other.lake().join("heat")).swap_remove(0)).unwrap());
    fs::write(&heat, &others).unwrap();
    let faults = home.faults();
    assert!(faults.len() == 1 && faults[0].contains(heat.to_str().unwrap()), "{faults:?}");
    // Whatever a byte becomes, reading ends.
    let map = Maps::default().library().unwrap().find("proximity_demo").unwrap().unwrap();
    let (grids, filter) = (heat_grids(&map.extent.rect).unwrap(), Filter::everything());
    let wanted = SumsWanted::all(grids, &filter);
    for table in ["heat", "heat_lives", "heat_grid", "heat_ground", "heat_heights"] {
        let path = files(&home.lake().join(table)).swap_remove(0);
        let whole = fs::read(&path).unwrap();
        for place in (0..whole.len()).step_by(whole.len() / 40) {
            let mut broken = whole.clone();
            broken[place] ^= 0x55;
            fs::write(&path, broken).unwrap();
            let _ = home.open().summed(&wanted, &mut |_| {});
        }
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(!home.faults().is_empty(), "{table}");
        fs::write(&path, whole).unwrap();
    }
    fs::write(&heat, &bytes).unwrap();
    assert_eq!(home.faults(), Vec::<String>::new());
    // An unknown map has no grid of its own.
    let mut unknown = super::session_rounds().swap_remove(0);
    unknown.meta.map = "no_such_map".into();
    home.add(vec![unknown]);
    let output = run(&["lake", "compact", &home.at("lake"), "--heat"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("nothing is known about the map no_such_map"), "{said}");
}

#[test]
fn damaged_sums_are_not_drawn_and_are_made_again() {
    let home = Home::new();
    home.add(super::session_rounds());
    let months = home.sum().new;
    let map = Maps::default().library().unwrap().find("proximity_demo").unwrap().unwrap();
    let (grids, filter) = (heat_grids(&map.extent.rect).unwrap(), Filter::everything());
    let wanted = SumsWanted::all(grids, &filter);
    let read = || home.open().summed(&wanted, &mut |_| {}).map(|_| ());
    read().unwrap();
    let damage: [fn(&Path); 3] = [
        |path| {
            let mut bytes = fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            fs::write(path, bytes).unwrap();
        },
        |path| fs::write(path, fs::read(path).unwrap().split_at(100).0).unwrap(),
        |path| fs::remove_file(path).unwrap(),
    ];
    for damage in damage {
        let heat = said(&["lake", "files", &home.at("lake"), "--table", "heat"]);
        damage(Path::new(heat.lines().next().unwrap()));
        assert!(read().is_err());
        assert_eq!(home.faults().len(), 1);
        assert_eq!(home.sum().new, 1);
        read().unwrap();
        assert_eq!((home.faults(), home.sum().known), (Vec::<String>::new(), months));
    }
}
