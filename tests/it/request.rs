//! A picture as data: requests as JSON, pictures drawn from them, and what a kept picture depends on.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use proximity::basemap::BaseStyle;
use proximity::figure::{MapData, version_of};
use proximity::map::MapLibrary;
use proximity::raster;
use proximity::report::SessionReport;
use proximity::{Filter, Round, Rounds};
use proximity::{Request, Subject};
use sha2::{Digest as _, Sha256};

use crate::golden;

/// One picture of each kind and option that has a look of its own: its golden's name, and its request.
pub const PICTURES: [(&str, &str); 25] = [
    ("by_team", r#"{"version":1,"figure":"heatmap","options":{"by":"team"}}"#),
    ("by_class", r#"{"version":1,"figure":"heatmap","options":{"by":"class"}}"#),
    ("plain", r#"{"version":1,"figure":"heatmap","options":{"by":"none"}}"#),
    ("blend", r#"{"version":1,"figure":"heatmap","options":{"mode":"blend"}}"#),
    ("weave", r#"{"version":1,"figure":"heatmap","options":{"mode":"weave"}}"#),
    ("only_prone", r#"{"version":1,"figure":"heatmap","options":{"mode":"only:prone"}}"#),
    ("visits", r#"{"version":1,"figure":"heatmap","options":{"weight":"visits"}}"#),
    ("players", r#"{"version":1,"figure":"heatmap","options":{"weight":"players"}}"#),
    ("log", r#"{"version":1,"figure":"heatmap","options":{"normalize":"log"}}"#),
    ("eq_hist", r#"{"version":1,"figure":"heatmap","options":{"normalize":"eq-hist"}}"#),
    (
        "linear_contour",
        r#"{"version":1,"figure":"heatmap","options":{"normalize":"linear","contour_percent":50.0}}"#,
    ),
    ("elevation", r#"{"version":1,"figure":"heatmap","options":{"elevation":true}}"#),
    ("floor_panels", r#"{"version":1,"figure":"heatmap","options":{"floors":"always"}}"#),
    (
        "labels_and_grid",
        r#"{"version":1,"figure":"heatmap","base":"original","layout":{"labels":"all","grid":"shown","size_px":300}}"#,
    ),
    ("ink", r#"{"version":1,"figure":"paths","options":{"color":"health"},"base":"ink"}"#),
    (
        "paths_by_player",
        r#"{"version":1,"figure":"paths","options":{"color":"player","highlight":["Kestrel"]}}"#,
    ),
    (
        "exits_ring",
        r#"{"version":1,"figure":"exits","options":{"ring_units":800.0},"filter":{"team":["axis"]}}"#,
    ),
    ("kills_of_allies", r#"{"version":1,"figure":"kills","filter":{"team":["allies"]}}"#),
    (
        "arrival_of_axis",
        r#"{"version":1,"figure":"arrival","options":{"team":"axis"},"filter":{"team":["axis"]}}"#,
    ),
    (
        "arrival_since_spawn",
        r#"{"version":1,"figure":"arrival","options":{"team":"allies","since":"spawn"},"filter":{"team":["allies"]}}"#,
    ),
    ("arrival_of_both", r#"{"version":1,"figure":"arrival","base":"light"}"#),
    (
        "third_life",
        r#"{"version":1,"figure":"life","options":{"which":{"nth":3}},"filter":{"player":["Kestrel"]}}"#,
    ),
    (
        "all_lives",
        r#"{"version":1,"figure":"life","options":{"which":"all"},"filter":{"player":["Kestrel"]}}"#,
    ),
    (
        "crop_of_spawn",
        concat!(
            r#"{"version":1,"figure":"heatmap","crop":"spawn:chapel","imprint":{"title":"Cup final","subtitle":"First round","#,
            r#""mark":"iVBORw0KGgoAAAANSUhEUgAAAEAAAAAQCAIAAAAphe5+AAAANklEQVR42mP4EGWDHW3BgQaZeoZRD4x6YNQDox4Y9QBlHhgiDsWlftQDox4Y9cCoB0Y9QJF6AKM9zFsc48CKAAAAAElFTkSuQmCC"}}"#
        ),
    ),
    ("crop_of_exits", r#"{"version":1,"figure":"exits","crop":"spawn:axis","filter":{"team":["axis"]}}"#),
];

fn first_round() -> Rounds {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    Rounds::open(folder.join("2026-03-14-200900-proximity_demo-round-1_engagements.txt")).unwrap()
}

/// A request of the list, small.
fn request(json: &str) -> Request {
    let mut request = Request::from_json(json).unwrap();
    request.layout.size_px = 300;
    request
}

#[test]
fn every_figure_and_option_looks_as_it_did() {
    let rounds = first_round();
    let map = MapLibrary::open::<&Path>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let mut wrong = Vec::new();
    for (name, json) in PICTURES {
        let request = request(json);
        let drawing = request.draw(&rounds.select(&request.filter), &map).unwrap().drawing;
        let picture = raster::render(&drawing.scene).unwrap();
        // All of them are looked at before the test fails.
        let checked = std::panic::catch_unwind(|| golden::check(&format!("request_{name}"), &picture));
        if checked.is_err() {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_request_comes_back_from_its_json() {
    for (name, json) in PICTURES {
        let request = Request::from_json(json).unwrap();
        let again = request.to_json();
        assert_eq!(Request::from_json(&again).unwrap(), request, "{name}: {again}");
        assert_eq!(Request::from_json(&again).unwrap().to_json(), again);
    }
}

#[test]
fn a_request_that_cannot_be_is_refused_with_a_reason() {
    let reason = |json: &str| {
        let error = Request::from_json(json).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error} {cause}")
    };
    assert!(reason("").starts_with("this is no request"));
    assert!(reason(r#"{"version":99,"figure":"heatmap","options":{}}"#).contains("version 99"));
    assert!(reason(r#"{"version":1,"figure":"weather","options":{}}"#).contains("weather"));
    assert!(reason(r#"{"version":1,"figure":"heatmap","options":{"by":"mood"}}"#).contains("mood"));
    let huge = r#"{"version":1,"figure":"heatmap","options":{},"layout":{"size_px":4000000000}}"#;
    assert!(reason(huge).contains("128 to 8192"), "{}", reason(huge));
    let states = r#"{"version":1,"figure":"exits","options":{},"filter":{"state":["prone"]}}"#;
    assert!(reason(states).contains("--state"));
    let crop = r#"{"version":1,"figure":"heatmap","crop":"here"}"#;
    assert!(reason(crop).contains("spawn:NAME"), "{}", reason(crop));
    let logo = r#"{"version":1,"figure":"heatmap","imprint":{"mark":"R0lGODlh"}}"#;
    assert!(reason(logo).contains("Base64 text of a PNG"), "{}", reason(logo));
    let bare = r#"{"version":1,"figure":"heatmap","imprint":{"title":"x"},"layout":{"legend":"bare"}}"#;
    assert!(reason(bare).contains("bare map has no legend"), "{}", reason(bare));
    let long = format!(r#"{{"version":1,"figure":"heatmap","options":{{}},"x":"{}"}}"#, "x".repeat(2 << 20));
    assert!(reason(&long).contains("longer than"));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_of_requests_stumble(
        which in 0..PICTURES.len(), at in 0.0..1.0_f64, with in "\\PC{0,6}", drop in 0_usize..8,
    ) {
        let json = PICTURES[which].1;
        let from = (json.len() as f64 * at) as usize;
        let to = (from + drop).min(json.len());
        let mutated = format!("{}{with}{}", &json[..from], &json[to..]);
        if let Ok(request) = Request::from_json(&mutated) {
            prop_assert_eq!(Request::from_json(&request.to_json()).unwrap(), request);
        }
    }
}

#[test]
fn a_part_of_the_map_that_is_not_there_is_answered_with_what_there_is() {
    let rounds = first_round();
    let map = MapLibrary::open::<&Path>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let said = |crop: &str| {
        let request = request(r#"{"version":1,"figure":"heatmap"}"#).cropped(crop.parse().unwrap());
        request.draw(&rounds.select(&request.filter), &map).unwrap_err().to_string()
    };
    assert!(said("spawn:moon").contains("it has Allies · "), "{}", said("spawn:moon"));
    assert!(said("place:moon").contains("Bakery"));
    assert!(said("9000,9000,9100,9100").contains("lies at -3072,-3072,3072,3072"));
}

#[test]
fn a_picture_cut_to_its_data_shows_all_of_them_and_counts_the_same() {
    let rounds = first_round();
    let map = MapLibrary::open::<&Path>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let recipe = |json: &str| {
        let request = request(json);
        request.draw(&rounds.select(&request.filter), &map).unwrap().drawing.recipe
    };
    let whole = recipe(r#"{"version":1,"figure":"heatmap"}"#);
    let part = recipe(r#"{"version":1,"figure":"heatmap","crop":"data"}"#);
    assert_eq!(part.counts, whole.counts);
    assert_eq!(part.scale, whole.scale);
    let [west, south, east, north] = part.calibration.window_units;
    let round = rounds.to_vec().unwrap().remove(0);
    let lives = proximity::analysis::lives(&round, &Filter::new());
    let inside = |at: proximity::geom::WorldPoint| {
        (west..=east).contains(&f64::from(at.x)) && (south..=north).contains(&f64::from(at.y))
    };
    assert!(
        lives.lives.iter().flat_map(proximity::analysis::Life::segments).all(|segment| inside(segment.to.at))
    );
    assert!(east - west < 6000.0 && (east - west - (north - south)).abs() < 1e-6);
}

/// The keys of a report's pictures by their names.
fn keys(rounds: &[Round], filter: &Filter, base: BaseStyle) -> BTreeMap<String, String> {
    let map = MapLibrary::open::<&Path>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let maps = [MapData::load(map, base, None).unwrap()];
    let map_of = BTreeMap::from([("proximity_demo".to_owned(), 0)]);
    let report = SessionReport::plan(rounds, filter, &maps, &map_of, base).unwrap();
    report.pictures().map(|picture| (picture.file.clone(), report.key(picture))).collect()
}

#[test]
fn a_kept_picture_is_drawn_again_when_an_option_or_a_round_changes() {
    let rounds = first_round().to_vec().unwrap();
    let all = keys(&rounds, &Filter::new(), BaseStyle::Dim);
    assert!(all.len() > 8);
    assert_eq!(all, keys(&rounds, &Filter::new(), BaseStyle::Dim), "nothing has changed");
    let differ =
        |other: &BTreeMap<String, String>| all.iter().all(|(name, key)| other.get(name) != Some(key));
    assert!(differ(&keys(&rounds, &Filter::new(), BaseStyle::Light)), "an option has changed");
    assert!(
        differ(&keys(&rounds, &Filter::new().life_window(0..10_000), BaseStyle::Dim)),
        "a filter has changed"
    );
    let mut other = rounds.clone();
    other[0].meta.content_hash = "0".repeat(64).into();
    assert!(differ(&keys(&other, &Filter::new(), BaseStyle::Dim)), "a round has changed");
}

#[test]
fn a_key_names_the_version_of_its_figure() {
    let kinds: Vec<String> =
        PICTURES.iter().map(|(_, json)| version_of(&Request::from_json(json).unwrap().subject)).collect();
    for (kind, (_, json)) in kinds.iter().zip(PICTURES) {
        assert!(Request::from_json(json).unwrap().key().starts_with(kind.as_str()));
    }
}

/// Which golden pictures hold the version of which figure.
const HELD: [(&str, &[&str]); 6] = [
    (
        "heatmap",
        &[
            "heat_",
            "request_by_",
            "request_plain",
            "request_blend",
            "request_weave",
            "request_eq_hist",
            "versus",
        ],
    ),
    ("paths", &["paths_", "floors_paths", "request_ink", "request_paths"]),
    ("exits", &["exits", "request_exits"]),
    ("kills", &["kills", "request_kills"]),
    ("arrival", &["arrival", "request_arrival"]),
    ("life", &["life", "request_third_life", "request_all_lives"]),
];

#[test]
fn a_figure_that_looks_different_has_another_version() {
    let names = |prefixes: &[&str]| {
        let mut names: Vec<String> = std::fs::read_dir(golden::folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| {
                Path::new(name).extension().is_some_and(|end| end == "png")
                    && prefixes.iter().any(|prefix| name.starts_with(prefix))
            })
            .collect();
        names.sort();
        names
    };
    let mut lines = Vec::new();
    for (figure, prefixes) in HELD {
        let (_, json) =
            PICTURES.iter().find(|(_, json)| json.contains(&format!("\"figure\":\"{figure}\""))).unwrap();
        let subject: Subject = Request::from_json(json).unwrap().subject;
        let mut hash = Sha256::new();
        for name in names(prefixes) {
            hash.update(golden::decode(&std::fs::read(golden::folder().join(name)).unwrap()).rgba());
        }
        let hash = hash.finalize();
        let head = hash.iter().take(8).fold(0, |head: u64, byte| head << 8 | u64::from(*byte));
        lines.push(format!("{} {head:016x}\n", version_of(&subject)));
    }
    let path = golden::folder().join("versions.txt");
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    if golden::blesses() {
        std::fs::write(&path, lines.concat()).unwrap();
    }
    for (line, held) in lines.iter().zip(held.lines()) {
        assert_eq!(
            line.trim(),
            held,
            "the golden pictures of a figure changed: raise its number in src/figure/request/version.rs, then bless"
        );
    }
    assert_eq!(lines.len(), held.lines().count(), "bless tests/golden/versions.txt");
}
